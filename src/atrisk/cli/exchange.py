"""Exchange: the commands that write and read the files of other tools."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.cases.case import Case
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import read_name
from atrisk.cli.options import Command, add_documents, add_framework
from atrisk.cli.output import say
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="CASE|FRAMEWORK", help="id of a bundled one, or path of a folder"
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="case.xlsx or evidence.jsonld of a case; codebook.qdc (REFI-QDA), or codebook.csv "
        "for Taguette, of a framework",
    )
    add_documents(parser, "to write what stands around each anchor into .jsonld")


def _export_file(given: argparse.Namespace) -> int:
    from atrisk.exchange.formats import find_writer

    subject = _open(given.what)
    chosen = find_writer(subject, given.file)
    assert chosen.write is not None  # noqa: S101 - it is a writer
    say(chosen.write(subject, given.file, given.documents))
    return 0


def _open(text: str) -> Case | Framework:
    """Return the case or the framework of a name or a path."""
    name = read_name(text, (*list_cases(), *list_frameworks()))
    is_framework = (
        (name / "framework.toml").is_file() if isinstance(name, Path) else name in list_frameworks()
    )
    return load_framework(name) if is_framework else load_case(name)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="case.xlsx; or Taguette's highlights.csv, or a REFI-QDA project.qdpx; it is known by "
        "what it holds",
    )
    parser.add_argument(
        "--out", metavar="PATH", type=Path, required=True, help="folder, or draft.csv, to make"
    )
    parser.add_argument("--case", metavar="CASE", help="that highlights become draft evidence of")
    parser.add_argument("--source", metavar="ID", help="source of all highlights")
    add_documents(parser, "to find anchors that stand there once")
    add_framework(parser)


def _import_file(given: argparse.Namespace) -> int:
    from atrisk.exchange.format import Reading
    from atrisk.exchange.formats import find_reader

    chosen = find_reader(given.file)
    assert chosen.read is not None  # noqa: S101 - it is a reader
    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    case = given.case and load_case(read_name(given.case, list_cases()), wanted)
    asked = Reading(given.out, wanted, case, given.source, given.documents)
    for line in chosen.read(given.file, asked):
        say(line)
    return 0


def _add_codebook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="FRAMEWORK", help="id of a bundled one, or a path")
    parser.add_argument("file", metavar="FILE", type=Path, help="as for export")


def _write_codebook(given: argparse.Namespace) -> int:
    new = f"atrisk export {given.what} {given.file}"
    print(f"atrisk: 'codebook' will go; type: {new}", file=sys.stderr)
    if not isinstance(_open(given.what), Framework):
        raise RequestError(f"{given.what} is a case; a codebook is of a framework")
    return _export_file(argparse.Namespace(**vars(given), documents=None))


COMMANDS = (
    Command(
        "export",
        "exchange",
        "Write a case as a workbook or as annotations, or a framework as a codebook.",
        _add_export,
        _export_file,
    ),
    Command(
        "import",
        "exchange",
        "Make a case folder from a workbook, or draft evidence from tagged highlights.",
        _add_import,
        _import_file,
    ),
    Command(
        "codebook",
        "exchange",
        "The old word for export of a framework; it will go.",
        _add_codebook,
        _write_codebook,
    ),
)

"""Exchange: the commands that write and read the files of other tools."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atrisk.base.errors import RequestError, shorten
from atrisk.base.output import render, tell_count
from atrisk.cases.case import Case
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import read_name, read_own
from atrisk.cli.options import FORMATS, Command, add_documents, add_framework, add_release
from atrisk.cli.output import note, say
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

if TYPE_CHECKING:
    from atrisk.events.counts import EventTable


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="CASE|FRAMEWORK",
        help="id of a bundled case or framework, or path of its folder",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="file to write: for a case case.xlsx or evidence.jsonld; for a framework codebook.qdc "
        "(REFI-QDA), or codebook.csv for Taguette",
    )
    add_documents(parser, "to write the words around each anchor into .jsonld")


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
        metavar="[events] FILE",
        nargs="+",
        help="file to read: case.xlsx, Taguette's highlights as .csv or .xlsx, a REFI-QDA "
        "project.qdpx, or annotations as .jsonld or .json, recognised by their content; after "
        "the word events a table of events from UCDP, ACLED, HXL or your own",
    )
    parser.add_argument(
        "--out",
        metavar="PATH",
        type=Path,
        help="folder or draft.csv to make; not needed for events if --case is your own folder",
    )
    parser.add_argument(
        "--case",
        metavar="CASE",
        help="the case that highlights become draft evidence of, or events rows of",
    )
    parser.add_argument(
        "--source", metavar="ID", help="id of the source that all highlights are from"
    )
    parser.add_argument(
        "--update",
        metavar="CASE",
        help="your own folder that case.xlsx was exported from: shows what differs row by row, and "
        "writes it there",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --update: show what differs, and write nothing"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="with --update: how to print what differs (default: table)",
    )
    add_documents(parser, "to find anchors that occur there exactly once")
    add_framework(parser)
    add_release(parser)


def _import(given: argparse.Namespace) -> int:
    """Import a table of events, or a file that is known by what it holds."""
    *words, name = given.file
    if words not in ([], ["events"]):
        raise RequestError(
            f"one file at a time; found {', '.join(map(shorten, given.file))}. Try: atrisk import "
            "case.xlsx --out ./case, or atrisk import events ged.csv --case ./case"
        )
    given.file = Path(name)
    shown = show_path(name)
    if given.update is None and (given.dry_run or given.format):
        option = "--dry-run" if given.dry_run else "--format"
        raise RequestError(
            f"{option} is for --update; type: atrisk import {shown} --update ./my-case {option}"
        )
    if words:
        if given.update:
            raise RequestError(
                "--update is for case.xlsx; events become rows of --case: atrisk import events "
                f"{shown} --case ./my-case"
            )
        stray = [one for one in ("source", "documents") if getattr(given, one)]
        if stray:
            raise RequestError(
                f"--{stray[0]} is for highlights; leave it out: atrisk import events {shown} "
                "--case ./my-case"
            )
        return _import_events(given)
    stray = [one for one in ("layout", "published", "calendar", "skip_bad") if getattr(given, one)]
    if stray:
        option = {"layout": "as"}.get(stray[0], stray[0].replace("_", "-"))
        raise RequestError(f"--{option} is for events; type: atrisk import events {shown} ...")
    if given.update:
        return _update_case(given)
    if given.out is None:
        raise RequestError(
            f"say what to make: atrisk import {shown} --out ./my-case (or draft.csv); or which "
            "case of your own to update from it: --update ./my-case"
        )
    return _import_file(given)


def show_path(path: str | Path) -> str:
    r"""Return a path as it may be typed, with marks that would steer a terminal escaped.

    Examples:
        >>> show_path("ged.csv"), show_path("a\x1b[2J.csv")
        ('ged.csv', "'a\\x1b[2J.csv'")
    """
    text = str(path)
    return text if text.isprintable() else repr(text)


def read_event_file(given: argparse.Namespace) -> EventTable:
    """Read the table of events that is asked for, telling on a terminal how far it has come."""
    from atrisk.events.reading import read_events

    def tell(rows: int) -> None:
        print(f"\r{rows:,} rows", end="", file=sys.stderr, flush=True)

    shown = tell if sys.stderr.isatty() else None
    table = read_events(given.file, given.layout, skip_bad=given.skip_bad, progress=shown)
    if shown:
        print("\r", end="", file=sys.stderr)
    return table


def read_release(given: argparse.Namespace) -> dict[str, Any]:
    """Return from when a table's counts were known."""
    if given.published is None:
        return {"published": None, "calendar": given.calendar}
    try:
        day = date.fromisoformat(given.published)
    except ValueError:
        raise RequestError(
            f"--published {shorten(given.published)} is not a day; write it like 2021-06-01"
        ) from None
    return {"published": day, "calendar": given.calendar}


def _import_events(given: argparse.Namespace) -> int:
    from atrisk.events.adding import write_events
    from atrisk.events.derive import count_deaths, name_counted

    if given.case is None:
        raise RequestError(
            f"events become rows of a case; name it: atrisk import events {show_path(given.file)} "
            "--case ./my-case"
        )
    name = read_name(given.case, list_cases())
    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    case = load_case(name, wanted)
    framework = wanted or case.framework or load_framework(case.header.framework)
    table = read_event_file(given)
    folder = name if isinstance(name, Path) and given.out is None else None
    more, where = write_events(
        case, table, framework, folder=folder, out=given.out, **read_release(given)
    )
    source = more.sources[-1].id
    made = Counter(row.derived for row in more.evidence if row.source == source)
    say(repr(table))
    for rule, count in made.items():
        say(f"  {rule}: {tell_count(count, 'month')}")
    outcomes = ", and outcomes.csv" if count_deaths(table, name_counted(case.header)) else ""
    shown = show_path(where)
    say(
        f"{shown}: {tell_count(sum(made.values()), 'row')} of evidence from {source}{outcomes}. "
        f"Next: atrisk events {shown}"
    )
    return 0


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


def _update_case(given: argparse.Namespace) -> int:
    """Write what a workbook changes into a case, and show it row by row."""
    from atrisk.exchange.formats import find_reader
    from atrisk.exchange.workbook import WORKBOOK, update_case

    stray = [one for one in ("out", "case", "source", "documents") if getattr(given, one)]
    if stray:
        raise RequestError(f"--{stray[0]} has no use with --update; leave one of the two out")
    chosen = find_reader(given.file)
    if chosen is not WORKBOOK:
        raise RequestError(
            f"--update takes case.xlsx as atrisk export wrote it; {given.file.name!r} is "
            f"{chosen.name}"
        )
    name = read_own(given.update)
    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    update = update_case(given.file, name, wanted, is_dry_run=given.dry_run)
    form = given.format or FORMATS[0]
    rows = update.to_rows()
    if rows or form != FORMATS[0]:
        say(render(rows, form, may_be_empty=True))
    tell = say if form == FORMATS[0] else note  # which no other program reads
    tell(f"{show_path(name)}: {update.describe()}")
    return 1 if update.conflicts else 0


def _add_codebook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="FRAMEWORK", help="id or path of a framework")
    parser.add_argument("file", metavar="FILE", type=Path, help="file to write, as for export")


def _write_codebook(given: argparse.Namespace) -> int:
    new = f"atrisk export {given.what} {given.file}"
    note(f"'codebook' will be removed; type: {new}")
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
        "Make or update a case from a workbook, draft evidence from highlights, rows from events.",
        _add_import,
        _import,
    ),
    Command(
        "codebook",
        "exchange",
        "Old name of export for a framework; it will be removed.",
        _add_codebook,
        _write_codebook,
    ),
)

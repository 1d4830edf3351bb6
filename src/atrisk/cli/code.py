"""Code: the commands for those who write a case."""

from __future__ import annotations

import argparse
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import DataError, RequestError, UnknownNameError
from atrisk.base.output import Row, render, show, write_json
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import load, read_name
from atrisk.cli.options import (
    FRAMEWORK,
    Command,
    add_case,
    add_documents,
    add_format,
    add_framework,
)
from atrisk.cli.output import say
from atrisk.frameworks.loading import list_frameworks, load_framework

if TYPE_CHECKING:
    from atrisk.cases.case import Case
    from atrisk.coding.suggestions import Suggestions
    from atrisk.documents.passages import Document

SUGGESTED = 5


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "country",
        metavar="ISO3",
        help="ISO 3166-1 alpha-3 code, such as CAF; of a state that is no more what it was, as YUG",
    )
    parser.add_argument("--start", metavar="MONTH", required=True, help="first month, as 2020-12")
    parser.add_argument("--end", metavar="MONTH", required=True, help="last month")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder to make")
    parser.add_argument(
        "--framework", metavar="ID", default=FRAMEWORK, help=f"bundled one or path ({FRAMEWORK})"
    )


def _make_case(given: argparse.Namespace) -> int:
    from atrisk.coding.template import create_case

    framework = load_framework(read_name(given.framework, list_frameworks()))
    folder = create_case(
        given.country, start=given.start, end=given.end, framework=framework, out=given.out
    )
    shown = shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")
    say(f"{folder} is ready. Next: atrisk validate {shown}")
    return 0


def _add_validate(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    add_framework(parser)
    add_format(parser)


def _validate_case(given: argparse.Namespace) -> int:
    from atrisk.cases.beside import check_beside, check_scenarios
    from atrisk.coding.lints import list_lints
    from atrisk.studies.agreement import check_coders

    case, framework = load(given)
    faults = [*check_beside(case), *check_scenarios(case), *check_coders(case, framework)]
    if faults:
        raise DataError(faults)
    rows = [lint.to_row() for lint in list_lints(case, framework)]
    if given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
        return 0
    say(f"{case!r}: no faults")
    if rows:
        say(f"\n{len(rows)} things to look at, none of them an error:\n")
        say("\n".join(f"{row['where']} ({row['lint']}): {row['message']}" for row in rows))
    return 0


def _add_anchors(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    add_documents(parser, "which are looked up", required=True)
    add_format(parser)


def _show_anchors(given: argparse.Namespace) -> int:
    from atrisk.coding.anchors import check_anchors

    case = load_case(read_name(given.case, list_cases()))
    checks = check_anchors(case, given.documents)
    orphans: list[Row] = [check.to_row() for check in checks if not check.is_sound]
    if orphans or given.format != "table":
        say(render(orphans, given.format, may_be_empty=True))
    if given.format == "table":
        located = sum(check.is_located for check in checks)
        anchors = len(checks) - located
        rest = (
            f"; {located} rows of sources that may not be quoted have a locator" if located else ""
        )
        say(f"{anchors} anchors, {anchors - len(orphans)} found exactly once{rest}")
    return 1 if orphans else 0


def _add_passages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "document",
        metavar="DOC",
        type=Path,
        help="a text, web page, PDF, .docx, .odt, .rtf or .eml",
    )
    parser.add_argument(
        "--order", choices=("day-month", "month-day"), help="of the document's numeric dates"
    )
    parser.add_argument(
        "--published",
        metavar="DAY",
        default="",
        help="when it came out, to tell what it calls yesterday (as the document says)",
    )
    parser.add_argument(
        "--framework", metavar="ID", default=FRAMEWORK, help=f"bundled one or path ({FRAMEWORK})"
    )
    parser.add_argument(
        "--like",
        metavar="CASE",
        action="append",
        default=[],
        help="learn words from the evidence of a coded case; may be repeated",
    )
    parser.add_argument("--top", metavar="N", type=int, default=SUGGESTED, help=f"({SUGGESTED})")
    parser.add_argument(
        "--recall",
        metavar="CASE",
        help="instead, measure the suggestions against a case coded from this document",
    )
    add_format(parser)


def _show_passages(given: argparse.Namespace) -> int:
    from atrisk.coding.suggestions import suggest_indicators
    from atrisk.documents.passages import read_document

    if given.recall is not None and given.like:
        raise RequestError("--recall learns from the measured case alone; leave out --like")
    if len(set(given.like)) < len(given.like):
        raise RequestError(f"--like names a case twice: {', '.join(given.like)}; name it once")
    document = read_document(given.document, order=given.order, published=given.published)
    framework = load_framework(read_name(given.framework, list_frameworks()))
    if given.recall is not None:
        return _show_recall(given, document, load_case(read_name(given.recall, list_cases())))
    like = [load_case(read_name(name, list_cases())) for name in given.like]
    suggestions = suggest_indicators(document, framework, like=like, top=given.top)
    if given.format != "table":
        say(render(suggestions.to_rows(), given.format))
        return 0
    say("\n\n".join(_describe_passages(suggestions)))
    say(f"\n{suggestions!r}")
    return 0


def _describe_passages(suggestions: Suggestions) -> list[str]:
    told, rows = [], suggestions.to_rows()
    labels = {code: item.label for code, item in suggestions.framework.indicators.items()}
    for passage, row, codes in zip(
        suggestions.document.passages, rows, suggestions.codes, strict=True
    ):
        dates = f"   dates: {row['dates']}" if row["dates"] else ""
        text = show(row["text"])
        hidden = passage.number in suggestions.withheld
        where = passage.place if hidden else passage.locator
        lines = [
            show(f"{where}{dates}"),
            *textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    "),
            f"    anchor: {row['anchor'] or 'every run of words is repeated: choose by hand'}",
            *(f"  ? {code} {labels[code]}" for code in codes),
        ]
        told.append("\n".join(lines if codes else [*lines, "  ? no word in common"]))
    return told


def _show_recall(given: argparse.Namespace, document: Document, case: Case) -> int:
    import hashlib

    from atrisk.coding.recall import measure_recall

    digest = hashlib.sha256(given.document.read_bytes()).hexdigest()
    source = next((s.id for s in case.sources if s.sha256 == digest), None)
    framework = load_framework(case.header.framework)
    if source is None:
        known = ", ".join(one.id for one in case.sources)
        raise RequestError(
            f"{given.document.name!r} is not a document of {case.id} ({known}): no source there "
            f"has the sha256 {digest}"
        )
    if given.framework not in (FRAMEWORK, framework.id):
        raise RequestError(
            f"{case.id} is coded to {framework.id}, and --recall measures that; leave out "
            f"--framework {given.framework}"
        )
    recall = measure_recall(document, case, source, framework, top=given.top)
    say(render(recall.to_rows(), given.format))
    return 0


def _add_agreement(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.agreement import Agreement

    add_case(parser)
    add_framework(parser)
    parser.add_argument(
        "--show", choices=tuple(Agreement.tables), default="alpha", help="what to open"
    )
    parser.add_argument(
        "--blind", metavar="DIR", type=Path, help="make a folder for a second coder, without rows"
    )
    parser.add_argument(
        "--merge", metavar="DIR", type=Path, help="put a second coder's rows beside the case"
    )
    parser.add_argument("--coder", metavar="NAME", help="whose rows --merge puts there")
    add_format(parser)


def _show_agreement(given: argparse.Namespace) -> int:
    from atrisk.studies.agreement import measure_agreement

    if given.blind or given.merge:
        return _pass_on(given)
    agreement = measure_agreement(*load(given))
    rows = agreement.to_rows(given.show)
    if rows or given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
    if given.format == "table":
        say(f"\n{agreement!r}")
    return 0


def _pass_on(given: argparse.Namespace) -> int:
    """Hand a case to a second coder, or take the coder's rows back."""
    from atrisk.coding.blind import export_blind, merge_coding

    if bool(given.blind) == bool(given.merge) or bool(given.merge) != bool(given.coder):
        raise RequestError(
            "say --blind DIR to hand a case on, or --merge DIR --coder NAME to take rows back"
        )
    case, _ = load(given)
    if given.blind:
        folder = export_blind(case, given.blind)
        shown = f"atrisk agreement {given.case} --merge {shlex.quote(str(folder))} --coder NAME"
        say(f"{folder} is ready to be coded. When it is: {shown}")
    else:
        file = merge_coding(case, given.merge, given.coder)
        say(f"{file} is there. Next: atrisk agreement {given.case}")
    return 0


def _add_judgements(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.judging import Judging

    add_case(parser)
    parser.add_argument(
        "--show", choices=tuple(Judging.tables), default="months", help="what to open"
    )
    parser.add_argument(
        "--target", metavar="TARGET", default="overall", help="overall (default), or a crime"
    )
    add_format(parser)


def _show_judgements(given: argparse.Namespace) -> int:
    from atrisk.studies.judging import compare_judgements

    judging = compare_judgements(load_case(read_name(given.case, list_cases())), given.target)
    say(render(judging.to_rows(given.show), given.format))
    if given.format == "table":
        say(f"\n{judging!r}")
    return 0


def _add_crosswalk(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--framework", metavar="ID", required=True, help="the other one: bundled, or a path"
    )
    add_format(parser)


def _show_crosswalk(given: argparse.Namespace) -> int:
    from atrisk.cases.crosswalk import cross_case, load_crosswalk

    case = load_case(read_name(given.case, list_cases()))
    framework = load_framework(read_name(given.framework, list_frameworks()))
    crossed = cross_case(case, framework)
    crosswalk = load_crosswalk(framework, case.header.framework)
    say(render(crosswalk.to_rows(case), given.format))
    if given.format == "table":
        say(f"\n{crosswalk!r}\n{crossed.header.caveat}")
    return 0


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="a case (Frictionless data package); or case, framework, uncertainty, scenario, or a "
        "table such as evidence (JSON Schema)",
    )


def _show_schema(given: argparse.Namespace) -> int:
    from atrisk.coding.schemas import SCHEMAS, describe_package, describe_schema

    which = read_name(given.name, list_cases())
    if isinstance(which, str) and which not in (*SCHEMAS, *list_cases()):
        raise UnknownNameError("schema or case", which, (*SCHEMAS, *list_cases()))
    if which in SCHEMAS:
        content = describe_schema(str(which))
    else:
        content = describe_package(load_case(which))
    say(write_json(content))
    return 0


COMMANDS = (
    Command(
        "new",
        "code",
        "Make the folder of a new case, with one example row in each table.",
        _add_new,
        _make_case,
    ),
    Command(
        "validate",
        "code",
        "Check a case: every fault with its place and what to do; then what to look at.",
        _add_validate,
        _validate_case,
    ),
    Command(
        "anchors",
        "code",
        "Check that every anchor stands in its document exactly once.",
        _add_anchors,
        _show_anchors,
    ),
    Command(
        "passages",
        "code",
        "Cut a document into passages, each with its dates and the likeliest indicators.",
        _add_passages,
        _show_passages,
    ),
    Command(
        "agreement",
        "code",
        "Compare the coders of a case, and list what they have to settle.",
        _add_agreement,
        _show_agreement,
    ),
    Command(
        "judgements",
        "code",
        "Compare what readers held of each month, and how far they agree.",
        _add_judgements,
        _show_judgements,
    ),
    Command(
        "crosswalk",
        "code",
        "Show what a case's indicators stand for in another framework.",
        _add_crosswalk,
        _show_crosswalk,
    ),
    Command(
        "schema",
        "code",
        "Print what other tools read: a case's data package, or the schema of a file.",
        _add_schema,
        _show_schema,
    ),
)

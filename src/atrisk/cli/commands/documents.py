"""Documents: the commands from a pile of them to rows that wait for their coder."""

from __future__ import annotations

import argparse
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError
from atrisk.base.output import Row, render, show, tell_count
from atrisk.cases.case import Case
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import ALL, load_coded, read_name, read_own
from atrisk.cli.options import FRAMEWORK, Command, add_case, add_documents, add_format
from atrisk.cli.output import note, say, telling
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

if TYPE_CHECKING:
    from atrisk.coding.suggestions import Suggester, Suggestions
    from atrisk.documents.collection import Collection
    from atrisk.documents.dates import Order
    from atrisk.documents.passages import Document

SUGGESTED = 5
ORDERS = ("day-month", "month-day")
_ORDER = "order of day and month in dates such as 03/04/2013 (default: left as written)"


def _add_anchors(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    add_documents(parser, "which are looked up", required=True)
    parser.add_argument(
        "--write",
        action="store_true",
        help="first fill in missing SHA-256 digests in sources.csv, from documents that hold all "
        "anchors of a source",
    )
    add_format(parser)


def _show_anchors(given: argparse.Namespace) -> int:
    from atrisk.coding.anchors import check_anchors

    if given.write:
        _write_digests(given)
    case = load_case(read_name(given.case, list_cases()))
    checks = check_anchors(case, given.documents)
    orphans: list[Row] = [check.to_row() for check in checks if not check.is_sound]
    if orphans or given.format != "table":
        say(render(orphans, given.format, may_be_empty=True))
    if given.format == "table":
        located = sum(check.is_located for check in checks)
        anchors = len(checks) - located
        rest = (
            f"; {located} more without anchors, of sources that may not be quoted"
            if located
            else ""
        )
        say(f"{tell_count(anchors, 'anchor')}, {anchors - len(orphans)} found exactly once{rest}")
    return 1 if orphans else 0


def _write_digests(given: argparse.Namespace) -> None:
    from atrisk.coding.listing import fill_digests

    name = read_own(given.case)
    digests = fill_digests(name, _read_collection(given.documents))
    if given.format != "table":  # on standard output the anchors stand alone
        note(repr(digests))
        return
    rows = digests.to_rows()
    say(f"{render(rows, 'table')}\n{digests!r}\n" if rows else f"{digests!r}\n")


def _add_passages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "document",
        metavar="DOC|DIR",
        type=Path,
        help="a text, web page, PDF, .docx, .odt, .rtf or .eml; or a folder of them",
    )
    parser.add_argument("--order", choices=ORDERS, help=_ORDER)
    parser.add_argument(
        "--published",
        metavar="DAY",
        default="",
        help="day on which the document was published, to date words such as yesterday (default: "
        "as the document says)",
    )
    parser.add_argument(
        "--framework",
        metavar="ID",
        default=FRAMEWORK,
        help=f"id or path of a framework (default: {FRAMEWORK})",
    )
    _add_suggestions(parser)
    parser.add_argument(
        "--case", metavar="CASE", help="with --draft: the case whose sources the documents are"
    )
    parser.add_argument(
        "--draft",
        metavar="FILE",
        type=Path,
        help="write a row of draft evidence for each passage, such as drafts.csv",
    )
    parser.add_argument(
        "--recall",
        metavar="CASE",
        help="instead, measure how many coded indicators of this case the suggestions find",
    )
    add_format(parser)


def _add_suggestions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--like",
        metavar="CASE",
        action="append",
        default=[],
        help=f"learn from the evidence of a coded case, or of {ALL} bundled cases; may be repeated",
    )
    parser.add_argument(
        "--by",
        choices=("words", "meaning"),
        default="words",
        help="compare by English words (default), or by meaning, in sixteen languages",
    )
    parser.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=SUGGESTED,
        help=f"how many indicators to suggest for a passage (default: {SUGGESTED})",
    )


def _show_passages(given: argparse.Namespace) -> int:
    if given.recall is not None and (given.like or given.by != "words" or given.draft):
        raise RequestError(
            "--recall compares words and learns from the measured case alone; leave out --like, "
            "--by and --draft"
        )
    if len(set(given.like)) < len(given.like):
        raise RequestError(f"--like names a case twice: {', '.join(given.like)}; name it once")
    if (given.draft is None) != (given.case is None):
        raise RequestError(
            "--draft FILE needs --case CASE, the case that the rows are for; give both or neither"
        )
    if given.draft is not None:
        return _write_draft(given)
    framework = load_framework(read_name(given.framework, list_frameworks()))
    if given.document.is_dir():
        return _list_documents(given)
    if given.recall is not None:
        case = load_case(read_name(given.recall, list_cases()))
        return _show_recall(given, _read_one(given), case)
    suggestions = _learn(given, framework).suggest(_read_one(given), given.top)
    if given.format != "table":
        say(render(suggestions.to_rows(), given.format))
        return 0
    say("\n\n".join(_describe_passages(suggestions)))
    say(f"\n{suggestions!r}")
    return 0


def _read_one(given: argparse.Namespace) -> Document:
    from atrisk.documents.passages import read_document

    return read_document(given.document, order=given.order, published=given.published)


def _learn(given: argparse.Namespace, framework: Framework, *more: Case) -> Suggester:
    from atrisk.base.errors import check_count
    from atrisk.coding.suggestions import Suggester

    check_count("top", given.top)
    like = load_coded(given.like, framework)
    mine = [case for case in more if case.id not in {one.id for one in like}]
    with telling("rows learnt from") as tell:
        return Suggester(framework, (*mine, *like), given.by, tell)


def _read_collection(*places: Path, order: Order | None = None) -> Collection:
    """Read documents, telling on a terminal how far it has come."""
    from atrisk.documents.collection import read_documents

    with telling("documents read") as tell:
        return read_documents(*places, order=order, progress=tell)


def _list_documents(given: argparse.Namespace) -> int:
    """List what a folder holds, for somebody who has yet to say which case it is for."""
    if given.recall is not None or given.published:
        raise RequestError("--recall and --published are for one document; name a file")
    collection = _read_collection(given.document, order=given.order)
    rows = collection.to_rows()
    if given.format != "table":
        say(render(rows, given.format))
    else:  # what was not read is told below
        say(render(rows[: len(collection.documents)], given.format))
        shown = shlex.quote(str(given.document))
        say(f"\n{collection!r}\nNext: atrisk sources add {shown} --case ./my-case")
    return 0


def _write_draft(given: argparse.Namespace) -> int:
    from atrisk.base.files import check_target
    from atrisk.coding.drafting import draft_evidence, load_for_drafts

    if given.published:
        raise RequestError(
            "--published is for one document that is printed; write it into sources.csv"
        )
    check_target(given.draft, ".csv")
    framework = load_framework(read_name(given.framework, list_frameworks()))
    case = load_for_drafts(read_name(given.case, list_cases()))
    collection = _read_collection(given.document, order=given.order)
    suggester = _learn(given, framework, case)
    with telling("documents drafted") as tell:
        draft = draft_evidence(collection, case, suggester, top=given.top, progress=tell)
    out = draft.write(given.draft)
    say("\n".join(f"to look at: {note}" for note in draft.unread))
    say(
        f"{out}: {draft!r}. Delete what is no evidence, fill in the empty cells, then add the rows "
        "to evidence.csv; atrisk validate says what is missing."
    )
    return 0


def _add_sources(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add",), help="the only action so far")
    parser.add_argument(
        "files", metavar="FILE|DIR", type=Path, nargs="+", help="documents, or folders of them"
    )
    parser.add_argument("--case", metavar="CASE", required=True, help="folder of your own case")
    parser.add_argument("--order", choices=ORDERS, help=_ORDER)
    add_format(parser)


def _change_sources(given: argparse.Namespace) -> int:
    from atrisk.coding.listing import add_sources

    folder = read_own(given.case)
    added = add_sources(folder, _read_collection(*given.files, order=given.order))
    if added.rows or given.format != "table":
        say(render(added.to_rows(), given.format, may_be_empty=True))
    if given.format == "table":
        say(f"\n{added!r}\natrisk validate {shlex.quote(given.case)} says what is missing.")
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


COMMANDS = (
    Command(
        "anchors",
        "code",
        "Check that every anchor is found in its document exactly once.",
        _add_anchors,
        _show_anchors,
    ),
    Command(
        "passages",
        "code",
        "Cut documents into passages, and suggest dates and indicators for each.",
        _add_passages,
        _show_passages,
    ),
    Command(
        "sources",
        "code",
        "Add documents to a case's sources, with what each says about itself.",
        _add_sources,
        _change_sources,
    ),
)

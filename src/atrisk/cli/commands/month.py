"""Month: the commands for who assesses the same country every month."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, check_count, check_extra
from atrisk.cli.inputs import load, read_method, read_own
from atrisk.cli.options import Command, add_case, add_choices, add_format
from atrisk.cli.output import print_rows, say
from atrisk.scoring.view import View

if TYPE_CHECKING:
    from atrisk.report.changes import MonthChange
    from atrisk.report.copies import CopyChange
    from atrisk.scoring.assessment import Assessment

TOP, WIDTH = 20, 100
_CHART = ("matplotlib", "the chart of a brief", "report")
# What a kind of brief is written with: module, purpose and extra.
_NEEDED = {
    ".docx": (("docx", "a brief in Word", "brief"), _CHART),
    ".pdf": (("reportlab", "a brief as PDF", "brief"), _CHART),
    ".html": (_CHART,),
    ".md": (),
}


def _add_changes(parser: argparse.ArgumentParser) -> None:
    from atrisk.report.changes import LAST, LATEST, MonthChange

    add_case(parser)
    parser.add_argument(
        "--month", metavar="MONTH", default=LATEST, help=f"such as 2013-12 (default: the {LATEST})"
    )
    parser.add_argument(
        "--since",
        metavar="MONTH",
        default=LAST,
        help=f"earlier month to compare with (default: the {LAST})",
    )
    parser.add_argument(
        "--against",
        metavar="FOLDER|REV",
        help="compare with an older copy of the case instead: a folder, or a git revision such as "
        "HEAD~1",
    )
    parser.add_argument(
        "--show", choices=tuple(MonthChange.tables), default="score", help="table to show"
    )
    parser.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=TOP,
        help=f"how many rows to print (default: {TOP}; 0 for all)",
    )
    add_choices(parser, knows=False)
    add_format(parser)


def _show_changes(given: argparse.Namespace) -> int:
    check_count("--top", given.top, least=0)
    change, seen = _compare(given)
    rows = change.to_rows(given.show)
    shown = rows[: given.top or None] if given.format == "table" else rows
    text = f"{textwrap.fill(change.describe(), WIDTH)}\n\n{change!r}"
    if len(shown) < len(rows):
        text = f"{len(rows) - len(shown)} more rows: --top 0\n\n{text}"
    head = {"month": change.month, "since": given.against or getattr(change, "since", "")}
    return print_rows(given, shown, seen, head, text, may_be_empty=True)


def _compare(given: argparse.Namespace) -> tuple[MonthChange | CopyChange, Assessment]:
    """Return what changed since a month or a copy, and the assessment that it is told of."""
    from atrisk.report.changes import LAST, compare_months
    from atrisk.report.copies import compare_copies, load_copy

    case, framework = load(given)
    view = View(audience=given.audience, method=read_method(given.method), weights=given.weights)
    if given.against is None:
        change = compare_months(case, framework, given.month, given.since, **view)
        return change, change.assessment
    name = read_own(given.case)
    if given.since != LAST:
        raise RequestError("--against compares one month of two copies; leave out --since")
    if given.show == "gaps":
        raise RequestError("--against shows score, facts or record; gaps are of one copy")
    copies = compare_copies(load_copy(given.against, name), case, framework, given.month, **view)
    return copies, copies.after


def _add_brief(parser: argparse.ArgumentParser) -> None:
    from atrisk.report.briefing.template import DEFAULT, list_languages
    from atrisk.report.briefing.writers import WRITERS
    from atrisk.report.changes import LATEST

    add_case(parser)
    parser.add_argument(
        "--month", metavar="MONTH", default=LATEST, help=f"such as 2013-12 (default: {LATEST})"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help=f"file to write, ending in {', '.join(WRITERS)}",
    )
    parser.add_argument(
        "--language",
        choices=list_languages(),
        default=DEFAULT,
        help=f"language of the brief (default: {DEFAULT})",
    )
    parser.add_argument(
        "--template", metavar="FILE", type=Path, help="a .toml with sentences of your own"
    )
    parser.add_argument(
        "--styles",
        metavar="FILE",
        type=Path,
        help="a .docx whose styles the Word document takes over",
    )
    parser.add_argument(
        "--logo", metavar="FILE", type=Path, help="picture for the head of the brief, PNG or JPEG"
    )
    add_choices(parser, knows=False)


def _write_brief(given: argparse.Namespace) -> int:
    from atrisk.report.briefing.content import prepare_briefing
    from atrisk.report.briefing.writers import check_kind, write_briefing

    check_kind(given.out, given.styles)
    for module, purpose, extra in _NEEDED[given.out.suffix.lower()]:
        check_extra(purpose, extra, module)
    view = View(audience=given.audience, method=read_method(given.method), weights=given.weights)
    case, framework = load(given)
    brief = prepare_briefing(
        case, framework, given.month, language=given.language, template=given.template, **view
    )
    out = write_briefing(given.out, brief, styles=given.styles, logo=given.logo)
    say(f"{out}: {brief!r}")
    return 0


COMMANDS = (
    Command(
        "brief",
        "present",
        "Write a two-page brief on one month for a director: Word, PDF, web page or Markdown.",
        _add_brief,
        _write_brief,
    ),
    Command(
        "changes",
        "look",
        "Show what is new since the month before, and what moved the score.",
        _add_changes,
        _show_changes,
    ),
)

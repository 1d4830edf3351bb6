"""Month: the commands for who assesses the same country every month."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, check_count
from atrisk.cases.loading import list_cases
from atrisk.cli.inputs import load, read_method, read_name
from atrisk.cli.options import Command, add_case, add_choices, add_format
from atrisk.cli.output import print_rows
from atrisk.scoring.view import View

if TYPE_CHECKING:
    from atrisk.report.changes import MonthChange
    from atrisk.report.copies import CopyChange
    from atrisk.scoring.assessment import Assessment

TOP, WIDTH = 20, 100


def _add_changes(parser: argparse.ArgumentParser) -> None:
    from atrisk.report.changes import LAST, LATEST, MonthChange

    add_case(parser)
    parser.add_argument(
        "--month", metavar="MONTH", default=LATEST, help=f"such as 2013-12 (default: {LATEST})"
    )
    parser.add_argument(
        "--since", metavar="MONTH", default=LAST, help=f"an earlier one (default: {LAST})"
    )
    parser.add_argument(
        "--against",
        metavar="FOLDER|REV",
        help="instead of an earlier month, an older copy of the case: a folder, or a revision as "
        "git has it, such as HEAD~1",
    )
    parser.add_argument(
        "--show", choices=tuple(MonthChange.tables), default="score", help="what to open"
    )
    parser.add_argument(
        "--top", metavar="N", type=int, default=TOP, help=f"rows of a table ({TOP}; 0 for all)"
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
    name = read_name(given.case, list_cases())
    if given.since != LAST:
        raise RequestError("--against compares one month of two copies; leave out --since")
    if not isinstance(name, Path):
        raise RequestError(
            f"{name} is bundled and has no older copy; name a folder of yours: ./{name}"
        )
    copies = compare_copies(load_copy(given.against, name), case, framework, given.month, **view)
    return copies, copies.after


COMMANDS = (
    Command(
        "changes",
        "look",
        "Say what is new since the month before, how the score moved and by what.",
        _add_changes,
        _show_changes,
    ),
)

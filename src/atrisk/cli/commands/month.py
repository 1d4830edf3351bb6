"""Month: the commands for who assesses the same country every month."""

from __future__ import annotations

import argparse
import textwrap

from atrisk.base.errors import check_count
from atrisk.cli.inputs import load, read_method
from atrisk.cli.options import Command, add_case, add_choices, add_format
from atrisk.cli.output import print_rows
from atrisk.scoring.view import View

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
        "--show", choices=tuple(MonthChange.tables), default="score", help="what to open"
    )
    parser.add_argument(
        "--top", metavar="N", type=int, default=TOP, help=f"rows of a table ({TOP}; 0 for all)"
    )
    add_choices(parser, knows=False)
    add_format(parser)


def _show_changes(given: argparse.Namespace) -> int:
    from atrisk.report.changes import compare_months

    check_count("--top", given.top, least=0)
    view = View(audience=given.audience, method=read_method(given.method), weights=given.weights)
    change = compare_months(*load(given), given.month, given.since, **view)
    rows = change.to_rows(given.show)
    shown = rows[: given.top or None] if given.format == "table" else rows
    text = f"{textwrap.fill(change.describe(), WIDTH)}\n\n{change!r}"
    if len(shown) < len(rows):
        text = f"{len(rows) - len(shown)} more rows: --top 0\n\n{text}"
    head = {"month": change.month, "since": change.since}
    return print_rows(given, shown, change.assessment, head, text, may_be_empty=True)


COMMANDS = (
    Command(
        "changes",
        "look",
        "Say what is new since the month before, how the score moved and by what.",
        _add_changes,
        _show_changes,
    ),
)

"""Reading: the commands that ask whether more of it would change the answer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from atrisk.cli.inputs import load, load_all, read_view
from atrisk.cli.options import Command, add_case, add_choices, add_format, add_seed
from atrisk.cli.output import print_plain, print_rows

if TYPE_CHECKING:
    from atrisk.report.board import Board
    from atrisk.studies.reading import EqualEffort


def _add_reading(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.reading import UNITS, Reading

    add_case(parser)
    parser.add_argument(
        "--by", choices=UNITS, default=UNITS[0], help="what to leave out, and then add"
    )
    parser.add_argument(
        "--show", choices=tuple(Reading.tables), default="curve", help="table to show"
    )
    _add_repeats(parser)
    add_choices(parser)
    add_format(parser)


def _add_repeats(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repeats",
        metavar="N",
        type=int,
        default=20,
        help="how many parts of the record to draw (default: 20)",
    )
    add_seed(parser)


def _show_reading(given: argparse.Namespace) -> int:
    from atrisk.studies.reading import measure_reading

    reading = measure_reading(
        *load(given), unit=given.by, repeats=given.repeats, seed=given.seed, **read_view(given)
    )
    head = {"by": given.by, "repeats": given.repeats, "seed": given.seed}
    rows, table = reading.to_rows(given.show), f"reading {given.show}"
    return print_rows(given, rows, reading.base, head, repr(reading), table=table)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", metavar="CASE", nargs="+", help="ids of bundled cases, or paths")
    parser.add_argument(
        "--show", choices=("cases", "latest"), default="cases",
        help="the whole records, or the latest month of each case",
    )  # fmt: skip
    parser.add_argument(
        "--effort",
        metavar="ROWS",
        type=float,
        help="rows of evidence a month to compare at (default: the fewest of any case)",
    )
    _add_repeats(parser)
    add_choices(parser)
    add_format(parser)


def _show_compare(given: argparse.Namespace) -> int:
    found = _compare(given)
    table = "compare latest" if given.show == "latest" else "compare"
    return print_plain(given, found.to_rows(), table, repr(found))


def _compare(given: argparse.Namespace) -> EqualEffort | Board:
    asked = {"effort": given.effort, "repeats": given.repeats, "seed": given.seed}
    cases, framework = load_all(given, given.cases)
    if given.show == "latest":
        from atrisk.report.board import prepare_board

        return prepare_board(cases, framework, **asked, **read_view(given))
    from atrisk.studies.reading import compare_cases

    return compare_cases(cases, framework, **asked, **read_view(given))


COMMANDS = (
    Command(
        "reading",
        "study",
        "Estimate whether more reading would change the score.",
        _add_reading,
        _show_reading,
    ),
    Command(
        "compare",
        "study",
        "Compare cases at equal effort: as many rows of evidence a month.",
        _add_compare,
        _show_compare,
    ),
)

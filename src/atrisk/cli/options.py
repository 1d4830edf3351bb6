"""Options: what a command is, and the options that several commands share, each said once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from atrisk.cases.evidence import AUDIENCES

FORMATS = ("table", "csv", "json")
FRAMEWORK = "un-foa-2014"
# The headings that the commands are shown under, in order.
GROUPS = {
    "look": "read the score",
    "warn": "warnings, responses and outcomes",
    "study": "what else the score could be",
    "present": "write reports",
    "code": "code a case",
    "exchange": "exchange with other tools",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One word that may be typed.

    Attributes:
        name: the word.
        group: the heading it is shown under, one of ``GROUPS``.
        summary: what it does, in one line.
        add: adds its arguments to a parser.
        run: does it, and returns the exit status.
    """

    name: str
    group: str
    summary: str
    add: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed of what is drawn."""
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="seed of the random draws (default: 0)"
    )


def add_uncertainty(parser: argparse.ArgumentParser) -> None:
    """Add how far things may be off."""
    parser.add_argument(
        "--uncertainty",
        metavar="QUESTION=OPTION",
        action="append",
        default=[],
        help="set how far inputs may be off, such as weight_spread=any; may be repeated",
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, help="how many threads to use (default: all cores)"
    )


def add_case(parser: argparse.ArgumentParser) -> None:
    """Add the case that is asked for."""
    parser.add_argument(
        "case", metavar="CASE", help="id of a bundled case, or path of a case folder"
    )


def add_framework(parser: argparse.ArgumentParser) -> None:
    """Add the framework to score under."""
    parser.add_argument(
        "--framework", metavar="ID", help="id or path of a framework (default: the case's own)"
    )


def add_documents(parser: argparse.ArgumentParser, use: str, *, required: bool = False) -> None:
    """Add the folder of documents."""
    parser.add_argument(
        "--documents",
        metavar="DIR",
        type=Path,
        required=required,
        help=f"folder with the sources' texts, recognised by their SHA-256, {use}",
    )


def add_release(parser: argparse.ArgumentParser) -> None:
    """Add how a table of events is read, and from when its counts were known."""
    parser.add_argument(
        "--as",
        dest="layout",
        metavar="LAYOUT",
        help="layout of the table: ucdp-ged, ucdp-candidate, acled, hxl, events or counts "
        "(default: told by its header)",
    )
    parser.add_argument(
        "--published", metavar="DAY", help="day on which the file was published, such as 2021-06-01"
    )
    parser.add_argument(
        "--calendar",
        action="store_true",
        help="take each month as known from the day in its publisher's calendar, and say so",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out faulty rows, and say how many they were"
    )


def add_choices(parser: argparse.ArgumentParser, *, knows: bool = True) -> None:
    """Add everything that a score may be computed under; the day of knowledge, if it is free."""
    add_framework(parser)
    if knows:
        parser.add_argument(
            "--knowledge",
            default="contemporaneous",
            help="contemporaneous (default: each month with what was known by its last day), "
            "retrospective (each with all that is known now), or as of a day such as 2013-06-30",
        )
    parser.add_argument("--audience", choices=AUDIENCES, help="count only what this audience knew")
    parser.add_argument(
        "--weights", metavar="ID", help="weight set of the framework, such as equal"
    )
    parser.add_argument(
        "--method",
        metavar="SET|BRANCH=OPTION",
        action="append",
        default=[],
        help="take a whole method (v1, estimate), or another option of one branch, such as "
        "persistence=long; may be repeated",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add how rows are printed."""
    parser.add_argument(
        "--format", choices=FORMATS, default="table", help="how to print the rows (default: table)"
    )

"""The arguments of the command ``atrisk``: what may be typed, and what it means."""

from __future__ import annotations

import argparse
from pathlib import Path

from atrisk import __version__
from atrisk.assessment import LEVELS
from atrisk.evidence import AUDIENCES
from atrisk.ledger import GAP_LEVELS, GROUPS, RULE_STAGES

FORMATS = ("table", "csv", "json")
SHOWN = ("choices", "factors", "indicators", "severity")
TOP = 20


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="atrisk",
        description="Score the risk of atrocity crimes month by month, from document evidence.",
        epilog="A score is the expected severity of what was on record: "
        "not a probability of genocide, not a forecast, and not a statement about causes.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(
        dest="command", title="commands", metavar="COMMAND", required=True
    )
    for add in (
        _add_cases,
        _add_frameworks,
        _add_assess,
        _add_explain,
        _add_flags,
        _add_gap,
        _add_validate,
        _add_anchors,
    ):
        add(commands)
    return parser


Commands = argparse._SubParsersAction


def _add_cases(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = _add(commands, "cases", "List the bundled cases.")
    _add_format(parser)


def _add_frameworks(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "List the bundled frameworks, or open one: its factors, indicators, scale or choices."
    parser = _add(commands, "frameworks", summary)
    parser.add_argument("framework", metavar="ID", nargs="?", help="bundled framework, or a path")
    parser.add_argument("--show", choices=SHOWN, default="choices", help="what to open")
    _add_format(parser)


def _add_assess(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = _add(commands, "assess", "Score a case month by month.")
    _add_case(parser)
    parser.add_argument("--level", choices=LEVELS, default="overall", help="what to score")
    parser.add_argument("--month", metavar="MONTH", help="show this month only")
    _add_choices(parser)
    _add_format(parser)


def _add_explain(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Open a score to the evidence that it rests on."
    parser = _add(commands, "explain", summary)
    _add_case(parser)
    parser.add_argument("month", metavar="MONTH", help="the month, such as 2013-09")
    parser.add_argument("--factor", metavar="CODE", help="explain one factor's score")
    parser.add_argument("--crime", metavar="CODE", help="explain one crime's score")
    parser.add_argument("--since", metavar="MONTH", help="explain the change since a month")
    parser.add_argument(
        "--than", metavar="KNOWLEDGE", help="explain the change from another --knowledge"
    )
    parser.add_argument(
        "--top", metavar="N", type=int, default=TOP, help=f"rows to print ({TOP}; 0 for all)"
    )
    _add_choices(parser)
    _add_format(parser)


def _add_flags(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Raise alarms, surges and triggers, each with what raised it."
    parser = _add(commands, "flags", summary)
    _add_case(parser)
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    _add_choices(parser)
    _add_format(parser)


def _add_gap(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Measure how long warnings waited, and what stood beside the risk."
    parser = _add(commands, "gap", summary)
    _add_case(parser)
    parser.add_argument("--rule", metavar="ID", help="what counts as an answer")
    parser.add_argument("--stage", choices=RULE_STAGES, help="and at which stage")
    shown = ("summary", *GAP_LEVELS, "rules", *GROUPS)
    parser.add_argument("--show", choices=shown, default="summary", help="what to open")
    _add_choices(parser)
    _add_format(parser)


def _add_validate(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Check a case: every fault of every file, with its place and what to do."
    parser = _add(commands, "validate", summary)
    _add_case(parser)
    _add_framework(parser)


def _add_anchors(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Check that every anchor stands in its document exactly once."
    parser = _add(commands, "anchors", summary)
    _add_case(parser)
    parser.add_argument(
        "--documents",
        metavar="DIR",
        type=Path,
        required=True,
        help="folder with the sources' texts, recognised by their SHA-256",
    )
    _add_format(parser)


def _add(
    commands: Commands[argparse.ArgumentParser], name: str, summary: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=summary, description=summary)


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="id of a bundled case, or path of a folder")


def _add_framework(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--framework", metavar="ID", help="bundled framework, or a path; default: the case's own"
    )


def _add_choices(parser: argparse.ArgumentParser) -> None:
    _add_framework(parser)
    parser.add_argument(
        "--knowledge",
        default="contemporaneous",
        help="contemporaneous (default), retrospective, or a day such as 2013-06-30",
    )
    parser.add_argument("--audience", choices=AUDIENCES, help="count only what this audience knew")
    parser.add_argument("--weights", metavar="ID", help="weight set of the framework")
    parser.add_argument(
        "--method",
        metavar="BRANCH=OPTION",
        action="append",
        default=[],
        help="settle a branch of the method otherwise; may be repeated",
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to print the rows")

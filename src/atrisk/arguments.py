"""The arguments of the command ``atrisk``: what may be typed, and what it means."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from atrisk import __version__
from atrisk.assessment import LEVELS
from atrisk.evidence import AUDIENCES
from atrisk.ledger import GAP_LEVELS, GROUPS, RULE_STAGES
from atrisk.levels import (
    AGREEMENT_LEVELS,
    ENSEMBLE_LEVELS,
    KINDS,
    OUTCOME_LEVELS,
    STUDY_LEVELS,
    TREE_LEVELS,
)

FORMATS = ("table", "csv", "json")
SHOWN = ("choices", "factors", "indicators", "severity")
TOP = 20
SUGGESTED = 5
DRAWS = 10_000
SAMPLE = 1024
FRAMEWORK = "un-foa-2014"


def build_parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the command that some words name, or of all commands."""
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
    adders = _list_adders()
    # A run parses one command: the others' arguments cost it a fiftieth (docs/performance.md).
    typed = next((word for word in words if not word.startswith("-")), "")
    for add in [adders[typed]] if typed in adders else adders.values():
        add(commands)
    return parser


def _list_adders() -> dict[str, Callable[[Commands[argparse.ArgumentParser]], None]]:
    return {
        "cases": _add_cases,
        "frameworks": _add_frameworks,
        "assess": _add_assess,
        "explain": _add_explain,
        "flags": _add_flags,
        "gap": _add_gap,
        "ensemble": _add_ensemble,
        "methods": _add_methods,
        "weights": _add_weights,
        "scenarios": _add_scenarios,
        "sensitivity": _add_sensitivity,
        "passages": _add_passages,
        "agreement": _add_agreement,
        "crosswalk": _add_crosswalk,
        "new": _add_new,
        "validate": _add_validate,
        "anchors": _add_anchors,
        "schema": _add_schema,
        "export": _add_export,
        "import": _add_import,
    }


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


def _add_ensemble(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Score a case under many draws of what may be wrong."
    parser = _add(commands, "ensemble", summary)
    _add_case(parser)
    parser.add_argument("--draws", metavar="N", type=int, default=DRAWS, help=f"how many ({DRAWS})")
    _add_seed(parser)
    parser.add_argument(
        "--vary",
        metavar="KIND",
        action="append",
        choices=KINDS,
        help=f"draw only this; may be repeated ({', '.join(KINDS)}; default: all)",
    )
    parser.add_argument("--level", choices=ENSEMBLE_LEVELS, default="overall", help="what to show")
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    _add_uncertainty(parser)
    _add_choices(parser)
    _add_format(parser)


def _add_methods(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Settle every judgement of the method every way: the share of methods in alarm."
    parser = _add(commands, "methods", summary)
    _add_case(parser)
    parser.add_argument(
        "--branch",
        metavar="BRANCH",
        action="append",
        help="settle only this branch every way; may be repeated (default: all that score)",
    )
    parser.add_argument("--show", choices=TREE_LEVELS, default="months", help="what to open")
    parser.add_argument(
        "--most", metavar="N", type=int, default=DRAWS, help=f"leaves to enumerate ({DRAWS})"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, help="to draw from a tree with more leaves"
    )
    _add_choices(parser)
    _add_format(parser)


def _add_weights(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Bound the score over all admissible weights, and ask whether any avoids the alarm."
    parser = _add(commands, "weights", summary)
    _add_case(parser)
    parser.add_argument(
        "--within",
        metavar="FACTOR",
        help="option of the framework or a number: each weight may be as many times more or less",
    )
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    parser.add_argument("--show", choices=("bounds", "moments"), default="bounds", help="what")
    _add_choices(parser)
    _add_format(parser)


def _add_scenarios(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Run declared what-ifs and compare each with the case as it is."
    parser = _add(commands, "scenarios", summary)
    _add_case(parser)
    parser.add_argument(
        "scenario", metavar="SCENARIO", nargs="*", help="id, or path of a .toml (default: all)"
    )
    parser.add_argument("--show", choices=OUTCOME_LEVELS, default="summary", help="what to open")
    parser.add_argument(
        "--explain", metavar="MONTH", help="open one scenario's difference in a month instead"
    )
    parser.add_argument("--rule", metavar="ID", help="what counts as an answer")
    parser.add_argument(
        "--list", action="store_true", help="list the scenarios with their questions, run nothing"
    )
    _add_choices(parser)
    _add_format(parser)


def _add_sensitivity(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Say which judgement matters in which month, and what would flip the alarm."
    parser = _add(commands, "sensitivity", summary)
    _add_case(parser)
    parser.add_argument(
        "--draws", metavar="N", type=int, default=SAMPLE, help=f"of each sample ({SAMPLE})"
    )
    _add_seed(parser)
    parser.add_argument("--show", choices=STUDY_LEVELS, default="months", help="what to open")
    _add_uncertainty(parser)
    _add_choices(parser)
    _add_format(parser)


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="of everything that is drawn (0)"
    )


def _add_uncertainty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--uncertainty",
        metavar="QUESTION=OPTION",
        action="append",
        default=[],
        help="say otherwise how far things may be off; may be repeated",
    )
    parser.add_argument("--workers", metavar="N", type=int, help="threads (default: all cores)")


def _add_passages(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Cut a document into passages, each with its dates and the likeliest indicators."
    parser = _add(commands, "passages", summary)
    parser.add_argument("document", metavar="DOC", type=Path, help="a .txt, .html or .pdf file")
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
    _add_format(parser)


def _add_agreement(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Compare the coders of a case, and list what they have to settle."
    parser = _add(commands, "agreement", summary)
    _add_case(parser)
    _add_framework(parser)
    parser.add_argument("--show", choices=AGREEMENT_LEVELS, default="alpha", help="what to open")
    _add_format(parser)


def _add_crosswalk(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Show what a case's indicators stand for in another framework."
    parser = _add(commands, "crosswalk", summary)
    _add_case(parser)
    parser.add_argument(
        "--framework", metavar="ID", required=True, help="the other one: bundled, or a path"
    )
    _add_format(parser)


def _add_new(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Make the folder of a new case, with one example row in each table."
    parser = _add(commands, "new", summary)
    parser.add_argument("country", metavar="ISO3", help="ISO 3166-1 alpha-3 code, such as CAF")
    parser.add_argument("--start", metavar="MONTH", required=True, help="first month, as 2020-12")
    parser.add_argument("--end", metavar="MONTH", required=True, help="last month")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder to make")
    parser.add_argument(
        "--framework", metavar="ID", default=FRAMEWORK, help=f"bundled one or path ({FRAMEWORK})"
    )


def _add_schema(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Print what other tools read: a case's data package, or the schema of a file."
    parser = _add(commands, "schema", summary)
    parser.add_argument(
        "name",
        metavar="NAME",
        help="a case (Frictionless data package); or case, framework, uncertainty, scenario, or a "
        "table such as evidence (JSON Schema)",
    )


def _add_export(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Write a case as a workbook, a table a sheet, every cell text."
    parser = _add(commands, "export", summary)
    _add_case(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="such as case.xlsx")


def _add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Make a case folder from a workbook that was exported and edited."
    parser = _add(commands, "import", summary)
    parser.add_argument("file", metavar="FILE", type=Path, help="such as case.xlsx")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to make")
    _add_framework(parser)


def _add_validate(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Check a case: every fault with its place and what to do; then what to look at."
    parser = _add(commands, "validate", summary)
    _add_case(parser)
    _add_framework(parser)
    _add_format(parser)


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

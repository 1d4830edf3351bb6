"""The arguments of the command ``atrisk``: what may be typed, and what it means."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from atrisk.base.levels import (
    AGREEMENT_LEVELS,
    ENSEMBLE_LEVELS,
    KINDS,
    OUTCOME_LEVELS,
    STUDY_LEVELS,
    TREE_LEVELS,
)
from atrisk.base.version import __version__
from atrisk.cases.ledger import GAP_LEVELS, GROUPS, RULE_STAGES
from atrisk.cli.options import (
    FRAMEWORK,
    Commands,
    add_case,
    add_choices,
    add_command,
    add_documents,
    add_format,
    add_framework,
    add_seed,
    add_uncertainty,
)
from atrisk.scoring.assessment import LEVELS

SHOWN = ("choices", "factors", "indicators", "severity")
TOP = 20
SUGGESTED = 5
DRAWN = 1000
DRAWS = 10_000
SAMPLE = 1024


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
        "report": _add_report,
        "figures": _add_figures,
        "passages": _add_passages,
        "agreement": _add_agreement,
        "crosswalk": _add_crosswalk,
        "new": _add_new,
        "validate": _add_validate,
        "anchors": _add_anchors,
        "schema": _add_schema,
        "codebook": _add_codebook,
        "export": _add_export,
        "import": _add_import,
    }


def _add_cases(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = add_command(commands, "cases", "List the bundled cases.")
    add_format(parser)


def _add_frameworks(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "List the bundled frameworks, or open one: its factors, indicators, scale or choices."
    parser = add_command(commands, "frameworks", summary)
    parser.add_argument("framework", metavar="ID", nargs="?", help="bundled framework, or a path")
    parser.add_argument("--show", choices=SHOWN, default="choices", help="what to open")
    add_format(parser)


def _add_assess(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = add_command(commands, "assess", "Score a case month by month.")
    add_case(parser)
    parser.add_argument("--level", choices=LEVELS, default="overall", help="what to score")
    parser.add_argument("--month", metavar="MONTH", help="show this month only")
    add_choices(parser)
    add_format(parser)


def _add_explain(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Open a score to the evidence that it rests on."
    parser = add_command(commands, "explain", summary)
    add_case(parser)
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
    add_choices(parser)
    add_format(parser)


def _add_flags(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Raise alarms, surges and triggers, each with what raised it."
    parser = add_command(commands, "flags", summary)
    add_case(parser)
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    add_choices(parser)
    add_format(parser)


def _add_gap(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Measure how long warnings waited, and what stood beside the risk."
    parser = add_command(commands, "gap", summary)
    add_case(parser)
    parser.add_argument("--rule", metavar="ID", help="what counts as an answer")
    parser.add_argument("--stage", choices=RULE_STAGES, help="and at which stage")
    shown = ("summary", *GAP_LEVELS, "rules", *GROUPS)
    parser.add_argument("--show", choices=shown, default="summary", help="what to open")
    add_choices(parser)
    add_format(parser)


def _add_ensemble(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Score a case under many draws of what may be wrong."
    parser = add_command(commands, "ensemble", summary)
    add_case(parser)
    parser.add_argument("--draws", metavar="N", type=int, default=DRAWS, help=f"how many ({DRAWS})")
    add_seed(parser)
    parser.add_argument(
        "--vary",
        metavar="KIND",
        action="append",
        choices=KINDS,
        help=f"draw only this; may be repeated ({', '.join(KINDS)}; default: all)",
    )
    parser.add_argument("--level", choices=ENSEMBLE_LEVELS, default="overall", help="what to show")
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    add_uncertainty(parser)
    add_choices(parser)
    add_format(parser)


def _add_methods(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Settle every judgement of the method every way: the share of methods in alarm."
    parser = add_command(commands, "methods", summary)
    add_case(parser)
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
    add_choices(parser)
    add_format(parser)


def _add_weights(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Bound the score over all admissible weights, and ask whether any avoids the alarm."
    parser = add_command(commands, "weights", summary)
    add_case(parser)
    parser.add_argument(
        "--within",
        metavar="FACTOR",
        help="option of the framework or a number: each weight may be as many times more or less",
    )
    parser.add_argument("--policy", metavar="ID", help="alarm policy of the framework")
    parser.add_argument("--show", choices=("bounds", "moments"), default="bounds", help="what")
    add_choices(parser)
    add_format(parser)


def _add_scenarios(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Run declared what-ifs and compare each with the case as it is."
    parser = add_command(commands, "scenarios", summary)
    add_case(parser)
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
    add_choices(parser)
    add_format(parser)


def _add_sensitivity(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Say which judgement matters in which month, and what would flip the alarm."
    parser = add_command(commands, "sensitivity", summary)
    add_case(parser)
    parser.add_argument(
        "--draws", metavar="N", type=int, default=SAMPLE, help=f"of each sample ({SAMPLE})"
    )
    add_seed(parser)
    parser.add_argument("--show", choices=STUDY_LEVELS, default="months", help="what to open")
    add_uncertainty(parser)
    add_choices(parser)
    add_format(parser)


def _add_report(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = add_command(commands, "report", "Write a case as one page that opens offline.")
    add_case(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="such as car.html")
    _add_drawn(parser)


def _add_figures(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = add_command(commands, "figures", "Write a case's figures as SVG and PNG.")
    add_case(parser)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for them")
    _add_drawn(parser)


def _add_drawn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--draws", metavar="N", type=int, default=DRAWN, help=f"of the ensemble ({DRAWN})"
    )
    add_seed(parser)
    add_choices(parser)


def _add_passages(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Cut a document into passages, each with its dates and the likeliest indicators."
    parser = add_command(commands, "passages", summary)
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
    add_format(parser)


def _add_agreement(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Compare the coders of a case, and list what they have to settle."
    parser = add_command(commands, "agreement", summary)
    add_case(parser)
    add_framework(parser)
    parser.add_argument("--show", choices=AGREEMENT_LEVELS, default="alpha", help="what to open")
    add_format(parser)


def _add_crosswalk(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Show what a case's indicators stand for in another framework."
    parser = add_command(commands, "crosswalk", summary)
    add_case(parser)
    parser.add_argument(
        "--framework", metavar="ID", required=True, help="the other one: bundled, or a path"
    )
    add_format(parser)


def _add_new(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Make the folder of a new case, with one example row in each table."
    parser = add_command(commands, "new", summary)
    parser.add_argument("country", metavar="ISO3", help="ISO 3166-1 alpha-3 code, such as CAF")
    parser.add_argument("--start", metavar="MONTH", required=True, help="first month, as 2020-12")
    parser.add_argument("--end", metavar="MONTH", required=True, help="last month")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder to make")
    parser.add_argument(
        "--framework", metavar="ID", default=FRAMEWORK, help=f"bundled one or path ({FRAMEWORK})"
    )


def _add_schema(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Print what other tools read: a case's data package, or the schema of a file."
    parser = add_command(commands, "schema", summary)
    parser.add_argument(
        "name",
        metavar="NAME",
        help="a case (Frictionless data package); or case, framework, uncertainty, scenario, or a "
        "table such as evidence (JSON Schema)",
    )


def _add_codebook(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Write a framework as the codebook of a qualitative coding tool."
    parser = add_command(commands, "codebook", summary)
    parser.add_argument("framework", metavar="FRAMEWORK", help="id of a bundled one, or a path")
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="codebook.qdc (REFI-QDA), or codebook.csv for Taguette",
    )


def _add_export(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Write a case as a workbook (.xlsx), or its evidence as annotations (.jsonld)."
    parser = add_command(commands, "export", summary)
    add_case(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="case.xlsx or evidence.jsonld")
    add_documents(parser, "to write what stands around each anchor into .jsonld")


def _add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Make a case folder from a workbook, or draft evidence from tagged highlights."
    parser = add_command(commands, "import", summary)
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="case.xlsx; or Taguette's highlights.csv, or a REFI-QDA project.qdpx",
    )
    parser.add_argument(
        "--out", metavar="PATH", type=Path, required=True, help="folder, or draft.csv, to make"
    )
    parser.add_argument("--case", metavar="CASE", help="that highlights become draft evidence of")
    parser.add_argument("--source", metavar="ID", help="source of all highlights")
    add_documents(parser, "to find anchors that stand there once")
    add_framework(parser)


def _add_validate(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Check a case: every fault with its place and what to do; then what to look at."
    parser = add_command(commands, "validate", summary)
    add_case(parser)
    add_framework(parser)
    add_format(parser)


def _add_anchors(commands: Commands[argparse.ArgumentParser]) -> None:
    summary = "Check that every anchor stands in its document exactly once."
    parser = add_command(commands, "anchors", summary)
    add_case(parser)
    add_documents(parser, "which are looked up", required=True)
    add_format(parser)

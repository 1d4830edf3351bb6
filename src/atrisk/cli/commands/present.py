"""Present: the commands that write a page and figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from atrisk.base.errors import check_extra
from atrisk.cli.inputs import load, load_all, read_view
from atrisk.cli.options import Command, add_case, add_choices, add_seed
from atrisk.cli.output import say

DRAWN = 1000


def _add_report(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="page to write, such as car.html"
    )
    parser.add_argument(
        "--beside",
        metavar="CASE",
        action="append",
        default=[],
        help="also compare with this case at equal effort; may be repeated",
    )
    _add_drawn(parser)


def _write_report(given: argparse.Namespace) -> int:
    from atrisk.report.page import write_report

    check_extra("a report", "report", "jinja2", "matplotlib")
    (case, *others), framework = load_all(given, (given.case, *given.beside))
    drawn = {"seed": given.seed, "draws": given.draws, "beside": others}
    page = write_report(given.out, case, framework, **drawn, **read_view(given))
    say(f"{page}: {case.header.title}, under {framework.id}, {given.knowledge} knowledge")
    return 0


def _add_figures(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder to write them to"
    )
    _add_drawn(parser)


def _write_figures(given: argparse.Namespace) -> int:
    from atrisk.report.brief import prepare_brief
    from atrisk.report.figures.album import write_figures

    check_extra("a figure", "report", "matplotlib")
    case, framework = load(given)
    brief = prepare_brief(case, framework, seed=given.seed, draws=given.draws, **read_view(given))
    say("\n".join(str(file) for file in write_figures(given.out, brief)))
    return 0


def _add_drawn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--draws",
        metavar="N",
        type=int,
        default=DRAWN,
        help=f"how many draws of the ensemble (default: {DRAWN})",
    )
    add_seed(parser)
    add_choices(parser)


COMMANDS = (
    Command(
        "report",
        "present",
        "Write a case as one web page that opens offline.",
        _add_report,
        _write_report,
    ),
    Command(
        "figures", "present", "Write a case's figures as SVG and PNG.", _add_figures, _write_figures
    ),
)

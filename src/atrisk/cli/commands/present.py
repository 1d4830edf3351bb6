"""Present: the commands that write a page and figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from atrisk.base.errors import RequestError, check_extra
from atrisk.cli.inputs import load, load_all, read_view
from atrisk.cli.options import Command, add_case, add_choices, add_seed
from atrisk.cli.output import say

DRAWN = 1000


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "cases", metavar="CASE", nargs="+",
        help="id of a bundled case, or path of a folder; several make a board of them, and a page "
        "of each beside it",
    )  # fmt: skip
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="page to write, such as car.html"
    )
    parser.add_argument(
        "--no-annex", action="store_true", help="leave out the annex, which is most of the file"
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
    if len(given.cases) > 1:
        return _write_board(given)
    (case, *others), framework = load_all(given, (*given.cases, *given.beside))
    page = write_report(given.out, case, framework, beside=others, **_read_drawn(given))
    say(f"{page}: {case.header.title}, under {framework.id}, {given.knowledge} knowledge")
    return 0


def _write_board(given: argparse.Namespace) -> int:
    from atrisk.ensemble.runner import show_progress
    from atrisk.report.board import write_board

    if given.beside:
        raise RequestError(
            "a board puts its cases beside one another already; leave --beside out, or name one "
            "case"
        )
    cases, framework = load_all(given, given.cases)
    files = write_board(
        given.out, cases, framework, **_read_drawn(given),
        follow=lambda every: show_progress(every, len(every), "pages"),
    )  # fmt: skip
    say("\n".join(map(str, files)))
    return 0


def _read_drawn(given: argparse.Namespace) -> dict[str, Any]:
    drawn = {"seed": given.seed, "draws": given.draws, "annex": not given.no_annex}
    return drawn | dict(read_view(given))


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
        "Write a case as one web page that opens offline, or several as a board.",
        _add_report,
        _write_report,
    ),
    Command(
        "figures", "present", "Write a case's figures as SVG and PNG.", _add_figures, _write_figures
    ),
)

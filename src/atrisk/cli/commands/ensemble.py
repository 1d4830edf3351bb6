"""Ensemble: the command that scores cases many times, each time drawing what may be wrong."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from atrisk.base.errors import RequestError
from atrisk.base.output import render
from atrisk.cli.inputs import load_all, read_runner, read_uncertainty, read_view
from atrisk.cli.options import Command, add_choices, add_format, add_seed, add_uncertainty
from atrisk.cli.output import print_rows, say

DRAWS = 10_000
# What a table leaves out; CSV and JSON hold all.
LEFT_OUT = re.compile(r"deviation|q0\.[27]5|q.*_error|.*band.*")


def _add_ensemble(parser: argparse.ArgumentParser) -> None:
    from atrisk.ensemble.ensemble import Ensemble
    from atrisk.ensemble.variation import KINDS

    parser.add_argument(
        "cases", metavar="CASE", nargs="+",
        help="id of a bundled case, or path of a folder; several go into a folder (--into)",
    )  # fmt: skip
    parser.add_argument(
        "--into", metavar="DIR", type=Path,
        help="write a file of each case into this folder as it is done; a run that was stopped "
        "goes on there",
    )  # fmt: skip
    parser.add_argument(
        "--draws", metavar="N", type=int, default=DRAWS, help=f"how many draws (default: {DRAWS})"
    )
    add_seed(parser)
    parser.add_argument(
        "--vary",
        metavar="KIND",
        action="append",
        choices=KINDS,
        help="vary only this; may be repeated (default: all)",
    )
    parser.add_argument(
        "--level", choices=tuple(Ensemble.tables), default="overall", help="level of the scores"
    )
    parser.add_argument(
        "--apart",
        action="store_true",
        help="show doubt about the facts and doubt about the method apart",
    )
    parser.add_argument(
        "--policy", metavar="ID", help="alarm policy of the framework (default: the method's)"
    )
    add_uncertainty(parser)
    add_choices(parser)
    add_format(parser)


def _show_ensemble(given: argparse.Namespace) -> int:
    from atrisk.ensemble.run import run_ensemble

    if given.into:
        return _store(given)
    if len(given.cases) > 1:
        raise RequestError("several cases are not shown side by side; add --into FOLDER")
    if given.apart:
        return _show_apart(given)
    (case,), framework = load_all(given, given.cases)
    ensemble = run_ensemble(case, framework, **_read_drawn(given))
    rows = ensemble.to_rows(given.level)
    if given.format == "table":
        alike = {"of"} if given.level == "overall" else set()
        rows = [
            {
                name: cell
                for name, cell in row.items()
                if name not in alike and not LEFT_OUT.fullmatch(name)
            }
            for row in rows
        ]
    head = {
        "policy": ensemble.policy.id,
        "varied": "; ".join(ensemble.vary),
        "uncertainty": "; ".join(f"{q}={o}" for q, o in ensemble.uncertainty.choices.items()),
        "draws": ensemble.draws,
        "seed": ensemble.seed,
    }
    table = f"ensemble {given.level}"
    return print_rows(given, rows, ensemble.base, head, repr(ensemble), table=table)


def _read_drawn(given: argparse.Namespace) -> dict[str, Any]:
    """Return what is drawn, and how."""
    from atrisk.ensemble.variation import KINDS

    return {
        "seed": given.seed,
        "draws": given.draws,
        "vary": given.vary or KINDS,
        "uncertainty": read_uncertainty(given),
        "policy": given.policy,
        "runner": read_runner(given),
        **read_view(given),
    }


def _store(given: argparse.Namespace) -> int:
    """Write each case's draws into a folder; cases are loaded when their turn comes."""
    from atrisk.ensemble.runner import show_progress
    from atrisk.ensemble.store import store_ensembles

    if given.apart:
        raise RequestError("--into writes what is drawn together; drop --apart")
    (first,), framework = load_all(given, given.cases[:1])
    others = (load_all(given, [name])[0][0] for name in given.cases[1:])
    # One bar, for the cases, and none for the draws of each.
    quiet = replace(read_runner(given), progress=False)
    drawn = _read_drawn(given) | {"level": given.level, "runner": quiet}
    cases = show_progress(chain([first], others), len(given.cases), "cases")
    files = store_ensembles(given.into, cases, framework, **drawn)
    rows = [{"case": file.name.rpartition("-")[0], "file": str(file)} for file in files]
    say(render(rows, given.format))
    return 0


def _show_apart(given: argparse.Namespace) -> int:
    from atrisk.ensemble.apart import split_doubt

    if given.vary or given.policy or given.level != "overall":
        raise RequestError(
            "--apart draws every kind and shows scores; drop --vary, --level, --policy"
        )
    (case,), framework = load_all(given, given.cases)
    doubt = split_doubt(
        case,
        framework,
        seed=given.seed,
        draws=given.draws,
        uncertainty=read_uncertainty(given),
        runner=read_runner(given),
        **read_view(given),
    )
    head = {"draws": doubt.draws, "seed": doubt.seed}
    table = "ensemble apart"
    return print_rows(given, doubt.to_rows(), doubt.base, head, repr(doubt), table=table)


COMMANDS = (
    Command(
        "ensemble",
        "study",
        "Score cases many times, each time drawing what may be wrong in them.",
        _add_ensemble,
        _show_ensemble,
    ),
)

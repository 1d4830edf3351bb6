"""Outcome: the commands that hold scores against what happened, and that score counted events."""

from __future__ import annotations

import argparse
from pathlib import Path

from atrisk.base.rows import Row
from atrisk.cases.loading import list_cases
from atrisk.cli.inputs import load, load_all, read_name, read_runner, read_view
from atrisk.cli.options import (
    FRAMEWORK,
    Command,
    add_case,
    add_choices,
    add_format,
    add_release,
    add_seed,
)
from atrisk.cli.output import print_plain, print_rows
from atrisk.frameworks.loading import list_frameworks, load_framework

MONTHS = "months"


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "cases", metavar="CASE", nargs="*", help="ids of bundled cases, or paths (default: all)"
    )
    _add_outcome(parser)
    add_choices(parser)
    add_format(parser)


def _add_outcome(parser: argparse.ArgumentParser) -> None:
    from atrisk.verification.verify import Verification

    parser.add_argument(
        "--outcome",
        metavar="ID",
        help="outcome in the framework's outcomes.toml (default: its first)",
    )
    parser.add_argument(
        "--horizon", metavar="N", type=int, help="how many months ahead to look for the outcome"
    )
    parser.add_argument(
        "--show", choices=tuple(Verification.tables), default="levels", help="table to show"
    )
    parser.add_argument(
        "--draws", metavar="N", type=int, help="how many draws the intervals rest on"
    )
    add_seed(parser)


def _verify(given: argparse.Namespace) -> int:
    from atrisk.verification.verify import verify

    found = verify(
        *load_all(given, given.cases or list_cases()),
        outcome=given.outcome,
        horizon=given.horizon,
        draws=given.draws,
        seed=given.seed,
        **read_view(given),
    )
    return _print(given, found.to_rows(given.show), f"verify {given.show}", repr(found))


def _print(given: argparse.Namespace, rows: list[Row], table: str, told: str) -> int:
    """Print rows; in CSV and JSON each says what was asked for."""
    if given.format != "table":
        rows = [_tell_asked(given) | row for row in rows]
    if given.format == "table":
        one = len({row.get("truth") for row in rows}) == 1
        hidden = {"truth"} if one else set()
        rows = [fold_bounds({k: v for k, v in row.items() if k not in hidden}) for row in rows]
    return print_plain(given, rows, table, told)


def _tell_asked(given: argparse.Namespace) -> Row:
    asked = {
        "framework": given.framework or FRAMEWORK,
        "knowledge": given.knowledge,
        "audience": given.audience or "anybody",
        "method": "; ".join(given.method) or "default",
        "weights": given.weights or "default",
        "outcome": given.outcome or "default",
        "horizon": given.horizon or "default",
        "seed": given.seed,
    }
    return {f"asked_{name}": value for name, value in asked.items()}


def fold_bounds(row: Row) -> Row:
    """Return a row for people: a figure and its bounds in one cell.

    Examples:
        >>> fold_bounds({"auc": 0.5, "auc_low": 0.25, "auc_high": 0.75, "months": 3})
        {'auc': '0.50 [0.25, 0.75]', 'months': 3}
    """
    told = {}
    for name, cell in row.items():
        low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
        if name.removesuffix("_low").removesuffix("_high") in told and name not in told:
            continue
        bounds = "" if low is None or high is None else f" [{low:.2f}, {high:.2f}]"
        told[name] = f"{cell:.2f}{bounds}" if isinstance(cell, float) and bounds else cell
    return told


def _add_events(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    add_choices(parser)
    add_format(parser)


def _compare_events(given: argparse.Namespace) -> int:
    from atrisk.verification.with_events import compare_events

    found = compare_events(*load(given), **read_view(given))
    rows = found.to_rows()
    return print_rows(given, rows, found.everything, {}, repr(found), table="events")


def _add_panel(parser: argparse.ArgumentParser) -> None:
    from atrisk.verification.verify import Verification

    parser.add_argument("file", metavar="FILE", type=Path, help="a table of events")
    add_release(parser)
    parser.add_argument(
        "--country",
        metavar="CODE",
        action="append",
        help="score only this country, by its alpha-3 code; may be repeated",
    )
    parser.add_argument(
        "--show",
        choices=("scores", *Verification.tables),
        default="scores",
        help="scores by country and month, or how well they go before what the table counts later",
    )
    parser.add_argument("--outcome", metavar="ID", help="outcome in the framework's outcomes.toml")
    parser.add_argument("--horizon", metavar="N", type=int, help="how many months ahead to look")
    parser.add_argument(
        "--draws", metavar="N", type=int, help="how many draws the intervals rest on"
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, help="how many threads to use (default: all cores)"
    )
    add_seed(parser)
    add_choices(parser)
    add_format(parser)


def _score_panel(given: argparse.Namespace) -> int:
    from atrisk.cli.commands.exchange import read_event_file, read_release
    from atrisk.verification.panel import score_panel

    framework = load_framework(read_name(given.framework or FRAMEWORK, list_frameworks()))
    panel = score_panel(
        read_event_file(given),
        framework,
        countries=given.country,
        runner=read_runner(given),
        **read_release(given),
        **read_view(given),
    )
    if given.show == "scores":
        return _print(given, panel.to_rows(), "panel scores", repr(panel))
    found = panel.verify(
        outcome=given.outcome, horizon=given.horizon, draws=given.draws, seed=given.seed
    )
    return _print(given, found.to_rows(given.show), f"panel {given.show}", repr(found))


COMMANDS = (
    Command(
        "verify",
        "warn",
        "Compare scores and alarms with what happened, with baselines and with other systems.",
        _add_verify,
        _verify,
    ),
    Command(
        "events",
        "study",
        "Score a case with and without the evidence that comes from counted events.",
        _add_events,
        _compare_events,
    ),
    Command(
        "panel",
        "study",
        "Score every country of an event table from its counts alone.",
        _add_panel,
        _score_panel,
    ),
)

"""Studies: the commands that ask what else the result could be."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.base.levels import KINDS
from atrisk.base.output import render
from atrisk.base.rows import Row
from atrisk.cli.arguments import TOP
from atrisk.cli.inputs import assess_given, load, read_choices, read_method, say, tell_provenance
from atrisk.cli.output import render_explanation
from atrisk.ensemble.draws import run_ensemble
from atrisk.scoring.assessment import Assessment
from atrisk.studies.methods import TREE_BRANCHES, explore_methods
from atrisk.studies.scenarios import Outcome, list_wanted, run_scenarios
from atrisk.studies.sensitivity import analyse_sensitivity
from atrisk.studies.weights import bound_weights, describe_weights

# What of a row a table shows; CSV and JSON hold the rest.
SPREAD_COLUMNS = ("deviation", "q0.25", "q0.75")
OUTCOME_COLUMNS = (
    "scenario",
    "first_alarm",
    "months_in_alarm",
    "peak_month",
    "peak",
    "peak_change",
    "answered",
    "median_lag_days",
    "first_answer",
    "months_in_alarm_without_answer",
    "mean_gap",
)


def show_ensemble(given: argparse.Namespace) -> int:
    """Print an ensemble."""
    case, framework = load(given)
    ensemble = run_ensemble(
        case,
        framework,
        seed=given.seed,
        draws=given.draws,
        vary=given.vary or KINDS,
        uncertainty=read_choices(given.uncertainty, "--uncertainty weight_spread=any"),
        knowledge=given.knowledge,
        audience=given.audience,
        method=read_method(given),
        policy=given.policy,
        workers=given.workers,
    )
    rows = ensemble.to_rows(given.level)
    if given.format == "table":
        alike = {"of"} if given.level == "overall" else set()
        rows = [
            {
                name: cell
                for name, cell in row.items()
                if name not in SPREAD_COLUMNS and name not in alike and "band" not in name
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
    return _print(given, rows, ensemble.base, head, repr(ensemble))


def show_methods(given: argparse.Namespace) -> int:
    """Print the method tree."""
    case, framework = load(given)
    settled = read_method(given)
    branches = given.branch or [name for name in TREE_BRANCHES if name not in settled]
    tree = explore_methods(
        case,
        framework,
        branches=branches,
        most=given.most,
        seed=given.seed,
        method=settled,
        knowledge=given.knowledge,
        audience=given.audience,
    )
    head = {"explored": "; ".join(tree.branches), "seed": tree.seed}
    return _print(given, tree.to_rows(given.show), tree.base, head, repr(tree))


def show_weights(given: argparse.Namespace) -> int:
    """Print what other weights would say."""
    assessment = assess_given(given, given.knowledge)
    if given.show == "moments":
        rows = describe_weights(assessment)
        return _print(given, rows, assessment, {}, repr(assessment))
    bounds = bound_weights(assessment, _read_factor(given.within), policy=given.policy)
    text = repr(bounds)
    if bounds.avoidable:
        quiet = ", ".join(f"{code} x{weight:.2f}" for code, weight in bounds.avoiding.items())
        text = f"weights that avoid the alarm, by factor: {quiet}\n\n{text}"
    head = {"within": bounds.factor, "policy": bounds.policy.id, "avoidable": bounds.avoidable}
    return _print(given, bounds.to_rows(), assessment, head, text)


def show_scenarios(given: argparse.Namespace) -> int:
    """Print scenarios beside their base."""
    case, framework = load(given)
    names = [Path(name) if name.endswith(".toml") else name for name in given.scenario]
    if given.list:
        found = list_wanted(case, names or None)
        rows: list[Row] = [{"scenario": s.id, "title": s.title} for s in found]
        if given.format != "table":
            notes = [{"question": s.question, "rationale": s.rationale} for s in found]
            rows = [row | note for row, note in zip(rows, notes, strict=True)]
        say(render(rows, given.format))
        return 0
    outcome = run_scenarios(
        case,
        framework,
        names or None,
        knowledge=given.knowledge,
        audience=given.audience,
        method=read_method(given),
        rule=given.rule,
    )
    if given.explain:
        return _explain(given, outcome)
    rows = outcome.to_rows(given.show)
    if given.show == "summary" and given.format == "table":
        rows = [{name: row.get(name) for name in OUTCOME_COLUMNS} for row in rows]
    return _print(given, rows, outcome.base.assessment, {}, repr(outcome))


def show_sensitivity(given: argparse.Namespace) -> int:
    """Print what a result hangs on."""
    case, framework = load(given)
    study = analyse_sensitivity(
        case,
        framework,
        seed=given.seed,
        draws=given.draws,
        uncertainty=read_choices(given.uncertainty, "--uncertainty weight_spread=any"),
        knowledge=given.knowledge,
        audience=given.audience,
        method=read_method(given),
        workers=given.workers,
    )
    head = {"draws": study.draws, "seed": study.seed}
    return _print(given, study.to_rows(given.show), study.base, head, repr(study))


def _explain(given: argparse.Namespace, outcome: Outcome) -> int:
    if len(outcome.results) != 1:
        names = ", ".join(result.id for result in outcome.results)
        raise RequestError(f"--explain opens one scenario; name it: one of {names}")
    result = outcome.results[0]
    rows = outcome.explain(result.id, given.explain)
    if given.format != "table":
        head = {"scenario": result.id, "month": given.explain}
        say(render([head | row for row in rows], given.format))
        return 0
    scores = [
        side.overall[side.place(given.explain)]
        for side in (outcome.base.assessment, result.assessment)
    ]
    say(
        f"overall in {given.explain}: {scores[0]:.4f} in the base, {scores[1]:.4f} in {result.id}\n"
    )
    changed = [row for row in rows if row["change"] != 0]
    if changed:
        say(render_explanation(changed, "change", TOP))
    else:
        say("no part of it changes\n")
    say(repr(outcome))
    return 0


def _print(
    given: argparse.Namespace, rows: list[Row], base: Assessment, head: Row, text: str
) -> int:
    if given.format != "table":
        rows = [tell_provenance(base) | head | row for row in rows]
    say(render(rows, given.format))
    if given.format == "table":
        say(f"\n{text}")
    return 0


def _read_factor(text: str | None) -> str | float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


STUDIES: dict[str, Callable[[argparse.Namespace], int]] = {
    "ensemble": show_ensemble,
    "methods": show_methods,
    "weights": show_weights,
    "scenarios": show_scenarios,
    "sensitivity": show_sensitivity,
}

"""Study: the commands that ask what else the result could be."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError
from atrisk.base.output import Row, render
from atrisk.cli.commands.look import TOP
from atrisk.cli.inputs import assess_given, load, read_runner, read_uncertainty, read_view
from atrisk.cli.options import (
    Command,
    add_case,
    add_choices,
    add_format,
    add_seed,
    add_uncertainty,
)
from atrisk.cli.output import print_rows, render_explanation, say, wrap
from atrisk.scoring.view import find_held, read_outlook

if TYPE_CHECKING:
    from atrisk.studies.scenarios import Outcome

MOST = 10_000
SAMPLE = 1024
BUDGET = 20_000
# What a table of scenarios shows; CSV and JSON hold all.
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


def _add_methods(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.methods import MethodTree

    add_case(parser)
    parser.add_argument(
        "--branch",
        metavar="BRANCH",
        action="append",
        help="vary only this branch; may be repeated (default: all that change a score)",
    )
    parser.add_argument(
        "--show", choices=tuple(MethodTree.tables), default="months", help="table to show"
    )
    parser.add_argument(
        "--most",
        metavar="N",
        type=int,
        default=MOST,
        help=f"most methods to score (default: {MOST})",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=int,
        help="with more methods than that, score a random draw of them",
    )
    add_choices(parser)
    add_format(parser)


def _show_methods(given: argparse.Namespace) -> int:
    from atrisk.studies.methods import TREE_BRANCHES, explore_methods

    case, framework = load(given)
    view = read_view(given)
    settled = find_held(framework, view)
    branches = given.branch or [name for name in TREE_BRANCHES if name not in settled]
    tree = explore_methods(
        case,
        framework,
        branches=branches,
        most=given.most,
        seed=given.seed,
        **view,
    )
    head = {"explored": "; ".join(tree.branches), "seed": tree.seed}
    rows, table = tree.to_rows(given.show), f"methods {given.show}"
    return print_rows(given, rows, tree.base, head, repr(tree), table=table)


def _add_weights(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--within",
        metavar="FACTOR",
        help="how many times larger or smaller each weight may be: a number, or an option of the "
        "framework",
    )
    parser.add_argument(
        "--policy", metavar="ID", help="alarm policy of the framework (default: the method's)"
    )
    parser.add_argument(
        "--show", choices=("bounds", "moments"), default="bounds", help="table to show"
    )
    add_choices(parser)
    add_format(parser)


def _show_weights(given: argparse.Namespace) -> int:
    from atrisk.studies.weights import bound_weights, describe_weights

    assessment = assess_given(given, given.knowledge)
    if given.show == "moments":
        rows = describe_weights(assessment)
        return print_rows(given, rows, assessment, {}, repr(assessment), table="weights moments")
    bounds = bound_weights(assessment, _read_factor(given.within), policy=given.policy)
    text = repr(bounds)
    if bounds.avoidable:
        titles = {code: factor.title for code, factor in assessment.framework.factors.items()}
        quiet = "\n".join(
            f"  x{weight:.2f}  factor {code}, {titles[code]}"
            for code, weight in bounds.avoiding.items()
        )
        text = f"Weights that avoid the alarm, as multiples of the present ones:\n{quiet}\n\n{text}"
    head = {"within": bounds.factor, "policy": bounds.policy.id, "avoidable": bounds.avoidable}
    return print_rows(given, bounds.to_rows(), assessment, head, text, table="weights bounds")


def _read_factor(text: str | None) -> str | float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _add_scenarios(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.scenarios import Outcome

    add_case(parser)
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        nargs="*",
        help="id of a scenario, or path of a .toml (default: all of the case)",
    )
    parser.add_argument(
        "--show", choices=tuple(Outcome.tables), default="summary", help="table to show"
    )
    parser.add_argument(
        "--explain",
        metavar="MONTH",
        help="instead, explain the difference that one scenario makes in a month",
    )
    parser.add_argument(
        "--rule", metavar="ID", help="rule for what counts as an answer to a warning"
    )
    parser.add_argument(
        "--list", action="store_true", help="only list the scenarios with their questions"
    )
    add_choices(parser)
    add_format(parser)


def _show_scenarios(given: argparse.Namespace) -> int:
    from atrisk.studies.scenarios import list_seen, run_scenarios

    case, framework = load(given)
    names = [Path(name) if name.endswith(".toml") else name for name in given.scenario]
    if given.list:
        outlook = read_outlook(case, given.knowledge)
        found = list_seen(case, names or None, outlook, given.audience)
        rows: list[Row] = [{"scenario": s.id, "title": s.title} for s in found]
        if given.format != "table":
            notes = [{"question": s.question, "rationale": s.rationale} for s in found]
            rows = [row | note for row, note in zip(rows, notes, strict=True)]
        say(render(rows, given.format))
        return 0
    view = read_view(given)
    outcome = run_scenarios(case, framework, names or None, rule=given.rule, **view)
    if given.explain:
        return _explain(given, outcome)
    rows = outcome.to_rows(given.show)
    if given.show == "summary" and given.format == "table":
        rows = [{name: row.get(name) for name in OUTCOME_COLUMNS} for row in rows]
    table = f"scenarios {given.show}"
    return print_rows(given, rows, outcome.base.assessment, {}, repr(outcome), table=table)


def _explain(given: argparse.Namespace, outcome: Outcome) -> int:
    if len(outcome.results) != 1:
        names = ", ".join(result.id for result in outcome.results)
        raise RequestError(f"--explain is for one scenario; name one of {names}")
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
        f"overall in {given.explain}: {scores[0]:.4f} in the case as it is, {scores[1]:.4f} in "
        f"{result.id}\n"
    )
    changed = [row for row in rows if row["change"] != 0]
    if changed:
        say(render_explanation(changed, "change", TOP, outcome.base.assessment.framework))
    else:
        say("nothing in the score changes\n")
    say(wrap(repr(outcome)))
    return 0


def _add_sensitivity(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.sensitivity import Sensitivity

    add_case(parser)
    parser.add_argument(
        "--draws",
        metavar="N",
        type=int,
        default=SAMPLE,
        help=f"how many draws in each sample (default: {SAMPLE})",
    )
    add_seed(parser)
    parser.add_argument(
        "--show", choices=tuple(Sensitivity.tables), default="months", help="table to show"
    )
    parser.add_argument(
        "--budget",
        metavar="N",
        type=int,
        default=BUDGET,
        help=f"with --show flips: how many sets of evidence to try (default: {BUDGET})",
    )
    add_uncertainty(parser)
    add_choices(parser)
    add_format(parser)


def _show_sensitivity(given: argparse.Namespace) -> int:
    from atrisk.studies.sensitivity import analyse_sensitivity

    case, framework = load(given)
    study = analyse_sensitivity(
        case,
        framework,
        seed=given.seed,
        draws=given.draws,
        budget=given.budget,
        uncertainty=read_uncertainty(given),
        runner=read_runner(given),
        **read_view(given),
    )
    head = {"draws": study.draws, "seed": study.seed}
    rows = study.to_rows(given.show)
    table = f"sensitivity {given.show}"
    return print_rows(given, rows, study.base, head, repr(study), table=table)


COMMANDS = (
    Command(
        "methods",
        "study",
        "Score a case under every choice of method: the share of methods in alarm.",
        _add_methods,
        _show_methods,
    ),
    Command(
        "weights",
        "study",
        "Bound the score over all admissible weights, and say whether any avoids the alarm.",
        _add_weights,
        _show_weights,
    ),
    Command(
        "scenarios",
        "study",
        "Run what-if scenarios and compare each with the case as it is.",
        _add_scenarios,
        _show_scenarios,
    ),
    Command(
        "sensitivity",
        "study",
        "Say which judgement matters most in each month, and what would change the first alarm.",
        _add_sensitivity,
        _show_sensitivity,
    ),
)

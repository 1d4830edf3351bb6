"""Warn: the commands that raise flags and measure how long warnings waited."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError
from atrisk.base.output import Row, render
from atrisk.cases.loading import list_cases
from atrisk.cli.commands.look import THRESHOLDS
from atrisk.cli.inputs import assess_given, load_all, read_view
from atrisk.cli.options import Command, add_case, add_choices, add_format, add_seed
from atrisk.cli.output import name_factors, print_plain, print_rows, say, wrap

if TYPE_CHECKING:
    from atrisk.cases.ledger import Stage
    from atrisk.gap.gap import Gap
    from atrisk.scoring.flags import Flags

WIDTH = 100
# What of an early action a table shows; CSV and JSON hold the rest.
ACTION_COLUMNS = (
    "month", "tier", "phase", "action", "status", "due_by", "actor", "triggered", "decided",
    "completed", "decision_days", "completion_days",
)  # fmt: skip
# What of a lag a table shows; CSV and JSON hold the anchors too.
LAG_COLUMNS = (
    "subject",
    "date",
    "heard",
    "issuer",
    "response",
    "answered_on",
    "days",
    "low",
    "high",
    "censored",
)


def _add_flags(parser: argparse.ArgumentParser) -> None:
    parser.epilog = THRESHOLDS
    parser.add_argument(
        "cases",
        metavar="CASE",
        nargs="*",
        help="id of a bundled case, or path of a folder; with --backtest several, or none for all",
    )
    parser.add_argument(
        "--policy", metavar="ID", help="alarm policy of the framework (default: the method's)"
    )
    parser.add_argument(
        "--backtest",
        action="store_true",
        help="instead, compare the alarms of each tier with readers' own judgements of the months",
    )
    parser.add_argument(
        "--level",
        metavar="N",
        type=int,
        help="with --backtest: level of judgement that counts as an onset (default: the policy's)",
    )
    parser.add_argument(
        "--show",
        choices=("flags", "actions"),
        default="flags",
        help="instead of the flags, the early actions (actions.csv): what is due, done, and when",
    )
    add_choices(parser)
    add_format(parser)


def _show_flags(given: argparse.Namespace) -> int:
    from atrisk.scoring.flags import raise_flags

    if given.backtest:
        if given.show == "actions":
            raise RequestError("--show actions is of one case as it stands; drop --backtest")
        return _look_back(given)
    if given.level is not None:
        raise RequestError("--level is for --backtest; drop it, or add --backtest")
    if len(given.cases) != 1:
        raise RequestError(
            f"name one case; found {len(given.cases)}. Try: atrisk flags car-2012-2015, or "
            "atrisk flags --backtest"
        )
    (given.case,) = given.cases
    flags = raise_flags(assess_given(given, given.knowledge), given.policy)
    head, rows = {"policy": flags.policy.id}, flags.to_rows()
    if given.show == "actions":
        return _show_actions(given, flags, head)
    titles = name_factors(flags.assessment, (c for row in rows for c in row["factors"].split("; ")))
    due = _tell_due(flags) if flags.assessment.case.actions else ""
    text = "\n\n".join(filter(None, (titles, repr(flags), due)))
    return print_rows(given, rows, flags.assessment, head, text, may_be_empty=True)


def _show_actions(given: argparse.Namespace, flags: Flags, head: Row) -> int:
    from atrisk.gap.actions import measure_actions

    actions = measure_actions(flags.assessment, flags.policy)
    rows = actions.to_rows()
    if given.format == "table":
        rows = [_shorten(row) for row in rows]
    text = f"{_tell_due(flags)}\n\n{actions!r}"
    name = "flags actions"
    return print_rows(given, rows, flags.assessment, head, text, table=name, may_be_empty=True)


def _shorten(row: Row) -> Row:
    """Return what a table shows of an early action; the days of what is still open are no lag."""
    open_days = {
        f"{step}_days": None for step in ("decision", "completion") if row[f"{step}_censored"]
    }
    return {name: open_days.get(name, row[name]) for name in ACTION_COLUMNS}


def _tell_due(flags: Flags) -> str:
    """Return what is due of the early actions, each on lines that fit."""
    from atrisk.gap.actions import measure_actions

    told = measure_actions(flags.assessment, flags.policy).describe().split("\n")
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in told)


def _look_back(given: argparse.Namespace) -> int:
    from atrisk.studies.backtest import backtest_alarms

    found = backtest_alarms(
        *load_all(given, given.cases or list_cases()),
        policy=given.policy,
        level=given.level,
        **read_view(given),
    )
    return print_plain(given, found.to_rows(), "flags backtest", repr(found))


def _add_gap(parser: argparse.ArgumentParser) -> None:
    from atrisk.gap.gap import GROUPS, Gap
    from atrisk.gap.matching import RULE_STAGES

    add_case(parser)
    parser.add_argument(
        "--rule", metavar="ID", help="rule for what counts as an answer to a warning"
    )
    parser.add_argument("--stage", choices=RULE_STAGES, help="stage that a response must reach")
    shown = ("summary", *Gap.tables, "rules", *GROUPS)
    parser.add_argument("--show", choices=shown, default="summary", help="table to show")
    add_seed(parser)
    add_choices(parser)
    add_format(parser)


def _show_gap(given: argparse.Namespace) -> int:
    from atrisk.gap.gap import compare_rules, measure_gap

    assessment = assess_given(given, given.knowledge)
    gap = measure_gap(assessment.case, assessment, given.rule, given.stage, seed=given.seed)
    if given.show == "summary" and given.format == "table":
        rows = compare_rules(gap.case, assessment, given.stage, seed=given.seed)
        say(f"{wrap(gap.describe())}\n\n{wrap(_explain_lags(gap))}\n\n{render(rows, 'table')}")
        say(f"\n{wrap(repr(gap))}")
        return 0
    rows = _gap_rows(gap, given.show, given.stage)
    if given.show == "lags" and given.format == "table":
        rows = [{name: row[name] for name in LAG_COLUMNS} for row in rows]
    return print_rows(given, rows, assessment, {}, repr(gap), table=f"gap {given.show}")


def _explain_lags(gap: Gap) -> str:
    level = gap.assessment.framework.header.confidence_level
    return (
        "In brackets: the least and the most days that the dates allow; beside a median, its "
        f"{level:.0%} interval.\n"
        "Spell of waiting: a stretch of days on which at least one warning had no answer."
    )


def _gap_rows(gap: Gap, what: str, stage: Stage | None) -> list[Row]:
    from atrisk.gap.gap import GROUPS, compare_rules

    if what == "strength" and gap.standing is None:
        raise RequestError(
            f"the rule {gap.rule.id!r} at the stage {gap.stage} sets no strength beside a need; "
            "add --rule to-need"
        )
    if what == "own_lag":
        from atrisk.gap.actions import measure_actions  # which says why where there is none

        return measure_actions(gap.assessment).to_rows("lag")
    if what in ("summary", "rules"):
        return compare_rules(gap.case, gap.assessment, stage, seed=gap.seed)
    return gap.compare_groups(what) if what in GROUPS else gap.to_rows(what)


COMMANDS = (
    Command(
        "flags",
        "warn",
        "Raise alarms, surges and triggers, each with its reason; or backtest the alarms.",
        _add_flags,
        _show_flags,
    ),
    Command(
        "gap",
        "warn",
        "Measure how long warnings waited for an answer, and the response beside the risk.",
        _add_gap,
        _show_gap,
    ),
)

"""Answers: what answered a warning under a rule, and how long all of them waited, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atrisk.base.output import tell_count, tell_days, tell_half
from atrisk.gap.waiting import describe_median

if TYPE_CHECKING:
    from atrisk.gap.gap import Gap


def describe_answer(gap: Gap, subject: str) -> str:
    """Return what answered a warning first, and how long all waited, indented below the rule."""
    lag = next(lag for lag in gap.lags if lag.subject == subject)
    if lag.response is None:
        answer = f"nothing answered it by {gap.assessment.until}"
    else:
        high = "no answer" if lag.high is None else tell_half(lag.high)
        what, who = lag.response.shown("measure"), lag.response.shown("actor")
        answer = (
            f"first answer: {what} ({who}), {lag.answered_on}, {tell_days(lag.days)} later "
            f"[{tell_half(lag.low)} to {high}]"
        )
    waited = tell_count(len(gap.spells), "spell of waiting", "spells of waiting")
    return (
        f"Under the rule '{gap.rule.describe_at(gap.stage)}':\n  {answer}\n"
        f"  {gap.answered} of {tell_count(len(gap.warned), 'warning')} answered, median lag "
        f"{describe_median(gap.survival)}\n"
        f"  {waited}, {tell_days(sum(spell.days for spell in gap.spells))} in all"
    )

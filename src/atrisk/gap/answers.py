"""Answers: what answered a warning first, in words."""

from __future__ import annotations

from datetime import date

from atrisk.base.output import tell_days, tell_half
from atrisk.gap.matching import Lag


def describe_answer(lag: Lag, until: date) -> str:
    """Return what answered first and how much later, or that nothing did by a day."""
    if lag.response is None:
        return f"nothing answered it by {until}"
    high = "no answer" if lag.high is None else tell_half(lag.high)
    what, who = lag.response.shown("measure"), lag.response.shown("actor")
    return (
        f"first answer: {what} ({who}), {lag.answered_on}, {tell_days(lag.days)} later "
        f"[{tell_half(lag.low)} to {high}]"
    )

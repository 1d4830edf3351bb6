"""Waiting: what a set of lags says together, the unanswered counted for as long as they waited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atrisk.base.output import tell_days, tell_half
from atrisk.base.rows import Row
from atrisk.gap.matching import Lag

if TYPE_CHECKING:
    from atrisk.kernel.survival import Curve

Floats = NDArray[np.float64]
NOT_REACHED = "not reached"  # by the end of the record: fewer were answered than it takes


def split_lags(lags: list[Lag]) -> tuple[Floats, Floats]:
    """Return the days of the answered and of the unanswered."""
    answered = np.array([lag.days for lag in lags if not lag.censored])
    return answered, np.array([lag.days for lag in lags if lag.censored])


def estimate_waiting(lags: list[Lag], confidence: float) -> Curve:
    """Return the Kaplan-Meier curve of some lags."""
    from atrisk.kernel.survival import estimate

    return estimate(*split_lags(lags), confidence)


def summarise_waiting(lags: list[Lag], confidence: float) -> Row:
    """Return how many, how many answered, and the median with its interval."""
    curve = estimate_waiting(lags, confidence)
    return {
        "warnings": len(lags),
        "answered": sum(not lag.censored for lag in lags),
        "median_days": curve.median,
        "median_low": curve.median_low,
        "median_high": curve.median_high,
    }


def compare_groups(lags: list[Lag], by: str, confidence: float) -> list[Row]:
    """Return how long warnings waited in each group, tested against all others by log-rank."""
    from atrisk.kernel.survival import compare

    rows = []
    names = [lag.warning.shown(by) if lag.warning else "" for lag in lags]
    for name in sorted(set(names)):
        inside = [lag for lag, own in zip(lags, names, strict=True) if own == name]
        outside = [lag for lag, own in zip(lags, names, strict=True) if own != name]
        # One warning is no group: its test would say what day it was.
        groups = len(inside) > 1 and len(outside) > 1
        can_test = groups and any(not lag.censored for lag in lags)
        p = compare(split_lags(inside), split_lags(outside)) if can_test else None
        rows.append({by: name} | summarise_waiting(inside, confidence) | {"log_rank_p": p})
    return rows


def describe_median(curve: Curve) -> str:
    """Return the median with its interval, in words where it is not reached."""
    middle = NOT_REACHED if curve.median is None else tell_days(curve.median)
    ends = curve.median_low, curve.median_high
    if ends == (None, None):
        return middle
    low, high = (NOT_REACHED if value is None else tell_half(value) for value in ends)
    return f"{middle} [{low} to {high}]"


def list_waiting(curve: Curve) -> list[Row]:
    """Return one row for each step of the curve: the share that still waits, with its interval."""
    columns = zip(curve.times, curve.waiting, curve.low, curve.high, strict=True)
    return [
        {
            "days": float(t),
            "waiting": float(w),
            "low": _number_or_none(low),
            "high": _number_or_none(high),
        }
        for t, w, low, high in columns
    ]


def _number_or_none(value: float) -> float | None:
    """Return a number, or None for one that is undefined."""
    return None if np.isnan(value) else float(value)

"""Survival: how long until an answer, when some have not come yet. NumPy and SciPy, no I/O.

The estimate and its interval are those of ``scipy.stats.ecdf``, written out: to load SciPy's
statistics takes longer than all else that ``atrisk gap`` does (docs/performance.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A Kaplan-Meier curve: the share that still waits after each time.

    Attributes:
        times: at which the share changes, in days.
        waiting, low, high: the share and its pointwise interval; NaN where it is undefined.
        median: days after which half are answered, or None if it is not reached.
        median_low, median_high: its interval, by inverting the bands; None if not reached.
    """

    times: Floats
    waiting: Floats
    low: Floats
    high: Floats
    median: float | None
    median_low: float | None
    median_high: float | None


def estimate(answered: Floats, unanswered: Floats, confidence: float) -> Curve:
    """Estimate the share that still waits, counting the unanswered up to their last day.

    Args:
        answered: days until each answer, ``>= 0``.
        unanswered: days until the end of the record, for each that had no answer by then.
        confidence: level of the pointwise intervals, in (0, 1).

    Returns:
        The product-limit estimate with Greenwood's variance on the log(-log) scale.

    References:
        Kaplan and Meier (1958), JASA 53:457-481; Brookmeyer and Crowley (1982), Biometrics
        38:29-41, for the interval of the median.

    Examples:
        Answers after 1 and 3 days, one still waiting after 2: 2/3, then 2/3 * 0.

        >>> estimate(np.array([1.0, 3.0]), np.array([2.0]), 0.95).waiting.round(4).tolist()
        [0.6667, 0.6667, 0.0]
    """
    times, at_risk, ended = _count(answered, unanswered)
    waiting = np.cumprod((at_risk - ended) / at_risk, dtype=np.float64)
    if not unanswered.size:  # the product would miss one half of them by a rounding error
        waiting = 1 - np.cumsum(ended) / answered.size
    # Where everybody or nobody waits the interval is undefined: it is 0/0 there, and stays NaN.
    with np.errstate(all="ignore"):
        variance = 1 / np.log(waiting) ** 2 * np.cumsum(ended / (at_risk * (at_risk - ended)))
        middle, reach = np.log(-np.log(waiting)), _find_reach(confidence) * np.sqrt(variance)
        low, high = (np.exp(-np.exp(middle + side)) for side in (reach, -reach))
    return Curve(
        times, waiting, low, high, _half(times, waiting), _half(times, low), _half(times, high)
    )


def _count(answered: Floats, unanswered: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each time, how many wait just before it, and how many are answered at it."""
    days, ends = np.sort(np.concatenate([answered, unanswered])), np.sort(answered)
    times = _list_times(days)
    ended = np.searchsorted(ends, times, "right") - np.searchsorted(ends, times, "left")
    at_risk = len(days) - np.searchsorted(days, times, "left")
    return times, at_risk.astype(np.float64), ended.astype(np.float64)


def _list_times(days: Floats) -> Floats:
    """Return days in order, each once; ``np.unique`` loads masked arrays to do so."""
    days = np.sort(days)
    return days[np.diff(days, prepend=-np.inf) > 0]


def _find_reach(confidence: float) -> float:
    """Return how many standard deviations an interval reaches to each side, by halves."""
    low, high = 0.0, float(64)
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if erfc(middle / sqrt(2.0)) > 1 - confidence else (low, middle)
    return high


def compare(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float | None:
    """Return the p-value of the log-rank test that two groups wait alike, or None if undefined.

    Args:
        first, second: days answered and days unanswered of each group.

    References:
        Mantel (1966), Cancer Chemotherapy Reports 50:163-170.
    """
    from scipy import stats

    one, other = (stats.CensoredData(uncensored=a, right=u) for a, u in (first, second))
    with np.errstate(all="ignore"):  # 0/0 where nobody was at risk twice: told as None
        p_value = float(stats.logrank(one, other).pvalue)
    return None if np.isnan(p_value) else p_value


def resample(
    days: Floats,
    censored: NDArray[np.bool_],
    groups: NDArray[np.int64],
    *,
    resamples: int,
    generator: np.random.Generator,
) -> Floats:
    """Return the medians of samples in which whole groups are drawn again, with replacement.

    Each is the first time at which the product-limit estimate of the sample is one half or less.

    Args:
        days: until the answer or the end of the record, shape ``(n,)``, ``>= 0``.
        censored: whether there was no answer by then, shape ``(n,)``.
        groups: number of the group of each, from 0 on, shape ``(n,)``.
        resamples: how many samples.
        generator: what they are drawn from.

    Returns:
        A median for each sample, shape ``(resamples,)``; infinite where it is not reached.

    Examples:
        One group is always drawn whole: two of three answered, the second after 3 days.

        >>> draw = np.random.default_rng(0)
        >>> all_answered = np.zeros(3, dtype=bool)
        >>> resample(np.array([1., 3., 8.]), all_answered, np.zeros(3, dtype=int),
        ...          resamples=2, generator=draw).tolist()
        [3.0, 3.0]
    """
    count = int(groups.max()) + 1
    drawn = generator.multinomial(count, np.full(count, 1 / count), size=resamples)
    times, medians = _list_times(days[~censored]), np.full(resamples, np.inf)
    if not times.size:
        return medians
    # Whole groups are drawn, so it is enough to know how many of each wait or are answered.
    at_risk, answered = (
        drawn @ _count_groups(groups, held, count)
        for held in (days[:, None] >= times, (days[:, None] == times) & ~censored[:, None])
    )
    # A product of fractions misses one half by a rounding error.
    half = np.cumprod(1 - answered / np.maximum(at_risk, 1), axis=1) <= 0.5 + 1e-9
    reached = half.any(axis=1)
    medians[reached] = times[half[reached].argmax(axis=1)]
    return medians


def _count_groups(groups: NDArray[np.int64], held: NDArray[np.bool_], count: int) -> Floats:
    """Return how many members of each group are held at each time, groups x times."""
    found = np.zeros((count, held.shape[1]))
    np.add.at(found, groups, held)
    return found


def _half(times: Floats, shares: Floats) -> float | None:
    reached = np.flatnonzero(shares <= 0.5)
    return float(times[reached[0]]) if reached.size else None

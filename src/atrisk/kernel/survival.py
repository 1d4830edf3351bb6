"""Survival: how long until an answer, when some have not come yet. SciPy only, no I/O."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

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
    data = stats.CensoredData(uncensored=answered, right=unanswered)
    with warnings.catch_warnings():
        # Where everybody or nobody waits the interval is undefined: SciPy says so in a warning
        # and gives NaN, which is what we return.
        warnings.simplefilter("ignore", RuntimeWarning)
        survival = stats.ecdf(data).sf
        interval = survival.confidence_interval(confidence, method="log-log")
    times, waiting = survival.quantiles, survival.probabilities
    low, high = interval.low.probabilities, interval.high.probabilities  # type: ignore[attr-defined] # SciPy's stubs
    return Curve(
        times, waiting, low, high, _half(times, waiting), _half(times, low), _half(times, high)
    )


def compare(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float | None:
    """Return the p-value of the log-rank test that two groups wait alike, or None if undefined.

    Args:
        first, second: days answered and days unanswered of each group.

    References:
        Mantel (1966), Cancer Chemotherapy Reports 50:163-170.
    """
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
    weights = drawn[:, groups].astype(np.float64)
    times = np.unique(days[~censored])
    waiting = np.ones(resamples)
    medians = np.full(resamples, np.inf)
    for time in times:
        at_risk = weights[:, days >= time].sum(axis=1)
        answered = weights[:, (days == time) & ~censored].sum(axis=1)
        waiting *= 1 - answered / np.maximum(at_risk, 1)
        # A product of fractions misses one half by a rounding error.
        medians[np.isinf(medians) & (waiting <= 0.5 + 1e-9)] = time
    return medians


def _half(times: Floats, shares: Floats) -> float | None:
    reached = np.flatnonzero(shares <= 0.5)
    return float(times[reached[0]]) if reached.size else None

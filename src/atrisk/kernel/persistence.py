"""Persistence: how likely a condition that was true still is. NumPy in, NumPy out, no I/O."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cumulate(first: Floats, last: Floats, cut: Floats) -> Floats:
    """Give the probability that a day known to lie between two days has come by a cut-off.

    ``F(c) = clip((c - first + 1) / (last - first + 1), 0, 1)``: every day of the interval is
    equally likely.

    Args:
        first: first day of each interval, day numbers, shape ``(n,)``.
        last: last day of each interval, shape ``(n,)``, ``>= first``.
        cut: cut-off days, shape ``(m,)``.

    Returns:
        Probabilities, shape ``(n, m)``.

    Examples:
        A day in an interval of four days, seen on its second:

        >>> cumulate(np.array([1.0]), np.array([4.0]), np.array([0.0, 2.0, 9.0])).tolist()
        [[0.0, 0.5, 1.0]]
    """
    length = (last - first + 1)[:, None]
    return np.clip((cut[None, :] - first[:, None] + 1) / length, 0.0, 1.0)


def persist(ended: Floats, lags: NDArray[np.int64], half_life: float) -> Floats:
    """Give the probability that a condition still holds, by the month in which it ended.

    ``E[2 ** (-max(0, t - end) / half_life)]``: certain until it ended, then halved every
    ``half_life`` months.

    Args:
        ended: probability of each month as the end, shape ``(n, k)``; a row that sums to less
            than one has not ended for the rest.
        lags: months from each of the ``k`` months to each of the ``t`` rows, shape ``(k, t)``.
        half_life: months, ``> 0``; ``inf`` never fades.

    Returns:
        Probabilities, shape ``(n, t)``.

    Examples:
        Ended in month 0 for sure, seen in months 0 to 2 with a half-life of one month:

        >>> persist(np.array([[1.0]]), np.array([[0, 1, 2]]), half_life=1.0).tolist()
        [[1.0, 0.5, 0.25]]
    """
    still = 2.0 ** (-np.maximum(lags, 0) / half_life)
    not_ended = (1.0 - ended.sum(axis=1))[:, None]
    return ended @ still + not_ended


def fade(happened: Floats, lags: NDArray[np.int64], half_life: float) -> Floats:
    """Give the same for an event that is over within its day.

    ``sum over m <= t of P(m) * 2 ** (-(t - m) / half_life)``: nothing before it, then halved.

    Args:
        happened: probability of each month as the event's, shape ``(n, k)``.
        lags: as in ``persist``.
        half_life: months, ``> 0``.

    Returns:
        Probabilities, shape ``(n, t)``.

    Examples:
        >>> fade(np.array([[1.0]]), np.array([[-1, 0, 1]]), half_life=1.0).tolist()
        [[0.0, 1.0, 0.5]]
    """
    faded = np.where(lags >= 0, 2.0 ** (-np.maximum(lags, 0) / half_life), 0.0)
    return happened @ faded

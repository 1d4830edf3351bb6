"""Persistence: how likely a condition that was true still is. NumPy in, NumPy out, no I/O."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


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


def persist(ended: Floats, past: Integers, rows: Integers, half_life: float) -> Floats:
    """Give the probability that a condition still holds, by the month in which it ended.

    ``E[2 ** (-max(0, t - end) / half_life)]``: certain until it ended, then halved every
    ``half_life`` months.

    Args:
        ended: probability of each month as the end, shape ``(n, k)``; a row that sums to less
            than one has not ended for the rest.
        past: the ``k`` months, numbered, ascending; every one from the first row to the last.
        rows: the ``t`` months in which it is seen, side by side.
        half_life: months, ``> 0``; ``inf`` never fades.

    Returns:
        Probabilities, shape ``(n, t)``.

    Examples:
        Ended in month 0 for sure, seen in months 0 to 2 with a half-life of one month:

        >>> months = np.arange(3)
        >>> persist(np.array([[1.0, 0.0, 0.0]]), months, months, half_life=1.0).tolist()
        [[1.0, 0.5, 0.25]]
    """
    first = int(np.searchsorted(past, rows[0]))
    over = np.cumsum(ended[:, first : first + len(rows)], axis=1)
    over += ended[:, :first].sum(axis=1)[:, None]
    # By rounding, what has ended for sure may seem to have ended by a little more than that.
    return np.maximum(1.0 - over, 0.0) + fade(ended, past, rows, half_life)


def fade(happened: Floats, past: Integers, rows: Integers, half_life: float) -> Floats:
    """Give the same for an event that is over within its day.

    ``sum over m <= t of P(m) * 2 ** (-(t - m) / half_life)``: nothing before it, then halved. Each
    row follows from the one before: ``f(t) = f(t - 1) * 2 ** (-1 / half_life) + P(t)``.

    Args:
        happened: probability of each month as the event's, shape ``(n, k)``.
        past, rows: as in ``persist``.
        half_life: months, ``> 0``.

    Returns:
        Probabilities, shape ``(n, t)``.

    Examples:
        >>> fade(np.array([[0.0, 1.0, 0.0]]), np.arange(3), np.arange(3), half_life=1.0).tolist()
        [[0.0, 1.0, 0.5]]
    """
    first = int(np.searchsorted(past, rows[0]))
    before = 2.0 ** ((past[: first + 1] - rows[0]) / half_life)
    faded = np.empty((len(rows), len(happened)))  # months first: each step runs along memory
    faded[0] = happened[:, : first + 1] @ before
    new, month = happened[:, first:].T, 2.0 ** (-1.0 / half_life)
    for row in range(1, len(rows)):
        faded[row] = faded[row - 1] * month + new[row]
    return faded.T

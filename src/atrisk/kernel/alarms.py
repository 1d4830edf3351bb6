"""Alarms: when a series of scores is high enough for long enough. NumPy in, months out, no I/O."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


def find_alarms(
    scores: Floats,
    *,
    on: float,
    off: float,
    needed: int,
    watched: int,
    cool_down: int,
    passed_over: NDArray[np.bool_] | None = None,
) -> list[tuple[int, int | None]]:
    """Find the stretches of months in alarm, month by month, without looking ahead.

    An alarm begins in the month in which ``needed`` of the last ``watched`` scores are ``>= on``,
    if the last one ended more than ``cool_down`` months before; it ends in the first month whose
    score is ``< off``.

    Args:
        scores: one per month, shape ``(months,)``.
        on, off: thresholds, ``off <= on``.
        needed, watched: ``1 <= needed <= watched``.
        cool_down: months, ``>= 0``.
        passed_over: months that do not count, however high; None where all do.

    Returns:
        First month and month of the end of each alarm; None for one that has not ended.

    Examples:
        >>> scores = np.array([0.5, 0.75, 0.5, 0.25, 0.5])
        >>> find_alarms(scores, on=0.5, off=0.375, needed=2, watched=3, cool_down=0)
        [(1, 3), (4, None)]
    """
    high = scores >= on if passed_over is None else (scores >= on) & ~passed_over
    alarms: list[tuple[int, int | None]] = []
    begun: int | None = None
    ready = 0
    for month, score in enumerate(scores):
        if begun is not None:
            if score < off:
                alarms.append((begun, month))
                begun, ready = None, month + 1 + cool_down
        elif month >= ready and high[max(0, month - watched + 1) : month + 1].sum() >= needed:
            begun = month
    return alarms if begun is None else [*alarms, (begun, None)]


def watch_draws(
    scores: Singles, *, on: float, off: float, needed: int, watched: int, cool_down: int
) -> NDArray[np.bool_]:
    """Tell for each month of many draws whether an alarm is on, by the rule of ``find_alarms``.

    Args:
        scores: shape ``(months, draws)``.
        on, off, needed, watched, cool_down: as in ``find_alarms``.

    Returns:
        Shape ``(months, draws)``.

    Examples:
        >>> scores = np.array([[0.5], [0.75], [0.5], [0.25], [0.5]], dtype=np.float32)
        >>> alarm = watch_draws(scores, on=0.5, off=0.375, needed=2, watched=3, cool_down=0)
        >>> alarm[:, 0].tolist()
        [False, True, True, False, True]
    """
    high = scores >= on
    enough = np.zeros_like(high)
    for place in range(len(scores)):
        enough[place] = high[max(0, place - watched + 1) : place + 1].sum(axis=0) >= needed
    alarm = np.zeros_like(high)
    now = np.zeros(scores.shape[1], dtype=np.bool_)
    ready = np.zeros(scores.shape[1], dtype=np.int64)
    for place, score in enumerate(scores):
        over = now & (score < off)
        ready[over] = place + 1 + cool_down
        # A month that ends an alarm raises none, whatever the months before it were.
        now = np.where(now, ~over, enough[place] & (place >= ready))
        alarm[place] = now
    return alarm


def find_surges(scores: Floats, *, months: int, deviations: float, least: float) -> list[int]:
    """Find the months whose rise stands out from the changes of the months before.

    ``change[t] > mean + deviations * sd`` of the ``months`` changes before it, and ``>= least``.
    A month with fewer changes before it than two cannot be judged and is none.

    Args:
        scores: one per month, shape ``(months,)``.
        months: how many earlier changes to look at.
        deviations: how many standard deviations above their mean.
        least: the smallest rise that counts.

    Returns:
        Positions in ``scores``.

    Examples:
        >>> find_surges(np.array([0.0, 0.0, 0.0, 0.5, 0.5]), months=3, deviations=2.0, least=0.125)
        [3]
    """
    changes = np.diff(scores)
    found = []
    for place in range(2, len(changes)):
        before = changes[max(0, place - months) : place]
        bar = before.mean() + deviations * before.std()
        if changes[place] > bar and changes[place] >= least:
            found.append(place + 1)
    return found

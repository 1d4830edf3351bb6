"""Blocks: what other weights do where a crime's common and own factors count apart.

A crime's score is ``sum over its parts of share * (sum_S w_i x_i / sum_S w_i)``, each part ``S`` a
block of factors. One part is a plain weighted mean (``kernel.weights``). Of several, no block may
overlap another, so that each has a scale of its own and everything stays linear in the weights
over their block's sum. NumPy and SciPy, no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel import weights as plain
from atrisk.kernel.weights import Escape, average_dirichlet, bound_ratio

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Part = tuple[float, Places]
Crime = tuple[Part, ...]


def are_plain(crimes: Sequence[Crime]) -> bool:
    """Tell whether every crime is one weighted mean."""
    return all(len(crime) == 1 for crime in crimes)


def overlap(crimes: Sequence[Crime]) -> bool:
    """Tell whether two different blocks share a factor."""
    blocks = {tuple(place.tolist()) for crime in crimes for _, place in crime}
    members = [one for block in blocks for one in block]
    return len(members) > len(set(members))


def average_crime(values: Floats, parameters: Floats, crime: Crime) -> tuple[Floats, Floats]:
    """Give mean and variance of a crime under Dirichlet weights; its parts vary independently.

    Args:
        values: shape ``(months, n)``.
        parameters: of the Gamma draws that weights are, shape ``(n,)``.
        crime: its parts.

    Examples:
        Half of the mean of two values, half of a third: a quarter of the variance 1/12.

        >>> crime = ((0.5, np.array([0, 1])), (0.5, np.array([2])))
        >>> mean, variance = average_crime(np.array([[0.0, 1.0, 1.0]]), np.ones(3), crime)
        >>> mean.tolist(), (variance * 48).round(12).tolist()
        ([0.75], [1.0])
    """
    moments = [average_dirichlet(values[:, p], parameters[p]) for _, p in crime]
    shares = np.array([share for share, _ in crime])
    mean, variance = np.array(moments).transpose(1, 2, 0)
    return mean @ shares, variance @ shares**2


def bound_crime(
    values: Floats, crime: Crime, lower: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """Give the least and the greatest score of a crime over weights between bounds.

    Examples:
        >>> crime = ((0.5, np.array([0, 1])), (0.5, np.array([2])))
        >>> bounds = np.ones(3), np.array([1.0, 3.0, 1.0])
        >>> low, high = bound_crime(np.array([[0.0, 1.0, 1.0]]), crime, *bounds)
        >>> low.tolist(), high.tolist()
        ([0.75], [0.875])
    """
    low, high = np.zeros(len(values)), np.zeros(len(values))
    for share, place in crime:
        least, greatest = bound_ratio(values[:, place], lower[place], upper[place])
        low += share * least
        high += share * greatest
    return low, high


def lower_worst(values: Floats, crimes: Sequence[Crime], lower: Floats, upper: Floats) -> Floats:
    """Give by month the least that the worst crime can be; in blocks the parts are least at once.

    Args:
        values: shape ``(months, n)``.
        crimes: parts of each; of several parts, no block overlaps another.
        lower, upper: of each relative weight, ``0 <= lower <= upper``, shape ``(n,)``.

    Examples:
        >>> crimes = [((0.5, np.array([0])), (0.5, np.array([one]))) for one in (1, 2)]
        >>> lower_worst(np.array([[0.0, 0.5, 1.0]]), crimes, np.ones(3), np.ones(3)).tolist()
        [0.5]
    """
    if are_plain(crimes):
        places = [place for ((_, place),) in crimes]
        return np.array([plain.lower_worst(row, places, lower, upper)[0] for row in values])
    return np.max([bound_crime(values, crime, lower, upper)[0] for crime in crimes], axis=0)


def avoid_alarm(
    values: Floats,
    crimes: Sequence[Crime],
    lower: Floats,
    upper: Floats,
    *,
    on: float,
    needed: int,
    watched: int,
) -> Escape:
    """Find weights between bounds under which no alarm is ever raised.

    As ``kernel.weights.avoid_alarm``; with blocks the variables are the weights over their block's
    sum and the scale of each block, so that every score is linear.

    Examples:
        >>> crimes = [((0.5, np.array([0, 1])), (0.5, np.array([2])))]
        >>> values = np.array([[0.0, 1.0, 0.5]])
        >>> policy = dict(on=0.5, needed=1, watched=1)
        >>> avoid_alarm(values, crimes, np.ones(3), np.ones(3), **policy).margin > 0
        False
        >>> avoid_alarm(values, crimes, np.ones(3), np.full(3, 2.0), **policy).margin > 0
        True
    """
    if are_plain(crimes):
        places = [place for ((_, place),) in crimes]
        return plain.avoid_alarm(
            values, places, lower, upper, on=on, needed=needed, watched=watched
        )
    found, margin = _solve(values, crimes, lower, upper, (on, needed, watched))
    return Escape(found / found.sum(), margin)


def find_nearest(
    values: Floats,
    crimes: Sequence[Crime],
    centre: Floats,
    *,
    on: float,
    needed: int,
    watched: int,
) -> tuple[Floats, float] | None:
    """Find the weights nearest to a centre under which no alarm is raised.

    As ``kernel.weights.find_nearest``. With blocks the box and the scales multiply, so the change
    is closed in on by Brent's method, to a millionth: each step asks ``avoid_alarm`` how far below
    the alarm it leads, which grows with the change.

    Returns:
        Weights over the centre's sum, and the change; None where no change up to 1 avoids the
        alarm.

    Examples:
        >>> crimes = [((0.5, np.array([0, 1])), (0.5, np.array([2])))]
        >>> policy = dict(on=0.45, needed=1, watched=1)
        >>> found = find_nearest(np.array([[0.0, 1.0, 0.5]]), crimes, np.ones(3), **policy)
        >>> round(found[1], 3)  # 0.5 * (1 - r) / 2 = 0.2
        0.2
    """
    if are_plain(crimes):
        places = [place for ((_, place),) in crimes]
        return plain.find_nearest(values, places, centre, on=on, needed=needed, watched=watched)

    from scipy.optimize import brentq

    @cache
    def escape(change: float) -> tuple[Floats, float]:
        low, high = centre * (1 - change), centre * (1 + change)
        try:
            return _solve(values, crimes, low, high, (on, needed, watched))
        except ArithmeticError:  # a step that no solver settles avoids nothing
            return centre, -1.0

    weights, margin = escape(1.0)
    if margin <= 0:
        return None
    if escape(0.0)[1] > 0:  # there is no alarm to avoid
        return centre / centre.sum(), 0.0
    change = brentq(lambda middle: escape(middle)[1], 0.0, 1.0, xtol=plain.SLACK / 2)
    for enough in (change, change + plain.SLACK / 2, change + plain.SLACK):
        tried, margin = escape(enough)
        if margin > 0:
            return tried / centre.sum(), enough
    return weights / centre.sum(), 1.0  # where no change below it is settled


def score_crime(values: Floats, weights: Floats, crime: Crime) -> Floats:
    """Give a crime's score by month under some weights, shape ``(n,)``."""
    scores = [share * (values[:, p] @ weights[p]) / weights[p].sum() for share, p in crime]
    return np.asarray(np.sum(scores, axis=0))


def _solve(
    values: Floats,
    crimes: Sequence[Crime],
    lower: Floats,
    upper: Floats,
    policy: tuple[float, int, int],
) -> tuple[Floats, float]:
    """Maximise how far below ``on`` each month that must be is; return weights and the margin.

    The variables are the weights over their block's sum, the scale of each block, whether a month
    is spared, and the margin.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    (on, needed, watched), (months, count) = policy, values.shape
    blocks = list({tuple(p.tolist()): p for crime in crimes for _, p in crime}.values())
    rows = np.vstack([_share_out(values, crime) for crime in crimes])
    spared = np.tile(-2 * np.eye(months), (len(crimes), 1))  # no score is further from `on`
    scales = np.zeros((len(rows), len(blocks)))
    below = np.hstack([rows, scales, spared, np.ones((len(rows), 1))])
    windows = plain.list_windows(months, watched)
    spare = np.hstack(
        [np.zeros((len(windows), count + len(blocks))), windows, np.zeros((len(windows), 1))]
    )
    box, total = _list_box(blocks, lower, upper, months)
    size = count + len(blocks) + months
    solved = milp(
        np.append(np.zeros(size), -1.0),
        integrality=np.concatenate([np.zeros(count + len(blocks)), np.ones(months), [0.0]]),
        bounds=Bounds(
            np.append(np.zeros(size), -1.0),
            np.concatenate(
                [np.ones(count), np.full(len(blocks), np.inf), np.full(months, needed > 1), [1.0]]
            ),
        ),
        constraints=[
            LinearConstraint(below, -np.inf, on),
            LinearConstraint(box, -np.inf, 0.0),
            LinearConstraint(total, 1.0, 1.0),
            LinearConstraint(spare, -np.inf, needed - 1),
        ],
    )
    if solved.x is None:
        raise ArithmeticError(f"the linear program was not solved: {solved.message}")
    weights = np.zeros(count)
    for place, block in enumerate(blocks):
        weights[block] = solved.x[block] / max(solved.x[count + place], plain.TOLERANCE)
    return weights, float(solved.x[-1]) - plain.TOLERANCE


def _share_out(values: Floats, crime: Crime) -> Floats:
    """Return what each factor adds to a crime by its weight over its block's sum, by month."""
    rows = np.zeros_like(values)
    for share, place in crime:
        rows[:, place] = share * values[:, place]
    return rows


def _list_box(
    blocks: Sequence[Places], lower: Floats, upper: Floats, months: int
) -> tuple[Floats, Floats]:
    """Return ``lower t <= y <= upper t`` of each block's scale ``t``, and that each sums to 1."""
    count = len(lower)
    wide = count + len(blocks) + months + 1
    least, most = np.zeros((count, wide)), np.zeros((count, wide))
    total = np.zeros((len(blocks), wide))
    for place, block in enumerate(blocks):
        least[block, block], most[block, block] = -1.0, 1.0
        least[block, count + place], most[block, count + place] = lower[block], -upper[block]
        total[place, block] = 1.0
    return np.vstack([least, most]), total

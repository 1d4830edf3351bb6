"""Simplex: what a weighted mean does when its weights may be others. NumPy and SciPy, no I/O.

A crime's score is ``sum_S w_i x_i / sum_S w_i`` over its factors ``S``. Under Dirichlet weights it
has its mean and variance in closed form; under weights between bounds its extremes and the
question whether an alarm can be avoided are linear programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
TOLERANCE = 1e-9
SLACK = 1000 * TOLERANCE  # a solver is feasible to a tenth of that


def average_dirichlet(values: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Give mean and variance of a weighted mean under Dirichlet weights.

    With ``a`` the parameters, ``A`` their sum and ``m = sum a_i x_i / A``:

        E[sum w_i x_i] = m        Var = (sum a_i x_i ** 2 / A - m ** 2) / (A + 1)

    Args:
        values: shape ``(months, n)``.
        parameters: ``>= 0``, not all 0, shape ``(n,)``; all infinite for weights that are certain.

    Returns:
        Mean and variance, each of shape ``(months,)``.

    References:
        Kotz, Balakrishnan and Johnson (2000), Continuous Multivariate Distributions 1, chapter 49.

    Examples:
        Uniform weights of two values 0 and 1: the mean of a uniform number, and its variance 1/12.

        >>> mean, variance = average_dirichlet(np.array([[0.0, 1.0]]), np.ones(2))
        >>> mean.tolist(), (variance * 12).round(12).tolist()
        ([0.5], [1.0])
    """
    total = parameters.sum()
    shares = parameters / total
    mean = values @ shares
    spread = (values - mean[:, None]) ** 2 @ shares
    return mean, spread / (total + 1)


def bound_ratio(values: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Give the least and the greatest weighted mean over weights between bounds.

    The extremes of ``sum w x / sum w`` over a box lie where every value above some point has one
    bound and every value below it the other: the ``n + 1`` such points are tried.

    Args:
        values: shape ``(months, n)``.
        lower, upper: of each relative weight, ``0 <= lower <= upper``, shape ``(n,)``.

    Returns:
        Least and greatest, each of shape ``(months,)``.

    References:
        Charnes and Cooper (1962), Naval Research Logistics Quarterly 9:181-186.

    Examples:
        >>> low, high = bound_ratio(np.array([[0.0, 1.0]]), np.ones(2), np.array([1.0, 3.0]))
        >>> low.tolist(), high.tolist()
        ([0.5], [0.75])
    """
    order = np.argsort(values, axis=1)
    ranked = np.take_along_axis(values, order, axis=1)
    small, large = lower[order], upper[order]
    above = np.arange(ranked.shape[1]) >= np.arange(ranked.shape[1] + 1)[:, None, None]
    means = []
    for heavy, light in ((small, large), (large, small)):
        weights = np.where(above, heavy, light)  # of the values above the point, and below it
        total = weights.sum(axis=2)
        mean = np.divide(
            (weights * ranked).sum(axis=2), total, out=np.full(total.shape, np.nan), where=total > 0
        )
        means.append(mean)
    return np.nanmin(means[0], axis=0), np.nanmax(means[1], axis=0)


def lower_worst(
    values: Floats, crimes: Sequence[Places], lower: Floats, upper: Floats
) -> tuple[float, Floats]:
    """Give the least that the worst of several weighted means can be, and weights that give it.

    Dinkelbach's method: for a level ``z`` the linear program ``min over w of max over crimes of
    sum_S w (x - z)`` is negative where ``z`` can be undercut; its weights give the next ``z``.

    Args:
        values: of one month, shape ``(n,)``.
        crimes: places of each crime's members.
        lower, upper: of each relative weight, ``0 <= lower <= upper``, shape ``(n,)``.

    References:
        Crouzeix, Ferland and Schaible (1985), Journal of Optimization Theory and Applications
        47:35-49.

    Examples:
        >>> places = [np.array([0, 1]), np.array([0, 2])]
        >>> level, _ = lower_worst(np.array([0.0, 1.0, 1.0]), places, np.ones(3), np.full(3, 3.0))
        >>> round(level, 6)
        0.25
    """
    weights = (lower + upper) / 2
    level = _worst(values, crimes, weights)
    while True:
        found, slack = _undercut(values[None], crimes, np.array([level]), lower, upper)
        if slack <= TOLERANCE:
            return level, weights
        reached = _worst(values, crimes, found)
        if reached >= level - TOLERANCE:
            return level, weights
        level, weights = reached, found


@dataclass(frozen=True, eq=False, slots=True)
class Escape:
    """Weights that keep a series out of alarm, if there are any.

    Attributes:
        weights: the ones that keep it furthest below, with sum 1.
        margin: how far below, times the weight of a crime; 0 or less: it cannot be avoided.
    """

    weights: Floats
    margin: float


def avoid_alarm(
    values: Floats,
    crimes: Sequence[Places],
    lower: Floats,
    upper: Floats,
    *,
    on: float,
    needed: int,
    watched: int,
) -> Escape:
    """Find weights between bounds under which no alarm is ever raised.

    A month is below ``on`` if ``sum_S w (x - on) < 0`` for every crime, which is linear in ``w``;
    ``needed`` of ``watched`` months may not all be above, which one binary for each month counts.

    Args:
        values: shape ``(months, n)``.
        crimes: places of each crime's members.
        lower, upper: of each relative weight, ``0 <= lower <= upper``.
        on, needed, watched: the alarm policy.

    Returns:
        The weights with the largest margin; a margin of 0 or less says that there are none.

    Examples:
        >>> values = np.array([[0.5, 1.0], [0.5, 1.0]])
        >>> one = dict(on=0.75, needed=1, watched=1)
        >>> crimes = [np.array([0, 1])]
        >>> avoid_alarm(values, crimes, np.ones(2), np.full(2, 2.0), **one).margin > 0
        True
        >>> avoid_alarm(values, crimes, np.ones(2), np.ones(2), **one).margin > 0
        False
    """
    weights, margin = _undercut(
        values, crimes, np.full(len(values), on), lower, upper, needed=needed, watched=watched
    )
    return Escape(weights, margin)


def find_nearest(
    values: Floats,
    crimes: Sequence[Places],
    centre: Floats,
    *,
    on: float,
    needed: int,
    watched: int,
) -> tuple[Floats, float] | None:
    """Find the weights nearest to a centre under which no alarm is raised.

    Minimises the largest change ``r`` of any weight relative to itself, ``|w_i - c_i| <= r c_i``,
    with the conditions of ``avoid_alarm``; a mixed integer linear program.

    Args:
        values, crimes, on, needed, watched: as in ``avoid_alarm``.
        centre: weights to start from, not all 0, shape ``(n,)``.

    Returns:
        Weights with the centre's sum of 1 changed as little as can be, and ``r``; None where no
        change up to 1 (from nothing to twice) avoids the alarm.

    Examples:
        >>> values = np.array([[0.5, 1.0]])
        >>> crimes = [np.array([0, 1])]
        >>> found = find_nearest(values, crimes, np.ones(2), on=0.7, needed=1, watched=1)
        >>> round(found[1], 3)
        0.2
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    months, count = values.shape
    # About 1 each, so that the slack below the level, which must exceed the solver's own, is small
    # beside them: with weights that sum to 1 it made a change of a thousandth a quarter too large.
    start = centre / centre.mean()
    rows = np.vstack([_rows(values, place, np.full(months, on)) for place in crimes])
    reach = 2 * count * (float(abs(rows).max()) + 1)  # no weight more than doubles
    below = np.hstack([rows, np.tile(-reach * np.eye(months), (len(crimes), 1)), 0 * rows[:, :1]])
    none, near = np.zeros((count, months)), start[:, None]
    box = np.block([[np.eye(count), none, -near], [-np.eye(count), none, -near]])
    windows = list_windows(months, watched)
    spare = np.hstack([np.zeros((len(windows), count)), windows, np.zeros((len(windows), 1))])
    solved = milp(
        np.concatenate([np.zeros(count + months), [1.0]]),
        integrality=np.concatenate([np.zeros(count), np.ones(months), [0.0]]),
        bounds=Bounds(
            np.zeros(count + months + 1),
            np.concatenate([2 * start, np.full(months, float(needed > 1)), [1.0]]),
        ),
        constraints=[
            LinearConstraint(below, -np.inf, -SLACK),
            LinearConstraint(box, -np.inf, np.concatenate([start, -start])),
            LinearConstraint(spare, -np.inf, needed - 1),
        ],
    )
    if solved.x is None:
        return None
    return np.asarray(solved.x[:count]) / count, float(solved.x[-1])


def _worst(values: Floats, crimes: Sequence[Places], weights: Floats) -> float:
    means = [
        values[place] @ weights[place] / weights[place].sum()
        for place in crimes
        if weights[place].sum() > 0
    ]
    return float(max(means, default=0.0))


def _undercut(
    values: Floats,
    crimes: Sequence[Places],
    levels: Floats,
    lower: Floats,
    upper: Floats,
    *,
    needed: int = 1,
    watched: int = 1,
) -> tuple[Floats, float]:
    """Maximise how far below its level each month that must be is, over weights that sum to one.

    Only ratios matter, so the bounds are scaled by a variable of their own (Charnes and Cooper):
    the variables are the weights, whether a month is spared, the scale and the margin.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    months, count = values.shape
    rows = np.vstack([_rows(values, place, levels) for place in crimes])
    reach = float(abs(rows).max()) + 1  # what spares a month, and no margin exceeds
    spared = np.tile(-2 * reach * np.eye(months), (len(crimes), 1))
    nothing = np.zeros((len(rows), 1))
    below = np.hstack([rows, spared, nothing, np.ones((len(rows), 1))])
    none = np.zeros((count, months))
    box = np.block(
        [
            [-np.eye(count), none, lower[:, None], none[:, :1]],
            [np.eye(count), none, -upper[:, None], none[:, :1]],
        ]
    )
    windows = list_windows(months, watched)
    spare = np.hstack([np.zeros((len(windows), count)), windows, np.zeros((len(windows), 2))])
    total = np.concatenate([np.ones(count), np.zeros(months + 2)])
    solved = milp(
        np.concatenate([np.zeros(count + months + 1), [-1.0]]),
        integrality=np.concatenate([np.zeros(count), np.ones(months), [0.0, 0.0]]),
        bounds=Bounds(
            np.concatenate([np.zeros(count + months + 1), [-reach]]),
            np.concatenate([np.ones(count), np.full(months, float(needed > 1)), [np.inf, reach]]),
        ),
        constraints=[
            LinearConstraint(below, -np.inf, 0.0),
            LinearConstraint(box, -np.inf, 0.0),
            LinearConstraint(spare, -np.inf, needed - 1),
            LinearConstraint(total[None], 1.0, 1.0),
        ],
    )
    if solved.x is None:
        raise ArithmeticError(f"the linear program was not solved: {solved.message}")
    return np.asarray(solved.x[:count]), float(solved.x[-1])


def list_windows(months: int, watched: int) -> Floats:
    """Return one row for each stretch of ``watched`` months, 1 for the months in it."""
    starts = np.arange(max(1, months - watched + 1))[:, None]
    places = np.arange(months)
    return ((places >= starts) & (places < starts + watched)).astype(np.float64)


def _rows(values: Floats, place: Places, levels: Floats) -> Floats:
    """Return ``x - level`` of a crime's members by month, 0 of the others."""
    part = np.zeros_like(values)
    part[:, place] = values[:, place] - levels[:, None]
    return part

"""Statistics: how well a number tells months of one kind from months of another. NumPy in and out.

What SciPy has is taken from it (ranks, exact intervals of shares); a test holds the rest against
scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binomtest, rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def correlate_ranks(one: Floats, other: Floats) -> float | None:
    """Return Spearman's rank correlation, -1 to 1; None where one of them does not vary.

    Examples:
        >>> correlate_ranks(np.array([1.0, 2.0, 9.0]), np.array([0.0, 3.0, 4.0]))
        1.0
        >>> correlate_ranks(np.ones(3), np.arange(3.0)) is None
        True
    """
    ranks = np.vstack([rankdata(one), rankdata(other)])
    apart = ranks - ranks.mean(axis=1, keepdims=True)
    spread = float(np.sqrt((apart**2).sum(axis=1).prod()))
    return float(apart.prod(axis=0).sum()) / spread if spread > 0 else None


def measure_auc(score: Floats, hit: Bools) -> float | None:
    """Return the area under the ROC curve: how often a hit outranks what is none, 0 to 1.

    ``(sum of the hits' ranks - n1 (n1 + 1) / 2) / (n1 n0)``, ties counting half; None where there
    are no hits or nothing else.

    References:
        Hanley and McNeil (1982), Radiology 143:29-36.

    Examples:
        >>> measure_auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True]))
        0.875
    """
    hits, misses = int(hit.sum()), int((~hit).sum())
    if not hits or not misses:
        return None
    above = float(rankdata(score)[hit].sum()) - hits * (hits + 1) / 2
    return above / (hits * misses)


def draw_roc(score: Floats, hit: Bools) -> tuple[Floats, Floats, Floats]:
    """Return false and true positive rates and the thresholds, from the strictest on.

    The first point is (0, 0), of a threshold above every score.
    """
    thresholds, rates = _count_above(score, hit)
    false = (rates[1] - rates[0]) / max(1, int((~hit).sum()))
    true = rates[0] / max(1, int(hit.sum()))
    start = np.zeros(1)
    return (
        np.concatenate([start, false]),
        np.concatenate([start, true]),
        np.concatenate([np.array([np.inf]), thresholds]),
    )


def average_precision(score: Floats, hit: Bools) -> float | None:
    """Return the average precision, ``sum of (R_n - R_(n-1)) P_n``; None without hits.

    By chance alone it is the share of hits.

    Examples:
        >>> average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        0.8333333333333333
    """
    if not hit.any():
        return None
    _, (found, told) = _count_above(score, hit)
    recall = found / hit.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * found / told))


def _count_above(score: Floats, hit: Bools) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return thresholds, falling, and how many hits and how many months lie at or above each."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    found = np.cumsum(hit[order])[last].astype(np.float64)
    return ranked[last], (found, last + 1.0)


def score_brier(told: Floats, hit: Bools) -> float:
    """Return the mean squared difference of told probabilities from what came, 0 to 1.

    References:
        Brier (1950), Monthly Weather Review 78:1-3.

    Examples:
        >>> score_brier(np.array([0.5, 1.0]), np.array([True, True]))
        0.125
    """
    return float(np.mean((told - hit) ** 2))


def bound_share(found: int, of: int, level: float) -> tuple[float, float] | None:
    """Return the exact interval of a share (Clopper and Pearson 1934); None of nothing.

    Examples:
        >>> low, high = bound_share(5, 5, 0.95)
        >>> round(low, 3), high
        (0.478, 1.0)
    """
    if not of:
        return None
    bounds = binomtest(found, of).proportion_ci(level, method="exact")
    return float(bounds.low), float(bounds.high)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A logistic curve from a number to a probability: ``1 / (1 + exp(-(a + b z)))``.

    Attributes:
        level, slope: a and b.
        centre, spread: ``z = (x - centre) / spread``.
    """

    level: float
    slope: float
    centre: float
    spread: float

    def tell(self, score: Floats) -> Floats:
        """Return probabilities, 0 to 1."""
        told = expit(self.level + self.slope * (score - self.centre) / self.spread)
        return np.asarray(told, dtype=np.float64)


def learn_mapping(score: Floats, hit: Bools) -> Mapping:
    """Learn how likely a hit is at each score, on targets drawn in from 0 and 1 as Platt does.

    Targets are ``(n1 + 1) / (n1 + 2)`` for hits and ``1 / (n0 + 2)`` for the others, so that few
    months never make certainty; where the score does not vary, or there is only one kind, the curve
    is flat.

    References:
        Platt (1999), Probabilistic outputs for support vector machines, section 2.2.

    Examples:
        >>> hit = np.array([False, False, True, True])
        >>> curve = learn_mapping(np.array([0.1, 0.2, 0.8, 0.9]), hit)
        >>> low, high = curve.tell(np.array([0.1, 0.9]))
        >>> bool(low < 0.5 < high)
        True
    """
    hits, others = int(hit.sum()), int((~hit).sum())
    target = np.where(hit, (hits + 1) / (hits + 2), 1 / (others + 2))
    centre, spread = float(score.mean()), float(score.std())
    flat = float(np.log(target.mean() / (1 - target.mean())))
    if not spread or not hits or not others:
        return Mapping(flat, 0.0, centre, 1.0)
    place = (score - centre) / spread

    def lose(parts: Floats) -> tuple[float, Floats]:
        line = parts[0] + parts[1] * place
        loss = np.logaddexp(0.0, line) - target * line
        slope = expit(line) - target
        return float(loss.sum()), np.array([slope.sum(), (slope * place).sum()])

    found = minimize(lose, np.array([flat, 0.0]), jac=True, method="BFGS")
    return Mapping(float(found.x[0]), float(found.x[1]), centre, spread)

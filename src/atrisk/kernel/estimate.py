"""Estimate: what claims count as readings of a factor, their parts in it, and how sure it is.

A claim that is current and true with probability ``w`` is ``w`` readings of its factor. NumPy in,
NumPy out.
"""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.severity import gauss_legendre, leave_one_out

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def weigh_sources(weight: Floats, factor: Integers, source: Integers, dependence: float) -> Floats:
    """Give how much each claim counts beside others that the same source tells of the same factor.

    A source is one reader of all that it tells, so ``m`` readings of it count together as
    ``m / (1 + (m - 1) rho)``, and each as ``1 / (1 + max(0, m - 1) rho)``, with ``m`` the sum of
    their weights (Kish's design effect).

    Args:
        weight: probability that each claim is current and true, claims x months.
        factor: that each claim bears on, shape ``(claims,)``.
        source: that tells each claim best, claims x months.
        dependence: correlation ``rho`` of two readings of one source, 0 to 1.

    Returns:
        Effects in (0, 1], claims x months.

    References:
        Kish (1965), Survey Sampling, section 5.4.

    Examples:
        Three certain claims of one source at a correlation of one half count as 1.5 readings:

        >>> three = np.ones((3, 1))
        >>> weigh_sources(three, np.zeros(3, int), np.zeros((3, 1), int), 0.5).ravel().tolist()
        [0.5, 0.5, 0.5]
    """
    months = weight.shape[1]
    factors, place = np.unique(factor, return_inverse=True)
    sources = int(source.max(initial=0)) + 1
    cells = (place[:, None] * sources + source) * months + np.arange(months)
    if len(factors) * sources * months > cells.size:  # most of them empty
        _, cell = np.unique(cells, return_inverse=True)
        cells = cell.reshape(cells.shape)
    many = np.bincount(cells.ravel(), weights=weight.ravel())[cells]
    return np.asarray(1.0 / (1.0 + np.maximum(many - 1.0, 0.0) * dependence))


def vary_estimate(
    effect: Floats,
    weight: Floats,
    value: Floats,
    estimate: Floats,
    *,
    readings: float,
    spread: float,
) -> Floats:
    """Give the variance of a shrunken mean of claims.

    ``s^2 / (n + sum e w) + sum e w (1 - w) (v - F)^2 / (n + sum e w)^2``: readings of one level
    differ by ``s``, those of one source together, and the level itself lies ``s / sqrt(n)`` about
    the prior (what was not read); a claim that is not true or current takes its ``w`` away (truth),
    and those of one source err together.

    Args:
        effect: how much each claim counts ``e``, claims x months.
        weight: probability that it is current and true ``w``, claims x months.
        value: its severity over the top ``v``, claims x months.
        estimate: the mean itself ``F``, by month.
        readings: that the prior is worth, ``n``.
        spread: standard deviation of readings of one level, ``s``.

    Returns:
        Variances by month.

    Examples:
        Nothing read, a prior worth one reading: the spread's square.

        >>> none = np.zeros((0, 1))
        >>> vary_estimate(none, none, none, np.zeros(1), readings=1.0, spread=0.5).tolist()
        [0.25]
    """
    rested = readings + np.sum(effect * weight, axis=0)
    untrue = np.sum(effect * weight * (1.0 - weight) * (value - estimate) ** 2, axis=0)
    return np.asarray(spread**2 / rested + untrue / rested**2)


def vary_level(read: Floats, *, readings: float, spread: float, common: float) -> Floats:
    """Give the variance of the level that all factors share, given what was read of each.

    A country that is grave is grave in most factors: their levels lie about a common one, which
    lies ``c`` about the prior. Factor f tells of it with precision ``n r / (s^2 (n + r))`` from its
    ``r`` readings, so what is left is ``1 / (1 / c^2 + sum over f of n r_f / (s^2 (n + r_f)))``.
    A score that rests on the prior by a share ``l`` has ``l^2`` times that in its variance.

    Args:
        read: readings of each factor ``r``, months x factors.
        readings: that the prior of a factor is worth, ``n``.
        spread: standard deviation of readings of one level, ``s``.
        common: standard deviation of the common level about the prior, ``c``.

    Returns:
        Variances by month.

    Examples:
        Nothing read: all of it is left.

        >>> vary_level(np.zeros((1, 3)), readings=3.0, spread=0.25, common=0.5).tolist()
        [0.25]
    """
    if common == 0:
        return np.zeros(len(read))
    told = np.sum(readings * read / (readings + read), axis=1) / spread**2
    return np.asarray(1.0 / (1.0 / common**2 + told))


def bound_estimate(score: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Give the bounds ``score -+ z sqrt(variance)``, within [0, 1], that are to hold it.

    Examples:
        >>> low, high = bound_estimate(np.array([0.5]), np.array([0.01]), 0.9)
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.336], [0.664])
    """
    reach = _find_quantile(level) * np.sqrt(variance)
    return np.clip(score - reach, 0.0, 1.0), np.clip(score + reach, 0.0, 1.0)


def _find_quantile(level: float) -> float:
    """Return what a standard normal number stays within with a probability, by halves.

    `statistics` and SciPy have it too; to load either costs each start a hundredth and more.
    """
    low, high = 0.0, float(64)
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if erf(middle / sqrt(2.0)) < level else (low, middle)
    return high


def attribute_readings(
    effect: Floats, aggravating: Floats, mitigating: Floats
) -> tuple[Floats, Floats]:
    """Split what an indicator's claims tell over them, level by level.

    With ``V(z) = (1 / K) sum_k sum_g z_g e_g P[k, g] prod_h (1 - z_h Q[k, h])`` the part of a claim
    is its Shapley value: the integral over ``s`` in [0, 1] of the derivative by its ``z`` at
    ``z = (s, ..., s)``. Mitigating claims get parts of 0 or less.

    Args:
        effect: how much each aggravating claim counts ``e``, shape ``(g,)``.
        aggravating: ``P``, shape ``(K, g)``.
        mitigating: ``Q``, shape ``(K, h)``.

    Returns:
        Parts by level, shapes ``(K, g)`` and ``(K, h)``; all of them sum to ``V``.

    Examples:
        A certain claim that counts fully, half cancelled: 3/4 against -1/4.

        >>> up, down = attribute_readings(np.ones(1), np.ones((1, 1)), np.array([[0.5]]))
        >>> up.tolist(), down.tolist()
        ([[0.75]], [[-0.25]])
    """
    levels = len(aggravating)
    told = effect * aggravating
    points, weights = gauss_legendre(mitigating.shape[1] + 2)
    calmer = 1.0 - points[:, None, None] * mitigating
    up = told * (weights @ calmer.prod(axis=2))[:, None]
    rest = np.einsum("q,qkh->kh", weights * points, leave_one_out(calmer))
    down = -mitigating * told.sum(axis=1)[:, None] * rest
    return up / levels, down / levels

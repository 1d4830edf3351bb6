"""Severity: the exact expected severity of the worst condition in force, and its split.

Claims are independent. A claim's tellings are grouped, and a group holds severity ``k`` with the
probability of its best telling of severity ``k`` or more; so echoes never add up, and a better
grade or a higher severity never lowers anything.

It is split by the Shapley values of a multilinear function: the integral of its gradient along the
diagonal from nothing to everything (Owen 1972, Management Science 18:64-79). The integrand is a
polynomial, so Gauss-Legendre quadrature with enough points gives them to rounding. NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def exceed(probability: Floats, severity: Integers, starts: Integers, top: int) -> Floats:
    """Give the probability that each group's claim holds at each severity or more.

    ``P[k, g] = max over tellings of g with severity >= k of p``.

    Args:
        probability: of each telling, shape ``(n, t)``, tellings of a group side by side.
        severity: of each telling, shape ``(n,)``, 0 to ``top``.
        starts: first telling of each group, shape ``(g,)``.
        top: highest severity.

    Returns:
        Shape ``(top, g, t)``; level ``k`` is at ``k - 1``.

    Examples:
        One claim told twice, at severity 1 with 0.75 and at severity 2 with 0.5:

        >>> exceed(np.array([[0.75], [0.5]]), np.array([1, 2]), np.array([0]), top=2).tolist()
        [[[0.75]], [[0.5]]]
    """
    able = (severity >= np.arange(1, top + 1)[:, None])[:, :, None]

    def take(places: Integers) -> Floats:
        return np.where(able[:, places], probability[places], 0.0)

    return _join_largest(take, starts, len(probability))


def find_largest(values: Floats, starts: Integers) -> Floats:
    """Give the largest value of each group, where most groups hold one value.

    ``np.maximum.reduceat`` gives the same and takes six times as long: it visits each value by
    itself, and this each place in a group once.

    Args:
        values: of a group side by side, shape ``(..., n, t)``.
        starts: first value of each group, ascending from 0, shape ``(g,)``.

    Returns:
        Shape ``(..., g, t)``.

    Examples:
        >>> find_largest(np.array([[0.25], [0.5], [0.125]]), np.array([0, 2])).tolist()
        [[0.5], [0.125]]
    """
    return _join_largest(lambda places: values[..., places, :], starts, values.shape[-2])


def _join_largest(take: Callable[[Integers], Floats], starts: Integers, count: int) -> Floats:
    """Return the largest value of each group out of what is taken at some places."""
    largest = take(starts)
    sizes = np.diff(starts, append=count)
    for place in range(1, sizes.max(initial=1)):
        more = np.flatnonzero(sizes > place)
        beside = take(starts[more] + place)
        largest[..., more, :] = np.maximum(largest[..., more, :], beside)
    return largest


def escape(probability: Floats, owner: Integers, owners: int) -> Floats:
    """Give the probability that none of an owner's independent claims holds.

    ``Q[o] = product over g of o of (1 - P[g])``; an owner without claims escapes for sure.

    Args:
        probability: shape ``(..., g, t)``.
        owner: owner of each ``g``, ascending, shape ``(g,)``.
        owners: how many owners there are.

    Returns:
        Shape ``(..., owners, t)``.

    Examples:
        >>> escape(np.array([[0.5], [0.5]]), np.array([1, 1]), owners=2).tolist()
        [[1.0], [0.25]]
    """
    result = np.ones((*probability.shape[:-2], owners, probability.shape[-1]))
    if owner.size:
        present, starts = np.unique(owner, return_index=True)
        result[..., present, :] = np.multiply.reduceat(1.0 - probability, starts, axis=-2)
    return result


def expect_worst(no_aggravating: Floats, no_mitigating: Floats) -> Floats:
    """Give the expected excess of the worst aggravating over the worst mitigating severity.

    ``x = E[max(0, A - M)] / K = (1 / K) * sum over k of P(A >= k) * P(M < k)``, which is exact
    because ``max(0, A - M)`` counts the levels ``k`` with ``M < k <= A``.

    Args:
        no_aggravating: ``P(A < k)``, shape ``(K, ...)``.
        no_mitigating: ``P(M < k)``, same shape.

    Returns:
        Intensity in [0, 1], without the first axis.

    Examples:
        Severity 2 of 4 for sure, nothing mitigating: 2 / 4.

        >>> no_aggravating = np.array([[0.0], [0.0], [1.0], [1.0]])
        >>> expect_worst(no_aggravating, np.ones((4, 1))).tolist()
        [0.5]
    """
    return np.mean((1.0 - no_aggravating) * no_mitigating, axis=0)


@lru_cache(maxsize=256)
def gauss_legendre(players: int) -> tuple[Floats, Floats]:
    """Return points and weights on [0, 1] that integrate degree ``players - 1`` exactly.

    Examples:
        >>> points, weights = gauss_legendre(1)
        >>> points.tolist(), weights.tolist()
        ([0.5], [1.0])
    """
    points, weights = np.polynomial.legendre.leggauss(max(1, (players + 1) // 2))
    return (points + 1) / 2, weights / 2


def attribute(aggravating: Floats, mitigating: Floats) -> tuple[Floats, Floats]:
    """Split an indicator's intensity over its claims, level by level.

    With ``x(z) = (1 / K) * sum_k (1 - prod_g (1 - z_g P[k, g])) * prod_h (1 - z_h Q[k, h])`` the
    part of a claim is the integral over ``s`` in [0, 1] of the derivative by its ``z`` at
    ``z = (s, ..., s)``. Mitigating claims get parts of 0 or less.

    Args:
        aggravating: ``P``, shape ``(K, g)``, in [0, 1].
        mitigating: ``Q``, shape ``(K, h)``, in [0, 1].

    Returns:
        Parts by level, shapes ``(K, g)`` and ``(K, h)``; all of them sum to the intensity.

    Examples:
        Two claims of severity 1 of 1, each with probability 1/2: 3/4, shared alike.

        >>> parts, _ = attribute(np.array([[0.5, 0.5]]), np.zeros((1, 0)))
        >>> parts.tolist()
        [[0.375, 0.375]]
    """
    levels = len(aggravating)
    points, weights = gauss_legendre(aggravating.shape[1] + mitigating.shape[1])
    worse = 1.0 - points[:, None, None] * aggravating
    calmer = 1.0 - points[:, None, None] * mitigating
    no_worse, no_calmer = worse.prod(axis=2), calmer.prod(axis=2)
    up = aggravating * _integrate(weights, leave_one_out(worse), no_calmer)
    down = -mitigating * _integrate(weights, leave_one_out(calmer), 1.0 - no_worse)
    return up / levels, down / levels


def leave_one_out(factors: Floats) -> Floats:
    """Multiply all factors but one, for each one, along the last axis, without dividing.

    Examples:
        >>> leave_one_out(np.array([2.0, 0.0, 4.0])).tolist()
        [0.0, 8.0, 0.0]
    """
    ahead = np.ones_like(factors)
    behind = np.ones_like(factors)
    np.cumprod(factors[..., :-1], axis=-1, out=ahead[..., 1:])
    behind[..., :-1] = np.cumprod(factors[..., :0:-1], axis=-1)[..., ::-1]
    return ahead * behind


def _integrate(weights: Floats, inner: Floats, outer: Floats) -> Floats:
    return np.einsum("q,qkg,qk->kg", weights, inner, outer)

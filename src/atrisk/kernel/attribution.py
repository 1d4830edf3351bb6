"""Attribution: an intensity split exactly over the claims that it rests on. NumPy only.

The Shapley values of a multilinear function are the integral of its gradient along the diagonal
from nothing to everything (Owen 1972, Management Science 18:64-79). The integrand is a polynomial,
so Gauss-Legendre quadrature with enough points gives them to rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

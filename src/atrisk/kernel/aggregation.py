"""Aggregation: several values in [0, 1] into one, and each value's exact part in it. NumPy only.

Every rule never falls when a value rises, and gives 0 for zeros. ``split`` returns multipliers
``g`` with ``sum(g * x)`` equal to the aggregate: Euler's theorem for the rules that are homogeneous
of degree one (all but one); Shapley values for noisy-or, which is multilinear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.attribution import gauss_legendre, leave_one_out

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CountingOr:
    """Noisy-or by level: ``integral over u of 1 - (1 - strength) ** N(u)``, u from 0 to 1.

    ``N(u)`` is how many values reach ``u``, each counted by its weight over the mean weight: at
    every level, each value that reaches it closes a share ``strength`` of what is left. More values
    raise it, absent ones take nothing away, and it never exceeds the largest value. It is the
    Choquet integral of the noisy-or capacity: with values in descending order and
    equal weights, ``sum over j of strength * (1 - strength) ** (j - 1) * x_j``.

    References:
        Grabisch, Marichal, Mesiar and Pap (2009), Aggregation Functions, section 5.4.

    Examples:
        Two values at 1 and one at 0.5: 1/2 + 1/4 + 0.5/8.

        >>> CountingOr(0.5).join(np.array([1.0, 0.5, 1.0]), np.ones(3)).item()
        0.8125
    """

    strength: float

    def join(self, values: Floats, weights: Floats) -> Floats:
        """Aggregate ``values`` of shape ``(..., n)`` under ``weights`` of shape ``(n,)``."""
        order = np.argsort(-values, axis=-1, kind="stable")
        counted = np.cumsum((weights / weights.mean())[order], axis=-1)
        left = (1.0 - self.strength) ** counted
        shares = -np.diff(left, axis=-1, prepend=1.0)
        return np.asarray(np.sum(shares * np.take_along_axis(values, order, axis=-1), axis=-1))

    def split(self, values: Floats, weights: Floats) -> Floats:
        """Return the multipliers of ``values``, shape ``(n,)``; equal values share by weight."""
        counts = weights / weights.mean()
        equal = values[:, None] == values
        above, tied = (values[:, None] < values) @ counts, equal @ counts
        left = 1.0 - self.strength
        shares = left**above - left ** (above + tied)
        return np.divide(shares * counts, tied, out=np.zeros(len(values)), where=tied > 0)


@dataclass(frozen=True, slots=True)
class NoisyOr:
    """Independent pathways: ``1 - prod(1 - s_i x_i)`` with ``s_i = 1 - (1 - strength) ** r_i``.

    ``r_i`` is the weight of ``i`` over the mean weight, so equal weights give every value the
    strength itself: alone and at its worst it reaches that much.

    Examples:
        >>> NoisyOr(0.5).join(np.array([1.0, 1.0]), np.array([1.0, 1.0])).item()
        0.75
    """

    strength: float

    def join(self, values: Floats, weights: Floats) -> Floats:
        """Aggregate ``values`` of shape ``(..., n)`` under ``weights`` of shape ``(n,)``."""
        joined: Floats = 1.0 - np.prod(1.0 - self._strengths(weights) * values, axis=-1)
        return joined

    def split(self, values: Floats, weights: Floats) -> Floats:
        """Return the multipliers of ``values``, shape ``(n,)``, that sum to the aggregate."""
        strengths = self._strengths(weights)
        points, shares = gauss_legendre(len(values))
        rest = 1.0 - points[:, None] * (strengths * values)
        return strengths * (shares @ leave_one_out(rest))

    def _strengths(self, weights: Floats) -> Floats:
        return 1.0 - (1.0 - self.strength) ** (weights / weights.mean())


@dataclass(frozen=True, slots=True)
class PowerMean:
    """``(sum w_i x_i ** p) ** (1 / p)`` with weights that sum to one; ``p = 1`` is the mean.

    Examples:
        >>> PowerMean(1.0).join(np.array([1.0, 0.5]), np.array([1.0, 1.0])).item()
        0.75
    """

    exponent: float

    def join(self, values: Floats, weights: Floats) -> Floats:
        """Aggregate ``values`` of shape ``(..., n)`` under ``weights`` of shape ``(n,)``."""
        share = weights / weights.sum()
        if self.exponent == 1:
            # einsum, unlike BLAS, rounds a row the same however many rows there are.
            return np.asarray(np.einsum("...n,n->...", values, share))
        top = np.max(values, axis=-1, keepdims=True)
        scaled = np.divide(values, top, out=np.zeros_like(values), where=top > 0)
        powered = np.einsum("...n,n->...", scaled**self.exponent, share)
        return np.asarray(top[..., 0] * powered ** (1 / self.exponent))

    def split(self, values: Floats, weights: Floats) -> Floats:
        """Return the multipliers of ``values``, shape ``(n,)``, that sum to the aggregate."""
        share, joined = weights / weights.sum(), self.join(values, weights)
        if joined == 0 or self.exponent == 1:
            return share
        return share * (values / joined) ** (self.exponent - 1)


@dataclass(frozen=True, slots=True)
class Maximum:
    """The largest value of positive weight; ties share it.

    Examples:
        >>> Maximum().join(np.array([0.25, 0.5]), np.array([1.0, 1.0])).item()
        0.5
    """

    def join(self, values: Floats, weights: Floats) -> Floats:
        """Aggregate ``values`` of shape ``(..., n)`` under ``weights`` of shape ``(n,)``."""
        return np.asarray(np.max(np.where(weights > 0, values, 0.0), axis=-1))

    def split(self, values: Floats, weights: Floats) -> Floats:
        """Return the multipliers of ``values``, shape ``(n,)``, that sum to the aggregate."""
        worst = (values == self.join(values, weights)) & (weights > 0)
        return worst / worst.sum()


Aggregation = CountingOr | NoisyOr | PowerMean | Maximum

"""Rules: several values in [0, 1] into one, and each value's exact part in it. NumPy only.

Every rule never falls when a value rises, and gives 0 for zeros. ``split`` returns multipliers
``g`` with ``sum(g * x)`` equal to the aggregate: Euler's theorem for the rules that are homogeneous
of degree one (all but one); Shapley values for noisy-or, which is multilinear. A new rule is one
class here and its line in ``RULES``; a framework then names it, with its parameters, in an option.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.severity import gauss_legendre, leave_one_out

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
STEEPEST = 100  # exponent of a power mean; the largest value alone is the rule `Maximum`
_EXACT = 8  # up to this exponent no score worth telling underflows in single precision
_HIGH = int(sys.byteorder == "little")  # which half of an integer comes first in its order


class Rule(ABC):
    """How several values join into one; its parameters are the fields of its dataclass."""

    @property
    def is_linear(self) -> bool:
        """Whether the aggregate is linear in the shares of the weights."""
        return False

    @property
    def estimates(self) -> bool:
        """Whether values are readings of one level, of which more make it surer and not higher."""
        return False

    @abstractmethod
    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """Aggregate ``values`` of shape ``(..., n)`` under ``weights`` of shape ``(n,)``.

        ``read``, of the shape of ``values``, is how much each rests on; only a rule that estimates
        looks at it, and needs it.
        """

    @abstractmethod
    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """Return the multipliers of ``values``, shape ``(n,)``.

        They sum to the aggregate less what ``assume`` gives.
        """

    def assume(self, weights: Floats, read: Floats) -> float:
        """Return the part of the aggregate that rests on no value, but on what is assumed."""
        return 0.0

    @abstractmethod
    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """Aggregate many draws at once, each under weights of its own, in single precision.

        Args:
            values: in [0, 1], ``n`` of shape ``(t, d)``: months and draws, so that each step runs
                along memory. Members that are zero throughout may be left out.
            counts: weight over the mean weight of all members, shape ``(n, d)``.
            members: how many there are, those that were left out included.

        Returns:
            Shape ``(t, d)``; equal to ``join`` of each draw to single precision.
        """


@dataclass(frozen=True, slots=True)
class CountingOr(Rule):
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

    def __post_init__(self) -> None:
        if not 0 < self.strength < 1:
            raise ValueError(f"strength must lie between 0 and 1; found {self.strength:g}")

    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.join``."""
        order = np.argsort(-values, axis=-1, kind="stable")
        counted = np.cumsum((weights / weights.mean())[order], axis=-1)
        left = (1.0 - self.strength) ** counted
        shares = -np.diff(left, axis=-1, prepend=1.0)
        return np.asarray(np.sum(shares * np.take_along_axis(values, order, axis=-1), axis=-1))

    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.split``."""
        counts = weights / weights.mean()
        equal = values[:, None] == values
        above, tied = (values[:, None] < values) @ counts, equal @ counts
        left = 1.0 - self.strength
        shares = left**above - left ** (above + tied)
        return np.divide(shares * counts, tied, out=np.zeros(len(values)), where=tied > 0)

    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """See ``Rule.join_draws``."""
        ordered, counted = _sort_descending(values, counts)
        joined = np.zeros_like(ordered[0])
        reached = np.zeros_like(joined)
        before = np.ones_like(joined)
        for value, count in zip(ordered, counted, strict=True):
            reached += count
            left = np.exp(reached * np.float32(np.log1p(-self.strength)))
            before -= left
            before *= value
            joined += before
            before = left
        return joined


@dataclass(frozen=True, slots=True)
class NoisyOr(Rule):
    """Independent pathways: ``1 - prod(1 - s_i x_i)`` with ``s_i = 1 - (1 - strength) ** r_i``.

    ``r_i`` is the weight of ``i`` over the mean weight, so equal weights give every value the
    strength itself: alone and at its worst it reaches that much.

    Examples:
        >>> NoisyOr(0.5).join(np.array([1.0, 1.0]), np.array([1.0, 1.0])).item()
        0.75
    """

    strength: float

    def __post_init__(self) -> None:
        if not 0 < self.strength < 1:
            raise ValueError(f"strength must lie between 0 and 1; found {self.strength:g}")

    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.join``."""
        joined: Floats = 1.0 - np.prod(1.0 - self._strengths(weights) * values, axis=-1)
        return joined

    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.split``."""
        strengths = self._strengths(weights)
        points, shares = gauss_legendre(len(values))
        rest = 1.0 - points[:, None] * (strengths * values)
        return strengths * (shares @ leave_one_out(rest))

    def _strengths(self, weights: Floats) -> Floats:
        return 1.0 - (1.0 - self.strength) ** (weights / weights.mean())

    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """See ``Rule.join_draws``."""
        missed = np.ones_like(values[0])
        for value, count in zip(values, counts, strict=True):
            missed *= 1 - value * (1 - np.exp(count * np.float32(np.log1p(-self.strength))))
        return 1 - missed


@dataclass(frozen=True, slots=True)
class PowerMean(Rule):
    """``(sum w_i x_i ** p) ** (1 / p)`` with weights that sum to one; ``p = 1`` is the mean.

    Examples:
        >>> PowerMean(1.0).join(np.array([1.0, 0.5]), np.array([1.0, 1.0])).item()
        0.75
    """

    exponent: float

    def __post_init__(self) -> None:
        if not 1 <= self.exponent <= STEEPEST:
            raise ValueError(f"exponent must lie from 1 to {STEEPEST}; found {self.exponent:g}")

    @property
    def is_linear(self) -> bool:
        """See ``Rule.is_linear``."""
        return self.exponent == 1

    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.join``."""
        share = weights / weights.sum()
        if self.exponent == 1:
            # einsum, unlike BLAS, rounds a row the same however many rows there are.
            return np.asarray(np.einsum("...n,n->...", values, share))
        top = np.max(values, axis=-1, keepdims=True)
        scaled = np.divide(values, top, out=np.zeros_like(values), where=top > 0)
        powered = np.einsum("...n,n->...", scaled**self.exponent, share)
        return np.asarray(top[..., 0] * powered ** (1 / self.exponent))

    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.split``."""
        share, joined = weights / weights.sum(), self.join(values, weights)
        if joined == 0 or self.exponent == 1:
            return share
        return share * (values / joined) ** (self.exponent - 1)

    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """See ``Rule.join_draws``."""
        top = np.ones_like(values[0])
        if self.exponent > _EXACT:  # measured against the largest value nothing underflows
            values = [v * (count > 0) for v, count in zip(values, counts, strict=True)]
            top = np.maximum(np.max(values, axis=0), np.finfo(np.float32).tiny)
            values = [v / top for v in values]
        total = np.zeros_like(values[0])
        for value, share in zip(values, counts / np.float32(members), strict=True):
            total += _raise(value, self.exponent) * share
        return total if self.exponent == 1 else top * total ** np.float32(1 / self.exponent)


@dataclass(frozen=True, slots=True)
class Maximum(Rule):
    """The largest value of positive weight; ties share it.

    Examples:
        >>> Maximum().join(np.array([0.25, 0.5]), np.array([1.0, 1.0])).item()
        0.5
    """

    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.join``."""
        return np.asarray(np.max(np.where(weights > 0, values, 0.0), axis=-1))

    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.split``."""
        worst = (values == self.join(values, weights)) & (weights > 0)
        return worst / worst.sum()

    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """See ``Rule.join_draws``."""
        weighted = [v * (count > 0) for v, count in zip(values, counts, strict=True)]
        return np.asarray(np.max(weighted, axis=0))


@dataclass(frozen=True, slots=True)
class ShrunkenMean(Rule):
    """An estimate from readings, drawn towards a prior by ``readings`` readings' worth of it.

    ``(n prior + sum w_j v_j) / (n + sum w_j r_j)``, with ``n`` the readings, ``v_j`` a value that
    is already multiplied by how much it rests on, ``r_j``, and ``w_j`` its weight over the mean
    weight. A value with ``r = 0`` was not read, so it takes nothing away. With many readings the
    prior is gone; with none the estimate is the prior. It is linear in the values, so their parts
    are exact, and it has a variance (``kernel.estimate``).

    Attributes:
        prior: what is assumed of a factor of which nothing was read, 0 to 1.
        readings: how many readings the assumption is worth, above 0.
        dependence: correlation of two readings of one source, 0 to 1: a source that tells ``m`` of
            them counts as ``m / (1 + (m - 1) dependence)``.
        spread: standard deviation of readings of one level, above 0 and up to 1.
        common: standard deviation of the level that all factors share about the prior, 0 to 1.
        coder: standard deviation of a score from one careful coder to another, 0 to 1.
        level: probability that an interval is to hold the score of a full reading.

    References:
        Efron and Morris (1975), Journal of the American Statistical Association 70:311-319, for the
        estimate; Kish (1965), Survey Sampling, section 5.4, for the design effect of clusters.

    Examples:
        One reading at 1 against a prior of 0.25 that is worth one reading:

        >>> rule = ShrunkenMean(0.25, 1.0, 0.2, 0.3, 0.1, 0.04, 0.9)
        >>> rule.join(np.array([1.0, 0.0]), np.ones(2), np.array([1.0, 0.0])).item()
        0.625
    """

    prior: float
    readings: float
    dependence: float
    spread: float
    common: float
    coder: float
    level: float

    def __post_init__(self) -> None:
        for name in ("prior", "dependence", "spread", "common", "coder", "level"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1; found {getattr(self, name):g}")
        sure = 1e-9 <= self.readings <= 1 / 1e-9 and self.spread >= 1e-9 and self.level < 1
        if not sure or 0 < self.common < 1e-9:
            raise ValueError("readings and spread must be above 0, and level below 1")

    @property
    def estimates(self) -> bool:
        """See ``Rule.estimates``."""
        return True

    def join(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.join``."""
        counts, rested = self._count(weights, read)
        told = np.einsum("...n,n->...", values, counts)
        return np.asarray((self.readings * self.prior + told) / (self.readings + rested))

    def split(self, values: Floats, weights: Floats, read: Floats | None = None) -> Floats:
        """See ``Rule.split``."""
        counts, rested = self._count(weights, read)
        return np.asarray(counts / (self.readings + rested))

    def assume(self, weights: Floats, read: Floats) -> float:
        """See ``Rule.assume``."""
        return float(self.readings * self.prior / (self.readings + self._count(weights, read)[1]))

    def _count(self, weights: Floats, read: Floats | None) -> tuple[Floats, Floats]:
        """Return weights over their mean, and what the readings count together."""
        if read is None:
            raise ValueError("an estimate needs to know how much each value rests on")
        counts = weights / (weights.sum() / weights.size)  # of few numbers `mean` takes far longer
        return counts, np.asarray(np.einsum("...n,n->...", read, counts))

    def hear(self, heard: Sequence[Singles], sums: Singles) -> Singles:
        """Add what sources were heard to tell to ``sums``: how much was read, and what it tells.

        Of each source its readings ``m``, their weights and what they tell, ``(3, months, draws)``.
        """
        rested, told = sums.copy()
        for many, weight, value in heard:
            effect = self.discount(many)
            rested += effect * weight
            told += effect * value
        return np.array([rested, told])

    def discount(self, many: Singles) -> Singles:
        """Return by how much each of ``m`` readings counts: ``1 / (1 + max(0, m - 1) rho)``."""
        return np.asarray(1 / (1 + np.maximum(many - 1, 0) * np.float32(self.dependence)))

    def join_draws(self, values: Sequence[Singles], counts: Singles, members: int) -> Singles:
        """Refuse: values alone do not say how much they rest on; see ``hear``."""
        raise TypeError("values alone do not say how much they rest on; use hear")


RULES: dict[str, type[Rule]] = {
    "counting_or": CountingOr,
    "noisy_or": NoisyOr,
    "power_mean": PowerMean,
    "maximum": Maximum,
    "shrunken_mean": ShrunkenMean,
}


def _raise(value: Singles, exponent: float) -> Singles:
    """Return a power; whole ones by multiplying, which is an order of magnitude faster."""
    whole = exponent <= _EXACT and float(exponent).is_integer()
    return reduce(np.multiply, [value] * int(exponent)) if whole else value ** np.float32(exponent)


def _sort_descending(
    values: Sequence[Singles], counts: Singles
) -> tuple[list[Singles], list[Singles]]:
    """Sort along the first axis, counts with their values, by a network of exchanges.

    Numbers that are not negative sort like their bits, so a value and its count travel as the two
    halves of one integer. ``argsort`` and two ``take_along_axis`` take six times as long
    here: they sort each of the many short columns by itself.
    """
    pairs = [_pair(value, count) for value, count in zip(values, counts, strict=True)]
    for i, j in _network(len(pairs)):
        pairs[i], pairs[j] = np.maximum(pairs[i], pairs[j]), np.minimum(pairs[i], pairs[j])
    halves = [pair.view(np.float32) for pair in pairs]
    return [half[:, _HIGH::2] for half in halves], [half[:, 1 - _HIGH :: 2] for half in halves]


def _pair(value: Singles, count: Singles) -> NDArray[np.int64]:
    halves = np.empty((*value.shape, 2), dtype=np.float32)
    halves[..., _HIGH] = value
    halves[..., 1 - _HIGH] = count
    return halves.view(np.int64)[..., 0]


@lru_cache(maxsize=64)
def _network(size: int) -> tuple[tuple[int, int], ...]:
    """Return the exchanges of Batcher's merge exchange, which sorts any ``size`` values.

    References:
        Knuth (1998), The Art of Computer Programming 3, section 5.2.2, algorithm M.
    """
    exchanges: list[tuple[int, int]] = []
    top = step = 1 << max(0, (size - 1).bit_length() - 1)
    while step > 0:
        q, r, d = top, 0, step
        while d > 0:
            exchanges += [(i, i + d) for i in range(size - d) if i & step == r]
            q, r, d = q // 2, step, q - step
        step //= 2
    return tuple(exchanges)

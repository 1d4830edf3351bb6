"""Sampling: draws of what may be wrong, from a Generator that is passed in. NumPy and SciPy only.

Items run along the first axis and draws along the second, in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Draws:
    """What each draw settles; the last axis is the draws.

    Attributes:
        truth: 1 where an item is true, 0 where not, or the probability of it; items x draws.
        severity: of each unit; units x draws.
        began: row in which each item begins, by draw; None where no draw begins it later than
            ``Telling.first``.
        ended: row in which it ends, by draw, or one number for all; below 0 before the first row.
        half_life: in months, by nature; natures x draws.
        indicator_weights, factor_weights: relative; indicators x draws, factors x draws.
        factor_rule, crime_rule: option of each draw.
    """

    truth: Singles
    severity: NDArray[np.int8]
    began: tuple[Integers | None, ...]
    ended: tuple[Integers | int, ...]
    half_life: Singles
    indicator_weights: Singles
    factor_weights: Singles
    factor_rule: Integers
    crime_rule: Integers

    @property
    def oldest(self) -> int:
        """How many rows before the first the earliest end lies; 0 if none does."""
        ends = (rows if isinstance(rows, int) else int(rows.min()) for rows in self.ended)
        return -min(0, *ends)

    def part(self, first: int, last: int) -> Self:
        """Return some of the draws, in order."""
        cut = slice(first, last)
        return type(self)(
            self.truth[:, cut],
            self.severity[:, cut],
            tuple(rows if rows is None else rows[cut] for rows in self.began),
            tuple(rows if isinstance(rows, int) else rows[cut] for rows in self.ended),
            self.half_life[:, cut],
            self.indicator_weights[:, cut],
            self.factor_weights[:, cut],
            self.factor_rule[cut],
            self.crime_rule[cut],
        )


def draw_standing(generator: Generator, block: Integers, correlation: float, draws: int) -> Singles:
    """Draw how badly each claim stands: claims of one block (a source) stand badly together.

    ``z = sqrt(c) * z_block + sqrt(1 - c) * z_claim``, all standard normal: a Gaussian copula with
    correlation ``c`` between the claims of a block.

    Args:
        generator: of the draws.
        block: of each claim, counted from 0, shape ``(claims,)``.
        correlation: in [0, 1].
        draws: how many.

    Returns:
        Shape ``(claims, draws)``.

    References:
        Li (2000), Journal of Fixed Income 9:43-54, for the Gaussian copula.

    Examples:
        >>> drawn = draw_standing(np.random.default_rng(7), np.array([0, 0, 1]), 1.0, 2)
        >>> (drawn[0] == drawn[1]).tolist(), (drawn[0] == drawn[2]).tolist()
        ([True, True], [False, False])
    """
    common = generator.standard_normal((int(block.max()) + 1, draws), dtype=np.float32)
    own = generator.standard_normal((len(block), draws), dtype=np.float32)
    own *= np.float32(np.sqrt(1 - correlation))
    own += np.float32(np.sqrt(correlation)) * common[block]
    return own


def judge_truth(
    standing: Singles, probability: Floats, option: Integers, claim: Integers
) -> NDArray[np.bool_]:
    """Tell whether each item is true: ``z <= ndtri(p)``.

    Items of one claim share its ``z``, so the less probable telling is true only where the other
    is.

    Args:
        standing: ``z`` of each claim, shape ``(claims, draws)``.
        probability: that each item is true, in [0, 1], shape ``(options, items)``.
        option: which row of ``probability`` each draw takes, shape ``(draws,)``.
        claim: of each item, counted from 0, shape ``(items,)``.

    Returns:
        Shape ``(items, draws)``.

    Examples:
        >>> standing, one = np.zeros((1, 2), dtype=np.float32), np.array([0, 0])
        >>> judge_truth(standing, np.array([[0.75, 0.25]]), one, np.array([0, 0])).tolist()
        [[True, True], [False, False]]
    """
    return standing[claim] <= ndtri(probability).astype(np.float32).T[:, option]


def draw_severity(
    generator: Generator, severity: Integers, draws: int, *, lower: float, higher: float, top: int
) -> NDArray[np.int8]:
    """Draw severities that may be one step off, never below 1 or above ``top``.

    Args:
        generator: of the draws.
        severity: as coded, shape ``(items,)``; 0 stays 0.
        draws: how many.
        lower, higher: probability that the true one is a step lower, or higher.
        top: the highest level.

    Returns:
        Shape ``(items, draws)``.

    Examples:
        >>> draw_severity(
        ...     np.random.default_rng(7), np.array([0, 1, 4]), 2, lower=0.0, higher=1.0, top=4
        ... ).tolist()
        [[0, 0], [2, 2], [4, 4]]
    """
    chance = generator.random((len(severity), draws), dtype=np.float32)
    step = (chance < higher).astype(np.int8)
    step -= chance >= 1 - lower
    coded = severity.astype(np.int8)[:, None]
    return np.clip(coded + step, np.minimum(coded, 1), np.where(coded > 0, top, 0).astype(np.int8))


def draw_days(generator: Generator, first: Integers, last: Integers, draws: int) -> Integers:
    """Draw a day of each interval, every one equally likely, as day numbers.

    Examples:
        >>> draw_days(np.random.default_rng(7), np.array([3]), np.array([3]), 2).tolist()
        [[3, 3]]
    """
    return generator.integers(first[:, None], last[:, None] + 1, (len(first), draws))


def draw_factors(generator: Generator, spread: float, shape: tuple[int, int]) -> Floats:
    """Draw factors from ``1 / spread`` to ``spread``, their logarithms equally likely.

    Examples:
        >>> draw_factors(np.random.default_rng(7), 1.0, (1, 2)).tolist()
        [[1.0, 1.0]]
    """
    return np.asarray(spread ** generator.uniform(-1, 1, shape))


def draw_weights(generator: Generator, centre: Floats, concentration: float) -> Singles:
    """Draw relative weights around a centre: normalised over any set, they are Dirichlet.

    ``w_i ~ Gamma(a_i)`` with ``a_i = concentration * centre_i``. Over the members ``S`` of a set
    ``w_i / sum_S w`` has the Dirichlet distribution with the parameters ``a_i``, whose mean is
    ``centre_i / sum_S centre``; independent of the sum, so subsets need no draws of their own.

    Args:
        generator: of the draws.
        centre: relative weights with mean 1, 0 stays 0, shape ``(n, draws)``.
        concentration: ``> 0``; a mean weight has about ``1 / sqrt(concentration)`` of itself as
            standard deviation; ``inf`` gives the centre itself.

    Returns:
        Shape ``(n, draws)``.

    References:
        Devroye (1986), Non-Uniform Random Variate Generation, section XI.4.

    Examples:
        >>> draw_weights(np.random.default_rng(7), np.array([[0.0], [2.0]]), np.inf).tolist()
        [[0.0], [2.0]]
    """
    shape = centre.astype(np.float32)
    if np.isinf(concentration):
        return shape
    drawn = generator.standard_gamma(shape * np.float32(concentration), dtype=np.float32)
    # The least that can be told from nothing: a set whose draws all underflow has no weights.
    return np.maximum(drawn, np.finfo(np.float32).tiny * (shape > 0))


def draw_options(generator: Generator, belief: Floats, draws: int) -> Integers:
    """Draw which option each draw takes, in proportion to the belief in it.

    Examples:
        >>> draw_options(np.random.default_rng(7), np.array([0.0, 1.0]), 3).tolist()
        [1, 1, 1]
    """
    return generator.choice(len(belief), draws, p=belief)

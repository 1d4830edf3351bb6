"""Sobol indices: what share of an output's variance each input explains. NumPy and SciPy only.

Pick and freeze: with two independent samples ``A`` and ``B`` of all inputs and ``AB_i``, which is
``A`` with input ``i`` from ``B``, the estimators of Saltelli and others (2010) and Jansen (1999):

    S_i = E[f(B) (f(AB_i) - f(A))] / V        T_i = E[(f(A) - f(AB_i)) ** 2] / (2 V)

An input may be anything that can be swapped: a number, a group of numbers, weights on a simplex, a
category. All outputs are estimated at once, and so are all resamples of the bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
HELD = 5_000_000  # draws x resamples that are counted at once


@dataclass(frozen=True, eq=False, slots=True)
class Indices:
    """Sobol indices with intervals; every array is inputs x outputs.

    Attributes:
        first: share of the variance that the input explains alone.
        total: share that it explains with all that it interacts with.
        first_error, total_error: half the width of their bootstrap intervals.
        variance: of each output; an output that does not vary has NaN for indices.
    """

    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats
    variance: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Linear:
    """Numeric inputs, whose linear part is then taken exactly.

    Attributes:
        a, b: values of the inputs in both samples, draws x inputs.
        variance: of each input, known, shape ``(inputs,)``.
    """

    a: Floats
    b: Floats
    variance: Floats


def estimate_indices(
    a: Floats,
    b: Floats,
    mixed: Floats,
    generator: Generator,
    *,
    resamples: int,
    confidence: float,
    linear: Linear | None = None,
) -> Indices:
    """Estimate first and total order indices of all outputs.

    With ``linear``, the linear part of the output is a control variate: its slope on input ``i`` is
    that of ``f(AB_i) - f(A)`` on the change of the input, its variance is known, and only what is
    left over is estimated. On a linear index nothing is left, and the indices are exact.

    Args:
        a, b: outputs of the two samples, draws x outputs.
        mixed: outputs of ``AB_i``, inputs x draws x outputs.
        generator: of the resamples.
        resamples: of the bootstrap, 2 or more.
        confidence: level of the intervals, in (0, 1): normal, with the resamples' deviation.
        linear: values of inputs that are independent numbers; None for groups and categories.

    References:
        Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Computer Physics
        Communications 181:259-270; Jansen (1999), Computer Physics Communications 117:35-43;
        Archer, Saltelli and Sobol (1997), Journal of Statistical Computation and Simulation
        58:99-120, for the bootstrap; Owen (2013), Monte Carlo theory, section 8.9, for control
        variates.

    Examples:
        ``f = 3 x + y`` of two uniform numbers: variances 9/12 and 1/12 of 10/12.

        >>> generator = np.random.default_rng(7)
        >>> x, z = generator.random((2, 64, 2))
        >>> def f(u): return u @ np.array([[3.0], [1.0]])
        >>> mixed = np.stack([f(np.column_stack([z[:, 0], x[:, 1]])),
        ...                   f(np.column_stack([x[:, 0], z[:, 1]]))])
        >>> known = Linear(x, z, np.full(2, 1 / 12))
        >>> found = estimate_indices(f(x), f(z), mixed, generator, resamples=10, confidence=0.9,
        ...                          linear=known)
        >>> found.first[:, 0].round(12).tolist(), found.total[:, 0].round(12).tolist()
        ([0.9, 0.1], [0.9, 0.1])
    """
    draws, outputs = a.shape
    # About the middle of all outputs, or the products lose what they should tell apart.
    middle = (a.mean(axis=0) + b.mean(axis=0)) / 2
    change = mixed - a
    slope = np.zeros((len(mixed), outputs)) if linear is None else _find_slopes(change, linear)
    known = slope**2 * (np.zeros(len(mixed)) if linear is None else linear.variance)[:, None]
    straight = [np.zeros((draws, 1)), np.zeros((draws, 1))]
    if linear is not None:
        change = change - slope[:, None, :] * (linear.b - linear.a).T[:, :, None]
        centre = (linear.a.mean(axis=0) + linear.b.mean(axis=0)) / 2
        straight = [(x - centre) @ slope for x in (linear.a, linear.b)]
    rest = [y - middle - line for y, line in zip((a, b), straight, strict=True)]
    terms = _collect(b - middle, change, rest, straight)
    whole = _combine(terms.mean(axis=0)[None], known)
    shares, some = np.full(draws, 1 / draws), max(1, HELD // draws)
    means = [
        generator.multinomial(draws, shares, size=min(some, resamples - done)) @ terms / draws
        for done in range(0, resamples, some)
    ]
    spread = _combine(np.concatenate(means), known)
    width = float(ndtri((1 + confidence) / 2))
    with np.errstate(invalid="ignore"):  # NaN where an output does not vary
        errors = [width * part.std(axis=0, ddof=1) for part in spread[:2]]
    return Indices(whole[0][0], whole[1][0], errors[0], errors[1], whole[2][0])


def _find_slopes(change: Floats, linear: Linear) -> Floats:
    """Return the slope of each output on each input, inputs x outputs."""
    steps = (linear.b - linear.a).T
    squares = (steps**2).sum(axis=1)
    products = np.einsum("in,ino->io", steps, change)
    return np.divide(
        products, squares[:, None], out=np.zeros_like(products), where=squares[:, None] > 0
    )


def _collect(b: Floats, change: Floats, rest: list[Floats], straight: list[Floats]) -> Floats:
    """Return everything whose mean is needed, draws x (terms x outputs)."""
    draws = len(b)
    residual = (rest[0] + rest[1]) / 2
    squares = (rest[0] ** 2 + rest[1] ** 2) / 2
    cross = (rest[0] * straight[0] + rest[1] * straight[1]) / 2
    first = (b * change).transpose(1, 0, 2).reshape(draws, -1)
    total = (change**2 / 2).transpose(1, 0, 2).reshape(draws, -1)
    return np.hstack([residual, squares, np.broadcast_to(cross, b.shape), first, total])


def _combine(means: Floats, known: Floats) -> tuple[Floats, Floats, Floats]:
    """Return first, total and variance from the means of all terms, by resample."""
    inputs, outputs = known.shape
    residual, squares, cross = (means[:, k * outputs : (k + 1) * outputs] for k in range(3))
    variance = known.sum(axis=0) + squares - residual**2 + 2 * cross
    parts = means[:, 3 * outputs :].reshape(len(means), 2, inputs, outputs) + known
    with np.errstate(invalid="ignore", divide="ignore"):
        varies = np.where(variance > np.finfo(float).eps, variance, np.nan)
        shares = parts / varies[:, None, None, :]
    return shares[:, 0], shares[:, 1], variance

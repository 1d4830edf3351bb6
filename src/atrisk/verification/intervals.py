"""Intervals: of figures over months that hang together, by drawing countries and spells again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from atrisk.verification.sample import Sample

Floats = NDArray[np.float64]
Figures = dict[str, float | None]


def resample(
    sample: Sample,
    measure: Callable[[NDArray[np.int64]], Mapping[str, float | None]],
    *,
    draws: int,
    level: float,
    seed: int,
) -> dict[str, tuple[float, float]]:
    """Return an interval for each figure of a sample.

    Countries are drawn with replacement, and within each its spells: months of one spell come and
    go together, since they are one story and no independent trials. A draw in which a figure does
    not exist (no hit was drawn) adds nothing to its interval.

    Args:
        sample: whose rows are drawn.
        measure: figures by name, of the rows that it is given.
        draws: how many times.
        level: how much of the draws an interval holds.
        seed: of the draws.

    References:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    generator = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        for name, value in measure(sample.draw(generator)).items():
            if value is not None:
                found.setdefault(name, []).append(value)
    ends = ((1 - level) / 2, (1 + level) / 2)
    return {
        name: (float(low), float(high))
        for name, values in found.items()
        for low, high in [np.quantile(values, ends)]
    }

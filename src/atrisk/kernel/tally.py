"""Tally: what many draws say together, counted as they come, so that memory does not grow.

Scores are counted in bins of equal width on [0, 1]; quantiles are read from the bins, so they are
exact to half a bin. Counts add up exactly in any order, sums in the order of the tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Counts = NDArray[np.int64]
BINS = 1024


@dataclass(frozen=True, eq=False, slots=True)
class Tally:
    """Counts and sums of some draws.

    Attributes:
        draws: how many.
        bins: scores by bin; series x months x bins.
        total, squares: sums of the scores and of their squares; series x months.
        bands: draws whose overall score is in each band; months x bands.
        alarm: draws in alarm; months.
        first: draws whose first alarm is in each month, the last for never; months + 1.
    """

    draws: int
    bins: NDArray[np.integer[Any]]
    total: Floats
    squares: Floats
    bands: Counts
    alarm: Counts
    first: Counts

    def __add__(self, other: Self) -> Self:
        """Return what both say together."""
        counted = ("draws", "total", "squares", "bands", "alarm", "first")
        parts = {name: getattr(self, name) + getattr(other, name) for name in counted}
        return type(self)(bins=np.add(self.bins, other.bins, dtype=np.int32), **parts)

    @property
    def mean(self) -> Floats:
        """Mean score; series x months."""
        return self.total / self.draws

    @property
    def deviation(self) -> Floats:
        """Standard deviation of the score; series x months."""
        variance = self.squares / self.draws - self.mean**2
        return np.sqrt(np.maximum(variance, 0))

    def quantiles(self, shares: Floats, series: int) -> Floats:
        """Return quantiles of one series, shares x months, exact to half a bin.

        The ``q`` quantile is the middle of the first bin by which at least ``q * draws`` are
        counted: the inverse of the distribution function.
        """
        counted = np.cumsum(self.bins[series], axis=-1)
        wanted = np.maximum(np.ceil(np.asarray(shares) * self.draws), 1)
        place = (counted[None] < wanted[:, None, None]).sum(axis=-1)
        return (place + 0.5) / self.bins.shape[-1]


def count_draws(
    series: Singles, overall: Singles, alarm: NDArray[np.bool_], lowers: Floats
) -> Tally:
    """Count some draws.

    Args:
        series: scores in [0, 1], series x months x draws.
        overall: the one that has bands, months x draws.
        alarm: whether each draw is in alarm, months x draws.
        lowers: lower end of each band, ascending from 0.

    Example:
        >>> scores = np.array([[[0.25, 0.75]]], dtype=np.float32)
        >>> alarm = np.array([[False, True]])
        >>> tally = count_draws(scores, scores[0], alarm, np.array([0.0, 0.5]))
        >>> tally.mean.tolist(), tally.bands.tolist(), tally.first.tolist()
        ([[0.5]], [[1, 1]], [1, 1])
    """
    months, draws = overall.shape
    place = np.minimum((series * BINS).astype(np.uint16), BINS - 1)
    # As small as the counts of one task can be: what a worker sends back is mostly this.
    bins = np.empty((place.size // draws, BINS), dtype=np.min_scalar_type(draws))
    for row, counts in zip(place.reshape(-1, draws), bins, strict=True):
        counts[:] = np.bincount(row, minlength=BINS)
    over = (overall[:, None, :] >= lowers[:, None]).sum(axis=2)
    never = np.where(alarm.any(axis=0), alarm.argmax(axis=0), months)
    return Tally(
        draws,
        bins.reshape(*series.shape[:2], BINS),
        series.sum(axis=2, dtype=np.float64),
        np.square(series).sum(axis=2, dtype=np.float64),
        -np.diff(over, axis=1, append=0),
        alarm.sum(axis=1),
        np.bincount(never, minlength=months + 1),
    )

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
        bins: scores by bin, series x months x bins; of fewer draws than bins, the bin of each draw,
            series x months x draws, which is smaller to keep and to send.
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
        bins = np.add(self.count(), other.count(), dtype=np.int32)
        return type(self)(bins=bins, **parts)

    def count(self, series: int | slice = slice(None)) -> NDArray[np.integer[Any]]:
        """Return the counts by bin of one series, months x bins, or of all, series first."""
        chosen = self.bins[series]
        return chosen if self.bins.shape[-1] == BINS else _count_rows(chosen)

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
        counted = np.cumsum(self.count(series), axis=-1)
        wanted = np.maximum(np.ceil(np.asarray(shares) * self.draws), 1)
        place = (counted[None] < wanted[:, None, None]).sum(axis=-1)
        return (place + 0.5) / BINS


def count_draws(
    series: Singles, overall: Singles, alarm: NDArray[np.bool_], lowers: Floats
) -> Tally:
    """Count some draws.

    Args:
        series: scores in [0, 1], series x months x draws.
        overall: the one that has bands, months x draws.
        alarm: whether each draw is in alarm, months x draws.
        lowers: lower end of each band, ascending from 0.

    Examples:
        >>> scores = np.array([[[0.25, 0.75]]], dtype=np.float32)
        >>> alarm = np.array([[False, True]])
        >>> tally = count_draws(scores, scores[0], alarm, np.array([0.0, 0.5]))
        >>> tally.mean.tolist(), tally.bands.tolist(), tally.first.tolist()
        ([[0.5]], [[1, 1]], [1, 1])
    """
    months, draws = overall.shape
    place = np.minimum((series * BINS).astype(np.uint16), BINS - 1)
    over = (overall[:, None, :] >= lowers[:, None]).sum(axis=2)
    never = np.where(alarm.any(axis=0), alarm.argmax(axis=0), months)
    return Tally(
        draws,
        place if draws < BINS else _count_rows(place),
        series.sum(axis=2, dtype=np.float64),
        np.square(series).sum(axis=2, dtype=np.float64),
        -np.diff(over, axis=1, append=0),
        alarm.sum(axis=1),
        np.bincount(never, minlength=months + 1),
    )


def _count_rows(place: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Count bins, in numbers as small as the counts of one task can be."""
    draws = place.shape[-1]
    bins = np.empty((*place.shape[:-1], BINS), dtype=np.min_scalar_type(draws))
    for row, counts in zip(place.reshape(-1, draws), bins.reshape(-1, BINS), strict=True):
        counts[:] = np.bincount(row, minlength=BINS)
    return bins

"""Removal: what a score is without some rows of its evidence, for many sets of rows.

A factor hangs on its own rows alone, so it is measured once for all sets that take the same of
them away. A set of rows is a number whose bit k stands for item k: large sets are met, joined and
remembered by the thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Self

import numpy as np
from numpy.typing import NDArray

from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import expect_intensity
from atrisk.scoring.readings import measure_readings
from atrisk.scoring.tellings import Tellings

Floats = NDArray[np.float64]
_CELLS = 80_000  # rows of a factor x months x subsets that are measured side by side
_REMEMBERED = 50_000  # subsets, about a hundred megabytes of ten thousand rows


def join_sets(sets: Iterable[int]) -> int:
    """Return all items of some sets; bit k of a set stands for item k.

    Examples:
        >>> bin(join_sets([1 << 0, 1 << 3]))
        '0b1001'
    """
    return reduce(or_, sets, 0)


def list_items(items: int) -> list[int]:
    """Return the items of a set, ascending.

    Examples:
        >>> list_items(0b1001)
        [0, 3]
    """
    return [place for place in range(items.bit_length()) if items >> place & 1]


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """The tellings of one factor, and where they stand among all."""

    code: str
    tellings: Tellings
    places: NDArray[np.int64]
    items: int

    @classmethod
    def of(cls, code: str, tellings: Tellings, places: NDArray[np.int64]) -> Self:
        """Return the part of a factor whose tellings stand at some places."""
        mine = tellings.select(places)
        items = join_sets(1 << item for item in set(mine.item.tolist()))
        return cls(code, mine, places, items)

    def find_gone(self, gone: int) -> NDArray[np.bool_]:
        """Return which of the tellings are of a set of items."""
        most = self.items.bit_length() // 8 + 1
        bits = np.frombuffer(gone.to_bytes(most, "little"), dtype=np.uint8)
        return np.unpackbits(bits, bitorder="little")[self.tellings.item].astype(bool)


class Removal:
    """Scores an assessment without some of its rows.

    Args:
        assessment: whose rows; an item is its place among ``intensity.tellings.items``.
    """

    def __init__(self, assessment: Assessment) -> None:
        self.assessment, tellings = assessment, assessment.intensity.tellings
        self.spans = assessment.intensity.dates.see(assessment.outlook.cuts)
        factors = list(assessment.framework.factors)
        indicators = assessment.framework.indicators.values()
        bears = np.array([factors.index(one.factor) for one in indicators])[tellings.indicator]
        self.parts = [
            _Part.of(code, tellings, np.flatnonzero(bears == place))
            for place, code in enumerate(factors)
        ]
        self.known: dict[tuple[str, int, int, int], Floats] = {}

    def score(self, sets: Sequence[int], months: slice) -> Floats:
        """Return the overall scores without each set of items, sets x months.

        Args:
            sets: of items, bit k of each stands for item k.
            months: that are scored.
        """
        first, last, _ = months.indices(len(self.assessment.months))
        factors = np.empty((len(sets), last - first, len(self.parts)))
        if len(self.known) > _REMEMBERED:
            self.known.clear()
        for column, part in enumerate(self.parts):
            keys = [(part.code, gone & part.items, first, last) for gone in sets]
            self._measure(part, dict.fromkeys(key for key in keys if key not in self.known))
            for place, key in enumerate(keys):
                factors[place, :, column] = self.known[key]
        flat, hierarchy = factors.reshape(-1, len(self.parts)), self.assessment.hierarchy
        crimes = [hierarchy.join_crime(code, flat) for code in hierarchy.columns]
        return np.asarray(np.max(crimes, axis=0)).reshape(len(sets), -1)

    def list_parts(self, items: int) -> tuple[str, ...]:
        """Return the factors that a set of items bears on."""
        return tuple(part.code for part in self.parts if part.items & items)

    def _measure(self, part: _Part, keys: Iterable[tuple[str, int, int, int]]) -> None:
        """Measure a factor without each of some sets of its rows, and remember it."""
        waiting = list(keys)
        months = waiting[0][3] - waiting[0][2] if waiting else 1
        together = max(1, _CELLS // max(1, len(part.places) * months))
        for begin in range(0, len(waiting), together):
            some = waiting[begin : begin + together]
            shown = self.assessment.intensity.probability[part.places, some[0][2] : some[0][3]]
            columns = np.repeat(shown[:, None, :], len(some), axis=1)
            for place, (_, gone, _, _) in enumerate(some):
                columns[part.find_gone(gone), place] = 0.0
            flat = columns.reshape(len(shown), len(some) * shown.shape[1])
            scores = self._join(part, flat)
            self.known |= zip(some, scores.reshape(len(some), -1), strict=True)

    def _join(self, part: _Part, columns: Floats) -> Floats:
        """Return a factor's score in each column of probabilities of its tellings."""
        now = self.assessment
        places, weights = (
            now.hierarchy.members[part.code],
            now.hierarchy.indicator_weights[part.code],
        )
        rule, framework = now.hierarchy.factor_rule, now.framework
        if not len(columns):
            none = np.zeros((columns.shape[1], len(places)))
            return rule.join(none, weights, none)
        found = measure_readings(part.tellings, self.spans, columns, framework, now.method)
        if found is not None:
            return rule.join(found.told[:, places], weights, found.read[:, places])
        count = len(framework.indicators)
        values = expect_intensity(part.tellings, columns, framework.top_severity, count)
        return rule.join(values[:, places], weights)

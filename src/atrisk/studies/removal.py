"""Removal: what a score is without some rows of its evidence, for many sets of rows.

A factor hangs on its own rows alone, so it is measured once for all sets that take the same of
them away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import expect_intensity
from atrisk.scoring.readings import measure_readings
from atrisk.scoring.tellings import Tellings

Floats = NDArray[np.float64]
Items = frozenset[int]
_TOGETHER = 64  # subsets of a factor's rows that are measured side by side: they stay in the cache


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """The tellings of one factor, and where they stand among all."""

    code: str
    tellings: Tellings
    places: NDArray[np.int64]
    items: Items


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
            _select(code, tellings, np.flatnonzero(bears == place))
            for place, code in enumerate(factors)
        ]
        self.known: dict[tuple[str, Items, int, int], Floats] = {}

    def score(self, sets: Sequence[Iterable[int]], months: slice) -> Floats:
        """Return the overall scores without each set of items, sets x months."""
        first, last, _ = months.indices(len(self.assessment.months))
        gone = [frozenset(one) for one in sets]
        factors = np.empty((len(gone), last - first, len(self.parts)))
        for column, part in enumerate(self.parts):
            keys = [(part.code, one & part.items, first, last) for one in gone]
            self._measure(part, dict.fromkeys(key for key in keys if key not in self.known))
            for place, key in enumerate(keys):
                factors[place, :, column] = self.known[key]
        flat, hierarchy = factors.reshape(-1, len(self.parts)), self.assessment.hierarchy
        crimes = [hierarchy.join_crime(code, flat) for code in hierarchy.columns]
        return np.asarray(np.max(crimes, axis=0)).reshape(len(gone), -1)

    def _measure(self, part: _Part, keys: Iterable[tuple[str, Items, int, int]]) -> None:
        """Measure a factor without each of some sets of its rows, and remember it."""
        waiting = list(keys)
        for begin in range(0, len(waiting), _TOGETHER):
            some = waiting[begin : begin + _TOGETHER]
            shown = self.assessment.intensity.probability[part.places, some[0][2] : some[0][3]]
            columns = np.repeat(shown[:, None, :], len(some), axis=1)
            for place, (_, gone, _, _) in enumerate(some):
                columns[np.isin(part.tellings.item, list(gone)), place] = 0.0
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


def _select(code: str, tellings: Tellings, places: NDArray[np.int64]) -> _Part:
    """Return some tellings, whole groups of them, numbered anew."""
    groups, group = np.unique(tellings.group[places], return_inverse=True)
    mine = replace(
        tellings,
        item=tellings.item[places],
        unit=tellings.unit[places],
        indicator=tellings.indicator[places],
        severity=tellings.severity[places],
        group=group,
        starts=np.searchsorted(group, np.arange(len(groups))),
        mitigating=tellings.mitigating[groups],
        owner=tellings.owner[groups],
    )
    return _Part(code, mine, places, frozenset(mine.item.tolist()))

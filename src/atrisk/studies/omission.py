"""Omission: what is left of an assessment without an indicator, a factor or a document.

Without an indicator, a source or a publisher, what it tells becomes unknown; without a factor,
the crimes are joined from the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.edits import change_method
from atrisk.cases.scenario import Changes
from atrisk.frameworks.method import Method, WeightSet
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import summarise_alarm
from atrisk.scoring.run import assess, assess_kept
from atrisk.scoring.view import View

_FIGURES = ("first_alarm", "months_in_alarm", "peak_month", "peak", "mean_score")


class Omissions:
    """A case that is assessed again and again, with something left out or scaled.

    Attributes:
        parts: kind and name of everything that can be left out.
    """

    def __init__(self, base: Assessment) -> None:
        case, framework = base.case, base.framework
        self.case, self.framework, self.base = case, framework, base
        told = {code for item in case.evidence for code in item.indicators}
        told_by = (case.source_by_id[item.source] for item in case.evidence)
        publishers = {source.shown("publisher") for source in told_by}
        self.parts = [
            *(("indicator", code) for code in framework.indicators if code in told),
            *(("factor", code) for code in framework.factors),
            *(
                ("source", s.id)
                for s in case.in_order.sources
                if any(e.source == s.id for e in case.evidence)
            ),
            *(("publisher", name) for name in sorted(publishers)),
        ]

    def leave_out(self) -> Iterator[Row]:
        """Yield what is left without each part, beside the base."""
        before = _measure(self.base)
        for kind, name in self.parts:
            after = _measure(self._without(kind, name))
            yield {"left_out": kind, "name": name} | _compare(before, after)

    def _without(self, kind: str, name: str) -> Assessment | None:
        if kind == "factor":
            old = self.base.method.weights
            weights = WeightSet(f"{old.id} without {name}", {**old.weights, name: 0.0}, {})
            return assess_kept(self.base, weights=weights)
        return assess_kept(self.base, self._tells_of_another(kind, name))

    def _tells_of_another(self, kind: str, name: str) -> NDArray[np.bool_]:
        """Return which tellings are not of an indicator, a source or a publisher."""
        tellings = self.base.intensity.tellings
        if kind == "indicator":
            return tellings.indicator != list(self.framework.indicators).index(name)
        sources = {
            source.id
            for source in self.case.sources
            if name == (source.id if kind == "source" else source.shown("publisher"))
        }
        gone = np.array([item.source in sources for item in tellings.items])
        return ~gone[tellings.item]

    def scale_half_lives(self) -> Iterator[Row]:
        """Yield what shorter and longer half-lives give, beside the base."""
        before = _measure(self.base)
        for factor in self.framework.uncertainty.half_life_factors:
            scaled = change_method(self.framework, self.base.method, Changes(half_lives=factor))
            yield {"half_lives": factor} | _compare(
                before, _measure(self._assess(self.case, scaled))
            )

    def _assess(self, case: Case, method: Method) -> Assessment | None:
        try:
            view = View(**{**self.base.view, "method": method, "weights": None})
            return assess(case, self.framework, **view)
        except RequestError:
            return None  # nothing is left: told as such, not as zero


def _measure(assessment: Assessment | None) -> Row:
    return dict.fromkeys(_FIGURES) if assessment is None else summarise_alarm(assessment)


def _compare(before: Row, after: Row) -> Row:
    changes = {
        f"{name}_change": None if after[name] is None else after[name] - before[name]
        for name in ("months_in_alarm", "peak", "mean_score")
    }
    return after | changes

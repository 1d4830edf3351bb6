"""Variation: what of a case and its method may be otherwise, ready to be drawn many times.

A ``Variation`` holds everything that draws need as plain arrays, so that it can be sent to another
process. What is not varied is held where an assessment holds it: a claim at its probability, a
severity as coded, a date at its middle day, a weight at its set's, a branch at its choice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.case import Case
from atrisk.errors import RequestError, UnknownNameError
from atrisk.evidence import Audience, Evidence, Search, began, ended, knowledge_day
from atrisk.framework import Framework
from atrisk.intensity import Tellings, gather
from atrisk.kernel import sampling
from atrisk.kernel.propagation import Draws, Model, Owner, Part, Telling
from atrisk.knowledge import View
from atrisk.method import GradeRow, Method, WeightSet
from atrisk.scoring import join_rule
from atrisk.uncertainty import Uncertainty

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Kind = Literal["truth", "severity", "dates", "half_lives", "weights", "branches"]
KINDS: tuple[Kind, ...] = ("truth", "severity", "dates", "half_lives", "weights", "branches")
SCORING = ("grade", "persistence", "factor_aggregation", "crime_aggregation", "weights")
NATURES = ("structural", "dynamic", "trigger")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, eq=False, slots=True)
class Spans:
    """First and last day of when each item began and ended, and the months that are scored.

    Attributes:
        began, ended: day numbers, items x 2.
        events: whether an item is over within its day, so that it ends when it began.
        cuts: last day of each row.
    """

    began: Integers
    ended: Integers
    events: NDArray[np.bool_]
    cuts: Integers

    def rows(self, days: Integers) -> Integers:
        """Return the first row in which a day has come; the number of rows if it has in none."""
        return np.searchsorted(self.cuts, days)

    def months(self, days: Integers) -> Integers:
        """Return the row of the month that holds a day; it may lie before or after all rows."""
        return _months(days) - _months(self.cuts[:1])


@dataclass(frozen=True, eq=False, slots=True)
class Variation:
    """What may be drawn.

    Attributes:
        model: what no draw changes.
        probability: of each item by grade option; options x items.
        claim, block: claim of each item; source of each claim.
        severity: as coded, by item.
        spans: dates of the items.
        first: first row that may count each item.
        half_lives: in months; options of persistence x natures.
        indicator_weights, factor_weights: with mean 1; options of weights x indicators, factors.
        beliefs: in each option of the branches in ``SCORING``.
        uncertainty: how far things may be off.
        vary: kinds that are drawn.
    """

    model: Model
    probability: Floats
    claim: Integers
    block: Integers
    severity: Integers
    spans: Spans
    first: Integers
    half_lives: Floats
    indicator_weights: Floats
    factor_weights: Floats
    beliefs: Mapping[str, Floats]
    uncertainty: Uncertainty
    vary: frozenset[str]

    def sample(self, generator: Generator, draws: int, *, in_order: bool = True) -> Draws:
        """Draw everything that varies.

        Args:
            generator: of the draws.
            draws: how many, 1 or more.
            in_order: whether equal options of a branch may stand side by side.
        """
        option = self._sample_options(generator, draws, in_order)
        began, end = self._sample_dates(generator, draws)
        return Draws(
            truth=self._sample_truth(generator, option["grade"]),
            severity=self._sample_severity(generator, draws),
            began=began,
            ended=end,
            half_life=self._sample_half_lives(generator, option["persistence"]),
            indicator_weights=self._sample_weights(
                generator, self.indicator_weights[option["weights"]].T
            ),
            factor_weights=self._sample_weights(
                generator, self.factor_weights[option["weights"]].T
            ),
            factor_rule=option["factor_aggregation"],
            crime_rule=option["crime_aggregation"],
        )

    def _sample_options(
        self, generator: Generator, draws: int, in_order: bool
    ) -> dict[str, Integers]:
        drawn = {
            branch: sampling.draw_options(generator, belief, draws, in_order=False)
            for branch, belief in self.beliefs.items()
        }
        if in_order:  # the two rules that join: the costly one in whole stretches
            order = np.lexsort((drawn["crime_aggregation"], drawn["factor_aggregation"]))
            for branch in ("factor_aggregation", "crime_aggregation"):
                drawn[branch] = drawn[branch][order]
        return drawn

    def _sample_truth(self, generator: Generator, grade: Integers) -> NDArray[np.float32]:
        if "truth" not in self.vary:
            return self.probability.T[:, grade].astype(np.float32)
        correlation = self.uncertainty.source_correlation.correlation
        truth = sampling.draw_truth(
            generator, self.probability, grade, self.claim, self.block, correlation
        )
        return truth.astype(np.float32)

    def _sample_severity(self, generator: Generator, draws: int) -> NDArray[np.int8]:
        error = self.uncertainty.severity_error
        varied = "severity" in self.vary
        return sampling.draw_severity(
            generator,
            self.severity,
            draws,
            lower=error.lower * varied,
            higher=error.higher * varied,
            top=self.model.top,
        )

    def _sample_dates(
        self, generator: Generator, draws: int
    ) -> tuple[tuple[Integers | None, ...], tuple[Integers | int, ...]]:
        spans = self.spans
        starts, ends = self._narrow(spans.began), self._narrow(spans.ended)
        rows, months = spans.rows(starts), spans.months(starts)
        last = np.where(spans.events[:, None], months, spans.months(ends))
        begun: list[Integers | None] = [None] * len(rows)
        over: list[Integers | int] = last[:, 1].tolist()
        late = rows[:, 1] > self.first
        for item in np.flatnonzero(late | (spans.events & (months[:, 0] < months[:, 1]))):
            days = sampling.draw_days(generator, starts[item, :1], starts[item, 1:], draws)[0]
            begun[item] = spans.rows(days) if late[item] else None
            if spans.events[item]:
                over[item] = spans.months(days)
        for item in np.flatnonzero(~spans.events & (last[:, 0] < last[:, 1])):
            days = sampling.draw_days(generator, ends[item, :1], ends[item, 1:], draws)[0]
            over[item] = spans.months(days)
        return tuple(begun), tuple(over)

    def _narrow(self, days: Integers) -> Integers:
        if "dates" in self.vary:
            return days
        return np.repeat(days.sum(axis=1, keepdims=True) // 2, 2, axis=1)

    def _sample_half_lives(
        self, generator: Generator, persistence: Integers
    ) -> NDArray[np.float32]:
        spread = self.uncertainty.half_life_spread.factor if "half_lives" in self.vary else 1.0
        factors = sampling.draw_factors(generator, spread, (len(NATURES), len(persistence)))
        return (self.half_lives[persistence].T * factors).astype(np.float32)

    def _sample_weights(self, generator: Generator, centre: Floats) -> NDArray[np.float32]:
        spread = self.uncertainty.weight_spread.concentration
        return sampling.draw_weights(
            generator, centre, spread if "weights" in self.vary else np.inf
        )


def prepare_variation(
    case: Case,
    framework: Framework,
    method: Method,
    view: View,
    audience: Audience | None,
    *,
    uncertainty: Uncertainty,
    vary: Iterable[str],
    held: Iterable[str] = (),
) -> Variation:
    """Make everything ready that draws need.

    Args:
        case, framework: what is scored.
        method: the choices that are held.
        view: the months, and from when each is looked at.
        audience: whose knowledge counts; None for anybody's.
        uncertainty: how far things may be off.
        vary: kinds that are drawn, from ``KINDS``.
        held: branches that keep the method's choice though branches are varied.

    Raises:
        UnknownNameError: no such kind.
        RequestError: nothing varies, or nothing was known.
    """
    kinds = _check_kinds(vary)
    tellings = gather(case, framework)
    first, spans = _read_spans(tellings, case, view, audience)
    if (first >= len(view.cuts)).all():
        raise RequestError(f"nothing in {case.id} was known by {view.days[-1]}; choose a later day")
    varied = set(SCORING) - set(held) if "branches" in kinds else set()
    options = {
        branch: _list_options(framework, method, branch, branch in varied) for branch in SCORING
    }
    settled = {branch: [value for value, _ in options[branch]] for branch in SCORING}
    claim = _number(_claim(item) for item in tellings.items)
    probability = _grade(tellings.items, case, settled["grade"])
    return Variation(
        model=_build_model(tellings, framework, settled, first, len(view.cuts)),
        probability=probability,
        claim=claim,
        block=_find_blocks(tellings.items, claim, probability[0]),
        severity=np.array([getattr(item, "severity", 0) for item in tellings.items]),
        spans=spans,
        first=first,
        half_lives=np.array([[getattr(o, n) for n in NATURES] for o in settled["persistence"]]),
        indicator_weights=_centre(settled["weights"], framework.indicators),
        factor_weights=_centre(settled["weights"], framework.factors),
        beliefs={branch: np.array([belief for _, belief in options[branch]]) for branch in SCORING},
        uncertainty=uncertainty,
        vary=kinds,
    )


def _check_kinds(vary: Iterable[str]) -> frozenset[str]:
    kinds = frozenset([vary] if isinstance(vary, str) else vary)
    for kind in sorted(kinds):
        if kind not in KINDS:
            raise UnknownNameError("kind of uncertainty", kind, KINDS)
    if not kinds:
        raise RequestError(f"nothing is to vary; name some of {', '.join(KINDS)}")
    return kinds


def _list_options(
    framework: Framework, method: Method, branch: str, varied: bool
) -> list[tuple[Any, float]]:
    """Return what the options of a branch stand for, with the belief in each."""
    if not varied:
        return [(getattr(method, branch), 1.0)]
    tables: Mapping[str, Any] = {
        "grade": framework.grades,
        "weights": framework.weight_sets,
    }.get(branch, {})
    options = getattr(framework.header.branches, branch).options
    return [(tables.get(option.id, option), option.weight) for option in options]


def _read_spans(
    tellings: Tellings, case: Case, view: View, audience: Audience | None
) -> tuple[Integers, Spans]:
    """Return the first row that may count each item, and when each began and ended."""
    items = [(item, case.source_by_id[item.source]) for item in tellings.items]
    beyond = view.cuts[-1] + timedelta(days=1)
    spans = Spans(
        began=_ordinals(began(item, source) for item, source in items),
        ended=_ordinals(ended(item, source) or (beyond, beyond) for item, source in items),
        events=np.array([item.end is None for item, _ in items]),
        cuts=np.array([cut.toordinal() for cut in view.cuts]),
    )
    learnt = np.array([knowledge_day(*pair, audience).toordinal() for pair in items])
    known = np.searchsorted([day.toordinal() for day in view.days], learnt)
    return np.maximum(known, spans.rows(spans.began[:, 0])), spans


def _build_model(
    tellings: Tellings,
    framework: Framework,
    settled: Mapping[str, list[Any]],
    first: Integers,
    rows: int,
) -> Model:
    owners = _list_owners(tellings, framework, first, rows)
    factors = list(framework.factors)
    bears = [
        [place for place, owner in enumerate(owners) if owner.indicator in members]
        for members in framework.members.values()
    ]
    crimes = [[factors.index(code) for code in crime.factors] for crime in framework.crimes]
    return Model(
        rows=rows,
        top=framework.top_severity,
        owners=owners,
        factors=tuple(
            Part(tuple(places), members)
            for places, members in zip(bears, framework.members.values(), strict=True)
        ),
        crimes=tuple(Part(tuple(places), tuple(places)) for places in crimes),
        factor_rules=tuple(join_rule(option) for option in settled["factor_aggregation"]),
        crime_rules=tuple(join_rule(option) for option in settled["crime_aggregation"]),
    )


def _list_owners(
    tellings: Tellings, framework: Framework, first: Integers, rows: int
) -> tuple[Owner, ...]:
    natures = [NATURES.index(item.nature) for item in framework.indicators.values()]
    claims: dict[int, tuple[list[tuple[Telling, ...]], list[tuple[Telling, ...]]]] = {}
    for group, start in enumerate(tellings.starts):
        stop = [*tellings.starts, len(tellings.item)][group + 1]
        owner = int(tellings.owner[group])
        told = tuple(
            Telling(int(item), natures[owner], int(first[item]))
            for item in tellings.item[start:stop]
            if first[item] < rows and tellings.severity[start] > 0
        )
        if told:
            sides = claims.setdefault(owner, ([], []))
            sides[bool(tellings.mitigating[group])].append(told)
    return tuple(
        Owner(owner, tuple(up), tuple(down)) for owner, (up, down) in sorted(claims.items())
    )


def _grade(
    items: Iterable[Evidence | Search], case: Case, tables: list[Mapping[str, GradeRow]]
) -> Floats:
    """Return each item's probability under each table of grades."""
    grades = [
        f"{case.source_by_id[i.source].reliability}{getattr(i, 'credibility', 1)}" for i in items
    ]
    return np.array([[table[grade].probability for grade in grades] for table in tables])


def _find_blocks(
    items: Iterable[Evidence | Search], claim: Integers, probability: Floats
) -> Integers:
    """Return the source of each claim's most probable telling, which the claim errs with."""
    sources = _number(item.source for item in items)
    block = np.zeros(claim.max() + 1, dtype=np.int64)
    for item in np.argsort(probability, kind="stable"):
        block[claim[item]] = sources[item]
    return block


def _claim(item: Evidence | Search) -> tuple[str, str]:
    return item.claim_key if isinstance(item, Evidence) else ("search", item.id)


def _number(names: Iterable[Hashable]) -> Integers:
    """Number names in the order in which they come."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names])


def _centre(sets: Iterable[WeightSet], codes: Iterable[str]) -> Floats:
    """Return the weights of some codes under each set, with mean 1."""
    weights = np.array([[one.weights[code] for code in codes] for one in sets])
    return weights / weights.mean(axis=1, keepdims=True)


def _ordinals(spans: Iterable[tuple[date, date]]) -> Integers:
    return np.array([[first.toordinal(), last.toordinal()] for first, last in spans])


def _months(days: Integers) -> Integers:
    """Return the months since 1970 of day numbers."""
    return (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

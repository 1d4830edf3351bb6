"""Preparation: a case, a framework and a method into what can be drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.base.levels import KINDS
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience, Evidence, Search, began, ended, knowledge_day
from atrisk.ensemble.variation import NATURES, SCORING, Spans, Variation
from atrisk.frameworks.branches import GradeRow, Method, WeightSet
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.uncertainty import Uncertainty, choose_uncertainty, read_uncertainty
from atrisk.kernel.propagation import Model, Owner, Part, Telling
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import Tellings, gather
from atrisk.scoring.scores import join_rule
from atrisk.scoring.view import View, read_view

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def vary_around(
    base: Assessment,
    *,
    knowledge: str | date,
    method: Method | Mapping[str, str] | None,
    uncertainty: Mapping[str, str] | None,
    vary: Iterable[str],
    weights: str | WeightSet | None = None,
) -> Variation:
    """Make everything ready to be drawn around an assessment.

    Args:
        base: the assessment.
        knowledge, method, weights: what it was made with; a branch that they settle is held.
        uncertainty: options chosen otherwise, by question.
        vary: kinds that are drawn, from ``KINDS``.

    Raises:
        DataError: the framework has no ``uncertainty.toml``.
        UnknownNameError: no such question, option or kind.
        RequestError: nothing varies.
    """
    header = read_uncertainty(base.framework.folder)
    settled = base.method.choices if isinstance(method, Method) else method or {}
    return prepare_variation(
        base.case,
        base.framework,
        base.method,
        read_view(base.case, knowledge),
        base.audience,
        uncertainty=choose_uncertainty(header, uncertainty),
        vary=vary,
        held={*settled, *(() if weights is None else ("weights",))},
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
        block=_find_blocks(tellings.items, claim, first, probability[0]),
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
    items: Iterable[Evidence | Search], claim: Integers, first: Integers, probability: Floats
) -> Integers:
    """Return the source that each claim errs with: that of its first telling, so that no later one
    changes a month before it; of several at once, that of the most probable.
    """
    sources = _number(item.source for item in items)
    block = np.zeros(claim.max() + 1, dtype=np.int64)
    for item in np.lexsort((probability, -first)):
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

"""Model: a case, a framework and a method into what can be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.ensemble.variation import KINDS, NATURES, Variation
from atrisk.frameworks.branches import SCORING
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method, WeightSet
from atrisk.frameworks.uncertainty import choose_uncertainty
from atrisk.kernel.propagation import Model, Part
from atrisk.kernel.told import Owner, Telling
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import renew
from atrisk.scoring.scores import find_specific
from atrisk.scoring.tellings import Spans, Tellings, number
from atrisk.scoring.view import Outlook, find_held

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def vary_around(
    base: Assessment, *, uncertainty: Mapping[str, str] | None, vary: Iterable[str]
) -> Variation:
    """Make everything ready to be drawn around an assessment.

    Args:
        base: the assessment; the branches that its view settles are held.
        uncertainty: options chosen otherwise, by question.
        vary: kinds that are drawn, from ``KINDS``.

    Raises:
        DataError: the framework has no ``uncertainty.toml``.
        UnknownNameError: no such question, option or kind.
        RequestError: nothing varies, or nothing was known.
    """
    kinds, case, framework, method = _check_kinds(vary), base.case, base.framework, base.method
    chosen = choose_uncertainty(framework.uncertainty, uncertainty)
    tellings = base.intensity.tellings
    spans = base.intensity.dates.see(base.outlook.cuts)
    if method.persistence.fades_from == "known":
        spans = renew(spans)
    first = _find_first(spans, base.outlook)
    if (first >= len(base.months)).all():
        day = base.outlook.days[-1]
        raise RequestError(f"nothing in {case.id} was known by {day}; choose a later day")
    varied = set(SCORING) - find_held(framework, base.view) if "branches" in kinds else set()
    options = {
        branch: _list_options(framework, method, branch, branch in varied) for branch in SCORING
    }
    settled = {branch: [value for value, _ in options[branch]] for branch in SCORING}
    _check_one_scale(settled)
    probability = np.array([tellings.grade(table) for table in settled["grade"]])
    return Variation(
        model=_build_model(tellings, framework, settled, (first, spans.learnt), len(base.months)),
        probability=probability,
        claim=tellings.claim,
        block=_find_blocks(tellings, first, probability[0]),
        severity=tellings.unit_severity,
        spans=spans,
        first=first,
        half_lives=np.array([[getattr(o, n) for n in NATURES] for o in settled["persistence"]]),
        indicator_weights=_centre(settled["weights"], framework.indicators),
        factor_weights=_centre(settled["weights"], framework.factors),
        beliefs={branch: np.array([belief for _, belief in options[branch]]) for branch in SCORING},
        uncertainty=chosen,
        vary=kinds,
    )


def _check_one_scale(settled: Mapping[str, list[Any]]) -> None:
    """Refuse to draw between methods whose scores are of different scales.

    Raises:
        RequestError: naming the branch that is to be settled.
    """
    kinds = {
        "factor_aggregation": {one.arithmetic.estimates for one in settled["factor_aggregation"]},
        "crime_aggregation": {one.specific_share for one in settled["crime_aggregation"]},
        "persistence": {one.fades_from for one in settled["persistence"]},
    }
    for branch, found in kinds.items():
        if len(found) > 1:
            raise RequestError(
                f"the options of {branch} are of different scales, so no draw may mix them; settle "
                f"it, such as method={{'{branch}': '...'}}, or give some of them the weight 0"
            )


def _find_first(spans: Spans, outlook: Outlook) -> Integers:
    """Return the first row that may count each item: it is known by then, and may have begun."""
    known = np.searchsorted([day.toordinal() for day in outlook.days], spans.learnt)
    return np.maximum(known, spans.rows(spans.began[:, 0]))


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
    tables = framework.tables.get(branch, {})
    alternatives = framework.branches[branch].list_alternatives(method.choices[branch])
    return [(tables.get(option.id, option), option.weight) for option in alternatives]


def _build_model(
    tellings: Tellings,
    framework: Framework,
    settled: Mapping[str, list[Any]],
    known: tuple[Integers, Integers],
    rows: int,
) -> Model:
    estimates = any(option.arithmetic.estimates for option in settled["factor_aggregation"])
    owners = _list_owners(tellings, framework, known, rows, with_searches=estimates)
    bears = [
        [place for place, owner in enumerate(owners) if owner.indicator in members]
        for members in framework.members.values()
    ]
    crimes = [framework.columns(crime.factors) for crime in framework.crimes.values()]
    return Model(
        rows=rows,
        top=framework.top_severity,
        owners=owners,
        factors=tuple(
            Part(tuple(places), members)
            for places, members in zip(bears, framework.members.values(), strict=True)
        ),
        crimes=tuple(Part(tuple(places), tuple(places)) for places in crimes),
        factor_rules=tuple(option.arithmetic for option in settled["factor_aggregation"]),
        crime_rules=tuple(option.arithmetic for option in settled["crime_aggregation"]),
        unit_item=tellings.unit_item,
        apart=_find_apart(framework, settled["crime_aggregation"]),
        factor_scales=_list_scales(settled["factor_aggregation"]),
        crime_scales=_list_scales(settled["crime_aggregation"]),
    )


def _list_scales(options: list[Any]) -> tuple[tuple[float, float], ...]:
    """Return what brings options to one scale; one that is held stays on its own."""
    return tuple(option.scale for option in options) if len(options) > 1 else ()


def _find_apart(
    framework: Framework, options: list[Any]
) -> tuple[tuple[NDArray[np.bool_], ...], float] | None:
    """Return which factors are each crime's own, if the method counts them apart."""
    shares = {option.specific_share for option in options}
    if shares == {None}:
        return None
    (share,) = shares  # a share that only some options have is no branch of the others
    own = tuple(find_specific(framework, crime) for crime in framework.crimes.values())
    return own, float(share)


def _list_owners(
    tellings: Tellings,
    framework: Framework,
    known: tuple[Integers, Integers],
    rows: int,
    *,
    with_searches: bool,
) -> tuple[Owner, ...]:
    """Return indicators with their claims, the telling that was known first the first of each."""
    natures = [NATURES.index(item.nature) for item in framework.indicators.values()]
    first, learnt = known
    sources = tellings.source
    claims: dict[int, tuple[list[tuple[Telling, ...]], ...]] = {}
    for group, (start, stop) in enumerate(tellings.bounds):
        owner, found = int(tellings.owner[group]), bool(tellings.severity[start] > 0)
        order = start + np.argsort(learnt[tellings.item[start:stop]], kind="stable")
        told = tuple(
            Telling(int(item), natures[owner], int(first[item]), int(unit), int(sources[item]))
            for item, unit in zip(tellings.item[order], tellings.unit[order], strict=True)
            if first[item] < rows and (found or with_searches)
        )
        if told:
            sides = claims.setdefault(owner, ([], [], []))
            sides[int(tellings.mitigating[group]) if found else 2].append(told)
    return tuple(Owner(owner, *map(tuple, sides)) for owner, sides in sorted(claims.items()))


def _find_blocks(tellings: Tellings, first: Integers, probability: Floats) -> Integers:
    """Return the source that each claim errs with: that of its first telling, so that no later one
    changes a month before it; of several at once, that of the most probable.
    """
    sources, claim = number(item.source for item in tellings.items), tellings.claim
    block = np.zeros(claim.max() + 1, dtype=np.int64)
    for item in np.lexsort((probability, -first)):
        block[claim[item]] = sources[item]
    return block


def _centre(sets: Iterable[WeightSet], codes: Iterable[str]) -> Floats:
    """Return the weights of some codes under each set, with mean 1."""
    weights = np.array([[one.weights[code] for code in codes] for one in sets])
    return weights / weights.mean(axis=1, keepdims=True)

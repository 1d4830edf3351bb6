"""Run: a case under a framework into an assessment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.cases.case import Case, check_codes
from atrisk.cases.evidence import AUDIENCES, Audience, Evidence, Search
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method, WeightSet
from atrisk.kernel.estimate import vary_estimate
from atrisk.kernel.rules import ShrunkenMean
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import Intensity, keep_tellings, measure_intensity, measure_tellings
from atrisk.scoring.scores import Hierarchy, Scores, name_bands, score_overall
from atrisk.scoring.seen import describe_limit, is_limited, see_case
from atrisk.scoring.tellings import date_items, gather
from atrisk.scoring.view import Outlook, View, read_outlook

Floats = NDArray[np.float64]


def assess(
    case: Case,
    framework: Framework,
    *,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    weights: str | WeightSet | Mapping[str, float] | None = None,
    method: Method | str | Mapping[str, Any] | None = None,
) -> Assessment:
    """Score a case month by month under a framework.

    By default a claim c is ``w = grade x persistence`` readings of its factor, ``e`` for what its
    source tells beside it, with ``v`` its expected severity over the top less what mitigates it:

        factor  = (n * prior + sum of e w v) / (n + sum of e w)
        crime   = half the mean of the common factors + half that of its own
        overall = the worst crime

    with a prior worth ``n`` readings and an interval for what was not read, the truth of claims and
    the coder (docs/method.md). ``method="v1"`` counts instead, as the first version did.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        knowledge: ``"contemporaneous"``, where each month uses only what was known by its last
            day; ``"retrospective"``, where it uses everything; or a day (``"2013-06-30"``, a month
            or a ``date``), for the whole series as it could be drawn on that day and up to it.
        audience: ``"public"``, ``"council"`` or ``"internal"`` to count only what it knew
            (everybody knows what is public); None counts what anybody knew.
        weights: id of a weight set, or one of your own; shorthand for the branch ``weights``.
        method: a ``Method``, or chosen options by branch, such as ``{"persistence": "long"}``.

    Returns:
        An ``Assessment`` of every month; no month uses what became known after its day.

    Raises:
        DataError: the evidence uses indicators that the framework does not have.
        RequestError: nothing was known by then, or the knowledge is not understood.
        UnknownNameError: no such audience, branch, option or weight set.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> now = atrisk.assess(case, framework)
        >>> now.months[0], now.months[-1], now.factors.shape
        ('2012-01', '2015-12', (48, 14))

    References:
        United Nations (2014), Framework of Analysis for Atrocity Crimes, A/70/741-S/2016/71.
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    if audience is not None and audience not in AUDIENCES:
        raise UnknownNameError("audience", str(audience), AUDIENCES)
    if case.framework is not framework:
        check_codes(case, framework)
    chosen = framework.settle(method, weights)
    outlook = read_outlook(case, knowledge)
    seen = see_case(case, outlook, audience)
    if not case.evidence and not (case.searches and is_limited(outlook, audience)):
        raise RequestError(f"{case.id} has no evidence, so there is nothing to score; add a row")
    measure = partial(measure_intensity, seen, framework, chosen, outlook, audience)
    intensity = measure() if seen.items else None
    if intensity is None or not intensity.known.any():
        known = f"known {describe_limit(outlook, audience)}".strip()
        raise RequestError(
            f"nothing in {case.id} was {known}; choose a later day or another audience"
        )
    view = View(knowledge=knowledge, audience=audience, method=method, weights=weights)
    return _join_up(
        intensity,
        measure,
        case=seen,
        framework=framework,
        method=chosen,
        view=view,
        outlook=outlook,
    )


def assess_outlook(assessment: Assessment, outlook: Outlook) -> Assessment:
    """Assess the same case alike in other months, or from other days of knowledge."""
    base = assessment
    found = base.intensity
    measure = partial(
        measure_tellings, found.tellings, found.dates, base.framework, base.method, outlook
    )
    return _join_up(
        measure(),
        measure,
        case=base.case,
        framework=base.framework,
        method=base.method,
        view=base.view,
        outlook=outlook,
    )


def assess_kept(
    assessment: Assessment,
    kept: NDArray[np.bool_] | None = None,
    weights: WeightSet | None = None,
) -> Assessment | None:
    """Assess without some tellings, or under other weights; None where ``assess`` would refuse.

    The case of what is returned is still the whole one: its scores are meant, not its rows.

    Args:
        assessment: from ``assess``.
        kept: which of ``assessment.intensity.tellings`` are left; None for all.
        weights: of factors; None for those that it has.
    """
    base, found, measure = assessment, assessment.intensity, assessment.measure
    if kept is not None:
        told = bool((found.tellings.severity[kept] > 0).any())  # a search alone has severity 0
        if not found.known[kept].any() or not (told or is_limited(base.outlook, base.audience)):
            return None
        measure = partial(keep_tellings, found, kept, base.framework, base.method, base.outlook)
        found = measure()
    return _join_up(
        found,
        measure,
        case=base.case,
        framework=base.framework,
        method=base.method.with_weights(weights) if weights else base.method,
        view=base.view,
        outlook=base.outlook,
    )


def _join_up(
    intensity: Intensity,
    measure: Callable[[], Intensity],
    *,
    case: Case,
    framework: Framework,
    method: Method,
    view: View,
    outlook: Outlook,
) -> Assessment:
    """Join intensities into everything that an assessment holds."""
    hierarchy = Hierarchy(framework, method)
    by_indicator = Scores(intensity.point, intensity.low, intensity.high, intensity.assessed)
    by_factor = hierarchy.score_factors(by_indicator, intensity.readings)
    by_crime = hierarchy.score_crimes(by_indicator, by_factor)
    worst = np.argmax([scores.point for scores in by_crime.values()], axis=0)
    joined = Assessment(
        case=case,
        framework=framework,
        method=method,
        view=view,
        outlook=outlook,
        measure=measure,
        by_indicator=by_indicator,
        by_factor=by_factor,
        by_crime=by_crime,
        by_overall=score_overall(by_crime, by_indicator),
        worst_crimes=tuple(list(by_crime)[place] for place in worst),
    )
    vars(joined)["intensity"] = intensity  # which is measured already
    return joined


@dataclass(frozen=True, eq=False, repr=False)
class Rescored:
    """Scores of an assessment with some rows added or taken out, without what explains them.

    Attributes:
        base: the assessment.
        by_indicator, by_factor, by_crime, by_overall: as in ``Assessment``.
        touched: codes of the factors that the rows bear on; all others are those of the base.
    """

    base: Assessment
    by_indicator: Scores
    by_factor: Scores
    by_crime: Mapping[str, Scores]
    by_overall: Scores
    touched: tuple[str, ...]

    @property
    def factors(self) -> Floats:
        """Factor scores, months x factors."""
        return self.by_factor.point

    @property
    def overall(self) -> Floats:
        """Score of the worst crime in each month."""
        return self.by_overall.point

    @property
    def coverage(self) -> Floats:
        """Share of the framework's indicators on which evidence is current."""
        return self.by_overall.coverage

    @property
    def bands(self) -> tuple[str | None, ...]:
        """Band of each overall score; None where too little is covered to name one."""
        return name_bands(self.base.framework, self.base.method, self.by_overall)


def rescore(
    assessment: Assessment,
    add: Iterable[Evidence | Search] = (),
    drop: Iterable[str] = (),
) -> Rescored:
    """Score an assessment with some rows more or fewer, only where they bear on it.

    The factors that the rows bear on are scored anew from all of their rows; the others, and what
    their intervals rest on, are taken over, and crimes are joined from both.

    Args:
        assessment: from ``assess``.
        add: rows of evidence or searches, of sources that the case has.
        drop: ids of rows that are taken out; a row that changes is dropped and added.

    Returns:
        The scores, those of ``assess`` with these rows to 1e-12.

    Raises:
        UnknownNameError: there is no row to drop by that id, or no indicator or source of a row.
        RequestError: a row that is added has the id of one that stays, or nothing is left that was
            known.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> row = case.evidence[0]
        >>> without = rescore(now, drop=[row.id])
        >>> bool(abs(rescore(now, add=[row], drop=[row.id]).overall - now.overall).max() < 1e-12)
        True
    """
    require(assessment, Assessment, "make it with assess(case, framework)")
    gone, more = set(drop), tuple(add)
    moved = [item for item in assessment.case.items if item.id in gone] + list(more)
    _check_rows(assessment, gone, more)
    indicators = assessment.framework.indicators
    touched = {indicators[code].factor for item in moved for code in item.indicators}
    codes = {code for code, one in indicators.items() if one.factor in touched}
    part = _measure_part(assessment, gone, more, codes)
    _check_left(assessment, gone, more, part)
    return _replace_factors(assessment, part, touched)


def _check_rows(assessment: Assessment, gone: set[str], more: Iterable[Evidence | Search]) -> None:
    case, framework = assessment.case, assessment.framework
    known = {item.id for item in case.items}
    for name in sorted(gone - known):
        raise UnknownNameError("row", name, known)
    for item in more:
        if item.id in known - gone:
            raise RequestError(f"{case.id} has a row {item.id!r}; drop it, or choose another id")
        for code in item.indicators:
            if code not in framework.indicators:
                raise UnknownNameError("indicator", code, framework.indicators)
        if item.source and item.source not in case.source_by_id:
            raise UnknownNameError("source", item.source, case.source_by_id)


def _measure_part(
    assessment: Assessment, gone: set[str], more: tuple[Evidence | Search, ...], codes: set[str]
) -> Intensity | None:
    """Measure the intensities of some indicators from all rows on them; None if there is none."""
    base = assessment.case
    kept = [i for i in base.items if i.id not in gone and not codes.isdisjoint(i.indicators)]
    rows = [*kept, *more]
    evidence = tuple(item for item in rows if isinstance(item, Evidence))
    searches = tuple(item for item in rows if isinstance(item, Search))
    # Nothing but these and their sources is asked for.
    ledgers: dict[str, Any] = dict.fromkeys(base.tables.keys() - {"sources"}, ())
    some = replace(base, **ledgers | {"evidence": evidence, "searches": searches}, checked=True)
    case = see_case(some, assessment.outlook, assessment.audience)
    if not case.items:
        return None
    tellings = gather(case, assessment.framework, codes)
    found = assessment.intensity
    dates = date_items(tellings, case, assessment.audience, (found.tellings.items, found.dates))
    return measure_tellings(
        tellings, dates, assessment.framework, assessment.method, assessment.outlook
    )


def _check_left(
    assessment: Assessment,
    gone: set[str],
    more: tuple[Evidence | Search, ...],
    part: Intensity | None,
) -> None:
    """Refuse what leaves no evidence, or nothing that was known, as ``assess`` does."""
    items, old = assessment.intensity.tellings.items, assessment.intensity
    known = np.unique(old.tellings.item[old.known.any(axis=1)])
    if all(items[item].id in gone for item in known) and not (part and part.known.any()):
        raise RequestError(f"nothing that was known is left in {assessment.case.id}; drop less")
    left = any(one.id not in gone for one in assessment.case.evidence)
    told = left or any(isinstance(one, Evidence) for one in more)
    if not told and not is_limited(assessment.outlook, assessment.audience):
        raise RequestError(f"no evidence is left in {assessment.case.id}; drop less")


def _replace_factors(assessment: Assessment, part: Intensity | None, touched: set[str]) -> Rescored:
    """Return the scores with the indicators and factors of a part in the place of their own."""
    hierarchy, framework = assessment.hierarchy, assessment.framework
    places = [p for code in framework.factors if code in touched for p in hierarchy.members[code]]
    base, unseen = assessment.by_indicator, assessment.method.not_assessed.upper
    nothing = np.zeros((len(assessment.months), len(framework.indicators)))

    def put(old: Floats, new: Floats) -> Floats:
        found = old.copy()
        found[:, places] = new[:, places]
        return found

    by_indicator = Scores(
        put(base.point, part.point if part else nothing),
        put(base.low, part.low if part else nothing),
        put(base.high, part.high if part else nothing + unseen),
        put(base.coverage, part.assessed if part else nothing),
    )
    by_factor = _rescore_factors(assessment, by_indicator, part, touched, put)
    by_crime = hierarchy.score_crimes(by_indicator, by_factor)
    overall = score_overall(by_crime, by_indicator)
    codes = tuple(code for code in framework.factors if code in touched)
    return Rescored(assessment, by_indicator, by_factor, by_crime, overall, codes)


def _vary_unread(rule: ShrunkenMean, point: Floats) -> Floats:
    """Return the variance of a factor of which nothing was read."""
    none = np.zeros((0, len(point)))
    return vary_estimate(none, none, none, point, readings=rule.readings, spread=rule.spread)


def _rescore_factors(
    assessment: Assessment,
    by_indicator: Scores,
    part: Intensity | None,
    touched: set[str],
    put: Callable[[Floats, Floats], Floats],
) -> Scores:
    """Return the factors; of a method that estimates only those that are touched vary anew."""
    hierarchy, readings, doubt = (
        assessment.hierarchy,
        assessment.intensity.readings,
        assessment.by_factor.doubt,
    )
    if readings is None or doubt is None:
        return hierarchy.rescore_factors(assessment.by_factor, by_indicator, touched)
    own_readings, nothing = part.readings if part else None, np.zeros_like(readings.told)
    told = put(readings.told, own_readings.told if own_readings else nothing)
    read = put(readings.read, own_readings.read if own_readings else nothing)
    point, own = hierarchy.join_factors(told, read), doubt.own.copy()
    for place, code in enumerate(assessment.framework.factors):
        if code in touched:
            own[:, place] = (
                hierarchy.vary(own_readings, place, point)
                if own_readings
                else _vary_unread(readings.rule, point[:, place])
            )
    shared = hierarchy.share_doubt(readings.rule, own, read)
    coverage = hierarchy.cover_factors(by_indicator)
    return hierarchy.bound_factors(point, shared, coverage, readings.rule)

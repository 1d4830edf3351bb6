"""Run: a case under a framework into an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.cases.case import Case, check_codes
from atrisk.cases.evidence import AUDIENCES, Audience
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method, WeightSet
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.intensity import Intensity, measure_intensity, measure_tellings
from atrisk.scoring.scores import Hierarchy, Scores, score_overall
from atrisk.scoring.seen import describe_limit, is_limited, see_case
from atrisk.scoring.view import Outlook, View, read_outlook


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
    if seen.items:
        intensity = measure_intensity(seen, framework, chosen, outlook, audience)
    if not seen.items or not intensity.known.any():
        known = f"known {describe_limit(outlook, audience)}".strip()
        raise RequestError(
            f"nothing in {case.id} was {known}; choose a later day or another audience"
        )
    view = View(knowledge=knowledge, audience=audience, method=method, weights=weights)
    return _join_up(
        intensity, case=seen, framework=framework, method=chosen, view=view, outlook=outlook
    )


def assess_outlook(assessment: Assessment, outlook: Outlook) -> Assessment:
    """Assess the same case alike in other months, or from other days of knowledge."""
    base = assessment
    found = base.intensity
    intensity = measure_tellings(found.tellings, found.dates, base.framework, base.method, outlook)
    return _join_up(
        intensity,
        case=base.case,
        framework=base.framework,
        method=base.method,
        view=base.view,
        outlook=outlook,
    )


def _join_up(
    intensity: Intensity,
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
    by_crime = hierarchy.score_crimes(by_indicator, by_factor, intensity.readings)
    worst = np.argmax([scores.point for scores in by_crime.values()], axis=0)
    return Assessment(
        case=case,
        framework=framework,
        method=method,
        view=view,
        outlook=outlook,
        intensity=intensity,
        by_indicator=by_indicator,
        by_factor=by_factor,
        by_crime=by_crime,
        by_overall=score_overall(by_crime, by_indicator),
        worst_crimes=tuple(list(by_crime)[place] for place in worst),
    )

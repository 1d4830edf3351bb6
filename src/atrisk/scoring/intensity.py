"""Intensity: evidence into months x indicators, with what was known by then and no more.

An indicator's intensity is the expected severity of the worst condition in force, over the top of
the severity scale. A *telling* is one row of evidence on one indicator; the tellings of one claim
on one indicator form a *group*, which counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import Month
from atrisk.base.errors import RequestError
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience, Evidence, Search, began, ended, knowledge_day
from atrisk.frameworks.branches import GradeRow, Method
from atrisk.frameworks.framework import Framework
from atrisk.kernel.persistence import cumulate, persist, recall
from atrisk.kernel.severity import escape, exceed, expect_worst

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Tellings:
    """Every telling on every indicator, ordered so that a file's order never matters.

    Attributes:
        items: the evidence and searches of the case.
        item, indicator, severity: of each telling, the first two as positions; a search has
            severity 0.
        group: group of each telling; a group's tellings stand side by side.
        starts: first telling of each group.
        mitigating, owner: whether each group lowers the intensity, and of which indicator.
    """

    items: tuple[Evidence | Search, ...]
    item: Integers
    indicator: Integers
    severity: Integers
    group: Integers
    starts: Integers
    mitigating: NDArray[np.bool_]
    owner: Integers


@dataclass(frozen=True, eq=False, repr=False)
class Intensity:
    """Intensities with their bounds, and what an explanation needs.

    Attributes:
        tellings: what they rest on.
        probability: that each telling is true, known and still holds; tellings x months.
        known: whether each telling is known; tellings x months.
        point, low, high: months x indicators, in [0, 1].
        assessed: probability that some telling is still current; months x indicators.
    """

    tellings: Tellings
    probability: Floats
    known: NDArray[np.bool_]
    point: Floats
    low: Floats
    high: Floats
    assessed: Floats


def gather(case: Case, framework: Framework) -> Tellings:
    """List every telling of a case, by direction, indicator and claim.

    Raises:
        RequestError: the case holds no evidence.
    """
    if not case.evidence:
        raise RequestError(f"{case.id} has no evidence, so there is nothing to score; add a row")
    position = {code: place for place, code in enumerate(framework.indicators)}
    items: tuple[Evidence | Search, ...] = (*case.evidence, *case.searches)
    rows = sorted(
        (_mitigates(item), position[code], _claim(item), item.id, place)
        for place, item in enumerate(items)
        for code in item.indicators
    )
    keys = [row[:3] for row in rows]
    fresh = np.array([place == 0 or key != keys[place - 1] for place, key in enumerate(keys)])
    starts = np.flatnonzero(fresh)
    return Tellings(
        items=items,
        item=np.array([row[4] for row in rows]),
        indicator=np.array([row[1] for row in rows]),
        severity=np.array([getattr(items[row[4]], "severity", 0) for row in rows]),
        group=np.cumsum(fresh) - 1,
        starts=starts,
        mitigating=np.array([keys[start][0] for start in starts]),
        owner=np.array([keys[start][1] for start in starts]),
    )


def measure_intensity(
    case: Case,
    framework: Framework,
    method: Method,
    *,
    cuts: tuple[date, ...],
    knowledge: tuple[date, ...],
    audience: Audience | None,
) -> Intensity:
    """Score every month by what was known at its own day of knowledge.

    Args:
        case: whose evidence.
        framework: whose indicators, of which the case uses no others.
        method: grades, half-lives and the bound for what was not assessed.
        cuts: the last day of each month that is scored, in order.
        knowledge: the day on which each month is looked at.
        audience: whose knowledge counts; None for anybody's.

    Returns:
        Intensities of ``len(cuts)`` months; no month uses what became known after its day.
    """
    tellings = gather(case, framework)
    learnt = [knowledge_day(i, case.source_by_id[i.source], audience) for i in tellings.items]
    known = (_days(learnt)[:, None] <= _days(knowledge)[None, :])[tellings.item]
    current = np.where(known, _hold(tellings, framework, method, case, cuts), 0.0)
    grades = [_grade(item, case, method) for item in tellings.items]
    low, point, high = (
        np.array([getattr(grade, part) for grade in grades])[tellings.item, None] * current
        for part in ("low", "probability", "high")
    )
    lowers = tellings.mitigating[tellings.group][:, None]
    top, count = framework.top_severity, len(framework.indicators)
    assessed = _assess(tellings, current, count)
    # The three cases go through side by side: what costs is the number of groups, not of columns.
    worse, calmer = np.where(lowers, low, high), np.where(lowers, high, low)
    cases = expect_intensity(tellings, np.hstack([point, calmer, worse]), top, count)
    expected, least, most = np.split(cases, 3)
    unknown = (1.0 - assessed) * method.not_assessed.upper
    return Intensity(tellings, point, known, expected, least, most + unknown, assessed)


def exceed_at(intensity: Intensity, month: int, top: int) -> tuple[Floats, Integers]:
    """Return each group's probability by level in one month, and the telling that gives it.

    Returns:
        Probabilities and positions of tellings, both of shape ``(top, groups)``.
    """
    tellings = intensity.tellings
    now = intensity.probability[:, month]
    reached = exceed(now[:, None], tellings.severity, tellings.starts, top)[:, :, 0]
    able = tellings.severity >= np.arange(1, top + 1)[:, None]
    gives = able & (now == reached[:, tellings.group])
    place = np.where(gives, np.arange(len(now)), len(now))
    return reached, np.minimum.reduceat(place, tellings.starts, axis=1)


def expect_intensity(tellings: Tellings, probability: Floats, top: int, count: int) -> Floats:
    """Return the expected intensities, columns x indicators, of tellings x columns."""
    reached = exceed(probability, tellings.severity, tellings.starts, top)
    none = [
        escape(reached[:, side], tellings.owner[side], count)
        for side in (~tellings.mitigating, tellings.mitigating)
    ]
    return expect_worst(none[0], none[1]).T


def _assess(tellings: Tellings, current: Floats, count: int) -> Floats:
    by_group = np.maximum.reduceat(current, tellings.starts, axis=0)
    order = np.argsort(tellings.owner, kind="stable")
    return (1.0 - escape(by_group[order], tellings.owner[order], count)).T


def _hold(
    tellings: Tellings, framework: Framework, method: Method, case: Case, cuts: tuple[date, ...]
) -> Floats:
    """Return the probability that what each telling describes holds; tellings x months."""
    natures = np.array([indicator.nature for indicator in framework.indicators.values()])
    nature = natures[tellings.indicator][:, None]
    spans = _Spans.of(tellings.items, case, cuts)
    result = np.zeros((len(tellings.item), len(cuts)))
    for name in ("structural", "dynamic", "trigger"):
        held = spans.hold(getattr(method.persistence, name))
        result = np.where(nature == name, held[tellings.item], result)
    return result


@dataclass(frozen=True, eq=False, repr=False)
class _Spans:
    """When each item began and ended, spread over the days that its dates allow."""

    point: NDArray[np.bool_]  # whether each item is over within its day
    started: Floats  # probability of having begun, items x rows
    happened: Floats  # probability of each past month as the start, items x past months
    ended: Floats  # the same for the end
    lags: Integers  # months from each past month to each row

    @classmethod
    def of(cls, items: tuple[Evidence | Search, ...], case: Case, cuts: tuple[date, ...]) -> _Spans:
        sources = case.source_by_id
        beyond = cuts[-1] + timedelta(days=1)
        starts = [began(item, sources[item.source]) for item in items]
        ends = [ended(item, sources[item.source]) or (beyond, beyond) for item in items]
        rows = np.array([Month.of(cut).index for cut in cuts])
        oldest = min(Month.of(first).index for first, _ in ends)
        past = np.arange(min(oldest, rows[0]), rows[-1] + 1)
        # The last month may be seen only up to the cut.
        month_ends = [min(Month(int(index)).last_day, cuts[-1]) for index in past]
        return cls(
            np.array([item.end is None for item in items]),
            _come(starts, cuts),
            np.diff(_come(starts, month_ends), axis=1, prepend=0.0),
            np.diff(_come(ends, month_ends), axis=1, prepend=0.0),
            rows[None, :] - past[:, None],
        )

    def hold(self, half_life: float) -> Floats:
        """Return the probability that each item holds, items x rows."""
        lasting = self.started * persist(self.ended, self.lags, half_life)
        event = recall(self.happened, self.lags, half_life)
        return np.where(self.point[:, None], event, lasting)


def _come(spans: list[tuple[date, date]], cuts: Sequence[date]) -> Floats:
    first, last = zip(*spans, strict=True)
    return cumulate(_days(first), _days(last), _days(cuts))


def _grade(item: Evidence | Search, case: Case, method: Method) -> GradeRow:
    reliability = case.source_by_id[item.source].reliability
    # A search has no severity, so its grade is never used; it needs one all the same.
    credibility = item.credibility if isinstance(item, Evidence) else 1
    return method.grade[f"{reliability}{credibility}"]


def _mitigates(item: Evidence | Search) -> bool:
    return isinstance(item, Evidence) and item.direction == "mitigating"


def _claim(item: Evidence | Search) -> tuple[str, str]:
    return item.claim_key if isinstance(item, Evidence) else ("search", item.id)


def _days(days: Sequence[date]) -> Floats:
    return np.array([day.toordinal() for day in days], dtype=np.float64)

"""Intensity: evidence into months x indicators, with what was known by then and no more.

An indicator's intensity is the expected severity of the worst condition in force, over the top of
the severity scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import LONGEST, Month
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.kernel.persistence import cumulate, fade, persist
from atrisk.kernel.severity import escape, exceed, expect_worst, find_largest
from atrisk.scoring.readings import (
    Readings,
    drop_indicators,
    measure_readings,
    split_columns,
)
from atrisk.scoring.tellings import Dates, Spans, Tellings, date_items, gather
from atrisk.scoring.view import Outlook

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Intensity:
    """Intensities with their bounds, and what an explanation needs.

    Attributes:
        tellings: what they rest on.
        dates: when each item began, ended and became known.
        probability: that each telling is true, known and still holds; tellings x months.
        known: whether each telling is known; tellings x months.
        point, low, high: months x indicators, in [0, 1].
        assessed: probability that some telling is still current; months x indicators.
        readings: the claims as readings, if the method estimates from them.
    """

    tellings: Tellings
    dates: Dates
    probability: Floats
    known: NDArray[np.bool_]
    point: Floats
    low: Floats
    high: Floats
    assessed: Floats
    readings: Readings | None = None


def measure_intensity(
    case: Case,
    framework: Framework,
    method: Method,
    outlook: Outlook,
    audience: Audience | None,
) -> Intensity:
    """Score every month by what was known at its own day of knowledge.

    Args:
        case: whose evidence.
        framework: whose indicators, of which the case uses no others.
        method: grades, half-lives and the bound for what was not assessed.
        outlook: the months, and the day on which each is looked at.
        audience: whose knowledge counts; None for anybody's.

    Returns:
        Intensities by month; no month uses what became known after its day.
    """
    tellings = gather(case, framework)
    dates = date_items(tellings, case, audience)
    return measure_tellings(tellings, dates, framework, method, outlook)


def measure_tellings(
    tellings: Tellings, dates: Dates, framework: Framework, method: Method, outlook: Outlook
) -> Intensity:
    """Score every month as ``measure_intensity`` does, from tellings that are gathered already."""
    spans = dates.see(outlook.cuts)
    known = (spans.learnt[:, None] <= _ordinals(outlook.days)[None, :])[tellings.item]
    current = np.where(known, _hold(tellings, framework, method, spans), 0.0)
    assessed = _assess(tellings, current, len(framework.indicators))
    months = split_columns(*current.shape)
    ranges = [_expect_range(tellings, current[:, some], framework, method) for some in months]
    expected, least, most = (np.concatenate(parts) for parts in zip(*ranges, strict=True))
    unknown = (1.0 - assessed) * method.not_assessed.upper
    current *= tellings.grade(method.grade)[tellings.item, None]
    readings = measure_readings(tellings, spans, current, framework, method)
    return Intensity(
        tellings, dates, current, known, expected, least, most + unknown, assessed, readings
    )


def _expect_range(
    tellings: Tellings, current: Floats, framework: Framework, method: Method
) -> list[Floats]:
    """Return expected, least and most intensities in some months, months x indicators."""
    low, point, high = (
        tellings.grade(method.grade, part)[tellings.item, None] * current
        for part in ("low", "probability", "high")
    )
    lowers = tellings.mitigating[tellings.group][:, None]
    # The three cases go through side by side: what costs is the number of groups, not of columns.
    worse, calmer = np.where(lowers, low, high), np.where(lowers, high, low)
    columns = np.hstack([point, calmer, worse])
    cases = expect_intensity(tellings, columns, framework.top_severity, len(framework.indicators))
    return np.split(cases, 3)


def keep_tellings(
    intensity: Intensity,
    kept: NDArray[np.bool_],
    framework: Framework,
    method: Method,
    outlook: Outlook,
) -> Intensity:
    """Return the intensities without some tellings; an indicator with none left is unknown.

    Args:
        intensity: measured under the same framework, method and outlook.
        kept: which of its tellings are left, one at least.
        framework, method, outlook: as in ``measure_tellings``.
    """
    old, gone = intensity.tellings, np.unique(intensity.tellings.indicator[~kept])
    tellings = old.select(np.flatnonzero(kept))
    if np.isin(gone, tellings.indicator).any():
        return measure_tellings(tellings, intensity.dates, framework, method, outlook)
    # Indicators as a whole are gone, and what is told of one bears on no other.
    arrays = (intensity.point, intensity.low, intensity.high, intensity.assessed)
    point, low, high, assessed = (array.copy() for array in arrays)
    for array in (point, low, assessed):
        array[:, gone] = 0.0
    high[:, gone] = method.not_assessed.upper
    held, readings = intensity.probability[kept], intensity.readings
    if readings is not None:
        groups, spans = np.unique(old.group[kept]), intensity.dates.see(outlook.cuts)
        readings = drop_indicators(readings, groups, tellings, spans, held, gone=gone)
    return Intensity(
        tellings=tellings,
        dates=intensity.dates,
        probability=held,
        known=intensity.known[kept],
        point=point,
        low=low,
        high=high,
        assessed=assessed,
        readings=readings,
    )


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
    by_group = find_largest(current, tellings.starts)
    order = np.argsort(tellings.owner, kind="stable")
    return (1.0 - escape(by_group[order], tellings.owner[order], count)).T


def _hold(tellings: Tellings, framework: Framework, method: Method, spans: Spans) -> Floats:
    """Return the probability that what each telling describes holds; tellings x months."""
    natures = np.array([indicator.nature for indicator in framework.indicators.values()])
    nature = natures[tellings.indicator]
    seen = renew(spans) if method.persistence.fades_from == "known" else spans
    parts = [(some, _Holding.of(seen.take(some))) for some in _split_items(seen)]
    held = np.empty((len(seen.began), len(spans.cuts)))
    result = np.empty((len(tellings.item), len(spans.cuts)))
    for name in ("structural", "dynamic", "trigger"):
        for some, holding in parts:
            held[some] = holding.last(getattr(method.persistence, name))
        told = nature == name
        result[told] = held[tellings.item[told]]
    return result


def _split_items(spans: Spans) -> list[Integers]:
    """Return the items of which something is before the first month that is scored, and the others.

    Only the first must be looked at further back than the months.
    """
    first = date.fromordinal(int(spans.cuts[0])).replace(day=1).toordinal()
    early = np.minimum(spans.began, spans.ended).min(axis=1) < first
    return [some for some in (np.flatnonzero(early), np.flatnonzero(~early)) if some.size]


def renew(spans: Spans) -> Spans:
    """End each condition on the day on which it was last known to hold, if that is earlier."""
    last = np.maximum(spans.learnt, spans.began[:, 1])[:, None]
    ended = np.where(spans.events[:, None], spans.ended, np.minimum(spans.ended, last))
    return replace(spans, ended=ended)


@dataclass(frozen=True, eq=False, repr=False)
class _Holding:
    """When each item began and ended, spread over the days that its dates allow."""

    point: NDArray[np.bool_]  # whether each item is over within its day
    started: Floats  # probability of having begun, items x rows
    happened: Floats  # probability of each past month as the start, items x past months
    ended: Floats  # the same for the end
    past: Integers
    rows: Integers

    @classmethod
    def of(cls, spans: Spans) -> _Holding:
        last = date.fromordinal(int(spans.cuts[-1]))
        rows = np.array([Month.of(date.fromordinal(int(cut))).index for cut in spans.cuts])
        past = _list_past(spans, rows)
        # The last month may be seen only up to the cut.
        ends = _ordinals(min(Month(int(index)).last_day, last) for index in past)
        return cls(
            spans.events,
            _come(spans.began, spans.cuts),
            np.diff(_come(spans.began, ends), axis=1, prepend=0.0),
            np.diff(_come(spans.ended, ends), axis=1, prepend=0.0),
            past,
            rows,
        )

    def last(self, half_life: float) -> Floats:
        """Return the probability that each item holds, items x rows."""
        lasting = self.started * persist(self.ended, self.past, self.rows, half_life)
        event = fade(self.happened, self.past, self.rows, half_life)
        return np.where(self.point[:, None], event, lasting)


def _list_past(spans: Spans, rows: Integers) -> Integers:
    """Return the months from the first in which something ended to the last row.

    Where they go back by more than the doubt about any date, those in which nothing began or
    ended are left out: they would be most of two thousand years.
    """
    ends = np.stack([spans.began, spans.ended], axis=1)
    months = _count_months(np.minimum(ends, spans.cuts[-1]))
    past = np.arange(min(months[:, 1, 0].min(), rows[0]), rows[-1] + 1)
    if len(past) <= LONGEST + len(rows):
        return past
    used = np.zeros(len(past) + 1, dtype=np.int64)
    first, last = np.clip(months.reshape(-1, 2).T - past[0], 0, len(past) - 1)
    np.add.at(used, first, 1)
    np.add.at(used, last + 1, -1)
    return past[(np.cumsum(used)[:-1] > 0) | (past >= rows[0])]


def _count_months(days: Integers) -> Integers:
    """Return the months of days, as ``Month.index`` counts them."""
    since = np.datetime64("0001-01-01") + (days - 1).astype("timedelta64[D]")
    return since.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _come(span: Integers, days: Integers) -> Floats:
    first, last = span.T.astype(np.float64)
    return cumulate(first, last, days.astype(np.float64))


def _ordinals(days: Iterable[date]) -> Integers:
    return np.array([day.toordinal() for day in days])

"""Response levels: how much response stood on a day, and what of its promise was delivered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import ImpreciseDate, Month, Span
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Cited
from atrisk.cases.ledger import Delivery, Response, Stage
from atrisk.frameworks.branches import UNKNOWN_SHARE, ResponseLevelRow
from atrisk.gap.matching import group_deliveries
from atrisk.scoring.assessment import Assessment

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# By effect and instrument: low, point and high of each response, and its id.
Parts = dict[tuple[str, str], list[tuple[tuple[float, ...], str]]]
# The stages that have a level, the furthest first, each with the dates that show it.
_FURTHEST: dict[str, tuple[Stage, ...]] = {
    "deployed": ("deployed", "full_strength"),
    "decided": ("decided",),
    "proposed": ("proposed",),
}


@dataclass(frozen=True, slots=True)
class Level:
    """The response level on a day.

    Attributes:
        low, point, high: from 0 to 1.
        rests_on: id and level of the strongest response of each instrument; below 0 if it harms.
    """

    low: float
    point: float
    high: float
    rests_on: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Strength:
    """What was promised and what stood, and the row that tells it."""

    promised: float
    delivered: float
    told_by: Cited


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """A response on its way; days are counted as in ``date.toordinal``, a date by its middle.

    Attributes:
        response: whose way it is.
        reached: from which day on each stage of `_FURTHEST` is shown; without those never reached.
        arrived: the day on which money, people or the full strength first came; ``inf`` if never.
        begun: the day on which it was decided, paid or came, the first of them; ``inf`` if never.
        over: the day on which it ended; ``inf`` while it goes on.
        days, deliveries: what it told of its own strength, by day; of two of one day the first.
    """

    response: Response
    reached: dict[str, float]
    arrived: float
    begun: float
    over: float
    days: tuple[float, ...]
    deliveries: tuple[Delivery, ...]

    def list_levels(self, table: Mapping[str, ResponseLevelRow], days: Integers) -> Floats:
        """Return the level of the furthest stage that was reached by each day; 0 once it is over.

        Args:
            table: the level of each instrument and stage.
            days: counted as in ``date.toordinal``.
        """
        levels = np.zeros(len(days))
        for stage, when in reversed(self.reached.items()):
            row = table.get(f"{self.response.instrument} {stage}")
            levels[days >= when] = row.level if row else 0.0
        levels[days >= self.over] = 0.0
        return levels

    def strength(self, day: float) -> Strength | None:
        """Return what was promised and stood on a day; None if it is not on record by then."""
        told_by: Response | Delivery = self.response
        last = bisect_right(self.days, day)
        if last:
            told_by = self.deliveries[last - 1]
        elif self.days or self.arrived > day:
            return None  # what a response delivered in the end says nothing of the days before
        promised = told_by.promised or self.response.promised
        if not promised or told_by.delivered is None:
            return None
        return Strength(promised, told_by.delivered, told_by)


def list_courses(case: Case) -> tuple[Course, ...]:
    """Return the course of each response, by id."""
    deliveries = group_deliveries(case)
    return tuple(_follow(one, deliveries.get(one.id, ())) for one in case.in_order.responses)


def _follow(response: Response, deliveries: Iterable[Delivery]) -> Course:
    told: dict[float, Delivery] = {}
    for delivery in deliveries:
        told.setdefault(Span.of(delivery.date).middle, delivery)
    shown = {
        stage: _first(response.stage(name) for name in names) for stage, names in _FURTHEST.items()
    }
    came = (response.funded, response.deployed, response.full_strength)
    return Course(
        response,
        {stage: day for stage, day in shown.items() if day < inf},
        arrived=_first(came),
        begun=_first((response.decided, *came)),
        over=_first((response.ended,)),
        days=tuple(sorted(told)),
        deliveries=tuple(told[day] for day in sorted(told)),
    )


def _first(dates: Iterable[ImpreciseDate | None]) -> float:
    return min((Span.of(when).middle for when in dates if when), default=inf)


def measure_levels(
    courses: Sequence[Course], table: Mapping[str, ResponseLevelRow], days: Integers
) -> Iterator[Level]:
    """Yield the response level on each day and what it rests on.

    Of each instrument the strongest response in force counts, because two forces in one theatre
    are not two independent barriers; the instruments join as
    ``1 - prod(1 - level)``, protective and harmful apart, and
    ``response = protective * (1 - harmful)``.

    Args:
        courses: of the responses, by id (`list_courses`).
        table: the level of each instrument and stage, from 0 to 1.
        days: counted as in ``date.toordinal``.
    """
    levels = np.array([course.list_levels(table, days) for course in courses])
    for column, day in enumerate(days.tolist()):
        now = levels[:, column].tolist() if len(courses) else []
        counted = [(course, level) for course, level in zip(courses, now, strict=True) if level > 0]
        yield _measure_level(counted, table[UNKNOWN_SHARE].level, day)


def _measure_level(counted: Iterable[tuple[Course, float]], unknown: float, day: int) -> Level:
    """Return the response level on a day from the responses in force, each with its level."""
    parts: Parts = {}
    for course, level in counted:
        response = course.response
        if response.effect != "neutral":
            shares = tuple(level * share for share in _share(course, day, unknown))
            group = parts.setdefault((response.effect, response.instrument), [])
            group.append((shares, response.id))
    guard, harm = _join(parts, "protective"), _join(parts, "harmful")
    # What harms most protects least, so the bounds of the two sides cross.
    low, point, high = guard * (1 - harm[::-1])
    return Level(float(low), float(point), float(high), _name_strongest(parts))


def _join(parts: Parts, side: str) -> Floats:
    """Return low, point and high of one side, from the strongest of each instrument."""
    best = [
        np.max([level for level, _ in group], axis=0)
        for (effect, _), group in parts.items()
        if effect == side
    ]
    return np.asarray(1 - np.prod(1 - np.array([np.zeros(3), *best]), axis=0))


def _name_strongest(parts: Parts) -> tuple[tuple[str, float], ...]:
    """Name the response that sets the point of each instrument; what harms counts below zero."""
    named = []
    for (effect, _), group in parts.items():
        level, name = max(group, key=lambda part: (part[0][1], part[1]))
        if level[1] > 0:
            named.append((name, float(level[1]) * (-1 if effect == "harmful" else 1)))
    return tuple(named)


def _share(course: Course, day: int, unknown: float) -> tuple[float, float, float]:
    """Return low, point and high of the share of the promise that stands on a day.

    What protects civilians does so by its strength, so a force without one on record may be
    nothing or all; what has no strength counts in full.
    """
    strength = course.strength(day)
    if strength:
        share = course.response.share(strength.promised, strength.delivered)
        return (share, share, share)
    counted = course.response.promised or course.response.protects_civilians
    return (0.0, unknown, 1.0) if counted else (1.0, 1.0, 1.0)


def list_promises(case: Case, assessment: Assessment) -> Iterable[Row]:
    """Yield what was promised and delivered, for each response with a promise and each month."""
    for course in list_courses(case):
        response = course.response
        if not response.promised:
            continue
        for month in assessment.months:
            # No day after the last that the assessment sees.
            day = min(Month.parse(month).last_day, assessment.until).toordinal()
            if course.begun > day or course.over <= day:
                continue
            strength = course.strength(day)
            told_by = strength.told_by if strength else response
            yield {
                "month": month,
                "response": response.id,
                "unit": response.unit,
                "baseline": response.baseline,
                "promised": strength.promised if strength else response.promised,
                "delivered": strength.delivered if strength else None,
                "share": (
                    response.share(strength.promised, strength.delivered) if strength else None
                ),
                "quote": told_by.shown_quote,
                "locator": told_by.shown_place,
            }

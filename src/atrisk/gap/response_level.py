"""Response levels: how much response stood on a day, and what of its promise was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import Month, Span
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Cited
from atrisk.cases.ledger import Delivery, Response, Stage
from atrisk.frameworks.branches import UNKNOWN_SHARE, ResponseLevelRow
from atrisk.scoring.assessment import Assessment

Floats = NDArray[np.float64]
# By effect and instrument: low, point and high of each response, and its id.
Parts = dict[tuple[str, str], list[tuple[Floats, str]]]
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


def is_over(response: Response, day: int) -> bool:
    """Tell whether a response had ended by a day, counted as in ``date.toordinal``."""
    return response.ended is not None and Span.of(response.ended).middle <= day


def measure_level(case: Case, assessment: Assessment, day: int) -> Level:
    """Return the response level on a day and what it rests on.

    Of each instrument the strongest response in force counts, because two forces in one theatre
    are not two independent barriers; the instruments join as
    ``1 - prod(1 - level)``, protective and harmful apart, and
    ``response = protective * (1 - harmful)``.

    Args:
        case: whose responses and deliveries.
        assessment: whose method holds the levels.
        day: counted as in ``date.toordinal``.
    """
    table = assessment.method.response_level
    parts: Parts = {}
    for response in case.in_order.responses:
        level = _level(response, table, day)
        if level > 0 and response.effect != "neutral":
            shares = _share(response, case.in_order.deliveries, day, table[UNKNOWN_SHARE].level)
            group = parts.setdefault((response.effect, response.instrument), [])
            group.append((level * np.array(shares), response.id))
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


def _level(response: Response, table: Mapping[str, ResponseLevelRow], day: int) -> float:
    """Return the level of the furthest stage that a response has reached by a day."""
    if is_over(response, day):
        return 0.0
    for stage, dates in _FURTHEST.items():
        reached = [when for name in dates if (when := response.stage(name))]
        if any(Span.of(when).middle <= day for when in reached):
            row = table.get(f"{response.instrument} {stage}")
            return row.level if row else 0.0
    return 0.0


def _share(
    response: Response, deliveries: Iterable[Delivery], day: int, unknown: float
) -> tuple[float, float, float]:
    """Return low, point and high of the share of the promise that stands on a day.

    What protects civilians does so by its strength, so a force without one on record may be
    nothing or all; what has no strength counts in full.
    """
    strength = strength_on(response, deliveries, day)
    if strength:
        share = response.share(strength.promised, strength.delivered)
        return (share, share, share)
    counted = response.promised or response.protects_civilians
    return (0.0, unknown, 1.0) if counted else (1.0, 1.0, 1.0)


def strength_on(response: Response, deliveries: Iterable[Delivery], day: int) -> Strength | None:
    """Return what was promised and what stood on a day; None if it is not on record by then."""
    own = [d for d in deliveries if response.owns(d)]
    past = [d for d in own if Span.of(d.date).middle <= day]
    told_by: Response | Delivery = response
    if past:
        told_by = max(past, key=lambda d: Span.of(d.date).middle)
    elif own or not _has_arrived(response, day):
        return None  # what a response delivered in the end says nothing of the days before
    promised = told_by.promised or response.promised
    if not promised or told_by.delivered is None:
        return None
    return Strength(promised, told_by.delivered, told_by)


def _has_arrived(response: Response, day: int) -> bool:
    dates = (response.funded, response.deployed, response.full_strength)
    return any(Span.of(when).middle <= day for when in dates if when)


def list_promises(case: Case, assessment: Assessment) -> Iterable[Row]:
    """Yield what was promised and delivered, for each response with a promise and each month."""
    for response in case.in_order.responses:
        if not response.promised:
            continue
        stages = (response.decided, response.funded, response.deployed, response.full_strength)
        starts = [when for when in stages if when]
        begun = min((Span.of(w).middle for w in starts), default=None)
        for month in assessment.months:
            # No day after the last that the assessment sees.
            day = min(Month.parse(month).last_day, assessment.until).toordinal()
            if begun is None or begun > day or is_over(response, day):
                continue
            strength = strength_on(response, case.in_order.deliveries, day)
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

"""Response levels: how much response stood on a day, and what of its promise was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from atrisk.assessment import Assessment
from atrisk.case import Case
from atrisk.dates import Month
from atrisk.explanation import Row
from atrisk.ledger import Delivery, Response, Stage
from atrisk.matching import Span
from atrisk.method import ResponseLevelRow

Floats = NDArray[np.float64]
UNKNOWN_SHARE = "unknown share"  # the line of the table for a strength that is not on record
# The stages that have a level, the furthest first, each with the dates that show it.
_FURTHEST: dict[str, tuple[Stage, ...]] = {
    "deployed": ("deployed", "full_strength"),
    "decided": ("decided",),
    "proposed": ("proposed",),
}


def is_over(response: Response, day: int) -> bool:
    """Tell whether a response had ended by a day, counted as in ``date.toordinal``."""
    return response.ended is not None and Span.of(response.ended).middle <= day


def measure_level(case: Case, assessment: Assessment, day: int) -> tuple[float, float, float]:
    """Return low, point and high of the response level on a day.

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
    sides: dict[str, dict[str, Floats]] = {"protective": {}, "harmful": {}}
    for response in case.responses:
        level = _level(response, table, day)
        if level > 0 and response.effect in sides:
            shares = _share(response, case.deliveries, day, table[UNKNOWN_SHARE].level)
            best = sides[response.effect]
            now = level * np.array(shares)
            best[response.instrument] = np.maximum(best.get(response.instrument, 0.0), now)
    guard, harm = (
        1 - np.prod(1 - np.array([np.zeros(3), *side.values()]), axis=0) for side in sides.values()
    )
    # What harms most protects least, so the bounds of the two sides cross.
    low, point, high = guard * (1 - harm[::-1])
    return float(low), float(point), float(high)


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
        share = response.share(*strength)
        return (share, share, share)
    counted = response.promised or response.protects_civilians
    return (0.0, unknown, 1.0) if counted else (1.0, 1.0, 1.0)


def strength_on(
    response: Response, deliveries: Iterable[Delivery], day: int
) -> tuple[float, float] | None:
    """Return what was promised and what stood on a day; None if it is not on record."""
    own = [d for d in deliveries if response.owns(d)]
    past = [d for d in own if Span.of(d.date).middle <= day]
    if past:
        last = max(past, key=lambda d: Span.of(d.date).middle)
        promised, delivered = last.promised or response.promised, last.delivered
    else:
        promised, delivered = response.promised, None if own else response.delivered
    return (promised, delivered) if promised and delivered is not None else None


def list_promises(case: Case, assessment: Assessment) -> Iterable[Row]:
    """Yield what was promised and delivered, for each response with a promise and each month."""
    for response in case.responses:
        if not response.promised:
            continue
        stages = (response.decided, response.funded, response.deployed, response.full_strength)
        starts = [when for when in stages if when]
        begun = min((Span.of(w).middle for w in starts), default=None)
        for month in assessment.months:
            day = Month.parse(month).last_day.toordinal()
            if begun is None or begun > day or is_over(response, day):
                continue
            strength = strength_on(response, case.deliveries, day)
            yield {
                "month": month,
                "response": response.id,
                "unit": response.unit,
                "baseline": response.baseline,
                "promised": strength[0] if strength else response.promised,
                "delivered": strength[1] if strength else None,
                "share": response.share(*strength) if strength else None,
            }

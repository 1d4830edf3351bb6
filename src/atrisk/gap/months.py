"""Months: the risk, the response that stood beside it, and what was missing, month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from atrisk.base.dates import Month, Span
from atrisk.base.rows import Row
from atrisk.gap.response_level import Course, measure_levels
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans, in_alarm


def measure_months(
    courses: Sequence[Course], assessment: Assessment, hold: Callable[[int], list[str]]
) -> Iterator[Row]:
    """Yield a row for each month: the risk, the response level, the gap, and what answers hold.

    Args:
        courses: of the responses of the case (`list_courses`).
        assessment: of that case.
        hold: gives the ids of the answers in force on a day, as in ``date.toordinal``.
    """
    alarm = in_alarm(find_spans(assessment), len(assessment.months))
    waiting = 0
    last = (min(Month.parse(month).last_day, assessment.until) for month in assessment.months)
    days = np.array([day.toordinal() for day in last])
    levels = measure_levels(courses, assessment.method.response_level, days)
    for place, (month, level) in enumerate(zip(assessment.months, levels, strict=True)):
        held = hold(int(days[place]))
        waiting += alarm[place] and not held
        covered = float(assessment.coverage[place])
        risk = float(assessment.overall[place]) if covered > 0 else None
        yield {
            "month": month,
            "risk": risk,
            "risk_low": float(assessment.low[place]),
            "risk_high": float(assessment.high[place]),
            "coverage": covered,
            "response": level.point,
            "response_low": level.low,
            "response_high": level.high,
            "response_rests_on": "; ".join(f"{name} {part:.4f}" for name, part in level.rests_on),
            "gap": None if risk is None else max(0.0, risk - level.point),
            "in_alarm": alarm[place],
            "answers_in_force": "; ".join(held),
            "months_in_alarm_without_answer": waiting,
        }


def list_holding(
    courses: Iterable[Course], answers: Mapping[str, Span], share: float, day: int
) -> list[str]:
    """Return the ids of the responses that meet a rule on a day, each by its own promise."""
    return [one.response.id for one in courses if _holds(one, answers, share, day)]


def _holds(course: Course, answers: Mapping[str, Span], share: float, day: int) -> bool:
    """Tell whether a response meets the rule on a day: reached, not over, still strong."""
    span = answers.get(course.response.id)
    if span is None or span.middle > day or course.over <= day:
        return False
    strength = course.strength(day)
    if share == 0 or strength is None:
        return True
    return course.response.share(strength.promised, strength.delivered) >= share

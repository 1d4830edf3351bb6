"""Views: from which day each month is looked at, so that no month sees what came after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from atrisk.base.dates import ImpreciseDate, Month
from atrisk.base.errors import RequestError, shorten
from atrisk.cases.case import Case

CONTEMPORANEOUS = "contemporaneous"
RETROSPECTIVE = "retrospective"


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """The months that can be seen, and from when.

    Attributes:
        months: in order.
        cuts: last day of each month that is scored.
        days: day of knowledge of each month.
        label: what to call it.
    """

    months: tuple[Month, ...]
    cuts: tuple[date, ...]
    days: tuple[date, ...]
    label: str


def read_view(case: Case, knowledge: str | date) -> View:
    """Read a way of knowing.

    Args:
        case: whose months.
        knowledge: ``"contemporaneous"``: each month from its own last day; ``"retrospective"``:
            every month with everything; or a day, a month (its last day) or a year: every month up
            to that day, seen from it.

    Raises:
        RequestError: it is none of these, or the day is before the case begins.

    Examples:
        >>> from atrisk.case import load_case
        >>> view = read_view(load_case("car-2012-2015"), "2013-06-15")
        >>> str(view.months[-1]), str(view.cuts[-1])
        ('2013-06', '2013-06-15')
    """
    months = case.months
    ends = tuple(month.last_day for month in months)
    if knowledge == CONTEMPORANEOUS:
        return View(months, ends, ends, CONTEMPORANEOUS)
    if knowledge == RETROSPECTIVE:
        return View(months, ends, (date.max,) * len(ends), RETROSPECTIVE)
    day = knowledge if isinstance(knowledge, date) else _read_day(str(knowledge))
    day = day.date() if isinstance(day, datetime) else day
    seen = tuple(month for month in months if month.first_day <= day)
    if not seen:
        raise RequestError(f"{day} is before {case.id} begins ({months[0]}); choose a later day")
    cuts = tuple(min(month.last_day, day) for month in seen)
    return View(seen, cuts, (day,) * len(cuts), f"as of {day}")


def _read_day(text: str) -> date:
    try:
        latest = ImpreciseDate.parse(text).latest
    except ValueError:
        latest = None
    if latest is None:
        raise RequestError(
            f"{shorten(text)} is no way of knowing; expected contemporaneous, retrospective or a "
            "day such as 2013-06-30"
        )
    return latest

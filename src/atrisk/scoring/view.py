"""Views: how a case is looked at, and from which day, so that no month sees the future."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from atrisk.base.dates import ImpreciseDate, Month
from atrisk.base.errors import RequestError, did_you_mean, shorten
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience
from atrisk.frameworks.framework import SET, Framework
from atrisk.frameworks.method import Method, WeightSet

CONTEMPORANEOUS = "contemporaneous"
RETROSPECTIVE = "retrospective"


class View(TypedDict, total=False):
    """The four choices that a case is looked at with; each may be left out.

    ``assessment.view`` holds those of an assessment, so that ``assess(other, framework,
    **assessment.view)`` looks at another case alike.

    Attributes:
        knowledge: ``"contemporaneous"``, where each month uses only what was known by its last
            day; ``"retrospective"``, where it uses everything; or a day (``"2013-06-30"``, a month
            or a ``date``), for the whole series as it could be drawn on that day and up to it.
        audience: ``"public"``, ``"council"`` or ``"internal"`` to count only what it knew
            (everybody knows what is public); None counts what anybody knew.
        method: a ``Method``, the id of a set such as ``"v1"``, or options by branch, such as
            ``{"persistence": "long"}``, beside which ``"set"`` may name a set.
        weights: id of a weight set, one of your own, or weights by code, such as ``{"10": 3}``;
            shorthand for the branch ``weights``.
    """

    knowledge: str | date
    audience: Audience | None
    method: Method | str | Mapping[str, Any] | None
    weights: str | WeightSet | Mapping[str, float] | None


@dataclass(frozen=True, eq=False, slots=True)
class Outlook:
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


def check_view(view: Mapping[str, Any]) -> None:
    """Refuse a keyword that is no choice of a view.

    Raises:
        TypeError: there is one; the message names the choices.
    """
    known = tuple(View.__annotations__)
    for name in view:
        if name not in known:
            near = did_you_mean(name, known)
            raise TypeError(f"{name!r} is not an argument here.{near} Known: {', '.join(known)}.")


def find_held(framework: Framework, view: View) -> frozenset[str]:
    """Return the branches that a view settles, each by its name.

    A method of one's own settles all. A set settles none: it says around what others are drawn.
    """
    method, weights = view.get("method"), view.get("weights")
    named: Iterable[str] = ()
    if isinstance(method, Method):
        named = framework.branches
    elif isinstance(method, Mapping):
        named = (name for name in method if name != SET)
    return frozenset({*named, *(() if weights is None else ("weights",))})


def describe_choices(framework: Framework, method: Method) -> str:
    """Name the set that was taken, or the branches that are not at their default."""
    chosen, default = method.choices, framework.choose().choices
    sets = [one.id for one in framework.header.sets if one.choices == chosen]
    other = [f"{branch}={one}" for branch, one in chosen.items() if default[branch] != one]
    return f"; method {sets[0]}" if other and sets else f"; {', '.join(other)}" if other else ""


def read_outlook(case: Case, knowledge: str | date) -> Outlook:
    """Read a way of knowing.

    Args:
        case: whose months.
        knowledge: as in ``View``.

    Raises:
        RequestError: it is not a kind of knowledge, or the day is before the case begins.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> outlook = read_outlook(load_case("car-2012-2015"), "2013-06-15")
        >>> str(outlook.months[-1]), str(outlook.cuts[-1])
        ('2013-06', '2013-06-15')
    """
    months = case.months
    ends = tuple(month.last_day for month in months)
    if knowledge == CONTEMPORANEOUS:
        return Outlook(months, ends, ends, CONTEMPORANEOUS)
    if knowledge == RETROSPECTIVE:
        return Outlook(months, ends, (date.max,) * len(ends), RETROSPECTIVE)
    day = knowledge if isinstance(knowledge, date) else _read_day(str(knowledge))
    day = day.date() if isinstance(day, datetime) else day
    seen = tuple(month for month in months if month.first_day <= day)
    if not seen:
        raise RequestError(f"{day} is before {case.id} begins ({months[0]}); choose a later day")
    cuts = tuple(min(month.last_day, day) for month in seen)
    return Outlook(seen, cuts, (day,) * len(cuts), f"as of {day}")


def _read_day(text: str) -> date:
    try:
        latest = ImpreciseDate.parse(text).latest
    except ValueError:
        latest = None
    if latest is None:
        raise RequestError(
            f"{shorten(text)} is not a kind of knowledge; expected contemporaneous, retrospective "
            "or a day such as 2013-06-30"
        )
    return latest

"""Tellings: the record as arrays, for whoever scores it once or draws it many times.

A *telling* is one row of evidence on one indicator; the tellings of one claim on one indicator
form a *group*, which counts once. A search is a telling of severity 0.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import (
    Audience,
    Evidence,
    Search,
    Source,
    began,
    ended,
    knowledge_day,
)
from atrisk.frameworks.branches import GradeRow
from atrisk.frameworks.framework import Framework

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Dated: TypeAlias = "tuple[tuple[Evidence | Search, ...], Dates]"


@dataclass(frozen=True, eq=False, repr=False)
class Tellings:
    """Every telling on every indicator, ordered so that a file's order never matters.

    Attributes:
        items: the evidence and searches of the case.
        grades: grade of each item, such as ``"B2"``.
        item, indicator, severity: of each telling, the first two as positions; a search has
            severity 0.
        unit, unit_item: an item has a unit for each severity that it is told with, itself the
            first; the unit of each telling, and the item of each unit.
        group: group of each telling; a group's tellings stand side by side.
        starts: first telling of each group.
        mitigating, owner: whether each group lowers the intensity, and of which indicator.
    """

    items: tuple[Evidence | Search, ...]
    grades: tuple[str, ...]
    item: Integers
    unit: Integers
    unit_item: Integers
    indicator: Integers
    severity: Integers
    group: Integers
    starts: Integers
    mitigating: NDArray[np.bool_]
    owner: Integers

    def select(self, places: Integers) -> Tellings:
        """Return some of the tellings, in their order, with their groups numbered anew."""
        groups, group = np.unique(self.group[places], return_inverse=True)
        made = replace(
            self,
            item=self.item[places],
            unit=self.unit[places],
            indicator=self.indicator[places],
            severity=self.severity[places],
            group=group,
            starts=np.searchsorted(group, np.arange(len(groups))),
            mitigating=self.mitigating[groups],
            owner=self.owner[groups],
        )
        vars(made)["source"] = self.source  # of each item, and items are the same
        return made

    @property
    def unit_severity(self) -> Integers:
        """Severity of each unit, as coded."""
        severity = np.array([self.items[item].severity for item in self.unit_item])
        severity[self.unit] = self.severity
        return severity

    @cached_property
    def memory(self) -> dict[int, Row]:
        """What explanations say of each telling in every month, as far as it was asked for."""
        return {}

    @cached_property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """First telling of each group, and one past its last."""
        return tuple(pairwise([*self.starts.tolist(), len(self.item)]))

    @cached_property
    def claim(self) -> Integers:
        """Claim of each item, numbered in the order in which they come."""
        return number(item.claim_key for item in self.items)

    @cached_property
    def source(self) -> Integers:
        """Source of each item, numbered likewise; a search that none tells of is one of its own."""
        return number(item.source or f"search {item.id}" for item in self.items)

    def grade(self, table: Mapping[str, GradeRow], part: str = "probability") -> Floats:
        """Return what a table gives each item's grade: ``low``, ``probability`` or ``high``."""
        different, place = self._numbered
        return np.array([getattr(table[grade], part) for grade in different])[place]

    @cached_property
    def _numbered(self) -> tuple[list[str], Integers]:
        """The grades that there are, and which of them each item has."""
        return list(dict.fromkeys(self.grades)), number(self.grades)


@dataclass(frozen=True, eq=False, slots=True)
class Dates:
    """When each item began, ended and became known, as days, whenever one looks.

    Attributes:
        began, ended: first and last day that each may mean, items x 2; 0 for an end that is none.
        learnt: day from which each item is known to the audience.
        events: whether an item is over within its day, so that it ends when it began.
    """

    began: Integers
    ended: Integers
    learnt: Integers
    events: NDArray[np.bool_]

    def put(self, places: Integers, others: Dates) -> Dates:
        """Return the items at some places; for each that is below 0 the next of other ones."""
        old = places >= 0

        def fill(mine: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
            filled = mine[places]
            filled[~old] = fresh
            return filled

        return Dates(
            fill(self.began, others.began),
            fill(self.ended, others.ended),
            fill(self.learnt, others.learnt),
            fill(self.events, others.events),
        )

    def see(self, cuts: Iterable[date]) -> Spans:
        """Return the dates as rows are scored whose last days these are."""
        days = np.array([cut.toordinal() for cut in cuts])
        beyond = days[-1] + 1  # no date where the last day is that of the year 9999
        ended = np.where(self.ended > 0, self.ended, beyond)
        return Spans(self.began, ended, self.learnt, self.events, days)


@dataclass(frozen=True, eq=False, slots=True)
class Spans:
    """When each item began, ended and became known, as days; the last day that may be seen.

    Attributes:
        began, ended: first and last day that each may mean, items x 2; what goes on ends on the
            day after the last that is seen.
        learnt: day from which each item is known.
        events: whether an item is over within its day, so that it ends when it began.
        cuts: last day of each row that is scored.
    """

    began: Integers
    ended: Integers
    learnt: Integers
    events: NDArray[np.bool_]
    cuts: Integers

    def take(self, items: Integers) -> Spans:
        """Return the dates of some items."""
        some = (self.began[items], self.ended[items], self.learnt[items], self.events[items])
        return Spans(*some, self.cuts)

    def rows(self, days: Integers) -> Integers:
        """Return the first row in which a day has come; the number of rows if it has in none."""
        return np.searchsorted(self.cuts, days)


def gather(case: Case, framework: Framework, only: Collection[str] | None = None) -> Tellings:
    """List every telling of a case, by direction, indicator and claim; there is one at least.

    Args:
        case: whose items.
        framework: whose indicators.
        only: codes of the indicators that are asked for; None for all.
    """
    wanted = set(framework.indicators if only is None else only)
    position = {code: place for place, code in enumerate(framework.indicators)}
    items = case.in_order.items
    rows = sorted(
        (item.is_mitigating, position[code], item.claim_key, item.id, place, item.severity_of(code))
        for place, item in enumerate(items)
        for code in item.indicators
        if code in wanted
    )
    units = {(place, item.severity): place for place, item in enumerate(items)}
    for row in rows:
        units.setdefault(row[4:], len(units))
    keys = [row[:3] for row in rows]
    fresh = np.array([place == 0 or key != keys[place - 1] for place, key in enumerate(keys)])
    starts = np.flatnonzero(fresh)
    return Tellings(
        items=items,
        grades=tuple(_grade(case.source_of(item), item.credibility) for item in items),
        item=np.array([row[4] for row in rows]),
        unit=np.array([units[row[4:]] for row in rows]),
        unit_item=np.array([place for place, _ in units]),
        indicator=np.array([row[1] for row in rows]),
        severity=np.array([row[5] for row in rows]),
        group=np.cumsum(fresh) - 1,
        starts=starts,
        mitigating=np.array([keys[start][0] for start in starts]),
        owner=np.array([keys[start][1] for start in starts]),
    )


def date_items(
    tellings: Tellings, case: Case, audience: Audience | None, known: Dated | None = None
) -> Dates:
    """Return when each item began, ended and became known to an audience.

    Args:
        tellings: whose items.
        case: with their sources.
        audience: whose knowledge counts; None for anybody's.
        known: items that were dated before, which need not be read again.
    """
    of, dates = known if known else ((), None)
    places = {id(item): place for place, item in enumerate(of)}
    old = [places.get(id(item), -1) for item in tellings.items]
    items = [
        (item, case.source_of(item))
        for item, place in zip(tellings.items, old, strict=True)
        if place < 0
    ]
    fresh = Dates(
        began=_ordinals(began(*pair) for pair in items),
        ended=_ordinals(ended(*pair) for pair in items),
        learnt=np.array([knowledge_day(*pair, audience).toordinal() for pair in items], dtype=int),
        events=np.array([item.end is None for item, _ in items], dtype=bool),
    )
    return fresh if dates is None else dates.put(np.array(old), fresh)


def _grade(source: Source | None, credibility: int) -> str:
    """Return a grade; a search that no source tells of is its coder's own, and never counts."""
    return f"{source.reliability if source else 'A'}{credibility}"


def number(names: Iterable[Hashable]) -> Integers:
    """Number names in the order in which they come.

    Examples:
        >>> number(["b", "a", "b"]).tolist()
        [0, 1, 0]
    """
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names])


def _ordinals(spans: Iterable[tuple[date, date] | None]) -> Integers:
    days = [[one[0].toordinal(), one[1].toordinal()] if one else [0, 0] for one in spans]
    return np.array(days, dtype=np.int64).reshape(-1, 2)

"""Counts: how many events and deaths a country had in a month, by kind and by actor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property

from atrisk.base.countries import find_country
from atrisk.base.dates import Month, list_months
from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.base.rows import Result, Row

KINDS = ("battle", "one-sided", "remote", "riot", "protest", "other")
ACTORS = ("state", "non-state", "unknown")
FIGURES = ("events", "deaths", "low", "high", "civilians")


@dataclass(frozen=True, order=True, slots=True)
class Cell:
    """What is counted together.

    Attributes:
        country: ISO 3166-1 alpha-3.
        month: the calendar month.
        kind: one of ``KINDS``.
        actor: who acted, one of ``ACTORS``.
    """

    country: str
    month: Month
    kind: str
    actor: str


@dataclass(frozen=True, slots=True)
class Count:
    """Events and the people killed in them.

    A sum is told only if each of its parts is: ``deaths``, ``low``, ``high`` and ``civilians`` of a
    sum are None as soon as they are None in one part. Sums of whole numbers are exact, in any
    order.

    Attributes:
        events: how many.
        deaths: the source's best estimate, people; None if it tells none.
        low: its low estimate, or None if it gives none.
        high: its high estimate, likewise.
        civilians: how many of the deaths were civilians, likewise.

    Examples:
        >>> Count(1, 3.0, low=2.0) + Count(2, 4.0, low=4.0, high=9.0)
        Count(events=3, deaths=7.0, low=6.0, high=None, civilians=None)
    """

    events: int
    deaths: float | None
    low: float | None = None
    high: float | None = None
    civilians: float | None = None

    def __add__(self, other: Count) -> Count:
        """Return both together."""
        return Count(
            self.events + other.events,
            _add(self.deaths, other.deaths),
            _add(self.low, other.low),
            _add(self.high, other.high),
            _add(self.civilians, other.civilians),
        )


def _add(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, eq=False, repr=False)
class EventTable(Result):
    """What a file of event data holds, counted.

    Attributes:
        layout: id of the layout that it was read in.
        file: its name.
        sha256: of its bytes.
        rows: how many rows of data were read, with those that were left out.
        counts: by cell, in order of country, month, kind and actor; never empty.
        unplaced: events whose date is too imprecise to lie in one month; in no cell.
        skipped: faulty rows that were left out because it was asked for.
        latest: the last day on which a row was changed, if the layout has a column for it.
    """

    layout: str
    file: str
    sha256: str
    rows: int
    counts: Mapping[Cell, Count] = field(repr=False)
    unplaced: int = 0
    skipped: int = 0
    latest: date | None = None

    @cached_property
    def first(self) -> Month:
        """The first month in which something is counted."""
        return min(cell.month for cell in self.counts)

    @cached_property
    def last(self) -> Month:
        """The last month in which something is counted."""
        return max(cell.month for cell in self.counts)

    @cached_property
    def by_country(self) -> Mapping[str, Mapping[Cell, Count]]:
        """Counts by cell, of each country."""
        found: dict[str, dict[Cell, Count]] = {}
        for cell, count in self.counts.items():
            found.setdefault(cell.country, {})[cell] = count
        return found

    def countries(self) -> tuple[str, ...]:
        """Return the ISO 3166-1 alpha-3 codes of the countries in it, sorted."""
        return tuple(sorted(self.by_country))

    def series(
        self,
        country: str,
        kinds: Collection[str] = KINDS,
        actors: Collection[str] = ACTORS,
        what: str = "deaths",
    ) -> dict[Month, float]:
        """Return one figure of a country, month by month.

        Args:
            country: a code or a name.
            kinds: those that are added up.
            actors: those that are added up.
            what: ``"events"``, ``"deaths"``, ``"low"``, ``"high"`` or ``"civilians"``.

        Returns:
            Every month from the table's first to its last, 0 where no row of the file says
            otherwise, which is not a month without violence; a month is left out in which some
            row does not tell the figure. Events, or people.

        Raises:
            UnknownNameError: no such country, kind, actor or figure.
            RequestError: no row of the table tells the figure.
        """
        kinds, actors = _check_names("kind", kinds, KINDS), _check_names("actor", actors, ACTORS)
        _check_names("figure", what, FIGURES)
        code = find_country(country)
        if code is None:
            raise UnknownNameError("country", country, self.countries())
        if all(getattr(count, what) is None for count in self.counts.values()):
            raise RequestError(f"the layout {self.layout!r} does not tell {what!r}; ask for events")
        found: dict[Month, float | None] = dict.fromkeys(list_months(self.first, self.last), 0.0)
        for cell, count in self.by_country.get(code, {}).items():
            if cell.kind in kinds and cell.actor in actors:
                found[cell.month] = _add(found[cell.month], getattr(count, what))
        return {month: value for month, value in found.items() if value is not None}

    def to_rows(self) -> list[Row]:
        """Return a row a cell: the columns of the layout ``counts``, None where nothing is told."""
        return [
            {
                "country": cell.country,
                "month": str(cell.month),
                "kind": cell.kind,
                "actor": cell.actor,
                **asdict(count),
            }
            for cell, count in self.counts.items()
        ]

    def __repr__(self) -> str:
        events = sum(count.events for count in self.counts.values())
        line = (
            f"EventTable({self.file!r} as {self.layout}: events {events:,}, "
            f"countries {len(self.countries())}, {self.first} to {self.last})"
        )
        notes = [f"events that lie in no one month: {self.unplaced:,}"] * bool(self.unplaced)
        notes += [f"faulty rows that were left out: {self.skipped:,}"] * bool(self.skipped)
        return self._tell(line, *notes)


def _check_names(kind: str, names: Collection[str], known: tuple[str, ...]) -> Collection[str]:
    """Return the names, one that was given bare in a collection; each must be known."""
    listed = [names] if isinstance(names, str) else names
    for name in listed:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    return listed

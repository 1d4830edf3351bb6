"""Derive: counted events as rows of a case, evidence by the framework's rules, and outcomes.

A row is known from the day on which what it was counted in was published, and never earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count as count_up

from atrisk.base.countries import find_country
from atrisk.base.dates import Month
from atrisk.base.errors import RequestError, require
from atrisk.cases.beside import OutcomeFigure
from atrisk.cases.case import Case
from atrisk.cases.evidence import Cited, Evidence, Source
from atrisk.cases.tables import CaseHeader
from atrisk.events.counts import EventTable
from atrisk.events.layouts import LAYOUTS
from atrisk.frameworks.event_rules import EventRule, EventRules, Release, read_event_rules
from atrisk.frameworks.framework import Framework

DEATHS = "one-sided-deaths"  # the measure that outcomes of one-sided violence have


@dataclass(frozen=True, slots=True)
class Vintage:
    """One edition of an event table, and from when its counts were known.

    Attributes:
        published: the day on which this very file came out.
        calendar: the publisher's calendar, by which each month's counts are taken as known earlier
            than that; None where they are known from ``published`` on.
        mark: what tells it from another file of the same day, if a case has one.
    """

    published: date
    calendar: Release | None = None
    mark: str = ""

    @property
    def edition(self) -> str:
        """How ids of rows end."""
        return f"{self.published:%Y%m%d}{self.mark}"

    def know(self, month: Month) -> date:
        """Return the day from which the counts of a month are known."""
        if self.calendar is None:
            return self.published
        last = month.last_day
        over = date(last.year, 12, 31) if self.calendar.period == "year" else last
        waited = timedelta(days=self.calendar.days)
        return over + waited if self.published - over > waited else self.published


def read_vintage(
    table: EventTable, rules: EventRules, published: date | None, calendar: bool
) -> Vintage:
    """Return the edition that a table is of.

    Raises:
        RequestError: nobody says when it was published, it counts months after that day, or the
            calendar of its publisher is not among the rules.
    """
    release = rules.find_release(table.layout) if calendar else None
    if calendar and release is None:
        known = ", ".join(one.layout for one in rules.releases)
        raise RequestError(
            f"no calendar of releases is known for {table.layout!r} (known: {known}); say when the "
            "file came out: --published 2021-06-01"
        )
    return Vintage(_read_day(table, published), release)


def _read_day(table: EventTable, published: date | None) -> date:
    """Return the day on which a table came out, as it is told or as the table tells it."""
    day = published or table.latest
    if day is None:
        raise RequestError(
            f"{table.file!r} does not say when it came out, and no month may see what was counted "
            "later; say so: --published 2021-06-01 (in Python, published=date(2021, 6, 1))"
        )
    require(day, date, "as in published=date(2021, 6, 1)")
    day = day.date() if isinstance(day, datetime) else day
    if day <= table.last.first_day:
        raise RequestError(
            f"{table.file!r} counts {table.last}, so it cannot be from {day}; say when it came out"
        )
    return day


def add_events(
    case: Case,
    table: EventTable,
    framework: Framework,
    *,
    published: date | None = None,
    calendar: bool = False,
) -> Case:
    r"""Return a case with what an event table says of its country, as evidence by rules.

    For each rule of the framework's ``event_rules.toml`` and each month, from some before the case
    begins (``months_before``) to its end, in which its lowest step is reached, there is one row,
    with the severity of the step:

        severity = the highest step at or below the count of the rule's kinds and actors

    Rows of one rule and month are one claim, whatever table they come from, so that a second
    edition tells again and adds nothing. As of every claim the gravest telling stands: a count that
    was corrected downwards lowers nothing while the older edition's rows are there. Rows have the
    table as their source and ``derived`` set to the rule, by which ``split_events`` finds them. A
    month without a count has no row: nobody reported, which is not that nothing happened.

    Args:
        case: whose country is looked up.
        table: from ``read_events``.
        framework: whose rules are used; the case's own.
        published: the day on which the file came out, from which its counts are known; None for
            the last change that the table itself tells.
        calendar: whether each month's counts are taken as known when the publisher's calendar says
            that they came out, though this file is a later edition; its source says so.

    Returns:
        The case with a source and rows more. Derived rows of a file of the same name, layout and
        day are replaced; another file of that day has a source of its own.

    Raises:
        RequestError: nobody says when the file came out, it counts months after that day, the
            country is not in it, no step is reached in a month of the case, or the case is coded
            to another framework.
        DataError: the framework has no rules for events.

    Examples:
        >>> import atrisk
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "made.csv"
        ...     text = "date,country,kind,actor,deaths\n2013-12-05,CAF,one-sided,non-state,60\n"
        ...     _ = file.write_text(text)
        ...     table = atrisk.read_events(file)
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> more = atrisk.add_events(case, table, framework, published=date(2014, 1, 20))
        >>> [(row.derived, row.severity) for row in more.evidence if row.derived]
        [('civilians-killed', 3)]
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(table, EventTable, "read it with read_events(Path('events.csv'))")
    if case.header.framework != framework.id:
        raise RequestError(f"{case.id} is coded to {case.header.framework}, not to {framework.id}")
    rules = read_event_rules(framework)
    vintage = read_vintage(table, rules, published, calendar)
    earlier = {one.id for one in case.sources if _is_of(one, table, vintage)}
    kept = [row for row in case.evidence if not (row.derived and row.source in earlier)]
    vintage = _mark(vintage, kept)
    source = _name_source(table, vintage, rules)
    rows = tuple(_derive(table, rules, case.header, vintage, source))
    if not rows:
        country = name_counted(case.header)
        there = "has" if country in table.countries() else "has not"
        raise RequestError(
            f"{table.file!r} counts nothing for {country} up to {case.header.end} that reaches a "
            f"step of {framework.id}/event_rules.toml; it {there} that country, and goes from "
            f"{table.first} to {table.last}"
        )
    ledgers: tuple[Cited, ...] = (*case.warnings, *case.responses, *case.deliveries, *case.needs)
    cited = {row.source for row in kept} | {row.source for row in ledgers}
    cited |= {row.source for row in case.searches}
    gone = earlier - cited | {source.id}
    others = [one for one in case.sources if one.id not in gone]
    return replace(case, sources=(*others, source), evidence=(*kept, *rows))


def make_event_case(
    table: EventTable,
    framework: Framework,
    country: str,
    *,
    start: Month | None = None,
    end: Month | None = None,
    published: date | None = None,
    calendar: bool = False,
) -> Case | None:
    """Return a case of one country that rests on counted events alone; None if no step is reached.

    Args:
        table: from ``read_events``.
        framework: whose rules are used.
        country: an alpha-3 code that the table has.
        start, end: its months; None for those of the table.
        published, calendar: as in ``add_events``.
    """
    rules = read_event_rules(framework)
    vintage = read_vintage(table, rules, published, calendar)
    source = _name_source(table, vintage, rules)
    header = CaseHeader.model_validate(
        {
            "id": f"events-{country.lower()}",
            "title": f"Counted events of {country}",
            "country": country,
            "start": str(start or table.first),
            "end": str(end or table.last),
            "framework": framework.id,
            "licence": "as its source",
            "caveat": rules.caveat,
        }
    )
    rows = tuple(_derive(table, rules, header, vintage, source))
    if not rows:
        return None
    return Case(header, (source,), rows, framework=framework, checked=True)


def split_events(case: Case) -> tuple[Case, Case]:
    """Return a case without rows that were derived from events, and one with nothing else."""
    documents = tuple(row for row in case.evidence if not row.derived)
    events = tuple(row for row in case.evidence if row.derived)
    return (
        replace(case, evidence=documents, checked=True),
        replace(case, evidence=events, searches=(), checked=True),
    )


def list_outcomes(
    table: EventTable, case: Case, published: date | None = None
) -> tuple[OutcomeFigure, ...]:
    """Return deaths of civilians by month as outcomes of a case; they enter no score.

    Every month of the case that the table covers has one: 0 where the table has no such event. A
    table without any event of that kind, anywhere, does not count them, and there is none.
    """
    vintage = _read_day(table, published)
    series = count_deaths(table, name_counted(case.header))
    return tuple(
        OutcomeFigure.model_validate(
            {
                "month": str(month),
                "measure": DEATHS,
                "value": f"{series[month]:g}",
                "low": "",
                "high": "",
                "source": f"{LAYOUTS[table.layout].title}, {table.file}",
                "vintage": vintage.isoformat(),
            }
        )
        for month in case.months
        if month in series
    )


def name_counted(header: CaseHeader) -> str:
    """Return the code under which event data count a case's country: of a former state, today's."""
    return find_country(header.country) or header.country


def count_deaths(table: EventTable, country: str) -> dict[Month, float]:
    """Return deaths of civilians by month; nothing of a table that tells none anywhere."""
    told = (c.deaths is not None for cell, c in table.counts.items() if cell.kind == "one-sided")
    if not any(told):
        return {}
    return table.series(country, ("one-sided",))


def _name_source(table: EventTable, vintage: Vintage, rules: EventRules) -> Source:
    told = LAYOUTS[table.layout].title
    dated = ", each month dated by the publisher's calendar" if vintage.calendar else ""
    return Source.model_validate(
        {
            "id": f"events-{table.layout}-{vintage.published}"
            f"{'-calendar' if dated else ''}{vintage.mark}",
            "title": f"{_title(table)}{dated}",
            "publisher": told,
            "published": vintage.published.isoformat(),
            "kind": "data set",
            "reliability": rules.reliability,
            "sha256": table.sha256,
            "quotable": "no",
        }
    )


def _title(table: EventTable) -> str:
    return f"{LAYOUTS[table.layout].title}, {table.file}, counted by month and rule"


def _is_of(source: Source, table: EventTable, vintage: Vintage) -> bool:
    """Whether a source is an earlier import of a file of this name, layout and day."""
    dated = source.id.startswith(f"events-{table.layout}-{vintage.published}")
    return dated and source.title.startswith(_title(table))


def _mark(vintage: Vintage, kept: Iterable[Evidence]) -> Vintage:
    """Return the edition with what tells its rows from those of other files of its day."""
    ids = [row.id for row in kept]
    marks = ("" if number == 1 else f"-{number}" for number in count_up(1))
    editions = (replace(vintage, mark=mark) for mark in marks)
    return next(
        one for one in editions if not any(name.endswith(f"-{one.edition}") for name in ids)
    )


def _derive(
    table: EventTable, rules: EventRules, header: CaseHeader, vintage: Vintage, source: Source
) -> Iterator[Evidence]:
    country, start, end = name_counted(header), header.start, header.end
    for rule in rules.rules:
        for month, (count, events) in sorted(_count(table, rule, country).items()):
            severity = rule.grade(count)
            if severity and start.index - rules.months_before <= month.index <= end.index:
                found = _Found(rule, month, count, events, severity)
                yield _write_row(found, rules, vintage, source)


def _count(table: EventTable, rule: EventRule, country: str) -> dict[Month, tuple[float, int]]:
    """Return a rule's count and its events by month; a cell that does not tell it adds nothing."""
    found: dict[Month, tuple[float, int]] = {}
    for cell, count in table.by_country.get(country, {}).items():
        mine = not rule.actors or cell.actor in rule.actors
        value = getattr(count, rule.count)
        if cell.kind in rule.kinds and mine and value is not None:
            total, events = found.get(cell.month, (0.0, 0))
            found[cell.month] = (total + value, events + count.events)
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rule counted in a month."""

    rule: EventRule
    month: Month
    count: float
    events: int
    severity: int


def _write_row(found: _Found, rules: EventRules, vintage: Vintage, source: Source) -> Evidence:
    rule, month, count, events = found.rule, found.month, found.count, found.events
    what = {"deaths": "people killed", "civilians": "civilians killed", "events": "events"}
    beside = "" if rule.count == "events" else f" in {events:,} event{'s' * (events != 1)}"
    by = f" by {' or '.join(rule.actors)} actors" if rule.actors else ""
    return Evidence.model_validate(
        {
            "id": f"{rule.id}-{month}-{vintage.edition}",
            "source": source.id,
            "locator": f"{month}, rule {rule.id}",
            "quote": "",
            "start": str(month),
            "end": str(month),
            "known": vintage.know(month).isoformat(),
            "audience": "public",
            "indicators": ";".join(rule.indicators),
            "direction": "aggravating",
            "severity": found.severity,
            "credibility": rules.credibility,
            "claim": f"{rule.id}-{month}",
            "actors": "",
            "population": "",
            "place": "",
            "summary": f"Counted in the month: {count:,g} {what[rule.count]}{beside} "
            f"({', '.join(rule.kinds)}){by}.",
            "derived": rule.id,
        }
    )

"""Panel: every country of an event table, scored from its counts alone by the same code.

It shows what the framework makes of events, and how far that gets before documents are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Unpack

import numpy as np

from atrisk.base.countries import find_country
from atrisk.base.dates import Month, list_months
from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import knowledge_day
from atrisk.ensemble.many import assess_many
from atrisk.ensemble.runner import HERE, Runner
from atrisk.events.counts import EventTable
from atrisk.events.derive import DEATHS, Vintage, count_deaths, make_event_case, read_vintage
from atrisk.frameworks.event_rules import read_event_rules
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.outcomes import read_outcome_rules
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.seen import is_limited
from atrisk.scoring.view import CONTEMPORANEOUS, View, check_view, read_outlook
from atrisk.verification.tracks import Track, make_track
from atrisk.verification.verify import Verification, verify_tracks


@dataclass(frozen=True, eq=False)
class Panel(Result):
    """Countries by month, scored from counted events.

    ``to_rows`` gives a row a country and month that has a score: the score, its interval, its band
    and the coverage.

    Attributes:
        framework: that they were scored under.
        months: of every country.
        tracks: of the countries in which some rule was reached, with their counts as outcomes.
        silent: countries of the table in which none was, or nobody could know it in time.
        file: name of the table.
    """

    framework: Framework = field(repr=False)
    months: tuple[str, ...] = field(repr=False)
    tracks: tuple[Track, ...] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    silent: tuple[str, ...]
    file: str

    def to_rows(self) -> list[Row]:
        """Return a row a country and month."""
        return list(self.rows)

    def verify(
        self,
        *,
        outcome: str | None = None,
        horizon: int | None = None,
        draws: int | None = None,
        seed: int = 0,
    ) -> Verification:
        """Hold the panel's scores against what the same table counted in the months after.

        Args:
            outcome: as in ``verify``.
            horizon: as in ``verify``.
            draws: as in ``verify``.
            seed: as in ``verify``.
        """
        rules = read_outcome_rules(self.framework)
        return verify_tracks(
            self.tracks, rules, outcome=outcome, horizon=horizon, draws=draws, seed=seed
        )

    @cached_property
    def unscored(self) -> int:
        """Country-months without a score: nothing had been counted there that a rule reaches."""
        everything = (len(self.tracks) + len(self.silent)) * len(self.months)
        return everything - len(self.rows)

    def __repr__(self) -> str:
        return self._tell(
            f"Panel({self.file!r}: {tell_count(len(self.tracks), 'country', 'countries')} x "
            f"{tell_count(len(self.months), 'month')}, "
            f"{len(self.rows):,} country-months with a score)",
            f"{self.unscored:,} country-months have none: no count there reaches a rule, which "
            "means unknown, not zero.",
        )


def score_panel(
    table: EventTable,
    framework: Framework,
    *,
    countries: Iterable[str] | None = None,
    start: Month | None = None,
    end: Month | None = None,
    published: date | None = None,
    calendar: bool = False,
    runner: Runner = HERE,
    **view: Unpack[View],
) -> Panel:
    r"""Score every country of an event table, month by month, from its counts alone.

    Each country is a case whose evidence comes from the framework's rules for events, and is scored
    as any other case: the same numbers, to the bit, that ``assess`` gives it alone.

    Args:
        table: from ``read_events``.
        framework: whose rules are used.
        countries: codes or names; None for all that the table has.
        start: first month; None for the table's.
        end: last month; None for the table's.
        published: from when counts are known, as in ``add_events``.
        calendar: the same by the publisher's calendar, as in ``add_events``.
        runner: where it is done, as in ``assess_many``.
        view: as in ``assess``. A file of today tells the past with hindsight: contemporaneous
            knowledge of it begins when it came out, so take ``calendar=True``, or
            ``knowledge="retrospective"``.

    Raises:
        RequestError: no country of the table reaches a rule, or nobody knew it in time; or nobody
            says when the table came out; or the end is before the start.
        UnknownNameError: the table has no such country.
        DataError: the framework has no rules for events.

    Examples:
        >>> import atrisk
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> lines = ["country,month,kind,actor,events,deaths"]
        >>> lines += [f"MLI,2020-{m:02},one-sided,state,{m},{9 * m}" for m in range(1, 13)]
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "made.csv"
        ...     _ = file.write_text("\n".join(lines))
        ...     table = atrisk.read_events(file)
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> day = date(2021, 6, 1)
        >>> panel = score_panel(table, framework, published=day, knowledge="retrospective")
        >>> panel.rows[0]["score"] < panel.rows[-1]["score"]
        True
    """
    check_view(view)
    require(table, EventTable, "read it with read_events(Path('events.csv'))")
    wanted = table.countries() if countries is None else _read_countries(table, countries)
    months = _read_period(table, start, end)
    made = {
        country: make_event_case(
            table,
            framework,
            country,
            start=months[0],
            end=months[-1],
            published=published,
            calendar=calendar,
        )
        for country in wanted
    }
    reached = [case for case in made.values() if case is not None]
    if not reached:
        raise RequestError(
            f"{table.file!r} counts nothing that reaches a step of {framework.id}/event_rules.toml"
        )
    cases = _keep_known(reached, view.get("knowledge", CONTEMPORANEOUS), table.file)
    vintage = read_vintage(table, read_event_rules(framework), published, calendar)
    tracks, rows, silent = [], [], set(made)
    for now in assess_many(cases, framework, runner=runner, **view):
        tracks.append(_follow(now, table, vintage))
        rows += list(_list_months(now))
        # Of what was counted later, a day does not know either where.
        silent = set() if is_limited(now.outlook, None) else silent - {now.case.header.country}
    quiet = tuple(country for country in made if country in silent)
    return Panel(framework, tracks[0].months, tuple(tracks), tuple(rows), quiet, table.file)


def _read_period(table: EventTable, start: Month | None, end: Month | None) -> tuple[Month, ...]:
    """Return the months that are asked for, or those of the table."""
    first, last = start or table.first, end or table.last
    for month in (first, last):
        require(month, Month, "as in start=Month.parse('2020-01')")
    if last < first:
        raise RequestError(f"end {last} is before start {first}; swap them")
    return list_months(first, last)


def _read_countries(table: EventTable, countries: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of countries, of which the table must count something."""
    names = (countries,) if isinstance(countries, str) else countries
    codes = {name: find_country(name) for name in names}
    for name, code in codes.items():
        if code not in table.by_country:
            raise UnknownNameError("country of the table", name, table.countries())
    return tuple(dict.fromkeys(filter(None, codes.values())))


def _keep_known(cases: list[Case], knowledge: str | date, file: str) -> list[Case]:
    """Return the cases of which something is known by the last day that is looked from."""
    kept = [
        case
        for case in cases
        for last in [read_outlook(case, knowledge).days[-1]]
        if any(knowledge_day(row, case.source_of(row)) <= last for row in case.evidence)
    ]
    if not kept:
        raise RequestError(
            f"nothing that {file!r} counts was known in time, for it came out on "
            f"{cases[0].sources[0].published}; take --calendar or --knowledge retrospective (in "
            "Python, calendar=True or knowledge='retrospective')"
        )
    return kept


def _follow(now: Assessment, table: EventTable, vintage: Vintage) -> Track:
    """Return a country's track, with what the table counted, as it was seen, as its outcome."""
    day = now.outlook.days[-1] if is_limited(now.outlook, None) else date.max
    series = count_deaths(table, now.case.header.country)
    known = {month: count for month, count in series.items() if vintage.know(month) <= day}
    counts = np.array([known.get(month, np.nan) for month in now.case.months])
    return make_track(now, {(DEATHS, table.file): counts}, {})


def _list_months(now: Assessment) -> Iterator[Row]:
    for place, month in enumerate(now.months):
        if now.coverage[place]:
            yield {
                "country": now.case.header.country,
                "month": month,
                "score": float(now.overall[place]),
                "low": float(now.low[place]),
                "high": float(now.high[place]),
                "band": now.bands[place],
                "coverage": float(now.coverage[place]),
            }

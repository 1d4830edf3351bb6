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

from atrisk.base.dates import Month, list_months
from atrisk.base.errors import RequestError, require
from atrisk.base.rows import Result, Row
from atrisk.ensemble.many import assess_many
from atrisk.ensemble.runner import HERE, Runner
from atrisk.events.counts import EventTable
from atrisk.events.derive import DEATHS, make_event_case
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.outcomes import read_outcome_rules
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.view import View, check_view
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
        silent: countries of the table in which none was.
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
            outcome, horizon, draws, seed: as in ``verify``.
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
            f"Panel({self.file!r}: {len(self.tracks)} countries x {len(self.months)} months, "
            f"{len(self.rows):,} country-months with a score)",
            f"{self.unscored:,} country-months have none: nothing was counted there that a rule "
            "reaches, which is unknown and not zero.",
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
        countries: alpha-3 codes; None for all that the table has.
        start, end: months; None for those of the table.
        published, calendar: from when counts are known, as in ``add_events``.
        runner: where it is done, as in ``assess_many``.
        view: as in ``assess``. A file of today tells the past with hindsight: contemporaneous
            knowledge of it begins when it came out, so take ``calendar=True``, or
            ``knowledge="retrospective"``.

    Raises:
        RequestError: no country of the table reaches a rule, or nobody says when it came out.
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
    wanted = table.countries() if countries is None else tuple(countries)
    made = {
        country: make_event_case(
            table,
            framework,
            country,
            start=start,
            end=end,
            published=published,
            calendar=calendar,
        )
        for country in wanted
    }
    cases = [case for case in made.values() if case is not None]
    if not cases:
        raise RequestError(
            f"{table.file!r} counts nothing that reaches a step of {framework.id}/event_rules.toml"
        )
    tracks, rows = [], []
    for now in assess_many(cases, framework, runner=runner, **view):
        tracks.append(_follow(now, table))
        rows += list(_list_months(now))
    months = tuple(str(one) for one in list_months(start or table.first, end or table.last))
    silent = tuple(country for country, case in made.items() if case is None)
    return Panel(framework, months, tuple(tracks), tuple(rows), silent, table.file)


def _follow(now: Assessment, table: EventTable) -> Track:
    """Return a country's track, with what the table counted as its outcome."""
    series = table.series(now.case.header.country, ("one-sided",))
    counts = np.array([series.get(month, np.nan) for month in now.case.months])
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

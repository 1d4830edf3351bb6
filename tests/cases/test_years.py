"""Years 1 to 9999: wherever a date is read, or a day or month added, there is a result or an error.

Seen to fail: the day after the last of the year 9999, an end drawn long after the last month, and
two thousand years of months that hold nothing, which took minutes and gigabytes.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.base.dates import ImpreciseDate, Month
from atrisk.scoring.intensity import _count_months
from followed import COUNTS
from limits import Beyond, check_numbers, look, within
from toys import THREE_FACTOR, case_of, evidence

DATES = (
    "0001", "0001-01-01", "0999-12", "1000-01", "1582-10-10", "1969-12-31", "2020-02-29", "9999",
    "9999-12", "9999-12-31", "../0001-01-01", "9999-12-31/..", "0001/9999", "..", "", "2020-03",
    "../9999", "0001-01-01/2020-02", "0000", "10000-01-01", "2020-01/2099-12", "1930/2020-02",
)  # fmt: skip
COLUMNS = {
    "evidence.csv": ("start", "end", "known"),
    "searches.csv": ("start", "end", "known"),
    "sources.csv": ("published",),
    "warnings.csv": ("date",),
    "responses.csv": ("proposed", "decided", "deployed", "full_strength", "ended"),
    "deliveries.csv": ("date",),
}
MONTHS = (
    ("1000-01", "1000-02"), ("9999-11", "9999-12"), ("9990-01", "9999-12"), ("1000-01", "9999-12"),
    ("2020-01", "9999-12"), ("1000-01", "2020-04"), ("0001-01", "0001-02"), ("2019-11", "2020-04"),
)  # fmt: skip
DAYS = ("0001-01-01", "2020-03-31", "9999-12-31", "9999", "retrospective")
cells = st.sampled_from([(file, name) for file, names in COLUMNS.items() for name in names])
changes = st.lists(
    st.tuples(cells, st.integers(0, 4), st.sampled_from(DATES)), min_size=1, max_size=3
)


def put(text: str, column: str, row: int, value: str) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    rows[row % len(rows)][column] = value
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def look_further(case: atrisk.Case, framework: atrisk.Framework) -> Iterator[Any]:
    yield from look(case, framework)
    for day in DAYS:
        try:
            now = atrisk.assess(case, framework, knowledge=day)
        except atrisk.RequestError:  # nothing was known by then
            continue
        yield (now.to_rows(), atrisk.raise_flags(now).to_rows())
    study = atrisk.analyse_sensitivity(case, framework, seed=1, draws=4, resamples=3, budget=5)
    yield study.to_rows("months")


def walk(made: Any, months: tuple[str, str] | None, *, moved: bool) -> str:
    with tempfile.TemporaryDirectory() as room:
        beyond = Beyond(Path(room))
        if months:
            start, end = months
            header = beyond.case / "case.toml"
            beyond.change(
                header, lambda text: text.replace("2020-01", start).replace("2020-04", end)
            )
            for file in COLUMNS if moved else ():
                beyond.change(beyond.case / file, lambda text: text.replace("2020-", f"{end[:4]}-"))
        for (file, column), row, value in made:
            beyond.change(beyond.case / file, partial(put, column=column, row=row, value=value))
        try:
            with within(10):
                case = atrisk.load_case(beyond.case, THREE_FACTOR)
                for part in look_further(case, THREE_FACTOR):
                    check_numbers(part)
        except atrisk.AtriskError as error:
            return str(error)
        return ""


@given(changes, st.one_of(st.none(), st.sampled_from(MONTHS)), st.booleans())
@settings(max_examples=100)
def test_any_years_are_scored_or_refused(
    made: Any, months: tuple[str, str] | None, moved: bool
) -> None:
    told = walk(made, months, moved=moved)
    assert not told or "mini/" in told or "nothing in mini was known" in told


@pytest.mark.parametrize("months", MONTHS)
def test_any_months_are_scored_or_told(months: tuple[str, str]) -> None:
    told = walk([], months, moved=True)
    if months[0] == "0001-01":
        assert "'0001-01' is not a month" in told
    elif months[0][:1] != months[1][:1]:
        assert "months from" in told
        assert "a case has at most 1,200: split it" in told
    elif months[0] != "1000-01":  # of whose evidence some was known in 2019
        assert told == ""


def test_a_date_wider_than_a_hundred_years_is_told() -> None:
    with pytest.raises(ValueError, match="wider than a hundred years; expected 2013"):
        ImpreciseDate.parse("0001/9999")
    assert ImpreciseDate.parse("1920-01/2020-01").latest is not None


def test_what_was_over_long_ago_counts_as_it_would_beside_nothing_older() -> None:
    """Months in which nothing began or ended are left out, and change no score."""
    rows = [
        evidence(f"e{y}", start=f"{y}-05", end=f"{y}-06", known=f"{y}-07") for y in (1700, 2019)
    ]
    both = atrisk.assess(case_of(evidence("now"), *rows), THREE_FACTOR)
    old = evidence("e1", start="0001-05", end="0001-06", known="0001-07")
    more = atrisk.assess(case_of(evidence("now"), *rows, old), THREE_FACTOR)
    assert np.allclose(both.overall, more.overall, atol=1e-12)
    assert np.allclose(both.factors, more.factors, atol=1e-12)


def test_months_of_any_day_are_those_of_the_calendar() -> None:
    days = [date.toordinal() for date in map(_first, DATES) if date]
    months = [Month.of(date).index for date in map(_first, DATES) if date]
    assert _count_months(np.array(days)).tolist() == months


def _first(text: str) -> Any:
    try:
        return ImpreciseDate.parse(text).earliest
    except ValueError:
        return None


@pytest.mark.parametrize("year", ["0001", "0999", "1000", "1899", "2020", "9998", "9999"])
@pytest.mark.parametrize("calendar", [False, True])
@pytest.mark.parametrize("published", [None, "9999-12-31", "0001-01-01"])
def test_a_table_of_events_of_any_year_is_scored_or_refused(
    year: str, calendar: bool, published: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "table.csv"
    lines = [f"CAF,{year}-{month:02d},battle,state,5,50\n" for month in (1, 6, 12)]
    file.write_text(COUNTS + "\n" + "".join(lines), encoding="utf-8")
    framework = atrisk.load_framework("un-foa-2014")
    day = ImpreciseDate.parse(published).latest if published else None
    with within(10):
        told = attempt(lambda: atrisk.read_events(file))
        if not told:
            table, case = atrisk.read_events(file), atrisk.load_case("car-2020-2021")
            told += attempt(
                lambda: (
                    atrisk.add_events(
                        case, table, framework, published=day, calendar=calendar
                    ).digest
                )
            )
            told += attempt(
                lambda: atrisk.score_panel(table, framework, published=day, calendar=calendar)
            )
    assert told or (int(year) >= 1000 and published != "0001-01-01")


def attempt(make: Callable[[], object]) -> str:
    """Return what was refused, or nothing."""
    try:
        assert make() is not None
    except atrisk.AtriskError as error:
        return str(error)
    return ""

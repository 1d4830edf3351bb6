"""Rivals and outcomes by month: none is shown before its day of issue."""

from __future__ import annotations

import math
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.base.dates import Month, list_months
from atrisk.cases.beside import OutcomeFigure, RivalFigure
from atrisk.verification.tracks import follow_case, gather_outcomes, place_rivals
from followed import copy_case, months
from shipped import small, un

MONTHS = list_months(Month.parse("2020-01"), Month.parse("2020-12"))
FIRST = MONTHS[0].index


def says(issued: str, start: str, end: str = "", rank: int = 1, **cells: str) -> RivalFigure:
    row = {
        "system": "watch", "issued": issued, "kind": "issued", "start": start, "end": end or start,
        "value": "", "rank": rank, "ranked": 101, "scale": "rank", "source": "p",
    }  # fmt: skip
    return RivalFigure.model_validate(row | cells)


def shown(*figures: RivalFigure, horizon: int = 3, kind: str = "issued") -> list[float | None]:
    """Return the rank that is shown in each month."""
    values = place_rivals(MONTHS, figures, horizon).get(("watch", kind), np.full(12, np.nan))
    return [None if math.isnan(one) else round(101 - one * 100) for one in values]


@pytest.mark.parametrize(
    ("issued", "first"),
    [
        ("2020-03-01", 3),
        ("2020-03-31", 3),
        ("2020-04-01", 4),
        ("2020-03", 3),  # a month counts from its last day, and that is in it
        ("2020-03-20/2020-04-02", 4),  # to be sure
        ("2019", 1),
        ("2020", 12),
        ("2021-01-01", None),
    ],
)
def test_a_figure_counts_from_the_month_in_which_it_was_out_for_sure(
    issued: str, first: int | None
) -> None:
    found = shown(says(issued, "2020-01", "2020-12", rank=7))
    assert found == [7 if first and place >= first else None for place in range(1, 13)]


def test_a_figure_counts_until_its_time_is_over_or_a_later_one_is_out() -> None:
    first, second = says("2020-02-10", "2020-02", rank=3), says("2020-04-10", "2020-04", rank=8)
    assert shown(first) == [None, 3, 3, 3, 3, *[None] * 7]
    assert shown(first, horizon=0) == [None, 3, *[None] * 10]
    assert shown(second, first) == [None, 3, 3, 8, 8, 8, 8, *[None] * 5]


def test_a_later_figure_without_a_place_on_its_scale_ends_the_earlier_one() -> None:
    vague = says("2020-03-10", "2020-03", rank="", value="2")  # type: ignore[arg-type] # a cell
    assert shown(says("2020-02-10", "2020-02", rank=3), vague) == [None, 3, *[None] * 10]


def test_a_backcast_keeps_its_own_kind_and_its_own_day() -> None:
    late = says("2020-06-15", "2020-01", "2020-06", rank=2, kind="backcast")
    both = (late, says("2020-02-10", "2020-02", "2020-12", rank=9))
    assert shown(*both) == [None, *[9] * 11]
    assert shown(*both, kind="backcast") == [*[None] * 5, *[2] * 4, *[None] * 3]
    years_later = says("2024", "2020-01", "2020-06", kind="backcast")
    assert place_rivals(MONTHS, [years_later], 3) == {}


@st.composite
def figures(draw: st.DrawFn) -> RivalFigure:
    day = date.fromordinal(draw(st.integers(date(2019, 10, 1).toordinal(), 737790)))
    until = date.fromordinal(day.toordinal() + draw(st.integers(0, 60)))
    issued = draw(st.sampled_from([str(day), str(day)[:7], str(day)[:4], f"{day}/{until}"]))
    start = draw(st.integers(FIRST - 6, FIRST + 11))
    return says(
        issued,
        str(Month(start)),
        str(Month(start + draw(st.integers(0, 8)))),
        rank=draw(st.integers(1, 101)),
        kind=draw(st.sampled_from(["issued", "backcast"])),
        system=draw(st.sampled_from(["watch", "other"])),
    )


def _places(out: list[RivalFigure], last: RivalFigure) -> set[float | None]:
    """Return the places of the last figure, and of those of the same day and first month."""
    key = (last.issued.latest, last.start)
    return {one.position for one in out if (one.issued.latest, one.start) == key}


@given(st.lists(figures(), max_size=8), st.integers(0, 6))
def test_no_figure_is_shown_before_its_day_nor_after_its_time(
    told: list[RivalFigure], horizon: int
) -> None:
    for (system, kind), values in place_rivals(MONTHS, told, horizon).items():
        for month, value in zip(MONTHS, values, strict=True):
            out = [
                one
                for one in told
                if (one.system, one.kind) == (system, kind)
                and (one.issued.latest or date.max) <= month.last_day
            ]
            last = max(out, key=lambda one: (one.issued.latest, one.start), default=None)
            speaks = last is not None and month.index <= last.end.index + horizon
            assert math.isnan(value) == (not speaks)
            assert last is None or not speaks or value in _places(out, last)


@given(st.lists(figures(), min_size=1, max_size=6), st.integers(0, 5))
def test_what_is_issued_later_changes_no_month_before(told: list[RivalFigure], place: int) -> None:
    late = told[min(place, len(told) - 1)]
    rest = [one for one in told if one is not late]
    key = late.system, late.kind
    none = np.full(12, np.nan)
    with_it = place_rivals(MONTHS, told, 3).get(key, none)
    without = place_rivals(MONTHS, rest, 3).get(key, none)
    before = [month.last_day < (late.issued.latest or date.max) for month in MONTHS]
    assert np.array_equal(with_it[before], without[before], equal_nan=True)


def test_outcomes_stand_by_measure_and_list_and_unknown_is_not_zero() -> None:
    def told(month: str, value: str, source: str, measure: str = "deaths") -> OutcomeFigure:
        row = {"month": month, "measure": measure, "value": value, "low": "", "high": ""}
        return OutcomeFigure.model_validate(row | {"source": source, "vintage": "2021"})

    first, *_, last = (str(month) for month in small().months)
    found = gather_outcomes(
        small(),
        [
            told(first, "7", "One list: first edition"),
            told(last, "", "One list: first edition"),
            told(last, "9", "Another"),
            told(last, "1", "One list", "onset"),
        ],
    )
    assert set(found) == {("deaths", "One list"), ("deaths", "Another"), ("onset", "One list")}
    assert found["deaths", "One list"][0] == 7
    assert np.isnan(found["deaths", "One list"][1:]).all()


def test_a_case_made_in_memory_has_nothing_beside_it() -> None:
    case = atrisk.Case(small().header, small().sources, small().evidence)
    followed = follow_case(atrisk.assess(case, un()), 3)
    assert followed.outcomes == followed.rivals == {}


def test_who_looks_from_a_day_sees_the_months_up_to_it(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    case = atrisk.load_case(folder)
    day = case.months[1].last_day
    followed = follow_case(atrisk.assess(case, un(), knowledge=day), 3)
    assert followed.months == months(2, str(case.months[0]))
    for values in (followed.score, *followed.outcomes.values(), *followed.rivals.values()):
        assert len(values) == 2
    assert not followed.outcomes  # all of it was counted years later
    shutil.rmtree(folder)

"""Spells: stretches of waiting, and what their warnings say together."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import atrisk
from atrisk.gap.spells import find_spells, resample_median
from ledgers import measure, need, response, warning
from shipped import car, now


def test_a_spell_runs_from_the_first_warning_to_what_answers_it() -> None:
    rows: list[Any] = [
        warning("a", "2020-01-11"),
        warning("b", "2020-01-21"),
        warning("c", "2020-02-20"),
    ]
    rows += [response("x", decided="2020-02-10"), response("y", decided="2020-03-01")]
    told = measure(*rows).to_rows("spells")
    assert [(r["begin"], r["end"], r["days"], r["warnings"], r["ended_by"]) for r in told] == [
        ("2020-01-11", "2020-02-10", 30, 2, "x"),
        ("2020-02-20", "2020-03-01", 10, 1, "y"),
    ]
    assert told[0]["subjects"] == "a; b"


def test_a_spell_that_nothing_ended_runs_to_the_end_of_the_record() -> None:
    (row,) = measure(warning(), response(decided="2020-01-01")).to_rows("spells")
    assert (row["end"], row["ended_by"], row["days"]) == (None, None, 171)


def test_a_new_spell_begins_with_the_next_warning_after_protection_falls_away() -> None:
    # Enough stands from 10 February to 11 March; the next warning comes on 1 April.
    guards = response(deployed="2020-02-10", delivered="110", ended="2020-03-11")
    warned = [
        warning(n, f"2020-{day}") for n, day in zip("abc", ("01-11", "02-20", "04-01"), strict=True)
    ]
    gap = measure(*warned, need("200"), guards, rule="to-need")
    told = [(r["begin"], r["end"], r["days"], r["subjects"]) for r in gap.to_rows("spells")]
    assert told == [
        ("2020-01-11", "2020-02-10", 30, "a; b"),  # b was given while what ended it stood
        ("2020-04-01", None, 90, "c"),  # 29 + 31 + 30 days to the end of June
    ]
    assert "2 spells of waiting, 120 days in all" in gap.describe()


@given(st.lists(st.integers(0, 150), min_size=1, max_size=8), st.lists(st.integers(0, 150)))
def test_spells_hold_every_warning_once_and_no_day_twice(
    warned: list[int], answered: list[int]
) -> None:
    first = date(2020, 1, 1)
    rows = [warning(f"w{n}", str(first + timedelta(days=day))) for n, day in enumerate(warned)]
    gap = measure(
        *rows,
        *(
            response(f"r{n}", decided=str(first + timedelta(days=d)))
            for n, d in enumerate(answered)
        ),
    )
    spells = find_spells(gap.warned)
    assert sorted(lag.subject for s in spells for lag in s.lags) == sorted(row.id for row in rows)
    assert all(one.end <= other.begin for one, other in pairwise(spells))


def test_an_interval_comes_from_whole_spells_and_the_seed_makes_it() -> None:
    # Five spells of one day's wait and one of 100 days with 50 warnings: drawn by rows the median
    # would hardly ever be 1, by spells the large one is left out in a third of the draws.
    rows: list[Any] = [warning(f"s{n}", f"2020-02-{3 * n + 1:02d}") for n in range(5)]
    rows += [response(f"r{n}", decided=f"2020-02-{3 * n + 2:02d}") for n in range(5)]
    rows += [warning(f"l{n}", "2020-03-01") for n in range(50)] + [
        response("r", decided="2020-06-09")
    ]
    gap = measure(*rows)
    assert gap.survival.median == 100
    assert gap.survival.low[0] > 0.75  # by rows it is sure that most still wait after a day
    assert (gap.interval.low, gap.interval.high) == (1, 100)
    assert "by spells of waiting: 1 to 100 days, from drawing the 6 spells again" in repr(gap)
    draws = [resample_median(gap.spells, 0.5, seed=seed, resamples=3) for seed in range(9)]
    assert draws[3] == resample_median(gap.spells, 0.5, seed=3, resamples=3)
    assert len({(one.low, one.high) for one in draws}) > 1


@pytest.mark.parametrize(("count", "known"), [(1, False), (3, False), (4, True)])
def test_few_spells_give_no_interval_and_say_so(count: int, known: bool) -> None:
    # One spell drawn every time has a chance of 3 ** -3 = 3.7 %, above a tail of 2.5 %; 4 ** -4
    # is 0.4 %.
    rows = [warning(f"w{n}", f"2020-02-{3 * n + 1:02d}") for n in range(count)]
    gap = measure(
        *rows, *(response(f"r{n}", decided=f"2020-02-{3 * n + 2:02d}") for n in range(count))
    )
    assert (gap.interval.spells, gap.interval.known) == (count, known)
    assert ("too few" in repr(gap)) is not known
    if not known:
        assert (gap.interval.low, gap.interval.high) == (None, None)


def test_in_the_central_african_republic_two_spells_hold_41_warnings() -> None:
    gap = atrisk.measure_gap(car(), now(), rule="to-need")
    told = [(r["begin"], r["days"], r["warnings"], r["ended_by"]) for r in gap.to_rows("spells")]
    assert told == [("2013-01-03", 339.5, 31, "sangaris"), ("2014-01-22", 708, 10, None)]
    assert "no interval, because 2 spells are too few" in repr(gap)
    with pytest.raises(atrisk.RequestError, match="seed=-1 is not a seed"):
        atrisk.measure_gap(car(), now(), seed=-1)

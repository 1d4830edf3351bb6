"""A panel: each country as it is alone, to the bit, wherever it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.base.dates import Month
from atrisk.ensemble.runner import Runner
from atrisk.events.derive import make_event_case
from followed import GED, event_table, ged, own_tables
from shipped import un

DAY = date(2021, 6, 1)
ALONE = Runner(workers=1)
COUNTRIES = ("BFA", "MLI", "NER")


@cache
def panel() -> atrisk.Panel:
    return atrisk.score_panel(
        own_tables(), un(), published=DAY, knowledge="retrospective", runner=ALONE
    )


def scored(**asked: Any) -> atrisk.Panel:
    table = asked.pop("table", own_tables())
    settled: dict[str, Any] = {"published": DAY, "runner": ALONE}
    return atrisk.score_panel(table, un(), **(settled | asked))


def test_each_country_has_the_numbers_that_it_has_alone() -> None:
    assert tuple(track.country for track in panel().tracks) == COUNTRIES
    for followed in panel().tracks:
        case = make_event_case(own_tables(), un(), followed.country, published=DAY)
        assert case is not None
        now = atrisk.assess(case, un(), knowledge="retrospective")
        mine = {row["month"]: row for row in panel().rows if row["country"] == followed.country}
        assert set(mine) == {m for m, c in zip(now.months, now.coverage, strict=True) if c > 0}
        for place, month in enumerate(now.months):
            if month in mine:
                row = mine[month]
                assert (row["score"], row["low"], row["high"]) == (
                    now.overall[place], now.low[place], now.high[place]
                )  # fmt: skip
                assert (row["band"], row["coverage"]) == (now.bands[place], now.coverage[place])
        assert np.array_equal(followed.score, now.on_record, equal_nan=True)


def test_other_countries_change_nothing() -> None:
    one = scored(countries=["MLI"], knowledge="retrospective")
    assert list(one.rows) == [row for row in panel().rows if row["country"] == "MLI"]


def test_silent_countries_are_listed_and_not_scored_as_zero() -> None:
    assert panel().silent == ("SEN",)
    assert "SEN" not in {row["country"] for row in panel().to_rows()}
    assert panel().unscored == 4 * len(panel().months) - len(panel().rows)
    assert f"{panel().unscored:,} country-months have none" in repr(panel())


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def test_on_two_threads_it_is_the_same_to_the_bit() -> None:
    two = scored(knowledge="retrospective", runner=Runner(workers=2))
    assert two.rows == panel().rows
    assert (two.silent, two.months) == (panel().silent, panel().months)


def test_on_a_cluster_it_is_the_same_to_the_bit(client: Any) -> None:
    there = scored(knowledge="retrospective", runner=Runner(client=client))
    assert there.rows == panel().rows
    for one, other in zip(there.tracks, panel().tracks, strict=True):
        assert one.country == other.country
        assert np.array_equal(one.score, other.score, equal_nan=True)
        assert one.tiers == other.tiers


def test_outcomes_are_what_the_table_counted() -> None:
    for followed in panel().tracks:
        series = own_tables().series(followed.country, ("one-sided",))
        (counts,) = followed.outcomes.values()
        assert counts.tolist() == [series[Month.parse(month)] for month in followed.months]
    found = panel().verify(draws=20)
    assert found.to_rows("levels")[0]["months"] <= len(panel().rows)
    cases = {row["case"] for row in found.to_rows("months")}
    assert cases <= {f"events-{country.lower()}" for country in COUNTRIES}


def test_a_table_that_does_not_count_civilians_has_no_outcomes_of_zero() -> None:
    battles = event_table(*(f"MLI,2018-{m:02},battle,state,1,{9 * m}" for m in range(1, 9)))
    alone = scored(table=battles, knowledge="retrospective")
    assert alone.rows
    with pytest.raises(atrisk.RequestError):
        alone.verify(draws=20).to_rows()


def test_a_country_of_which_nothing_was_known_in_time_is_silent() -> None:
    old, new = ("2018-03-03", 30), ("2020-12-12", 50)
    lines = [
        f"{country},{day},1,3,Government of X,{n},{n},{n},{n}"
        for country, (day, n) in (("Mali,432", old), ("Niger,436", new))
    ]
    table = event_table(*lines, head=GED)
    found = scored(table=table, calendar=True)
    assert [track.country for track in found.tracks] == ["MLI"]
    assert found.silent == ("NER",)
    assert found.rows[0]["month"] == "2019-06"  # the yearly edition of 2018
    by_then = scored(table=table, calendar=True, knowledge="2019-12-31")
    assert by_then.silent == ()  # whoever looks from that day cannot name it
    assert by_then.months[-1] == "2019-12"


def test_what_nobody_knew_in_time_is_told_with_what_to_type() -> None:
    with pytest.raises(atrisk.RequestError, match="--calendar or --knowledge retrospective"):
        scored()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"countries": ["SEM"]}, "no country of the table is called 'SEM'.*"),
        ({"countries": ["GMB"]}, "Known: BFA, MLI, NER, SEN"),
        ({"start": Month.parse("2019-03"), "end": Month.parse("2019-01")}, "is before start"),
        ({"start": "2019-03"}, "expected a Month"),
        ({"published": None}, "does not say when it came out"),
        ({"published": date(2019, 3, 1)}, "cannot be from 2019-03-01"),
        ({"runner": Runner(workers=0)}, "0 is not a number of workers"),
        ({"calendar": True}, "no calendar of releases is known for 'counts'"),
        ({"countries": ["SEN"]}, "counts nothing that reaches a step"),
        ({"knowledge": "2017-01-01"}, "is before events-bfa begins"),
    ],
)
def test_an_error_says_what_is_accepted(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(atrisk.AtriskError) as caught:
        scored(**({"knowledge": "retrospective"} | asked))
    assert words.removesuffix(".*") in str(caught.value)


def test_countries_go_by_name_or_code_and_months_may_be_fewer() -> None:
    some = scored(
        countries=["Mali", "mli", "BFA"], knowledge="retrospective",
        start=Month.parse("2018-06"), end=Month.parse("2018-08"),
    )  # fmt: skip
    assert [track.country for track in some.tracks] == ["MLI", "BFA"]
    assert some.months == ("2018-06", "2018-07", "2018-08")
    assert {row["month"] for row in some.rows} <= set(some.months)


def test_a_file_of_ucdp_dates_its_months_by_the_calendar() -> None:
    table = ged(("2018-03-03", 30), ("2020-12-12", 50))
    found = scored(table=table, calendar=True)
    assert found.tracks[0].country == "CAF"
    assert found.rows[0]["month"] == "2019-06"

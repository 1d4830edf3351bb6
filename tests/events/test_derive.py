"""Counted events as evidence: a row for each rule and month, known from its day and no earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atrisk
from atrisk.base.dates import Month
from atrisk.events.derive import Vintage, list_outcomes, make_event_case
from atrisk.frameworks.event_rules import read_event_rules
from followed import event_table, ged
from shipped import car, un
from toys import evidence

DAY = date(2021, 6, 1)
CAF = "CAF,2013-12,one-sided,state,6,30"
NUMBERS = ("indicators", "factors", "overall", "low", "high", "coverage")


def derived(case: atrisk.Case) -> dict[str, atrisk.Evidence]:
    return {row.id: row for row in case.evidence if row.derived}


def same(one: atrisk.Assessment, other: atrisk.Assessment) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in NUMBERS)


def test_each_rule_whose_lowest_step_is_reached_has_one_row_a_month() -> None:
    table = event_table(
        CAF,
        "CAF,2013-12,one-sided,non-state,1,70",
        "CAF,2013-12,battle,unknown,1,9",
        "CAF,2014-01,one-sided,non-state,1,4",
        "CAF,2014-02,protest,unknown,4,0",  # below the lowest step
        "CAF,2014-03,other,unknown,40,40",  # of no rule
    )
    rows = derived(atrisk.add_events(car(), table, un(), published=DAY))
    assert {name: row.severity for name, row in rows.items()} == {
        "fighting-2013-12-20210601": 1,
        "civilians-killed-2013-12-20210601": 4,  # 30 by the state and 70 by others
        "civilians-killed-2014-01-20210601": 1,
        "attacks-on-civilians-2013-12-20210601": 2,
        "civilians-killed-by-state-2013-12-20210601": 3,  # 30 by the state alone
    }
    row = rows["civilians-killed-2013-12-20210601"]
    rules = read_event_rules(un())
    rule = next(one for one in rules.rules if one.id == row.derived)
    assert (row.indicators, row.credibility) == (rule.indicators, rules.credibility)
    assert (str(row.start), str(row.end), str(row.known)) == ("2013-12", "2013-12", "2021-06-01")
    assert row.summary == "Counted in the month: 100 people killed in 7 events (one-sided)."
    assert row.claim == "civilians-killed-2013-12"


def test_a_rule_of_civilians_makes_no_row_of_a_table_that_does_not_tell_them() -> None:
    head = "country,month,kind,actor,events,deaths,civilians"
    lines = ["CAF,2013-12,battle,state,9,90,80", "CAF,2014-01,battle,state,9,90,"]
    told = derived(atrisk.add_events(car(), event_table(*lines, head=head), un(), published=DAY))
    assert [n for n in told if n.startswith("civilians-")] == [
        "civilians-in-fighting-2013-12-20210601"
    ]
    bare = event_table("CAF,2013-12,battle,state,9,90")
    rows = derived(atrisk.add_events(car(), bare, un(), published=DAY)).values()
    assert {row.derived for row in rows} == {"fighting"}


def test_months_up_to_a_year_before_the_case_are_rows_and_later_ones_are_not() -> None:
    months = ("2010-12", "2011-01", "2011-12", "2012-01", "2015-12", "2016-01")
    table = event_table(*(f"CAF,{month},battle,state,1,30" for month in months))
    case = atrisk.add_events(car(), table, un(), published=DAY)
    assert [str(row.start) for row in derived(case).values()] == list(months[1:-1])


@settings(max_examples=25)
@given(
    st.integers(Month.parse("2011-01").index, Month.parse("2015-12").index),
    st.integers(0, 900),
    st.sampled_from(["battle", "one-sided"]),
)
def test_no_month_before_its_day_of_issue_sees_a_row(month: int, wait: int, kind: str) -> None:
    published = Month(month).last_day + timedelta(days=wait)
    table = event_table(f"CAF,{Month(month)},{kind},state,60,600")
    before = atrisk.assess(car(), un())
    after = atrisk.assess(atrisk.add_events(car(), table, un(), published=published), un())
    seen = [Month.parse(one).last_day >= published for one in after.months]
    for name in NUMBERS:
        then, now = getattr(before, name), getattr(after, name)
        first = seen.index(True) if any(seen) else len(seen)
        assert np.array_equal(then[:first], now[:first]), name
    if any(seen):
        known = seen.index(True)
        assert not np.array_equal(before.indicators[known], after.indicators[known])


@given(
    st.sampled_from(["ucdp-ged", "ucdp-candidate", "acled"]),
    st.integers(Month.parse("1989-01").index, Month.parse("2030-12").index),
    st.integers(-400, 4000),
)
def test_a_calendar_is_never_earlier_than_its_period_nor_later_than_the_file(
    layout: str, month: int, wait: int
) -> None:
    last = Month(month).last_day
    release = read_event_rules(un()).find_release(layout)
    assert release is not None
    published = last + timedelta(days=wait)
    known = Vintage(published, release).know(Month(month))
    over = date(last.year, 12, 31) if release.period == "year" else last
    assert known == min(published, over + timedelta(days=release.days))
    assert Vintage(published).know(Month(month)) == published


def test_a_calendar_is_told_by_the_source_and_each_month_has_its_own_day() -> None:
    table = ged(("2013-03-24", 40), ("2014-01-10", 40))
    case = atrisk.add_events(car(), table, un(), published=DAY, calendar=True)
    known = {str(row.known) for row in derived(case).values()}
    assert known == {"2014-06-30", "2015-06-30"}
    assert case.sources[-1].id == "events-ucdp-ged-2021-06-01-calendar"
    assert "by the publisher's calendar" in case.sources[-1].title
    again = atrisk.add_events(case, table, un(), published=DAY)  # the same file, taken otherwise
    assert {str(row.known) for row in derived(again).values()} == {str(DAY)}
    assert len(again.sources) == len(case.sources)


def test_a_second_edition_of_a_month_is_one_claim_and_adds_no_reading() -> None:
    first, second = event_table(CAF), event_table(CAF, "SEN,2014-01,battle,state,1,1", name="b.csv")
    once = atrisk.add_events(car(), first, un(), published=date(2014, 2, 1))
    twice = atrisk.add_events(once, second, un(), published=date(2014, 9, 1))
    assert len(derived(twice)) == 2 * len(derived(once)) == 6
    assert same(atrisk.assess(once, un()), atrisk.assess(twice, un()))
    lone = replace(
        twice,
        evidence=tuple(row.model_copy(update={"claim": row.id}) for row in twice.evidence),
        checked=True,
    )
    assert not same(atrisk.assess(once, un()), atrisk.assess(lone, un()))  # if it were no claim


def test_the_same_file_twice_is_the_same_as_once() -> None:
    table = event_table(CAF)
    once = atrisk.add_events(car(), table, un(), published=DAY)
    assert atrisk.add_events(once, table, un(), published=DAY).digest == once.digest
    mended = event_table(CAF.replace("30", "120"))  # of the same name and day
    rows = derived(atrisk.add_events(once, mended, un(), published=DAY)).values()
    assert [row.severity for row in rows if row.derived == "civilians-killed"] == [4]


def test_another_file_of_the_same_day_keeps_the_rows_of_the_first() -> None:
    one = event_table(CAF, name="attacks.csv")
    two = event_table("CAF,2013-12,battle,state,1,30", name="battles.csv")
    other = ged(("2013-12-05", 7))
    case = car()
    for table in (one, two, other, two, one):
        case = atrisk.add_events(case, table, un(), published=DAY)
    assert len(case.sources) == len(car().sources) + 3
    assert len(derived(case)) == 3 + 1 + 2
    again = case
    for table in (one, two, other):
        again = atrisk.add_events(again, table, un(), published=DAY)
    assert again.digest == case.digest


@pytest.mark.parametrize("calendar", [False, True])
def test_a_row_that_was_coded_by_hand_from_the_table_stays(calendar: bool) -> None:
    table = ged(("2013-12-05", 30))
    case = atrisk.add_events(car(), table, un(), published=DAY)
    own = evidence(
        "by-hand", source=case.sources[-1].id, quote="", start="2013-12", known="2021-06-01",
        indicators="11.1",
    )  # fmt: skip
    coded = replace(case, evidence=(*case.evidence, own))
    again = atrisk.add_events(coded, table, un(), published=DAY, calendar=calendar)
    assert own in again.evidence
    assert len(derived(again)) == len(derived(case))


def test_a_case_is_split_into_what_documents_tell_and_what_was_counted() -> None:
    case = atrisk.add_events(car(), event_table(CAF), un(), published=DAY)
    documents, events = atrisk.split_events(case)
    assert documents.evidence == car().evidence
    assert set(events.evidence) == set(derived(case).values())
    assert events.searches == ()
    assert same(atrisk.assess(documents, un()), atrisk.assess(car(), un()))


def test_a_case_with_events_is_valid_and_reads_back_as_it_was_saved(tmp_path: Path) -> None:
    case = atrisk.add_events(car(), event_table(CAF), un(), published=DAY)
    atrisk.Case(case.header, case.sources, case.evidence, framework=un())  # it is checked anew
    back = atrisk.load_case(case.save(tmp_path / "car"), un())
    assert back.digest == case.digest
    assert derived(back).keys() == derived(case).keys()
    assert {row.derived for row in back.evidence} == {
        "", "civilians-killed", "attacks-on-civilians", "civilians-killed-by-state"
    }  # fmt: skip
    header = (tmp_path / "car" / "evidence.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith(",derived")


@pytest.mark.parametrize(
    ("lines", "asked", "words"),
    [
        ((CAF,), {}, ["does not say when it came out", "--published 2021-06-01"]),
        ((CAF,), {"published": DAY, "calendar": True},
         ["no calendar of releases is known for 'counts'", "ucdp-ged", "--published 2021-06-01"]),
        (("MLI,2013-12,battle,state,1,30",), {"published": DAY},
         ["counts nothing for CAF up to 2015-12", "it has not that country"]),
        (("CAF,2018-12,battle,state,1,30",), {"published": DAY}, ["counts nothing for CAF"]),
        (("CAF,2013-12,protest,state,1,0",), {"published": DAY}, ["reaches a step of un-foa-2014"]),
        ((CAF,), {"published": date(2013, 12, 1)}, ["it cannot be from 2013-12-01"]),
        ((CAF, "CAF,2014-05,battle,state,1,30"), {"published": date(2014, 3, 1)},
         ["counts 2014-05, so it cannot be from 2014-03-01"]),
        ((CAF,), {"published": "2021-06-01"}, ["expected a date", "published=date(2021, 6, 1)"]),
    ],
)  # fmt: skip
def test_an_error_says_what_to_type(
    lines: tuple[str, ...], asked: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(atrisk.RequestError) as caught:
        atrisk.add_events(car(), event_table(*lines), un(), **asked)  # type: ignore[arg-type] # faults
    for word in words:
        assert word in str(caught.value)


def test_frameworks_without_rules_or_of_another_case_are_refused(tmp_path: Path) -> None:
    table, ten = event_table(CAF), atrisk.load_framework("ten-stages")
    with pytest.raises(atrisk.RequestError, match="is coded to un-foa-2014, not to ten-stages"):
        atrisk.add_events(car(), table, ten, published=DAY)
    with pytest.raises(atrisk.DataError, match=r"event_rules\.toml(.|\n)*is missing"):
        make_event_case(table, ten, "CAF", published=DAY)


def test_a_day_with_a_time_is_the_day() -> None:
    table, noon = event_table(CAF), datetime(2021, 6, 1, 12)
    assert (
        atrisk.add_events(car(), table, un(), published=noon).digest
        == atrisk.add_events(car(), table, un(), published=DAY).digest
    )


def test_outcomes_are_deaths_by_month_and_zero_only_where_a_table_counts_them() -> None:
    table = event_table(CAF, "CAF,2014-02,battle,state,1,30", "CAF,2020-01,one-sided,state,1,9")
    told = {str(one.month): one.value for one in list_outcomes(table, car(), DAY)}
    assert told["2013-12"] == 30
    assert told["2014-01"] == told["2014-02"] == told["2015-12"] == 0
    assert len(told) == 25
    assert min(told) == "2013-12"
    battles = event_table("CAF,2013-12,battle,state,1,30", "CAF,2014-12,protest,unknown,9,0")
    assert list_outcomes(battles, car(), DAY) == ()
    (one,) = list_outcomes(event_table(CAF), car(), DAY)
    assert (one.measure, str(one.vintage)) == ("one-sided-deaths", "2021-06-01")


def test_a_case_of_counts_alone_has_its_country_and_none_where_no_step_is_reached() -> None:
    table = event_table(CAF, "SEN,2014-03,other,unknown,1,0")
    case = make_event_case(table, un(), "CAF", published=DAY)
    assert case is not None
    assert (case.header.country, str(case.header.start), str(case.header.end)) == (
        "CAF", "2013-12", "2014-03"
    )  # fmt: skip
    assert make_event_case(table, un(), "SEN", published=DAY) is None
    atrisk.Case(case.header, case.sources, case.evidence, framework=un())  # it is a valid one

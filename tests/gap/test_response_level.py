"""Response levels: what stood on a day, and what of its promise was delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import atrisk
from atrisk import Case, Delivery
from atrisk.base.dates import ImpreciseDate, bounds
from ledgers import delivery, lag, measure, response, warning
from shipped import car, now
from toys import HEADER, SOURCES, THREE_FACTOR, evidence


def test_the_response_level_follows_from_the_table() -> None:
    # All instruments are worth 1/2 in force. Peacekeeping at half of its promise: 1/4; with aid in
    # full: 1 - 3/4 * 1/2. In April a harmful pact at 1/2 leaves half of that.
    rows = (
        warning(),
        response(deployed="2020-02-01", promised="100", delivered="50"),
        response("aid", instrument="humanitarian", deployed="2020-03-01", protects_civilians="no"),
        response(
            "pact",
            instrument="diplomatic",
            deployed="2020-04-01",
            effect="harmful",
            protects_civilians="no",
        ),
    )
    levels = [row["response"] for row in measure(*rows).monthly]
    together = 1 - 3 / 4 * 1 / 2
    assert levels == [0, 1 / 4, together, together / 2, together / 2, together / 2]


def test_two_forces_of_one_kind_count_as_the_stronger() -> None:
    rows = (
        warning(),
        *(
            response(name, deployed="2020-02-01", protects_civilians="no")
            for name in ("one", "two")
        ),
    )
    assert measure(*rows).monthly[1]["response"] == 1 / 2


def test_an_unknown_strength_is_half_with_nothing_and_all_as_bounds() -> None:
    row = measure(warning(), response(deployed="2020-02-01", promised="100")).monthly[1]
    assert (row["response_low"], row["response"], row["response_high"]) == (0, 1 / 4, 1 / 2)


def test_the_gap_is_the_risk_above_the_response_and_waiting_months_add_up() -> None:
    # Evidence of February: overall 1/4 in February, which is no alarm at 1/2; under a lower
    # policy February is one, and nothing adequate stands until March.
    rows = warning(), response(deployed="2020-03-01", promised="1", delivered="1")
    months = measure(*rows, rule="adequate").monthly
    assert [row["gap"] for row in months[:3]] == [None, 1 / 4, 0]  # nothing was known in January
    case = Case(HEADER, SOURCES, (evidence(indicators="1.1;1.2;2.1;2.2"),), (), rows[:1], rows[1:])
    assessment = atrisk.assess(case, THREE_FACTOR, method={"persistence": "never"})
    waited = [
        r["months_in_alarm_without_answer"] for r in atrisk.measure_gap(case, assessment).monthly
    ]
    assert atrisk.raise_flags(assessment).alarms[0].onset == "2020-02"
    assert waited == [0, 1, 1, 1, 1, 1]


def test_promises_are_set_beside_what_was_delivered_month_by_month() -> None:
    rows = (
        warning(),
        response(decided="2020-02-01", promised="100", ended="2020-05-15"),
        delivery("2020-03-01", "100", "25"),
        delivery("2020-04-01", "200", "50"),
    )
    promises = measure(*rows).to_rows("promises")
    assert [(r["month"], r["promised"], r["delivered"], r["share"]) for r in promises] == [
        ("2020-02", 100, None, None),
        ("2020-03", 100, 25, 1 / 4),
        ("2020-04", 200, 50, 1 / 4),
    ]


def test_an_answer_that_lost_its_strength_is_no_longer_in_force() -> None:
    rows = (
        warning(),
        response(deployed="2020-02-01", promised="100", delivered="60"),
        delivery("2020-02-10", "", "60"),
        delivery("2020-03-10", "", "0"),
    )
    gap = measure(*rows, rule="adequate")
    assert lag(gap).days == 30  # an empty promise in a delivery is the response's own
    assert [row["answers_in_force"] for row in gap.monthly][:3] == ["", "r", ""]


def test_promises_of_a_half_seen_month_hold_nothing_after_the_day() -> None:
    day = date(2013, 7, 10)  # in the middle of a month
    seen = atrisk.measure_gap(car(), atrisk.assess(car(), now().framework, knowledge=day))
    late = [d for d in car().deliveries if day < bounds(d.date)[0]]
    toys = [replace_date(d, "2013-07-25") for d in late]
    richer = replace(car(), deliveries=(*car().deliveries, *toys))
    again = atrisk.measure_gap(richer, atrisk.assess(richer, now().framework, knowledge=day))
    assert late
    assert again.to_rows("promises") == seen.to_rows("promises")
    assert again.to_rows("monthly") == seen.to_rows("monthly")


def replace_date(delivery: Delivery, when: str) -> Delivery:
    return delivery.model_copy(update={"date": ImpreciseDate.parse(when)})


def test_what_was_delivered_in_the_end_says_nothing_of_the_months_before() -> None:
    row = response(
        decided="2020-02-01", deployed="2020-04-01", promised="100", delivered="50", ended=""
    )
    shares = {r["month"]: r["share"] for r in measure(warning(), row).to_rows("promises")}
    assert [shares[f"2020-0{month}"] for month in (2, 3, 4, 5)] == [None, None, 0.5, 0.5]


def test_each_response_level_opens_to_the_responses_that_it_rests_on() -> None:
    gap = atrisk.measure_gap(car(), now())
    levels = [row["response"] for row in gap.monthly]
    assert max(levels) > 0
    for row in gap.monthly:
        parts = dict(part.split() for part in row["response_rests_on"].split("; ") if part)
        assert set(parts) <= {response.id for response in car().responses}
        free = {True: 1.0, False: 1.0}
        for value in map(float, parts.values()):
            free[value > 0] *= 1 - abs(value)
        assert row["response"] == pytest.approx((1 - free[True]) * free[False], abs=5e-4)


def test_each_promise_opens_to_the_row_that_tells_it() -> None:
    anchors = {row.shown_quote for row in (*car().deliveries, *car().responses)}
    rows = atrisk.measure_gap(car(), now()).to_rows("promises")
    assert rows
    for row in rows:
        assert row["quote"] in anchors
        assert row["locator"]
    told = measure(
        warning(), response(deployed="2020-02-01", promised="100"), delivery("2020-03-01", "", "5")
    ).to_rows("promises")
    assert [row["locator"][-4:] for row in told[:2]] == ["p. 2", "p. 3"]

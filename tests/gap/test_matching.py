"""Matching: which response answers which warning, and when, by hand and for any dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from atrisk import Case, Lag
from atrisk.cases.ledger import STAGES
from atrisk.gap import waiting
from atrisk.gap.matching import find_answers, measure_lag
from ledgers import delivery, lag, measure, response, warning
from properties import is_caught


def test_dates_to_the_day_give_a_lag_to_the_day() -> None:
    # 11 January to 1 March 2020: 20 + 29 + 1 days.
    found = lag(measure(warning(), response(decided="2020-03-01")))
    assert (found.days, found.low, found.high, found.censored) == (50, 50, 50, False)


def test_an_imprecise_answer_gives_the_interval_that_it_implies() -> None:
    # Some day in March: 50 to 80 days; its middle is 16 March.
    found = lag(measure(warning(), response(decided="2020-03")))
    assert (found.low, found.days, found.high) == (50, 65, 80)


def test_a_warning_without_an_answer_is_censored_at_the_end_of_the_case() -> None:
    # The case ends on 30 June 2020: 20 + 29 + 31 + 30 + 31 + 30 days. The other is answered.
    gap = measure(warning(), response(decided="2020-01-10"))
    found = lag(gap)
    assert (found.response, found.days, found.high, found.censored) == (None, 171, None, True)
    assert gap.survival.median is None
    assert "nothing answered it by 2020-06-30" in gap.describe()


def test_an_answer_on_the_same_day_counts_and_one_before_it_never_does() -> None:
    assert lag(measure(warning(), response(decided="2020-01-11"))).days == 0
    assert lag(measure(warning(), response(decided="2020-01-10"))).censored


def test_an_answer_that_may_have_come_before_is_open_upwards() -> None:
    # Some day in January, the warning on the 11th: perhaps 20 days, perhaps no answer at all.
    found = lag(measure(warning(), response(decided="2020-01")))
    assert (found.low, found.days, found.high) == (0, 5, None)


def test_each_stage_has_its_own_lag_and_a_later_stage_shows_an_earlier_one() -> None:
    row = response(decided="2020-02-10", deployed="2020-03-11", full_strength="2020-04-10")
    days = [lag(measure(warning(), row, stage=stage)).days for stage in STAGES[:1] + STAGES[1:2]]
    assert days == [30, 30]  # proposed by the day on which it was decided, at the latest
    assert lag(measure(warning(), row, stage="deployed")).days == 60
    assert lag(measure(warning(), row, stage="full_strength")).days == 90


def test_adequate_needs_civilians_protected_and_half_of_what_was_promised() -> None:
    row = response(deployed="2020-02-01", promised="100", delivered="60")
    rows = row, delivery("2020-02-10", "100", "40"), delivery("2020-03-11", "100", "50")
    assert lag(measure(warning(), *rows, rule="adequate")).days == 60
    unarmed = response(
        deployed="2020-02-01", promised="100", delivered="60", protects_civilians="no"
    )
    assert lag(measure(warning(), unarmed, rule="adequate")).censored
    unknown = response(deployed="2020-02-01", promised="100")
    assert lag(measure(warning(), unknown, rule="adequate")).censored  # unknown is not enough
    assert lag(measure(warning(), row, rule="adequate")).days == 21


def test_what_was_there_before_fulfils_no_promise() -> None:
    # From 600 to 2,000: 1,000 on the spot are 400 of the 1,400 that were promised.
    row = response(deployed="2020-02-01", promised="2000", baseline="600")
    rows = row, delivery("2020-02-10", "2000", "1000"), delivery("2020-03-11", "2000", "1300")
    gap = measure(warning(), *rows, rule="adequate")
    assert lag(gap).days == 60
    assert gap.to_rows("promises")[0]["share"] == 400 / 1400


def test_a_documented_answer_is_one_that_a_source_links() -> None:
    rows = (
        response("first", decided="2020-02-10"),
        response("named", decided="2020-03-11", answers="w"),
    )
    assert lag(measure(warning(), *rows, rule="documented")).days == 60
    assert lag(measure(warning(), *rows)).days == 30


def test_harmful_and_neutral_responses_answer_nothing() -> None:
    for effect in ("harmful", "neutral"):
        assert lag(measure(warning(), response(decided="2020-02-10", effect=effect))).censored


DAY = date(2020, 1, 1)
offsets = st.integers(0, 160)


def write(offset: int, width: int) -> str:
    first, last = DAY + timedelta(days=offset), DAY + timedelta(days=offset + width)
    return str(first) if not width else f"{first}/{last}"


@given(st.lists(offsets, min_size=1, max_size=4), offsets, offsets)
def test_an_earlier_response_never_lengthens_a_lag(
    answers: list[int], warned: int, added: int
) -> None:
    rows = [response(f"r{n}", decided=write(day, 0)) for n, day in enumerate(answers)]
    before = lag(measure(warning(when=write(warned, 0)), *rows))
    more = response("more", decided=write(added, 0))
    after = lag(measure(warning(when=write(warned, 0)), *rows, more))
    assert after.days <= before.days
    assert after.days >= 0
    if after.response and after.response.id == "more":
        assert added >= warned  # a response before the warning never answers it


@given(st.lists(st.tuples(offsets, st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=4),
       st.integers(0, 140), st.integers(0, 40), st.integers(0, 40))  # fmt: skip
def test_the_interval_holds_the_lag_of_any_days_that_the_dates_may_mean(
    answers: list[tuple[int, int, int]], warned: int, width: int, chosen: int
) -> None:
    vague = [
        warning(when=write(warned, width)),
        *(response(f"r{n}", decided=write(a, w)) for n, (a, w, _) in enumerate(answers)),
    ]
    exact = [
        warning(when=write(warned + min(chosen, width), 0)),
        *(
            response(f"r{n}", decided=write(a + min(c, w), 0))
            for n, (a, w, c) in enumerate(answers)
        ),
    ]
    bounds, truth = lag(measure(*vague)), lag(measure(*exact))
    assert bounds.low <= truth.days
    assert bounds.low <= bounds.days
    if bounds.high is not None:
        assert not truth.censored
        assert truth.days <= bounds.high
        assert bounds.days <= bounds.high


@given(
    st.lists(offsets, min_size=1, max_size=5), st.lists(offsets, min_size=1, max_size=3), offsets
)
def test_adding_an_unanswered_warning_never_shortens_the_median(
    warned: list[int], answers: list[int], added: int
) -> None:
    rows: list[Any] = [warning(f"w{n}", write(day, 0)) for n, day in enumerate(warned)]
    rows += [response(f"r{n}", decided=write(day, 0)) for n, day in enumerate(answers)]
    late = max(answers) + 1 + added // 8
    if late > 181:
        return
    before, after = measure(*rows), measure(*rows, warning("late", write(late, 0)))
    assert lag(after, "late").censored
    assert (after.survival.median or np.inf) >= (before.survival.median or 0)
    if before.survival.median is None:
        assert after.survival.median is None


@given(st.lists(st.tuples(offsets, st.integers(0, 60), st.booleans(), st.integers(0, 100)),
                min_size=1, max_size=5), offsets)  # fmt: skip
def test_rules_nest_so_that_adequate_is_never_earlier_than_any_protective(
    answers: list[tuple[int, int, bool, int]], warned: int
) -> None:
    rows = [
        response(
            f"r{n}", decided=write(day, 0), deployed=write(day + later, 0),
            protects_civilians="yes" if armed else "no", promised="100", delivered=str(strength),
        )
        for n, (day, later, armed, strength) in enumerate(answers)
    ]  # fmt: skip
    for stage in ("decided", "deployed"):
        one, other = (
            lag(measure(warning(when=write(warned, 0)), *rows, rule=rule, stage=stage))
            for rule in ("any", "adequate")
        )
        assert one.days <= other.days
        assert one.censored <= other.censored


def test_an_answer_before_the_warning_is_caught_if_the_guard_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Shows that the property can fail: without the order of dates an old response answers.
    rows = warning(), response(decided="2020-01-01")
    assert lag(measure(*rows)).censored
    monkeypatch.setattr("atrisk.base.dates.Span.middle", property(lambda span: 0.0))
    assert not lag(measure(*rows)).censored


# Each property is shown to fail on a library that is broken on purpose.


@pytest.mark.slow  # a search for an example
def test_an_interval_taken_from_the_middles_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def narrow(*given: Any, **options: Any) -> Lag:
        found = measure_lag(*given, **options)
        return replace(found, low=found.days, high=None if found.censored else found.days)

    monkeypatch.setattr("atrisk.gap.gap.measure_lag", narrow)
    assert is_caught(test_the_interval_holds_the_lag_of_any_days_that_the_dates_may_mean)


def test_dropping_the_unanswered_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = waiting.split_lags

    def forget(lags: Any) -> Any:
        return real([lag for lag in lags if not lag.censored] or lags)

    monkeypatch.setattr("atrisk.gap.waiting.split_lags", forget)
    assert is_caught(test_a_warning_that_waits_longest_of_all_lowers_the_share_answered)


@pytest.mark.slow  # a search for an example
def test_an_adequate_rule_without_its_stage_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = find_answers

    def early(case: Case, rule: Any, stage: Any) -> Any:
        return real(case, rule, "decided" if rule.id == "adequate" else stage)

    monkeypatch.setattr("atrisk.gap.gap.find_answers", early)
    assert is_caught(test_rules_nest_so_that_adequate_is_never_earlier_than_any_protective)


def test_the_last_response_instead_of_the_first_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atrisk.gap.matching._find_first", lambda middles: int(middles.argmax()))
    assert is_caught(test_an_earlier_response_never_lengthens_a_lag)


def test_a_warning_that_waits_longest_of_all_lowers_the_share_answered() -> None:
    rows = warning("one"), warning("two", "2020-02-20"), response(decided="2020-02-10")
    curve = measure(*rows).survival
    assert curve.waiting[0] == 1 / 2  # one of two answered, the other still waits


@pytest.mark.parametrize("pillar", ["", "1", "3"])
def test_a_lag_tells_the_pillar_of_what_answered(pillar: str) -> None:
    answered = measure(warning(), response(decided="2020-02-01", pillar=pillar))
    for gap, told in ((answered, pillar), (measure(warning()), "")):
        assert lag(gap).to_row(gap.rule, "decided")["pillar"] == told

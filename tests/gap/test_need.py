"""Need: what stands of all who protect, against what was said to be needed, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pydantic import ValidationError

import atrisk
from atrisk.frameworks.options import RuleOption
from ledgers import case_with, delivery, lag, measure, need, response, warning
from shipped import car, now
from toys import THREE_FACTOR


def force(name: str, when: str, strength: str, actor: str = "", **cells: str) -> Any:
    return response(name, deployed=when, delivered=strength, actor=actor or name, **cells)


def judge(*rows: Any, **asked: Any) -> atrisk.Gap:
    return measure(*rows, rule="to-need", **asked)


def test_forces_answer_together_on_the_day_on_which_they_reach_half_of_the_need() -> None:
    # Half of 200 is 100: 60 stand on 10 February, 60 + 50 on 11 March, 20 + 29 + 11 days on.
    rows = force("one", "2020-02-10", "60"), force("two", "2020-03-11", "50")
    found = lag(judge(warning(), need("200"), *rows))
    assert (found.days, found.low, found.high, found.answered_on) == (60, 60, 60, "2020-03-11")
    assert found.response is not None
    assert found.response.id == "two"


def test_one_force_in_two_rows_counts_once() -> None:
    # The later row tells the whole force: 60 are not 110.
    rows = force("one", "2020-02-10", "60", "us"), force("two", "2020-03-11", "50", "us")
    assert lag(judge(warning(), need("200"), *rows)).censored
    assert not lag(judge(warning(), need("120"), *rows)).censored


def test_a_force_that_another_takes_over_is_not_counted_twice() -> None:
    # 60 become part of 60 others on the day on which they end: 60, never 120.
    rows = force("old", "2020-02-10", "60", ended="2020-03-11"), force("new", "2020-03-11", "60")
    assert lag(judge(warning(), need("200"), *rows)).censored
    assert lag(judge(warning(), need("200"), rows[0], force("new", "2020-03-10", "60"))).days == 59


def test_before_a_need_is_on_record_nobody_can_say_what_was_enough() -> None:
    gap = judge(warning(), need("200", "2020-04-10"), force("one", "2020-02-10", "110"))
    assert lag(gap).days == 20 + 29 + 31 + 10  # to 10 April, though as many stood before
    first, second = gap.to_rows("strength")
    assert (first["needed"], first["share_of_need"], first["adequate"]) == (None, None, None)
    assert first["verdict"] == "cannot be judged: no need of strength on record"
    assert (second["begin"], second["share_of_need"], second["adequate"]) == (
        "2020-04-10", 110 / 200, True,
    )  # fmt: skip
    assert "Before a need was on record (2020-04-10, the secretary)" in repr(gap)


def test_the_latest_need_counts_and_of_one_day_the_largest() -> None:
    rows = [force("one", "2020-02-10", "110"), need("200"), need("400", "2020-03-01")]
    gap = judge(warning(), warning("in", "2020-02-20"), warning("late", "2020-03-05"), *rows)
    assert [lag(gap, name).censored for name in ("w", "in", "late")] == [False, False, True]
    assert (lag(gap, "in").days, lag(gap, "in").answered_on) == (0, "2020-02-20")
    assert lag(judge(warning(), *rows, need("100", "2020-03-01")), "w").days == 30
    assert lag(judge(warning(when="2020-03-05"), *rows, need("100", "2020-03-01"))).censored
    assert lag(judge(warning(when="2020-03-05"), *rows, need("100", "2020-03-02"))).days == 0


def test_only_units_of_people_who_protect_count() -> None:
    # The framework writes its unit in capitals, the ledgers in small letters: no matter.
    enough = force("one", "2020-02-10", "110")
    for other in (need("9", "2020-02-01", "million US dollars"), need("", "2020-02-01")):
        assert lag(judge(warning(), need("200"), other, enough)).days == 30
    cars = force("one", "2020-02-10", "110", unit="vehicles")
    gap = judge(warning(), need("200"), cars)
    assert lag(gap).censored
    assert gap.to_rows("strength")[-1]["unknown"] == "one"


def test_those_who_are_not_to_protect_civilians_do_not_count() -> None:
    for cells in ({"protects_civilians": "no"}, {"effect": "neutral"}, {"instrument": "legal"}):
        gap = judge(warning(), need("200"), force("one", "2020-02-10", "110", **cells))
        assert lag(gap).censored
        assert gap.to_rows("strength")[-1]["unknown"] == ""


def test_a_strength_that_is_not_on_record_is_unknown_and_not_nothing() -> None:
    gap = judge(
        warning(), need("200"), force("one", "2020-02-10", "60"), force("two", "2020-03-11", "")
    )
    last = gap.to_rows("strength")[-1]
    assert (last["strength"], last["unknown"]) == (60, "two")
    assert last["verdict"] == "not known to be adequate: a strength is not on record"
    assert gap.to_rows("strength")[-2]["verdict"] == "not adequate"


def test_a_strength_falls_with_the_delivery_that_says_so() -> None:
    rows = need("200"), response(deployed="2020-02-01"), delivery("2020-02-10", "", "110")
    fall = delivery("2020-04-01", "", "90")
    gap = judge(warning(), *rows, fall)
    assert lag(gap).days == 30
    assert [row["answers_in_force"] for row in gap.monthly] == ["", "r", "r", "", "", ""]
    assert lag(judge(warning(when="2020-04-02"), *rows, fall)).censored


def test_a_case_without_a_need_of_strength_is_refused_and_listed() -> None:
    rows = warning(), force("one", "2020-02-10", "110"), need("9", unit="million US dollars")
    words = r"made has no need of strength on record.*needs\.csv with a number.*Guards"
    with pytest.raises(atrisk.RequestError, match=words):
        judge(*rows)
    gap = measure(*rows)
    told = "Under the rule 'to the need':\n  cannot be judged: no need of strength is on record"
    assert told in gap.describe()
    *_, last = atrisk.compare_rules(gap.case, gap.assessment)
    assert (last["rule"], last["median_days"], last["note"]) == (
        "to-need", None, "no need of strength is on record",
    )  # fmt: skip
    brief = atrisk.prepare_brief(gap.case, THREE_FACTOR, draws=20)
    assert brief.unjudged == ("to-need",)
    assert brief.missing_gap == ""
    own = atrisk.prepare_brief(gap.case, THREE_FACTOR, draws=20, method={"rule": "to-need"})
    assert (own.gap, own.missing_gap) == (None, "no need of strength is on record")
    assert own.warnings


def test_a_rule_of_the_need_says_what_it_counts() -> None:
    cells: dict[str, Any] = {
        "id": "own", "label": "l", "stage": "deployed", "documented": False,
        "effects": ("protective",), "weight": 1, "rationale": "r", "of": "need",
    }  # fmt: skip
    for wrong in ({}, {"share": 0.5}, {"units": ("guards",)}):
        with pytest.raises(ValidationError, match="takes units, a share above 0"):
            RuleOption.model_validate(cells | wrong)
    own = RuleOption.model_validate(cells | {"share": 0.5, "units": ("guards",)})
    case = case_with(warning(), need("200"), force("one", "2020-02-10", "110"))
    assert lag(atrisk.measure_gap(case, atrisk.assess(case, THREE_FACTOR), rule=own)).days == 30


def test_imprecise_dates_give_the_interval_that_they_imply() -> None:
    # Some day in March: 50 to 80 days; its middle is 16 March. That 110 were counted in February
    # does not say that they were there.
    late = response(deployed="2020-03"), delivery("2020-02-10", "", "110")
    for rows in ((force("one", "2020-03", "110"),), late):
        found = lag(judge(warning(), need("200"), *rows))
        assert (found.low, found.days, found.high) == (50, 65, 80)
    # A need that is surely the last one bounds from above too: from March 110 of 400 are too few.
    more = need("200"), need("400", "2020-03-01"), force("one", "2020-02-10", "110")
    found = lag(judge(warning(when="2020-03-05"), *more))
    assert (found.low, found.days, found.high) == (117, 117, None)  # 26 + 30 + 31 + 30 days
    # It may have ended before the warning, or not have: perhaps no wait at all, perhaps no answer.
    gone = force("one", "2020-01-02", "110", ended="2020-01")
    found = lag(judge(warning(), need("200"), gone))
    assert (found.low, found.days, found.high) == (0, 0, None)


DAY = date(2020, 1, 1)
offsets = st.integers(0, 150)
widths = st.tuples(st.integers(0, 30), st.integers(0, 30))
forces = st.lists(
    st.tuples(offsets, widths, st.integers(0, 90), widths, st.integers(0, 120)),
    min_size=1, max_size=3,
)  # fmt: skip
needs = st.lists(st.tuples(offsets, widths, st.integers(1, 200)), min_size=1, max_size=2)


def write(offset: int, width: tuple[int, int], *, exact: bool) -> str:
    """Write a day known to lie within a width, or the one of these days that it was."""
    first = DAY + timedelta(days=offset)
    if exact:
        return str(first + timedelta(days=min(width)))
    return str(first) if not width[0] else f"{first}/{first + timedelta(days=width[0])}"


@given(forces, needs, offsets, widths)
def test_the_bounds_hold_whatever_days_the_dates_may_mean(
    stood: Any, needed: Any, warned: int, width: tuple[int, int]
) -> None:
    def told(*, exact: bool) -> atrisk.Lag:
        rows: list[Any] = [warning(when=write(warned, width, exact=exact))]
        for n, (began, when, lasted, ends, strength) in enumerate(stood):
            begin = write(began, when, exact=exact)
            end = write(began + 31 + lasted, ends, exact=exact)
            rows.append(force(f"r{n}", begin, str(strength), ended=end))
        for n, (day, when, much) in enumerate(needed):
            rows.append(need(str(much), write(day, when, exact=exact), name=f"n{n}"))
        return lag(judge(*rows))

    bounds, truth = told(exact=False), told(exact=True)
    assert bounds.low <= truth.days
    assert bounds.low <= bounds.days
    if bounds.high is not None:
        assert not truth.censored
        assert truth.days <= bounds.high
        assert bounds.days <= bounds.high


def test_in_the_central_african_republic_half_of_the_need_stood_in_december_2013() -> None:
    # 2,000 of MICOPAX and 1,600 of Sangaris of 6,000, from 5 to 12 December, whose middle is the
    # 8th at noon, until MISCA, of unknown strength, took MICOPAX over on the 19th.
    gap = atrisk.measure_gap(car(), now(), rule="to-need")
    enough = [row for row in gap.to_rows("strength") if row["adequate"]]
    assert enough[0]["begin"] == "2013-12-05/2013-12-12"
    assert enough[0]["share_of_need"] == (2000 + 1600) / 6000
    assert enough[0]["need"] == "need-sg-november"
    assert enough[-1]["end"] == "2013-12-19"
    first = gap.warned[0]
    assert first.response is not None
    assert (first.response.id, first.days) == ("sangaris", 339.5)  # 3 January to 8 December, noon
    later = [row for row in gap.to_rows("strength") if row["begin"] >= "2013-12-19"]
    assert all(row["verdict"].startswith("not known to be adequate") for row in later)
    # Half of the upper end of the range, 9,000, was on record at no time.
    assert max(row["strength"] for row in gap.to_rows("strength")) < 4500

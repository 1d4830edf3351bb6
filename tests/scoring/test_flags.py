"""Flags: alarms, surges and triggers, by hand and on the bundled case."""

from __future__ import annotations

from datetime import date
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import atrisk
from atrisk.frameworks.options import AlarmOption
from atrisk.kernel.alarms import find_alarms, find_surges
from atrisk.scoring.flags import find_tiers
from atrisk.scoring.news import find_revised
from shipped import car, counted, now, un
from toys import THREE_FACTOR, case_of, cases, evidence, rows_of_evidence

find_in: Any = find_alarms  # what is tested; one test breaks it


def alarms(scores: list[float], **policy: float) -> list[tuple[int, int | None]]:
    chosen = {"on": 0.5, "off": 0.25, "needed": 1, "watched": 1, "cool_down": 0} | policy
    return find_in(np.array(scores), **chosen)


def test_an_alarm_lasts_until_the_score_is_below_its_lower_threshold() -> None:
    assert alarms([0.25, 0.5, 0.25, 0.125, 0.5]) == [(1, 3), (4, None)]


def test_k_of_n_months_are_needed_and_earlier_ones_count() -> None:
    assert alarms([0.5, 0.25, 0.5, 0.25], needed=2, watched=3) == [(2, None)]
    assert alarms([0.5, 0.25, 0.25, 0.5], needed=2, watched=3) == []


def test_after_an_alarm_no_other_is_raised_while_it_cools_down() -> None:
    scores = [0.5, 0.125, 0.5, 0.5, 0.5]
    assert alarms(scores) == [(0, 1), (2, None)]
    assert alarms(scores, cool_down=2) == [(0, 1), (4, None)]


SCORES = st.sampled_from([0.0, 0.25, 0.5, 0.75])


@given(st.lists(SCORES, min_size=1, max_size=8), st.lists(SCORES, min_size=1, max_size=4))
def test_an_alarm_never_depends_on_later_months(past: list[float], future: list[float]) -> None:
    policy = {"needed": 2, "watched": 3, "cool_down": 1}
    whole, part = alarms([*past, *future], **policy), alarms(past, **policy)
    assert [begun for begun, _ in whole if begun < len(past)] == [begun for begun, _ in part]


def test_a_surge_stands_out_from_the_changes_before_it() -> None:
    # Changes 0, 1/8, 0, 1/8 have mean 1/16 and deviation 1/16: with 2 of them the bar is 3/16.
    scores = np.cumsum([0, 0, 1 / 8, 0, 1 / 8, 1 / 4])
    assert find_surges(scores, months=4, deviations=2.0, least=0.0) == [5]
    assert find_surges(scores, months=4, deviations=3.0, least=0.0) == []  # 1/4 is not above 1/4
    assert find_surges(scores, months=4, deviations=2.0, least=0.5) == []


def test_a_trigger_is_flagged_when_it_falls_on_dangerous_ground() -> None:
    ground = evidence("ground", start="../2019", end="..", known="2019", indicators="1.1")
    spark = evidence("spark", start="2020-03-05", known="2020-03-05", indicators="2.2")
    flags = atrisk.raise_flags(atrisk.assess(case_of(ground, spark), THREE_FACTOR))
    assert [(flag.onset, flag.evidence[0]["evidence"]) for flag in flags.triggers] == [
        ("2020-03", "spark")
    ]
    assert not atrisk.raise_flags(atrisk.assess(case_of(spark), THREE_FACTOR)).triggers


def test_an_alarm_names_its_factors_and_what_raised_it() -> None:
    flags = atrisk.raise_flags(now())
    for alarm in flags.alarms:
        assert alarm.factors
        assert alarm.evidence
        known = {row["evidence"]: row["known"] for row in alarm.evidence}
        assert all(when[:7] <= alarm.onset for when in known.values())
    assert "first in" in repr(flags)


def check_flags_never_use_what_was_learnt_later(case: atrisk.Case, late: atrisk.Evidence) -> None:
    assert late.known is not None
    learnt = str(late.known.latest)[:7]
    policy = AlarmOption(
        id="low", on=0.2, off=0.1, months_needed=2, months_watched=3, cool_down_months=1,
        weight=1, rationale="a test",
    )  # fmt: skip
    raised = []
    for rows in (case.evidence, (*case.evidence, late)):
        flags = atrisk.raise_flags(atrisk.assess(case_of(*rows), THREE_FACTOR), policy)
        kinds = (flags.alarms, flags.surges, flags.triggers)
        raised.append([[f.onset for f in kind if f.onset < learnt] for kind in kinds])
    assert raised[0] == raised[1]


@given(cases(), rows_of_evidence("late"))
def test_a_contemporaneous_flag_never_uses_what_was_learnt_later(
    case: atrisk.Case, late: atrisk.Evidence
) -> None:
    known = late if late.known else late.model_copy(update={"known": late.start})
    check_flags_never_use_what_was_learnt_later(case, known)


def test_a_flag_raised_with_hindsight_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(evidence("weak", severity=1))
    late = evidence("late", start="2020-02-01", end="..", known="2020-05-10", indicators="2.1;2.2")
    check_flags_never_use_what_was_learnt_later(case, late)
    monkeypatch.setattr("atrisk.scoring.tellings.knowledge_day", lambda *_: date(2020, 1, 1))
    with pytest.raises(AssertionError):
        check_flags_never_use_what_was_learnt_later(case, late)


def test_an_alarm_that_looks_ahead_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def ahead(scores: Any, **policy: Any) -> Any:
        return find_alarms(np.full_like(scores, scores.max()), **policy)

    with monkeypatch.context() as patch:
        patch.setitem(globals(), "find_in", ahead)
        with pytest.raises((AssertionError, BaseExceptionGroup)):
            test_an_alarm_never_depends_on_later_months()


def test_the_end_of_an_alarm_and_its_peak_are_told() -> None:
    rows = atrisk.raise_flags(now(), "vignette-strict").to_rows()
    assert all(row["onset"] <= row["peak_month"] for row in rows)
    months = atrisk.raise_flags(now()).in_alarm()
    assert len(months) == 48
    assert any(months)
    assert not all(months)


def test_a_policy_of_another_scale_is_refused() -> None:
    with pytest.raises(atrisk.RequestError, match="take vignette-alert or vignette-sensitive"):
        atrisk.raise_flags(now(), "strict")
    with pytest.raises(atrisk.RequestError, match="take standard or sensitive or strict"):
        atrisk.raise_flags(counted(), "vignette-alert")


def test_policies_are_objects_and_impossible_ones_are_refused() -> None:
    low = AlarmOption(
        id="low", on=0.1, off=0.05, months_needed=1, months_watched=1, cool_down_months=0,
        weight=1, rationale="a test",
    )  # fmt: skip
    assert atrisk.raise_flags(now(), low).alarms[0].onset == "2012-01"
    with pytest.raises(atrisk.RequestError, match="cannot work"):
        atrisk.raise_flags(now(), low.model_copy(update={"off": 0.5}))
    with pytest.raises(atrisk.UnknownNameError, match="Known: standard, sensitive, strict"):
        atrisk.raise_flags(now(), "loud")


def test_a_flag_where_too_little_is_covered_says_so() -> None:
    """No band is named there, so a rise may be the record's alone."""
    case = case_of(
        evidence("a", indicators="1.1", severity="1", start="2020-01", end="..", known="2020-01"),
        evidence("b", indicators="1.1", start="2020-05", end="..", known="2020-05"),
    )
    framework = atrisk.load_framework("un-foa-2014")
    header = case.header.model_copy(update={"framework": framework.id})
    case = atrisk.Case(header, case.sources, case.evidence)
    flags = atrisk.raise_flags(atrisk.assess(case, framework, method="v1")).to_rows()
    assert all(
        (flag["level"] is None) == ("coverage is too low" in flag["reason"]) for flag in flags
    )
    assert any(flag["level"] is None for flag in flags)


NEWS = AlarmOption(
    id="own", weight=1, rationale="own", on=0.25, off=0.01, months_needed=1, months_watched=2,
    cool_down_months=0, rises_on="news",
)  # fmt: skip


def test_an_alarm_rises_on_what_happened_and_not_on_what_was_learnt_of_the_past() -> None:
    past = {"start": "2019-06", "end": "..", "indicators": "1.1;2.1;3.1"}
    before = evidence("mild", severity=1, indicators="1.2", start="2020-01", known="2020-01")
    paper = evidence("paper", known="2020-04", **past)
    told = atrisk.assess(case_of(before, paper), THREE_FACTOR)
    flags = atrisk.raise_flags(told, NEWS)
    assert "2020-04" in [flag.onset for flag in flags.revisions]
    assert [alarm.onset for alarm in flags.alarms] == ["2020-05"]  # it is still so a month later
    by_score = NEWS.model_copy(update={"rises_on": "score"})
    assert [alarm.onset for alarm in atrisk.raise_flags(told, by_score).alarms] == ["2020-04"]
    # The same fact of the month itself, or of the months that are watched, counts at once.
    for start in ("2020-04", "2020-03"):
        fresh = evidence("paper", known="2020-04", **{**past, "start": start})
        now = atrisk.assess(case_of(before, fresh), THREE_FACTOR)
        assert [alarm.onset for alarm in atrisk.raise_flags(now, NEWS).alarms] == ["2020-04"]


def test_with_hindsight_no_month_is_passed_over() -> None:
    for knowledge in ("retrospective", "2013-12-31"):
        now = atrisk.assess(car(), un(), knowledge=knowledge)
        assert not find_revised(now, 0.3, 3).any()


def test_tiers_stand_above_one_another_and_the_highest_is_named() -> None:
    flags, tiers = atrisk.raise_flags(now()), find_tiers(now())
    assert set(flags.tiers) == {"watch", "emergency"}
    assert flags.tiers["watch"][0].onset <= flags.alarms[0].onset
    assert flags.alarms[0].onset <= flags.tiers["emergency"][0].onset
    assert set(tiers) <= {"", "watch", "alert", "emergency"}
    on = {name: {m for m, tier in zip(now().months, tiers, strict=True) if tier == name}
          for name in ("watch", "alert", "emergency")}  # fmt: skip
    assert "2013-12" in on["emergency"]
    assert "2012-06" in on["watch"]
    row = next(row for row in flags.to_rows() if row["flag"] == "emergency")
    assert row["end"] is not None  # it ends when the risk falls
    assert "emergency" in repr(flags)


@given(st.lists(SCORES, min_size=1, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_month_that_is_passed_over_raises_nothing(scores: list[float], gone: list[bool]) -> None:
    skipped = np.array(gone[: len(scores)])
    found = alarms(scores, passed_over=skipped)  # type: ignore[arg-type] # an array
    assert not any(skipped[begun] for begun, _ in found)
    if not skipped.any():
        assert found == alarms(scores)

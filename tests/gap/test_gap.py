"""The gap of the bundled case, and what cannot be measured."""

from __future__ import annotations

from typing import Any

import pytest

import atrisk
from ledgers import lag, measure, response, warning
from shipped import car, now


def row(name: str) -> Any:
    return next(r for r in (*car().warnings, *car().responses) if r.label == name)


def days_between(first: str, stage: str, second: str, other: str) -> tuple[int, int]:
    one, two = getattr(row(first), stage), getattr(row(second), other)
    return (two.earliest - one.latest).days, (two.latest - one.earliest).days


def test_the_ledgers_are_as_large_as_the_paper() -> None:
    assert len(car().warnings) >= 30
    assert len(car().responses) >= 60
    assert {r.effect for r in car().responses} == {"protective", "neutral", "harmful"}


@pytest.mark.parametrize(
    ("words", "first", "stage", "second", "other", "low", "high"),
    [
        # "it took a full eight months for the Council to expand": January to September or October.
        (
            "a full eight months",
            "binuca-renewed",
            "decided",
            "binuca-expanded",
            "decided",
            213,
            303,
        ),
        # "a full week in advance of the attacks" of 5 December, when MICOPAX was attacked too.
        ("a full week in advance", "w-micopax-week", "date", "micopax-bossangoa", "deployed", 7, 7),
        # "only began to deploy in January 2014, almost a year after the Séléka seized Bangui":
        # from the evacuation of 25 March it is nine to ten months, which the paper rounds up.
        ("almost a year", "binuca-evacuation", "deployed", "guard-force", "deployed", 282, 312),
        # "Four days before the Séléka seized power": 20 to 24 March.
        ("four days before", "w-vogt-march", "date", "france-airport", "deployed", 4, 4),
        # "It took just three months for her warning to become a reality": January to 24 March.
        ("just three months", "w-vogt-january", "date", "france-airport", "deployed", 52, 82),
        # MISCA: authorised on 19 July, in authority on 19 December: five months.
        ("19 July to 19 December", "misca", "decided", "misca", "deployed", 153, 153),
        # The UN mission: raised in May 2013, decided on 10 April 2014.
        ("as early as May 2013", "minusca", "proposed", "minusca", "decided", 314, 344),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_the_paper_s_headline_gaps_follow_from_the_rows(
    words: str, first: str, stage: str, second: str, other: str, low: int, high: int
) -> None:
    assert words
    assert days_between(first, stage, second, other) == (low, high)


def test_a_documented_answer_of_the_paper_is_matched_to_the_day() -> None:
    # Dieng on 1 November 2013; "in response", France on 26 November: 25 days.
    gap = atrisk.measure_gap(car(), now(), rule="documented-answer")
    found = lag(gap, "w-dieng-november")
    assert found.response is not None
    assert (found.response.id, found.days, found.low, found.high) == (
        "france-announces",
        25,
        25,
        25,
    )


def test_every_row_names_its_warning_response_rule_stage_and_anchors() -> None:
    for row in atrisk.measure_gap(car(), now()).to_rows():
        assert row["rule"] == "to-need"
        assert row["stage"] == "deployed"
        if row["kind"] == "warning":
            assert row["warning_quote"]
            assert row["warning_locator"]
        assert bool(row["response"]) == bool(row["response_quote"]) != row["censored"]


def test_alarms_wait_like_warnings() -> None:
    gap = atrisk.measure_gap(car(), now())
    alarms = [found.subject for found in gap.lags if found.kind == "alarm"]
    assert alarms == [alarm.onset for alarm in atrisk.raise_flags(now()).alarms]
    assert alarms


def test_one_call_tells_the_first_warning_response_and_adequate_one_with_their_rules() -> None:
    told = atrisk.measure_gap(car(), now()).describe()
    assert told.startswith(
        "The first warning on record is that of France to UN Security Council on"
    )
    for option in now().framework.rules:
        assert f"Under the rule '{option.label}'" in told


def test_groups_are_compared_by_log_rank() -> None:
    gap = atrisk.measure_gap(car(), now())
    for by in ("issuer", "audience", "specificity"):
        rows = gap.compare_groups(by)
        assert sum(row["warnings"] for row in rows) == len(car().warnings)
        assert all(row["log_rank_p"] is None or 0 <= row["log_rank_p"] <= 1 for row in rows)
    with pytest.raises(atrisk.UnknownNameError, match="Known: issuer, audience, specificity"):
        gap.compare_groups("colour")


def test_what_cannot_be_measured_is_refused() -> None:
    bare = atrisk.Case(car().header, car().sources, car().evidence)
    with pytest.raises(
        atrisk.RequestError, match=r"has no warning by 2015-12-31, so there is no gap"
    ):
        atrisk.measure_gap(bare, atrisk.assess(bare, now().framework))
    with pytest.raises(atrisk.UnknownNameError, match="no matching rule is called 'quick'"):
        atrisk.measure_gap(car(), now(), rule="quick")
    with pytest.raises(atrisk.UnknownNameError, match="no stage is called 'ended'"):
        atrisk.measure_gap(car(), now(), stage="ended")
    with pytest.raises(atrisk.UnknownNameError, match="no level is called"):
        atrisk.measure_gap(car(), now()).to_rows("all")


def test_a_gap_seen_as_of_a_day_knows_no_later_warning_or_answer() -> None:
    framework = now().framework
    with pytest.raises(atrisk.RequestError, match="no warning by 2012-06-30"):
        atrisk.measure_gap(car(), atrisk.assess(car(), framework, knowledge="2012-06-30"))
    then = atrisk.measure_gap(car(), atrisk.assess(car(), framework, knowledge="2013-06-30"))
    assert all(found.censored for found in then.lags)  # half of the promise came in November
    given = [found.warning for found in then.lags if found.warning]
    assert given
    assert all(str(warning.date)[:7] <= "2013-06" for warning in given)
    assert then.monthly[-1]["month"] == "2013-06"
    assert "by 2013-06-30" in then.describe()
    assert "as of 2013-06-30" in repr(then)


def test_an_audience_waits_from_the_warnings_that_it_heard() -> None:
    public = atrisk.measure_gap(
        car(), atrisk.assess(car(), now().framework, audience="public", knowledge="2014-12-31")
    )
    heard = {found.subject for found in public.lags}
    assert "w-france-closed" not in heard  # the paper came out in 2015
    assert "w-vogt-january" in heard
    assert "heard by public" in repr(public)


def test_a_documented_answer_within_the_same_month_is_after_its_warning() -> None:
    rows = warning(when="2020-03"), response(decided="2020-03-10", answers="w")
    found = lag(measure(*rows, rule="documented"))
    assert (found.days, found.low, found.high) == (0, 0, None)


def test_an_unanswered_ledger_is_a_result_and_another_case_is_not() -> None:
    gap = measure(warning())
    assert lag(gap).censored
    with pytest.raises(
        atrisk.RequestError, match="the assessment is of made, not of car-2012-2015"
    ):
        atrisk.measure_gap(car(), gap.assessment)

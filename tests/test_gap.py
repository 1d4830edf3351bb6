"""The gap: toy ledgers solved by hand, properties, published survival examples, and CAR's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import atrisk
from atrisk import Case, Delivery, EarlyWarning, Lag, Response
from atrisk.base.dates import ImpreciseDate, bounds
from atrisk.cases.ledger import STAGES
from atrisk.gap import waiting
from atrisk.gap.matching import find_answers, measure_lag
from atrisk.kernel.survival import compare, estimate
from properties import is_caught
from toys import HEADER, SOURCES, THREE_FACTOR, evidence

CAR = atrisk.load_case("car-2012-2015")
NOW = atrisk.assess(CAR, atrisk.load_framework("un-foa-2014"))
BY_ID: dict[str, Any] = {row.id: row for row in CAR.warnings}
BY_ID |= {row.id: row for row in CAR.responses}


def warning(name: str = "w", when: str = "2020-01-11", **cells: str) -> EarlyWarning:
    row = {
        "id": name, "date": when, "issuer": "a neighbour", "addressee": "the council",
        "audience": "public", "about": "conflict", "specificity": "specific", "asked": "",
        "source": "source-a", "locator": "p. 1", "quote": "three plain words", "summary": "s",
    }  # fmt: skip
    return EarlyWarning.model_validate(row | cells)


def response(name: str = "r", **cells: str) -> Response:
    row = dict.fromkeys(STAGES, "") | {
        "id": name, "actor": "the council", "instrument": "peacekeeping", "measure": "guards",
        "promised": "", "delivered": "", "unit": "guards", "protects_civilians": "yes",
        "effect": "protective", "answers": "", "source": "source-a", "locator": "p. 2",
        "quote": "three plain words", "summary": "s",
    }  # fmt: skip
    return Response.model_validate(row | cells)


def delivery(when: str, promised: str, delivered: str, name: str = "r") -> Delivery:
    row = {
        "response": name, "date": when, "promised": promised, "delivered": delivered,
        "unit": "guards", "source": "source-a", "locator": "p. 3", "quote": "three plain words",
    }  # fmt: skip
    return Delivery.model_validate(row)


def measure(*rows: Any, rule: str = "any", stage: Any = None) -> atrisk.Gap:
    kinds = {
        kind: tuple(r for r in rows if isinstance(r, kind))
        for kind in (EarlyWarning, Response, Delivery)
    }
    warned: Any
    answered: Any
    delivered: Any
    warned, answered, delivered = kinds.values()
    case = Case(HEADER, SOURCES, (evidence(),), (), warned, answered, delivered)
    return atrisk.measure_gap(case, atrisk.assess(case, THREE_FACTOR), rule=rule, stage=stage)


def lag(gap: atrisk.Gap, name: str = "w") -> atrisk.Lag:
    return next(lag for lag in gap.lags if lag.subject == name)


# --- toy ledgers by hand ---------------------------------------------------------------------


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


# --- survival --------------------------------------------------------------------------------


def test_the_estimate_is_that_of_a_published_example() -> None:
    # Freireich et al. 1963, 6-mercaptopurine, as in Kalbfleisch and Prentice, table 1.2: remission
    # in weeks of 21 patients; S(6) = 18/21, S(7) = S(6) * 16/17, ..., S(23) = 0.448.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = estimate(np.array(ended, float), np.array(going_on, float), 0.95)
    at = dict(zip(curve.times.tolist(), curve.waiting.tolist(), strict=True))
    assert at[6] == pytest.approx(18 / 21)
    assert at[7] == pytest.approx(18 / 21 * 16 / 17)
    assert at[10] == pytest.approx(18 / 21 * 16 / 17 * 14 / 15)
    assert at[23] == pytest.approx(0.448, abs=5e-4)
    assert curve.median == 23
    low = dict(zip(curve.times.tolist(), curve.low.tolist(), strict=True))
    high = dict(zip(curve.times.tolist(), curve.high.tolist(), strict=True))
    # Log-log limits at week 10, as R's survfit prints them: 0.503 to 0.889.
    assert (low[10], high[10]) == pytest.approx((0.503, 0.889), abs=2e-3)


def test_the_log_rank_test_is_that_of_a_published_example() -> None:
    # The same trial against placebo: chi-squared 16.79 on one degree of freedom, p = 4.17e-5.
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    sides = [tuple(np.array(part, float) for part in side) for side in (treated, (placebo, []))]
    assert compare(*sides) == pytest.approx(4.17e-5, rel=0.02)  # type: ignore[arg-type]


# --- properties ------------------------------------------------------------------------------

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


def test_an_adequate_rule_without_its_stage_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = find_answers

    def early(case: Case, rule: Any, stage: Any) -> Any:
        return real(case, rule, "decided" if rule.id == "adequate" else stage)

    monkeypatch.setattr("atrisk.gap.gap.find_answers", early)
    assert is_caught(test_rules_nest_so_that_adequate_is_never_earlier_than_any_protective)


def test_the_last_response_instead_of_the_first_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atrisk.gap.matching.min", max, raising=False)
    assert is_caught(test_an_earlier_response_never_lengthens_a_lag)


def test_a_warning_that_waits_longest_of_all_lowers_the_share_answered() -> None:
    rows = warning("one"), warning("two", "2020-02-20"), response(decided="2020-02-10")
    curve = measure(*rows).survival
    assert curve.waiting[0] == 1 / 2  # one of two answered, the other still waits


# --- the bundled ledgers ---------------------------------------------------------------------


def days_between(first: str, stage: str, second: str, other: str) -> tuple[int, int]:
    one, two = getattr(BY_ID[first], stage), getattr(BY_ID[second], other)
    return (two.earliest - one.latest).days, (two.latest - one.earliest).days


def test_the_ledgers_are_as_large_as_the_paper() -> None:
    assert len(CAR.warnings) >= 30
    assert len(CAR.responses) >= 60
    assert {r.effect for r in CAR.responses} == {"protective", "neutral", "harmful"}


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
def test_the_paper_s_headline_gaps_follow_from_the_rows(  # noqa: PLR0917
    words: str, first: str, stage: str, second: str, other: str, low: int, high: int
) -> None:
    assert words
    assert days_between(first, stage, second, other) == (low, high)


def test_a_documented_answer_of_the_paper_is_matched_to_the_day() -> None:
    # Dieng on 1 November 2013; "in response", France on 26 November: 25 days.
    gap = atrisk.measure_gap(CAR, NOW, rule="documented-answer")
    found = lag(gap, "w-dieng-november")
    assert found.response is not None
    assert (found.response.id, found.days, found.low, found.high) == (
        "france-announces",
        25,
        25,
        25,
    )


def test_every_row_names_its_warning_response_rule_stage_and_anchors() -> None:
    for row in atrisk.measure_gap(CAR, NOW).to_rows():
        assert row["rule"] == "adequate"
        assert row["stage"] == "deployed"
        if row["kind"] == "warning":
            assert row["warning_quote"]
            assert row["warning_locator"]
        assert bool(row["response"]) == bool(row["response_quote"]) != row["censored"]


def test_alarms_wait_like_warnings() -> None:
    gap = atrisk.measure_gap(CAR, NOW)
    alarms = [found.subject for found in gap.lags if found.kind == "alarm"]
    assert alarms == [alarm.onset for alarm in atrisk.raise_flags(NOW).alarms]
    assert alarms


def test_one_call_tells_the_first_warning_response_and_adequate_one_with_their_rules() -> None:
    told = atrisk.measure_gap(CAR, NOW).describe()
    assert told.startswith(
        "The first warning on record is that of France to UN Security Council on"
    )
    for option in NOW.framework.rules:
        assert f"Under the rule '{option.label}'" in told


def test_groups_are_compared_by_log_rank() -> None:
    gap = atrisk.measure_gap(CAR, NOW)
    for by in ("issuer", "audience", "specificity"):
        rows = gap.compare_groups(by)
        assert sum(row["warnings"] for row in rows) == len(CAR.warnings)
        assert all(row["log_rank_p"] is None or 0 <= row["log_rank_p"] <= 1 for row in rows)
    with pytest.raises(atrisk.UnknownNameError, match="Known: issuer, audience, specificity"):
        gap.compare_groups("colour")


def test_what_cannot_be_measured_is_refused() -> None:
    bare = atrisk.Case(CAR.header, CAR.sources, CAR.evidence)
    with pytest.raises(
        atrisk.RequestError, match=r"has no warning by 2015-12-31, so there is no gap"
    ):
        atrisk.measure_gap(bare, atrisk.assess(bare, NOW.framework))
    with pytest.raises(atrisk.UnknownNameError, match="no matching rule is called 'quick'"):
        atrisk.measure_gap(CAR, NOW, rule="quick")
    with pytest.raises(atrisk.UnknownNameError, match="no stage is called 'ended'"):
        atrisk.measure_gap(CAR, NOW, stage="ended")
    with pytest.raises(atrisk.UnknownNameError, match="no level is called"):
        atrisk.measure_gap(CAR, NOW).to_rows("all")


def test_a_gap_seen_as_of_a_day_knows_no_later_warning_or_answer() -> None:
    framework = NOW.framework
    with pytest.raises(atrisk.RequestError, match="no warning by 2012-06-30"):
        atrisk.measure_gap(CAR, atrisk.assess(CAR, framework, knowledge="2012-06-30"))
    then = atrisk.measure_gap(CAR, atrisk.assess(CAR, framework, knowledge="2013-06-30"))
    assert all(found.censored for found in then.lags)  # half of the promise came in November
    given = [found.warning for found in then.lags if found.warning]
    assert given
    assert all(str(warning.date)[:7] <= "2013-06" for warning in given)
    assert then.monthly[-1]["month"] == "2013-06"
    assert "by 2013-06-30" in then.describe()
    assert "as of 2013-06-30" in repr(then)


def test_an_audience_waits_from_the_warnings_that_it_heard() -> None:
    public = atrisk.measure_gap(
        CAR, atrisk.assess(CAR, NOW.framework, audience="public", knowledge="2014-12-31")
    )
    heard = {found.subject for found in public.lags}
    assert "w-france-closed" not in heard  # the paper came out in 2015
    assert "w-vogt-january" in heard
    assert "heard by public" in repr(public)


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
        atrisk.measure_gap(CAR, gap.assessment)


def test_promises_of_a_half_seen_month_hold_nothing_after_the_day() -> None:
    day = date(2013, 7, 10)  # in the middle of a month
    seen = atrisk.measure_gap(CAR, atrisk.assess(CAR, NOW.framework, knowledge=day))
    late = [d for d in CAR.deliveries if day < bounds(d.date)[0]]
    toys = [replace_date(d, "2013-07-25") for d in late]
    richer = replace(CAR, deliveries=(*CAR.deliveries, *toys))
    again = atrisk.measure_gap(richer, atrisk.assess(richer, NOW.framework, knowledge=day))
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
    gap = atrisk.measure_gap(CAR, NOW)
    levels = [row["response"] for row in gap.monthly]
    assert max(levels) > 0
    for row in gap.monthly:
        parts = dict(part.split() for part in row["response_rests_on"].split("; ") if part)
        assert set(parts) <= set(BY_ID)
        free = {True: 1.0, False: 1.0}
        for value in map(float, parts.values()):
            free[value > 0] *= 1 - abs(value)
        assert row["response"] == pytest.approx((1 - free[True]) * free[False], abs=5e-4)


def test_each_promise_opens_to_the_row_that_tells_it() -> None:
    anchors = {row.shown_quote for row in (*CAR.deliveries, *CAR.responses)}
    rows = atrisk.measure_gap(CAR, NOW).to_rows("promises")
    assert rows
    for row in rows:
        assert row["quote"] in anchors
        assert row["locator"]
    told = measure(
        warning(), response(deployed="2020-02-01", promised="100"), delivery("2020-03-01", "", "5")
    ).to_rows("promises")
    assert [row["locator"][-4:] for row in told[:2]] == ["p. 2", "p. 3"]

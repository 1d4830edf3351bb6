"""Tiny cases solved by hand; every expected value is written as the sum that it comes from."""

from __future__ import annotations

import numpy as np
import pytest

import atrisk
from toys import MINI, THREE_FACTOR, case_of, evidence


def scores(assessment: atrisk.Assessment, code: str) -> list[float]:
    return assessment.indicators[:, assessment.indicator_codes.index(code)].tolist()


def test_a_certain_extreme_event_is_one_in_its_month_and_halves_with_its_half_life() -> None:
    # Indicator 2.1 is dynamic: half-life one month. Known and happened in February.
    assessment = atrisk.assess(case_of(evidence()), THREE_FACTOR)
    assert scores(assessment, "2.1") == [0, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16]


def test_a_second_claim_of_lower_severity_raises_only_the_levels_that_it_reaches() -> None:
    # February: severity 4 for sure. March: severity 4 with 1/2, severity 2 with 1/2 (grade B2), so
    # P(>=1) = P(>=2) = 1 - 1/2 * 1/2 and P(>=3) = P(>=4) = 1/2. April: both fade to 1/4.
    assessment = atrisk.assess(MINI, THREE_FACTOR)
    march = (2 * (1 - 1 / 2 * 1 / 2) + 2 * 1 / 2) / 4
    april = (2 * (1 - 3 / 4 * 3 / 4) + 2 * 1 / 4) / 4
    assert scores(assessment, "2.1") == [0, 1, march, april]


def test_a_mitigating_claim_takes_away_the_severity_that_it_covers() -> None:
    # From April on, severity 2 for sure, lowered to 1 with probability 1/2: (1 * 1/2 + 1) / 4.
    # In April itself the talks have begun for all of the month's rest: the row is its last day.
    assessment = atrisk.assess(MINI, THREE_FACTOR)
    assert scores(assessment, "1.1") == [2 / 4, 2 / 4, 2 / 4, (1 * 1 / 2 + 1) / 4]


def test_an_imprecise_date_spreads_over_its_interval() -> None:
    # Some day in January to March 2020: 31, 29 and 31 of 91 days. Not known before the end of
    # March; then each share has faded from its own month.
    row = evidence(start="2020-01/2020-03", known="2020-03-31")
    assessment = atrisk.assess(case_of(row), THREE_FACTOR)
    march = 31 / 91 + 29 / 91 / 2 + 31 / 91 / 4
    assert scores(assessment, "2.1") == pytest.approx(
        [0, 0, march, march / 2, march / 4, march / 8]
    )


def test_with_hindsight_the_same_event_is_seen_as_it_came() -> None:
    row = evidence(start="2020-01/2020-03", known="2020-03-31")
    assessment = atrisk.assess(case_of(row), THREE_FACTOR, knowledge="retrospective")
    expected = [31 / 91, 29 / 91 + 31 / 91 / 2, 31 / 91 + 29 / 91 / 2 + 31 / 91 / 4]
    assert scores(assessment, "2.1")[:3] == pytest.approx(expected)


def test_a_condition_holds_in_full_until_it_ends() -> None:
    row = evidence(start="2020-02-01", end="2020-04-30", known="2020-02-01")
    assessment = atrisk.assess(case_of(row), THREE_FACTOR)
    assert scores(assessment, "2.1") == [0, 1, 1, 1, 1 / 2, 1 / 4]


def test_the_nature_of_the_indicator_sets_how_fast_it_fades() -> None:
    row = evidence(indicators="1.1;1.2;2.2")
    assessment = atrisk.assess(case_of(row), THREE_FACTOR)
    assert scores(assessment, "1.1") == [0, 1, 1, 1, 1, 1]  # structural: never
    assert scores(assessment, "1.2")[2] == 1 / 2  # dynamic: one month
    assert scores(assessment, "2.2")[2] == 1 / 4  # trigger: half a month


def test_factors_crimes_and_the_overall_follow_from_their_rules() -> None:
    # 1.1 at 1/2 (severity 2 of 4), 2.1 at 1, in February.
    rows = evidence("a"), evidence("b", indicators="1.1", severity=2)
    assessment = atrisk.assess(case_of(*rows), THREE_FACTOR)
    factor_1, factor_2, factor_3 = 1 / 2 * 1 / 2, 1 / 2 * 1, 0
    assert assessment.factors[1].tolist() == [factor_1, factor_2, factor_3]
    assert assessment.crimes["attack"][1] == (factor_1 + factor_2) / 2
    assert assessment.crimes["siege"][1] == (factor_1 + factor_3) / 2
    assert assessment.overall[1] == (factor_1 + factor_2) / 2
    assert assessment.worst_crimes[1] == "attack"
    assert assessment.bands[1] == "some"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("counting", 1 / 2 * 1 + 1 / 4 * 1 / 2),
        ("noisy", 1 - (1 - 1 / 2 * 1) * (1 - 1 / 2 * 1 / 2)),
        ("mean", (1 + 1 / 2) / 2),
        ("cubic", ((1**3 + (1 / 2) ** 3) / 2) ** (1 / 3)),
        ("worst", 1),
    ],
)
def test_every_rule_joins_two_indicators_as_its_formula_says(rule: str, expected: float) -> None:
    rows = evidence("a", indicators="2.1"), evidence("b", indicators="2.2", severity=2)
    assessment = atrisk.assess(case_of(*rows), THREE_FACTOR, method={"factor_aggregation": rule})
    assert assessment.factors[1, 1] == pytest.approx(expected, abs=1e-15)


def test_weights_tilt_the_means_and_the_strengths() -> None:
    # Set "first": factor 1 and indicator 1.1 count thrice. In factor 1 the counts are 3/2 and 1/2
    # of the mean, so 1.1 alone closes 1 - (1/2) ** (3/2); the crime weighs factors 3 to 1.
    assessment = atrisk.assess(case_of(evidence(indicators="1.1")), THREE_FACTOR, weights="first")
    factor_1 = 1 - (1 / 2) ** (3 / 2)
    assert assessment.factors[1, 0] == pytest.approx(factor_1)
    assert assessment.crimes["attack"][1] == pytest.approx((3 * factor_1 + 1 * 0) / 4)


def test_bounds_come_from_the_grade_and_from_what_was_not_assessed() -> None:
    # B2 is 1/4, 1/2, 3/4; severity 4. The other indicator of factor 2 is unknown: 0 to 1.
    row = evidence(source="source-b", credibility=2)
    assessment = atrisk.assess(case_of(row), THREE_FACTOR)
    factor_2 = assessment.by_factor
    low, point = 1 / 2 * 1 / 4, 1 / 2 * 1 / 2
    high = 1 / 2 * 1 + 1 / 4 * 3 / 4
    assert [float(s[1, 1]) for s in (factor_2.low, factor_2.point, factor_2.high)] == [
        low,
        point,
        high,
    ]
    assert factor_2.coverage[1, 1] == 1 / 2


def test_as_evidence_fades_its_indicator_turns_unknown_again() -> None:
    # A month later half of the certainty is gone: the lower bound halves (A1 is at least 3/4), and
    # the upper one stays at 1, because what has faded may be anything.
    assessment = atrisk.assess(case_of(evidence()), THREE_FACTOR)
    scores = assessment.by_indicator
    column = assessment.indicator_codes.index("2.1")
    assert scores.low[2, column] == 3 / 4 / 2
    assert scores.high[2, column] == 1
    assert scores.coverage[2, column] == 1 / 2


def test_what_was_looked_for_and_not_found_is_zero_and_not_unknown() -> None:
    assessment = atrisk.assess(MINI, THREE_FACTOR)
    hunger = next(row for row in assessment.to_rows("indicator") if row["indicator"] == "3.1")
    assert (hunger["score"], hunger["low"], hunger["high"], hunger["coverage"]) == (0, 0, 0, 1)
    spark = next(row for row in assessment.to_rows("indicator") if row["indicator"] == "2.2")
    assert (spark["score"], spark["low"], spark["high"], spark["coverage"]) == (None, 0, 1, 0)


def test_an_echo_counts_once_with_its_best_telling() -> None:
    # The feud is told with A1 and, later, with B2: severity 2 for sure all the same.
    rows = atrisk.assess(MINI, THREE_FACTOR, knowledge="retrospective").explain(
        "2020-01", factor="1"
    )
    assert [(row["evidence"], row["also_told_by"]) for row in rows] == [("feud", "feud-again")]


def test_an_audience_learns_the_rest_when_the_source_is_published() -> None:
    # The elder's talks were known in closed session from 2 April; the letter came out in June.
    everybody = atrisk.assess(MINI, THREE_FACTOR)
    council = atrisk.assess(MINI, THREE_FACTOR, audience="council")
    public = atrisk.assess(MINI, THREE_FACTOR, audience="public")
    assert scores(council, "1.1") == scores(everybody, "1.1")
    assert scores(public, "1.1")[3] == 2 / 4 > scores(council, "1.1")[3]


def test_an_explanation_shares_alike_between_equal_claims() -> None:
    # Two claims of severity 4 with probability 1/2 each: 3/4 in all, 3/8 each, times the
    # multiplier 1/2 of a single indicator.
    rows = [evidence(name, source="source-b", credibility=2) for name in ("a", "b")]
    explained = atrisk.assess(case_of(*rows), THREE_FACTOR).explain("2020-02", factor="2")
    assert [row["contribution"] for row in explained] == [3 / 8 / 2, 3 / 8 / 2]


def test_an_explanation_gives_mitigating_evidence_what_it_took_away() -> None:
    # Severity 4 for sure against mitigation of severity 4 with 1/2: the score is 1/2. Alone the
    # first gives 1, so Shapley's parts are (1 + 1/2) / 2 and (0 - 1/2) / 2.
    rows = (
        evidence("bad"),
        evidence("good", source="source-b", credibility=2, direction="mitigating"),
    )
    explained = atrisk.assess(case_of(*rows), THREE_FACTOR).explain("2020-02", factor="2")
    parts = {row["evidence"]: row["contribution"] for row in explained}
    assert parts == {"bad": 3 / 4 / 2, "good": -1 / 4 / 2}


def test_driving_factors_are_those_with_the_largest_part_in_the_worst_crime() -> None:
    rows = evidence("a"), evidence("b", indicators="1.1", severity=2)
    assessment = atrisk.assess(case_of(*rows), THREE_FACTOR)
    assert assessment.driving_factors("2020-02") == ("2", "1")
    assert np.isclose(assessment.overall[1], 0.375)


def test_a_mitigating_row_that_cannot_be_judged_widens_the_range() -> None:
    # As docs/method.md says: only all of an indicator's evidence can be taken away for nothing.
    told = evidence("a", severity=4, credibility=2)
    unsure = evidence("m", severity=4, source="source-f", credibility=6, direction="mitigating")
    both, one = (
        atrisk.assess(case_of(*rows), THREE_FACTOR).by_factor for rows in ((told, unsure), (told,))
    )
    assert (both.high - both.low)[1, 1] > (one.high - one.low)[1, 1]


def test_the_factors_that_rise_are_those_of_which_something_new_is_told() -> None:
    old = evidence("old", indicators="1.1", start="2020-01", end="..", known="2020-01")
    new = evidence("new", indicators="2.1", start="2020-03", known="2020-03", severity=2)
    now = atrisk.assess(case_of(old, new), THREE_FACTOR)
    assert now.rising_factors("2020-01") == now.rising_factors("2020-02") == ()
    assert now.rising_factors("2020-03") == ("2",)
    assert now.driving_factors("2020-03")[0] == "1"
    assert now.rising_factors("2020-04") == ()  # it fades

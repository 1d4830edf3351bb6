"""Properties of the method on made cases; the four first are why anyone would trust it.

Each is shown to fail on a broken library in ``test_properties_can_fail.py``.
"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import atrisk
import properties
from atrisk import Case, Evidence
from toys import INDICATORS, THREE_FACTOR, case_of, cases, evidence, rows_of_evidence

METHODS = [
    {"factor_aggregation": rule, "crime_aggregation": crime, "weights": weights}
    for rule in ("counting", "noisy", "mean", "cubic", "worst")
    for crime, weights in (("mean", "equal"), ("noisy", "first"))
]


@given(cases(), rows_of_evidence("late"))
def test_later_evidence_never_changes_an_earlier_month(case: Case, late: Evidence) -> None:
    # Catches a score that uses evidence before it was known: hindsight sold as foresight.
    known = late if late.known else late.model_copy(update={"known": late.start})
    properties.check_no_month_sees_the_future(case, known, THREE_FACTOR)


@given(cases())
def test_each_row_equals_the_series_drawn_on_its_last_day(case: Case) -> None:
    # Catches a replay that differs from what could be drawn at the time.
    properties.check_each_row_is_the_series_drawn_on_its_last_day(case, THREE_FACTOR)


@given(cases())
def test_contributions_and_changes_sum_to_the_scores(case: Case) -> None:
    # Catches a number that cannot be opened to its evidence, or parts that do not add up.
    properties.check_every_number_opens_to_its_evidence(case, THREE_FACTOR)


@given(cases(), st.sampled_from(INDICATORS))
def test_leaving_an_indicator_without_evidence_never_narrows_the_range(
    case: Case, indicator: str
) -> None:
    # Catches silence that is read as safety.
    properties.check_unknown_is_not_zero(case, indicator, THREE_FACTOR)


@given(cases())
def test_nothing_empty_is_returned_as_success(case: Case) -> None:
    # Catches an empty explanation or assessment that looks like a result.
    properties.check_nothing_empty_is_returned(case, THREE_FACTOR)


@given(cases(), st.integers(1, 10))
def test_a_fact_pasted_again_changes_nothing(case: Case, copies: int) -> None:
    # Catches echoes that add up: ten newspapers with one source are one fact.
    properties.check_a_fact_pasted_again_changes_nothing(case, copies, THREE_FACTOR)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_matters(case: Case, chance: object) -> None:
    rows = list(case.evidence)
    chance.shuffle(rows)  # type: ignore[attr-defined] # of any such object
    one, other = atrisk.assess(case, THREE_FACTOR), atrisk.assess(case_of(*rows), THREE_FACTOR)
    for name in ("indicators", "factors", "overall", "low", "high", "coverage"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@given(cases(), rows_of_evidence("more"))
def test_more_aggravating_evidence_never_lowers_a_score(case: Case, more: Evidence) -> None:
    row = more.model_copy(update={"direction": "aggravating", "claim": ""})
    properties.check_worse_evidence_never_lowers(case, case_of(*case.evidence, row), THREE_FACTOR)


@given(cases(), st.integers(0, 6), st.booleans())
def test_more_severe_or_better_graded_evidence_never_lowers_a_score(
    case: Case, place: int, by_severity: bool
) -> None:
    rows = list(case.evidence)
    row = rows[place % len(rows)]
    if row.direction == "mitigating" or row.credibility == 6:
        return
    worse = (
        {"severity": min(4, row.severity + 1)}
        if by_severity
        else {"credibility": max(1, row.credibility - 1)}
    )
    rows[place % len(rows)] = row.model_copy(update=worse)
    properties.check_worse_evidence_never_lowers(case, case_of(*rows), THREE_FACTOR)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: "-".join(m.values()))
@given(cases())
def test_scores_are_in_order_and_explained_under_every_rule(
    method: dict[str, str], case: Case
) -> None:
    assessment = atrisk.assess(case, THREE_FACTOR, method=method)
    for scores in (assessment.by_factor, assessment.by_overall):
        assert (scores.low >= 0).all()
        assert (scores.low <= scores.point + 1e-12).all()
        assert (scores.point <= scores.high + 1e-12).all()
        assert (scores.high <= 1 + 1e-12).all()
    for place in np.flatnonzero(assessment.overall > 0):
        rows = assessment.explain(assessment.months[place])
        total = sum(row["contribution"] for row in rows)
        assert abs(total - assessment.overall[place]) <= 1e-12


@given(cases())
def test_low_point_and_high_are_in_order_on_every_level(case: Case) -> None:
    properties.check_scores_are_ordered(case, THREE_FACTOR)


@given(cases(), cases())
def test_assessing_another_case_moves_no_score(case: Case, other: Case) -> None:
    before = atrisk.assess(case, THREE_FACTOR)
    atrisk.assess(other, THREE_FACTOR)
    after = atrisk.assess(case, THREE_FACTOR)
    assert np.array_equal(before.overall, after.overall)
    assert np.array_equal(before.factors, after.factors)


@given(cases())
def test_an_audience_never_knows_more_than_everybody(case: Case) -> None:
    everybody = atrisk.assess(case, THREE_FACTOR)
    for audience in ("public", "council", "internal"):
        try:
            one = atrisk.assess(case, THREE_FACTOR, audience=audience)
        except atrisk.RequestError:
            continue
        assert (one.coverage <= everybody.coverage + 1e-12).all()


@given(cases())
def test_a_factor_is_never_graver_than_its_gravest_indicator(case: Case) -> None:
    assessment = atrisk.assess(case, THREE_FACTOR)
    for column, places in enumerate(THREE_FACTOR.members.values()):
        worst = assessment.indicators[:, list(places)].max(axis=1)
        assert (assessment.factors[:, column] <= worst + 1e-12).all()


def test_a_case_without_evidence_is_refused() -> None:
    with pytest.raises(atrisk.RequestError, match="no evidence, so there is nothing to score"):
        atrisk.assess(case_of(), THREE_FACTOR)


def test_what_nobody_knew_yet_is_refused_with_what_to_do() -> None:
    row = evidence(start="2020-05-01", known="2020-05-01")
    with pytest.raises(atrisk.RequestError, match="known by 2020-03-31; choose a later day"):
        atrisk.assess(case_of(row), THREE_FACTOR, knowledge="2020-03")

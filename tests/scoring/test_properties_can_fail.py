"""Each property is shown to fail: the library is broken on purpose, and the check must notice.

Twice: on a case made for it, and in the search that ``test_properties.py`` makes, so that a search
too narrow to find the fault is noticed too. Slow, because each search runs until it finds the
fault; what it proves does not change from one Python to the next, so one of them suffices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

import atrisk
import atrisk.scoring.intensity
import properties
from atrisk import Evidence
from atrisk.kernel import severity
from scoring import test_properties
from toys import THREE_FACTOR, case_of, evidence

pytestmark = pytest.mark.slow

CASE = case_of(
    evidence("a", known="2020-03-15"),
    evidence("b", indicators="1.1", severity=2, source="source-b", credibility=2),
    evidence("c", indicators="2.1", severity=3, source="source-b", direction="mitigating"),
)
LATE = evidence("late", start="2020-02-01", known="2020-05-10", indicators="3.1")


def holds(check: Callable[..., None], *arguments: Any) -> bool:
    check(*arguments)  # the library as it is passes
    return True


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    return monkeypatch.setattr


def test_using_evidence_before_it_was_known_is_caught(broken: Callable[[str, Any], None]) -> None:
    assert holds(properties.check_no_month_sees_the_future, CASE, LATE, THREE_FACTOR)
    broken("atrisk.scoring.tellings.knowledge_day", lambda *_: date(2020, 1, 1))
    with pytest.raises(AssertionError, match="changed before 2020-05"):
        properties.check_no_month_sees_the_future(CASE, LATE, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_later_evidence_never_changes_an_earlier_month)


def test_a_replay_from_the_month_before_is_caught(broken: Callable[[str, Any], None]) -> None:
    check = properties.check_each_row_is_the_series_drawn_on_its_last_day
    assert holds(check, CASE, THREE_FACTOR)
    real = atrisk.scoring.run.read_outlook  # type: ignore[attr-defined] # of any such object

    def shifted(case: atrisk.Case, knowledge: str | date) -> Any:
        view = real(case, knowledge)
        if knowledge != "contemporaneous":
            return view
        return type(view)(view.months, view.cuts, (view.days[0], *view.days[:-1]), view.label)

    broken("atrisk.scoring.run.read_outlook", shifted)
    with pytest.raises(AssertionError):
        check(CASE, THREE_FACTOR)
    assert properties.is_caught(
        test_properties.test_each_row_equals_the_series_drawn_on_its_last_day
    )


def test_an_explanation_that_forgets_what_mitigates_is_caught(
    broken: Callable[[str, Any], None],
) -> None:
    check = properties.check_every_number_opens_to_its_evidence
    assert holds(check, CASE, THREE_FACTOR)
    real = severity.attribute
    broken(
        "atrisk.scoring.explanation.attribute",
        lambda up, down: (real(up, down)[0], np.zeros_like(down)),
    )
    with pytest.raises(AssertionError):
        check(CASE, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_contributions_and_changes_sum_to_the_scores)


def test_silence_read_as_safety_is_caught(broken: Callable[[str, Any], None]) -> None:
    assert holds(properties.check_unknown_is_not_zero, CASE, "1.1", THREE_FACTOR)
    real = atrisk.scoring.intensity._assess
    broken("atrisk.scoring.intensity._assess", lambda *given: np.ones_like(real(*given)))
    with pytest.raises(AssertionError):
        properties.check_unknown_is_not_zero(CASE, "1.1", THREE_FACTOR)
    assert properties.is_caught(
        test_properties.test_leaving_an_indicator_without_evidence_never_narrows_the_range
    )


def test_an_empty_explanation_is_caught(broken: Callable[[str, Any], None]) -> None:
    assert holds(properties.check_nothing_empty_is_returned, CASE, THREE_FACTOR)
    broken("atrisk.Assessment.explain", lambda *_, **__: [])
    with pytest.raises(AssertionError):
        properties.check_nothing_empty_is_returned(CASE, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_nothing_empty_is_returned_as_success)


def test_echoes_that_add_up_are_caught(broken: Callable[[str, Any], None]) -> None:
    row = evidence("told", source="source-b", credibility=2, claim="fact")
    check = properties.check_a_fact_pasted_again_changes_nothing
    assert holds(check, case_of(row), 3, THREE_FACTOR)
    broken("atrisk.Evidence.claim_key", property(lambda item: ("evidence", item.id)))
    with pytest.raises(AssertionError):
        check(case_of(row), 3, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_a_fact_pasted_again_changes_nothing)


def test_an_average_of_tellings_is_caught(broken: Callable[[str, Any], None]) -> None:
    # A mean over claims lets weaker evidence lower a score; the worst condition must not.
    strong, weak = evidence("strong"), evidence("weak", source="source-e", credibility=5)
    case, worse = case_of(strong), case_of(strong, weak)
    assert holds(properties.check_worse_evidence_never_lowers, case, worse, THREE_FACTOR)

    def average(probability: Any, owner: Any, owners: int) -> Any:
        result = np.ones((*probability.shape[:-2], owners, probability.shape[-1]))
        for one in np.unique(owner):
            result[..., one, :] = 1 - probability[..., owner == one, :].mean(axis=-2)
        return result

    broken("atrisk.scoring.intensity.escape", average)
    with pytest.raises(AssertionError):
        properties.check_worse_evidence_never_lowers(case, worse, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_more_aggravating_evidence_never_lowers_a_score)


def test_bounds_taken_from_the_wrong_side_are_caught(broken: Callable[[str, Any], None]) -> None:
    assert holds(properties.check_scores_are_ordered, CASE, THREE_FACTOR)
    real = atrisk.scoring.intensity.Intensity

    def swapped(*parts: Any) -> Any:
        found = real(*parts)
        return replace(found, low=found.high, high=found.low)

    broken("atrisk.scoring.intensity.Intensity", swapped)
    with pytest.raises(AssertionError):
        properties.check_scores_are_ordered(CASE, THREE_FACTOR)
    assert properties.is_caught(test_properties.test_low_point_and_high_are_in_order_on_every_level)


def test_the_row_that_shows_the_future_would_be_seen_with_hindsight() -> None:
    # Guards the guard: the late row does change the series once it may be known.
    before = atrisk.assess(CASE, THREE_FACTOR, knowledge="retrospective")
    rows: tuple[Evidence, ...] = (*CASE.evidence, LATE)
    after = atrisk.assess(case_of(*rows), THREE_FACTOR, knowledge="retrospective")
    assert not np.array_equal(before.indicators, after.indicators)

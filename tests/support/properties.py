"""What must hold of every case, written as checks, so that a broken library can be shown to fail.

``test_properties.py`` runs each check on many cases; ``test_properties_can_fail.py`` breaks the
library on purpose and shows that the check catches it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

import atrisk
from atrisk import Case, Evidence, Framework
from atrisk.base.dates import Month
from toys import case_of

CLOSE = 1e-12


def is_caught(search: Callable[[], None]) -> bool:
    """Tell whether a property fails, for no other reason than that an assertion does not hold."""
    try:
        search()
    except AssertionError:
        return True
    except BaseExceptionGroup as failures:  # one for each counterexample that was found
        return failures.split(AssertionError)[1] is None
    return False


def check_no_month_sees_the_future(case: Case, late: Evidence, framework: Framework) -> None:
    """Adding what became known later changes no earlier row, to the last bit."""
    before = atrisk.assess(case, framework)
    after = atrisk.assess(case_of(*case.evidence, late), framework)
    assert late.known is not None
    assert late.known.latest is not None
    learnt = str(Month.of(late.known.latest))
    earlier = [month for month in before.months if month < learnt]
    for name in ("indicators", "factors", "overall", "low", "high", "coverage"):
        then, now = getattr(before, name)[: len(earlier)], getattr(after, name)[: len(earlier)]
        assert np.abs(then - now).max(initial=0) <= CLOSE, f"{name} changed before {learnt}"


def check_each_row_is_the_series_drawn_on_its_last_day(case: Case, framework: Framework) -> None:
    """Contemporaneous row t equals row t of the series as of the last day of t."""
    whole = atrisk.assess(case, framework)
    for place, month in enumerate(whole.months):
        day: date = Month.parse(month).last_day
        try:
            drawn = atrisk.assess(case, framework, knowledge=day)
        except atrisk.RequestError:  # nothing was known by then
            assert whole.coverage[place] == 0
            continue
        assert drawn.months == whole.months[: place + 1]
        for name in ("indicators", "factors", "overall", "low", "high", "coverage"):
            assert np.abs(getattr(whole, name)[place] - getattr(drawn, name)[place]).max() <= CLOSE


def check_every_number_opens_to_its_evidence(case: Case, framework: Framework) -> None:
    """Contributions sum to the score, for every factor, crime and month, and so do changes."""
    assessment = atrisk.assess(case, framework)
    for place, month in enumerate(assessment.months):
        for column, factor in enumerate(assessment.factor_codes):
            _check_sum(assessment, month, float(assessment.factors[place, column]), factor=factor)
        for crime, scores in assessment.crimes.items():
            _check_sum(assessment, month, float(scores[place]), crime=crime)
        _check_sum(assessment, month, float(assessment.overall[place]))
    first, last = assessment.months[0], assessment.months[-1]
    if assessment.overall[0] > 0 or assessment.overall[-1] > 0:
        rows = atrisk.compare_scores((assessment, first), (assessment, last))
        difference = assessment.overall[-1] - assessment.overall[0]
        assert abs(sum(row["change"] for row in rows) - difference) <= CLOSE


def _check_sum(
    assessment: atrisk.Assessment,
    month: str,
    score: float,
    factor: str | None = None,
    crime: str | None = None,
) -> None:
    try:
        rows = assessment.explain(month, factor=factor, crime=crime)
    except atrisk.RequestError:
        assert score == 0, f"{score} in {month} has no evidence"
        return
    ids = {item.id for item in assessment.case.evidence}
    assert {row["evidence"] for row in rows} <= ids
    assert abs(sum(row["contribution"] for row in rows) - score) <= CLOSE


def check_unknown_is_not_zero(case: Case, indicator: str, framework: Framework) -> None:
    """Taking an indicator's evidence away never narrows a range, and never shows it as zero."""
    bearing = [
        item.model_copy(update={"indicators": tuple(c for c in item.indicators if c != indicator)})
        for item in case.evidence
    ]
    rest = [item for item in bearing if item.indicators]
    if not any(
        item.known and (item.known.latest or date.max) <= date(2020, 6, 30) for item in rest
    ):
        return  # nobody knew anything by then, so there is nothing to compare
    full, bare = atrisk.assess(case, framework), atrisk.assess(case_of(*rest), framework)
    assert (bare.high - bare.low >= full.high - full.low - CLOSE).all()
    widths = [a.by_factor.high - a.by_factor.low for a in (full, bare)]
    assert (widths[1] >= widths[0] - CLOSE).all()
    shown = [row for row in bare.to_rows("indicator") if row["indicator"] == indicator]
    upper = bare.method.not_assessed.upper
    assert all((row["score"], row["low"], row["high"]) == (None, 0, upper) for row in shown)


def check_nothing_empty_is_returned(case: Case, framework: Framework) -> None:
    """A month without evidence has no explanation, and a case without evidence no assessment."""
    assessment = atrisk.assess(case, framework)
    for place, month in enumerate(assessment.months):
        if assessment.coverage[place] == 0:
            assert _refuses(lambda month=month: assessment.explain(month))
    assert _refuses(lambda: atrisk.assess(case_of(), framework))
    assert _refuses(lambda: atrisk.assess(case, framework, knowledge="2019-12-31"))


def _refuses(call: object) -> bool:
    assert callable(call)
    try:
        call()
    except atrisk.RequestError as error:
        return "choose" in str(error) or "add" in str(error)
    return False


def check_a_fact_pasted_again_changes_nothing(
    case: Case, copies: int, framework: Framework
) -> None:
    """The same telling of the same claim, pasted n times, leaves every array as it was."""
    told = case.evidence[-1]
    told = told.model_copy(update={"claim": told.claim or "pasted"})
    rows = [*case.evidence[:-1], told]
    pasted = [told.model_copy(update={"id": f"copy-{place}"}) for place in range(copies)]
    once = atrisk.assess(case_of(*rows), framework)
    often = atrisk.assess(case_of(*rows, *pasted), framework)
    for name in ("indicators", "factors", "overall", "low", "high", "coverage"):
        assert np.array_equal(getattr(once, name), getattr(often, name)), name


def check_scores_are_ordered(case: Case, framework: Framework) -> None:
    """Everything lies in [0, 1], and low <= point <= high, on every level."""
    assessment = atrisk.assess(case, framework)
    levels = [
        assessment.by_indicator,
        assessment.by_factor,
        *assessment.by_crime.values(),
        assessment.by_overall,
    ]
    for scores in levels:
        assert (scores.low >= -CLOSE).all()
        assert (scores.high <= 1 + CLOSE).all()
        assert (scores.low <= scores.point + CLOSE).all()
        assert (scores.point <= scores.high + CLOSE).all()
        assert ((scores.coverage >= 0) & (scores.coverage <= 1)).all()


def check_worse_evidence_never_lowers(case: Case, worse: Case, framework: Framework) -> None:
    """With aggravating evidence more severe, better graded or more, no score falls."""
    then, now = atrisk.assess(case, framework), atrisk.assess(worse, framework)
    for name in ("indicators", "factors", "overall"):
        assert (getattr(now, name) >= getattr(then, name) - CLOSE).all(), name

"""Intensity: what a row is worth rests on its own dates, and is measured again as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import atrisk
from atrisk.base.dates import Month
from atrisk.cases.evidence import Evidence, began, ended
from atrisk.scoring.intensity import keep_tellings, measure_tellings
from atrisk.studies.scenarios import run_scenarios
from scoring.test_estimate import ESTIMATE
from shipped import car, small, un
from toys import THREE_FACTOR, case_of, cases, evidence

DYNAMIC = next(code for code, one in THREE_FACTOR.indicators.items() if one.nature == "dynamic")
# Around the first month that is scored: long before it, on its eve, over its first day, after it.
DATES = [
    ("1961", ".."), ("1975-03", "1989"), ("2019-12-31", ""), ("2019-12-31", "2020-01-01"),
    ("2020-01-01", ""), ("2019", "2020-03-15"), ("2019/2021", ""), ("2020-02", ".."),
]  # fmt: skip


def spell_out(case: atrisk.Case, row: Evidence, now: atrisk.Assessment) -> list[float]:
    """Return how likely a row still holds in each month, day by possible day."""
    source, half_life = case.source_by_id[row.source], now.method.persistence.dynamic
    months = [Month.parse(month) for month in now.months]
    starts, ends = list_days(began(row, source)), list_days(ended(row, source))

    def fade(end: date, month: Month) -> float:
        return float(2.0 ** (-max(0, month.index - Month.of(end).index) / half_life))

    def hold(month: Month) -> float:
        come = [day for day in starts if day <= month.last_day]
        if row.end is None:
            return sum(fade(day, month) for day in come) / len(starts)
        left = sum(fade(day, month) for day in ends) / len(ends) if ends else 1.0
        return len(come) / len(starts) * left

    return [hold(month) for month in months]


def list_days(span: tuple[date, date] | None) -> list[date]:
    first, last = span or (date.max, date.min)
    return [first + timedelta(n) for n in range((last - first).days + 1)] if span else []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(DATES), min_size=1, max_size=6), st.sampled_from(["month", "never"])
)
def test_how_long_a_row_holds_rests_on_its_own_dates(
    dates: list[tuple[str, str]], persistence: str
) -> None:
    """Seen to fail: with the months before the first left out of rows that ended in them."""
    rows = [
        evidence(f"e{place}", start=start, end=end, known="2020-03", indicators=DYNAMIC)
        for place, (start, end) in enumerate(dates)
    ]
    case = case_of(*rows)
    now = atrisk.assess(case, THREE_FACTOR, method={"persistence": persistence})
    tellings = now.intensity.tellings
    graded = tellings.grade(now.method.grade)
    for place, item in enumerate(tellings.item):
        row = tellings.items[item]
        assert isinstance(row, Evidence)
        expected = np.where(now.intensity.known[place], spell_out(case, row, now), 0.0)
        assert now.intensity.probability[place] == pytest.approx(graded[item] * expected)


def test_what_was_let_go_is_measured_again_as_it_was() -> None:
    now = atrisk.assess(small(), un())
    month, held = now.months[-1], now.intensity
    told = now.explain(month)
    now.forget()
    assert "intensity" not in vars(now)
    assert now.explain(month) == told
    assert now.intensity is not held
    assert np.array_equal(now.intensity.probability, held.probability)


def test_a_scenario_holds_its_scores_and_opens_them_when_it_is_asked() -> None:
    """Seen to fail: what alarms look back on was asked for again, for every scenario."""
    outcome = run_scenarios(car(), un(), ["no-anti-balaka-known", "short-memory"])
    for table in outcome.tables:
        assert outcome.to_rows(table)
    assert "2 scenarios" in repr(outcome)
    assert all("intensity" not in vars(one.assessment) for one in outcome.results)
    result = outcome.results[0]
    month = result.assessment.months[-1]
    rows = result.assessment.explain(month)
    total = sum(row["contribution"] for row in rows)
    assert abs(total - result.assessment.overall[-1]) < 1e-12


@settings(max_examples=60, deadline=None)
@given(cases(max_rows=9), st.data())
def test_without_an_indicator_all_is_as_if_measured_anew(case: atrisk.Case, data: Any) -> None:
    """Seen to fail: with what its sources tell of the factor counted as if they told it still."""
    # One good source tells all, so that what it tells counts for less the more it tells.
    sure = {"source": "source-a", "credibility": 1}
    rows = tuple(row.model_copy(update=sure) for row in case.evidence)
    now = atrisk.assess(replace(case, evidence=rows), THREE_FACTOR, method=ESTIMATE)
    found = now.intensity
    gone = data.draw(st.sampled_from(sorted(set(found.tellings.indicator.tolist()))))
    kept = found.tellings.indicator != gone
    assume(found.known[kept].any())
    same = (now.framework, now.method, now.outlook)
    part = keep_tellings(found, kept, *same)
    whole = measure_tellings(found.tellings.select(np.flatnonzero(kept)), found.dates, *same)
    for name in ("probability", "known", "point", "low", "high", "assessed"):
        assert np.abs(getattr(part, name) * 1.0 - getattr(whole, name)).max() < 1e-12, name
    for name in ("owner", "factor", "weight", "value", "effect", "told", "read"):
        difference = np.abs(getattr(part.readings, name) - getattr(whole.readings, name))
        assert difference.max() < 1e-12, name

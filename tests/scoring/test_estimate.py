"""Methods that estimate: reading more makes a score surer, not higher.

What holds of every method is in ``test_properties.py``; here is what only an estimate promises.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import atrisk
from atrisk import AggregationOption, Case, Evidence, PersistenceOption
from atrisk.kernel.rules import ShrunkenMean
from toys import THREE_FACTOR, case_of, cases, evidence, rows_of_evidence

UN = atrisk.load_framework("un-foa-2014")
RULE = ShrunkenMean(
    prior=0.2, readings=3.0, dependence=0.5, spread=0.24, common=0.12, coder=0.025, level=0.9
)
OWN = {"id": "own", "weight": 1.0, "rationale": "For tests."}
PERSISTENCE = {"structural": 60.0, "dynamic": 2.0, "trigger": 1.0}
ESTIMATE: dict[str, Any] = {
    "factor_aggregation": AggregationOption.of(RULE),
    "persistence": PersistenceOption.model_validate(OWN | PERSISTENCE | {"fades_from": "known"}),
}


def score(*rows: Evidence, **view: Any) -> atrisk.Assessment:
    return atrisk.assess(case_of(*rows), THREE_FACTOR, method=ESTIMATE, **view)


@given(cases())
def test_contributions_what_is_assumed_among_them_sum_to_every_score(case: Case) -> None:
    # Catches an estimate whose prior is hidden, or parts that do not add up.
    now = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    for place in np.flatnonzero(now.coverage > 0):
        month = now.months[place]
        rows = now.contribute(month, None, None)
        assert abs(sum(row["contribution"] for row in rows) - now.overall[place]) <= 1e-12
        assert [row for row in rows if row["evidence"] == "assumed"]
        for column, factor in enumerate(now.factor_codes):
            parts = now.contribute(month, factor, None)
            total = sum(row["contribution"] for row in parts)
            assert abs(total - now.factors[place, column]) <= 1e-12


@given(cases())
def test_changes_sum_to_differences(case: Case) -> None:
    now = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    for first, last in pairwise(now.months):
        rows = atrisk.compare_scores((now, first), (now, last))
        change = now.overall[now.place(last)] - now.overall[now.place(first)]
        assert abs(sum(row["change"] for row in rows) - change) <= 1e-12


@given(cases())
def test_each_row_equals_the_series_drawn_on_its_last_day(case: Case) -> None:
    # Catches an end or a renewal that only a later month knows.
    now = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    for place, cut in enumerate(now.outlook.cuts):
        if not now.intensity.known[:, place].any():
            continue
        then = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE, knowledge=cut)
        for name in ("factors", "overall", "low", "high", "coverage"):
            assert getattr(then, name)[place] == pytest.approx(getattr(now, name)[place], abs=1e-12)


@given(cases(), rows_of_evidence("late"))
def test_later_evidence_never_changes_an_earlier_month(case: Case, late: Evidence) -> None:
    known = late if late.known else late.model_copy(update={"known": late.start})
    assert known.known is not None
    before = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    after = atrisk.assess(case_of(*case.evidence, known), THREE_FACTOR, method=ESTIMATE)
    early = [cut < known.known.latest for cut in before.outlook.cuts if known.known.latest]
    for name in ("factors", "overall", "low", "high"):
        assert np.array_equal(getattr(before, name)[early], getattr(after, name)[early])


@given(cases(), st.integers(0, 6))
def test_graver_evidence_never_lowers_and_weaker_mitigation_neither(case: Case, place: int) -> None:
    rows = list(case.evidence)
    row = rows[place % len(rows)]
    step = -1 if row.direction == "mitigating" else 1
    severity = min(4, max(1, row.severity + step))
    rows[place % len(rows)] = row.model_copy(update={"severity": severity, "each": None})
    before = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    after = atrisk.assess(case_of(*rows), THREE_FACTOR, method=ESTIMATE)
    assert (after.factors >= before.factors - 1e-12).all()
    assert (after.overall >= before.overall - 1e-12).all()


@given(cases(), st.integers(1, 5))
def test_a_fact_pasted_again_changes_nothing(case: Case, copies: int) -> None:
    row = case.evidence[-1]
    named = row.model_copy(update={"claim": row.claim or "pasted"})
    once = case_of(*case.evidence[:-1], named)
    echoes = [named.model_copy(update={"id": f"echo-{n}"}) for n in range(copies)]
    one = atrisk.assess(once, THREE_FACTOR, method=ESTIMATE)
    many = atrisk.assess(case_of(*once.evidence, *echoes), THREE_FACTOR, method=ESTIMATE)
    for name in ("factors", "overall", "low", "high"):
        assert np.array_equal(getattr(one, name), getattr(many, name))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case: Case, chance: Any) -> None:
    rows = list(case.evidence)
    chance.shuffle(rows)
    one = atrisk.assess(case, THREE_FACTOR, method=ESTIMATE)
    other = atrisk.assess(case_of(*rows), THREE_FACTOR, method=ESTIMATE)
    for name in ("factors", "overall", "low", "high"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(2, 4))
def test_reading_the_same_again_in_other_sources_narrows_the_interval_about_the_same_level(
    severities: list[int], times: int
) -> None:
    # The fifth promise. A second sample of the same severities says nothing new of how grave it is.
    def read(many: int) -> atrisk.Assessment:
        return score(
            *(
                evidence(f"e{n}-{copy}", severity=s, source=f"source-{'abcd'[copy]}")
                for copy in range(many)
                for n, s in enumerate(severities)
            )
        )

    def grade(many: int) -> float:
        """Return the mean of what was read, without what is assumed, in the month of the facts."""
        now = read(many).intensity.readings
        assert now is not None
        return float(now.told[1].sum() / now.read[1].sum())

    once, again = read(1), read(times)
    column = once.factor_codes.index("2")
    one, more = once.factors[1, column], again.factors[1, column]
    level = sum(severities) / len(severities) / 4
    assert grade(1) == pytest.approx(level, abs=1e-12)
    assert grade(times) == pytest.approx(level, abs=1e-12)
    assert abs(more - level) <= abs(one - level) + 1e-12  # nearer to it, never beyond
    assert (more - level) * (one - level) >= -1e-12
    width = [s.by_factor.high[1, column] - s.by_factor.low[1, column] for s in (once, again)]
    assert width[1] < width[0]


def test_a_condition_fades_from_the_day_on_which_it_was_last_known_to_hold() -> None:
    told = score(evidence("a", start="2020-01", end="2020-05", known="2020-02-01"))
    open_end = score(evidence("a", start="2020-01", end="..", known="2020-02-01"))
    assert np.array_equal(told.factors[:5], open_end.factors[:5])
    column = told.factor_codes.index("2")
    assert (np.diff(told.factors[1:, column]) < 0).all()  # it is not held up to May
    renewed = score(
        evidence("a", start="2020-01", end="..", known="2020-02-01", claim="one"),
        evidence("b", start="2020-01", end="..", known="2020-04-01", claim="one"),
    )
    assert renewed.factors[3, column] > told.factors[3, column]
    assert renewed.factors[3, column] == renewed.factors[1, column]


def test_one_source_is_one_reader_however_much_it_tells() -> None:
    def width(sources: str, rows: int) -> float:
        now = score(
            *(evidence(f"e{n}", source=f"source-{sources[n % len(sources)]}") for n in range(rows))
        )
        column = now.factor_codes.index("2")
        return float(now.by_factor.high[1, column] - now.by_factor.low[1, column])

    assert width("a", 40) > 0.9 * width("a", 4)  # a tenfold reading of one paper
    assert width("abcdef", 6) < width("a", 6)


@pytest.mark.parametrize("codes", [("11.1",), ("11.1", "2.1"), ("11.1", "2.1", "13.6")])
def test_a_grave_fact_is_grave_at_once_and_stays_uncertain(codes: tuple[str, ...]) -> None:
    """One certain, extreme, current fact of mass killing, and nothing else on record."""
    from dataclasses import replace

    case = atrisk.load_case("car-2012-2015")
    one = next(row for row in case.evidence if row.id == "storm-64").model_copy(
        update={"credibility": 1, "severity": 4, "indicators": codes}
    )
    sources = tuple(source.model_copy(update={"reliability": "A"}) for source in case.sources)
    alone = replace(case, evidence=(one,), sources=sources, checked=True)
    now = atrisk.assess(alone, UN)
    place = now.place("2013-12")
    scores = now.by_crime["crimes_against_humanity"]
    assert scores.point[place] == now.overall[place]
    assert scores.point[place] > now.by_crime["genocide"].point[place] + 0.02
    assert UN.band(scores.point[place], now.method).label == "high"
    assert now.bands[place] is None  # too little is covered for the case to be called by a word
    assert scores.high[place] - scores.low[place] > 0.3


def test_what_was_not_read_is_assumed_openly() -> None:
    now = score(evidence("a", indicators="2.1"))
    rows = {row["factor"]: row for row in now.explain("2020-02") if row["evidence"] == "assumed"}
    assert set(rows) >= {"1", "2"}
    column = now.factor_codes.index("1")
    assert now.factors[1, column] == pytest.approx(0.2)
    assert "as far as little was read" in rows["1"]["summary"]


@pytest.mark.parametrize("name", ["car-2012-2015", "sen-2011-2012"])
def test_the_draws_lie_about_the_headline(name: str) -> None:
    ensemble = atrisk.run_ensemble(
        atrisk.load_case(name), UN, seed=7, draws=2000, method="estimate"
    )
    (middle,) = ensemble.quantiles([0.5])
    assert np.abs(middle - ensemble.base.overall).max() < 0.02
    low, high = ensemble.quantiles([0.05, 0.95])
    inside = (ensemble.base.low <= low) & (high <= ensemble.base.high)
    assert inside.mean() > 0.9  # what draws know is part of what the interval holds


def test_a_factor_and_a_crime_by_hand() -> None:
    # One certain claim of severity 4 on 2.1 in its own month: w = grade A1 = p, one source.
    now = score(evidence("a"))
    (row,) = {r["grade"]: r["probability"] for r in now.explain("2020-02") if r["grade"]}.values()
    column = now.factor_codes.index("2")
    rested = 3.0 + row
    factor = (3.0 * 0.2 + row) / rested
    assert now.factors[1, column] == pytest.approx(factor, abs=1e-12)
    level = 1 / (1 / 0.12**2 + (3.0 * row / (3.0 + row)) / 0.24**2)
    own = 0.24**2 / rested + row * (1 - row) * (1 - factor) ** 2 / rested**2
    reach = 1.6448536269514722 * (own + (3.0 / rested) ** 2 * level) ** 0.5
    assert now.by_factor.low[1, column] == pytest.approx(max(0.0, factor - reach), abs=1e-9)
    assert now.by_factor.high[1, column] == pytest.approx(min(1.0, factor + reach), abs=1e-9)
    unread = 0.24**2 / 3.0
    shares = {"1": 0.5, "2": 0.5}  # of the crime "attack" of the toy, alike under its default rule
    variance = (
        shares["1"] ** 2 * unread
        + shares["2"] ** 2 * own
        + (shares["1"] + shares["2"] * 3.0 / rested) ** 2 * level
        + 0.025**2
    )
    crime = now.by_crime["attack"]
    assert crime.point[1] == pytest.approx((0.2 + factor) / 2, abs=1e-12)
    assert crime.variance is not None
    assert crime.variance[1] == pytest.approx(variance, abs=1e-12)


def test_every_cell_of_the_page_opens_to_parts_that_sum_to_its_score() -> None:
    from atrisk.report.annex import list_months

    now = atrisk.assess(atrisk.load_case("gmb-2016-2017"), UN, method="estimate")
    pages, _ = list_months(now)
    cells = [cell for page in pages for cell in page.cells if cell.score is not None]
    assert cells
    for cell in cells:
        total = sum(part.value for part in cell.parts) + cell.rest
        assert abs(total - (cell.score or 0.0)) <= 1e-12
    assert any(part.evidence == "assumed" for cell in cells for part in cell.parts)


def test_the_page_names_what_its_interval_holds() -> None:
    from atrisk.report.answers import tell_headline

    brief = atrisk.prepare_brief(atrisk.load_case("gmb-2016-2017"), UN, draws=50, method="estimate")
    assert brief.tree is not None  # a set says around what others are tried
    assert "what was not read, the truth of claims and the coder" in tell_headline(brief)


def test_a_month_of_searches_or_mitigation_alone_opens_to_what_is_assumed() -> None:
    now = score(evidence("calm", direction="mitigating"))
    rows = now.explain("2020-02")
    assert {row["evidence"] for row in rows} == {"assumed"}
    assert sum(row["contribution"] for row in rows) == pytest.approx(now.overall[1], abs=1e-12)
    assert now.factors[1, now.factor_codes.index("2")] < 0.2  # it is a reading of nothing
    with pytest.raises(atrisk.RequestError, match="not assessed, which is not zero"):
        now.explain("2020-01")


def test_no_draw_mixes_scales() -> None:
    from atrisk.ensemble.model import _check_one_scale

    options = {name: list(branch.options) for name, branch in UN.branches.items()}
    with pytest.raises(atrisk.RequestError, match="factor_aggregation are of different scales"):
        _check_one_scale(options)
    for name in ("v1", "estimate"):
        chosen = UN.choose(name).choices
        _check_one_scale(
            {
                branch: list(UN.branches[branch].list_alternatives(option))
                for branch, option in chosen.items()
            }
        )


def test_no_worst_crime_is_named_where_another_may_be_as_grave() -> None:
    # By hand: attack and siege share factor 1 alike; 2 is attack's own, 3 is siege's.
    certain = [
        evidence(f"{letter}{code[0]}", indicators=code, severity=grave, source=f"source-{letter}",
                 start="2020-01", end="..", known="2020-01")
        for letter in "abcde"
        for code, grave in (("2.1", 4), ("3.1", 1))
    ]  # fmt: skip
    now = score(*certain)
    one, other = (now.crimes[code][-1] for code in ("attack", "siege"))
    doubt = now.by_factor.doubt
    assert doubt is not None
    columns = [now.factor_codes.index(code) for code in ("2", "3")]
    own = 0.5**2 * doubt.own[-1, columns].sum()
    level = (0.5 * (doubt.assumed[-1, columns[0]] - doubt.assumed[-1, columns[1]])) ** 2
    spread = (own + level * doubt.level[-1]) ** 0.5
    assert one > other
    assert (now.named_crimes[-1] == "attack") == bool(one - other > 1.6448536269514722 * spread)
    alike = score(evidence("a", indicators="2.1"), evidence("b", indicators="3.1"))
    assert alike.named_crimes[1] is None
    assert alike.to_rows()[1]["worst_crime"] is None


def test_what_counts_names_a_worst_crime_as_before() -> None:
    case = atrisk.load_case("car-2020-2021")
    counted = atrisk.assess(case, UN, method="v1")
    assert counted.named_crimes == counted.worst_crimes

"""A file's order decides nothing: shuffled rows give the same scores, draws, names and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import atrisk
from atrisk import Case, Delivery, EarlyWarning, Framework, Need, Response
from atrisk.cases.tables import TABLES
from ledgers import delivery, need, response, warning
from properties import is_caught
from toys import THREE_FACTOR, cases

UN = atrisk.load_framework("un-foa-2014")
Told = Mapping[str, object]

# Few values each, so that much of it is equal and only the order could tell it apart.
days = st.sampled_from(["2020-01", "2020-01-15", "2020-01-15/2020-01-17", "2020-02-20"])
strengths = st.sampled_from(["30", "40", "100"])
units = st.sampled_from(["guards", "Guards"])


@st.composite
def responses(draw: st.DrawFn, name: str) -> Response:
    deployed = draw(days)
    return response(
        name,
        actor=draw(st.sampled_from(["the council", "the union"])),
        instrument=draw(st.sampled_from(["peacekeeping", "military", "diplomatic"])),
        effect=draw(st.sampled_from(["protective", "protective", "harmful"])),
        decided="2020-01-02",
        deployed=deployed,
        promised="100",
        delivered=draw(st.sampled_from(["", "30", "40", "100"])),
        unit=draw(units),
        answers=draw(st.sampled_from(["", "w0", "w1;w0"])),
    )


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Any, ...]:
    named = [f"r{place}" for place in range(draw(st.integers(1, 5)))]
    warned = [warning(f"w{place}", draw(days)) for place in range(2)]
    delivered = draw(st.lists(st.tuples(days, strengths, st.sampled_from(named)), max_size=5))
    needed = draw(st.lists(st.tuples(strengths, days), min_size=1, max_size=3))
    return (
        *warned,
        *(draw(responses(name)) for name in named),
        *(delivery(when, "100", number, name) for when, number, name in delivered),
        *(need(number, when, name=f"n{i}") for i, (number, when) in enumerate(needed)),
    )


def whole(case: Case, rows: tuple[Any, ...]) -> Case:
    """Return a case with rows of the ledgers too."""
    kinds = {
        "warnings": EarlyWarning, "responses": Response, "deliveries": Delivery, "needs": Need
    }  # fmt: skip
    tables: dict[str, Any] = {
        name: tuple(r for r in rows if isinstance(r, kind)) for name, kind in kinds.items()
    }
    return replace(case, **tables, checked=True)


def shuffled(case: Case, chance: Random) -> Case:
    """Return the same case with the rows of every table in another order."""
    tables: dict[str, Any] = {
        name: tuple(chance.sample(rows, len(rows))) for name, rows in case.tables.items()
    }
    return replace(case, **tables, checked=True)


def tell_scores(case: Case, framework: Framework) -> Told:
    """Return scores and explanations of every month, by what was known then and by what is."""
    told: dict[str, object] = {"digest": case.digest}
    for knowledge in ("contemporaneous", "retrospective"):
        now = atrisk.assess(case, framework, knowledge=knowledge)
        known = [month for month in now.months if now.coverage[now.place(month)] > 0]
        told[f"scores {knowledge}"] = [now.to_rows(one) for one in ("overall", "crime", "factor")]
        told[f"explained {knowledge}"] = [now.explain(month) for month in known]
    return told | {"flags": atrisk.raise_flags(now).to_rows()}


def tell_draws(case: Case, framework: Framework) -> Told:
    """Return whatever is drawn from a seed."""
    drawn = atrisk.run_ensemble(case, framework, seed=7, draws=20)
    study = atrisk.analyse_sensitivity(case, framework, seed=3, draws=4, resamples=3, budget=9)
    reading = atrisk.measure_reading(case, framework, steps=2, repeats=2, unit="rows")
    return {
        "ensemble": [drawn.to_rows(level) for level in ("overall", "crime", "factor")],
        "sensitivity": [list(study.to_rows(level)) for level in ("inputs", "months")],
        "reading": [list(reading.to_rows(level)) for level in reading.tables],
        "methods": atrisk.explore_methods(case, framework, seed=1, most=9).to_rows(),
    }


def tell_gaps(case: Case, framework: Framework) -> Told:
    """Return every table of the gap under every rule, with what each level rests on."""
    now = atrisk.assess(case, framework)
    told: dict[str, object] = {"rules": atrisk.compare_rules(case, now)}
    for rule in (row["rule"] for row in atrisk.compare_rules(case, now) if not row["note"]):
        gap = atrisk.measure_gap(case, now, rule=rule)
        told |= {f"{rule} {table}": list(gap.to_rows(table)) for table in gap.tables}
        told |= {f"{rule} words": [gap.describe(), repr(gap), gap.compare_groups("issuer")]}
    return told


def check_order_decides_nothing(
    tell: Callable[[Case, Framework], Told], case: Case, framework: Framework, chance: Random
) -> None:
    before, after = tell(case, framework), tell(shuffled(case, chance), framework)
    assert before
    assert before.keys() == after.keys()
    assert [name for name in before if repr(before[name]) != repr(after[name])] == []


@given(cases(2, 6), st.randoms(use_true_random=False))
def test_order_changes_no_score_and_no_explanation(case: Case, chance: Random) -> None:
    check_order_decides_nothing(tell_scores, case, THREE_FACTOR, chance)


@settings(max_examples=25)  # each makes every kind of draw twice
@given(cases(2, 6), st.randoms(use_true_random=False))
def test_order_changes_no_seeded_draw(case: Case, chance: Random) -> None:
    check_order_decides_nothing(tell_draws, case, THREE_FACTOR, chance)


@given(cases(1, 2), ledgers(), st.randoms(use_true_random=False))
def test_order_changes_no_gap_and_nothing_that_it_rests_on(
    case: Case, rows: tuple[Any, ...], chance: Random
) -> None:
    check_order_decides_nothing(tell_gaps, whole(case, rows), THREE_FACTOR, chance)


@pytest.mark.parametrize("tell", [tell_scores, tell_draws, tell_gaps])
def test_order_changes_nothing_of_a_bundled_case(tell: Callable[[Case, Framework], Told]) -> None:
    case = atrisk.load_case("car-2012-2015")
    check_order_decides_nothing(tell, case, UN, Random(11))


@pytest.mark.parametrize("tell", [tell_draws, tell_gaps])
def test_a_result_by_the_order_of_the_file_is_caught(
    tell: Callable[[Case, Framework], Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Case, "in_order", property(lambda case: case))
    case = atrisk.load_case("car-2020-2021")
    assert is_caught(lambda: check_order_decides_nothing(tell, case, UN, Random(11)))


def test_a_case_in_order_is_the_same_case() -> None:
    case = atrisk.load_case("car-2012-2015")
    again = shuffled(case, Random(3))
    assert list(again.tables) == list(TABLES)
    assert again.in_order.tables == case.in_order.tables
    assert again.in_order.in_order is again.in_order
    assert again.in_order.digest == case.digest

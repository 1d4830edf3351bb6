"""Whatever the library says in words to who works in Python hides no character either."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.base.cells import Record
from atrisk.base.rows import Result
from atrisk.cases import beside
from atrisk.coding.suggestions import suggest_indicators
from atrisk.documents.passages import read_document
from atrisk.events.reading import read_events
from atrisk.report.answers import list_answers, tell_headline
from atrisk.report.page import render_report
from atrisk.studies.agreement import measure_agreement
from atrisk.studies.backtest import backtest_alarms
from atrisk.studies.judging import compare_judgements
from atrisk.studies.reading import compare_cases, measure_reading
from atrisk.verification.panel import score_panel
from atrisk.verification.verify import verify
from hidden import find_raw
from poisoned import write_all

POISON = "x\u202e\u2066\u200b\u200d\u3164\ufe0f\U000e0041\u2060y"


class World:
    """A case and a framework that hold hidden characters wherever they may, and their place."""

    def __init__(self, folder: Path) -> None:
        self.places = {name: Path(place) for name, place in write_all(folder, POISON).items()}
        self.framework = atrisk.load_framework(self.places["framework"])
        self.case = atrisk.load_case(self.places["case"], self.framework)
        self.now = atrisk.assess(self.case, self.framework)
        self.brief = atrisk.prepare_brief(self.case, self.framework, draws=20)
        self.events = read_events(self.places["events"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("poisoned"))


MAKERS: dict[str, Callable[[World], Any]] = {
    "case": lambda w: w.case,
    "header": lambda w: w.case.header,
    "framework": lambda w: w.framework,
    "assessment": lambda w: w.now,
    "flags": lambda w: atrisk.raise_flags(w.now),
    "gap": lambda w: atrisk.measure_gap(w.case, w.now),
    "ensemble": lambda w: atrisk.run_ensemble(w.case, w.framework, draws=20, seed=1),
    "doubt": lambda w: atrisk.split_doubt(w.case, w.framework, draws=20, seed=1),
    "tree": lambda w: atrisk.explore_methods(w.case, w.framework, branches=["persistence"]),
    "scenarios": lambda w: atrisk.run_scenarios(w.case, w.framework),
    "bounds": lambda w: atrisk.bound_weights(w.now),
    "weights": lambda w: atrisk.sample_weights(w.now, draws=20, seed=1),
    "sensitivity": lambda w: atrisk.analyse_sensitivity(w.case, w.framework, draws=4, seed=1),
    "reading": lambda w: measure_reading(w.case, w.framework, repeats=2, seed=1),
    "equal": lambda w: compare_cases([w.case, atrisk.load_case("car-2020-2021")], w.framework,
                                     repeats=2, seed=1),
    "board": lambda w: atrisk.prepare_board([w.case, atrisk.load_case("car-2020-2021")],
                                            w.framework, repeats=2, seed=1),
    "backtest": lambda w: backtest_alarms([w.case], w.framework),
    "judging": lambda w: compare_judgements(w.case),
    "agreement": lambda w: measure_agreement(w.case, w.framework),
    "verification": lambda w: verify([w.case], w.framework, horizon=1, draws=20, seed=1),
    "panel": lambda w: score_panel(
        w.events, w.framework, published=date(2021, 6, 1), knowledge="retrospective"
    ),
    "events": lambda w: w.events,
    "document": lambda w: read_document(w.places["diary"]),
    "suggestions": lambda w: suggest_indicators(read_document(w.places["diary"]), w.framework),
    "crosswalk": lambda w: atrisk.load_crosswalk(
        atrisk.load_framework(w.places["stages"]), "un-foa-2014"
    ),
}  # fmt: skip


def words(made: Any) -> Iterator[str]:
    yield repr(made)
    yield str(made)
    if hasattr(made, "describe"):
        yield made.describe()
    if isinstance(made, Result):
        yield made._repr_html_()


@pytest.mark.parametrize("name", MAKERS)
def test_a_result_in_words_hides_nothing(name: str, world: World) -> None:
    for text in words(MAKERS[name](world)):
        assert text
        assert not find_raw(text)


def test_a_record_in_words_hides_nothing(world: World) -> None:
    loaders = (
        beside.load_judgements, beside.load_outcomes, beside.load_rivals, beside.load_lookups,
    )  # fmt: skip
    records: list[Record] = [row for load in loaders for row in load(world.case)]
    records += [row for rows in world.case.tables.values() for row in rows]
    records += [*world.framework.factors.values(), *world.framework.indicators.values()]
    assert len(records) > 100
    for record in records:
        assert not find_raw(repr(record) + str(record))
    assert not find_raw(repr(world.framework.header))


def test_a_brief_and_its_page_hide_nothing(world: World) -> None:
    assert not find_raw(tell_headline(world.brief))
    for answer in list_answers(world.brief):
        assert not find_raw(answer.text + answer.question)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Glyph")  # of Matplotlib, that it has none for it
        assert not find_raw(render_report(world.brief))

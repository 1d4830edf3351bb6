"""Results in a notebook and as data frames."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest

import atrisk
from atrisk.base.rows import SHOWN, Result
from shipped import car, now, un
from toys import THREE_FACTOR, case_of, evidence

MAKERS: dict[str, Callable[[], Result]] = {
    "assessment": now,
    "flags": lambda: atrisk.raise_flags(now()),
    "gap": lambda: atrisk.measure_gap(car(), now()),
    "ensemble": lambda: atrisk.run_ensemble(car(), un(), draws=20, seed=1),
    "tree": lambda: atrisk.explore_methods(car(), un(), branches=["persistence"]),
    "outcome": lambda: atrisk.run_scenarios(car(), un()),
    "bounds": lambda: atrisk.bound_weights(now()),
    "weights": lambda: atrisk.sample_weights(now(), draws=20, seed=1),
    "crosswalk": lambda: atrisk.load_crosswalk(atrisk.load_framework("ten-stages"), un().id),
}


class Table(HTMLParser):
    """The cells of the first table of a page, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@pytest.mark.parametrize("name", MAKERS)
def test_a_result_shows_its_first_rows_and_its_caveats(name: str) -> None:
    result: Any = MAKERS[name]()
    shown = result._repr_html_()
    rows = result.to_rows()
    assert Table(shown).tags.count("tr") == 1 + min(len(rows), SHOWN)
    if len(rows) > SHOWN:
        assert f"{len(rows) - SHOWN} more rows" in shown
    for column in rows[0]:
        assert f"<th>{column}</th>" in shown
    for line in repr(result).splitlines():
        assert escape(line.strip()) in shown


@pytest.mark.parametrize("name", MAKERS)
def test_a_frame_is_the_rows(name: str) -> None:
    pytest.importorskip("pandas")
    result: Any = MAKERS[name]()
    frame = result.to_frame()
    assert list(frame.columns) == list(result.to_rows()[0])
    assert len(frame) == len(result.to_rows())
    assert frame.iloc[0].tolist()[0] == next(iter(result.to_rows()[0].values()))


def test_a_level_is_passed_on() -> None:
    pytest.importorskip("pandas")
    assert len(now().to_frame("factor")) == 48 * 14
    with pytest.raises(atrisk.UnknownNameError):
        now().to_frame("factors")


def test_unknown_is_a_dash_and_not_a_zero() -> None:
    result = atrisk.assess(atrisk.load_case("car-2020-2021"), un())
    shown, rows = result._repr_html_(), result.to_rows()
    dashes = sum(value is None for row in rows for value in row.values())
    assert dashes
    assert shown.count("<td>–</td>") == dashes


def test_text_of_a_case_is_escaped() -> None:
    case = case_of(evidence())
    header = case.header.model_copy(update={"caveat": "<img src=x onerror=alert(1)>"})
    case = atrisk.Case(header, case.sources, case.evidence)
    assert "img" not in Table(atrisk.assess(case, THREE_FACTOR)._repr_html_()).tags


def test_text_in_a_cell_or_a_column_is_escaped() -> None:
    class Made(Result):
        def to_rows(self) -> list[dict[str, str]]:
            return [{"<b>name</b>": "<img src=x>"}]

    tags = Table(Made()._repr_html_()).tags
    assert "img" not in tags
    assert tags.count("b") == 1  # the title's own


def test_no_row_is_said() -> None:
    class Empty(Result):
        def to_rows(self) -> list[dict[str, str]]:
            return []

    assert "No row." in Empty()._repr_html_()

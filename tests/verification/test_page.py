"""The page on verification says what the shipped cases say: every table is computed again.

Slow, because every interval is drawn a thousand times again.
"""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest

import atrisk
from toys import ROOT

if not (ROOT / "docs").is_dir():
    pytest.skip("the documentation is not beside the suite", allow_module_level=True)


def load_benchmark() -> Any:
    spec = spec_from_file_location("benchmark", ROOT / "benchmarks" / "verification.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


page = load_benchmark()
TEXT = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
OUTCOMES = ROOT.parent / "shared" / "outcomes"
TIMED = re.compile(r"Scored in .*")  # what differs from run to run


def between(marks: tuple[str, str]) -> str:
    return TEXT.partition(marks[0])[2].partition(marks[1])[0]


@pytest.mark.slow
def test_the_tables_of_shipped_cases_are_computed_again() -> None:
    assert between(page.SHIPPED) == "\n".join(page.list_shipped()) + "\n"


@pytest.mark.slow
@pytest.mark.skipif(
    not OUTCOMES.is_dir(), reason="no folder of outcomes stands beside the checkout"
)
def test_the_tables_of_the_panel_are_computed_again() -> None:
    again = "\n".join(page.list_panel(OUTCOMES / page.COUNTED)) + "\n"
    assert TIMED.sub("", again) == TIMED.sub("", between(page.PANEL))


def test_the_words_say_what_the_tables_say() -> None:
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    un = atrisk.load_framework("un-foa-2014")
    warned = {
        (outcome, row["tier"]): (row["warned"], row["onsets"], row["false"])
        for outcome in page.OUTCOMES
        for row in atrisk.verify(cases, un, outcome=outcome, draws=20).to_rows("alarms")
    }
    assert warned["civilians-25", "watch"] == (4, 8, 0)  # before half
    assert warned["civilians-100", "watch"] == (5, 5, 0)  # before all five
    assert warned["civilians-25", "alert"] == (2, 8, 0)  # a quarter
    assert warned["civilians-100", "alert"] == (3, 5, 0)  # three of five
    found = atrisk.verify(cases, un, draws=20)
    rows = {row["predictor"]: row["auc"] for row in found.levels}
    assert rows["score"] < rows["last month's deaths"] < rows["moving average of deaths"]
    assert found.levels[0]["months"] == 170
    changes = {row["predictor"]: row["auc"] for row in found.to_rows("changes")}
    assert abs(changes["score"] - 1 / 2) < 0.01
    countries = {case.header.country for case in cases}
    assert (len(cases), len(countries)) == (10, 8)
    rivals = [one for case in cases for one in atrisk.load_rivals(case)]
    assert f"{len(rivals)} figures were found" in TEXT

"""Which layout a header is of."""

from __future__ import annotations

from typing import Any

import pytest

from atrisk.base.delimiters import is_tagged
from atrisk.events.layouts import LAYOUTS, Way, fold_column, names_draft, recognise


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_asks_what_is_needed_and_reads_what_it_asks(name: str) -> None:
    layout = LAYOUTS[name]
    assert layout.name == name
    once: list[Way[Any]] = [layout.country, layout.month, layout.sort, layout.count]
    asked = {q for way in [*once, layout.changed, layout.total] for q in way.questions}
    assert set(layout.columns) - {"status"} <= asked
    assert {question for group in layout.needed for question in group} <= set(layout.columns)


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "ucdp-candidate"])
def test_the_columns_that_a_layout_needs_are_enough_to_recognise_it(name: str) -> None:
    header = [column.partition(" or ")[0] for column in LAYOUTS[name].list_missing(())]
    found = recognise(header)
    assert found
    assert found.name == name
    assert not found.list_missing(header)
    assert recognise(header[1:]) is None


def test_older_names_of_a_column_and_capitals_are_recognised() -> None:
    header = ["COUNTRY", "Type_of_Violence", "side_a", "date_end", "best_est", "low_est"]
    assert LAYOUTS["ucdp-ged"].find(header)["deaths"] == 4


def test_of_two_names_the_newer_one_counts() -> None:
    assert LAYOUTS["ucdp-ged"].find(["best_est", "best"])["deaths"] == 1


@pytest.mark.parametrize(
    ("tag", "folded"),
    [
        ("#affected+killed", "#affected+killed"),
        ("#affected +killed", "#affected+killed"),
        ("#Affected+KILLED", "#affected+killed"),
        ("#country+v_iso3+code", "#country+code"),
        ("#country+name+i_en", "#country+name"),
        ("#event+num+indicator", "#event+indicator+num"),
    ],
)
def test_a_hashtag_is_compared_without_vocabulary_language_or_order(tag: str, folded: str) -> None:
    assert fold_column(tag) == folded


def test_an_attribute_that_narrows_what_is_counted_is_another_column() -> None:
    header = ["#country+code", "#date", "#affected+killed+f", "#affected+killed"]
    assert LAYOUTS["hxl"].find(header)["deaths"] == 3
    assert "deaths" not in LAYOUTS["hxl"].find(["#affected+killed+per100000"])


def test_a_row_of_hashtags_may_have_gaps_and_remarks() -> None:
    assert is_tagged(["#date", "", "#affected +killed", "remark"])
    assert not is_tagged(["#date", "2024-05-16", "5"])
    assert not is_tagged(["# 1", "#2"])
    assert not is_tagged(["", ""])


@pytest.mark.parametrize(
    ("file", "draft"),
    [
        ("GEDEvent_v24_0_5.csv", True),
        ("GEDEvent_v24_01_24_06.csv", True),
        ("gedevent_V24.0.12.csv", True),
        ("GEDEvent_v24_1.csv", False),
        ("GEDEvent_v5_0.csv", False),
        ("ged241.csv", False),
        ("ged_2024_05_16.csv", False),
        ("made.csv", False),
    ],
)
def test_candidate_releases_of_ucdp_are_told_by_their_version(file: str, draft: bool) -> None:
    assert names_draft(file) is draft

"""Anchors are found exactly once, or they are orphans."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import atrisk
from atrisk.coding.anchors import check_anchors
from toys import SOURCES, THREE_FACTOR, case_of, evidence

TEXT = "On the first day\nthey came twice. They came again, and again they left.\n"


def case_with(**quotes: str) -> atrisk.Case:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    case = case_of(*(evidence(name, quote=quote) for name, quote in quotes.items()))
    source = SOURCES[0].model_copy(update={"sha256": digest})
    return atrisk.Case(case.header, (source, *SOURCES[1:]), case.evidence)


def reasons(case: atrisk.Case, folder: Path) -> dict[str, str]:
    (folder / "any-name.txt").write_text(TEXT, encoding="utf-8")
    return {check.item.label: check.reason for check in check_anchors(case, folder)}


def test_an_anchor_may_run_over_a_line_end_and_forgives_nothing_else(tmp_path: Path) -> None:
    case = case_with(
        sound="first day they came",
        absent="the second day",
        nearly="First day they came",
        twice="and again they left",
    )
    assert reasons(case, tmp_path) == {
        "sound": "",
        "absent": "not found",
        "nearly": "not found; it differs in capital letters",
        "twice": "",
    }


def test_an_anchor_that_stands_twice_is_an_orphan(tmp_path: Path) -> None:
    text = TEXT * 2
    case = case_with(row="first day they came")
    source = case.sources[0].model_copy(
        update={"sha256": hashlib.sha256(text.encode()).hexdigest()}
    )
    (tmp_path / "x").write_text(text, encoding="utf-8")
    case = atrisk.Case(case.header, (source, *SOURCES[1:]), case.evidence)
    assert [check.reason for check in check_anchors(case, tmp_path)] == ["found 2 times"]


def test_a_document_that_changed_is_not_read(tmp_path: Path) -> None:
    case = case_with(row="first day they came")
    (tmp_path / "any-name.txt").write_text(TEXT + "edited", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match=r"no file in .* is a document of the case"):
        check_anchors(case, tmp_path)


def test_a_source_without_its_document_leaves_orphans(tmp_path: Path) -> None:
    case = case_with(row="first day they came")
    other = evidence("other", source="source-b")
    case = atrisk.Case(case.header, case.sources, (*case.evidence, other))
    assert reasons(case, tmp_path)["other"] == "source-b has no sha256 in sources.csv"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(atrisk.RequestError, match="is not a folder"):
        check_anchors(case_with(row="first day they came"), tmp_path / "nowhere")


def test_words_that_are_open_in_one_row_and_confidential_in_another_are_told() -> None:
    rows = (
        evidence("open", quote="he told  us of it"),
        evidence("secret", quote="told us of it all", confidential="yes"),
        evidence("other", quote="the shots fell at dawn"),
    )
    digest = "0" * 64
    twins = [
        SOURCES[0].model_copy(update={"sha256": digest}),
        SOURCES[1].model_copy(update={"sha256": digest, "confidential": "strict"}),
    ]
    found = atrisk.list_lints(case_of(*rows), THREE_FACTOR)
    assert [lint.where for lint in found if lint.kind == "half-confidential"] == [
        "evidence.csv, open"
    ]
    case = atrisk.Case(case_of().header, tuple(twins), rows)
    told = [lint.where for lint in atrisk.list_lints(case, THREE_FACTOR)]
    assert {"sources.csv, source-a", "sources.csv, source-b"} <= set(told)
    assert all(row.confidential for row in case.evidence)

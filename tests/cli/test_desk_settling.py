"""Settling, offers and marks of the coding page: what each answer holds and what it writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cli.desk.desk import Desk
from atrisk.cli.desk.opening import open_desk
from atrisk.studies.agreement import measure_agreement
from desks import FACTS, FRAMEWORK, HEADER, make_desk

pytest.importorskip("bm25s")
COLUMNS = HEADER.strip().split(",")
JUDGED = {
    "source": "letter", "locator": "passage 1", "quote": "burned the market of Aba",
    "start": "2020-02-03", "audience": "public", "indicators": "1.1", "direction": "aggravating",
    "severity": "4", "credibility": "2", "summary": "A market was burned.",
}  # fmt: skip


def write_coder(case: Path, name: str, *rows: dict[str, str]) -> None:
    lines = [",".join(row.get(column, "") for column in COLUMNS) for row in rows]
    file = "evidence.csv" if name == "settled" else f"evidence.{name}.csv"
    (case / file).write_text("\n".join([HEADER.strip(), *lines, ""]), encoding="utf-8")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    case, documents = make_desk(tmp_path)
    same = JUDGED | {"locator": "passage 2", "quote": "the army closed the road", "id": "both"}
    write_coder(case, "settled", JUDGED | {"id": "a-1"}, same)
    write_coder(case, "ana", JUDGED | {"id": "b-1", "severity": "2"}, same | {"id": "b-2"})
    return case, documents


def sit_down(folders: tuple[Path, Path], coder: str = "") -> Desk:
    desk = open_desk(*folders, atrisk.load_framework(FRAMEWORK), coder)
    desk.today = lambda: date(2026, 1, 2)
    return desk


DECISION = {
    "source": "letter", "locator": "passage 1", "kept": "b-1", "by": "mk",
    "reason": "Two dead are not many.",
}  # fmt: skip


def test_coders_stand_side_by_side_with_what_differs(folders: tuple[Path, Path]) -> None:
    desk = sit_down(folders)
    assert desk.answer("start", {})["coders"] == ["ana"]
    found = desk.answer("differences", {})
    (passage,) = found["passages"]
    assert (passage["locator"], passage["differs"], passage["by"]) == ("passage 1", "severity", "")
    assert {c: [r["severity"] for r in rows] for c, rows in passage["coders"].items()} == {
        "settled": ["4"], "ana": ["2"]
    }  # fmt: skip
    assert found["hidden"] == 0


def test_a_decision_is_one_line_of_the_record_and_a_later_one_takes_its_place(
    folders: tuple[Path, Path],
) -> None:
    desk, record = sit_down(folders), folders[0] / "adjudication.csv"
    before = (folders[0] / "evidence.csv").read_bytes()
    assert "error" not in desk.answer("settle", DECISION)
    head, line = record.read_text(encoding="utf-8").splitlines()
    assert head == "source,locator,kept,by,on,reason"
    assert line == "letter,passage 1,b-1,mk,2026-01-02,Two dead are not many."
    record.write_text(f"{head},own\r\nletter,passage 2,both,mk,2025,Agreed,x\r\n{line},y\r\n")
    again = DECISION | {"kept": "a-1;b-1"}
    assert "somebody else settled" in desk.answer("settle", again)["error"]  # the page saw nothing
    was = {"by": "mk", "on": "2026-01-02", "reason": DECISION["reason"]}
    assert "error" not in desk.answer("settle", again | {"was": was})
    raw = record.read_bytes().decode().splitlines(keepends=True)
    assert raw[1] == "letter,passage 2,both,mk,2025,Agreed,x\r\n"
    assert raw[2] == "letter,passage 1,a-1;b-1,mk,2026-01-02,Two dead are not many.,y\r\n"
    (passage,) = desk.answer("differences", {})["passages"]
    assert (passage["by"], passage["kept"]) == ("mk", "a-1; b-1")
    assert (folders[0] / "evidence.csv").read_bytes() == before
    case = atrisk.load_case(folders[0], atrisk.load_framework(FRAMEWORK))
    assert len(measure_agreement(case, atrisk.load_framework(FRAMEWORK)).record) == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kept": "c-9"}, "c-9"),
        ({"kept": "both"}, "both"),  # a row, but of another passage
        ({"locator": "passage 9"}, "this passage"),
        ({"by": ""}, "by"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_decision_that_is_none_is_refused_and_nothing_written(
    folders: tuple[Path, Path], change: dict[str, str], word: str
) -> None:
    answer = sit_down(folders).answer("settle", DECISION | change)
    assert word in str(answer["error"]) + str(answer.get("problems", ""))
    assert not (folders[0] / "adjudication.csv").exists()


def test_whoever_codes_blind_sees_no_other_coder(folders: tuple[Path, Path]) -> None:
    desk = sit_down(folders, "ben")
    assert desk.answer("start", {})["coders"] == []
    assert "blind" in desk.answer("differences", {})["error"]
    assert "blind" in desk.answer("settle", DECISION)["error"]
    assert not (folders[0] / "adjudication.csv").exists()


def test_of_a_confidential_passage_nothing_is_told(folders: tuple[Path, Path]) -> None:
    sources = folders[0] / "sources.csv"
    head, letter, elder = sources.read_text(encoding="utf-8").splitlines()
    sources.write_text(f"{head},confidential\n{letter},yes\n{elder},\n", encoding="utf-8")
    desk = sit_down(folders)
    found = desk.answer("differences", {})
    assert (found["passages"], found["hidden"]) == ([], 1)
    assert "market" not in str(found)
    assert desk.answer("drafts", {"number": 0}) == {"passages": []}


def test_the_same_fact_gets_one_claim_in_both_rows(folders: tuple[Path, Path]) -> None:
    desk = sit_down(folders)
    text = desk.shelf.open(0).passages[0].text
    asked = {"number": 0, "passage": 1, "text": text, "table": "evidence"}
    (echo,) = [e for e in desk.answer("offer", asked)["echoes"] if e["id"] == "a-1"]
    assert (echo["claim"], echo["summary"]) == ("a-1", "A market was burned.")
    new = JUDGED | {"id": "n-1", "claim": echo["claim"]}
    assert "error" not in desk.answer(
        "save", {"table": "evidence", "cells": new, "same": echo["id"]}
    )
    claims = {row["id"]: row["claim"] for row in desk.tables.list_rows("evidence")}
    assert claims == {"a-1": "a-1", "both": "", "n-1": "a-1"}
    bad = new | {"id": "n-2", "claim": "other", "severity": "9"}
    assert desk.answer("save", {"table": "evidence", "cells": bad, "same": "both"})["problems"]
    assert {row["id"]: row["claim"] for row in desk.tables.list_rows("evidence")} == claims


def test_a_row_saved_a_moment_ago_is_offered_as_the_same_fact(folders: tuple[Path, Path]) -> None:
    desk = sit_down(folders)
    late = JUDGED | {"id": "late", "start": "2020-02-12", "place": "Cora", "quote": ""}
    late["quote"] = "nineteen young men from a church"
    text = desk.shelf.open(0).passages[4].text
    asked = {"number": 0, "passage": 5, "text": text, "table": "evidence"}
    assert "late" not in str(desk.answer("offer", asked)["echoes"])
    assert "error" not in desk.answer("save", {"table": "evidence", "cells": late})
    assert [e["id"] for e in desk.answer("offer", asked)["echoes"]] == ["late"]


def find_document(desk: Desk, name: str = "letter") -> dict[str, Any]:
    return next(one for one in desk.answer("start", {})["documents"] if one["source"] == name)


def test_how_much_was_read_and_coded_is_told_by_document(folders: tuple[Path, Path]) -> None:
    desk = sit_down(folders)
    one = find_document(desk)
    assert (one["extent"], one["coded"], one["rows"], one["passages"]) == ("", 2, 2, len(FACTS))
    answer = desk.answer("read", {"number": one["number"], "extent": "part"})
    assert answer["after"]["extent"] == "part"
    assert find_document(desk)["extent"] == "part"
    assert "extent" in str(desk.answer("read", {"number": one["number"], "extent": "all"}))
    other = next(d for d in desk.answer("start", {})["documents"] if not d["source"])
    refused = desk.answer("read", {"number": other["number"], "extent": "whole"})
    assert "no source" in refused["error"]
    two = JUDGED | {"id": "n-2", "quote": "", "locator": "passage 3"}
    (folders[0] / "sources.csv").write_text(
        (folders[0] / "sources.csv").read_text().replace("sha256,extent", "sha256,extent,quotable")
        .replace(",part", ",part,no").replace("B,,\n", "B,,,\n"), encoding="utf-8",
    )  # fmt: skip
    write_coder(folders[0], "settled", two)
    assert find_document(desk)["coded"] == 1
    shown = desk.answer("document", {"number": one["number"]})["passages"]
    assert [p["number"] for p in shown if p["marks"]] == [3]


def test_drafts_name_likely_indicators_of_each_passage(folders: tuple[Path, Path]) -> None:
    (folders[1] / "more.txt").write_text("The killing went on.\n\nIt rained.", encoding="utf-8")
    desk = sit_down(folders)
    listed = {one["name"]: one["number"] for one in desk.answer("start", {})["documents"]}
    number = listed["more.txt"]
    found = desk.answer("drafts", {"number": number})["passages"]
    known = desk.tables.framework.indicators
    assert [one["passage"] for one in found] == [1]  # where a word of a label stands
    for one in found:
        assert 1 <= len(one["indicators"]) <= 2
        assert all(known[each["code"]].label == each["label"] for each in one["indicators"])
        assert all(each["reason"] for each in one["indicators"])


def test_a_character_that_nobody_sees_is_told_with_its_passage(tmp_path: Path) -> None:
    case, documents = make_desk(tmp_path, "Men\u202e of Aba came\u200b by night.")
    desk = sit_down((case, documents))
    passages = desk.answer("document", {"number": find_document(desk)["number"]})["passages"]
    (last,) = [one for one in passages if one["hidden"]]
    assert last["hidden"]["\u202e"] == "\\u202e"
    assert "\u202e" in last["text"]  # so that what is selected is found in the document


def test_it_learns_from_other_cases_when_asked(folders: tuple[Path, Path]) -> None:
    """And not from a bundled case that is coded here."""
    toml = folders[0] / "case.toml"
    toml.write_text(toml.read_text().replace("three-factor", "un-foa-2014"), encoding="utf-8")
    desk = open_desk(*folders, like=["car-2020-2021"])
    assert {name.split("/")[0] for name, _ in desk.shelf.suggester.rows} == {
        "desk", "car-2020-2021"
    }  # fmt: skip

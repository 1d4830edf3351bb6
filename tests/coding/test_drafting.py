"""Drafts: where and when are filled, every judgement is empty, and what is offered has a reason."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.base.folders import Folder
from atrisk.base.tables import read_table
from atrisk.cases.columns import list_columns
from atrisk.cli.main import main
from atrisk.coding.drafting import OFFERED, draft_evidence, load_for_drafts
from atrisk.coding.suggestions import Suggester
from atrisk.documents.collection import Collection, read_documents
from atrisk.documents.echoes import Echoes, Places
from canaries import Canaries, write_case
from shipped import un
from toys import HEADER, SOURCES, THREE_FACTOR, case_of, evidence

pytest.importorskip("bm25s")
pytest.importorskip("py3langid")

TEXT = """Report

On 5 January 2020 armed men burnt canoes at Ngoé, and the people fled to Bangassou.

=SUM(1) is what a table in the annex of this report says of the kites.

Between 2 and 9 February 2020 three kites flew over the river, and nobody was hurt.
"""
FILLED = {"id", "source", "locator", "quote", "start", "place", "confidential"}


def world(
    folder: Path, *rows: atrisk.Evidence, text: str = TEXT, **cells: Any
) -> tuple[atrisk.Case, Collection]:
    """Return a case whose first source is a document, and the documents of its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text(text, encoding="utf-8")
    digest = hashlib.sha256((folder / "a.txt").read_bytes()).hexdigest()
    source = atrisk.Source.model_validate(dict(SOURCES[0]) | {"sha256": digest} | cells)
    return atrisk.Case(HEADER, (source, *SOURCES[1:]), rows), read_documents(folder)


def draft(case: atrisk.Case, found: Collection, **how: Any) -> list[dict[str, Any]]:
    return draft_evidence(found, case, Suggester(THREE_FACTOR, [case]), **how).to_rows()


def test_a_draft_says_where_and_when_and_judges_nothing(tmp_path: Path) -> None:
    rows = (
        evidence("boats", summary="Armed men burnt canoes", indicators="1.1", start="2020-01-05",
                 end="", claim="boats-burnt", place="Ngoé; Bria"),
        evidence("kites", summary="Kites flew", indicators="3.1", start="2020-02", end=""),
    )  # fmt: skip
    case, found = world(tmp_path / "documents", *rows)
    boats, table, kites = draft(case, found)
    assert boats["source"] == "source-a"
    assert boats["locator"] == "Report, passage 1"
    assert found.documents[0].count(boats["quote"]) == 1
    assert (boats["start"], boats["place"]) == ("2020-01-05", "Ngoé")
    assert boats["places"] == "Ngoé; Bangassou?"
    assert boats["suggested"].split(";")[0] == "1.1"
    assert f"like {case.id}/boats" in boats["reasons"]
    assert boats["echoes"] == "boats-burnt (2020-01-05, Ngoé)"
    assert (table["start"], table["place"], table["echoes"]) == ("", "", "")
    assert kites["start"] == "2020-02-02/2020-02-09"
    assert kites["echoes"] == "kites (2020-02)"
    for row in (boats, table, kites):
        judged = {c.name for c in list_columns("evidence")} - FILLED
        assert not any(row[name] for name in judged), row
        assert row["language"] == "en"


def test_a_date_that_is_not_sure_fills_nothing(tmp_path: Path) -> None:
    text = "Report\n\nOn 5 January men came and burnt the canoes of the village, it is said here.\n"
    case, found = world(tmp_path / "documents", evidence(), text=text)
    (row,) = draft(case, found)
    assert (row["start"], row["dates"]) == ("", "5 January (year?)")


def test_a_text_that_may_not_be_quoted_has_no_anchor(tmp_path: Path) -> None:
    case, found = world(tmp_path / "documents", evidence(quote=""), quotable="no")
    assert {row["quote"] for row in draft(case, found)} == {""}


def test_a_table_of_drafts_reads_as_evidence_does_and_runs_no_formula(tmp_path: Path) -> None:
    case, found = world(tmp_path / "documents", evidence())
    made = draft_evidence(found, case, Suggester(THREE_FACTOR, [case]))
    out = made.write(tmp_path / "drafts.csv")
    with out.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert list(cells[0]) == [*(c.name for c in list_columns("evidence")), *OFFERED]
    assert cells[1]["text"].startswith("'=SUM(1)")
    table = read_table(Folder(tmp_path, "x"), "drafts.csv", atrisk.Evidence)
    lacking = {problem.column for problem in table.problems}
    assert {"severity", "credibility", "summary", "direction", "audience"} <= lacking
    assert not lacking & {"source", "locator", "quote", "text"}
    with pytest.raises(atrisk.RequestError, match="exists"):
        made.write(out)


def test_documents_that_are_no_source_are_told_and_none_is_refused(tmp_path: Path) -> None:
    case, _ = world(tmp_path / "documents", evidence())
    (tmp_path / "documents" / "b.txt").write_text("Another text of the same day.\n")
    (tmp_path / "documents" / "c.pdf").write_bytes(b"x")
    made = draft_evidence(read_documents(tmp_path / "documents"), case, Suggester(THREE_FACTOR))
    assert f"b.txt is no source of {case.id}" in made.unread
    assert any(note.startswith("c.pdf was not read") for note in made.unread)
    with pytest.raises(atrisk.RequestError, match="atrisk sources add"):
        draft_evidence(
            read_documents(tmp_path / "documents" / "b.txt"), case, Suggester(THREE_FACTOR)
        )


def test_french_by_english_words_is_told(tmp_path: Path) -> None:
    text = "Rapport\n\nLe 5 janvier 2020, des hommes armés ont brûlé les pirogues du village.\n"
    case, found = world(tmp_path / "documents", evidence(), text=text)
    made = draft_evidence(found, case, Suggester(THREE_FACTOR, [case]))
    assert any("is in fr" in note and "--by meaning" in note for note in made.unread)


def test_no_secret_word_is_drafted(tmp_path: Path) -> None:
    canaries = Canaries()
    case = atrisk.load_case(write_case(tmp_path, canaries))
    found = read_documents(tmp_path / "documents")
    made = draft_evidence(found, case, Suggester(un(), [case]))
    told = str(made.to_rows()) + str(made.unread) + repr(made)
    assert {row["text"] == "(confidential)" for row in made.to_rows()} == {True, False}
    assert not canaries.find_leaks(told)
    marked = {row["source"]: row["confidential"] for row in made.to_rows()}
    assert marked["sealed"] == "strict"
    assert marked["secret"] == "yes"


def test_a_case_without_evidence_can_be_drafted_for(tmp_path: Path) -> None:
    case, found = world(tmp_path / "documents", evidence())
    folder = case.save(tmp_path / "case")
    header = (folder / "evidence.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "evidence.csv").write_text(f"{header}\n", encoding="utf-8")
    empty = load_for_drafts(folder)
    assert empty.evidence == ()
    rows = draft_evidence(found, empty, Suggester(THREE_FACTOR)).to_rows()
    assert [row["source"] for row in rows] == ["source-a"] * 3
    assert load_for_drafts("car-2020-2021").evidence
    (folder / "evidence.csv").write_text(f"{header}\nx\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError):
        load_for_drafts(folder)
    (folder / "evidence.csv").write_text(f"{header}\n", encoding="utf-8")
    (folder / "sources.csv").write_text("id,title\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="sources"):
        load_for_drafts(folder)


@pytest.mark.parametrize(("cell", "is_quoted"), [("", True), ("yes", True), ("no", False)])
def test_an_empty_word_for_quotable_is_yes(tmp_path: Path, cell: str, *, is_quoted: bool) -> None:
    words = {} if is_quoted else {"quote": ""}
    case, found = world(tmp_path / "documents", evidence(**words), quotable=cell)
    assert any(row["quote"] for row in draft(case, found)) == is_quoted


# Echoes and places


def find(case: atrisk.Case, dates: Sequence[str], places: Sequence[str] = (), **near: float) -> Any:
    return Echoes(case).find(dates, places, near)


def test_what_fell_together_in_time_and_place_may_be_the_same() -> None:
    case = case_of(
        evidence("near", start="2020-01-05", end="", place="Ngoé", claim="one"),
        evidence("also", start="2020-01-05", end="", place="Bria", claim="one"),
        evidence("far", start="2020-01-05", end="", place="Bria"),
        evidence("later", start="2020-03-05", end="", known="2020-03-05", place="Ngoé"),
        evidence("long", start="2020-01", end="..", place="Ngoé"),
        evidence("hidden", start="2020-01-05", end="", place="Ngoé", confidential="yes"),
    )
    assert find(case, ["2020-01-05"], ["Ngoé"]) == ["one (2020-01-05, Ngoé)"]
    assert find(case, ["2020-01-04/2020-01-06"], [], far=1.0, hidden=2.0) == ["far (2020-01-05)"]
    assert find(case, [], ["Ngoé"], near=9.0) == []
    assert find(case, ["2020"], ["Ngoé"], near=9.0) == []
    assert find(case, ["5 January (year?)"], ["Ngoé"], near=9.0) == []
    assert find(case, ["2020-01-05 (inferred: yesterday)"], ["Ngoé"])


def test_the_likeliest_echoes_come_first_and_no_more_than_three() -> None:
    rows = [evidence(f"r{n}", start="2020-01-05", end="", place="Bria") for n in range(6)]
    near = {f"r{n}": float(n) for n in range(6)}
    assert find(case_of(*rows), ["2020-01-05"], [], **near) == [
        f"r{n} (2020-01-05)" for n in (5, 4, 3)
    ]


def test_places_are_found_without_accents_and_the_longest_first() -> None:
    case = case_of(
        evidence("a", place="Ngoé; Ngoé Nord (préfecture)"), evidence("b", place="rural areas")
    )
    places = Places([case], case.header.country)
    assert places.find("Des hommes de Ngoe Nord sont venus à Ngoé.") == ["Ngoé Nord", "Ngoé"]
    assert places.find("NGOÉ burnt in March, and in Bria.") == ["Ngoé", "Bria?"]
    assert places.find("They came in December, near the river.") == []
    assert Places([case], "MLI").find("at Ngoé") == ["Ngoé?"]
    assert Places([], "MLI").find("nothing here") == []


def test_every_reason_names_a_row_that_is_coded_so(tmp_path: Path) -> None:
    rows = [
        evidence("boats", summary="Armed men burnt canoes", indicators="1.1"),
        evidence("kites", summary="Kites flew", indicators="3.1;1.2"),
    ]
    case, found = world(tmp_path / "documents", *rows)
    suggester = Suggester(THREE_FACTOR, [case])
    known = {f"{case.id}/{row.id}": set(row.indicators) for row in case.evidence}
    made, near = suggester.compare(found.documents[0])
    assert near.shape == (len(found.documents[0].passages), len(case.evidence))
    assert np.all(near >= 0)
    seen = 0
    for codes, reasons in zip(made.codes, made.reasons, strict=True):
        for code, reason in zip(codes, reasons, strict=True):
            name = reason.partition("like ")[2]
            if name:
                seen += 1
                assert code in known[name]
            else:
                assert "in its label or gloss" in reason
    assert seen


def test_the_command_lists_and_drafts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, _ = world(tmp_path / "documents", evidence())
    folder = case.save(tmp_path / "case")
    documents = str(tmp_path / "documents")
    assert main(["passages", documents]) == 0
    assert "Next: atrisk sources add" in capsys.readouterr().out
    assert main(["passages", documents, "--draft", str(tmp_path / "d.csv")]) == 2
    assert "give both or neither" in capsys.readouterr().err
    asked = ["passages", documents, "--case", str(folder), "--draft", str(tmp_path / "d.csv")]
    assert main(asked) == 2  # its framework is none that is bundled
    assert main(["passages", f"{documents}/a.txt", "--like", "all", "--format", "csv"]) == 0
    assert "like car-" in capsys.readouterr().out
    assert main([*asked, "--published", "2020-01-01"]) == 2
    assert "sources.csv" in capsys.readouterr().err

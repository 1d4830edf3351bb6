"""Whose words may be shown: decided once, from a row and its source; no error quotes the rest."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.base.errors import AtriskError, Problem
from atrisk.cases.beside import check_beside
from atrisk.cases.columns import list_columns
from atrisk.cases.edits import change_case
from atrisk.cases.scenario import Changes
from atrisk.cases.secrecy import NAMES, WORDS, Guarded, Secrecy, conceal_cells
from atrisk.cases.tables import TABLES
from atrisk.coding.blind import merge_coding
from atrisk.studies.agreement import Adjudication, measure_agreement
from canaries import FLAGS, LEVELS, OPEN, SHOWN, Canaries, write_case, write_rows, write_sources
from shipped import un

Rows = list[dict[str, str]]
SECRET = tuple(level for level in LEVELS if level != "open")
# What may be wrong with a cell: each with a canary of its own.
FAULTS = (
    "=ZQBAD told", "ZQBAD\x07 told", "@ZQBAD", "ZQBAD", "ZQBAD told us", ";ZQBAD", "ZQBAD;ZQBAD",
    "11.1;ZQBAD told", "ZQBAD=9", "11.1=ZQBAD", "..ZQBAD", "ZQBAD/..", "2020-02-31 ZQBAD", "",
    "ZQBAD" * 30, "“ZQBAD”", "ZQBAD told us that he had been there on the day after all the shots",
    "2021-02/2020-01", "-1", "1e999",
)  # fmt: skip
MISSPELT = ("Yes", "YES", "yes please", "y", "true", "1", "sí", "nein", "No")


def make(canaries: Canaries, **changed: Rows) -> dict[str, Any]:
    """Return everything that a case is made of, with a canary in every cell of text."""
    tables: dict[str, Rows] = {"sources": write_sources(canaries, {"secret": D, "twin": D})}
    tables |= {name: write_rows(canaries, name) for name in TABLES if name != "sources"}
    header = {
        "id": "mini", "title": "A toy", "country": "CAF", "start": "2020-01", "end": "2020-04",
        "framework": "un-foa-2014", "licence": "CC-BY-4.0", "caveat": "A toy.",
    }  # fmt: skip
    return {"header": header, **tables, **changed}


D = "0" * 64


def tell(call: Callable[[], object]) -> str:
    """Return what is said when a call fails; nothing if it does not."""
    try:
        call()
    except AtriskError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("table", TABLES)
def test_no_fault_of_a_confidential_row_is_told_in_its_words(table: str) -> None:
    """Every column with everything that may be wrong with it, each row with another fault."""
    given, told = make(Canaries()), 0
    needed = {"sources", "evidence", "warnings", "responses", table}
    given = {name: part for name, part in given.items() if name in {"header", *needed}}
    given["sources"] = [
        row for row in given["sources"] if row["id"] != "twin" or table != "sources"
    ]
    secret = [place for place, row in enumerate(given[table]) if not _is_open(table, row)]
    for number, column in enumerate(given[table][0]):
        for shift in range(0, len(FAULTS), len(secret)):
            rows = list(given[table])
            for place, where in enumerate(secret):
                rows[where] = rows[where] | {column: FAULTS[(number + shift + place) % len(FAULTS)]}
            said = tell(partial(atrisk.Case.from_frames, **(given | {table: rows})))
            assert "ZQ" not in re.sub(r"ZQ[A-Z]+XOPEN", "", said), (column, said)
            told += "(confidential)" in said
    assert told > 10, "hardly anything was wrong"


def _is_open(table: str, row: dict[str, str]) -> bool:
    if table == "sources":
        return row["id"] in ("diary", "twin")
    return row["source"] == "diary" and not row["confidential"]


@pytest.mark.parametrize("flag", MISSPELT)
@pytest.mark.parametrize("where", ["row", "source"])
def test_a_flag_that_is_misspelt_keeps_the_row_back(where: str, flag: str) -> None:
    given = make(Canaries())
    broken = given["evidence"][0] | {"summary": "=ZQBAD told"}
    if where == "row":
        said = tell(
            lambda: atrisk.Case.from_frames(
                **(given | {"evidence": [broken | {"confidential": flag}]})
            )
        )
    else:
        sources = [given["sources"][0] | {"confidential": flag}, *given["sources"][1:]]
        said = tell(
            lambda: atrisk.Case.from_frames(**(given | {"sources": sources, "evidence": [broken]}))
        )
    assert "confidential" in said
    assert "ZQ" not in said


@pytest.mark.parametrize("name", ["confidental", "CONFIDENTIAL", "Confidential", "confidentiality"])
@pytest.mark.parametrize("table", ["sources", "evidence", "searches"])
def test_a_column_of_flags_that_is_misspelt_keeps_every_row_back(table: str, name: str) -> None:
    given = make(Canaries())
    rows = [{name if k == "confidential" else k: v for k, v in r.items()} for r in given[table]]
    changed = given | {table: rows}
    for other in {"evidence", "searches"} & {table, "evidence" if table == "sources" else table}:
        changed[other] = [row | {"summary": "=ZQBAD told"} for row in changed[other]]
    said = tell(lambda: atrisk.Case.from_frames(**changed))
    assert "Did you mean 'confidential'?" in said
    assert "ZQ" not in said


DAMAGE: dict[str, Callable[[str], str]] = {
    "lost": lambda _: "",
    "too few cells": lambda text: text.replace("secret,", "secret ", 1),
    "a formula": lambda text: text.replace("secret,", "secret,=", 1),
    "an open quote": lambda text: text.replace("secret,", 'secret,"', 1),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_rows_of_a_source_that_cannot_be_read_are_kept_back(how: str, tmp_path: Path) -> None:
    case = write_case(tmp_path, Canaries())
    sources, rows = case / "sources.csv", case / "evidence.csv"
    sources.write_text(DAMAGE[how](sources.read_text(encoding="utf-8")), encoding="utf-8")
    text = rows.read_text(encoding="utf-8").replace("2020-02-18", "=ZQBAD").replace("yes", "no")
    rows.write_text(text, encoding="utf-8")
    said = tell(partial(atrisk.load_case, case))
    assert "line 4, start: (confidential) would run as a formula" in said
    assert "ZQ" not in said


def test_a_row_whose_source_is_misspelt_is_kept_back_if_any_source_is_confidential() -> None:
    given = make(Canaries())
    row = given["evidence"][0] | {"source": "dairy", "start": "ZQBAD"}
    assert "ZQ" not in tell(lambda: atrisk.Case.from_frames(**(given | {"evidence": [row]})))
    open_ones = [source | {"confidential": ""} for source in given["sources"]]
    said = tell(
        lambda: atrisk.Case.from_frames(**(given | {"sources": open_ones, "evidence": [row]}))
    )
    assert "'dairy' is not in sources" in said
    assert "'ZQBAD' is not a date" in said


# A row as confidential as it is, however the case was made.


def _levels(case: atrisk.Case) -> dict[str, Secrecy]:
    return {f"{type(r).__name__}-{r.label}": Secrecy(r.confidential) for r in case.guarded}


def _expect(level: str) -> Secrecy:
    return {"open": Secrecy.NO, "strictrow": Secrecy.STRICT, "strict": Secrecy.STRICT}.get(
        level, Secrecy.YES
    )


def _change(case: atrisk.Case) -> atrisk.Case:
    return change_case(case, Changes.model_validate({"drop": {"evidence": ["evidence-open"]}}))


def _frame(case: atrisk.Case) -> atrisk.Case:
    tables: dict[str, Any] = {n: [dict(row) for row in rows] for n, rows in case.tables.items()}
    return atrisk.Case.from_frames(case.header, **tables)


WAYS: dict[str, Callable[[atrisk.Case], atrisk.Case]] = {
    "made": lambda case: case,
    "replaced": lambda case: replace(case, evidence=tuple(map(_unmark, case.evidence))),
    "replaced unchecked": lambda case: replace(
        case, evidence=tuple(map(_unmark, case.evidence)), checked=True
    ),
    "from frames": _frame,
    "crossed": lambda case: atrisk.cross_case(case, atrisk.load_framework("ten-stages")),
    "changed": _change,
}


def _unmark(row: Any) -> Any:
    own = {"row": "yes", "strictrow": "strict"}.get(row.id.rpartition("-")[2], "no")
    return type(row).model_validate({**dict(row), "confidential": own})


@pytest.mark.parametrize("way", WAYS)
def test_a_row_is_as_confidential_as_itself_or_its_source_however_it_was_made(way: str) -> None:
    case = WAYS[way](atrisk.Case.from_frames(**make(Canaries())))
    for table in TABLES:
        assert case.tables[table] == getattr(case, table)
        for row in getattr(case, table):
            level = row.id if table == "sources" else row.label.rpartition("-")[2].split()[0]
            if table == "sources":
                level = {"diary": "open", "secret": "source", "sealed": "strict"}.get(level, level)
            if table == "deliveries":
                level = row.response.rpartition("-")[2]
            assert row.confidential == _expect(level), (table, row)


def test_rows_of_coders_and_of_scenarios_and_decisions_are_too(tmp_path: Path) -> None:
    case = atrisk.load_case(write_case(tmp_path, Canaries()))
    agreement = measure_agreement(case, un())
    for rows in agreement.coders.values():
        for row in (row for row in rows if row.id.startswith("evidence-")):
            assert row.confidential == _expect(row.id.rpartition("-")[2]), row
    for one in agreement.record:
        assert one.confidential == _expect(one.kept[0].rpartition("-")[2]), one
    made = change_case(case, atrisk.load_scenario("add", case).changes).evidence[-1]
    assert made.id == "made-up"
    assert made.confidential == Secrecy.YES


def test_a_document_of_two_sources_is_as_confidential_as_either() -> None:
    case = atrisk.Case.from_frames(**make(Canaries()))
    assert case.source_by_id["twin"].confidential == Secrecy.YES
    apart = make(Canaries())
    apart["sources"] = [s | {"sha256": ""} for s in apart["sources"]]
    assert not atrisk.Case.from_frames(**apart).source_by_id["twin"].confidential


def test_yes_and_no_mean_what_they_meant_and_strict_is_written_back(tmp_path: Path) -> None:
    case = atrisk.Case.from_frames(**make(Canaries()))
    again = atrisk.load_case(case.save(tmp_path / "saved"))
    assert again.digest == case.digest
    assert _levels(again) == _levels(case)
    assert atrisk.Evidence.model_validate(dict(case.evidence[0]) | {"confidential": True})
    assert case.evidence[1].shown("locator").startswith("ZQ")
    assert case.evidence[-1].shown("locator") == "(confidential)"
    assert case.evidence[0].shown("quote").startswith("ZQ")


def test_every_column_of_text_has_its_place() -> None:
    """A new column must be named among the words, the names, or what is no text."""
    for table in TABLES:
        for column in list_columns(table):
            free = column.kind in ("text", "items") and not column.values and column.pattern is None
            codes = {"indicators", "answers", "inferred", "about", *OPEN}
            if free or column.name == "quote":
                assert column.name in TABLES[table].words | NAMES | codes, (table, column.name)
    assert SHOWN - {"unit"} == NAMES
    assert {"quote", "summary", "asked", "reason"} == WORDS
    own = {name: model.words - WORDS for name, model in TABLES.items() if model.words != WORDS}
    assert own == {"actions": {"action", "mandate", "stop_rule"}, "activations": {"note"}}


def test_a_column_of_the_author_s_own_is_kept_back_too() -> None:
    case = atrisk.Case.from_frames(**make(Canaries()))
    assert case.evidence[0].shown("remark").startswith("ZQ")
    assert {row.shown("remark") for row in case.evidence[1:]} == {"(confidential)"}


@pytest.mark.parametrize("table", TABLES)
def test_no_repr_shows_a_cell_but_the_row_s_name(table: str) -> None:
    from pprint import pformat

    case = atrisk.Case.from_frames(**make(Canaries()))
    for row in getattr(case, table):
        for text in (repr(row), str(row), f"{row}", pformat(row), str([*row.__rich_repr__()])):
            assert "ZQ" not in text.replace(row.label, ""), text


@pytest.mark.parametrize("table", TABLES)
def test_an_error_of_a_model_hides_what_was_typed(table: str) -> None:
    row = make(Canaries())[table][1]
    with pytest.raises(ValueError, match="error") as caught:
        TABLES[table].model_validate(row | {"confidential": "no", "id": "Not An Id", "date": "x"})
    assert "ZQ" not in str(caught.value)


# Files beside the case, and rows on their way into it.


def break_file(file: Path, column: str, fault: str) -> None:
    """Put a fault into a column of every row that is not the first."""
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    for row in rows[1:] or rows:
        row[column] = fault
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8")


def list_side_doors() -> Iterator[tuple[str, str, Callable[[atrisk.Case], object]]]:
    """Yield file, column and reader of everything that is read beside a case."""
    for column in ("source", "quote", "start", "indicators", "claim", "summary", "confidential"):
        yield "evidence.bob.csv", column, lambda case: measure_agreement(case, un())
    for column in ("source", "kept", "on", "reason", "by"):
        yield "adjudication.csv", column, lambda case: measure_agreement(case, un())
    for column in ("number", "query", "results", "used"):
        yield "lookups.csv", column, lambda case: raise_all(check_beside(case))


def raise_all(problems: list[Problem]) -> None:
    if problems:
        raise atrisk.DataError(problems)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "\x07" not in fault])
def test_no_file_beside_a_case_tells_its_words_in_an_error(fault: str, tmp_path: Path) -> None:
    canaries = Canaries()
    case = atrisk.load_case(write_case(tmp_path, canaries))
    for file, column, read in list_side_doors():
        path = tmp_path / "case" / file
        before = path.read_text(encoding="utf-8")
        break_file(path, column, fault)
        said = tell(partial(read, case))
        path.write_text(before, encoding="utf-8")
        assert "ZQBAD" not in said, (file, column, said)
        assert not canaries.find_leaks(said), (file, column, said)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_hypothetical_row_tells_its_words_in_an_error(fault: str) -> None:
    case = atrisk.Case.from_frames(**make(Canaries()))
    for level, (source, flag) in LEVELS.items():
        row = {
            "id": "new", "source": source, "start": "2020-02", "known": "2020-02", "severity": 4,
            "audience": "public", "indicators": "8.1", "direction": "aggravating",
            "credibility": 1, "summary": "ZQTOLD said", "confidential": flag,
        }  # fmt: skip
        for column in row:
            changes = Changes.model_validate({"evidence": [row | {column: fault}]})
            said = tell(partial(change_case, case, changes))
            assert level == "open" or "ZQ" not in said, (level, column, said)


def test_hypothetical_rows_that_are_none_are_not_quoted() -> None:
    said = tell(lambda: atrisk.Scenario("x", changes={"evidence": ["ZQTOLD said so"]}))  # type: ignore[arg-type] # on purpose
    assert "[[changes.evidence]]" in said
    assert "ZQ" not in said


def test_rows_of_a_blind_coder_are_not_told_in_errors(tmp_path: Path) -> None:
    canaries = Canaries()
    case = atrisk.load_case(write_case(tmp_path, canaries))
    folder = atrisk.export_blind(case, tmp_path / "blind")
    for fault in (one for one in FAULTS if "\x07" not in one):
        text = (tmp_path / "case" / "evidence.bob.csv").read_text(encoding="utf-8")
        (folder / "evidence.csv").write_text(text, encoding="utf-8")
        for column in ("source", "quote", "start", "claim", "summary"):
            break_file(folder / "evidence.csv", column, fault)
        said = tell(partial(merge_coding, case, folder, "mk"))
        assert "ZQBAD" not in said, said
        assert not canaries.find_leaks(said), said


def test_a_message_without_its_cells_still_says_what_is_wrong() -> None:
    row = {"claim": "Jean told", "start": "2020-03-01", "indicators": "8.1;Jean himself"}
    assert conceal_cells("'Jean told' is not accepted; expected x", row).startswith(
        "(confidential)"
    )
    assert conceal_cells("2020-03 is before the start", row) == "2020-03 is before the start"
    assert "Jean" not in conceal_cells("indicator 'Jean himself' does not exist", row)
    assert "Jean" not in conceal_cells("nobody but Jean told of it", row)


def test_only_what_is_guarded_can_be_a_table() -> None:
    models: list[type] = [*TABLES.values(), Adjudication]
    assert all(issubclass(model, Guarded) for model in models)
    assert set(FLAGS) == {source for source, _ in LEVELS.values()}

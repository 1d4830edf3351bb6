"""Delimiters: tables as spreadsheets of other countries save them are read or told, not guessed."""

from __future__ import annotations

import csv
import io
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

import atrisk
from atrisk.base.delimiters import (
    AT_ONCE,
    LIMIT_GUESS,
    LIMIT_LINES,
    LINE_LIMIT,
    _split_line,
    describe_saving,
    find_encoding,
    is_tagged,
    split_records,
    write_commas,
)
from atrisk.base.errors import DataError, Faults
from atrisk.base.folders import Folder
from atrisk.base.tables import LIMIT_CELLS, read_table, split_lines
from atrisk.cases.beside import OutcomeFigure
from atrisk.coding.lints import list_lints
from shipped import un
from toys import HERE, THREE_FACTOR

MINI = HERE / "cases" / "mini"
# What analysts write: words of their languages, with the code page of their Windows.
TEXTS = {
    "fr": ("cp1252", "Des hommes armés sont entrés à Béni ; l’armée a été prévenue « trop tard »"),
    "de": ("cp1252", "Bewaffnete Männer überfielen das Dorf – „Straßen“ waren gesperrt, größer"),
    "es": ("cp1252", "Hombres armados entraron en la población; ¿quién avisó? Mañana, según él"),
    "pt": ("cp1252", "Homens armados não estão na região; a população já fugiu às pressas"),
    "en": ("cp1252", "Armed men “entered” the village – nobody came"),
    "ar": ("cp1256", "دخل رجال مسلحون القرية في الليل، ولم يأت أحد من العاصمة؛ و قتل مدنيون"),
    "mac": ("mac_roman", "Des hommes armés sont entrés à Béni ; l’armée était « trop loin »"),
}  # fmt: skip
CELLS = st.text(st.characters(exclude_categories=("C", "Z")))


def save(text: str, mark: str, *, sep: bool = False, encoding: str = "utf-8") -> bytes:
    """Return a table of ours as a spreadsheet saves it."""
    rows = list(csv.reader(split_lines(text)))
    out = io.StringIO()
    if sep:
        out.write(f"sep={mark}\r\n")
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def copy(to: Path, change: dict[str, bytes]) -> Path:
    folder = to / "mini"
    folder.mkdir()
    for file in MINI.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(change.get(file.name, file.read_bytes()))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1256"])
@pytest.mark.parametrize("sep", [False, True])
@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_a_case_saved_by_any_excel_is_the_same_case(
    mark: str, sep: bool, encoding: str, tmp_path: Path
) -> None:
    tables = {
        name: save((MINI / name).read_text("utf-8"), mark, sep=sep, encoding=encoding)
        for name in ("sources.csv", "evidence.csv")
    }
    case = atrisk.load_case(copy(tmp_path, tables), THREE_FACTOR)
    assert case.digest == atrisk.load_case(MINI, THREE_FACTOR).digest


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_text_in_the_code_page_of_its_language_is_read_as_it_was_typed(
    language: str, mark: str, tmp_path: Path
) -> None:
    page, words = TEXTS[language]
    text = (MINI / "evidence.csv").read_text("utf-8").replace("The same quarrel.", f'"{words}"')
    folder = copy(tmp_path, {"evidence.csv": save(text, mark, encoding=page)})
    assert words in [row.summary for row in atrisk.load_case(folder, THREE_FACTOR).evidence]
    name = {"cp1252": "Windows-1252", "cp1256": "Windows-1256", "mac_roman": "Mac Roman"}[page]
    assert describe_saving((folder / "evidence.csv").read_bytes()).endswith(f"in {name}")


def test_a_text_is_read_in_its_own_code_page_or_told_and_never_in_another() -> None:
    """Parts of texts of each language, in each page that can write them."""
    draw, read, told = random.Random(16), 0, 0
    for page, words in TEXTS.values():
        parts = words.split()
        for _ in range(200):
            chosen = " ".join(draw.choices(parts, k=draw.randint(1, 12)))
            data = f"id;title\n1;{chosen}\n".encode(page)
            found = find_encoding(data)
            if found:
                assert data.decode(found) == f"id;title\n1;{chosen}\n", (page, chosen)
                read += 1
            else:
                told += 1
    assert read > 10 * told


@pytest.mark.parametrize(
    "data",
    [
        b"all\x92",  # all’ or allí
        "Łódź została zajęta".encode("cp1250"),
        "Боевики вошли в село".encode("cp1251"),
        "Köyün girişi ışıklıydı".encode("cp1254"),
        "Des hommes armés sont entrés".encode("cp850"),
        b"a\x81\x8d\x8f\x90\x9db",
        b"\xff\xfea",
        bytes(range(128, 256)),
    ],
)
def test_bytes_of_several_meanings_or_none_are_told_with_what_to_do(
    data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_bytes(data)
    with pytest.raises(DataError, match="save the file as 'CSV UTF-8'"):
        Folder(tmp_path, "here").read("rows.csv")


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4).filter(any)),  # a row of nothing is no row
    st.sampled_from(";\t"),
)
def test_cells_are_the_same_whatever_separates_them(rows: list[list[str]], mark: str) -> None:
    table = [["id", "told"], *rows]
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(table)
    assert list(csv.reader(split_lines(write_commas(out.getvalue())))) == table


def test_faults_keep_their_lines_under_a_line_that_names_the_separator(tmp_path: Path) -> None:
    text = (MINI / "evidence.csv").read_text("utf-8").replace("public,2.1", "secret,2.1", 1)
    folder = copy(tmp_path, {"evidence.csv": save(text, ";", sep=True)})
    with pytest.raises(DataError, match="line 3, audience: 'secret' is not accepted"):
        atrisk.load_case(folder, THREE_FACTOR)


def test_rows_that_a_spreadsheet_took_for_one_cell_are_read(tmp_path: Path) -> None:
    """Opened where lists are separated by ';', and saved: what holds a quote is quoted whole."""
    lines = (MINI / "evidence.csv").read_text("utf-8").rstrip("\n").split("\n")
    whole = "\n".join([lines[0], *('"' + line.replace('"', '""') + '"' for line in lines[1:])])
    case = atrisk.load_case(copy(tmp_path, {"evidence.csv": whole.encode()}), THREE_FACTOR)
    assert case.digest == atrisk.load_case(MINI, THREE_FACTOR).digest


@pytest.mark.parametrize(
    ("cell", "number"),
    [("2,5", 2.5), ("0,5", 0.5), ("12,75", 12.75), ("1,234", None),
     ("1.234,5", None), ("1,2,3", None), ("2.5", 2.5), ("1,5000", 1.5)],
)  # fmt: skip
def test_a_decimal_comma_is_read_and_one_of_thousands_told(
    cell: str, number: float | None, tmp_path: Path
) -> None:
    head = "month;measure;value;low;high;source;vintage"
    (tmp_path / "outcomes.csv").write_text(f"{head}\n2020-01;dead;{cell};;;x;2020-02\n", "utf-8")
    table = read_table(Folder(tmp_path, "here"), "outcomes.csv", OutcomeFigure, None)
    if number is None:
        assert "a number" in table.problems[0].message
    else:
        assert [row.value for row in table.records] == [number]


@pytest.mark.parametrize(("cell", "mark", "told"), [
    ("6.000", ";", True), ("1.234.567", ";", True), ("6.000", ",", False), ("6.000", "\t", False),
    ("0.125", ";", False), ("6.5", ";", False), ("6000", ";", False),
])  # fmt: skip
def test_points_among_semicolons_may_be_thousands(
    cell: str, mark: str, told: bool, tmp_path: Path
) -> None:
    rows = [["month", "measure", "value", "low", "high", "source", "vintage"],
            ["2020-01", "dead", cell, "", "", "x", "2020-02"]]  # fmt: skip
    (tmp_path / "outcomes.csv").write_text("\n".join(map(mark.join, rows)) + "\n", "utf-8")
    table = read_table(Folder(tmp_path, "here"), "outcomes.csv", OutcomeFigure, None)
    assert any("may be thousands or a fraction" in one.message for one in table.problems) == told


def test_a_row_of_hashtags_is_one_fault_that_names_it(tmp_path: Path) -> None:
    lines = (MINI / "evidence.csv").read_text("utf-8").split("\n")
    tags = "#id,#meta+source,#loc,#item,#date+start,#date+end,#date+known,#access,#indicator"
    lines.insert(1, tags + ",#status,#severity,#meta,#event,#org,#affected,#adm1,#description")
    with pytest.raises(DataError) as caught:
        atrisk.load_case(copy(tmp_path, {"evidence.csv": "\n".join(lines).encode()}), THREE_FACTOR)
    (problem,) = caught.value.problems
    assert (problem.line, "a row of HXL hashtags; take it out" in problem.message) == (2, True)
    assert not is_tagged(["#1 of three", "a", "b"])


def test_tables_of_any_separator_have_the_same_limits(tmp_path: Path) -> None:
    head = "id;title;publisher;published;kind;reliability;sha256\n"
    for text, words in (
        (head + "a;b\n" * (LIMIT_LINES + 5), f"at most {LIMIT_LINES:,} are read"),
        (head + "x" * (LINE_LIMIT + 1), "the line holds 32,768 characters"),
        (head[:-1] + ";a" * 1000 + "\n" * 5000, f"at most {LIMIT_CELLS:,} are read"),
        (";" * 2**24, "the line holds 16,777,216 characters"),
    ):
        (tmp_path / "sources.csv").write_text(text, encoding="utf-8")
        began = time.process_time()
        table = read_table(Folder(tmp_path, "here"), "sources.csv", atrisk.Source)
        assert re.search(re.escape(words), table.problems[0].message)
        assert time.process_time() - began < 10


def test_a_shipped_case_saved_by_french_excel_scores_the_same(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2020-2021", un())
    folder = case.save(tmp_path / "again")
    for file in folder.glob("*.csv"):
        file.write_bytes(save(file.read_text("utf-8"), ";", encoding="utf-16"))
    assert atrisk.load_case(folder, un()).digest == case.digest


def test_validate_says_how_a_table_was_saved_and_which_codes_may_be_cut(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2012-2015", un())
    folder = case.save(tmp_path / "again")
    assert not {"saving", "cut-code"} & {lint.kind for lint in list_lints(case, un())}
    text = (folder / "evidence.csv").read_text("utf-8")
    (folder / "evidence.csv").write_bytes(save(text, "\t", encoding="utf-16"))
    told = {lint.kind: lint for lint in list_lints(atrisk.load_case(folder, un()), un())}
    assert told["saving"].message.startswith("it was read as separated by tabs and in UTF-16;")
    assert "it writes 1.10 as 1.1; look whether 3 rows" in told["cut-code"].message
    one = next(row for row in case.evidence if len(row.indicators) == 1)
    rows = (*case.evidence, one.model_copy(update={"id": "whole", "indicators": ("1.10",)}))
    again = replace(case, evidence=rows).save(tmp_path / "third")
    (again / "evidence.csv").write_bytes(save((again / "evidence.csv").read_text("utf-8"), ","))
    kinds = {lint.kind for lint in list_lints(atrisk.load_case(again, un()), un())}
    assert not {"saving", "cut-code"} & kinds  # a code has its zero, so none was cut


@pytest.mark.parametrize(
    ("cell", "words"),
    [("1,1", "a spreadsheet put a comma for its point: write 1.1 or 1.10"),
     ("1,10", "a spreadsheet put a comma for its point: write 1.10"),
     ("janv-11", "'janv-11' does not exist")],
)  # fmt: skip
def test_a_code_that_a_spreadsheet_changed_is_told(cell: str, words: str, tmp_path: Path) -> None:
    folder = atrisk.load_case("car-2020-2021", un()).save(tmp_path / "case")
    rows = list(csv.DictReader((folder / "evidence.csv").read_text("utf-8").split("\n")))
    rows[0]["indicators"] = cell
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "evidence.csv").write_bytes(out.getvalue().encode("utf-8-sig"))
    with pytest.raises(DataError, match=re.escape(words)):
        atrisk.load_case(folder, un())


@pytest.mark.parametrize(
    "data",
    [b"\xe9a " * (LIMIT_GUESS // 3), b"\xe9a " * LIMIT_GUESS, b"a\xe9" * (LIMIT_GUESS // 2),
     bytes(range(192, 256)) * (LIMIT_GUESS // 64), b"\xff\xfe" + b"\0\xd8" * LIMIT_GUESS],
    ids=["words", "larger", "one-word", "letters", "halves"],
)  # fmt: skip
def test_a_code_page_is_looked_for_in_no_time(data: bytes) -> None:
    began = time.process_time()
    assert find_encoding(data) in ("", "cp1252")
    assert time.process_time() - began < 10


@given(st.lists(st.text('a",; \t\r\x00é', max_size=6), max_size=12))
def test_lines_that_are_split_side_by_side_are_as_each_by_itself(lines: list[str]) -> None:
    """Seen to fail: without the count of records, a quote held two lines together."""
    alone, together = Faults(), Faults()
    each = [(n, _split_line(text, "t.csv", n, alone)) for n, text in enumerate(lines, start=1)]
    found = list(split_records(lines, "t.csv", together))
    assert found == [(n, cells) for n, cells in each if any(map(str.strip, cells))]
    assert list(together) == list(alone)


def test_a_table_longer_than_what_is_split_at_once_keeps_its_line_numbers() -> None:
    lines = [f"{n},x" for n in range(1, 2 * AT_ONCE + 2)]
    lines[AT_ONCE + 6] = 'one "quote,x'
    faults = Faults()
    found = list(split_records(lines, "t.csv", faults))
    assert [n for n, cells in found if cells[0] == str(n)] == [
        n for n in range(1, len(lines) + 1) if n != AT_ONCE + 7
    ]

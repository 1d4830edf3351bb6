"""Spreadsheets: out and back without loss, also by way of a real program; strangers are refused."""

from __future__ import annotations

import csv
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import atrisk
from atrisk.cases.tables import TABLES
from atrisk.cli.main import main
from shipped import small
from toys import HEADER, HERE, ROOT, SOURCES, THREE_FACTOR, cases

openpyxl = pytest.importorskip("openpyxl")
from atrisk.exchange.workbook import export_workbook, import_workbook

SHIPPED = {name: ROOT / "cases" / name for name in atrisk.list_cases()}
SOFFICE = shutil.which("soffice")


def texts(folder: Path) -> dict[str, str]:
    names = ["case.toml", *(f"{table}.csv" for table in TABLES)]
    return {n: (folder / n).read_text(encoding="utf-8") for n in names if (folder / n).exists()}


def write_case(case: atrisk.Case, folder: Path) -> Path:
    """Write a made case as files: what every record holds, as text."""
    folder.mkdir()
    lines = [f'{key} = "{value}"' for key, value in HEADER if key not in ("id",)]
    (folder / "case.toml").write_text("\n".join(['id = "made"', *lines]) + "\n", encoding="utf-8")
    for name, records in (("sources", SOURCES), ("evidence", case.evidence)):
        fields = list(type(records[0]).model_fields)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(fields)
            writer.writerows([_cell(getattr(r, f)) for f in fields] for r in records)
    return folder


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_case_comes_back_to_the_byte(name: str, tmp_path: Path) -> None:
    file = export_workbook(atrisk.load_case(name), tmp_path / "case.xlsx")
    case = import_workbook(file, tmp_path / "back")
    assert texts(tmp_path / "back") == texts(SHIPPED[name])
    assert case.evidence == atrisk.load_case(name).evidence


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cases())
def test_any_case_comes_back_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, case: atrisk.Case
) -> None:
    room = tmp_path_factory.mktemp("made")
    folder = write_case(case, room / "case")
    read = atrisk.load_case(folder, THREE_FACTOR)
    assert read.evidence == case.evidence
    import_workbook(export_workbook(read, room / "case.xlsx"), room / "back", THREE_FACTOR)
    assert texts(room / "back") == texts(folder)


@pytest.mark.client
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_a_case_comes_back_by_way_of_libreoffice(tmp_path: Path) -> None:
    """Months stay months (2013-09), codes stay codes (1.10), nothing is computed."""
    file = export_workbook(atrisk.load_case("car-2012-2015"), tmp_path / "case.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*convert, "--outdir", str(tmp_path / "saved"), str(file)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    import_workbook(tmp_path / "saved" / "case.xlsx", tmp_path / "back")
    assert texts(tmp_path / "back") == texts(SHIPPED["car-2012-2015"])


def test_columns_with_few_values_have_a_list_and_every_cell_is_text(tmp_path: Path) -> None:
    file = export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "case.xlsx")
    sheet = openpyxl.load_workbook(file)["evidence"]
    offered = {choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert '"aggravating,mitigating"' in offered
    assert '"1,2,3,4"' in offered
    assert '"public,council,internal"' in offered
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in cells)


def edit(tmp_path: Path, change: Any) -> Path:
    file = export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def test_what_was_edited_is_read(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        header = [cell.value for cell in book["evidence"][1]]
        book["evidence"].cell(2, header.index("severity") + 1).value = 4  # typed as a number

    case = import_workbook(edit(tmp_path, change), tmp_path / "back")
    assert case.evidence[0].severity == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b["evidence"].__setitem__("E3", "=1+1"), "row 3, E3: this is a formula"),
        (lambda b: b["evidence"].__setitem__("E3", 2020.5), "not text, so what was typed is lost"),
        (lambda b: b["evidence"].__setitem__("J2", "worse"), "row 2, J2, direction: 'worse'"),
        (lambda b: b.create_sheet("Sheet1"), "no sheet of this name is read"),
        (lambda b: b.remove(b["sources"]), "the sheet 'sources' is missing"),
    ],
)  # fmt: skip
def test_a_workbook_with_faults_is_refused_and_leaves_nothing(
    change: Any, words: str, tmp_path: Path
) -> None:
    import re

    file = edit(tmp_path, change)
    with pytest.raises(atrisk.DataError) as refused:
        import_workbook(file, tmp_path / "back")
    assert re.search(words, str(refused.value), re.DOTALL), refused.value
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.xlsx"]


def test_a_date_that_a_program_made_of_a_month_is_refused(tmp_path: Path) -> None:
    import datetime

    def change(book: Any) -> None:
        book["evidence"]["E2"] = datetime.datetime(2020, 12, 1)

    with pytest.raises(atrisk.DataError, match="is a datetime, not text"):
        import_workbook(edit(tmp_path, change), tmp_path / "back")


def refuse(tmp_path: Path, change: Any) -> str:
    with pytest.raises(atrisk.DataError) as refused:
        import_workbook(edit(tmp_path, change), tmp_path / "back")
    return str(refused.value)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "_x000D_\n", "_x000D_"])
def test_a_line_break_in_a_cell_is_told_by_sheet_row_and_cell(mark: str, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["evidence"]["Q2"] = f"Armed men attacked{mark}a village."

    told = refuse(tmp_path, change)
    assert "case.xlsx, evidence has 1 problem:\n  row 2, Q2: holds a line break" in told
    assert "attacked" not in told  # the row may be confidential


def test_a_fault_under_blank_rows_has_its_own_row_and_cell(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["evidence"].insert_rows(3, 3)
        header = [cell.value for cell in book["evidence"][1]]
        book["evidence"].cell(6, header.index("severity") + 1).value = "9"
        book["evidence"].cell(7, 1).value = book["evidence"].cell(2, 1).value
        book["sources"]["F2"] = "Z"

    told = refuse(tmp_path, change)
    assert "case.xlsx, evidence has" in told
    assert "row 6, K6, severity: '9' is not accepted" in told
    assert "row 7, A7, id: " in told
    assert "is already on row 2" in told
    assert "case.xlsx, sources has 1 problem:\n  row 2, F2, reliability: 'Z'" in told
    assert "line " not in told


def test_a_title_above_the_header_is_no_table(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["evidence"].insert_rows(1, 2)
        book["evidence"]["A1"] = "Evidence of the case, as of June"
        book["evidence"].merge_cells("A1:F1")

    case = import_workbook(edit(tmp_path, change), tmp_path / "back")
    assert case.evidence == atrisk.load_case("car-2020-2021").evidence

    def break_it(book: Any) -> None:
        change(book)
        book["evidence"]["J4"] = "worse"

    (tmp_path / "case.xlsx").unlink()
    shutil.rmtree(tmp_path / "back")
    assert "row 4, J4, direction: 'worse'" in refuse(tmp_path, break_it)


def test_merged_cells_among_rows_are_told_and_comments_are_passed_over(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["evidence"].merge_cells("P2:P3")
        book["evidence"]["A2"].comment = openpyxl.comments.Comment("look again", "a coder")

    told = refuse(tmp_path, change)
    assert "case.xlsx, evidence has 1 problem:\n  P2:P3: P2:P3 is one merged cell" in told

    def comment(book: Any) -> None:
        book["evidence"]["A2"].comment = openpyxl.comments.Comment("look again", "a coder")

    (tmp_path / "case.xlsx").unlink()
    case = import_workbook(edit(tmp_path, comment), tmp_path / "back")
    assert case.evidence == atrisk.load_case("car-2020-2021").evidence


@pytest.mark.parametrize("code", ["#N/A", "#REF!", "#DIV/0!", "#NAME?"])
def test_an_error_of_the_spreadsheet_is_told_by_its_cell(code: str, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["evidence"]["P3"] = code
        book["evidence"]["P3"].data_type = "e"

    assert "row 3, P3: this is an error of the spreadsheet" in refuse(tmp_path, change)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("caf_x00E9_", "café"), ("_x005F_x0041_", "_x0041_"), ("a_x0041_b", "aAb"),
     ("ends_x000D_", "ends"), ("_x000D_\nbegins", "begins"), ("_xD83D_", "_xD83D_")],
)  # fmt: skip
def test_what_a_workbook_escapes_is_read_as_it_was_typed(
    cell: str, text: str, tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        book["evidence"]["P2"] = cell

    assert import_workbook(edit(tmp_path, change), tmp_path / "back").evidence[0].place == text


def test_what_only_looks_escaped_comes_back_to_the_letter(tmp_path: Path) -> None:
    rows = [
        row.model_copy(update={"place": place})
        for row, place in zip(atrisk.load_case("car-2020-2021").evidence, PLACES, strict=False)
    ]
    case = replace(atrisk.load_case("car-2020-2021"), evidence=tuple(rows))
    back = import_workbook(export_workbook(case, tmp_path / "case.xlsx"), tmp_path / "back")
    assert [row.place for row in back.evidence] == [*PLACES]


PLACES = ("_x0041_", "_x005F_x0041_", "a_x000D_b", "_x_", "plain")


def test_bombs_and_other_files_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    with pytest.raises(atrisk.DataError, match="unpacks to 250,000,000 bytes"):
        import_workbook(bomb, tmp_path / "back")
    text = tmp_path / "case.xlsx"
    text.write_text("id,source\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="no workbook"):
        import_workbook(text, tmp_path / "back")
    with zipfile.ZipFile(tmp_path / "empty.xlsx", "w") as archive:
        archive.writestr("nothing.txt", "here")
    with pytest.raises(atrisk.DataError, match="no workbook"):
        import_workbook(tmp_path / "empty.xlsx", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    file = export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "case.xlsx")
    bomb = tmp_path / "bomb.xlsx"
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(bomb, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = entity + data.split(b"?>", 1)[-1].replace(b"<sheetData>", b"<sheetData>&b;")
            new.writestr(name, data)
    with pytest.raises(atrisk.DataError, match="no workbook that can be trusted"):
        import_workbook(bomb, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_what_exists_is_never_overwritten_and_what_is_secret_never_written(tmp_path: Path) -> None:
    file = export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "case.xlsx")
    (tmp_path / "mine").mkdir()
    with pytest.raises(atrisk.RequestError, match="exists; choose another folder"):
        import_workbook(file, tmp_path / "mine")
    with pytest.raises(atrisk.RequestError, match="somebody may have edited it"):
        export_workbook(atrisk.load_case("car-2020-2021"), file)
    (tmp_path / "afile").write_text("x", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="cannot be made"):
        export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "afile" / "x.xlsx")
    with pytest.raises(atrisk.RequestError, match="cannot be made"):
        import_workbook(file, tmp_path / "afile" / "back")
    with pytest.raises(atrisk.RequestError, match=r"does not end in \.xlsx"):
        export_workbook(atrisk.load_case("car-2020-2021"), tmp_path / "case.ods")
    folder = tmp_path / "secret"
    shutil.copytree(HERE / "cases" / "mini", folder)
    text = (folder / "sources.csv").read_text(encoding="utf-8").splitlines()
    head = "confidential" in text[0]
    rows = [text[0] + ("" if head else ",confidential")]
    rows += [line.rsplit(",", 1)[0] + ",yes" if head else line + ",yes" for line in text[1:]]
    (folder / "sources.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="confidential rows"):
        export_workbook(atrisk.load_case(folder, THREE_FACTOR), tmp_path / "secret.xlsx")
    assert not (tmp_path / "secret.xlsx").exists()


def test_the_commands_go_out_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, back = str(tmp_path / "case.xlsx"), str(tmp_path / "back")
    assert main(["export", "car-2020-2021", file]) == 0
    assert main(["import", file, "--out", back]) == 0
    assert main(["import", file, "--out", back]) == 2
    assert "exists" in capsys.readouterr().err
    assert main(["import", file, "--out", f"{back}-2", "--case", "car-2020-2021"]) == 2
    assert "--case is for highlights" in capsys.readouterr().err


def test_a_clock_that_was_never_set_writes_the_same_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive holds no day before 1980, which is when a computer without a battery begins."""
    one = export_workbook(small(), tmp_path / "one.xlsx").read_bytes()
    then = time.localtime(0)
    monkeypatch.setattr(time, "localtime", lambda *_: then)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert export_workbook(small(), tmp_path / "two.xlsx").read_bytes() == one

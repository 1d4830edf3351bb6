"""Spreadsheets: out and back without loss, also by way of a real program; strangers are refused."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import atrisk
from atrisk.cases.tables import TABLES
from atrisk.cli.main import main
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
        (lambda b: b["evidence"].__setitem__("E3", "=1+1"), "line 3: E3: this is a formula"),
        (lambda b: b["evidence"].__setitem__("E3", 2020.5), "not text, so what was typed is lost"),
        (lambda b: b["evidence"].__setitem__("J2", "worse"), "line 2, direction: 'worse'"),
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

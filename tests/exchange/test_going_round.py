"""A workbook that goes round: what people see in it, and what a real program makes of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cases.tables import TABLES
from atrisk.cli.main import main
from toys import ROOT

openpyxl = pytest.importorskip("openpyxl")
from atrisk.exchange.workbook import export_workbook, update_case
from edited import copy_mini, edit, export, put, read_all

SOFFICE = shutil.which("soffice")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return copy_mini(tmp_path)


# --- What people see -----------------------------------------------------------------------------


def test_a_sheet_tells_what_its_columns_take_and_offers_it(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2012-2015")
    book = openpyxl.load_workbook(export_workbook(case, tmp_path / "case.xlsx"))
    assert book.sheetnames == ["case", *TABLES, "codebook", "exported"]
    assert book["exported"].sheet_state == "hidden"
    sheet = book["evidence"]
    header = [cell.value for cell in sheet[1]]
    guides = {one.promptTitle: one for one in sheet.data_validations.dataValidation}
    assert set(header) == set(guides)
    assert all(len(one.prompt) <= 255 and len(one.promptTitle) <= 32 for one in guides.values())
    assert all(one.showInputMessage for one in guides.values())
    assert "three to eight words in a row" in guides["quote"].prompt
    count = len(case.sources)
    assert guides["source"].formula1 == f"sources!$A$2:$A${count + 101}"
    assert guides["source"].errorStyle == "warning"
    assert guides["indicators"].formula1 == "codebook!$A$2:$A$142"
    assert not guides["indicators"].showErrorMessage
    assert (guides["start"].type, guides["severity"].formula1) == (None, '"1,2,3,4"')
    widths = [one.width for one in sheet.column_dimensions.values()]
    assert all(8 <= width <= 60 for width in widths)
    assert sheet.cell(2, header.index("summary") + 1).alignment.wrap_text
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", f"A1:Q{len(case.evidence) + 1}")
    answers = {one.promptTitle: one for one in book["deliveries"].data_validations.dataValidation}
    assert answers["response"].formula1.startswith("responses!$A$2:")
    codes = list(book["codebook"].iter_rows(values_only=True))
    first = next(iter(case.framework.indicators.values()))  # type: ignore[union-attr] # it has one
    assert codes[:2] == [("code", "label", "gloss"), (first.code, first.label, first.gloss)]


def test_no_message_and_no_list_is_longer_than_a_spreadsheet_takes(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2012-2015")
    book = openpyxl.load_workbook(export_workbook(case, tmp_path / "case.xlsx"))
    guides = [one for name in TABLES for one in book[name].data_validations.dataValidation]
    assert len(guides) > 80
    for guide in guides:
        assert len(guide.promptTitle) <= 32
        assert max(len(guide.prompt), len(guide.error or ""), len(guide.formula1 or "")) <= 255


def test_what_is_remembered_of_a_row_is_no_word_of_it_and_few_cells(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2012-2015")
    sheet = openpyxl.load_workbook(export_workbook(case, tmp_path / "case.xlsx"))["exported"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) <= 2 * (len(TABLES) + 1)
    assert all(len(told) <= 32_000 and not set(told) - set("0123456789abcdef") for _, told in rows)
    assert sum(len(told) for _, told in rows) // 32 == 8 + sum(map(len, case.tables.values()))


def test_a_framework_that_cannot_be_loaded_has_no_codebook(mine: Path) -> None:
    book = openpyxl.load_workbook(export(mine, framework=None))
    assert "codebook" not in book.sheetnames
    assert update_case(mine.with_name("case.xlsx"), mine).changes == ()


def test_a_case_that_could_not_be_read_back_is_not_written(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("atrisk.exchange.workbook.LIMIT_CELLS", 50)
    with pytest.raises(atrisk.RequestError, match="at most 50 are read; edit its tables as CSV"):
        export(mine)
    assert not mine.with_name("case.xlsx").exists()


def test_the_command_shows_writes_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = Path(shutil.copytree(ROOT / "cases" / "car-2020-2021", tmp_path / "mine"))
    file = export(mine, put("evidence", "open-01", "severity", "4"), framework=None)
    words = ["import", str(file), "--update", str(mine)]
    assert main([*words, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert ["open-01", "changed", "severity", "3", "4"] in [x.split()[1:] for x in out.split("\n")]
    assert "nothing written yet; would write evidence.csv, datapackage.json" in out
    assert main([*words, "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)[0]["after"] == "4"
    assert "1 changed; wrote evidence.csv, datapackage.json" in printed.err
    assert main(words) == 0
    assert capsys.readouterr().out == f"{mine}: nothing differs; nothing to write\n"
    edit(file, put("evidence", "open-01", "severity", "2"))
    assert main([*words, "--dry-run", "--format", "csv"]) == 1
    assert "open-01,conflict,severity,4,2" in capsys.readouterr().out
    assert main(words) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--update", "car-2020-2021"], "car-2020-2021 is bundled and is not written to"),
        (["--update", "./mine", "--out", "x"], "--out has no use with --update"),
        (["--out", "x", "--dry-run"], "--dry-run is for --update"),
        (["--out", "x", "--format", "csv"], "--format is for --update"),
        ([], "--update ./my-case"),
    ],
)
def test_options_that_say_nothing_together_are_told(
    words: list[str], told: str, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(export(mine)), *words]) == 2
    assert told in capsys.readouterr().err


# --- A real program ------------------------------------------------------------------------------


MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Main(source, target, edits)
  Dim none()
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = "Calc MS Excel 2007 XML"
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, none())
  For Each edit In Split(edits, "|")
    part = Split(edit, ";")
    book.Sheets.getByName(part(0)).getCellRangeByName(part(1)).setString(part(2))
  Next
  book.storeToURL(target, how())
  book.close(True)
  StarDesktop.terminate()
End Sub
</script:module>
"""


def type_in_libreoffice(file: Path, room: Path, edits: list[tuple[str, str, str]]) -> Path:
    """Have LibreOffice open a workbook as a person does, type into cells, and save it."""
    run = partial(subprocess.run, check=True, capture_output=True, timeout=300)
    profile = [str(SOFFICE), f"-env:UserInstallation=file://{room / 'profile'}", "--headless"]
    run([*profile, "--terminate_after_init"])  # makes the profile
    module = room / "profile" / "user" / "basic" / "Standard" / "Module1.xba"
    module.write_text(MACRO, encoding="utf-8")
    saved, typed = room / "saved.xlsx", "|".join(";".join(one) for one in edits)
    call = f'macro:///Standard.Module1.Main("file://{file}","file://{saved}","{typed}")'
    run([*profile, "--norestore", call])
    return saved


@pytest.mark.client
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_what_is_typed_in_libreoffice_changes_those_rows_alone(tmp_path: Path) -> None:
    mine = Path(shutil.copytree(ROOT / "cases" / "car-2012-2015", tmp_path / "mine"))
    case = atrisk.load_case(mine)
    file = export(mine, framework=None)
    header = [cell.value for cell in openpyxl.load_workbook(file)["evidence"][1]]
    place = openpyxl.utils.get_column_letter(header.index("place") + 1)
    typed = [("evidence", f"{place}2", "1.10"), ("case", "A2", 'title = ""Another""')]
    row = ("radio", "A broadcast", "A station", "2015-05", "radio", "C")
    last = len(case.sources) + 2
    typed += [("sources", f"{'ABCDEF'[at]}{last}", cell) for at, cell in enumerate(row)]
    saved = type_in_libreoffice(file, tmp_path, typed)
    check_looks(openpyxl.load_workbook(saved), len(case.evidence) + 1)
    before = read_all(mine)
    result = update_case(saved, mine)
    assert [(row["table"], row["row"], row["what"]) for row in result.to_rows()] == [
        ("case", "", "changed"),
        ("sources", "radio", "added"),
        ("evidence", case.evidence[0].id, "changed"),
    ]
    assert result.case.evidence[0].place == "1.10"
    after = read_all(mine)
    assert {name for name in after if after[name] != before[name]} == {
        "case.toml", "sources.csv", "evidence.csv", "datapackage.json",
    }  # fmt: skip
    for name in ("case.toml", "sources.csv", "evidence.csv"):
        old = before[name].splitlines()
        assert len([line for line in after[name].splitlines() if line not in old]) == 1


def check_looks(book: Any, rows: int) -> None:
    """Check that what guides people is still there after another program saved a workbook."""
    assert book["exported"].sheet_state == "hidden"
    sheet = book["evidence"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    assert sheet.max_row == rows  # or empty cells would count among those that are read
    guides = sheet.data_validations.dataValidation
    titles = {one.promptTitle: one for one in guides}
    assert set(titles) >= {cell.value for cell in sheet[1]}
    assert titles["quote"].prompt.startswith("three to eight words")
    assert "sources" in titles["source"].formula1
    assert "codebook" in titles["indicators"].formula1
    assert titles["direction"].formula1 == '"aggravating,mitigating"'

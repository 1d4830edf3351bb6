"""Slips that would pass in silence: years, names of files, names of rows that are gone."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from random import Random

import pytest

import atrisk
from atrisk.base.folders import data_root
from atrisk.cases.beside import check_scenarios
from atrisk.cases.checks import CASE_FILES, DATED, SCENARIOS
from atrisk.cli.main import main
from sparse import MADE, read_rows

SMALL = data_root("cases") / "car-2020-2021"


def copy_case(folder: Path) -> Path:
    """Copy the smallest case that ships, with early actions, without what stands beside it."""
    folder.mkdir()
    for name in CASE_FILES:
        if (SMALL / name).is_file():
            (folder / name).write_bytes((SMALL / name).read_bytes())
    for table, text in MADE.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, table: str, row: int, column: str, cell: str) -> None:
    """Write one cell of a table."""
    file = folder / f"{table}.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    rows[row][column] = cell
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8")


def list_dates() -> list[tuple[str, str]]:
    """Return every dated column of the tables that the case has."""
    return [
        (table, column)
        for table, columns in DATED.items()
        for column in columns
        if read_rows(table) and column in read_rows(table)[0]
    ]


@pytest.mark.parametrize(("table", "column"), list_dates())
@pytest.mark.parametrize("year", ["0020", "0202", "1021", "2202", "9999"])
def test_a_year_that_slipped_is_told_where_it_stands(
    table: str, column: str, year: str, tmp_path: Path
) -> None:
    folder = copy_case(tmp_path / "case")
    rows = read_rows(table)
    place = Random(f"{table}{column}{year}").randrange(len(rows))
    change(folder, table, place, column, f"{year}-05-06")
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder)
    told = [problem for problem in caught.value.problems if problem.file == f"case/{table}.csv"]
    assert any(problem.line == place + 2 for problem in told)


@pytest.mark.parametrize("table", ["warnings", "responses"])
def test_a_source_tells_of_nothing_that_came_after_it(table: str, tmp_path: Path) -> None:
    folder = copy_case(tmp_path / "case")
    out = str(atrisk.load_case(folder).sources[0].published)
    late = f"{int(out[:4]) + 1}-01-02"
    for column in DATED[table]:
        change(folder, table, 0, column, "" if column != DATED[table][-1] else late)
    with pytest.raises(atrisk.DataError, match=rf"{late} is after its source was published"):
        atrisk.load_case(folder)


@pytest.mark.parametrize("ending", [".csv.txt", ".tsv", ".txt", ".xlsx", ".CSV", ".csv.csv"])
@pytest.mark.parametrize(
    "table", ["searches", "warnings", "responses", "deliveries", "needs", "actions"]
)
def test_a_table_of_nearly_the_right_name_is_told(table: str, ending: str, tmp_path: Path) -> None:
    folder = copy_case(tmp_path / "case")
    (folder / f"{table}.csv").unlink(missing_ok=True)
    (folder / f"{table}{ending}").write_text("id\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match=rf"no file of this name is read.*'{table}\.csv'"):
        atrisk.load_case(folder)


def test_files_that_nobody_means_as_tables_are_passed_over(tmp_path: Path) -> None:
    folder = copy_case(tmp_path / "case")
    for name in ("._evidence.csv", ".~lock.evidence.csv#", "~$warnings.csv", "warnings.xlsx"):
        (folder / name).write_bytes(b"\0\x05\x16\x07")
    for name in ("sanctions.csv", "factions.csv"):  # words of their own, near one of ours
        (folder / name).write_text("name\n", encoding="utf-8")
    (folder / SCENARIOS).mkdir()
    (folder / SCENARIOS / "._a.toml").write_bytes(b"\0\x05")
    assert atrisk.load_case(folder)
    assert atrisk.list_scenarios(atrisk.load_case(folder)) == ()


@pytest.mark.parametrize("name", ["scenario", "Scenarios", "scenarois", "needs.csv"])
def test_a_folder_of_nearly_the_right_name_is_told(name: str, tmp_path: Path) -> None:
    folder = copy_case(tmp_path / "case")
    (folder / name).mkdir()
    with pytest.raises(atrisk.DataError, match=r"no folder of this name|this is a folder"):
        atrisk.load_case(folder)


@pytest.mark.parametrize("name", ["a.toml.txt", "a.TOML", "a.toml~"])
def test_a_scenario_of_nearly_the_right_name_is_told(name: str, tmp_path: Path) -> None:
    folder = copy_case(tmp_path / "case")
    (folder / SCENARIOS).mkdir()
    (folder / SCENARIOS / name).write_text("", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match=r"a scenario's name ends in \.toml"):
        atrisk.load_case(folder)


GONE = """
title = "t"
question = "q"
rationale = "r"
[changes.drop]
sources = ["gone-1"]
evidence = ["gone-2", "snap-01"]
warnings = ["gone-3"]
[changes.publish]
evidence = ["gone-4"]
[[changes.response]]
id = "gone-5"
cancel = true
[[changes.regrade]]
source = "gone-6"
reliability = "B"
[[changes.regrade]]
evidence = ["gone-7"]
credibility = 3
[[changes.responses]]
id = "hoped"
source = "gone-8"
[[changes.deliveries]]
response = "gone-9"
"""


def test_rows_that_are_gone_are_all_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_case(tmp_path / "case")
    (folder / SCENARIOS).mkdir()
    (folder / SCENARIOS / "old.toml").write_text(GONE, encoding="utf-8")
    other = GONE.split("[changes", 1)[0] + '[changes.method]\ngrade = "nope"\n'
    (folder / SCENARIOS / "other.toml").write_text(other, encoding="utf-8")
    case = atrisk.load_case(folder)
    told = check_scenarios(case)
    files = [f"case/{SCENARIOS}/old.toml"] * 9 + [f"case/{SCENARIOS}/other.toml"]
    assert [problem.file for problem in told] == files
    named = [re.findall(r"gone-\d|nope", problem.message)[0] for problem in told]
    assert sorted(named) == [*(f"gone-{place}" for place in range(1, 10)), "nope"]
    assert main(["validate", str(folder)]) == 2
    assert capsys.readouterr().err.count("gone-") == 9
    with pytest.raises(atrisk.RequestError, match="9 names of the scenario") as caught:
        atrisk.run_scenarios(case, atrisk.load_framework("un-foa-2014"), "old")
    assert str(caught.value).count("gone-") == 9


def test_validate_reads_coders_and_their_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_case(tmp_path / "case")
    rows = (folder / "evidence.csv").read_text(encoding="utf-8")
    (folder / "evidence.anna.csv").write_text(
        rows.replace("aggravating", "agravating", 1), encoding="utf-8"
    )
    assert main(["validate", str(folder)]) == 2
    assert "case/evidence.anna.csv" in capsys.readouterr().err
    (folder / "evidence.anna.csv").write_text(rows, encoding="utf-8")
    record = "source,locator,kept,by,on,reason\nnobody,p. 1,gone-1,me,2026-01-01,why\n"
    (folder / "adjudication.csv").write_text(record, encoding="utf-8")
    assert main(["validate", str(folder)]) == 2
    assert "'nobody' is not in sources.csv" in capsys.readouterr().err

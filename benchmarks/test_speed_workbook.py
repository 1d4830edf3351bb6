"""A workbook of 1,955 rows and their ledgers as tables of text: ours, LibreOffice, and a floor."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from growth import grow

import atrisk
from atrisk.exchange.sheets import import_openpyxl, open_book, read_sheets
from atrisk.exchange.workbook import export_workbook

GROUP = "workbook"
# Commas, straight quotes, UTF-8, from the first line on, every sheet into a file of its own.
FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grown")
    return export_workbook(atrisk.load_case(grow(5, folder)), folder / "car.xlsx")


def read_ours(file: Path) -> dict[str, str]:
    """Return the text of each table, checked for what no workbook may bring."""
    return open_book(
        import_openpyxl(),
        file,
        lambda found, merged: {
            Path(sheet.file).stem: sheet.write() for sheet in read_sheets(found, "car", merged)
        },
    )


def split(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text)) if any(row)]


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any, book: Path) -> None:
    found = benchmark.pedantic(read_ours, args=(book,), rounds=5)
    assert len(split(found["evidence"])) == 1 + 1_955


@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark: Any, book: Path) -> None:
    import openpyxl

    def read() -> int:
        sheets = openpyxl.load_workbook(book, read_only=True, data_only=True)
        return sum(1 for sheet in sheets for row in sheet.iter_rows(values_only=True) for _ in row)

    assert benchmark.pedantic(read, rounds=5) > 1_955


@pytest.mark.benchmark(group=GROUP)
def test_peer_libreoffice(benchmark: Any, book: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    typed = [office, profile, "--headless", "--convert-to", FILTER, "--outdir", str(tmp_path)]

    def read() -> None:
        subprocess.run([*typed, str(book)], check=True, capture_output=True)

    benchmark.pedantic(read, rounds=5, warmup_rounds=1)  # which makes its profile
    told = (tmp_path / "car-evidence.csv").read_text(encoding="utf-8")
    assert split(told) == split(read_ours(book)["evidence"])

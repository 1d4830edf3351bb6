"""A workbook as people edit it, and the case that it was made from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

import atrisk
from atrisk.exchange.workbook import export_workbook, update_case
from toys import HERE, THREE_FACTOR

MINI = HERE / "cases" / "mini"
Edit = Callable[[Any], None]


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def copy_mini(tmp_path: Path) -> Path:
    """Return a copy of the toy with a scenario, notes, and a data package."""
    folder = Path(shutil.copytree(MINI, tmp_path / "mine"))
    (folder / "README.md").write_text("My notes.\n", encoding="utf-8")
    case = atrisk.load_case(folder, THREE_FACTOR)
    package = json.dumps(atrisk.describe_package(case) | {"contributors": ["us"]})
    (folder / "datapackage.json").write_text(package, encoding="utf-8")
    return folder


def export(folder: Path, change: Edit | None = None, framework: Any = THREE_FACTOR) -> Path:
    """Export a case and edit the workbook."""
    file = folder.with_name("case.xlsx")
    file.unlink(missing_ok=True)
    export_workbook(atrisk.load_case(folder, framework), file)
    if change:
        edit(file, change)
    return file


def edit(file: Path, change: Edit) -> None:
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)


def put(table: str, name: str, column: str, text: str | None) -> Edit:
    """Return an edit of one cell."""

    def change(book: Any) -> None:
        sheet = book[table]
        header = [cell.value for cell in sheet[1]]
        rows = [row for row in sheet.iter_rows(min_row=2) if row[0].value == name]
        rows[0][header.index(column)].value = text

    return change


def add(table: str, **cells: str) -> Edit:
    def change(book: Any) -> None:
        sheet = book[table]
        sheet.append([cells.get(cell.value, "") for cell in sheet[1]])

    return change


def drop(table: str, name: str) -> Edit:
    def change(book: Any) -> None:
        sheet = book[table]
        sheet.delete_rows(next(r[0].row for r in sheet.iter_rows(min_row=2) if r[0].value == name))

    return change


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def update(folder: Path, file: Path, **asked: Any) -> atrisk.exchange.Update:
    return update_case(file, folder, THREE_FACTOR, **asked)


def list_told(result: atrisk.exchange.Update) -> list[tuple[str, ...]]:
    keys = ("table", "row", "what", "column", "before", "after")
    return [tuple(str(row[key]) for key in keys) for row in result.to_rows()]

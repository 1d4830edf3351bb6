"""Sheets: how far the cells of a stranger's workbook reach, counted before they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from atrisk.base.errors import LISTED, DataError, Problem, shorten
from atrisk.exchange.archive import DAMAGE, Budget, TooMuchError, open_archive

LIMIT_ROWS = 100_000  # as a table may have lines
LIMIT_COLUMNS = 256
LIMIT_CELLS = 200_000
LIMIT_SHEETS = 64
LIMIT_FORMULAS = 1_000  # are told one by one, and no more of them
LONGEST_FORMULA = 1_000  # characters
LIMIT_OTHERS = 50_000  # elements that are no cells: styles, comments, merged ranges
_ROW, _PLACE = re.compile("[0-9]{1,7}"), re.compile("[A-Za-z]{1,3}[0-9]{1,7}")
_LETTERS = "$ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Merged = dict[str, list[tuple[int, str]]]
_CELL = frozenset({"v", "is", "t", "si"})  # what a cell, or a text that cells share, consists of


def check_workbook(file: Path) -> Merged:
    """Refuse what openpyxl would need minutes or gigabytes for, or would leave out unsaid.

    Returns:
        Merged cells by the part of their sheet: their last row, and what they are called.

    Raises:
        DataError: it is no archive, or holds more of something than is read.
    """
    shape = _Shape()
    budget = Budget(shape, longest={"f": LONGEST_FORMULA})
    with open_archive(file, "workbook", ".xlsx") as archive:
        try:
            for name in archive.namelist():
                shape.part = name
                budget.look_through(archive, name)
        except TooMuchError as error:
            message = (
                f"this is no workbook that can be trusted: {error}; keep only the tables of the "
                "case, and save it again"
            )
            raise DataError([Problem(file.name, message)]) from None
        except DAMAGE as error:
            message = f"this is no workbook ({shorten(error, 200)}); save it as .xlsx"
            raise DataError([Problem(file.name, message)]) from None
    return shape.merged


def name_column(number: int) -> str:
    """Return the letters of a column, counted from 1.

    Examples:
        >>> name_column(1), name_column(17), name_column(28)
        ('A', 'Q', 'AB')
    """
    letters = ""
    while number:
        number, left = divmod(number - 1, 26)
        letters = chr(ord("A") + left) + letters
    return letters


class _Shape:
    """Where the cells of a workbook's sheets stand, as they go by."""

    def __init__(self) -> None:
        self.cells = self.others = self.formulas = self.sheets = self.row = self.column = 0
        self.is_sheet, self.part = False, ""
        self.merged: Merged = {}

    def __call__(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        if depth == 1:  # other lists of cells than a sheet's need no order
            self.is_sheet, self.row, self.column = name == "worksheet", 0, 0
        if name == "c":
            self._pass_cell(attributes.get("r", ""))
        elif name == "row":
            self._pass_row(attributes.get("r", ""))
        elif name == "f":
            self.formulas = _count("formulas", self.formulas, LIMIT_FORMULAS)
        elif name == "mergeCell":
            self.others = _count("styles and marks", self.others, LIMIT_OTHERS)
            self._merge(attributes.get("ref", ""))
        elif name == "sheet":
            self.sheets = _count("sheets", self.sheets, LIMIT_SHEETS)
        elif name not in _CELL:
            self.others = _count("styles and marks", self.others, LIMIT_OTHERS)

    def _merge(self, cells: str) -> None:
        last = cells.rpartition(":")[2].lstrip(_LETTERS)
        mine = self.merged.setdefault(self.part, [])
        if _ROW.fullmatch(last) and len(mine) < LISTED:
            mine.append((int(last), cells))

    def _pass_row(self, number: str) -> None:
        last, self.column = self.row, 0
        if number and not _ROW.fullmatch(number):
            raise TooMuchError(f"it has a row {shorten(number)}, which is no number of one")
        self.row = int(number or last + 1)
        if self.row > LIMIT_ROWS:
            raise TooMuchError(f"it has a row {self.row:,}; at most {LIMIT_ROWS:,} rows are read")
        if self.is_sheet and self.row <= last:
            raise TooMuchError(f"its row {self.row} comes after its row {last}")

    def _pass_cell(self, place: str) -> None:
        self.cells = _count("cells", self.cells, LIMIT_CELLS)
        last = self.column
        if place and not _PLACE.fullmatch(place):
            raise TooMuchError(f"it has a cell {shorten(place)}, which is no name of one")
        self.column = _find_column(place) if place else last + 1
        if self.column > LIMIT_COLUMNS:
            where = place or f"in row {self.row:,}"
            raise TooMuchError(f"it has a cell {where}; at most {LIMIT_COLUMNS} columns are read")
        if self.is_sheet and self.column <= last:
            raise TooMuchError(f"its cell {place} comes after one that stands further right")


def _count(what: str, found: int, limit: int) -> int:
    if found >= limit:
        raise TooMuchError(f"it holds more than {limit:,} {what}, and no more are read")
    return found + 1


def _find_column(place: str) -> int:
    """Return the column that a cell is in by its name, such as 2 for B7."""
    column = 0
    for letter in place.rstrip("0123456789").upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column

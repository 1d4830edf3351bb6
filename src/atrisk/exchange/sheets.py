"""Sheets: how far a stranger's workbook reaches, counted before it is read, and what its cells say.

Its sheets become the files of a case, each line of which knows its row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from atrisk.base.cells import Record
from atrisk.base.delimiters import LINE_LIMIT
from atrisk.base.errors import LISTED, DataError, MissingExtraError, Problem, shorten
from atrisk.cases.tables import HEADER, NEEDED, TABLES
from atrisk.exchange.archive import DAMAGE, Budget, TooMuchError, open_archive

T = TypeVar("T")
CASE_SHEET = "case"
CODEBOOK_SHEET = "codebook"  # to look codes up in; nothing is read from it
MEMORY_SHEET = "exported"  # hidden: what each row was when the workbook was made
TITLES = 10  # rows among which a table's header is looked for, under its title
LIMIT_ROWS = 100_000  # as a table may have lines
LIMIT_COLUMNS = 256
LIMIT_CELLS = 400_000
LIMIT_SHEETS = 64
LIMIT_FORMULAS = 1_000  # are told one by one, and no more of them
LONGEST_FORMULA = 1_000  # characters
LIMIT_OTHERS = 50_000  # elements that are no cells: styles, comments, merged ranges
_ROW, _PLACE = re.compile("[0-9]{1,7}"), re.compile("[A-Za-z]{1,3}[0-9]{1,7}")
_LETTERS = "$ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Merged = dict[str, list[tuple[int, str]]]
_LINE = re.compile(r"\bon line (\d{1,6})\b")
_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
# How a workbook writes what XML cannot hold.
_ESCAPED = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
# What a cell holds that nobody typed, and what to do.
_COMPUTED = {
    "f": "a formula; type its result as text",
    "e": "an error of the spreadsheet; type what belongs there",
}
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


def read_first_sheet(file: Path) -> list[list[str]]:
    """Return the cells of a workbook's first sheet, as text.

    Raises:
        DataError: it is damaged or too large, or a cell is no text.
        MissingExtraError: openpyxl is not installed.
    """

    def read(book: Any, _: Merged) -> list[list[str]]:
        problems: list[Problem] = []
        sheet = book.worksheets[0]
        rows = _read_rows(sheet, f"{file.name}, {sheet.title}", problems)
        if problems:
            raise DataError(problems)
        width = max(map(len, rows), default=0)
        return [[*row, *[""] * (width - len(row))] for row in rows]

    return open_book(import_openpyxl(), file, read)


def open_book(openpyxl: Any, file: Path, read: Callable[[Any, Merged], T]) -> T:
    """Return what is read from a workbook that has been looked through."""
    merged = check_workbook(file)
    try:
        # Values would be what a program computed last; we want what was typed.
        with file.open("rb") as stream:  # ours, so that it is closed whatever the reader raises
            book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            try:
                return read(book, merged)
            finally:
                book.close()
    except DataError:
        raise
    except Exception as error:  # openpyxl, zipfile and XML parsers raise many kinds
        # What the parser says may quote a cell, and whose words those are nobody knows yet.
        message = f"this is no workbook that can be trusted ({type(error).__name__})"
        raise DataError([Problem(file.name, message)]) from None


def import_openpyxl() -> Any:
    """Return the package that reads and writes workbooks.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        # With defusedxml at hand openpyxl refuses entities and their bombs.
        import defusedxml  # noqa: F401 - an extra, imported where used
        import openpyxl
    except ImportError:
        raise MissingExtraError("a spreadsheet", "exchange") from None
    return openpyxl


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the file of a case, and the row in which each of its lines stands."""

    where: str
    file: str
    rows: list[list[str]]
    places: list[int]

    @property
    def is_unused(self) -> bool:
        """Whether it is the header of a table that a case need not have, and nothing else."""
        name = self.file.removesuffix(".csv")
        return name in TABLES and name not in NEEDED and len(self.rows) == 1

    def write(self) -> str:
        """Return the text of the file."""
        if self.file == HEADER:
            return "\n".join(row[0] if row else "" for row in self.rows) + "\n"
        width = len(self.rows[0]) if self.rows else 0
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([*row, *[""] * (width - len(row))] for row in self.rows)
        return text.getvalue()

    def place(self, problem: Problem) -> Problem:
        """Return a fault of the file as one of the sheet, with its cell."""
        line, column = problem.line, problem.column
        if line is None or not 1 <= line <= len(self.places):
            return replace(problem, file=self.where)
        row, header = self.places[line - 1], self.rows[0] if self.rows else []
        cell = ""
        if column in header and self.file != HEADER:
            cell = f"{name_column(header.index(column) + 1)}{row}, "
        named = f"row {row}, {cell}{column}" if column else f"row {row}"
        message = _LINE.sub(lambda found: self._name_row(int(found[1])), problem.message)
        return replace(problem, file=self.where, message=message, line=None, column=named)

    def _name_row(self, line: int) -> str:
        return f"on row {self.places[line - 1] if line <= len(self.places) else line}"


def place_faults(error: DataError, sheets: list[Sheet]) -> Iterator[Problem]:
    """Yield the faults of a case's files as those of the sheets that they were made of."""
    by_file = {sheet.file: sheet for sheet in sheets}
    for problem in error.problems:
        sheet = by_file.get(problem.file.rpartition("/")[2])
        yield sheet.place(problem) if sheet else problem


def read_sheets(book: Any, label: str, merged: Merged) -> list[Sheet]:
    """Return the case's files as sheets; a table of which only the header stands there is none."""
    known = (CASE_SHEET, *TABLES)
    problems = [
        Problem(f"{label}, {name}", f"no sheet of this name is read; known: {', '.join(known)}")
        for name in book.sheetnames
        if name not in (*known, CODEBOOK_SHEET, MEMORY_SHEET)
    ]
    twice = sorted({name for name in book.sheetnames if book.sheetnames.count(name) > 1})
    problems += [Problem(label, f"the sheet {name!r} stands twice; keep one") for name in twice]
    missing = [name for name in known[:3] if name not in book.sheetnames]
    problems += [Problem(label, f"the sheet {name!r} is missing") for name in missing]
    sheets = []
    for sheet in book.worksheets:
        if sheet.title not in known:
            continue
        where, is_case = f"{label}, {sheet.title}", sheet.title == CASE_SHEET
        rows = _read_rows(sheet, where, problems, may_break=is_case)
        if is_case:
            sheets.append(Sheet(where, HEADER, rows, list(range(1, len(rows) + 1))))
            continue
        top = _find_header(rows, TABLES[sheet.title])
        places = [at for at in range(top, len(rows) + 1) if rows[at - 1]]
        sheets.append(Sheet(where, f"{sheet.title}.csv", [rows[at - 1] for at in places], places))
        part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
        problems += [
            Problem(where, f"{cells} is one merged cell; split it and fill each row", None, cells)
            for last, cells in merged.get(part, ())
            if last > top
        ]
    if problems:
        raise DataError(problems)
    # A workbook of before had no sheet for an empty table, so a header alone is one's own there.
    offered = MEMORY_SHEET in book.sheetnames
    return [one for one in sheets if not (offered and one.is_unused)]


def read_memory(book: Any) -> list[list[str]]:
    """Return what a workbook remembers of its rows, as ``export_workbook`` wrote it; or nothing."""
    if MEMORY_SHEET not in book.sheetnames:
        return []
    return _read_rows(book[MEMORY_SHEET], MEMORY_SHEET, [])


def _find_header(rows: list[list[str]], model: type[Record]) -> int:
    """Return the row of a sheet that is its header, above which a title may stand, from 1."""
    needed = {name for name, found in model.model_fields.items() if found.is_required()}
    filled = [at for at, row in enumerate(rows, start=1) if row][:TITLES]
    fitting = (at for at in filled if needed <= {cell.strip() for cell in rows[at - 1]})
    return next(fitting, filled[0] if filled else 1)


def _read_rows(
    sheet: Any, where: str, problems: list[Problem], *, may_break: bool = True
) -> list[list[str]]:
    rows = []
    sheet.reset_dimensions()  # what it says of itself would fill it up with empty cells
    for place, cells in enumerate(sheet.iter_rows(), start=1):
        row = []
        for cell in cells:
            text, fault = _read_cell(cell)
            if not may_break and _BREAK.search(text):
                fault = "holds a line break; put a space in its place"
            if fault:
                named = f"row {place}, {getattr(cell, 'coordinate', '')}"
                problems.append(Problem(where, fault, None, named))
            row.append(text)
        while row and not row[-1]:
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _read_cell(cell: Any) -> tuple[str, str]:
    """Return the text of a cell, and what is wrong with it, if anything is."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type in _COMPUTED:
        return "", f"this is {_COMPUTED[cell.data_type]}"
    if isinstance(value, str):
        fault = "too long" if len(value) > LINE_LIMIT else ""
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip(), fault
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, int):
        return str(value), ""
    message = (
        f"{shorten(value)} is a {type(value).__name__}, not text, so what was typed is lost; give "
        "the column the format 'Text' and type it again"
    )
    return "", message

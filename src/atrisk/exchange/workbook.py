"""Spreadsheets: a case as one workbook, a table a sheet, and back without loss.

Every cell is text, so that a spreadsheet program changes no date (2013-09), no code (1.10) and no
formula runs; columns with few accepted values have a drop-down list. A workbook comes from a
stranger: it is read without formulas, macros or links, and within limits of size.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from atrisk.base.cells import Record
from atrisk.base.delimiters import LINE_LIMIT
from atrisk.base.errors import DataError, MissingExtraError, Problem, RequestError, require, shorten
from atrisk.base.files import check_target, fill_folder, make_folder, write_bytes
from atrisk.base.tables import split_lines, write_table
from atrisk.cases.case import Case
from atrisk.cases.columns import list_columns
from atrisk.cases.loading import load_case
from atrisk.cases.tables import HEADER, TABLES
from atrisk.exchange.archive import names_part
from atrisk.exchange.format import Format, Reading, refuse_documents, refuse_highlights
from atrisk.exchange.sheets import LIMIT_ROWS, Merged, check_workbook, name_column
from atrisk.frameworks.framework import Framework

T = TypeVar("T")
CASE_SHEET = "case"
TITLES = 10  # rows among which a table's header is looked for, under its title
_LINE = re.compile(r"\bon line (\d{1,6})\b")
_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
# How a workbook writes what XML cannot hold, and what only looks like it.
_ESCAPED, _LITERAL = (
    re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_"),
    re.compile("_(?=x[0-9A-Fa-f]{4}_)"),
)
# What a cell holds that nobody typed, and what to do.
_COMPUTED = {
    "f": "a formula; type its result as text",
    "e": "an error of the spreadsheet; type what belongs there",
}
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # when every workbook says that it was made


def export_workbook(case: Case, out: Path) -> Path:
    """Write a case as a workbook: ``case.toml`` on the first sheet, then a sheet for each table.

    The same case gives the same bytes, with the same versions of openpyxl and zlib: the file says
    that it was made on 1 January 2000.

    Args:
        case: its records as they are, read from a folder or made since.
        out: the file to write, ending in ``.xlsx``; it must not exist.

    Returns:
        The file.

    Raises:
        RequestError: the case holds confidential rows or sources, or ``out`` exists, cannot be
            made or does not end in ``.xlsx``.
        MissingExtraError: openpyxl is not installed.

    References:
        ECMA-376, Office Open XML; written by openpyxl.
    """
    openpyxl = _import_openpyxl()
    require(case, Case, "load it with load_case(Path('my-case'))")
    if any(row.confidential for row in case.guarded):
        raise RequestError(
            f"{case.id} holds confidential rows, and a workbook would hold all of each; export a "
            "copy without them"
        )
    check_target(out, ".xlsx")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = CASE_SHEET
    _fill(sheet, [[line] for line in case.header.write().split("\n")])
    sheet.column_dimensions["A"].width = 100
    for name, records in case.tables.items():
        if records:
            text = write_table(TABLES[name], records, case.layout.get(name, ()))
            rows = list(csv.reader(split_lines(text)))
            sheet = book.create_sheet(name)
            _fill(sheet, rows)
            _dress(openpyxl, sheet, name, rows[0])
    return write_bytes(out, _pack(book), new=True)


def _pack(book: Any) -> bytes:
    """Return a workbook as a file that says nothing of the day on which it was written."""
    from openpyxl.xml.functions import tostring

    written, packed = io.BytesIO(), io.BytesIO()
    book.properties.created = _MADE
    book.save(written)
    book.properties.modified = _MADE  # which saving sets
    dated = {"docProps/core.xml": tostring(book.properties.to_tree())}
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.infolist():
            plain = zipfile.ZipInfo(part.filename)  # of 1980, as is every part without a date
            plain.create_system, plain.compress_type = 3, zipfile.ZIP_DEFLATED
            new.writestr(plain, dated.get(part.filename) or old.read(part))
    return packed.getvalue()


def import_workbook(file: Path, out: Path, framework: Framework | None = None) -> Case:
    """Make a case folder from a workbook that ``export_workbook`` wrote and people edited.

    Args:
        file: the workbook.
        out: the folder to make; it must not exist.
        framework: whose codes the evidence must use; None for the case's own.

    Returns:
        The case, read from its new folder. The folder is made whole or not at all.

    Raises:
        DataError: the workbook is damaged, too large or lacks a sheet, a cell is no text, or the
            case has faults; all are listed, with sheet, row and cell.
        RequestError: the file is not there, or the folder exists.
        MissingExtraError: openpyxl is not installed.
    """
    openpyxl = _import_openpyxl()
    if not file.is_file():
        raise RequestError(f"{str(file)!r} is not a file; give a workbook such as case.xlsx")
    if out.exists():
        raise RequestError(f"{str(out)!r} exists; choose another folder with --out")
    sheets = _open_book(openpyxl, file, lambda book, merged: _read_sheets(book, file.name, merged))
    with make_folder(out) as folder:
        fill_folder(folder, {one.file: one.write() for one in sheets})
        try:
            load_case(folder, framework)
        except DataError as error:
            raise DataError(_place_faults(error, sheets)) from None
    return load_case(out, framework)


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

    return _open_book(_import_openpyxl(), file, read)


def _open_book(openpyxl: Any, file: Path, read: Callable[[Any, Merged], T]) -> T:
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


def _import_openpyxl() -> Any:
    try:
        # With defusedxml at hand openpyxl refuses entities and their bombs.
        import defusedxml  # noqa: F401 - an extra, imported where used
        import openpyxl
    except ImportError:
        raise MissingExtraError("a spreadsheet", "exchange") from None
    return openpyxl


def _fill(sheet: Any, rows: list[list[str]]) -> None:
    for place, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(place, column)
                cell.value = _LITERAL.sub("_x005F_", text)
                cell.data_type = "s"  # text, also if it looks like a formula
                cell.number_format = "@"  # and stays text when it is edited


def _dress(openpyxl: Any, sheet: Any, table: str, header: list[str]) -> None:
    """Freeze the header, give columns a text format, and lists where few values are accepted."""
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "B2"
    described = {column.name: column for column in list_columns(table)}
    for place, name in enumerate(header, start=1):
        letter = openpyxl.utils.get_column_letter(place)
        sheet.column_dimensions[letter].number_format = "@"
        sheet.cell(1, place).font = openpyxl.styles.Font(bold=True)
        column = described.get(name)
        values = column.values if column else ()
        if column and column.kind == "whole" and column.most:
            values = tuple(str(n) for n in range(int(column.least or 0), int(column.most) + 1))
        if column and values:
            choice = DataValidation(
                type="list",
                formula1=f'"{",".join(values)}"',
                allow_blank=not column.filled,
                showErrorMessage=True,
                errorTitle=name,
                error=f"accepted: {', '.join(values)}",
            )
            choice.add(f"{letter}2:{letter}{LIMIT_ROWS}")
            sheet.add_data_validation(choice)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet as the file of a case, and the row in which each of its lines stands."""

    where: str
    file: str
    rows: list[list[str]]
    places: list[int]

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


def _place_faults(error: DataError, sheets: list[_Sheet]) -> Iterator[Problem]:
    """Yield the faults of a case's files as those of the sheets that they were made of."""
    by_file = {sheet.file: sheet for sheet in sheets}
    for problem in error.problems:
        sheet = by_file.get(problem.file.rpartition("/")[2])
        yield sheet.place(problem) if sheet else problem


def _read_sheets(book: Any, label: str, merged: Merged) -> list[_Sheet]:
    """Return the case's files as sheets."""
    known = (CASE_SHEET, *TABLES)
    problems = [
        Problem(f"{label}, {name}", f"no sheet of this name is read; known: {', '.join(known)}")
        for name in book.sheetnames
        if name not in known
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
            sheets.append(_Sheet(where, HEADER, rows, list(range(1, len(rows) + 1))))
            continue
        top = _find_header(rows, TABLES[sheet.title])
        places = [at for at in range(top, len(rows) + 1) if rows[at - 1]]
        sheets.append(_Sheet(where, f"{sheet.title}.csv", [rows[at - 1] for at in places], places))
        part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
        problems += [
            Problem(where, f"{cells} is one merged cell; split it and fill each row", None, cells)
            for last, cells in merged.get(part, ())
            if last > top
        ]
    if problems:
        raise DataError(problems)
    return sheets


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


def _write(subject: Case | Framework, out: Path, documents: Path | None) -> str:
    assert isinstance(subject, Case)  # noqa: S101 - a workbook holds a case
    refuse_documents(documents, "a workbook")
    return f"{export_workbook(subject, out)} holds {subject!r}"


def _read(file: Path, asked: Reading) -> list[str]:
    refuse_highlights(asked)
    return [f"{asked.out} holds {import_workbook(file, asked.out, asked.framework)!r}"]


WORKBOOK = Format(
    "a workbook",
    ".xlsx",
    holds="case",
    makes="case",
    write=_write,
    recognises=lambda head, file: head.startswith(b"PK") and names_part(file, "xl/workbook.xml"),
    read=_read,
)

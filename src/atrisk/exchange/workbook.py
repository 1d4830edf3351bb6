"""Spreadsheets: a case as one workbook that goes round, and what was edited in it back again.

A table is a sheet. Every cell is text, so that a spreadsheet program changes no date (2013-09), no
code (1.10) and no formula runs; each column says what it takes, and offers it where that is a list.
A workbook comes from a stranger: it is read without formulas, macros or links, and within limits of
size.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, Problem, RequestError, cut, require, shorten
from atrisk.base.files import check_target, fill_folder, make_folder, write_bytes
from atrisk.base.folders import pack_folder
from atrisk.base.tables import read_header, split_lines, write_table
from atrisk.cases.case import Case
from atrisk.cases.columns import REFERENCES, Column, list_columns
from atrisk.cases.loading import load_case
from atrisk.cases.tables import HEADER, TABLES, CaseHeader, read_case_table
from atrisk.exchange.archive import names_part
from atrisk.exchange.copies.merging import Memory, Update, parse_memory, remember, write_memory
from atrisk.exchange.copies.updating import Copy, update_folder
from atrisk.exchange.format import Format, Reading, refuse_documents, refuse_highlights
from atrisk.exchange.sheets import (
    CASE_SHEET,
    CODEBOOK_SHEET,
    LIMIT_CELLS,
    MEMORY_SHEET,
    import_openpyxl,
    name_column,
    open_book,
    place_faults,
    read_memory,
    read_sheets,
)
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

SPARE = 100  # rows behind a table that a list to choose from reaches into
# Columns are guided down to the last row that a sheet has: where one is guided less far LibreOffice
# fills a thousand rows with empty cells, which count among those that are read.
LAST_ROW = 1_048_576
NARROWEST, WIDEST = 8, 60  # characters that a column shows
FILTER = 3  # characters that the button of a filter covers
LONGEST_PROMPT = 200  # characters; a program cuts a message of over 255
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what only looks as XML writes what it cannot hold
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
    openpyxl = import_openpyxl()
    require(case, Case, "load it with load_case(Path('my-case'))")
    if any(row.confidential for row in case.guarded):
        raise RequestError(
            f"{case.id} holds confidential rows, and a workbook would hold all of each; export a "
            "copy without them"
        )
    check_target(out, ".xlsx")
    book, tables = openpyxl.Workbook(), _list_tables(case)
    sheet = book.active
    sheet.title = CASE_SHEET
    _fill(sheet, [[line] for line in case.header.write().split("\n")])
    offers = _list_offers(tables)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        _fill(sheet, rows)
        _dress(sheet, rows)
        if name in TABLES:
            _guide(sheet, name, rows, offers)
    _fit(book[CASE_SHEET], 1, WIDEST, wrap=True)
    hidden = book.create_sheet(MEMORY_SHEET)
    _fill(hidden, write_memory(remember(case)))
    hidden.sheet_state = "hidden"
    _check_size(case, book)
    return write_bytes(out, _pack(book), new=True)


def _list_tables(case: Case) -> dict[str, list[list[str]]]:
    """Return the rows of each sheet, with a header also where there is none, and the codebook."""
    found = {}
    for name, records in case.tables.items():
        text = write_table(TABLES[name], records, case.layout.get(name, ()))
        rows = list(csv.reader(split_lines(text)))
        found[name] = rows if records else [[column.name for column in list_columns(name)]]
    framework = case.framework or _find_framework(case.header.framework)
    if framework:
        codes = ([one.code, one.label, one.gloss] for one in framework.indicators.values())
        found[CODEBOOK_SHEET] = [["code", "label", "gloss"], *codes]
    return found


def _find_framework(name: str) -> Framework | None:
    """Return a framework that can be loaded by its id alone."""
    return load_framework(name) if name in list_frameworks() else None


def _check_size(case: Case, book: Any) -> None:
    """Refuse to write what could not be read back."""
    cells = sum(len(sheet._cells) for sheet in book.worksheets)
    if cells > LIMIT_CELLS:
        raise RequestError(
            f"{case.id} fills {cells:,} cells, and of a workbook at most {LIMIT_CELLS:,} are read; "
            "edit its tables as CSV"
        )


def _pack(book: Any) -> bytes:
    """Return a workbook as a file that says nothing of the day on which it was written."""
    from openpyxl.writer.excel import ExcelWriter

    packed = io.BytesIO()
    book.properties.created = book.properties.modified = _MADE
    ExcelWriter(book, _Undated(packed, "w")).save()  # which closes the archive
    return packed.getvalue()


class _Undated(zipfile.ZipFile):
    """An archive whose parts are all of 1980, whatever the clock says."""

    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        """Add a part."""
        part = zipfile.ZipInfo(name)
        part.create_system, part.compress_type = 3, zipfile.ZIP_DEFLATED
        super().writestr(part, data)

    def write(self, filename: Any, name: Any = None, *_: Any) -> None:
        """Add a file as a part."""
        self.writestr(name, Path(filename).read_bytes())


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
    openpyxl = import_openpyxl()
    _check_file(file)
    if out.exists():
        raise RequestError(f"{str(out)!r} exists; choose another folder with --out")
    sheets = open_book(openpyxl, file, lambda book, merged: read_sheets(book, file.name, merged))
    with make_folder(out) as folder:
        fill_folder(folder, {one.file: one.write() for one in sheets})
        try:
            load_case(folder, framework)
        except DataError as error:
            raise DataError(place_faults(error, sheets)) from None
    return load_case(out, framework)


def update_case(
    file: Path, folder: Path, framework: Framework | None = None, *, is_dry_run: bool = False
) -> Update:
    """Write what people changed in a workbook into the folder of the case that it was made from.

    The workbook remembers what each row was, so of a row that only one side changed that side
    counts; a row that both changed, and not alike, is refused. Rows keep their places, and new ones
    come last; unchanged rows, comments, scenarios, notes and coders' files stay to the byte. A
    ``datapackage.json`` that was true of a table is told anew.

    Args:
        file: a workbook from ``export_workbook``, edited.
        folder: of the case.
        framework: whose codes the evidence must use; None for the case's own.
        is_dry_run: whether nothing is written; conflicts are rows of the result then.

    Returns:
        What differs, row by row, and which files were written: all of them or none.

    Raises:
        DataError: the workbook or the case is damaged, rows were changed on both sides, or the case
            would have faults; all are listed, with sheet, row and cell.
        RequestError: the file is not there, the folder is none or a bundled case's, the workbook is
            of another case or does not know what it was made from, or a file cannot be written.
        MissingExtraError: openpyxl is not installed.

    Examples:
        >>> case = load_case("car-2020-2021")
        >>> mine = case.save(getfixture("tmp_path") / "mine")
        >>> update_case(export_workbook(case, mine.with_name("case.xlsx")), mine)
        Update('car-2020-2021': nothing differs; nothing to write)
    """
    openpyxl = import_openpyxl()
    if not isinstance(folder, Path):
        raise RequestError(
            f"{shorten(folder)} names a bundled case, which is not written to; make a folder of "
            f"your own from the workbook: atrisk import {file} --out ./my-case"
        )
    _check_file(file)
    sheets, rows, names = open_book(
        openpyxl,
        file,
        lambda book, merged: (
            read_sheets(book, file.name, merged),
            read_memory(book),
            book.sheetnames,
        ),
    )
    was = parse_memory(rows)
    _check_sheets(file, names, was or {})
    by_file = {one.file: one for one in sheets}

    def place(problem: Problem) -> Problem:
        sheet = by_file.get(problem.file.rpartition("/")[2])
        return sheet.place(problem) if sheet else problem

    packed = pack_folder(file.name, {name: one.write().encode() for name, one in by_file.items()})
    try:
        header = read_header(packed, HEADER, CaseHeader)
    except DataError as error:
        raise DataError(map(place, error.problems)) from None
    tables = {name: read_case_table(packed, name) for name in TABLES}
    copy = Copy(file.name, header, tables, was, place)
    return update_folder(folder, copy, framework, is_dry_run=is_dry_run)


def _check_sheets(file: Path, names: Sequence[str], was: Memory) -> None:
    """Refuse a sheet that is gone: its rows may not be what somebody meant to remove."""
    gone = [name for name in TABLES if name not in names and was.get(name)]
    message = "the sheet {!r} is gone; to remove its rows, keep it with its header alone"
    if gone:
        raise DataError(Problem(file.name, message.format(name)) for name in gone)


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise RequestError(f"{str(file)!r} is not a file; give a workbook such as case.xlsx")


def _fill(sheet: Any, rows: list[list[str]]) -> None:
    for place, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(place, column)
                cell.value = _LITERAL.sub("_x005F_", text)
                cell.data_type = "s"  # text, also if it looks like a formula
                cell.number_format = "@"  # and stays text when it is edited


def _dress(sheet: Any, rows: list[list[str]]) -> None:
    """Make a sheet one to read: header in bold, frozen and a filter, columns as wide as needed."""
    from openpyxl.styles import Font

    sheet.freeze_panes = "B2"
    last = name_column(len(rows[0]))
    sheet.auto_filter.ref = f"A1:{last}{max(2, len(rows))}"
    for place, name in enumerate(rows[0], start=1):
        longest = max((len(row[place - 1]) for row in rows[1:] if len(row) >= place), default=0)
        width = min(max(NARROWEST, len(name) + FILTER, longest + 1), WIDEST)
        _fit(sheet, place, width, wrap=longest > WIDEST)
        sheet.cell(1, place).font = Font(bold=True)


def _fit(sheet: Any, place: int, width: int, *, wrap: bool) -> None:
    """Set how wide a column is, and whether its long texts go on below."""
    from openpyxl.styles import Alignment

    column = sheet.column_dimensions[name_column(place)]
    column.width, column.number_format = width, "@"
    for (cell,) in sheet.iter_rows(min_col=place, max_col=place) if wrap else ():
        if cell.value:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _list_offers(tables: Mapping[str, list[list[str]]]) -> dict[str, str]:
    """Return where the ids, or codes, stand that other sheets name; new rows are within reach."""
    places = {n: r[0].index("id") + 1 for n, r in tables.items() if "id" in r[0]}
    if CODEBOOK_SHEET in tables:
        places[CODEBOOK_SHEET] = 1
    ends = {n: len(tables[n]) + (0 if n == CODEBOOK_SHEET else SPARE) for n in places}
    letters = {n: name_column(place) for n, place in places.items()}
    return {n: f"{n}!${letter}$2:${letter}${ends[n]}" for n, letter in letters.items()}


def _guide(sheet: Any, table: str, rows: list[list[str]], offers: Mapping[str, str]) -> None:
    """Tell in each column what its cells may hold, and offer what is likely."""
    from openpyxl.worksheet.datavalidation import DataValidation

    described = {column.name: column for column in list_columns(table)}
    for place, name in enumerate(rows[0], start=1):
        column = described.get(name)
        if column is None:  # of the author's own
            continue
        may = "" if column.filled or "nothing" in column.accepted else ". It may be empty"
        guide = DataValidation(
            allow_blank=not column.filled,
            showInputMessage=True,
            promptTitle=name,
            prompt=cut(f"{column.accepted}{may}.", LONGEST_PROMPT),
            **_offer(table, column, offers),
        )
        letter = name_column(place)
        guide.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(guide)


def _offer(table: str, column: Column, offers: Mapping[str, str]) -> dict[str, Any]:
    """Return the list to choose from in a column: binding, to be confirmed, or a suggestion."""
    values = column.values
    if column.kind == "whole" and column.most:
        values = tuple(str(n) for n in range(int(column.least or 0), int(column.most) + 1))
    named = REFERENCES.get(table, {}).get(column.name, "")
    told = {"showErrorMessage": True, "errorTitle": column.name}
    if values:
        told |= {"formula1": f'"{",".join(values)}"', "error": f"accepted: {', '.join(values)}"}
    elif named in offers:  # another may be typed that will be added to the sheet
        message = f"no row of the sheet {named} has this id; add one there"
        told |= {"formula1": offers[named], "error": message, "errorStyle": "warning"}
    elif column.name == "indicators" and CODEBOOK_SHEET in offers:
        told = {"formula1": offers[CODEBOOK_SHEET], "showErrorMessage": False}  # it may hold many
    else:
        return {}
    return {"type": "list", **told}


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

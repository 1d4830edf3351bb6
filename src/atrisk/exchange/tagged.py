"""Tagged: Taguette's table of highlights, as it writes it or as a spreadsheet saved it again."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from atrisk.base.delimiters import decode_table, describe_saving, find_delimiter, split_head
from atrisk.base.errors import DataError, Problem
from atrisk.cases.tables import TABLES
from atrisk.exchange.archive import DAMAGE, TooMuchError, names_part
from atrisk.exchange.excerpts import Highlight, Highlights, limit_highlights
from atrisk.exchange.sheets import CASE_SHEET, read_first_sheet

COLUMNS = ["id", "document", "tag", "content"]
LIMIT_TABLE = 16 * 1024 * 1024  # bytes of a table of highlights
LIMIT_ROWS = 100_000
_BOOK = "xl/workbook.xml"
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\bname=[\"']([^\"']*)[\"']")
_NAMED = 64 * 1024  # bytes of a workbook's own list in which its sheets are looked for

Rows = list[tuple[int, list[str]]]


def read_tagged_csv(file: Path) -> Highlights:
    """Read Taguette's highlights from ``.csv``: with commas, semicolons or tabs.

    Raises:
        DataError: it is larger than is read, of no encoding that can be told, or no such table.
    """
    size = file.stat().st_size
    if size > LIMIT_TABLE:
        message = f"it has {size:,} bytes; at most {LIMIT_TABLE:,} are read: export it in parts"
        raise DataError([Problem(file.name, message)])
    data = file.read_bytes()
    text = decode_table(data, file.name)
    mark = find_delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        rows = list(islice(((reader.line_num, cells) for cells in reader), LIMIT_ROWS + 1))
    except csv.Error as error:
        raise DataError([Problem(file.name, f"not a table of highlights: {error}")]) from None
    if rows and rows[0][1][:1] and rows[0][1][0].lower().startswith("sep="):
        rows = rows[1:]
    return replace(_read_rows(file, rows), is_resaved=bool(describe_saving(data)))


def read_tagged_workbook(file: Path) -> Highlights:
    """Read Taguette's highlights from ``.xlsx``.

    Raises:
        DataError: it is damaged, larger than is read, or no such table.
        MissingExtraError: openpyxl is not installed.
    """
    return _read_rows(file, list(enumerate(read_first_sheet(file), start=1)))


def is_tagged_table(head: bytes) -> bool:
    """Tell whether a file begins as Taguette's table, whatever separates its cells."""
    rows = split_head(head)
    return bool(rows) and set(COLUMNS) <= {cell.strip().lower() for cell in rows[0]}


def is_tagged_workbook(file: Path) -> bool:
    """Tell whether a file is a workbook that has no sheet of a case."""
    if not names_part(file, _BOOK):
        return False
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_BOOK) as stream:
            names = {
                name.decode("utf-8", "replace") for name in _SHEET.findall(stream.read(_NAMED))
            }
    except (TooMuchError, *DAMAGE):
        return False
    return bool(names) and not names & {CASE_SHEET, *TABLES}


def _read_rows(file: Path, found: Rows) -> Highlights:
    rows = [(line, cells) for line, cells in found if any(cells)]
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    while header and not header[-1]:
        header.pop()
    lacking = [name for name in COLUMNS if header.count(name) != 1]
    if lacking:  # the header is not quoted, since it may be of a confidential document
        what = ",".join(COLUMNS)
        message = f"the first line must be {what}, as Taguette writes it; it lacks {lacking[0]}"
        raise DataError([Problem(file.name, message, rows[0][0] if rows else 1)])
    if len(found) > LIMIT_ROWS:
        message = f"it has more than {LIMIT_ROWS:,} lines; export it in parts"
        raise DataError([Problem(file.name, message)])
    width = len(header)
    problems = [
        Problem(file.name, f"{len(cells)} cells where the header has {width}", line)
        for line, cells in rows
        if len(cells) < width or any(cells[width:])
    ]
    if problems:
        raise DataError(problems)
    places = [header.index(name) for name in COLUMNS]
    return _merge(file, ([cells[at] for at in places] for _, cells in rows[1:]))


def _merge(file: Path, rows: Iterable[list[str]]) -> Highlights:
    """Return highlights; one has a row for each of its tags."""
    merged: dict[tuple[str, str, str], list[str]] = {}
    for number, document, tag, content in rows:
        merged.setdefault((number, document, content), []).extend([tag] if tag else [])
    found = (Highlight(key[1], key[2], tuple(tags)) for key, tags in merged.items())
    return Highlights(tuple(limit_highlights(file, found)))

"""Rewriting: some rows of a file in their places, and every other byte of it as it was.

A row is one line. Whatever program of whichever country saved the table, it keeps its marks, its
encoding and its ends of lines, so that a comparison of versions shows the rows that changed.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_LE
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from atrisk.base.delimiters import (
    PAGES,
    SAVE,
    find_delimiter,
    find_encoding,
    may_be_thousands,
)
from atrisk.base.errors import RequestError
from atrisk.base.output import disarm, quote_toml
from atrisk.base.tables import Table, write_table
from atrisk.cases.columns import list_columns
from atrisk.cases.tables import HEADER, TABLES
from atrisk.exchange.copies.merging import Change

_STRING = r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file with some rows changed.

    Attributes:
        content: its bytes.
        theirs: line in the copy by line in the file, of the rows that the copy changed.
        mine: line in the file as it was, of all others.
    """

    content: bytes
    theirs: Mapping[int, int]
    mine: Mapping[int, int]


def write_rows(name: str, changes: Iterable[Change]) -> Rewritten:
    """Return the table that a copy has and the case had not."""
    versions = [one.theirs for one in changes if one.theirs]
    text = write_table(TABLES[name], [one.record for one in versions if one.record is not None])
    theirs = {at: one.line for at, one in enumerate(versions, start=2)}
    return Rewritten(text.encode(), theirs, {1: 1})


def rewrite_table(
    name: str,
    data: bytes,
    table: Table[Any],
    changes: Sequence[Change],
    *,
    before: int | None = None,
) -> Rewritten:
    """Return a table with the rows changed, removed and added that a copy changed.

    Args:
        name: such as ``"evidence"``.
        data: the file.
        table: what was read from it, without a fault.
        changes: of this table. A column that a copy has and the file has not is put behind the
            others of every row, if it holds anything.
        before: line of the file that new rows are put before; None, or one that is not there, for
            behind the last.

    Raises:
        RequestError: the file is saved in a code page that lacks a character of a new cell.
    """
    text, saving = _decode(data, f"{name}.csv")
    writer = _Writer.read(name, text, table, changes)
    by_line = {one.mine.line: one for one in changes if one.mine}
    raw = dict(table.rows)
    lines: list[_Line] = []
    for number, line in enumerate(text.split("\n"), start=1):
        change = by_line.get(number)
        if change is None:
            lines.append(_Line(writer.widen(line, number, raw.get(number)), None, number))
        elif change.theirs:
            cells = raw[number] | {n: change.theirs.cells.get(n, "") for n in change.columns}
            lines.append(_Line(writer.join(cells, line[-1:]), change.theirs.line, None))
    added = [one.theirs for one in changes if one.mine is None and one.theirs]
    more = [_Line(writer.join(one.cells, writer.end), one.line, None) for one in added]
    lines = _add(lines, more, writer.end, before)
    theirs = {at: line.theirs for at, line in enumerate(lines, start=1) if line.theirs}
    mine = {at: line.mine for at, line in enumerate(lines, start=1) if line.mine}
    return Rewritten(saving.encode("\n".join(line.text for line in lines)), theirs, mine)


def rewrite_header(data: bytes, cells: Mapping[str, str]) -> bytes:
    """Return ``case.toml`` with some keys changed, its comments and its order as they were.

    Raises:
        RequestError: a key is not written as a string on one line.
    """
    text, saving = _decode(data, HEADER)
    for key, cell in cells.items():
        line = re.compile(
            rf"^([ \t]*{key}[ \t]*=[ \t]*){_STRING}(?=[ \t]*(#.*)?\r?$)", re.MULTILINE
        )
        if len(line.findall(text)) != 1:
            raise RequestError(
                f"the line of {key!r} in {HEADER} is written as only a person can change; type "
                f"there: {key} = {quote_toml(cell)}"
            )
        text = line.sub(lambda found, cell=cell: found[1] + quote_toml(cell), text)  # type: ignore[misc] # of this round
    return saving.encode(text)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a file as it will be, and where it stands in the copy, or in the file as it was."""

    text: str
    theirs: int | None
    mine: int | None


def _add(lines: list[_Line], added: list[_Line], end: str, before: int | None) -> list[_Line]:
    """Return lines with new ones before one of them, or behind the last, which ends as all do."""
    if not added:
        return lines
    at = len(lines) if before is None else before - 1
    if at < len(lines) and lines[at].text:
        return [*lines[:at], *added, *lines[at:]]
    *others, last = lines
    if last.text:
        return [*others, replace(last, text=last.text + end), *added, _Line("", None, None)]
    return [*others, *added, last]


@dataclass(frozen=True, slots=True)
class _Saving:
    """How a program saved a text: its mark of bytes, and its encoding."""

    file: str
    mark: bytes
    encoding: str

    def encode(self, text: str) -> bytes:
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError:  # of which nothing is quoted, as its row may be confidential
            raise RequestError(
                f"{self.file} is saved in {PAGES.get(self.encoding, self.encoding)}, which lacks a "
                f"character that is typed in the copy; {SAVE}"
            ) from None


def _decode(data: bytes, file: str) -> tuple[str, _Saving]:
    encoding = find_encoding(data)
    if encoding == "utf-16":
        order = "utf-16-le" if data.startswith(BOM_UTF16_LE) else "utf-16-be"
        return data.decode(encoding), _Saving(file, data[:2], order)
    if encoding == "utf-8-sig":
        mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
        return data.decode(encoding), _Saving(file, mark, "utf-8")
    return data.decode(encoding), _Saving(file, b"", encoding)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes rows of one file as its other rows are written.

    Attributes:
        columns: of the file.
        more: those that are put behind them.
        header: the line in which they are named.
        mark: what separates cells.
        end: what stands before a line feed.
        decimals: columns in whose numbers a comma stands for the point.
    """

    columns: tuple[str, ...]
    more: tuple[str, ...]
    header: int
    mark: str
    end: str
    decimals: frozenset[str]

    @classmethod
    def read(cls, name: str, text: str, table: Table[Any], changes: Sequence[Change]) -> Self:
        mark, lines = find_delimiter(text), text.split("\n")
        header = next(at for at, line in enumerate(lines, start=1) if _is_header(line))
        names = next(csv.reader([lines[header - 1].rstrip("\r")], delimiter=mark))
        columns = table.columns or tuple(one.strip() for one in names)
        told = [one.theirs.told for one in changes if one.theirs]
        more = dict.fromkeys(n for cells in told for n in cells if n not in columns)
        known = list_columns(name) if name in TABLES else ()
        numbers = (column.name for column in known if column.kind == "number")
        end = lines[header - 1][-1:] if lines[header - 1].endswith("\r") else ""
        return cls(
            columns, tuple(more), header, mark, end, frozenset(numbers if mark == ";" else ())
        )

    def join(self, cells: Mapping[str, str], end: str) -> str:
        """Return cells as a line; one of Windows if the line that it stands for was."""
        return self._join(
            [self._write(n, cells.get(n, "")) for n in (*self.columns, *self.more)], end
        )

    def widen(self, line: str, number: int, row: Mapping[str, str] | None) -> str:
        """Return a line with cells for the new columns."""
        if not self.more or (row is None and number != self.header):
            return line
        plain = line.removesuffix("\r")
        if row is not None and self._count(plain) != len(self.columns):  # in quotes as a whole
            return self.join(row, line[-1:])
        named = self._join(self.more, "") if row is None else self.mark * (len(self.more) - 1)
        return f"{plain}{self.mark}{named}{line[len(plain) :]}"

    def _count(self, plain: str) -> int:
        return len(next(csv.reader([plain], delimiter=self.mark)))

    def _write(self, column: str, cell: str) -> str:
        if column in self.decimals:  # 2.125 is neither to be read as thousands, nor 2,125
            cell = (f"{cell}0" if may_be_thousands(cell) else cell).replace(".", ",")
        return disarm(cell)

    def _join(self, cells: Iterable[str], end: str) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.mark, lineterminator="").writerow(cells)
        return text.getvalue() + ("\r" if end == "\r" else "")


def _is_header(line: str) -> bool:
    plain = line.strip('\r "')
    return bool(plain) and not plain.lower().startswith("sep=")

"""Lines: a delimited file as rows of cells, each with the physical line on which it begins.

The file is read once, a line at a time: what is held does not grow with it, and the digest is that
of the very bytes that were read. A line ends with a line feed, alone or after a carriage return.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from atrisk.base.errors import DataError, Problem

LONGEST_LINE = 10 * 1024 * 1024  # bytes; beyond it, a file is no table of text
DELIMITERS = ",;\t"
_PACKED = (b"PK", b"\x1f\x8b", b"\xd0\xcf")  # zip and xlsx, gzip, xls
_OTHER_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = "save the file as 'CSV UTF-8' and try again"


class Lines:
    """The lines of a file as text, checked and digested on the way.

    Attributes:
        file: how errors call it.
        number: of the line that was read last, from 1; 0 before.
    """

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.file, self.number = file, 0
        self._stream, self._digest = stream, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The digest of what was read so far, in hexadecimal digits."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its end.

        Raises:
            DataError: a line is not UTF-8 text, or too long for a table.
        """
        while data := self._stream.readline(LONGEST_LINE + 1):
            self.number += 1
            self._digest.update(data)
            yield self._decode(data)

    def _decode(self, data: bytes) -> str:
        if self.number == 1:
            self._check_start(data)
            data = data.removeprefix(codecs.BOM_UTF8)
        if len(data) > LONGEST_LINE:
            raise self._fault(f"the line holds more than {LONGEST_LINE:,} bytes; this is no table")
        if b"\0" in data:
            raise self._fault(f"the line holds a NUL byte, which is not text; {_SAVE}")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            found = f"byte 0x{data[error.start]:02x} is not UTF-8"
            raise self._fault(f"{found}; {_SAVE}") from None

    def _check_start(self, data: bytes) -> None:
        if data.startswith(_PACKED):
            raise self._fault(
                f"this is a packed file or a spreadsheet, not text; unpack it, or {_SAVE}"
            )
        if data.startswith(_OTHER_TEXT):
            raise self._fault(f"this is UTF-16; {_SAVE}")

    def _fault(self, message: str) -> DataError:
        return DataError([Problem(self.file, message, self.number)])


def split_rows(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line on which a row begins, and its cells; empty rows are left out.

    The cells are separated by the mark of ``DELIMITERS`` that the header, which is the first line
    that is not blank, holds most often outside of quotes.

    Raises:
        DataError: what ``lines`` raises, or the quotes of a row are broken, or a cell is too long:
            where the next row begins cannot be told then.
    """
    source = iter(lines)
    header, above = next(source, ""), 0
    while header.isspace():
        header, above = next(source, ""), above + 1
    rows = csv.reader(chain([header], source), delimiter=_find_delimiter(header), strict=True)
    while True:
        begins = above + rows.line_num + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            reason = str(error).partition(" - ")[0]
            hint = "mend its quotes, and end each line with a line feed"
            message = f"the row that begins here cannot be split ({reason}); {hint}"
            raise DataError([Problem(lines.file, message, begins)]) from None
        if cells is None:
            return
        if any(cells):
            yield begins, cells


def _find_delimiter(line: str) -> str:
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)

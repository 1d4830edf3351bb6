"""Pages: what is drawn on the pages of a PDF, as pieces of text with their places."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atrisk.documents.apart import LIMIT_TEXT, Block, RefusedError
from atrisk.documents.layout import Piece, lay_out

_APART = 1  # heights of a character: a wider gap parts pieces, as columns and cells
_NOTES = set("0123456789*†‡§")
_UNITS = (["m"], ["km"], ["cm"])
_LEFT, _RIGHT, _BOTTOM, _TOP, _X, _Y = (ctypes.c_double() for _ in range(6))  # are written into
_HYPHENS = {"\x02": "-", "\ufffe": "-", "\u00ad": "-"}  # as the library writes one at a line's end


def extract(file: str) -> Iterator[Block]:
    """Yield the blocks of a PDF.

    Raises:
        RefusedError: it can be opened with a password only, or holds too much.
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "assword" in str(error) or "ecurity" in str(error):
            told = "it is encrypted; save a copy without a password"
            raise RefusedError(told) from None
        raise
    yield from lay_out(list(_read_pages(document)))


def _read_pages(document: Any) -> Iterator[list[Piece]]:
    left = LIMIT_TEXT
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        left -= textpage.count_chars()
        if left < 0:
            raise RefusedError(
                f"it holds more than {LIMIT_TEXT:,} characters; cut it into chapters"
            )
        yield list(_find_pieces(textpage))
        textpage.close()
        page.close()


@dataclass(slots=True)
class _Open:
    """A piece that grows."""

    text: str
    left: float
    right: float
    base: float
    size: float

    def close(self) -> Piece:
        return Piece(self.text.strip(), self.left, self.right, self.base, self.size)


def _find_pieces(textpage: Any) -> Iterator[Piece]:
    """Yield the pieces of a page: words on one line, as far as no wide gap parts them."""
    piece: _Open | None = None
    for after_space, part in _list_parts(textpage):
        if piece is None:
            piece = part
            continue
        gap = max(part.left - piece.right, piece.left - part.right)
        raised, size = part.base - piece.base, max(part.size, piece.size)
        if _is_note(part, raised, piece):
            piece.right = max(piece.right, part.right)
        elif gap < _APART * size and abs(raised) < size / 2:
            piece.text += (" " if after_space else "") + part.text
            piece.left, piece.right = min(part.left, piece.left), max(piece.right, part.right)
            if part.size > piece.size:
                piece.size, piece.base = part.size, part.base
        else:
            yield piece.close()
            piece = part
    if piece:
        yield piece.close()


def _is_note(part: _Open, raised: float, piece: _Open) -> bool:
    """Tell whether what is raised is the mark of a note, which is no part of its word."""
    if set(part.text) - _NOTES or 5 * part.size > 4 * piece.size or 8 * raised < piece.size:
        return False
    words = piece.text[-8:].split()
    # A power of ten, a square metre: what is raised there is read with what it follows.
    is_unit = words[-1:] == ["10"] or (part.text in {"2", "3"} and words[-1:] in _UNITS)
    return not is_unit


def _list_parts(textpage: Any) -> Iterator[tuple[bool, _Open]]:
    """Yield the words of a page, and apart what in them may be the mark of a note."""
    word: list[int] = []
    after_space = False
    codes = _list_codes(textpage)
    for place, mark in enumerate(codes):
        if mark and not mark.isspace():
            word.append(place)
            if mark != "-" or codes[place + 1 : place + 2] == ["-"]:
                continue
        for part in _measure_word(textpage, word, codes):
            yield after_space, part
            after_space = False
        word = []
        after_space = after_space or mark.isspace()
    for part in _measure_word(textpage, word, codes):
        yield after_space, part


def _list_codes(textpage: Any) -> list[str]:
    from pypdfium2 import raw

    codes = (raw.FPDFText_GetUnicode(textpage, n) for n in range(textpage.count_chars()))
    marks = ("" if 0xD800 <= code < 0xE000 or not code else chr(code) for code in codes)
    return [_HYPHENS.get(mark, mark) for mark in marks]


def _measure_word(textpage: Any, word: list[int], codes: list[str]) -> Iterator[_Open]:
    """Yield a word with its place; in pieces where a part of it stands elsewhere or is smaller."""
    if not word:
        return
    first, last = _measure(textpage, word[0], codes), _measure(textpage, word[-1], codes)
    is_even = abs(first.base - last.base) < first.size / 8 and first.size == last.size
    if is_even and not any(codes[n] in _NOTES for n in word):
        text = "".join(codes[n] for n in word)
        left, right = min(first.left, last.left), max(first.right, last.right)
        yield _Open(text, left, right, first.base, first.size)
        return
    part = first
    for place in word[1:]:
        mark = _measure(textpage, place, codes)
        if mark.size == part.size and abs(mark.base - part.base) < part.size / 8:
            part.text += mark.text
            part.left, part.right = min(part.left, mark.left), max(part.right, mark.right)
        else:
            yield part
            part = mark
    yield part


def _measure(textpage: Any, place: int, codes: list[str]) -> _Open:
    from pypdfium2 import raw

    raw.FPDFText_GetCharBox(textpage, place, _LEFT, _RIGHT, _BOTTOM, _TOP)
    raw.FPDFText_GetCharOrigin(textpage, place, _X, _Y)
    size = raw.FPDFText_GetFontSize(textpage, place) or 1
    return _Open(codes[place], _LEFT.value, _RIGHT.value, _Y.value, size)

"""Pages: what is drawn on the pages of a PDF, as pieces of text with their places.

Pages that are pictures are read by a model that its package brings (OCR). Their locators say so:
a model may misread, and the words are the model's.
"""

from __future__ import annotations

import ctypes
import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from atrisk.base.marks import LOST
from atrisk.documents.formats.apart import LIMIT_TEXT, Block, Fact, RefusedError
from atrisk.documents.formats.layout import Piece, is_right_to_left, join_from_right, lay_out

_WORD = re.compile(r"[^\s-]*-+|[^\s-]+")  # a hyphen ends a part, since it may end a line
_NOTES = set("0123456789*†‡§")
_UNITS = (["m"], ["km"], ["cm"])
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0: " "}  # as the library writes one at a line's end


OCR_SECONDS = 900  # of computing, of all pages
OCR_MEMORY = 8 * 1024**3  # bytes of address space; it fills less than two GiB
LIMIT_PAGES = 60
_SCALE = 2  # of 72 dots an inch
_LARGEST = 4_000  # dots of a side of a page
_SURE = 0.5  # how sure the model has to be of a line


def extract(file: str) -> Iterator[Block]:
    """Yield the blocks of a PDF, and an empty one for a page without text.

    Raises:
        RefusedError: it can be opened with a password only, or holds too much.
    """
    yield from lay_out(list(_read_pages(open_pdf(file))))


def open_pdf(file: str) -> Any:
    """Return a PDF that anybody may open, whatever else its owner forbids.

    Raises:
        RefusedError: it can be opened with a password only.
    """
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "assword" in str(error) or "ecurity" in str(error):
            told = "it is encrypted; save a copy without a password"
            raise RefusedError(told) from None
        raise


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

    words: list[tuple[float, str]] = field(default_factory=list)

    def add(self, part: _Open, between: str) -> None:
        """Take the next word, or the rest of the last one."""
        words = self.words or [(self.left, self.text)]
        if between:
            words.append((part.left, part.text))
        else:
            words[-1] = (min(words[-1][0], part.left), words[-1][1] + part.text)
        self.words, self.text = words, self.text + between + part.text

    def close(self) -> Piece:
        text = self.text
        if is_right_to_left(text) and self.words:
            text = join_from_right(self.words)
        return Piece(text, self.left, self.right, self.base, self.size)


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
        elif 5 * gap < 3 * size and abs(raised) < size / 2:  # a wider one parts columns and cells
            piece.add(part, " " if after_space else "")
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
    if set(part.text) - _NOTES or 10 * part.size > 9 * piece.size or 8 * raised < piece.size:
        return False
    words = piece.text[-8:].split()
    # A power of ten, a square metre: what is raised there is read with what it follows.
    is_unit = words[-1:] == ["10"] or (part.text in {"2", "3"} and words[-1:] in _UNITS)
    return not is_unit


def _list_parts(textpage: Any) -> Iterator[tuple[bool, _Open]]:
    """Yield the words of a page, and apart what in them may be the mark of a note."""
    codes = _read_codes(textpage)
    for found in _WORD.finditer(codes):
        after_space = codes[found.start() - 1 : found.start()].isspace()
        for part in _measure_word(textpage, range(*found.span()), codes):
            yield after_space, part
            after_space = False


def _read_codes(textpage: Any) -> str:
    """Return the characters of a page, each at its number."""
    from pypdfium2 import raw

    count = textpage.count_chars()
    text: str = textpage.get_text_range() if count else ""
    if len(text) != count:  # some are left out there, or are not one of Python's
        codes = (raw.FPDFText_GetUnicode(textpage, n) for n in range(count))
        text = "".join(chr(code) if code < 0xD800 or code >= 0xE000 else LOST for code in codes)
    return text.translate(_HYPHENS)


def _measure_word(textpage: Any, word: range, codes: str) -> Iterator[_Open]:
    """Yield a word with its place; in pieces where a part of it stands elsewhere or is smaller."""
    text = codes[word.start : word.stop]
    if is_right_to_left(text):
        yield from _measure_turned(textpage, word, codes)
        return
    first, last = _measure(textpage, word[0], codes), _measure(textpage, word[-1], codes)
    is_even = abs(first.base - last.base) < first.size / 8 and first.size == last.size
    if is_even and _NOTES.isdisjoint(text):
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


def _measure(textpage: Any, place: int, codes: str) -> _Open:
    """Return a character with its place; its size is the height of its line, as it is drawn."""
    from pypdfium2 import raw

    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, place, box)
    raw.FPDFText_GetCharOrigin(textpage, place, x, y)
    size = round(abs(box.top - box.bottom), 2) or 1
    return _Open(codes[place], box.left, box.right, y.value, size)


def _measure_turned(textpage: Any, word: range, codes: str) -> Iterator[_Open]:
    """Yield a word of a script from right to left, its characters as they are read.

    Some programs store what is seen from the left, others what is read: the places tell.
    """
    marks = [_measure(textpage, place, codes) for place in word]
    letters = [one for one in marks if not unicodedata.combining(one.text[0])]
    if len(letters) > 1 and letters[0].right < letters[-1].right:
        marks = list(_turn(marks))
    left, right = min(one.left for one in marks), max(one.right for one in marks)
    text = "".join(one.text for one in marks)
    yield _Open(text, left, right, marks[0].base, max(one.size for one in marks))


def _turn(marks: list[_Open]) -> Iterator[_Open]:
    """Yield characters in reverse, numbers as they are and what stands over a letter after it."""
    kept: list[_Open] = []
    for one in reversed(marks):
        if one.text.isdecimal() or unicodedata.combining(one.text[0]):
            kept.insert(0, one) if one.text.isdecimal() else kept.append(one)
            continue
        if kept and kept[0].text.isdecimal():
            yield from kept
            kept = []
        yield one
        yield from kept
        kept = []
    yield from kept


def extract_pictures(file: str) -> Iterator[Block | Fact]:
    """Yield the blocks of those pages of a PDF that are pictures, and which they are."""
    document = open_pdf(file)
    empty = [number for number in range(len(document)) if _is_picture(document[number])]
    if len(empty) > LIMIT_PAGES:
        yield "note", f"{len(empty)} pages are pictures, and more than {LIMIT_PAGES} are not read"
        return
    if not empty:
        return
    read = _load()
    pieces = [_recognise(document[number], read) for number in empty]
    for place, is_heading, text in lay_out(pieces):
        yield empty[(place or 1) - 1] + 1, is_heading, text
    yield "recognised", " ".join(str(number + 1) for number in empty)


def _is_picture(page: Any) -> bool:
    from pypdfium2 import raw

    if page.get_textpage().count_chars():
        return False
    return any(one.type == raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects(max_depth=3))


def _load() -> Any:
    logging.disable(logging.CRITICAL)  # it tells how it starts
    from rapidocr import RapidOCR

    return RapidOCR()


def _recognise(page: Any, read: Any) -> list[Piece]:
    """Return the lines of a page's picture, in points from the bottom up."""
    width, height = page.get_size()
    scale = min(_SCALE, _LARGEST / max(width, height, 1))
    found = read(page.render(scale=scale).to_numpy())
    if found.boxes is None:
        return []
    lines = [
        (text, box / scale)
        for box, text, sure in zip(found.boxes, found.txts, found.scores, strict=True)
        if sure >= _SURE and text.strip()
    ]
    heights = [float(box[:, 1].max() - box[:, 1].min()) for _, box in lines]
    usual = median(heights) if heights else 1
    return [
        _place(text, box, usual if 2 * size < 3 * usual else size, height)
        for (text, box), size in zip(lines, heights, strict=True)
    ]


def _place(text: str, box: Any, size: float, height: float) -> Piece:
    """Return a line of a picture; its box is drawn around it with a margin."""
    margin = size / 4
    left, right = float(box[:, 0].min()) + margin, float(box[:, 0].max()) - margin
    return Piece(text, left, right, height - float(box[:, 1].mean()), size)

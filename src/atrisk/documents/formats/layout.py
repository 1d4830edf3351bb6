"""Layout: pieces of text with their places on pages, as paragraphs in the order of reading.

What recurs at one place of several pages is the page's and not the text's; columns are read one
after the other however they were drawn; a sentence goes on over the end of a line or a page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from atrisk.base.marks import is_unspaced
from atrisk.documents.folding import ENDS
from atrisk.documents.formats.apart import Block

_EDGE = 3  # lines at the top and at the bottom of a page among which running heads are looked for
_FEW = 3  # lines that make a column
_DEEPEST = 6  # columns within columns
_BULLET = re.compile(r"[•●▪◦‣–—-]\s|\(?[a-z0-9]{1,3}[.)]\s")
_NUMBER = re.compile(r"\d+")
_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one line, with its edges, its base line (from the bottom up) and its size."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(slots=True)
class _Paragraph:
    page: int
    lines: list[Piece]

    @property
    def size(self) -> float:
        return self.lines[0].size


def lay_out(pages: Sequence[list[Piece]]) -> Iterator[Block]:
    """Yield the paragraphs of pages, and an empty block for a page without text."""
    running = _find_running(pages)
    edges = {edge for page in pages for edge in _list_edges(page)}
    sizes: Counter[float] = Counter()
    found: list[_Paragraph] = []
    for number, page in enumerate(pages, start=1):
        kept = [piece for piece in page if (number, piece) not in running]
        for paragraph in _cut(number, _order(kept, edges)):
            sizes[round(paragraph.size)] += sum(len(line.text) for line in paragraph.lines)
            if found and _goes_on(found[-1], paragraph):
                found[-1].lines += paragraph.lines
            else:
                found.append(paragraph)
        if not kept:
            found.append(_Paragraph(number, []))
    body = sizes.most_common(1)[0][0] if sizes else 0
    words = {word for page in pages for piece in page for word in _list_inner(piece.text)}
    for paragraph in found:
        text = _join_lines([line.text for line in paragraph.lines], words)
        large = bool(paragraph.lines) and 7 * paragraph.size > 8 * body and len(text.split()) < 25
        yield paragraph.page, (large or None) if text else False, text


def _find_running(pages: Sequence[list[Piece]]) -> set[tuple[int, Piece]]:
    """Return what recurs at the same place of several pages: running heads and page numbers."""
    seen: dict[str, list[tuple[int, float, list[Piece], int | None]]] = defaultdict(list)
    for number, page in enumerate(pages, start=1):
        rows = _list_rows(page)
        for row in rows[:_EDGE] + rows[-_EDGE:] if len(rows) > 2 * _EDGE else rows:
            text = " ".join(piece.text for piece in row)
            counted = _NUMBER.search(text)
            key = _NUMBER.sub("#", text).casefold()
            value = int(counted.group()[:9]) if counted else None
            seen[key].append((number, row[0].base, row, value))
    return {
        (number, piece)
        for key, places in seen.items()
        for number, base, row, value in places
        if any(
            other != number
            and abs(base - high) <= row[0].size / 2
            and _is_running(key, value, counted, number - other)
            for other, high, _, counted in places
        )
        for piece in row
    }


def _is_running(key: str, value: int | None, other: int | None, between: int) -> bool:
    """Tell whether two equal lines are a running head: a number alone counts the pages."""
    if re.search(r"[^\W\d_]{2}", key.replace("page", "").replace("of", "")):
        return True
    return value is not None and other is not None and value - other == between


def _list_rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces that stand on one line, from the top down, each line from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: -p.base):
        if rows and rows[-1][0].base - piece.base < 2 * max(rows[-1][0].size, piece.size) / 5:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _list_inner(text: str) -> list[str]:
    """Return the words of a line that its ends cannot have broken."""
    return re.findall(r"(?<=\s)[^\W\d_]+(?=\W)", text.casefold())


def _order(pieces: list[Piece], edges: set[int], depth: int = 0) -> list[Piece]:
    """Return the lines of a page in the order of reading, columns one after the other."""
    rows = _list_rows(pieces)
    band = _find_columns(rows, edges) if depth < _DEEPEST else None
    if not band:
        return [_join_row(row) for row in rows]
    first, last, edge = band
    inside = [piece for row in rows[first:last] for piece in row]
    sides = [
        [piece for piece in inside if piece.left < edge],
        [piece for piece in inside if piece.left >= edge],
    ]
    if is_right_to_left(" ".join(piece.text for piece in inside)):
        sides.reverse()
    above = [piece for row in rows[:first] for piece in row]
    below = [piece for row in rows[last:] for piece in row]
    parts = (part for part in (above, *sides, below) if part)
    return [line for part in parts for line in _order(part, edges, depth + 1)]


def _list_edges(pieces: list[Piece]) -> list[int]:
    """Return where the right one of two columns begins on a page, if it has some."""
    band = _find_columns(_list_rows(pieces), set())
    return [band[2]] if band else []


def _find_columns(rows: list[list[Piece]], edges: set[int]) -> tuple[int, int, int] | None:
    """Return the longest stretch of rows with two columns, and where the right one begins.

    What is an edge of columns elsewhere in the document needs no more than a line on each side.
    """
    starts = Counter(round(piece.left) - 2 for row in rows for piece in row)
    best: tuple[int, int, int] | None = None
    known = [(edge, 1) for edge in edges if edge in starts]
    for edge, times in known + starts.most_common(8):
        if times < _FEW - 1 and edge not in edges:
            break
        first = 0
        for place in range(len(rows) + 1):
            if place < len(rows) and not any(_crosses(piece, edge) for piece in rows[place]):
                continue
            longer = best is None or place - first > best[1] - best[0]
            if longer and _is_prose(rows[first:place], edge, 1 if edge in edges else _FEW):
                best = first, place, edge
            first = place + 1
    return best


def _crosses(piece: Piece, edge: int) -> bool:
    return piece.left < edge < piece.right


def _is_prose(rows: list[list[Piece]], edge: int, few: int) -> bool:
    """Tell whether both sides of an edge are columns of sentences, and no cells of a table."""
    for is_left in (True, False):
        side = [[piece for piece in row if (piece.left < edge) == is_left] for row in rows]
        side = [row for row in side if row]
        if len(side) < few or median(_count_words(row) for row in side) < few:
            return False
        if _is_tabular(side):
            return False
    return True


def _is_tabular(rows: list[list[Piece]]) -> bool:
    """Tell whether the pieces of most rows stand under one another and are a word or two long."""
    starts = Counter(round(piece.left / 4) for row in rows for piece in row[1:])
    cells = {start for start, times in starts.items() if 5 * times >= 3 * len(rows) >= 3 * _FEW}
    for start in cells:
        words = []
        for row in rows:
            places = [n for n, piece in enumerate(row) if n and round(piece.left / 4) == start]
            for place in places:
                rest = row[place + 1 :]
                after = [n for n, one in enumerate(rest) if round(one.left / 4) in cells]
                words.append(_count_words([row[place], *rest[: after[0] if after else None]]))
        if median(words) < _FEW:
            return True
    return False


def _count_words(pieces: list[Piece]) -> int:
    return sum(_measure(piece.text) for piece in pieces)


def _measure(text: str) -> int:
    return len(text) // 4 if is_unspaced(text) else len(text.split())


def is_right_to_left(text: str) -> bool:
    """Tell whether most letters of a text are of scripts that are written from right to left."""
    if text.isascii():
        return False
    return 2 * len(_RIGHT.findall(text)) > len(re.findall(r"[^\W\d_]", text))


def join_from_right(words: list[tuple[float, str]]) -> str:
    """Return the words of a line from the right, those from the left among them in their order."""
    joined: list[str] = []
    kept: list[str] = []  # words from the left in a row, the last one first
    for _, word in sorted(words, key=lambda pair: -pair[0]):
        if _RIGHT.search(word):
            joined += [*reversed(kept), word]
            kept = []
        else:
            kept.append(word)
    return " ".join([*joined, *reversed(kept)])


def _join_row(row: list[Piece]) -> Piece:
    if len(row) == 1:
        return row[0]
    text = " ".join(piece.text for piece in row)
    if is_right_to_left(text):
        text = join_from_right([(piece.left, piece.text) for piece in row])
    size = max(piece.size for piece in row)
    return Piece(text, row[0].left, max(piece.right for piece in row), row[0].base, size)


def _cut(number: int, lines: list[Piece]) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a page's lines."""
    gaps = [a.base - b.base for a, b in pairwise(lines) if a.base > b.base]
    usual = median(gaps) if gaps else 0
    paragraph: list[Piece] = []
    for line in lines:
        if paragraph and _begins(line, paragraph, usual):
            yield _Paragraph(number, paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield _Paragraph(number, paragraph)


def _begins(line: Piece, before: list[Piece], usual: float) -> bool:
    """Tell whether a line begins a paragraph after these."""
    last = before[-1]
    gap = last.base - line.base
    if gap < 0 or 10 * abs(line.size - last.size) > last.size:
        return True
    if 5 * gap > 7 * min(usual or gap, 2 * line.size):
        return True
    stops = last.text[-1] in ENDS and not line.text[0].islower()
    if stops and 4 * gap > 5 * line.size:  # as paragraphs of one line stand
        return True
    if _BULLET.match(line.text) and not last.text.endswith(","):
        return True
    left = min(piece.left for piece in before)
    right = max(piece.right for piece in before)
    indented = line.left - max(left, last.left) > line.size / 2 and not is_right_to_left(line.text)
    short = 4 * (last.right - left) < 3 * (max(right, line.right) - left)
    return last.text[-1] in ENDS and (indented or short)


def _goes_on(before: _Paragraph, after: _Paragraph) -> bool:
    """Tell whether a paragraph is the rest of the one before it, on another page or column."""
    if not before.lines or 10 * abs(after.size - before.size) > before.size:
        return False
    last, first = before.lines[-1], after.lines[0]
    if before.page == after.page and first.base < last.base:  # a gap parts them
        return False
    if last.text[-1] in ENDS or _BULLET.match(first.text):
        return False
    begin = first.text[0]
    full = 10 * last.right > 9 * max(piece.right for piece in before.lines)
    caseless = begin.isalpha() and not begin.isupper() and not begin.islower()
    return begin.islower() or (full and (caseless or len(before.lines) > 1))


def _join_lines(lines: list[str], words: set[str]) -> str:
    """Return the lines of a paragraph; a hyphen that only ends a line is a soft one."""
    joined: list[str] = []
    for line in lines:
        last = joined[-1] if joined else ""
        broken = re.search(r"([^\W\d_]+)-$", last[-100:])
        head = re.match(r"[^\W\d_]+", line)
        if broken and head:
            joined[-1:] = [last[:-1], _mend(broken.group(1), head.group(), words), line]
        else:
            joined += ["\n", line] if joined else [line]
    return "".join(joined)


def _mend(first: str, last: str, words: set[str]) -> str:
    """Return what stands for the hyphen between two parts of a word at a line's end."""
    if not last[0].islower():
        return "-"
    whole, apart = (first + last).casefold(), {first.casefold(), last.casefold()}
    return (
        "-" if whole not in words and apart <= words and len(first) > 2 < len(last) else "\u00ad\n"
    )

"""Documents: a text, a web page or a PDF cut into passages, with the dates that each names.

A passage keeps the document's own words with white space folded, as anchors are checked. Nothing
here codes anything, and nothing is fetched: a document is a file on disk.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.base.marks import LOST, is_shown, replace_unfit
from atrisk.base.output import FORMULA
from atrisk.base.rows import Result, Row
from atrisk.documents.dates import name_dates
from atrisk.documents.readers import Block, read_blocks

LONGEST = 180  # words; a longer paragraph is cut at the ends of its sentences
SHORTEST = 5  # words; what is shorter, or short without an end, is a heading
HEADING = 12
ANCHOR = (8, 3)  # words of an anchor, the most first
LIMIT_TEXT = 2_000_000  # characters of a document: some 700 pages
LIMIT_PASSAGES = 20_000
OFTEN = 50  # times that a run may stand in a document whose places are looked through


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document.

    Attributes:
        number: counted from 1 through the document.
        page: counted from 1; None where the document has none.
        heading: the last one before it, or nothing.
        text: its own words, white space folded.
    """

    number: int
    page: int | None
    heading: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def locator(self) -> str:
        """Where it stands, as ``sources.csv`` may say it."""
        return ", ".join(filter(None, (self.heading, self.place)))

    @property
    def place(self) -> str:
        """The same by numbers alone, without a word of the document."""
        return f"p. {self.page}, passage {self.number}" if self.page else f"passage {self.number}"

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates that it names, as ``start`` and ``known`` are written; years not invented."""
        return name_dates(self.text)


@dataclass(frozen=True, eq=False)
class Document(Result):
    """A document as its passages.

    Attributes:
        name: of its file.
        passages: in order; never none.
        text: all of it, headings too, white space folded: what anchors are looked up in.
        empty_pages: pages of a PDF that hold no text, as a scan's.
        sha256: digest of its file, by which it is recognised; empty for one that is made.
    """

    name: str
    passages: tuple[Passage, ...] = field(repr=False)
    text: str = field(repr=False)
    empty_pages: tuple[int, ...] = ()
    sha256: str = field(default="", repr=False)

    def find_anchor(self, text: str) -> str:
        """Return the first words of a text that stand in the whole document only once.

        Three to eight words in a row; nothing if all are repeated, or if the text as a whole is
        not in the document. A run that a spreadsheet would take for a formula is passed over, and
        so is one with a character that is not seen, or was not text and is lost, or whose inner
        words stand there more than fifty times.
        """
        if fold(text) not in self.text:
            return ""
        return find_run(text.split(), self._is_unique)

    def _is_unique(self, run: list[str]) -> bool:
        """Tell whether a run of the document's words stands in it once.

        Wherever it stands, also within longer words, its inner words stand as words. So it stands
        where those do, after a word that ends as it begins and before one that begins as it ends.
        """
        inner = tuple(run[1:-1])
        times = self._count_runs(len(inner))[inner]
        if times == 1:
            return True
        if times > OFTEN:
            return False
        words, length = self._words, len(inner)
        found = (
            words[place - 1].endswith(run[0]) and words[place + length].startswith(run[-1])
            for place in self._list_places(length).get(inner, ())
            if 0 < place < len(words) - length
        )
        return sum(found) == 1

    def _count_runs(self, length: int) -> Counter[tuple[str, ...]]:
        if length not in self._runs:
            self._runs[length] = Counter(self._cut_runs(length))
        return self._runs[length]

    def _list_places(self, length: int) -> dict[tuple[str, ...], list[int]]:
        """Return where each run of some words begins that stands there twice or a few times."""
        if length not in self._places:
            times, places = self._count_runs(length), dict[tuple[str, ...], list[int]]()
            for place, run in enumerate(self._cut_runs(length)):
                if 1 < times[run] <= OFTEN:
                    places.setdefault(run, []).append(place)
            self._places[length] = places
        return self._places[length]

    def _cut_runs(self, length: int) -> Iterator[tuple[str, ...]]:
        return zip(*(self._words[place:] for place in range(length)), strict=False)

    @cached_property
    def _words(self) -> list[str]:
        return self.text.split()

    @cached_property
    def _runs(self) -> dict[int, Counter[tuple[str, ...]]]:
        return {}

    @cached_property
    def _places(self) -> dict[int, dict[tuple[str, ...], list[int]]]:
        return {}

    def find_passage(self, text: str) -> Passage | None:
        """Return the passage that holds a text, or None if none does or several do."""
        found = [passage for passage in self.passages if text in passage.text]
        return found[0] if len(found) == 1 else None

    def to_rows(self) -> list[Row]:
        """Return a row for each passage."""
        return [
            {
                "passage": passage.number,
                "page": passage.page,
                "heading": passage.heading,
                "anchor": find_run(passage.text.split(), self._is_unique),
                "dates": "; ".join(passage.dates),
                "text": passage.text,
            }
            for passage in self.passages
        ]

    def __repr__(self) -> str:
        pages = {passage.page for passage in self.passages} - {None}
        words = sum(len(passage.text.split()) for passage in self.passages)
        on = f" on {len(pages)} pages" if pages else ""
        blank = (
            f"\n  {len(self.empty_pages)} pages hold no text (the first is "
            f"{self.empty_pages[0]}): if they are scans, run text recognition (OCR)"
            if self.empty_pages
            else ""
        )
        return f"Document({self.name!r}: {len(self.passages)} passages{on}, {words:,} words){blank}"


def read_document(path: Path) -> Document:
    """Cut a document into passages: paragraphs, or sentences together where those are long.

    Args:
        path: a ``.txt`` or ``.md`` file in UTF-8, an ``.html`` or ``.htm`` file, or a ``.pdf`` that
            holds text. In a text a blank line, a form feed or an indented line begins a paragraph.

    Raises:
        RequestError: there is no such file, it is none of these, it is larger than is read (64
            MiB, two million characters of text, 20,000 passages) or takes its reader too long, it
            is not UTF-8, it is encrypted or damaged, or no text is in it, as in a scan.
        MissingExtraError: a PDF needs the extra ``documents``.
    """
    blocks = [(page, is_heading, fold(text)) for page, is_heading, text in read_blocks(path)]
    if sum(len(text) for _, _, text in blocks) > LIMIT_TEXT:
        raise _tell_too_long(path, f"{LIMIT_TEXT:,} characters")
    passages = tuple(islice(_number(blocks), LIMIT_PASSAGES + 1))
    if len(passages) > LIMIT_PASSAGES:
        raise _tell_too_long(path, f"{LIMIT_PASSAGES:,} passages")
    if not passages:
        raise RequestError(
            f"no text was found in {path.name!r}; if it is a scan, run text recognition (OCR) first"
        )
    whole = " ".join(text for _, _, text in blocks if text)
    filled = {page for page, _, text in blocks if text}
    empty = dict.fromkeys(page for page, _, _ in blocks if page and page not in filled)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Document(path.name, passages, whole, tuple(empty), digest)


def _tell_too_long(path: Path, what: str) -> RequestError:
    return RequestError(f"{path.name!r} holds more than {what}; cut it into its chapters")


def find_run(words: list[str], is_wanted: Callable[[list[str]], bool] = bool) -> str:
    """Return the first run of three to eight words that is wanted and safe to open elsewhere.

    Args:
        words: to choose from.
        is_wanted: whether a run will do.

    Returns:
        The words with a space between; nothing if no run will do.

    Examples:
        >>> find_run(["=SUM", "of", "all", "fears"])
        'of all fears'
    """
    for start in range(max(1, len(words) - ANCHOR[1] + 1)):
        run = words[start : start + ANCHOR[0]]
        text = " ".join(run)
        safe = run and run[0][0] not in FORMULA and is_shown(text) and LOST not in text
        if safe and len(run) >= ANCHOR[1] and is_wanted(run):
            return text
    return ""


def fold(text: str) -> str:
    """Return a text with its white space folded: a line break is the page's, not the sentence's.

    What no text holds, as a control character that a PDF was damaged by, is replaced by U+FFFD.

    Examples:
        >>> fold("two   spaces")
        'two spaces'
    """
    return replace_unfit(" ".join(text.split()))


def _number(blocks: Iterable[Block]) -> Iterator[Passage]:
    number, heading, is_waiting = 0, "", False
    last: int | None = None
    for page, is_heading, text in blocks:
        if not text:
            continue
        if is_heading or (is_heading is None and _looks_like_heading(text)):
            if is_waiting:  # nothing stood under the one before: it is a text of its own
                number += 1
                yield Passage(number, last, "", heading)
            heading, is_waiting, last = text, True, page
            continue
        is_waiting = False
        for piece in _cut(text):
            number += 1
            yield Passage(number, page, heading, piece)
    if is_waiting:
        yield Passage(number + 1, last, "", heading)


def _looks_like_heading(text: str) -> bool:
    words = len(text.split())
    ends = text[-1] in ".!?:;”\"'…" or text[-1].isdigit()
    short = words < SHORTEST or (words <= HEADING and not ends)
    return short and not name_dates(text)


def _cut(text: str) -> Iterator[str]:
    """Yield a paragraph in pieces of whole sentences, none longer than need be."""
    piece: list[str] = []
    for sentence in re.split(r"(?<=[.!?”])\s+(?=[A-Z“\"])", text):
        words = sentence.split()
        if piece and len(piece) + len(words) > LONGEST:
            yield " ".join(piece)
            piece = []
        piece += words
    if piece:
        yield " ".join(piece)

"""Passages: a document of any format cut into passages, with the dates that each names.

A passage keeps the document's own words with white space folded, as anchors are checked. Nothing
here codes anything, and nothing is fetched: a document is a file on disk.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.base.marks import count_characters, is_unspaced
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.documents.dates import Order, name_dates
from atrisk.documents.folding import ENDS, count_in, fold, list_forms
from atrisk.documents.formats.apart import Block
from atrisk.documents.formats.readers import read_blocks
from atrisk.documents.runs import Runs, find_run, is_once

LONGEST = 180  # words; a longer paragraph is cut at the ends of its sentences
SHORTEST = 5  # words; what is shorter, or short without an end, is a heading
HEADING = 12
_LETTERS = 3  # characters that count as a word in a script without spaces
LIMIT_TEXT = 2_000_000  # characters of a document: some 700 pages
LIMIT_PASSAGES = 20_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document.

    Attributes:
        number: counted from 1 through the document.
        page: counted from 1; None where the document has none.
        heading: the last one before it, or nothing.
        text: its own words, white space folded.
        is_recognised: whether its page is a picture, whose words a model read (OCR).
    """

    number: int
    page: int | None
    heading: str = field(repr=False)
    text: str = field(repr=False)
    is_recognised: bool = field(default=False, repr=False)

    @property
    def locator(self) -> str:
        """Where it stands, as ``sources.csv`` may say it."""
        return ", ".join(filter(None, (self.heading, self.place)))

    @property
    def place(self) -> str:
        """The same by numbers alone, without a word of the document."""
        read = " (OCR)" if self.is_recognised else ""
        page = f"p. {self.page}{read}, " if self.page else ""
        return f"{page}passage {self.number}"

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
        written: the text with the ends of its lines, where a hyphen may be the page's.
        title, published: as the document tells them of itself; empty if it does not.
        note: what of the file was not read, or how it was.
        order: of its numeric dates, if somebody declared it.
    """

    name: str
    passages: tuple[Passage, ...] = field(repr=False)
    text: str = field(repr=False)
    empty_pages: tuple[int, ...] = ()
    sha256: str = field(default="", repr=False)
    written: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    published: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    order: Order | None = field(default=None, repr=False)

    def find_anchor(self, text: str) -> str:
        """Return the first words of a text that stand in the whole document only once.

        Three to eight words in a row, or characters in a script without spaces (``find_run``);
        nothing if all are repeated, or if the text as a whole is not in the document. A run whose
        inner words stand there more than fifty times counts as repeated.
        """
        if fold(text) not in self.text:
            return ""
        return find_run(fold(text).split(), self._is_unique)

    def name_dates(self, passage: Passage) -> tuple[str, ...]:
        """Return the dates that a passage names, with what the document tells of its own.

        Numeric ones in the declared order; relative ones from the day of publication, marked.
        """
        return name_dates(passage.text, order=self.order, published=self.published)

    def count(self, words: str) -> int:
        """Return how often words stand in the document, however its lines broke them."""
        return count_in(self._forms, words)

    def _is_unique(self, run: list[str]) -> bool:
        return is_once(run, self._runs)

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        return list_forms(self.written or self.text)

    @cached_property
    def _runs(self) -> list[Runs]:
        return [Runs(form) for form in self._forms]

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
                "dates": "; ".join(self.name_dates(passage)),
                "text": passage.text,
            }
            for passage in self.passages
        ]

    def __repr__(self) -> str:
        pages = {passage.page for passage in self.passages} - {None}
        words = sum(len(passage.text.split()) for passage in self.passages)
        on = f" on {tell_count(len(pages), 'page')}" if pages else ""
        blank = (
            f"\n  {tell_count(len(self.empty_pages), 'page')} without text (the first is "
            f"{self.empty_pages[0]}): if that is a scan, install the extra ocr"
            if self.empty_pages
            else ""
        )
        note = f"\n  {self.note}" if self.note else ""
        passages = tell_count(len(self.passages), "passage")
        told = f"{passages}{on}, {tell_count(words, 'word')}"
        return f"Document({self.name!r}: {told}){blank}{note}"


def read_document(path: Path, *, order: Order | None = None, published: str = "") -> Document:
    """Cut a document into passages: paragraphs, or sentences together where those are long.

    Args:
        path: a file of one of the formats in ``documents.formats.readers.READERS``: a ``.txt`` or
            ``.md`` in UTF-8, a saved web page, a ``.pdf`` that holds text, a ``.docx``, ``.odt`` or
            ``.rtf``, a message as ``.eml``. In a text a blank line, a form feed or an indented line
            begins a paragraph.
        order: of its numeric dates, ``day-month`` or ``month-day``; None leaves them unread.
        published: the day, as a case writes it; empty to take what the document itself tells.

    Raises:
        RequestError: there is no such file, it is none of these, it is larger than is read (64
            MiB, two million characters of text, 20,000 passages) or takes its reader too long, it
            is not UTF-8, it is encrypted or damaged, or no text is in it, as in a scan.
        MissingExtraError: its reader needs the extra ``documents``.
    """
    name_dates("", order=order, published=published)  # refuses what is none
    found = list(read_blocks(path))
    read = [block for block in found if len(block) == 3]
    facts = dict(fact for fact in found if len(fact) == 2)
    written = "\n".join(text for _, _, text in read)
    blocks = [(page, is_heading, fold(text)) for page, is_heading, text in read]
    if sum(len(text) for _, _, text in blocks) > LIMIT_TEXT:
        raise _tell_too_long(path, f"{LIMIT_TEXT:,} characters")
    passages = tuple(islice(_number(blocks), LIMIT_PASSAGES + 1))
    if len(passages) > LIMIT_PASSAGES:
        raise _tell_too_long(path, f"{LIMIT_PASSAGES:,} passages")
    if not passages:
        raise RequestError(
            f"no text was found in {path.name!r}; if it is a scan, install the extra ocr, or "
            "run text recognition first"
        )
    recognised = {int(page) for page in facts.get("recognised", "").split()}
    passages = tuple(replace(p, is_recognised=p.page in recognised) for p in passages)
    whole = " ".join(text for _, _, text in blocks if text)
    filled = {page for page, _, text in blocks if text}
    empty = dict.fromkeys(page for page, _, _ in blocks if page and page not in filled)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Document(
        path.name, passages, whole, tuple(empty), digest, written,
        title=facts.get("title", ""), published=published or facts.get("published", ""),
        note=facts.get("note", ""), order=order,
    )  # fmt: skip


def _tell_too_long(path: Path, what: str) -> RequestError:
    return RequestError(f"{path.name!r} holds more than {what}; cut it into its chapters")


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
    ends = text[-1] in ENDS or text[-1].isdigit()
    if is_unspaced(text):
        return not ends and count_characters(text) <= HEADING * _LETTERS and not name_dates(text)
    words = len(text.split())
    short = words < SHORTEST or (words <= HEADING and not ends)
    return short and not name_dates(text)


def _cut(text: str) -> Iterator[str]:
    """Yield a paragraph in pieces of whole sentences, none longer than need be."""
    if is_unspaced(text):
        yield from _join(re.split(r"(?<=[。！？။។])", text), "", LONGEST * _LETTERS, len)
        return
    sentences = re.split(r"(?<=[.!?”»؟۔।])\s+(?=[^\Wa-z\d_]|[“\"«¿¡])", text)
    yield from _join(sentences, " ", LONGEST, lambda part: len(part.split()))


def _join(
    parts: Iterable[str], between: str, most: int, measure: Callable[[str], int]
) -> Iterator[str]:
    """Yield parts joined, as many as are no longer than the most together."""
    piece, length = list[str](), 0
    for part in parts:
        longer = measure(part)
        if piece and length + longer > most:
            yield between.join(piece).strip()
            piece, length = [], 0
        piece.append(part)
        length += longer
    if text := between.join(piece).strip():
        yield text

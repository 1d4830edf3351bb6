"""Documents: a text, a web page or a PDF cut into passages, with the dates that each names.

A passage keeps the document's own words with white space folded, as anchors are checked. Nothing
here codes anything, and nothing is fetched: a document is a file on disk.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atrisk.errors import MissingExtraError, RequestError
from atrisk.explanation import Row
from atrisk.results import Result

LARGEST_BYTES = 64 * 1024 * 1024
LONGEST = 180  # words; a longer paragraph is cut at the ends of its sentences
SHORTEST = 5  # words; what is shorter, or short without an end, is a heading
HEADING = 12
ANCHOR = (8, 3)  # words of an anchor, the most first
BLOCKS = ("p", "li", "td", "th", "blockquote", "pre", "dd", "dt", "figcaption", "caption")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FORMULA = ("=", "+", "-", "@")
EXTRA = "documents"


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
    heading: str
    text: str = field(repr=False)

    @property
    def locator(self) -> str:
        """Where it stands, as ``sources.csv`` may say it."""
        page = f"p. {self.page}" if self.page else ""
        return ", ".join(filter(None, (self.heading, page, f"passage {self.number}")))

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
    """

    name: str
    passages: tuple[Passage, ...] = field(repr=False)
    text: str = field(repr=False)

    def find_anchor(self, text: str) -> str:
        """Return the first words of a text that stand in the whole document only once.

        Three to eight words in a row; nothing if all are repeated, or if the text as a whole is
        not in the document. A run that a spreadsheet would take for a formula is
        passed over.
        """
        words = text.split() if fold(text) in self.text else []
        for start in range(max(1, len(words) - ANCHOR[1] + 1)):
            run = words[start : start + ANCHOR[0]]
            safe = len(run) >= ANCHOR[1] and run[0][0] not in FORMULA and run[0].isprintable()
            if safe and self.text.count(" ".join(run)) == 1:
                return " ".join(run)
        return ""

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
                "anchor": self.find_anchor(passage.text),
                "dates": "; ".join(passage.dates),
                "text": passage.text,
            }
            for passage in self.passages
        ]

    def __repr__(self) -> str:
        pages = {passage.page for passage in self.passages} - {None}
        words = sum(len(passage.text.split()) for passage in self.passages)
        on = f" on {len(pages)} pages" if pages else ""
        return f"Document({self.name!r}: {len(self.passages)} passages{on}, {words:,} words)"


def read_document(path: Path) -> Document:
    """Cut a document into passages: paragraphs, or sentences together where those are long.

    Args:
        path: a ``.txt`` or ``.md`` file in UTF-8, an ``.html`` or ``.htm`` file, or a ``.pdf`` that
            holds text. In a text a blank line, a form feed or an indented line begins a paragraph.

    Raises:
        RequestError: there is no such file, it is none of these, it is larger than 64 MiB, it is
            not UTF-8, it is encrypted or damaged, or no text is in it, as in a scan.
        MissingExtraError: a web page or a PDF needs the extra ``documents``.
    """
    if not path.is_file():
        raise RequestError(f"{str(path)!r} is not a file; name a .txt, .html or .pdf document")
    readers = {
        ".txt": _read_text, ".md": _read_text, ".html": _read_html, ".htm": _read_html,
        ".pdf": _read_pdf,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise RequestError(
            f"{path.name!r} is not read; accepted are {', '.join(readers)}: save it as one of these"
        )
    if path.stat().st_size > LARGEST_BYTES:
        raise RequestError(f"{path.name!r} is larger than 64 MiB; cut it into its chapters")
    blocks = [(page, is_heading, fold(text)) for page, is_heading, text in reader(path)]
    passages = tuple(_number(blocks))
    if not passages:
        raise RequestError(
            f"no text was found in {path.name!r}; if it is a scan, run text recognition (OCR) first"
        )
    return Document(path.name, passages, " ".join(text for _, _, text in blocks if text))


def fold(text: str) -> str:
    """Return a text with its white space folded: a line break is the page's, not the sentence's.

    Examples:
        >>> fold("two   spaces")
        'two spaces'
    """
    return " ".join(text.split())


_MONTHS = {name[:3].lower(): place for place, name in enumerate(month_name) if name}
_MONTH = "|".join(
    rf"{name}|{name[:3]}\." + (r"|Sept\.?" if name == "September" else "")
    for name in month_name
    if name
)
_YEAR = r"(?:19|20)\d\d(?!\d|,\d)"
_DATE = re.compile(
    rf"(?P<iso>\b{_YEAR}-\d\d(?:-\d\d)?\b)"
    rf"|\b(?P<day>\d\d?)(?:\s*[-–]\s*(?P<last>\d\d?))?(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})"
    rf"(?:,?\s+(?P<year>{_YEAR}))?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>\d\d?)(?:\s*[-–]\s*(?P<last2>\d\d?))?(?!\d)"
    rf"(?:,?\s+(?P<year2>{_YEAR}))?"
    rf"|\b(?P<month3>{_MONTH}),?\s+(?P<year3>{_YEAR})"
    rf"|(?<![\d,.])(?P<year4>{_YEAR})"
)


def name_dates(text: str) -> tuple[str, ...]:
    """Return the dates that an English text names, in its order, each once.

    A date is written as in a case file, such as ``2013``, ``2013-12``, ``2013-12-05`` or
    ``2013-12-05/2013-12-06``. One without a year is left in the text's words, because the year
    would be a guess: ``5 December (year?)``.

    Examples:
        >>> name_dates("From 5-6 December 2013 until March 2014; on 25 March, 2,013 people fled.")
        ('2013-12-05/2013-12-06', '2014-03', '25 March (year?)')
    """
    return tuple(dict.fromkeys(_write_date(found) for found in _DATE.finditer(text)))


def _write_date(found: re.Match[str]) -> str:
    part = found.groupdict()
    if part["iso"] or part["year4"]:
        return part["iso"] or part["year4"]
    if part["month3"]:
        return f"{part['year3']}-{_MONTHS[part['month3'][:3].lower()]:02d}"
    side = "" if part["month"] else "2"
    year, month = part["year" + side], _MONTHS[part["month" + side][:3].lower()]
    if not year:
        return f"{found.group().strip()} (year?)"
    days = [part[name + side] for name in ("day", "last") if part[name + side]]
    return "/".join(f"{year}-{month:02d}-{int(day):02d}" for day in days)


# One block of a document: its page, whether it is a heading by its markup, and its text.
Block = tuple[int | None, bool, str]


def _number(blocks: Iterable[Block]) -> Iterator[Passage]:
    number, heading = 0, ""
    for page, is_heading, text in blocks:
        if not text:
            continue
        if is_heading or _looks_like_heading(text):
            heading = text
            continue
        for piece in _cut(text):
            number += 1
            yield Passage(number, page, heading, piece)


def _looks_like_heading(text: str) -> bool:
    words = len(text.split())
    ends = text[-1] in ".!?:;”\"'…" or text[-1].isdigit()
    return words < SHORTEST or (words <= HEADING and not ends)


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


def _read_text(path: Path) -> Iterator[Block]:
    text = _decode(path)
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        # An indented line begins a paragraph, unless the one before it is indented too.
        for block in re.split(r"\n\s*\n|(?<=\n)(?<!\n[ \t])(?=[ \t]+\S)", page):
            yield (number if len(pages) > 1 else None), False, block


def _decode(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise RequestError(
            f"{path.name!r} is not UTF-8 (byte {error.start:,}); save it as UTF-8 text"
        ) from None


def _read_html(path: Path) -> Iterator[Block]:
    try:
        from bs4 import BeautifulSoup  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("reading a web page", EXTRA) from None
    soup = BeautifulSoup(_decode(path), "html.parser")
    for hidden in soup(["script", "style", "template", "noscript", "nav", "head"]):
        hidden.decompose()
    tags = soup.find_all([*BLOCKS, *HEADINGS])
    if not tags:
        yield from ((None, False, text) for text in soup.get_text("\n").split("\n\n"))
    for tag in tags:
        if tag.find_all(list(BLOCKS)):  # its inner blocks speak for themselves
            continue
        yield None, tag.name in HEADINGS, tag.get_text(" ")


def _read_pdf(path: Path) -> Iterator[Block]:
    try:
        from pypdf import PdfReader  # noqa: PLC0415 - an extra
        from pypdf.errors import PyPdfError  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("reading a PDF", EXTRA) from None
    try:
        reader: Any = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise RequestError(f"{path.name!r} is encrypted; save a copy without a password")
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, RequestError):
            raise
        raise RequestError(
            f"{path.name!r} cannot be read as a PDF ({type(error).__name__}: {error}); "
            "open it in a viewer and print it to a new PDF, or save its text"
        ) from None
    for number, page in enumerate(pages, start=1):
        for block in re.split(r"\n\s*\n", page):
            yield number, False, block

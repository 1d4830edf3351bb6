"""Readers: a document on disk into its blocks, one reader for each kind of file.

A new kind is one function here and its endings in ``READERS``; passages and anchors read through
it. Nothing is fetched, and a file that cannot be trusted is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from atrisk.base.errors import MissingExtraError, RequestError

LARGEST_BYTES = 64 * 1024 * 1024
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "html", "body", "main", "article", "section", "aside", "header", "footer", "div", "address",
    "p", "ul", "ol", "li", "dl", "dd", "dt", "table", "caption", "tr", "blockquote", "pre",
    "figure", "figcaption", "form", "fieldset", "details", "summary", "hr",
}  # fmt: skip
HIDDEN = {"script", "style", "template", "noscript", "nav", "head", "title"}
# One block of a document: its page, whether it is a heading (None: its words decide), and its text.
Block = tuple[int | None, bool | None, str]


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a document, by the reader of its ending.

    Raises:
        RequestError: there is no such file, it is of no kind that is read, it is larger than 64
            MiB, or its reader cannot read it.
        MissingExtraError: its reader needs the extra ``documents``.
    """
    if not path.is_file():
        raise RequestError(f"{str(path)!r} is not a file; name a .txt, .html or .pdf document")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise RequestError(
            f"{path.name!r} is not read; accepted are {', '.join(READERS)}: save it as one of these"
        )
    if path.stat().st_size > LARGEST_BYTES:
        raise RequestError(f"{path.name!r} is larger than 64 MiB; cut it into its chapters")
    yield from reader(path)


def is_text(path: Path) -> bool:
    """Tell whether a document is text as it stands, whatever its ending is."""
    return READERS.get(path.suffix.lower(), _read_text) is _read_text


def _read_text(path: Path) -> Iterator[Block]:
    text = _decode(path)
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        # An indented line begins a paragraph, unless the one before it is indented too.
        for block in re.split(r"\n\s*\n|(?<=\n)(?<!\n[ \t])(?=[ \t]+\S)", page):
            yield (number if len(pages) > 1 else None), None, block


def _decode(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise RequestError(
            f"{path.name!r} is not UTF-8 (byte {error.start:,}); save it as UTF-8 text"
        ) from None


def _read_html(path: Path) -> Iterator[Block]:
    """Yield every visible text, those of one block together, in the page's order."""
    try:
        from bs4 import BeautifulSoup, Comment, Declaration, Doctype
    except ImportError:
        raise MissingExtraError("reading a web page", "documents") from None
    soup = BeautifulSoup(_decode(path), "html.parser")
    for hidden in soup(list(HIDDEN)):
        hidden.extract()
    for tag in soup(["br", "td", "th"]):  # part words without a space of their own
        tag.insert_after(" ")
    last, texts = None, list[str]()
    for text in soup.find_all(string=True):
        if isinstance(text, (Comment, Declaration, Doctype)):
            continue
        block = next((tag for tag in text.parents if tag.name in BLOCKS), None)
        if block is not last:
            yield None, _is_heading(last), "".join(texts)
            last, texts = block, []
        texts.append(str(text))
    yield None, _is_heading(last), "".join(texts)


def _is_heading(tag: Any) -> bool:
    return tag is not None and tag.name in HEADINGS


def _read_pdf(path: Path) -> Iterator[Block]:
    try:
        from pypdf import PdfReader
    except ImportError:
        raise MissingExtraError("reading a PDF", "documents") from None
    try:
        reader: Any = PdfReader(path)
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = [] if locked else [page.extract_text() for page in reader.pages]
    except Exception as error:  # a damaged file makes pypdf raise errors of every kind
        raise RequestError(
            f"{path.name!r} cannot be read as a PDF ({type(error).__name__}: {error}); "
            "open it in a viewer and print it to a new PDF, or save its text"
        ) from None
    if locked:
        raise RequestError(f"{path.name!r} is encrypted; save a copy without a password")
    for number, page in enumerate(pages, start=1):
        if not page.strip():
            yield number, False, ""
        for block in re.split(r"\n\s*\n", page):
            yield number, None, block


READERS: dict[str, Callable[[Path], Iterator[Block]]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
}

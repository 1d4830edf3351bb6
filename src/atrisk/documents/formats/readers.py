"""Readers: a document on disk into its blocks, one reader for each kind of file.

A new kind is one function here and its endings in ``READERS``; passages and anchors read through
it. Nothing is fetched, a file that cannot be trusted is refused, and each reader has a budget: what
it cannot read within that is refused as well, and what to do about it is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.documents.formats.apart import Block, Fact, read_apart
from atrisk.documents.formats.pages import OCR_MEMORY, OCR_SECONDS
from atrisk.documents.formats.web import TooMuchError, read_page

LARGEST_BYTES = 64 * 1024 * 1024
Reader = Callable[[Path], Iterator[Block | Fact]]
LARGEST_TEXT = 32 * 1024 * 1024  # bytes of a file that is itself text


def read_blocks(path: Path) -> Iterator[Block | Fact]:
    """Yield the blocks of a document and what it tells of itself, by the reader of its ending.

    Raises:
        RequestError: there is no such file, it is of no kind that is read, it is larger than 64
            MiB, or its reader cannot read it, or not within its budget.
        MissingExtraError: its reader needs the extra ``documents``.
    """
    if not path.is_file():
        raise RequestError(f"{str(path)!r} is not a file; name a document ({', '.join(READERS)})")
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


def decode(path: Path) -> str:
    """Return the text of a file, its lines ended by line feeds.

    Raises:
        RequestError: it is larger than 32 MiB.
        UnicodeDecodeError: it is not UTF-8.
    """
    if path.stat().st_size > LARGEST_TEXT:
        raise RequestError(
            f"{path.name!r} is larger than 32 MiB, too long for a text; cut it into its chapters"
        )
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _decode(path: Path) -> str:
    try:
        return decode(path)
    except UnicodeDecodeError as error:
        raise RequestError(
            f"{path.name!r} is not UTF-8 (byte {error.start:,}); save it as UTF-8 text"
        ) from None


def _read_text(path: Path) -> Iterator[Block | Fact]:
    text = _decode(path).replace("\u2029", "\n\n")
    text = re.sub("[\r\u0085\u2028]", "\n", text)  # ends of lines, too
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        # An indented line begins a paragraph, unless the one before it is indented too.
        for block in re.split(r"\n\s*\n|(?<=\n)(?<!\n[ \t])(?=[ \t]+\S)", page):
            yield (number if len(pages) > 1 else None), None, block


def _read_html(path: Path) -> Iterator[Block | Fact]:
    """Yield the text of a page, that of one block together, in the page's order."""
    try:
        yield from read_page(_decode(path))
    except TooMuchError as error:
        raise RequestError(f"{path.name!r} {error}; save the text of the page as .txt") from None
    except (AssertionError, ValueError) as error:  # of the parser, about what is no markup
        raise RequestError(
            f"{path.name!r} cannot be read as a web page ({error}); save its text as .txt"
        ) from None


def _read_apart(reader: str, kind: str, *needs: str) -> Reader:
    return lambda path: read_apart(path, f"atrisk.documents.formats.{reader}", kind, needs=needs)


def _read_pdf(path: Path) -> Iterator[Block | Fact]:
    """Yield the blocks of a PDF; pages that are pictures are recognised, if the extra is there."""
    pages = "atrisk.documents.formats.pages"
    found = list(read_apart(path, f"{pages}:extract", "a PDF", needs=("pypdfium2",)))
    empty = {block[0] for block in found if len(block) == 3 and not block[2]}
    if not empty or find_spec("rapidocr") is None:
        yield from found
        return
    limits = (OCR_SECONDS, OCR_MEMORY)
    recognised = list(read_apart(path, f"{pages}:extract_pictures", "a scan", limits=limits))
    read = {one[0] for one in recognised if len(one) == 3}
    kept = [one for one in found if len(one) == 3 and one[0] not in read]
    blocks = [one for one in recognised if len(one) == 3]
    yield from sorted(kept + blocks, key=lambda block: block[0] or 0)
    yield from (one for one in recognised if len(one) == 2)


READERS: dict[str, Reader] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_apart("office:extract_docx", "a Word document", "defusedxml"),
    ".odt": _read_apart("office:extract_odt", "an OpenDocument text", "defusedxml"),
    ".rtf": _read_apart("office:extract_rtf", "a rich text", "striprtf"),
    ".eml": _read_apart("office:extract_message", "a message"),
}

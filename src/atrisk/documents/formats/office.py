"""Office: the paragraphs of .docx, .odt and .rtf, and of messages saved as .eml.

Left out is what nobody reads on their pages: what was deleted under tracked changes, hidden text,
comments, the heads and feet of pages. Notes come at the end. What is attached to a message is not
read: it is a document of its own.
"""

from __future__ import annotations

import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from xml.sax.handler import ContentHandler, feature_namespaces

from atrisk.documents.formats.apart import CUT, PRINT, Block, Fact, RefusedError
from atrisk.documents.formats.web import TooMuchError, read_page

_LARGEST = 64 * 1024 * 1024  # bytes of a part, unpacked
_CELL = 12  # words; a row whose cells are no longer is read as one line
_PARTS = 1_000  # of a message, one within another or side by side
_CHUNK = 1024 * 1024
_DEEPEST = 256  # groups of RTF, or elements, within one another
_HEADING = re.compile(r"(?:heading|title|titre|t[ií]tulo|überschrift)(?![^\W\d_])", re.IGNORECASE)
Name = tuple[str | None, str]


def extract_docx(file: str) -> Iterator[Block]:
    """Yield the blocks of a Word document.

    Raises:
        RefusedError: it is no such document, is encrypted or holds too much.
    """
    with _open(file, "word/document.xml", "a .docx") as archive:
        styles = _Styles()
        if "word/styles.xml" in archive.namelist():
            _parse(archive, "word/styles.xml", styles)
        for part in ("document", "footnotes", "endnotes"):
            if f"word/{part}.xml" in archive.namelist():
                body = _Word(styles.headings)
                _parse(archive, f"word/{part}.xml", body)
                yield from body.blocks


def extract_odt(file: str) -> Iterator[Block]:
    """Yield the blocks of an OpenDocument text.

    Raises:
        RefusedError: it is no such document, is encrypted or holds too much.
    """
    with _open(file, "content.xml", "an .odt") as archive:
        body = _OpenText()
        _parse(archive, "content.xml", body)
        yield from body.blocks
        yield from body.notes


def extract_rtf(file: str) -> Iterator[Block]:
    """Yield the blocks of a rich text, one for each line of it.

    Raises:
        RefusedError: it is no rich text, or is nested too deep.
    """
    from striprtf.striprtf import rtf_to_text

    data = Path(file).read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise RefusedError(f"it does not begin as an .rtf does; {PRINT}")
    depth = deepest = 0
    for mark in re.finditer(rb"\\.|[{}]", data, re.DOTALL):
        depth += {b"{": 1, b"}": -1}.get(mark.group(), 0)
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise RefusedError(f"its groups are nested more than {_DEEPEST} deep; {PRINT}")
    read: Any = rtf_to_text  # ships no types
    text: str = read(data.decode("latin-1"), errors="replace")
    for line in text.split("\n"):
        yield None, None, line.replace("|", " ") if line.endswith("|") else line


def extract_message(file: str) -> Iterator[Block | Fact]:
    """Yield the blocks of a message, its plain text before its web page.

    Raises:
        RefusedError: it is no message, has too many parts or no text.
    """
    message = BytesParser(policy=policy.default).parsebytes(Path(file).read_bytes())
    assert isinstance(message, EmailMessage)  # noqa: S101 - of that policy
    if not (message["from"] or message["subject"] or message["date"]):
        raise RefusedError("it has no From, Subject or Date; save its text as .txt")
    if sum(1 for _, _ in zip(message.walk(), range(_PARTS + 1), strict=False)) > _PARTS:
        raise RefusedError(f"it has more than {_PARTS:,} parts; save its text as .txt")
    subject = str(message["subject"] or "").strip()
    if subject:
        yield "title", subject
        yield None, True, subject
    with suppress(AttributeError, ValueError, TypeError):  # a date that is none
        yield "published", str(message["date"].datetime.date())
    yield from _read_body(message)
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    if names:
        yield "note", f"attachments are not read: {', '.join(names[:20])}; save and read them"


def _read_body(message: EmailMessage) -> Iterator[Block | Fact]:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return
    raw = body.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    try:
        text = data.decode(body.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # a set of characters that nobody knows
        text = data.decode("utf-8", errors="replace")
    if body.get_content_subtype() == "html":
        try:
            yield from (found for found in read_page(text) if len(found) == 3)
        except TooMuchError as error:
            raise RefusedError(f"its page {error}; save its text as .txt") from None
        return
    if body.get_param("format") == "flowed":
        text = text.replace(" \r\n", " ").replace(" \n", " ")
    for block in text.replace("\r\n", "\n").split("\n\n"):
        yield None, None, block


def _open(file: str, part: str, kind: str) -> zipfile.ZipFile:
    with Path(file).open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError(
            f"it is encrypted, or an old .doc; save a copy of it as {kind} without a password"
        )
    try:
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise RefusedError(f"it is damaged ({error}); {PRINT}") from None
    if "META-INF/manifest.xml" in names and b"encryption-data" in _read(
        archive, "META-INF/manifest.xml"
    ):
        raise RefusedError("it is encrypted; save a copy without a password")
    if part not in names:
        raise RefusedError(f"it is not {kind} inside; {PRINT}")
    return archive


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read(_CHUNK)


def _parse(archive: zipfile.ZipFile, name: str, handler: ContentHandler) -> None:
    """Parse a part of an archive, as long as it does not unpack to more than is read."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import make_parser

    parser: Any = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    left = _LARGEST
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise RefusedError(f"a part of it unpacks to more than 64 MiB; {CUT}")
                parser.feed(chunk)
        parser.close()
    except DefusedXmlException:
        raise RefusedError(f"it declares entities, as no program writes it; {PRINT}") from None


class _Body(ContentHandler, ABC):
    """What holds for both formats: paragraphs, the rows of tables, and what is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self._open: list[tuple[bool | None, list[str]]] = []  # paragraphs, one within another
        self._left_out = self._depth = 0
        self._rows: list[list[list[Block]]] = []  # of each open table: the cells of its row

    def startElementNS(self, name: Name, qname: str | None, attrs: Any) -> None:  # noqa: ARG002, N802 - of the parser
        """Open an element."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RefusedError(f"its elements are nested more than {_DEEPEST} deep; {PRINT}")
        if self._left_out or self.hides(name):
            self._left_out += 1
            return
        self.begin(name, {key[1]: value for key, value in attrs.items()})

    def endElementNS(self, name: Name, qname: str | None) -> None:  # noqa: ARG002, N802 - of the parser
        """Close an element."""
        self._depth -= 1
        if self._left_out:
            self._left_out -= 1
            return
        self.end(name)

    @abstractmethod
    def hides(self, name: Name) -> bool:
        """Tell whether an element is left out with all that it holds."""

    @abstractmethod
    def begin(self, name: Name, attrs: dict[str, str]) -> None:
        """Take what begins."""

    @abstractmethod
    def end(self, name: Name) -> None:
        """Take what ends."""

    def say(self, text: str) -> None:
        """Take a text to its paragraph."""
        if self._open:
            self._open[-1][1].append(text)

    def end_paragraph(self) -> None:
        """Take the innermost paragraph to where it belongs."""
        is_heading, texts = self._open.pop()
        block: Block = None, is_heading, "".join(texts)
        if not block[2].strip():
            return
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(block)
        else:
            self.blocks.append(block)

    def end_row(self) -> None:
        """Take a row of a table: as one line if its cells are short."""
        cells = self._rows.pop()
        texts = [" ".join(text for _, _, text in cell) for cell in cells]
        blocks = [block for cell in cells for block in cell]
        if all(len(text.split()) <= _CELL for text in texts):
            line = " ".join(filter(None, texts))
            blocks = [(None, None, line)] if line else []
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += blocks
        else:
            self.blocks += blocks


class _Styles(ContentHandler):
    """The styles of a Word document that are headings, by their ids."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: set[str] = set()
        self._style = ""

    def startElementNS(self, name: Name, qname: str | None, attrs: Any) -> None:  # noqa: ARG002, N802 - of the parser
        """Look at a style, its name and its level of outline."""
        given = {key[1]: value for key, value in attrs.items()}
        if name[1] == "style":
            self._style = given.get("styleId", "")
        named = name[1] == "name" and _HEADING.match(given.get("val", ""))
        if named or (name[1] == "outlineLvl" and given.get("val", "9") < "9"):
            self.headings.add(self._style)


class _Word(_Body):
    def __init__(self, headings: set[str]) -> None:
        super().__init__()
        self._headings = headings
        self._is_text = self._is_hidden = self._in_run = False

    def hides(self, name: Name) -> bool:
        return name[1] in {"del", "moveFrom", "Fallback"}

    def begin(self, name: Name, attrs: dict[str, str]) -> None:
        if not name[0] or "wordprocessingml" not in name[0]:
            return
        sort, value = name[1], attrs.get("val", "")
        if sort == "p":
            self._open.append((None, []))
        elif sort in {"pStyle", "outlineLvl"} and self._open:
            if value in self._headings or (sort == "outlineLvl" and value < "9"):
                self._open[-1] = True, self._open[-1][1]
        elif sort == "tr":
            self._rows.append([])
        elif sort == "tc" and self._rows:
            self._rows[-1].append([])
        else:
            self._begin_run(sort, value)

    def _begin_run(self, sort: str, value: str) -> None:
        if sort == "r":
            self._in_run, self._is_hidden = True, False
        elif sort in {"vanish", "webHidden"} and self._in_run:
            self._is_hidden = value not in {"0", "false"}
        elif sort == "t":
            self._is_text = not self._is_hidden
        elif sort in _STANDS and self._in_run and not self._is_hidden:
            self.say(_STANDS[sort])

    def end(self, name: Name) -> None:
        if not name[0] or "wordprocessingml" not in name[0]:
            return
        if name[1] == "t":
            self._is_text = False
        elif name[1] == "r":
            self._in_run = False
        elif name[1] == "p" and self._open:
            self.end_paragraph()
        elif name[1] == "tr" and self._rows:
            self.end_row()

    def characters(self, content: str) -> None:
        if self._is_text and not self._left_out:
            self.say(content)


_STANDS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}


class _OpenText(_Body):
    def __init__(self) -> None:
        super().__init__()
        self._notes = 0

    def hides(self, name: Name) -> bool:
        return name[1] in {
            "tracked-changes",
            "annotation",
            "note-citation",
            "ruby-text",
            "hidden-text",
        }

    def begin(self, name: Name, attrs: dict[str, str]) -> None:
        sort, times = name[1], attrs.get("c", "")
        if sort in {"p", "h"} and name[0] and name[0].endswith(":text:1.0"):
            self._open.append((True if sort == "h" else None, []))
        elif sort in {"s", "tab", "line-break"}:
            self.say("\n" if sort == "line-break" else " " * (times != "0"))
        elif sort == "note-body":
            self._notes += 1
        elif sort == "table-row":
            self._rows.append([])
        elif sort in {"table-cell", "covered-table-cell"} and self._rows:
            self._rows[-1].append([])

    def end(self, name: Name) -> None:
        if name[1] in {"p", "h"} and self._open and name[0] and name[0].endswith(":text:1.0"):
            if self._notes:
                self.notes.append((None, None, "".join(self._open.pop()[1])))
            else:
                self.end_paragraph()
        elif name[1] == "note-body":
            self._notes -= 1
        elif name[1] == "table-row" and self._rows:
            self.end_row()

    def characters(self, content: str) -> None:
        if not self._left_out:
            self.say(content)

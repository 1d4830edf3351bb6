"""Highlights: what people tagged in a qualitative coding tool, read as it was saved.

Read are Taguette's table of highlights (``.csv``) and, best effort, REFI-QDA projects (``.qdpx``).
Whatever is not understood is listed. Both come from strangers: an archive is never unpacked to
disk, entities are refused, and a path that leaves the archive is refused.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, MissingExtraError, Problem, RequestError, shorten
from atrisk.exchange.archive import DAMAGE, Budget, TooMuchError, open_archive

COLUMNS = ["id", "document", "tag", "content"]
PROJECT = "{urn:QDA-XML:project:1.0}"
# What holds no highlight, and so is no loss.
_FRAME = {
    "Project", "Users", "User", "CodeBook", "Codes", "Code", "Description", "Sources",
    "TextSource", "PlainTextContent", "PlainTextSelection", "Coding", "CodeRef",
}  # fmt: skip
PART = "project.qde"
LONGEST_POSITION = 12  # digits
LONGEST_NAME = 60
LIMIT_TABLE = 16 * 1024 * 1024  # bytes of a table of highlights
LIMIT_ROWS = 100_000
LIMIT_ELEMENTS = 200_000  # of a project
LIMIT_HIGHLIGHTS = 5_000
LIMIT_CHARACTERS = 16_000_000  # of all highlights, and of all texts of a project


@dataclass(frozen=True, slots=True)
class Highlight:
    """One tagged stretch of a document.

    Attributes:
        document: what the tool calls the document.
        text: the stretch, as it stands there.
        tags: names of its codes.
    """

    document: str
    text: str = field(repr=False)
    tags: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Highlights:
    """What a file holds, and what of it was not understood."""

    found: tuple[Highlight, ...] = field(repr=False)
    unread: tuple[str, ...] = ()


def read_highlights(file: Path) -> Highlights:
    """Read the highlights that a tool exported.

    Args:
        file: Taguette's "highlights" export as ``.csv``, or a REFI-QDA project, ``.qdpx``.

    Raises:
        RequestError: there is no such file, or it is neither.
        DataError: it is damaged, larger than is read, holds entities or a path that leaves it, or
            no highlight at all.
        MissingExtraError: a project needs the extra ``exchange``.

    References:
        REFI-QDA standard 1.5 (2019), sections 5.3, 7 and 9.2: positions count Unicode code points.
    """
    if not file.is_file():
        raise RequestError(f"{str(file)!r} is not a file; give highlights.csv or project.qdpx")
    if file.suffix.lower() not in (".csv", ".qdpx"):
        raise RequestError(
            f"{file.name!r} is not read; accepted are Taguette's highlights as .csv, and .qdpx"
        )
    found = _read_csv(file) if file.suffix.lower() == ".csv" else _read_project(file)
    if not found.found:
        listed = "".join(f"\n  not read: {what}" for what in found.unread)
        raise DataError([Problem(file.name, f"it holds no tagged highlight of a text{listed}")])
    return found


def _read_csv(file: Path) -> Highlights:
    size = file.stat().st_size
    if size > LIMIT_TABLE:
        message = f"it has {size:,} bytes; at most {LIMIT_TABLE:,} are read: export it in parts"
        raise DataError([Problem(file.name, message)])
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), strict=True), LIMIT_ROWS + 1))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError([Problem(file.name, f"not a table of highlights: {error}")]) from None
    header = ",".join(COLUMNS)
    if not rows or rows[0] != COLUMNS:  # not quoted, since it may be of a confidential document
        lacking = ", ".join(name for name in COLUMNS if not rows or name not in rows[0])
        found = f"it lacks {lacking}" if lacking else "their order is another, or there are more"
        message = f"the first line must be {header}, as Taguette writes it; {found}"
        raise DataError([Problem(file.name, message, 1)])
    if len(rows) > LIMIT_ROWS:
        message = f"it has more than {LIMIT_ROWS:,} lines; export it in parts"
        raise DataError([Problem(file.name, message)])
    problems = [
        Problem(file.name, f"{len(row)} cells where the header has {len(COLUMNS)}", place)
        for place, row in enumerate(rows, start=1)
        if len(row) != len(COLUMNS)
    ]
    if problems:
        raise DataError(problems)
    merged: dict[tuple[str, str, str], list[str]] = {}
    for number, document, tag, content in rows[1:]:  # a highlight has a row for each of its tags
        merged.setdefault((number, document, content), []).extend([tag] if tag else [])
    found_all = (Highlight(key[1], key[2], tuple(tags)) for key, tags in merged.items())
    return Highlights(tuple(_limit(file, found_all)))


def _limit(file: Path, found: Iterable[Highlight]) -> Iterator[Highlight]:
    """Yield highlights, as long as they are no more than people make.

    Raises:
        DataError: there are more, or longer ones.
    """
    characters = 0
    for number, highlight in enumerate(found, start=1):
        characters += len(highlight.text)
        if number > LIMIT_HIGHLIGHTS or characters > LIMIT_CHARACTERS:
            message = (
                f"it holds more than {LIMIT_HIGHLIGHTS:,} highlights, or {LIMIT_CHARACTERS:,} "
                "characters of them; export it in parts"
            )
            raise DataError([Problem(file.name, message)])
        yield highlight


def _read_project(file: Path) -> Highlights:
    try:
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise MissingExtraError("a REFI-QDA project", "exchange") from None
    with open_archive(file, "REFI-QDA project", ".qdpx") as archive:
        try:
            Budget(elements=LIMIT_ELEMENTS).look_through(archive, PART)
            project = _Project(archive, fromstring(archive.read(PART)))
            found = tuple(_limit(file, project.read()))
        except DataError:
            raise
        except KeyError:
            message = f"it holds no {PART}; export it again as a REFI-QDA project"
            raise DataError([Problem(file.name, message)]) from None
        except TooMuchError as error:
            message = f"{PART}: {error}; export it again, in parts if it is large"
            raise DataError([Problem(file.name, message)]) from None
        except (SyntaxError, *DAMAGE) as error:  # a ParseError is a SyntaxError
            raise DataError([Problem(file.name, f"{PART} cannot be read: {error}")]) from None
    return Highlights(found, tuple(project.unread))


class _Project:
    """A project, and what of it was not understood."""

    def __init__(self, archive: zipfile.ZipFile, root: Any) -> None:
        self.archive, self.root = archive, root
        self.names = {
            code.get("guid", ""): code.get("name", "") for code in root.iter(f"{PROJECT}Code")
        }
        self.unread = _list_unread(root)
        self._texts: dict[str, str | None] = {}

    def read(self) -> Iterator[Highlight]:
        """Yield the highlights of every text."""
        for source in self.root.iter(f"{PROJECT}TextSource"):
            yield from self._read_source(source)

    def _read_source(self, source: Any) -> Iterator[Highlight]:
        """Yield a text's highlights; what is wrong with it is added to ``unread``."""
        document, text = source.get("name", ""), self._read_text(source)
        if text is None:
            self.unread.append(
                f"TextSource {shorten(document)}: its plain text is not in the project"
            )
            return
        for selection in source.iter(f"{PROJECT}PlainTextSelection"):
            start, end = selection.get("startPosition", ""), selection.get("endPosition", "")
            numbers = all(n.isdecimal() and len(n) <= LONGEST_POSITION for n in (start, end))
            if not (numbers and int(start) < int(end) <= len(text)):
                where = f"selection {start[:LONGEST_POSITION]} to {end[:LONGEST_POSITION]}"
                self.unread.append(f"{shorten(document)}, {where}: not inside the text")
                continue
            wanted = [ref.get("targetGUID", "") for ref in selection.iter(f"{PROJECT}CodeRef")]
            lost = [guid for guid in wanted if guid not in self.names]
            if lost:
                where = f"{shorten(document)}, selection {start} to {end}"
                self.unread.append(f"{where}: {len(lost)} codes that the codebook lacks")
            tags = tuple(self.names[guid] for guid in wanted if guid in self.names)
            yield Highlight(document, text[int(start) : int(end)], tags)

    def _read_text(self, source: Any) -> str | None:
        inline = source.find(f"{PROJECT}PlainTextContent")
        if inline is not None:
            return str(inline.text or "")
        path = source.get("plainTextPath", "")
        if not path.startswith("internal://"):
            return None  # elsewhere on somebody's disk, which is never followed
        if path not in self._texts:  # several sources may be one text
            self._texts[path] = self._unpack(f"sources/{path.removeprefix('internal://')}")
        return self._texts[path]

    def _unpack(self, part: str) -> str | None:
        try:
            size = self.archive.getinfo(part).file_size
            if sum(len(text or "") for text in self._texts.values()) + size > LIMIT_CHARACTERS:
                raise TooMuchError(f"its texts hold more than {LIMIT_CHARACTERS:,} bytes")
            return self.archive.read(part).decode("utf-8-sig")
        except DAMAGE:
            return None


def _list_unread(root: Any) -> list[str]:
    counts = Counter(str(element.tag).removeprefix(PROJECT) for element in root.iter())
    return [
        f"{count} {shorten(name) if len(name) > LONGEST_NAME else name}: no text that can be quoted"
        for name, count in sorted(counts.items())
        if name not in _FRAME
    ]

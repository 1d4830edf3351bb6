"""Highlights: what people tagged in a qualitative coding tool, read as it was saved.

Read are Taguette's table of highlights (``.csv``) and, best effort, REFI-QDA projects (``.qdpx``).
Whatever is not understood is listed. Both come from strangers: an archive is never unpacked to
disk, entities are refused, and a path that leaves the archive is refused.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, MissingExtraError, Problem, RequestError, shorten
from atrisk.base.files import LIMIT_BYTES, check_archive

COLUMNS = ["id", "document", "tag", "content"]
PROJECT = "{urn:QDA-XML:project:1.0}"
# What holds no highlight, and so is no loss.
_FRAME = {
    "Project", "Users", "User", "CodeBook", "Codes", "Code", "Description", "Sources",
    "TextSource", "PlainTextContent", "PlainTextSelection", "Coding", "CodeRef",
}  # fmt: skip
# What a damaged archive or an unknown encoding raises; a ParseError is a SyntaxError.
_DAMAGE = (
    SyntaxError, LookupError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip
LONGEST_POSITION = 12  # digits


@dataclass(frozen=True, slots=True)
class Highlight:
    """One tagged stretch of a document.

    Attributes:
        document: what the tool calls the document.
        text: the stretch, as it stands there.
        tags: names of its codes.
    """

    document: str
    text: str
    tags: tuple[str, ...]


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
    if file.stat().st_size > LIMIT_BYTES:
        raise DataError([Problem(file.name, f"it is larger than {LIMIT_BYTES:,} bytes; split it")])
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError([Problem(file.name, f"not a table of highlights: {error}")]) from None
    header = ",".join(COLUMNS)
    if not rows or rows[0] != COLUMNS:
        found = shorten(",".join(rows[0]) if rows else "")
        message = f"the first line must be {header}, as Taguette writes it; found {found}"
        raise DataError([Problem(file.name, message, 1)])
    problems = [
        Problem(file.name, f"{len(row)} cells where the header has {len(COLUMNS)}", place)
        for place, row in enumerate(rows, start=1)
        if len(row) != len(COLUMNS)
    ]
    if problems:
        raise DataError(problems)
    merged: dict[tuple[str, str, str], Highlight] = {}
    for number, document, tag, content in rows[1:]:
        key = number, document, content  # one highlight has a row for each of its tags
        before = merged.get(key, Highlight(document, content, ()))
        merged[key] = Highlight(document, content, (*before.tags, *([tag] if tag else [])))
    return Highlights(tuple(merged.values()))


def _read_project(file: Path) -> Highlights:
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise MissingExtraError("a REFI-QDA project", "exchange") from None
    check_archive(file, "REFI-QDA project", ".qdpx")
    with zipfile.ZipFile(file) as archive:
        try:
            root = fromstring(archive.read("project.qde"))
        except KeyError:
            message = "it holds no project.qde; export it again as a REFI-QDA project"
            raise DataError([Problem(file.name, message)]) from None
        except DefusedXmlException as error:
            message = f"project.qde defines entities, which are refused ({type(error).__name__})"
            raise DataError([Problem(file.name, message)]) from None
        except _DAMAGE as error:
            raise DataError([Problem(file.name, f"project.qde cannot be read: {error}")]) from None
        unread = _list_unread(root)
        names = {code.get("guid", ""): code.get("name", "") for code in root.iter(f"{PROJECT}Code")}
        found: list[Highlight] = []
        for source in root.iter(f"{PROJECT}TextSource"):
            found += _read_source(archive, source, names, unread)
    return Highlights(tuple(found), tuple(unread))


def _list_unread(root: Any) -> list[str]:
    counts = Counter(str(element.tag).removeprefix(PROJECT) for element in root.iter())
    return [
        f"{count} {name}: no text that can be quoted"
        for name, count in sorted(counts.items())
        if name not in _FRAME
    ]


def _read_source(
    archive: zipfile.ZipFile, source: Any, names: dict[str, str], unread: list[str]
) -> Iterator[Highlight]:
    """Yield a text's highlights; what is wrong with it is added to ``unread``."""
    document = source.get("name", "")
    text = _read_text(archive, source)
    if text is None:
        unread.append(f"TextSource {shorten(document)}: its plain text is not in the project")
        return
    for selection in source.iter(f"{PROJECT}PlainTextSelection"):
        start, end = selection.get("startPosition", ""), selection.get("endPosition", "")
        numbers = all(n.isdecimal() and len(n) <= LONGEST_POSITION for n in (start, end))
        if not (numbers and int(start) < int(end) <= len(text)):
            where = f"selection {start[:LONGEST_POSITION]} to {end[:LONGEST_POSITION]}"
            unread.append(f"{shorten(document)}, {where}: not inside the text")
            continue
        wanted = [ref.get("targetGUID", "") for ref in selection.iter(f"{PROJECT}CodeRef")]
        lost = [guid for guid in wanted if guid not in names]
        if lost:
            where = f"{shorten(document)}, selection {start} to {end}"
            unread.append(f"{where}: {len(lost)} codes that the codebook lacks")
        tags = tuple(names[guid] for guid in wanted if guid in names)
        yield Highlight(document, text[int(start) : int(end)], tags)


def _read_text(archive: zipfile.ZipFile, source: Any) -> str | None:
    inline = source.find(f"{PROJECT}PlainTextContent")
    if inline is not None:
        return str(inline.text or "")
    path = source.get("plainTextPath", "")
    if not path.startswith("internal://"):
        return None  # elsewhere on somebody's disk, which is never followed
    try:
        data = archive.read(f"sources/{path.removeprefix('internal://')}")
        return data.decode("utf-8-sig")
    except _DAMAGE:
        return None

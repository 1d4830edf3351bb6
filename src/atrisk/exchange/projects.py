"""Projects: REFI-QDA archives (``.qdpx``) as the tools of qualitative coding really write them.

The standard is read loosely where tools differ: what the list of the project is called, in which
case names are written, which text of a PDF was coded, and how a line end is counted. Where a
selection says its own words they decide; where its place holds others, that is told.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from atrisk.base.delimiters import find_encoding
from atrisk.base.errors import DataError, MissingExtraError, Problem, list_names, shorten
from atrisk.base.folders import is_path
from atrisk.exchange.archive import DAMAGE, Budget, TooMuchError, list_parts, open_archive
from atrisk.exchange.excerpts import LIMIT_CHARACTERS, Highlight, Highlights, limit_highlights

ENDING = ".qde"
LONGEST_POSITION = 12  # digits
LONGEST_NAME = 60
LIMIT_ELEMENTS = 200_000  # of a project
COMPARED = 300  # characters of a selection's name, beside its text
LIMIT_LOOKS = 500  # times that a project's words are looked for elsewhere in their text
TRIED = 50  # selections of a text by which is told how it counts
SHORTEST = 3  # words of a name that is looked for in the text
# What holds no highlight, and so is no loss.
_FRAME = {
    "project", "users", "user", "codebook", "codes", "code", "description", "sources",
    "textsource", "plaintextcontent", "plaintextselection", "coding", "coderef", "representation",
}  # fmt: skip
_TEXTS = ("textsource", "representation")  # what has a text of its own
_NUMBER = re.compile(r"^\d+:\d+\s*")
_PACKED, _BESIDE = "internal://", "relative://"


def read_project(file: Path, documents: Path | None = None) -> Highlights:
    """Read the coded stretches of text of a REFI-QDA project.

    Args:
        file: the archive.
        documents: folder in which a text that lies beside the project is looked for by its name;
            nothing is read from anywhere else.

    Raises:
        DataError: it is damaged, larger than is read, holds entities or a path that leaves it, or
            names no project, or several.
        MissingExtraError: defusedxml is not installed.

    References:
        REFI-QDA standard 1.5 (2019), sections 5.3, 7 and 9.2: positions count Unicode code points.
    """
    try:
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise MissingExtraError("a REFI-QDA project", "exchange") from None
    with open_archive(file, "REFI-QDA project", ".qdpx") as archive:
        part = _find_part(file, archive)
        try:
            Budget(elements=LIMIT_ELEMENTS).look_through(archive, part)
            project = _Project(archive, fromstring(archive.read(part)), part, documents)
            found = tuple(limit_highlights(file, project.read()))
        except DataError:
            raise
        except TooMuchError as error:
            message = f"{part}: {error}; export it again, in parts if it is large"
            raise DataError([Problem(file.name, message)]) from None
        except (SyntaxError, *DAMAGE) as error:  # a ParseError is a SyntaxError
            raise DataError([Problem(file.name, f"{part} cannot be read: {error}")]) from None
    return Highlights(found, tuple(project.unread), above=project.list_groups())


def is_project(file: Path) -> bool:
    """Tell whether a file is an archive that holds a project's list."""
    return any(name.lower().endswith(ENDING) for name in list_parts(file))


def _find_part(file: Path, archive: zipfile.ZipFile) -> str:
    """Return the name of the project's list, which tools call after the project."""
    named = [name for name in archive.namelist() if name.lower().endswith(ENDING)]
    named = [name for name in named if not name.startswith("__MACOSX/")]
    for wanted in (
        [name for name in named if name.lower() == f"project{ENDING}"],
        [name for name in named if "/" not in name],
        named,
    ):
        if len(wanted) == 1:
            return wanted[0]
    if named:
        message = f"it holds several projects ({list_names(named)}); keep one"
        raise DataError([Problem(file.name, message)])
    message = f"it holds no project{ENDING}; export it again as a REFI-QDA project"
    raise DataError([Problem(file.name, message)])


def _name(element: Any) -> str:
    """Return an element's name without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def _get(element: Any, attribute: str) -> str:
    """Return an attribute, whatever case its name is in."""
    value = element.get(attribute)
    if value is None:
        found = (v for k, v in element.items() if k.rpartition("}")[2].lower() == attribute.lower())
        value = next(found, "")
    return str(value)


def _get_guid(element: Any, attribute: str) -> str:
    return _get(element, attribute).strip("{} ").lower()


class _Project:
    """A project, and what of it was not understood."""

    def __init__(
        self, archive: zipfile.ZipFile, root: Any, part: str, documents: Path | None
    ) -> None:
        self.archive, self.root, self.documents = archive, root, documents
        self.parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        self.beside = part.rpartition("/")[0].lower()
        self.names = {
            _get_guid(code, "guid"): _get(code, "name")
            for code in root.iter()
            if _name(code) == "code"
        }
        self.unread = list(_list_unread(root))
        self.counts_ends_once = _get(root, "origin").lower().startswith("atlas")
        self._texts: dict[str, str | None] = {}
        self._looks = iter(range(LIMIT_LOOKS))

    def list_groups(self) -> dict[str, tuple[str, ...]]:
        """Return the codes that each code is under, by its name, unless that stands twice."""
        found: dict[str, tuple[str, ...]] = {}
        twice = {name for name, count in Counter(self.names.values()).items() if count > 1}
        left: list[tuple[Any, tuple[str, ...]]] = [(self.root, ())]
        while left:
            element, above = left.pop()
            for one in element:
                is_code = _name(one) == "code"
                name = _get(one, "name")
                if is_code and above and name not in twice:
                    found[name] = above
                if is_code or _name(one) in ("codebook", "codes"):
                    left.append((one, (name, *above) if is_code else above))
        return found

    def read(self) -> Iterator[Highlight]:
        """Yield the highlights of every text."""
        for source in self.root.iter():
            if _name(source) == "textsource":
                yield from self._read_source(source, _get(source, "name"))
            elif _name(source) not in _FRAME:
                for one in source:
                    if _name(one) == "representation":
                        yield from self._read_source(one, _get(source, "name"))

    def _read_source(self, source: Any, document: str) -> Iterator[Highlight]:
        """Yield a text's highlights; what is wrong with it is added to ``unread``."""
        selections = [one for one in source if _name(one) == "plaintextselection"]
        text = self._read_text(source)
        if text is None:
            kind = str(source.tag).rpartition("}")[2]
            self.unread.append(
                f"{kind} {shorten(document)}: its plain text is not in the project; export it with "
                "its documents inside, or name the folder that holds it: --documents DIR"
            )
            return
        reading = _choose_reading(text, selections, self.counts_ends_once)
        doubts = _Doubts(text, self._looks)
        for selection in selections:
            start, end = _get(selection, "startPosition"), _get(selection, "endPosition")
            numbers = all(n.isdecimal() and len(n) <= LONGEST_POSITION for n in (start, end))
            where = f"selection {start[:LONGEST_POSITION]} to {end[:LONGEST_POSITION]}"
            if not (numbers and int(start) < int(end) <= len(reading)):
                self.unread.append(f"{shorten(document)}, {where}: not inside the text")
                continue
            found = reading.cut(int(start), int(end))
            words, doubt = doubts.compare(found, _get(selection, "name"))
            if doubt:
                self.unread.append(f"{shorten(document)}, {where}: {doubt}")
            yield Highlight(document, words, self._list_tags(selection, document, where))
        if doubts.has_ends and selections and not doubts.confirmed:
            self.unread.append(
                f"{shorten(document)}: its lines end as on Windows, which tools count as one or as "
                "two characters, and no selection says its words; look whether they are those coded"
            )

    def _list_tags(self, selection: Any, document: str, where: str) -> tuple[str, ...]:
        refs = (one for one in selection.iter() if _name(one) == "coderef")
        wanted = [_get_guid(one, "targetGUID") for one in refs]
        lost = [guid for guid in wanted if guid not in self.names]
        if lost:
            message = f"{len(lost)} codes that the codebook lacks"
            self.unread.append(f"{shorten(document)}, {where}: {message}")
        return tuple(dict.fromkeys(self.names[guid] for guid in wanted if guid in self.names))

    def _read_text(self, source: Any) -> str | None:
        inline = next((one for one in source if _name(one) == "plaintextcontent"), None)
        if inline is not None:
            return str(inline.text or "")
        path = _get(source, "plainTextPath")
        if path not in self._texts:  # several sources may be one text
            is_packed = path.startswith(_PACKED)
            text = self._unpack(path.removeprefix(_PACKED)) if is_packed else self._find(path)
            self._texts[path] = text
        return self._texts[path]

    def _find(self, path: str) -> str | None:
        """Return a text beside the project from the folder of documents, by its name alone."""
        name = unquote(path).replace("\\", "/").rpartition("/")[2]
        if self.documents is None or not path.startswith(_BESIDE) or not is_path(name):
            return None  # elsewhere on somebody's disk, which is never followed
        found = next((one for one in self.documents.iterdir() if one.name == name), None)
        if found is None or not found.is_file() or found.stat().st_size > LIMIT_CHARACTERS:
            return None
        return self._decode(found.read_bytes())

    def _unpack(self, path: str) -> str | None:
        """Return a text of the archive by its path under ``sources``, whatever case that is in."""
        for name in dict.fromkeys((path, unquote(path))):
            plain = f"sources/{name}".replace("\\", "/").lower()
            for found in (plain, f"{self.beside}/{plain}"):
                if found in self.parts:
                    return self._read_part(self.parts[found])
        return None

    def _read_part(self, part: str) -> str | None:
        try:
            self._check_size(self.archive.getinfo(part).file_size)
            return self._decode(self.archive.read(part))
        except DAMAGE:
            return None

    def _check_size(self, size: int) -> None:
        if sum(len(text or "") for text in self._texts.values()) + size > LIMIT_CHARACTERS:
            raise TooMuchError(f"its texts hold more than {LIMIT_CHARACTERS:,} bytes")

    def _decode(self, data: bytes) -> str | None:
        self._check_size(len(data))
        encoding = find_encoding(data)
        return data.decode(encoding) if encoding else None


class _Reading:
    """A text, and what a tool counts as one character of it."""

    def __init__(self, text: str, *, ends: bool = False, units: bool = False) -> None:
        self.text = text.replace("\r\n", "\n") if ends else text
        self.units = self.text.encode("utf-16-le") if units else b""

    def __len__(self) -> int:
        return len(self.units) // 2 or len(self.text)

    def cut(self, start: int, end: int) -> str:
        """Return what stands between two positions."""
        if self.units:
            return self.units[2 * start : 2 * end].decode("utf-16-le", errors="replace")
        return self.text[start:end]

    def agrees(self, selection: Any) -> tuple[bool, bool, bool]:
        """Tell whether a selection is what it says, begins so, and has the bounds of words."""
        start, end = _get(selection, "startPosition"), _get(selection, "endPosition")
        if not all(n.isdecimal() and len(n) <= LONGEST_POSITION for n in (start, end)):
            return False, False, False
        first, last = int(start), int(end)
        if not first < last <= len(self):
            return False, False, False
        begun = self.cut(first, min(last, first + 2 * COMPARED))
        before, after = self.cut(max(0, first - 1), first + 1), self.cut(last - 1, last + 1)
        is_cut = any(len(edge) == 2 and edge.isalnum() for edge in (before, after))
        name = _get(selection, "name")
        is_whole = " ".join(begun.split()) == _fold_name(name)
        return is_whole, _is_same(begun, name), not is_cut


def _choose_reading(text: str, selections: list[Any], ends: bool) -> _Reading:
    """Return how positions count in a text: as the words that selections say, or as words end.

    As the standard says if nothing speaks for another way; ATLAS.ti counts line ends once.
    """
    ways = _list_ways(text, ends)
    if len(ways) == 1:
        return ways[0]
    tried = selections[:TRIED]
    scores = [[sum(one) for one in zip(*map(way.agrees, tried), strict=True)] for way in ways]
    return ways[max(range(len(ways)), key=lambda at: (scores[at], -at))]


@lru_cache(maxsize=1)  # many sources of a project may be one text
def _list_ways(text: str, ends: bool) -> list[_Reading]:
    ways = [_Reading(text)]
    if "\r\n" in text:
        ways.insert(0 if ends else 1, _Reading(text, ends=True))
    if not text.isascii() and max(text, default="") > "\uffff":
        ways += [_Reading(text, units=True), _Reading(text, ends=True, units=True)]
    return ways


@lru_cache(maxsize=1)
def _fold(text: str) -> str:
    return " ".join(text.split())


class _Doubts:
    """Where the words of selections are not those that they say, within one text."""

    def __init__(self, text: str, looks: Iterator[int]) -> None:
        self.has_ends, self.confirmed = "\r\n" in text, 0
        self._text, self._looked, self._looks = text, 0, looks

    def compare(self, found: str, name: str) -> tuple[str, str]:
        """Return a selection's words, and what is to be looked at; no word is told."""
        if not _fold_name(name):
            return found, ""
        if _is_same(found[: 2 * COMPARED], name):
            self.confirmed += 1
            return found, ""
        said = _fold_name(name)
        self._looked += 1
        may_be = self._looked <= TRIED and len(said.split()) >= SHORTEST and len(name) < COMPARED
        if may_be and next(self._looks, None) is not None and _fold(self._text).count(said) == 1:
            return name, "its place holds other words than it says; those that it says were taken"
        return found, "its place holds other words than it says; compare them"


def _fold_name(name: str) -> str:
    """Return what a selection says of its words, without a number before them (1:3)."""
    return _NUMBER.sub("", " ".join(name[:COMPARED].split()))


def _is_same(found: str, name: str) -> bool:
    """Tell whether a name is that of a text: its words, or as many as the name has room for."""
    said = _fold_name(name).removesuffix("...").removesuffix("…").rstrip()
    return bool(said) and " ".join(found.split()).startswith(said)


def _list_unread(root: Any) -> Iterator[str]:
    """Yield what holds no text that can be quoted; a PDF whose text was coded does."""
    counts: Counter[str] = Counter()
    for element in root.iter():
        name = _name(element)
        has_text = any(_name(one) == "representation" for one in element)
        if name not in _FRAME and not has_text:
            counts[str(element.tag).rpartition("}")[2]] += 1
    for name, count in sorted(counts.items()):
        told = shorten(name) if len(name) > LONGEST_NAME else name
        yield f"{count} {told}: no text that can be quoted"

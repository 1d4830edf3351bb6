"""Archives: a zip of a stranger, looked through before any of it is believed.

It is never unpacked to disk. Its parts are counted before they are listed, and its XML is read once
in passing, so that what would take a reader minutes or gigabytes is refused in a second, by what it
holds and not by the clock.
"""

from __future__ import annotations

import mmap
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from atrisk.base.errors import DataError, Problem, shorten

LIMIT_BYTES = 200 * 1024 * 1024  # of all parts of an archive, unpacked
LIMIT_PARTS = 4_096
LIMIT_XML = 64 * 1024 * 1024  # bytes of all XML that is read
LIMIT_ELEMENTS = 2_000_000
LIMIT_DEPTH = 100
LIMIT_TEXT = 8 * 1024 * 1024  # characters in one element
LIMIT_TAG = 1024 * 1024  # bytes of one tag with its attributes
_RATIO = 200  # no part of text is packed tighter; a zip bomb is
_CHUNK = 64 * 1024
_BEFORE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"  # what may stand before the first tag
_ENTRY = re.compile(rb"PK\x01\x02")  # what each part's line in an archive's list begins with
# What a damaged archive raises.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, LookupError,
    NotImplementedError,
)  # fmt: skip
# Is told of each element: its name without prefix, its attributes, how deep it stands (1 outside).
Watch = Callable[[str, Mapping[str, str], int], None]


class TooMuchError(Exception):
    """An archive holds more of something than is read; the message says of what."""


@contextmanager
def open_archive(file: Path, kind: str, ending: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip that may be read.

    Raises:
        DataError: it is damaged, encrypted or too large, would unpack to more than is read, or has
            a part twice or one whose path leaves the archive.
    """
    try:
        archive = _open(file)
    except TooMuchError as error:
        raise DataError([Problem(file.name, str(error))]) from None
    except DAMAGE as error:
        message = f"this is no {kind} ({shorten(error, 200)}); save it as {ending}"
        raise DataError([Problem(file.name, message)]) from None
    with archive:
        faults = [Problem(file.name, fault) for fault in _find_faults(archive.infolist())]
        if faults:
            raise DataError(faults[:1])
        yield archive


def list_parts(file: Path) -> tuple[str, ...]:
    """Return the names of an archive's parts; none if a file is no archive."""
    try:
        with _open(file) as archive:
            return tuple(archive.namelist())
    except (TooMuchError, *DAMAGE):
        return ()


def names_part(file: Path, part: str) -> bool:
    """Tell whether a file is an archive that holds a part."""
    return part in list_parts(file)


class Budget:
    """What may be read of an archive's XML, all parts together.

    Args:
        watch: is told of each element, and may raise ``TooMuchError`` too.
        longest: characters that may stand in an element, by its name, where they are fewer.
        elements: how many there may be.
    """

    def __init__(
        self,
        watch: Watch | None = None,
        longest: Mapping[str, int] | None = None,
        elements: int = LIMIT_ELEMENTS,
    ) -> None:
        self.watch, self.longest, self.limit = watch, longest or {}, elements
        self.bytes = self.elements = self.depth = self.text = 0
        self.most = LIMIT_TEXT

    def look_through(self, archive: zipfile.ZipFile, name: str) -> None:
        """Read a part to its end, or to where it is no XML: that is for its reader to say.

        Raises:
            TooMuchError: it holds more than the budget has left, or declares a document type.
        """
        with archive.open(name) as stream:
            self._parse(stream.read)

    def _parse(self, read: Callable[[int], bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True  # or each line of a text would be told by itself
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tell
        parser.StartDoctypeDeclHandler = self._refuse
        self.depth = self.text = given = 0
        begun = b""
        while chunk := read(_CHUNK):
            begun = begun or chunk.lstrip(_BEFORE)[:1]
            if begun not in (b"", b"<"):
                return
            given += len(chunk)
            self.bytes += len(chunk)
            self._check("bytes of XML", self.bytes, LIMIT_XML)
            try:
                parser.Parse(chunk, False)
            except expat.ExpatError:
                return
            self._check("bytes in one tag", given - max(0, parser.CurrentByteIndex), LIMIT_TAG)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements, self.depth, self.text = self.elements + 1, self.depth + 1, 0
        self._check("elements", self.elements, self.limit)
        self._check("elements within one another", self.depth, LIMIT_DEPTH)
        plain = name.rpartition(":")[2]
        self.most = self.longest.get(plain, LIMIT_TEXT)
        if self.watch:
            self.watch(plain, attributes, self.depth)

    def _end(self, _: str) -> None:
        self.depth, self.text = self.depth - 1, 0

    def _tell(self, text: str) -> None:
        self.text += len(text)
        self._check("characters in one place", self.text, self.most)

    @staticmethod
    def _check(what: str, found: int, limit: int) -> None:
        if found > limit:
            raise TooMuchError(f"it holds more than {limit:,} {what}, and no more are read")

    @staticmethod
    def _refuse(*_: object) -> None:
        raise TooMuchError("it defines entities, which are refused")


def _open(file: Path) -> zipfile.ZipFile:
    with file.open("rb") as stream:
        size = file.stat().st_size
        if size > LIMIT_BYTES:
            raise TooMuchError(f"it has {size:,} bytes; at most {LIMIT_BYTES:,} are read")
        if size:
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
                for place, _ in enumerate(_ENTRY.finditer(content)):
                    if place >= LIMIT_PARTS:
                        raise TooMuchError(f"it lists more than {LIMIT_PARTS:,} parts; refused")
    return zipfile.ZipFile(file)


def _find_faults(parts: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in part.filename:
            yield f"the part {shorten(part.filename)} lies outside of the file; refused"
        if part.filename in seen:
            yield f"the part {shorten(part.filename)} stands twice; save the file again"
        if part.flag_bits & 1:
            yield "it is encrypted; save a copy without a password"
        seen.add(part.filename)
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > LIMIT_BYTES or (unpacked > LIMIT_BYTES // 20 and unpacked / packed > _RATIO):
        yield f"it unpacks to {unpacked:,} bytes; at most {LIMIT_BYTES:,} are read"

"""Find the frameworks and cases that ship with atrisk, and open a folder of one's own.

Installed, they are inside the package (``atrisk/_data``); in a checkout they are the top-level
``frameworks/`` and ``cases/``. Nothing else in atrisk knows. A ``str`` is always a bundled id and a
``Path`` always a folder, so neither can shadow the other.
"""

from __future__ import annotations

import os
import shlex
from codecs import BOM_UTF8
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from atrisk.base.delimiters import (
    SAVE,
    decode_table,
    describe_saving,
    find_delimiter,
    read_head,
    write_commas,
)
from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError, shorten
from atrisk.base.files import write_text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

HEAD = 64 * 1024  # bytes in which a table has its header
LARGEST = {".toml": 1024 * 1024, ".csv": 32 * 1024 * 1024}  # bytes of a file, by its ending
_CHECKOUT = Path(__file__).resolve().parents[3]


def is_path(text: str) -> bool:
    r"""Tell whether a text can be the path of a file: no NUL in it, and nothing but characters.

    Examples:
        >>> is_path("./my-case"), is_path("my\0case")
        (True, False)
    """
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def is_hidden(name: str) -> bool:
    """Tell whether a file is a system's or a program's own, such as a lock or its doubles.

    Examples:
        >>> is_hidden("._evidence.csv"), is_hidden("~$case.xlsx"), is_hidden("evidence.csv")
        (True, True, False)
    """
    return name.startswith((".", "~$"))


def data_root(kind: str) -> Traversable:
    """Return the folder of bundled ``"frameworks"`` or ``"cases"``.

    Raises:
        FileNotFoundError: the installation lost its data.
    """
    beside = Path(__file__).resolve().parents[1] / "_data" / kind
    if beside.is_dir():
        return beside
    checkout = _CHECKOUT / kind
    if checkout.is_dir():
        return checkout
    from importlib.resources import files

    zipped = files("atrisk") / "_data" / kind
    if zipped.is_dir():
        return zipped
    raise FileNotFoundError(f"no bundled {kind}: looked in {beside} and {checkout}")


def list_bundled(kind: str, header: str) -> tuple[str, ...]:
    """Return the ids of the bundled folders of ``kind`` that hold the file ``header``, sorted."""
    folders = data_root(kind).iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / header).is_file()))


def open_folder(which: str | Path, kind: str, header: str) -> Folder:
    """Open a bundled folder by its id, or any folder by its path.

    Args:
        which: a bundled id, or a ``Path``.
        kind: ``"framework"`` or ``"case"``.
        header: the file that such a folder must hold.

    Raises:
        UnknownNameError: no bundled folder has that id.
        RequestError: the path is not a folder.
        DataError: the folder lacks its header file.
    """
    if isinstance(which, Path):
        return _open_path(which, kind, header)
    known = list_bundled(f"{kind}s", header)
    if which not in known:
        own = str(which)[:100]
        typed = own if Path(own).is_absolute() else f"./{own}"
        hint = (
            f"To load your own, pass a path: load_{kind}(Path({own!r})), "
            f"or {shlex.quote(typed)} on the command line."
        )
        raise UnknownNameError(kind, which, known, hint)
    return Folder(data_root(f"{kind}s") / which, which)


class Folder:
    """A folder of data files that are read whole, never from outside it.

    Attributes:
        name: how errors call it.
        under: the folder whose files stand for those that this one lacks; None for none.
    """

    def __init__(self, root: Traversable, name: str, under: Folder | None = None) -> None:
        self._root, self.name, self.under = root, name, under

    @cached_property
    def _home(self) -> Path:
        """Where the folder is, links followed."""
        return Path(str(self._root)).resolve()

    def over(self, under: Folder) -> Folder:
        """Return this folder laid over another, whose files stand for those that it lacks."""
        return Folder(self._root, self.name, under)

    def names(self, under: str = "") -> list[str]:
        """Return the names of the folder's files, or of those of a folder in it, sorted."""
        root = self._file(under) if under else self._root
        if not root.is_dir():
            return []
        return sorted(entry.name for entry in root.iterdir() if entry.is_file())

    def folders(self) -> list[str]:
        """Return the names of the folders in it, sorted."""
        return sorted(entry.name for entry in self._root.iterdir() if entry.is_dir())

    def label(self, name: str) -> str:
        """Return how errors call the file ``name`` of this folder, or of the one under it."""
        return (
            self.under.label(name)
            if self.under and self._lies_under(name)
            else f"{self.name}/{name}"
        )

    def has(self, name: str) -> bool:
        """Tell whether the folder, or the one under it, holds the file ``name``."""
        return self._file(name).is_file() or (self.under is not None and self.under.has(name))

    def _lies_under(self, name: str) -> bool:
        return self.under is not None and not self._file(name).is_file() and self.under.has(name)

    def read(self, name: str) -> str:
        """Return the text of the file ``name``; a byte order mark is dropped.

        A table that a spreadsheet saved otherwise than with commas in UTF-8 is returned so.

        Raises:
            DataError: it is missing, lies outside the folder, is larger than is read (of a
                ``.toml`` 1 MiB, of a ``.csv`` 32 MiB), cannot be read, or is not
                UTF-8 and of no code page alone.
        """
        path = self._file(name)
        if self.under is not None and self._lies_under(name):
            return self.under.read(name)
        if not path.is_file():
            raise DataError([Problem(self.label(name), "the file is missing")])
        data = self._read_bytes(path, name)
        if name.lower().endswith(".csv"):
            return write_commas(decode_table(data, self.label(name)))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            found = f"byte 0x{data[error.start]:02x} is not UTF-8"
            raise DataError([Problem(self.label(name), f"{found}; {SAVE}", line)]) from None

    def find_delimiter(self, name: str) -> str:
        """Return the mark that separates the cells of the table ``name`` as it was saved."""
        if self.under is not None and self._lies_under(name):
            return self.under.find_delimiter(name)
        with self._file(name).open("rb") as stream:
            return find_delimiter(read_head(stream.read(HEAD)))

    def describe_saving(self, name: str) -> tuple[str, bool]:
        """Say how the table ``name`` was saved, if not with commas in UTF-8.

        Returns:
            In words, or nothing; and whether a spreadsheet left its marks, line ends of Windows
            among them.
        """
        if not self.has(name):
            return "", False
        data = self._read_bytes(self._file(name), name)
        told = describe_saving(data)
        return told, bool(told) or data.startswith(BOM_UTF8) or b"\r\n" in data

    def _read_bytes(self, path: Traversable, name: str) -> bytes:
        most = LARGEST.get(PurePosixPath(name).suffix.lower(), LARGEST[".csv"])
        try:
            with path.open("rb") as stream:
                data: bytes = stream.read(most + 1)  # never more, whatever size it says it has
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            raise DataError([Problem(self.label(name), message)]) from None
        if len(data) > most:
            message = f"the file is larger than {most // 1024**2} MiB, which is the most: split it"
            raise DataError([Problem(self.label(name), message)])
        return data

    def write(self, name: str, text: str) -> Path:
        """Write the file ``name``, whole or not at all.

        Raises:
            RequestError: the folder is packed, or the file cannot be written.
        """
        path = self._file(name)
        if not isinstance(path, Path):
            raise RequestError(f"{self.name} is packed and cannot be written; copy it first")
        return write_text(path, text)

    def _file(self, name: str) -> Traversable:
        if not is_path(name):
            raise DataError([Problem(self.name, f"{shorten(name)} cannot be the name of a file")])
        path = self._root.joinpath(name)
        if not self._holds(path, name):
            raise DataError(
                [Problem(self.label(name), "the path leaves the folder; keep its files inside it")]
            )
        return path

    def _holds(self, path: Traversable, name: str) -> bool:
        if not isinstance(self._root, Path):
            return not name.startswith("/") and ".." not in name.split("/")
        try:
            return Path(str(path)).resolve().is_relative_to(self._home)
        except (OSError, RuntimeError):  # links that lead to one another
            return False


def pack_folder(name: str, contents: Mapping[str, bytes]) -> Folder:
    """Return files that are in memory alone as a folder.

    Args:
        name: how errors call it.
        contents: of the files, by name.

    Examples:
        >>> pack_folder("mine", {"case.toml": b"id = 'mine'"}).read("case.toml")
        "id = 'mine'"
    """
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file, content in contents.items():
            archive.writestr(zipfile.ZipInfo(file), content)  # of 1980, whatever the clock says
    return Folder(zipfile.Path(zipfile.ZipFile(packed)), name)


def _open_path(path: Path, kind: str, header: str) -> Folder:
    if not is_path(str(path)) or not path.is_dir():
        raise RequestError(
            f"{shorten(path, 200)} is not a folder; a {kind} is a folder with the file {header}"
        )
    folder = Folder(path, path.name or str(path))
    if not folder.has(header):
        raise DataError(
            [Problem(folder.label(header), f"the file is missing; every {kind} has one")]
        )
    return folder

"""Files that go out and come in: written whole or not at all, read within limits of size."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from atrisk.base.errors import DataError, Problem, RequestError, shorten

if TYPE_CHECKING:
    pass

LIMIT_BYTES = 200 * 1024 * 1024  # of all parts of an archive, unpacked
_RATIO = 200  # no part of text is packed tighter; a zip bomb is


def check_target(out: Path, *endings: str) -> None:
    """Refuse a file to write that exists or has another ending, and make its folder.

    Raises:
        RequestError: it exists, cannot be made, or does not end in one of ``endings``.
    """
    if out.suffix not in endings:
        named = " or ".join(endings)
        raise RequestError(
            f"{str(out)!r} does not end in {named}; name it such as case{endings[0]}"
        )
    if out.exists():
        raise RequestError(f"{str(out)!r} exists, and somebody may have edited it; choose another")
    make_parent(out)


def write_whole(out: Path, write: Callable[[str], object]) -> Path:
    """Write beside the file and put it in its place at once; ``write`` takes the path to fill.

    Raises:
        RequestError: it cannot be written there.
    """
    beside = out.with_name(f".{out.name}.part")
    try:
        write(str(beside))
        beside.replace(out)
    except OSError as error:
        raise RequestError(f"{str(out)!r} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # it is in its place, or was never made
            beside.unlink()
    return out


def write_text(out: Path, text: str) -> Path:
    """Write a text in UTF-8, whole or not at all."""
    return write_whole(out, lambda name: Path(name).write_text(text, encoding="utf-8"))


def write_folder(out: Path, texts: Mapping[str, str], *, overwrite: bool = False) -> Path:
    """Write a folder of texts, all or none.

    Args:
        out: the folder.
        texts: by name of the file.
        overwrite: whether files of these names in a folder that is there are replaced, each whole.

    Raises:
        RequestError: it exists, or cannot be made.
    """
    if out.is_dir() and overwrite:
        for name, text in texts.items():
            write_text(out / name, text)
        return out
    if out.exists():
        raise RequestError(
            f"{str(out)!r} exists; choose another folder (in Python, overwrite=True)"
        )
    make_parent(out)
    with tempfile.TemporaryDirectory(dir=out.parent) as room:
        folder = Path(room) / "folder"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        shutil.move(folder, out)
    return out


def check_archive(file: Path, kind: str, ending: str) -> None:
    """Refuse a zip that would unpack to more than is read, or whose parts lie outside of it.

    Raises:
        DataError: it is damaged, too large, or names a part by a path that leaves the archive.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        message = f"this is no {kind} ({error}); save it as {ending}"
        raise DataError([Problem(file.name, message)]) from None
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in part.filename:
            message = f"the part {shorten(part.filename)} lies outside of the file; refused"
            raise DataError([Problem(file.name, message)])
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > LIMIT_BYTES or (unpacked > LIMIT_BYTES // 20 and unpacked / packed > _RATIO):
        message = f"it unpacks to {unpacked:,} bytes; at most {LIMIT_BYTES:,} are read"
        raise DataError([Problem(file.name, message)])


def make_parent(path: Path) -> None:
    """Make the folder that something is to be written into.

    Raises:
        RequestError: it cannot be made, because a file stands in its way or it is not allowed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(
            f"{str(path)!r} cannot be made: {error.strerror}; choose another"
        ) from None
    if not os.access(path.parent, os.W_OK):
        raise RequestError(f"{str(path.parent)!r} may not be written to; choose another folder")

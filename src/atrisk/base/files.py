"""Files that go out: written whole or not at all, whoever else writes there and however it ends.

A file is written beside its target under a name that nobody can guess, and takes its place by one
rename: a full disk, a kill or another writer leaves the old file or the new one. A target that is a
link is refused, and none is followed. A writer locks what it has not yet put in its place, so that
the next one in that folder can tell what a dead one left there, and removes it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from atrisk.base.errors import RequestError

try:
    import fcntl
except ImportError:  # on Windows: there left-overs cannot be told from what is being written
    fcntl = None  # type: ignore[assignment] # and stay

_PART = re.compile(r"\.atrisk-[0-9a-f]{32}\.part")
_LOOK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


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
    if os.path.lexists(out):
        raise _tell_taken(out)
    make_parent(out)


def write_text(out: Path, text: str, *, new: bool = False) -> Path:
    """Write a text in UTF-8 with line feeds, as ``write_bytes`` writes it."""
    return write_bytes(out, text.encode(), new=new)


def write_bytes(out: Path, content: bytes, *, new: bool = False) -> Path:
    """Write a file, whole or not at all.

    Args:
        out: the file, in a folder that is there. One that is replaced keeps its permissions.
        content: all of it.
        new: whether it must not exist, not even since the caller looked.

    Raises:
        RequestError: it cannot be written there, is a link or no file, or exists.
    """
    _write({out: content}, new=new)
    return out


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write several files, each whole; none is put in its place before all of them are written.

    Raises:
        RequestError: one cannot be written, is a link or no file; all are as they were.
    """
    _write(contents, new=False)


def write_folder(out: Path, texts: Mapping[str, str], *, overwrite: bool = False) -> Path:
    """Write a folder of texts, all or none.

    Args:
        out: the folder.
        texts: by name of the file.
        overwrite: whether files of these names in a folder that is there are replaced, as by
            ``write_files``.

    Raises:
        RequestError: it exists, or cannot be made.
    """
    if overwrite and out.is_dir():
        write_files({out / name: text.encode() for name, text in texts.items()})
        return out
    if os.path.lexists(out):
        raise _tell_taken_folder(out)
    with make_folder(out) as folder:
        fill_folder(folder, texts)
    return out


@contextmanager
def make_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill, which is put in its place when the block ends well, and else is gone.

    Raises:
        RequestError: it exists, or cannot be made or filled.
    """
    if os.path.lexists(out):
        raise _tell_taken_folder(out)
    make_parent(out)
    try:
        with _open_room(out.parent) as room:
            folder = room / out.name
            folder.mkdir()
            yield folder
            folder.rename(out)
            _sync(out.parent)
    except OSError as error:
        if os.path.lexists(out):  # somebody was faster
            raise _tell_taken_folder(out) from None
        raise RequestError(f"{str(out)!r} cannot be made: {error.strerror or error}") from None


def fill_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts into a folder from ``make_folder``.

    Raises:
        OSError: one cannot be written; ``make_folder`` says so.
    """
    for name, text in texts.items():
        with (folder / name).open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    _sync(folder)


def check_place(out: Path) -> None:
    """Refuse a place that no file can have, or where what is no file stands; nothing is made.

    Raises:
        RequestError: its name is too long, or a link, a folder or a device is there.
    """
    try:
        found = out.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return  # making its folder says what is wrong
    except OSError as error:
        raise _tell_unwritable(out, error) from None
    if stat.S_ISLNK(found.st_mode):
        raise RequestError(f"{str(out)!r} is a link; name the file that it leads to, or another")
    if not stat.S_ISREG(found.st_mode):
        raise RequestError(f"{str(out)!r} exists and is not a file; choose another")


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


def _write(contents: Mapping[Path, bytes], *, new: bool) -> None:
    for out in contents:
        check_place(out)
    for folder in dict.fromkeys(out.parent for out in contents):
        _sweep(folder)
    with ExitStack() as parts:
        written: dict[Path, Path] = {}
        for out, content in contents.items():
            with _telling(out):
                written[out] = parts.enter_context(_write_part(out, content))
        if new:
            for out, part in written.items():
                with _telling(out):
                    _put_new(part, out)
        else:
            _put_all(written)
    for folder in dict.fromkeys(out.parent for out in contents):
        _sync(folder)


def _put_all(written: Mapping[Path, Path]) -> None:
    """Put files in their places; if one cannot be, those before it are put back."""
    undo: list[Callable[[], object]] = []
    with ExitStack() as kept:
        try:
            for out, part in written.items():
                with _telling(out):
                    back = _remember(out, kept)
                    part.replace(out)
                undo.append(back)
        except BaseException:
            for back in undo:
                with suppress(OSError):
                    back()
            raise


def _remember(out: Path, kept: ExitStack) -> Callable[[], object]:
    """Return what puts a place back as it is; the old file has a second name until then."""
    if not os.path.lexists(out):
        return out.unlink
    old = _name_part(out.parent)
    try:
        os.link(out, old)
    except OSError:  # a file system without hard links
        return lambda: None
    kept.callback(old.unlink, missing_ok=True)
    return partial(old.replace, out)


@contextmanager
def _telling(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _tell_unwritable(out, error) from None


def _tell_unwritable(out: Path, error: OSError) -> RequestError:
    reason = error.strerror or error
    return RequestError(f"{str(out)!r} cannot be written: {reason}; choose another path")


@contextmanager
def _write_part(out: Path, content: bytes) -> Iterator[Path]:
    """Give the path of a file beside ``out`` with the content; it goes when the block ends."""
    path, descriptor = _open_part(out)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
            if fcntl is None:  # where a file that is open cannot be moved
                file.close()
            yield path
    finally:
        with suppress(OSError):  # it is in its place
            path.unlink()


def _open_part(out: Path) -> tuple[Path, int]:
    """Create a file that nobody knew of, locked, with the permissions of the one that it is for."""
    mode = _find_mode(out)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = _name_part(out.parent)
        descriptor = os.open(path, flags, 0o666 if mode is None else 0o600)
        if _is_mine(descriptor):
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            return path, descriptor
        os.close(descriptor)


def _find_mode(out: Path) -> int | None:
    """Return the permissions of a file that is there."""
    try:
        return out.lstat().st_mode & 0o777
    except OSError:
        return None


def _put_new(part: Path, out: Path) -> None:
    """Put a file where none is, and refuse if one came meanwhile."""
    try:
        os.link(part, out)
    except FileExistsError:
        raise _tell_taken(out) from None
    except OSError:  # a file system without hard links
        if os.path.lexists(out):
            raise _tell_taken(out) from None
        part.replace(out)


@contextmanager
def _open_room(parent: Path) -> Iterator[Path]:
    """Give a locked folder beside the one to be made; it goes when the block ends."""
    _sweep(parent)
    room, descriptor = _claim_room(parent)
    try:
        yield room
    finally:
        _remove_tree(room)
        if descriptor is not None:
            os.close(descriptor)


def _claim_room(parent: Path) -> tuple[Path, int | None]:
    while True:
        room = _name_part(parent)
        room.mkdir(0o700)
        if fcntl is None:
            return room, None
        try:
            descriptor = os.open(room, _LOOK)
        except FileNotFoundError:
            continue  # it was swept away
        except OSError:
            room.rmdir()
            raise
        if _is_mine(descriptor):
            return room, descriptor
        os.close(descriptor)


def _name_part(parent: Path) -> Path:
    return parent / f".atrisk-{os.urandom(16).hex()}.part"  # as `secrets` does it


def _is_mine(descriptor: int) -> bool:
    """Lock a new part; tell whether nobody swept it away before it was locked."""
    try:
        _lock(descriptor)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks, where nothing is swept
    return os.fstat(descriptor).st_nlink > 0


def _lock(descriptor: int) -> None:
    """Lock a part for as long as it is open.

    Raises:
        BlockingIOError: its writer lives.
        OSError: it cannot be locked here.
    """
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(folder: Path) -> None:
    """Remove what writers left that died; what is locked, or a link, stays."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in [entry for entry in entries if _PART.fullmatch(entry.name)]:
            with suppress(OSError):
                _remove_dead(entry)


def _remove_dead(entry: os.DirEntry[str]) -> None:
    descriptor = os.open(entry.path, _LOOK)
    try:
        _lock(descriptor)
        if entry.is_dir(follow_symlinks=False):
            _remove_tree(entry.path)
        else:
            Path(entry.path).unlink()
    finally:
        os.close(descriptor)


def _remove_tree(folder: str | Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Ask for a folder's entries to be on the disk, where a folder can be asked."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _tell_taken(out: Path) -> RequestError:
    return RequestError(f"{str(out)!r} exists, and somebody may have edited it; choose another")


def _tell_taken_folder(out: Path) -> RequestError:
    return RequestError(f"{str(out)!r} exists; choose another folder (in Python, overwrite=True)")

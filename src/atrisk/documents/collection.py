"""Collections: the documents of a folder, read at once, each with its language.

One file that cannot be read is told with its reason and stops no other.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from atrisk.base.errors import AtriskError, MissingExtraError, RequestError, check_count
from atrisk.base.folders import is_hidden
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.documents.dates import Order
from atrisk.documents.formats.readers import READERS
from atrisk.documents.passages import Document, read_document

LIMIT_FILES = 5_000  # of a folder
HEARD = 4_000  # characters by which a language is told
LEAST_WORDS = 4  # by which it can be told
_UNKNOWN = "9999"  # sorts behind every day
Progress = Callable[[int, int], object]  # is told how much is done, and how much there is


@dataclass(frozen=True, eq=False)
class Collection(Result):
    """The documents of a folder, those with a day of publication first, in its order.

    Attributes:
        documents: that could be read; ``name`` is the path within the folder.
        languages: of each, as ISO 639-1 writes it; empty where too little is said to tell.
        skipped: the name of each file that was not read, and why.
    """

    documents: tuple[Document, ...] = field(repr=False)
    languages: tuple[str, ...] = field(repr=False)
    skipped: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row for each document, then one for each file that was not read."""
        rows: list[Row] = [
            {
                "document": one.name,
                "language": language,
                "published": one.published,
                "title": one.title,
                "passages": len(one.passages),
                "words": sum(len(passage.text.split()) for passage in one.passages),
                "sha256": one.sha256,
                "note": one.note,
            }
            for one, language in zip(self.documents, self.languages, strict=True)
        ]
        blank = dict.fromkeys(("language", "published", "title", "passages", "words", "sha256"), "")
        return rows + [{"document": name} | blank | {"note": why} for name, why in self.skipped]

    def __repr__(self) -> str:
        passages = sum(len(one.passages) for one in self.documents)
        spoken = ", ".join(
            f"{self.languages.count(one)} {one or 'in a language that could not be told'}"
            for one in sorted(set(self.languages))
        )
        told = f"Collection({tell_count(len(self.documents), 'document')}: {spoken}; "
        told += f"{tell_count(passages, 'passage')})"
        return self._tell(told, *(f"not read: {name}: {why}" for name, why in self.skipped))


def read_documents(
    *places: Path,
    order: Order | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Collection:
    """Read documents, and every one of a folder and of the folders in it, several at once.

    A file that cannot be read, is of another kind or holds the same bytes as one before it is
    skipped and told. Hidden and lock files are passed over; links to folders are not followed.

    Args:
        places: files or folders, of the formats in ``documents.formats.readers.READERS``.
        order: of their numeric dates, as in ``read_document``.
        progress: called with how many files are done, and how many there are, after each.
        workers: how many are read at once; None for one a core.

    Raises:
        RequestError: one of them is not there, they hold more than 5,000 files, or none that is
            read; then the first reasons are told.
        MissingExtraError: the extra ``documents`` is not installed.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "a.txt").write_text("Trois villages ont été brûlés le 5 mai.")
        ...     _ = (Path(folder) / "b.pdf").write_bytes(b"no PDF")
        ...     found = read_documents(Path(folder))
        >>> [one.name for one in found.documents], found.languages, len(found.skipped)
        (['a.txt'], ('fr',), 1)
    """
    if workers is not None:
        check_count("workers", workers)
    _find_identifier()  # an extra that is missing is told before the work
    paths = [path for place in places for path in _list_files(place)]
    if len(paths) > LIMIT_FILES:
        raise RequestError(f"{len(paths):,} files are more than {LIMIT_FILES:,}; name fewer")
    read = partial(_read, order)
    found: list[Document] = []
    skipped: list[tuple[str, str]] = []
    digests: dict[str, str] = {}
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for done, (name, document) in enumerate(pool.map(read, paths), start=1):
            if isinstance(document, str):
                skipped.append((name, document))
            elif document.sha256 in digests:
                skipped.append((name, f"it is the same file as {digests[document.sha256]}"))
            else:
                digests[document.sha256] = name
                found.append(document)
            if progress:
                progress(done, len(paths))
    if not found:
        told = "".join(f"\n  {name}: {why}" for name, why in skipped[:5])
        raise RequestError(f"no document could be read{told}")
    found.sort(key=lambda one: (one.published or _UNKNOWN, one.name))
    spoken = tuple(tell_language(one.text) for one in found)
    return Collection(tuple(found), spoken, tuple(skipped))


def _list_files(place: Path) -> list[tuple[str, Path]]:
    """Return what a file, or each file of a folder, is called, and where it is."""
    if place.is_file():
        return [(place.name, place)]
    if not place.is_dir():
        raise RequestError(f"{str(place)!r} is not there; name a document, or a folder of them")
    found: list[tuple[str, Path]] = []
    for root, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        paths = [Path(root, name) for name in sorted(names) if not is_hidden(name)]
        found += [(path.relative_to(place).as_posix(), path) for path in paths]
        if len(found) > LIMIT_FILES:
            break
    if not found:
        raise RequestError(f"{str(place)!r} holds no file; accepted are {', '.join(READERS)}")
    return found


def _read(order: Order | None, named: tuple[str, Path]) -> tuple[str, Document | str]:
    """Return the name of a file, and its document or why there is none."""
    name, path = named
    try:
        return name, replace(read_document(path, order=order), name=name)
    except MissingExtraError:
        raise
    except AtriskError as error:
        return name, str(error).partition("\n")[0].removeprefix(f"{path.name!r} ")
    except OSError as error:
        return name, f"it cannot be opened: {error.strerror}"


def tell_language(text: str) -> str:
    """Return the language that most of a text is in, as ISO 639-1 writes it; nothing if unsure.

    Raises:
        MissingExtraError: the extra ``documents`` is not installed.

    References:
        Lui and Baldwin (2012), langid.py: an off-the-shelf language identification tool, ACL
        System Demonstrations 25-30; read by py3langid.

    Examples:
        >>> tell_language("Les soldats ont quitté la ville."), tell_language("18")
        ('fr', '')
    """
    heard = text[:HEARD]
    if len(re.findall(r"[^\W\d_]+", heard)) < LEAST_WORDS:
        return ""
    language, _ = _find_identifier().classify(heard)
    return str(language)


@cache
def _find_identifier() -> Any:
    try:
        import py3langid
    except ImportError:
        raise MissingExtraError("a folder of documents", "documents") from None
    return py3langid

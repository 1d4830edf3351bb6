"""Collections: the documents of a folder, read at once, and what of them a case has yet to list.

One file that cannot be read is told with its reason and stops no other.
"""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from atrisk.base.delimiters import SAVE
from atrisk.base.errors import (
    AtriskError,
    DataError,
    MissingExtraError,
    Problem,
    RequestError,
    check_count,
)
from atrisk.base.files import write_bytes
from atrisk.base.folders import is_hidden, open_folder
from atrisk.base.output import write_csv
from atrisk.base.rows import Result, Row
from atrisk.base.tables import read_table, split_lines
from atrisk.cases.evidence import Source
from atrisk.cases.tables import HEADER
from atrisk.documents.dates import Order
from atrisk.documents.passages import Document, read_document
from atrisk.documents.readers import READERS

FILE = "sources.csv"
REQUIRED = ("id", "title", "publisher", "published", "kind", "reliability", "sha256")
LONGEST_ID = 40  # characters, leaving room for a number
LIMIT_FILES = 5_000  # of a folder
HEARD = 4_000  # characters by which a language is told
LEAST_WORDS = 4  # by which it can be told
_UNKNOWN = "9999"  # sorts behind every day
Heard = Callable[[int, int], object]


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
            f"{self.languages.count(one)} {one or 'in no language that could be told'}"
            for one in sorted(set(self.languages))
        )
        told = f"Collection({len(self.documents)} documents: {spoken}; {passages:,} passages)"
        return self._tell(told, *(f"not read: {name}: {why}" for name, why in self.skipped))


def read_documents(
    folder: Path,
    *,
    order: Order | None = None,
    progress: Heard | None = None,
    workers: int | None = None,
) -> Collection:
    """Read every document of a folder and of the folders in it, several at once.

    A file that cannot be read, is of another kind or holds the same bytes as one before it is
    skipped and told. Hidden and lock files are passed over; links to folders are not followed.

    Args:
        folder: with the documents, of the formats in ``atrisk.documents.readers.READERS``.
        order: of their numeric dates, as in ``read_document``.
        progress: called with how many files are done, and how many there are, after each.
        workers: how many are read at once; None for one a core.

    Raises:
        RequestError: the folder is not there, holds more than 5,000 files, or none that is read;
            then the first reasons are told.
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
    paths = _list_files(folder)
    read = partial(_read, folder, order)
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
        raise RequestError(f"no document of {str(folder)!r} could be read{told}")
    found.sort(key=lambda one: (one.published or _UNKNOWN, one.name))
    spoken = tuple(tell_language(one.text) for one in found)
    return Collection(tuple(found), spoken, tuple(skipped))


def _list_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RequestError(f"{str(folder)!r} is not a folder; name the one with the documents")
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        found += [Path(root, name) for name in sorted(names) if not is_hidden(name)]
        if len(found) > LIMIT_FILES:
            raise RequestError(
                f"{str(folder)!r} holds more than {LIMIT_FILES:,} files; name a folder in it"
            )
    if not found:
        raise RequestError(f"{str(folder)!r} holds no file; accepted are {', '.join(READERS)}")
    return found


def _read(folder: Path, order: Order | None, path: Path) -> tuple[str, Document | str]:
    """Return the name of a file, and its document or why there is none."""
    name = path.relative_to(folder).as_posix()
    try:
        return name, replace(read_document(path, order=order), name=name)
    except MissingExtraError:
        raise
    except AtriskError as error:
        return name, str(error).partition("\n")[0]
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


@dataclass(frozen=True, eq=False)
class Added(Result):
    """Sources that were written into a case's ``sources.csv``, to be completed.

    Attributes:
        file: the table.
        rows: that were added: what a document tells of itself, and nothing that a coder judges.
        skipped: the name of each file that was left out, and why.
    """

    file: Path
    rows: tuple[Row, ...] = field(repr=False)
    skipped: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def to_rows(self) -> list[Row]:
        """Return the rows that were added."""
        return [dict(row) for row in self.rows]

    def __repr__(self) -> str:
        lacking = sorted({name for row in self.rows for name in REQUIRED if not row[name]})
        todo = f"; complete {', '.join(lacking)}" if lacking else ""
        told = f"Added({len(self.rows)} sources to {self.file.name!r}{todo})"
        return self._tell(told, *(f"left out: {name}: {why}" for name, why in self.skipped))


def add_sources(case: Path, collection: Collection) -> Added:
    """Write documents that a case does not list yet into its ``sources.csv``.

    A row has an id of the file's name, the title and the day of publication that the document
    tells, its digest and its language. Publisher, kind and reliability stay empty: those are
    judgements, and ``validate`` tells where they are missing. The rows that are there keep
    their bytes; a document whose digest one of them has is left out.

    Args:
        case: its folder; the table may have faults.
        collection: from ``read_documents``.

    Returns:
        The rows, and what was left out.

    Raises:
        DataError: the table cannot be split into rows, or was saved otherwise than with commas in
            UTF-8, so that no line can be added to it.
        RequestError: the folder is no case, every document is listed, or the file cannot be
            written.
    """
    folder = open_folder(case, "case", HEADER)
    table = read_table(folder, FILE, Source, may_be_empty=True)
    header = next(csv.reader(split_lines(folder.read(FILE))), [])
    told, _ = folder.describe_saving(FILE)
    if told or not set(REQUIRED) <= set(header):
        message = told or f"its header lacks {', '.join(sorted(set(REQUIRED) - set(header)))}"
        raise DataError([Problem(folder.label(FILE), f"{message}; {SAVE}")])
    taken = {row.get("id", ""): row.get("sha256", "").lower() for _, row in table.rows}
    rows: list[Row] = []
    skipped = list(collection.skipped)
    for document, language in zip(collection.documents, collection.languages, strict=True):
        listed = next((name for name, digest in taken.items() if digest == document.sha256), None)
        if listed is not None:
            skipped.append((document.name, f"it is listed as {listed}"))
            continue
        row = _describe(document, language, taken)
        taken[row["id"]] = document.sha256
        rows.append(row)
    if not rows:
        raise RequestError(f"every document is listed in {folder.label(FILE)}; nothing was added")
    path = case / FILE
    before = path.read_bytes()
    ended = before if before.endswith(b"\n") or not before else before + b"\n"
    more = write_csv(header, ([row.get(name, "") for name in header] for row in rows))
    write_bytes(path, ended + more.partition("\n")[2].encode())
    return Added(path, tuple(rows), tuple(skipped))


def _describe(document: Document, language: str, taken: Iterable[str]) -> Row:
    """Return what a document tells of itself, as a row of ``sources.csv``."""
    title = document.title or next(filter(None, (p.heading for p in document.passages)), "")
    return dict.fromkeys(REQUIRED, "") | {
        "id": _name(document, set(taken)),
        "title": title or Path(document.name).stem,
        "published": document.published,
        "sha256": document.sha256,
        "language": language,
    }


def _name(document: Document, taken: set[str]) -> str:
    """Return an id that no source has: the file's name, or the digest where it has no letters."""
    plain = unicodedata.normalize("NFKD", Path(document.name).stem).encode("ascii", "ignore")
    words = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:LONGEST_ID].strip("-")
    stem = words if re.search("[a-z]", words) else f"source-{document.sha256[:8]}"
    return next(name for name in _count_up(stem) if name not in taken)


def _count_up(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))

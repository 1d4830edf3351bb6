"""Listing: documents written into a case's ``sources.csv``, and the digests that it lacks.

What a document tells of itself is written; what a coder judges stays empty. Rows that are there
keep their bytes.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from atrisk.base.delimiters import SAVE
from atrisk.base.errors import DataError, Problem
from atrisk.base.files import write_bytes
from atrisk.base.folders import open_folder
from atrisk.base.output import tell_count, write_csv
from atrisk.base.rows import Result, Row
from atrisk.base.tables import Table, read_table, split_lines
from atrisk.cases.case import Case
from atrisk.cases.evidence import Source
from atrisk.cases.loading import load_case
from atrisk.cases.tables import HEADER
from atrisk.documents.collection import Collection
from atrisk.documents.passages import Document

FILE = "sources.csv"
REQUIRED = ("id", "title", "publisher", "published", "kind", "reliability", "sha256")
LONGEST_ID = 40  # characters, leaving room for a number


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
        told = f"Added({tell_count(len(self.rows), 'source')} to {self.file.name!r}{todo})"
        if not self.rows:
            told = f"Added(no source to {self.file.name!r}: every document is listed)"
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
        RequestError: the folder is no case, or the file cannot be written.
    """
    file = _open_sources(case)
    taken = {row.get("id", ""): row.get("sha256", "").lower() for _, row in file.table.rows}
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
        return Added(file.path, (), tuple(skipped))
    file.lines.extend(file.write_line(row.get(name, "") for name in file.header) for row in rows)
    file.write()
    return Added(file.path, tuple(rows), tuple(skipped))


@dataclass(frozen=True, eq=False, slots=True)
class _Sources:
    """A case's table of sources as it lies there, whatever its faults."""

    path: Path
    table: Table[Source]
    header: list[str]
    lines: list[str]

    @property
    def _end(self) -> str:
        return "\r" if self.lines[0].endswith("\r") else ""

    def write_line(self, cells: Iterable[str]) -> str:
        """Return cells as a line of the file, ended as its first one is."""
        return write_csv(cells, []).removesuffix("\n") + self._end

    def fill(self, line: int, digest: str) -> None:
        """Put a digest into a row; its other cells stay as they are written."""
        cells = next(csv.reader([self.lines[line - 1].removesuffix("\r")]))
        cells[self.header.index("sha256")] = digest
        written = io.StringIO()
        csv.writer(written, lineterminator=self._end).writerow(cells)
        self.lines[line - 1] = written.getvalue()

    def write(self) -> None:
        """Write the lines, the last one ended."""
        write_bytes(self.path, ("\n".join(self.lines) + "\n").encode())


def _open_sources(case: Path) -> _Sources:
    """Return a case's table of sources.

    Raises:
        DataError: no line can be added to it as it was saved.
    """
    folder = open_folder(case, "case", HEADER)
    header = next(csv.reader(split_lines(folder.read(FILE))), [])
    told, _ = folder.describe_saving(FILE)
    lacking = sorted(set(REQUIRED) - set(header))
    if told or lacking:
        message = (
            f"no line can be added to a table {told}"
            if told
            else f"its header lacks {', '.join(lacking)}"
        )
        raise DataError([Problem(folder.label(FILE), f"{message}; {SAVE}")])
    table = read_table(folder, FILE, Source, may_be_empty=True)
    lines = (case / FILE).read_bytes().decode().removesuffix("\n").split("\n")
    if lines[0].endswith("\r") and not lines[-1].endswith("\r"):
        lines[-1] += "\r"
    return _Sources(case / FILE, table, header, lines)


def _describe(document: Document, language: str, taken: Iterable[str]) -> Row:
    """Return what a document tells of itself, as a row of ``sources.csv``."""
    title = document.title or document.passages[0].heading
    return dict.fromkeys(REQUIRED, "") | {
        "id": _name(document, set(taken)),
        "title": title or Path(document.name).stem,
        "published": document.published,
        "sha256": document.sha256,
        "language": language,
    }


def _name(document: Document, taken: set[str]) -> str:
    """Return an id that no source has: the file's name, or the digest where it has no letters."""
    stem = _slug(document) or f"source-{document.sha256[:8]}"
    return next(name for name in _count_up(stem) if name not in taken)


def _slug(document: Document) -> str:
    """Return the name of a document's file as an id may be written; nothing if it has no letter."""
    plain = unicodedata.normalize("NFKD", Path(document.name).stem).encode("ascii", "ignore")
    words = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:LONGEST_ID].strip("-")
    return words if re.search("[a-z]", words) else ""


def _count_up(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))


@dataclass(frozen=True, eq=False)
class Digests(Result):
    """What was found of the documents whose digests a case lacks, or that have another.

    Attributes:
        file: the table of sources.
        rows: a source each: the document, its digest, and what was done about it.
    """

    file: Path
    rows: tuple[Row, ...] = field(repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row for each source."""
        return [dict(row) for row in self.rows]

    def __repr__(self) -> str:
        if not self.rows:
            return "Digests(every source has its digest and its document)"
        filled = sum(row["what"] == FILLED for row in self.rows)
        return f"Digests({filled} of {len(self.rows)} filled in {self.file.name!r})"


FILLED = "filled"


def fill_digests(case: Path, collection: Collection) -> Digests:
    """Write into ``sources.csv`` the digests that it lacks, of documents that hold the anchors.

    A document is a source's if every anchor of the source stands in it and in no other document of
    the collection; of a source without anchors, if its file is called as the source's id. A digest
    that is there is never replaced: if its document is gone and another holds every
    anchor, that is told, since a text that changed must be looked at.

    Args:
        case: its folder.
        collection: from ``read_documents``.

    Returns:
        A row for each source that lacked a digest, or whose document is not in the collection.

    Raises:
        DataError: the case has faults, or its table was saved otherwise than with commas in UTF-8.
        RequestError: the file cannot be written.
    """
    loaded = load_case(case)
    file = _open_sources(case)
    known = {document.sha256 for document in collection.documents}
    rows: list[Row] = []
    for line, row in file.table.rows:
        digest = row["sha256"].lower()
        if digest in known:
            continue
        document, what = _find_document(loaded, row["id"], collection)
        if document and digest:
            what = "it changed since it was coded: look at it before you write its new digest"
        elif document:
            what = FILLED
            file.fill(line, document.sha256)
        found = {"document": document.name, "sha256": document.sha256} if document else {}
        rows.append({"source": row["id"], "document": "", "sha256": "", **found, "what": what})
    if any(row["what"] == FILLED for row in rows):
        file.write()
    return Digests(file.path, tuple(rows))


def _find_document(case: Case, source: str, collection: Collection) -> tuple[Document | None, str]:
    """Return the document that must be a source's, or None and why there is none."""
    anchors = {item.quote for item in case.cited if item.source == source and item.quote}
    if anchors:
        holding = [d for d in collection.documents if all(map(d.count, anchors))]
        told = f"its {tell_count(len(anchors), 'anchor')}"
    else:
        holding = [d for d in collection.documents if _slug(d) == source]
        told = "its id as their name"
    if len(holding) == 1:
        return holding[0], ""
    some = ", ".join(document.name for document in holding) or "no document"
    return None, f"{some} {'have' if len(holding) > 1 else 'has'} {told}"

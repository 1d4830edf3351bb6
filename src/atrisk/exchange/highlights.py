"""Highlights: what people tagged in a qualitative coding tool, read as it was saved.

Read are Taguette's table of highlights (``.csv``, ``.xlsx``), REFI-QDA projects (``.qdpx``), and
Web Annotations, ours and those of Hypothesis (``.jsonld``, ``.json``). A file is known by what it
holds. Whatever is not understood is listed. All come from strangers: an archive is never unpacked
to disk, entities are refused, and a path that leaves the archive is refused.
"""

from __future__ import annotations

from pathlib import Path

from atrisk.base.errors import DataError, Problem, RequestError
from atrisk.exchange.annotations import is_json, read_annotations
from atrisk.exchange.excerpts import Highlights
from atrisk.exchange.projects import is_project, read_project
from atrisk.exchange.tagged import is_tagged_workbook, read_tagged_csv, read_tagged_workbook

HEAD = 4096  # bytes by which a file is known
TABLES = (".csv", ".tsv", ".tab", ".txt")


def read_highlights(file: Path, documents: Path | None = None) -> Highlights:
    """Read the highlights that a tool exported.

    Args:
        file: Taguette's "highlights" export as ``.csv`` or ``.xlsx``, also if a spreadsheet saved
            it again; a REFI-QDA project, ``.qdpx``; or annotations, ``.jsonld`` or ``.json``.
        documents: folder with texts that a project names beside itself; None to read none of them.

    Raises:
        RequestError: there is no such file, or it is none of these.
        DataError: it is damaged, larger than is read, holds entities or a path that leaves it, or
            no highlight at all.
        MissingExtraError: a project or a workbook needs the extra ``exchange``.

    References:
        REFI-QDA standard 1.5 (2019), sections 5.3, 7 and 9.2; W3C (2017), Web Annotation Data
        Model.
    """
    if not file.is_file():
        raise RequestError(f"{str(file)!r} is not a file; give highlights.csv or project.qdpx")
    found = _read(file, documents)
    if not found.found:
        listed = "".join(f"\n  not read: {what}" for what in found.unread)
        raise DataError([Problem(file.name, f"it holds no tagged highlight of a text{listed}")])
    return found


def _read(file: Path, documents: Path | None) -> Highlights:
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    ending = file.suffix.lower()
    if ending == ".qdpx" or is_project(file):
        return read_project(file, documents)
    if ending == ".xlsx" or is_tagged_workbook(file):
        return read_tagged_workbook(file)
    if is_json(head):
        return read_annotations(file)
    if ending in TABLES:
        return read_tagged_csv(file)
    raise RequestError(
        f"{file.name!r} is not read; accepted are Taguette's highlights as .csv or .xlsx, .qdpx, "
        "and annotations as .jsonld or .json"
    )

"""Adding: counted events written into a case's folder, its other files left as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from atrisk.base.errors import RequestError
from atrisk.base.files import write_folder
from atrisk.base.folders import open_folder
from atrisk.base.tables import write_table
from atrisk.cases.beside import BESIDE, OutcomeFigure, load_outcomes
from atrisk.cases.case import Case, write_files
from atrisk.cases.tables import HEADER, TABLES
from atrisk.events.counts import EventTable
from atrisk.events.derive import add_events, list_outcomes
from atrisk.frameworks.framework import Framework


def write_events(
    case: Case,
    table: EventTable,
    framework: Framework,
    *,
    published: date | None = None,
    calendar: bool = False,
    folder: Path | None = None,
    out: Path | None = None,
) -> tuple[Case, Path]:
    """Write what an event table says of a case's country into a folder.

    ``evidence.csv`` and ``sources.csv`` get the rows of ``add_events``, ``outcomes.csv`` the deaths
    of civilians by month, if the table counts them; earlier figures of a file of this name are
    replaced.

    Args:
        case: whose country is looked up.
        table: from ``read_events``.
        framework: whose rules are used.
        published, calendar: as in ``add_events``.
        folder: of the case, whose three files are replaced, each whole; others are not touched.
        out: a new folder to write the case to instead, with what stands beside it; scenarios and
            notes are not copied.

    Returns:
        The case with the rows as it lies in the folder, and the folder.

    Raises:
        RequestError: neither or both folders are given, ``out`` exists, or as ``add_events``.
    """
    if (folder is None) == (out is None):
        raise RequestError(
            f"{case.id} is no folder of yours; name a new one for a copy: --out ./{case.id}"
        )
    more = add_events(case, table, framework, published=published, calendar=calendar)
    counted = list_outcomes(table, case, published)
    kept = [one for one in _load(case) if not any(_is_same(one, new) for new in counted)]
    texts = {
        name: write_table(TABLES[name], more.tables[name], more.layout.get(name, ()))
        for name in ("sources", "evidence")
    }
    outcomes = sorted([*kept, *counted], key=lambda one: (one.measure, one.source, one.month.index))
    files = {f"{name}.csv": text for name, text in texts.items()}
    if counted:
        files["outcomes.csv"] = write_table(OutcomeFigure, outcomes)
    if out is not None:
        where = write_folder(out, {**write_files(more), **_copy_beside(case), **files})
    else:
        where = write_folder(folder or Path(), files, overwrite=True)
    return replace(more, folder=open_folder(where, "case", HEADER), checked=True), where


def _copy_beside(case: Case) -> dict[str, str]:
    """Return the files beside a case, for a copy of it."""
    names = (f"{name}.csv" for name in BESIDE)
    return {name: case.folder.read(name) for name in names if case.folder and case.folder.has(name)}


def _load(case: Case) -> tuple[OutcomeFigure, ...]:
    return load_outcomes(case) if case.folder is not None else ()


def _is_same(one: OutcomeFigure, other: OutcomeFigure) -> bool:
    return (one.measure, one.source, one.month) == (other.measure, other.source, other.month)

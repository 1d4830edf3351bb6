"""Settling: passages that coders coded differently, side by side, and what was settled of each.

A decision is a line of ``adjudication.csv``; no coder's row is changed by it. What is kept goes to
``evidence.csv`` as any other row does, by whoever settles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atrisk.base.errors import DataError, RequestError
from atrisk.base.files import write_bytes
from atrisk.base.folders import open_folder
from atrisk.base.rows import Row
from atrisk.base.tables import Table, read_rows, read_table, write_table
from atrisk.cases.evidence import Evidence
from atrisk.cases.tables import HEADER
from atrisk.cli.desk.saving import ChangedMeanwhileError, Tables
from atrisk.exchange.copies.merging import Change, Version
from atrisk.exchange.copies.rewriting import rewrite_table
from atrisk.studies.agreement import RECORD, SETTLED, Adjudication, Agreement, measure_agreement

SEEN = ("by", "on", "reason")  # what tells one decision on a passage from another
NAME = RECORD.removesuffix(".csv")


def compare_coders(tables: Tables) -> Agreement:
    """Return the coders of a case beside one another, as its files are now.

    Raises:
        RequestError: somebody codes blind here, or the case has one coder.
        DataError: a coder's file, or the record of what was settled, has faults.
    """
    if tables.coder:
        raise RequestError("a coder codes blind: to settle, open the page without --coder")
    folder = open_folder(tables.folder, "case", HEADER)
    case = replace(tables.load(), folder=folder, checked=True)
    return measure_agreement(case, tables.framework)


def list_differences(tables: Tables) -> Row:
    """Return each passage on which coders differ, with every coder's rows as they are written.

    Returns:
        ``passages``, those still to settle first; ``hidden``, how many are confidential; ``alpha``
        of all coders. Of a confidential passage nothing is told.
    """
    found = compare_coders(tables)
    cells = {coder: _read_cells(tables, coder) for coder in found.coders}
    told, hidden = [], 0
    for row in found.to_rows("adjudicate"):
        coded = found.passages.get((row["source"], row["locator"]))
        if coded is None or any(item.secrecy for mine in coded.values() for item in mine):
            hidden += 1
            continue
        mine = {coder: [cells[coder][one.id] for one in rows] for coder, rows in coded.items()}
        told.append(row | {"coders": {coder: mine.get(coder, []) for coder in found.coders}})
    told.sort(key=lambda row: bool(row["by"]))
    return {"passages": told, "hidden": hidden, "alpha": found.to_rows("alpha")}


def _read_cells(tables: Tables, coder: str) -> dict[str, Mapping[str, str]]:
    name = "evidence.csv" if coder == SETTLED else f"evidence.{coder}.csv"
    folder = open_folder(tables.folder, "case", HEADER)
    return {cells["id"]: cells for _, cells in read_table(folder, name, Evidence).rows}


def settle_passage(tables: Tables, cells: Mapping[str, str], was: Mapping[str, str]) -> Row:
    """Write what was settled of a passage, in the place of what was settled before.

    Args:
        tables: of the case.
        cells: of the decision: source, locator, ``kept`` (ids of rows), ``by``, ``on``, ``reason``.
        was: ``by``, ``on`` and ``reason`` of the decision that was seen; empty if there was none.

    Raises:
        DataError: a cell has a fault; nothing is written.
        ChangedMeanwhileError: somebody else settled the passage since.
        RequestError: the passage is none on which coders differ, or a row that is kept is none of
            it.
    """
    one: Table[Adjudication] = read_rows(RECORD, [cells], Adjudication, None)
    if one.problems:
        raise DataError(one.problems)
    decision = one.records[0]
    where, found = (cells["source"], cells["locator"]), compare_coders(tables)
    coded = found.passages.get(where, {})
    known = {item.id for rows in coded.values() for item in rows}
    strange = [name for name in decision.kept if name not in known]
    if not coded or strange:
        raise RequestError(
            f"{', '.join(strange) if coded else 'this passage'} is not among what coders differ "
            "on; look at the list again"
        )
    told = found.to_rows("adjudicate")
    now = next((row for row in told if (row["source"], row["locator"]) == where), {})
    if any(now.get(name, "") != was.get(name, "") for name in SEEN):
        raise ChangedMeanwhileError(
            "somebody else settled this passage meanwhile; look at the list again",
            {name: now.get(name, "") for name in SEEN},
        )
    path = tables.folder / RECORD
    if path.is_file():
        content = _rewrite(tables, path.read_bytes(), Version(dict(cells), 0, decision))
    else:
        content = write_table(Adjudication, [decision]).encode()
    write_bytes(path, content)
    return dict(cells)


def _rewrite(tables: Tables, data: bytes, theirs: Version) -> bytes:
    """Return the record with a decision at its end, or in the place of an older one."""
    folder = open_folder(tables.folder, "case", HEADER)
    table: Table[Any] = read_table(folder, RECORD, Adjudication, key=None)
    where = theirs.cells["source"], theirs.cells["locator"]
    old = [(line, row) for line, row in table.rows if (row["source"], row["locator"]) == where]
    mine = Version(old[0][1], old[0][0]) if old else None
    if mine:  # whose own columns stay
        theirs = replace(theirs, cells={**mine.cells, **theirs.cells})
    change = Change(NAME, "changed" if mine else "added", mine, theirs)
    return rewrite_table(NAME, data, table, [change]).content

"""Updating: what an edited copy changes, written into a case's folder; all else stays as it is.

The case as it would then be is checked, as the bytes that would be written, before any is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, Problem, RequestError, shorten
from atrisk.base.files import write_files
from atrisk.base.folders import Folder, pack_folder
from atrisk.base.tables import Table
from atrisk.cases.case import Case
from atrisk.cases.loading import load_case, read_case
from atrisk.cases.secrecy import FLAG, conceal, conceal_cells, find_secrets
from atrisk.cases.tables import HEADER, TABLES, CaseHeader, name_rows, read_case_table
from atrisk.coding.schemas import PACKAGE, refresh_package
from atrisk.exchange.copies.merging import (
    HEAD,
    Change,
    Memory,
    Update,
    list_keys,
    list_rows,
    merge_rows,
)
from atrisk.exchange.copies.rewriting import Rewritten, rewrite_header, rewrite_table, write_rows
from atrisk.frameworks.framework import Framework

Place = Callable[[Problem], Problem]
_LINE = re.compile(r"\bon line (\d{1,6})\b")
APPLIED = ("added", "changed", "removed")


@dataclass(frozen=True, eq=False)
class Copy:
    """A case as it came back from elsewhere.

    Attributes:
        name: how errors call it.
        header: what its ``case.toml`` holds.
        tables: as they were read; faults and all.
        was: what tells which rows were changed since it was made; None if it does not know.
        place: tells where a fault of one of its files is, for those who see no files.
    """

    name: str
    header: CaseHeader
    tables: Mapping[str, Table[Any]]
    was: Memory | None
    place: Place


def update_folder(
    folder: Path, copy: Copy, framework: Framework | None = None, *, is_dry_run: bool = False
) -> Update:
    """Write what an edited copy of a case changes into the case's folder, all or nothing.

    Args:
        folder: of the case.
        copy: what came back.
        framework: whose codes the evidence must use; None for the case's own.
        is_dry_run: whether nothing is written and conflicts are told as rows.

    Returns:
        What differs, row by row.

    Raises:
        DataError: the case, the copy, or what would come of both has faults, or both changed a row
            and not alike; all are listed.
        RequestError: the copy is of another case, or does not know what it was made from, or a file
            cannot be written; all are as they were.
    """
    case = load_case(folder, framework)
    assert case.folder is not None  # noqa: S101 - it was read from one
    _check_copy(case, copy)
    names = [HEADER, *(f"{n}.csv" for n in TABLES), PACKAGE]
    data = {n: (folder / n).read_bytes() for n in names if (folder / n).is_file()}
    now = pack_folder(case.folder.name, data)
    mine = {name: read_case_table(now, name) for name in TABLES}
    changes = _compare(case, mine, copy, folder)
    secrets = find_secrets([*mine["sources"].records, *copy.tables["sources"].records])
    result = Update(case, changes, (), is_written=False, secrets=secrets)
    if result.conflicts and is_dry_run:
        return result
    if result.conflicts:
        raise DataError(_tell_conflict(one, copy, case.folder) for one in result.conflicts)
    files = _rewrite(changes, data, mine)
    if not files:
        return result
    contents = {name: one.content for name, one in files.items()}
    after = _check(case, pack_folder(case.folder.name, contents), files, copy)
    if PACKAGE in data:
        fresh = refresh_package(data[PACKAGE].decode("utf-8-sig", "replace"), case, after)
        contents |= {PACKAGE: fresh.encode()} if fresh else {}
    if not is_dry_run:
        _check_unchanged(folder, names, data)
        write_files({folder / name: content for name, content in contents.items()})
    made = replace(after, folder=case.folder, checked=True)
    return replace(result, case=made, files=tuple(contents), is_written=not is_dry_run)


def _check_copy(case: Case, copy: Copy) -> None:
    """Refuse a copy with faults of its own, none of which may quote what the case keeps back."""
    faults = [fault for table in copy.tables.values() for fault in table.problems]
    if faults:
        told = conceal(name_rows(faults, copy.tables), _keep_back(case, copy), case.secrets)
        raise DataError(copy.place(one) for one in told)


def _keep_back(case: Case, copy: Copy) -> list[Table[Any]]:
    """Return the copy's tables with every row as confidential as the case's most confidential one.

    A row that has become so since the copy was made may have another name in it by now.
    """
    if not any(row.confidential for row in case.guarded):
        return list(copy.tables.values())
    return [
        replace(table, rows=tuple((line, row | {FLAG: "strict"}) for line, row in table.rows))
        for table in copy.tables.values()
    ]


def _compare(
    case: Case, mine: Mapping[str, Table[Any]], copy: Copy, folder: Path
) -> tuple[Change, ...]:
    was = copy.was or {}
    found = [*merge_rows(HEAD, was.get(HEAD, {}), list_keys(case.header), list_keys(copy.header))]
    if any("id" in one.columns and one.what != "changed" for one in found) and copy.was:
        raise RequestError(
            f"{copy.name} was made from another case ({shorten(copy.header.id)}) than lies in "
            f"{str(folder)!r} ({shorten(case.id)}); name the folder that it was made from"
        )
    for name in TABLES:
        sides = list_rows(name, mine[name]), list_rows(name, copy.tables[name])
        found += merge_rows(name, was.get(name, {}), *sides)
    if found and copy.was is None:
        raise RequestError(
            f"{copy.name} does not say what it was made from, so nobody can tell which side "
            "changed: its hidden sheet is gone, or another version of atrisk made it. Import it as "
            "a folder of its own with --out and compare the two, or export the case again and type "
            "the changes there"
        )
    return tuple(found)


def _tell_conflict(change: Change, copy: Copy, folder: Folder) -> Problem:
    """Return a row that both changed as a fault, in whose words no cell is quoted."""
    mine, theirs = change.mine, change.theirs
    file = HEADER if change.table == HEAD else f"{change.table}.csv"
    hint = "make both alike and import again; --dry-run shows what each holds"
    if theirs is None and mine is not None:
        message = f"it was changed here and removed from {copy.name} since the export; {hint}"
        return Problem(folder.label(file), message, mine.line, None, change.label)
    is_row = theirs is not None and theirs.record is not None
    where = f"in line {mine.line} of {file}" if mine and is_row else f"in {file}"
    message = (
        f"it was changed here and {where} since the export, not alike "
        f"({', '.join(change.columns)}); {hint}"
        if mine
        else f"it was changed here and removed from {file} since the export; {hint}"
    )
    line = theirs.line if theirs and is_row else None
    placed = copy.place(Problem(file, "", line, next(iter(change.columns), None)))
    return replace(placed, message=message, row=change.label)


def _rewrite(
    changes: Iterable[Change], data: Mapping[str, bytes], mine: Mapping[str, Table[Any]]
) -> dict[str, Rewritten]:
    """Return the files that the copy changes."""
    files: dict[str, Rewritten] = {}
    applied = [one for one in changes if one.what in APPLIED]
    keys = [one.theirs.cells for one in applied if one.table == HEAD and one.theirs]
    if keys:
        cells = {key: cell for one in keys for key, cell in one.items()}
        files[HEADER] = Rewritten(rewrite_header(data[HEADER], cells), {}, {})
    for name, table in mine.items():
        own, file = [one for one in applied if one.table == name], f"{name}.csv"
        if own and file in data:
            files[file] = rewrite_table(name, data[file], table, own)
        elif own:
            files[file] = write_rows(name, own)
    return files


def _check(case: Case, made: Folder, files: Mapping[str, Rewritten], copy: Copy) -> Case:
    """Return the case as it would be, or tell its faults where their rows come from."""
    assert case.folder is not None  # noqa: S101 - it was read from one
    try:
        return read_case(made.over(case.folder), case.framework)
    except DataError as error:
        problems = error.problems
    secret = any(row.confidential for row in case.guarded)
    by_file = [(one, files.get(one.file.rpartition("/")[2])) for one in problems]
    raise DataError(_trace(one, file, copy, is_secret=secret) for one, file in by_file)


def _trace(problem: Problem, made: Rewritten | None, copy: Copy, *, is_secret: bool) -> Problem:
    """Return a fault of what would be where its row is now: in the copy, or in the case."""
    name, line = problem.file.rpartition("/")[2], problem.line
    if made is not None and name == HEADER:
        return copy.place(problem)
    if made is None or line is None:
        return problem
    told = _LINE.sub(lambda found: _name_line(int(found[1]), name, made, copy), problem.message)
    theirs = made.theirs.get(line)
    if theirs is None:
        return replace(problem, message=told, line=made.mine.get(line))
    if is_secret:
        told = conceal_cells(told, dict(copy.tables[name.removesuffix(".csv")].rows)[theirs])
    return replace(copy.place(replace(problem, message="", line=theirs)), message=told)


def _name_line(line: int, file: str, made: Rewritten, copy: Copy) -> str:
    """Say where a row is that a fault names by the line that it would have."""
    if line in made.theirs:
        placed = copy.place(Problem(file, "", made.theirs[line]))
        return f"on {placed.column} of {placed.file}" if placed.column else f"in {placed.file}"
    return f"on line {made.mine.get(line, line)} of {file}"


def _check_unchanged(folder: Path, names: Iterable[str], data: Mapping[str, bytes]) -> None:
    """Refuse to write over what somebody changed while it was compared."""
    for name in names:
        path = folder / name
        if (path.read_bytes() if path.is_file() else None) != data.get(name):
            raise RequestError(f"{str(path)!r} was changed just now by somebody else; try again")

"""Saving: one row at a time into a table of a case, so that its file differs in that line alone.

Each save writes the whole file beside it and puts it in its place, so that a crash leaves the table
as it was or as it is to be. A row that somebody else changed meanwhile is never written over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from atrisk.base.dates import Month, list_months
from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError
from atrisk.base.files import write_bytes
from atrisk.base.folders import Folder, open_folder
from atrisk.base.tables import Table, read_header, read_rows, read_table
from atrisk.cases.case import Case
from atrisk.cases.secrecy import read_secrets
from atrisk.cases.tables import HEADER, KEYS, TABLES, CaseHeader, check_all
from atrisk.coding.schemas import PACKAGE, recount_table
from atrisk.exchange.copies.merging import Change, Version, What
from atrisk.exchange.copies.rewriting import rewrite_table, write_rows
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess

Cells = Mapping[str, str]
NAMED_BY = {"deliveries": ("response", "date", "unit")}  # what tells a row, if it has no id


class ChangedMeanwhileError(RequestError):
    """A row is not as the coder saw it.

    Attributes:
        now: its cells as they are; None if it is gone.
    """

    def __init__(self, message: str, now: Cells | None) -> None:
        super().__init__(message)
        self.now = now


@dataclass(frozen=True, slots=True)
class Step:
    """What one save changed: a row before and after; None where there was, or is, none.

    ``line`` is that of the file on which the row stood before, or None.
    """

    table: str
    before: Cells | None
    after: Cells | None
    line: int | None = None


@dataclass(eq=False)
class Tables:
    """The tables of a case's folder, read and written row by row.

    Attributes:
        folder: of the case.
        framework: whose codes evidence must use.
        coder: whose rows of evidence: those of ``evidence.CODER.csv``; empty for the case's own.
        steps: what was saved, the last at the end.
    """

    folder: Path
    framework: Framework
    coder: str = ""
    steps: list[Step] = field(default_factory=list, repr=False)
    _read: dict[str, tuple[bytes, Table[Any]]] = field(default_factory=dict, repr=False)
    _turn: int = field(default=0, repr=False)  # how often a table was read anew
    _assessed: tuple[Any, Assessment | None] | None = field(default=None, repr=False)

    def name_file(self, table: str) -> str:
        """Return the name of a table's file.

        Raises:
            UnknownNameError: a case has no such table.
        """
        if table not in TABLES:
            raise UnknownNameError("table", table, TABLES)
        own = f".{self.coder}" if self.coder and table == "evidence" else ""
        return f"{table}{own}.csv"

    def read(self, table: str) -> Table[Any]:
        """Return a table as it lies there now; one without a file has no rows.

        Raises:
            DataError: it cannot be split into rows.
        """
        path = self.folder / self.name_file(table)
        data = path.read_bytes() if path.is_file() else b""
        known = self._read.get(table)
        if known and known[0] == data:
            return known[1]
        found = self._parse(table) if data else Table(path.name)
        self._read[table] = data, found
        self._turn += 1
        return found

    def _parse(self, table: str) -> Table[Any]:
        model, key = TABLES[table], KEYS.get(table, "id")
        found = read_table(self._open(), self.name_file(table), model, key, may_be_empty=True)
        if not found.rows and found.problems:
            raise DataError(found.problems)
        return found

    def _open(self) -> Folder:
        return open_folder(self.folder, "case", HEADER)

    def find(self, table: str, cells: Cells) -> tuple[int, dict[str, str]] | None:
        """Return the line and the cells of the row that these name; None if there is none."""
        key = name_row(table, cells)
        rows = self.read(table).rows
        return next((found for found in rows if name_row(table, found[1]) == key), None)

    def check(self, table: str, cells: Cells) -> list[Problem]:
        """Return the faults of a row, alone and beside the case's other rows, as ``validate`` does.

        Those of other rows are not told.
        """
        model, file = TABLES[table], self.name_file(table)
        one: Table[Any] = read_rows(file, [cells], model, KEYS.get(table, "id"))
        beside = {name: self._beside(name) for name in TABLES}
        header = read_header(self._open(), HEADER, CaseHeader)
        faults = check_all(HEADER, header, beside | {table: one}, self.framework)
        return list(dict.fromkeys(fault for fault in faults if fault.file == one.file))

    def _beside(self, table: str) -> Table[Any]:
        """Return a table whose rows others refer to, without the faults of its own."""
        referred = table in ("sources", "responses", "warnings", "actions")
        found = self.read(table) if referred else Table(self.name_file(table))
        return replace(found, problems=())

    def save(self, table: str, cells: Cells, was: Cells | None = None) -> Step:
        """Write a row: a new one at the end, or one that is there in its place.

        Args:
            table: such as ``"evidence"``.
            cells: of the row, as text by column.
            was: the row as the coder saw it; None for a new one.

        Returns:
            What was changed.

        Raises:
            DataError: the row has faults; nothing is written.
            ChangedMeanwhileError: the row is not as it was, or a new one's name is taken.
            RequestError: the file cannot be written.
        """
        faults = self.check(table, cells)
        if faults:
            raise DataError(faults)
        self._check_free(table, cells, was)
        return self._put(Step(table, was, dict(cells)))

    def remove(self, table: str, was: Cells) -> Step:
        """Take a row out.

        Raises:
            ChangedMeanwhileError: it is not as the coder saw it.
        """
        return self._put(Step(table, was, None))

    def undo(self) -> Step:
        """Take the last save back, which may then be taken back itself by nobody.

        Raises:
            RequestError: nothing was saved.
            ChangedMeanwhileError: somebody changed the row since.
        """
        if not self.steps:
            raise RequestError("nothing was saved here that could be taken back")
        last = self.steps[-1]
        back = self._put(Step(last.table, last.after, last.before), last.line)
        del self.steps[-2:]  # neither it nor what took it back
        return back

    def _check_free(self, table: str, cells: Cells, was: Cells | None) -> None:
        """Refuse a name that another row has."""
        found = self.find(table, cells)
        if found and (was is None or name_row(table, was) != name_row(table, cells)):
            name = " ".join(name_row(table, cells))
            raise ChangedMeanwhileError(
                f"{name!r} is in {self.name_file(table)} already; give the row another id", found[1]
            )

    def _put(self, step: Step, at: int | None = None) -> Step:
        """Write a step, a row that comes back on the line on which it stood."""
        path = self.folder / self.name_file(step.table)
        data = path.read_bytes() if path.is_file() else None
        change = self._compare(step)
        if change is not None:
            content = self._rewrite(step.table, data, change, at)
            if (path.read_bytes() if path.is_file() else None) != data:
                raise RequestError(f"{path.name} was changed just now by somebody else; try again")
            write_bytes(path, content)
            self._recount(step.table, data or b"", content)
        line = change.mine.line if change and change.mine else None
        self.steps.append(replace(step, line=line))
        return step

    def _recount(self, table: str, before: bytes, after: bytes) -> None:
        """Count a table anew in the data package beside it, if that was true of it."""
        package = self.folder / PACKAGE
        with suppress(OSError, ValueError):  # a package that cannot be read is told by validate
            told = recount_table(
                package.read_text(encoding="utf-8"), table, before.decode(), after.decode()
            )
            if told is not None:
                write_bytes(package, told.encode())

    def _compare(self, step: Step) -> Change | None:
        """Return the change of a row; None if it is as it is to be."""
        mine = None
        if step.before is not None:
            found = self.find(step.table, step.before)
            if found is None or _fill(found[1]) != _fill(step.before):
                raise ChangedMeanwhileError(
                    f"somebody else {'changed' if found else 'removed'} this row since you opened "
                    f"it in {self.name_file(step.table)}; look at it as it is now",
                    found[1] if found else None,
                )
            mine = Version(found[1], found[0])
        theirs = self._version(step.table, step.after) if step.after is not None else None
        if mine is not None and theirs is not None and mine.told == theirs.told:
            return None
        what: What = "added" if mine is None else "changed" if theirs is not None else "removed"
        return Change(step.table, what, mine, theirs)

    def _version(self, table: str, cells: Cells) -> Version:
        read: Table[Any] = read_rows(table, [cells], TABLES[table], None)
        return Version(dict(cells), 0, read.records[0] if read.records else None)

    def _rewrite(self, table: str, data: bytes | None, change: Change, at: int | None) -> bytes:
        if data is None:
            return write_rows(table, [change]).content
        return rewrite_table(table, data, self.read(table), [change], before=at).content

    def load(self) -> Case:
        """Return the case as it lies there now, with this coder's rows of evidence.

        Raises:
            DataError: its files have faults.
        """
        header = read_header(self._open(), HEADER, CaseHeader)
        found = {name: self.read(name) for name in TABLES}
        faults = [fault for table in found.values() for fault in table.problems]
        faults += check_all(HEADER, header, found, self.framework)
        if faults:
            raise DataError(list(dict.fromkeys(faults)))
        records: dict[str, Any] = {name: table.records for name, table in found.items()}
        return Case(header, framework=self.framework, checked=True, **records)

    def assess(self) -> Assessment | None:
        """Return the assessment of the case as it lies there now; None while it has no evidence.

        Raises:
            DataError: its files have faults.
        """
        for name in TABLES:
            self.read(name)
        data = (self.folder / HEADER).read_bytes(), self._turn
        if self._assessed is None or self._assessed[0] != data:
            case = self.load()
            has_rows = case.evidence or case.searches
            self._assessed = data, assess(case, self.framework) if has_rows else None
        return self._assessed[1]

    @property
    def months(self) -> tuple[Month, ...]:
        """The months of the case."""
        header = read_header(self._open(), HEADER, CaseHeader)
        return list_months(header.start, header.end)

    def list_shown(self, table: str) -> Iterator[dict[str, str]]:
        """Yield the cells of each row that is not confidential, by itself or by its source."""
        secrets = read_secrets(self.read("sources"))
        yield from (row for row in self.list_rows(table) if not secrets.judge_cells(row))

    def list_rows(self, table: str) -> Iterator[dict[str, str]]:
        """Yield the cells of each row, faulty or not."""
        yield from (dict(cells) for _, cells in self.read(table).rows)


def name_row(table: str, cells: Cells) -> tuple[str, ...]:
    """Return what tells a row of a table from the others."""
    return tuple(cells.get(column, "") for column in NAMED_BY.get(table, ("id",)))


def _fill(cells: Cells) -> dict[str, str]:
    """Return the cells that say something, so that a column that a file lacks is an empty one."""
    return {name: cell for name, cell in cells.items() if cell}

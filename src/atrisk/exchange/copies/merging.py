"""Merging: a case and a copy of it that was edited elsewhere, row by row, and what each changed.

Three are compared: what was copied, of which only digests are known, what the case holds now, and
what the copy holds. A row that one side changed is that side's; one that both changed, and not
alike, is nobody's to decide here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from atrisk.base.cells import WITHHELD, write_cell, write_cells
from atrisk.base.rows import Result, Row
from atrisk.base.tables import Table
from atrisk.cases.case import Case
from atrisk.cases.secrecy import FLAG, Guarded, Secrets
from atrisk.cases.tables import TABLES, CaseHeader

S = TypeVar("S", str, list[str])
What = Literal["added", "changed", "removed", "kept", "conflict"]
# By table, and by the digest of what names a row in it: the digest of the row.
Memory = Mapping[str, Mapping[str, str]]
HEAD = "case"  # what case.toml is called among the tables; each of its keys is a row
DIGITS = 16  # of a digest: that one of a million changes is overlooked has odds of 1 in 10^13
# What no two rows of a table have in common, where it is not an id (cases/checks).
_NAMED_BY = {"deliveries": ("response", "date", "unit")}
FORMAT = ("atrisk", "1")  # of what a workbook remembers of its rows
TOLD = 1_000  # rows that it remembers in one cell, of 32 characters each: a cell holds 32,767
_DIGESTS = re.compile(f"([0-9a-f]{{{2 * DIGITS}}})+")
_LONGEST = 80  # characters that are told of a row that came or went


@dataclass(frozen=True, slots=True)
class Version:
    """A row as one side has it.

    Attributes:
        cells: all of them, as text by column.
        line: where it stands in its file, or in its sheet.
        record: what it was read as; None for a key of ``case.toml``.
    """

    cells: Mapping[str, str] = field(repr=False)
    line: int
    record: Guarded | None = None

    @property
    def told(self) -> dict[str, str]:
        """The cells that say something: neither empty nor what an absent column stands for."""
        fields = type(self.record).model_fields if self.record is not None else {}
        blank = {n: write_cell(f.default) for n, f in fields.items() if not f.is_required()}
        return {n: cell for n, cell in self.cells.items() if cell and cell != blank.get(n)}

    @property
    def digest(self) -> str:
        """Tells the row from any other content of it, whatever the order of its columns."""
        return _digest(json.dumps(sorted(self.told.items())))

    @property
    def label(self) -> str:
        """What the row is called."""
        return self.record.label if self.record is not None else ""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is not the same on both sides, and what comes of it.

    Attributes:
        table: its table, or ``case`` for ``case.toml``.
        what: ``added``, ``changed`` or ``removed`` in the copy; ``kept`` as the case has it, since
            only the case changed; or ``conflict``, since both did.
        mine: the case's row; None if it has none.
        theirs: the copy's.
    """

    table: str
    what: What
    mine: Version | None
    theirs: Version | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Where the two rows differ; nothing if there is but one."""
        if self.mine is None or self.theirs is None:
            return ()
        mine, theirs = self.mine.told, self.theirs.told
        return tuple(n for n in {**mine, **theirs} if mine.get(n) != theirs.get(n))

    @property
    def label(self) -> str:
        """What the row is called."""
        version = self.mine or self.theirs
        return version.label if version else ""


def list_versions(
    table: str, records: Iterable[Guarded], lines: Iterable[int]
) -> dict[str, Version]:
    """Return rows of a table by the digest of what names them, so that no name has to be kept."""
    found: dict[str, Version] = {}
    seen: Counter[str] = Counter()
    for record, line in zip(records, lines, strict=True):
        cells = write_cells(record)
        columns = _NAMED_BY.get(table, ("id",))
        name = "\0".join(cells[column].casefold() for column in columns)
        seen[name] += 1  # a second one of a name is told when the case is checked
        found[_digest(f"{name}\0{seen[name]}")] = Version(cells, line, record)
    return found


def list_rows(table: str, read: Table[Any]) -> dict[str, Version]:
    """Return the same of a table that was read without a fault."""
    return list_versions(table, read.records, (line for line, _ in read.rows))


def list_keys(header: CaseHeader) -> dict[str, Version]:
    """Return the same of ``case.toml``, key by key."""
    return {_digest(key): Version({key: str(part)}, 1) for key, part in header}


def remember(case: Case) -> Memory:
    """Return what tells later which rows of a case were changed since, and shows none of them."""
    sides = {HEAD: list_keys(case.header)}
    sides |= {name: list_versions(name, r, range(len(r))) for name, r in case.tables.items()}
    return {name: {key: one.digest for key, one in rows.items()} for name, rows in sides.items()}


def write_memory(was: Memory) -> list[list[str]]:
    """Return what rows were as few cells: of a row the digests of its name and of its content.

    A cell a row would be a twentieth more of all that may be read of a workbook, and one cell a
    table more than a cell can hold.
    """
    rows = [list(FORMAT)]
    for name, digests in was.items():
        told = [key + digest for key, digest in digests.items()]
        rows += [[name, "".join(some)] for some in _cut(told, TOLD)]
    return rows


def parse_memory(rows: list[list[str]]) -> Memory | None:
    """Return what a workbook remembers; None if it does not, or somebody typed into it."""
    if not rows or tuple(rows[0]) != FORMAT:
        return None
    was: dict[str, dict[str, str]] = {HEAD: {}, **{name: {} for name in TABLES}}
    for row in rows[1:]:
        name, told = (*row, "", "")[:2]
        if name not in was or not _DIGESTS.fullmatch(told):
            return None
        pairs = _cut(told, 2 * DIGITS)
        was[name] |= {pair[:DIGITS]: pair[DIGITS:] for pair in pairs}
    return was


def merge_rows(
    table: str, was: Mapping[str, str], mine: Mapping[str, Version], theirs: Mapping[str, Version]
) -> Iterator[Change]:
    """Yield each row that is not alike on both sides, in the case's order, then the copy's.

    With the digests *b* of the row as it was copied, *m* of the case's and *t* of the copy's, each
    nothing where there is no row: ``m = t`` is no change, ``t = b`` the case's own, ``m = b`` the
    copy's, and anything else a conflict.
    """
    for key in {**mine, **theirs}:
        one, other, before = mine.get(key), theirs.get(key), was.get(key)
        ours, copied = one and one.digest, other and other.digest
        if ours == copied:
            continue
        what: What = "conflict"
        if copied == before:
            what = "kept"
        elif ours == before:
            what = "added" if one is None else "changed" if other is not None else "removed"
        yield Change(table, what, one, other)


@dataclass(frozen=True, eq=False)
class Update(Result):
    """What an edited copy changes in a case, row by row.

    Attributes:
        case: as it then is; where nothing could be decided, as it was.
        changes: every row that differs, in the order of the tables.
        files: names of the files that were written, or would be.
        is_written: whether they were.
        secrets: how confidential each source is, of the case and of the copy.
    """

    case: Case
    changes: tuple[Change, ...] = field(repr=False)
    files: tuple[str, ...]
    is_written: bool
    secrets: Secrets = field(repr=False)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The rows that both sides changed, and not alike."""
        return tuple(one for one in self.changes if one.what == "conflict")

    def to_rows(self) -> list[Row]:
        """Return a row for each cell that differs, and one for each row that came or went.

        Of a row that the case changed by itself the columns are named alone. Confidential words are
        withheld, be they confidential in the case or in the copy.
        """
        return [row for change in self.changes for row in self._tell_change(change)]

    def _tell_change(self, change: Change) -> Iterator[Row]:
        head: Row = {"table": change.table, "row": change.label, "what": change.what}
        if change.what == "kept":
            columns = ", ".join(change.columns)
            yield head | {"column": columns or None, "before": None, "after": None}
        elif change.columns:
            for column in change.columns:
                sides = {"before": change.mine, "after": change.theirs}
                shown = {side: self._show(change, one, column) for side, one in sides.items()}
                yield head | {"column": column, **shown}
        else:
            before, after = (self._describe(change, v) for v in (change.mine, change.theirs))
            yield head | {"column": None, "before": before, "after": after}

    def _show(self, change: Change, version: Version | None, column: str) -> str:
        text = version.cells.get(column, "") if version else ""
        return WITHHELD if text and self._hides(change, column) else text

    def _hides(self, change: Change, column: str) -> bool:
        """Tell whether a cell is kept back by either side."""
        sides = (one.record for one in (change.mine, change.theirs) if one)
        records = [record for record in sides if record is not None]
        levels = [self.secrets.judge(one.secrecy, one.sources) for one in records]
        return any(
            one.model_copy(update={FLAG: max(levels)}).hides(column) and max(levels) > 0
            for one in records
        )

    def _describe(self, change: Change, version: Version | None) -> str | None:
        """Return a row that came or went in a few words."""
        if version is None:
            return None
        shown = (self._show(change, version, n) for n in version.told if n not in ("id", FLAG))
        text = "; ".join(shown)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

    def describe(self) -> str:
        """Return in one line what differs and what was written."""
        counts = Counter(one.what for one in self.changes)
        told = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing differs"
        if counts["conflict"]:
            return f"{told}; nothing can be written until both sides of each conflict agree"
        if not self.files:
            return f"{told}; nothing to write"
        verb = "wrote" if self.is_written else "nothing written yet; would write"
        return f"{told}; {verb} {', '.join(self.files)}"

    def __repr__(self) -> str:
        return f"Update({self.case.id!r}: {self.describe()})"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _cut(whole: S, length: int) -> list[S]:
    return [whole[at : at + length] for at in range(0, len(whole), length)]

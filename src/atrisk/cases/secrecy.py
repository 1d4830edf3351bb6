"""Secrecy: whose words may be shown, decided once, from a row and its source.

A row is as confidential as itself or its source, whichever is more; a source as any that shares its
document. What of a row may be shown goes out through ``Guarded.shown``, and what an error may say
of it through ``conceal``. What cannot be read counts as confidential. What a day or an audience did
not have goes the same way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, Field

from atrisk.base.cells import WITHHELD, Record, write_cell
from atrisk.base.errors import Problem, did_you_mean, shorten
from atrisk.base.tables import Table

FLAG = "confidential"
UNSEEN = "(not out by then)"  # stands for the words of a document that whoever looks did not have
# What no confidential row shows: what was said, in the source's words or in ours.
WORDS = frozenset({"quote", "summary", "asked", "reason"})
# What a strictly confidential one hides too: who, where, and what could be looked up.
NAMES = frozenset(
    {
        "title", "publisher", "kind", "url", "locator", "actors", "population", "place", "issuer",
        "addressee", "actor", "measure", "by", "coded_by", "verified_by",
    }
)  # fmt: skip
_PLAIN = re.compile(r"[a-z0-9_./:-]*")  # ids, codes, dates and numbers
_PHRASE = 4, 12  # characters of a cell by which it is found in a message


class Secrecy(IntEnum):
    """How much of a row is kept back: nothing, its words, or all its text."""

    NO = 0
    YES = 1
    STRICT = 2

    def __str__(self) -> str:
        """Return what stands in a file."""
        return self.name.lower()


_LEVELS: dict[object, Secrecy] = {"": Secrecy.NO, **{str(level): level for level in Secrecy}}


def _grade(cell: object) -> Secrecy:
    """Return what a cell says; what it cannot say counts as strict."""
    if isinstance(cell, int):
        return Secrecy(min(max(cell, 0), Secrecy.STRICT))
    return _LEVELS.get(cell, Secrecy.STRICT)


def _read_flag(cell: object) -> object:
    if isinstance(cell, bool):
        return Secrecy(int(cell))
    if isinstance(cell, str) and cell not in _LEVELS:
        raise ValueError(f"{shorten(cell)} is not accepted; expected yes, strict or no")
    return _LEVELS[cell] if isinstance(cell, str) else cell


SecrecyCell = Annotated[
    Secrecy, BeforeValidator(_read_flag), Field(description="yes, strict or no")
]


class Guarded(Record):  # noqa: PLW1641 - pydantic gives frozen records their hash
    """A record of which not everything may be shown.

    ``repr`` names it and shows none of its cells, so that no confidential word reaches a log;
    ``shown`` is what outputs may print.
    """

    words: ClassVar[frozenset[str]] = WORDS  # a table may have words in columns of its own

    if TYPE_CHECKING:  # each table declares it among its columns
        confidential: Secrecy
    _unseen: ClassVar[frozenset[str]] = frozenset()  # of most rows; see `unsee`

    @property
    def unseen(self) -> frozenset[str]:
        """The columns that whoever looks did not have."""
        return self._unseen

    def unsee(self, columns: frozenset[str]) -> Self:
        """Return the record with some columns that whoever looks did not have."""
        if columns <= self._unseen:
            return self
        made = self.model_copy()
        vars(made)["_unseen"] = self._unseen | columns  # no cell of it, and copied with it
        return made

    def __eq__(self, other: object) -> bool:
        """Tell whether two rows hold the same, and whoever looks had the same of both."""
        alike = isinstance(other, Guarded) and super().__eq__(other) is True
        return alike and self.unseen == getattr(other, "unseen", None)

    @property
    def label(self) -> str:
        """What errors and tables call the row."""
        return str(getattr(self, "id", ""))

    def __repr_args__(self) -> Iterator[tuple[None, str]]:
        """Name the row."""
        yield None, self.label

    @property
    def secrecy(self) -> Secrecy:
        """How confidential it is, whatever stands in the cell."""
        return _grade(self.confidential)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that it comes from."""
        return tuple(filter(None, (str(getattr(self, "source", "")),)))

    def hides(self, column: str) -> bool:
        """Tell whether what stands in a column is kept back."""
        if column in NAMES:
            return self.secrecy >= Secrecy.STRICT
        ours = column in type(self).model_fields and column not in self.words
        return self.secrecy >= Secrecy.YES and not ours

    def shown(self, column: str) -> str:
        """Return what an output may print of a cell: its text, or what stands for it."""
        text = write_cell(getattr(self, column, ""))
        if self.confidential and text and self.hides(column):
            return WITHHELD
        return UNSEEN if text and column in self._unseen else text

    def show_all(self) -> Self:
        """Return the record with what stands for each text that is kept back."""
        cells = [*type(self).model_fields, *(self.model_extra or {})]
        return self.model_copy(update={c: WITHHELD for c in cells if self.shown(c) == WITHHELD})


G = TypeVar("G", bound=Guarded)


@dataclass(frozen=True, slots=True)
class Secrets:
    """How confidential each source of a case is, and one that is not among them.

    Attributes:
        levels: by the source's id.
        unknown: of a source that is not known, or could not be read.
        texts: of each document, by its digest, or by its source's id where it has none.
    """

    levels: Mapping[str, Secrecy]
    unknown: Secrecy
    texts: Mapping[str, Secrecy] = field(default_factory=dict)

    def judge(self, own: Secrecy, sources: Iterable[str]) -> Secrecy:
        """Return how confidential a row is, from itself and from what it comes from."""
        return max([own, *(self.levels.get(name, self.unknown) for name in sources)])

    def judge_cells(self, row: Mapping[str, str]) -> Secrecy:
        """Return the same of a row as it was written; a flag that is misspelt counts as strict."""
        linked = [row[column] for column in ("source", "used") if column in row]
        names = {name.strip() for name in ";".join(linked).split(";")} if linked else set()
        names |= {row.get("id", "")} if "sha256" in row else set()
        return self.judge(_grade(row.get(FLAG, "")), names)

    def has_text(self, digest: str) -> bool:
        """Tell whether a confidential source's document has this digest."""
        return bool(digest and self.texts.get(digest))

    def find_hidden(self, table: Table[Any]) -> dict[int, Mapping[str, str]]:
        """Return the confidential rows of a table as they were written, by line."""
        misspelt = _is_flag_misspelt(table)
        return {line: row for line, row in table.rows if misspelt or self.judge_cells(row)}

    def seal(self, rows: Iterable[G]) -> tuple[G, ...]:
        """Return rows, each marked as confidential as it is."""
        return tuple(_mark(row, self.judge(row.secrecy, row.sources)) for row in rows)


def find_secrets(sources: Iterable["Guarded"]) -> Secrets:
    """Return how confidential a case's sources are."""
    return _spread((one.label, getattr(one, "sha256", ""), one.secrecy) for one in sources)


def read_secrets(table: Table[Any]) -> Secrets:
    """Return the same of a table of sources as it was written, whatever its faults."""
    if (table.problems and not table.rows) or _is_flag_misspelt(table):
        return Secrets({}, Secrecy.STRICT)
    found = _spread(
        (row.get("id", ""), row.get("sha256", "").lower(), _grade(row.get(FLAG, "")))
        for _, row in table.rows
    )
    return replace(found, unknown=Secrecy.STRICT) if table.problems else found


def _spread(sources: Iterable[tuple[str, str, Secrecy]]) -> Secrets:
    listed = list(sources)
    by_text: dict[str, Secrecy] = {}
    for name, digest, own in listed:
        by_text[digest or name] = max(own, by_text.get(digest or name, Secrecy.NO))
    levels: dict[str, Secrecy] = {}
    for name, digest, _ in listed:
        levels[name] = max(by_text[digest or name], levels.get(name, Secrecy.NO))
    return Secrets(levels, max(levels.values(), default=Secrecy.NO), by_text)


def _mark(row: G, level: Secrecy) -> G:
    if row.confidential == level:
        return row
    return row.model_copy(update={FLAG: level})


def _is_flag_misspelt(table: Table[Any]) -> bool:
    names = [name for name in table.columns if name != FLAG]
    return FLAG not in table.columns and any(did_you_mean(n.lower(), [FLAG]) for n in names)


def conceal(
    problems: Iterable[Problem], tables: Iterable[Table[Any]], secrets: Secrets
) -> list[Problem]:
    """Return faults as they may be told: none holds what stands in a confidential row."""
    hidden = {table.file: secrets.find_hidden(table) for table in tables}
    return [_conceal(one, hidden.get(one.file, {}).get(one.line or 0)) for one in problems]


def _conceal(problem: Problem, row: Mapping[str, str] | None) -> Problem:
    if row is None:
        return problem
    name = problem.row if _PLAIN.fullmatch(problem.row) else ""
    return replace(problem, message=conceal_cells(problem.message, row), row=name)


def conceal_cells(message: str, row: Mapping[str, object]) -> str:
    """Return a message without what it quotes of a row; a message of the kind, if it says more.

    Examples:
        >>> conceal_cells("'Jean told' is not a date; expected 2013", {"start": "Jean told"})
        '(confidential) is not a date; expected 2013'
    """
    parts = {part for cell in row.values() for part in _split(str(cell))}
    for part in sorted(parts, key=len, reverse=True):
        for form in (shorten(part), repr(part)):
            message = message.replace(form, WITHHELD)
    least, most = _PHRASE
    words = (part for part in parts if len(part) >= least and not _PLAIN.fullmatch(part))
    if any(part[:most] in message for part in words):
        return f"{WITHHELD} is not accepted; docs/data-format.md says what may stand here"
    return message


def _split(cell: str) -> set[str]:
    """Return a cell and the items in it, with and without what stands behind an equals sign."""
    items = [cell, *cell.split(";")]
    return {part.strip() for item in items for part in (item, item.partition("=")[0])} - {""}

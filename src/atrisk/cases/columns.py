"""Columns: what the tables of a case may hold, told from the models that read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MinLen
from pydantic import WrapValidator
from pydantic.fields import FieldInfo

from atrisk.base.dates import ImpreciseDate
from atrisk.base.marks import UNSPACED
from atrisk.cases.beside import BESIDE
from atrisk.cases.secrecy import Secrecy
from atrisk.cases.tables import TABLES

# Column of each table whose cells name rows of another one.
REFERENCES: dict[str, dict[str, str]] = {
    "evidence": {"source": "sources"},
    "searches": {"source": "sources"},
    "warnings": {"source": "sources"},
    "responses": {"source": "sources"},
    "deliveries": {"source": "sources", "response": "responses"},
    "needs": {"source": "sources"},
    "activations": {"action": "actions"},
}
_DAY = r"(\d{4}(-(\d{2}|XX)(-(\d{2}|XX))?)?|\d{3}X|\d{2}XX)[?~%]?"
DATE = rf"^({_DAY}|({_DAY}|\.\.)/({_DAY}|\.\.))$"  # EDTF levels 0 and 1
ONGOING = rf"^({_DAY}|({_DAY}|\.\.)/({_DAY}|\.\.)|\.\.)$"
# What a validator in Python checks, as near as a pattern can say it.
_PATTERNS = {
    "quote": rf"^(\S+(\s+\S+){{2,7}}|.*{UNSPACED}.*)?$",
    "sha256": r"^([0-9a-fA-F]{64})?$",
}
Kind = Literal["text", "items", "date", "flag", "whole", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: its header.
        kind: of its cells; ``items`` are separated by ``;``.
        accepted: in words, what a cell may hold.
        filled: whether a cell may not be empty.
        optional: whether the table may lack the column.
        values: the only ones that are accepted, if they are few.
        pattern: that a cell must match.
        least, most: bounds of a number.
    """

    name: str
    kind: Kind
    accepted: str
    filled: bool
    optional: bool
    values: tuple[str, ...] = ()
    pattern: str | None = None
    least: float | None = None
    most: float | None = None


def list_columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table, in the order in which they are written.

    Args:
        table: such as ``"evidence"``.

    Examples:
        >>> [column.name for column in list_columns("evidence")][:3]
        ['id', 'source', 'locator']
        >>> next(c.values for c in list_columns("evidence") if c.name == "direction")
        ('aggravating', 'mitigating')
    """
    model = TABLES[table] if table in TABLES else BESIDE[table][0]
    hints = get_type_hints(model, include_extras=True)
    return tuple(_describe(name, hints[name], field) for name, field in model.model_fields.items())


def _describe(name: str, hint: Any, field: FieldInfo) -> Column:
    base, notes = _unwrap(hint)
    told = [note.description for note in notes if getattr(note, "description", None)]
    accepted = told[-1] if told else "text, or nothing"
    bounds = list(_list_bounds(notes))
    empty = _may_be_empty(hint)
    common: dict[str, Any] = {
        "name": name,
        "accepted": accepted,
        "optional": not field.is_required(),
    }
    if base is ImpreciseDate:
        ongoing = any(isinstance(note, WrapValidator) for note in notes)
        words = accepted + (", .. for still going on" if ongoing else "")
        words += ", or nothing" if empty else ""
        common["accepted"] = words
        form = ONGOING if ongoing else DATE
        return Column(**common, kind="date", filled=not empty, pattern=form)
    if get_origin(base) is tuple:
        return Column(**common, kind="items", filled=name == "indicators")
    if get_origin(base) is Literal:
        values = get_args(base)
        few = tuple(value for value in values if value)
        return Column(**common, kind="text", filled="" not in values, values=few)
    if base in (bool, Secrecy):
        kind: Kind = "flag" if base is bool else "text"
        values = ("yes", "no") if base is bool else ("yes", "strict", "no")
        return Column(**common, kind=kind, filled=False, values=values)
    if base in (int, float):
        ends: list[Any] = [
            next((getattr(bound, end) for bound in bounds if isinstance(bound, kind)), None)
            for end, kind in (("ge", Ge), ("le", Le))
        ]
        what: Kind = "whole" if base is int else "number"
        return Column(**common, kind=what, filled=not empty, least=ends[0], most=ends[1])
    pattern: str | None = _PATTERNS.get(name) or next(
        (p for b in bounds if (p := getattr(b, "pattern", None))), None
    )
    filled = any(isinstance(b, MinLen) for b in bounds) or (
        pattern is not None and not pattern.endswith(")?$")
    )
    return Column(**common, kind="text", filled=filled, pattern=pattern)


def _unwrap(hint: Any) -> tuple[Any, list[Any]]:
    """Return the plain type of a hint, without None, and all notes on the way to it."""
    notes: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            notes = [*more, *notes]
        elif get_origin(hint) in (Union, UnionType):
            hint = next(part for part in get_args(hint) if part is not type(None))
        else:
            return hint, notes


def _may_be_empty(hint: Any) -> bool:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_origin(hint) in (Union, UnionType)


def _list_bounds(notes: list[Any]) -> Iterator[Any]:
    for note in notes:
        if isinstance(note, FieldInfo):
            yield from note.metadata
        else:
            yield note

"""Cells: what a cell of a table, or a key of a header, may hold, and how it is written again.

The types say what is accepted and turn text into what the rest works with; ``translate`` tells
their faults in an author's words.
"""

import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import core_schema

from atrisk.base.dates import ImpreciseDate, Month
from atrisk.base.errors import shorten
from atrisk.base.marks import UNFIT, show
from atrisk.base.output import FORMULA

LIST_LIMIT = 1_000  # items of a cell
DEEPEST = 32  # tables or arrays of TOML inside one another
LARGEST_BITS = 64  # of a whole number of TOML
_BEGINS = f"[{re.escape(''.join(FORMULA))}]"  # a cell, or what a spreadsheet takes for the next
_FORMULA = re.compile(f"(?:^|;){_BEGINS}")
_BEGUN = re.compile(f";'*{_BEGINS}")
WITHHELD = "(confidential)"  # stands wherever a confidential text would


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)  # the public way to it


class _RecordMeta(ModelMetaclass):
    """Tells what a record holds: its columns as a signature, and a short ``help()``."""

    def __dir__(cls) -> list[str]:  # noqa: N805 - of a class
        own = {n for kind in cls.__mro__ if kind not in BaseModel.__mro__ for n in vars(kind)}
        return sorted({name for name in own if not name.startswith("_")} | {"__doc__"})

    @property
    def __signature__(cls) -> inspect.Signature:  # noqa: N805 - of a class
        columns = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if found.is_required() else found.default,
            )
            for name, found in getattr(cls, "model_fields").items()  # noqa: B009 - of a model
        ]
        return inspect.Signature(columns)

    @__signature__.setter
    def __signature__(cls, _: object) -> None:  # noqa: N805 - pydantic's own, told when built
        pass


class Record(BaseModel, metaclass=_RecordMeta):
    """A frozen row or header; columns beyond the contract are kept in ``model_extra``."""

    model_config = ConfigDict(
        frozen=True, extra="allow", defer_build=True, hide_input_in_errors=True
    )

    def __repr_args__(self) -> Iterator[tuple[None, str]]:
        """Show the first cell, which names the row, and no other: they may hold people's words."""
        yield None, str(getattr(self, next(iter(type(self).model_fields))))

    def __repr__(self) -> str:
        return show(super().__repr__())

    def __str__(self) -> str:
        """Return the same as ``repr``."""
        return repr(self)


class Header(BaseModel):
    """A frozen part of a TOML file; an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def __repr__(self) -> str:
        return show(super().__repr__())

    def __str__(self) -> str:
        return show(super().__str__())


def _split(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    items = [item.strip() for item in cell.split(";")] if cell.strip() else []
    if "" in items:
        raise ValueError(f"{shorten(cell)} has an empty item; separate the items with one ';'")
    if len(items) > LIST_LIMIT:
        raise ValueError(f"it lists {len(items):,} items; at most {LIST_LIMIT:,}: make it several")
    twice = find_twice(items)
    if twice:
        raise ValueError(f"{shorten(twice)} is listed twice in {shorten(cell)}; keep one")
    return tuple(items)


def find_twice(items: Iterable[str]) -> str | None:
    """Return the first item that stands more than once, or None."""
    listed = list(items)
    if len(set(listed)) == len(listed):
        return None
    return next((item for item, count in Counter(listed).items() if count > 1), None)


class _ReadBy:
    """Reads a cell by a function alone.

    ``PlainValidator`` also makes a schema of the type that the function returns, anew for each
    column; nothing reads or writes a cell by it, and every start waits for it.
    """

    def __init__(self, function: Callable[[object], object]) -> None:
        self.function = function

    def __get_pydantic_core_schema__(self, *_: object) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.function)


def _read_date(cell: object) -> ImpreciseDate:
    return cell if isinstance(cell, ImpreciseDate) else ImpreciseDate.parse(str(cell))


def _read_month(cell: object) -> Month:
    return cell if isinstance(cell, Month) else Month.parse(str(cell))


def _hint_ongoing(cell: object, handler: Callable[[object], object]) -> object:
    try:
        return handler(cell)
    except ValueError as error:
        hint = "; write .. for what still goes on"
        raise ValueError(f"{_first_message(error)}{hint}") from None


def _first_message(error: ValueError) -> str:
    found = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
    return found.removeprefix("Value error, ")


def _none_if_empty(cell: object) -> object:
    return None if cell == "" else cell


Identifier = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        max_length=64,
        description="lower-case letters, digits, '-' and '_', such as storm-07",
    ),
]
Text = Annotated[str, Field(min_length=1, description="some text")]
Items = Annotated[
    tuple[str, ...], BeforeValidator(_split), Field(description="items separated by ';'")
]
DateCell = Annotated[
    ImpreciseDate,
    _ReadBy(_read_date),
    Field(description="2013, 2013-12, 2013-12-02, or an interval such as 2013-09/2013-11"),
    WithJsonSchema({"type": "string"}),
]
OptionalDate = Annotated[DateCell | None, BeforeValidator(_none_if_empty)]
OngoingDate = Annotated[OptionalDate, WrapValidator(_hint_ongoing)]
MonthCell = Annotated[
    Month,
    _ReadBy(_read_month),
    Field(description="a month such as 2013-09"),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d{3}-(0[1-9]|1[0-2])$"}),
]


def write_cells(record: Record) -> dict[str, str]:
    """Return a record as the cells that it is read from; empty ones included."""
    cells = {name: getattr(record, name) for name in type(record).model_fields}
    return {name: write_cell(cell) for name, cell in (cells | (record.model_extra or {})).items()}


def write_cell(cell: object) -> str:
    """Return the text that a value of a record is read from."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, tuple):
        return ";".join(getattr(item, "cell", str(item)) for item in cell)
    return "" if cell is None else str(cell)


BLANKS = " \t\r\n\xa0\u3000"  # what may stand around a cell


def tell_cell(value: object) -> str:
    """Return the text of a cell that was typed in Python, or taken from a data frame.

    Examples:
        >>> tell_cell(float("nan")), tell_cell(3.0), tell_cell(("1.1", "1.10"))
        ('', '3', '1.1;1.10')
        >>> from datetime import datetime
        >>> tell_cell(datetime(2013, 12, 5))
        '2013-12-05'
    """
    if isinstance(value, str):
        return value.strip(BLANKS)  # a control character at an edge is a fault, and stays
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(map(str, value)) if isinstance(value, set | frozenset) else value
        return ";".join(tell_cell(item) for item in items)
    if value is None or _is_nothing(value):
        return ""
    if hasattr(value, "item") and not hasattr(value, "text"):  # a scalar of NumPy
        return tell_cell(value.item())
    if isinstance(value, date):  # a timestamp too; the time of day is finer than any date here
        return value.strftime("%Y-%m-%d")
    return write_cell(value)


def _is_nothing(value: object) -> bool:
    """Tell whether a value is one of those that stand for nothing in a data frame."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return is_nan or type(value).__name__ in ("NAType", "NaTType")


def digest_parts(*parts: object) -> str:
    """Return the SHA-256 over the content of records, options and mappings of them."""
    import hashlib
    import json

    text = json.dumps([_unfold(part) for part in parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _unfold(part: object) -> object:
    if isinstance(part, BaseModel):
        return part.model_dump()
    if isinstance(part, Mapping):
        return {str(key): _unfold(value) for key, value in part.items()}
    if is_dataclass(part):
        return {one.name: _unfold(getattr(part, one.name)) for one in fields(part)}
    return part


def may_be_marked(cells: list[str]) -> bool:
    """Tell whether a cell may hold a formula, one that was disarmed, or a control character.

    Few rows do, and they are looked at cell by cell. This looks at a row at once: no control is
    printable, and what a formula begins with stands behind a mark that is looked for by itself.

    Examples:
        >>> may_be_marked(["two words", "8.1;8.2"]), may_be_marked(["two words", "8.1;=1+1"])
        (False, True)
    """
    row = ";".join(["", *cells])
    return not row.isprintable() or _BEGUN.search(row) is not None


def find_danger(cell: str, shown: str) -> str:
    """Say what makes a cell unsafe to open elsewhere, or nothing."""
    if any(mark in cell for mark in "\t\r\n") or UNFIT.search(cell):
        return f"{shorten(shown)} holds a control character; remove it"
    if _FORMULA.search(cell):
        found = f"{shorten(shown)} would run as a formula in a spreadsheet"
        return f"{found}; begin with a word, or put an apostrophe (') before it"
    return ""


def find_unfit(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a header that hold what none may hold, and say what it is."""
    left: list[tuple[tuple[str, ...], object]] = [((), content)]
    while left:
        where, part = left.pop()
        if len(where) > DEEPEST:
            yield ".".join(where[:3]), f"tables or lists stand more than {DEEPEST} deep"
            continue
        parts = enumerate(part, start=1) if isinstance(part, list | tuple) else ()
        named = list(part.items() if isinstance(part, dict) else parts)
        left += [((*where, str(name)), inner) for name, inner in reversed(named)]
        texts = [text for text in (*where[-1:], part) if isinstance(text, str)]
        for text in texts:
            if text.isprintable() or not UNFIT.search(text):
                continue
            yield ".".join(where), f"{shorten(text)} holds a control character; remove it"
        if isinstance(part, int) and part.bit_length() > LARGEST_BITS:
            yield ".".join(where), f"the number has {part.bit_length():,} bits; shorten it"


_CURLY = "“”„‟‘’‚‛"


def has_curly(cells: list[str]) -> bool:
    """Whether a cell has a curly quote, which word processors put for straight ones."""
    return any(mark in cell for cell in cells for mark in _CURLY)


def translate(
    error: ValidationError, model: type[BaseModel], row: dict[str, str] | None
) -> Iterator[tuple[str, str]]:
    """Yield the column (or the key's path) and what an author can do, for each fault."""
    for fault in error.errors(include_url=False):
        where = [str(part) for part in fault["loc"] if not str(part).startswith("function-")]
        accepted = _find_accepted(model, where)
        message = _explain(fault["type"], fault["msg"], fault["input"], accepted)
        yield ".".join(where if row is None else where[:1]), message


def _find_accepted(model: type[BaseModel], where: list[str]) -> str | None:
    """Return what the innermost key on the way to a fault says that it accepts."""
    accepted = None
    for name in where:
        field = model.model_fields.get(name)
        if field is not None:  # a place in a list has none
            accepted = field.description
            model = next(_list_models(field.annotation), model)
    return accepted


def _list_models(hint: object) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _list_models(part)


def _explain(kind: str, message: str, found: Any, accepted: str | None) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "missing":
        return "the key is missing" + (f"; expected {accepted}" if accepted else "")
    if kind == "extra_forbidden":
        return "unknown key; check its spelling"
    text = found if isinstance(found, str) else str(found)
    curly = "; it has curly quotes: type straight ones" if has_curly([text]) else ""
    what = f"{shorten(text)} is not accepted" if text else "the cell is empty"
    return f"{what}; expected {accepted or _plain(message)}{curly}"


def _plain(message: str) -> str:
    """Return pydantic's own sentence in an author's words."""
    plain = message.removeprefix("Input should be ")
    return plain[:1].lower() + plain[1:]

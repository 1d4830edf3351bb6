"""Faults: what pydantic finds wrong with a row or a key, as an author can mend it."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from atrisk.base.errors import shorten

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

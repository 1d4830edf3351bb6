"""Markup: how a page of HTML is filled, so that text of a case stays text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from atrisk.base.errors import MissingExtraError
from atrisk.base.output import render, show
from atrisk.base.rows import Row

if TYPE_CHECKING:
    from jinja2 import Template


def open_template(name: str) -> Template:
    """Return a template of a page, which escapes whatever is put into it.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    try:
        import jinja2
    except ImportError:
        raise MissingExtraError("a report", "report") from None
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_show,
    )
    environment.filters |= {"number": _number, "anchor": _anchor}
    return environment.from_string(read_part(name))


def read_part(name: str) -> Any:
    """Return a file that ships with the pages: a template as text, anything else as it stands."""
    from markupsafe import Markup

    text = files("atrisk.report").joinpath(name).read_text(encoding="utf-8")
    return text if name.endswith(".html") else Markup(text)  # noqa: S704 - our own file


def encode_csv(rows: Iterable[Row]) -> str:
    """Return rows as a CSV file in base64, for a link that saves them."""
    text = render(list(rows), "csv", may_be_empty=True)
    return base64.b64encode(f"{text}\n".encode()).decode()


def _show(value: object) -> object:
    """Return what is put into a page: text of a case with what is hidden made visible."""
    return show(value, lines=True) if type(value) is str else value  # not markup of our own


def _number(value: object) -> str:
    """Return a cell as a reader wants it: two digits, a dash where nothing is known."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _anchor(text: str) -> str:
    """Return an id's part that is safe in an attribute, whatever a case calls its rows."""
    return re.sub(r"[^a-zA-Z0-9_.-]", "_", text)

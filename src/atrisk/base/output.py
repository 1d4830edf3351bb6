"""Output."""

from __future__ import annotations

import csv
import io
from typing import Any

from atrisk.base.errors import RequestError

Row = dict[str, Any]


_NOTHING = "–"  # shown where nothing is on record; unknown is not zero


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(rows: list[Row], output: str, *, may_be_empty: bool = False) -> str:
    """Return rows as text.

    Args:
        rows: all with the same keys.
        output: ``"table"``, ``"csv"`` (formulas disarmed) or ``"json"``.
        may_be_empty: whether no row is an answer.

    Raises:
        RequestError: there is no row, and that is no answer.
    """
    if not rows and not may_be_empty:
        raise RequestError("there is nothing to show")
    if output == "json":
        import json

        return json.dumps(rows, ensure_ascii=False, indent=1, default=str, allow_nan=False)
    if not rows:
        return ""
    return _render_csv(rows) if output == "csv" else _render_table(rows)


def _render_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _disarm(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue().rstrip("\n")


def _disarm(cell: object) -> object:
    """Keep text from running as a formula when a spreadsheet opens the file (OWASP)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _render_table(rows: list[Row]) -> str:
    cells = [[_cell(value) for value in row.values()] for row in rows]
    lines = [list(rows[0]), *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(rows[0]))]
    right = [all(_is_number(line[column]) for line in cells) for column in range(len(rows[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    if value is None:
        return _NOTHING
    return clean(f"{value:.4f}" if isinstance(value, float) else str(value))


def clean(text: str) -> str:
    """Keep text from a case from steering a terminal."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def _is_number(text: str) -> bool:
    return text == _NOTHING or text.strip("+-%").replace(".", "", 1).isdigit()

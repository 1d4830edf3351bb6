"""Output: rows as text, CSV or JSON, every character seen and no formula run; numbers in words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from atrisk.base.errors import RequestError
from atrisk.base.marks import escape_hidden, show

__all__ = [
    "Row", "arm", "disarm", "quote_toml", "render", "show", "tell_count", "tell_days", "tell_half",
    "write_csv", "write_json",
]  # fmt: skip

Row = dict[str, Any]

_NOTHING = "–"  # shown where nothing is on record; unknown is not zero

# What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection), in wide
# forms too; and where a cell starts for it: also after the ';' that some countries separate by.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_RUNS = f"(?='*[{re.escape(''.join(FORMULA))}])"
_UNARMED = re.compile(f"(^|;){_RUNS}")
_DISARMED = re.compile(f"(^|;)'{_RUNS}")


def render(rows: list[Row], output: str, *, may_be_empty: bool = False) -> str:
    """Return rows as text.

    Args:
        rows: all with the same keys.
        output: ``"table"`` or ``"csv"``, in which hidden characters are shown and formulas are
            disarmed, or ``"json"``, which escapes hidden characters as JSON does.
        may_be_empty: whether no row is an answer.

    Raises:
        RequestError: there is no row, and that is no answer.
    """
    if not rows and not may_be_empty:
        raise RequestError("there is nothing to show")
    if output == "json":
        return write_json(rows)
    if not rows:
        return ""
    if output == "csv":
        header = list(rows[0])
        cells = ([row.get(name, "") for name in header] for row in rows)
        return write_csv(header, cells).rstrip("\n")
    return _render_table(rows)


def write_json(content: object) -> str:
    r"""Return what another program reads as the same content, with hidden characters escaped.

    Examples:
        >>> print(write_json({"told": "back\u202ewards"}))
        {
         "told": "back\u202ewards"
        }
    """
    import json

    text = json.dumps(content, ensure_ascii=False, indent=1, default=str, allow_nan=False)
    return escape_hidden(text, lambda mark: json.dumps(mark)[1:-1])


def quote_toml(text: str) -> str:
    r"""Return a text as a string of TOML, with hidden characters escaped as TOML does.

    Examples:
        >>> print(quote_toml("back\u202ewards"))
        "back\u202ewards"
    """
    import json

    return escape_hidden(
        json.dumps(text, ensure_ascii=False),
        lambda mark: f"\\u{ord(mark):04x}" if mark <= "\uffff" else f"\\U{ord(mark):08x}",
    )


def write_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table for a spreadsheet: hidden characters shown, formulas disarmed.

    Examples:
        >>> print(write_csv(["told"], [["=1+1"], ["8.1;=1+1"], [-1.5]]), end="")
        told
        '=1+1
        8.1;'=1+1
        -1.5
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_write_cell, header))
    writer.writerows(map(_write_cell, row) for row in rows)
    return text.getvalue()


def _write_cell(cell: object) -> object:
    return disarm(show(cell)) if isinstance(cell, str) else cell


def disarm(cell: str) -> str:
    """Keep text from running as a formula where a spreadsheet opens it, by an apostrophe before it.

    ``arm`` gives the same text back, whatever it is.

    References:
        OWASP, CSV injection.
    """
    return _UNARMED.sub(r"\1'", cell)


def arm(cell: str) -> str:
    """Return the text that was disarmed."""
    return _DISARMED.sub(r"\1", cell)


def _render_table(rows: list[Row]) -> str:
    cells = [[_tell_cell(value) for value in row.values()] for row in rows]
    lines = [[show(name) for name in rows[0]], *cells]
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


def _tell_cell(value: object) -> str:
    if value is None:
        return _NOTHING
    return show(f"{value:.4f}" if isinstance(value, float) else str(value))


def _is_number(text: str) -> bool:
    return text == _NOTHING or text.strip("+-%").replace(".", "", 1).isdigit()


def tell_count(number: int, noun: str, nouns: str = "") -> str:
    """Return a number of things in words.

    Args:
        number: how many.
        noun: what one of them is called.
        nouns: what several are called; by default the noun with an s.

    Examples:
        >>> tell_count(1, "row"), tell_count(2, "row"), tell_count(0, "country", "countries")
        ('1 row', '2 rows', '0 countries')
        >>> tell_count(1200, "row of evidence", "rows of evidence")
        '1,200 rows of evidence'
    """
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def tell_days(days: float) -> str:
    """Return a number of days in words, to the half day: dates known to the day give no more.

    Examples:
        >>> tell_days(1), tell_days(339.5), tell_days(0.5), tell_days(0)
        ('1 day', '339½ days', '½ day', '0 days')
    """
    number = tell_half(days)
    return f"{number} day" if number in ("1", "½") else f"{number} days"


def tell_half(number: float) -> str:
    """Return a number to the nearest half.

    Examples:
        >>> tell_half(12.5), tell_half(12.0), tell_half(0.5), tell_half(1234)
        ('12½', '12', '½', '1,234')
    """
    whole, half = divmod(round(number * 2), 2)
    return f"{whole:,}" * (whole > 0 or not half) + "½" * half

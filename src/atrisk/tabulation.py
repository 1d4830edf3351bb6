"""Tabulation: rows into aligned text, CSV or JSON, safe to paste and to open."""

from __future__ import annotations

import csv
import io
from typing import Any

from atrisk.assessment import Assessment
from atrisk.errors import RequestError

Row = dict[str, Any]

_NOTHING = "–"  # shown where nothing is on record; unknown is not zero
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tabulate_months(assessment: Assessment, drivers: int = 3) -> list[Row]:
    """Return one row a month for people to read: band, score, range, crimes, drivers, coverage.

    Args:
        assessment: what to show.
        drivers: how many factors to name: those with the largest part in the worst crime.
    """
    rows = []
    bands, by_crime = assessment.bands, assessment.crimes
    labels = {crime.code: crime.label.lower() for crime in assessment.framework.crimes}
    for place, month in enumerate(assessment.months):
        rows.append(
            {
                "month": month,
                "band": bands[place],
                "overall": f"{assessment.overall[place]:.2f}",
                "range": f"{assessment.low[place]:.2f}-{assessment.high[place]:.2f}",
                **{label: f"{by_crime[code][place]:.2f}" for code, label in labels.items()},
                "driving factors": ", ".join(assessment.driving_factors(month)[:drivers]),
                "coverage": f"{assessment.coverage[place]:.0%}",
            }
        )
    return rows


def describe_factors(assessment: Assessment, drivers: int = 3) -> str:
    """Return the titles of the factors that drive any month, so that codes can be read."""
    named = {
        code for month in assessment.months for code in assessment.driving_factors(month)[:drivers]
    }
    factors = assessment.framework.factors.items()
    return "\n".join(f"factor {code}: {f.title}" for code, f in factors if code in named)


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
        import json  # noqa: PLC0415 - most runs print a table

        return json.dumps(rows, ensure_ascii=False, indent=1, default=str)
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
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def _is_number(text: str) -> bool:
    return text == _NOTHING or text.strip("+-%").replace(".", "", 1).isdigit()

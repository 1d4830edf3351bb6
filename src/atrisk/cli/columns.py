"""Columns: what each column of a printed table means, for who reads it and for docs/columns.md.

The meanings stand in ``columns.csv`` beside this file: those of one table (``gap lags``), of all
tables of a command (``gap``), or of every table (``*``). Under ``tables`` stands what each holds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

EVERY, TABLES = "*", "tables"  # of every table; what each table holds
_SAME = {"panel": "verify"}  # tables of another command
_ENDS = {"_low": "lower end of the interval of", "_high": "upper end of the interval of"}


@cache
def load_columns() -> dict[str, dict[str, str]]:
    """Return the meanings by table and column."""
    text = (files("atrisk.cli") / "columns.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["table"], {})[row["column"]] = row["meaning"]
    return found


def find_meaning(table: str, column: str) -> str | None:
    """Return what a column of a table means; None if nobody wrote it down.

    Examples:
        >>> find_meaning("gap survival", "days"), find_meaning("gap lags", "rule")
        ('days since the warning', 'id of the rule that says what counts as an answer')
        >>> find_meaning("verify levels", "auc_low")
        'lower end of the interval of auc'
    """
    return _find_own(table, column) or load_columns()[EVERY].get(column)


def explain_columns(table: str, columns: Iterable[str]) -> str:
    """Return a line for each column whose meaning is that table's own, in the table's order."""
    told = ((name, _find_own(table, name)) for name in columns)
    return "\n".join(f"{name}: {meaning}" for name, meaning in told if meaning)


def _find_own(table: str, column: str) -> str | None:
    command = table.partition(" ")[0]
    known = load_columns()
    for scope in (table, command, _SAME.get(command, command)):
        if column in known.get(scope, {}):
            return known[scope][column]
    for end, meaning in _ENDS.items():
        name = column.removesuffix(end)
        if name != column and _find_own(table, name):
            return f"{meaning} {name}"
    return None

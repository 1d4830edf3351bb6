"""Write docs/columns.md from what the commands print: python tests/regenerate/columns.py."""

from __future__ import annotations

from pathlib import Path

from atrisk.cli.columns import EVERY, TABLES, load_columns

PAGE = Path(__file__).parents[2] / "docs" / "columns.md"
HEAD = """# Columns

What each column of each table means, whether it is printed or written as CSV or JSON. Look under
the table, then under its command, then under [every table](#every-table); the word after the
command is what `--show` or `--level` takes. A column that ends in
`_low` or `_high` is the lower or upper end of the interval of the column that it is named after.
In a printed table `–` stands where nothing is known, which is not zero; an empty cell of a CSV file
means the same. Terms are in the [glossary](glossary.md).
"""
NAMES = {EVERY: "Every table", "verify": "atrisk verify and atrisk panel"}


def describe_columns() -> str:
    """Return the page: a section for each table, command, and all tables together."""
    known = load_columns()
    rest = {scope: columns for scope, columns in known.items() if scope not in (EVERY, TABLES)}
    tables = [f"| `atrisk {name}` | {meaning} |" for name, meaning in known[TABLES].items()]
    parts = [HEAD, "## Tables\n", "\n".join(["| table | holds |", "| --- | --- |", *tables, ""])]
    for scope, columns in [*sorted(rest.items()), (EVERY, known[EVERY])]:
        parts.append(f"## {NAMES.get(scope, f'atrisk {scope}')}\n")
        rows = [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
        parts.append("\n".join(["| column | meaning |", "| --- | --- |", *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(describe_columns(), encoding="utf-8")

"""Write docs/api.md from the list of public names: python tests/regenerate/api.py."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

import atrisk
import atrisk.exchange

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "api.md"
HEAD = """# Python

Everything public is a name of `atrisk`, listed here by the room it lives in. A `str` always names
something bundled, and a `pathlib.Path` a folder of your own. Which function answers which question
is on the page [questions](questions.md).
"""


def describe_names() -> str:
    """Return the page."""
    parts = [HEAD]
    for room, modules in groupby(atrisk._ROOMS, key=lambda module: module.partition(".")[0]):
        parts.append(f"## {_title(room)}\n")
        for module in modules:
            names = sorted(atrisk._ROOMS[module].split())
            parts += [f"::: atrisk.{module}.{name}\n" for name in names]
    parts.append("## In `atrisk.exchange`\n\nFiles of other tools, out and in.\n")
    modules_of = atrisk.exchange._MODULES
    parts += [f"::: atrisk.exchange.{modules_of[name]}.{name}\n" for name in sorted(modules_of)]
    return "\n".join(parts)


def _title(room: str) -> str:
    """Return the first line of a room's map."""
    source = (ROOT / "src" / "atrisk" / room / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or room).splitlines()[0].rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(describe_names(), encoding="utf-8")

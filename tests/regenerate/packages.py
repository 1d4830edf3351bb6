"""Write the data packages of the shipped cases: python tests/regenerate/packages.py."""

from __future__ import annotations

import json
from pathlib import Path

import atrisk

CASES = Path(__file__).parents[2] / "cases"


def describe(name: str) -> str:
    """Return the data package of a shipped case, as its file."""
    package = atrisk.describe_package(atrisk.load_case(name))
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in atrisk.list_cases():
        (CASES / name / "datapackage.json").write_text(describe(name), encoding="utf-8")

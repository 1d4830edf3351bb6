"""Extending: the recipes of the page run in order, as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toys import ROOT

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_recipes_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    assert len(RECIPES) >= 6
    for place, recipe in enumerate(RECIPES):
        exec(compile(recipe, f"recipe {place}", "exec"), names)
    told = capsys.readouterr().out
    for words in ("own-median", "any aid deployed", "rows.ids lists 47 rows", "'my-framework': 2",
                  "Assessment('mine'", "my-case"):  # fmt: skip
        assert words in told, words


def test_every_file_that_the_page_names_is_there() -> None:
    """The counts are of files that exist: a recipe for a house that has moved is none."""
    rooms = ROOT / "src" / "atrisk"
    for name in ("kernel/rules.py", "documents/formats/readers.py", "report/figures/album.py",
                 "exchange/formats.py"):  # fmt: skip
        assert name.rpartition("/")[2] in PAGE
        assert (rooms / name).is_file()

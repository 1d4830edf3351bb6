"""The tutorial of the coding page: every step can be followed, and every picture is of its step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import walk
from atrisk.cli.main import main

pytest.importorskip("playwright.sync_api")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("axe_playwright_python")
from cli.test_desk_browser import CHROMIUM, browser

__all__ = ["browser"]  # a fixture
pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


def test_the_tutorial_can_be_followed_and_makes_its_pictures(browser: Any, tmp_path: Path) -> None:
    kept: list[str] = []
    case, documents = walk.prepare(tmp_path)
    page = browser.new_context(viewport=walk.WIDE).new_page()
    with walk.serve(case, documents, ("all",)) as address:
        walk.walk(page, address, kept.append)
    walk.check_case(case)
    assert main(["validate", str(case)]) == 0
    assert main(["assess", str(case)]) == 0
    walk.write_second_coder(case)
    page = browser.new_context(viewport=walk.WIDE).new_page()
    with walk.serve(case, documents) as address:
        walk.settle(page, address, kept.append)
    assert "letter-e001,mk," in (case / "adjudication.csv").read_text(encoding="utf-8")
    shown = re.findall(r"\(pictures/([\w-]+)\.png\)", walk.PAGE.read_text(encoding="utf-8"))
    assert shown == kept
    assert sorted(file.stem for file in walk.PICTURES.glob("*.png")) == sorted(kept)

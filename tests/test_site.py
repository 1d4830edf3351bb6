"""The documentation site: generated pages are current, notebooks run, nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import atrisk
from regenerate_commands import PAGE, describe_commands
from toys import ROOT

DOCS = ROOT / "docs"
TUTORIALS = sorted((DOCS / "tutorials").glob("*.py"))


def test_the_page_of_commands_is_what_the_parser_says() -> None:
    """If this fails, run: python tests/regenerate_commands.py."""
    assert PAGE.read_text(encoding="utf-8") == describe_commands()


def test_every_public_name_has_its_place_in_the_reference() -> None:
    named = re.findall(r"^::: ([\w.]+)$", (DOCS / "api.md").read_text(encoding="utf-8"), re.M)
    public = [name.rpartition(".")[2] for name in named if ".exchange." not in name]
    assert sorted(public) == sorted(atrisk.__all__)
    for name in named:
        module, _, attribute = name.rpartition(".")
        assert hasattr(__import__(module, fromlist=[attribute]), attribute), name


def test_every_page_is_in_the_navigation() -> None:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in [*DOCS.rglob("*.md"), *TUTORIALS]:
        assert str(page.relative_to(DOCS)) in config, page


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_the_notebooks_run_from_top_to_bottom(
    tutorial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site executes them too, as notebooks; this needs no notebook."""
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    exec(compile(tutorial.read_text(encoding="utf-8"), str(tutorial), "exec"), {})
    assert capsys.readouterr().out


def test_there_are_three_notebooks() -> None:
    assert [path.stem for path in TUTORIALS] == ["car-story", "new-country", "sensitivity-study"]

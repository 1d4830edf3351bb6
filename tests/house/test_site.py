"""The documentation site: generated pages are current, notebooks run, nothing is left out."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import atrisk
from atrisk.cli.main import COMMANDS
from regenerate import cases as case_table
from regenerate.api import PAGE as API
from regenerate.api import describe_names
from regenerate.columns import PAGE as COLUMNS
from regenerate.columns import describe_columns
from regenerate.commands import PAGE, describe_commands
from toys import ROOT

DOCS = ROOT / "docs"
TUTORIALS = sorted((DOCS / "tutorials").glob("*.py"))


def test_the_page_of_commands_is_what_the_parser_says() -> None:
    """If this fails, run: python tests/regenerate/commands.py."""
    assert PAGE.read_text(encoding="utf-8") == describe_commands()


def test_the_page_of_columns_is_what_is_written_down() -> None:
    """If this fails, run: python tests/regenerate/columns.py."""
    assert COLUMNS.read_text(encoding="utf-8") == describe_columns()


def test_the_reference_is_the_list_of_public_names() -> None:
    """If this fails, run: python tests/regenerate/api.py."""
    assert API.read_text(encoding="utf-8") == describe_names()
    for name in re.findall(r"^::: ([\w.]+)$", API.read_text(encoding="utf-8"), re.M):
        module, _, attribute = name.rpartition(".")
        assert hasattr(__import__(module, fromlist=[attribute]), attribute), name


def test_every_function_and_figure_answers_a_question() -> None:
    text = (DOCS / "questions.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\w+\.)?(\w+)", text))
    verbs = {name for name in atrisk.__all__ if name[0].islower()}
    quiet = {name for name in verbs if name.startswith(("load_", "list_", "describe_", "plot_"))}
    missing = verbs - quiet - named - {"prepare_brief", "load_crosswalk", "measure_recall"}
    assert not missing, f"docs/questions.md has no question for {missing}"
    for command in COMMANDS.values():
        assert (
            f"atrisk {command.name}" in text
            or f"`{command.name}`" in text
            or (command.name in ("cases", "frameworks", "codebook", "crosswalk", "schema"))
        ), command.name


def test_every_page_is_in_the_navigation() -> None:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in [*DOCS.rglob("*.md"), *TUTORIALS]:
        assert str(page.relative_to(DOCS)) in config, page


@pytest.mark.slow  # the site runs them too
@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_the_notebooks_run_from_top_to_bottom(
    tutorial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site executes them too, as notebooks; this needs no notebook."""
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    exec(compile(tutorial.read_text(encoding="utf-8"), str(tutorial), "exec"), {})
    assert capsys.readouterr().out


def test_these_are_the_notebooks() -> None:
    names = ["car-story", "gallery", "new-country", "sensitivity-study"]
    assert [path.stem for path in TUTORIALS] == names


def test_the_table_of_cases_is_counted_from_the_cases_of_today() -> None:
    text = case_table.PAGE.read_text(encoding="utf-8")
    assert case_table.fill(text) == text, "run python tests/regenerate/cases.py"


def test_eighteen_of_twenty_rows_were_agreed_when_they_were_reread() -> None:
    with (DOCS / "reread.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    agreed = {
        draw: sum(
            row["indicator_agreed"] == "yes" and abs(int(row["severity_difference"])) <= 1
            for row in rows
            if row["draw"] == draw
        )
        for draw in ("1", "2")
    }
    assert [row["draw"] for row in rows] == ["1"] * 20 + ["2"] * 20
    assert agreed == {"1": 16, "2": 19}  # as docs/cases.md says; the rows were checked in between

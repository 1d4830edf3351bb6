"""The documentation is true: its Python runs, its links lead somewhere, no column is missing."""

from __future__ import annotations

import re

import pytest

import atrisk
from atrisk.case import CaseHeader
from atrisk.cli import main
from atrisk.evidence import Evidence, Search, Source
from atrisk.framework import FrameworkHeader, Indicator, RiskFactor
from atrisk.ledger import Delivery, EarlyWarning, Response
from atrisk.method import Branches, GradeRow, ResponseLevelRow, WeightRow
from toys import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cases/*/*.md")])
PYTHON = [
    (page.relative_to(ROOT), block)
    for page in PAGES
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_there_is_something_to_check() -> None:
    assert len(PAGES) >= 8
    assert len(PYTHON) >= 2


@pytest.mark.parametrize(("page", "block"), PYTHON, ids=lambda value: str(value)[:20])
def test_the_python_in_the_documentation_runs(page: object, block: str) -> None:
    assert page
    exec(compile(block, str(page), "exec"), {})


@pytest.mark.parametrize(
    "line", re.findall(r"^atrisk .*$", README, re.MULTILINE), ids=lambda line: line[7:40]
)
def test_the_commands_in_the_readme_answer(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()[1:]) == 0
    assert capsys.readouterr().out


def test_the_readme_shows_the_table_s_own_header(capsys: pytest.CaptureFixture[str]) -> None:
    main(["assess", "car-2012-2015"])
    printed = capsys.readouterr().out.splitlines()
    assert all(line in README.splitlines() for line in printed[:3])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_there(page: object) -> None:
    from pathlib import Path  # noqa: PLC0415

    assert isinstance(page, Path)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "model",
    [
        CaseHeader, Source, Evidence, Search, FrameworkHeader, Branches, RiskFactor, Indicator,
        GradeRow, WeightRow, ResponseLevelRow, EarlyWarning, Response, Delivery,
    ],
)  # fmt: skip
def test_every_column_and_key_is_documented(model: type) -> None:
    text = (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")
    for name in model.model_fields:  # type: ignore[attr-defined]
        if name != "branches":
            assert f"`{name}`" in text or f"[[{name}]]" in text, name


def test_the_table_of_the_gap_is_what_is_measured_today() -> None:
    case = atrisk.load_case("car-2012-2015")
    now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
    text = (ROOT / "docs" / "warning-response-gap.md").read_text(encoding="utf-8")
    for row in atrisk.compare_rules(case, now):
        median = row["median_days"]
        shown = "not reached" if median is None else f"{median:.0f}"
        assert f"| `{row['rule']}` | {row['answered']} | {shown} [" in text
    effects = [response.effect for response in case.responses]
    assert (
        f"{len(case.warnings)} warnings by {len({w.issuer for w in case.warnings})} issuers" in text
    )
    assert f"{effects.count('protective')} of them protective" in text
    assert f"{effects.count('harmful')} harmful" in text
    assert "on from April 2013" in text
    assert atrisk.raise_flags(now).alarms[0].onset == "2013-04"

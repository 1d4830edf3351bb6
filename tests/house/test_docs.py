"""The documentation is true: its Python runs, its links lead somewhere, no column is missing."""

from __future__ import annotations

import argparse
import re

import pytest

import atrisk
from atrisk.cases.crosswalk import Counterpart
from atrisk.cases.evidence import Evidence, Search, Source
from atrisk.cases.ledger import Delivery, EarlyWarning, Response
from atrisk.cases.scenario import Changes, Drop, Publish, Regrade, ResponseChange, ScenarioHeader
from atrisk.cases.tables import CaseHeader
from atrisk.cli.columns import load_columns
from atrisk.cli.main import build_parser, main
from atrisk.ensemble.variation import KINDS
from atrisk.frameworks.branches import Branches, GradeRow, ResponseLevelRow, WeightRow
from atrisk.frameworks.framework import Indicator, RiskFactor
from atrisk.frameworks.header import FrameworkHeader
from atrisk.frameworks.uncertainty import (
    CorrelationOption,
    HalfLifeSpreadOption,
    SeverityOption,
    UncertaintyHeader,
    WeightBoundsOption,
    WeightSpreadOption,
)
from atrisk.gap.matching import RULE_STAGES
from toys import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cases/*/*.md")])
PYTHON = [
    (page.relative_to(ROOT), block)
    for page in PAGES
    if page.name != "extending.md"  # whose recipes follow one another (test_extending.py)
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
    from pathlib import Path

    assert isinstance(page, Path)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "model",
    [
        CaseHeader, Source, Evidence, Search, FrameworkHeader, Branches, RiskFactor, Indicator,
        GradeRow, WeightRow, ResponseLevelRow, EarlyWarning, Response, Delivery, UncertaintyHeader,
        CorrelationOption, SeverityOption, WeightSpreadOption, WeightBoundsOption,
        HalfLifeSpreadOption, Counterpart, ScenarioHeader, Changes, Drop, Publish, Regrade,
        ResponseChange,
    ],
)  # fmt: skip
def test_every_column_and_key_is_documented(model: type) -> None:
    text = (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")
    for name in model.model_fields:  # type: ignore[attr-defined] # of any such object
        if name != "branches":
            assert f"`{name}`" in text or f"[[{name}]]" in text, name


# Words that the output uses and an analyst may ask about.
TERMS = """
    adjudication alarm alpha anchor assessed auc audience backtest band base baseline branch
    brief brier case claim codebook coder confidential contemporaneous contribution coverage
    crime crosswalk deviation direction draft draw driving echo effort ensemble equal evidence
    factor flip framework gap grade half-life hit horizon interval knowledge known lag lead leaf
    lint locator log-rank median method need news not onset option outcome passage policy
    quantile range reader recall response retrospective revision right-censored rising rival
    rule scenario score search seed set severity source spell stage strength surge survival tier
    trigger warning weight workbook worst
"""


@pytest.mark.parametrize("word", sorted(set(TERMS.split())))
def test_every_word_of_the_output_is_in_the_glossary(word: str) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| ([^|]+) \| ", glossary, re.MULTILINE)
    assert any(word in term.lower() for term in terms), word


def test_every_table_that_can_be_asked_for_is_explained() -> None:
    parser = build_parser()
    (commands,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    asked = {
        f"{name} {choice}"
        for name, command in commands.choices.items()
        for action in command._actions
        if {"--show", "--level"} & set(action.option_strings)
        for choice in action.choices or ()
    }
    known = load_columns()["tables"]
    told = set(known) | {name.replace("verify", "panel") for name in known}
    assert asked - told == set()


@pytest.mark.parametrize("word", [*KINDS, *RULE_STAGES])
def test_what_is_varied_and_each_stage_are_in_the_glossary(word: str) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert word.replace("_", " ") in glossary.replace("-", " ")


def test_the_table_of_the_gap_is_what_is_measured_today() -> None:
    case = atrisk.load_case("car-2012-2015")
    now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
    text = (ROOT / "docs" / "warning-response-gap.md").read_text(encoding="utf-8")
    for row in atrisk.compare_rules(case, now):
        median = row["median_days"]
        shown = "not reached" if median is None else f"{median:g}"
        assert f"| `{row['rule']}` | {row['answered']} | {shown} [" in text
        low, high = row["spells_low"], row["spells_high"]
        drawn = "none" if low is None else f"[{low:g}, {high:g}]"
        assert f"] | {row['spells']}, {drawn} | " in text
    effects = [response.effect for response in case.responses]
    assert (
        f"{len(case.warnings)} warnings by {len({w.issuer for w in case.warnings})} issuers" in text
    )
    assert f"{effects.count('protective')} of them protective" in text
    assert f"{effects.count('harmful')} harmful" in text
    assert "on from January 2013" in text
    assert atrisk.raise_flags(now).alarms[0].onset == "2013-01"


def test_the_figures_about_what_else_it_could_be_are_what_is_measured_today() -> None:
    case = atrisk.load_case("car-2012-2015")
    framework = atrisk.load_framework("un-foa-2014")
    now = atrisk.assess(case, framework)
    text = (ROOT / "docs" / "sensitivity.md").read_text(encoding="utf-8").replace("\n", " ")
    ensemble = atrisk.run_ensemble(case, framework, draws=10_000, seed=0)
    alarm = [ensemble.alarm_probability[now.place(m)] for m in ("2012-12", "2013-01", "2013-12")]
    assert "from {:.2f} in December 2012 to {:.2f} in January 2013".format(*alarm) in text
    assert (
        f"and {alarm[2]:.2f} in December 2013; {ensemble.first_alarm[None]:.0%}".replace("%", " %")
        in text
    )
    assert f"{ensemble.first_alarm['2012-02']:.0%}".replace("%", " %") + " do as soon" in text
    tree = atrisk.explore_methods(case, framework)
    assert f"{len(tree.leaves):,} leaves" in text
    later, never = (atrisk.flip_evidence(now, goal) for goal in ("later", "never"))
    assert later.evidence == ("hate-18", "hate-19")
    assert f"at least {never.least} and at most {len(never.evidence)} rows" in text
    changes = [atrisk.flip_weights(now, goal).change for goal in ("later", "never")]
    assert changes[1] is None
    assert f"so do weights within {changes[0]:.0%}".replace("%", " %") in text
    assert not atrisk.bound_weights(now, float("inf")).avoidable
    assert atrisk.bound_weights(atrisk.assess(case, framework, method="v1"), 2.0).avoidable
    doubt = atrisk.split_doubt(case, framework, seed=0, draws=1000)
    parts = [doubt.parts[name].deviation().mean() for name in ("facts", "method", "both")]
    assert "{:.3f} by facts, {:.3f} by method and {:.3f} by both".format(*parts) in text
    outcome = atrisk.run_scenarios(case, framework, ["council-listens-in-may"])
    medians = [
        r["median_days"] for r in outcome.to_rows("rules") if r["rule"] == "protection-deployed"
    ]
    assert "from {:.0f} to {:.0f} days".format(*medians) in text

"""No result, repr or notebook shows a confidential word, and no module reads one but these."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import atrisk
from atrisk.base.tables import read_table
from atrisk.cases.beside import load_judgements, load_lookups
from atrisk.cases.evidence import Evidence
from atrisk.cases.secrecy import Guarded, Secrecy, Secrets
from atrisk.gap.need import list_steps
from atrisk.report.page import render_report
from atrisk.studies.agreement import measure_agreement, run_coders
from canaries import Canaries, write_case
from shipped import un
from toys import ROOT

PACKAGE = ROOT / "src" / "atrisk"


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, canaries: Canaries) -> Path:
    return write_case(tmp_path_factory.mktemp("results"), canaries)


def tell(result: Any) -> str:
    """Return all that a result prints, in words, as rows and in a notebook."""
    told = [repr(result), str(result)]
    told += [result._repr_html_()] if hasattr(result, "_repr_html_") else []
    if hasattr(result, "tables") and hasattr(result, "to_rows"):
        told += [str(result.to_rows(level)) for level in result.tables]
    elif hasattr(result, "to_rows"):
        told += [str(result.to_rows())]
    return "\n".join(told)


def list_results(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what each way of asking in Python says, by its name."""
    case = atrisk.load_case(folder)
    documents = folder.parent / "documents"
    yield "case", repr(case) + str(case)
    for name, rows in case.tables.items():
        yield name, repr(rows) + str([str(row) for row in rows])
    yield "a table as it was read", repr(read_table(case.folder, "evidence.csv", Evidence))  # type: ignore[arg-type] # it has one
    yield "beside", repr((load_lookups(case), load_judgements(case)))
    now = atrisk.assess(case, un())
    yield "assessment", tell(now) + now.to_frame("indicator").to_string()
    yield "explain", str(now.explain("2020-03"))
    later = atrisk.assess(case, un(), knowledge="retrospective")
    yield "compare", str(atrisk.compare_scores((now, "2020-02"), (later, "2020-03")))
    flags = atrisk.raise_flags(now)
    yield "flags", tell(flags) + str([flag.evidence for flag in flags.alarms + flags.surges])
    actions = atrisk.measure_actions(now, "vignette-sensitive")
    assert actions.open
    yield "actions due", tell(actions) + actions.describe() + repr(actions.due)
    for rule in ("to-need", "any-protective", "adequate"):
        gap = atrisk.measure_gap(case, now, rule)
        yield f"gap {rule}", tell(gap) + gap.describe() + repr(gap.lags) + repr(gap.standing)
        yield f"groups {rule}", str([gap.compare_groups(by) for by in ("issuer", "audience")])
        if gap.standing:
            yield "strength", str([*list_steps(gap.standing, now.until)]) + repr(gap.standing.steps)
    outcome = atrisk.run_scenarios(case, un())
    yield "scenarios", tell(outcome) + str(outcome.explain("add", "2020-03"))
    yield "scenario", repr(outcome.results) + repr([one.scenario for one in outcome.results])
    yield "changes", repr([one.scenario.changes for one in outcome.results if one.scenario])
    agreement = measure_agreement(case, un())
    yield "agreement", tell(agreement) + repr((agreement.coders, agreement.record))
    for name, one in agreement.assessments.items():
        yield f"explain {name}", str(one.explain("2020-03"))
    coder = replace(case, evidence=agreement.coders["bob"])
    yield "coders", tell(run_coders(case, un(), seed=1, draws=10))
    brief = atrisk.prepare_brief(coder, un(), draws=20)
    yield "a coder's page", render_report(brief) + repr(brief) + repr(brief.responses)
    stages = atrisk.load_framework("ten-stages")
    crossed = atrisk.cross_case(case, stages)
    yield "crossed", str(atrisk.assess(crossed, stages).explain("2020-03")) + repr(crossed.evidence)
    yield "lints", str(atrisk.list_lints(case, un()))
    yield "anchors", str([one.to_row() for one in atrisk.check_anchors(case, documents)])
    for name in ("secret", "sealed", "diary"):
        document = atrisk.read_document(documents / f"{name}.txt")
        yield f"passages {name}", tell(atrisk.suggest_indicators(document, un(), like=[case]))
        yield f"passage {name}", repr(document) + repr(document.passages)


def test_no_result_shows_a_confidential_word(room: Path, canaries: Canaries) -> None:
    for name, text in list_results(room):
        assert not canaries.find_leaks(text), (name, canaries.find_leaks(text))


LOCKS: dict[str, tuple[object, str, object, str]] = {
    "explain": (Guarded, "hides", lambda self, column: False, "explain"),
    "a coder's rows": (Secrets, "seal", lambda self, rows: tuple(rows), "explain bob"),
    "actions": (Guarded, "hides", lambda self, column: False, "actions due"),
    "repr": (Guarded, "__repr_args__", BaseModel.__repr_args__, "searches"),
    "crossing": (Secrets, "judge", lambda self, own, sources: Secrecy.NO, "crossed"),
}


@pytest.mark.parametrize("lock", LOCKS)
def test_the_test_sees_a_lock_that_does_not_hold(
    lock: str, room: Path, canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, attribute, opened, name = LOCKS[lock]
    monkeypatch.setattr(place, attribute, opened)
    told = next(text for one, text in list_results(room) if one == name)
    assert canaries.find_leaks(told)


# Where words are read as they are, and why none leaves there.
READERS: dict[str, str] = {
    "coding/anchors.py": "looks them up",
    "coding/lints.py": "compares them",
    "coding/listing.py": "looks them up",
    "coding/recall.py": "looks them up",
    "exchange/annotations.py": "looks them up",
    "gap/matching.py": "compares places and actors",
    "gap/need.py": "tells forces apart by their actors",
    "studies/agreement.py": "groups by them",
}
WORDS = {
    "quote", "summary", "asked", "locator", "issuer", "addressee", "actors", "population", "actor",
    "publisher", "mandate", "stop_rule",
}  # fmt: skip


def list_reads(path: Path) -> set[str]:
    """Return which cells of a row a module reads past ``shown``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in WORDS and not _is_of_no_row(node)
    }


def _is_of_no_row(node: ast.Attribute) -> bool:
    """Tell whether it is the locator of a passage, the actors of a rule or a command's summary."""
    others = ("passage", "rule", "cell", "shlex", "command")
    return isinstance(node.value, ast.Name) and node.value.id in others


def test_words_leave_a_row_through_its_accessor_alone() -> None:
    """A module that reads a word past ``shown`` must say here why none leaves by it."""
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if list_reads(path)}
    assert found == set(READERS), "take them from row.shown(column)"
    pages = (PACKAGE / "report" / "page.html").read_text(encoding="utf-8")
    assert not [word for word in WORDS if f"item.{word}" in pages or f"source.{word}" in pages]
    assert "source.title" not in pages

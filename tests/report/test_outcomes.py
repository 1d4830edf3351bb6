"""What came, on the page: rivals from their day of issue, and nothing before it was counted."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.report.answers import list_answers
from atrisk.report.brief import prepare_brief
from shipped import un
from toys import ROOT, THREE_FACTOR, case_of, evidence

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")
from atrisk.report.page import render_report

QUESTION = "Has this score warned before?"


def answer(brief: atrisk.Brief) -> str:
    return next(one.text for one in list_answers(brief) if one.question == QUESTION)


def copy_case(tmp_path: Path, **files: str) -> atrisk.Case:
    folder = tmp_path / "car"
    shutil.copytree(ROOT / "cases" / "car-2020-2021", folder)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return atrisk.load_case(folder)


OUTCOMES = "month,measure,value,low,high,source,vintage\n" + "".join(
    f"{month},one-sided-deaths,{count},,,A counter of deaths: file one,2021-12\n"
    for month, count in (("2020-12", 0), ("2021-01", 3), ("2021-02", 40), ("2021-03", 90))
)
RIVALS = (
    "system,issued,kind,start,end,value,rank,ranked,scale,source,note,least,most\n"
    "watch,2021-02-15,issued,2021-01,2021-01,3,,,1 calm to 4 alarm,A paper,,1,4\n"
    "model,2021-04-02,backcast,2021-02,2021-02,,1,5,rank,A paper,,,\n"
)


def test_the_answer_tells_each_onset_and_what_each_tier_did(tmp_path: Path) -> None:
    case = copy_case(tmp_path, outcomes=OUTCOMES, rivals=RIVALS)
    told = answer(prepare_brief(case, un(), draws=20))
    assert "25 civilians killed in a month was reached anew in 2021-02:" in told
    assert "watch had been on for 2 months, since the case begins" in told
    assert "alert was not on" in told


def test_the_figure_shows_rivals_from_the_month_of_issue_on(tmp_path: Path) -> None:
    case = copy_case(tmp_path, outcomes=OUTCOMES, rivals=RIVALS)
    brief = prepare_brief(case, un(), draws=20)
    figure = next(one for one in atrisk.list_figures(brief) if one.id == "outcomes")
    rows = {row["month"]: row for row in figure.rows}
    assert rows["2021-01"]["watch issued"] is None
    assert rows["2021-02"]["watch issued"] == pytest.approx(2 / 3)
    assert rows["2021-03"]["model backcast"] is None
    assert rows["2021-04"]["model backcast"] == 1.0
    assert rows["2021-03"]["killed, by A counter of deaths"] == 90
    above = figure.plot().axes[0]
    marks = {line.get_label(): line for line in above.lines if line.get_marker() != "None"}
    assert marks["model, computed later"].get_markerfacecolor() != marks["watch"].get_color()


def test_as_of_a_day_nothing_is_told_that_was_counted_or_issued_later(tmp_path: Path) -> None:
    case = copy_case(tmp_path, outcomes=OUTCOMES, rivals=RIVALS)
    brief = prepare_brief(case, un(), draws=20, knowledge="2021-06-30")
    assert brief.verification is None
    page = render_report(brief)
    assert "A counter of deaths" not in page
    assert "watch issued" not in page
    later = prepare_brief(case, un(), draws=20, knowledge="2021-12-31")
    assert later.verification is not None
    assert "A counter of deaths" in render_report(later)


def test_without_outcomes_the_page_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "car"
    shutil.copytree(ROOT / "cases" / "car-2020-2021", folder)
    (folder / "outcomes.csv").unlink()
    brief = prepare_brief(atrisk.load_case(folder), un(), draws=20)
    assert answer(brief) == "Nobody can say: no outcome stands beside the case by that day."
    toy = prepare_brief(case_of(evidence()), THREE_FACTOR, draws=20)
    assert answer(toy) == "Nobody can say: the framework names no outcomes."


def test_outcomes_and_rivals_move_no_score_on_the_page(tmp_path: Path) -> None:
    case = copy_case(tmp_path, outcomes=OUTCOMES, rivals=RIVALS)
    bare = atrisk.load_case("car-2020-2021")
    one, other = (prepare_brief(each, un(), draws=20).assessment for each in (case, bare))
    assert np.array_equal(one.overall, other.overall)

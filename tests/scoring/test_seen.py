"""The case as a day and an audience had it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.base.dates import ImpreciseDate, Span
from atrisk.cases.evidence import Audience
from atrisk.scoring.seen import see_case
from atrisk.scoring.view import read_outlook
from shipped import car, small, un
from toys import THREE_FACTOR, case_of, evidence
from unseen import LATE, Unseen, write_unseen


@pytest.mark.parametrize("day", ["2012-06-30", "2013-09-14", "2014-12-31"])
@pytest.mark.parametrize("audience", [None, "public", "council", "internal"])
def test_what_was_seen_is_seen_again_alike(day: str, audience: Audience | None) -> None:
    outlook = read_outlook(car(), day)
    once = see_case(car(), outlook, audience)
    assert len(once.evidence) < len(car().evidence)
    assert see_case(once, outlook, audience) is once


@pytest.mark.parametrize("knowledge", ["contemporaneous", "retrospective"])
def test_whoever_keeps_nothing_back_sees_the_case(knowledge: str) -> None:
    assert atrisk.assess(car(), un(), knowledge=knowledge).case is car()


def test_what_ended_later_still_goes_on() -> None:
    rows = (
        evidence("over", start="2020-01", end="2020-02", known="2020-01"),
        evidence("later", start="2020-01", end="2020-05", known="2020-01"),
        evidence("perhaps", start="2020-01", end="2020-02/2020-05", known="2020-01"),
    )
    seen = atrisk.assess(case_of(*rows), THREE_FACTOR, knowledge="2020-03-31").case
    ends = {row.id: row.end.text for row in seen.evidence if row.end}
    assert ends == {"over": "2020-02", "later": "..", "perhaps": "2020-02-01/.."}


def test_a_row_that_came_later_moves_no_draw_from_a_day() -> None:
    rows = [evidence(name, known="2020-02") for name in ("a", "b")]
    later = evidence("c", start="2020-02", known="2020-05", severity=4)
    short, long = (
        atrisk.run_ensemble(case, THREE_FACTOR, seed=3, draws=20, knowledge="2020-03-31")
        for case in (case_of(*rows), case_of(*rows, later))
    )
    assert short.to_rows("overall") == long.to_rows("overall")
    assert long.base.case.digest == short.base.case.digest


def test_the_public_never_learns_what_nobody_published() -> None:
    case = case_of(evidence("a"), evidence("b", audience="internal", source="source-b"))
    never = tuple(
        one.model_copy(update={"published": ImpreciseDate.parse("2020/..")})
        if one.id == "source-b" else one for one in case.sources
    )  # fmt: skip
    seen = atrisk.assess(
        replace(case, sources=never), THREE_FACTOR, knowledge="retrospective", audience="public"
    )
    assert [row.id for row in seen.case.evidence] == ["a"]
    assert np.array_equal(
        seen.overall, atrisk.assess(case_of(evidence("a")), THREE_FACTOR, audience="public",
                                    knowledge="retrospective").overall,
    )  # fmt: skip


def test_a_date_that_may_lie_later_is_written_open_and_counts_as_before() -> None:
    when = ImpreciseDate.parse("2020-02/2020-05")
    cut = when.cut(date(2020, 3, 31))
    assert (cut.text, cut.earliest, cut.latest) == ("2020-02-01/..", when.earliest, when.latest)
    assert Span.of(cut) == Span.of(when)
    assert Span.of(cut).text == "2020-02-01/.."
    assert Span.of(cut).follow(Span.of(date(2020, 2, 10))).text == "2020-02-10/.."
    assert when.cut(date(2020, 5, 31)) is when
    assert ImpreciseDate.parse("../2020-05").cut(date(2020, 3, 31)).text == ".."


def test_a_response_is_what_it_was_by_then(tmp_path: Path) -> None:
    case = atrisk.load_case(write_unseen(tmp_path / "case", Unseen()))
    seen = atrisk.assess(case, un(), knowledge="2020-04-30").case
    found = {one.id: one for one in seen.responses}
    assert set(found) == {"came", "grew", "proposed", "wide"}
    grew, proposed = found["grew"], found["proposed"]
    assert (grew.full_strength, grew.ended, grew.delivered) == (None, None, None)
    assert str(grew.deployed) == "2020-03-12"
    assert (str(proposed.proposed), proposed.decided) == ("2020-03-02", None)
    assert proposed.shown_quote == proposed.shown_summary == "(not out by then)"
    assert proposed.shown_place == "(not out by then)"
    assert [str(one.date) for one in seen.deliveries] == ["2020-03-20", "2020-03-21"]


def test_a_scenario_on_what_was_not_seen_is_left_out_or_refused_where_it_stands(
    tmp_path: Path,
) -> None:
    unseen = Unseen()
    case = atrisk.load_case(write_unseen(tmp_path / "case", unseen))
    outcome = atrisk.run_scenarios(case, un(), knowledge="2020-04-30")
    closed = {"zqcounxscenariosidtoldcouncil", "zqintexscenariosidtoldrow"}  # on record by then
    assert {one.id for one in outcome.results} == {"heard", "lasting"} | closed
    assert outcome.left_out == 5
    told = "5 scenarios are left out: nothing that they change was on record by 2020-04-30."
    assert told in " ".join(repr(outcome).split())
    name = unseen.word(LATE, "scenarios id moved")
    with pytest.raises(atrisk.DataError, match=r"scenarios/zqlatex.*toml") as caught:
        atrisk.run_scenarios(case, un(), [name], knowledge="2020-04-30")
    assert "was on record by 2020-04-30; choose a later day" in str(caught.value)
    assert atrisk.run_scenarios(case, un(), [name]).results[0].id == name
    with pytest.raises(atrisk.UnknownNameError) as lost:
        atrisk.run_scenarios(case, un(), ["herd"], knowledge="2020-04-30")
    assert "heard" in str(lost.value)
    assert "zqlate" not in str(lost.value)


def test_a_row_of_which_less_was_had_is_another_row() -> None:
    row = small().evidence[0]
    less = row.unsee(frozenset({"quote"}))
    again = pickle.loads(pickle.dumps(less))
    assert less != row
    assert less == again == less.model_copy()
    assert again.unseen == {"quote"}
    assert hash(row) == hash(row.model_copy())
    assert "_unseen" not in dict(less)

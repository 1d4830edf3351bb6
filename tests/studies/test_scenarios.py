"""Scenarios: the same method on another record, beside the base, with every difference opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.cases.edits import change_case
from atrisk.cases.scenario import Changes, Scenario, list_scenarios, load_scenario
from atrisk.studies.scenarios import run_scenarios
from shipped import car, un, what_ifs
from toys import MINI, THREE_FACTOR, case_of, cases, evidence


def scenario(**changes: Any) -> Scenario:
    return Scenario("made", "t", "q", "r", Changes.model_validate(changes))


def run(case: atrisk.Case = MINI, **changes: Any) -> Any:
    return run_scenarios(case, THREE_FACTOR, [scenario(**changes)])


def test_the_shipped_case_has_the_scenarios_that_an_analyst_would_ask() -> None:
    assert set(list_scenarios(car())) >= {
        "council-listens-in-may", "misca-at-strength", "closed-warnings-public",
        "paper-without-interviews", "binuca-stays", "no-anti-balaka-known",
    }  # fmt: skip
    assert len(what_ifs().results) == len(list_scenarios(car()))


def test_differences_open_to_the_evidence_and_sum_to_the_scores() -> None:
    base = what_ifs().base.assessment
    for result in what_ifs().results:
        for month in ("2013-04", "2013-12", "2015-06"):
            place = base.place(month)
            difference = result.assessment.overall[place] - base.overall[place]
            rows = what_ifs().explain(result.id, month)
            assert abs(sum(row["change"] for row in rows) - difference) < 1e-12


def test_a_scenario_about_responses_changes_no_score() -> None:
    base = what_ifs().base.assessment
    for result in what_ifs().results:
        if result.id in ("council-listens-in-may", "misca-at-strength", "binuca-stays"):
            assert np.array_equal(result.assessment.overall, base.overall)


def test_misca_at_strength_answers_warnings_on_the_day_of_its_mandate() -> None:
    promise = atrisk.run_scenarios(car(), un(), ["misca-at-strength"], rule="adequate")
    rows = {row["scenario"]: row for row in promise.to_rows()}
    base, other = rows["base"], rows["misca-at-strength"]
    assert other["first_answer"] == "2013-07-19"
    # From France's warning of 3 January 2013 to 19 July: 28 + 28 + 31 + 30 + 31 + 30 + 19 days.
    assert other["first_answer_lag_days"] == 28 + 28 + 31 + 30 + 31 + 30 + 19
    assert other["first_answer_lag_days_change"] == 197 - base["first_answer_lag_days"]
    assert other["months_in_alarm_without_answer"] < base["months_in_alarm_without_answer"]


def test_a_mission_agreed_in_may_moves_by_the_same_days_at_every_stage() -> None:
    case = next(r for r in what_ifs().results if r.id == "council-listens-in-may").assessment.case
    old, new = (next(r for r in c.responses if r.id == "minusca") for c in (car(), case))
    assert str(new.decided) == "2013-05-31"
    assert old.deployed is not None
    assert new.deployed is not None
    assert old.decided is not None
    assert old.deployed.latest is not None
    assert new.deployed.latest is not None
    moved = old.deployed.latest - new.deployed.latest
    assert old.decided.latest is not None
    assert new.decided is not None
    assert new.decided.latest is not None
    assert moved == old.decided.latest - new.decided.latest
    assert str(new.proposed) == "2013-05"


def test_closed_warnings_made_public_are_seen_by_the_public() -> None:
    name = "closed-warnings-public"
    scenario = load_scenario(name, car())  # whoever holds both has the whole record
    outcome = run_scenarios(car(), un(), [scenario], audience="public")
    base, other = outcome.base.assessment, outcome.results[0].assessment
    anybody = what_ifs().base.assessment
    assert not np.array_equal(base.overall, anybody.overall)
    assert np.array_equal(other.overall, anybody.overall)


@settings(max_examples=40, deadline=None)
@given(cases(min_rows=2), st.data())
def test_dropping_rows_is_the_case_without_them(case: atrisk.Case, data: st.DataObject) -> None:
    names = [item.id for item in case.evidence if item.id != "anchor"]
    gone = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    outcome = run(case, drop={"evidence": gone})
    rest = case_of(*[item for item in case.evidence if item.id not in gone])
    assert np.array_equal(
        outcome.results[0].assessment.overall, atrisk.assess(rest, THREE_FACTOR).overall
    )
    assert outcome.results[0].gap is None  # no warning, no gap: not zero


def test_hypothetical_evidence_is_scored_and_says_that_it_stands_nowhere() -> None:
    row = {
        "id": "what-if", "source": MINI.sources[0].id, "start": "2020-03", "known": "2020-03",
        "audience": "public", "indicators": "3.1", "direction": "aggravating", "severity": 4,
        "credibility": 1, "summary": "A siege that nobody reported.",
    }  # fmt: skip
    outcome = run(case_of(evidence("a")), evidence=[row | {"source": "source-a"}])
    rows = outcome.explain("made", "2020-03")
    added = next(r for r in rows if r["evidence"] == "what-if")
    assert added["change"] > 0
    assert "hypothetical" in added["locator"]
    later = outcome.results[0].assessment.overall - outcome.base.assessment.overall
    assert not later[:2].any()
    assert later[2] > 0


def test_other_weights_half_lives_and_policies_are_the_method_s_own() -> None:
    method = {"factor_aggregation": "worst", "alarm": "standard"}
    known = {
        name: [o.id for o in getattr(THREE_FACTOR.header.branches, name).options] for name in method
    }
    chosen = {name: options[-1] for name, options in known.items()}
    outcome = run(method=chosen, half_lives=2.0)
    now = outcome.results[0].assessment
    assert now.method.choices["alarm"] == chosen["alarm"]
    assert now.method.persistence.dynamic == 2 * THREE_FACTOR.choose().persistence.dynamic
    assert "x2" in repr(now)


def test_regrading_a_source_changes_what_it_is_worth() -> None:
    source = MINI.evidence[0].source
    outcome = run(regrade=[{"source": source, "reliability": "E"}])
    assert outcome.results[0].assessment.overall.sum() < outcome.base.assessment.overall.sum()


def test_one_s_own_file_runs_and_a_faulty_one_tells_all_its_faults(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    head = 'title = "t"\nquestion = "q"\nrationale = "r"\n'
    file.write_text(head + "[changes]\nhalf_lives = 2.0\n", encoding="utf-8")
    assert run_scenarios(MINI, THREE_FACTOR, file).to_rows()[1]["scenario"] == "mine"
    file.write_text(head + "[changes]\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match=r"changes nothing; add a table"):
        load_scenario(file, MINI)
    file.write_text(head + "[changes.drpo]\nevidence = []\n[changes]\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError):
        load_scenario(file, MINI)
    file.write_text(
        head + '[[changes.response]]\nid = "x"\ncancel = true\npromised = 3\n', encoding="utf-8"
    )
    with pytest.raises(atrisk.DataError, match="not both"):
        load_scenario(file, MINI)


NEW = {
    "id": "new", "start": "2020", "audience": "public", "indicators": "1.1",
    "direction": "aggravating", "severity": 1, "credibility": 1, "summary": "s",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "changes nothing"),
        ({"drop": {"evidence": ["e-nowhere"]}}, "no evidence is called 'e-nowhere'"),
        ({"drop": {"sources": ["nobody"]}}, "no source is called"),
        ({"drop": {"warnings": ["nobody"]}}, "no warning is called"),
        ({"response": [{"id": "nobody", "cancel": True}]}, "no response is called"),
        ({"regrade": [{"source": "nobody", "reliability": "A"}]}, "no source is called"),
        ({"method": {"weights": "nope"}}, "no option of the branch 'weights'"),
        ({"method": {"wieghts": "equal"}}, "Did you mean 'weights'"),
        ({"publish": {"warnings": ["nobody"]}}, "no warning is called"),
        ({"evidence": [NEW | {"source": "nobody"}]}, "no source is called"),
        ({"evidence": [{"id": "new", "severity": 9}]}, "hypothetical evidence 'new'"),
        ({"deliveries": [{"response": "nobody", "date": "2020", "source": "x"}]}, "no"),
    ],
)  # fmt: skip
def test_a_scenario_that_asks_for_nothing_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        run(**changes)


def test_a_change_that_leaves_everything_as_it_was_is_refused() -> None:
    case = case_of(evidence("a", audience="public"))
    with pytest.raises(atrisk.RequestError, match="changes nothing in made"):
        change_case(case, Changes.model_validate({"publish": {"audiences": ["council"]}}))
    with pytest.raises(atrisk.RequestError, match="changes nothing in made"):
        change_case(
            case, Changes.model_validate({"regrade": [{"source": "source-a", "reliability": "A"}]})
        )
    with pytest.raises(atrisk.RequestError, match="no evidence"):
        run(case, drop={"sources": ["source-a"]})


def test_a_response_cannot_be_moved_by_a_stage_that_it_never_reached() -> None:
    change = {"response": [{"id": "minusca", "stage": "funded", "on": "2013-05"}]}
    with pytest.raises(atrisk.RequestError, match="it has proposed, decided, deployed"):
        change_case(car(), Changes.model_validate(change))
    backwards = {"response": [{"id": "minusca", "dates": {"deployed": "2012-01"}}]}
    with pytest.raises(atrisk.RequestError, match="stages follow one another"):
        change_case(car(), Changes.model_validate(backwards))


def test_a_hypothetical_row_may_not_take_the_place_of_a_real_one() -> None:
    with pytest.raises(atrisk.RequestError, match="'a' exists; give the new row another id"):
        run(case_of(evidence("a")), evidence=[NEW | {"id": "a", "source": "source-a"}])


def test_there_is_nothing_to_run_without_a_scenario() -> None:
    with pytest.raises(atrisk.RequestError, match="no scenario to run"):
        run_scenarios(replace(MINI, folder=None), THREE_FACTOR)
    with pytest.raises(atrisk.RequestError, match="no scenario to run"):
        run_scenarios(car(), un(), [])
    with pytest.raises(atrisk.UnknownNameError, match="Did you mean 'binuca-stays'"):
        run_scenarios(car(), un(), "binuca-stay")
    with pytest.raises(atrisk.RequestError, match="share an id"):
        run_scenarios(car(), un(), ["binuca-stays", "binuca-stays"])
    with pytest.raises(atrisk.UnknownNameError):
        what_ifs().explain("nope", "2013-04")
    with pytest.raises(atrisk.UnknownNameError):
        what_ifs().to_rows("weeks")


def test_the_outcome_says_that_it_is_a_what_if() -> None:
    assert "not what would have happened" in repr(what_ifs())
    assert "no figure of the summary differs under binuca-stays" in repr(what_ifs())
    months = what_ifs().to_rows("months")
    assert len(months) == len(what_ifs().results) * 48
    assert {row["rule"] for row in what_ifs().to_rows("rules")} >= {"adequate", "any-protective"}

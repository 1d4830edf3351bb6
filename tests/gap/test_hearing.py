"""Hearing: an audience waits from the day on which it heard, and no act answers itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import atrisk
from atrisk.gap.matching import is_own_act
from ledgers import case_with, lag, measure, response, warning
from shipped import car, now
from toys import THREE_FACTOR


def hear(audience: Any) -> atrisk.Gap:
    return atrisk.measure_gap(car(), atrisk.assess(car(), now().framework, audience=audience))


def test_an_audience_changes_the_lags_of_a_finished_case() -> None:
    # The public learnt in September 2015, from the paper, what France said in closed session on
    # 3 January 2013; the Council heard it then.
    public, council = hear("public"), hear("council")
    assert (str(lag(council, "w-france-closed").heard.text)) == "2013-01-03"
    found = lag(public, "w-france-closed")
    assert found.heard.text == "2015-09-01/2015-09-30"
    # Half-way through September, the 15th at noon, to 31 December: 14.5 + 31 + 30 + 31 days.
    assert (found.censored, found.days) == (True, 106.5)
    changed = {
        one.subject for one, other in zip(
            sorted(public.warned, key=lambda x: x.subject),
            sorted(hear(None).warned, key=lambda x: x.subject), strict=True,
        ) if one.days != other.days
    }  # fmt: skip
    assert changed == {w.id for w in car().warnings if w.audience != "public"}
    assert changed
    assert public.answered < hear(None).answered


def test_a_warning_that_the_audience_heard_at_once_waits_from_its_own_day() -> None:
    case = case_with(
        warning("closed", audience="council"), warning(), response(decided="2020-02-10")
    )
    asked: Any = (("council", 30), ("internal", None), ("public", None), (None, 30))
    for audience, days in asked:
        gap = atrisk.measure_gap(case, atrisk.assess(case, THREE_FACTOR, audience=audience), "any")
        assert lag(gap, "w").days == 30
        heard = [found.subject for found in gap.lags if found.warning]
        # The sources of the toy come out in December, after the case has ended.
        assert ("closed" in heard) is (days is not None)


def test_the_day_of_hearing_is_told_in_rows_and_words() -> None:
    gap = hear("internal")
    rows = {row["subject"]: row for row in gap.to_rows()}
    assert rows["w-france-closed"]["date"] == "2013-01-03"
    assert rows["w-france-closed"]["heard"] == "2015-09-01/2015-09-30"
    assert rows["w-micopax-week"]["heard"] == "2013-11-28"
    assert gap.describe().startswith("The first warning that the audience heard is")
    assert [found.heard.middle for found in gap.warned] == sorted(
        found.heard.middle for found in gap.warned
    )


def test_no_act_of_warning_answers_itself() -> None:
    # The chairperson's one statement of 19 February 2012 stands in both ledgers.
    case = atrisk.load_case("sen-2011-2012")
    gap = atrisk.measure_gap(case, atrisk.assess(case, now().framework), rule="any-protective")
    found = lag(gap, "sen-w10")
    assert found.response is None or found.response.id != "sen-r17"
    assert found.days > 0


@pytest.mark.parametrize(
    ("cells", "own"),
    [
        ({"actor": "a neighbour", "decided": "2020-01-11"}, True),
        ({"actor": "others; A neighbour", "decided": "2020-01-11"}, True),
        ({"actor": "a neighbour", "decided": "2020-01-12"}, False),
        ({"actor": "a neighbour", "decided": "2020-01-12", "locator": "p. 1"}, True),
        ({"actor": "the council", "decided": "2020-01-11", "locator": "p. 1"}, False),
        ({"actor": "a neighbour", "proposed": "2019-12-01", "decided": "2020-01-11"}, False),
    ],
)
def test_an_own_act_has_the_same_actor_and_the_same_day_or_place(
    cells: dict[str, str], own: bool
) -> None:
    assert is_own_act(warning(), response(**cells)) is own
    assert (lag(measure(warning(), response(**cells))).response is None) is own


def test_a_documented_answer_is_one_even_from_the_issuer_on_the_day() -> None:
    rows = warning(), response(actor="a neighbour", decided="2020-01-11", answers="w")
    for rule in ("any", "documented"):
        assert lag(measure(*rows, rule=rule)).days == 0
    other = warning("other", when="2020-01-11", issuer="somebody else", source="source-b")
    assert lag(measure(*rows, other), "other").days == 0


def test_a_stage_keeps_or_drops_the_strength_and_says_which() -> None:
    weak = response(decided="2020-02-10", deployed="2020-03-11", promised="100", delivered="10")
    for stage in ("proposed", "decided", "funded"):
        gap = measure(warning(), weak, rule="adequate", stage=stage)
        assert not lag(gap).censored
        told = f"adequate at the stage {stage}, without its share of strength (half of the promise)"
        assert told in gap.describe()
        assert told in repr(gap)
        assert {row["strength"] for row in gap.to_rows()} == {"none"}
        assert [row["answers_in_force"] for row in gap.monthly][-1] == "r"
    kept = measure(warning(), weak, rule="adequate", stage="full_strength")
    assert lag(kept).censored
    assert "adequate at the stage full_strength, with half of the promise" in repr(kept)
    assert {row["strength"] for row in kept.to_rows()} == {"half of the promise"}
    assert "Rule: adequate, stage deployed" in repr(measure(warning(), weak, rule="adequate"))
    rows = atrisk.compare_rules(kept.case, kept.assessment, "decided")
    assert {row["strength"] for row in rows} == {"none"}
    assert all(row["note"] == "" for row in rows)  # without the strength no need is asked for


def test_funded_can_be_asked_for_and_shows_no_decision() -> None:
    paid = response(funded="2020-02-10")
    assert lag(measure(warning(), paid, stage="funded")).days == 30
    assert lag(measure(warning(), paid, stage="decided")).censored
    stands = response(deployed="2020-03-11")
    assert lag(measure(warning(), stands, stage="funded")).days == 60
    assert lag(measure(warning(), response(decided="2020-02-10"), stage="funded")).censored
    late = response(deployed="2020-02-10", funded="2020-03-11")
    assert lag(measure(warning(), late, stage="funded")).days == 60


def test_nobody_hears_what_is_not_out_by_the_day_that_is_seen() -> None:
    assessment = atrisk.assess(
        car(), now().framework, audience="public", knowledge=date(2014, 12, 31)
    )
    heard = {found.subject for found in atrisk.measure_gap(car(), assessment).lags}
    assert "w-france-closed" not in heard


def test_those_who_were_warned_have_stages_of_their_own() -> None:
    heard = response(
        "seen", effect="neutral", answers="w", noticed="2020-01-21", accepted="2020-01-31"
    )
    acts = response(answers="w", decided="2020-02-10", deployed="2020-03-11")
    waits = {"noticed": 10, "accepted": 20, "proposed": 30, "decided": 30}
    for stage, days in waits.items():
        gap = measure(warning(), heard, acts, rule="documented", stage=stage)
        assert lag(gap).days == days
    # Whoever decided had noticed by then at the latest.
    assert lag(measure(warning(), acts, stage="noticed")).days == 30
    assert lag(measure(warning(), heard, rule="documented", stage="decided")).censored


def test_accepting_comes_after_noticing() -> None:
    with pytest.raises(atrisk.DataError, match="before noticed"):
        case_with(warning(), response(noticed="2020-02-10", accepted="2020-01-21"))

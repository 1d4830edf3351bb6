"""A second framework, and evidence carried over to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.cases.evidence import Search
from atrisk.cli.main import main
from shipped import car, stages, un
from toys import HERE, MINI, ROOT, THREE_FACTOR, case_of, evidence

WALK = atrisk.load_crosswalk(stages(), "un-foa-2014")
CROSSED = atrisk.cross_case(car(), stages())


def damaged(tmp_path: Path, old: str, new: str) -> atrisk.Framework:
    """Return the ten stages with one damage in their crosswalk."""
    folder = tmp_path / "ten-stages"
    shutil.copytree(ROOT / "frameworks" / "ten-stages", folder)
    file = folder / "crosswalks" / "un-foa-2014.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return atrisk.load_framework(folder)


def test_the_second_framework_differs_in_structure_and_is_scored_by_the_same_code() -> None:
    assert list(stages().factors) == [str(n) for n in range(1, 11)]
    assert list(stages().crimes) == ["genocide"]
    counts = [one.choose("v1").factor_aggregation.rule for one in (stages(), un())]
    assert counts == ["maximum", "counting_or"]
    assessment = atrisk.assess(CROSSED, stages())
    assert assessment.factors.shape == (48, 10)
    december = assessment.months.index("2013-12")
    # The worst month of the case has mass killing on record, the first has none.
    assert assessment.factors[december, 8] > assessment.factors[0, 8]


def test_every_indicator_of_the_un_framework_has_a_line_with_its_reason() -> None:
    assert list(WALK.rows) == list(un().indicators)
    assert all(row.rationale for row in WALK.rows.values())


def test_a_row_takes_the_counterparts_of_its_indicators_and_nothing_else_changes() -> None:
    before = {item.id: item for item in car().evidence}
    assert 0 < len(CROSSED.evidence) < len(car().evidence)
    for item in CROSSED.evidence:
        old = before[item.id]
        expected = {c for code in old.indicators for c in WALK.rows[code].counterparts}
        assert set(item.indicators) == expected
        assert item.model_copy(update={"indicators": old.indicators}) == old
    left = set(before) - {item.id for item in CROSSED.evidence}
    assert all(not WALK.rows[c].counterparts for name in left for c in before[name].indicators)
    assert f"{len(CROSSED.evidence)} of {len(car().evidence)} rows" in CROSSED.header.caveat
    assert (CROSSED.warnings, CROSSED.responses) == (car().warnings, car().responses)


@given(st.sets(st.sampled_from(sorted(un().indicators)), min_size=1, max_size=6))
def test_what_has_no_counterpart_is_not_assessed_rather_than_zero(codes: set[str]) -> None:
    row = evidence(indicators=";".join(sorted(codes)))
    made = case_of(row)
    made = atrisk.Case(
        made.header.model_copy(update={"framework": "un-foa-2014"}), made.sources, made.evidence
    )
    reached = {c for code in codes for c in WALK.rows[code].counterparts}
    if not reached:
        with pytest.raises(atrisk.RequestError, match="no evidence of made has a counterpart"):
            atrisk.cross_case(made, stages())
        return
    assessment = atrisk.assess(atrisk.cross_case(made, stages()), stages())
    assessed = assessment.by_indicator.coverage.max(axis=0) > 0
    assert {
        c for c, is_assessed in zip(stages().indicators, assessed, strict=True) if is_assessed
    } == (reached)


def test_searches_are_left_behind() -> None:
    search = {
        "id": "looked", "source": "source-a", "locator": "p. 1", "start": "2020-01", "end": "..",
        "known": "", "audience": "public", "indicators": "7.14", "summary": "none found",
    }  # fmt: skip
    made = case_of(evidence(indicators="7.14"))
    case = atrisk.Case(
        made.header.model_copy(update={"framework": "un-foa-2014"}),
        made.sources,
        made.evidence,
        (Search.model_validate(search),),
    )
    assert atrisk.cross_case(case, stages()).searches == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "\n7.14,6.1,",
            "\n7.14,6.9,",
            r"line 72.*'6\.9' does not exist; the last of factor 6 is 6\.4",
        ),
        ("\n7.14,6.1,Hate speech and propaganda.", "", r"7\.14 of un-foa-2014 has no line"),
        ("\n7.14,6.1,", "\n7.15,6.1,", r"'7\.15' is no indicator of un-foa-2014"),
        ("\n7.14,6.1,Hate speech and propaganda.", "\n7.14,6.1,", "rationale"),
        ("\n7.14,6.1,", "\n7.13,6.1,", "already on line"),
    ],
)
def test_a_faulty_crosswalk_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(atrisk.DataError, match=told):
        atrisk.load_crosswalk(damaged(tmp_path, old, new), "un-foa-2014")


def test_a_case_is_never_scored_under_a_framework_that_it_was_not_coded_to() -> None:
    """Codes such as 1.1 exist in both, and mean different things."""
    with pytest.raises(atrisk.DataError, match=r"cross_case\(case, framework\) carries"):
        atrisk.assess(car(), stages())
    with pytest.raises(atrisk.DataError, match="mean something else in 'un-foa-2014'"):
        atrisk.load_case(HERE / "cases" / "mini", un())
    with pytest.raises(atrisk.DataError, match=r"write three-factor/crosswalks/un-foa-2014\.csv"):
        atrisk.assess(car(), THREE_FACTOR)


def test_there_must_be_a_crosswalk_to_cross_by() -> None:
    with pytest.raises(atrisk.UnknownNameError, match="Known: un-foa-2014"):
        atrisk.cross_case(MINI, stages())
    with pytest.raises(atrisk.UnknownNameError, match="Known: none"):
        atrisk.cross_case(car(), THREE_FACTOR)
    with pytest.raises(atrisk.RequestError, match="coded to un-foa-2014 already"):
        atrisk.cross_case(car(), un())
    with pytest.raises(atrisk.UnknownNameError):
        atrisk.load_crosswalk(stages(), "../weights/equal")


def test_commands_cross_on_their_own_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "car-2012-2015", "--framework", "ten-stages"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "under 'ten-stages'" in told
    assert f"{len(CROSSED.evidence)} of 391 rows have a counterpart" in told
    assert main(["crosswalk", "car-2012-2015", "--framework", "ten-stages"]) == 0
    told = capsys.readouterr().out
    assert "Propaganda that drives groups apart" in told
    assert "58 of 141 indicators have a counterpart" in told


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "2013-12"],
        ["flags"],
        ["gap"],
        ["ensemble", "--draws", "20"],
        ["methods"],
        ["weights"],
        ["sensitivity", "--draws", "16"],
        ["validate"],
    ],
    ids=lambda words: words[0],
)
def test_every_other_command_works_under_it_too(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command, *rest = words
    asked = [command, "car-2012-2015", *rest, "--framework", "ten-stages"]
    assert main(asked) == 0, capsys.readouterr().err


def test_scenarios_and_coders_stay_behind_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert atrisk.list_scenarios(CROSSED) == ()
    with pytest.raises(atrisk.RequestError, match="written for un-foa-2014, and are not carried"):
        atrisk.run_scenarios(CROSSED, stages())
    with pytest.raises(atrisk.RequestError, match="coded to un-foa-2014; compare them under it"):
        atrisk.measure_agreement(CROSSED, stages())
    assert main(["scenarios", "car-2012-2015", "--framework", "ten-stages", "--list"]) == 2
    assert "not carried over to ten-stages" in capsys.readouterr().err

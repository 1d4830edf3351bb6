"""Cases in memory: made from frames and rows, edited, saved, and refused as files are."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import atrisk
from shipped import car
from toys import HEADER, SOURCES, THREE_FACTOR, case_of, evidence

pandas = pytest.importorskip("pandas")
HEAD: dict[str, Any] = {name: str(part) for name, part in HEADER}
SOURCE = {
    "id": "diary", "title": "A diary", "publisher": "A witness", "published": "2020-06",
    "kind": "diary", "reliability": "A", "sha256": "",
}  # fmt: skip
ROW = {
    "id": "shots", "source": "diary", "locator": "p. 1", "quote": "the first shots fell",
    "start": "2020-02-10", "end": "", "known": "2020-02-10", "audience": "public",
    "indicators": "1.1;2.1", "direction": "aggravating", "severity": 4, "credibility": 1,
    "claim": "", "actors": "", "population": "", "place": "", "summary": "Soldiers shot.",
}  # fmt: skip


def made(*rows: dict[str, Any], **more: Any) -> atrisk.Case:
    given = {"sources": [SOURCE], "evidence": rows or [ROW], "framework": THREE_FACTOR} | more
    return atrisk.Case.from_frames(HEAD, **given)


def test_frames_and_rows_give_the_case_that_files_give(tmp_path: Path) -> None:
    from_rows = made()
    from_frames = made(sources=pandas.DataFrame([SOURCE]), evidence=pandas.DataFrame([ROW]))
    saved = atrisk.load_case(from_rows.save(tmp_path / "case"), THREE_FACTOR)
    assert from_rows.digest == from_frames.digest == saved.digest
    scores = [atrisk.assess(c, THREE_FACTOR).overall.tolist() for c in (from_rows, saved)]
    assert scores[0] == scores[1]


def test_cells_of_a_frame_are_read_for_what_they_mean() -> None:
    row = ROW | {
        "start": pandas.Timestamp("2020-02-10"), "known": date(2020, 2, 11), "end": pandas.NaT,
        "claim": float("nan"), "actors": None, "indicators": ["1.1", "2.1"], "severity": 4.0,
        "place": pandas.NA,
    }  # fmt: skip
    (item,) = made(evidence=pandas.DataFrame([row])).evidence
    assert (str(item.start), str(item.known), item.end) == ("2020-02-10", "2020-02-11", None)
    assert (item.claim, item.actors, item.place) == ("", "", "")
    assert item.indicators == ("1.1", "2.1")
    assert item.severity == 4
    (item,) = made(ROW | {"start": datetime(2020, 2, 10, 14, 30)}).evidence
    assert str(item.start) == "2020-02-10"


def test_an_optional_column_may_be_missing_and_a_needed_one_may_not() -> None:
    assert not made().evidence[0].confidential
    without = {name: cell for name, cell in ROW.items() if name != "audience"}
    with pytest.raises(atrisk.DataError, match="audience: the column is missing"):
        made(without)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([ROW | {"source": "letter"}], "line 2, source: 'letter' is not in sources"),
        ([ROW, ROW], "line 3, id: 'shots' is already on line 2"),
        ([ROW | {"severity": 9}], "line 2, severity: '9' is not accepted"),
        ([ROW | {"severity": float("nan")}], "line 2, severity: the cell is empty"),
        ([ROW | {"start": "2020-13"}], "line 2, start: '2020-13' is not a date"),
        ([ROW | {"indicators": "9.9"}], "line 2, indicators: indicator '9.9' does not exist"),
        ([ROW | {"known": "2020-01"}], "before the thing began"),
        ([ROW | {"summary": "=HYPERLINK()"}], "would run as a formula"),
    ],
)  # fmt: skip
def test_faults_are_told_as_those_of_files(rows: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(atrisk.DataError, match="has 1 problem") as refused:
        made(*rows)
    assert words in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(atrisk.DataError) as refused:
        made(ROW | {"severity": 9, "source": "letter"}, ROW | {"start": "soon"})
    assert len(refused.value.problems) == 4


def test_an_edit_is_checked_when_it_is_made() -> None:
    case = case_of(evidence("a"), evidence("b"))
    wrong = case.evidence[0].model_copy(update={"severity": 7})
    with pytest.raises(atrisk.DataError, match="severity: '7' is not accepted"):
        dataclasses.replace(case, evidence=(wrong,))
    with pytest.raises(atrisk.DataError, match="'a' is already on line 2"):
        dataclasses.replace(case, evidence=(case.evidence[0], case.evidence[0]))
    with pytest.raises(atrisk.DataError, match=r"'source-a' is not in sources"):
        dataclasses.replace(case, sources=SOURCES[1:])
    assert dataclasses.replace(case, evidence=case.evidence[:1]).evidence[0].id == "a"


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(atrisk.UnknownNameError, match="no table is called 'sorces'"):
        made(sorces=[SOURCE])
    for table in ("diary", SOURCE, [1, 2]):
        with pytest.raises(atrisk.RequestError, match="sources is no table"):
            made(sources=table)
    with pytest.raises(atrisk.DataError, match=r"end: '2020-19' is not a month"):
        atrisk.Case.from_frames(HEAD | {"end": "2020-19"}, sources=[SOURCE], evidence=[ROW])


def test_a_confidential_source_makes_its_rows_confidential_in_memory_too() -> None:
    case = made(sources=[SOURCE | {"confidential": "yes"}])
    assert case.evidence[0].confidential
    assert "the first shots" not in repr(case.evidence[0]) + case.evidence[0].shown_quote


def test_saving_never_overwrites_unless_asked_and_keeps_what_it_does_not_hold(
    tmp_path: Path,
) -> None:
    case = made()
    folder = case.save(tmp_path / "case")
    with pytest.raises(atrisk.RequestError, match="exists; choose another folder"):
        case.save(folder)
    (folder / "README.md").write_text("mine", encoding="utf-8")
    edited = dataclasses.replace(
        case, evidence=(case.evidence[0].model_copy(update={"severity": 2}),)
    )
    edited.save(folder, overwrite=True)
    assert atrisk.load_case(folder, THREE_FACTOR).evidence[0].severity == 2
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_a_shipped_case_is_saved_as_it_is(name: str, tmp_path: Path) -> None:
    case = atrisk.load_case(name)
    saved = atrisk.load_case(case.save(tmp_path / name))
    assert saved.digest == case.digest
    assert case.folder is not None
    assert saved.folder is not None
    assert saved.folder.read("evidence.csv") == case.folder.read("evidence.csv")


def test_weights_by_code_change_those_and_no_others() -> None:
    un = atrisk.load_framework("un-foa-2014")
    case = atrisk.load_case("car-2020-2021")
    plain = atrisk.assess(case, un)
    heavy = atrisk.assess(case, un, weights={"10": 3})
    assert heavy.method.weights.weights == {**plain.method.weights.weights, "10": 3}
    assert heavy.method.choices["weights"] == "equal with 10=3"
    assert (heavy.crimes["genocide"] != plain.crimes["genocide"]).any()
    assert (heavy.crimes["war_crimes"] == plain.crimes["war_crimes"]).all()
    for wrong, words in (({"99": 1}, "no factor or indicator"), ({"10": -1}, "0 or more"),
                         ({"10": float("nan")}, "0 or more")):  # fmt: skip
        with pytest.raises(atrisk.AtriskError, match=words):
            atrisk.assess(case, un, weights=wrong)


def test_a_scenario_is_checked_when_it_is_made() -> None:
    one = atrisk.Scenario("unheard", changes={"drop": {"audiences": ["council"]}})  # type: ignore[arg-type] # a mapping is read
    assert one.changes == atrisk.Changes(drop={"audiences": ("council",)})
    with pytest.raises(atrisk.DataError, match=r"drop.source: unknown key"):
        atrisk.Scenario("wrong", changes={"drop": {"source": ["x"]}})  # type: ignore[arg-type] # likewise
    with pytest.raises(atrisk.RequestError, match="changes nothing"):
        atrisk.Scenario("idle")


def test_records_complete_and_help_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    import inspect

    assert list(inspect.signature(atrisk.Evidence).parameters)[:2] == ["id", "source"]
    for kind in (atrisk.Evidence, atrisk.Source, atrisk.EarlyWarning, atrisk.Response):
        help(kind)
        signature = len(inspect.signature(kind).parameters)  # from 3.13 on a line for each
        assert len(capsys.readouterr().out.splitlines()) < 80 + signature


def test_a_path_that_was_written_as_text_says_what_to_type() -> None:
    with pytest.raises(atrisk.UnknownNameError, match=r"load_case\(Path\('\./mine'\)\)"):
        atrisk.load_case("./mine")


def test_a_frame_takes_what_rows_take() -> None:
    un = atrisk.load_framework("ten-stages")
    case = atrisk.load_case("car-2012-2015")
    walk = atrisk.load_crosswalk(un, "un-foa-2014")
    assert list(walk.to_frame(case).columns) == list(walk.to_rows(case)[0])
    now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
    assert len(now.to_frame(level="crime")) == len(now.to_rows("crime"))


@pytest.mark.parametrize("mark", ["\x01", "\x0b", "\x1f", "\x85", "\ufffe"])
@pytest.mark.parametrize("cell", ["{}x", "x{}", "x{}x"])
def test_a_control_character_is_told_wherever_it_stands(cell: str, mark: str) -> None:
    row = car().evidence[0].model_copy(update={"place": cell.format(mark)})
    with pytest.raises(atrisk.DataError, match=r"place: .* holds a control character"):
        dataclasses.replace(car(), evidence=(row, *car().evidence[1:]))

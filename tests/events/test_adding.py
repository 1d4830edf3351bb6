"""Counted events in a folder: three files are written, and nothing else is touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import atrisk
from atrisk.events.adding import write_events
from followed import copy_case, event_table
from shipped import un

DAY = date(2021, 6, 1)
TABLE = event_table("CAF,2021-01,one-sided,state,6,30", "CAF,2020-12,battle,state,1,40")
WRITTEN = {"sources.csv", "evidence.csv", "outcomes.csv"}
NAME = "car-2020-2021"


def hold(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def add(folder: Path, table: atrisk.EventTable = TABLE, **where: Path) -> atrisk.Case:
    case = atrisk.load_case(folder, un())
    given = where or {"folder": folder}
    return write_events(case, table, un(), published=DAY, **given)[0]  # type: ignore[arg-type] # paths


def test_in_place_three_files_are_written_and_the_others_are_the_same_to_the_byte(
    tmp_path: Path,
) -> None:
    folder = copy_case(tmp_path)
    (folder / "evidence.coder-9.csv").write_bytes(b"half of a row, \xff")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "own.toml").write_bytes(b"\r\n")
    before = hold(folder)
    case = add(folder)
    after = hold(folder)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == WRITTEN
    back = atrisk.load_case(folder, un())
    assert back.digest == case.digest
    assert atrisk.load_outcomes(case) == atrisk.load_outcomes(back)
    assert [row for row in back.evidence if not row.derived] == [
        *atrisk.load_case(NAME, un()).evidence
    ]


def test_in_place_twice_is_the_same_as_once(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    add(folder)
    once = hold(folder)
    add(folder)
    assert hold(folder) == once


def test_outcomes_of_others_stay_and_those_of_the_file_are_replaced(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    before = set(map(repr, atrisk.load_outcomes(atrisk.load_case(folder))))
    add(folder)
    more = event_table("CAF,2021-01,one-sided,state,6,77")
    add(folder, more)
    found = atrisk.load_outcomes(atrisk.load_case(folder))
    own = [one for one in found if one.source.endswith(", made.csv")]
    assert {str(one.month): one.value for one in own} == {"2020-12": 0, "2021-01": 77}
    assert before <= set(map(repr, found))
    assert len(found) == len(before) + 2


def test_a_table_that_does_not_count_civilians_changes_no_outcome(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    before = hold(folder)
    add(folder, event_table("CAF,2021-01,battle,state,6,30"))
    after = hold(folder)
    assert {name for name in before if before[name] != after[name]} == WRITTEN - {"outcomes.csv"}


def test_a_copy_has_what_stands_beside_the_case_and_leaves_the_case_alone(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    before = hold(folder)
    case = add(folder, out=tmp_path / "new" / "copy")
    assert hold(folder) == before
    copy = atrisk.load_case(tmp_path / "new" / "copy", un())
    assert copy.digest == case.digest
    assert copy.warnings == atrisk.load_case(folder).warnings
    assert atrisk.load_rivals(copy) == atrisk.load_rivals(atrisk.load_case(folder))
    before_it = len(atrisk.load_outcomes(atrisk.load_case(folder)))
    for one in (case, copy):
        assert len(atrisk.load_outcomes(one)) == before_it + 2


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_copy_is_never_laid_over_what_is_there(tmp_path: Path, kind: str) -> None:
    folder, out = copy_case(tmp_path), tmp_path / "there"
    if kind == "folder":
        out.mkdir()
    else:
        out.write_text("mine")
    before = hold(tmp_path)
    with pytest.raises(atrisk.RequestError, match="exists; choose another folder"):
        add(folder, out=out)
    assert hold(tmp_path) == before


def test_a_case_that_ships_needs_a_folder_to_be_copied_to(tmp_path: Path) -> None:
    case = atrisk.load_case(NAME)
    with pytest.raises(atrisk.RequestError, match=r"--out \./car-2020-2021"):
        write_events(case, TABLE, un(), published=DAY)
    with pytest.raises(atrisk.RequestError, match="name a new one"):
        write_events(case, TABLE, un(), published=DAY, folder=tmp_path, out=tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_faults_of_outcomes_are_told_before_anything_is_written(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    (folder / "outcomes.csv").write_text("month,measure\n2020-12,x\n", encoding="utf-8")
    before = hold(folder)
    with pytest.raises(atrisk.DataError, match=r"outcomes\.csv"):
        add(folder)
    assert hold(folder) == before


def test_events_of_a_state_that_is_no_more_are_those_that_publishers_continue_it_as(
    tmp_path: Path,
) -> None:
    folder = copy_case(tmp_path)
    header = folder / "case.toml"
    header.write_text(header.read_text(encoding="utf-8").replace('"CAF"', '"YUG"'), "utf-8")
    case = add(folder, event_table("SRB,2021-01,one-sided,state,6,30"))
    assert case.header.country == "YUG"
    assert [row.derived for row in case.evidence if row.derived]
    assert {one.value for one in atrisk.load_outcomes(case) if one.measure} >= {30.0}

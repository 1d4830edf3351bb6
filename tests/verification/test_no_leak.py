"""What came, and what rivals said, enters no score: it may be anything, or not there at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atrisk
from atrisk.base.folders import Folder
from followed import copy_case
from shipped import small, un

BESIDE = ("outcomes.csv", "rivals.csv")
NUMBERS = ("indicators", "factors", "overall", "low", "high", "coverage")
OUTCOMES = "month,measure,value,low,high,source,vintage"
RIVALS = "system,issued,kind,start,end,value,rank,ranked,scale,source,note"
numbers = st.one_of(st.just(""), st.integers(0, 10**6).map(str))


@cache
def before() -> tuple[atrisk.Assessment, list[dict[str, object]]]:
    now = atrisk.assess(small(), un())
    return now, atrisk.raise_flags(now).to_rows()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as room:
        yield copy_case(Path(room))


def check_nothing_changed(folder: Path) -> None:
    then, flags = before()
    now = atrisk.assess(atrisk.load_case(folder), un())
    for name in NUMBERS:
        assert np.array_equal(getattr(now, name), getattr(then, name)), name
    assert now.bands == then.bands
    assert atrisk.raise_flags(now).to_rows() == flags


def write(folder: Path, name: str, rows: list[dict[str, str]], columns: str) -> None:
    (folder / name).unlink(missing_ok=True)
    if rows:  # a table without a row is a fault
        text = io.StringIO()
        writer = csv.DictWriter(text, columns.split(","), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (folder / name).write_text(text.getvalue(), encoding="utf-8")


@settings(max_examples=40)
@given(st.data())
def test_whatever_came_and_whatever_rivals_said_no_score_and_no_flag_changes(
    folder: Path, data: st.DataObject
) -> None:
    months = [str(month) for month in small().months]
    outcomes = [
        {"month": month, "measure": measure, "value": data.draw(numbers), "source": source,
         "vintage": data.draw(st.sampled_from(["2020", "2021-03-01", "2010-01"]))}
        for month in months
        for measure in ("one-sided-deaths", "mass-killing-onset")
        for source in data.draw(st.lists(st.sampled_from("XYZ"), unique=True, max_size=3))
    ]  # fmt: skip
    rivals = [
        {"system": system, "issued": data.draw(st.sampled_from(["2010", "2021-01", "2021-02-03"])),
         "kind": data.draw(st.sampled_from(["issued", "backcast"])), "start": month, "end": month,
         "rank": str(data.draw(st.integers(1, 50))), "ranked": "50", "scale": "s", "source": "p"}
        for month in months
        for system in data.draw(st.lists(st.sampled_from("xyz"), unique=True, max_size=3))
    ]  # fmt: skip
    write(folder, "outcomes.csv", outcomes, OUTCOMES)
    write(folder, "rivals.csv", rivals, RIVALS)
    case = atrisk.load_case(folder)
    assert len(atrisk.load_outcomes(case)) == len(outcomes)  # they are good files
    assert len(atrisk.load_rivals(case)) == len(rivals)
    assert case.digest == small().digest
    check_nothing_changed(folder)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00 no text", b"month,no column of ours\n1,2\n", b""])
def test_a_case_is_scored_though_what_stands_beside_it_cannot_be_read(
    tmp_path: Path, data: bytes
) -> None:
    folder = copy_case(tmp_path)
    for name in BESIDE:
        (folder / name).write_bytes(data)
    check_nothing_changed(folder)
    with pytest.raises(atrisk.DataError):
        atrisk.verify([atrisk.load_case(folder)], un(), draws=20)


def test_a_case_is_scored_without_what_stands_beside_it(tmp_path: Path) -> None:
    folder = copy_case(tmp_path)
    for name in BESIDE:
        (folder / name).unlink()
        (folder / name).mkdir()  # whoever opens it fails
    check_nothing_changed(folder)


def test_nobody_who_scores_opens_them(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    read = Folder.read

    def note(self: Folder, name: str) -> str:
        opened.append(name)
        return read(self, name)

    monkeypatch.setattr(Folder, "read", note)
    case = atrisk.load_case("car-2020-2021")
    now = atrisk.assess(case, un())
    atrisk.raise_flags(now)
    assert "evidence.csv" in opened
    assert not set(opened) & {*BESIDE, "outcomes.toml", "event_rules.toml"}
    atrisk.load_outcomes(case)
    assert "outcomes.csv" in opened  # so that it would have been seen

"""What rival systems said: read, checked, and beside a case without touching it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import atrisk
from atrisk.cases.beside import check_beside
from toys import ROOT

HEAD = "system,issued,kind,start,end,value,rank,ranked,scale,source,note\n"


def put(tmp_path: Path, line: str) -> atrisk.Case:
    folder = tmp_path / "car"
    shutil.copytree(ROOT / "cases" / "car-2020-2021", folder)
    (folder / "rivals.csv").write_text(HEAD + line, encoding="utf-8")
    return atrisk.load_case(folder)


def test_a_figure_is_read_with_its_day_of_issue(tmp_path: Path) -> None:
    case = put(tmp_path, "watch,2021-02-01,issued,2021-01,2021-01,3,,,1 calm to 4 alarm,A paper,\n")
    (found,) = atrisk.load_rivals(case)
    assert (found.value, found.rank, str(found.start)) == (3.0, None, "2021-01")
    assert found.issued.latest is not None
    assert found.issued.latest.isoformat() == "2021-02-01"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("watch,2021-02,issued,2021-01,2021-01,,,,s,p,\n", "neither a value nor a rank"),
        ("watch,2021-02,issued,2021-01,2021-01,,9,5,s,p,\n", "rank 9 is beyond the 5"),
        ("watch,2021-02,issued,2021-03,2021-01,1,,,s,p,\n", "is before start"),
        ("watch,2021-02,issued,2018-01,2018-02,1,,,s,p,\n", "touches no month of the case"),
        ("watch,2021-02,guessed,2021-01,2021-01,1,,,s,p,\n", "issued or backcast"),
        ("watch,2021-02,issued,2021-01,2021-01,inf,,,s,p,\n", "line 2, value"),
        (
            "watch,2021-02,issued,2021-01,2021-01,1,,,s,p,\n" * 2,
            "stands on line 2 already",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    case = put(tmp_path, line)
    assert words in "\n".join(map(str, check_beside(case)))
    with pytest.raises(atrisk.DataError, match="rivals"):
        atrisk.load_rivals(case)


def test_every_shipped_case_says_what_rivals_said_of_it() -> None:
    for name in atrisk.list_cases():
        found = atrisk.load_rivals(atrisk.load_case(name))
        assert found, name
        for one in found:
            late = one.issued.latest
            assert late is not None
            assert one.kind == "issued" or late.isoformat() > str(one.start)


def test_rivals_touch_no_score(tmp_path: Path) -> None:
    case = put(tmp_path, "watch,2021-02,issued,2021-01,2021-01,4,1,9,s,p,\n")
    bare = atrisk.load_case("car-2020-2021")
    un = atrisk.load_framework("un-foa-2014")
    assert (atrisk.assess(case, un).overall == atrisk.assess(bare, un).overall).all()

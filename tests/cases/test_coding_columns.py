"""What coding needs: own severities, announcements, cables, texts that may not be quoted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.base.dates import Month
from atrisk.cases.beside import check_beside, load_judgements, load_lookups, load_outcomes
from atrisk.cases.evidence import Audience, knowledge_day
from atrisk.cli.main import main
from atrisk.coding.anchors import check_anchors
from toys import HERE, ROOT, SOURCES, THREE_FACTOR, case_of, evidence

MINI = HERE / "cases" / "mini"
CASES = ROOT / "cases"
COLUMNS = (
    "id,source,locator,quote,start,end,known,audience,indicators,direction,severity,credibility"
)
REST = "claim,actors,population,place,summary"


def write_case(folder: Path, *, evidence_rows: str, extra: str = "", source: str = "") -> Path:
    """Write a case of one source and some rows, and return its folder."""
    shutil.copytree(MINI, folder)
    for file in folder.iterdir():
        if file.is_dir() or file.name not in ("case.toml",):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    (folder / "sources.csv").write_text(
        "id,title,publisher,published,kind,reliability,sha256,quotable,written\n"
        f"{source or 'cable,A cable,An embassy,2020-04-30,cable,A,,no,'}\n"
    )
    header = f"{COLUMNS},{REST}" + (",announced" if extra else "")
    (folder / "evidence.csv").write_text(f"{header}\n{evidence_rows}\n")
    return folder


def test_a_code_with_a_severity_of_its_own_counts_with_it_and_no_other_does() -> None:
    graded = case_of(evidence("a", indicators="2.1=1;3.1", severity=4))
    apart = case_of(
        evidence("a", indicators="2.1", severity=1), evidence("b", indicators="3.1", severity=4)
    )
    one, two = (atrisk.assess(case, THREE_FACTOR) for case in (graded, apart))
    assert np.array_equal(one.factors, two.factors)
    assert not np.array_equal(
        one.factors,
        atrisk.assess(case_of(evidence("a", indicators="2.1;3.1")), THREE_FACTOR).factors,
    )


@pytest.mark.parametrize("cell", ["2.1=", "2.1=0", "2.1=5", "2.1=high", "2.1=1;2.1=2"])
def test_a_severity_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"write it as 11\.1=4|listed twice"):
        evidence("a", indicators=cell)


def test_an_own_severity_survives_a_file_and_memory(tmp_path: Path) -> None:
    graded = case_of(evidence("a", indicators="2.1=1;3.1", severity=4))
    graded.save(tmp_path / "made")
    again = atrisk.load_case(tmp_path / "made", THREE_FACTOR)
    assert again.evidence[0].indicators == ("2.1", "3.1")
    assert [again.evidence[0].severity_of(code) for code in ("2.1", "3.1")] == [1, 4]


def test_what_was_announced_never_counts_before_it_is_due() -> None:
    cells = {"start": "2020-05", "known": "2020-02", "end": "2020-05"}
    case = case_of(
        evidence("a", announced="yes", **cells), evidence("late", start="2020-06", known="2020-06")
    )
    told = atrisk.assess(case, THREE_FACTOR)
    assert (told.overall[:4] == 0).all()
    assert told.overall[4] > 0


def test_only_what_was_announced_may_begin_after_it_was_known(tmp_path: Path) -> None:
    row = "a,cable,p. 1,,2020-04,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    told = write_case(tmp_path / "told", evidence_rows=f"{row},yes", extra="announced")
    atrisk.load_case(told, THREE_FACTOR)
    plain = write_case(tmp_path / "plain", evidence_rows=f"{row},no", extra="announced")
    with pytest.raises(atrisk.DataError, match=r"nobody knew it then \(row a\)"):
        atrisk.load_case(plain, THREE_FACTOR)


def test_those_for_whom_a_cable_was_written_know_it_before_the_public() -> None:
    cable = SOURCES[0].model_copy(update={"written": evidence("x", start="2020-03").start})
    row = evidence("a", known="", audience="internal")
    days = [knowledge_day(row, cable, audience) for audience in (None, "internal", "public")]
    assert [str(Month.of(day)) for day in days] == ["2020-03", "2020-03", "2020-12"]
    case = replace(case_of(row, evidence("b")), sources=(cable,))
    alone = replace(case_of(evidence("b")), sources=(cable,))
    asked: tuple[tuple[Audience, bool], ...] = (("public", False), ("internal", True))
    for audience, differs in asked:
        told, without = (
            atrisk.assess(one, THREE_FACTOR, audience=audience) for one in (case, alone)
        )
        assert (told.coverage[2:] != without.coverage[2:]).any() == differs
        assert np.array_equal(told.overall[:2], without.overall[:2])


def test_a_source_that_may_not_be_quoted_has_locators_and_needs_no_document(
    tmp_path: Path,
) -> None:
    row = "a,cable,p. 1,,2020-02,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    case = atrisk.load_case(write_case(tmp_path / "case", evidence_rows=row), THREE_FACTOR)
    (check,) = check_anchors(case, tmp_path)
    assert check.is_sound
    assert check.is_located


def test_an_anchor_is_refused_where_it_may_not_stand_and_missed_where_it_must(
    tmp_path: Path,
) -> None:
    row = "a,cable,p. 1,{},2020-02,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    quoted = write_case(tmp_path / "quoted", evidence_rows=row.format("three plain words"))
    with pytest.raises(atrisk.DataError, match="its source is not quotable"):
        atrisk.load_case(quoted, THREE_FACTOR)
    open_source = "cable,A cable,An embassy,2020-04-30,cable,A,,,"
    bare = write_case(tmp_path / "bare", evidence_rows=row.format(""), source=open_source)
    with pytest.raises(atrisk.DataError, match="or write quotable = no for its source"):
        atrisk.load_case(bare, THREE_FACTOR)


def test_a_search_needs_no_source_but_a_day(tmp_path: Path) -> None:
    row = "a,cable,p. 1,,2020-02,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    folder = write_case(tmp_path / "case", evidence_rows=row)
    header = "id,source,locator,start,end,known,audience,indicators,summary\n"
    without = atrisk.assess(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    (folder / "searches.csv").write_text(f"{header}s,,,2020-02,,2020-03-31,public,3.1,No camp.\n")
    found = atrisk.assess(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    assert (found.coverage[2:] > without.coverage[2:]).all()
    assert found.coverage[1] == without.coverage[1]
    (folder / "searches.csv").write_text(f"{header}s,,,2020-02,,,public,3.1,No camp.\n")
    with pytest.raises(atrisk.DataError, match=r"needs the day up to which was read \(row s\)"):
        atrisk.load_case(folder, THREE_FACTOR)


def test_a_count_that_grows_is_one_claim_and_its_gravest_telling_known_counts() -> None:
    first = evidence("a", severity=2, claim="toll", known="2020-02")
    later = evidence("b", severity=4, claim="toll", known="2020-04")
    grown = atrisk.assess(case_of(first, later), THREE_FACTOR).factors
    early = atrisk.assess(case_of(first), THREE_FACTOR).factors
    whole = atrisk.assess(case_of(first, evidence("b", severity=4, claim="toll")), THREE_FACTOR)
    assert np.array_equal(grown[:3], early[:3])
    assert np.array_equal(grown[3:], whole.factors[3:])
    assert not np.array_equal(grown[3:], early[3:])


def test_what_stands_beside_a_case_never_enters_a_score(tmp_path: Path) -> None:
    row = "a,cable,p. 1,,2020-02,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    folder = write_case(tmp_path / "case", evidence_rows=row)
    before = atrisk.assess(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    (folder / "outcomes.csv").write_text(
        "month,measure,value,low,high,source,vintage\n2020-02,deaths,900,,,A count,2024\n"
    )
    (folder / "judgements.csv").write_text("reader,month,level,target,note\nr,2020-02,4,overall,\n")
    (folder / "lookups.csv").write_text(
        "number,on,corpus,query,results,used\n1,2020-05-01,pages,a query,12,cable\n"
    )
    case = atrisk.load_case(folder, THREE_FACTOR)
    after = atrisk.assess(case, THREE_FACTOR)
    assert np.array_equal(before.overall, after.overall)
    assert before.case.digest == after.case.digest
    assert [one.value for one in load_outcomes(case)] == [900]
    assert [one.level for one in load_judgements(case)] == [4]
    assert [one.used for one in load_lookups(case)] == [("cable",)]
    assert check_beside(case) == []


def test_validate_tells_what_is_wrong_beside_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(CASES / "car-2020-2021", tmp_path / "case"))
    assert main(["validate", str(folder)]) == 0
    (folder / "judgements.csv").write_text("reader,month,level,target,note\nr,1999-01,4,overall,\n")
    assert main(["validate", str(folder)]) == 2
    assert "'1999-01' is no month of the case" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("judgements", "reader,month,level,target,note\nr,2021-02,4,overall,", "no month of the"),
        ("judgements", "reader,month,level,target,note\nr,2020-02,5,overall,", "from 0 to 4"),
        ("judgements", "reader,month,level,target,note\nr,2020-02,4,doom,", "expected overall"),
        (
            "lookups",
            "number,on,corpus,query,results,used\n1,2020-05,w,q,1,nobody",
            "not in sources",
        ),
        (
            "outcomes",
            "month,measure,value,low,high,source,vintage\n2020-02,d,x,,,s,2024",
            "a number",
        ),
    ],
)
def test_faults_beside_a_case_are_told(file: str, text: str, words: str, tmp_path: Path) -> None:
    row = "a,cable,p. 1,,2020-02,,2020-02,public,2.1,aggravating,4,1,,,,,A fact."
    folder = write_case(tmp_path / "case", evidence_rows=row)
    (folder / f"{file}.csv").write_text(f"{text}\n")
    faults = check_beside(atrisk.load_case(folder, THREE_FACTOR))
    assert any(words in str(fault) for fault in faults)


# Coded from two documents of later years, and their rows say when each fact became known.
LOOKED_BACK = ("car-2012-2015", "car-2020-2021")


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_no_row_is_known_and_no_source_younger_than_a_case_s_last_month(name: str) -> None:
    case = atrisk.load_case(name)
    assert check_beside(case) == []
    last = case.months[-1]
    outs = {source.id: source.published.latest for source in case.sources}
    known = [item.known.latest for item in case.evidence if item.known and item.known.latest]
    assert case.evidence
    assert all(Month.of(day) <= last for day in known)
    if case.id not in LOOKED_BACK:
        assert all(day and Month.of(day) <= last for day in outs.values())


def test_ten_cases_ship_with_outcomes_beside_them() -> None:
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    assert len(cases) == 10
    for case in cases:
        assert {one.measure for one in load_outcomes(case)} >= {"one-sided-deaths"}, case.id

"""Two copies of a case: what differs is told row by row, and the parts sum exactly."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from itertools import compress
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.cli.main import main
from atrisk.report.copies import compare_copies, load_copy
from shipped import small, un
from toys import HERE, THREE_FACTOR, case_of, cases, evidence

MINI = HERE / "cases" / "mini"


@settings(max_examples=20)
@given(cases(min_rows=3), st.data())
def test_the_parts_sum_to_what_the_score_moved_by(case: atrisk.Case, data: st.DataObject) -> None:
    size = len(case.evidence)
    sides = [
        replace(case, evidence=tuple(compress(case.evidence, flags)))
        for flags in (
            data.draw(st.lists(st.booleans(), min_size=size, max_size=size).filter(any))
            for _ in range(2)
        )
    ]  # fmt: skip
    try:
        change = compare_copies(sides[0], sides[1], THREE_FACTOR)
        facts = change.to_rows("facts")
    except atrisk.RequestError:  # nothing was known by the month in one of them
        return
    score = change.to_rows("score")[0]
    assert sum(row["change"] for row in facts) == pytest.approx(score["change"], abs=1e-12)
    before, after = ({row.id for row in side.evidence} for side in sides)
    seen = {row.id for row in change.after.case.evidence} | {
        row.id for row in change.before.case.evidence
    }
    record = change.to_rows("record")
    told = {row["row"]: row["what"] for row in record if row["table"] == "evidence"}
    assert {n for n, what in told.items() if what == "added"} == (after - before) & seen
    assert {n for n, what in told.items() if what == "removed"} == (before - after) & seen


def test_a_recoded_row_is_told_cell_by_cell() -> None:
    old = case_of(evidence("a", severity="2", summary="then"), evidence("b"))
    new = case_of(evidence("a", severity="4", summary="now"), evidence("b"))
    change = compare_copies(old, new, THREE_FACTOR)
    told = {row["column"]: (row["before"], row["after"]) for row in change.to_rows("record")}
    assert told == {"severity": ("2", "4"), "summary": ("then", "now")}
    assert "rows: 1 recoded" in change.describe()
    facts = {row["evidence"]: row["what"] for row in change.to_rows("facts")}
    assert facts["a"] == "recoded"
    assert "1 row differs" in repr(change)


def test_equal_copies_differ_in_nothing() -> None:
    change = compare_copies(small(), small(), un())
    assert change.to_rows("record") == []
    assert {row["change"] for row in change.to_rows("facts")} == {0.0}
    assert "none differs" in change.describe()


def test_what_became_secret_is_not_told() -> None:
    old = case_of(evidence("a", summary="never to be shown", confidential="yes"))
    new = case_of(evidence("a", summary="never to be shown either", confidential="yes"))
    change = compare_copies(old, new, THREE_FACTOR)
    told = str(change.to_rows("record")) + str(change.to_rows("facts")) + change.describe()
    assert "never to be shown" not in told


@pytest.mark.parametrize("flags", [("", "yes"), ("yes", "")])
def test_what_one_copy_keeps_back_is_shown_of_neither(flags: tuple[str, str]) -> None:
    """A row that became secret since must not be told by how it was, nor the other way round."""
    old, new = (
        case_of(evidence("a", summary=f"never to be shown {n}", confidential=flag))
        for n, flag in enumerate(flags)
    )
    change = compare_copies(old, new, THREE_FACTOR)
    told = {row["column"]: (row["before"], row["after"]) for row in change.to_rows("record")}
    assert told["summary"] == ("(confidential)", "(confidential)")
    assert "never to be shown" not in str(change.to_rows("record"))


def test_a_month_of_one_copy_alone_is_refused() -> None:
    old = case_of(evidence("a"))
    new = replace(old, header=old.header.model_copy(update={"end": old.months[-1].next()}))
    with pytest.raises(atrisk.RequestError, match="is no month of"):
        compare_copies(old, new, THREE_FACTOR)


def git(folder: Path, *words: str) -> None:
    named = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_a_revision_is_read_as_git_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = shutil.copytree(MINI, tmp_path / "deep" / "case")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "First")
    path = case / "evidence.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    older = load_copy("HEAD", case)
    assert older.evidence == load_copy(str(MINI), case).evidence
    assert older.folder is None
    framework = str(HERE / "frameworks" / "three-factor")
    asked = ["changes", str(case), "--framework", framework, "--against", "HEAD"]
    assert main([*asked, "--show", "record"]) == 0
    out = capsys.readouterr().out
    assert "removed" in out
    assert main([*asked, "--since", "2020-01"]) == 2
    assert "leave out --since" in capsys.readouterr().err
    assert main([*asked, "--show", "gaps"]) == 2
    for odd in ("nosuch", "--help", "HEAD:x", "a\x1b[2J"):
        with pytest.raises(atrisk.RequestError, match="is no folder, and git has no "):
            load_copy(odd, case)


def test_a_bundled_case_has_no_older_copy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["changes", "car-2020-2021", "--against", "HEAD"]) == 2
    assert "is bundled and is not written to, nor has it an older copy" in capsys.readouterr().err

"""Frameworks that stand on another: what is absent is the other's, corrected once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import atrisk
from shipped import stages, un
from toys import ROOT


def copy(tmp_path: Path, **changes: str) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "frameworks" / "ten-stages", folder)
    text = (folder / "framework.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    (folder / "framework.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_absent_is_the_other_s_and_what_is_there_is_its_own() -> None:
    for name in ("grade", "persistence", "surge", "rule", "response_level"):
        assert stages().branches[name] == un().branches[name]
    assert stages().grades == un().grades
    assert stages().header.bands == un().header.bands
    assert stages().uncertainty == un().uncertainty
    assert stages().header.caveat != un().header.caveat
    assert stages().choose().choices["crime_aggregation"] == "arithmetic"
    assert not (ROOT / "frameworks" / "ten-stages" / "grades").exists()


def test_a_branch_of_its_own_replaces_the_other_s_whole(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    with (folder / "framework.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[branches.not_assessed]\nquestion = "?"\ndefault = "logical"\n'
            'options = [{ id = "logical", upper = 0.0, weight = 1.0, rationale = "r" }]\n'
        )
    own = atrisk.load_framework(folder)
    assert [option.upper for option in own.branches["not_assessed"].options] == [0.0]  # type: ignore[attr-defined] # this branch's
    assert own.branches["surge"] == un().branches["surge"]
    assert own.digest != stages().digest


@pytest.mark.parametrize(
    ("base", "words"),
    [("un-foa", "no framework is called 'un-foa'"), ("mine", "is based on this one in turn")],
)  # fmt: skip
def test_a_base_that_is_none_is_refused(base: str, words: str, tmp_path: Path) -> None:
    folder = copy(tmp_path, **{"un-foa-2014": base})
    with pytest.raises(atrisk.DataError, match=words) as refused:
        atrisk.load_framework(folder)
    assert refused.value.problems[0].column == "based_on"


def test_a_fault_of_a_table_is_told_in_the_folder_that_it_stands_in(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "grades").mkdir()
    (folder / "grades" / "balanced.csv").write_text("grade,low\nA1,2\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match=r"mine/grades/balanced\.csv"):
        atrisk.load_framework(folder)


def test_bands_that_carry_their_own_lower_ends_are_used_over_a_base(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    text = (folder / "framework.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[branches.bands]")
    rest = rest[rest.index("[branches.alarm]") :]
    own = "".join(
        f'[[bands]]\nvalue = {n}\nlabel = "b{n}"\nlower = {lower}\n'
        for n, lower in enumerate((0.0, 0.6, 0.8))
    )
    (folder / "framework.toml").write_text(
        head.split("[[sets]]")[0] + own + "[branches.factor_aggregation]"
        + head.split("[branches.factor_aggregation]")[1] + rest, encoding="utf-8",
    )  # fmt: skip
    mine = atrisk.load_framework(folder)
    assert [mine.band(score, mine.choose()).label for score in (0.41, 0.7, 0.9)] == [
        "b0", "b1", "b2",
    ]  # fmt: skip

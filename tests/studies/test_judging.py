"""Judging: readers of one case beside one another."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.studies.alpha import measure_alpha

CASES = Path(__file__).parents[2] / "cases"
HEAD = "reader,month,level,target,note\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(CASES / "car-2020-2021", tmp_path / "case"))
    (folder / "judgements.csv").write_text(
        HEAD
        + "ana,2020-12,2,overall,\nana,2021-01,4,overall,\nana,2021-02,3,overall,\n"
        + "ben,2020-12,2,overall,\nben,2021-01,3,overall,\nben,2020-12,1,genocide,\n",
        encoding="utf-8",
    )
    return folder


def test_readers_stand_beside_one_another_and_a_missing_level_stays_missing(folder: Path) -> None:
    judging = atrisk.compare_judgements(atrisk.load_case(folder))
    rows = {row["month"]: row for row in judging.to_rows()}
    assert rows["2021-01"] == {
        "month": "2021-01", "ana": 4, "ben": 3, "median": 3.5, "spread": 1,
    }  # fmt: skip
    assert rows["2021-02"]["ben"] is None
    assert rows["2021-03"]["median"] is None
    assert list(judging.median[:3]) == [2, 3.5, 3]
    assert np.isnan(judging.median[3:]).all()
    (alpha,) = judging.to_rows("alpha")
    assert (alpha["months"], alpha["equal"]) == (2, 1)
    pairs = np.array([[2.0, 4.0], [2.0, 3.0]])
    assert alpha["alpha"] == judging.alpha == measure_alpha(pairs, "ordinal")


def test_a_crime_is_judged_apart(folder: Path) -> None:
    judging = atrisk.compare_judgements(atrisk.load_case(folder), "genocide")
    assert judging.readers == ("ben",)
    assert judging.alpha is None
    with pytest.raises(atrisk.UnknownNameError, match="war_crimes"):
        atrisk.compare_judgements(atrisk.load_case(folder), "war_crimes")


def test_a_case_that_nobody_judged_says_what_to_do(folder: Path) -> None:
    (folder / "judgements.csv").unlink()
    with pytest.raises(atrisk.RequestError, match=r"put readers' levels into judgements\.csv"):
        atrisk.compare_judgements(atrisk.load_case(folder))


def test_the_command_prints_months_and_alpha(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judgements", str(folder)]) == 0
    assert "ordinal alpha" in capsys.readouterr().out
    assert main(["judgements", str(folder), "--show", "alpha", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("readers,months,equal,alpha")

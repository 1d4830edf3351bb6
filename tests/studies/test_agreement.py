"""Agreement: published values of alpha, and what coders of one case have to settle."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.cli.main import main
from atrisk.studies.agreement import _compare, list_coders, measure_agreement, run_coders
from atrisk.studies.alpha import measure_alpha
from toys import HERE, THREE_FACTOR, evidence

NAN = np.nan
# Krippendorff (2011), section C to E: four observers, twelve units, codes missing.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
)
# The same, section A: two observers, ten units, two values.
TWO = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float)


@pytest.mark.parametrize(
    ("ratings", "metric", "expected"),
    [
        (TWO, "nominal", 0.095),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
    ],
)
def test_alpha_is_that_of_the_published_examples(
    ratings: Any, metric: Any, expected: float
) -> None:
    alpha = measure_alpha(ratings, metric)
    assert alpha is not None
    assert round(alpha, 3) == expected


def test_alpha_of_a_case_solved_by_hand() -> None:
    """Units (0,0), (0,1), (1,1): D_o = 2/6; margins 3 and 3, D_e = 2*9/(6*5)."""
    alpha = measure_alpha(np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), "nominal")
    assert alpha == pytest.approx(1 - (2 / 6) / (2 * 9 / (6 * 5)), abs=1e-15)


@pytest.mark.parametrize(
    "ratings", [np.full((2, 3), NAN), np.ones((2, 3)), np.array([[1.0, NAN], [NAN, 2.0]])]
)
def test_alpha_is_undefined_where_nothing_can_be_compared(ratings: Any) -> None:
    assert measure_alpha(ratings, "nominal") is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 1.0, 2.0, NAN]), min_size=8, max_size=8),
        min_size=2,
        max_size=4,
    ),
    st.sampled_from(["nominal", "ordinal", "interval"]),
    st.randoms(use_true_random=False),
)
def test_alpha_does_not_depend_on_the_order_of_coders_or_units(
    rows: list[list[float]], metric: Any, random: Any
) -> None:
    ratings = np.array(rows)
    alpha = measure_alpha(ratings, metric)
    shuffled = ratings[random.sample(range(len(ratings)), len(ratings))]
    shuffled = shuffled[:, random.sample(range(8), 8)]
    other = measure_alpha(shuffled, metric)
    assert (alpha is None) == (other is None)
    if alpha is not None and other is not None:
        assert alpha == pytest.approx(other, abs=1e-12)
        assert alpha <= 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "mini"
    shutil.copytree(HERE / "cases" / "mini", target)
    return target


def write_coder(folder: Path, name: str, change: Any) -> None:
    with (folder / "evidence.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kept = [new for row in rows if (new := change(dict(row))) is not None]
    with (folder / f"evidence.{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def test_a_coder_who_codes_alike_agrees_in_everything(folder: Path) -> None:
    write_coder(folder, "ana", lambda row: row)
    case = atrisk.load_case(folder, THREE_FACTOR)
    assert list_coders(case) == ("ana",)
    agreement = measure_agreement(case, THREE_FACTOR)
    assert agreement.to_rows() == [
        {"coders": "settled; ana", "factor_months": 1.0, "indicators": 1.0}
    ]
    assert agreement.to_rows("adjudicate") == []
    assert all(row["missed"] == 0 for row in agreement.to_rows("missed"))
    assert "Agreement is not truth" in repr(agreement)


def test_what_a_coder_missed_or_saw_otherwise_is_listed_until_it_is_settled(folder: Path) -> None:
    first = atrisk.load_case(folder, THREE_FACTOR).evidence
    gone, graver = first[0], first[1]

    def change(row: dict[str, str]) -> dict[str, str] | None:
        if (row["source"], row["locator"]) == (gone.source, gone.locator):
            return None
        if row["id"] == graver.id:
            row["severity"] = str(1 if graver.severity > 1 else 2)
        return row

    write_coder(folder, "ben", change)
    write_coder(folder, "ana", lambda row: row)
    agreement = measure_agreement(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    assert [row["coders"] for row in agreement.to_rows()][1:] == [
        "settled; ana", "settled; ben", "ana; ben",
    ]  # fmt: skip
    missed = {row["coder"]: row for row in agreement.to_rows("missed")}
    assert missed["ben"]["missed"] == 1
    assert missed["ana"]["missed"] == 0
    rows = {row["locator"]: row for row in agreement.to_rows("adjudicate")}
    assert rows[gone.locator]["differs"] == "not coded by ben"
    assert "severity" in rows[graver.locator]["differs"]
    assert not any(row["by"] for row in rows.values())
    (folder / "adjudication.csv").write_text(
        "source,locator,kept,by,on,reason\n"
        f'{gone.source},"{gone.locator}",{gone.id},ana and ben,2026-11-21,the passage says so\n',
        encoding="utf-8",
    )
    again = measure_agreement(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    settled = {row["locator"]: row for row in again.to_rows("adjudicate")}
    assert settled[gone.locator]["by"] == "ana and ben"
    assert f"{len(rows) - 1} passage" in repr(again)
    with (folder / "adjudication.csv").open("a", encoding="utf-8") as file:
        file.write(f"{graver.source},*,{graver.id},eve,2026-11-22,the whole source was reread\n")
    whole = measure_agreement(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    now = {(row["source"], row["locator"]): row["by"] for row in whole.to_rows("adjudicate")}
    assert now[gone.source, gone.locator] == "ana and ben"  # a passage's own line comes first
    assert now[graver.source, graver.locator] == "eve"


def test_what_nobody_assessed_is_missing_and_not_a_zero(folder: Path) -> None:
    only = atrisk.load_case(folder, THREE_FACTOR).evidence[0].id
    write_coder(folder, "ana", lambda row: row if row["id"] == only else None)
    agreement = measure_agreement(atrisk.load_case(folder, THREE_FACTOR), THREE_FACTOR)
    assert np.isnan(agreement.bands[1]).sum() > np.isnan(agreement.bands[0]).sum()
    assert any(row["alpha"] is None for row in agreement.to_rows("factors"))


def test_the_coder_is_a_branch_of_the_ensemble(folder: Path) -> None:
    write_coder(folder, "mild", lambda row: row | {"severity": "1"})
    case = atrisk.load_case(folder, THREE_FACTOR)
    mixed = run_coders(case, THREE_FACTOR, seed=3, draws=3000, runner=atrisk.Runner(workers=1))
    alone = {
        coder: atrisk.run_ensemble(
            replace(case, evidence=rows), THREE_FACTOR, seed=3, draws=1500
        ).mean()
        for coder, rows in measure_agreement(case, THREE_FACTOR).coders.items()
    }
    assert mixed.draws == mixed.tally.draws == 3000
    assert mixed.vary[-1] == "coders"
    middle = (alone["settled"] + alone["mild"]) / 2
    assert np.abs(mixed.mean() - middle).max() < 0.03
    assert np.abs(alone["settled"] - alone["mild"]).max() > 0.1
    with pytest.raises(atrisk.RequestError, match="2 or more"):
        run_coders(case, THREE_FACTOR, seed=3, draws=1)


def test_the_command_compares_and_lists(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    framework = ["--framework", str(HERE / "frameworks" / "three-factor")]
    assert main(["agreement", str(folder), *framework]) == 2
    assert "put a second one's rows into evidence.<name>.csv" in capsys.readouterr().err
    write_coder(folder, "ana", lambda row: row)
    for show in ("alpha", "factors", "missed", "adjudicate"):
        assert main(["agreement", str(folder), *framework, "--show", show]) == 0
        assert "Krippendorff's alpha" in capsys.readouterr().out


def test_faults_of_a_coder_s_file_are_located(folder: Path) -> None:
    write_coder(folder, "ana", lambda row: row | {"indicators": "9.9"})
    case = atrisk.load_case(folder, THREE_FACTOR)
    with pytest.raises(atrisk.DataError, match=r"evidence\.ana\.csv has"):
        measure_agreement(case, THREE_FACTOR)
    write_coder(folder, "ana", lambda row: row)
    agreement = measure_agreement(case, THREE_FACTOR)
    with pytest.raises(atrisk.UnknownNameError, match="no level"):
        agreement.to_rows("weeks")
    (folder / "adjudication.csv").write_text("source,locator\nx,y\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="the column is missing"):
        measure_agreement(case, THREE_FACTOR)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"severity": "2"}, "severity"),
        ({"credibility": "4"}, "credibility"),
        ({"start": "2020-03"}, "dates"),
        ({"end": ".."}, "dates"),
        ({"known": "2020-03"}, "known"),
        ({"indicators": "1.2"}, "indicators"),
    ],
)
def test_a_graver_row_of_the_same_passage_hides_no_difference(
    cells: dict[str, str], named: str
) -> None:
    grave, one = evidence("a", indicators="1.1"), evidence("b", severity="3")
    other = evidence("b", **({"severity": "3"} | cells))
    found = {"ana": (grave, one), "ben": (grave, other)}
    assert named in _compare(found, ["ana", "ben"])
    assert _compare({"ana": (grave, one), "ben": (one, grave)}, ["ana", "ben"]) == []

"""Reading: whether more of it would change the answer, and cases at equal effort."""

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main

UN = atrisk.load_framework("un-foa-2014")
CASE = atrisk.load_case("sen-2011-2012")


def read(**asked: Any) -> Any:
    return atrisk.measure_reading(CASE, UN, **({"repeats": 4, "seed": 3} | asked))


def test_the_whole_record_is_the_end_of_every_curve() -> None:
    for unit in ("rows", "sources"):
        curve = read(unit=unit).to_rows()
        assert [row["share"] for row in curve] == [step / 8 for step in range(1, 9)]
        assert curve[-1]["distance"] == curve[-1]["deviation"] == 0
        assert curve[-1][unit] == len(CASE.evidence if unit == "rows" else CASE.sources)
        assert curve[-1]["mean_score"] == pytest.approx(atrisk.assess(CASE, UN).overall.mean())


def test_reading_more_moves_a_count_and_hardly_an_estimate() -> None:
    # The fifth promise, on a shipped case: catches an estimate that follows how much was read.
    count, estimate = read(method="v1"), read(method="estimate")
    assert count.doubling > 2 * abs(estimate.doubling)
    assert count.to_rows()[3]["distance"] > 2 * estimate.to_rows()[3]["distance"]
    assert not count.is_flat
    assert estimate.is_flat
    months = estimate.to_rows("months")
    held = [row["low"] <= row["half"] <= row["high"] for row in months]
    assert np.mean(held) >= 0.9


def test_the_same_seed_reads_the_same_and_another_otherwise() -> None:
    assert np.array_equal(read().scores, read().scores)
    assert not np.array_equal(read().scores, read(seed=4).scores)


def test_sample_coverage_is_good_and_turing_s() -> None:
    facts = {(c, row.claim_key) for row in CASE.evidence for c in row.indicators}
    codes = [code for code, _ in facts]
    alone = sum(codes.count(code) == 1 for code in set(codes))
    assert read().sample_coverage == 1 - alone / len(facts)
    assert "Good and Turing" in repr(read())


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"steps": 3}, "even number"), ({"steps": 400}, "cannot be read in 400"),
     ({"unit": "pages"}, "rows, sources"), ({"repeats": 0}, "repeats")],
)  # fmt: skip
def test_what_cannot_be_read_is_told(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        read(**asked)


def test_cases_stand_beside_one_another_at_equal_effort() -> None:
    cases = [CASE, atrisk.load_case("civ-2010-2011"), atrisk.load_case("car-2020-2021")]
    found = atrisk.compare_cases(cases, UN, repeats=4, seed=1, method="estimate")
    rows = {row["case"]: row for row in found.to_rows()}
    least = min(row["rows_a_month"] for row in rows.values())
    assert found.effort == least == pytest.approx(47 / 12)
    assert rows["car-2020-2021"]["mean_deviation"] == 0  # it has no more than that
    assert rows["sen-2011-2012"]["mean_at_equal_effort"] < rows["civ-2010-2011"]["mean"]
    two = atrisk.compare_cases(cases[:2], UN, effort=least, repeats=4, seed=1, method="estimate")
    assert {row["case"]: row["mean"] for row in two.to_rows()}.items() <= {
        name: row["mean"] for name, row in rows.items()
    }.items()  # adding a case moves no other
    assert "Not a ranking" in repr(found)


def test_one_case_or_too_much_effort_is_refused() -> None:
    with pytest.raises(atrisk.RequestError, match="name two or more"):
        atrisk.compare_cases([CASE], UN)
    with pytest.raises(atrisk.RequestError, match="have one id"):
        atrisk.compare_cases([CASE, CASE], UN)
    other = atrisk.load_case("car-2020-2021")
    with pytest.raises(atrisk.RequestError, match="ask for fewer"):
        atrisk.compare_cases([CASE, other], UN, effort=10)


def test_the_commands_print_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reading", "car-2020-2021", "--repeats", "2", "--method", "estimate"]) == 0
    assert "the curve has" in " ".join(capsys.readouterr().out.split())
    assert main(["compare", "car-2020-2021", "gmb-2016-2017", "--repeats", "2"]) == 0
    assert "rows a month each" in capsys.readouterr().out

"""The bundled framework as data, and one's own from a folder."""

from __future__ import annotations

import csv
import dataclasses

import pytest

import atrisk
from shipped import un
from toys import ROOT, THREE_FACTOR

REFERENCE = ROOT.parent / "shared" / "reference" / "un-foa-2014-indicators.csv"


def test_it_holds_fourteen_factors_and_says_which_crime_each_belongs_to() -> None:
    assert list(un().factors) == [str(number) for number in range(1, 15)]
    common = [str(number) for number in range(1, 9)]
    assert {crime.code: list(crime.factors) for crime in un().crimes.values()} == {
        "genocide": [*common, "9", "10"],
        "crimes_against_humanity": [*common, "11", "12"],
        "war_crimes": [*common, "13", "14"],
    }


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the reference table is not beside the project")
def test_every_indicator_of_the_reference_is_there_with_its_status() -> None:
    with REFERENCE.open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    found = [
        {name: getattr(item, name) for name in expected[0]} for item in un().indicators.values()
    ]
    assert found == expected


def test_codes_are_text_so_that_1_1_is_not_1_10() -> None:
    assert un().indicators["1.1"].label != un().indicators["1.10"].label


def test_every_judgement_has_a_rationale_and_an_alternative() -> None:
    branches = un().header.branches
    for name in type(branches).model_fields:
        branch = getattr(branches, name)
        assert len(branch.options) >= 2, name
        assert all(len(option.rationale) > 20 for option in branch.options), name
    assert len(un().weight_sets) >= 3
    for weights in un().weight_sets.values():
        assert all(weights.rationales.values())


def test_better_grades_are_never_less_probable_and_the_unjudged_are_wide_and_neutral() -> None:
    for name, table in un().grades.items():
        for letter in "ABCDE":
            row = [table[f"{letter}{digit}"].probability for digit in range(1, 6)]
            assert row == sorted(row, reverse=True), name
        for digit in range(1, 6):
            column = [table[f"{letter}{digit}"].probability for letter in "ABCDE"]
            assert column == sorted(column, reverse=True), name
        unjudged = table["F6"]
        assert unjudged.probability == 0.5
        widths = {grade: row.high - row.low for grade, row in table.items()}
        assert widths["F6"] == max(widths.values())
        assert table["F6"].probability > table["E5"].probability  # unknown is not worst


def test_the_rank_order_weights_are_rank_order_centroids() -> None:
    # Ten factors of a crime: w_k = (1/10) * sum of 1/i for i = k..10; ranks 1 and 2 are shared.
    centroid = [sum(1 / i for i in range(k, 11)) / 10 for k in range(1, 11)]
    weights = un().weight_sets["rank-order"].weights
    ranked = [weights[code] for code in ("7", "8", "5", "4", "2", "6", "1", "3")]
    assert ranked == pytest.approx(centroid[2:], abs=1e-6)
    assert weights["10"] == pytest.approx((centroid[0] + centroid[1]) / 2, abs=1e-6)


def test_bands_of_a_count_are_the_nearest_level_of_severity() -> None:
    for score in (0.0, 0.1249, 0.125, 0.374, 0.375, 0.62, 0.625, 0.87, 0.875, 1.0):
        assert un().band(score, un().choose("v1")).value == int(score * 4 + 0.5)


def test_a_framework_of_three_factors_loads_from_a_folder() -> None:
    assert list(THREE_FACTOR.factors) == ["1", "2", "3"]
    assert list(THREE_FACTOR.crimes) == ["attack", "siege"]
    assert repr(THREE_FACTOR) == "Framework('three-factor': 3 factors, 5 indicators)"


def test_unknown_choices_name_what_exists() -> None:
    with pytest.raises(atrisk.UnknownNameError, match="Did you mean 'persistence'"):
        un().choose({"persistance": "long"})
    with pytest.raises(atrisk.UnknownNameError, match="Known: reporting-cycles, short, long"):
        un().choose({"persistence": "forever"})
    with pytest.raises(atrisk.UnknownNameError, match="no framework is called 'un-foa'"):
        atrisk.load_framework("un-foa")


def test_weights_of_ones_own_must_cover_every_code() -> None:
    case = atrisk.load_case("car-2012-2015")
    own = atrisk.WeightSet("own", {"1": 1.0}, {})
    with pytest.raises(atrisk.RequestError, match="'own' has no weight for 2"):
        atrisk.assess(case, un(), weights=own)
    nothing = dict.fromkeys([*un().factors, *un().indicators], 0.0)
    with pytest.raises(atrisk.RequestError, match="'none' gives no weight to any of"):
        atrisk.assess(case, un(), weights=atrisk.WeightSet("none", nothing, {}))


def test_codes_that_a_framework_lacks_are_refused_with_every_row() -> None:
    case = atrisk.load_case("car-2012-2015")
    header = case.header.model_copy(update={"framework": "three-factor"})
    case = dataclasses.replace(case, header=header, framework=None)
    with pytest.raises(atrisk.DataError, match=r"row exec-01: indicator '1\.5' does not exist"):
        atrisk.assess(case, THREE_FACTOR)

"""Skill: probabilities of other countries, intervals by country, rivals on their own months."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atrisk.verification.intervals import resample
from atrisk.verification.sample import SCORE, Sample, build_levels
from atrisk.verification.skill import (
    Drawing,
    compare_predictors,
    compare_rivals,
    compare_told,
    tell_probabilities,
)
from atrisk.verification.statistics import learn_mapping, measure_auc
from atrisk.verification.tracks import Track
from followed import NAN, track, truths

AT = 25.0
DRAWING = Drawing(draws=60, level=0.9, seed=3)


def levels(*tracks: Track, horizon: int = 1) -> Sample:
    return build_levels(tracks, truths(*tracks), AT, horizon, 2)


def three(*, first_country: str = "CAF") -> list[Track]:
    generator = np.random.default_rng(11)
    return [
        track(
            np.where(generator.random(14) < 0.4, 40.0, 3.0).tolist(),
            generator.random(14).tolist(),
            case=f"case-{n}",
            country=country,
        )
        for n, country in enumerate((first_country, "CAF", "MLI", "SEN"))
    ]


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_a_country_teaches_itself_nothing(seed: int) -> None:
    """Whatever came and was scored in a country, its curve is the one of the others."""
    generator = np.random.default_rng(seed)
    tracks = three()
    sample = levels(*tracks)
    curve_of = np.array(sample.country) == "CAF"
    told = tell_probabilities(sample, sample.predictors[SCORE])
    assert told is not None
    expected = learn_mapping(sample.predictors[SCORE][~curve_of], sample.hit[~curve_of])
    assert told[curve_of].tolist() == expected.tell(sample.predictors[SCORE][curve_of]).tolist()
    other = track(
        generator.choice([0.0, 30.0, 900.0], 14).tolist(), generator.random(14).tolist(),
        case="case-1", country="CAF",
    )  # fmt: skip
    again = levels(tracks[0], other, *tracks[2:])
    now = tell_probabilities(again, again.predictors[SCORE])
    assert now is not None
    mine, before = np.array(again.case) == "case-0", np.array(sample.case) == "case-0"
    assert now[mine].tolist() == told[before].tolist()


def test_cases_of_another_country_do_teach() -> None:
    sample, other = levels(*three()), levels(*three(first_country="NER"))
    one, two = (tell_probabilities(each, each.predictors[SCORE]) for each in (sample, other))
    assert one is not None
    assert two is not None
    mine = np.array(sample.case) == "case-1"
    assert (one[mine] != two[mine]).all()


def test_where_others_are_of_one_kind_or_there_are_none_nothing_is_told() -> None:
    mixed, calm = track([0, 30, 0, 30, 0]), track([0.0] * 5, case="calm", country="SEN")
    for tracks in ([mixed], [mixed, calm], []):
        sample = levels(*tracks)
        assert tell_probabilities(sample, sample.predictors[SCORE]) is None


def test_the_same_seed_gives_the_same_intervals_and_another_others() -> None:
    sample = levels(*three())
    rows = list(compare_predictors(sample, DRAWING, brier=True))
    assert rows == list(compare_predictors(sample, DRAWING, brier=True))
    other = list(compare_predictors(sample, Drawing(60, 0.9, 4), brier=True))
    for name in ("auc", "brier"):
        assert rows[0][name] == other[0][name]
        assert rows[0][f"{name}_low"] != other[0][f"{name}_low"]


def test_figures_stand_beside_their_intervals_and_the_advantage_is_paired() -> None:
    sample = levels(*three())
    rows = {row["predictor"]: row for row in compare_predictors(sample, DRAWING, brier=False)}
    assert rows[SCORE]["auc"] == measure_auc(sample.predictors[SCORE], sample.hit)
    assert rows[SCORE]["advantage"] is None
    assert rows["nothing"]["auc"] == 0.5
    assert rows["nothing"]["advantage"] == rows[SCORE]["auc"] - 0.5
    assert rows["nothing"]["advantage_low"] == pytest.approx(rows[SCORE]["auc_low"] - 0.5)
    assert rows["nothing"]["rank"] is None
    assert all(row["auc_low"] <= row["auc_high"] for row in rows.values())
    assert all("brier" not in row for row in rows.values())


def test_one_country_of_one_spell_has_no_spread() -> None:
    sample = levels(track([0.0] * 6))
    (bounds,) = resample(
        sample, lambda rows: {"months": float(len(rows))}, draws=30, level=0.9, seed=1
    ).values()
    assert bounds == (len(sample), len(sample))


def test_an_interval_holds_the_share_of_draws_that_it_says() -> None:
    sample = levels(*three())
    drawn: list[float] = []

    def measure(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> dict[str, float | None]:
        drawn.append(float(sample.hit[rows].mean()))
        return {"share": drawn[-1], "never": None}

    found = resample(sample, measure, draws=400, level=0.8, seed=5)
    assert set(found) == {"share"}
    assert len(drawn) == 400
    low, high = found["share"]
    inside = np.mean([(low <= share <= high) for share in drawn])
    assert 0.78 <= inside <= 0.84
    assert np.mean([share < low for share in drawn]) <= 0.1


def test_a_rival_is_held_against_the_score_on_the_months_in_which_it_spoke() -> None:
    score = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7]
    says = [NAN, 0.5, 0.1, NAN, 0.2, 0.9]
    one = track([0, 0, 30, 0, 30, 0], score, rivals={("watch", "issued"): says})
    (row,) = compare_rivals(levels(one), DRAWING)
    # months 2, 3 and 5 (the last month has nothing after it); 2 is followed by it
    assert (row["system"], row["kind"], row["cases"]) == ("watch", "issued", 1)
    assert (row["months"], row["hits"]) == (3, 1)
    assert (row["auc"], row["score_auc"], row["advantage"]) == (1.0, 1.0, 0.0)


def test_a_rival_that_spoke_in_no_month_that_can_be_judged_has_no_row() -> None:
    says = [NAN] * 5 + [0.9]  # in the last month, after which nothing is known
    one = track([0, 0, 30, 0, 30, 0], rivals={("watch", "issued"): says})
    assert list(compare_rivals(levels(one), DRAWING)) == []


def test_told_probabilities_are_sorted_into_parts_of_equal_size() -> None:
    sample = levels(*three())
    told = np.linspace(0.9, 0.1, len(sample))
    rows = list(compare_told(sample, told, 5, 0.9))
    assert sum(row["months"] for row in rows) == len(sample)
    assert max(row["months"] for row in rows) - min(row["months"] for row in rows) <= 1
    assert [row["told"] for row in rows] == sorted(row["told"] for row in rows)
    for row in rows:
        assert row["told_low"] <= row["told"] <= row["told_high"]
        assert row["came_low"] <= row["came"] <= row["came_high"]
    assert sum(row["came"] * row["months"] for row in rows) == pytest.approx(sample.hit.sum())
    assert len(list(compare_told(sample.take(np.arange(len(sample)) < 3), told[:3], 5, 0.9))) == 3

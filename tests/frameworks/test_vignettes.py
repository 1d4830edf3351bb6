"""Vignettes: textbook situations that anchor what a word of the scale means."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import atrisk

UN = atrisk.load_framework("un-foa-2014")
FOLDER = Path(__file__).parents[2] / "frameworks" / "un-foa-2014" / "vignettes"
MONTH = 1  # February, of which all texts tell
# In order of gravity, with the word that each anchors.
WORDS = {
    "calm-democracy": "none",
    "local-communal-killings": "low",
    "stable-autocracy": "low",
    "civil-war-sporadic-abuse": "moderate",
    "organised-attacks-on-civilians": "high",
    "campaign-to-destroy-a-group": "extreme",
}


@cache
def load(name: str) -> atrisk.Case:
    return atrisk.load_case(FOLDER / name, UN)


def read(name: str, sources: int, seed: int = 0) -> atrisk.Assessment:
    """Score a vignette from some of its sources, chosen at random."""
    case = load(name)
    names = [source.id for source in case.sources]
    kept = set(np.random.default_rng(seed).permutation(names)[:sources].tolist())
    rows = tuple(row for row in case.evidence if row.source in kept)
    return atrisk.assess(replace(case, evidence=rows, checked=True), UN, method="estimate")


def score(name: str, sources: int) -> float:
    return float(np.mean([read(name, sources, seed).overall[MONTH] for seed in range(12)]))


def test_every_vignette_is_used() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == set(WORDS)


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("sources", [5, 8])
def test_a_vignette_is_called_by_its_word(name: str, sources: int) -> None:
    method = UN.choose("estimate")
    assert UN.band(score(name, sources), method).label == WORDS[name]


def test_thresholds_lie_half_way_between_neighbours() -> None:
    # Catches thresholds that were moved after looking at cases.
    points = {name: score(name, 5) for name in WORDS}
    low = (points["local-communal-killings"] + points["stable-autocracy"]) / 2
    ladder = [
        points["calm-democracy"],
        low,
        points["civil-war-sporadic-abuse"],
        points["organised-attacks-on-civilians"],
        points["campaign-to-destroy-a-group"],
    ]
    half_way = [(lower + upper) / 2 for lower, upper in pairwise(ladder)]
    assert UN.choose("estimate").bands.lowers[1:] == pytest.approx(half_way, abs=0.01)


@pytest.mark.parametrize("name", WORDS)
def test_a_shallow_reading_is_unsure_and_of_what_is_grave_too_low(name: str) -> None:
    whole = read(name, 8).overall[MONTH]
    held = []
    for seed in range(12):
        now = read(name, 2, seed)
        held.append(now.low[MONTH] <= whole <= now.high[MONTH])
    if name in ("organised-attacks-on-civilians", "campaign-to-destroy-a-group"):
        # Two reports of what is grave leave the prior most of the word: a known limit, which
        # docs/validity.md tells. This fails on the day on which it is mended.
        assert np.mean(held) < 0.9
    else:
        assert np.mean(held) >= 0.9


def test_graver_situations_score_higher_at_every_depth_but_where_the_scale_is_blind() -> None:
    order = [name for name in WORDS if name != "local-communal-killings"]
    for sources in (2, 3, 5, 8):
        scores = [score(name, sources) for name in order]
        assert scores == sorted(scores)


def test_options_that_are_mixed_are_brought_to_one_scale_by_the_vignettes() -> None:
    def join(factor: str, crime: str) -> tuple[np.ndarray, np.ndarray]:
        method = {"factor_aggregation": factor, "crime_aggregation": crime}
        read = [atrisk.assess(load(name), UN, method=method) for name in WORDS]
        crimes = [[scores[MONTH] for scores in one.crimes.values()] for one in read]
        return np.concatenate([one.factors[MONTH] for one in read]), np.ravel(crimes)

    factors, crimes = join("estimate", "halves")
    for branch, place, known in (
        ("factor_aggregation", 0, factors),
        ("crime_aggregation", 1, crimes),
    ):
        first, *others = UN.branches[branch].list_alternatives(UN.choose().choices[branch])
        assert first.scale == (0.0, 1.0)  # type: ignore[attr-defined] # of these branches
        for other in others:
            names = ("estimate", other.id) if place else (other.id, "halves")
            scores = join(*names)[place]
            slope, intercept = np.polyfit(scores, known, 1)
            assert other.scale == pytest.approx((intercept, slope), abs=0.001)  # type: ignore[attr-defined] # of these branches
            before, after = np.abs(scores - known), np.abs(intercept + slope * scores - known)
            assert after.mean() < before.mean()

"""Vignettes: textbook situations that anchor what a word of the scale means."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import atrisk

FRAMEWORKS = Path(__file__).parents[2] / "frameworks"
UN = atrisk.load_framework("un-foa-2014")
STAGES = atrisk.load_framework("ten-stages")
MONTH = 1  # February, of which all texts tell
# In order of gravity, as the readers held them and the texts tell.
WORDS = {
    "calm-democracy": {"none"},
    "after-the-war": {"moderate"},
    "local-communal-killings": {"moderate"},
    "stable-autocracy": {"moderate"},
    "civil-war-sporadic-abuse": {"moderate", "high"},
    "electoral-crisis": {"high"},
    "repression-of-a-minority": {"high", "extreme"},
    "insurgency-with-village-massacres": {"high", "extreme"},
    "organised-attacks-on-civilians": {"extreme"},
    "campaign-to-destroy-a-group": {"extreme"},
}
# The scale cannot tell these neighbours apart: it sees little in local killings and a cold peace.
BLIND = ("after-the-war", "local-communal-killings", "electoral-crisis")


@cache
def load(name: str, framework: atrisk.Framework = UN) -> atrisk.Case:
    return atrisk.load_case(FRAMEWORKS / framework.id / "vignettes" / name, framework)


def read(name: str, sources: int = 8, seed: int = 0) -> atrisk.Assessment:
    """Score a vignette from some of its sources, chosen at random."""
    case = load(name)
    names = [source.id for source in case.sources]
    kept = set(np.random.default_rng(seed).permutation(names)[:sources].tolist())
    rows = tuple(row for row in case.evidence if row.source in kept)
    return atrisk.assess(replace(case, evidence=rows, checked=True), UN)


def score(name: str, sources: int) -> float:
    return float(np.mean([read(name, sources, seed).overall[MONTH] for seed in range(12)]))


def judge() -> dict[str, float]:
    """Return the median of the levels that readers gave each vignette's texts."""
    text = (FRAMEWORKS / "un-foa-2014" / "vignettes" / "levels.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["reader"] for row in rows} == {"reader-1", "reader-2"}
    assert len(rows) == 2 * len(WORDS)
    return {
        name: float(np.median([int(row["level"]) for row in rows if row["vignette"] == name]))
        for name in WORDS
    }


@pytest.mark.parametrize("framework", [UN, STAGES], ids=lambda one: one.id)
def test_every_vignette_is_used(framework: atrisk.Framework) -> None:
    folder = FRAMEWORKS / framework.id / "vignettes"
    found = {one.name for one in folder.iterdir() if one.is_dir()}
    assert found <= set(WORDS)
    assert len(found) == (10 if framework is UN else 6)


def test_words_are_those_of_the_readers() -> None:
    labels = [band.label for band in UN.header.bands]
    for name, level in judge().items():
        assert WORDS[name] == {labels[int(np.floor(level))], labels[int(np.ceil(level))]}


@pytest.mark.parametrize("name", WORDS)
def test_a_vignette_that_is_read_whole_is_called_by_its_word(name: str) -> None:
    now = read(name)
    assert now.bands[MONTH] in WORDS[name]


@pytest.mark.parametrize("name", ["calm-democracy", "campaign-to-destroy-a-group"])
@pytest.mark.parametrize("sources", [3, 5])
def test_the_ends_of_the_scale_are_called_by_their_words_from_few_sources(
    name: str, sources: int
) -> None:
    band = UN.band(score(name, sources), UN.choose()).label
    assert band in WORDS[name] | {"low"}


def test_thresholds_lie_between_the_vignettes_of_neighbouring_levels() -> None:
    # Catches thresholds that were moved after looking at cases.
    levels, points = judge(), {name: float(read(name).overall[MONTH]) for name in WORDS}
    by_level = {
        level: [points[name] for name in WORDS if levels[name] == level] for level in (0, 2, 3, 4)
    }
    none, low, moderate, high, extreme = UN.choose().bands.lowers
    calm, least = max(by_level[0]), min(by_level[2])
    assert none == 0.0
    assert (low, moderate) == pytest.approx(
        (calm + (least - calm) / 3, calm + 2 * (least - calm) / 3), abs=0.001
    )
    assert high == pytest.approx((max(by_level[2]) + min(by_level[3])) / 2, abs=0.001)
    assert extreme == pytest.approx((max(by_level[3]) + min(by_level[4])) / 2, abs=0.001)


def test_the_thresholds_of_ten_stages_lie_between_its_vignettes() -> None:
    levels = judge()
    points = {
        name: float(atrisk.assess(load(name, STAGES), STAGES).overall[MONTH])
        for name in WORDS
        if (FRAMEWORKS / "ten-stages" / "vignettes" / name).is_dir()
    }
    calm, least = (
        max(p for n, p in points.items() if levels[n] == 0),
        min(p for n, p in points.items() if levels[n] == 2),
    )
    grave = points["civil-war-sporadic-abuse"]
    gravest = points["organised-attacks-on-civilians"]
    third, step = (least - calm) / 3, (gravest - grave) / 3
    wanted = (calm + third, calm + 2 * third, grave + step, grave + 2 * step)
    assert STAGES.choose().bands.lowers[1:] == pytest.approx(wanted, abs=0.005)
    for name, point in points.items():
        assert STAGES.band(point, STAGES.choose()).label in WORDS[name], name


def test_the_alarm_stands_on_the_bands() -> None:
    for framework in (UN, STAGES):
        method = framework.choose()
        _, _, moderate, high, extreme = method.bands.lowers
        watches = method.alarm.watches
        assert list(watches) == ["watch", "alert", "emergency"]
        assert (watches["watch"].on, watches["watch"].off) == (high, moderate)
        assert watches["alert"].on == pytest.approx((high + extreme) / 2, abs=0.005)
        assert watches["alert"].off == high
        assert watches["emergency"].on == extreme


@pytest.mark.parametrize("name", WORDS)
def test_a_shallow_reading_is_unsure_and_of_what_is_grave_too_low(name: str) -> None:
    whole = read(name).overall[MONTH]
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
    order = [name for name in WORDS if name not in BLIND]
    for sources in (2, 3, 5, 8):
        scores = [score(name, sources) for name in order if name != "calm-democracy"]
        assert score("calm-democracy", sources) < min(scores)
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

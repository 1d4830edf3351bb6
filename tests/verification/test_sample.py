"""Samples by hand: what was had in each month, what came after it, and what is not known."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atrisk.verification.sample import (
    AVERAGE,
    COVERAGE,
    LAST,
    NOTHING,
    PAST,
    SCORE,
    Sample,
    build_changes,
    build_levels,
)
from atrisk.verification.tracks import Track
from followed import NAN, track, truths

AT = 25.0


def levels(*tracks: Track, horizon: int = 2, average: int = 2) -> Sample:
    return build_levels(tracks, truths(*tracks), AT, horizon, average)


def changes(*tracks: Track, horizon: int = 2, average: int = 2) -> Sample:
    return build_changes(tracks, truths(*tracks), horizon, average)


def logs(*counts: float) -> list[float]:
    return [math.log(1 + count) for count in counts]


def test_a_month_is_a_hit_if_it_comes_within_the_horizon_after_it() -> None:
    found = levels(track([0, 24, 25, 0, 0, 0]))
    assert found.month == ("2020-01", "2020-02", "2020-03", "2020-04")  # of the last two, unknown
    assert found.hit.tolist() == [True, True, False, False]  # the month itself is not ahead of it
    assert found.ahead == pytest.approx([sum(logs(24, 25)) / 2, logs(25)[0] / 2, 0, 0])


def test_with_a_horizon_of_none_the_month_itself_is_asked_about() -> None:
    found = levels(track([0, 24, 25, 300, NAN]), horizon=0)
    assert found.month == ("2020-01", "2020-02", "2020-03", "2020-04")
    assert found.hit.tolist() == [False, False, True, True]
    assert found.ahead == pytest.approx(logs(0, 24, 25, 300))


def test_baselines_are_of_the_months_so_far() -> None:
    score = [0.1, 0.2, 0.3, 0.4, 0.5]
    found = levels(track([8, 0, 3, 30, 0], score), horizon=1, average=2)
    deaths = logs(8, 0, 3, 30)
    assert found.predictors[SCORE].tolist() == score[:4]
    assert found.predictors[NOTHING].tolist() == [0] * 4
    assert found.predictors[LAST] == pytest.approx(deaths)
    pairs = [deaths[:1], deaths[0:2], deaths[1:3], deaths[2:4]]
    assert found.predictors[AVERAGE] == pytest.approx([np.mean(pair) for pair in pairs])
    assert found.predictors[PAST] == pytest.approx([np.mean(deaths[: n + 1]) for n in range(4)])
    assert found.predictors[COVERAGE].tolist() == [0.5] * 4


def test_changes_are_over_as_many_months_as_the_horizon_has() -> None:
    score = [0.0, 0.1, 0.3, 0.6, 1.0, 1.5]
    found = changes(track([0, 0, 8, 0, 30, 2], score), horizon=2, average=2)
    assert found.month == ("2020-03", "2020-04")
    assert found.predictors[SCORE] == pytest.approx([0.3, 0.5])
    no, eight, thirty, two = logs(0, 8, 30, 2)
    assert found.predictors[LAST] == pytest.approx([eight - no, no - eight])
    assert found.predictors[AVERAGE] == pytest.approx([eight / 2, eight / 2])
    after, before = [thirty / 2, (thirty + two) / 2], [eight / 2, eight / 2]
    assert found.ahead == pytest.approx([a - b for a, b in zip(after, before, strict=True)])
    assert found.hit.tolist() == [True, True]
    falling = changes(track([30, 30, 30, 0, 0, 0]), horizon=2)
    assert falling.hit.tolist() == [False, False]
    assert (changes(track([0.0] * 8)).ahead == 0).all()
    assert not changes(track([0.0] * 8)).hit.any()  # no more than before is no rise


counts = st.lists(
    st.one_of(st.just(NAN), st.sampled_from([0.0, 24.0, 25.0, 400.0])), min_size=1, max_size=12
)


@given(counts, st.integers(0, 4))
def test_unknown_months_never_become_hits_or_their_absence(told: list[float], ahead: int) -> None:
    found = levels(track(told), horizon=ahead)
    kept = dict(zip(found.month, found.hit.tolist(), strict=True))
    for place, month in enumerate(track(told).months):
        after = told[place + 1 : place + 1 + ahead] if ahead else [told[place]]
        known = len(after) == max(1, ahead) and not any(map(math.isnan, [told[place], *after]))
        assert (month in kept) == known
        if known:
            assert kept[month] == any(count >= AT for count in after)
    for values in (*found.predictors.values(), found.ahead):
        assert not np.isnan(values).any()


@given(counts)
def test_months_without_a_score_are_left_out(told: list[float]) -> None:
    score = [NAN if place % 2 else 0.5 for place in range(len(told))]
    found = levels(track(told, score), horizon=1)
    assert {int(month[-2:]) % 2 for month in found.month} <= {1}


def tell(sample: Sample) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return each row by its case and month."""
    return {
        (sample.case[row], sample.month[row]): (
            sample.country[row],
            bool(sample.hit[row]),
            float(sample.ahead[row]),
            *(float(values[row]) for values in sample.predictors.values()),
            *(str(values[row]) for values in sample.rivals.values()),
        )
        for row in range(len(sample))
    }


def spells(sample: Sample) -> set[frozenset[tuple[str, str]]]:
    """Return which rows are of one spell, whatever its number."""
    return {
        frozenset(
            (sample.case[row], sample.month[row]) for row in np.flatnonzero(sample.spell == n)
        )
        for n in set(sample.spell.tolist())
    }


@given(st.lists(counts, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing_and_one_more_moves_no_other_s_rows(
    told: list[list[float]], chance: random.Random
) -> None:
    tracks = [
        track(one, case=f"case-{at}", country=("CAF", "MLI")[at % 2]) for at, one in enumerate(told)
    ]
    shuffled = chance.sample(tracks, len(tracks))
    for build in (levels, changes):
        whole, other, less = build(*tracks), build(*shuffled), build(*tracks[:-1])
        assert tell(whole) == tell(other)
        assert spells(whole) == spells(other)
        last = tracks[-1].case
        assert {key: row for key, row in tell(whole).items() if key[0] != last} == tell(less)


def test_a_case_that_no_list_tells_of_is_left_out() -> None:
    one, other = track([0, 30, 0], case="one"), track([0, 30, 0], case="other")
    found = build_levels([one, other], truths(one), AT, 1, 2)
    assert set(found.case) == {"one"}
    assert len(build_levels([one], {}, AT, 1, 2)) == 0


def test_spells_are_months_in_a_row_that_are_alike_and_of_one_case() -> None:
    first = track([0, 0, 30, 0, 0, 0, NAN, 0, 0, 0], case="one")
    second = track([0, 0], case="two", country="CAF")
    found = levels(first, second, horizon=1)
    assert [int(month[-2:]) for month in found.month] == [1, 2, 3, 4, 5, 8, 9, 1]
    assert found.hit.tolist() == [False, True, False, False, False, False, False, False]
    assert found.spell.tolist() == [0, 1, 2, 2, 2, 3, 3, 4]


def test_countries_are_drawn_as_blocks_of_whole_spells() -> None:
    tracks = [
        track([0, 0, 0, 30, 30, 0, 0, 0], case=f"{country}-{n}", country=country)
        for country in ("CAF", "MLI", "SEN")
        for n in (1, 2)
    ]
    found = levels(*tracks, horizon=1)
    whole = {number: np.flatnonzero(found.spell == number) for number in set(found.spell.tolist())}
    seen: set[int] = set()
    for seed in range(40):
        drawn = found.draw(np.random.default_rng(seed))
        assert (drawn == found.draw(np.random.default_rng(seed))).all()
        blocks = 0
        while len(drawn):
            mine = whole[int(found.spell[drawn[0]])]
            assert (drawn[: len(mine)] == mine).all()  # a spell comes whole
            drawn, blocks = drawn[len(mine) :], blocks + 1
        assert blocks == 3 * 6  # as many countries as there are, and as many spells in each
        seen.add(len({found.country[row] for row in found.draw(np.random.default_rng(seed))}))
    assert seen == {1, 2, 3}  # a country may come several times, or not at all

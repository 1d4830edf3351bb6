"""Persistence: each month follows from the one before as the sum over all months says."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from atrisk.kernel.persistence import fade, persist

HALF_LIVES = [0.5, 2.0, 60.0, float("inf")]


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 8), st.sampled_from(HALF_LIVES))
def test_a_month_follows_from_the_one_before_as_the_sum_over_all_says(
    seed: int, early: int, seen: int, half_life: float
) -> None:
    generator = np.random.default_rng(seed)
    old = np.sort(generator.choice(np.arange(-400, 0), early, replace=False))  # with gaps
    past = np.concatenate([old, np.arange(seen)])
    rows = np.arange(seen)
    mass = generator.dirichlet(np.full(len(past) + 1, 0.3), size=5)[:, :-1]  # the rest: not ended
    lags = rows[None, :] - past[:, None]
    halved = 2.0 ** (-np.maximum(lags, 0) / half_life)
    expected = mass @ np.where(lags >= 0, halved, 0.0)
    assert np.abs(fade(mass, past, rows, half_life) - expected).max() < 1e-14
    still = mass @ halved + 1 - mass.sum(axis=1, keepdims=True)
    assert np.abs(persist(mass, past, rows, half_life) - still).max() < 1e-14


def test_rows_after_the_first_past_month_count_what_came_before_them() -> None:
    past = np.arange(6)
    mass = np.array([[1.0, 0, 0, 0, 0, 0]])
    assert fade(mass, past, np.array([4, 5]), 1.0)[0] == pytest.approx([2**-4, 2**-5])


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_what_has_ended_fades_and_is_never_less_than_nothing(seed: int, months: int) -> None:
    """Seen to fail: rounding took what had ended for sure below 0, and its month had no score."""
    past = np.arange(months + 200)
    mass = np.zeros((8, len(past)))
    mass[:, :months] = np.random.default_rng(seed).dirichlet(np.ones(months), size=8)
    held = persist(mass, past, past, 2.0)
    assert (held > 0).all()
    assert held.max() <= 1 + 1e-15

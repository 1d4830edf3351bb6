"""Survival: estimates and tests are those of published examples."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats

from atrisk.kernel.survival import compare, estimate, resample


def test_the_estimate_is_that_of_a_published_example() -> None:
    # Freireich et al. 1963, 6-mercaptopurine, as in Kalbfleisch and Prentice, table 1.2: remission
    # in weeks of 21 patients; S(6) = 18/21, S(7) = S(6) * 16/17, ..., S(23) = 0.448.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = estimate(np.array(ended, float), np.array(going_on, float), 0.95)
    at = dict(zip(curve.times.tolist(), curve.waiting.tolist(), strict=True))
    assert at[6] == pytest.approx(18 / 21)
    assert at[7] == pytest.approx(18 / 21 * 16 / 17)
    assert at[10] == pytest.approx(18 / 21 * 16 / 17 * 14 / 15)
    assert at[23] == pytest.approx(0.448, abs=5e-4)
    assert curve.median == 23
    low = dict(zip(curve.times.tolist(), curve.low.tolist(), strict=True))
    high = dict(zip(curve.times.tolist(), curve.high.tolist(), strict=True))
    # Log-log limits at week 10, as R's survfit prints them: 0.503 to 0.889.
    assert (low[10], high[10]) == pytest.approx((0.503, 0.889), abs=2e-3)


@pytest.mark.parametrize("seed", range(40))
def test_the_curve_is_that_of_scipy(seed: int) -> None:
    draw = np.random.default_rng(seed)
    # Ties, groups of which all are answered, and groups of which nobody is.
    answered, unanswered = (
        draw.integers(0, 9, size) / 2 for size in (max(seed % 9, 1) - seed % 2, (seed + 1) % 4 + 1)
    )
    unanswered = unanswered[: None if seed % 3 else 0] if answered.size else unanswered
    curve = estimate(answered, unanswered, 0.95)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of bounds that are undefined
        theirs = stats.ecdf(stats.CensoredData(uncensored=answered, right=unanswered)).sf
        bounds = theirs.confidence_interval(0.95, method="log-log")
    sides = [bounds.low.probabilities, bounds.high.probabilities]  # type: ignore[attr-defined] # SciPy's stubs
    expected = [theirs.quantiles, theirs.probabilities, *sides]
    found = [curve.times, curve.waiting, curve.low, curve.high]
    for ours, own in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, own, rtol=1e-13)


def test_the_log_rank_test_is_that_of_a_published_example() -> None:
    # The same trial against placebo: chi-squared 16.79 on one degree of freedom, p = 4.17e-5.
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    sides = [tuple(np.array(part, float) for part in side) for side in (treated, (placebo, []))]
    assert compare(*sides) == pytest.approx(4.17e-5, rel=0.02)  # type: ignore[arg-type] # on purpose


def test_medians_of_samples_of_groups_are_those_of_the_estimate() -> None:
    draw = np.random.default_rng(5)
    days, censored = draw.integers(0, 9, 12).astype(float), draw.random(12) < 0.4
    groups = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4])
    medians = resample(days, censored, groups, resamples=50, generator=np.random.default_rng(7))
    drawn = np.random.default_rng(7).multinomial(5, [0.2] * 5, size=50)
    for counts, median in zip(drawn, medians.tolist(), strict=True):
        rows = np.repeat(np.arange(12), counts[groups])
        ended = ~censored[rows]
        if not ended.any():
            assert np.isinf(median)
            continue
        expected = estimate(days[rows][ended], days[rows][~ended], 0.95).median
        assert median == (np.inf if expected is None else expected)


def test_where_nobody_was_answered_no_sample_has_a_median() -> None:
    found = resample(
        np.array([3.0, 5.0]),
        np.ones(2, dtype=bool),
        np.array([0, 1]),
        resamples=4,
        generator=np.random.default_rng(0),
    )
    assert found.tolist() == [np.inf] * 4

"""Statistics: what others compute of the same numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from atrisk.verification.statistics import (
    average_precision,
    bound_share,
    correlate_ranks,
    draw_roc,
    learn_mapping,
    measure_auc,
    score_brier,
)

CLOSE = 1e-10
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

scores = st.one_of(st.integers(-3, 3).map(lambda n: n / 4), st.floats(-1e6, 1e6))
pairs = st.lists(st.tuples(scores, st.booleans()), min_size=2, max_size=60)
told = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def part(rows: list[tuple[float, bool]]) -> tuple[Floats, Bools]:
    return np.array([score for score, _ in rows]), np.array([hit for _, hit in rows])


@pytest.fixture(scope="module")
def metrics() -> Any:
    return pytest.importorskip("sklearn.metrics")


@given(pairs)
def test_area_and_precision_are_those_of_scikit_learn(
    metrics: Any, rows: list[tuple[float, bool]]
) -> None:
    score, hit = part(rows)
    if hit.all() or not hit.any():
        assert measure_auc(score, hit) is None
    else:
        assert measure_auc(score, hit) == pytest.approx(
            metrics.roc_auc_score(hit, score), abs=CLOSE
        )
    if not hit.any():
        assert average_precision(score, hit) is None
    else:
        assert average_precision(score, hit) == pytest.approx(
            metrics.average_precision_score(hit, score), abs=CLOSE
        )


@given(pairs)
def test_points_of_the_curve_are_those_of_scikit_learn(
    metrics: Any, rows: list[tuple[float, bool]]
) -> None:
    score, hit = part(rows)
    assume(hit.any() and not hit.all())
    false, true, at = metrics.roc_curve(hit, score, drop_intermediate=False)
    for ours, theirs in zip(draw_roc(score, hit), (false, true, at), strict=True):
        assert ours == pytest.approx(theirs, abs=CLOSE)


@given(told)
def test_the_brier_score_is_that_of_scikit_learn(
    metrics: Any, rows: list[tuple[float, bool]]
) -> None:
    probability, hit = part(rows)
    ours = score_brier(probability, hit)
    assert ours == pytest.approx(
        metrics.brier_score_loss(hit, probability, pos_label=True, labels=[False, True]), abs=CLOSE
    )


@given(st.integers(0, 80), st.integers(1, 80), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_a_share_has_the_interval_of_the_beta_quantiles(found: int, of: int, level: float) -> None:
    assume(found <= of)
    bounds = bound_share(found, of, level)
    assert bounds is not None
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, found, of - found + 1) if found else 0.0
    high = stats.beta.ppf(1 - tail, found + 1, of - found) if found < of else 1.0
    assert bounds == pytest.approx((low, high), abs=CLOSE)


def test_nothing_has_no_share() -> None:
    assert bound_share(0, 0, 0.9) is None


@given(st.lists(st.tuples(scores, scores), min_size=2, max_size=60))
def test_rank_correlation_is_that_of_scipy(rows: list[tuple[float, float]]) -> None:
    one, other = (np.array(column) for column in zip(*rows, strict=True))
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert correlate_ranks(one, other) is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy tells of what it takes for nearly constant
        theirs = stats.spearmanr(one, other).statistic
    assert correlate_ranks(one, other) == pytest.approx(theirs, abs=CLOSE)


def lose(level: float, slope: float, score: Floats, hit: Bools) -> float:
    """Platt's loss of a curve, written as he writes it."""
    hits, others = hit.sum(), (~hit).sum()
    target = np.where(hit, (hits + 1) / (hits + 2), 1 / (others + 2))
    line = level + slope * score
    loss = -target * stats.logistic.logcdf(line) - (1 - target) * stats.logistic.logsf(line)
    return float(loss.sum())


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(-4, 4).map(lambda n: n / 4), st.booleans()),
                min_size=3, max_size=40))  # fmt: skip
@example([(0.0, False), (1.0, True)] * 5)  # told apart without a fault
@example([(0.0, True), (1.0, False)] * 5)
def test_the_curve_is_the_best_that_can_be_found(rows: list[tuple[float, bool]]) -> None:
    score, hit = part(rows)
    assume(np.ptp(score) > 0 and hit.any() and not hit.all())
    curve = learn_mapping(score, hit)
    slope = curve.slope / curve.spread
    level = curve.level - slope * curve.centre

    def weigh(at: Any) -> float:
        return lose(at[0], at[1], score, hit)

    starts = [np.array([x, y]) for x in range(-12, 13, 4) for y in range(-24, 25, 4)]
    best = optimize.minimize(weigh, min(starts, key=weigh), method="Nelder-Mead").fun
    assert lose(level, slope, score, hit) <= best + 1e-6
    found = stats.logistic.cdf(level + slope * score)
    assert curve.tell(score) == pytest.approx(found, abs=1e-9)
    assert ((curve.tell(score) > 0) & (curve.tell(score) < 1)).all()


@given(
    st.one_of(st.just(0.1), st.floats(-10, 10)), st.lists(st.booleans(), min_size=1, max_size=40)
)
@example(0.1, [True, False, False])  # three times a tenth has a spread above 0 in binary
@example(0.3, [True, False, False, True, False, True, True])
def test_the_curve_is_flat_where_nothing_varies(value: float, kinds: list[bool]) -> None:
    hit = np.array(kinds)
    hits, others = int(hit.sum()), int((~hit).sum())
    share = (hits * (hits + 1) / (hits + 2) + others / (others + 2)) / len(hit)
    elsewhere = np.array([value - 1, value, value + 1e-3, value + 1])
    told = learn_mapping(np.full(len(hit), value), hit).tell(elsewhere)
    assert told == pytest.approx(np.full(4, share), abs=1e-9)


@given(st.lists(scores, min_size=1, max_size=20), st.booleans())
def test_the_curve_is_flat_where_there_is_one_kind(values: list[float], came: bool) -> None:
    told = learn_mapping(np.array(values), np.full(len(values), came)).tell(np.array([-9.0, 9.0]))
    assert told[0] == pytest.approx(told[1], abs=1e-12)
    assert (told[0] > 0.5) == came
    assert 0 < told[0] < 1

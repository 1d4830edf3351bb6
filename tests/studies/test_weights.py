"""Weights: what is exact agrees with what is drawn, with a solver, and with trying every corner."""

from __future__ import annotations

from itertools import product
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linprog

import atrisk
from atrisk.kernel.alarms import find_alarms
from atrisk.kernel.blocks import score_crime
from atrisk.kernel.weights import average_dirichlet, avoid_alarm, bound_ratio, lower_worst
from atrisk.studies.weights import bound_weights, describe_weights, list_crimes, sample_weights
from shipped import counted, now
from toys import MINI, THREE_FACTOR

LINEAR = {"crime_aggregation": "mean", "factor_aggregation": "mean"}
SCORES = hnp.arrays(float, (3, 4), elements=st.floats(0, 1))
CRIMES = [np.array([0, 1, 2]), np.array([0, 1, 3])]


def test_dirichlet_moments_of_a_hand_worked_case() -> None:
    """Dirichlet(1, 2, 1) of 0, 1/2, 1: mean 0/4 + 2/4 * 1/2 + 1/4, variance as summed below / 5."""
    mean, variance = average_dirichlet(np.array([[0.0, 0.5, 1.0]]), np.array([1.0, 2.0, 1.0]))
    assert mean[0] == 0.5
    assert variance[0] == pytest.approx((2 / 4 * 1 / 4 + 1 / 4 - 1 / 4) / 5, abs=1e-15)


@pytest.mark.parametrize("spread", [1.0, 4.0, 16.0])
def test_drawn_weights_converge_to_the_closed_form(spread: float) -> None:
    drawn = sample_weights(now(), seed=11, draws=40_000, spread=spread)
    for row in drawn.to_rows():
        error = 5 * row["deviation"] / np.sqrt(40_000)
        assert abs(row["drawn_mean"] - row["mean"]) <= error + 1e-6
        assert row["drawn_deviation"] == pytest.approx(row["deviation"], rel=0.03, abs=1e-6)


def test_the_ensemble_of_weights_alone_converges_to_the_closed_form() -> None:
    """``run_ensemble`` draws indicator weights too, so their factors are made indifferent first:
    one indicator a factor leaves nothing to weigh below the crimes."""
    from toys import case_of, evidence

    case = case_of(
        evidence("a", indicators="1.1;1.2", severity=3, start="2020-01", end=".."),
        evidence("b", indicators="2.1;2.2", severity=1, start="2020-01", end=".."),
        evidence("c", indicators="3.1", severity=4, start="2020-01", end=".."),
    )
    base = atrisk.assess(case, THREE_FACTOR, method=LINEAR)
    ensemble = atrisk.run_ensemble(
        case, THREE_FACTOR, draws=40_000, seed=4, vary=["weights"], method=LINEAR
    )
    exact = {(r["month"], r["crime"]): r for r in describe_weights(base)}
    for code in base.crimes:
        for place, month in enumerate(base.months[1:], start=1):
            row = exact[month, code]
            error = 5 * row["deviation"] / np.sqrt(40_000)
            assert abs(ensemble.mean(code)[place] - row["mean"]) <= error + 1e-6
            assert ensemble.deviation(code)[place] == pytest.approx(row["deviation"], rel=0.03)


@settings(max_examples=60, deadline=None)
@given(SCORES, st.floats(1, 5))
def test_bounds_are_those_of_a_linear_program(scores: Any, factor: float) -> None:
    lower, upper = np.full(4, 1 / factor), np.full(4, factor)
    low, high = bound_ratio(scores, lower, upper)
    for row, least, greatest in zip(scores, low, high, strict=True):
        assert least == pytest.approx(_solve(row, lower, upper), abs=1e-7)
        assert greatest == pytest.approx(-_solve(-row, lower, upper), abs=1e-7)


def _solve(cost: Any, lower: Any, upper: Any) -> float:
    """Minimise the weighted mean by Charnes and Cooper's transformation, with HiGHS."""
    n = len(cost)
    rows = np.vstack(
        [np.hstack([-np.eye(n), lower[:, None]]), np.hstack([np.eye(n), -upper[:, None]])]
    )
    solved = linprog(
        np.append(cost, 0.0), A_ub=rows, b_ub=np.zeros(2 * n),
        A_eq=np.append(np.ones(n), 0.0)[None], b_eq=[1.0], bounds=(0, None),
    )  # fmt: skip
    return float(solved.fun or 0.0)


@settings(max_examples=40, deadline=None)
@given(SCORES, st.floats(1, 5))
def test_the_least_of_the_worst_is_attained_and_nothing_undercuts_it(
    scores: Any, factor: float
) -> None:
    lower, upper = np.full(4, 1 / factor), np.full(4, factor)
    generator = np.random.default_rng(0)
    tried = lower + (upper - lower) * np.vstack(
        [generator.random((300, 4)), list(product([0.0, 1.0], repeat=4))]
    )
    for row in scores:
        level, weights = lower_worst(row, CRIMES, lower, upper)
        assert _worst(row, weights) == pytest.approx(level, abs=1e-7)
        assert level <= min(_worst(row, one) for one in tried) + 1e-6


def _worst(row: Any, weights: Any) -> float:
    return max(row[place] @ weights[place] / weights[place].sum() for place in CRIMES)


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(float, (4, 4), elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
    st.sampled_from([1.0, 2.0, 4.0]),
    st.integers(1, 2),
    st.integers(0, 1),
)
def test_an_alarm_that_cannot_be_avoided_is_raised_by_every_weighting_tried(
    scores: Any, factor: float, needed: int, more: int
) -> None:
    lower, upper = np.full(4, 1 / factor), np.full(4, factor)
    policy = {"on": 0.6, "needed": needed, "watched": needed + more}
    escape = avoid_alarm(scores, CRIMES, lower, upper, **policy)  # type: ignore[arg-type] # on purpose
    tried = lower + (upper - lower) * np.random.default_rng(1).random((200, 4))
    quiet = [one for one in tried if not _alarms(scores, one, policy)]
    if escape.margin > 1e-7:
        assert not _alarms(scores, escape.weights, policy)
    elif escape.margin < -1e-7:
        assert not quiet


def _alarms(scores: Any, weights: Any, policy: Any) -> bool:
    worst = np.array([_worst(row, weights) for row in scores])
    return bool(find_alarms(worst, off=0.0, cool_down=0, **policy))


@pytest.mark.parametrize("make", [now, counted], ids=["estimate", "v1"])
def test_bounds_of_the_shipped_case_hold_for_its_own_weight_sets_and_draws(make: Any) -> None:
    bounds = bound_weights(make(), np.inf)
    drawn = sample_weights(make(), seed=1, draws=2000, spread=1.0)
    assert (drawn.overall >= bounds.low - 1e-6).all()
    assert (drawn.overall <= bounds.high + 1e-6).all()
    assert bounds.avoidable == (make is counted)


def test_weights_that_avoid_the_alarm_avoid_it() -> None:
    bounds = bound_weights(counted(), np.inf)
    quiet = np.array([bounds.avoiding[code] for code in now().factor_codes])
    worst = np.max(
        [
            score_crime(counted().factors, quiet, crime)
            for crime in list_crimes(counted()).values()
            if quiet[crime[0][1]].sum() > 0
        ],
        axis=0,
    )
    policy = counted().method.alarm
    assert not find_alarms(
        worst, on=policy.on, off=policy.off, needed=policy.months_needed,
        watched=policy.months_watched, cool_down=policy.cool_down_months,
    )  # fmt: skip


def test_the_set_s_own_weights_leave_nothing_to_bound() -> None:
    bounds = bound_weights(now(), 1.0)
    assert np.abs(bounds.low - now().overall).max() < 1e-9
    assert np.abs(bounds.high - now().overall).max() < 1e-9
    assert not bounds.avoidable
    assert bounds.avoiding == {}


def test_weights_that_avoid_the_alarm_lie_within_their_factor() -> None:
    bounds = bound_weights(counted(), 2.0)
    assert bounds.avoidable
    assert min(bounds.avoiding.values()) >= 0.5 - 1e-6
    assert max(bounds.avoiding.values()) <= 2.0 + 1e-6


def test_weights_are_reproducible_and_the_repr_says_what_they_are_not() -> None:
    one, other = (sample_weights(now(), seed=0, draws=50) for _ in range(2))
    assert np.array_equal(one.overall, other.overall)
    assert "Not a probability" in repr(one)
    assert "some weighting avoids" in repr(bound_weights(counted(), "any"))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: sample_weights(now(), seed=1, draws=0), "is too few"),
        (lambda: sample_weights(now(), seed=1, spread=0.0), "is too small"),
        (lambda: sample_weights(now(), seed=1, spread="wide"), "Known: none, tight"),
        (lambda: sample_weights(now(), seed=1).quantiles([]), "no quantiles"),
        (lambda: bound_weights(now(), 0.5), "is too small"),
        (lambda: bound_weights(now(), "half"), "no option of 'weight_bounds'"),
        (lambda: describe_weights("now"), "make it with assess"),  # type: ignore[arg-type] # on purpose
        (
            lambda: bound_weights(
                atrisk.assess(MINI, THREE_FACTOR, method={"crime_aggregation": "noisy"})
            ),
            "not linear in the weights",
        ),
    ],
)
def test_weights_of_nothing_are_refused(ask: Any, words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        ask()

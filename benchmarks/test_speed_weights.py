"""Dirichlet weights: 10,000 draws of 14 weights over 48 months, ours beside a floor and peers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atrisk

CASE = atrisk.load_case("car-2012-2015")
NOW = atrisk.assess(CASE, atrisk.load_framework("un-foa-2014"))
DRAWS = 10_000
SCORES = NOW.factors  # months x factors
GROUP = "weights"


def draw() -> Any:
    """Return NumPy's own draws of uniform weights over 14 factors."""
    return np.random.default_rng(7).dirichlet(np.ones(SCORES.shape[1]), DRAWS)


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any) -> None:
    drawn = benchmark(atrisk.sample_weights, NOW, seed=7, draws=DRAWS, spread=1.0)
    assert drawn.overall.shape == (DRAWS, len(NOW.months))


@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark: Any) -> None:
    drawn = benchmark(lambda: draw() @ SCORES.T)
    assert drawn.shape == (DRAWS, len(NOW.months))


@pytest.mark.benchmark(group=GROUP)
def test_peer_ema_workbench(benchmark: Any) -> None:
    ema = pytest.importorskip("ema_workbench")
    names = [f"w{place}" for place in range(SCORES.shape[1])]

    def score(**weights: float) -> dict[str, Any]:
        return {"score": SCORES @ np.array([weights[name] for name in names])}

    model = ema.Model("weights", function=score)
    model.uncertainties = [ema.RealParameter(name, 0.0, 1.0) for name in names]
    model.outcomes = [ema.ArrayOutcome("score")]
    weights = draw()
    samples = [
        ema.Scenario(n, **dict(zip(names, row, strict=True))) for n, row in enumerate(weights)
    ]

    def run() -> Any:
        return ema.perform_experiments(
            model, scenarios=samples, log_progress=True, reporting_frequency=1
        )

    _, outcomes = benchmark.pedantic(run, rounds=3)
    assert np.allclose(outcomes["score"], weights @ SCORES.T)


@pytest.mark.benchmark(group=GROUP)
def test_peer_pymcdm(benchmark: Any) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    weights, types = draw(), np.ones(SCORES.shape[1])
    wsm = methods.WSM(normalization_function=lambda column, **_: column)

    def run() -> Any:
        return np.array([wsm(SCORES, row, types, validation=False) for row in weights])

    found = benchmark.pedantic(run, rounds=3)
    assert found.shape == (DRAWS, len(NOW.months))


@pytest.mark.benchmark(group=GROUP)
def test_peer_scikit_criteria(benchmark: Any) -> None:
    skc = pytest.importorskip("skcriteria")
    simple = pytest.importorskip("skcriteria.agg.simple")
    weights, objectives = draw(), [max] * SCORES.shape[1]
    model = simple.WeightedSumModel()

    def run() -> Any:
        return [
            model.evaluate(skc.mkdm(SCORES, objectives, weights=row)).e_.score for row in weights
        ]

    found = benchmark.pedantic(run, rounds=1)
    assert np.allclose(found, weights @ SCORES.T)

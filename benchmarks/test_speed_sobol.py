"""Sobol indices with intervals: 14 inputs, 48 outputs, N = 1024, on the same evaluations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atrisk.kernel.sobol import Linear, estimate_indices

INPUTS, OUTPUTS, DRAWS, RESAMPLES = 14, 48, 1024, 100
GROUP = "sobol"
SLOPES = np.random.default_rng(3).random((INPUTS, OUTPUTS))


def model(inputs: Any) -> Any:
    """Return a weighted index with one interaction."""
    return inputs @ SLOPES + 0.5 * inputs[:, :1] * inputs[:, 1:2]


def sample() -> tuple[Any, Any, Any, Any, Any]:
    """Return two samples and the outputs of them and of what lies between."""
    generator = np.random.default_rng(5)
    a, b = generator.random((2, DRAWS, INPUTS))
    mixed = []
    for place in range(INPUTS):
        swapped = a.copy()
        swapped[:, place] = b[:, place]
        mixed.append(model(swapped))
    return a, b, model(a), model(b), np.array(mixed)


A, B, FIRST, SECOND, MIXED = sample()


def estimate(linear: Linear | None = None) -> Any:
    return estimate_indices(
        FIRST, SECOND, MIXED, np.random.default_rng(1),
        resamples=RESAMPLES, confidence=0.95, linear=linear,
    )  # fmt: skip


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any) -> None:
    found = benchmark(estimate)
    assert found.first.shape == (INPUTS, OUTPUTS)


@pytest.mark.benchmark(group=GROUP)
def test_ours_with_the_linear_part_exact(benchmark: Any) -> None:
    found = benchmark(estimate, Linear(A, B, np.full(INPUTS, 1 / 12)))
    assert found.first.shape == (INPUTS, OUTPUTS)


@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark: Any) -> None:
    """The sums that any estimator needs, without a bootstrap."""
    assert benchmark(lambda: ((FIRST - MIXED) ** 2).mean(axis=1)).shape == (INPUTS, OUTPUTS)


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.filterwarnings("ignore")
def test_peer_salib(benchmark: Any) -> None:
    sobol = pytest.importorskip("SALib.analyze.sobol")
    problem = {
        "num_vars": INPUTS,
        "names": [f"x{place}" for place in range(INPUTS)],
        "bounds": [[0, 1]] * INPUTS,
    }
    stacked = np.concatenate([FIRST[None], MIXED, SECOND[None]]).transpose(1, 0, 2)
    outputs = stacked.reshape(-1, OUTPUTS)

    def run() -> Any:
        return [
            sobol.analyze(
                problem, outputs[:, place], calc_second_order=False,
                num_resamples=RESAMPLES, seed=1,
            )
            for place in range(OUTPUTS)
        ]  # fmt: skip

    found = benchmark.pedantic(run, rounds=3)
    ours = estimate()
    for name, mine in (("S1", ours.first), ("ST", ours.total)):
        theirs = np.array([one[name] for one in found]).T
        interval = np.array([one[f"{name}_conf"] for one in found]).T
        assert (np.abs(mine - theirs) <= interval).all()


@pytest.mark.benchmark(group=GROUP)
def test_peer_scipy(benchmark: Any) -> None:
    from scipy.stats import sobol_indices

    outputs = {"f_A": FIRST.T, "f_B": SECOND.T, "f_AB": MIXED.transpose(0, 2, 1)}

    def run() -> Any:
        found = sobol_indices(func=outputs, n=DRAWS)
        found.bootstrap(n_resamples=RESAMPLES)
        return found

    found = benchmark.pedantic(run, rounds=1)
    assert found.first_order.shape == (OUTPUTS, INPUTS)

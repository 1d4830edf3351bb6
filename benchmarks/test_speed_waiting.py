"""How long 5,000 warnings waited, a third unanswered: the product-limit curve with its limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atrisk.kernel.survival import estimate

GROUP = "waiting"
DRAW = np.random.default_rng(7)
DAYS = DRAW.integers(1, 900, 5_000).astype(float)
CENSORED = DRAW.random(5_000) < 1 / 3


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any) -> None:
    curve = benchmark(estimate, DAYS[~CENSORED], DAYS[CENSORED], 0.95)
    assert curve.median is not None


@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark: Any) -> None:
    assert benchmark(lambda: np.unique(DAYS, return_counts=True))[0].any()


@pytest.mark.benchmark(group=GROUP)
def test_peer_lifelines(benchmark: Any) -> None:
    peer = pytest.importorskip("lifelines")
    found = benchmark(lambda: peer.KaplanMeierFitter(alpha=0.05).fit(DAYS, ~CENSORED))
    ours = estimate(DAYS[~CENSORED], DAYS[CENSORED], 0.95)
    assert found.median_survival_time_ == ours.median
    assert np.allclose(found.survival_function_at_times(ours.times), ours.waiting)
    limits = found.confidence_interval_.loc[ours.times].to_numpy()
    assert np.allclose(limits, np.column_stack([ours.low, ours.high]), atol=1e-6)

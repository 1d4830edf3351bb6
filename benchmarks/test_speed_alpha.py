"""Krippendorff's alpha of three coders and 5,000 units, a tenth missing: ours and a peer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atrisk.studies.alpha import measure_alpha

GROUP = "alpha"


def rate() -> Any:
    """Return ordinal codes from 0 to 4 that agree more often than not; coders x units."""
    generator = np.random.default_rng(7)
    codes = generator.integers(0, 5, 5_000) + generator.integers(-1, 2, (3, 5_000)).astype(float)
    codes = np.clip(codes, 0, 4)
    codes[generator.random(codes.shape) < 0.1] = np.nan
    return codes


RATINGS = rate()


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any) -> None:
    assert 0 < benchmark(measure_alpha, RATINGS, "ordinal") < 1


@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark: Any) -> None:
    assert benchmark(lambda: (RATINGS[None] == np.arange(5)[:, None, None]).sum(axis=1)).any()


@pytest.mark.benchmark(group=GROUP)
def test_peer_krippendorff(benchmark: Any) -> None:
    peer = pytest.importorskip("krippendorff")
    found = benchmark(peer.alpha, reliability_data=RATINGS, level_of_measurement="ordinal")
    assert found == pytest.approx(measure_alpha(RATINGS, "ordinal"), abs=1e-9)

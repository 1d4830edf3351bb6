"""The whole ensemble of the shipped case beside one pass of ``np.maximum`` over its elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.scoring.tellings import gather

CASE = atrisk.load_case("car-2012-2015")
FRAMEWORK = atrisk.load_framework("un-foa-2014")
LINKS = len(gather(CASE, FRAMEWORK).item)
MONTHS = len(CASE.months)
DRAWS = 10_000
GROUP = "ensemble"


def pass_over(chunk: int) -> Any:
    """Return one pass of ``np.maximum`` over draws x links x months, in chunks of some draws."""
    a = np.random.default_rng(1).random((chunk, LINKS, MONTHS), dtype=np.float32)
    b, out = a[::-1].copy(), np.empty_like(a)

    def run() -> None:
        for _ in range(DRAWS // chunk):
            np.maximum(a, b, out=out)

    return run


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize("workers", [1, None], ids=["one thread", "all cores"])
def test_ours(benchmark: Any, workers: int | None) -> None:
    found = benchmark.pedantic(
        atrisk.run_ensemble,
        (CASE, FRAMEWORK),
        {"draws": DRAWS, "seed": 7, "runner": atrisk.Runner(workers=workers, progress=False)},
        rounds=7,
        warmup_rounds=1,
    )
    assert found.draws == DRAWS


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize("chunk", [1000, 250, 50, 10])
def test_floor(benchmark: Any, chunk: int) -> None:
    benchmark.pedantic(pass_over(chunk), rounds=7, warmup_rounds=1)

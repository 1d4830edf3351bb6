"""How time grows with draws, months, claims and countries: each doubles, the others stand still."""

from __future__ import annotations

from typing import Any

import pytest
from world import make_world

import atrisk

QUIET = atrisk.Runner(progress=False)
FRAMEWORK = atrisk.load_framework("un-foa-2014")
BASE = {"countries": 2, "months": 120, "claims": 150, "draws": 2500}
STEPS = (1, 2, 4)


@pytest.mark.parametrize("times", STEPS)
@pytest.mark.parametrize("what", BASE)
def test_growth(benchmark: Any, what: str, times: int) -> None:
    benchmark.group = f"growth with {what}"
    size = BASE | {what: BASE[what] * times}
    cases = list(make_world(size["countries"], size["months"], size["claims"], FRAMEWORK))

    def run() -> int:
        results = atrisk.run_ensemble_many(
            cases, FRAMEWORK, seed=7, draws=size["draws"], runner=QUIET
        )
        return sum(1 for _ in results)

    assert benchmark.pedantic(run, rounds=3, warmup_rounds=1) == size["countries"]

"""The method written again from its page alone gives the same numbers."""

from pathlib import Path

import numpy as np
import pytest

import atrisk
from reimplementation.estimate import score

ROOT = Path(__file__).parents[2]
UN = atrisk.load_framework("un-foa-2014")


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_the_estimate_written_from_its_page_alone_agrees(name: str) -> None:
    now = atrisk.assess(atrisk.load_case(name), UN, method="estimate")
    again = score(ROOT / "cases" / name, ROOT / "frameworks" / "un-foa-2014")
    assert list(now.months) == again["months"]
    for column, code in enumerate(now.factor_codes):
        assert np.abs(now.factors[:, column] - again["factors"][code]).max() <= 1e-12
    for crime, scores in now.crimes.items():
        assert np.abs(scores - again["crimes"][crime]).max() <= 1e-12
    for mine, theirs in ((now.overall, "overall"), (now.low, "low"), (now.high, "high")):
        assert np.abs(mine - again[theirs]).max() <= 1e-12

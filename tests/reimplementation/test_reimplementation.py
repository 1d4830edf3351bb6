"""The method written again from its page alone gives the same numbers."""

from pathlib import Path

import numpy as np
import pytest

import atrisk
from reimplementation.alarms import describe
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


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_words_news_and_alarms_written_from_the_page_alone_agree(name: str) -> None:
    now = atrisk.assess(atrisk.load_case(name), UN)
    again = describe(ROOT / "cases" / name, ROOT / "frameworks" / "un-foa-2014")
    changes, flags = atrisk.split_changes(now), atrisk.raise_flags(now)
    found = {now.method.alarm.tier: flags.alarms, **flags.tiers}
    spans = {tier: [(one.onset, one.end) for one in flags] for tier, flags in found.items()}
    over = dict(zip(now.months, now.months[1:], strict=False))  # it ends a month after its last
    told = {
        tier: [(first, last and over[last]) for first, last in spans]
        for tier, spans in again["tiers"].items()
    }
    assert list(now.bands) == again["bands"]
    assert list(now.named_crimes) == again["named"]
    assert np.abs(changes.news[1:] - again["news"][1:]).max() <= 1e-12
    assert np.abs(changes.revision[1:] - again["revision"][1:]).max() <= 1e-12
    assert spans == told

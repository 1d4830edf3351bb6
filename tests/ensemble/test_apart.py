"""Apart: each kind of doubt is drawn alone, and what is drawn alone is an ensemble of its own."""

from __future__ import annotations

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.ensemble.apart import FACTS, METHOD
from atrisk.ensemble.variation import KINDS
from shipped import small, un
from toys import MINI, THREE_FACTOR


def test_facts_and_method_are_every_kind_and_share_none() -> None:
    assert sorted((*FACTS, *METHOD)) == sorted(KINDS)


def test_each_part_is_the_ensemble_of_its_kinds_alone() -> None:
    doubt = atrisk.split_doubt(MINI, THREE_FACTOR, seed=3, draws=300)
    for name, kinds in (("facts", FACTS), ("method", METHOD), ("both", KINDS)):
        alone = atrisk.run_ensemble(MINI, THREE_FACTOR, seed=3, draws=300, vary=kinds)
        assert np.array_equal(doubt.parts[name].tally.bins, alone.tally.bins)
    row = doubt.to_rows()[-1]
    assert row["facts_low"] <= row["facts_high"]
    assert row["both_deviation"] == doubt.parts["both"].to_rows()[-1]["deviation"]


def test_the_command_shows_them_beside_one_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ensemble", small().id, "--draws", "100", "--apart"]) == 0
    out = capsys.readouterr().out
    assert "facts_low" in out
    assert "mean deviation by facts" in out
    months = len(atrisk.assess(small(), un()).months)
    assert sum(line.startswith("20") for line in out.splitlines()) == months

"""Methods of one's own: taken wherever options are, and settled again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.cases.edits import change_method
from atrisk.cases.scenario import Changes
from shipped import small, un
from toys import MINI, THREE_FACTOR

LONG = un().choose({"persistence": "long"})


def test_an_ensemble_under_a_method_holds_every_branch() -> None:
    """Seen to fail: TypeError, 'Method' object is not iterable."""
    held = atrisk.run_ensemble(small(), un(), seed=7, draws=50, method=LONG, vary="branches")
    assert np.allclose(held.deviation(), 0.0, atol=1e-3)
    free = atrisk.run_ensemble(small(), un(), seed=7, draws=50, vary="branches")
    assert free.deviation().max() > 0.01


def test_a_sensitivity_study_takes_a_method() -> None:
    study = atrisk.analyse_sensitivity(small(), un(), seed=7, draws=8, budget=10, method=LONG)
    assert study.base.method.choices == LONG.choices


def test_a_method_made_from_another_can_be_settled_again() -> None:
    """Seen to fail: no option is called 'mine'."""
    mine = atrisk.WeightSet("mine", un().weight_sets["equal"].weights, {})
    own = un().settle(LONG, mine)
    assert own.choices["weights"] == "mine"
    again = un().choose({"grade": "balanced"}, own)
    assert again.weights is mine
    assert again.choices["persistence"] == "long"
    assert un().settle(again, "equal").choices["grade"] == "balanced"


def test_a_scenario_changes_a_branch_under_weights_of_one_s_own() -> None:
    mine = un().settle(None, atrisk.WeightSet("mine", un().weight_sets["equal"].weights, {}))
    changes = Changes(method={"persistence": "short"}, half_lives=0.5)
    scaled = change_method(un(), mine, changes)
    assert scaled.weights is mine.weights
    assert (
        scaled.persistence.dynamic == un().choose({"persistence": "short"}).persistence.dynamic / 2
    )
    now = atrisk.assess(small(), un(), method=scaled, weights="equal")
    assert now.method.choices["persistence"] == "short-x0.5"


OWN: dict[str, dict[str, Any]] = {
    "alarm": {
        "on": 0.5,
        "off": 0.4,
        "months_needed": 1,
        "months_watched": 1,
        "cool_down_months": 0,
    },
    "persistence": {"structural": 9.0, "dynamic": 9.0, "trigger": 9.0},
    "factor_aggregation": {"rule": "maximum"},
    "not_assessed": {"upper": 0.75},
    "surge": {"months": 3, "deviations": 1.0, "least": 0.01},
}


@pytest.mark.parametrize("branch", OWN)
def test_an_option_of_one_s_own_settles_its_branch_and_no_other(branch: str) -> None:
    kinds: dict[str, Any] = {
        "alarm": atrisk.AlarmOption,
        "persistence": atrisk.PersistenceOption,
        "factor_aggregation": atrisk.AggregationOption,
        "not_assessed": atrisk.NotAssessedOption,
        "surge": atrisk.SurgeOption,
    }
    own = kinds[branch](id="own", weight=1.0, rationale="mine", **OWN[branch])
    now = atrisk.assess(MINI, THREE_FACTOR, method={branch: own})
    assert now.method.choices[branch] == "own"
    assert getattr(now.method, branch) is own
    with pytest.raises(atrisk.RequestError, match="takes the id of an option"):
        THREE_FACTOR.choose({"trigger" if branch != "trigger" else "surge": own})


def test_a_rule_and_a_policy_of_one_s_own_can_be_typed() -> None:
    rule = atrisk.RuleOption(
        id="harm", weight=1.0, rationale="mine", label="any harm", stage="decided",
        documented=False, effects=("harmful",),
    )  # fmt: skip
    case = atrisk.load_case("car-2012-2015")
    gap = atrisk.measure_gap(case, atrisk.assess(case, un()), rule=rule)
    answers = {lag.response.effect for lag in gap.lags if lag.response}
    assert answers == {"harmful"}


def test_exchange_is_a_namespace() -> None:
    names = set(atrisk.exchange.__all__)
    assert {"export_workbook", "import_workbook", "export_codebook", "import_highlights"} <= names
    for name in names:
        assert getattr(atrisk.exchange, name).__doc__
    assert names <= set(dir(atrisk.exchange))
    with pytest.raises(AttributeError, match="has no attribute"):
        _ = atrisk.exchange.nothing

"""The method tree: every leaf is an assessment, and all of them are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.studies.methods import TREE_BRANCHES, explore_methods
from toys import MINI, THREE_FACTOR, case_of, evidence


def test_every_leaf_is_an_assessment_under_its_options() -> None:
    tree = explore_methods(MINI, THREE_FACTOR)
    sizes = [len(getattr(THREE_FACTOR.header.branches, b).options) for b in TREE_BRANCHES]
    assert len(tree.leaves) == np.prod(sizes)
    assert tree.complete
    assert len({tuple(leaf.values()) for leaf in tree.leaves}) == len(tree.leaves)
    for place, leaf in enumerate(tree.leaves):
        one = atrisk.assess(MINI, THREE_FACTOR, method=leaf)
        assert np.array_equal(tree.overall[place], one.overall)
        assert tree.alarm[place].tolist() == list(atrisk.raise_flags(one).in_alarm())


def test_weights_of_the_leaves_are_products_of_beliefs_and_sum_to_one() -> None:
    tree = explore_methods(MINI, THREE_FACTOR, branches=["persistence", "factor_aggregation"])
    assert tree.weights.tolist() == pytest.approx([0.5 * 0.2] * 10)
    assert tree.share_in_alarm.tolist() == pytest.approx(
        [float(tree.weights[tree.alarm[:, m]].sum()) for m in range(len(tree.base.months))]
    )


def test_a_leaf_weighs_what_is_believed_of_its_options() -> None:
    case, framework = atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")
    tree = explore_methods(case, framework, branches=["persistence", "alarm"])
    believed = {"monthly-reports": 0.5, "weekly-reports": 0.25, "quarterly-reports": 0.25}
    policies = {"vignette-alert": 0.5, "vignette-sensitive": 0.25, "vignette-strict": 0.25}
    for leaf, weight in zip(tree.leaves, tree.weights, strict=True):
        assert weight == pytest.approx(believed[leaf["persistence"]] * policies[leaf["alarm"]])


def test_a_leaf_of_an_estimate_is_an_assessment_brought_to_one_scale() -> None:
    case, framework = atrisk.load_case("sen-2011-2012"), atrisk.load_framework("un-foa-2014")
    branches = ["persistence", "factor_aggregation", "crime_aggregation"]
    tree = explore_methods(case, framework, branches=branches)
    assert len(tree.leaves) == 3 * 3 * 2
    for place, leaf in enumerate(tree.leaves):
        one = atrisk.assess(case, framework, method=leaf)
        factors = one.method.factor_aggregation.bring(one.factors)
        crimes = [one.hierarchy.join_crime(code, factors) for code in one.crimes]
        joined = one.method.crime_aggregation.bring(np.max(crimes, axis=0))
        assert np.abs(tree.overall[place] - joined).max() < 1e-12
    # Options on one scale differ by what they hold, and not by their units.
    spread = tree.overall.max(axis=0) - tree.overall.min(axis=0)
    assert spread.max() < 0.12


def test_a_tree_around_the_first_method_is_of_its_family() -> None:
    case, framework = atrisk.load_case("sen-2011-2012"), atrisk.load_framework("un-foa-2014")
    tree = explore_methods(case, framework, branches=["persistence"], method="v1")
    assert [leaf["persistence"] for leaf in tree.leaves] == ["reporting-cycles", "short", "long"]


def test_a_large_tree_is_drawn_by_belief_and_says_so() -> None:
    drawn = explore_methods(MINI, THREE_FACTOR, most=5, seed=3)
    assert (len(drawn.leaves), drawn.complete, drawn.seed) == (5, False, 3)
    assert "5 drawn" in repr(drawn)
    again = explore_methods(MINI, THREE_FACTOR, most=5, seed=3)
    assert again.leaves == drawn.leaves
    full = explore_methods(MINI, THREE_FACTOR, branches=["persistence", "weights"])
    size = len(full.leaves)
    many = explore_methods(MINI, THREE_FACTOR, branches=["factor_aggregation"], most=5000, seed=1)
    assert many.complete
    assert many.seed is None
    assert size == 4


def test_a_sample_of_leaves_has_the_share_in_alarm_of_the_whole() -> None:
    branches = ["persistence", "factor_aggregation", "crime_aggregation", "alarm"]
    whole = explore_methods(MINI, THREE_FACTOR, branches=branches)
    part = explore_methods(
        MINI, THREE_FACTOR, branches=branches, most=len(whole.leaves) - 1, seed=1
    )
    assert not part.complete
    spread = 5 * np.sqrt(0.25 / len(part.leaves))
    assert np.abs(part.share_in_alarm - whole.share_in_alarm).max() < spread


def test_rows_tell_months_options_and_leaves() -> None:
    tree = explore_methods(MINI, THREE_FACTOR, branches=["persistence", "alarm"])
    months, options, leaves = (tree.to_rows(level) for level in ("months", "branches", "leaves"))
    assert [row["month"] for row in months] == list(tree.base.months)
    assert {row["branch"] for row in options} == {"persistence", "alarm"}
    assert sum(row["leaves"] for row in options if row["branch"] == "alarm") == len(leaves)
    assert sum(row["weight"] for row in leaves) == pytest.approx(1)
    for row in months:
        if row["score"] is not None:
            assert row["least"] <= row["mean"] <= row["greatest"]


def test_unknown_is_not_zero_in_a_tree() -> None:
    case = case_of(evidence("late", known="2020-04"))
    rows = explore_methods(case, THREE_FACTOR, branches=["alarm"]).to_rows()
    assert rows[0]["mean"] is None
    assert rows[0]["share_in_alarm"] is None
    assert rows[-1]["mean"] > 0
    tree = explore_methods(case, THREE_FACTOR, branches=["alarm"])
    known = tree.base.coverage > 0
    option = tree.to_rows("branches")[0]
    assert option["mean_score"] == pytest.approx(tree.base.overall[known].mean())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"branches": []}, "no branch to explore"),
        ({"branches": ["wieghts"]}, "Did you mean 'weights'"),
        ({"branches": ["rule"]}, "changes a score or an alarm"),
        ({"branches": ["alarm", "alarm"]}, "named twice"),
        ({"branches": ["alarm"], "method": {"alarm": "standard"}}, "both explored and settled"),
        ({"most": 0}, "is too few"),
        ({"most": 3}, "give a seed"),
        ({"most": 3, "seed": -1}, "is not a seed"),
    ],
)
def test_a_tree_of_nothing_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        explore_methods(MINI, THREE_FACTOR, **given)


def test_a_tree_has_no_such_level() -> None:
    with pytest.raises(atrisk.UnknownNameError, match="no level"):
        explore_methods(MINI, THREE_FACTOR, branches=["alarm"]).to_rows("weeks")

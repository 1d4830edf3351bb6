"""Method sets: whole methods by one name, so that published numbers can be had again."""

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.frameworks.branches import OPTIONS
from atrisk.frameworks.header import FrameworkHeader
from atrisk.kernel.rules import PowerMean
from atrisk.scoring.view import View, find_held

UN = atrisk.load_framework("un-foa-2014")


@pytest.mark.parametrize("name", atrisk.list_frameworks())
def test_v1_names_an_option_of_every_branch(name: str) -> None:
    framework = atrisk.load_framework(name)
    assert set(framework.spell_out("v1")) == set(OPTIONS)
    assert framework.choose("v1").choices == framework.spell_out("v1")


def test_what_is_said_besides_comes_before_the_set() -> None:
    told = UN.spell_out({"set": "v1", "persistence": "long"})
    assert told == {**UN.spell_out("v1"), "persistence": "long"}
    assert UN.spell_out(None) == {}
    assert UN.spell_out({"persistence": "long"}) == {"persistence": "long"}


def test_a_set_says_around_what_is_drawn_and_holds_nothing() -> None:
    assert find_held(UN, View(method="v1")) == frozenset()
    assert find_held(UN, View(method={"set": "v1", "persistence": "long"})) == {"persistence"}
    assert find_held(UN, View(method=UN.choose("v1"))) == frozenset(OPTIONS)


def test_what_is_not_chosen_follows_the_scale_of_the_rule_that_joins_factors() -> None:
    # Catches a count that is called by the words of the estimate's bands.
    counts = UN.choose({"factor_aggregation": "maximum"}).choices
    assert counts == {
        **UN.choose("v1").choices,
        "factor_aggregation": "maximum",
        "rule": UN.choose().choices["rule"],  # it is of no family
    }
    assert UN.choose({"persistence": "long"}).choices == {
        **UN.choose().choices,
        "persistence": "long",
    }
    own = PowerMean(2.0)
    assert UN.choose({"factor_aggregation": own}).choices["bands"] == "nearest-level"


@pytest.mark.parametrize("name", atrisk.list_frameworks())
def test_the_defaults_are_the_set_estimate(name: str) -> None:
    framework = atrisk.load_framework(name)
    assert framework.choose().choices == framework.choose("estimate").choices
    families = [
        option.family
        for branch in framework.branches.values()
        for option in branch.options
        if option.id == branch.default
    ]
    assert set(families) == {"", "estimate"}


@pytest.mark.parametrize("branch", ["persistence", "alarm", "factor_aggregation"])
def test_an_ensemble_draws_from_the_family_of_what_is_chosen(branch: str) -> None:
    for name in ("v1", "estimate"):
        chosen = UN.choose(name).choices[branch]
        found = UN.branches[branch].list_alternatives(chosen)
        assert chosen in [one.id for one in found]
        assert len({one.family for one in found}) == 1
        assert sum(one.weight for one in found) == pytest.approx(1)


def test_shares_of_belief_sum_to_one_in_each_family() -> None:
    content = UN.header.branches.model_dump()
    content["alarm"]["options"][0]["weight"] = 0.4
    with pytest.raises(ValueError, match=r"weights of the family 'count' sum to 0\.9"):
        type(UN.header.branches).model_validate(content)


def test_a_case_is_scored_alike_by_name_and_by_branch() -> None:
    case = atrisk.load_case("car-2020-2021")
    named = atrisk.assess(case, UN, method="v1")
    spelt = atrisk.assess(case, UN, method=UN.spell_out("v1"))
    assert np.array_equal(named.overall, spelt.overall)
    assert named.method.digest == spelt.method.digest


def test_an_unknown_set_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(atrisk.UnknownNameError, match="v1"):
        UN.choose("v0")
    assert main(["assess", "car-2020-2021", "--method", "v0"]) == 2
    assert "no method set (or BRANCH=OPTION) is called 'v0'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("choices", "words"),
    [({"doom": "much"}, "names no branch"), ({"persistence": "eternal"}, "has no option")],
)
def test_a_set_that_names_what_is_not_there_is_a_fault(choices: Any, words: str) -> None:
    content = UN.header.model_dump()
    content["branches"] = UN.header.branches
    content["sets"] = [{"id": "mine", "rationale": "Mine.", "choices": choices}]
    with pytest.raises(ValueError, match=words):
        FrameworkHeader.model_validate(content)

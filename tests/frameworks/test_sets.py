"""Method sets: whole methods by one name, so that published numbers can be had again."""

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.frameworks.branches import OPTIONS
from atrisk.frameworks.framework import FrameworkHeader
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


def test_a_set_holds_every_branch_that_it_names() -> None:
    assert find_held(UN, View(method="v1")) == frozenset(OPTIONS)
    assert find_held(UN, View(method={"persistence": "long"})) == {"persistence"}


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

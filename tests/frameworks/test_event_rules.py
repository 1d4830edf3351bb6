"""Rules for counted events: read with the framework, and every fault told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import atrisk
from atrisk.frameworks.event_rules import read_event_rules
from shipped import un
from toys import ROOT


def spoil(tmp_path: Path, find: str, put: str) -> atrisk.Framework:
    folder = tmp_path / "un-foa-2014"
    shutil.copytree(ROOT / "frameworks" / "un-foa-2014", folder)
    file = folder / "event_rules.toml"
    text = file.read_text(encoding="utf-8")
    assert find in text
    file.write_text(text.replace(find, put, 1), encoding="utf-8")
    return atrisk.load_framework(folder)


def test_a_count_has_the_severity_of_the_highest_step_that_it_reaches() -> None:
    rules = {rule.id: rule for rule in read_event_rules(un()).rules}
    fighting = rules["fighting"]
    assert [fighting.grade(n) for n in (0, 0.5, 1, 9, 10, 83, 499, 500)] == [0, 0, 1, 1, 2, 3, 3, 4]


def test_no_rule_says_who_was_meant() -> None:
    about = {
        code.partition(".")[0] for rule in read_event_rules(un()).rules for code in rule.indicators
    }
    assert not about & {"9", "10"}


@pytest.mark.parametrize(
    ("find", "put", "words"),
    [
        ('"11.1", "2.1"', '"11.99"', "rule civilians-killed: '11.99' is no indicator"),
        ("at = 10, severity = 2", "at = 1, severity = 2", "steps must rise"),
        ("at = 10, severity = 2", "at = inf, severity = 2", "steps"),
        ('kinds = ["one-sided"]', 'kinds = ["murder"]', "kinds"),
        ('id = "fighting"', 'id = "unrest"', "two rules are called unrest"),
        ('id = "fighting"', f'id = "{"f" * 41}"', "at most 40 characters"),
        ("days = 25", "days = -1", "days"),
        ("caveat = ", "cavaet = ", "cavaet"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, find: str, put: str, words: str) -> None:
    framework = spoil(tmp_path, find, put)
    with pytest.raises(atrisk.DataError, match=r"event_rules\.toml") as caught:
        read_event_rules(framework)
    assert words in str(caught.value)


def test_a_framework_without_rules_of_its_own_says_so() -> None:
    with pytest.raises(atrisk.DataError, match=r"ten-stages/event_rules\.toml(.|\n)*is missing"):
        read_event_rules(atrisk.load_framework("ten-stages"))

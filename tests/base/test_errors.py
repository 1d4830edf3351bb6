"""Errors: bounded in number, in length and in time, and no character of them is hidden."""

from __future__ import annotations

import difflib
import time
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import atrisk
from atrisk.base.errors import (
    LISTED,
    DataError,
    Faults,
    Problem,
    Speller,
    UnknownNameError,
    did_you_mean,
    list_names,
    shorten,
)
from hidden import find_raw, texts

names = st.lists(st.text("abcdef-", min_size=1, max_size=8), max_size=100)


@given(texts, st.lists(texts, max_size=3))
def test_no_error_and_no_quoted_value_hides_a_character(text: str, known: list[str]) -> None:
    for error in (
        atrisk.RequestError(text),
        atrisk.MissingExtraError(text, text),
        UnknownNameError("case", text, known, text),
        atrisk.AtriskError(text),
    ):
        assert not find_raw(str(error))
        assert not find_raw("".join(map(str, error.args)))
    assert not find_raw(shorten(text) + did_you_mean(text, [text]), allowed="")


@given(st.text("abcdef-", max_size=8), names)
def test_of_few_names_the_nearest_is_told(name: str, known: list[str]) -> None:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    assert did_you_mean(name, known) == (f" Did you mean {near[0]!r}?" if near else "")


def test_of_many_names_the_nearest_is_told_quickly_and_only_as_often_as_it_is_read() -> None:
    known = [f"source-number-{n:05d}" for n in range(10_000)]
    speller = Speller(known)
    began = time.process_time()
    told = [speller.hint(f"sorce-nmber-{n:05d}x") for n in range(2000)]
    assert time.process_time() - began < 10
    assert all(told[:LISTED])
    assert not any(told[LISTED:])
    assert told[42] == " Did you mean 'source-number-00042'?"
    assert did_you_mean("sorce", [*known, *known]) == ""


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 999)), max_size=900))
def test_the_first_hundred_faults_of_each_file_are_kept_by_line(
    found: list[tuple[str, int]],
) -> None:
    problems = [Problem(file, "m", line) for file, line in found]
    kept = list(Faults(problems))
    for file in {file for file, _ in found}:
        mine = [problem for problem in kept if problem.file == file and not problem.more]
        lines = sorted(line for name, line in found if name == file)
        assert sorted(problem.line or 0 for problem in mine) == lines[:LISTED]
        more = sum(problem.more for problem in kept if problem.file == file)
        assert more == max(0, len(lines) - LISTED)
    if len(found) <= LISTED:
        assert kept == sorted(problems, key=lambda problem: problem.file != found[0][0])
    if found:
        again = DataError(DataError(problems).problems)
        assert str(again) == str(DataError(problems))
        assert len(str(again).splitlines()) <= LISTED + 4


def test_names_are_listed_up_to_a_hundred() -> None:
    assert list_names(map(str, range(1000))).endswith("98, 99 and 900 more")
    assert len(str(UnknownNameError("case", "x" * 10_000, ["y" * 10_000] * 10_000))) < 20_000


@pytest.mark.parametrize("value", [None, 3, ("a", "b")])
def test_what_is_no_text_is_shortened_as_it_is_written(value: Any) -> None:
    assert shorten(value) == repr(str(value))

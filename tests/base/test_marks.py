"""What of a text is seen: nothing hidden comes through, nothing seen is lost."""

from __future__ import annotations

import unicodedata

import hypothesis.strategies as st
import pytest
from hypothesis import given

from atrisk.base.marks import is_shown, replace_unfit, show
from hidden import CONTROLS, HIDDEN, IGNORABLE, NEVER, SURROGATES, find_raw, hidden, texts


def test_every_hidden_character_of_unicode_is_shown() -> None:
    for mark in HIDDEN:
        assert show(f"a{mark}b") == f"a{mark.encode('unicode_escape').decode()}b"


@given(texts)
def test_what_was_shown_holds_nothing_hidden_and_is_not_changed_again(text: str) -> None:
    assert not find_raw(show(text), allowed="")
    assert not find_raw(show(text, lines=True))
    assert show(show(text)) == show(text)
    assert show(text, lines=True).count("\n") == text.count("\n")
    assert is_shown(show(text))


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=20))
def test_letters_numbers_and_signs_stay_as_they_are(text: str) -> None:
    plain = "".join(mark for mark in text if mark not in IGNORABLE)
    assert show(plain) == plain


@pytest.mark.parametrize(
    "word",
    ["می\u200cخواهم", "क्\u200dष", "ක්\u200dෂ", "ന്\u200d", "র\u200d্য", "نامه\u200cای"],
    ids=["persian", "hindi", "sinhala", "malayalam", "bengali", "persian-suffix"],
)
def test_a_joiner_that_its_script_needs_stays(word: str) -> None:
    assert show(word) == word


@pytest.mark.parametrize(
    "text",
    [
        "a\u200cb", "\u200cن", "ن\u200c", "ن\u200c\u200cن", "ن \u200cن", "nن\u200c",
        "\U0001f468\u200d\U0001f469", "ن\u200e\u200cن", "1\u200d2", "١\u200c٢",
    ],
)  # fmt: skip
def test_a_joiner_anywhere_else_is_shown(text: str) -> None:
    assert not {"\u200c", "\u200d"} & set(show(text))


@given(hidden)
def test_what_is_no_text_is_replaced_by_what_is_seen(mark: str) -> None:
    unfit = CONTROLS - set("\t\n\r") | SURROGATES | NEVER | {"\u2028", "\u2029"}
    assert replace_unfit(f"a{mark}b") == ("a\ufffdb" if mark in unfit else f"a{mark}b")


def test_spaces_and_signs_over_numbers_are_seen() -> None:
    seen = "« nous »\u202f: 1\u00a0000, \u0600\u0661\u0662, \u3000"
    assert show(seen) == seen
    assert all(unicodedata.category(mark) != "Cn" for mark in seen)

"""What a reader sees as one is one; what differs to the eye differs."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.base.marks import is_shown
from atrisk.coding.anchors import check_anchors
from atrisk.documents.folding import count_in, flatten, fold, list_forms, loosen
from atrisk.documents.passages import read_document
from toys import HEADER, SOURCES, evidence


def check(folder: Path, text: str, *quotes: str) -> list[str]:
    """Return why each anchor is not found in a text, or nothing."""
    (folder / "a.txt").write_text(text, encoding="utf-8", newline="")
    digest = hashlib.sha256((folder / "a.txt").read_bytes()).hexdigest()
    source = SOURCES[0].model_copy(update={"sha256": digest})
    rows = tuple(evidence(f"e{n}", quote=quote) for n, quote in enumerate(quotes))
    return [c.reason for c in check_anchors(atrisk.Case(HEADER, (source,), rows), folder)]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("of\ufb01cers \ufb02ed con\ufb02icts a\ufb03x", "officers fled conflicts affix"),
        ("La Se\u0301le\u0301ka a bru\u0302le\u0301", "La Séléka a brûlé"),
        ("peo\u00adple and peo\u00ad\nple", "people and people"),
        ("zero\u200bwidth \ufeffmark \u2060joined", "zerowidth mark joined"),
        ("a line\u2028and a paragraph\u2029end", "a line and a paragraph end"),
        ("non\u2011breaking hyphen\u2010s", "non-breaking hyphen-s"),
        ("no\u00a0break\u202fspace\u3000wide", "no break space wide"),
        ("\u200fالجيش\u200e \u2067دخل\u2069", "الجيش دخل"),
        ("\ufe8d\ufedf\ufea0\ufef4\ufeb6", "الجيش"),
        ("\u2f00\u2f08", "一人"),
        ("می\u200cرود but l\u200catin", "می\u200cرود but latin"),
    ],
)
def test_one_spelling_of_what_is_seen_as_one(text: str, seen: str) -> None:
    assert fold(text) == seen
    assert fold(seen) == seen
    assert count_in(list_forms(f"before {text} after"), seen) == 1


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("They burnt the peo-\nple's houses", "burnt the people's houses"),
        ("They burnt the peo-\n\fple's houses", "burnt the people's houses"),
        ("They burnt the peo\u2010\nple's houses", "burnt the people's houses"),
        ("a well-\nknown man came", "a well-known man"),
        ("a well-\nknown man came", "a well- known man"),
        ("in the village\u00b9\u00b2 and fled", "the village and fled"),
        ("he said \u201cno.\u201d\u00b3 They left", "said \u201cno.\u201d They left"),
        ("سـلام كثير على القرية", "سلام كثير على القرية"),
        ("او می\u200cرود به خانه", "او میرود به خانه"),
        ("\uff33\uff25\uff2c\uff25\uff2b\uff21 men came", "SELEKA men came"),
    ],
)
def test_an_anchor_is_found_as_it_is_read_and_typed(tmp_path: Path, text: str, anchor: str) -> None:
    assert check(tmp_path, f"One. {text}. Two.", anchor) == [""]


@pytest.mark.parametrize(
    "anchor",
    [
        "The armed men came",  # capitals
        "the armed men, came",  # punctuation
        "the \u201carmed\u201d men came",  # quotation marks
        "the armed mén came",  # accents
        "the ar med men came",  # spaces
        "the armed-men came",  # hyphens
    ],
)
def test_what_is_seen_to_differ_is_not_found(tmp_path: Path, anchor: str) -> None:
    (told,) = check(tmp_path, "On that day the armed men came.", anchor)
    assert told.startswith("not found")


def test_a_word_broken_in_one_place_and_whole_in_another_stands_twice(tmp_path: Path) -> None:
    text = "they burnt the peo-\nple here. Later they burnt the people again and all is told."
    assert check(tmp_path, text, "they burnt the people") == ["found 2 times"]
    anchor = read_document(tmp_path / "a.txt").find_anchor("they burnt the people again")
    assert anchor == "they burnt the people again"
    assert read_document(tmp_path / "a.txt").find_anchor("burnt the people") == ""


WORDS = [
    "con\ufb02ict", "conflict", "bru\u0302le\u0301", "brûlé", "peo\u00adple", "people", "peo-\nple",
    "می\u200cرود", "میرود", "village\u00b9", "village", "ထွက်ပြေးခဲ့သည်။", "村庄",
    "\u2028", "\u202e", "\u200b",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=30), st.integers(0, 20))
def test_what_is_offered_stands_in_the_document_once(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], start: int
) -> None:
    """Whatever spellings a text mixes, an offered anchor is seen whole and found exactly once."""
    folder = tmp_path_factory.mktemp("text")
    text = "The beginning. " + " ".join(words)
    (folder / "a.txt").write_text(text, encoding="utf-8", newline="")
    document = read_document(folder / "a.txt")
    for row in document.to_rows():
        anchor = str(row["anchor"])
        if anchor:
            assert is_shown(anchor)
            assert "\u202e" not in str(row["text"])
            assert check(folder, text, anchor) == [""]


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_equivalents_fold_alike(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert loosen(loosen(text)) == loosen(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_a_flattened_text_is_as_long_as_it_was(text: str) -> None:
    assert len(flatten(text)) == len(text)


BURMESE = "လက်နက်ကိုင်များသည်ညအချိန်တွင်ရွာထဲသို့ဝင်ရောက်၍အိမ်များကိုမီးရှို့ခဲ့သည်။ ရွာသားများထွက်ပြေးခဲ့သည်။"
CHINESE = "武装人员于2013年12月5日夜间进入村庄并烧毁房屋。没有人来帮助逃进丛林的人。"
THAI = "ชายติดอาวุธเข้าไปในหมู่บ้านตอนกลางคืนและเผาบ้านทุกหลัง ไม่มีใครมาช่วย"


@pytest.mark.parametrize(
    "text", [BURMESE, CHINESE, THAI, "武装した男たちが夜に村に入り、家を焼いた。"]
)
def test_a_script_without_spaces_is_anchored_by_characters(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(f"{text}\n\n{text} {text}x\n", encoding="utf-8")
    assert {row["anchor"] for row in read_document(tmp_path / "a.txt").to_rows()[:1]} == {""}
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (anchor,) = (row["anchor"] for row in read_document(tmp_path / "a.txt").to_rows())
    assert isinstance(anchor, str)
    assert anchor
    assert check(tmp_path, text, anchor) == [""]


def test_an_anchor_without_spaces_has_six_to_forty_eight_characters() -> None:
    assert evidence(quote=CHINESE[:6]).quote == CHINESE[:6]
    for quote in (CHINESE[:5], CHINESE[:7] * 7):
        with pytest.raises(ValueError, match="copy 6 to 48 characters in a row"):
            evidence(quote=quote)

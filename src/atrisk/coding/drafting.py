"""Drafting: rows of evidence that wait for their coder, one for each passage of many documents.

A draft says where: source, place in it, an anchor that stands there once, the dates and places that
it names. What was seen beside it is offered with its reason: likely indicators, and rows of the
case that may tell the same fact. Every judgement stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import DataError, RequestError, require
from atrisk.base.files import check_target, write_text
from atrisk.base.folders import open_folder
from atrisk.base.output import tell_count, write_csv
from atrisk.base.rows import Result, Row
from atrisk.base.tables import read_header, read_table
from atrisk.cases.case import Case
from atrisk.cases.columns import list_columns
from atrisk.cases.evidence import Evidence, Source
from atrisk.cases.loading import load_case
from atrisk.cases.secrecy import Secrecy
from atrisk.cases.tables import HEADER, CaseHeader
from atrisk.coding.suggestions import SUGGESTED, Suggester, Suggestions
from atrisk.documents.collection import Collection, Progress
from atrisk.documents.echoes import Echoes, Places
from atrisk.documents.passages import Passage

# What is offered beside a row; a coder deletes these columns, or keeps them as her own.
OFFERED = ("language", "dates", "places", "suggested", "reasons", "echoes", "text")


@dataclass(frozen=True, eq=False)
class Draft(Result):
    """Rows of evidence to be completed, and what did not become one.

    Attributes:
        rows: with the columns of ``evidence.csv``; judgements are empty.
        unread: what was left out or needs a look, one line each.
        offered: columns beside those of ``evidence.csv``, for the coder to look at.
    """

    rows: tuple[Row, ...] = field(repr=False)
    unread: tuple[str, ...] = field(repr=False)
    offered: tuple[str, ...] = field(default=(), repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that it is written as."""
        return (*(column.name for column in list_columns("evidence")), *self.offered)

    def to_rows(self) -> list[Row]:
        """Return the rows, with every column."""
        return [{name: row.get(name, "") for name in self.columns} for row in self.rows]

    def write(self, out: Path) -> Path:
        """Write the rows as a table such as ``draft.csv``; nothing is overwritten.

        A cell that would run as a formula is disarmed, as ``read_table`` reads it.

        Raises:
            RequestError: ``out`` exists, cannot be made or does not end in ``.csv``.
        """
        check_target(out, ".csv")
        rows = (list(row.values()) for row in self.to_rows())
        return write_text(out, write_csv(self.columns, rows), new=True)

    def __repr__(self) -> str:
        rows, things = tell_count(len(self.rows), "row"), tell_count(len(self.unread), "thing")
        return f"Draft({rows} to complete, {things} to look at)"


def draft_evidence(
    collection: Collection,
    case: Case,
    suggester: Suggester,
    *,
    top: int = SUGGESTED,
    progress: Progress | None = None,
) -> Draft:
    """Draft a row of evidence for each passage of a case's documents.

    ``start`` is filled if the passage names one date and that is sure, ``place`` if it names one
    that the case, or another of its country, has coded. ``echoes`` names at most three rows of
    the case that may tell the same fact: a date of the passage overlaps theirs, and it names their
    place too or is more like them than like the others. No word of a confidential source or anchor
    is taken over; of a source that may not be quoted there is no anchor.

    Args:
        collection: from ``read_documents``.
        case: whose sources the documents are, by their digests; others are left out and told.
        suggester: ``Suggester(framework, like=[case])``, from which suggestions come.
        top: how many indicators to offer, at most.
        progress: called with how many documents are done, and how many there are.

    Returns:
        The draft, in the order of the collection.

    Raises:
        RequestError: no document is a source of the case.
    """
    require(collection, Collection, "read it with read_documents(Path('documents'))")
    require(case, Case, "load it with load_case(Path('my-case'))")
    # Of two sources that share a document the first is named.
    by_digest = {source.sha256: source for source in reversed(case.sources) if source.sha256}
    echoes, places = Echoes(case), Places((case, *suggester.like), case.header.country)
    mine = {n: i.id for n, (of, i) in enumerate(suggester.rows) if of == f"{case.id}/{i.id}"}
    rows: list[Row] = []
    unread = [f"{name} was not read: {why}" for name, why in collection.skipped]
    for done, document in enumerate(collection.documents, start=1):
        source = by_digest.get(document.sha256)
        if source is None:
            unread.append(f"{document.name} is no source of {case.id}")
            continue
        found, near = suggester.compare(document, top)
        unread += filter(None, [found.warn_of_language()])
        for place, passage in enumerate(document.passages):
            dates, named = document.name_dates(passage), places.find(passage.text)
            like = {name: float(near[place, row]) for row, name in mine.items()}
            row = _draft(found, place, source, dates, named) | {
                "echoes": "; ".join(echoes.find(dates, named, like))
            }
            rows.append({"id": f"draft-{len(rows) + 1:04}"} | _conceal(row, source, found, passage))
        if progress:
            progress(done, len(collection.documents))
    if not rows:
        raise RequestError(
            f"no document is a source of {case.id}, by its digest; list them first: "
            "atrisk sources add DOCUMENTS --case CASE"
        )
    return Draft(tuple(rows), tuple(unread), OFFERED)


def load_for_drafts(which: str | Path) -> Case:
    """Load a case that need not have a row of evidence, nor a source, yet.

    Raises:
        DataError: its header, its sources or its rows have faults.
    """
    if isinstance(which, str):
        return load_case(which)
    folder = open_folder(which, "case", HEADER)
    table = read_table(folder, "evidence.csv", Evidence, may_be_empty=True)
    if table.rows or table.problems:
        return load_case(which)
    header = read_header(folder, HEADER, CaseHeader)
    sources = read_table(folder, "sources.csv", Source, may_be_empty=True)
    if sources.problems:
        raise DataError(sources.problems)
    return Case(header, sources.records, (), folder=folder, checked=True)


def _draft(
    found: Suggestions, at: int, source: Source, dates: Sequence[str], places: Sequence[str]
) -> Row:
    """Return what a passage says of where and when, and what is offered beside it."""
    document, codes, reasons = found.document, found.codes[at], found.reasons[at]
    passage = document.passages[at]
    is_dated = len(dates) == 1 and "(" not in dates[0]
    known = [name for name in places if not name.endswith("?")]
    return {
        "source": source.id,
        "locator": passage.locator,
        "quote": document.find_anchor(passage.text) if source.quotable else "",
        "start": dates[0] if is_dated else "",
        "place": known[0] if len(known) == 1 else "",
        "language": found.language,
        "dates": "; ".join(dates),
        "places": "; ".join(places),
        "suggested": ";".join(codes),
        "reasons": "; ".join(f"{c}: {why}" for c, why in zip(codes, reasons, strict=True)),
        "text": passage.text,
    }


def _conceal(row: Row, source: Source, found: Suggestions, passage: Passage) -> Row:
    """Return a row without the words of what is confidential."""
    own = Secrecy.YES if passage.number in found.withheld else Secrecy.NO
    secret = max(own, source.secrecy)
    if not secret:
        return row
    words = dict.fromkeys(("places", "place", "reasons", "echoes", "dates", "start"), "")
    where = passage.place if secret < Secrecy.STRICT else ""
    return row | words | {
        "quote": "", "locator": where, "text": WITHHELD, "confidential": str(secret)
    }  # fmt: skip

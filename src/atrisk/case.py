"""Cases: a country over some months, its sources and its evidence, checked as a whole."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from atrisk.dates import ImpreciseDate, Month, list_months
from atrisk.errors import DataError, Problem, did_you_mean, shorten
from atrisk.evidence import Evidence, Search, Source
from atrisk.framework import (
    Framework,
    describe_unknown_indicator,
    list_frameworks,
    load_framework,
)
from atrisk.resources import list_bundled, open_folder
from atrisk.tables import (
    Header,
    Identifier,
    MonthCell,
    Table,
    Text,
    read_header,
    read_table,
)

HEADER = "case.toml"


class CaseHeader(Header):
    """The content of ``case.toml``."""

    id: Identifier
    title: Text
    country: Annotated[str, Field(pattern="^[A-Z]{3}$", description="an ISO 3166-1 alpha-3 code")]
    start: MonthCell
    end: MonthCell
    framework: Identifier
    licence: Text
    caveat: Text


@dataclass(frozen=True)
class Case:
    """A case that has been read and checked.

    Attributes:
        header: everything in ``case.toml``.
        sources: the documents.
        evidence: the coded facts.
        searches: what was looked for and not found.
        framework: the one that its codes were checked against; None if it is not at hand.
    """

    header: CaseHeader
    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]
    searches: tuple[Search, ...] = ()
    framework: Framework | None = None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.header.id

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month of the case."""
        return list_months(self.header.start, self.header.end)

    @cached_property
    def source_by_id(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.sources}

    def __repr__(self) -> str:
        return (
            f"Case({self.id!r}: {self.header.start} to {self.header.end}, "
            f"{len(self.evidence)} evidence from {len(self.sources)} sources)"
        )


def load_case(which: str | Path, framework: Framework | None = None) -> Case:
    """Load a bundled case by id, or one's own from a folder.

    Args:
        which: a bundled id such as ``"car-2012-2015"``, or a ``Path`` to a folder with
            ``case.toml``, ``sources.csv``, ``evidence.csv`` and, optionally, ``searches.csv``.
        framework: whose indicator codes the evidence must use; None for the one that
            ``case.toml`` names, if it is bundled.

    Raises:
        UnknownNameError: no bundled case has that id.
        DataError: its files have faults; all of them are listed.

    Example:
        >>> load_case("car-2012-2015").header.country
        'CAF'
    """
    folder = open_folder(which, "case", HEADER)
    problems: list[Problem] = []
    header: CaseHeader | None = None
    try:
        header = read_header(folder, HEADER, CaseHeader)
        problems += _check_header(folder.label(HEADER), header)
    except DataError as error:
        problems += error.problems
    if framework is None and header and header.framework in list_frameworks():
        framework = load_framework(header.framework)
    sources = read_table(folder, "sources.csv", Source)
    evidence = read_table(folder, "evidence.csv", Evidence)
    searches: Table[Search] = Table(folder.label("searches.csv"), (), {}, ())
    if folder.has("searches.csv"):
        searches = read_table(folder, "searches.csv", Search)
    for table in (sources, evidence, searches):
        problems += table.problems
    problems += _check_rows(evidence, sources, framework)
    problems += _check_rows(searches, sources, framework)
    problems += _check_claims(evidence)
    if problems or header is None:
        raise DataError(_in_order(problems))
    secret = {source.id for source in sources.records if source.confidential}
    return Case(
        header,
        sources.records,
        tuple(_withhold(item) if item.source in secret else item for item in evidence.records),
        searches.records,
        framework,
    )


def list_cases() -> tuple[str, ...]:
    """Return the ids of the bundled cases.

    Example:
        >>> "car-2012-2015" in list_cases()
        True
    """
    return list_bundled("cases", HEADER)


def check_codes(case: Case, framework: Framework) -> None:
    """Refuse a case whose evidence uses codes that a framework does not have.

    Raises:
        DataError: naming every row and code.
    """
    table: Table[Evidence] = Table(f"{case.id}/evidence.csv", (), {}, ())
    items: tuple[Evidence | Search, ...] = (*case.evidence, *case.searches)
    problems = [p for item in items for p in _check_indicators(item, table, framework)]
    if problems:
        raise DataError(problems)


def _withhold(item: Evidence) -> Evidence:
    return item.model_copy(update={"confidential": True})


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0))


def _check_header(file: str, header: CaseHeader) -> Iterator[Problem]:
    if header.end < header.start:
        message = f"{header.end} is before the start {header.start}; swap them"
        yield Problem(file, message, None, "end")


def _check_rows(
    table: Table[Evidence] | Table[Search], sources: Table[Source], framework: Framework | None
) -> Iterator[Problem]:
    by_id = {source.id: source for source in sources.records}
    for item in table.records:
        if item.source not in sources.lines:
            near = did_you_mean(item.source, sources.lines)
            message = f"{shorten(item.source)} is not in sources.csv.{near}"
            yield table.problem(item.id, "source", message)
        yield from _check_dates(item, table, by_id.get(item.source))
        if framework:
            yield from _check_indicators(item, table, framework)


def _check_indicators(
    item: Evidence | Search,
    table: Table[Evidence] | Table[Search],
    framework: Framework,
) -> Iterator[Problem]:
    if not item.indicators:
        message = "no indicator; name at least one, such as 7.14"
        yield table.problem(item.id, "indicators", message)
    for code in item.indicators:
        if code not in framework.indicators:
            message = describe_unknown_indicator(framework, code)
            if item.id not in table.lines:
                message = f"row {item.id}: {message}"
            yield table.problem(item.id, "indicators", message)


def _check_dates(
    item: Evidence | Search, table: Table[Evidence] | Table[Search], source: Source | None
) -> Iterator[Problem]:
    if item.start.is_ongoing:
        message = (
            "'..' says nothing about the start; write the latest day that it can be, as ../2011"
        )
        yield table.problem(item.id, "start", message)
        return
    begins = item.start.earliest
    if begins and item.end and item.end.latest and item.end.latest < begins:
        message = f"{shorten(item.end.text)} is before the start {item.start}; swap them"
        yield table.problem(item.id, "end", message)
    if item.known and item.known.latest is None:
        message = (
            f"{shorten(item.known.text)} has no last day; leave the cell empty if it is unknown"
        )
        yield table.problem(item.id, "known", message)
    known = _last_day(item.known)
    published = _last_day(source.published if source else None)
    if begins and known and known < begins:
        message = f"{item.known} is before the thing began ({item.start}); nobody knew it then"
        yield table.problem(item.id, "known", message)
    if begins and published and published < begins:
        message = f"{item.start} is after its source was published ({source and source.published})"
        yield table.problem(item.id, "start", message)
    recorded = item.known.earliest if item.known else None
    if recorded and published and published < recorded:
        message = (
            f"{item.known} is after its source was published ({source and source.published}); "
            "known is the first date on record"
        )
        yield table.problem(item.id, "known", message)


def _last_day(when: ImpreciseDate | None) -> datetime.date | None:
    return when.latest if when else None


def _check_claims(table: Table[Evidence]) -> Iterator[Problem]:
    first: dict[str, Evidence] = {}
    for item in table.records:
        other = first.setdefault(item.claim, item) if item.claim else item
        if other.direction != item.direction:
            message = (
                f"claim {item.claim!r} is {other.direction} in {other.id}; "
                "one fact has one direction, so use two claims"
            )
            yield table.problem(item.id, "claim", message)

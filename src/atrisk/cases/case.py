"""Cases: a country over some months, its sources and its evidence, checked as a whole."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field

from atrisk.base.dates import Month, list_months
from atrisk.base.errors import DataError, Problem, require
from atrisk.base.folders import Folder, list_bundled, open_folder
from atrisk.base.tables import (
    Header,
    Identifier,
    MonthCell,
    Record,
    Table,
    Text,
    read_header,
    read_table,
    write_cells,
)
from atrisk.cases.checks import check_evidence, check_ledgers, check_names, describe_codes
from atrisk.cases.evidence import Cited, Evidence, Search, Source
from atrisk.cases.ledger import Delivery, EarlyWarning, Response
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound=Cited)
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

    def write(self) -> str:
        """Return the text of a ``case.toml`` that reads as this header."""
        # A JSON string is a TOML string.
        lines = (f"{key} = {json.dumps(str(part), ensure_ascii=False)}" for key, part in self)
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, eq=False)
class Case:
    """A case that has been read and checked.

    Attributes:
        header: everything in ``case.toml``.
        sources: the documents.
        evidence: the coded facts.
        searches: what was looked for and not found.
        warnings, responses, deliveries: the two ledgers, and strengths that change over time.
        framework: the one that its codes were checked against; None if it is not at hand.
        folder: where it was read from; None for one that was made.
        crossed_from: id of the framework that it was coded to, if it was carried over to another.
        layout: columns of each table in the order of its file, by the table's name.
    """

    header: CaseHeader
    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]
    searches: tuple[Search, ...] = ()
    warnings: tuple[EarlyWarning, ...] = ()
    responses: tuple[Response, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    framework: Framework | None = None
    folder: Folder | None = None
    crossed_from: str = ""
    layout: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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

    @property
    def items(self) -> tuple[Evidence | Search, ...]:
        """Everything that bears on an indicator: evidence, then searches."""
        return (*self.evidence, *self.searches)

    @property
    def cited(self) -> tuple[Cited, ...]:
        """Every row that has an anchor in a source."""
        return (*self.evidence, *self.warnings, *self.responses, *self.deliveries)

    @cached_property
    def tables(self) -> Mapping[str, tuple[Record, ...]]:
        """Rows of each table, by its name."""
        return {
            "sources": self.sources,
            "evidence": self.evidence,
            "searches": self.searches,
            "warnings": self.warnings,
            "responses": self.responses,
            "deliveries": self.deliveries,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the records hold, whatever the order of a table's rows.

        It tells what was scored, whether it was read from a folder or edited since.
        """
        total = hashlib.sha256(self.header.write().encode())
        for name, rows in self.tables.items():
            lines = sorted(json.dumps(write_cells(row), sort_keys=True) for row in rows)
            total.update("\n".join([f"\0{name}", *lines]).encode())
        return total.hexdigest()

    def __repr__(self) -> str:
        ledgers = (
            f", {len(self.warnings)} warnings, {len(self.responses)} responses, "
            f"{len(self.deliveries)} deliveries"
        )
        sources = f"{len(self.sources)} source{'s' * (len(self.sources) != 1)}"
        return (
            f"Case({self.id!r}: {self.header.start} to {self.header.end}, "
            f"{len(self.evidence)} rows of evidence from {sources}"
            f"{ledgers if self.warnings or self.responses else ''})"
        )


def load_case(which: str | Path, framework: Framework | None = None) -> Case:
    """Load a bundled case by id, or one's own from a folder.

    Args:
        which: a bundled id such as ``"car-2012-2015"``, or a ``Path`` to a folder with
            ``case.toml``, ``sources.csv``, ``evidence.csv`` and, optionally, ``searches.csv``,
            ``warnings.csv``, ``responses.csv`` and ``deliveries.csv``.
        framework: whose indicator codes the evidence must use; None for the one that
            ``case.toml`` names, if it is bundled.

    Raises:
        UnknownNameError: no bundled case has that id.
        DataError: its files have faults; all of them are listed.
        RequestError: the path is no folder, or ``framework`` is no framework.

    Examples:
        >>> load_case("car-2012-2015").header.country
        'CAF'
    """
    if framework is not None:
        require(framework, Framework, "load it with load_framework('un-foa-2014')")
    folder = open_folder(which, "case", HEADER)
    problems: list[Problem] = []
    header: CaseHeader | None = None
    try:
        header = read_header(folder, HEADER, CaseHeader)
        problems += _check_header(folder.label(HEADER), header)
    except DataError as error:
        problems += error.problems
    framework = framework or _find_framework(folder)
    tables = _read_tables(folder)
    sources, evidence, searches, warnings, responses, deliveries = tables.values()
    for table in tables.values():
        problems += table.problems
    if header and framework and framework.id != header.framework:
        message = describe_other_framework(header.framework, framework)
        problems.append(Problem(folder.label(HEADER), message, None, "framework"))
    problems += check_names(folder.label, folder.names())
    problems += check_evidence(evidence, sources, framework)
    problems += check_evidence(searches, sources, framework)
    problems += check_ledgers(warnings, responses, deliveries, sources)
    if problems or header is None:
        raise DataError(_in_order(problems))
    secret = {source.id for source in sources.records if source.confidential}
    return Case(
        header,
        sources.records,
        _withhold(evidence.records, secret),
        searches.records,
        _withhold(warnings.records, secret),
        _withhold(responses.records, secret),
        _withhold(deliveries.records, secret),
        framework,
        folder,
        layout={name: table.columns for name, table in tables.items() if table.columns},
    )


def list_cases() -> tuple[str, ...]:
    """Return the ids of the bundled cases.

    Examples:
        >>> "car-2012-2015" in list_cases()
        True
    """
    return list_bundled("cases", HEADER)


def check_codes(case: Case, framework: Framework) -> None:
    """Refuse a case coded to another framework, or to codes that this one does not have.

    Raises:
        DataError: naming every row and code.
    """
    if case.header.framework != framework.id:
        message = describe_other_framework(case.header.framework, framework)
        raise DataError([Problem(f"{case.id}/{HEADER}", message, None, "framework")])
    file = f"{case.id}/evidence.csv"
    faults = [fault for item in case.items for fault in describe_codes(item, framework)]
    if faults:
        raise DataError([Problem(file, fault, None, "indicators") for fault in faults])


def name_framework(which: str | Path) -> str | None:
    """Return the id of the framework that a case names, even if its files have faults.

    Examples:
        >>> name_framework("car-2012-2015")
        'un-foa-2014'
    """
    return _read_framework_name(open_folder(which, "case", HEADER))


def describe_other_framework(coded: str, framework: Framework) -> str:
    """Say how a case coded to one framework is scored under another: the same code is not one."""
    ways = (
        "cross_case(case, framework) carries its evidence over"
        if framework.folder.has(f"crosswalks/{coded}.csv")
        else f"write {framework.id}/crosswalks/{coded}.csv and use cross_case(case, framework)"
    )
    return (
        f"the case is coded to {coded!r}, whose codes mean something else in {framework.id!r}; "
        f"{ways}. If the codes are the same, name {framework.id!r} in {HEADER}"
    )


def _find_framework(folder: Folder) -> Framework | None:
    """Return the bundled framework that a case names, even if its header has faults."""
    name = _read_framework_name(folder)
    return load_framework(name) if name and name in list_frameworks() else None


def _read_framework_name(folder: Folder) -> str | None:
    try:
        name = tomllib.loads(folder.read(HEADER)).get("framework")
    except (DataError, tomllib.TOMLDecodeError):
        return None
    return name if isinstance(name, str) else None


def _read_tables(folder: Folder) -> dict[str, Table[Any]]:
    """Read every table of a case, by its name, faults and all."""
    return {
        "sources": read_table(folder, "sources.csv", Source),
        "evidence": read_table(folder, "evidence.csv", Evidence),
        "searches": _read_optional(folder, "searches.csv", Search),
        "warnings": _read_optional(folder, "warnings.csv", EarlyWarning),
        "responses": _read_optional(folder, "responses.csv", Response),
        "deliveries": _read_optional(folder, "deliveries.csv", Delivery, key=None),
    }


def _read_optional(folder: Folder, name: str, model: type[R], key: str | None = "id") -> Table[R]:
    return read_table(folder, name, model, key) if folder.has(name) else Table(folder.label(name))


def _withhold(items: tuple[C, ...], secret: set[str]) -> tuple[C, ...]:
    """Mark what comes from a confidential source as confidential itself."""
    return tuple(
        item.model_copy(update={"confidential": True}) if item.source in secret else item
        for item in items
    )


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0))


def _check_header(file: str, header: CaseHeader) -> Iterator[Problem]:
    if header.end < header.start:
        message = f"{header.end} is before the start {header.start}; swap them"
        yield Problem(file, message, None, "end")

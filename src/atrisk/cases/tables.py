"""Tables: what a case consists of, table by table, and every fault of them beside one another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from atrisk.base.cells import (
    Header,
    Identifier,
    MonthCell,
    Record,
    Text,
    tell_cell,
    write_cells,
)
from atrisk.base.countries import read_code, suggest_codes
from atrisk.base.dates import LONGEST
from atrisk.base.errors import DataError, Faults, Problem, RequestError, UnknownNameError, shorten
from atrisk.base.folders import Folder
from atrisk.base.output import disarm, quote_toml, show
from atrisk.base.tables import Table, check_header, read_rows, read_table
from atrisk.cases.checks import (
    check_actions,
    check_activations,
    check_evidence,
    check_ledgers,
    check_needs,
    check_quotes,
    check_times,
)
from atrisk.cases.evidence import Evidence, Search, Source
from atrisk.cases.ledger import Action, Activation, Delivery, EarlyWarning, Need, Response
from atrisk.cases.secrecy import Guarded, conceal, read_secrets
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

HEADER = "case.toml"
TABLES: dict[str, type[Guarded]] = {
    "sources": Source,
    "evidence": Evidence,
    "searches": Search,
    "warnings": EarlyWarning,
    "responses": Response,
    "deliveries": Delivery,
    "needs": Need,
    "actions": Action,
    "activations": Activation,
}
KEYS: dict[str, str | None] = {"deliveries": None}  # the column that names a row, if not its id
NEEDED = ("sources", "evidence")  # the tables that every case has
BY_CODING = ", by hand or beside a document: atrisk code CASE --documents DIR"


def _check_country(cell: object) -> object:
    if isinstance(cell, str) and cell not in ("", MADE_UP) and read_code(cell) is None:
        near = [
            f"{code} ({found.name})"
            for code in suggest_codes(cell)[:3]
            if (found := read_code(code))
        ]
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(f"{shorten(cell)} is not accepted; expected {COUNTRY}{hint}")
    return cell


MADE_UP = "XXX"  # what ISO 3166-1 leaves to users: a vignette, or a toy, lies in no country
COUNTRY = "an ISO 3166-1 alpha-3 code, such as CAF, or a withdrawn one of ISO 3166-3, such as YUG"
CountryCell = Annotated[
    str, BeforeValidator(_check_country), Field(pattern="^[A-Z]{3}$", description=COUNTRY)
]


class CaseHeader(Header):
    """The content of ``case.toml``."""

    id: Identifier
    title: Text
    country: CountryCell
    start: MonthCell
    end: MonthCell
    framework: Identifier
    licence: Text
    caveat: Text

    def write(self) -> str:
        """Return the text of a ``case.toml`` that reads as this header."""
        lines = (f"{key} = {quote_toml(str(part))}" for key, part in self)
        return "\n".join(lines) + "\n"


def check_all(
    file: str,
    header: CaseHeader | None,
    tables: Mapping[str, Table[Any]],
    framework: Framework | None,
) -> Iterator[Problem]:
    """Yield every fault of a case's tables, alone and beside one another."""
    for table in tables.values():
        yield from table.problems
    if header:
        yield from _check_months(file, header)
        if framework and framework.id != header.framework:
            message = describe_other_framework(header.framework, framework)
            yield Problem(file, message, None, "framework")
    sources = tables["sources"]
    yield from check_evidence(tables["evidence"], sources, framework)
    yield from check_evidence(tables["searches"], sources, framework)
    yield from check_ledgers(tables["warnings"], tables["responses"], tables["deliveries"], sources)
    yield from check_needs(tables["needs"], sources)
    yield from check_actions(tables["actions"], framework)
    yield from check_activations(tables["activations"], tables["actions"])
    if header:
        yield from check_times(tables, header.start.first_day, header.end.last_day)
    for name in ("evidence", "warnings", "responses", "deliveries", "needs"):
        yield from check_quotes(tables[name], sources)


def check_records(
    header: CaseHeader, records: Mapping[str, tuple[Record, ...]], framework: Framework | None
) -> Iterator[Problem]:
    """Yield every fault of records, as if they had been read from files."""
    tables: dict[str, Table[Any]] = {
        name: read_rows(name, _disarm(rows), TABLES[name], KEYS.get(name, "id"))
        if rows
        else Table(name)
        for name, rows in records.items()
    }
    return iter(name_rows(check_all("header", header, tables, framework), tables))


def _disarm(rows: Iterable[Record]) -> Iterator[dict[str, str]]:
    """Yield records as the cells of a file, in which no formula runs."""
    for row in rows:
        yield {name: disarm(cell) for name, cell in write_cells(row).items()}


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


def _check_months(file: str, header: CaseHeader) -> Iterator[Problem]:
    if header.end < header.start:
        message = f"{header.end} is before the start {header.start}; swap them"
        yield Problem(file, message, None, "end")
    elif (months := header.end.index - header.start.index + 1) > LONGEST:
        message = f"{months:,} months from {header.start}; a case has at most {LONGEST:,}: split it"
        yield Problem(file, message, None, "end")


def read_case_table(folder: Folder, name: str) -> Table[Any]:
    """Read one table of a case; one that need not be there may be missing."""
    file = f"{name}.csv"
    if name in NEEDED or folder.has(file):
        may_be_empty = name not in NEEDED
        key = KEYS.get(name, "id")
        model = TABLES[name]
        return read_table(folder, file, model, key, may_be_empty=may_be_empty, how=BY_CODING)
    return Table(folder.label(file))


def read_frames(
    header: CaseHeader | Mapping[str, object],
    framework: Framework | None,
    given: Mapping[str, object],
) -> dict[str, Any]:
    """Return the parts of a case made from tables in memory."""
    for name in given:
        if name not in TABLES:
            raise UnknownNameError("table", name, TABLES)
    if not isinstance(header, CaseHeader):
        try:
            cells = {str(key): tell_cell(part) for key, part in header.items()}
            header = check_header(cells, "header", CaseHeader)
        except DataError as error:
            raise DataError(error.problems) from None
    framework = framework or find_framework({"framework": header.framework})
    tables: dict[str, Table[Any]] = {
        name: read_rows(name, _list_rows(name, given[name]), model, KEYS.get(name, "id"))
        if name in given and (name in NEEDED or _list_rows(name, given[name]))
        else Table(name)
        for name, model in TABLES.items()
    }
    found = name_rows(Faults(check_all("header", header, tables, framework)), tables)
    if found:
        raise DataError(sort_problems(found))
    parts = {name: table.records for name, table in tables.items()}
    layout = {name: table.columns for name, table in tables.items() if table.columns}
    return {"header": header, "framework": framework, "layout": layout, "checked": True, **parts}


def find_framework(content: Mapping[str, Any]) -> Framework | None:
    """Return the bundled framework that a case names, even if its header has faults."""
    name = content.get("framework")
    return load_framework(name) if isinstance(name, str) and name in list_frameworks() else None


def _list_rows(name: str, table: Any) -> list[Mapping[str, object]]:
    """Return the rows of a data frame, or of whatever else holds rows by column."""
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        table = table.to_dict("records")
    rows = [] if isinstance(table, str | Mapping) else list(table)
    rows = [dict(row) if isinstance(row, Record) else row for row in rows]
    if isinstance(table, str | Mapping) or not all(isinstance(row, Mapping) for row in rows):
        raise RequestError(f"{name} is no table; give a data frame, or a list of rows by column")
    return rows


def name_rows(problems: Iterable[Problem], tables: Mapping[str, Table[Any]]) -> list[Problem]:
    """Return faults as they may be told: each with the id of its row, no confidential word."""
    found = list(problems)
    if not found:
        return []
    names = {
        (table.file, line): name
        for table in tables.values()
        if KEYS.get(table.file.rpartition("/")[2].removesuffix(".csv"), "id")
        for name, line in table.lines.items()
    }
    named = [replace(one, row=show(names.get((one.file, one.line or 0), ""))) for one in found]
    return conceal(named, tables.values(), read_secrets(tables["sources"]))


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return faults in the order of files and lines."""
    return sorted(problems, key=lambda one: (one.file, one.more, one.line or 0))

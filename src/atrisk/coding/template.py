"""Templates: a new case as a folder of files that validate, to be filled row by row."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from atrisk.base.countries import find_country, read_code, suggest_codes
from atrisk.base.dates import Month
from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.files import fill_folder, make_folder
from atrisk.base.folders import open_folder
from atrisk.base.output import quote_toml, write_csv, write_json
from atrisk.base.tables import read_header
from atrisk.cases.case import Case
from atrisk.cases.columns import Column, list_columns
from atrisk.cases.loading import load_case
from atrisk.cases.tables import HEADER, TABLES, CaseHeader
from atrisk.coding.schemas import describe_package, describe_schema
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.options import ALARM

EXAMPLE = "example"  # what the ids of all rows begin with that a template holds
_TEXTS = {
    "title": "Replace this row: the document's title",
    "publisher": "who published it",
    "kind": "press release, report, resolution, news",
    "locator": "p. 1, par. 1",
    "quote": "three to eight words of it",
    "summary": "Replace this row: the fact in your own words.",
    "actors": "who did it",
    "population": "to whom",
    "place": "where",
    "issuer": "who warned",
    "addressee": "who was warned",
    "about": "crimes_against_humanity;conflict",
    "asked": "what was asked for",
    "actor": "who acts",
    "measure": "what was done",
    "unit": "troops",
    "tier": ALARM,
    "mandate": "what has to be decided, and by whom",
    "stop_rule": "when it is called off, and by whom",
}


def create_case(
    country: str,
    *,
    start: str,
    end: str,
    framework: Framework,
    out: Path | None = None,
    empty: bool = False,
) -> Path:
    """Make the folder of a new case, with one example row in each table.

    Every file validates as it is. The rows whose ids begin with ``example`` are to be replaced;
    ``atrisk validate`` says so until they are.

    Args:
        country: an ISO 3166-1 alpha-3 code, such as ``"CAF"``, or one of ISO 3166-3 of a state that
            is no more, such as ``"YUG"``.
        start: first month, such as ``"2020-12"``.
        end: last month.
        framework: that the case will be coded to.
        out: the folder to make; None for ``./<country>-<first year>-<last year>``.
        empty: whether to leave the example rows out, as for a case that will be coded in the
            browser; it can be assessed from its first row on.

    Returns:
        The folder. It is made whole or not at all.

    Raises:
        UnknownNameError: no country has that code.
        RequestError: the months are no months or end before they begin, or the folder exists.

    References:
        ISO 3166-1 and 3166-3.
    """
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    name = check_country(country)
    first, last = _read_month(start, "start"), _read_month(end, "end")
    if last < first:
        raise RequestError(
            f"the case ends in {last}, before it begins in {first}; swap --start and --end"
        )
    years = list(dict.fromkeys(str(month)[:4] for month in (first, last)))
    identity = f"{country.lower()}-{years[0]}-{years[-1]}"
    target = out if out is not None else Path(identity)
    if target.exists():
        raise RequestError(f"{str(target)!r} exists; choose another folder with --out")
    with make_folder(target) as folder:
        head = {"id": identity, "title": f"{name}, {'-'.join(years)}", "country": country}
        files = {"case.toml": _write_header(head, (first, last), framework)}
        files |= {
            f"{table}.csv": _write_table(table, None if empty else first, framework)
            for table in TABLES
        }
        files["case.schema.json"] = _dump(describe_schema("case"))
        files["columns.md"] = write_columns(TABLES)
        files["README.md"] = _write_readme(head["title"], target, framework, empty)
        fill_folder(folder, files)
        package = describe_package(_load(folder, framework, empty))
        fill_folder(folder, {"datapackage.json": _dump(package)})
    return target


def _load(folder: Path, framework: Framework, empty: bool) -> Case:
    """Return the case as it was made; of one without a row, what describes its tables."""
    if not empty:
        return load_case(folder, framework)
    opened = open_folder(folder, "case", HEADER)
    return Case(read_header(opened, HEADER, CaseHeader), (), (), folder=opened, checked=True)


def check_country(code: str) -> str:
    """Return the name of a country by its ISO 3166-1 alpha-3 code, or a withdrawn one.

    Raises:
        UnknownNameError: no country has that code; a name, or another kind of code, is told.
    """
    country = read_code(code)
    if country is not None:
        return country.name
    meant = find_country(code)
    hint = f"Write {meant}." if meant else "Codes: ISO 3166-1 alpha-3, such as CAF."
    near = [(found, read_code(found)) for found in suggest_codes(code)]
    shown = [f"{found} ({one.name})" for found, one in near if one]
    raise UnknownNameError("country", code, [*shown, "and others of ISO 3166-1"], hint)


def _read_month(text: str, name: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise RequestError(f"--{name}: {error}") from None


def _write_header(head: dict[str, str], months: tuple[Month, Month], framework: Framework) -> str:
    quoted = {key: quote_toml(text) for key, text in head.items()}
    return f"""#:schema case.schema.json
# The case as a whole. Replace what stands in capitals.
id = {quoted["id"]}
title = {quoted["title"]}
country = {quoted["country"]} # ISO 3166-1 alpha-3
start = "{months[0]}" # first month that is scored
end = "{months[1]}" # last one
framework = {quote_toml(framework.id)}
licence = "CC-BY-4.0" # of the data in this folder, not of the documents
caveat = "NOT YET CODED: SAY FROM HOW MANY DOCUMENTS, AND WHAT THEY CANNOT SHOW."
"""


def _write_table(table: str, first: Month | None, framework: Framework) -> str:
    """Return a table with an example row of the first month, or none."""
    columns = list_columns(table)
    rows = [[_fill(table, column, first, framework) for column in columns]] if first else []
    return write_csv([column.name for column in columns], rows)


def _fill(table: str, column: Column, first: Month, framework: Framework) -> str:
    """Return the cell of the example row."""
    special = {
        "id": f"{EXAMPLE}-{table}",
        "source": f"{EXAMPLE}-sources",
        "response": f"{EXAMPLE}-responses",
        "indicators": _pick_indicator(table, framework),
        "published": str(first),
        "start": str(first),
        "date": str(first),
        "proposed": str(first) if table == "responses" else "",
        "quotable": "yes",
        "confidential": "no",
        "promised": "100" if table in ("responses", "deliveries") else "",
        "action": "Replace this row: what is done" if table == "actions" else f"{EXAMPLE}-actions",
        "triggered": str(first),
    }
    if column.name in special:
        return special[column.name]
    if column.values:
        if column.kind == "flag":
            return column.values[-1]
        return column.values[0] if column.filled else ""
    if column.kind == "whole":
        return str(int(column.least or 0))
    return _TEXTS.get(column.name, "") if column.kind in ("text", "items") else ""


def _pick_indicator(table: str, framework: Framework) -> str:
    codes = list(framework.indicators)
    return codes[-1] if table == "searches" else codes[0]


def write_columns(tables: Iterable[str]) -> str:
    """Return what each cell of some tables may hold, to be read beside them."""
    lines = ["# Columns", "", "What each cell may hold. Write a date as precisely as you know it."]
    for table in tables:
        lines += ["", f"## {table}.csv", ""]
        lines += ["| column | accepted | may be empty |", "| --- | --- | --- |"]
        lines += [_tell_column(column) for column in list_columns(table)]
    return "\n".join(lines) + "\n"


def _tell_column(column: Column) -> str:
    accepted = ", ".join(f"`{value}`" for value in column.values) or column.accepted
    may = "yes; the column may be left out" if column.optional else "yes"
    if column.name == "quote":  # beside its source it shows whether it is missing
        may = "only if the source has `no` under `quotable`"
    return f"| `{column.name}` | {accepted} | {'no' if column.filled else may} |"


def _write_readme(title: str, target: Path, framework: Framework, empty: bool) -> str:
    where = shlex.quote(str(target) if target.is_absolute() else f"./{target}")
    folder = "FOLDER-WITH-THE-TEXTS"
    begin = (
        f"The tables have no row yet: `atrisk code {where} --documents {folder}` fills "
        "them in the browser."
        if empty
        else f"Replace or delete the rows whose ids begin with\n`{EXAMPLE}`."
    )
    return f"""# {title}

How this case was coded: by whom, from which documents, with what doubts. Write it here as you code.

The next five commands, from the folder above this one:

```sh
atrisk validate {where}
atrisk frameworks {framework.id} --show indicators
atrisk anchors {where} --documents {folder}
atrisk assess {where}
atrisk explain {where} MONTH
```

`columns.md` says what each cell may hold. {begin}
"""


def _dump(content: dict[str, Any]) -> str:
    return write_json(content) + "\n"

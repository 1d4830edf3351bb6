"""Schemas: the files of a case as other tools read them, generated from the models.

A Frictionless data package (tables, types, keys) for each case, and JSON Schema for the headers and
for the rows of each table, so that editors complete and check what is typed.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from atrisk.base.cells import Header
from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError
from atrisk.base.folders import Folder
from atrisk.base.output import write_json
from atrisk.base.tables import split_lines
from atrisk.cases.beside import BESIDE
from atrisk.cases.case import Case
from atrisk.cases.columns import REFERENCES, Column, list_columns
from atrisk.cases.scenario import ScenarioHeader
from atrisk.cases.tables import TABLES, CaseHeader
from atrisk.frameworks.header import FrameworkHeader
from atrisk.frameworks.uncertainty import UncertaintyHeader

HEADERS: dict[str, type[Header]] = {
    "case": CaseHeader,
    "framework": FrameworkHeader,
    "uncertainty": UncertaintyHeader,
    "scenario": ScenarioHeader,
}
DESCRIBED = (*TABLES, *BESIDE)
SCHEMAS = (*HEADERS, *DESCRIBED)
PACKAGE = "datapackage.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS = {
    "text": "string",
    "items": "string",
    "date": "string",
    "flag": "boolean",
    "whole": "integer",
    "number": "number",
}


def describe_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a header file, or of one row of a table.

    Args:
        name: ``"case"``, ``"framework"``, ``"uncertainty"``, ``"scenario"``, or a table such as
            ``"evidence"``. The cells of a table's row are the texts of its CSV file.

    Raises:
        UnknownNameError: there is no such file.

    Examples:
        >>> describe_schema("evidence")["properties"]["direction"]["enum"]
        ['aggravating', 'mitigating']

    References:
        JSON Schema, draft 2020-12.
    """
    if name not in SCHEMAS:
        raise UnknownNameError("schema", name, SCHEMAS)
    if name in HEADERS:
        return {"$schema": _DIALECT} | HEADERS[name].model_json_schema()
    columns = list_columns(name)
    return {
        "$schema": _DIALECT,
        "title": f"a row of {name}.csv",
        "type": "object",
        "properties": {column.name: _describe_cell(column) for column in columns},
        "required": [column.name for column in columns if not column.optional],
    }


def describe_package(case: Case) -> dict[str, Any]:
    """Return the Frictionless data package of a case: its tables as they are written.

    Args:
        case: read from a folder.

    Raises:
        RequestError: the case was not read from a folder.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> package = describe_package(load_case("car-2012-2015"))
        >>> [resource["name"] for resource in package["resources"]][:2]
        ['sources', 'evidence']

    References:
        Data Package and Table Schema, Frictionless Standards, version 1.
    """
    folder = case.folder
    if folder is None:
        raise RequestError(f"{case.id} was not read from a folder, so it has no tables to describe")
    present = [name for name in DESCRIBED if folder.has(f"{name}.csv")]
    return {
        "profile": "tabular-data-package",
        "name": case.id,
        "title": case.header.title,
        "description": case.header.caveat,
        "licenses": [{"name": case.header.licence}],
        "resources": [
            _describe_resource(name, folder.read(f"{name}.csv"), present) for name in present
        ],
    }


def _describe_resource(name: str, text: str, present: list[str]) -> dict[str, Any]:
    header = next(csv.reader(split_lines(text)[:1]))
    columns = {column.name: column for column in list_columns(name)}
    schema: dict[str, Any] = {
        "fields": [_describe_field(columns[c]) if c in columns else {"name": c} for c in header],
        "missingValues": [""],
    }
    if "id" in columns:
        schema["primaryKey"] = "id"
    keys = [
        {"fields": column, "reference": {"resource": table, "fields": "id"}}
        for column, table in REFERENCES.get(name, {}).items()
        if table in present
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_count_records(text),
        "schema": schema,
    }


def compare_package(case: Case) -> Iterator[tuple[str, str]]:
    """Yield each table that is not as the data package beside it says, and how it differs.

    Rows are counted and digested, whatever their order and the ends of their lines; so a table
    that was cut off on its way, or changed since its package was written, is told. A case without
    a package, or in memory, has nothing to compare.
    """
    folder = case.folder
    if folder is None or not folder.has(PACKAGE):
        return
    for told in _read_resources(folder):
        name = f"{told['name']}.csv"
        if "rows" not in told or told["name"] not in DESCRIBED:
            continue  # of a package that counts nothing
        if not folder.has(name):
            yield name, f"{PACKAGE} describes it, with {told['rows']} rows, but it is missing"
            continue
        now = _count_records(folder.read(name))
        if now["rows"] != told["rows"]:
            yield name, f"{PACKAGE} describes {told['rows']} rows, but there are {now['rows']}"
        elif now["digest"] != told.get("digest"):
            yield name, f"it is not as {PACKAGE} describes it"


def refresh_package(text: str, before: Case, after: Case) -> str | None:
    """Return the data package beside a case that was changed, told anew where it was true.

    What it says that is not ours to say stays, and so does what it said falsely before: a table
    that was cut off on its way must not be hidden by the next change.

    Returns:
        Its text; None if it is no JSON, or nothing in it changes.
    """
    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        return None
    if not all(isinstance(one, dict) and "name" in one for one in package["resources"]):
        return None
    was, now = describe_package(before), describe_package(after)
    old, new = ({one["name"]: one for one in told["resources"]} for told in (was, now))
    fresh = package | {k: now[k] for k in now if k != "resources" and package.get(k) == was[k]}
    fresh["resources"] = [_refresh_resource(one, old, new) for one in package["resources"]]
    added = [one for name, one in new.items() if name not in old]
    order = {name: place for place, name in enumerate(new)}
    if added:
        fresh["resources"] = sorted(
            [*fresh["resources"], *added], key=lambda one: order.get(one["name"], len(order))
        )
    return None if fresh == package else write_json(fresh) + "\n"


def recount_table(text: str, name: str, before: str, after: str) -> str | None:
    """Return a data package in which a table that changed is counted anew, if it was true of it.

    Args:
        text: of the package.
        name: of the table, such as ``"evidence"``.
        before, after: text of the table.

    Returns:
        Its text; None if it is no JSON, or did not describe the table as it was.
    """
    try:
        package = json.loads(text)
        resources = package["resources"]
        present = [str(one["name"]) for one in resources]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if name not in present or not before:
        return None
    old, new = ({name: _describe_resource(name, one, present)} for one in (before, after))
    fresh = [_refresh_resource(one, old, new) for one in resources]
    return None if fresh == resources else write_json(package | {"resources": fresh}) + "\n"


def _refresh_resource(
    told: dict[str, Any], old: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any]:
    name = str(told["name"])
    if name not in old or name not in new or old[name] == new[name]:
        return told
    counted = ("rows", "digest")
    if any(told.get(key) != old[name][key] for key in counted):
        return told
    return told | {key: new[name][key] for key in (*counted, "schema")}


def _read_resources(folder: Folder) -> list[dict[str, Any]]:
    try:
        package = json.loads(folder.read(PACKAGE))
    except (ValueError, RecursionError):
        raise DataError(
            [Problem(folder.label(PACKAGE), "this is no JSON; write it anew")]
        ) from None
    found = package.get("resources") if isinstance(package, dict) else None
    listed = found if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("name"), str)]


def _count_records(text: str) -> dict[str, Any]:
    """Return how many rows a table has below its header, and a digest of all of them."""
    lines = (line for line in split_lines(text) if line.strip())
    rows = ([cell.strip() for cell in row] for row in csv.reader(lines) if any(row))
    write = json.JSONEncoder(ensure_ascii=False).encode
    header = write(list(islice(rows, 1)))
    body = sorted(map(write, rows))
    told = hashlib.sha256(header.encode())
    for row in body:
        told.update(f"\n{row}".encode())
    return {"rows": len(body), "digest": told.hexdigest()}


def _describe_field(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": column.filled}
    if column.values and column.kind != "flag":
        limits["enum"] = list(column.values)
    if column.pattern:
        limits["pattern"] = column.pattern
    bounds = {"minimum": column.least, "maximum": column.most}
    limits |= {key: bound for key, bound in bounds.items() if bound is not None}
    field: dict[str, Any] = {
        "name": column.name,
        "type": _KINDS[column.kind],
        "description": column.accepted,
    }
    if column.kind == "flag":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    return field | {
        "constraints": {key: value for key, value in limits.items() if value is not False}
    }


def _describe_cell(column: Column) -> dict[str, Any]:
    cell: dict[str, Any] = {"type": "string", "description": column.accepted}
    if column.values:
        cell["enum"] = [*column.values, *([] if column.filled else [""])]
    elif column.kind == "whole" and column.most is not None:
        cell["enum"] = [str(n) for n in range(int(column.least or 0), int(column.most) + 1)]
    elif column.kind in ("whole", "number"):
        sign = "-?" if column.least is None else ""
        part = r"(\.[0-9]+)?" if column.kind == "number" else ""
        cell["pattern"] = rf"^({sign}[0-9]+{part}){'' if column.filled else '?'}$"
    elif column.pattern:
        cell["pattern"] = column.pattern if column.filled else rf"^$|{column.pattern}"
    elif column.filled:
        cell["minLength"] = 1
    return cell

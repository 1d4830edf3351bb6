"""Schemas: other tools read what we read, and refuse what we refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cases.columns import list_columns
from atrisk.cases.tables import TABLES
from atrisk.coding.schemas import SCHEMAS, compare_package, describe_package, describe_schema
from toys import HERE, MINI, ROOT, THREE_FACTOR, case_of, evidence

CASES = {name: ROOT / "cases" / name for name in atrisk.list_cases()}
CASES["mini"] = HERE / "cases" / "mini"
# What no table of ours describes: queries, other coders' rows and what was settled between them.
PLAIN = ("queries.csv", "adjudication.csv")


def validate(folder: Path, package: dict[str, Any]) -> Any:
    frictionless = pytest.importorskip("frictionless")
    file = folder / "datapackage.json"
    file.write_text(json.dumps(package), encoding="utf-8")
    return frictionless.Package(str(file)).validate()


def copy(name: str, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path / name
    shutil.copytree(CASES[name], folder)
    case = MINI if name == "mini" else atrisk.load_case(name)
    return folder, describe_package(case)


@pytest.mark.client
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_frictionless_finds_no_fault_in_the_shipped_cases(name: str, tmp_path: Path) -> None:
    report = validate(*copy(name, tmp_path))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]
    tables = {file.name for file in CASES[name].glob("*.csv")} - set(PLAIN)
    assert len(report.tasks) == len([file for file in tables if file.count(".") == 1])


@pytest.mark.client
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [
        ("evidence.csv", ",aggravating,", ",worrying,", "direction"),
        ("evidence.csv", ",public,", ",everybody,", "audience"),
        ("sources.csv", ",B,", ",G,", "reliability"),
        ("evidence.csv", "gcr2p-2015", "nobody-2015", "source"),
        ("warnings.csv", ",specific,", ",vague,", "specificity"),
        ("responses.csv", ",2008-09,", ",in 2008,", "decided"),
        ("responses.csv", ",3652,", ",-3652,", "promised"),
    ],
)
def test_frictionless_refuses_what_we_refuse(
    file: str, old: str, new: str, column: str, tmp_path: Path
) -> None:
    folder, package = copy("car-2012-2015", tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not validate(folder, package).valid
    with pytest.raises(atrisk.DataError, match=column):
        atrisk.load_case(folder)


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_the_package_that_a_case_ships_with_is_that_of_today(name: str) -> None:
    shipped = json.loads((CASES[name] / "datapackage.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(describe_package(atrisk.load_case(name))))


def test_every_column_of_every_table_is_described() -> None:
    for name, model in TABLES.items():
        described = describe_schema(name)
        assert set(described["properties"]) == set(model.model_fields)
        assert [column.name for column in list_columns(name)] == list(model.model_fields)
        required = [n for n, field in model.model_fields.items() if field.is_required()]
        assert described["required"] == required


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_valid_json_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(describe_schema(name))


def test_rows_and_headers_of_the_shipped_case_fit_their_schemas() -> None:
    import csv
    import tomllib

    jsonschema = pytest.importorskip("jsonschema")
    folder = CASES["car-2012-2015"]
    header = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    jsonschema.validate(header, describe_schema("case"))
    frameworks = ROOT / "frameworks" / "un-foa-2014"
    for name in ("framework", "uncertainty"):
        text = (frameworks / f"{name}.toml").read_text(encoding="utf-8")
        jsonschema.validate(tomllib.loads(text), describe_schema(name))
    for file in (folder / "scenarios").glob("*.toml"):
        jsonschema.validate(
            tomllib.loads(file.read_text(encoding="utf-8")), describe_schema("scenario")
        )
    for file in (f for f in folder.glob("*.csv") if f.name not in PLAIN):
        validator = jsonschema.Draft202012Validator(describe_schema(file.name.partition(".")[0]))
        with file.open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                assert not list(validator.iter_errors(row)), row


def test_a_schema_that_is_not_there_is_told() -> None:
    with pytest.raises(atrisk.UnknownNameError, match="Did you mean 'evidence'"):
        describe_schema("evidense")
    with pytest.raises(atrisk.RequestError, match="not read from a folder"):
        describe_package(case_of(evidence("a")))
    assert THREE_FACTOR.id == "three-factor"


def test_a_table_that_lost_rows_on_its_way_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "car"
    shutil.copytree(ROOT / "cases" / "car-2020-2021", folder)
    assert list(compare_package(atrisk.load_case(folder))) == []
    file = folder / "warnings.csv"
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    shuffled = [lines[0], *reversed(lines[1:])]
    for harmless in (text.replace("\n", "\r\n"), "".join(shuffled), text + "\n\n"):
        file.write_bytes(harmless.encode())
        assert list(compare_package(atrisk.load_case(folder))) == []
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    rows = len(lines) - 1
    ((name, message),) = compare_package(atrisk.load_case(folder))
    assert name == "warnings.csv"
    assert message == f"datapackage.json describes {rows} rows, but there are {rows - 1}"
    file.write_text(text.replace(",public,", ",council,", 1), encoding="utf-8")
    assert [name for name, _ in compare_package(atrisk.load_case(folder))] == ["warnings.csv"]
    file.unlink()
    ((_, message),) = compare_package(atrisk.load_case(folder))
    assert "is missing" in message
    (folder / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="this is no JSON"):
        list(compare_package(atrisk.load_case(folder)))

"""Provenance: what a result says it was made from is what it was made from."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.report.brief import prepare_brief
from shipped import car, un
from toys import THREE_FACTOR, case_of, evidence

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("jinja2")
from atrisk.report.page import list_manifest


def milder(case: atrisk.Case) -> atrisk.Case:
    rows = tuple(row.model_copy(update={"severity": 1}) for row in case.evidence)
    return dataclasses.replace(case, evidence=rows)


def test_the_manifest_of_an_edited_case_is_another_one() -> None:
    """Seen to fail: it was the folder's digest, and an edited case keeps its folder."""
    case = atrisk.load_case("car-2020-2021")
    told, other = (
        list_manifest(prepare_brief(one, un(), draws=20)) for one in (case, milder(case))
    )
    assert {name for name in told if told[name] != other[name]} == {"case"}


@pytest.mark.parametrize(
    "edit",
    [
        {"evidence": car().evidence[1:]},
        {"sources": (car().sources[0].model_copy(update={"reliability": "F"}), *car().sources[1:])},
        {"warnings": car().warnings[1:]},
        {"responses": car().responses[:-1]},
        {"deliveries": car().deliveries[1:]},
        {"header": car().header.model_copy(update={"caveat": "Another."})},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_any_edit_of_a_record_changes_the_digest(edit: dict[str, Any]) -> None:
    assert dataclasses.replace(car(), **edit).digest != car().digest


def test_the_order_of_rows_does_not_change_the_digest() -> None:
    assert dataclasses.replace(car(), evidence=car().evidence[::-1]).digest == car().digest


def test_weights_of_one_s_own_are_told_from_others_of_the_same_name() -> None:
    equal = un().weight_sets["equal"]
    mine = atrisk.WeightSet("mine", equal.weights, {})
    other = atrisk.WeightSet("mine", {**equal.weights, "11": 9.0}, {})
    digests = {un().settle(None, weights).digest for weights in (mine, other)}
    assert len(digests) == 2


def test_a_framework_s_digest_is_that_of_its_content(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(Path("frameworks/un-foa-2014").resolve(), copy)
    assert atrisk.load_framework(copy).digest == un().digest
    text = (copy / "framework.toml").read_text(encoding="utf-8")
    (copy / "framework.toml").write_text(text.replace("dynamic = 6.0", "dynamic = 5.0"), "utf-8")
    assert atrisk.load_framework(copy).digest != un().digest


def test_a_workbook_holds_the_records_and_not_the_folder_s_files(tmp_path: Path) -> None:
    """Seen to fail: a case cut to 50 rows wrote the 391 of its folder."""
    cut = dataclasses.replace(car(), evidence=car().evidence[:50])
    file = atrisk.exchange.export_workbook(cut, tmp_path / "cut.xlsx")
    sheet = openpyxl.load_workbook(file)["evidence"]
    assert sheet.max_row == 1 + 50


def test_a_case_made_in_memory_is_exported_and_comes_back_the_same(tmp_path: Path) -> None:
    case = case_of(evidence("one"), evidence("two", indicators="1.1;3.1", severity=2))
    file = atrisk.exchange.export_workbook(case, tmp_path / "made.xlsx")
    back = atrisk.exchange.import_workbook(file, tmp_path / "back", THREE_FACTOR)
    assert back.digest == case.digest


def test_a_gap_is_not_measured_between_two_records() -> None:
    """Seen to fail: one extra response raised a bare KeyError."""
    extra = car().responses[0].model_copy(update={"id": "extra"})
    other = dataclasses.replace(car(), responses=(*car().responses, extra))
    now = atrisk.assess(car(), un())
    with pytest.raises(atrisk.RequestError, match="another record of car-2012-2015"):
        atrisk.measure_gap(other, now)
    assert atrisk.measure_gap(atrisk.load_case("car-2012-2015"), now).lags

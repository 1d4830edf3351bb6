"""Provenance: what a result says it was made from is what it was made from."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.report.brief import prepare_brief
from toys import THREE_FACTOR, case_of, evidence

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("jinja2")
from atrisk.report.page import list_manifest  # noqa: E402

CAR = atrisk.load_case("car-2012-2015")
UN = atrisk.load_framework("un-foa-2014")


def milder(case: atrisk.Case) -> atrisk.Case:
    rows = tuple(row.model_copy(update={"severity": 1}) for row in case.evidence)
    return dataclasses.replace(case, evidence=rows)


def test_the_manifest_of_an_edited_case_is_another_one() -> None:
    """Seen to fail: it was the folder's digest, and an edited case keeps its folder."""
    case = atrisk.load_case("car-2020-2021")
    told, other = (list_manifest(prepare_brief(one, UN, draws=20)) for one in (case, milder(case)))
    assert {name for name in told if told[name] != other[name]} == {"case"}


@pytest.mark.parametrize(
    "edit",
    [
        {"evidence": CAR.evidence[1:]},
        {"sources": (CAR.sources[0].model_copy(update={"reliability": "F"}), *CAR.sources[1:])},
        {"warnings": CAR.warnings[1:]},
        {"responses": CAR.responses[:-1]},
        {"deliveries": CAR.deliveries[1:]},
        {"header": CAR.header.model_copy(update={"caveat": "Another."})},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_any_edit_of_a_record_changes_the_digest(edit: dict[str, Any]) -> None:
    assert dataclasses.replace(CAR, **edit).digest != CAR.digest


def test_the_order_of_rows_does_not_change_the_digest() -> None:
    assert dataclasses.replace(CAR, evidence=CAR.evidence[::-1]).digest == CAR.digest


def test_weights_of_one_s_own_are_told_from_others_of_the_same_name() -> None:
    equal = UN.weight_sets["equal"]
    mine = atrisk.WeightSet("mine", equal.weights, {})
    other = atrisk.WeightSet("mine", {**equal.weights, "11": 9.0}, {})
    digests = {UN.settle(None, weights).digest for weights in (mine, other)}
    assert len(digests) == 2


def test_a_framework_s_digest_is_that_of_its_content(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(Path("frameworks/un-foa-2014").resolve(), copy)
    assert atrisk.load_framework(copy).digest == UN.digest
    text = (copy / "framework.toml").read_text(encoding="utf-8")
    (copy / "framework.toml").write_text(text.replace("dynamic = 6.0", "dynamic = 5.0"), "utf-8")
    assert atrisk.load_framework(copy).digest != UN.digest


def test_a_workbook_holds_the_records_and_not_the_folder_s_files(tmp_path: Path) -> None:
    """Seen to fail: a case cut to 50 rows wrote the 391 of its folder."""
    cut = dataclasses.replace(CAR, evidence=CAR.evidence[:50])
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
    extra = CAR.responses[0].model_copy(update={"id": "extra"})
    other = dataclasses.replace(CAR, responses=(*CAR.responses, extra))
    now = atrisk.assess(CAR, UN)
    with pytest.raises(atrisk.RequestError, match="another record of car-2012-2015"):
        atrisk.measure_gap(other, now)
    assert atrisk.measure_gap(atrisk.load_case("car-2012-2015"), now).lags

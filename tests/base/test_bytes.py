"""Byte for byte: what is written again is the same, in another process, zone, clock and order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import atrisk
from atrisk.base.cells import digest_parts
from toys import HERE, ROOT, THREE_FACTOR

# Writes each file of a case anew, on a clock that somebody set forward.
PROGRAM = """
import sys, time
from datetime import datetime
from pathlib import Path
import atrisk
out, years = Path(sys.argv[1]), int(sys.argv[2])
if years:
    import openpyxl.packaging.core, openpyxl.writer.excel
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz).replace(year=2020 + years)
    class Clock:
        datetime, timezone = Later, openpyxl.packaging.core.datetime.timezone
    openpyxl.packaging.core.datetime = openpyxl.writer.excel.datetime = Clock
    then = time.localtime((50 + years) * 31_557_600)
    time.localtime = lambda *_: then
    moment = time.time() + years * 31_557_600
    time.time = lambda: moment
from atrisk.exchange import export_codebook, export_workbook
case = atrisk.load_case("car-2020-2021")
framework = atrisk.load_framework("un-foa-2014")
export_workbook(case, out / "case.xlsx")
export_codebook(framework, out / "codes.qdc")
case.save(out / "saved")
atrisk.write_report(out / "page.html", case, framework, draws=20)
drawn = atrisk.run_ensemble(case, framework, seed=7, draws=20)
(out / "drawn.txt").write_text(repr(drawn.to_rows()), encoding="utf-8")
"""


def write(out: Path, **changed: str) -> dict[str, bytes]:
    out.mkdir()
    years = changed.pop("YEARS", "0")
    home = Path(atrisk.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(home)} | changed
    command = [sys.executable, "-c", PROGRAM, str(out), years]
    subprocess.run(command, check=True, env=environment)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def test_another_process_zone_and_clock_write_the_same_bytes(tmp_path: Path) -> None:
    for extra in ("openpyxl", "matplotlib", "jinja2", "defusedxml"):
        pytest.importorskip(extra)
    one = write(tmp_path / "one", PYTHONHASHSEED="1", TZ="UTC")
    other = write(tmp_path / "other", PYTHONHASHSEED="2", TZ="Asia/Kolkata", YEARS="9")
    assert {"case.xlsx", "codes.qdc", "page.html", "drawn.txt"} < one.keys()
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def end_lines(folder: Path, out: Path, ends: list[str]) -> Path:
    """Copy a folder, each line with the next of some ends."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if path.suffix not in (".csv", ".toml"):
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        ended = [line + ends[(number + place) % len(ends)] for place, line in enumerate(lines[:-1])]
        copy = out / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes("".join([*ended, lines[-1]]).encode())
    return out


steady = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
line_ends = st.lists(st.sampled_from(["\n", "\r\n"]), min_size=1, max_size=7)


@steady
@given(line_ends)
def test_line_ends_change_nothing_of_a_case(
    tmp_path_factory: pytest.TempPathFactory, ends: list[str]
) -> None:
    room = tmp_path_factory.mktemp("ends")
    copy = end_lines(ROOT / "cases" / "car-2012-2015", room / "car-2012-2015", ends)
    case, given_case = atrisk.load_case(copy), atrisk.load_case("car-2012-2015")
    assert case.digest == given_case.digest
    written = [one.save(room / name) for name, one in (("a", case), ("b", given_case))]
    one, other = ({f.name: f.read_bytes() for f in path.iterdir()} for path in written)
    assert one == other
    for name in atrisk.list_scenarios(case):
        changes = [atrisk.load_scenario(name, each).changes for each in (case, given_case)]
        assert digest_parts(changes[0]) == digest_parts(changes[1])
    for beside in ("judgements", "outcomes", "rivals", "lookups"):
        load = getattr(atrisk, f"load_{beside}")
        assert load(case) == load(given_case)


@steady
@given(line_ends, st.sampled_from([*atrisk.list_frameworks(), "three-factor"]))
def test_line_ends_change_nothing_of_a_framework(
    tmp_path_factory: pytest.TempPathFactory, ends: list[str], name: str
) -> None:
    folder = ROOT / "frameworks" / name
    folder = folder if folder.is_dir() else HERE / "frameworks" / name
    copy = end_lines(folder, tmp_path_factory.mktemp("ends") / name, ends)
    framework = atrisk.load_framework(copy)
    same = THREE_FACTOR if name == "three-factor" else atrisk.load_framework(name)
    assert framework.digest == same.digest
    assert framework.settle(None, None).digest == same.settle(None, None).digest

"""Columns: every column of every table that a command prints has its meaning written down."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from atrisk.cli.columns import EVERY, TABLES, explain_columns, find_meaning, load_columns
from atrisk.cli.main import COMMANDS, main
from followed import COUNTS, copy_case
from toys import ROOT

CAR, GMB, MANY = "car-2012-2015", "gmb-2016-2017", ["bdi-2014-2016", "bfa-2018-2019"]
FEW = ["--draws", "20"]
SHOWN = {
    "frameworks un-foa-2014": "choices factors indicators severity bands alarms",
    f"changes {CAR}": "score facts record",
    f"gap {CAR}": "summary lags spells monthly promises survival strength rules issuer audience "
    "specificity",
    f"verify {MANY[0]} {MANY[1]} mmr-2016-2017 --draws 20": "levels changes alarms onsets rivals "
    "reliability months",
    f"methods {GMB} --branch grade": "months branches leaves",
    f"weights {GMB}": "bounds moments",
    f"scenarios {CAR} council-listens-in-may": "summary rules months",
    f"sensitivity {GMB} --draws 16": "inputs months leave_out flips half_lives",
    f"reading {GMB} --repeats 2": "curve months",
    f"agreement {CAR}": "alpha factors missed adjudicate",
    f"judgements {GMB}": "months alpha",
}
LEVELS = {
    f"assess {GMB}": "overall crime factor indicator",
    f"ensemble {GMB} --draws 20": "overall crime factor",
}
PLAIN = {
    "cases": ["cases"],
    "frameworks": ["frameworks"],
    "explain": ["explain", GMB, "2016-11"],
    "explain change": ["explain", GMB, "2016-11", "--since", "2016-10"],
    "flags": ["flags", GMB],
    "flags backtest": ["flags", GMB, "--backtest"],
    "ensemble apart": ["ensemble", GMB, "--apart", *FEW],
    "scenarios list": ["scenarios", CAR, "--list"],
    "compare": ["compare", GMB, "sen-2011-2012", "--repeats", "2"],
    "compare latest": ["compare", GMB, "sen-2011-2012", "--repeats", "2", "--show", "latest"],
    "validate": ["validate", CAR],
    "crosswalk": ["crosswalk", CAR, "--framework", "ten-stages"],
}  # fmt: skip


def tables() -> dict[str, list[str]]:
    """Return the words that print each table, by its name in columns.csv."""
    found = dict(PLAIN)
    for option, many in (("--show", SHOWN), ("--level", LEVELS)):
        for words, shown in many.items():
            command, *rest = words.split()
            for one in shown.split():
                found[f"{command} {one}"] = [command, *rest, option, one]
    return found


def print_header(words: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main([*words, "--format", "csv"]) == 0
    return next(csv.reader(io.StringIO(capsys.readouterr().out)))


@pytest.mark.parametrize("table", tables())
def test_every_column_has_a_meaning(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    header = print_header(tables()[table], capsys)
    assert [name for name in header if not find_meaning(table, name)] == []


def test_so_have_the_columns_of_documents_and_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, folder = str(copy_case(tmp_path)), tmp_path / "documents"
    folder.mkdir()
    text = "Armed men attacked a village near Bangui on 5 December 2013 and burnt its market.\n"
    (folder / "one.txt").write_text(text, encoding="utf-8")
    table = tmp_path / "made.csv"
    table.write_text(f"{COUNTS}\nCAF,2020-12,one-sided,state,6,30\n", encoding="utf-8")
    panel = [str(table), "--published", "2021-06-01", "--knowledge", "retrospective"]
    for name, words in {
        "passages": ["passages", str(folder / "one.txt")],
        "passages folder": ["passages", str(folder)],
        "ensemble into": ["ensemble", GMB, *FEW, "--into", str(tmp_path / "draws")],
        "sources add": ["sources", "add", str(folder), "--case", case],
        "panel scores": ["panel", *panel],
    }.items():
        header = print_header(words, capsys)
        assert [column for column in header if not find_meaning(name, column)] == [], name


def test_so_have_the_columns_of_early_action(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = copy_case(tmp_path)
    (case / "actions.csv").write_text(
        "id,phase,tier,actor,action,within_days,money,currency,mandate,stop_rule\n"
        "stocks,activation,watch,Logistics,Move stocks,10,,,,The watch is over\n",
        encoding="utf-8",
    )
    for name, words in {
        "flags actions": ["flags", str(case), "--show", "actions"],
        "gap own_lag": ["gap", str(case), "--show", "own_lag"],
    }.items():
        header = print_header(words, capsys)
        assert [column for column in header if not find_meaning(name, column)] == [], name


def test_a_table_is_followed_by_its_own_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", GMB, "sen-2011-2012", "--repeats", "2"]) == 0
    told = capsys.readouterr().out
    assert explain_columns("compare", ["width"]) in told
    assert "case: id" not in told  # what every table shares is on the page


def test_every_meaning_is_of_a_command_and_in_no_two_ways() -> None:
    text = (ROOT / "src/atrisk/cli/columns.csv").read_text(encoding="utf-8")
    rows = [(row["table"], row["column"]) for row in csv.DictReader(text.splitlines())]
    assert len(set(rows)) == len(rows)
    assert {table.partition(" ")[0] for table, _ in rows} - {EVERY, TABLES} <= set(COMMANDS)
    assert all(meaning for columns in load_columns().values() for meaning in columns.values())

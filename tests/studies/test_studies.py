"""The commands that ask what else the result could be."""

from __future__ import annotations

import csv
import io
import json

import pytest

from atrisk.cli.main import main

CASE = "car-2012-2015"
QUICK = {
    "ensemble": ["--draws", "200"],
    "methods": ["--branch", "alarm", "--branch", "persistence"],
    "weights": ["--within", "1.5"],
    "scenarios": ["binuca-stays", "misca-at-strength"],
    "sensitivity": ["--draws", "16"],
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.mark.parametrize("command", QUICK)
def test_each_study_prints_a_table_and_its_caveat(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, command, CASE, *QUICK[command])
    assert (status, err) == (0, "")
    assert "Not a probability of genocide" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith(" ")) < 400


@pytest.mark.parametrize("command", QUICK)
def test_each_study_exports_where_its_numbers_come_from(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text, _ = run(capsys, command, CASE, *QUICK[command], "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert all(row["case"] == CASE and row["method"] for row in rows)
    _, text, _ = run(capsys, command, CASE, *QUICK[command], "--format", "json")
    assert len(json.loads(text)) == len(rows)
    if command in ("ensemble", "sensitivity"):
        assert {row["seed"] for row in rows} == {"0"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["ensemble", CASE, "--draws", "50", "--level", "crime"], "war_crimes"),
        (["ensemble", CASE, "--draws", "50", "--vary", "truth"], "50 draws of truth;"),
        (["methods", CASE, "--branch", "alarm", "--show", "leaves"], "sensitive"),
        (["weights", CASE, "--show", "moments"], "deviation"),
        (
            ["weights", CASE, "--within", "any", "--method", "v1"],
            "Weights that avoid the alarm",
        ),
        (["weights", CASE, "--within", "1"], "no weighting avoids the alarm"),
        (["scenarios", CASE, "--list"], "What was said behind closed doors"),
        (["scenarios", CASE, "binuca-stays", "--show", "rules"], "as-promised"),
        (["scenarios", CASE, "short-memory", "--explain", "2013-12"], "sum of changes"),
        (
            ["scenarios", CASE, "binuca-stays", "--explain", "2013-09"],
            "nothing in the score changes",
        ),
        (["sensitivity", CASE, "--draws", "8", "--show", "flips"], "hate-18; hate-19"),
        (["sensitivity", CASE, "--draws", "8", "--show", "half_lives"], "half_lives"),
    ],
)
def test_a_study_opens_what_is_asked(
    words: list[str], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, *words)
    assert status == 0
    assert shown in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ensemble", CASE, "--draws", "0"], "is too few"),
        (["ensemble", CASE, "--seed", "-1"], "is not a seed"),
        (["ensemble", CASE, "--uncertainty", "weights"], "is not BRANCH=OPTION"),
        (["ensemble", CASE, "--weights", "nope"], "no option of the branch 'weights'"),
        (["methods", CASE, "--branch", "alrm"], "Did you mean 'alarm'"),
        (["methods", CASE, "--most", "5"], "give a seed"),
        (["weights", CASE, "--within", "0.1"], "is too small"),
        (["weights", CASE, "--within", "some"], "no option of 'weight_bounds'"),
        (["weights", CASE, "--method", "crime_aggregation=quadratic"], "not linear"),
        (["scenarios", CASE, "binuca-stay"], "Did you mean 'binuca-stays'"),
        (["scenarios", CASE, "nowhere.toml"], "is not a file"),
        (["scenarios", CASE, "--explain", "2013-12"], "name one of"),
        (["sensitivity", CASE, "--draws", "1"], "2 or more"),
    ],
)
def test_a_study_of_nothing_is_refused_with_what_to_type(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert told in err
    assert "Traceback" not in err

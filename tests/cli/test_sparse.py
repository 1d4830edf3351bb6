"""Ordinary use of a case that has just begun: a result or a plain refusal, never a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from random import Random

import pytest

from atrisk.cli.main import main
from sparse import make_case

COMMANDS = (
    "assess", "flags", "scenarios", "scenarios --show rules", "scenarios --show months", "gap",
    "gap --show lags", "gap --show monthly", "gap --show rules", "gap --show promises",
    "gap --show survival", "gap --show spells", "ensemble --draws 30", "weights", "agreement",
    "sensitivity --draws 8 --show leave_out", "validate", "judgements", "reading --repeats 2",
    "verify", "flags --backtest", "methods --most 4",
)  # fmt: skip
SEEDS = int(os.environ.get("SPARSE", "2"))  # cases; SPARSE=100 for whoever has the time
WHOLE = ("validate", "judgements", "agreement")  # they take no day and no audience
REFUSED = 2


def run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command in this process, in which a traceback fails the test."""
    status = main(words)
    told = capsys.readouterr()
    assert status in (0, REFUSED), words
    assert status == 0 or told.err.startswith("atrisk: "), words
    return status, told.out, told.err


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_sparse_case_is_read_by_every_command(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = Random(seed)
    case = str(make_case(chance, tmp_path / "case"))
    views = [[], ["--knowledge", "2021-02-10"], ["--audience", "public"]]
    for command in COMMANDS:
        name, *rest = command.split()
        own = [] if name in WHOLE else chance.choice(views)
        words = [name, case, *rest, *own]
        status, out, _ = run([*words, "--format", "csv"], capsys)
        assert status == 0 or own or command not in ("assess", "flags", "validate"), words
        rows = list(csv.reader(io.StringIO(out)))
        assert len({len(row) for row in rows}) <= 1, words
        status, out, _ = run([*words, "--format", "json"], capsys)
        assert status or isinstance(json.loads(out), list | dict)
        run(words, capsys)


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_a_sparse_case_has_a_page_and_figures(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = str(make_case(Random(seed), tmp_path / "case"))
    page = tmp_path / "page.html"
    status, _, told = run(["report", case, "--out", str(page), "--draws", "20"], capsys)
    assert status == 0, told
    assert "</html>" in page.read_text(encoding="utf-8")
    drawn = run(["figures", case, "--out", str(tmp_path / "drawn"), "--draws", "20"], capsys)
    assert drawn[0] == 0

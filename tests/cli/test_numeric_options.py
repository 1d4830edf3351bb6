"""Counts that nobody waits for: every number that may be typed ends as a result or an error, soon.

Seen to fail: a billion draws, threads or parts of a record were begun.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cli.main import COMMANDS, main
from followed import COUNTS
from limits import within
from toys import HERE

SECONDS, MEMORY = 10, 1024 * 1024  # KiB
VALUES = ("1000000000", "-5", "9" * 30, "9" * 5000, "1e308", "nan", "inf", "")
SMALL = ("MINI", "--framework", str(HERE / "frameworks" / "three-factor"))
# What else is typed, by the command.
TYPED = {
    "ensemble": SMALL,
    "methods": SMALL,
    "weights": SMALL,
    "scenarios": SMALL,
    "sensitivity": (*SMALL, "--draws", "4"),
    "changes": SMALL,
    "explain": (*SMALL[:1], "2020-03", *SMALL[1:]),
    "flags": (*SMALL, "--backtest"),
    "gap": SMALL,
    "report": (*SMALL, "--draws", "20", "--out", "OUT.html"),
    "figures": (*SMALL, "--draws", "20", "--out", "OUT"),
    "reading": SMALL,
    "compare": ("car-2020-2021", "sen-2011-2012"),
    "verify": ("car-2020-2021",),
    "panel": ("TABLE", "--published", "2022-01-01", "--knowledge", "retrospective"),
    "events": ("car-2020-2021",),
    "code": (*SMALL, "--no-browser", "--documents", "nowhere"),
    "passages": ("TEXT", "--framework", str(HERE / "frameworks" / "three-factor")),
}


def list_numbers() -> list[tuple[str, argparse.Action]]:
    """Return every option of every command that takes a number."""
    found = []
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser()
        command.add(parser)
        found += [(name, one) for one in parser._actions if one.type in (int, float)]
    return found


NUMBERS = [(name, one.option_strings[0]) for name, one in list_numbers()]


@pytest.mark.parametrize("value", VALUES, ids=[value[:10] or "nothing" for value in VALUES])
@pytest.mark.parametrize(("command", "option"), NUMBERS)
def test_any_number_ends_soon(
    command: str, option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table.csv").write_text(COUNTS + "\nCAF,2020-03,battle,state,5,50\n")
    (tmp_path / "text.txt").write_text("three plain words of a text\n", encoding="utf-8")
    places = {
        "MINI": str(HERE / "cases" / "mini"),
        "TABLE": str(tmp_path / "table.csv"),
        "TEXT": str(tmp_path / "text.txt"),
        "OUT": str(tmp_path / "out"),
        "OUT.html": str(tmp_path / "out.html"),
    }
    typed = [places.get(word, word) for word in TYPED[command]]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with within(SECONDS):
            status = main([command, *typed, f"{option}={value}"])
    except SystemExit as left:  # of the parser, which takes no such number
        status = int(str(left.code))
    out, told = capsys.readouterr()
    assert status in (0, 1, 2), told
    assert out or told
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def test_no_option_that_takes_a_number_is_left_out() -> None:
    assert {name for name, _ in NUMBERS} <= set(TYPED)
    assert len(NUMBERS) > 20


UN, CAR = atrisk.load_framework("un-foa-2014"), atrisk.load_case("car-2020-2021")
ODD: tuple[Any, ...] = (
    10**9, 10**30, 10**5000, -1, 0, 2.5, 1e308, float("nan"), float("inf"), "7", None, [1]
)  # fmt: skip
CALLS: dict[str, Callable[[Any], Any]] = {
    "ensemble": lambda n: atrisk.run_ensemble(CAR, UN, seed=1, draws=n),
    "apart": lambda n: atrisk.split_doubt(CAR, UN, seed=1, draws=n),
    "coders": lambda n: atrisk.run_coders(CAR, UN, seed=1, draws=n),
    "brief": lambda n: atrisk.prepare_brief(CAR, UN, draws=n),
    "sample": lambda n: atrisk.analyse_sensitivity(CAR, UN, seed=1, draws=n),
    "resamples": lambda n: atrisk.analyse_sensitivity(CAR, UN, seed=1, draws=8, resamples=n),
    "search": lambda n: atrisk.analyse_sensitivity(CAR, UN, seed=1, budget=n),
    "flip": lambda n: atrisk.flip_evidence(atrisk.assess(CAR, UN), "earlier", budget=n),
    "weights": lambda n: atrisk.sample_weights(atrisk.assess(CAR, UN), seed=1, draws=n),
    "methods": lambda n: atrisk.explore_methods(CAR, UN, most=n),
    "repeats": lambda n: atrisk.measure_reading(CAR, UN, repeats=n),
    "steps": lambda n: atrisk.measure_reading(CAR, UN, steps=n),
    "verify": lambda n: atrisk.verify([CAR], UN, draws=n),
    "horizon": lambda n: atrisk.verify([CAR], UN, horizon=n),
    "workers": lambda n: atrisk.run_ensemble(
        CAR, UN, seed=1, draws=20, runner=atrisk.Runner(workers=n)
    ),
    "seed": lambda n: repr(atrisk.run_ensemble(CAR, UN, seed=n, draws=20)),
}


@pytest.mark.parametrize("call", CALLS)
def test_any_number_of_a_function_ends_soon(call: str) -> None:
    """A number that is no count is refused; nobody is told that by a traceback."""
    refused = []
    for value in ODD:
        with within(SECONDS):
            try:
                CALLS[call](value)
            except atrisk.AtriskError as error:
                refused.append(str(error))
    assert len(refused) >= 6
    assert max(map(len, refused)) < 500

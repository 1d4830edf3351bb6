"""Nothing that a day or an audience did not have is shown by any command, in any format."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from atrisk.base.dates import ImpreciseDate
from atrisk.cases.edits import change_case
from atrisk.cases.secrecy import Guarded
from atrisk.cli.main import COMMANDS, main
from atrisk.scoring import run as scoring
from atrisk.scoring import seen
from atrisk.studies import scenarios
from atrisk.verification import panel, tracks
from canaries import read_all
from unseen import DAY, VIEWS, Unseen, list_panel, write_unseen

# How each command that looks from a day, or as an audience, is tried.
DOORS: dict[str, list[str]] = {
    "assess": ["CASE"],
    "explain": [
        "CASE 2020-03 --top 0",
        "CASE 2020-04 --since 2020-02 --top 0",
        "CASE 2020-03 --than contemporaneous",
        "CASE 2020-03 --factor 8",
    ],
    "flags": ["CASE", "CASE --backtest"],
    "gap": ["CASE --rule any-protective", "CASE --rule to-need"],
    "ensemble": ["CASE --draws 20"],
    "methods": ["CASE --most 4 --seed 1"],
    "weights": ["CASE"],
    "scenarios": ["CASE", "CASE heard --explain 2020-03", "CASE --list"],
    "sensitivity": ["CASE --draws 4 --budget 5"],
    "verify": ["CASE --horizon 1 --draws 20"],
    "events": ["COUNTED"],
    "panel": ["EVENTS --published 2024-07-30 --calendar --horizon 1 --draws 20"],
    "reading": ["CASE --repeats 1"],
    "compare": ["CASE OTHER --repeats 1"],
    "report": ["CASE --out OUT/page.html --draws 20"],
    "figures": ["CASE --out OUT/figures --draws 20"],
}
STRICTEST = "the public of a day"
EVENTS = """country,month,kind,actor,events,deaths,low,high,civilians
CAF,2020-02,battle,state,3,12,10,15,
CAF,2020-03,one-sided,non-state,2,6,6,9,6
"""


@pytest.fixture(scope="module")
def unseen() -> Unseen:
    return Unseen()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, unseen: Unseen) -> Path:
    folder = tmp_path_factory.mktemp("unseen")
    case = write_unseen(folder / "case", unseen)
    other = shutil.copytree(case, folder / "other")
    header = (other / "case.toml").read_text(encoding="utf-8").replace('"mini"', '"other"')
    (other / "case.toml").write_text(header, encoding="utf-8")
    (folder / "counts.csv").write_text(EVENTS, encoding="utf-8")
    more = ["--published", "2020-04-20", "--case", str(case), "--out", str(folder / "counted")]
    assert main(["import", "events", str(folder / "counts.csv"), *more]) == 0
    list_panel(folder, unseen)
    return folder


def list_calls(command: str, view: str) -> Iterator[list[str]]:
    """Yield what is typed: each door in every way it may be shown, by the strictest view in every
    format too."""
    parser = argparse.ArgumentParser()
    COMMANDS[command].add(parser)
    asked: list[list[str]] = [[]]
    for action in parser._actions:
        option = next(iter(action.option_strings), "")
        if option in ("--show", "--level") and action.choices:
            asked = [[option, str(one)] for one in action.choices]
        if option == "--format":
            formats = ("table", "csv", "json") if view == STRICTEST else ("table",)
            asked = [[*before, option, one] for before in asked for one in formats]
    limits, _ = VIEWS[view]
    day = [word.replace(DAY, "2024-04-30") for word in limits] if command == "panel" else limits
    for typed in DOORS[command]:
        for more in asked:
            yield [command, *typed.split(), *more, *day]


def run(
    words: list[str], room: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Run a command and return its status, and everything that it printed and wrote."""
    paths = {
        "CASE": room / "case", "OTHER": room / "other", "COUNTED": room / "counted", "OUT": out,
        "EVENTS": room / "GEDEvent_v24_0_6.csv",
    }  # fmt: skip
    typed = list(words)
    for place, word in enumerate(words):
        head, slash, tail = word.partition("/")
        if head in paths:
            typed[place] = f"{paths[head]}{slash}{tail}"
    status = main(typed)
    printed = capsys.readouterr()
    return status, f"{printed.out}{printed.err}{read_all(out)}"


def test_no_command_that_looks_from_a_day_is_forgotten() -> None:
    found = set()
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser()
        command.add(parser)
        options = set(chain.from_iterable(action.option_strings for action in parser._actions))
        found |= {name} if options & {"--knowledge", "--audience"} else set()
    assert set(DOORS) == found, "say how the new command is tried"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("command", DOORS)
def test_nothing_that_was_not_had_is_shown_by(
    command: str,
    view: str,
    room: Path,
    unseen: Unseen,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if (command, view) in [("figures", "a day"), ("figures", "the public"), ("figures", "the Council")]:
        pytest.skip("what they draw is in the page, which is tried from there")
    shown = 0
    for number, words in enumerate(list_calls(command, view)):
        out = tmp_path / str(number)
        out.mkdir()
        status, told = run(words, room, out, capsys)
        leaks = unseen.find(told, VIEWS[view][1])
        assert not leaks, (" ".join(words), leaks)
        shown += status == 0
        assert status in (0, 2), told
    assert shown, "nothing was shown, so nothing was tried"


# The doors, one by one: what is shown when one of them does not hold.
def _look(name: str, stands: Any) -> tuple[object, str, object]:
    return seen._Look, name, stands


LOCKS: dict[str, tuple[object, str, object]] = {
    "case": (scoring, "see_case", lambda case, outlook, audience: case),
    "known": _look("_knows", lambda self, item: True),
    "past": _look("_is_past", lambda self, when: True),
    "heard": _look("_shares", lambda self, audience: True),
    "responses": _look("_see_response", lambda self, response, given: response),
    "sources": _look("_see_source", lambda self, source, cited: source),
    "words": (Guarded, "unsee", lambda self, columns: self),
    "dates": (ImpreciseDate, "cut", lambda self, day: self),
    "scenarios": (scenarios, "change_seen", lambda case, changes, *_: change_case(case, changes)),
    "names": (scenarios, "_check_names", lambda *_: None),
    "beside": (tracks, "_is_out", lambda when, day: True),
    "panel": (panel, "is_limited", lambda *_: False),
}
OPENED = [
    ("case", "explain CASE 2020-03 --top 0 --format csv", "partly evidence quote"),
    ("case", "gap CASE --rule any-protective --show promises --format csv", "responses promised"),
    ("case", "sensitivity CASE --draws 4 --budget 5 --show inputs", "sources id"),
    ("case", "sensitivity CASE --draws 4 --budget 5 --show leave_out", "sources publisher"),
    ("known", "sensitivity CASE --draws 4 --budget 5 --show inputs", "sources id"),
    ("known", "scenarios CASE --list", "scenarios title drop-late"),
    ("past", "gap CASE --rule any-protective --show survival --format json", ""),
    ("past", "report CASE --out OUT/page.html --draws 20", "responses id"),
    ("heard", "gap CASE --rule any-protective --show lags --format csv", "warnings quote"),
    ("responses", "report CASE --out OUT/page.html --draws 20", "partly responses ended"),
    ("sources", "report CASE --out OUT/page.html --draws 20", "cited title"),
    ("words", "gap CASE --rule any-protective --show lags --format csv", "partly warnings quote"),
    ("words", "gap CASE --rule to-need --show strength --format json", "partly needs quote"),
    ("words", "figures CASE --out OUT/figures --draws 20", ""),
    ("dates", "explain CASE 2020-03 --top 0 --format json", "partly evidence end"),
    ("dates", "gap CASE --rule any-protective", "partly responses decided"),
    ("scenarios", "scenarios CASE --list --format json", "scenarios rationale moved"),
    ("scenarios", "scenarios CASE --show rules", "scenarios id longer"),
    ("names", "scenarios CASE moved", "scenarios id"),
    ("beside", "verify CASE --horizon 1 --draws 20 --show months", "outcomes source"),
    ("beside", "verify CASE --horizon 1 --draws 20 --show rivals", "rivals system"),
    ("panel", "panel EVENTS --published 2024-07-30 --calendar --show months --horizon 1", ""),
]


@pytest.mark.parametrize(("lock", "typed", "cell"), OPENED)
def test_the_test_sees_a_door_that_does_not_hold(
    lock: str,
    typed: str,
    cell: str,
    room: Path,
    unseen: Unseen,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*LOCKS[lock])
    limits, kinds = VIEWS[STRICTEST]
    _, told = run([*typed.split(), *limits], room, tmp_path, capsys)
    found = unseen.find(told, kinds)
    print(lock, typed, sorted(found))
    assert any(cell in one for one in found), found

"""Nothing that a day or an audience did not have is shown by any command, in any format."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import doors
from atrisk.base.dates import ImpreciseDate
from atrisk.cases.case import Case
from atrisk.cases.edits import change_case
from atrisk.cases.loading import load_case
from atrisk.cases.scenario import Changes
from atrisk.cases.secrecy import Guarded
from atrisk.cli import inputs
from atrisk.cli.main import COMMANDS, main
from atrisk.report.figures import album
from atrisk.scoring import run as scoring
from atrisk.scoring import seen
from atrisk.studies import scenarios
from atrisk.verification import tracks
from unseen import DAY, KINDS, VIEWS, Unseen, write_panel, write_unseen

# How each command that looks from a day, or as an audience, is tried.
DOORS: dict[str, list[str]] = {
    "assess": ["CASE"],
    "brief": ["CASE --out OUT/a.md", "CASE --out OUT/a.html --language fr"],
    "changes": ["CASE --top 0"],
    "explain": [
        "CASE 2020-03 --top 0",
        "CASE 2020-04 --since 2020-02 --top 0",
        "CASE 2020-03 --than contemporaneous",
        "CASE 2020-03 --factor 8",
    ],
    "flags": ["CASE", "CASE --backtest"],
    "gap": [
        "CASE --rule any-protective",
        "CASE --rule to-need --show strength",
        "CASE --rule to-need --show lags",
    ],
    "ensemble": ["CASE --draws 20", "CASE OTHER --draws 20 --into OUT/draws"],
    "methods": ["CASE --most 4 --seed 1"],
    "weights": ["CASE"],
    "scenarios": ["CASE", "CASE heard --explain 2020-03", "CASE --list"],
    "sensitivity": ["CASE --draws 4 --budget 5"],
    "verify": ["CASE --horizon 1 --draws 20"],
    "events": ["COUNTED"],
    "panel": ["EVENTS --published 2024-07-30 --calendar --horizon 1 --draws 20"],
    "reading": ["CASE --repeats 1"],
    "compare": ["CASE OTHER --repeats 1", "CASE OTHER --repeats 1 --show latest"],
    "report": [
        "CASE --out OUT/page.html --draws 20",
        "CASE OTHER --out OUT/board.html --draws 20 --no-annex",
    ],
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
    fill(folder, unseen, KINDS)
    fill(folder / "without", Unseen(), ())
    return folder


@pytest.fixture(autouse=True, scope="module")
def _read_once() -> Iterator[None]:
    """Read each case once: nothing changes one that was read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "load_case", cache(load_case))
        yield


def fill(folder: Path, unseen: Unseen, kinds: Iterable[str]) -> None:
    """Write a case with what is hidden of some kinds, and all that is asked of it."""
    case = write_unseen(folder / "case", unseen, kinds)
    other = shutil.copytree(case, folder / "other")
    header = (other / "case.toml").read_text(encoding="utf-8").replace('"mini"', '"other"')
    (other / "case.toml").write_text(header, encoding="utf-8")
    (folder / "counts.csv").write_text(EVENTS, encoding="utf-8")
    more = ["--published", "2020-04-20", "--case", str(case), "--out", str(folder / "counted")]
    assert main(["import", "events", str(folder / "counts.csv"), *more]) == 0
    write_panel(folder, unseen, kinds)


def limit(typed: str, view: str) -> list[str]:
    """Return how a command is told from where to look."""
    words, _ = VIEWS[view]
    if typed.startswith(("brief", "changes")):  # whose month is the day
        return ["--month", DAY[:7], *words[2:]] if DAY in words else words
    panel_s = typed.startswith("panel")
    return [word.replace(DAY, "2024-04-30") for word in words] if panel_s else words


def list_calls(command: str, view: str) -> Iterator[list[str]]:
    """Yield what is typed: each door, the first in every way it may be shown.

    Who sees least tries every way as a table and as JSON, whose rows are those of CSV, and the
    first as CSV too; of the others each tries one way more, and another.
    """
    parser = argparse.ArgumentParser()
    COMMANDS[command].add(parser)
    choices = {next(iter(action.option_strings), ""): action.choices for action in parser._actions}
    shown = [[name, one] for name in ("--show", "--level") for one in choices.get(name) or ()]
    turn, strict = list(VIEWS).index(view), view == STRICTEST
    first, *others = DOORS[command]
    ways = [[first, *way] for way in (shown if strict else shown[turn::4][:1]) or [[]]]
    ways += [[door] for door in others]
    for number, way in enumerate(ways):
        formats = ["json", "table", "csv"][: 3 - (number > 0) if strict else 1]
        for form in formats if "--format" in choices else [""]:
            chosen = ["--format", form] if form else []
            yield [command, *" ".join(way).split(), *chosen, *limit(command, view)]


def run(
    words: list[str], room: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Run a command and return its status, and everything that it printed and wrote."""
    paths = {
        "CASE": room / "case", "OTHER": room / "other", "COUNTED": room / "counted", "OUT": out,
        "EVENTS": room / "GEDEvent_v24_0_6.csv",
    }  # fmt: skip
    return doors.run(words, paths, out, capsys)


def test_no_command_that_looks_from_a_day_is_forgotten() -> None:
    found = set()
    for name, command in COMMANDS.items():
        parser = argparse.ArgumentParser()
        command.add(parser)
        options = set(chain.from_iterable(action.option_strings for action in parser._actions))
        found |= {name} if options & {"--knowledge", "--audience"} else set()
    assert set(DOORS) == found, "say how the new command is tried"


# What takes long is tried from where nothing else is.
SLOW = {"report": (STRICTEST,), "figures": (STRICTEST,)}
TRIED = [(name, view) for name in DOORS for view in SLOW.get(name, VIEWS)]


@pytest.mark.parametrize(("command", "view"), TRIED)
def test_nothing_that_was_not_had_is_shown_by(
    command: str,
    view: str,
    room: Path,
    unseen: Unseen,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(album, "KINDS", ("svg",))  # a PNG holds no text
    shown = 0
    for number, words in enumerate(list_calls(command, view)):
        out = tmp_path / str(number)
        out.mkdir()
        status, told = run(words, room, out, capsys)
        leaks = unseen.find(told, VIEWS[view][1])
        assert not leaks, (" ".join(words), leaks)
        assert status in (0, 2), told
        shown += status == 0
    assert shown, "nothing was shown, so nothing was tried"


# What is typed to be told the same, whether what was not had is there or not.
ALIKE = [
    "brief CASE --out OUT/a.md",
    "changes CASE --show record --top 0",
    "changes CASE --show facts --format json",
    "assess CASE --level factor --format json",
    "explain CASE 2020-04 --since 2020-02 --format json",
    "flags CASE",
    "flags CASE --show actions --format json",
    "gap CASE --rule any-protective --show own_lag",
    "gap CASE --rule any-protective --show lags",
    "gap CASE --rule to-need",
    "ensemble CASE --draws 20 --format json",
    "methods CASE --most 4 --seed 1",
    "weights CASE",
    "scenarios CASE --format json",
    "sensitivity CASE --draws 4 --budget 5 --show inputs --format json",
    "sensitivity CASE --draws 4 --budget 5 --show leave_out",
    "verify CASE --horizon 1 --draws 20 --show alarms",
    "reading CASE --repeats 1",
    "compare CASE OTHER --repeats 1",
    "report CASE --out OUT/page.html --draws 20",
    "panel EVENTS --published 2024-07-30 --calendar --show months --horizon 1 --draws 20",
    "panel EVENTS --published 2024-07-30 --calendar",
]


@pytest.mark.parametrize("typed", ALIKE)
def test_the_same_is_told_whether_what_was_not_had_is_there_or_not(
    typed: str, room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for number, folder in enumerate((room, room / "without")):
        out = tmp_path / str(number)
        out.mkdir()
        status, text = run([*typed.split(), *limit(typed, STRICTEST)], folder, out, capsys)
        assert status == 0, text
        text = re.sub(r"\n *\d+ scenarios are left out:[^.]*\.", "", text)  # that there are some
        text = re.sub(r"#p[0-9a-f]{10}|id=\"p[0-9a-f]{10}", "", text)  # numbered by matplotlib
        told.append(text.replace(str(out), ""))
    assert told[0] == told[1]


# The doors, one by one: what is shown when one of them does not hold.
def _look(name: str, stands: Any) -> tuple[object, str, object]:
    return seen._Look, name, stands


def _change_whole(case: Case, changes: Changes, *_: object) -> tuple[Case, Changes]:
    return change_case(case, changes), changes


LOCKS: dict[str, tuple[object, str, object]] = {
    "case": (scoring, "see_case", lambda case, outlook, audience: case),
    "known": _look("_knows", lambda self, item: True),
    "past": _look("_is_past", lambda self, when: True),
    "responses": _look("_see_response", lambda self, response, given: response),
    "steps": (seen, "_is_past", lambda when, day: True),
    "sources": _look("_see_source", lambda self, source, cited: source),
    "words": (Guarded, "unsee", lambda self, columns: self),
    "dates": (ImpreciseDate, "cut", lambda self, day: self),
    "scenarios": (scenarios, "change_seen", _change_whole),
    "names": (scenarios, "_check_names", lambda *_: None),
    "beside": (tracks, "_is_out", lambda when, day: True),
}
_STUDY = "sensitivity CASE --draws 4 --budget 5 --show"
_PAGE = "report CASE --out OUT/page.html --draws 20"
OPENED = [
    ("case", "explain CASE 2020-03 --top 0 --format csv", "partly evidence quote"),
    ("case", f"{_STUDY} inputs", "sources id"),
    ("case", f"{_STUDY} leave_out", "sources publisher"),
    ("known", f"{_STUDY} inputs --format csv", "sources id"),
    ("known", "scenarios CASE --list", "scenarios title drop-late"),
    ("past", "scenarios CASE --list", "scenarios title moved"),
    ("responses", _PAGE, "partly responses summary"),
    ("sources", f"{_STUDY} leave_out", "partly sources cited publisher"),
    ("words", "gap CASE --rule any-protective --show lags --format csv", "partly warnings quote"),
    ("words", "gap CASE --rule to-need --show strength --format json", "partly needs quote"),
    ("steps", "flags CASE --show actions --format json", "partly activations started"),
    ("steps", "flags CASE --show actions", "actions actor"),
    ("dates", "flags CASE --show actions --format csv", "partly activations decided"),
    ("dates", "explain CASE 2020-03 --top 0 --format json", "partly evidence end"),
    ("scenarios", "scenarios CASE --list --format json", "scenarios rationale moved"),
    ("scenarios", "scenarios CASE --show rules", "scenarios id longer"),
    ("names", "scenarios CASE moved", "scenarios id moved"),
    ("beside", "verify CASE --horizon 1 --draws 20 --show alarms", "outcomes source"),
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
    _, told = run([*typed.split(), *limit(typed, STRICTEST)], room, tmp_path, capsys)
    found = unseen.find(told, KINDS)
    assert cell in found, found

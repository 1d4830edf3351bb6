"""No confidential word leaves by any command, in any format: canaries in every cell of text."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import doors
from atrisk.cases import secrecy
from atrisk.cases.case import Case
from atrisk.cases.secrecy import Guarded, Secrecy, Secrets
from atrisk.cli.main import COMMANDS, main
from atrisk.coding import drafting, suggestions
from atrisk.exchange import annotations as exported
from atrisk.exchange import drafts
from atrisk.exchange.copies import updating
from canaries import Canaries, write_case, write_workbooks
from desks import show_all
from toys import HERE

# How each command is tried: what is typed after it, and the highest status that it ends with. CASE,
# DOCS, OUT and the like stand for paths; what may be asked for in several ways is asked for in all.
# What is written into OWN is the whole record, for its owner.
DOORS: dict[str, list[tuple[str, int]]] = {
    "cases": [("", 0)],
    "frameworks": [("un-foa-2014", 0)],
    "assess": [("CASE", 0), ("COUNTED", 0)],
    "brief": [
        ("CASE --month 2020-03 --out OUT/a.md", 0),
        ("CASE --month 2020-03 --out OUT/a.html --language fr", 0),
        ("CASE --month 2020-03 --out OUT/a.docx", 0),
    ],
    "changes": [
        ("CASE --month 2020-03 --top 0", 0),
        ("CASE --month 2020-03 --top 0 --against SPARE", 2),
    ],
    "explain": [
        ("CASE 2020-03 --top 0", 0),
        ("CASE 2020-03 --since 2020-02", 0),
        ("CASE 2020-03 --than retrospective", 0),
        ("CASE 2020-03 --factor 8", 0),
    ],
    "flags": [("CASE", 0), ("CASE --backtest", 2)],
    "gap": [("CASE --rule any-protective", 2), ("CASE --rule to-need", 0)],
    "ensemble": [
        ("CASE --draws 20", 0),
        ("CASE OTHER --draws 20 --into OUT/draws", 0),
        ("CASE OTHER --draws 20", 2),
    ],
    "methods": [("CASE --most 4 --seed 1", 0)],
    "weights": [("CASE", 0)],
    "scenarios": [("CASE", 0), ("CASE add --explain 2020-03", 0), ("CASE --list", 0)],
    "sensitivity": [("CASE --draws 4 --budget 20", 0)],
    "verify": [("CASE --horizon 1 --draws 20", 2)],
    "events": [("COUNTED", 0)],
    "panel": [("COUNTS --published 2024-06-05", 2)],
    "reading": [("CASE --repeats 1", 0)],
    "compare": [("CASE OTHER --repeats 1", 0), ("CASE OTHER --repeats 1 --show latest", 0)],
    "report": [
        ("CASE --out OUT/page.html --draws 20", 0),
        ("CASE OTHER --out OUT/board.html --draws 20", 0),
    ],
    "figures": [("CASE --out OUT/figures --draws 20", 0)],
    "code": [
        ("CASE --documents DOCS --no-browser", 0),
        ("CASE --documents EMPTY --no-browser", 2),
    ],
    "new": [("CAF --start 2020-01 --end 2020-02 --out OUT/new", 0)],
    "validate": [("CASE", 0)],
    "anchors": [
        ("CASE --documents DOCS", 1),
        ("CASE --documents EMPTY", 2),
        ("UNDIGESTED --documents DOCS --write", 2),
    ],
    "sources": [("add MORE --case SPARE", 2)],
    "passages": [
        ("DOCS/secret.txt --like CASE", 0),
        ("DOCS/sealed.txt --like CASE", 0),
        ("DOCS/diary.txt --like CASE", 0),
        ("DOCS/diary.txt --recall CASE", 2),
        ("DOCS", 0),
        ("DOCS --case CASE --draft OUT/drafts.csv", 2),
    ],
    "agreement": [("CASE", 0), ("CASE --blind OUT/blind", 0)],
    "judgements": [("CASE", 0)],
    "crosswalk": [("CASE --framework ten-stages", 0)],
    "schema": [("CASE", 0)],
    "export": [("CASE OUT/a.jsonld --documents DOCS", 0), ("CASE OUT/a.xlsx", 2)],
    "import": [
        ("HIGHLIGHTS --out OUT/draft.csv --case CASE --documents DOCS", 0),
        ("HIGHLIGHTS --out OUT/draft.csv --case CASE", 0),
        ("events EVENTS --published 2020-06-01 --case CASE --out OWN/whole", 0),
        ("EDITED --update CASE --dry-run", 1),
        ("EDITED --update CASE", 2),
        ("FAULTY --update CASE --dry-run", 2),
    ],
    "codebook": [("un-foa-2014 OUT/codes.qdc", 0)],
}
EVENTS = """country,month,kind,actor,events,deaths,low,high,civilians
CAF,2020-02,battle,state,3,12,10,15,
CAF,2020-03,one-sided,non-state,2,6,6,9,6
"""
CHOICES = ("--format", "--show", "--level")
NO = Secrecy.NO


@pytest.fixture(autouse=True)
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atrisk.cli.desk.server.serve", show_all)


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, canaries: Canaries) -> Path:
    folder = tmp_path_factory.mktemp("canaries")
    case = write_case(folder, canaries)
    other = shutil.copytree(case, folder / "other")
    header = (other / "case.toml").read_text(encoding="utf-8").replace('"mini"', '"other"')
    (other / "case.toml").write_text(header, encoding="utf-8")
    shutil.copytree(case, folder / "spare")
    more_documents = shutil.copytree(folder / "documents", folder / "more")
    (more_documents / "new.txt").write_text("A new text says this.\n", encoding="utf-8")
    undigested = shutil.copytree(case, folder / "undigested") / "sources.csv"
    text = undigested.read_text(encoding="utf-8")
    undigested.write_text(re.sub(r"(?m)^(sealed.*?),[0-9a-f]{64}", r"\1,", text), encoding="utf-8")
    (folder / "empty").mkdir()
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    more = ["--published", "2020-06-01", "--case", str(case), "--out", str(folder / "counted")]
    assert main(["import", "events", str(folder / "events.csv"), *more]) == 0
    (folder / "highlights.csv").write_text(_write_highlights(folder, canaries), encoding="utf-8")
    write_workbooks(folder, canaries)
    return folder


def _write_highlights(folder: Path, canaries: Canaries) -> str:
    lines = ["id,document,tag,content"]
    for name, level in (("diary", "open"), ("secret", "source"), ("sealed", "strict")):
        text = (folder / "documents" / f"{name}.txt").read_text(encoding="utf-8")
        for number, line in enumerate(filter(None, text.splitlines())):
            tag = canaries.place("highlights", "tag", level) if number % 2 else "8.1 x"
            lines += [f"{name}{number},{name},8.1 x,{line}", f"{name}{number},{name},{tag},{line}"]
    lost = canaries.place("highlights", "content", "source")
    return "\n".join([*lines, f"99,nowhere,8.1 x,{lost} told of it", f"98,nowhere,x,{lost} told"])


def list_calls(command: str) -> Iterator[tuple[list[str], int]]:
    """Yield everything that is typed: each door of a command, in every way it may be shown."""
    parser = argparse.ArgumentParser()
    COMMANDS[command].add(parser)
    asked: list[list[str]] = [[]]
    for action in parser._actions:
        option = next((one for one in action.option_strings if one in CHOICES), None)
        if option and action.choices:
            ways = [[], *([option, str(one)] for one in action.choices)]
            asked = [[*before, *way] for before in asked for way in ways]
    for typed, status in DOORS[command]:
        may_ask = command != "import" or "--update" in typed  # other imports print no rows
        for more in asked if may_ask else [[]]:
            yield [command, *typed.split(), *more], status


def run(
    words: list[str], room: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Run a command and return its status, and everything that it printed and wrote."""
    paths = {
        "CASE": room / "case", "DOCS": room / "documents", "OUT": out, "OTHER": room / "other",
        "EMPTY": room / "empty", "SPARE": room / "spare", "MORE": room / "more",
        "UNDIGESTED": room / "undigested", "HIGHLIGHTS": room / "highlights.csv",
        "COUNTS": HERE / "events" / "counts.csv", "EVENTS": room / "events.csv",
        "EDITED": room / "edited.xlsx", "FAULTY": room / "faulty.xlsx",
        "COUNTED": room / "counted", "OWN": out.with_name(f"{out.name}-own"),
    }  # fmt: skip
    return doors.run(words, paths, out, capsys)


def test_no_command_is_forgotten() -> None:
    assert set(DOORS) == set(COMMANDS), "say how the new command is tried, and what it shows"


@pytest.mark.parametrize("command", DOORS)
def test_no_confidential_word_leaves_by(
    command: str,
    room: Path,
    canaries: Canaries,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = set()
    for number, (words, most) in enumerate(list_calls(command)):
        out = tmp_path / str(number)
        out.mkdir()
        status, told = run(words, room, out, capsys)
        assert status <= most, (words, told)
        ended.add(status)
        leaks = canaries.find_leaks(told)
        assert not leaks, (" ".join(words), leaks)
    assert min(ended) < 2, "nothing was shown, so nothing was tried"


# The locks, one by one: what is printed when one of them does not hold.
LOCKS: dict[str, tuple[object, str, object]] = {
    "shown": (Guarded, "hides", lambda self, column: False),
    "repr": (Guarded, "__repr_args__", BaseModel.__repr_args__),
    "show all": (Guarded, "show_all", lambda self: self),
    "sources": (Secrets, "judge", lambda self, own, sources: own),
    "twins": (secrecy, "_spread", lambda sources: Secrets({n: o for n, _, o in sources}, NO)),
    "workbook": (Case, "guarded", ()),
    "anchors": (exported, "list_secret_anchors", lambda case: {}),
    "folding": (exported, "fold", lambda text: text),
    "passages": (suggestions, "_find_withheld", lambda document, case: ()),
    "update": (updating, "_keep_back", lambda case, copy: list(copy.tables.values())),
    "highlights": (drafts, "_judge", lambda *given: NO),
    "drafts": (drafting, "_conceal", lambda row, *given: row),
}
OPENED = [
    ("shown", "explain CASE 2020-03 --top 0", "quote"),
    ("shown", "explain CASE 2020-03 --format json", "summary"),
    ("shown", "gap CASE --rule to-need --show lags --format csv", "quote"),
    ("shown", "gap CASE --rule to-need --show strength --format json", "quote"),
    ("shown", "gap CASE --rule to-need --show issuer", "issuer"),
    ("shown", "gap CASE --rule any-protective", "measure"),
    ("shown", "anchors CASE --documents DOCS", "quote"),
    ("shown", "agreement CASE --show adjudicate", "reason"),
    ("shown", "sensitivity CASE --draws 4 --budget 20 --show leave_out", "publisher"),
    ("shown", "scenarios CASE drop --explain 2020-03 --format csv", "summary"),
    ("shown", "report CASE --out OUT/page.html --draws 20", "summary"),
    ("shown", "figures CASE --out OUT/figures --draws 20", "measure"),
    ("shown", "import EDITED --update CASE --dry-run", "summary"),
    ("shown", "import EDITED --update CASE --dry-run --format json", "locator"),
    ("update", "import FAULTY --update CASE --dry-run", "start"),
    ("show all", "agreement CASE --blind OUT/blind", "title"),
    ("sources", "export CASE OUT/a.jsonld", "quote"),
    ("sources", "explain CASE 2020-03 --top 0", "quote"),
    ("twins", "explain CASE 2020-03 --top 0", "quote"),
    ("workbook", "export CASE OUT/a.xlsx", "summary"),
    ("anchors", "export CASE OUT/a.jsonld --documents DOCS", "quote"),
    ("passages", "passages DOCS/secret.txt --like CASE", "quote"),
    ("passages", "passages DOCS/diary.txt --like CASE --format csv", "quote"),
    ("highlights", "import HIGHLIGHTS --out OUT/draft.csv --case CASE --documents DOCS", "quote"),
    ("highlights", "import HIGHLIGHTS --out OUT/draft.csv --case CASE", "tag"),
    ("shown", "brief CASE --month 2020-03 --out OUT/a.docx", "summary"),
    ("shown", "flags CASE", "action"),
    ("shown", "flags CASE --show actions --format csv", "stop_rule"),
    ("shown", "flags CASE --show actions --format json", "note"),
    ("shown", "changes CASE --month 2020-03 --top 0 --show record", "action"),
    ("drafts", "passages DOCS --case CASE --draft OUT/drafts.csv", "quote"),
]  # fmt: skip


@pytest.mark.parametrize(("lock", "typed", "column"), OPENED)
def test_the_test_sees_a_lock_that_does_not_hold(
    lock: str,
    typed: str,
    column: str,
    room: Path,
    canaries: Canaries,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*LOCKS[lock])
    _, told = run(typed.split(), room, tmp_path, capsys)
    assert column in {canary.column for canary in canaries.find_leaks(told)}

"""How commands leave when nobody listens: quietly, told by status.

It is ``slow`` because it runs every command seven times, in processes of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("openpyxl")
pytest.importorskip("matplotlib")
pytest.importorskip("pypdf")
from apart import ENV
from atrisk.cli.main import COMMANDS, INTERRUPTED
from toys import HERE, ROOT

pytestmark = pytest.mark.slow

CAR = "car-2020-2021"
MINI = str(HERE / "cases" / "mini")
TOY = ["--framework", str(HERE / "frameworks" / "three-factor")]
EVENTS = str(HERE / "events" / "GEDEvent_v24_1.csv")
LINES: dict[str, list[str]] = {
    "cases": [],
    "frameworks": ["un-foa-2014"],
    "assess": [CAR],
    "brief": [CAR, "--out", "brief.md"],
    "changes": [CAR],
    "explain": [CAR, "2021-01"],
    "flags": [CAR],
    "gap": [MINI, *TOY],
    "verify": ["bdi-2014-2016", "--draws", "20"],
    "events": ["bdi-2014-2016"],
    "panel": [EVENTS, "--published", "2024-06-01", "--calendar"],
    "ensemble": [CAR, "--draws", "5"],
    "methods": [CAR, "--most", "5", "--seed", "1"],
    "weights": [MINI, *TOY],
    "scenarios": ["car-2012-2015", "--list"],
    "sensitivity": [MINI, *TOY, "--draws", "2", "--budget", "2"],
    "reading": [CAR, "--repeats", "1"],
    "compare": [CAR, "bdi-2014-2016", "--repeats", "1"],
    "report": [MINI, *TOY, "--out", "page.html"],
    "figures": [MINI, *TOY, "--out", "figures"],
    "code": [MINI, *TOY, "--documents", "nowhere", "--no-browser"],
    "new": ["CAF", "--start", "2020-01", "--end", "2020-02", "--out", "case"],
    "validate": [MINI, *TOY],
    "anchors": [CAR, "--documents", MINI],
    "passages": [str(ROOT / "README.md")],
    "sources": ["add", str(ROOT / "README.md"), "--case", "nowhere"],
    "agreement": ["sen-2011-2012"],
    "judgements": ["bdi-2014-2016"],
    "crosswalk": [CAR, "--framework", "ten-stages"],
    "schema": [CAR],
    "export": [CAR, "case.xlsx"],
    "import": ["case.xlsx", "--out", "case"],
    "codebook": ["un-foa-2014", "codes.csv"],
    "": ["--help"],
    "--version": [],
}


def run(mode: str, seed: int = 0) -> dict[str, dict[str, Any]]:
    lines = [[name, *words] if name else words for name, words in LINES.items()]
    done = subprocess.run(
        [sys.executable, str(HERE.parent / "support" / "leaving.py"), mode, str(seed)],
        input=json.dumps(lines), capture_output=True, text=True, check=False, env=ENV, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(LINES, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def plain() -> dict[str, dict[str, Any]]:
    return run("plain")


def test_every_command_is_run() -> None:
    assert set(COMMANDS) <= set(LINES)


def test_who_has_seen_enough_hears_no_complaint(plain: dict[str, dict[str, Any]]) -> None:
    for name, ended in run("pipe").items():
        if plain[name]["status"] != 2:
            assert (ended["status"], ended["said"]) == (0, plain[name]["said"]), name
        else:
            assert (ended["status"], ended["said"]) == (2, plain[name]["said"]), name


@pytest.mark.parametrize("mode", ["closed", "deaf", "all"])
def test_a_closed_stream_changes_neither_status_nor_what_is_made(
    mode: str, plain: dict[str, dict[str, Any]]
) -> None:
    for name, ended in run(mode).items():
        assert "Traceback" not in ended["said"], name
        assert mode != "closed" or ended["said"] == plain[name]["said"], name
        assert (ended["status"], ended["left"]) == (plain[name]["status"], plain[name]["left"])


def test_a_full_disk_behind_the_output_is_told(plain: dict[str, dict[str, Any]]) -> None:
    for name, ended in run("full").items():
        assert ended["status"] == 2, name
        assert "cannot be written" in ended["said"] or ended["said"] == plain[name]["said"], name
        assert set(ended["left"]) <= set(plain[name]["left"])


def test_an_interrupt_at_any_moment_ends_quietly(plain: dict[str, dict[str, Any]]) -> None:
    for name, ended in run("interrupt").items():
        assert "Traceback" not in ended["said"], name
        assert ended["status"] in (plain[name]["status"], INTERRUPTED), name
        assert set(ended["left"]) <= set(plain[name]["left"]), name


def test_what_another_package_warns_of_hides_no_character() -> None:
    code = (
        "import warnings\nfrom atrisk.cli import main\n"
        "main.main = lambda: warnings.warn('a\\x1b[31m name') or 0\nmain.run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "atrisk: note: 'a\\x1b[31m name'" in done.stderr
    assert "\x1b" not in done.stderr

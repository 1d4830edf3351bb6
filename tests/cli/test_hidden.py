"""Whatever stands in a case, a framework, a document or a name: no command prints it raw.

Every cell of free text, every string of a header, and the names of folders and files hold
characters that nobody sees. What a command prints, on either stream and in every format, shows
them.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings

from atrisk.cli.main import COMMANDS, main
from desks import show_all
from edited import edit, put
from hidden import find_raw, hidden, kept, texts
from poisoned import MONTH, write_all, write_case

# Directions, a zero-width space, a joiner where none belongs, a filler, a selector, a tag.
POISON = "x\u202e\u2066\u200b\u200d\u3164\ufe0f\U000e0041\u2060y"
FORMATS = ("table", "csv", "json")
Lines = Sequence[str]

# What is typed for each command; words in braces are paths. A command that prints rows is asked for
# each format.
TYPED: dict[str, Lines] = {
    "cases": ["cases --format F"],
    "frameworks": [
        "frameworks {framework} --show choices --format F",
        "frameworks {framework} --show factors --format F",
        "frameworks {framework} --show indicators --format F",
        "frameworks {framework} --show severity --format F",
    ],
    "assess": ["assess {case} --format F", "assess {case} --level indicator --format F"],
    "brief": [
        f"brief {{case}} --month {MONTH} --out {{out}}.md",
        "brief {case} --out {out}.pages",
    ],
    "changes": ["changes {case} --format F", f"changes {{case}} --month {MONTH} --show record"],
    "explain": [
        f"explain {{case}} {MONTH} --format F",
        f"explain {{case}} {MONTH} --since 2020-02 --format F",
        f"explain {{case}} {MONTH} --crime none",
    ],
    "flags": [
        "flags {case} --format F",
        "flags {case} --show actions --format F",
        "flags {case} --backtest --format F",
    ],
    "gap": [
        f"gap {{case}} --show {shown} --format F"
        for shown in (
            "summary",
            "lags",
            "monthly",
            "promises",
            "survival",
            "rules",
            "issuer",
            "own_lag",
        )
    ],
    "verify": [
        f"verify {{case}} --horizon 1 --draws 20 --show {shown} --format F"
        for shown in ("levels", "rivals", "months")
    ],
    "events": ["events {case} --format F", "events {with_events} --format F"],
    "panel": ["panel {events} --published 2021-06-01 --knowledge retrospective --format F"],
    "ensemble": [
        "ensemble {case} --draws 20 --format F",
        "ensemble {case} car-2020-2021 --draws 20 --into {out} --format F",
    ],
    "methods": ["methods {case} --most 3 --seed 1 --show months --format F"],
    "weights": ["weights {case} --format F"],
    "scenarios": [
        "scenarios {case} --format F",
        "scenarios {case} --list --format F",
        f"scenarios {{case}} --explain {MONTH}",
        "scenarios {case} none",
    ],
    "sensitivity": ["sensitivity {case} --draws 4 --budget 4 --show inputs --format F"],
    "reading": ["reading {case} --repeats 2 --format F"],
    "compare": [
        "compare {case} car-2020-2021 --repeats 2 --format F",
        "compare {case} car-2020-2021 --repeats 2 --show latest --format F",
    ],
    "report": [
        "report {case} --draws 20 --out {out}.html",
        "report {case} car-2020-2021 --draws 20 --out {out}-board.html",
    ],
    "figures": ["figures {case} --draws 20 --out {out}"],
    "code": ["code {case} --documents {documents} --no-browser", "code {case} --documents {case}x"],
    "new": ["new CAF --start 2020-01 --end 2020-02 --framework {framework} --out {out}"],
    "validate": ["validate {case} --format F", "validate {broken}", "validate {case}x"],
    "anchors": ["anchors {case} --documents {documents} --format F"],
    "passages": [
        "passages {diary} --like {case} --format F",
        "passages {diary} --recall {case}",
        "passages {documents} --format F",
        "passages {documents} --case {case} --draft {out}.csv",
    ],
    "sources": ["sources add {unlisted} --case {spare}", "sources add {out} --case {spare}"],
    "agreement": [
        f"agreement {{case}} --show {shown} --format F"
        for shown in ("alpha", "missed", "differences", "adjudicate")
    ],
    "judgements": ["judgements {case} --format F"],
    "crosswalk": ["crosswalk {case} --framework {stages} --format F"],
    "schema": ["schema {case}", "schema {case}x"],
    "export": ["export {case} {out}.xlsx", "export {case} {out}.jsonld", "export {case} {out}.x"],
    "import": [
        "import {highlights} --case {case} --out {out}.csv",
        "import events {events} --case {case} --published 2021-06-01 --out {out}",
        "import {diary} --out {out}.csv",
        *(f"import {{book}} --update {{case}} --dry-run --format {form}" for form in FORMATS),
    ],
    "codebook": ["codebook {framework} {out}.qdc", "codebook {framework} {out}.x"],
}
NO_FRAMEWORK = {"frameworks", "cases", "crosswalk", "schema", "export", "codebook", "passages"}
NO_FRAMEWORK |= {"anchors", "new", "judgements", "sources"}
Places = dict[str, str]


def tell(words: Sequence[str]) -> tuple[int | str | None, str]:
    """Run the command, and return its status and what it printed on either stream."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status: int | str | None = main(list(words))
        except SystemExit as left:
            status = left.code
    return status, out.getvalue() + err.getvalue()


@pytest.fixture(autouse=True)
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atrisk.cli.desk.server.serve", show_all)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Everything that a command may be given, poisoned, one of them broken."""
    folder = tmp_path_factory.mktemp("poisoned")
    found = write_all(folder, POISON)
    found["broken"] = str(write_case(folder / "broken", f"{POISON}\x1b[2J\x9b"))
    found["spare"] = str(write_case(folder / "spare", POISON))
    unlisted = folder / f"{POISON}unlisted.md"
    unlisted.write_text(f"# {POISON}\n\nA text that says {POISON}.\n", encoding="utf-8")
    found["unlisted"] = str(unlisted)
    found["with_events"] = str(folder / f"events{POISON}")
    events = ["import", "events", found["events"], "--case", found["case"]]
    status, told = tell([*events, "--published", "2021-06-01", "--out", found["with_events"]])
    assert status == 0, told
    found["book"] = str(folder / f"case{POISON}.xlsx")
    status, told = tell(["export", found["case"], found["book"]])
    assert status == 0, told
    edit(Path(found["book"]), put("evidence", "shots", "summary", "They shot."))
    return found


def test_every_command_is_asked() -> None:
    assert set(TYPED) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_prints_a_hidden_character(name: str, places: Places, tmp_path: Path) -> None:
    numbers = count()
    done = 0
    for line in TYPED[name]:
        for form in FORMATS if line.endswith(" F") else [""]:
            out = str(tmp_path / f"{next(numbers)}{POISON}")
            words = [word.format(**places | {"out": out}) for word in line.split()]
            words = [form if word == "F" else word for word in words]
            if name not in NO_FRAMEWORK:
                words += ["--framework", places["framework"]]
            status, told = tell(words)
            assert not find_raw(told), line
            assert told, line
            done += status in (0, 1)
            if form == "json" and status in (0, 1):
                assert json.loads(told) is not None
    assert done, "every one was refused, so nothing was printed"


@given(text=texts)
@settings(max_examples=25)
def test_no_word_that_is_typed_is_printed_raw(text: str) -> None:
    for words in (
        [text, "x"],
        ["assess", text],
        ["assess", f"./{text}"],
        ["assess", "car-2020-2021", text],
        ["assess", "car-2020-2021", "--method", text],
        ["assess", "car-2020-2021", "--level", text],
        ["explain", "car-2020-2021", text],
        ["codebook", text, f"{text}.x"],
        ["import", text, text, text],
    ):
        status, told = tell(words)
        assert status != 0
        assert told
        assert not find_raw(told), words


@pytest.mark.slow  # sixty cases through every table
@given(poison=texts | kept | hidden)
@settings(max_examples=40)
def test_any_text_in_any_cell_is_refused_or_shown(
    poison: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    poison = "".join(
        mark for mark in poison if mark not in "/\0" and not "\ud800" <= mark < "\ue000"
    )
    case = str(write_case(folder / "case", poison))
    for words in (
        ["assess", case],
        ["explain", case, MONTH],
        ["explain", case, MONTH, "--format", "csv"],
        ["explain", case, MONTH, "--format", "json"],
        ["gap", case],
        ["gap", case, "--show", "lags", "--format", "csv"],
        ["scenarios", case, "--list"],
        ["validate", case],
    ):
        _, told = tell(words)
        assert told
        assert not find_raw(told), words
    shutil.rmtree(folder)


@pytest.mark.parametrize("word", ["a\0b", "./a\0b", "a\ud800", "./a\ud800.csv"])
def test_what_no_file_can_be_called_is_a_plain_error(word: str, tmp_path: Path) -> None:
    for words in (
        ["assess", word],
        ["assess", "car-2020-2021", "--framework", word],
        ["report", "car-2020-2021", "--out", f"{tmp_path}/{word}.html"],
        ["export", "car-2020-2021", f"{tmp_path}/{word}.xlsx"],
        ["import", word, "--out", word],
        ["passages", word],
        ["panel", word],
        ["new", "CAF", "--start", "2020-01", "--end", "2020-02", "--out", word],
        ["anchors", "car-2020-2021", "--documents", word],
    ):
        status, told = tell(words)
        assert status == 2
        assert "cannot be the name of a file" in told
        assert not find_raw(told)

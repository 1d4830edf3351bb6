"""How fast the coding page is with 300 documents and 2,000 rows: python benchmarks/desk.py

Prints medians, in milliseconds: the page's first answers as a browser asks them (start, coverage
and a document), an offer, a check with its effect, and a save; with Playwright and Chromium, also
from the address to the list of documents on the screen. What is read once, before the page is
served, is told apart, in seconds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import atrisk
from atrisk.cli.desk.desk import Desk
from atrisk.cli.desk.opening import open_desk

DOCUMENTS, ROWS, REPEATS = 300, 2_000, 15
HEADER = (
    "id,source,locator,quote,start,end,known,audience,indicators,direction,severity,credibility,"
    "claim,actors,population,place,summary"
)
CASE = """id = "desk"
title = "A desk"
country = "CAF"
start = "2012-01"
end = "2015-12"
framework = "un-foa-2014"
licence = "CC-BY-4.0"
caveat = "Made up to be measured."
"""


def write_case(folder: Path) -> tuple[Path, Path]:
    """Return a case of that size and its documents, each of twenty passages."""
    case, documents = folder / "case", folder / "documents"
    case.mkdir()
    documents.mkdir()
    codes = list(atrisk.load_framework("un-foa-2014").indicators)
    sources, rows = [], []
    for number in range(DOCUMENTS):
        text = "\n\n".join(
            f"On {1 + place} March 2013 men of band {number} burned house {place} of a village "
            f"near the river and drove out its people, who fled to town {place * 7 % 31} on foot."
            for place in range(20)
        ).encode()
        (documents / f"doc-{number:03}.txt").write_bytes(text)
        digest = hashlib.sha256(text).hexdigest()
        sources.append(f"s{number:03},Document {number},A desk,2013-04-01,report,B,{digest}")
    for number in range(ROWS):
        source, place = number % DOCUMENTS, number // DOCUMENTS
        rows.append(
            f"r{number:04},s{source:03},p. 1,men of band {source} burned house {place},"
            f"2013-03-{1 + place:02},,,public,{codes[number % len(codes)]},aggravating,"
            f"{1 + number % 4},2,,,,,A house was burned."
        )
    (case / "case.toml").write_text(CASE, encoding="utf-8")
    head = "id,title,publisher,published,kind,reliability,sha256"
    (case / "sources.csv").write_text("\n".join([head, *sources, ""]), encoding="utf-8")
    (case / "evidence.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return case, documents


def measure(work: Callable[[int], object]) -> str:
    """Return the median, the least and the most of some rounds, in milliseconds."""
    spent = []
    for turn in range(REPEATS):
        begun = time.perf_counter()
        work(turn)
        spent.append(1000 * (time.perf_counter() - begun))
    return f"{statistics.median(spent):8.1f} ({min(spent):.1f} to {max(spent):.1f})"


def make_rows(desk: Desk) -> list[dict[str, str]]:
    """Return a new row for each round, as the form would send it."""
    offer = {"number": 0, "passage": 12, "table": "evidence"}
    text = desk.shelf.open(0).passages[11].text
    found = desk.answer("offer", offer | {"text": text})
    cells = {name: str(found[name]) for name in ("source", "locator", "quote")}
    judged = {
        "start": "2013-03", "audience": "public", "indicators": "11.1", "direction": "aggravating",
        "severity": "3", "credibility": "2", "summary": "A house was burned.",
    }  # fmt: skip
    return [cells | judged | {"id": f"new-{turn}"} for turn in range(REPEATS)]


def open_in_browser(desk: Desk) -> Iterator[Callable[[int], None]]:
    """Yield what opens the page in Chromium, until its documents are listed; nothing without it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if find_spec("playwright") is None or chromium is None:
        return
    import uvicorn
    from playwright.sync_api import sync_playwright

    from atrisk.cli.desk.server import Door, make_app, open_socket

    listening = open_socket(0)
    door = Door(listening.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(make_app(desk, door), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(door.address)

        def load(_: int) -> None:
            page.goto(f"http://127.0.0.1:{door.port}/")
            page.locator("#documents li").nth(DOCUMENTS - 1).wait_for()

        yield load
    server.should_exit = True
    thread.join()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        case, documents = write_case(Path(folder))
        begun = time.perf_counter()
        desk = open_desk(case, documents)
        say = sys.stdout.write
        say(f"read {DOCUMENTS} documents and {ROWS} rows: {time.perf_counter() - begun:.2f} s\n")
        rows = make_rows(desk)
        asked = {"number": 7}
        text = desk.shelf.open(7).passages[3].text
        offer = {"number": 7, "passage": 4, "text": text, "table": "evidence"}

        def open_page(_: int) -> None:
            for name, body in (("start", {}), ("coverage", {}), ("document", asked)):
                json.dumps(desk.answer(name, body))

        def save(turn: int) -> None:
            answer = desk.answer("save", {"table": "evidence", "cells": rows[turn]})
            assert "error" not in answer, answer

        calls: dict[str, Callable[[int], object]] = {
            "open the page": open_page,
            "offer": lambda _: desk.answer("offer", offer),
            "check and effect": lambda turn: desk.answer(
                "check", {"table": "evidence", "cells": rows[turn]}
            ),
            "save": save,
        }
        for name, work in calls.items():
            say(f"{name:20} {measure(work)} ms\n")
        for load in open_in_browser(desk):
            say(f"{'in the browser':20} {measure(load)} ms\n")


if __name__ == "__main__":
    main()

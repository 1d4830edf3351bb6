"""Desks: a small case with a document of twelve passages, to be coded in the browser."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from atrisk.cli.desk.desk import Desk
from atrisk.frameworks.loading import load_framework
from toys import HERE

FACTS = [
    "On 3 February 2020 armed men burned the market of Aba and shot two traders dead.",
    "On 5 February 2020 the army closed the road to Bede and searched every house there.",
    "A radio station in Aba called the people of the hills vermin on 7 February 2020.",
    "Eleven teachers fled from Bede to Cora in the second week of February 2020.",
    "On 12 February 2020 soldiers took nineteen young men from a church in Cora.",
    "The governor said on 15 February 2020 that nobody would be punished for the raids.",
    "On 18 February 2020 three wells near Dela were found filled with stones.",
    "Children of the hills were sent home from the school of Aba on 20 February 2020.",
    "On 22 February 2020 a convoy with flour was stopped at the bridge of Dela.",
    "Young men with clubs guarded every gate of the market on 24 February 2020.",
    "The bishop warned the ministry on 25 February 2020 that a massacre was being prepared.",
    "On 28 February 2020 the ministry sent forty police officers to protect the town of Aba.",
]
CASE = """id = "desk"
title = "A desk"
country = "CAF"
start = "2020-01"
end = "2020-06"
framework = "three-factor"
licence = "CC-BY-4.0"
caveat = "Made up for a test."
"""
FRAMEWORK = HERE / "frameworks" / "three-factor"
HEADER = (
    "id,source,locator,quote,start,end,known,audience,indicators,direction,severity,credibility,"
    "claim,actors,population,place,summary\n"
)
ROW = (
    "old-1,elder,p. 9,the oldest of facts,2020-01,,,public,1.1,aggravating,2,2,,,,,"
    "Something that was coded before.\n"
)


def make_desk(folder: Path, hostile: str = "") -> tuple[Path, Path]:
    """Return a case's folder and its documents, of which one is a source and one is not."""
    case, documents = folder / "case", folder / "documents"
    case.mkdir(parents=True)
    documents.mkdir()
    paragraphs = [*FACTS, hostile] if hostile else FACTS
    text = "\n\n".join(paragraphs).encode()
    (documents / "letter.txt").write_bytes(text)
    (documents / "other.txt").write_text(f"{FACTS[0]} {FACTS[4]}\n", encoding="utf-8")
    (case / "case.toml").write_text(CASE, encoding="utf-8")
    digest = hashlib.sha256(text).hexdigest()
    (case / "sources.csv").write_text(
        "id,title,publisher,published,kind,reliability,sha256\n"
        f"letter,A letter,A parish,2020-03-01,letter,B,{digest}\n"
        "elder,An older text,A parish,2020-01-20,letter,B,\n",
        encoding="utf-8",
    )
    (case / "evidence.csv").write_text(HEADER + ROW, encoding="utf-8")
    return case, documents


class Served:
    """A desk that is served while a block runs."""

    def __init__(
        self,
        case: Path,
        documents: Path,
        coder: str = "",
        *,
        framework: Path | None = FRAMEWORK,
        like: tuple[str, ...] = (),
    ) -> None:
        import uvicorn

        from atrisk.cli.desk.opening import open_desk
        from atrisk.cli.desk.server import Door, make_app, open_socket

        own = load_framework(framework) if framework else None
        self.desk = open_desk(case, documents, own, coder, like)
        self.listening = open_socket(0)
        self.door = Door(self.listening.getsockname()[1])
        app = make_app(self.desk, self.door)
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]})

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()


def show_all(desk: Desk, *_: object) -> None:
    """Print what a desk says of its case, instead of serving it until somebody stops it."""
    from atrisk.cli.desk.desk import CODED

    calls: list[tuple[str, Any]] = [("start", {}), ("coverage", {})]
    calls += [("differences", {}), *(("rows", {"table": table}) for table in CODED)]
    calls += [("drafts", {"number": at}) for at in range(len(desk.shelf.collection.documents))]
    for name, asked in calls:
        sys.stdout.write(f"{json.dumps(desk.answer(name, asked))}\n")

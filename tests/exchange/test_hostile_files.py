"""Files of strangers: each is refused or read, within ten seconds of computing and one GiB.

Every run tries eighteen of them; ``HOSTILE=100 python -m pytest tests/exchange`` tries a hundred of
each format, some of which take seconds to make and to refuse.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("openpyxl")
pytest.importorskip("pypdf")
from apart import READ, run_within
from hostile import MAKERS
from toys import HERE

QUICK = {"workbook": 4, "project": 3, "highlights": 3, "page": 3, "pdf": 3, "events": 2}
MANY = int(os.environ.get("HOSTILE", "0"))  # files of each format, if more are wanted
SECONDS = 10  # of computing; on the clock it is more where the machine is busy
FRAMEWORK = str(HERE / "frameworks" / "three-factor")
DOCUMENT = "Armed men entered the village on that day. " * 20_000
DRAFT = ("--out", "draft.csv", "--case", "mini", "--framework", FRAMEWORK, "--documents", "texts")
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "workbook": lambda name: ["import", name, "--out", "made", "--framework", FRAMEWORK],
    "project": lambda name: ["import", name, *DRAFT],
    "highlights": lambda name: ["import", name, *DRAFT],
    "events": lambda name: [
        *("import", "events", name, "--case", "car-2020-2021", "--published", "2025-01-01"),
        *("--out", "made"),
    ],
}


def list_files() -> list[object]:
    return [(kind, seed) for kind in MAKERS for seed in range(max(MANY, QUICK[kind]))]


def prepare(room: Path) -> None:
    """Put a case there, of which one source has a long text."""
    shutil.copytree(HERE / "cases" / "mini", room / "mini")
    (room / "texts").mkdir()
    (room / "texts" / "diary.txt").write_text(DOCUMENT, encoding="utf-8")
    sources = (room / "mini" / "sources.csv").read_text(encoding="utf-8")
    digest = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    (room / "mini" / "sources.csv").write_text(
        sources.replace("diary,A,\n", f"diary,A,{digest}\n"), encoding="utf-8"
    )


@pytest.mark.parametrize(("kind", "seed"), list_files())
def test_a_hostile_file_is_refused_or_read(kind: str, seed: int, tmp_path: Path) -> None:
    prepare(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    name, make = MAKERS[kind]
    (tmp_path / name).write_bytes(make(Random(f"{kind} {seed}")))
    words = ["-m", "atrisk", *COMMANDS[kind](name)] if kind in COMMANDS else ["-c", READ, name]
    used = _count_seconds()
    ended = run_within([sys.executable, *words], cwd=tmp_path, seconds=12 * SECONDS)
    used = _count_seconds() - used
    assert ended.status in (0, 2), ended.err[-2000:]
    assert "Traceback" not in ended.err
    assert (ended.status == 2) == bool(ended.err.strip()) or kind == "events"
    assert used < SECONDS
    left = {path.name for path in tmp_path.iterdir()} - before - {name}
    made = {"made"} if kind in ("workbook", "events") else {"draft.csv"}
    assert left == (made if ended.status == 0 and kind in COMMANDS else set())


def _count_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

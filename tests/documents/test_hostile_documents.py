"""Documents of strangers: each is refused or read, within ten seconds of computing and one GiB.

Every run tries two of each format; ``HOSTILE=60 python -m pytest tests/documents`` tries sixty,
some of which take seconds to make.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from random import Random

import pytest

import atrisk
from apart import READ, run_within
from atrisk.documents.passages import read_document
from hostile_documents import ENTITIES, MAKERS
from written import paragraph, write_docx, write_odt

pytest.importorskip("defusedxml")
pytest.importorskip("striprtf")
MANY = int(os.environ.get("HOSTILE", "2"))  # files of each format
SECONDS = 10  # of computing


@pytest.mark.parametrize("seed", range(MANY))
@pytest.mark.parametrize("kind", MAKERS)
def test_a_hostile_document_is_refused_or_read(kind: str, seed: int, tmp_path: Path) -> None:
    name, make = MAKERS[kind]
    (tmp_path / name).write_bytes(make(Random(f"{kind} {seed}")))
    used = _count_seconds()
    ended = run_within([sys.executable, "-c", READ, name], cwd=tmp_path, seconds=12 * SECONDS)
    assert ended.status in (0, 2), ended.err[-2000:]
    assert "Traceback" not in ended.err
    assert (ended.status == 2) == bool(ended.err.strip())
    assert _count_seconds() - used < SECONDS
    assert {path.name for path in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("head", ENTITIES)
def test_entities_are_refused_and_never_fetched(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.docx").write_bytes(write_docx(paragraph("x &a; y"), head=head))
    (tmp_path / "a.odt").write_bytes(write_odt("<text:p>x &a; y</text:p>", head=head))
    for name in ("a.docx", "a.odt"):
        with pytest.raises(
            atrisk.RequestError, match=r"declares entities|not well-formed|undefined"
        ):
            read_document(tmp_path / name)


def test_what_unpacks_to_too_much_and_what_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.docx").write_bytes(write_docx(paragraph("a" * 70_000_000)))
    (tmp_path / "deep.docx").write_bytes(write_docx("<w:p>" * 300 + "</w:p>" * 300))
    with pytest.raises(
        atrisk.RequestError, match=r"unpacks to more than 64 MiB|more than 16,000,000"
    ):
        read_document(tmp_path / "bomb.docx")
    with pytest.raises(atrisk.RequestError, match="nested more than 256 deep"):
        read_document(tmp_path / "deep.docx")


def _count_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

"""Digests: hexadecimal digits have no case, whichever program printed them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.base.tables import read_rows
from atrisk.cases.evidence import Source
from atrisk.cases.secrecy import Secrecy, find_secrets, read_secrets
from atrisk.cli.main import main
from shipped import un
from toys import HEADER, SOURCES, evidence

TEXT = "In the north armed men entered the village at night. Later a ceasefire was signed there.\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


def source(digest: str, name: str = "report", secret: str = "") -> dict[str, str]:
    cells = {"id": name, "title": "A report", "publisher": "A publisher", "kind": "report"}
    return cells | {
        "published": "2020-06", "reliability": "B", "sha256": digest, "confidential": secret,
    }  # fmt: skip


@given(st.lists(st.booleans(), min_size=64, max_size=64))
def test_a_digest_is_the_same_in_any_case(capitals: list[bool]) -> None:
    typed = "".join(c.upper() if up else c for c, up in zip(DIGEST, capitals, strict=True))
    table = read_rows("sources", [source(typed)], Source)
    assert not table.problems
    assert table.records[0].sha256 == DIGEST


@pytest.mark.parametrize(
    "digest", [DIGEST[:-1], DIGEST + "0", DIGEST[:-1] + "g", DIGEST[:-1] + "G"]
)
def test_what_is_no_digest_is_refused(digest: str) -> None:
    (problem,) = read_rows("sources", [source(digest)], Source).problems
    assert "expected 64 hexadecimal digits" in problem.message


def test_anchors_are_found_by_a_digest_in_capitals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = SOURCES[0].model_copy(update={"id": "report", "sha256": DIGEST})
    header = HEADER.model_copy(update={"framework": un().id})
    row = evidence(source="report", quote="armed men entered the village", indicators="11.1")
    folder = atrisk.Case(header, (mine,), (row,), framework=un()).save(tmp_path / "toy")
    file = folder / "sources.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(DIGEST, DIGEST.upper()), encoding="utf-8")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "report.txt").write_text(TEXT, encoding="utf-8", newline="")
    assert main(["anchors", str(folder), "--documents", str(tmp_path / "documents")]) == 0
    assert "1 anchor, 1 found exactly once" in capsys.readouterr().out
    assert DIGEST in (atrisk.load_case(folder).save(tmp_path / "again") / "sources.csv").read_text()


def test_a_document_of_two_sources_is_one_whatever_case_their_digests_are_in() -> None:
    rows = [source(DIGEST, "open"), source(DIGEST.upper(), "secret", "yes")]
    table = read_rows("sources", rows, Source)
    assert read_secrets(table).levels["open"] == Secrecy.YES
    assert find_secrets(table.records).levels["open"] == Secrecy.YES

"""Evidence as W3C Web Annotations: what the model asks for, exact anchors, nothing confidential."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.coding.anchors import find_documents, read_whole
from atrisk.exchange.annotations import AROUND, export_annotations
from shipped import car, un
from toys import DOCUMENTS, SOURCES, THREE_FACTOR, case_of, evidence

IRI = re.compile(r"(urn:uuid:[0-9a-f-]{36}|urn:atrisk|ni:///sha-256;[\w-]{43})")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_collection_is_what_the_data_model_asks_for(tmp_path: Path) -> None:
    """W3C Web Annotation Data Model: sections 3.1, 4.2.4, 5.1 and 5.2."""
    made = read(export_annotations(car(), un(), tmp_path / "car.jsonld"))
    assert made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (made["type"], made["first"]["type"]) == ("AnnotationCollection", "AnnotationPage")
    items = made["first"]["items"]
    assert made["total"] == len(items) == len(car().evidence)
    assert len({item["id"] for item in items}) == len(items)
    for item, row in zip(items, car().evidence, strict=True):
        assert item["type"] == "Annotation"
        assert all(IRI.fullmatch(iri) for iri in (item["id"], item["target"]["source"]))
        assert item["target"]["selector"] == {"type": "TextQuoteSelector", "exact": row.quote}
        bodies = [(body["purpose"], body["value"]) for body in item["body"]]
        assert bodies[0] == ("commenting", row.summary)
        assert [value.split()[0] for _, value in bodies[1:]] == list(row.indicators)
        assert {purpose for purpose, _ in bodies[1:]} == {"tagging"}


def test_a_document_is_named_by_its_digest(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"text").hexdigest()
    case = atrisk.Case(
        case_of().header, (SOURCES[0].model_copy(update={"sha256": digest}),), (evidence(),)
    )
    made = read(export_annotations(case, THREE_FACTOR, tmp_path / "a.jsonld"))
    name = made["first"]["items"][0]["target"]["source"]
    assert base64.urlsafe_b64decode(name.rpartition(";")[2] + "=").hex() == digest


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the case documents are not here")
def test_every_anchor_of_car_is_found_by_what_stands_around_it(tmp_path: Path) -> None:
    made = read(export_annotations(car(), un(), tmp_path / "car.jsonld", DOCUMENTS))
    texts = {s: read_whole(p) for s, p in find_documents(DOCUMENTS, car().sources).items()}
    for item, row in zip(made["first"]["items"], car().evidence, strict=True):
        found = item["target"]["selector"]
        whole = found["prefix"] + found["exact"] + found["suffix"]
        assert texts[row.source].count(whole) == 1
        assert len(found["prefix"]) <= AROUND >= len(found["suffix"])


def test_what_is_confidential_is_left_out(tmp_path: Path) -> None:
    rows = evidence("open"), evidence("hidden", quote="a secret anchor", confidential="yes")
    path = export_annotations(case_of(*rows), THREE_FACTOR, tmp_path / "a.jsonld")
    assert read(path)["total"] == 1
    assert "secret" not in path.read_text(encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="no evidence that may be shown"):
        export_annotations(case_of(rows[1]), THREE_FACTOR, tmp_path / "b.jsonld")


def test_the_command_writes_them_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "car.jsonld"
    assert main(["export", "car-2012-2015", str(file)]) == 0
    assert "without what is confidential" in capsys.readouterr().out
    assert main(["export", "car-2012-2015", str(file)]) == 2
    assert "somebody may have edited it" in capsys.readouterr().err


def test_what_stands_around_an_anchor_never_holds_a_confidential_one(tmp_path: Path) -> None:
    text = "The shots fell at dawn. Our secret informer Jean told of it. Then all of them ran away."
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    rows = (
        evidence("near", quote="The shots fell"),
        evidence("secret", quote="secret informer Jean told", confidential="yes"),
        evidence("far", quote="of them ran away"),
    )
    source = SOURCES[0].model_copy(update={"sha256": digest})
    case = atrisk.Case(case_of().header, (source,), rows)
    made = export_annotations(case, THREE_FACTOR, tmp_path / "a.jsonld", tmp_path / "docs")
    for part in ("informer", "Jean", "secret"):
        assert part not in made.read_text(encoding="utf-8")
    assert read(made)["total"] == 2


def test_anchors_are_folded_before_they_are_compared(tmp_path: Path) -> None:
    """Seen to fail: with two spaces in a confidential anchor its words stood in the context."""
    rows = (
        evidence("near", quote="The  shots fell"),
        evidence("secret", quote="secret  informer Jean told", confidential="yes"),
        evidence("far", quote="of  them ran away"),
    )
    text, told = _export(tmp_path, rows)
    assert "informer" not in text
    assert told == {"near": False, "far": True}


def test_nothing_stands_around_an_anchor_if_a_confidential_one_is_not_found(tmp_path: Path) -> None:
    rows = (
        evidence("far", quote="of them ran away"),
        evidence("secret", quote="secret informant Jean told", confidential="yes"),
    )
    assert _export(tmp_path, rows)[1] == {"far": False}


def test_a_document_of_two_sources_is_looked_through_for_the_secrets_of_both(
    tmp_path: Path,
) -> None:
    rows = (
        evidence("near", quote="The shots fell"),
        evidence("twin", source="source-b", quote="secret informer Jean told", confidential="yes"),
    )
    text, told = _export(tmp_path, rows)
    assert "informer" not in text
    assert told == {"near": False}


def _export(folder: Path, rows: tuple[atrisk.Evidence, ...]) -> tuple[str, dict[str, bool]]:
    """Return what is written, and whether each row's anchor has a context."""
    text = "The shots fell at dawn. Our secret informer Jean told of it. "
    text += "Then, when it was long over, all of them ran away."
    (folder / "docs").mkdir()
    (folder / "docs" / "a.txt").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    sources = [source.model_copy(update={"sha256": digest}) for source in SOURCES[:2]]
    case = atrisk.Case(case_of().header, tuple(sources), rows)
    made = export_annotations(case, THREE_FACTOR, folder / "a.jsonld", folder / "docs")
    shown = [row for row in rows if not row.confidential]
    contexts = ["prefix" in one["target"]["selector"] for one in read(made)["first"]["items"]]
    told = {row.id: one for row, one in zip(shown, contexts, strict=True)}
    return made.read_text(encoding="utf-8"), told

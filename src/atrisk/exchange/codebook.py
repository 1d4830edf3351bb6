"""Codebooks: a framework as the codes of qualitative coding tools.

``.qdc`` is the REFI-QDA codebook that ATLAS.ti, MAXQDA, NVivo, QualCoder and others import.
Taguette writes that format and does not read it, so it gets the table that it imports: ``.csv``.
"""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

from atrisk.base.errors import require
from atrisk.base.files import check_target, write_text
from atrisk.base.output import write_csv
from atrisk.cases.case import Case
from atrisk.exchange.format import Format, refuse_documents
from atrisk.frameworks.framework import Framework

NAMESPACE = "urn:QDA-XML:codebook:1.0"
LONGEST_TAG = 200  # characters that Taguette takes
_CODES = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.qdasoftware.org/atrisk")


def export_codebook(framework: Framework, out: Path) -> Path:
    """Write a framework's factors and indicators as a codebook.

    In ``.qdc`` each factor is a code that nothing can be coded to, with its indicators under it;
    in ``.csv`` each indicator is a tag. A name begins with the indicator's code, by which
    ``import_highlights`` finds it again. A code's identifier depends on framework and code alone,
    so that a later export updates and does not double.

    Args:
        framework: from ``load_framework``.
        out: the file to write, ending in ``.qdc`` or ``.csv``; it must not exist.

    Returns:
        The file.

    Raises:
        RequestError: ``out`` exists, cannot be made or has another ending.

    References:
        REFI-QDA standard 1.5 (2019), section 5.2: the codebook's XML Schema.
    """
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    check_target(out, ".qdc", ".csv")
    text = _write_qdc(framework) if out.suffix == ".qdc" else _write_tags(framework)
    return write_text(out, text, new=True)


def name_code(code: str, label: str) -> str:
    """Return what a tool calls an indicator: its code, a space, its label."""
    return f"{code} {label}"[:LONGEST_TAG]


def _write_qdc(framework: Framework) -> str:
    root = ET.Element("CodeBook", {"xmlns": NAMESPACE, "origin": "atrisk"})
    codes = ET.SubElement(root, "Codes")
    for factor in framework.factors.values():
        name = name_code(factor.code, factor.title)
        branch = _add_code(codes, framework, name, factor.gloss, codable="false")
        for item in framework.indicators.values():
            if item.factor == factor.code:
                name = name_code(item.code, item.label)
                _add_code(branch, framework, name, item.gloss, codable="true")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _add_code(
    parent: ET.Element, framework: Framework, name: str, gloss: str, *, codable: str
) -> ET.Element:
    guid = str(uuid.uuid5(_CODES, f"{framework.id}/{name.split(maxsplit=1)[0]}"))
    element = ET.SubElement(parent, "Code", {"guid": guid, "name": name, "isCodable": codable})
    ET.SubElement(element, "Description").text = gloss
    return element


def _write_tags(framework: Framework) -> str:
    rows = ([name_code(i.code, i.label), i.gloss] for i in framework.indicators.values())
    return write_csv(["tag", "description"], rows)


def _write(subject: Case | Framework, out: Path, documents: Path | None) -> str:
    assert isinstance(subject, Framework)  # noqa: S101 - a codebook is of a framework
    refuse_documents(documents, "a codebook")
    return f"{export_codebook(subject, out)} holds {subject!r}"


CODEBOOK = Format("a REFI-QDA codebook", ".qdc", holds="framework", write=_write)
TAGS = Format("tags for Taguette", ".csv", holds="framework", write=_write)

"""Annotations: evidence as W3C Web Annotations, so that other tools show it on the document."""

from __future__ import annotations

import base64
import re
import uuid
from pathlib import Path
from typing import Any

from atrisk.base.errors import RequestError, require
from atrisk.base.files import check_target, write_text
from atrisk.base.output import write_json
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, Source
from atrisk.coding.anchors import find_documents, list_secret_anchors, read_whole
from atrisk.coding.documents import fold
from atrisk.exchange.format import Format
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import load_framework

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32  # characters of prefix and suffix


def export_annotations(
    case: Case, framework: Framework, out: Path, documents: Path | None = None
) -> Path:
    """Write a case's evidence as a collection of Web Annotations.

    Each row is an annotation: its anchor is a ``TextQuoteSelector`` on the document, its summary
    a comment, its indicators tags. Rows that are confidential, or whose source is, are left out.

    Args:
        case: whose evidence.
        framework: whose labels the tags carry.
        out: the file to write, ending in ``.jsonld``; it must not exist.
        documents: folder with the sources' texts, recognised by SHA-256: an anchor that stands
            there once then has the 32 characters before and after it, which are the document's own
            words, unless a confidential anchor is among them, or one is not found in that document;
            None for the anchors alone.

    Returns:
        The file.

    Raises:
        RequestError: there is no row to write, or ``out`` exists, cannot be made or has another
            ending, or the folder holds no document of the case.

    References:
        W3C (2017), Web Annotation Data Model, section 4.2.4 (text quote selector) and 5
        (collections); RFC 6920 for the name of a document by its digest.
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    shown = [item for item in case.evidence if not item.confidential]
    if not shown:
        raise RequestError(f"{case.id} has no evidence that may be shown")
    check_target(out, ".jsonld")
    paths = find_documents(documents, case.sources) if documents else {}
    texts = {source: read_whole(path) for source, path in paths.items()}
    secret = list_secret_anchors(case) if texts else {}
    items = [
        _annotate(item, case, framework, _around(item.quote, text, secret.get(item.source, set())))
        for item in shown
        for text in [texts.get(item.source, "")]
    ]
    collection = {
        "@context": CONTEXT,
        "id": _name(case, ""),
        "type": "AnnotationCollection",
        "label": f"{case.header.title}: evidence coded to {framework.header.title}",
        "generator": {"id": "urn:atrisk", "type": "Software", "name": "atrisk"},
        "total": len(items),
        "first": {
            "id": _name(case, "page"),
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }
    return write_text(out, write_json(collection) + "\n", new=True)


def _annotate(
    item: Evidence, case: Case, framework: Framework, around: dict[str, str]
) -> dict[str, Any]:
    tags = [
        {
            "type": "TextualBody",
            "purpose": "tagging",
            "value": f"{code} {framework.indicators[code].label}",
        }
        for code in item.indicators
    ]
    comment = {
        "type": "TextualBody",
        "purpose": "commenting",
        "format": "text/plain",
        "language": "en",
        "value": item.shown_summary,
    }
    return {
        "id": _name(case, item.id),
        "type": "Annotation",
        "motivation": "classifying",
        "body": [comment, *tags],
        "target": {
            "source": _name_document(case.source_by_id[item.source], case),
            "selector": _select(item, around),
        },
    }


def _select(item: Evidence, around: dict[str, str]) -> dict[str, str]:
    """Return where a row stands: by its words, or by its locator where they may not be shown."""
    if not item.quote:
        return {"type": "FragmentSelector", "value": item.shown("locator")}
    return {"type": "TextQuoteSelector", "exact": fold(item.shown_quote)} | around


def _around(quote: str, text: str, secret: set[str]) -> dict[str, str]:
    """Return what stands around an anchor: if it stands once, and no confidential one is near.

    Nothing, if a confidential one is not found: nobody can say where its words are.
    """
    anchor = fold(quote)
    if not anchor or text.count(anchor) != 1 or any(not one or one not in text for one in secret):
        return {}
    start = text.index(anchor)
    end = start + len(anchor)
    first, last = max(0, start - AROUND), end + AROUND
    spans = (found.span() for one in secret for found in re.finditer(re.escape(one), text))
    if any(begin < last and first < stop for begin, stop in spans):
        return {}
    return {"prefix": text[first:start], "suffix": text[end:last]}


def _name_document(source: Source, case: Case) -> str:
    if not source.sha256:
        return _name(case, f"source/{source.id}")
    digest = base64.urlsafe_b64encode(bytes.fromhex(source.sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _name(case: Case, part: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:atrisk:{case.id}:{part}").urn


def _write(subject: Case | Framework, out: Path, documents: Path | None) -> str:
    assert isinstance(subject, Case)  # noqa: S101 - annotations are of a case
    framework = subject.framework or load_framework(subject.header.framework)
    file = export_annotations(subject, framework, out, documents)
    return f"{file} holds the evidence of {subject!r}, without what is confidential"


ANNOTATIONS = Format("evidence as Web Annotations", ".jsonld", holds="case", write=_write)

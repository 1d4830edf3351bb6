"""Annotations: evidence as W3C Web Annotations, so that other tools show it on the document.

They come back as highlights: ours, and what Hypothesis exports, which has a list of its own.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, Problem, RequestError, require
from atrisk.base.files import check_target, write_text
from atrisk.base.output import write_json
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, Source
from atrisk.coding.anchors import find_documents, list_secret_anchors, read_whole
from atrisk.documents.folding import fold
from atrisk.exchange.excerpts import Highlight, Highlights, limit_highlights
from atrisk.exchange.format import Format
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import load_framework

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
LIMIT_JSON = 8 * 1024 * 1024  # bytes
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
            "source": name_document(case.source_by_id[item.source], case),
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


def name_document(source: Source, case: Case) -> str:
    """Return the name of a source's document: by its digest, or by the case where it has none."""
    if not source.sha256:
        return _name(case, f"source/{source.id}")
    digest = base64.urlsafe_b64encode(bytes.fromhex(source.sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _name(case: Case, part: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:atrisk:{case.id}:{part}").urn


def is_json(head: bytes) -> bool:
    """Tell whether a file begins as JSON does."""
    return head.removeprefix(BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def read_annotations(file: Path) -> Highlights:
    """Read annotations that quote a text, as highlights with their tags.

    Args:
        file: a collection, a page or a list of Web Annotations, or Hypothesis' export as JSON.

    Raises:
        DataError: it is larger than is read, or no JSON, or holds no annotations.

    References:
        W3C (2017), Web Annotation Data Model, sections 3.2.4, 4.2.4 and 5.
    """
    size = file.stat().st_size
    if size > LIMIT_JSON:
        message = f"it has {size:,} bytes; at most {LIMIT_JSON:,} are read: export it in parts"
        raise DataError([Problem(file.name, message)])
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # a UnicodeDecodeError is a ValueError
        where = getattr(error, "lineno", None)
        raise DataError([Problem(file.name, "it is not JSON in UTF-8", where)]) from None
    items = list(_list_items(content))
    if not items:
        message = (
            "it holds no annotations; export them from Hypothesis as JSON, or with atrisk export"
        )
        raise DataError([Problem(file.name, message)])
    unread: Counter[str] = Counter()
    read = [one for item in items for one in _read_item(item, unread)]
    told = tuple(f"{count} annotations: {what}" for what, count in unread.items())
    return Highlights(tuple(limit_highlights(file, read)), told)


def _list_items(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the annotations of a collection, of a page, of a list, or one alone."""
    if isinstance(content, dict):
        for name in ("annotations", "items", "rows"):
            if isinstance(content.get(name), list):
                content = content[name]
                break
        else:
            first = content.get("first")
            if isinstance(first, dict) and isinstance(first.get("items"), list):
                content = first["items"]
            elif "target" in content:
                content = [content]
    yield from (
        (one for one in content if isinstance(one, dict)) if isinstance(content, list) else ()
    )


def _read_item(item: dict[str, Any], unread: Counter[str]) -> Iterator[Highlight]:
    tags = [tag for tag in _list(item.get("tags")) if isinstance(tag, str)]
    bodies = (body for body in _list(item.get("body")) if isinstance(body, dict))
    tags += [str(one.get("value", "")) for one in bodies if one.get("purpose") == "tagging"]
    found = False
    for target in _list(item.get("target")):
        if isinstance(target, dict):
            document = target.get("source") or item.get("uri") or item.get("url") or ""
            document = document.get("id", "") if isinstance(document, dict) else document
            for words in _list_quotes(target.get("selector")):
                found = True
                yield Highlight(str(document), words, tuple(dict.fromkeys(tags)))
    if not found:
        unread["they quote no text (a page as a whole, a reply, or a place without its words)"] += 1


def _list_quotes(selector: Any) -> Iterator[str]:
    """Yield the words of text quote selectors, also of one that refines another."""
    for one in _list(selector):
        while isinstance(one, dict):
            exact = one.get("exact")
            if isinstance(exact, str) and exact.strip():
                yield exact
                break
            one = one.get("refinedBy")  # noqa: PLW2901 - down to the selector that has words


def _list(part: Any) -> list[Any]:
    return part if isinstance(part, list) else [] if part is None else [part]


def name_all(source: Source, case: Case) -> set[str]:
    """Return what annotations may call a source's document: as we name it, or as its address."""
    digest = f"urn:x-sha256:{source.sha256}"
    return {name_document(source, case), _name(case, f"source/{source.id}"), digest, source.url}


def _write(subject: Case | Framework, out: Path, documents: Path | None) -> str:
    assert isinstance(subject, Case)  # noqa: S101 - annotations are of a case
    framework = subject.framework or load_framework(subject.header.framework)
    file = export_annotations(subject, framework, out, documents)
    return f"{file} holds the evidence of {subject!r}, without what is confidential"


ANNOTATIONS = Format("evidence as Web Annotations", ".jsonld", holds="case", write=_write)

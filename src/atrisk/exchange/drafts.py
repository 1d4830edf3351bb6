"""Drafts: tagged highlights as rows of evidence that wait for their coder.

A highlight says where and which indicator. When it held, when it was known, how grave and how
credible it is and what it says in one's own words stay empty: those are judgements, and a draft
makes none. An anchor is exact or missing, never moved to something similar.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import LISTED, RequestError, UnknownNameError, list_names, require, shorten
from atrisk.base.folders import is_hidden
from atrisk.cases.case import Case
from atrisk.cases.secrecy import Secrecy
from atrisk.coding.anchors import find_documents, list_secret_anchors, shares_words
from atrisk.coding.drafting import Draft
from atrisk.documents.folding import fold
from atrisk.documents.formats.readers import LARGEST_BYTES
from atrisk.documents.passages import Document, Passage, read_document
from atrisk.documents.runs import find_run
from atrisk.exchange.annotations import ANNOTATIONS, is_json, name_all
from atrisk.exchange.excerpts import Highlight, Highlights
from atrisk.exchange.format import Format, Reading
from atrisk.exchange.highlights import read_highlights
from atrisk.exchange.projects import is_project
from atrisk.exchange.tagged import is_tagged_table, is_tagged_workbook
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import load_framework

Cells = dict[str, str]
NO_CODE = "is no indicator"
_GROUPS = re.compile(r"\s*(?:::|\\|/|>|\|)\s*")  # what tools put between a group and a code


def import_highlights(
    file: Path,
    case: Case,
    framework: Framework,
    *,
    documents: Path | None = None,
    source: str | None = None,
) -> Draft:
    """Turn the tagged highlights of a coding tool into draft evidence of a case.

    A tag is an indicator if its first word is one's code, as ``export_codebook`` names them.
    Highlights of one document are its source's if the document is called as the source's id, title
    or address, or as a file in ``documents`` with the source's digest, or if the case has one
    source. Of a confidential source no word is taken over or told:
    the row says where, and its coder copies the anchor.

    Args:
        file: Taguette's highlights as ``.csv`` or ``.xlsx``, a ``.qdpx`` project, or annotations
            as ``.jsonld`` or ``.json``.
        case: that the evidence is for.
        framework: whose codes the tags begin with.
        documents: folder with the sources' texts, recognised by SHA-256, to find in them anchors
            that stand there once, and where; None to take a highlight's first words unchecked.
        source: id of the source of all highlights.

    Returns:
        The draft, with everything that was not understood.

    Raises:
        DataError: the file is damaged, dangerous or empty.
        UnknownNameError: the case has no such source.
        RequestError: no highlight has an indicator of the framework, or a file is not there.
        MissingExtraError: a project needs the extra ``exchange``.
    """
    require(case, Case, "load it with load_case(Path('my-case'))")
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    if source is not None and source not in case.source_by_id:
        raise UnknownNameError("source", source, case.source_by_id)
    read = read_highlights(file, documents)
    texts = _read_documents(documents, case) if documents else None
    names = _name_sources(case, documents)
    anchors = list_secret_anchors(case)
    rows: list[Cells] = []
    unread = [*read.unread, *_find_cut(read, framework)]
    for number, highlight in enumerate(read.found, start=1):
        found = source or _find_source(highlight.document, case, names)
        secret = _judge(highlight, case, found, anchors)
        tags = [_read_tag(tag, framework, read.above) for tag in highlight.tags]
        row, notes = _draft_row(highlight, tags, texts, found, secret)
        if found is None:
            notes.append(_tell_lost(highlight, case, secret))
        told = WITHHELD if secret else shorten(fold(highlight.text), 40)
        unread += [f"highlight {number} ({told}): {note}" for note in notes]
        if row:
            rows.append({"id": f"draft-{len(rows) + 1:03}"} | row)
    if not rows:
        listed = "".join(f"\n  {note}" for note in unread[:LISTED])
        raise RequestError(
            f"no highlight of {file.name!r} became a row; a tag must begin with a code of "
            f"{framework.id}, and a document must be a source of {case.id}{listed}"
        )
    if texts is None:
        unread.append("anchors are the first words and were not checked; name --documents DIR")
    return Draft(tuple(rows), tuple(unread))


def _draft_row(
    highlight: Highlight,
    tags: list[tuple[str, str]],
    texts: Mapping[str, Document] | None,
    source: str | None,
    secret: Secrecy,
) -> tuple[Cells | None, list[str]]:
    """Return a row, if the highlight can be one, and what is to be looked at."""
    codes = [code for code, _ in tags if code]
    notes = [
        f"the tag {WITHHELD if secret else shorten(tag)} {fault}"
        for tag, (_, fault) in zip(highlight.tags, tags, strict=True)
        if fault
    ]
    if not codes:
        return None, notes or ["it has no tag"]
    if source is None:
        return None, notes
    row = {"source": source, "indicators": ";".join(dict.fromkeys(codes))}
    row, more = _place(row, fold(highlight.text), texts, secret)
    return row, [*notes, *more]


def _read_tag(
    tag: str, framework: Framework, above: Mapping[str, tuple[str, ...]]
) -> tuple[str, str]:
    """Return the code of a tag, or of the nearest group that it is in, and what to look at."""
    code, fault = _read_code(tag, framework)
    if code or fault != NO_CODE:
        return code, fault
    *groups, leaf = _GROUPS.split(tag)
    if _read_code(leaf, framework)[0]:
        return _read_code(leaf, framework)
    for group in (*reversed(groups), *above.get(tag, ())):
        code, _ = _read_code(group, framework)
        if code:
            return code, f"is no indicator; it is in the group of {code}, which was taken"
    return "", NO_CODE


def _read_code(tag: str, framework: Framework) -> tuple[str, str]:
    """Return the code that a tag begins with, or what is wrong with it."""
    code, label = (*tag.split(maxsplit=1), "", "")[:2]
    known = framework.indicators
    longer = known.get(f"{code}0")
    if code in known:
        if (
            longer
            and label
            and _is_label(label, longer.label)
            and not _is_label(label, known[code].label)
        ):
            return "", f"has the label of {code}0: a spreadsheet cut its zero; write the whole code"
        return code, ""
    if code.replace(",", ".") in known:
        hint = f"write {code.replace(',', '.')}" + f" or {code.replace(',', '.')}0" * (
            f"{code.replace(',', '.')}0" in known
        )
        return "", f"has a comma for its point, which a spreadsheet put there; {hint}"
    return "", NO_CODE


def _is_label(text: str, label: str) -> bool:
    return fold(text).casefold() == fold(label).casefold()


def _find_cut(read: Highlights, framework: Framework) -> Iterator[str]:
    """Say which tags without a label may have lost a zero in a table that a spreadsheet saved."""
    tags = {tag.strip() for one in read.found for tag in one.tags} if read.is_resaved else set()
    cut = sorted(tag for tag in tags if f"{tag}0" in framework.indicators)
    if cut and not any(f"{tag}0" in tags for tag in cut):
        yield (
            f"a spreadsheet saved this table, and it writes {cut[0]}0 as {cut[0]}: look which is "
            f"meant by {', '.join(cut)}"
        )


def _judge(
    highlight: Highlight, case: Case, source: str | None, anchors: Mapping[str, set[str]]
) -> Secrecy:
    """Return how confidential a highlight is: as its source, or as an anchor that it shares.

    If its source is not known it may be any.
    """
    mine = anchors[source] if source else {one for some in anchors.values() for one in some}
    own = Secrecy.YES if shares_words(highlight.text, mine) else Secrecy.NO
    return case.secrets.judge(own, [source or ""])


def _tell_lost(highlight: Highlight, case: Case, secret: Secrecy) -> str:
    name = WITHHELD if secret else shorten(highlight.document)
    return f"its document {name} is no source; known: {list_names(case.source_by_id)}"


def _place(
    row: Cells, text: str, texts: Mapping[str, Document] | None, secret: Secrecy
) -> tuple[Cells, list[str]]:
    """Return a row with its anchor and where that stands, and what is to be looked at."""
    row, notes, passage = _find_anchor(row, text, texts)
    if not secret:
        return row | ({"locator": passage.locator} if passage else {}), notes
    told = "it is confidential, so its words are left out: copy the anchor by hand"
    place = passage.place if passage and secret < Secrecy.STRICT else ""
    return row | {"quote": "", "locator": place, "confidential": str(secret)}, [*notes, told]


def _find_anchor(
    row: Cells, text: str, texts: Mapping[str, Document] | None
) -> tuple[Cells, list[str], Passage | None]:
    """Return a row with its anchor, what is to be looked at, and where it stands."""
    found = row["source"]
    if texts is None:
        anchor = find_run(text.split())
        short = [] if anchor else ["it has no three plain words in a row, so it has no anchor"]
        return row | {"quote": anchor}, short, None
    if found not in texts:
        return row, [f"the document of {found} is not there, so it has no anchor"], None
    anchor = texts[found].find_anchor(text)
    if not anchor:
        return row, ["no three words of it stand in the document just once"], None
    return row | {"quote": anchor}, [], texts[found].find_passage(anchor)


def _find_source(document: str, case: Case, names: Mapping[str, set[str]]) -> str | None:
    if len(case.sources) == 1:
        return case.sources[0].id
    wanted = {_fold_name(document), _fold_name(document.rpartition(".")[0] or document)}
    found = [source for source, called in names.items() if wanted & called]
    return found[0] if len(found) == 1 else None


def _name_sources(case: Case, folder: Path | None) -> dict[str, set[str]]:
    """Return what each source's document may be called, also by its file's name in a folder."""
    files: dict[str, set[str]] = {}
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        if not is_hidden(path.name) and path.is_file() and path.stat().st_size <= LARGEST_BYTES:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            files.setdefault(digest, set()).update((path.name, path.stem))
    return {
        one.id: {
            _fold_name(name)
            for name in {one.id, one.title, *name_all(one, case), *files.get(one.sha256, ())}
            if name
        }
        for one in case.sources
    }


def _fold_name(name: str) -> str:
    """Return a document's name, or its address, as it is compared."""
    plain = unicodedata.normalize("NFC", name).strip().casefold()
    return plain.partition("://")[2].partition("#")[0].rstrip("/") if "://" in plain else plain


def _read_documents(folder: Path, case: Case) -> dict[str, Document]:
    return {
        name: read_document(path) for name, path in find_documents(folder, case.sources).items()
    }


def _read(file: Path, asked: Reading) -> list[str]:
    case = asked.case
    if case is None:
        raise RequestError(
            "highlights and annotations become evidence of a case; name it: --case ./my-case"
        )
    framework = asked.framework or case.framework or load_framework(case.header.framework)
    draft = import_highlights(file, case, framework, documents=asked.documents, source=asked.source)
    out = draft.write(asked.out)
    return [
        *(f"to look at: {note}" for note in draft.unread),
        f"{out}: {draft!r}. Fill in the empty cells, then add the rows to evidence.csv; "
        "atrisk validate says what is missing.",
    ]


HIGHLIGHTS = Format(
    "Taguette's highlights",
    ".csv",
    makes="draft",
    recognises=lambda head, _: is_tagged_table(head),
    read=_read,
)
TAGGED_BOOK = Format(
    "Taguette's highlights",
    ".xlsx",
    makes="draft",
    recognises=lambda head, file: head.startswith(b"PK") and is_tagged_workbook(file),
    read=_read,
)
PROJECT = Format(
    "a REFI-QDA project",
    ".qdpx",
    makes="draft",
    recognises=lambda head, file: head.startswith(b"PK") and is_project(file),
    read=_read,
)
ANNOTATED = replace(
    ANNOTATIONS, makes="draft", recognises=lambda head, _: is_json(head), read=_read
)
HYPOTHESIS = Format("Hypothesis' annotations", ".json", makes="draft", read=_read)

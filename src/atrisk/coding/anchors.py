"""Anchors: is every quoted passage in its document, exactly once?

A document is recognised by its SHA-256 digest, whatever its file is called; a web page or a PDF is
read as its text. What a reader sees as one is one (``folding``): white space and the hyphen at the
end of a line, which are the page's and not the sentence's, and the ways in which one character is
written. Nothing else is forgiven, so an anchor either stands there once or is an orphan. It is
never moved to something similar.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from atrisk.base.cells import WITHHELD
from atrisk.base.errors import RequestError, list_names
from atrisk.base.tables import read_table
from atrisk.cases.case import Case
from atrisk.cases.checks import CODER_FILE
from atrisk.cases.evidence import Cited, Evidence, Source
from atrisk.cases.secrecy import Secrecy
from atrisk.documents.folding import count_in, fold, list_forms
from atrisk.documents.formats.readers import LARGEST_BYTES, decode, is_text
from atrisk.documents.misses import find_nearest
from atrisk.documents.passages import Document, read_document

_LARGEST = f"{LARGEST_BYTES // 1024**2} MiB"


@dataclass(frozen=True, eq=False, slots=True)
class AnchorCheck:
    """Where one row's anchor was found.

    Attributes:
        item: the row, of evidence or of a ledger.
        found: how often it stands in the document, or None without the document.
        reason: why it is an orphan; empty if it is sound.
        nearest: the text of the document that is most like it, of an orphan, and where that stands.
    """

    item: Cited
    found: int | None
    reason: str
    nearest: str = ""

    @property
    def is_located(self) -> bool:
        """Whether it has no anchor, because its source may not be quoted, and a locator instead."""
        return not self.item.quote

    @property
    def is_sound(self) -> bool:
        """Whether the anchor stands in its document exactly once, or need not stand there."""
        return not self.reason

    def to_row(self) -> dict[str, str]:
        """Return the row, its anchor and the reason, for a table."""
        item = self.item
        return {
            "row": item.label,
            "source": item.source,
            "locator": item.shown("locator"),
            "quote": item.shown_quote,
            "reason": self.reason,
            "nearest": self.nearest,
        }


def check_anchors(case: Case, documents: Path) -> list[AnchorCheck]:
    """Look every anchor up in its document.

    Args:
        case: whose evidence and ledgers.
        documents: a folder; the file whose digest is the source's ``sha256`` is its text.

    Returns:
        One check for each row, evidence first, in the case's order.

    Raises:
        RequestError: the folder is not there, or holds none of the case's documents.
    """
    quoted = {item.source for item in case.cited if item.quote}
    sources = [source for source in case.sources if source.id in quoted]
    paths = find_documents(documents, sources) if sources else {}
    texts = {source: _read_forms(path) for source, path in paths.items()}
    read = cache(lambda name: read_document(paths[name]))
    checks = [_check(item, case.source_by_id[item.source], texts) for item in case.cited]
    if not any(one.found == 0 for one in checks):
        return checks
    secrets = list_secret_anchors(case)
    return [_explain(c, read, secrets[c.item.source]) if c.found == 0 else c for c in checks]


def _explain(
    check: AnchorCheck, read: Callable[[str], Document], secrets: Iterable[str]
) -> AnchorCheck:
    """Return the check of an orphan with what differs in the document, and where."""
    try:
        found = find_nearest(check.item.quote, read(check.item.source))
    except RequestError:  # a text that has anchors in it and no passage
        return check
    if found is None:
        return check
    item, secret = check.item, check.item.secrecy
    reason = f"not found; it differs in {found.differs}" if found.differs else check.reason
    place = WITHHELD if secret >= Secrecy.STRICT else found.place
    is_hidden = secret or shares_words(found.words, secrets)
    words = WITHHELD if is_hidden else f"“{found.words}”"
    return replace(check, reason=reason, nearest=f"{item.source}, {place}: {words}")


def list_secret_anchors(case: Case) -> dict[str, set[str]]:
    """Return the confidential anchors in each source's document, folded; an empty one is unknown.

    Those of other coders count too, and so do those of other sources of the same document.
    """
    rows = [(row.source, row.quote) for row in case.cited if row.confidential]
    rows += _list_coders_secrets(case)
    texts = {source.id: source.sha256 or source.id for source in case.sources}
    return {
        name: {fold(quote) for source, quote in rows if texts.get(source, text) == text}
        for name, text in texts.items()
    }


def shares_words(text: str, anchors: Iterable[str]) -> bool:
    """Tell whether three words in a row of a text stand in one of these anchors, too.

    An empty anchor is one that nobody knows: it may be any.

    Examples:
        >>> shares_words("Then the  informant told us.", ["the informant told"])
        True
    """
    anchors = list(anchors)
    runs = set(_list_runs(text)) if anchors else set()
    return any(not anchor or runs & set(_list_runs(anchor)) for anchor in anchors)


def _list_runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return zip(words, words[1:], words[2:], strict=False)


def _list_coders_secrets(case: Case) -> Iterator[tuple[str, str]]:
    """Yield source and anchor of what is confidential in other coders' files."""
    for name in case.folder.names() if case.folder else ():
        if case.folder and re.fullmatch(CODER_FILE, name):
            table = read_table(case.folder, name, Evidence)
            if table.problems:  # what cannot be read may be confidential, in any document
                yield "", ""
            for row in case.secrets.find_hidden(table).values():
                yield row["source"], row["quote"]


def find_documents(folder: Path, sources: Iterable[Source]) -> dict[str, Path]:
    """Return the file of each source's document, recognised by its digest; the rest are left out.

    Raises:
        RequestError: the folder is not there, or holds none of the documents.
    """
    if not folder.is_dir():
        raise RequestError(f"{str(folder)!r} is not a folder; name the one with the documents")
    files = {
        digest: path for path in sorted(folder.iterdir()) if (digest := _digest_document(path))
    }
    found = {source.id: files[source.sha256] for source in sources if source.sha256 in files}
    if not found:
        wanted = list_names(
            f"{source.id} ({source.sha256[:12] + '…' if source.sha256 else 'no sha256 yet'})"
            for source in sources
        )
        raise RequestError(
            f"no file in {str(folder)!r} is a document of the case: {wanted}; write what "
            f"'sha256sum FILE' prints into sources.csv, and keep documents below {_LARGEST}"
        )
    return found


def _digest_document(path: Path) -> str:
    """Return the SHA-256 of a file; nothing for a folder, or for more than a document may hold."""
    if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_whole(path: Path) -> str:
    """Return all text of a document, folded.

    Raises:
        RequestError: it cannot be read as what its name says that it is.
    """
    return fold(_decode(path)) if is_text(path) else read_document(path).text


def _read_forms(path: Path) -> tuple[str, ...]:
    """Return all text of a document in each spelling in which anchors are looked for in it."""
    if is_text(path):
        return list_forms(_decode(path))
    document = read_document(path)
    return list_forms(document.written)


def _decode(path: Path) -> str:
    try:
        return decode(path)
    except UnicodeDecodeError:
        raise RequestError(
            f"{path.name!r} is not UTF-8 text; give it the ending .pdf or .html if it is one, or "
            "take the digest of its text"
        ) from None


def _check(item: Cited, source: Source, texts: dict[str, tuple[str, ...]]) -> AnchorCheck:
    if not item.quote:
        return AnchorCheck(item, None, "")
    if not source.sha256:
        return AnchorCheck(item, None, f"{source.id} has no sha256 in sources.csv")
    if source.id not in texts:
        reason = f"no document with the sha256 of {source.id} (at most {_LARGEST} are read)"
        return AnchorCheck(item, None, reason)
    found = count_in(texts[source.id], item.quote)
    reason = "" if found == 1 else f"found {found} times" if found else "not found"
    return AnchorCheck(item, found, reason)

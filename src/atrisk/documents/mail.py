"""Mail: the text of a message that was saved as .eml, with its subject and its day.

What is attached is not read: it is a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from atrisk.documents.apart import Block, Fact, RefusedError
from atrisk.documents.web import TooMuchError, read_page

_PARTS = 1_000  # of a message, one within another or side by side


def extract(file: str) -> Iterator[Block | Fact]:
    """Yield the blocks of a message, its plain text before its web page.

    Raises:
        RefusedError: it is no message, has too many parts or no text.
    """
    message = BytesParser(policy=policy.default).parsebytes(Path(file).read_bytes())
    assert isinstance(message, EmailMessage)  # noqa: S101 - of that policy
    if not (message["from"] or message["subject"] or message["date"]):
        raise RefusedError("it has no From, Subject or Date; save its text as .txt")
    if sum(1 for _, _ in zip(message.walk(), range(_PARTS + 1), strict=False)) > _PARTS:
        raise RefusedError(f"it has more than {_PARTS:,} parts; save its text as .txt")
    subject = str(message["subject"] or "").strip()
    if subject:
        yield "title", subject
        yield None, True, subject
    with suppress(AttributeError, ValueError, TypeError):  # a date that is none
        yield "published", str(message["date"].datetime.date())
    yield from _read_body(message)
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    if names:
        yield "note", f"attachments are not read: {', '.join(names[:20])}; save and read them"


def _read_body(message: EmailMessage) -> Iterator[Block | Fact]:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return
    raw = body.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    try:
        text = data.decode(body.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # a set of characters that nobody knows
        text = data.decode("utf-8", errors="replace")
    if body.get_content_subtype() == "html":
        try:
            yield from (found for found in read_page(text) if len(found) == 3)
        except TooMuchError as error:
            raise RefusedError(f"its page {error}; save its text as .txt") from None
        return
    if body.get_param("format") == "flowed":
        text = text.replace(" \r\n", " ").replace(" \n", " ")
    for block in text.replace("\r\n", "\n").split("\n\n"):
        yield None, None, block

"""Formats: every kind of file that goes out or comes in, in one table."""

from __future__ import annotations

import shlex
from importlib.metadata import entry_points
from pathlib import Path

from atrisk.base.delimiters import is_tagged, split_head
from atrisk.base.errors import RequestError, shorten
from atrisk.cases.case import Case
from atrisk.cases.tables import TABLES
from atrisk.events.layouts import LAYOUTS, recognise
from atrisk.events.reading import TAGS_WITHIN
from atrisk.exchange.codebook import CODEBOOK, TAGS
from atrisk.exchange.drafts import ANNOTATED, HIGHLIGHTS, HYPOTHESIS, PROJECT, TAGGED_BOOK
from atrisk.exchange.format import Format
from atrisk.exchange.workbook import WORKBOOK
from atrisk.frameworks.framework import Framework

HEAD = 4096  # bytes by which a format is recognised
MAGIC = 4  # bytes that an error quotes
OWN = (TAGGED_BOOK, WORKBOOK, ANNOTATED, CODEBOOK, TAGS, HIGHLIGHTS, PROJECT, HYPOTHESIS)


def list_formats() -> tuple[Format, ...]:
    """Return every format: ours, then those that other packages bring."""
    found = sorted(entry_points(group="atrisk.formats"), key=lambda point: point.name)
    return (*OWN, *(point.load() for point in found))


def find_writer(subject: Case | Framework, out: Path) -> Format:
    """Return the format that writes a case, or a framework, to a file of that name.

    Raises:
        RequestError: there is none; the message lists those that there are.
    """
    what = "case" if isinstance(subject, Case) else "framework"
    writers = [one for one in list_formats() if one.holds == what and one.write]
    chosen = [one for one in writers if out.suffix.lower() == one.ending]
    if not chosen:
        raise RequestError(
            f"{str(out)!r} has no ending that a {what} is written to; "
            f"accepted: {', '.join(f'{one.ending} ({one.name})' for one in writers)}"
        )
    return chosen[0]


def find_reader(file: Path) -> Format:
    """Return the format that a file is of, by what it holds and not by what it is called.

    Raises:
        RequestError: it is no file, or of no format; the message lists those that are read and
            the first characters of the file, too few to say anything of its text.
    """
    if not file.is_file():
        raise RequestError(f"{str(file)!r} is not a file; give one such as case.xlsx")
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    readers = [one for one in list_formats() if one.read]
    for one in readers:
        if one.recognises and one.recognises(head, file):
            return one
    _refuse_table(head, file)
    for one in readers:  # damaged, or nearly one: its own reader says what is wrong
        if file.suffix.lower() == one.ending:
            return one
    first = head[:MAGIC].decode("utf-8-sig", errors="replace").partition("\n")[0]
    raise RequestError(
        f"{file.name!r} is of no format that is read "
        f"({', '.join(f'{one.name}, {one.ending}' for one in readers)}); "
        f"it begins with {shorten(first)}"
    )


def _refuse_table(head: bytes, file: Path) -> None:
    """Refuse a table that is another command's, and say which.

    Raises:
        RequestError: it holds events, or is a table of a case.
    """
    if head.startswith(b"PK"):
        return
    rows = [[cell.strip() for cell in cells] for cells in split_head(head)][:TAGS_WITHIN]
    shown = shlex.quote(str(file)) if str(file).isprintable() else repr(str(file))
    header = rows[0] if rows else []
    layout = LAYOUTS["hxl"] if any(map(is_tagged, rows)) else recognise(header)
    if layout:
        raise RequestError(
            f"{file.name!r} is a table of events ({layout.title}), which becomes rows of a case by "
            f"its framework's rules; type: atrisk import events {shown} --case ./my-case"
        )
    for name, model in TABLES.items():
        needed = {key for key, found in model.model_fields.items() if found.is_required()}
        if needed <= set(header):
            raise RequestError(
                f"{file.name!r} is the table {name!r} of a case; put it into the case's folder as "
                f"{name}.csv and type: atrisk validate ./my-case"
            )

"""Format: one kind of file of other tools, and who writes or reads it.

Another package adds one under the entry point ``atrisk.formats``; only export and import ask for
it, because what changes a score must be visible in a method and not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from atrisk.base.errors import RequestError
from atrisk.cases.case import Case
from atrisk.frameworks.framework import Framework


@dataclass(frozen=True, eq=False)
class Reading:
    """What a file is read for.

    Attributes:
        out: the folder, or the draft table, to make.
        framework: whose codes are used; None for the case's own.
        case: that highlights become draft evidence of.
        source: id of the source of all highlights.
        documents: folder with the sources' texts.
    """

    out: Path
    framework: Framework | None = None
    case: Case | None = None
    source: str | None = None
    documents: Path | None = None


@dataclass(frozen=True, eq=False)
class Format:
    """One kind of file.

    Attributes:
        name: what people call it.
        ending: of its files, such as ``".xlsx"``.
        holds: what is written into it.
        makes: what is made of it when it is read.
        write: writes a case or a framework to a path, with a folder of documents or None, and says
            in one line what it wrote; None for a format that is only read.
        recognises: tells from a file's first bytes and its path whether it is one.
        read: reads a file and says in lines what it made; None for one that is only written.
    """

    name: str
    ending: str
    holds: Literal["case", "framework"] | None = None
    makes: Literal["case", "draft"] | None = None
    write: Callable[[Case | Framework, Path, Path | None], str] | None = field(default=None)
    recognises: Callable[[bytes, Path], bool] | None = field(default=None)
    read: Callable[[Path, Reading], list[str]] | None = field(default=None)


def refuse_documents(documents: Path | None, ending: str) -> None:
    """Refuse documents where nothing would be taken from them.

    Raises:
        RequestError: they are given.
    """
    if documents is not None:
        raise RequestError(f"--documents is for .jsonld; {ending} holds no text around anchors")


def refuse_highlights(asked: Reading) -> None:
    """Refuse what only highlights need, where a whole case is read.

    Raises:
        RequestError: a case, a source or documents are given.
    """
    stray = [name for name in ("case", "source", "documents") if getattr(asked, name) is not None]
    if stray:
        raise RequestError(
            f"--{stray[0]} is for highlights and annotations; this workbook is a case"
        )

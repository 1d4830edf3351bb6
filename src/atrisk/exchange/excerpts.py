"""Excerpts: what people tagged in a document, in whichever tool, and how much of it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from atrisk.base.errors import DataError, Problem

LIMIT_HIGHLIGHTS = 5_000
LIMIT_CHARACTERS = 16_000_000  # of all highlights, and of all texts of a project


@dataclass(frozen=True, slots=True)
class Highlight:
    """One tagged stretch of a document.

    Attributes:
        document: what the tool calls the document.
        text: the stretch, as it stands there.
        tags: names of its codes.
    """

    document: str
    text: str = field(repr=False)
    tags: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Highlights:
    """What a file holds.

    Attributes:
        found: the highlights.
        unread: what of it was not understood, one line each.
        is_resaved: whether a spreadsheet saved it again.
        above: by a tag's name the groups that it is in, the nearest first.
    """

    found: tuple[Highlight, ...] = field(repr=False)
    unread: tuple[str, ...] = ()
    is_resaved: bool = False
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


def limit_highlights(file: Path, found: Iterable[Highlight]) -> Iterator[Highlight]:
    """Yield highlights, as long as they are no more than people make.

    Raises:
        DataError: there are more, or longer ones.
    """
    characters = 0
    for number, highlight in enumerate(found, start=1):
        characters += len(highlight.text)
        if number > LIMIT_HIGHLIGHTS or characters > LIMIT_CHARACTERS:
            message = (
                f"it holds more than {LIMIT_HIGHLIGHTS:,} highlights, or {LIMIT_CHARACTERS:,} "
                "characters of them; export it in parts"
            )
            raise DataError([Problem(file.name, message)])
        yield highlight

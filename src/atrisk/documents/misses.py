"""Misses: why an anchor does not stand in its document, and what to do about it.

The nearest text is shown to whoever corrects the anchor; nothing is moved to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from atrisk.documents.folding import loosen
from atrisk.documents.passages import Document, Passage

_QUOTES = re.compile("[\"'`´«»‘’‚‛“”„‟‹›]")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_NOTES = re.compile(r"(?<=[^\W\d_])\d{1,3}\b|\[\d{1,3}\]|\(\d{1,3}\)")
_MARKS = re.compile(r"[^\w\s]")
_ACCENTS = re.compile("[\u0300-\u036f]")


def _drop_accents(text: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text))


# What may differ, in words, and how a text is without it.
_CAUSES: dict[str, Callable[[str], str]] = {
    "quotation marks or apostrophes": lambda text: _QUOTES.sub("'", text),
    "a dash or hyphen": lambda text: _DASHES.sub("-", text),
    "the number of a note": lambda text: _NOTES.sub("", text),
    "capital letters": str.casefold,
    "accents": _drop_accents,
    "marks between words": lambda text: " ".join(_MARKS.sub(" ", text).split()),
}


@dataclass(frozen=True, slots=True)
class Nearest:
    """The words of a document that are most like an anchor.

    Attributes:
        words: as they stand there.
        place: of the passage that holds them.
        differs: in what alone they differ from the anchor, in words; empty if in more.
    """

    words: str = field(repr=False)
    place: str
    differs: str


def find_nearest(quote: str, document: Document) -> Nearest | None:
    """Return the run of words in a document that is most like an anchor; None if none is alike.

    Of the passages that share most words with it, the run with the anchor's number of words that
    has the highest ratio of matching characters, ``2 M / T`` (Ratcliff and Obershelp).

    Examples:
        >>> text = "The council’s envoy arrived."
        >>> made = Document("a.txt", (Passage(1, None, "", text),), text)
        >>> find_nearest("The council's envoy", made)
        Nearest(place='passage 1', differs='quotation marks or apostrophes')
    """
    wanted = _list_words(quote)
    shared = [(len(wanted & _list_words(one.text)), one) for one in document.passages]
    most = max((number for number, _ in shared), default=0)
    if not most:
        return None
    near = [_compare(quote, one) for number, one in shared if number == most]
    return max(near, key=lambda one: one[0])[1]


def _list_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", _drop_accents(text.casefold())))


def _compare(quote: str, passage: Passage) -> tuple[float, Nearest]:
    """Return the run of a passage that is most like an anchor, and how like it is."""
    words, length = passage.text.split(), len(quote.split())
    runs = [
        " ".join(words[start : start + size])
        for size in (length, length + 1, length - 1)
        for start in range(max(1, len(words) - size + 1))
    ]
    matcher = SequenceMatcher(b=quote.casefold(), autojunk=False)
    best, found = 0.0, runs[0]
    for run in runs:
        matcher.set_seq1(run.casefold())
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            best, found = (ratio, run) if ratio > best else (best, found)
    return best, Nearest(found, passage.place, _tell_difference(quote, passage.text))


def _tell_difference(quote: str, text: str) -> str:
    """Return in what alone an anchor differs from a text, in words: as few causes as explain it."""
    one, other = loosen(quote), loosen(text)
    for cause, drop in _CAUSES.items():
        if drop(one) in drop(other):
            return cause
    kept: list[str] = []
    for cause, drop in _CAUSES.items():
        if (drop(one), drop(other)) != (one, other):
            kept.append(cause)
        one, other = drop(one), drop(other)
        if one in other:
            return " and ".join(kept)
    return ""

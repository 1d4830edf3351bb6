"""Runs: which words, or characters in a script without spaces, stand in a text only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from atrisk.base.marks import FEWEST, LOST, count_characters, is_shown, is_unspaced
from atrisk.base.output import FORMULA
from atrisk.documents.folding import is_turned, loosen

ANCHOR = (8, 3)  # words of an anchor, the most first
LETTERS = 24  # characters that are offered where words cannot be counted
OFTEN = 50  # times that a run may stand in a document whose places are looked through
_WINDOW = 6  # characters in a row that are compared at once
_TRIED = 2_000  # places of a passage at which a run of characters may begin


class Runs:
    """The runs of words and characters of a text.

    Args:
        text: as ``loosen`` returns it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._counts: dict[int, Counter[tuple[str, ...]]] = {}
        self._places: dict[int, dict[tuple[str, ...], list[int]]] = {}

    def count(self, run: list[str]) -> int:
        """Return how often a run of words stands here; 2 stands for more.

        Wherever it stands, also within longer words, its inner words stand as words. So it stands
        where those do, after a word that ends as it begins and before one that begins as it ends.
        """
        if len(run) < ANCHOR[1] or is_unspaced("".join(run)):
            return self._count_characters(" ".join(run))
        inner = tuple(run[1:-1])
        times = self._count_runs(len(inner))[inner]
        if times < 2 or times > OFTEN:
            return min(2, times)
        words, length = self._words, len(inner)
        found = (
            words[place - 1].endswith(run[0]) and words[place + length].startswith(run[-1])
            for place in self._list_places(length).get(inner, ())
            if 0 < place < len(words) - length
        )
        return min(2, sum(found))

    def _count_characters(self, run: str) -> int:
        """Return how often a run of characters stands here: once if a part of it does."""
        codes = _hash(run)
        found = np.searchsorted(self._hashes, codes, side="right")
        found -= np.searchsorted(self._hashes, codes, side="left")
        return min(2, int(found.min())) if found.size else 2

    def _count_runs(self, length: int) -> Counter[tuple[str, ...]]:
        if length not in self._counts:
            self._counts[length] = Counter(self._cut_runs(length))
        return self._counts[length]

    def _list_places(self, length: int) -> dict[tuple[str, ...], list[int]]:
        """Return where each run of some words begins that stands there twice or a few times."""
        if length not in self._places:
            times, places = self._count_runs(length), dict[tuple[str, ...], list[int]]()
            for place, run in enumerate(self._cut_runs(length)):
                if 1 < times[run] <= OFTEN:
                    places.setdefault(run, []).append(place)
            self._places[length] = places
        return self._places[length]

    def _cut_runs(self, length: int) -> Iterator[tuple[str, ...]]:
        return zip(*(self._words[place:] for place in range(length)), strict=False)

    @cached_property
    def _words(self) -> list[str]:
        return self._text.split()

    @cached_property
    def _hashes(self) -> NDArray[np.uint64]:
        return np.sort(_hash(self._text))


def _hash(text: str) -> NDArray[np.uint64]:
    """Return a number for each six characters in a row; equal ones have equal numbers."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if codes.size < _WINDOW:
        return np.zeros(0, dtype=np.uint64)
    made = np.zeros(codes.size - _WINDOW + 1, dtype=np.uint64)
    for place in range(_WINDOW):
        made = made * np.uint64(1_099_511_628_211) + codes[place : place + made.size]
    return made


def find_run(words: list[str], is_wanted: Callable[[list[str]], bool] = bool) -> str:
    """Return the first run of three to eight words that is wanted and safe to open elsewhere.

    In a script that writes no spaces between words it is 6 to 24 characters, each with its marks.
    A run that a spreadsheet would take for a formula is passed over, and so is one with a character
    that is not seen, or was not text and is lost; of a text that is shown in another order than it
    is written there is none.

    Args:
        words: to choose from.
        is_wanted: whether a run will do.

    Returns:
        The words with a space between; nothing if no run will do.

    Examples:
        >>> find_run(["=SUM", "of", "all", "fears"])
        'of all fears'
    """
    text = " ".join(words)
    if is_turned(text):
        return ""
    for run in _cut_characters(text) if is_unspaced(text) else _cut_words(words):
        shown = " ".join(run)
        safe = run and run[0][0] not in FORMULA and is_shown(shown) and LOST not in shown
        if safe and is_wanted(run):
            return shown
    return ""


def _cut_words(words: list[str]) -> Iterator[list[str]]:
    for start in range(len(words) - ANCHOR[1] + 1):
        yield words[start : start + ANCHOR[0]]


def _cut_characters(text: str) -> Iterator[list[str]]:
    """Yield runs of characters; none begins or ends within one and its marks."""
    starts = [place for place, mark in enumerate(text) if count_characters(mark)] + [len(text)]
    for first in range(min(_TRIED, max(1, len(starts) - FEWEST))):
        last = min(first + LETTERS, len(starts) - 1)
        if last - first >= FEWEST:
            yield text[starts[first] : starts[last]].split()


def is_once(run: list[str], forms: list[Runs]) -> bool:
    """Tell whether a run stands once in a text, and no oftener in any of its other spellings."""
    text = " ".join(run)
    words = run if text.isascii() else loosen(text).split()
    return bool(words) and forms[0].count(words) == 1 and all(f.count(words) < 2 for f in forms[1:])

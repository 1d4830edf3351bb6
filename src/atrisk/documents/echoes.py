"""Echoes: what of a coded case a passage names again: its places, and facts that it may tell, too.

Nothing here decides: a place behind a question mark stands where a place would, and an echo is a
row to look at before the same fact is coded twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import ImpreciseDate
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, began, ended
from atrisk.documents.folding import flatten
from atrisk.documents.months import MONTHS, WEEKDAYS

Floats = NDArray[np.float64]
Days = tuple[date, date]
MOST = 3  # echoes that are told of one passage
LONGEST = timedelta(days=31)  # of what is an event; a condition that lasts is echoed by everything
SHORTEST_NAME = 3
# Words behind which a name with a capital is likely to be a place's.
_BEFORE = re.compile(
    r"\b(?:in|at|to|near|around|outside|towards?|à|dans|près de|vers|en|cerca de|hacia|em|"
    r"perto de) ",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){0,2}")


class Places:
    """The places that coded rows of a country name.

    Args:
        cases: whose rows count where they are of the country.
        country: its ISO 3166-1 code.
    """

    def __init__(self, cases: Iterable[Case], country: str) -> None:
        rows = [i for case in cases if case.header.country == country for i in case.evidence]
        names = {name for row in rows if not row.confidential for name in list_places(row)}
        self._known = {flatten(name): name for name in sorted(names)}
        longest = sorted(self._known, key=len, reverse=True)
        self._any = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest)) or '(?!)'})\b")

    def find(self, text: str) -> list[str]:
        """Return the places of a text in its order; one that only may be a place ends in ``?``."""
        plain = flatten(text)
        found = [(m.start(), self._known[m.group()]) for m in self._any.finditer(plain)]
        taken = {at for start, name in found for at in range(start, start + len(name))}
        for word in _BEFORE.finditer(text):
            name = _NAME.match(text, word.end())
            if name and name.start() not in taken and not _is_time(name.group()):
                found.append((name.start(), f"{name.group()}?"))
        return list(dict.fromkeys(name for _, name in sorted(found)))


def list_places(row: Evidence) -> list[str]:
    """Return the names in the cell ``place`` of a row."""
    names = (name.strip() for name in re.split(r"[;,()/]", row.place))
    return [name for name in names if len(name) >= SHORTEST_NAME and name[0].isupper()]


def _is_time(name: str) -> bool:
    return any(word in MONTHS or word in WEEKDAYS for word in flatten(name).split())


class Echoes:
    """The events of a case, by when and where they were.

    Args:
        case: whose rows; a confidential one is echoed by nothing.
    """

    def __init__(self, case: Case) -> None:
        self._events: dict[str, tuple[Evidence, Days]] = {}
        for row in case.evidence:
            source = case.source_by_id[row.source]
            end = ended(row, source)
            first, last = began(row, source)[0], end[1] if end else date.max
            if not row.confidential and last - first <= LONGEST:
                self._events[row.id] = row, (first, last)

    def find(
        self, dates: Sequence[str], places: Sequence[str], near: dict[str, float]
    ) -> list[str]:
        """Return what ``find_rows`` does, each as its claim or row, and when and where it was."""
        return [f"{name} ({told})" for name, _, told in self.find_rows(dates, places, near)]

    def find_rows(
        self, dates: Sequence[str], places: Sequence[str], near: dict[str, float]
    ) -> list[tuple[str, Evidence, str]]:
        """Return the claims, or rows, that a passage may tell again, the likeliest first.

        Args:
            dates: that the passage names, as ``name_dates`` writes them.
            places: that it names.
            near: how like it each row is, by the row's id.

        Returns:
            The claim, or the id of a row without one; a row that tells it; when and where it was.
        """
        spans = list(_read_spans(dates))
        found: dict[str, tuple[bool, float, Evidence, str]] = {}
        for name, (row, (first, last)) in self._events.items():
            if not any(first <= end and start <= last for start, end in spans):
                continue
            shared = [place for place in list_places(row) if place in places]
            score = len(shared) > 0, near.get(name, 0)
            told = ", ".join([row.start.text, *shared])
            key = row.claim or name
            if any(score) and (key not in found or score > found[key][:2]):
                found[key] = (*score, row, told)
        best = sorted(found.items(), key=lambda one: (not one[1][0], -one[1][1], one[0]))[:MOST]
        return [(key, row, told) for key, (_, _, row, told) in best]


def _read_spans(dates: Iterable[str]) -> Iterator[Days]:
    for one in dates:
        with suppress(ValueError):  # what is left in the text's words is no date
            when = ImpreciseDate.parse(one.partition(" (inferred")[0])
            if when.earliest and when.latest and when.latest - when.earliest <= LONGEST:
                yield when.earliest, when.latest

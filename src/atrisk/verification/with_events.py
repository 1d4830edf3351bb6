"""With events: what rows that were derived from counted events add to a case's score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Unpack

import numpy as np

from atrisk.base.errors import RequestError, require
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.events.derive import split_events
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess
from atrisk.scoring.view import View, check_view


@dataclass(frozen=True, eq=False)
class EventShare(Result):
    """A case scored from everything, from documents alone, and from counted events alone.

    ``to_rows`` gives a row a month: the three scores with their bands, what events change
    (``difference``: everything less documents), and the width of the interval with and without
    them. A score is None where that part of the record holds nothing.

    Attributes:
        everything: the case as it is.
        documents, events: from a part of its rows; None where nothing of it was known in time.
    """

    about = "everything"

    everything: Assessment = field(repr=False)
    documents: Assessment | None = field(repr=False)
    events: Assessment | None = field(repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row a month."""
        return [self._compare(place) for place in range(len(self.everything.months))]

    def _compare(self, place: int) -> Row:
        score, band, width = _tell(self.everything, place)
        documents, documents_band, documents_width = _tell(self.documents, place)
        events, events_band, _ = _tell(self.events, place)
        return {
            "month": self.everything.months[place],
            "score": score,
            "band": band,
            "documents": documents,
            "documents_band": documents_band,
            "events": events,
            "events_band": events_band,
            "difference": None if score is None or documents is None else score - documents,
            "width": width,
            "documents_width": documents_width,
        }

    def __repr__(self) -> str:
        rows = [row for row in self.to_rows() if row["difference"] is not None]
        moved = np.mean([abs(row["difference"]) for row in rows]) if rows else 0.0
        derived = sum(bool(row.derived) for row in self.everything.case.evidence)
        return self._tell(
            f"EventShare({self.everything.subject}: {derived} of "
            f"{len(self.everything.case.evidence)} rows come from counted events; without them "
            f"a month's score differs by {moved:.3f} on average)"
        )


def compare_events(case: Case, framework: Framework, **view: Unpack[View]) -> EventShare:
    """Score a case with and without the rows that were derived from counted events.

    Args:
        case: with such rows, from ``add_events`` or ``atrisk import events``.
        framework: from ``load_framework``.
        view: as in ``assess``.

    Raises:
        RequestError: no row of the case was derived from events, or nothing was known by then.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2020-2021")
        >>> compare_events(case, atrisk.load_framework("un-foa-2014"))
        Traceback (most recent call last):
            ...
        atrisk.base.errors.RequestError: no row of car-2020-2021 was derived from counted events;
        add some with add_events, or `atrisk import events FILE --case CASE`
    """
    check_view(view)
    require(case, Case, "load it with load_case('car-2012-2015')")
    if not any(row.derived for row in case.evidence):
        raise RequestError(
            f"no row of {case.id} was derived from counted events; add some with add_events, or "
            "`atrisk import events FILE --case CASE`"
        )
    everything = assess(case, framework, **view)
    documents, events = split_events(everything.case)
    return EventShare(
        everything,
        _try(documents, framework, view),
        _try(events, framework, view),
    )


def _try(part: Case, framework: Framework, view: View) -> Assessment | None:
    """Return a part's assessment; None where nothing of it was known."""
    try:
        return assess(part, framework, **view)
    except RequestError:
        return None


def _tell(now: Assessment | None, place: int) -> tuple[float | None, str | None, float | None]:
    """Return the score of a month, its band, and the width of its interval."""
    if now is None or not now.coverage[place]:
        return None, None, None
    return (
        float(now.overall[place]),
        now.bands[place],
        float(now.high[place] - now.low[place]),
    )

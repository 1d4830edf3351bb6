"""Events: what happened in the months in which news raised a score most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from atrisk.base.rows import Row
from atrisk.cases.evidence import Evidence
from atrisk.report.changes import merge_facts
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.comparison import compare_with_last
from atrisk.scoring.explanation import ASSUMED
from atrisk.scoring.news import Changes

MOST = 8  # events that one picture has room for
DIGITS = 2  # a rise that is not seen in the printed score is not told


@dataclass(frozen=True, slots=True)
class Event:
    """The event that raised the score most in a month.

    Attributes:
        place, month: of the month in which its news counted.
        evidence: id of its row.
        when: when it happened, as its row has it.
        where: where it happened; empty if its row does not tell.
        text: what happened, unless it is confidential.
        part: what it added to the score.
        news: what everything that happened since the month before added or took away.
    """

    place: int
    month: str
    evidence: str
    when: str
    where: str
    text: str
    part: float
    news: float


def list_events(assessment: Assessment, changes: Changes) -> tuple[Event, ...]:
    """Return the events of the months in which news raised the score most, in time.

    A month has an event if a fact of that month or of the one before added to its score by what
    happened (``split_changes``: news); the one that added most is told.

    Args:
        assessment: from ``assess``.
        changes: of that assessment, from ``split_changes``.

    Returns:
        At most eight; none where nothing that happened raised the score by a hundredth.
    """
    found: list[Event] = []
    for place in np.argsort(-changes.news, kind="stable").tolist():
        if len(found) == MOST or round(changes.news[place], DIGITS) <= 0:
            break
        found += _find_event(assessment, place, float(changes.news[place]))
    return tuple(sorted(found, key=lambda event: event.place))


def _find_event(assessment: Assessment, place: int, news: float) -> Iterator[Event]:
    """Yield the fact that happened in a month and added most to its score; nothing if none did."""
    before, now = assessment.months[place - 1 : place + 1]
    rows = [
        row
        for row in merge_facts(compare_with_last(assessment, place))
        if row["evidence"] != ASSUMED and round(row["news"] or 0, DIGITS) > 0
    ]
    evidence = {item.id: item for item in assessment.case.evidence}
    for row in sorted(rows, key=lambda row: -row["news"]):
        item = evidence.get(row["evidence"])
        if item and _happened(item, before, now):
            yield _tell_event(row, item, place, now, news)
            return


def _happened(item: Evidence, before: str, now: str) -> bool:
    """Tell whether a fact began in one of two months, as far as its date tells."""
    day = item.start.earliest
    return day is not None and before <= f"{day:%Y-%m}" <= now


def _tell_event(row: Row, item: Evidence, place: int, month: str, news: float) -> Event:
    return Event(
        place=place,
        month=month,
        evidence=item.id,
        when=item.start.text,
        where=item.shown("place"),
        text=item.shown("summary"),
        part=row["news"],
        news=news,
    )

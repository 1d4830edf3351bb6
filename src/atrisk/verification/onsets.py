"""Onsets: whether alarms stood before what they are to warn of, case by case and tier by tier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.frameworks.outcomes import OutcomeRules
from atrisk.verification.statistics import bound_share
from atrisk.verification.tracks import Spans, Track

Floats = NDArray[np.float64]
MONTHS = 12  # of a year


@dataclass(frozen=True, slots=True)
class Onset:
    """The first month of a spell at or above what counts.

    Attributes:
        place: of the month in its case.
        quiet: months below that are on record before it.
    """

    place: int
    quiet: int


def find_onsets(counts: Floats, at: float, quiet: int) -> list[Onset]:
    """Return the onsets of a case, in time.

    A month at or above is an onset if those of the ``quiet`` months before it that are on record,
    and at least one, are below. In the first month on record nobody can tell an onset from more of
    the same, so it is none.

    Examples:
        >>> counts = np.array([0.0, 30.0, 0.0, 30.0, 0.0, 0.0, 0.0, 30.0])
        >>> [one.place for one in find_onsets(counts, 25, quiet=3)]
        [1, 7]
    """
    found = []
    above, below = counts >= at, counts < at
    for place in range(1, len(counts)):
        before = slice(max(0, place - quiet), place)
        if above[place] and below[before].any() and not above[before].any():
            run = np.flatnonzero(above[:place])
            since = int(run[-1]) + 1 if len(run) else 0
            found.append(Onset(place, int(below[since:place].sum())))
    return found


def is_dated(truths: Mapping[str, Floats], at: float) -> bool:
    """Whether a list dates onsets only: no month that it tells is below, and not all are told."""
    below = any((counts < at).any() for counts in truths.values())
    return not below and any(np.isnan(counts).any() for counts in truths.values())


def list_onsets(
    tracks: Iterable[Track],
    truths: Mapping[str, Floats],
    at: float,
    rules: OutcomeRules,
    *,
    dated: bool = False,
) -> Iterator[Row]:
    """Yield a row for each onset and tier: whether an alarm warned of it, and how long before.

    Args:
        tracks: of the cases.
        truths: counts by month, by case.
        at: from what count on a month is a hit.
        rules: how long before an onset an alarm may be over and still warn of it.
        dated: whether a list dates onsets, so that each count is one, in a case's first month too.
    """
    for track in tracks:
        counts = truths.get(track.case)
        if counts is None:
            continue
        onsets = (
            [Onset(int(place), int(place)) for place in np.flatnonzero(counts >= at)]
            if dated
            else find_onsets(counts, at, rules.quiet)
        )
        for onset in onsets:
            for tier, spans in track.tiers.items():
                first = _find_warning(spans, onset.place, rules.reach)
                yield {
                    "case": track.case,
                    "tier": tier,
                    "onset": track.months[onset.place],
                    "quiet_months": onset.quiet,
                    "alarm": None if first is None else track.months[first],
                    "lead": None if first is None else onset.place - first,
                    "from_start": first == 0,
                    "warned": first is not None and first < onset.place,
                }


def count_alarms(
    tracks: Iterable[Track],
    truths: Mapping[str, Floats],
    at: float,
    horizon: int,
    *,
    dated: bool = False,
) -> Iterator[Row]:
    """Yield a row for each case and tier: its alarms, and those after which nothing came.

    An alarm is false if in none of its months, and of the ``horizon`` after it, so many were
    counted. It is not judged if that is not known, as when it is on at the end of the record, or
    if only onsets are dated and nobody counted the months.
    """
    for track in tracks:
        counts = truths.get(track.case)
        if counts is None:
            continue
        for tier, spans in track.tiers.items():
            judged = [
                None if dated else _judge(counts, at, first, last, horizon) for first, last in spans
            ]
            known = 0 if dated else int((~np.isnan(counts)).sum())
            on = sum((len(counts) if last is None else last) - first for first, last in spans)
            false = sum(one is False for one in judged)
            yield {
                "case": track.case,
                "tier": tier,
                "months": known,
                "alarms": len(spans),
                "judged": sum(one is not None for one in judged),
                "false": false,
                "false_a_year": false * MONTHS / known if known else None,
                "share_of_months": on / len(counts),
            }


def sum_up(onsets: Iterable[Row], alarms: Iterable[Row], level: float) -> Iterator[Row]:
    """Yield a row for each tier over all cases, with exact intervals of its shares."""
    warned, counted = list(onsets), list(alarms)
    for tier in dict.fromkeys(row["tier"] for row in counted):
        mine = [row for row in warned if row["tier"] == tier]
        its = [row for row in counted if row["tier"] == tier]
        hits, judged = sum(row["warned"] for row in mine), sum(row["judged"] for row in its)
        leads = [row["lead"] for row in mine if row["warned"]]
        false, months = sum(row["false"] for row in its), sum(row["months"] for row in its)
        yield {
            "tier": tier,
            "onsets": len(mine),
            "warned": hits,
            "missed": len(mine) - hits,
            **_share("warned_share", hits, len(mine), level),
            "median_lead": float(np.median(leads)) if leads else None,
            "leads_from_start": sum(row["from_start"] for row in mine if row["warned"]),
            "alarms": judged,
            "false": false,
            **_share("false_share", false, judged, level),
            "false_a_year": false * MONTHS / months if months else None,
        }


def _share(name: str, found: int, of: int, level: float) -> Row:
    low, high = bound_share(found, of, level) or (None, None)
    return {name: found / of if of else None, f"{name}_low": low, f"{name}_high": high}


def _find_warning(spans: Spans, onset: int, reach: int) -> int | None:
    """Return the first month of the alarm that is on at an onset, or was within reach before it.

    Of several it is the last that began before the onset, since one that begins with it warns of
    nothing.
    """
    near = [
        first for first, last in spans if first <= onset and (last is None or last > onset - reach)
    ]
    before = [first for first in near if first < onset]
    return (before or near)[-1] if near else None


def _judge(counts: Floats, at: float, first: int, last: int | None, horizon: int) -> bool | None:
    """Tell whether something came during an alarm or soon after; None if that is not known."""
    end = len(counts) if last is None else last + horizon
    window = counts[first:end]
    if (window >= at).any():
        return True
    unknown = np.isnan(window).any() or last is None or end > len(counts)
    return None if unknown else False

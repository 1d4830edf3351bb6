"""Tracks: what a case's months were scored, what rivals said of them, and what came.

Each number stands in the month in which it could be had: a score by what was known then, a rival's
figure from its day of issue. Outcomes are of now, and stand beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import ImpreciseDate, Month
from atrisk.cases.beside import OutcomeFigure, RivalFigure, load_outcomes, load_rivals
from atrisk.cases.case import Case
from atrisk.frameworks.outcomes import OutcomeRule
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy, find_spans
from atrisk.scoring.seen import is_limited

Floats = NDArray[np.float64]
Spans = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, eq=False)
class Track:
    """The months of one case.

    Attributes:
        case, country: ids; cases of one country hang together.
        months: such as ``"2013-09"``.
        score, coverage: by month; the score is NaN where nothing is on record.
        tiers: first and one past the last place of each alarm, by tier; None for one that goes on.
        outcomes: by measure and list, what was counted in each month; NaN where nothing is told.
        rivals: by system and kind, the position of its last figure in each month, from 0 to 1; NaN
            before its day of issue, and when it no longer speaks of the time.
    """

    case: str
    country: str
    months: tuple[str, ...]
    score: Floats = field(repr=False)
    coverage: Floats = field(repr=False)
    tiers: Mapping[str, Spans] = field(repr=False)
    outcomes: Mapping[tuple[str, str], Floats] = field(repr=False)
    rivals: Mapping[tuple[str, str], Floats] = field(repr=False)

    def list_truths(self, rule: OutcomeRule) -> dict[str, Floats]:
        """Return the counts of a rule's measure by the list that tells them."""
        return {
            name: counts
            for (measure, name), counts in self.outcomes.items()
            if measure == rule.measure
        }


def follow_case(assessment: Assessment, horizon: int) -> Track:
    """Return the track of an assessed case, with the outcomes and rivals that stand beside it.

    Args:
        assessment: of a case that was read from a folder, if outcomes are to be found; one that
            looks from a day sees no outcome and no rival that came out later.
        horizon: months after the period that it speaks of in which a rival's figure still counts.
    """
    case, day = assessment.case, _find_day(assessment)
    beside = case.folder is not None
    outcomes = [one for one in (load_outcomes(case) if beside else ()) if _is_out(one.vintage, day)]
    rivals = [one for one in (load_rivals(case) if beside else ()) if _is_out(one.issued, day)]
    return make_track(
        assessment,
        gather_outcomes(case, outcomes),
        place_rivals(case.months, rivals, horizon),
    )


def _find_day(assessment: Assessment) -> date:
    """Return the day that an assessment looks from, beyond which nothing is seen."""
    limited = is_limited(assessment.outlook, None)
    return assessment.outlook.days[-1] if limited else date.max


def _is_out(when: ImpreciseDate, day: date) -> bool:
    return (when.latest or date.max) <= day


def make_track(
    assessment: Assessment,
    outcomes: Mapping[tuple[str, str], Floats],
    rivals: Mapping[tuple[str, str], Floats],
) -> Track:
    """Return a track of what was found by month of the case; months not assessed are left out."""
    seen = len(assessment.months)
    policy = choose_policy(assessment.framework, assessment.method, None)
    return Track(
        case=assessment.case.id,
        country=assessment.case.header.country,
        months=assessment.months,
        score=assessment.on_record,
        coverage=assessment.coverage,
        tiers={
            name: tuple(find_spans(assessment, policy, watch))
            for name, watch in policy.watches.items()
        },
        outcomes={key: counts[:seen] for key, counts in outcomes.items()},
        rivals={key: values[:seen] for key, values in rivals.items()},
    )


def gather_outcomes(case: Case, figures: Iterable[OutcomeFigure]) -> dict[tuple[str, str], Floats]:
    """Return outcomes by measure and list, whose name stands before the colon of a source.

    Of several vintages of a list the last one counts.
    """
    place = {month: at for at, month in enumerate(case.months)}
    found: dict[tuple[str, str], Floats] = {}
    for one in sorted(figures, key=lambda one: one.vintage.latest or date.max):
        key = one.measure, one.source.partition(":")[0].strip()
        counts = found.setdefault(key, np.full(len(place), np.nan))
        if one.value is not None:
            counts[place[one.month]] = one.value
    return found


def place_rivals(
    months: tuple[Month, ...], figures: Iterable[RivalFigure], horizon: int
) -> dict[tuple[str, str], Floats]:
    """Return where each system's last figure lies in each month, by system and kind.

    A figure counts from the first month on whose last day it was issued for sure, until a later one
    takes its place or ``horizon`` months have passed since the period that it speaks of.
    """
    found: dict[tuple[str, str], Floats] = {}
    dated = [(one.issued.latest, one) for one in figures]
    for issued, one in sorted(
        ((day, one) for day, one in dated if day is not None),
        key=lambda pair: (pair[0], pair[1].start),
    ):
        values = found.setdefault((one.system, one.kind), np.full(len(months), np.nan))
        for at, month in enumerate(months):
            if issued <= month.last_day:
                speaks = month.index <= one.end.index + horizon and one.position is not None
                values[at] = one.position if speaks else np.nan
    return {key: values for key, values in found.items() if not np.isnan(values).all()}

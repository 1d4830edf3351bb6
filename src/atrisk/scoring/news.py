"""News: what happened, and what was learnt about before, apart from one another.

With ``S(t | k)`` the score of month t on what was known by the day k, a change is exactly

    S(t | t) - S(s | s)  =  [S(t | t) - S(s | t)]  +  [S(s | t) - S(s | s)]

news, seen alike for both months, and revision of the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess_outlook

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Changes:
    """How the overall score changed from each month to the next, and why.

    Attributes:
        news: what happened since the month before; 0 in the first month, shape ``(months,)``.
        revision: what was learnt about the month before; 0 in the first.
    """

    news: Floats
    revision: Floats


def split_changes(assessment: Assessment) -> Changes:
    """Split each month's change of the overall score into news and revision.

    Returns:
        Two arrays whose sum is the change from the month before, to 1e-12. With hindsight, or on a
        day, every month is known alike and nothing is revised.

    Examples:
        The paper of September 2015 told of the past:

        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> changes = split_changes(now)
        >>> place = now.place("2015-09")
        >>> bool(changes.revision[place] > changes.news[place])
        True
    """
    overall, outlook = assessment.overall, assessment.outlook
    news, revision = np.zeros(len(overall)), np.zeros(len(overall))
    if len(overall) > 1:
        later = replace(
            outlook, months=outlook.months[:-1], cuts=outlook.cuts[:-1], days=outlook.days[1:]
        )
        again = assess_outlook(assessment, later).overall
        news[1:] = overall[1:] - again
        revision[1:] = again - overall[:-1]
    return Changes(news, revision)


def find_revised(assessment: Assessment, on: float, months: int) -> NDArray[np.bool_]:
    """Tell in which months the score came to a level by what was learnt of the past alone.

    Month t is at ``on`` or above, the month before was below it as it was known then, and on what
    is known by t the score was there in all of the ``months`` before: ``S(t|t) >= on``,
    ``S(t-1|t-1) < on`` and ``S(s|t) >= on`` for ``s`` from ``t - months`` to ``t - 1``.

    Returns:
        Shape ``(months,)``; with hindsight, or on a day, no month.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> find_revised(now, on=0.3, months=3).shape
        (48,)
    """
    asked, memory = ("revised", on, months), assessment.memory
    if asked not in memory:
        memory[asked] = _find_revised(assessment, on, months)
    revised: NDArray[np.bool_] = memory[asked]
    return revised


def _find_revised(assessment: Assessment, on: float, months: int) -> NDArray[np.bool_]:
    overall, outlook = assessment.overall, assessment.outlook
    revised = np.zeros(len(overall), dtype=np.bool_)
    for place in (np.flatnonzero((overall[1:] >= on) & (overall[:-1] < on)) + 1).tolist():
        seen = slice(max(0, place - months), place)
        before = outlook.months[seen]
        days = (outlook.days[place],) * len(before)
        again = replace(outlook, months=before, cuts=outlook.cuts[seen], days=days)
        revised[place] = (assess_outlook(assessment, again).overall >= on).all()
    return revised


def look_again(assessment: Assessment, month: str, later: str) -> Assessment | None:
    """Return an assessment of a month on what was known by a later one; None if it is not later.

    Args:
        assessment: of both months.
        month: that is looked at.
        later: by whose day of knowledge.
    """
    here, there = assessment.place(month), assessment.place(later)
    if here >= there:
        return None
    outlook = assessment.outlook
    seen = slice(here, here + 1)
    by = replace(
        outlook,
        months=outlook.months[seen],
        cuts=outlook.cuts[seen],
        days=(outlook.days[there],),
    )
    return assess_outlook(assessment, by)

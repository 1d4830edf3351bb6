"""Comparison: the difference between two scores, split exactly over the evidence."""

from __future__ import annotations

from atrisk.base.errors import RequestError
from atrisk.base.rows import Row
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.news import look_again


def compare_scores(
    before: tuple[Assessment, str],
    after: tuple[Assessment, str],
    *,
    factor: str | None = None,
    crime: str | None = None,
) -> list[Row]:
    """Split the difference between two scores exactly over the evidence.

    The two may differ in month, in knowledge, in audience or in method: what is compared is a
    score that somebody could have read with another one.

    Args:
        before: an assessment and one of its months.
        after: another one, or the same with another month.
        factor: code of a factor; None for a crime's or the overall score.
        crime: code of a crime; None for the worst one on each side.

    Returns:
        One row for each telling of evidence on an indicator, the largest change first, with its
        contribution ``before`` and ``after`` and the ``change``; the changes sum to the
        difference of the scores to 1e-12. Of two months of one assessment, the earlier first,
        each change is the sum of ``news``, what happened since, and ``revision``, what was learnt
        about the earlier month in between (``split_changes``); else these are None.

    Raises:
        RequestError: a month was not assessed, or nothing bears on either score.
        UnknownNameError: no such factor or crime.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> then = atrisk.assess(case, framework)
        >>> later = atrisk.assess(case, framework, knowledge="retrospective")
        >>> rows = compare_scores((then, "2013-03"), (later, "2013-03"))
        >>> place = then.place("2013-03")
        >>> difference = later.overall[place] - then.overall[place]
        >>> bool(abs(sum(row["change"] for row in rows) - difference) < 1e-12)
        True
    """
    sides = [assessment.contribute(month, factor, crime) for assessment, month in (before, after)]
    again = look_again(*before, after[1]) if before[0] is after[0] else None
    between = again.contribute(before[1], factor, crime) if again else None
    if not any(sides):
        raise RequestError(
            f"nothing on record bears on either score ({before[1]}, {after[1]}); choose others"
        )
    return _subtract(sides[0], between, sides[1])


def compare_with_last(assessment: Assessment, place: int, crime: str | None = None) -> list[Row]:
    """Return ``compare_scores`` of a month and the one before, once for all who ask.

    Args:
        assessment: of both.
        place: of the month, 1 or more.
        crime: as in ``compare_scores``.
    """
    before, now = assessment.months[place - 1 : place + 1]
    worst = set(assessment.worst_crimes[place - 1 : place + 1])
    asked = ("compared", place, crime or (worst.pop() if len(worst) == 1 else None))
    if asked not in assessment.memory:
        rows = compare_scores((assessment, before), (assessment, now), crime=asked[2])
        assessment.memory[asked] = rows
    found: list[Row] = assessment.memory[asked]
    return found


def _subtract(before: list[Row], between: list[Row] | None, after: list[Row]) -> list[Row]:
    """Return what changed between two explanations, by telling, the largest change first.

    Args:
        before: what the earlier score rests on.
        between: the same, on what was known by the later one; None if the two cannot be told apart.
        after: what the later score rests on.
    """
    sides = [
        {(row["evidence"], row["indicator"] or row["factor"]): row for row in rows}
        for rows in (before, after, between or [])
    ]
    rows = []
    for key in dict.fromkeys([*sides[1], *sides[0], *sides[2]]):
        then, now, again = (side.get(key, {}).get("contribution", 0.0) for side in sides)
        row = dict(next(side[key] for side in (sides[1], sides[0], sides[2]) if key in side))
        del row["contribution"]
        parts = (None, None) if between is None else (now - again, again - then)
        rows.append(
            {"evidence": key[0], "change": now - then, "news": parts[0], "revision": parts[1]}
            | {"before": then, "after": now}
            | row
        )
    return sorted(rows, key=lambda row: -abs(row["change"]))

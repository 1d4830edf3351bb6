"""Annex: what every number of the page rests on, month by month and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.explanation import ASSUMED, share_score

SHOWN = 8  # parts of a cell that are listed; the rest is summed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """What one row of evidence adds to a score, by way of one indicator; or what is assumed."""

    evidence: str
    indicator: str
    value: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One factor in one month.

    Attributes:
        code, title: of the factor.
        score, before: now and the month before; None where it was not assessed.
        band: of the score.
        parts: the largest, which with ``rest`` sum to the score.
        others, rest: how many more there are, and their sum.
    """

    code: str
    title: str
    score: float | None
    before: float | None
    band: str | None
    parts: tuple[Part, ...]
    others: int
    rest: float


@dataclass(frozen=True, slots=True)
class MonthPage:
    """One month: the score and its factors."""

    month: str
    score: Row
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row in which an indicator rests on the same evidence."""

    first: str
    last: str
    values: tuple[float, ...]
    evidence: tuple[str, ...]


def list_months(assessment: Assessment) -> tuple[tuple[MonthPage, ...], dict[str, list[Stretch]]]:
    """Open every number of an assessment.

    Returns:
        A page for each month, and for each indicator that is ever above zero its stretches.
    """
    pages: list[MonthPage] = []
    stretches: dict[str, list[Stretch]] = {}
    scores = assessment.to_rows("overall")
    factors = _by_month(assessment)
    for place, month in enumerate(assessment.months):
        rows = _list_parts(assessment, place)
        before = factors[place - 1] if place else {}
        cells = tuple(_list_cells(assessment, place, rows, factors[place], before))
        pages.append(MonthPage(month, scores[place], cells))
        _extend(stretches, assessment, place, rows)
    codes = [code for code in assessment.framework.indicators if code in stretches]
    return tuple(pages), {code: stretches[code] for code in codes}


def _by_month(assessment: Assessment) -> list[dict[str, Row]]:
    months: dict[str, dict[str, Row]] = {month: {} for month in assessment.months}
    for row in assessment.to_rows("factor"):
        months[row["month"]][row["factor"]] = row
    return list(months.values())


def _list_parts(assessment: Assessment, place: int) -> list[Row]:
    """Return how each indicator's own intensity splits over its evidence in one month."""
    whole = np.ones(len(assessment.framework.indicators))
    tellings = assessment.intensity.tellings
    indicators = tuple(assessment.framework.indicators.values())
    shares = share_score(assessment.framework, assessment.intensity, place, whole)
    return [
        {
            "evidence": tellings.items[tellings.item[telling]].id,
            "indicator": indicators[tellings.indicator[telling]].code,
            "factor": indicators[tellings.indicator[telling]].factor,
            "contribution": part,
        }
        for telling, part in shares.items()
    ]


def _list_cells(
    assessment: Assessment,
    place: int,
    rows: list[Row],
    now: dict[str, Row],
    before: dict[str, Row],
) -> Iterator[Cell]:
    position = {code: n for n, code in enumerate(assessment.framework.indicators)}
    by_factor: dict[str, list[Row]] = {code: [] for code in now}
    for row in rows:
        by_factor[row["factor"]].append(row)
    for code, score in now.items():
        multipliers = assessment.multiply(place, code)
        parts = [
            Part(row["evidence"], row["indicator"], part)
            for row in by_factor[code]
            if (part := float(row["contribution"] * multipliers[position[row["indicator"]]]))
        ]
        assumed = assessment.assume(place, code)
        parts += [Part(ASSUMED, "", assumed)] * bool(assumed and score["score"] is not None)
        parts.sort(key=lambda part: -abs(part.value))
        yield Cell(
            code,
            score["title"],
            score["score"],
            before[code]["score"] if code in before else None,
            score["band"],
            tuple(parts[:SHOWN]),
            len(parts[SHOWN:]),
            sum(part.value for part in parts[SHOWN:]),
        )


def _extend(
    stretches: dict[str, list[Stretch]], assessment: Assessment, place: int, rows: list[Row]
) -> None:
    """Add a month to the stretches of each indicator that is above zero in it."""
    month = assessment.months[place]
    resting: dict[str, list[str]] = {}
    for row in rows:
        resting.setdefault(row["indicator"], []).append(row["evidence"])
    for column, code in enumerate(assessment.framework.indicators):
        value = float(assessment.indicators[place, column])
        if value == 0:
            continue
        evidence = tuple(sorted(resting.get(code, ())))
        mine = stretches.setdefault(code, [])
        last = assessment.months[place - 1] if place else ""
        if mine and (mine[-1].last, mine[-1].evidence) == (last, evidence):
            old = mine.pop()
            mine.append(Stretch(old.first, month, (*old.values, value), evidence))
        else:
            mine.append(Stretch(month, month, (value,), evidence))

"""Effects: what a row would change of a case's scores, before it is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from atrisk.base.errors import AtriskError, DataError
from atrisk.base.output import tell_count
from atrisk.base.rows import Row
from atrisk.base.tables import Table, read_rows
from atrisk.cases.evidence import Evidence, knowledge_day
from atrisk.cases.tables import KEYS, TABLES
from atrisk.cli.desk.saving import Cells, Tables
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import Rescored, assess, rescore
from atrisk.studies.reading import measure_reading

SCORED = ("evidence", "searches")  # tables whose rows move a score
MONTHS, FACTORS = 6, 3  # that are told, those that move most
STEPS, REPEATS = 4, 5  # of the reading curve; `atrisk reading` draws it finer
DIGITS = 3  # that a change must reach to be told


def measure_effect(tables: Tables, table: str, cells: Cells, was: Cells | None) -> Row:
    """Return how far a row would move the months and factors of the case.

    Args:
        tables: of the case as it is.
        table: of the row.
        cells: of the row, without a fault.
        was: the row that it stands for; None for a new one.

    Returns:
        ``counts_from``, the day on which it became known; ``months`` with their score before and
        after; ``factors`` that move most in the month that moves most; ``why`` nothing is told,
        else empty.
    """
    if table not in SCORED:
        return {"months": [], "factors": [], "why": "rows of this table move no score"}
    rows: Table[Any] = read_rows(table, [cells], TABLES[table], KEYS.get(table, "id"))
    (row,) = rows.records
    try:
        before = tables.assess()
        after = _rescore(tables, before, row, was)
    except AtriskError as error:
        return {"months": [], "factors": [], "why": _say_why(error)}
    moved = np.where(after.coverage > 0, after.overall - (before.overall if before else 0.0), 0.0)
    order = [p for p in np.argsort(-abs(moved), kind="stable") if round(moved[p], DIGITS)]
    months = tables.months
    source = next((one for one in tables.read("sources").records if one.id == row.source), None)
    return {
        "counts_from": knowledge_day(row, source).isoformat(),
        "months": [
            {"month": str(months[place])} | _tell_month(before, after, int(place))
            for place in sorted(order[:MONTHS])
        ],
        "factors": _tell_factors(tables, before, after, int(order[0])) if order else [],
        "why": "" if order else "it moves no month by a thousandth",
    }


def _rescore(
    tables: Tables, before: Assessment | None, row: Any, was: Cells | None
) -> Assessment | Rescored:
    """Return the scores with a row in its place, or as the first of the case."""
    if before is None:
        name = "evidence" if isinstance(row, Evidence) else "searches"
        only: dict[str, Any] = {name: (row,)}
        return assess(replace(tables.load(), checked=True, **only), tables.framework)
    known = {item.id for item in before.case.items}
    return rescore(before, add=[row], drop=known & {was["id"]} if was else ())


def _tell_month(before: Assessment | None, after: Assessment | Rescored, place: int) -> Row:
    old = None if before is None or not before.coverage[place] else float(before.overall[place])
    return {
        "before": old,
        "after": float(after.overall[place]),
        "band": after.bands[place],
    }


def _tell_factors(
    tables: Tables, before: Assessment | None, after: Assessment | Rescored, place: int
) -> list[Row]:
    moved = after.factors[place] - (before.factors[place] if before else 0.0)
    moved = np.where(after.by_factor.coverage[place] > 0, moved, 0.0)
    factors = list(tables.framework.factors.values())
    order = [n for n in np.argsort(-abs(moved), kind="stable") if round(moved[n], DIGITS)]
    return [
        {"factor": factors[n].code, "title": factors[n].title, "change": float(moved[n])}
        for n in order[:FACTORS]
    ]


def measure_coverage(tables: Tables) -> Row:
    """Return how much of the framework the last month covers, and what nobody looked at.

    Returns:
        ``coverage`` from 0 to 1, ``unseen`` factors, ``rows`` of evidence; ``why`` nothing is told.
    """
    try:
        now = tables.assess()
    except AtriskError as error:
        return {"coverage": None, "unseen": [], "rows": 0, "why": _say_why(error)}
    if now is None:
        return {"coverage": None, "unseen": [], "rows": 0, "why": "nothing is coded yet"}
    looked = now.by_factor.coverage.max(axis=0) > 0
    covered = now.by_indicator.coverage.max(axis=0) > 0
    factors = list(now.framework.factors.values())
    return {
        "coverage": float(now.coverage[-1]),
        "indicators": int(covered.sum()),
        "of": len(covered),
        "unseen": [
            {"factor": one.code, "title": one.title}
            for one, seen in zip(factors, looked, strict=True)
            if not seen
        ],
        "rows": len(now.case.evidence),
        "why": "",
    }


def _say_why(error: AtriskError) -> str:
    """Say why nothing is told: of faults of the files how many rows have some."""
    if not isinstance(error, DataError):
        return str(error).splitlines()[0]
    files = dict.fromkeys(Path(fault.file).name for fault in error.problems)
    rows = tell_count(len({(one.file, one.line) for one in error.problems}), "row")
    return f"{', '.join(files)}: {rows} to complete before anything can be scored"


def measure_curve(tables: Tables) -> Row:
    """Return the mean score from growing parts of the record, and what the second half added.

    Returns:
        ``curve``, rows of ``measure_reading``, and ``doubling``; ``why`` nothing is told.
    """
    try:
        case = tables.load()
        if len(case.evidence) < STEPS:
            return {"curve": [], "doubling": None, "why": "too few rows to say"}
        found = measure_reading(case, tables.framework, steps=STEPS, repeats=REPEATS)
    except AtriskError as error:
        return {"curve": [], "doubling": None, "why": _say_why(error)}
    flat = "the curve has flattened" if found.is_flat else "the curve has not flattened"
    return {
        "curve": found.to_rows("curve"),
        "doubling": found.doubling,
        "verdict": f"of the next facts, an estimated {found.sample_coverage:.0%} would fall on "
        f"indicators that have evidence already; {flat}: the second half of the rows changed the "
        f"mean score by {found.doubling:+.3f}",
        "why": "",
    }

"""Tracks of one's own, tables of events of one's own, and copies of cases that ship."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

import atrisk
from atrisk import EventTable
from atrisk.base.dates import Month, list_months
from atrisk.verification.tracks import Spans, Track
from toys import ROOT

MEASURE = "one-sided-deaths"
LIST = "a list"
GED = "country,country_id,date_end,date_prec,type_of_violence,side_a,best,low,high,deaths_civilians"
COUNTS = "country,month,kind,actor,events,deaths"
NAN = float("nan")


def months(count: int, first: str = "2020-01") -> tuple[str, ...]:
    begin = Month.parse(first)
    return tuple(str(one) for one in list_months(begin, Month(begin.index + count - 1)))


def track(
    counts: Sequence[float],
    score: Sequence[float] | None = None,
    *,
    case: str = "made",
    country: str = "CAF",
    spans: Spans = (),
    rivals: Mapping[tuple[str, str], Sequence[float]] | None = None,
) -> Track:
    """Return the months of one case: what was counted, the score, and one tier's alarms."""
    told = np.array(counts, dtype=np.float64)
    return Track(
        case=case,
        country=country,
        months=months(len(told)),
        score=np.linspace(0, 1, len(told)) if score is None else np.array(score),
        coverage=np.full(len(told), 0.5),
        tiers={"alert": spans},
        outcomes={(MEASURE, LIST): told},
        rivals={key: np.array(values) for key, values in (rivals or {}).items()},
    )


def truths(*tracks: Track) -> dict[str, NDArray[np.float64]]:
    """Return what the list counted, by case."""
    return {one.case: one.outcomes[MEASURE, LIST] for one in tracks}


def event_table(*lines: str, head: str = COUNTS, name: str = "made.csv") -> EventTable:
    """Return the table of some lines, in the layout ``counts`` unless another header is given."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return atrisk.read_events(file)


def ged(*events: tuple[str, int], country: str = "Central African Republic,482") -> EventTable:
    """Return a table of UCDP: the day and the deaths of attacks by the state on civilians."""
    lines = [f"{country},{day},1,3,Government of X,{n},{n},{n},{n}" for day, n in events]
    return event_table(*lines, head=GED)


def copy_case(folder: Path, name: str = "car-2020-2021") -> Path:
    """Copy a case that ships, and return the copy's folder."""
    return Path(shutil.copytree(ROOT / "cases" / name, folder / name))


@cache
def own_tables() -> EventTable:
    """Return counts of four countries in two years, one of them of nothing that a rule reaches."""
    generator = np.random.default_rng(7)
    lines = [
        f"{country},{month},{kind},{actor},{1 + deaths // 9},{deaths}"
        for country, scale in (("MLI", 60), ("BFA", 25), ("NER", 8))
        for month in months(24, "2018-01")
        for kind, actor in (("battle", "state"), ("one-sided", "non-state"))
        if (deaths := int(generator.integers(0, scale))) > scale // 3
    ]
    return event_table(*lines, "SEN,2018-06,other,unknown,1,0")

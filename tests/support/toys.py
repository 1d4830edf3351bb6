"""Small frameworks and cases for the tests, and how to make more of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st

from atrisk import Case, Evidence, Framework, Source, load_case, load_framework
from atrisk.cases.tables import CaseHeader

TESTS = Path(__file__).parents[1]
HERE = TESTS / "data"
ROOT = TESTS.parent
DOCUMENTS = ROOT.parent / "shared" / "documents"
INDICATORS = ("1.1", "1.2", "2.1", "2.2", "3.1")
FIRST = date(2020, 1, 1)
MONTHS = 6

THREE_FACTOR: Framework = load_framework(HERE / "frameworks" / "three-factor")
MINI: Case = load_case(HERE / "cases" / "mini", THREE_FACTOR)

HEADER = CaseHeader.model_validate(
    {
        "id": "made",
        "title": "A made case",
        "country": "CAF",
        "start": "2020-01",
        "end": f"2020-{MONTHS:02d}",
        "framework": "three-factor",
        "licence": "CC-BY-4.0",
        "caveat": "A toy.",
    }
)
SOURCES = tuple(
    Source.model_validate(
        {
            "id": f"source-{letter.lower()}",
            "title": "t",
            "publisher": "p",
            "published": "2020-12-31",
            "kind": "k",
            "reliability": letter,
            "sha256": "",
        }
    )
    for letter in "ABCDEF"
)


def evidence(name: str = "made", **cells: Any) -> Evidence:
    """Return one row: severity 4, grade A1, in February 2020, unless the cells say otherwise."""
    row = {
        "id": name,
        "source": "source-a",
        "locator": "p. 1",
        "quote": "three plain words",
        "start": "2020-02",
        "end": "",
        "known": "2020-02",
        "audience": "public",
        "indicators": "2.1",
        "direction": "aggravating",
        "severity": "4",
        "credibility": "1",
        "claim": "",
        "actors": "",
        "population": "",
        "place": "",
        "summary": "s",
    }
    return Evidence.model_validate(row | {key: str(value) for key, value in cells.items()})


def case_of(*rows: Evidence) -> Case:
    """Return a case of six months in 2020 with these rows."""
    return Case(HEADER, SOURCES, rows)


@st.composite
def rows_of_evidence(draw: st.DrawFn, name: str = "e0") -> Evidence:
    """Draw a valid row: any dates in 2020, any grade, direction, audience and claim."""
    began = draw(st.integers(0, 180))
    lasted = draw(st.one_of(st.none(), st.just(-1), st.integers(0, 90)))
    learnt = draw(st.one_of(st.none(), st.integers(0, 120)))
    direction = draw(st.sampled_from(["aggravating", "aggravating", "mitigating"]))
    claim = draw(st.sampled_from(["", "", "one", "two"]))
    codes = draw(st.lists(st.sampled_from(INDICATORS), min_size=1, max_size=3, unique=True))
    end = {None: "", -1: ".."}.get(lasted, "a day")
    return evidence(
        name,
        source=draw(st.sampled_from([source.id for source in SOURCES])),
        start=_write(draw, began),
        end=_write(draw, began + (lasted or 0)) if end == "a day" else end,
        known="" if learnt is None else _write(draw, began + learnt),
        audience=draw(st.sampled_from(["public", "council", "internal"])),
        indicators=";".join(codes),
        direction=direction,
        severity=draw(st.integers(1, 4)),
        credibility=draw(st.integers(1, 6)),
        claim=f"{claim}-{direction}" if claim else "",
    )


@st.composite
def cases(draw: st.DrawFn, min_rows: int = 1, max_rows: int = 6) -> Case:
    """Draw a case of a few rows, at least one of them known within its months."""
    count = draw(st.integers(min_rows, max_rows))
    rows = [draw(rows_of_evidence(f"e{place}")) for place in range(count)]
    return case_of(evidence("anchor"), *rows)


def _day(offset: int) -> str:
    return str(FIRST + timedelta(days=offset))


def _write(draw: st.DrawFn, offset: int) -> str:
    """Write a day to the day, or only to its month."""
    return _day(offset)[: draw(st.sampled_from([10, 7]))]

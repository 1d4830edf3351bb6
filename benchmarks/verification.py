"""How far scores and alarms went before what happened; written into docs/verification.md.

::

    python benchmarks/verification.py docs/verification.md [--outcomes ../shared/outcomes]

The first tables rest on the shipped cases alone, and a test recomputes them. With a folder of
outcomes beside the checkout, a panel of every country is scored from counted events too; what that
table says is written between marks of its own and recomputed where the folder is there.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import atrisk
from atrisk.base.rows import Row
from atrisk.verification.sample import COVERAGE, SCORE
from atrisk.verification.statistics import measure_auc

SHIPPED = ("<!-- shipped: begin -->\n", "<!-- shipped: end -->\n")
PANEL = ("<!-- panel: begin -->\n", "<!-- panel: end -->\n")
COUNTED = "ucdp_country_month_1989-01_2021-03.csv.gz"
RELEASED = date(2021, 6, 1)
OUTCOMES = ("civilians-25", "civilians-100")
HORIZONS = (0, 1, 3, 6)
UN = atrisk.load_framework("un-foa-2014")


def main() -> None:
    """Write the tables into the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=Path)
    parser.add_argument("--outcomes", type=Path)
    given = parser.parse_args()
    text = given.page.read_text(encoding="utf-8")
    text = put(text, SHIPPED, "\n".join(list_shipped()) + "\n")
    if given.outcomes:
        text = put(text, PANEL, "\n".join(list_panel(given.outcomes / COUNTED)) + "\n")
    given.page.write_text(text, encoding="utf-8")


def put(text: str, marks: tuple[str, str], told: str) -> str:
    """Return a page with what stands between two marks replaced."""
    head, _, rest = text.partition(marks[0])
    _, _, tail = rest.partition(marks[1])
    return head + marks[0] + told + marks[1] + tail


def list_shipped() -> Iterator[str]:
    """Yield the tables that rest on the shipped cases."""
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    for outcome in OUTCOMES:
        found = atrisk.verify(cases, UN, outcome=outcome)
        yield from (f"### {found.outcome.label[0].upper()}{found.outcome.label[1:]}", "")
        yield from (f"{found.describe()}", "")
        yield from tabulate(found.to_rows("levels"), ("auc", "average_precision", "rank", "brier"))
        yield from ("", "Changes over three months, beside the change that came:", "")
        yield from tabulate(found.to_rows("changes"), ("auc", "rank"))
        yield from ("", "Alarms:", "")
        yield from tabulate_alarms(found.to_rows("alarms"))
        yield from ("", "Rivals, and the score in the months in which they had spoken:", "")
        yield from tabulate_rivals(found.to_rows("rivals"))
        yield from ("", "Probabilities that were learnt on other countries:", "")
        yield from tabulate_told(found.to_rows("reliability"))
        yield ""
    yield from ("### By how far ahead one looks", "")
    yield "| outcome, months ahead | " + " | ".join(("score", *_baselines())) + " |"
    yield "| --- |" + " --- |" * (1 + len(_baselines()))
    for outcome in OUTCOMES:
        for horizon in HORIZONS:
            found = atrisk.verify(cases, UN, outcome=outcome, horizon=horizon, draws=20)
            rows = {row["predictor"]: row["auc"] for row in found.levels}
            cells = [f"{rows[name]:.2f}" for name in (SCORE, *_baselines())]
            yield f"| {outcome}, {horizon} | {' | '.join(cells)} |"
    yield from ("", "### Onsets that lists date", "")
    dated = atrisk.verify(cases, UN, outcome="mass-killing")
    yield "| list | case | onset | watch | alert | emergency |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from tabulate_onsets(dated.to_rows("onsets"))
    yield from ("", "### Onsets that counts date", "")
    yield "| outcome | case | onset | watch | alert | emergency |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for outcome in OUTCOMES:
        found = atrisk.verify(cases, UN, outcome=outcome, draws=20)
        yield from tabulate_onsets([r | {"truth": outcome} for r in found.to_rows("onsets")])


def _baselines() -> tuple[str, ...]:
    from atrisk.verification import sample

    return (sample.LAST, sample.AVERAGE, sample.PAST, COVERAGE)


def list_panel(file: Path) -> Iterator[str]:
    """Yield what a panel of every country says, scored from counted events alone."""
    with tempfile.TemporaryDirectory() as folder:
        table = atrisk.read_events(write_counts(file, Path(folder) / "ucdp-by-month.csv"))
    begun = time.perf_counter()
    view: Any = {"published": RELEASED, "knowledge": "retrospective"}
    panel = atrisk.score_panel(table, UN, **view)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield (
        f"{len(table.countries())} countries x {len(panel.months)} months: {len(panel.tracks)} "
        f"countries have a month that a rule reaches, {len(panel.rows):,} country-months a score. "
        f"Scored in {seconds:.0f} s on two cores, {peak:.0f} MiB at the peak of the whole process."
    )
    for outcome in OUTCOMES:
        found = panel.verify(outcome=outcome, draws=50)
        yield from ("", f"{found.outcome.label[0].upper()}{found.outcome.label[1:]}:", "")
        yield from tabulate(found.to_rows("levels"), ("auc", "average_precision", "rank", "brier"))
    yield from ("", "What documents add, in the cases that have both, on the same months:", "")
    yield from compare_parts(table)


def compare_parts(table: atrisk.EventTable) -> Iterator[str]:
    """Yield how the score fares from documents, from events, and from both, on the same months."""
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    both = [case for one in cases if (case := _try_events(one, table)) is not None]
    parts = {
        "documents": [atrisk.split_events(case)[0] for case in both],
        "events": [atrisk.split_events(case)[1] for case in both],
        "both": both,
    }
    told = {name: _score_months(made) for name, made in parts.items()}
    shared = sorted(set.intersection(*map(set, told.values())))
    yield from (f"{len(both)} of {len(cases)} cases have such rows.", "")
    yield "| scored from, with hindsight | months | hits | auc |"
    yield "| --- | --- | --- | --- |"
    for name, rows in told.items():
        hit = np.array([rows[key]["came"] for key in shared])
        auc = measure_auc(np.array([rows[key][SCORE] for key in shared]), hit)
        yield f"| {name} | {len(shared)} | {hit.sum()} | {auc:.2f} |"


def _score_months(cases: list[atrisk.Case]) -> dict[tuple[str, str], Row]:
    """Return what was told of each month, by case and month."""
    view: Any = {"knowledge": "retrospective"}
    rows = atrisk.verify(cases, UN, draws=20, **view).to_rows("months")
    return {(row["case"], row["month"]): row for row in rows}


def _try_events(case: atrisk.Case, table: atrisk.EventTable) -> atrisk.Case | None:
    try:
        return atrisk.add_events(case, table, UN, published=RELEASED)
    except atrisk.RequestError:  # nothing was counted there
        return None


def write_counts(file: Path, out: Path) -> Path:
    """Write a table of deaths by country and month in the layout ``counts``."""
    kinds = (("battle", "state", "sb", ""), ("battle", "non-state", "ns", ""))
    kinds += (("one-sided", "unknown", "os", "os_events"),)
    with gzip.open(file, "rt", encoding="utf-8") as stream, out.open("w", newline="") as made:
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow(("country", "month", "kind", "actor", "events", "deaths"))
        for row in csv.DictReader(stream):
            month = f"{int(row['year'])}-{int(row['month']):02}"
            for kind, actor, deaths, events in kinds:
                killed = float(row[deaths] or 0)
                count = int(float(row[events] or 0)) if events else int(killed > 0)
                writer.writerow((row["iso3"], month, kind, actor, count, f"{killed:g}"))
    return out


def tabulate(rows: Iterable[Row], figures: tuple[str, ...]) -> Iterator[str]:
    """Yield rows of predictors as a table."""
    told = list(rows)
    yield "| | months | hits | " + " | ".join(name.replace("_", " ") for name in figures) + " |"
    yield "| --- | --- | --- |" + " --- |" * len(figures)
    for row in told:
        cells = " | ".join(show(row, name) for name in figures)
        yield f"| {row['predictor']} | {row['months']} | {row['hits']} | {cells} |"


def tabulate_alarms(rows: Iterable[Row]) -> Iterator[str]:
    """Yield tiers as a table."""
    yield "| tier | onsets | warned | share | median lead, months | false of judged | share |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        lead = "–" if row["median_lead"] is None else f"{row['median_lead']:g}"
        yield (
            f"| {row['tier']} | {row['onsets']} | {row['warned']} | {show(row, 'warned_share')} | "
            f"{lead} ({row['leads_from_start']} from the case's start) | "
            f"{row['false']} of {row['alarms']} | {show(row, 'false_share')} |"
        )


def tabulate_rivals(rows: Iterable[Row]) -> Iterator[str]:
    """Yield rivals as a table."""
    yield "| system | cases | months | hits | auc | score's | rank | score's |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        later = ", backcast" if row["kind"] == "backcast" else ""
        cells = " | ".join(show(row, name) for name in ("auc", "score_auc", "rank", "score_rank"))
        yield (
            f"| {row['system']}{later} | {row['cases']} | {row['months']} | {row['hits']} | "
            f"{cells} |"
        )


def tabulate_told(rows: Iterable[Row]) -> Iterator[str]:
    """Yield told probabilities beside what came as a table."""
    yield "| months | told | came |"
    yield "| --- | --- | --- |"
    for row in rows:
        yield f"| {row['months']} | {show(row, 'told')} | {show(row, 'came')} |"


def tabulate_onsets(rows: Iterable[Row]) -> Iterator[str]:
    """Yield onsets, a row each, with what each tier did."""
    told = list(rows)
    for key in dict.fromkeys((row["truth"], row["case"], row["onset"]) for row in told):
        mine = [row for row in told if (row["truth"], row["case"], row["onset"]) == key]
        cells = [
            "not on"
            if row["lead"] is None
            else f"{row['lead']}{' (start)' if row['from_start'] else ''}"
            for row in mine
        ]
        truth, case, onset = key
        yield f"| {truth} | `{case}` | {onset} | {' | '.join(cells)} |"


def show(row: Row, name: str) -> str:
    """Return a figure with its interval."""
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return "–"
    return f"{value:.2f}" + ("" if low is None else f" [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main()

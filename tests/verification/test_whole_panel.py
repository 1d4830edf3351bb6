"""The whole record of UCDP by country and month, if it is at hand.

Slow: 194 countries over 32 years take about a minute.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

import atrisk
from followed import COUNTS
from shipped import un
from toys import ROOT

WHOLE = ROOT.parent / "shared" / "outcomes" / "ucdp_country_month_1989-01_2021-03.csv.gz"
KINDS = {"sb": ("battle", "state"), "ns": ("battle", "non-state"), "os": ("one-sided", "unknown")}


def write_counts(file: Path) -> int:
    """Write the record in the layout ``counts``, months without violence too; return its rows."""
    rows = 0
    with gzip.open(WHOLE, "rt", encoding="utf-8", newline="") as text, file.open("w") as out:
        out.write(f"{COUNTS}\n")
        for row in csv.DictReader(text):
            rows += 1
            month = f"{row['year']}-{int(row['month']):02}"
            for column, (kind, actor) in KINDS.items():
                deaths = float(row[column])
                events = int(row["os_events"]) if column == "os" else int(deaths > 0)
                out.write(f"{row['iso3']},{month},{kind},{actor},{events},{deaths:g}\n")
    return rows


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE.is_file(), reason=f"{WHOLE.name} is not in ../shared/outcomes")
def test_every_country_of_the_record_is_scored_or_silent(tmp_path: Path) -> None:
    rows = write_counts(tmp_path / "counts.csv")
    table = atrisk.read_events(tmp_path / "counts.csv")
    assert table.rows == 3 * rows == 3 * 73_391
    day = date(2021, 6, 1)
    panel = atrisk.score_panel(table, un(), published=day, knowledge="retrospective")
    scored = {track.country for track in panel.tracks}
    assert len(scored) + len(panel.silent) == 194
    assert not scored & set(panel.silent)
    assert len(panel.months) == 387
    assert all(0 <= row["low"] <= row["score"] <= row["high"] <= 1 for row in panel.rows)
    assert all(row["coverage"] > 0 for row in panel.rows)
    levels = {row["predictor"]: row for row in panel.verify(draws=20).to_rows("levels")}
    assert levels["score"]["hits"] > 0
    assert levels["nothing"]["auc"] == 0.5

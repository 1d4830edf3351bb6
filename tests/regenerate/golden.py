"""Write the golden output anew (``python tests/regenerate/golden.py``), and read the diff."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import atrisk

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "car-2012-2015.csv"
GOLDEN_V1 = GOLDEN.with_name("car-2012-2015-v1.csv")
GOLDEN_GAP = GOLDEN.with_name("car-2012-2015-gap.csv")
KNOWLEDGE = ("contemporaneous", "retrospective")


def render(method: str | None = None) -> str:
    """Return factor, crime and overall scores of the bundled case, to nine decimals."""
    case, framework = atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["knowledge", "month", "what", "score", "low", "high", "coverage"])
    for knowledge in KNOWLEDGE:
        assessment = atrisk.assess(case, framework, knowledge=knowledge, method=method)
        for level, name in (("overall", None), ("crime", "crime"), ("factor", "factor")):
            for row in assessment.to_rows(level):
                what = row[name] if name else "overall"
                numbers = [row[key] for key in ("score", "low", "high", "coverage")]
                shown = ["" if number is None else f"{number:.9f}" for number in numbers]
                writer.writerow([knowledge, row["month"], what, *shown])
    return text.getvalue()


def render_gap() -> str:
    """Return every lag of the bundled case under every rule, and the flags."""
    case, framework = atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")
    assessment = atrisk.assess(case, framework)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["rule", "subject", "response", "days", "low", "high", "censored"])
    for option in framework.rules:
        for row in atrisk.measure_gap(case, assessment, rule=option.id).to_rows():
            writer.writerow(
                [
                    row[key]
                    for key in ("rule", "subject", "response", "days", "low", "high", "censored")
                ]
            )
    for flag in atrisk.raise_flags(assessment).to_rows():
        writer.writerow([flag["flag"], flag["onset"], flag["end"], "", "", "", ""])
    return text.getvalue()


if __name__ == "__main__":
    GOLDEN.write_text(render(), encoding="utf-8")
    GOLDEN_V1.write_text(render("v1"), encoding="utf-8")
    GOLDEN_GAP.write_text(render_gap(), encoding="utf-8")

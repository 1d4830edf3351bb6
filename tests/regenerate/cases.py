"""Write the table of docs/cases.md from the cases themselves: python tests/regenerate/cases.py."""

from __future__ import annotations

from pathlib import Path

import atrisk
from atrisk.studies.agreement import list_coders, measure_agreement

PAGE = Path(__file__).parents[2] / "docs" / "cases.md"
BEGIN, END = "<!-- counted: begin -->\n", "<!-- counted: end -->\n"
HEAD = (
    "case", "months", "sources", "rows", "mitigating", "warnings", "responses", "levels",
    "alpha of readers", "of two coders: indicators", "of two coders: factor-months",
    "one-sided deaths",
)  # fmt: skip
UN = atrisk.load_framework("un-foa-2014")


def count_cases() -> str:
    """Return the table."""
    rows = [HEAD, ["---"] * len(HEAD), *(_count(atrisk.load_case(n)) for n in atrisk.list_cases())]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows) + "\n"


def _count(case: atrisk.Case) -> list[object]:
    judging = atrisk.compare_judgements(case)
    deaths = [o.value or 0 for o in atrisk.load_outcomes(case) if o.measure == "one-sided-deaths"]
    unseen = len(case.months) - len(deaths)
    return [
        f"`{case.id}`",
        len(case.months),
        len(case.sources),
        len(case.evidence),
        sum(row.is_mitigating for row in case.evidence),
        len(case.warnings),
        len(case.responses),
        f"{judging.levels.min():.0f}-{judging.levels.max():.0f}",
        "all alike" if judging.alpha is None else f"{judging.alpha:.2f}",
        *_agree(case),
        f"{sum(deaths):.0f}" + (f" ({unseen} months not in the data)" if unseen else ""),
    ]


def _agree(case: atrisk.Case) -> tuple[str, str]:
    """Return the alphas of the two independent coders."""
    if not list_coders(case):
        return "–", "–"
    rows = measure_agreement(case, UN).to_rows("alpha")
    names = {"coder-1; coder-2", "settled; coder-2"}
    found = {row["coders"]: row for row in rows if row["coders"] in names}
    row = found.get("coder-1; coder-2") or found["settled; coder-2"]
    return f"{row['indicators']:.2f}", f"{row['factor_months']:.2f}"


def fill(text: str) -> str:
    """Return the page with today's table."""
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + count_cases() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

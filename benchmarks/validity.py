"""How far a score means the same whoever reads, and however much; written into docs/validity.md.

::

    python benchmarks/validity.py docs/validity.md

Every shipped case is scored under each variant: whole, with a random half of its rows or of its
sources, from each coder's rows, and beside what readers held of its months. Readers' judgements and
outcomes are read here and enter no score.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from ceilings import measure_ceilings, write_ceilings
from numpy.typing import NDArray
from scipy.stats import spearmanr

import atrisk
from atrisk.studies.agreement import measure_agreement

Floats = NDArray[np.float64]
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
SEEDS = 10
LEVELS = Path(__file__).with_name("factor-levels.csv")
MANY_SOURCES = 20
WHOLE, OPEN, TURN = "car-2012-2015", "car-open-2012-2015", "2012-12"
UN = atrisk.load_framework("un-foa-2014")


@dataclass(frozen=True, slots=True)
class Variant:
    """A method that was tried: its name and what ``method=`` takes."""

    name: str
    method: Any


def list_variants() -> Iterator[Variant]:
    """Yield what is compared: the first method, the estimate, and the estimate with one change."""
    yield Variant("v1", "v1")
    yield Variant("estimate (default)", "estimate")
    (rule,) = (o for o in UN.branches["factor_aggregation"].options if o.id == "estimate")
    (memory,) = (o for o in UN.branches["persistence"].options if o.id == "monthly-reports")

    def factor(name: str, **parts: float) -> Variant:
        own = type(rule).model_validate(rule.model_dump() | {"id": "own"} | parts)
        return Variant(name, {"set": "estimate", "factor_aggregation": own})

    def hold(name: str, **parts: Any) -> Variant:
        own = type(memory).model_validate(memory.model_dump() | {"id": "own"} | parts)
        return Variant(name, {"set": "estimate", "persistence": own})

    yield factor("each source counts in full (dependence 0)", dependence=0.0)
    yield factor("dependence 0.25", dependence=0.25)
    yield factor("dependence 1: a source is one reader", dependence=1.0)
    yield factor("prior worth 1 reading", readings=1.0)
    yield factor("prior worth 5 readings", readings=5.0)
    yield factor("prior 0.1", prior=0.1)
    yield factor("prior 0.3", prior=0.3)
    yield hold("a told end holds a condition up", fades_from="end")
    yield hold("dynamic half-life 1 month", dynamic=1.0)
    yield hold("dynamic half-life 6 months", dynamic=6.0, trigger=2.0)
    yield Variant("ten factors alike", {"set": "estimate", "crime_aggregation": "arithmetic"})
    yield Variant(
        "intensities averaged with silence as zero",
        {"persistence": "monthly-reports", "factor_aggregation": "arithmetic"},
    )


@dataclass(frozen=True, slots=True)
class Series:
    """Scores of months, with the interval and the coverage."""

    months: tuple[str, ...]
    score: Floats
    low: Floats
    high: Floats
    coverage: Floats
    band: Floats
    alarm: str

    @classmethod
    def of(cls, case: atrisk.Case, method: Any, *, alarms: bool = False, **view: Any) -> Series:
        """Score a case."""
        now = atrisk.assess(case, UN, method=method, **view)
        band = np.searchsorted(now.method.bands.lowers, now.overall, side="right") - 1.0
        alarms = atrisk.raise_flags(now).alarms if alarms else ()
        first = alarms[0].onset if alarms else "–"
        return cls(now.months, now.overall, now.low, now.high, now.coverage, band, first)

    def differ(self, other: Series, since: str = "") -> float:
        """Return the mean absolute difference."""
        return float(np.abs(self.score - other.score)[self._since(since)].mean())

    def holds(self, other: Series, since: str = "") -> float:
        """Return the share of months whose other score lies within this interval."""
        inside = (self.low <= other.score) & (other.score <= self.high)
        return float(inside[self._since(since)].mean())

    def _since(self, month: str) -> NDArray[np.bool_]:
        return np.array([one >= month for one in self.months])


def halve(case: atrisk.Case, seed: int, by_source: bool) -> atrisk.Case:
    """Return a case with a random half of its rows, or of its sources."""
    generator = np.random.default_rng(seed)
    names = [s.id for s in case.sources] if by_source else [row.id for row in case.evidence]
    kept = set(generator.permutation(names)[: len(names) // 2].tolist())
    rows = [row for row in case.evidence if (row.source if by_source else row.id) in kept]
    return replace(case, evidence=rows, checked=True)


def read_levels(case: atrisk.Case) -> Floats:
    """Return the median of the readers' levels by month."""
    return atrisk.compare_judgements(case).median


class Bench:
    """Every shipped case, its codings, and what readers held."""

    def __init__(self) -> None:
        self.cases = {name: atrisk.load_case(name) for name in atrisk.list_cases()}
        self.levels = {name: read_levels(case) for name, case in self.cases.items()}
        self.codings = dict(_list_codings(self.cases))

    def find_extremes(self) -> dict[str, tuple[str, float]]:
        """Return the first month that readers call extreme, and the highest level, by case."""
        return {
            name: (
                next((str(m) for m, x in zip(case.months, levels, strict=True) if x >= 7 / 2), "–"),
                float(levels.max()),
            )
            for (name, case), levels in zip(self.cases.items(), self.levels.values(), strict=True)
        }

    def measure(self, method: Any) -> dict[str, Any]:
        """Return every figure of one method."""
        whole = {name: Series.of(case, method, alarms=True) for name, case in self.cases.items()}
        rows, rows_held = self._thin(whole, method, by_source=False)
        sources, _ = self._thin(whole, method, by_source=True)
        coders, coders_held = self._compare_coders(method)
        paper = Series.of(self.cases[WHOLE], method, knowledge="retrospective")
        within = self._rank(whole)
        many = [x for name in whole for x in whole[name].score]
        levels = [x for name in whole for x in self.levels[name]]
        return {
            "rows, CAR": rows[WHOLE],
            "rows": float(np.mean(list(rows.values()))),
            "rows held": float(np.mean(list(rows_held.values()))),
            "sources": float(np.mean(list(sources.values()))),
            "coders": coders,
            "coders held": coders_held,
            "two records": whole[OPEN].differ(paper, TURN),
            "two records held": whole[OPEN].holds(paper, TURN),
            "width, CAR": float((whole[WHOLE].high - whole[WHOLE].low).mean()),
            "within": float(np.mean(list(within.values()))),
            "lowest": min(within.values()),
            "by case": within,
            "pooled": float(spearmanr(many, levels)[0]),
            "coverage": self._follow(whole),
            "alarms": {name: series.alarm for name, series in whole.items()},
            "factors": self._rank_factors(method),
            "band": self._agree(whole, 1 / 2),
            "near band": self._agree(whole, 1),
        }

    def _thin(
        self, whole: Mapping[str, Series], method: Any, *, by_source: bool
    ) -> tuple[dict[str, float], dict[str, float]]:
        changed, held = {}, {}
        for name, case in self.cases.items():
            if by_source and len(case.sources) < MANY_SOURCES:
                continue
            halves = [Series.of(halve(case, s, by_source), method) for s in range(SEEDS)]
            changed[name] = float(np.mean([half.differ(whole[name]) for half in halves]))
            held[name] = float(np.mean([half.holds(whole[name]) for half in halves]))
        return changed, held

    def _compare_coders(self, method: Any) -> tuple[dict[str, float], float]:
        pairs = {
            name: [Series.of(one, method) for one in codings]
            for name, codings in self.codings.items()
        }
        differences = {name: one.differ(other) for name, (one, other) in pairs.items()}
        held = [one.holds(other) for pair in pairs.values() for one, other in (pair, pair[::-1])]
        return differences, float(np.mean(held))

    def _rank(self, whole: Mapping[str, Series]) -> dict[str, float]:
        """Return rank correlations with readers, of cases in which readers saw a change."""
        return {
            name: float(spearmanr(whole[name].score, levels)[0])
            for name, levels in self.levels.items()
            if len(set(levels)) > 1
        }

    def _rank_factors(self, method: Any) -> tuple[float, ...]:
        """Return rank correlations of factors with a reader's levels, pooled and within factors.

        On what was known then, and on everything; within: each factor's mean removed.
        """
        rows = list(csv.DictReader(LEVELS.read_text(encoding="utf-8").splitlines()))
        found = []
        for knowledge, column in (("contemporaneous", "then"), ("retrospective", "everything")):
            now = atrisk.assess(self.cases[WHOLE], UN, method=method, knowledge=knowledge)
            told = {(row["month"], row["factor"]): int(row[column]) for row in rows}
            levels = np.array([[told[m, f] for f in now.factor_codes] for m in now.months])
            apart = (now.factors - now.factors.mean(axis=0), levels - levels.mean(axis=0))
            for one, other in ((now.factors, levels), apart):
                found.append(float(spearmanr(one.ravel(), other.ravel())[0]))
        return tuple(found)

    def _agree(self, whole: Mapping[str, Series], within: float) -> float:
        """Return the share of months whose band lies within so much of the readers' median."""
        apart = [np.abs(series.band - self.levels[name]) for name, series in whole.items()]
        return float((np.concatenate(apart) <= within).mean())

    def _follow(self, whole: Mapping[str, Series]) -> float:
        """Return the mean rank correlation of scores with how much was covered."""
        return float(np.mean([spearmanr(s.score, s.coverage)[0] for s in whole.values()]))


def _list_codings(
    cases: Mapping[str, atrisk.Case],
) -> Iterator[tuple[str, tuple[atrisk.Case, atrisk.Case]]]:
    """Yield two independent codings of each case that has them."""
    for name, case in cases.items():
        files = case.folder.names() if case.folder else []
        if "evidence.coder-2.csv" in files:
            coders = measure_agreement(case, UN).coders
            first = coders.get("coder-1", case.evidence)
            both = (replace(case, evidence=c, searches=(), checked=True)
                    for c in (first, coders["coder-2"]))  # fmt: skip
            one, other = both
            yield name, (one, other)


def measure_constants(bench: Bench) -> dict[str, float]:
    """Return what the estimate's own constants are to be held against."""
    total = free = 0.0
    for case in bench.cases.values():
        readings = atrisk.assess(case, UN, method="estimate").intensity.readings
        assert readings is not None
        for factor in range(len(UN.factors)):
            mine = readings.factor == factor
            weight, value = readings.weight[mine], readings.value[mine]
            read = weight.sum(axis=0)
            enough = read > 2
            mean = (weight * value).sum(axis=0)[enough] / read[enough]
            total += float((weight[:, enough] * (value[:, enough] - mean) ** 2).sum())
            free += float((read[enough] - 1).sum())
    halves = [
        (Series.of(one, "estimate").score - Series.of(other, "estimate").score) ** 2 / 2
        for one, other in bench.codings.values()
    ]
    return {
        "spread": (total / free) ** 0.5,
        "coder": float(np.concatenate(halves).mean()) ** 0.5,
    }


FIGURES: tuple[tuple[str, str, Callable[[dict[str, Any]], str]], ...] = (
    ("half of the rows left out, CAR: mean change", "≤ 0.05", lambda f: _show(f["rows, CAR"])),
    ("the same, mean over all cases", "", lambda f: _show(f["rows"])),
    ("half of the sources, cases of 20 and more", "≤ 0.06", lambda f: _show(f["sources"])),
    ("full score within the half's interval", "≥ 90 %", lambda f: _share(f["rows held"])),
    (
        "two coders of one record: mean difference",
        "≤ 0.06",
        lambda f: "; ".join(f"{name[:3]} {_show(x)}" for name, x in f["coders"].items()),
    ),
    ("one coder's score within the other's interval", "≥ 80 %", lambda f: _share(f["coders held"])),
    ("two disjoint records of CAR: mean difference", "≤ 0.08", lambda f: _show(f["two records"])),
    ("one record's score in the other's interval", "most", lambda f: _share(f["two records held"])),
    ("mean width of the interval, CAR", "≤ 0.25", lambda f: _show(f["width, CAR"])),
    ("rank correlation with readers, mean of cases", "≥ 0.75", lambda f: _show(f["within"])),
    ("the lowest of them", "≥ 0.5", lambda f: _show(f["lowest"])),
    ("pooled over all cases", "≥ 0.88", lambda f: _show(f["pooled"])),
    (
        "factor levels against a reader, CAR: pooled and within, then; everything",
        "≥ 0.80 each",
        lambda f: "{:.2f} {:.2f}; {:.2f} {:.2f}".format(*f["factors"]),
    ),
    ("band equal to the readers'", "≥ 70 %", lambda f: _share(f["band"])),
    ("within one band of it", "≥ 97 %", lambda f: _share(f["near band"])),
    ("rank correlation with coverage, mean of cases", "", lambda f: _show(f["coverage"])),
)


def _show(value: float) -> str:
    return f"{value:.3f}"


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")


def write_tables(
    measured: Mapping[str, dict[str, Any]],
    constants: Mapping[str, float],
    levels: Mapping[str, tuple[str, float]],
) -> str:
    """Return the tables: the two methods in full, then every variant in short."""
    names = list(measured)
    main = names[:2]
    lines = ["| figure | " + " | ".join(main) + " | bar |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {title} | {' | '.join(show(measured[name]) for name in main)} | {bar or '–'} |"
        for title, bar, show in FIGURES
    ]
    lines += ["", "Rank correlation with readers, case by case:", ""]
    lines += ["| case | " + " | ".join(main) + " |", "| --- | --- | --- |"]
    lines += [
        f"| `{case}` | {' | '.join(_show(measured[name]['by case'][case]) for name in main)} |"
        for case in measured[main[0]]["by case"]
    ]
    lines += ["", "First alarm, beside the first month that readers' median calls extreme (3.5 or"]
    lines[-1] += " more), and the highest level that they give:"
    lines += ["", "| case | readers: first extreme | highest | " + " | ".join(main) + " |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{case}` | {extreme} | {top:g} | "
        f"{' | '.join(measured[name]['alarms'][case] for name in main)} |"
        for case, (extreme, top) in levels.items()
    ]
    short = ("rows", "two records", "within", "lowest", "pooled", "width, CAR", "rows held")
    lines += ["", "Every variant that was tried here, the estimate with one change each:", ""]
    lines += ["| variant | " + " | ".join(short) + " |", "| --- |" + " --- |" * len(short)]
    lines += [
        f"| {name} | {' | '.join(_show(found[key]) for key in short)} |"
        for name, found in measured.items()
    ]
    told = (
        "Measured on these cases: readings of one factor in one month differ by "
        f"{constants['spread']:.3f} (standard deviation of their severity over the top), and one "
        f"coder's score by {constants['coder']:.3f} from the mean of two."
    )
    lines += ["", told]
    return "\n".join(lines) + "\n"


def main(page: Path) -> None:
    """Measure every variant and write the tables between the page's marks."""
    bench = Bench()
    measured = {}
    for variant in list_variants():
        measured[variant.name] = bench.measure(variant.method)
        print(variant.name, {k: v for k, v in measured[variant.name].items() if k != "by case"})
    tables = write_tables(measured, measure_constants(bench), bench.find_extremes())
    tables += "\nHow far readers agree with one another, and what weights could add:\n\n"
    tables += write_ceilings(measure_ceilings(bench.cases, UN))
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(
        head + BEGIN + tables + END + tail,
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

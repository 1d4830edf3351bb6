"""Explanation: a score split exactly over the evidence that it rests on.

A claim's part is its Shapley value in its indicator's intensity, times the indicator's multiplier
in the score; it is credited to the telling that gives the claim its probability.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, Search
from atrisk.frameworks.framework import Framework, Indicator
from atrisk.kernel.estimate import attribute_readings
from atrisk.kernel.severity import attribute
from atrisk.scoring.intensity import Intensity, exceed_at
from atrisk.scoring.readings import Readings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ASSUMED = "assumed"  # stands where the id of evidence does


def explain_score(
    case: Case, framework: Framework, intensity: Intensity, place: int, multipliers: Floats
) -> list[Row]:
    """Split one month's score over tellings of evidence.

    Args:
        case: whose evidence.
        framework: whose indicators.
        intensity: of the case.
        place: row of the month.
        multipliers: what each indicator's intensity is multiplied by in the score.

    Returns:
        Rows with ``evidence``, ``contribution`` and where it comes from, the largest part first;
        none where nothing on record bears on the score.
    """
    indicators, tellings = tuple(framework.indicators.values()), intensity.tellings
    parts = share_score(framework, intensity, place, multipliers)
    return [
        {"evidence": tellings.items[tellings.item[telling]].id, "contribution": part}
        | _describe(case, indicators[tellings.indicator[telling]], intensity, place, telling)
        for telling, part in parts.items()
    ]


def share_score(
    framework: Framework, intensity: Intensity, place: int, multipliers: Floats
) -> dict[int, float]:
    """Return what each telling adds to one month's score, by its place, the largest part first."""
    reached, best = exceed_at(intensity, place, framework.top_severity)
    tellings = intensity.tellings
    parts, told = np.zeros(len(tellings.item)), np.zeros(len(tellings.item), dtype=np.bool_)
    for indicator in np.flatnonzero(multipliers):
        groups = np.flatnonzero(tellings.owner == indicator)
        if not reached[:, groups].any():
            continue
        lowers = tellings.mitigating[groups]
        up, down = groups[~lowers], groups[lowers]
        split = _split_indicator(intensity.readings, place, reached, up, down)
        for side, shares in zip((up, down), split, strict=True):
            level, column = np.nonzero(reached[:, side])
            telling = best[level, side[column]]
            np.add.at(parts, telling, shares[level, column] * multipliers[indicator])
            told[telling] = True
    places = np.flatnonzero(told)
    order = places[np.argsort(-np.abs(parts[places]), kind="stable")]
    return dict(zip(order.tolist(), parts[order].tolist(), strict=True))


def _split_indicator(
    readings: Readings | None, place: int, reached: Floats, up: Integers, down: Integers
) -> tuple[Floats, Floats]:
    """Return the parts of an indicator's claims by level, in its intensity or in what they tell."""
    if readings is None:
        return attribute(reached[:, up], reached[:, down])
    return attribute_readings(readings.effect[up, place], reached[:, up], reached[:, down])


def describe_assumption(framework: Framework, factor: str, part: float) -> Row:
    """Return the row of what a score rests on where little was read."""
    title = framework.factors[factor].title
    told = f"assumed of factor {factor} ({title}) as far as little was read of it"
    return {"evidence": ASSUMED, "contribution": part, "factor": factor} | dict.fromkeys(
        ("indicator", "label", "direction", "severity", "grade", "probability", "start", "end",
         "known", "audience", "quote"), ""
    ) | {"summary": told, "source": "", "locator": "", "also_told_by": ""}  # fmt: skip


def _describe(
    case: Case, indicator: Indicator, intensity: Intensity, place: int, telling: int
) -> Row:
    tellings, memory = intensity.tellings, intensity.tellings.memory
    if telling not in memory:  # what it is in every month, once for all who ask
        memory[telling] = _describe_item(case, indicator, tellings.items[tellings.item[telling]])
    siblings = range(*tellings.bounds[tellings.group[telling]])
    others = [s for s in siblings if s != telling and intensity.known[s, place]]
    return memory[telling] | {
        "probability": float(intensity.probability[telling, place]),
        "also_told_by": "; ".join(tellings.items[tellings.item[other]].id for other in others),
    }


def _describe_item(case: Case, indicator: Indicator, item: Evidence | Search) -> Row:
    assert isinstance(item, Evidence)  # noqa: S101 - a search has severity 0 and no part
    source = case.source_by_id[item.source]
    return {
        "factor": indicator.factor,
        "indicator": indicator.code,
        "label": indicator.label,
        "direction": item.direction,
        "severity": item.severity_of(indicator.code),
        "grade": f"{source.reliability}{item.credibility}",
        "probability": None,
        "start": item.start.text,
        "end": item.end.text if item.end else "",
        "known": item.known.text if item.known else source.published.text,
        "audience": item.audience,
        "quote": item.shown_quote,
        "summary": item.shown_summary,
        "source": item.source,
        "locator": item.shown("locator"),
        "also_told_by": "",
    }

"""Skill: how well the score, its baselines and rivals tell which months are followed by killing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.frameworks.outcomes import OutcomeRules
from atrisk.verification.intervals import resample
from atrisk.verification.sample import SCORE, Sample
from atrisk.verification.statistics import (
    average_precision,
    bound_share,
    correlate_ranks,
    learn_mapping,
    measure_auc,
    score_brier,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How intervals are drawn."""

    draws: int
    level: float
    seed: int

    @classmethod
    def of(cls, rules: OutcomeRules, draws: int | None, seed: int) -> Drawing:
        """Return a framework's, with other draws if some are asked for."""
        return cls(rules.draws if draws is None else draws, rules.level, seed)


def tell_probabilities(sample: Sample, predictor: Floats) -> Floats | None:
    """Return the probability of a hit in each month, learnt on the other countries only.

    None if there is one country, or if the others of some country have one kind of month only.
    """
    countries = np.array(sample.country)
    told = np.full(len(sample), np.nan)
    for country in set(sample.country):
        mine = countries == country
        others = sample.hit[~mine]
        if not len(others) or others.all() or not others.any():
            return None
        told[mine] = learn_mapping(predictor[~mine], others).tell(predictor[mine])
    return told if len(told) else None


def compare_predictors(sample: Sample, drawing: Drawing, *, brier: bool) -> Iterator[Row]:
    """Yield a row for the score and each baseline, on the same months.

    Columns: months and hits; the area under the ROC curve (``auc``), average precision, and
    rank correlation with what came (``rank``); the Brier score of probabilities learnt on other
    countries; and ``advantage``, the score's area less the baseline's; each with its interval.

    Args:
        sample: the months.
        drawing: of intervals.
        brier: whether probabilities are told too.
    """
    told = {
        name: tell_probabilities(sample, values) if brier else None
        for name, values in sample.predictors.items()
    }

    def measure(rows: Integers) -> dict[str, float | None]:
        hit, ahead = sample.hit[rows], sample.ahead[rows]
        found: dict[str, float | None] = {}
        for name, values in sample.predictors.items():
            probability = told[name]
            found |= {
                f"auc {name}": measure_auc(values[rows], hit),
                f"average_precision {name}": average_precision(values[rows], hit),
                f"rank {name}": correlate_ranks(values[rows], ahead),
                f"brier {name}": None
                if probability is None
                else score_brier(probability[rows], hit),
            }
            found[f"advantage {name}"] = _subtract(found[f"auc {SCORE}"], found[f"auc {name}"])
        return found

    whole = measure(np.arange(len(sample)))
    bounds = resample(sample, measure, draws=drawing.draws, level=drawing.level, seed=drawing.seed)
    figures = ("auc", "average_precision", "rank", *(("brier",) if brier else ()), "advantage")
    for name in sample.predictors:
        row: Row = {"predictor": name, "months": len(sample), "hits": int(sample.hit.sum())}
        for figure in figures:
            if figure == "advantage" and name == SCORE:
                row |= dict.fromkeys(("advantage", "advantage_low", "advantage_high"))
            else:
                row |= _show(figure, f"{figure} {name}", whole, bounds)
        yield row


def compare_rivals(sample: Sample, drawing: Drawing) -> Iterator[Row]:
    """Yield a row for each rival that spoke, beside the score on the months in which it had."""
    for (system, kind), values in sample.rivals.items():
        spoken = ~np.isnan(values)
        if not spoken.any():
            continue
        part = sample.take(spoken)
        rival, score = values[spoken], part.predictors[SCORE]

        def measure(
            rows: Integers, part: Sample = part, rival: Floats = rival, score: Floats = score
        ) -> dict[str, float | None]:
            own, other = (measure_auc(one[rows], part.hit[rows]) for one in (score, rival))
            return {
                "auc": other,
                "rank": correlate_ranks(rival[rows], part.ahead[rows]),
                "score_auc": own,
                "score_rank": correlate_ranks(score[rows], part.ahead[rows]),
                "advantage": _subtract(own, other),
            }

        whole = measure(np.arange(len(part)))
        bounds = resample(
            part, measure, draws=drawing.draws, level=drawing.level, seed=drawing.seed
        )
        row: Row = {
            "system": system,
            "kind": kind,
            "cases": len(set(part.case)),
            "months": len(part),
            "hits": int(part.hit.sum()),
        }
        for figure in ("auc", "score_auc", "advantage", "rank", "score_rank"):
            row |= _show(figure, figure, whole, bounds)
        yield row


def compare_told(sample: Sample, told: Floats, bins: int, level: float) -> Iterator[Row]:
    """Yield told probabilities against the share that came, in parts of equal size.

    The exact interval of a share takes months for independent, which they are not, so that it is
    too narrow.
    """
    order = np.argsort(told, kind="stable")
    for rows in np.array_split(order, min(bins, len(order))):
        hits = int(sample.hit[rows].sum())
        bounds = bound_share(hits, len(rows), level)
        yield {
            "months": len(rows),
            "told": float(told[rows].mean()),
            "told_low": float(told[rows].min()),
            "told_high": float(told[rows].max()),
            "came": hits / len(rows),
            "came_low": bounds[0] if bounds else None,
            "came_high": bounds[1] if bounds else None,
        }


def _subtract(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _show(
    figure: str,
    name: str,
    whole: Mapping[str, float | None],
    bounds: Mapping[str, tuple[float, float]],
) -> Row:
    value = whole[name]
    low, high = bounds.get(name, (None, None)) if value is not None else (None, None)
    return {figure: value, f"{figure}_low": low, f"{figure}_high": high}

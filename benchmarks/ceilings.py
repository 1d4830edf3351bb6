"""Where the limit of agreement with readers lies: in readers, in coverage, in the joining.

What any score could reach on these cases, beside what the default reaches (docs/validity.md).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

import atrisk

Floats = NDArray[np.float64]
PENALTIES = (0.0, 1.0, 5.0)  # of a ridge, times a hundredth of a squared score


def measure_ceilings(
    cases: Mapping[str, atrisk.Case], framework: atrisk.Framework
) -> dict[str, tuple[float, ...]]:
    """Return figures by name: a rank correlation, and shares of equal and of near words."""
    scored = [atrisk.assess(case, framework) for case in cases.values()]
    readers = [_read_both(case) for case in cases.values()]
    one, other = np.hstack(readers)
    level = np.concatenate([atrisk.compare_judgements(case).median for case in cases.values()])
    score = np.concatenate([now.overall for now in scored])
    word = np.searchsorted(scored[0].method.bands.lowers, score, side="right") - 1.0
    named = np.concatenate([[band is not None for band in now.bands] for now in scored])
    owner = np.repeat(np.arange(len(scored)), [len(now.months) for now in scored])
    factors = np.vstack([now.factors for now in scored])
    found = {
        "one reader beside the other": _compare(one, other, one),
        "the score, months that have a band": _compare(score[named], level[named], word[named]),
    }
    for penalty in PENALTIES:
        told = _predict_left_out(factors, level, owner, penalty)
        found[f"fourteen factors weighted by the readers of other cases, ridge {penalty:g}"] = (
            _rank(told, level),
        )
    return found


def write_ceilings(found: Mapping[str, tuple[float, ...]]) -> str:
    """Return the table."""
    lines = ["| what is compared, all cases together | rank correlation | equal | within one |"]
    lines += ["| --- | --- | --- | --- |"]
    for name, (rank, *shares) in found.items():
        cells = [f"{share:.0%}".replace("%", " %") for share in shares] or ["–", "–"]
        lines.append(f"| {name} | {rank:.3f} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _read_both(case: atrisk.Case) -> Floats:
    """Return the levels of a case's two readers, readers x months."""
    levels = atrisk.compare_judgements(case).levels
    return np.asarray(levels, dtype=np.float64)


def _compare(value: Floats, level: Floats, word: Floats) -> tuple[float, ...]:
    apart = np.abs(word - level)
    return _rank(value, level), float((apart <= 1 / 2).mean()), float((apart <= 1).mean())


def _rank(value: Floats, level: Floats) -> float:
    return float(spearmanr(value, level)[0])


def _predict_left_out(factors: Floats, level: Floats, owner: Floats, penalty: float) -> Floats:
    """Return levels by a ridge regression on factors, each case's from the other cases."""
    told = np.zeros_like(level)
    for case in np.unique(owner):
        others = owner != case
        weight = 1 / np.bincount(owner[others])[owner[others]]  # each case counts alike
        mean = factors[others].mean(axis=0)
        apart = factors[others] - mean
        wanted = weight * (level[others] - level[others].mean())
        square = apart.T @ (weight[:, None] * apart) + penalty / 100 * np.eye(factors.shape[1])
        told[~others] = (factors[~others] - mean) @ np.linalg.solve(square, apart.T @ wanted)
        told[~others] += level[others].mean()
    return told

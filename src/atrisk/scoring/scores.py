"""Scoring: intensities into factors, factors into crimes, crimes into the overall score.

Every score carries its bounds and its coverage, and is joined by the rule that the method chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError
from atrisk.frameworks.framework import Crime, Framework
from atrisk.frameworks.method import Method

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Scores:
    """Point scores with their bounds and coverage; every array has months first."""

    point: Floats
    low: Floats
    high: Floats
    coverage: Floats


def describe_score(
    framework: Framework, scores: Scores, place: int | tuple[int, int]
) -> dict[str, object]:
    """Return one score as cells: band, score, low, high, coverage.

    Where nothing is on record the score is None, and where too little is covered so is the band.
    """
    coverage = float(scores.coverage[place])
    score = float(scores.point[place]) if coverage > 0 else None
    named = score is not None and coverage >= framework.header.least_coverage
    return {
        "band": framework.band(score or 0.0).label if named else None,
        "score": score,
        "low": float(scores.low[place]),
        "high": float(scores.high[place]),
        "coverage": coverage,
    }


class Hierarchy:
    """How a method joins indicators into factors, factors into crimes, crimes into the overall.

    Raises:
        RequestError: the weight set gives no weight to any part of a factor or a crime.
    """

    def __init__(self, framework: Framework, method: Method) -> None:
        self.framework = framework
        self.factor_rule = method.factor_aggregation.arithmetic
        self.crime_rule = method.crime_aggregation.arithmetic
        codes = tuple(framework.indicators)
        self.members = {factor: list(places) for factor, places in framework.members.items()}
        self.indicator_weights = {
            factor: _weigh(method, [codes[place] for place in places])
            for factor, places in self.members.items()
        }
        self.columns = {c.code: framework.columns(c.factors) for c in framework.crimes.values()}
        self.factor_weights = {
            crime.code: _weigh(method, crime.factors) for crime in framework.crimes.values()
        }

    def join_factors(self, values: Floats) -> Floats:
        """Join rows x indicators into rows x factors, in the framework's order."""
        joined = [
            self.factor_rule.join(values[:, places], self.indicator_weights[factor])
            for factor, places in self.members.items()
        ]
        return np.stack(joined, axis=1)

    def join_crime(self, crime: str, factors: Floats) -> Floats:
        """Join rows x factors into one score of a crime for each row."""
        return self.crime_rule.join(factors[:, self.columns[crime]], self.factor_weights[crime])

    def join_overall(self, values: Floats) -> Floats:
        """Join rows x indicators all the way up to the worst crime of each row."""
        factors = self.join_factors(values)
        crimes = [self.join_crime(crime, factors) for crime in self.columns]
        return np.asarray(np.max(crimes, axis=0))

    def score_factors(self, scores: Scores) -> Scores:
        """Join indicators into factors; arrays of months x factors."""
        shares = [scores.coverage[:, places].mean(axis=1) for places in self.members.values()]
        return Scores(
            self.join_factors(scores.point),
            self.join_factors(scores.low),
            self.join_factors(scores.high),
            np.stack(shares, axis=1),
        )

    def score_crimes(self, by_indicator: Scores, by_factor: Scores) -> dict[str, Scores]:
        """Join each crime's factors; its coverage is the share of their indicators."""
        return {
            crime.code: Scores(
                self.join_crime(crime.code, by_factor.point),
                self.join_crime(crime.code, by_factor.low),
                self.join_crime(crime.code, by_factor.high),
                by_indicator.coverage[:, self._list_indicators(crime)].mean(axis=1),
            )
            for crime in self.framework.crimes.values()
        }

    def _list_indicators(self, crime: Crime) -> list[int]:
        return [place for factor in crime.factors for place in self.members[factor]]

    def split_factor(self, factor: str, values: Floats) -> Floats:
        """Return the multipliers of all indicators that make up one factor's score.

        Args:
            factor: its code.
            values: intensities of all indicators in one month, shape ``(indicators,)``.

        Returns:
            ``g`` of the same shape, 0 for other factors' indicators; ``sum(g * values)`` is the
            score.
        """
        places, multipliers = self.members[factor], np.zeros(len(values))
        weights = self.indicator_weights[factor]
        multipliers[places] = self.factor_rule.split(values[places], weights)
        return multipliers

    def split_crime(self, crime: str, values: Floats, factors: Floats) -> Floats:
        """Return the multipliers of all indicators that make up one crime's score.

        Args:
            crime: its code.
            values: intensities of all indicators in one month, shape ``(indicators,)``.
            factors: scores of all factors in that month, shape ``(factors,)``.

        Returns:
            ``g`` as in ``split_factor``.
        """
        codes = self.framework.crimes[crime].factors
        parts = np.array([self.split_factor(code, values) for code in codes])
        return np.asarray(self._share(crime, factors) @ parts)

    def split_by_factor(self, crime: str, factors: Floats) -> dict[str, float]:
        """Return each factor's part in a crime's score; the parts sum to it."""
        parts = self._share(crime, factors) * factors[self.columns[crime]]
        return dict(zip(self.framework.crimes[crime].factors, parts.tolist(), strict=True))

    def _share(self, crime: str, factors: Floats) -> Floats:
        return self.crime_rule.split(factors[self.columns[crime]], self.factor_weights[crime])


def score_overall(by_crime: Mapping[str, Scores], by_indicator: Scores) -> Scores:
    """Take the worst crime of each month; each bound is the worst of that bound."""
    crimes = by_crime.values()
    return Scores(
        np.max([scores.point for scores in crimes], axis=0),
        np.max([scores.low for scores in crimes], axis=0),
        np.max([scores.high for scores in crimes], axis=0),
        by_indicator.coverage.mean(axis=1),
    )


def _weigh(method: Method, codes: Iterable[str]) -> Floats:
    """Return the weights of some factors or indicators."""
    weights = np.array([method.weights.weights[code] for code in codes], dtype=np.float64)
    if not weights.sum() > 0:
        raise RequestError(
            f"the weight set {method.weights.id!r} gives no weight to any of {', '.join(codes)}"
        )
    return weights

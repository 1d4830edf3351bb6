"""Scoring: intensities into factors, factors into crimes, crimes into the overall score.

Every score carries its bounds and its coverage, and is joined by the rule that the method chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError
from atrisk.frameworks.branches import AggregationOption, Method
from atrisk.frameworks.framework import Crime, Framework
from atrisk.kernel.aggregation import Aggregation, CountingOr, Maximum, NoisyOr, PowerMean

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


def join_rule(option: AggregationOption) -> Aggregation:
    """Return the arithmetic of an aggregation option."""
    if option.strength is not None:
        if option.rule == "counting_or":
            return CountingOr(option.strength)
        return NoisyOr(option.strength)
    if option.exponent is not None:
        return PowerMean(option.exponent)
    return Maximum()


def weigh(method: Method, codes: tuple[str, ...]) -> Floats:
    """Return the weights of some factors or indicators.

    Raises:
        RequestError: none of them has a weight above 0.
    """
    weights = np.array([method.weights.weights[code] for code in codes], dtype=np.float64)
    if not weights.sum() > 0:
        raise RequestError(
            f"the weight set {method.weights.id!r} gives no weight to any of {', '.join(codes)}"
        )
    return weights


def score_factors(framework: Framework, method: Method, scores: Scores) -> Scores:
    """Join indicators into factors; arrays of months x factors, in the framework's order."""
    columns = [list(places) for places in framework.members.values()]
    coverage = np.stack([scores.coverage[:, places].mean(axis=1) for places in columns], axis=1)
    return Scores(
        join_factors(framework, method, scores.point),
        join_factors(framework, method, scores.low),
        join_factors(framework, method, scores.high),
        coverage,
    )


def join_factors(framework: Framework, method: Method, values: Floats) -> Floats:
    """Join rows x indicators into rows x factors."""
    rule, codes = join_rule(method.factor_aggregation), tuple(framework.indicators)
    joined = [
        rule.join(values[:, list(places)], weigh(method, tuple(codes[p] for p in places)))
        for places in framework.members.values()
    ]
    return np.stack(joined, axis=1)


def join_overall(framework: Framework, method: Method, values: Floats) -> Floats:
    """Join rows x indicators all the way up to the worst crime of each row."""
    factors, rule = join_factors(framework, method, values), join_rule(method.crime_aggregation)
    crimes = [
        rule.join(factors[:, _columns(framework, crime)], weigh(method, crime.factors))
        for crime in framework.crimes
    ]
    return np.asarray(np.max(crimes, axis=0))


def score_crimes(
    framework: Framework, method: Method, by_indicator: Scores, by_factor: Scores
) -> dict[str, Scores]:
    """Join each crime's factors; its coverage is the share of their indicators, one per month."""
    return {
        crime.code: _score_crime(framework, method, crime, by_indicator, by_factor)
        for crime in framework.crimes
    }


def _score_crime(
    framework: Framework, method: Method, crime: Crime, by_indicator: Scores, by_factor: Scores
) -> Scores:
    rule, weights = join_rule(method.crime_aggregation), weigh(method, crime.factors)
    columns = _columns(framework, crime)
    places = [place for code in crime.factors for place in framework.members[code]]
    return Scores(
        rule.join(by_factor.point[:, columns], weights),
        rule.join(by_factor.low[:, columns], weights),
        rule.join(by_factor.high[:, columns], weights),
        by_indicator.coverage[:, places].mean(axis=1),
    )


def score_overall(by_crime: Mapping[str, Scores], by_indicator: Scores) -> Scores:
    """Take the worst crime of each month; each bound is the worst of that bound."""
    crimes = by_crime.values()
    return Scores(
        np.max([scores.point for scores in crimes], axis=0),
        np.max([scores.low for scores in crimes], axis=0),
        np.max([scores.high for scores in crimes], axis=0),
        by_indicator.coverage.mean(axis=1),
    )


def split_factor(framework: Framework, method: Method, code: str, values: Floats) -> Floats:
    """Return the multipliers of all indicators that make up one factor's score.

    Args:
        framework: whose indicators.
        method: whose rule and weights.
        code: of the factor.
        values: intensities of all indicators in one month, shape ``(indicators,)``.

    Returns:
        ``g`` of the same shape, 0 for other factors' indicators; ``sum(g * values)`` is the score.
    """
    codes, places = tuple(framework.indicators), list(framework.members[code])
    weights = weigh(method, tuple(codes[place] for place in places))
    multipliers = np.zeros(len(codes))
    multipliers[places] = join_rule(method.factor_aggregation).split(values[places], weights)
    return multipliers


def split_crime(
    framework: Framework, method: Method, crime: Crime, values: Floats, factors: Floats
) -> Floats:
    """Return the multipliers of all indicators that make up one crime's score.

    Args:
        framework: whose indicators.
        method: whose rules and weights.
        crime: which.
        values: intensities of all indicators in one month, shape ``(indicators,)``.
        factors: scores of all factors in that month, shape ``(factors,)``.

    Returns:
        ``g`` as in ``split_factor``.
    """
    shares = _share(framework, method, crime, factors)
    parts = [split_factor(framework, method, code, values) for code in crime.factors]
    multipliers: Floats = shares @ np.array(parts)
    return multipliers


def split_by_factor(
    framework: Framework, method: Method, crime: Crime, factors: Floats
) -> dict[str, float]:
    """Return each factor's part in a crime's score; the parts sum to it."""
    shares = _share(framework, method, crime, factors)
    scores = factors[_columns(framework, crime)]
    return dict(zip(crime.factors, (shares * scores).tolist(), strict=True))


def _share(framework: Framework, method: Method, crime: Crime, factors: Floats) -> Floats:
    rule, weights = join_rule(method.crime_aggregation), weigh(method, crime.factors)
    return rule.split(factors[_columns(framework, crime)], weights)


def _columns(framework: Framework, crime: Crime) -> list[int]:
    codes = list(framework.factors)
    return [codes.index(code) for code in crime.factors]

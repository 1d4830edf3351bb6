"""Scoring: intensities into factors, factors into crimes, crimes into the overall score.

Every score carries its bounds and its coverage, and is joined by the rule that the method chose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.header import Crime
from atrisk.frameworks.method import Method
from atrisk.kernel.estimate import bound_estimate, vary_level
from atrisk.kernel.rules import ShrunkenMean
from atrisk.scoring.readings import Readings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class FactorDoubt:
    """What the variances of estimates are made of.

    Attributes:
        own: variance of each factor by itself, months x factors.
        assumed: share of each factor that rests on the prior, months x factors.
        level: variance of the level that factors share, ``(months,)``.
        coder: standard deviation of a crime's score from one coder to another.
    """

    own: Floats
    assumed: Floats
    level: Floats
    coder: float

    def vary(self, shares: Floats) -> Floats:
        """Return the variance of a sum of factors by their shares, months x factors."""
        shared = np.sum(shares * self.assumed, axis=1) ** 2 * self.level
        return np.asarray(np.sum(shares**2 * self.own, axis=1) + shared)


@dataclass(frozen=True, eq=False, repr=False)
class Scores:
    """Point scores with their bounds and coverage; every array has months first."""

    point: Floats
    low: Floats
    high: Floats
    coverage: Floats
    variance: Floats | None = None  # of an estimate
    doubt: FactorDoubt | None = None  # of factors that are estimates


def describe_score(
    framework: Framework, method: Method, scores: Scores, place: int | tuple[int, int]
) -> dict[str, object]:
    """Return one score as cells: band, score, low, high, coverage.

    Where nothing is on record the score is None, and where too little is covered so is the band.
    """
    coverage = float(scores.coverage[place])
    score = float(scores.point[place]) if coverage > 0 else None
    named = score is not None and coverage >= framework.header.least_coverage
    return {
        "band": framework.band(score or 0.0, method).label if named else None,
        "score": score,
        "low": float(scores.low[place]),
        "high": float(scores.high[place]),
        "coverage": coverage,
    }


def name_bands(framework: Framework, method: Method, scores: Scores) -> tuple[str | None, ...]:
    """Return the band of each month's score; None where too little is covered to name one."""
    least = framework.header.least_coverage
    return tuple(
        framework.band(score, method).label if covered >= least else None
        for score, covered in zip(scores.point, scores.coverage, strict=True)
    )


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
        self.specific_share = share = method.crime_aggregation.specific_share
        self.factor_weights = {
            crime.code: _set_apart(
                _weigh(method, crime.factors), find_specific(framework, crime), share
            )
            for crime in framework.crimes.values()
        }

    def list_parts(self, crime: str) -> tuple[tuple[float, Integers], ...]:
        """Return the parts of a crime that count apart: the share of each, and its columns."""
        columns, weights = np.array(self.columns[crime]), self.factor_weights[crime]
        own = find_specific(self.framework, self.framework.crimes[crime])
        if self.specific_share is None or not weights[own].sum() > 0 or not weights[~own].sum() > 0:
            return ((1.0, columns[weights > 0] if self.specific_share is not None else columns),)
        return ((1 - self.specific_share, columns[~own]), (self.specific_share, columns[own]))

    def join_factors(
        self, values: Floats, read: Floats | None = None, only: Collection[str] | None = None
    ) -> Floats:
        """Join rows x indicators into rows x factors, in the framework's order.

        Args:
            values: intensities; for a rule that estimates, what claims tell.
            read: how much each value rests on, for such a rule.
            only: codes of the factors that are asked for; None for all.
        """
        joined = [
            self.factor_rule.join(
                values[:, places],
                self.indicator_weights[factor],
                None if read is None else read[:, places],
            )
            for factor, places in self.members.items()
            if only is None or factor in only
        ]
        return np.stack(joined, axis=1)

    def join_crime(self, crime: str, factors: Floats) -> Floats:
        """Join rows x factors into one score of a crime for each row."""
        return self.crime_rule.join(factors[:, self.columns[crime]], self.factor_weights[crime])

    def cover_factors(self, scores: Scores) -> Floats:
        """Return the share of each factor's indicators that are covered, months x factors."""
        covered = [scores.coverage[:, places].mean(axis=1) for places in self.members.values()]
        return np.stack(covered, axis=1)

    def score_factors(self, scores: Scores, readings: Readings | None = None) -> Scores:
        """Join indicators, or readings of them, into factors; arrays of months x factors."""
        coverage = self.cover_factors(scores)
        if readings is None:
            parts = (scores.point, scores.low, scores.high)
            point, low, high = (self.join_factors(part) for part in parts)
            return Scores(point, low, high, coverage)
        point = self.join_factors(readings.told, readings.read)
        return self.bound_factors(point, self._doubt(readings, point), coverage, readings.rule)

    def rescore_factors(self, old: Scores, scores: Scores, touched: Collection[str]) -> Scores:
        """Join some factors of a method that counts anew, and take the others over."""
        columns = [place for place, code in enumerate(self.members) if code in touched]

        def join(known: Floats, values: Floats) -> Floats:
            joined = known.copy()
            if columns:
                joined[:, columns] = self.join_factors(values, only=touched)
            return joined

        return Scores(
            join(old.point, scores.point),
            join(old.low, scores.low),
            join(old.high, scores.high),
            self.cover_factors(scores),
        )

    def bound_factors(
        self, point: Floats, doubt: FactorDoubt, coverage: Floats, rule: ShrunkenMean
    ) -> Scores:
        """Return factors that are estimates with the bounds that their doubt gives them."""
        variance = doubt.own + doubt.assumed**2 * doubt.level[:, None]
        bounds = bound_estimate(point, variance, rule.level)
        return Scores(point, *bounds, coverage, variance, doubt)

    def _doubt(self, readings: Readings, point: Floats) -> FactorDoubt:
        own = [self.vary(readings, place, point) for place in range(len(self.members))]
        return self.share_doubt(readings.rule, np.stack(own, axis=1), readings.read)

    def vary(self, readings: Readings, place: int, point: Floats) -> Floats:
        """Return the variance of a factor's estimate by itself, by month."""
        return readings.vary(place, self._counts, point[:, place])

    def share_doubt(self, rule: ShrunkenMean, own: Floats, read: Floats) -> FactorDoubt:
        """Return what the variances of all factors are made of.

        Args:
            rule: of the factors.
            own: variance of each by itself, months x factors.
            read: how much is read of each indicator, months x indicators.
        """
        weighted, size = read * self._counts, len(self.members)
        counted = np.zeros((len(weighted), size))
        np.add.at(counted.T, self._owners, weighted.T)
        level = vary_level(counted, readings=rule.readings, spread=rule.spread, common=rule.common)
        return FactorDoubt(own, rule.readings / (rule.readings + counted), level, rule.coder)

    def score_crimes(self, by_indicator: Scores, by_factor: Scores) -> dict[str, Scores]:
        """Join each crime's factors; its coverage is the share of their indicators."""
        return {
            crime.code: self._score_crime(crime, by_indicator, by_factor)
            for crime in self.framework.crimes.values()
        }

    def _score_crime(self, crime: Crime, by_indicator: Scores, by_factor: Scores) -> Scores:
        point = self.join_crime(crime.code, by_factor.point)
        coverage = by_indicator.coverage[:, self._list_indicators(crime)].mean(axis=1)
        rule = self.factor_rule
        if by_factor.doubt is None or not isinstance(rule, ShrunkenMean):
            low, high = (self.join_crime(crime.code, b) for b in (by_factor.low, by_factor.high))
            return Scores(point, low, high, coverage)
        shares = self.share_out(crime.code, by_factor.point)
        variance = by_factor.doubt.vary(shares) + by_factor.doubt.coder**2
        return Scores(point, *bound_estimate(point, variance, rule.level), coverage, variance)

    def share_out(self, crime: str, factors: Floats) -> Floats:
        """Return the multiplier of every factor in a crime, months x factors of the framework."""
        shares = np.zeros_like(factors)
        # A linear rule takes every month alike, so it is asked once.
        rows = factors[:1] if self.crime_rule.is_linear else factors
        shares[:, self.columns[crime]] = [self._share(crime, row) for row in rows]
        return shares

    @cached_property
    def _owners(self) -> Integers:
        """Return the factor of each indicator."""
        owners = np.zeros(len(self.framework.indicators), dtype=np.int64)
        for place, members in enumerate(self.members.values()):
            owners[members] = place
        return owners

    @cached_property
    def _counts(self) -> Floats:
        """Return each indicator's weight over the mean weight of its factor."""
        counts = np.zeros(len(self.framework.indicators))
        for factor, places in self.members.items():
            weights = self.indicator_weights[factor]
            counts[places] = weights / weights.mean()
        return counts

    def _list_indicators(self, crime: Crime) -> list[int]:
        return [place for factor in crime.factors for place in self.members[factor]]

    def split_factor(self, factor: str, values: Floats, read: Floats | None = None) -> Floats:
        """Return the multipliers of all indicators that make up one factor's score.

        Args:
            factor: its code.
            values: of all indicators in one month, shape ``(indicators,)``, as in ``join_factors``.
            read: how much each rests on, for a rule that estimates.

        Returns:
            ``g`` of the same shape, 0 for other factors' indicators; ``sum(g * values)`` is the
            score, less what is assumed.
        """
        places, multipliers = self.members[factor], np.zeros(len(values))
        weights = self.indicator_weights[factor]
        rests = None if read is None else read[places]
        multipliers[places] = self.factor_rule.split(values[places], weights, rests)
        return multipliers

    def split_crime(
        self, crime: str, values: Floats, factors: Floats, read: Floats | None = None
    ) -> Floats:
        """Return the multipliers of all indicators that make up one crime's score.

        Args:
            crime: its code.
            values: of all indicators in one month, as in ``split_factor``.
            factors: scores of all factors in that month, shape ``(factors,)``.
            read: as in ``split_factor``.

        Returns:
            ``g`` as in ``split_factor``.
        """
        codes = self.framework.crimes[crime].factors
        parts = np.array([self.split_factor(code, values, read) for code in codes])
        return np.asarray(self._share(crime, factors) @ parts)

    def find_read(self, read: Floats) -> dict[str, bool]:
        """Tell of which factors anything was read."""
        return {factor: bool(read[places].any()) for factor, places in self.members.items()}

    def assume(self, read: Floats, factors: Floats, crime: str | None) -> dict[str, float]:
        """Return what is assumed, by factor: of its own score, or of its part in a crime's."""
        codes = tuple(self.members) if crime is None else self.framework.crimes[crime].factors
        assumed = {
            code: self.factor_rule.assume(self.indicator_weights[code], read[self.members[code]])
            for code in codes
        }
        if crime is None:
            return assumed
        shares = self._share(crime, factors)
        return {code: float(s * assumed[code]) for code, s in zip(codes, shares, strict=True)}

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


def find_specific(framework: Framework, crime: Crime) -> NDArray[np.bool_]:
    """Tell which of a crime's factors are its own, and not common to all crimes."""
    common = set.intersection(*(set(one.factors) for one in framework.crimes.values()))
    return np.array([code not in common for code in crime.factors])


def _set_apart(weights: Floats, specific: NDArray[np.bool_], share: float | None) -> Floats:
    """Give a crime's own factors a share of the weight together, and the common ones the rest."""
    if share is None or not weights[specific].sum() > 0 or not weights[~specific].sum() > 0:
        return weights  # one of the two is all that counts
    own = weights / weights[specific].sum() * share
    rest = weights / weights[~specific].sum() * (1 - share)
    return np.where(specific, own, rest)


def _weigh(method: Method, codes: Iterable[str]) -> Floats:
    """Return the weights of some factors or indicators."""
    weights = np.array([method.weights.weights[code] for code in codes], dtype=np.float64)
    if not weights.sum() > 0:
        raise RequestError(
            f"the weight set {method.weights.id!r} gives no weight to any of {', '.join(codes)}"
        )
    return weights

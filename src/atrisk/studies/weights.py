"""Weighting: what other weights of the factors would say, exactly where it can be exact.

With arithmetic means a crime's score is linear in the shares of its factors. So its mean and
variance under Dirichlet weights have closed forms, its bounds under weights between bounds are
linear programs, and so is the question whether any admissible weighting avoids the alarm. The
factor scores are those of the assessment; the weights of indicators are not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, check_count, check_seed, require
from atrisk.base.rows import Result, Row
from atrisk.frameworks.options import AlarmOption
from atrisk.frameworks.uncertainty import WeightBoundsOption, choose_uncertainty
from atrisk.kernel import sampling
from atrisk.kernel.blocks import (
    Crime,
    are_plain,
    average_crime,
    avoid_alarm,
    bound_crime,
    lower_worst,
    overlap,
)
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WeightDraws(Result):
    """The overall score under many draws of Dirichlet weights.

    Attributes:
        concentration: parameter of a mean weight.
        weights: relative, draws x factors; only ratios count.
        overall: draws x months.
    """

    about = "assessment"

    assessment: Assessment = field(repr=False)
    seed: int
    concentration: float
    weights: Singles = field(repr=False)
    overall: Singles = field(repr=False)

    @property
    def crimes(self) -> dict[str, Singles]:
        """Score of each crime, draws x months."""
        scores = self.assessment.factors
        return {
            code: _score(self.weights.T, scores, crime).T
            for code, crime in list_crimes(self.assessment).items()
        }

    def quantiles(self, shares: Iterable[float]) -> Floats:
        """Return quantiles of the overall score, shares x months.

        Raises:
            RequestError: no share, or one outside 0 to 1.
        """
        wanted = np.array(list(shares), dtype=np.float64)
        if not wanted.size or not ((wanted >= 0) & (wanted <= 1)).all():
            raise RequestError("these are no quantiles; give numbers from 0 to 1: [0.05, 0.95]")
        return np.quantile(self.overall, wanted, axis=0)

    def to_rows(self) -> list[Row]:
        """Return one row a month and crime: exact mean and deviation, and those of the draws."""
        exact = describe_weights(self.assessment, self.concentration)
        drawn = self.crimes
        return [
            row
            | {
                "drawn_mean": float(drawn[row["crime"]][:, place].mean()),
                "drawn_deviation": float(drawn[row["crime"]][:, place].std()),
            }
            for row in exact
            for place in [self.assessment.place(row["month"])]
        ]

    def __repr__(self) -> str:
        peak = int(np.argmax(self.overall.mean(axis=0)))
        scores = self.overall[:, peak]
        return self._tell(
            f"WeightDraws({self.assessment.case.id!r}: {len(self.overall):,} draws of the weights "
            f"of {self.weights.shape[1]} factors, concentration {self.concentration:g}; peak "
            f"{self.assessment.months[peak]} {scores.mean():.2f}, deviation {scores.std():.3f}, "
            f"seed {self.seed})",
            "Only the weights of the factors vary.",
        )


@dataclass(frozen=True, eq=False)
class WeightBounds(Result):
    """What the score can be under any weights within a factor of the set's.

    Attributes:
        factor: by which each weight may be smaller or larger; ``inf`` for any weights at all.
        low, high: of the overall score, exact, ``(months,)``.
        crimes: low and high of each crime.
        avoidable: whether some admissible weighting never raises an alarm.
        avoiding: such weights by factor, relative to those of the set; empty if there are none.
    """

    about = "assessment"

    assessment: Assessment = field(repr=False)
    policy: AlarmOption = field(repr=False)
    factor: float
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    crimes: dict[str, tuple[Floats, Floats]] = field(repr=False)
    avoidable: bool
    avoiding: dict[str, float]

    def to_rows(self) -> list[Row]:
        """Return one row a month: score and exact bounds; None where nothing is on record."""
        known = self.assessment.coverage > 0
        columns = {"score": self.assessment.overall, "low": self.low, "high": self.high}
        return [
            {"month": month}
            | {
                name: float(column[place]) if known[place] else None
                for name, column in columns.items()
            }
            for place, month in enumerate(self.assessment.months)
        ]

    def __repr__(self) -> str:
        answer = (
            "some weighting avoids the alarm" if self.avoidable else "no weighting avoids the alarm"
        )
        peak = int(np.argmax(self.assessment.overall))
        return self._tell(
            f"WeightBounds({self.assessment.case.id!r}: each weight up to "
            f"{self.factor:g} times larger or smaller; {self.assessment.months[peak]} "
            f"{self.assessment.overall[peak]:.2f} [{self.low[peak]:.2f}-{self.high[peak]:.2f}]; "
            f"under the policy {self.policy.id!r} {answer})"
        )


def sample_weights(
    assessment: Assessment, *, seed: int, draws: int = 10_000, spread: str | float | None = None
) -> WeightDraws:
    """Score an assessment's factors under draws of Dirichlet weights around its weight set.

    ``crime = sum_S w_i x_i / sum_S w_i``, or half of that of its common and half of that of its own
    factors, with ``w_i ~ Gamma(concentration * w0_i)``, ``w0`` the
    set's weights with mean 1; the overall score is the worst crime. The draws are held in memory,
    ``draws x months`` numbers in single precision. For everything else that may be wrong see
    ``run_ensemble``.

    Args:
        assessment: from ``assess``, with crimes that are arithmetic means.
        seed: of the generator; 0 is a seed.
        draws: how many, 1 or more.
        spread: option of the framework's ``weight_spread``, or a concentration above 0; None for
            the default option.

    Raises:
        RequestError: no draws, no seed, or crimes that are not arithmetic means.
        UnknownNameError: no such option.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> sample_weights(now, seed=7, draws=100).overall.shape
        (100, 48)
    """
    check_count("draws", draws)
    check_seed(seed)
    crimes = list_crimes(assessment)
    concentration = _read_spread(assessment, spread)
    centre = centre_weights(assessment)
    generator = np.random.default_rng(seed)
    weights = sampling.draw_weights(generator, np.tile(centre[:, None], draws), concentration)
    scores = (_score(weights, assessment.factors, crime) for crime in crimes.values())
    overall = reduce(lambda one, other: np.maximum(one, other, out=one), scores)
    return WeightDraws(assessment, seed, concentration, weights.T, overall.T)


def describe_weights(assessment: Assessment, spread: str | float | None = None) -> list[Row]:
    """Give the exact mean and standard deviation of each crime under Dirichlet weights.

    With ``a_i = concentration * w0_i``, ``A`` their sum over the crime's factors and ``m`` the
    score under the set itself:

        mean = m        variance = (sum a_i x_i ** 2 / A - m ** 2) / (A + 1)

    Parts of a crime that count apart (common factors, its own) vary independently: their variances
    add up, each times the square of its share.

    Args:
        assessment: as in ``sample_weights``.
        spread: as in ``sample_weights``.

    Returns:
        One row a month and crime; None where nothing is on record.

    Raises:
        RequestError: crimes that are not arithmetic means.
        UnknownNameError: no such option.

    References:
        Kotz, Balakrishnan and Johnson (2000), Continuous Multivariate Distributions 1, chapter 49.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> row = describe_weights(now, "moderate")[0]
        >>> bool(abs(row["mean"] - now.crimes["genocide"][0]) < 1e-12)
        True
    """
    crimes = list_crimes(assessment)
    concentration, centre = _read_spread(assessment, spread), centre_weights(assessment)
    moments = {}
    for code, crime in crimes.items():
        finite = 1.0 if np.isinf(concentration) else concentration
        mean, variance = average_crime(assessment.factors, finite * centre, crime)
        moments[code] = mean, np.sqrt(variance) * (not np.isinf(concentration))
    return [
        {
            "month": month,
            "crime": code,
            "mean": float(mean[place]) if assessment.coverage[place] > 0 else None,
            "deviation": float(deviation[place]) if assessment.coverage[place] > 0 else None,
        }
        for place, month in enumerate(assessment.months)
        for code, (mean, deviation) in moments.items()
    ]


def bound_weights(
    assessment: Assessment,
    factor: str | float | None = None,
    *,
    policy: str | AlarmOption | None = None,
) -> WeightBounds:
    """Bound the score over all weights within a factor of the set's, and ask about the alarm.

    Each weight may be anything from ``w0_i / factor`` to ``w0_i * factor``; only ratios count. The
    bounds are attained. An alarm is avoided if in no ``n`` months ``k`` are at ``on`` or above for
    the worst crime: a mixed integer linear program, solved exactly by HiGHS.

    Args:
        assessment: from ``assess``, with crimes that are arithmetic means.
        factor: option of the framework's ``weight_bounds``, or a number, 1 or more; ``inf`` admits
            any weights at all; None for the default option.
        policy: alarm policy; None for the method's.

    Raises:
        RequestError: the factor is below 1, or crimes that are not arithmetic means.
        UnknownNameError: no such option or policy.

    References:
        Charnes and Cooper (1962), Naval Research Logistics Quarterly 9:181-186; Crouzeix, Ferland
        and Schaible (1985), Journal of Optimization Theory and Applications 47:35-49.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> bounds = bound_weights(now, 2.0)
        >>> bool((bounds.low <= now.overall).all() and (now.overall <= bounds.high).all())
        True
    """
    crimes = list_crimes(assessment)
    wide = _read_factor(assessment, factor)
    watch = choose_policy(assessment.framework, assessment.method, policy)
    lower, upper = _box(centre_weights(assessment), wide)
    scores, parts = assessment.factors, list(crimes.values())
    by_crime = {code: bound_crime(scores, crime, lower, upper) for code, crime in crimes.items()}
    escape = avoid_alarm(
        scores, parts, lower, upper,
        on=watch.on, needed=watch.months_needed, watched=watch.months_watched,
    )  # fmt: skip
    avoidable = escape.margin > 0
    shares = _relate(escape.weights, centre_weights(assessment))
    return WeightBounds(
        assessment,
        watch,
        wide,
        lower_worst(scores, parts, lower, upper),
        np.max([high for _, high in by_crime.values()], axis=0),
        by_crime,
        avoidable,
        dict(zip(assessment.factor_codes, shares.tolist(), strict=True)) if avoidable else {},
    )


def list_crimes(assessment: Assessment) -> dict[str, Crime]:
    """Return the parts of each crime that count apart, each a share and the places of factors.

    Raises:
        RequestError: crimes are not arithmetic means, so nothing about weights is exact.
    """
    require(assessment, Assessment, "make it with assess(case, framework)")
    rule, hierarchy = assessment.method.crime_aggregation, assessment.hierarchy
    crimes = {code: hierarchy.list_parts(code) for code in hierarchy.columns}
    if not rule.arithmetic.is_linear:
        raise RequestError(
            f"the crimes are joined by {rule.id!r}, which is not linear in the weights; settle "
            "crime_aggregation to a mean (halves, arithmetic), or draw with run_ensemble"
        )
    parts = list(crimes.values())
    if not are_plain(parts) and overlap(parts):
        raise RequestError(
            f"under {rule.id!r} two crimes share factors that not all crimes have, so their "
            "weights cannot be bounded apart; settle crime_aggregation to one that counts all alike"
        )
    return crimes


def centre_weights(assessment: Assessment) -> Floats:
    """Return the weights of the factors in the method's set, with mean 1."""
    weights = assessment.method.weights.weights
    centre = np.array([weights[code] for code in assessment.factor_codes])
    return centre / centre.mean()


def _box(centre: Floats, factor: float) -> tuple[Floats, Floats]:
    if np.isinf(factor):  # any weights; those that the set leaves out stay out
        return np.zeros_like(centre), (centre > 0).astype(np.float64)
    return centre / factor, centre * factor


def _relate(weights: Floats, centre: Floats) -> Floats:
    """Return weights over those of the set; only ratios count, so the scale is the set's middle."""
    ratio = np.divide(weights, centre, out=np.zeros_like(weights), where=centre > 0)
    lowest, highest = ratio[centre > 0].min(), ratio.max()
    return ratio / np.sqrt(lowest * highest) if lowest > 0 else ratio / ratio.mean()


def _score(weights: Singles, scores: Floats, crime: Crime) -> Singles:
    """Return a crime's score, months x draws, from weights of factors x draws."""
    joined = np.zeros((len(scores), weights.shape[1]), dtype=np.float32)
    for share, place in crime:
        part = weights[place]
        part *= np.float32(share) / part.sum(axis=0)
        joined += scores[:, place].astype(np.float32) @ part
    return joined


def _read_spread(assessment: Assessment, spread: str | float | None) -> float:
    if spread is None or isinstance(spread, str):
        header = assessment.framework.uncertainty
        choices = {"weight_spread": spread} if spread else None
        return choose_uncertainty(header, choices).weight_spread.concentration
    if not spread > 0:
        raise RequestError(f"a concentration of {spread:g} is too small; give a number above 0")
    return float(spread)


def _read_factor(assessment: Assessment, factor: str | float | None) -> float:
    if factor is None or isinstance(factor, str):
        branch = assessment.framework.uncertainty.weight_bounds
        chosen: WeightBoundsOption = branch.pick(factor, "option of 'weight_bounds'")
        return chosen.factor
    if not factor >= 1:
        raise RequestError(f"a factor of {factor:g} is too small; give a number, 1 or more")
    return float(factor)

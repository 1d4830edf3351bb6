"""Assessments: intensities into risk factors, crimes and the overall score, each explained.

An overall score is the score of the worst crime; a crime's, of its factors; a factor's, of its
indicators. It is neither a probability nor a forecast: it is the expected severity of what was on
record, between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, require, shorten
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case, check_codes
from atrisk.cases.evidence import AUDIENCES, Audience
from atrisk.frameworks.branches import Method, WeightSet
from atrisk.frameworks.framework import Framework
from atrisk.scoring.explanation import explain_score
from atrisk.scoring.intensity import Intensity, measure_intensity
from atrisk.scoring.scores import (
    Scores,
    describe_score,
    score_crimes,
    score_factors,
    score_overall,
    split_by_factor,
    split_crime,
    split_factor,
)
from atrisk.scoring.view import read_view

Floats = NDArray[np.float64]
Level = Literal["overall", "crime", "factor", "indicator"]
LEVELS: tuple[Level, ...] = ("overall", "crime", "factor", "indicator")


@dataclass(frozen=True, eq=False)
class Assessment(Result):
    """A case scored under a framework, month by month.

    Arrays have months first and hold numbers from 0 to 1. An element of ``factors`` or
    ``indicators`` on which nothing is on record is 0 in the point, has coverage 0 and a range up to
    the method's bound, and is shown as not assessed, never as zero.

    Attributes:
        months: such as ``"2013-09"``.
        factor_codes, indicator_codes: columns of ``factors`` and ``indicators``.
        indicators, factors: point scores, months x indicators and months x factors.
        crimes: point scores by crime, each of shape ``(months,)``.
        overall, low, high: the worst crime's score and its bounds, ``(months,)``.
        coverage: share of all indicators on which evidence is current, ``(months,)``.
        worst_crimes: the crime that each overall score is taken from.
        bands: band of each overall score.
        knowledge: ``"contemporaneous"``, ``"retrospective"`` or the day it was drawn on.
        audience: whose knowledge counted, or None for anybody's.
        until: the last day that is seen.
    """

    case: Case
    framework: Framework
    method: Method
    months: tuple[str, ...]
    knowledge: str
    audience: Audience | None
    until: date
    intensity: Intensity = field(repr=False)
    by_indicator: Scores = field(repr=False)
    by_factor: Scores = field(repr=False)
    by_crime: Mapping[str, Scores] = field(repr=False)
    by_overall: Scores = field(repr=False)
    worst_crimes: tuple[str, ...] = field(repr=False)

    @property
    def factor_codes(self) -> tuple[str, ...]:
        """Codes of the columns of ``factors``."""
        return tuple(self.framework.factors)

    @property
    def indicator_codes(self) -> tuple[str, ...]:
        """Codes of the columns of ``indicators``."""
        return tuple(self.framework.indicators)

    @property
    def indicators(self) -> Floats:
        """Intensities, months x indicators."""
        return self.by_indicator.point

    @property
    def factors(self) -> Floats:
        """Factor scores, months x factors."""
        return self.by_factor.point

    @property
    def crimes(self) -> dict[str, Floats]:
        """Crime scores by crime."""
        return {code: scores.point for code, scores in self.by_crime.items()}

    @property
    def overall(self) -> Floats:
        """Score of the worst crime in each month."""
        return self.by_overall.point

    @property
    def on_record(self) -> Floats:
        """``overall``, NaN in months in which nothing is on record: unknown is not zero."""
        return np.where(self.coverage > 0, self.overall, np.nan)

    @property
    def low(self) -> Floats:
        """Lower bound of ``overall``."""
        return self.by_overall.low

    @property
    def high(self) -> Floats:
        """Upper bound of ``overall``."""
        return self.by_overall.high

    @property
    def coverage(self) -> Floats:
        """Share of the framework's indicators on which evidence is current."""
        return self.by_overall.coverage

    @property
    def bands(self) -> tuple[str | None, ...]:
        """Band of each overall score; None where too little is covered to name one."""
        least = self.framework.header.least_coverage
        return tuple(
            self.framework.band(score).label if covered >= least else None
            for score, covered in zip(self.overall, self.coverage, strict=True)
        )

    def place(self, month: str) -> int:
        """Return the row of a month.

        Raises:
            RequestError: the month was not assessed.
        """
        if month not in self.months:
            raise RequestError(
                f"{shorten(month)} is not among the months that were assessed "
                f"({self.knowledge}): {self.months[0]} to {self.months[-1]}, written like 2013-09"
            )
        return self.months.index(month)

    def driving_factors(self, month: str) -> tuple[str, ...]:
        """Return the factors of the worst crime, that with the largest part in it first.

        Factors without any part are left out.

        Raises:
            RequestError: the month was not assessed.
        """
        place = self.place(month)
        crimes = {crime.code: crime for crime in self.framework.crimes}
        crime = crimes[self.worst_crimes[place]]
        parts = split_by_factor(self.framework, self.method, crime, self.factors[place])
        return tuple(code for code in sorted(parts, key=lambda c: -parts[c]) if parts[code] > 0)

    def to_rows(self, level: Level = "overall") -> list[Row]:
        """Return one row for each month and item of a level, ready for a table.

        Args:
            level: ``"overall"``, ``"crime"``, ``"factor"`` or ``"indicator"``.

        Returns:
            Rows with month, what is scored, band, score, low, high and coverage. Where nothing is
            on record ``score`` and ``band`` are None: unknown is not zero.

        Raises:
            UnknownNameError: no such level.
        """
        if level not in LEVELS:
            raise UnknownNameError("level", str(level), LEVELS)
        return [row for place in range(len(self.months)) for row in self._rows(place, level)]

    def explain(
        self, month: str, *, factor: str | None = None, crime: str | None = None
    ) -> list[Row]:
        """Split a score exactly over the evidence that it rests on.

        Args:
            month: such as ``"2013-09"``.
            factor: code of a factor; None for a crime's or the overall score.
            crime: code of a crime; None for the worst one, which is the overall score.

        Returns:
            One row for each telling of evidence on an indicator, the largest part first, with
            ``evidence``, ``contribution`` (below 0 where it mitigates), ``quote``, ``source``,
            ``locator`` and what else is on record about it. The contributions sum to the score to
            1e-12; a fact that was told more than once counts with its best telling, and
            ``also_told_by`` names the others.

        Raises:
            RequestError: the month was not assessed, or nothing on record bears on the score.
            UnknownNameError: no such factor or crime.

        Examples:
            >>> import atrisk
            >>> case = atrisk.load_case("car-2012-2015")
            >>> assessment = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
            >>> rows = assessment.explain("2013-09", factor="11")
            >>> place = assessment.months.index("2013-09"), assessment.factor_codes.index("11")
            >>> error = sum(row["contribution"] for row in rows) - assessment.factors[place]
            >>> bool(abs(error) < 1e-12)
            True
        """
        rows = self.contribute(month, factor, crime)
        if not rows:
            what = f"factor {factor}" if factor else "the score"
            if self._is_assessed(month, factor):
                raise RequestError(
                    f"{what} in {month} is 0 because it was looked for and not found; "
                    "see searches.csv, or choose another month"
                )
            raise RequestError(
                f"nothing on record by {month} bears on {what} in {self.case.id}: it is not "
                "assessed, which is not zero; choose a later month or another factor"
            )
        return rows

    def _is_assessed(self, month: str, factor: str | None) -> bool:
        place = self.place(month)
        if factor is None:
            return bool(self.coverage[place] > 0)
        return bool(self.by_factor.coverage[place, self.factor_codes.index(factor)] > 0)

    def contribute(self, month: str, factor: str | None, crime: str | None) -> list[Row]:
        """Return the rows of ``explain``; none where nothing on record bears on the score."""
        place = self.place(month)
        multipliers = self._split(place, factor, crime)
        return explain_score(self.case, self.framework, self.intensity, place, multipliers)

    def _split(self, place: int, factor: str | None, crime: str | None) -> Floats:
        if factor is not None and crime is not None:
            raise RequestError("a factor's score has no crime; give factor or crime, not both")
        values = self.indicators[place]
        if factor is not None:
            if factor not in self.framework.factors:
                raise UnknownNameError("factor", factor, self.framework.factors)
            return split_factor(self.framework, self.method, factor, values)
        wanted = crime if crime is not None else self.worst_crimes[place]
        crimes = {crime.code: crime for crime in self.framework.crimes}
        if wanted not in crimes:
            raise UnknownNameError("crime", wanted, crimes)
        return split_crime(self.framework, self.method, crimes[wanted], values, self.factors[place])

    def _rows(self, place: int, level: Level) -> list[Row]:
        month = self.months[place]
        if level == "overall":
            row = {"month": month} | describe_score(self.framework, self.by_overall, place)
            return [row | {"worst_crime": self.worst_crimes[place]}]
        if level == "crime":
            return [
                {"month": month, "crime": code} | describe_score(self.framework, scores, place)
                for code, scores in self.by_crime.items()
            ]
        if level == "factor":
            return [
                {"month": month, "factor": code, "title": factor.title}
                | describe_score(self.framework, self.by_factor, (place, column))
                for column, (code, factor) in enumerate(self.framework.factors.items())
            ]
        return [
            {"month": month, "factor": item.factor, "indicator": code, "label": item.label}
            | describe_score(self.framework, self.by_indicator, (place, column))
            for column, (code, item) in enumerate(self.framework.indicators.items())
        ]

    def __repr__(self) -> str:
        peak = int(np.argmax(self.overall))
        audience = f", known to {self.audience}" if self.audience else ""
        return (
            f"Assessment({self.case.id!r} under {self.framework.id!r}, {self.knowledge}{audience}: "
            f"{self.months[0]} to {self.months[-1]}, peak {self.months[peak]} "
            f"{self.bands[peak] or 'without a band'} "
            f"{self.overall[peak]:.2f} [{self.low[peak]:.2f}-{self.high[peak]:.2f}], "
            f"coverage {self.coverage[peak]:.0%}{self._describe_choices()})\n"
            f"  {self.framework.header.caveat}\n  {self.case.header.caveat}"
        )

    def _describe_choices(self) -> str:
        """Name the branches that were settled otherwise than by default."""
        default = self.framework.choose().choices
        other = [f"{b}={o}" for b, o in self.method.choices.items() if default[b] != o]
        return f"; {', '.join(other)}" if other else ""


def assess(
    case: Case,
    framework: Framework,
    *,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    weights: str | WeightSet | None = None,
    method: Method | Mapping[str, str] | None = None,
) -> Assessment:
    """Score a case month by month under a framework.

    By default, with claims independent, echoes one claim, and ``p = grade x persistence``:

        P(A >= k) = 1 - prod over aggravating claims of severity >= k of (1 - p)    (M alike)
        indicator = E[max(0, A - M)] / K = (1 / K) * sum_k P(A >= k) * P(M < k)
        factor    = sum over its indicators in descending order of s * (1 - s) ** (j - 1) * x_j
        crime     = weighted mean of its common and specific factors
        overall   = the worst crime

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        knowledge: ``"contemporaneous"``, where each month uses only what was known by its last
            day; ``"retrospective"``, where it uses everything; or a day (``"2013-06-30"``, a month
            or a ``date``), for the whole series as it could be drawn on that day and up to it.
        audience: ``"public"``, ``"council"`` or ``"internal"`` to count only what it knew
            (everybody knows what is public); None counts what anybody knew.
        weights: id of a weight set, or one of your own; shorthand for the branch ``weights``.
        method: a ``Method``, or chosen options by branch, such as ``{"persistence": "long"}``.

    Returns:
        An ``Assessment`` of every month; no month uses what became known after its day.

    Raises:
        DataError: the evidence uses indicators that the framework does not have.
        RequestError: nothing was known by then, or the knowledge is not understood.
        UnknownNameError: no such audience, branch, option or weight set.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> now = atrisk.assess(case, framework)
        >>> now.months[0], now.months[-1], now.factors.shape
        ('2012-01', '2015-12', (48, 14))

    References:
        United Nations (2014), Framework of Analysis for Atrocity Crimes, A/70/741-S/2016/71.
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    if audience is not None and audience not in AUDIENCES:
        raise UnknownNameError("audience", str(audience), AUDIENCES)
    if case.framework is not framework:
        check_codes(case, framework)
    chosen = framework.settle(method, weights)
    view = read_view(case, knowledge)
    intensity = measure_intensity(
        case, framework, chosen, cuts=view.cuts, knowledge=view.days, audience=audience
    )
    if not intensity.known.any():
        raise RequestError(
            f"nothing in {case.id} was known by {view.days[-1]}"
            + (f" to the audience {audience!r}" if audience else "")
            + "; choose a later day or another audience"
        )
    by_indicator = Scores(intensity.point, intensity.low, intensity.high, intensity.assessed)
    by_factor = score_factors(framework, chosen, by_indicator)
    by_crime = score_crimes(framework, chosen, by_indicator, by_factor)
    worst = np.argmax([scores.point for scores in by_crime.values()], axis=0)
    return Assessment(
        case=case,
        framework=framework,
        method=chosen,
        months=tuple(str(month) for month in view.months),
        knowledge=view.label,
        audience=audience,
        until=view.cuts[-1],
        intensity=intensity,
        by_indicator=by_indicator,
        by_factor=by_factor,
        by_crime=by_crime,
        by_overall=score_overall(by_crime, by_indicator),
        worst_crimes=tuple(list(by_crime)[place] for place in worst),
    )

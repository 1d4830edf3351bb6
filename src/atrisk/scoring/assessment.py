"""Assessments: intensities into risk factors, crimes and the overall score, each explained.

An overall score is the score of the worst crime; a crime's, of its factors; a factor's, of its
indicators. It is neither a probability nor a forecast, but how grave the record makes it, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import permutations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import tell_no_month
from atrisk.base.errors import RequestError, UnknownNameError, shorten
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.kernel.estimate import bound_estimate
from atrisk.scoring.explanation import describe_assumption, explain_score
from atrisk.scoring.intensity import Intensity
from atrisk.scoring.scores import Hierarchy, Scores, describe_score, name_bands
from atrisk.scoring.view import Outlook, View, describe_choices

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assessment(LevelResult):
    """A case scored under a framework, month by month.

    ``to_rows`` gives one row for each month and item of a level: ``"overall"``, ``"crime"``,
    ``"factor"`` or ``"indicator"``, with month, what is scored, band, score, low, high and
    coverage. Where nothing is on record ``score`` and ``band`` are None: unknown is not zero.

    Arrays have months first and hold numbers from 0 to 1. An element of ``factors`` or
    ``indicators`` on which nothing is on record is 0 in the point, has coverage 0 and a range up to
    the method's bound, and is shown as not assessed, never as zero.

    Attributes:
        case: as it was seen: from a day, or by an audience, only what was known then.
        months: such as ``"2013-09"``.
        factor_codes, indicator_codes: columns of ``factors`` and ``indicators``.
        indicators, factors: point scores, months x indicators and months x factors.
        crimes: point scores by crime, each of shape ``(months,)``.
        overall, low, high: the worst crime's score and its bounds, ``(months,)``.
        coverage: share of all indicators on which evidence is current, ``(months,)``.
        worst_crimes, named_crimes: the crime of each overall score; None if others may be as grave.
        bands: band of each overall score.
        view: the choices that it was made with, as they were given.
        knowledge: ``"contemporaneous"``, ``"retrospective"`` or the day it was drawn on.
        audience: whose knowledge counted, or None for anybody's.
        until: the last day that is seen.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "overall": "_tell_overall",
        "crime": "_tell_crimes",
        "factor": "_tell_factors",
        "indicator": "_tell_indicators",
    }

    case: Case
    framework: Framework
    method: Method
    view: View
    outlook: Outlook = field(repr=False)
    measure: Callable[[], Intensity] = field(repr=False)
    by_indicator: Scores = field(repr=False)
    by_factor: Scores = field(repr=False)
    by_crime: Mapping[str, Scores] = field(repr=False)
    by_overall: Scores = field(repr=False)
    worst_crimes: tuple[str, ...] = field(repr=False)

    @cached_property
    def intensity(self) -> Intensity:
        """Intensities and what they rest on, which are most of an assessment; see ``forget``."""
        return self.measure()

    def forget(self) -> None:
        """Let go of the intensities, which are measured again when they are asked for."""
        vars(self).pop("intensity", None)

    @cached_property
    def memory(self) -> dict[tuple[Any, ...], Any]:
        """What was found out of it, by what was asked: tiers, flags and events ask again."""
        return {}

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months, such as ``"2013-09"``."""
        return tuple(str(month) for month in self.outlook.months)

    @property
    def knowledge(self) -> str:
        """``"contemporaneous"``, ``"retrospective"`` or the day it was drawn on."""
        return self.outlook.label

    @property
    def audience(self) -> Audience | None:
        """Whose knowledge counted, or None for anybody's."""
        return self.view.get("audience")

    @property
    def until(self) -> date:
        """The last day that is seen."""
        return self.outlook.cuts[-1]

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """How the method joins, which explains as it scored."""
        return Hierarchy(self.framework, self.method)

    @property
    def subject(self) -> str:
        """The case, the framework, and how it was looked at, for one line of text."""
        heard = f", known to {self.audience}" if self.audience else ""
        return f"{self.case.id!r} under {self.framework.id!r}, {self.knowledge}{heard}"

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know of the framework and of the case."""
        return (self.framework.header.caveat, self.case.header.caveat)

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

    @cached_property
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

    @cached_property
    def bands(self) -> tuple[str | None, ...]:
        """Band of each overall score; None where too little is covered to name one."""
        return name_bands(self.framework, self.method, self.by_overall)

    @cached_property
    def named_crimes(self) -> tuple[str | None, ...]:
        """The worst crime of each month; None where another may be as grave.

        An estimate names it if it leads every other by ``d > z sqrt(var d)``, with ``var d`` of the
        factors that the two do not share; a count always, as in the first version.
        """
        doubt, readings = self.by_factor.doubt, self.intensity.readings
        if doubt is None or readings is None:
            return self.worst_crimes
        shares = {code: self.hierarchy.share_out(code, self.factors) for code in self.crimes}
        clear = np.ones(len(self.months), dtype=np.bool_)
        for worst, other in permutations(self.crimes, 2):
            lead = self.crimes[worst] - self.crimes[other]
            spread = doubt.vary(shares[worst] - shares[other])
            low, _ = bound_estimate(lead, spread, readings.rule.level)
            clear &= (np.array(self.worst_crimes) != worst) | (low > 0)
        return tuple(
            code if named else None for code, named in zip(self.worst_crimes, clear, strict=True)
        )

    def place(self, month: str) -> int:
        """Return the row of a month.

        Raises:
            RequestError: the month was not assessed.
        """
        if month not in self.months:
            raise RequestError(
                f"{shorten(month)} {tell_no_month(month) or 'was not assessed'}; the months are "
                f"{self.months[0]} to {self.months[-1]} ({self.knowledge})"
            )
        return self.months.index(month)

    def driving_factors(self, month: str) -> tuple[str, ...]:
        """Return the factors of the worst crime, that with the largest part in it first.

        What is only assumed of a factor is no part of it here; factors without any are left out.

        Raises:
            RequestError: the month was not assessed.
        """
        place = self.place(month)
        crime = self.worst_crimes[place]
        parts = self.hierarchy.split_by_factor(crime, self.factors[place])
        readings = self.intensity.readings
        if readings is not None:
            assumed = self.hierarchy.assume(readings.read[place], self.factors[place], crime)
            read = self.hierarchy.find_read(readings.read[place])
            parts = {code: part - assumed[code] for code, part in parts.items() if read[code]}
        order = sorted(parts, key=lambda code: -parts[code])
        return tuple(code for code in order if parts[code] > 0)

    def rising_factors(self, month: str) -> tuple[str, ...]:
        """Return the factors whose part in the month's worst crime rose, the largest rise first.

        They say what changed since the month before; ``driving_factors`` says what weighs most,
        which may be the same for years. The first month of an assessment has none.

        Raises:
            RequestError: the month was not assessed.

        Examples:
            >>> import atrisk
            >>> case = atrisk.load_case("car-2012-2015")
            >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
            >>> now.driving_factors("2013-12")[0], now.rising_factors("2013-12")[0]
            ('11', '12')
        """
        place = self.place(month)
        if place == 0:
            return ()
        crime = self.worst_crimes[place]
        now, before = (
            self.hierarchy.split_by_factor(crime, self.factors[one]) for one in (place, place - 1)
        )
        rises = {code: part - before[code] for code, part in now.items()}
        order = sorted(rises, key=lambda code: -rises[code])
        return tuple(code for code in order if rises[code] > 0)

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
        if not rows or (self.intensity.readings and not self._is_assessed(month, factor)):
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
        rows = explain_score(self.case, self.framework, self.intensity, place, multipliers)
        return [*rows, *self._assume(place, factor, crime)]

    def multiply(self, place: int, factor: str) -> Floats:
        """Return what each indicator's ``parts`` are multiplied by in a factor's score."""
        return self._split(place, factor, None)

    def assume(self, place: int, factor: str) -> float:
        """Return the part of a factor's score that is assumed; 0 where the method counts."""
        return sum(row["contribution"] for row in self._assume(place, factor, None))

    def _assume(self, place: int, factor: str | None, crime: str | None) -> list[Row]:
        """Return the parts of a score that rest on what is assumed of factors, not on evidence."""
        readings = self.intensity.readings
        if readings is None:
            return []
        wanted = None if factor else crime or self.worst_crimes[place]
        assumed = self.hierarchy.assume(readings.read[place], self.factors[place], wanted)
        return [
            describe_assumption(self.framework, code, part)
            for code, part in assumed.items()
            if factor in (None, code)
        ]

    def _split(self, place: int, factor: str | None, crime: str | None) -> Floats:
        if factor is not None and crime is not None:
            raise RequestError("a factor's score has no crime; give factor or crime, not both")
        if factor is not None and not isinstance(factor, str):
            raise RequestError(f"a factor is named by its code, a text; write factor='{factor}'")
        readings = self.intensity.readings
        values = self.indicators[place] if readings is None else readings.told[place]
        read = None if readings is None else readings.read[place]
        if factor is not None:
            if factor not in self.framework.factors:
                raise UnknownNameError("factor", factor, self.framework.factors)
            return self.hierarchy.split_factor(factor, values, read)
        wanted = crime if crime is not None else self.worst_crimes[place]
        if wanted not in self.framework.crimes:
            raise UnknownNameError("crime", wanted, self.framework.crimes)
        return self.hierarchy.split_crime(wanted, values, self.factors[place], read)

    def _tell_overall(self) -> Iterator[Row]:
        for place, month in enumerate(self.months):
            score = describe_score(self.framework, self.method, self.by_overall, place)
            yield {"month": month} | score | {"worst_crime": self.named_crimes[place]}

    def _tell_crimes(self) -> Iterator[Row]:
        for place, month in enumerate(self.months):
            for code, scores in self.by_crime.items():
                score = describe_score(self.framework, self.method, scores, place)
                yield {"month": month, "crime": code} | score

    def _tell_factors(self) -> Iterator[Row]:
        for place, month in enumerate(self.months):
            for column, (code, factor) in enumerate(self.framework.factors.items()):
                score = describe_score(self.framework, self.method, self.by_factor, (place, column))
                yield {"month": month, "factor": code, "title": factor.title} | score

    def _tell_indicators(self) -> Iterator[Row]:
        for place, month in enumerate(self.months):
            for column, (code, item) in enumerate(self.framework.indicators.items()):
                score = describe_score(
                    self.framework, self.method, self.by_indicator, (place, column)
                )
                head = {"factor": item.factor, "indicator": code, "label": item.label}
                yield {"month": month} | head | score

    def __repr__(self) -> str:
        peak = int(np.argmax(self.overall))
        return self._tell(
            f"Assessment({self.subject}: "
            f"{self.months[0]} to {self.months[-1]}, peak {self.months[peak]} "
            f"{self.bands[peak] or 'without a band'} "
            f"{self.overall[peak]:.2f} [{self.low[peak]:.2f}-{self.high[peak]:.2f}], "
            f"coverage {self.coverage[peak]:.0%}{describe_choices(self.framework, self.method)})"
        )

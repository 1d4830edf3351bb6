"""Ensembles: what many draws of a case say together, month by month.

The spread says how far a result hangs on judgements about what is on record. It is not a
probability of genocide, and it knows nothing of what no document says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.base.rows import LevelResult, Row
from atrisk.ensemble.tally import Tally
from atrisk.frameworks.options import AlarmOption
from atrisk.frameworks.uncertainty import Uncertainty
from atrisk.scoring.assessment import Assessment

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ensemble(LevelResult):
    """What many draws of a case say together, month by month.

    ``to_rows`` gives one row for each month and score of a level, ``"overall"`` with alarms and
    bands, ``"crime"`` or ``"factor"``: the score of the assessment, mean, deviation and quantiles
    of the draws, each with its standard error: how far it would lie off with other draws; None
    where nothing is on record: unknown is not zero.

    Attributes:
        base: the assessment around which everything was drawn.
        policy: the alarm policy.
        uncertainty: how far things may be off.
        vary: what was drawn.
        draws, seed: how many, and from which seed; the same seed gives the same numbers.
        shares: quantiles that ``to_rows`` shows.
        tally: everything that was counted.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "overall": "_tell_overall",
        "crime": "_tell_crimes",
        "factor": "_tell_factors",
    }
    about = "base"

    base: Assessment = field(repr=False)
    policy: AlarmOption = field(repr=False)
    uncertainty: Uncertainty = field(repr=False)
    vary: tuple[str, ...]
    draws: int
    seed: int
    shares: tuple[float, ...] = field(repr=False)
    tally: Tally = field(repr=False)

    @property
    def months(self) -> tuple[str, ...]:
        """The months, such as ``"2013-09"``."""
        return self.base.months

    @property
    def series(self) -> tuple[str, ...]:
        """What is counted: ``"overall"``, each crime, each factor's code."""
        return ("overall", *self.base.crimes, *self.base.factor_codes)

    @property
    def alarm_probability(self) -> Floats:
        """Share of the draws in alarm in each month, ``(months,)``."""
        return self.tally.alarm / self.draws

    @property
    def band_probability(self) -> Floats:
        """Share of the draws in each band, months x bands; NaN where too little is covered."""
        shares = self.tally.bands / self.draws
        least = self.base.framework.header.least_coverage
        shares[self.base.coverage < least] = np.nan
        return shares

    @property
    def first_alarm(self) -> dict[str | None, float]:
        """Share of the draws whose first alarm is in each month; None is for never."""
        shares = (self.tally.first / self.draws).tolist()
        return dict(zip((*self.months, None), shares, strict=True))

    def quantiles(self, shares: Iterable[float] | None = None, of: str = "overall") -> Floats:
        """Return quantiles of a score by month.

        Args:
            shares: from 0 to 1; None for the framework's own.
            of: ``"overall"``, a crime such as ``"genocide"``, or a factor's code such as ``"11"``.

        Returns:
            Shape ``(shares, months)``, exact to half a bin of 1/1024.

        Raises:
            UnknownNameError: there is no such score.
            RequestError: no share, or one outside 0 to 1.
        """
        wanted = np.array(list(self.shares if shares is None else shares), dtype=np.float64)
        if not wanted.size or not ((wanted >= 0) & (wanted <= 1)).all():
            raise RequestError(
                f"{shares!r} are no quantiles; give numbers from 0 to 1: [0.05, 0.95]"
            )
        return self.tally.quantiles(wanted, self._place(of))

    def spread(self, of: str = "overall") -> tuple[float, Floats, Floats]:
        """Return the outermost of the framework's own quantiles, and the share between them.

        Returns:
            The share of the draws, and the lower and the upper end by month, ``(months,)``.
        """
        low, *_, high = self.quantiles(of=of)
        return self.shares[-1] - self.shares[0], low, high

    def mean(self, of: str = "overall") -> Floats:
        """Return the mean score by month, ``(months,)``; see ``quantiles``."""
        return self.tally.mean[self._place(of)]

    def deviation(self, of: str = "overall") -> Floats:
        """Return the standard deviation of the score by month, ``(months,)``."""
        return self.tally.deviation[self._place(of)]

    def mean_error(self, of: str = "overall") -> Floats:
        """Return the standard error of the mean by month, ``deviation / sqrt(draws)``."""
        return np.asarray(self.deviation(of) / np.sqrt(self.draws))

    def quantile_errors(self, shares: Iterable[float] | None = None, of: str = "overall") -> Floats:
        """Return the standard errors of quantiles by month, shares x months.

        Half the distance of the quantiles at ``q -+ sqrt(q (1 - q) / draws)``, which are one
        standard error of the number of draws below away, exact to half a bin of 1/1024.

        Args:
            shares: as in ``quantiles``.
            of: as in ``quantiles``.

        Raises:
            UnknownNameError: there is no such score.
            RequestError: no share, or one outside 0 to 1.

        References:
            Woodruff (1952), Journal of the American Statistical Association 47:635-646.
        """
        wanted = np.array(list(self.shares if shares is None else shares), dtype=np.float64)
        off = np.sqrt(np.maximum(wanted * (1 - wanted), 0) / self.draws)
        low, high = (np.clip(wanted + one, 0, 1).tolist() for one in (-off, off))
        return np.asarray((self.quantiles(high, of) - self.quantiles(low, of)) / 2)

    @property
    def alarm_error(self) -> Floats:
        """Standard error of the share in alarm by month, ``sqrt(p (1 - p) / draws)``.

        One draw more of each kind is counted in ``p``, so that it is never 0: of no draw in alarm
        it is not certain that there is none (the rule of succession).
        """
        share = (self.tally.alarm + 1) / (self.draws + 2)
        return np.asarray(np.sqrt(share * (1 - share) / self.draws))

    def _tell_overall(self) -> Iterator[Row]:
        return (self._row(base, "overall") for base in self.base.to_rows("overall"))

    def _tell_crimes(self) -> Iterator[Row]:
        return (self._row(base, base["crime"]) for base in self.base.to_rows("crime"))

    def _tell_factors(self) -> Iterator[Row]:
        return (self._row(base, base["factor"]) for base in self.base.to_rows("factor"))

    def _row(self, base: Row, name: str) -> Row:
        month, series = self.base.place(base["month"]), self._place(name)
        known = base["score"] is not None
        marks: dict[str, float] = {}
        for share, mark, error in zip(self.shares, *self._marks[series], strict=True):
            marks |= {f"q{share:g}": float(mark[month]), f"q{share:g}_error": float(error[month])}
        row = {
            "mean": float(self.tally.mean[series, month]),
            "mean_error": float(self.mean_error(name)[month]),
            "deviation": float(self.tally.deviation[series, month]),
            **marks,
        }
        if name == "overall":
            row["alarm"] = float(self.alarm_probability[month])
            row["alarm_error"] = float(self.alarm_error[month])
            row["first_alarm"] = float(self.tally.first[month] / self.draws)
            bands = self.base.framework.header.bands
            shares = self.band_probability[month].tolist()
            row |= {f"band {band.label}": p for band, p in zip(bands, shares, strict=True)}
        head: Row = {"month": base["month"], "of": name, "score": base["score"]}
        return head | {
            key: value if known and not np.isnan(value) else None for key, value in row.items()
        }

    @cached_property
    def _marks(self) -> list[tuple[Floats, Floats]]:
        return [(self.quantiles(of=name), self.quantile_errors(of=name)) for name in self.series]

    def _place(self, of: str) -> int:
        if of not in self.series:
            raise UnknownNameError("score of an ensemble", str(of), self.series)
        return self.series.index(of)

    def __repr__(self) -> str:
        first = max(self.first_alarm, key=lambda month: self.first_alarm[month])
        share = self.first_alarm[first]
        peak = int(np.argmax(self.mean()))
        low, high = self.quantiles([min(self.shares), max(self.shares)])[:, peak]
        when = f"in {first}" if first else "never"
        varied = ", ".join(self.vary).replace("_", "-")
        return self._tell(
            f"Ensemble({self.base.subject}: {self.draws:,} draws of {varied}; peak "
            f"{self.months[peak]} {self.mean()[peak]:.2f} "
            f"[{low:.2f}-{high:.2f}], first alarm most often {when} ({share:.0%}), "
            f"seed {self.seed})",
            "This is the spread of judgements about what is on record, not a probability of "
            "atrocities; "
            f"coverage {self.base.coverage[peak]:.0%} at the peak.",
        )

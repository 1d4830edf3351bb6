"""Ensembles: the same method under every way of being wrong, drawn many times.

Each draw settles what is uncertain (which claims are true, how severe they were, when, how long
they last, how much each factor counts, which of the method's options is taken) and is scored as an
assessment would score it. The spread says how far the result hangs on these judgements. It is not
a probability of genocide, and it knows nothing of what no document says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.assessment import Assessment, assess
from atrisk.case import Case
from atrisk.errors import MissingExtraError, RequestError, UnknownNameError, require
from atrisk.evidence import Audience
from atrisk.explanation import Row
from atrisk.flags import choose_policy
from atrisk.framework import Framework
from atrisk.kernel.alarms import watch_draws
from atrisk.kernel.propagation import propagate
from atrisk.kernel.tally import Tally, count_draws
from atrisk.method import AlarmOption, Method
from atrisk.preparation import vary_around
from atrisk.uncertainty import Uncertainty, read_uncertainty
from atrisk.variation import KINDS, Variation
from atrisk.workers import run_tasks, show_progress

if TYPE_CHECKING:
    from datetime import date

    import pandas
    from distributed import Client

Floats = NDArray[np.float64]
TASK = 1280  # draws that one worker does at a time, whatever the number of workers
CELLS = 61_440  # months x draws that go through the method side by side (docs/performance.md)
ENSEMBLE_LEVELS = ("overall", "crime", "factor")


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What many draws of a case say together, month by month.

    Attributes:
        base: the assessment around which everything was drawn.
        policy: the alarm policy.
        uncertainty: how far things may be off.
        vary: what was drawn.
        draws, seed: how many, and from which seed; the same seed gives the same numbers.
        shares: quantiles that ``to_rows`` shows.
        tally: everything that was counted.
    """

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

    def mean(self, of: str = "overall") -> Floats:
        """Return the mean score by month, ``(months,)``; see ``quantiles``."""
        return self.tally.mean[self._place(of)]

    def deviation(self, of: str = "overall") -> Floats:
        """Return the standard deviation of the score by month, ``(months,)``."""
        return self.tally.deviation[self._place(of)]

    def to_rows(self, level: str = "overall") -> list[Row]:
        """Return one row for each month and score of a level, ready for a table.

        Args:
            level: ``"overall"``, with alarms and bands, ``"crime"`` or ``"factor"``.

        Returns:
            Rows with the score of the assessment, mean, deviation and quantiles of the draws; None
            where nothing is on record: unknown is not zero.

        Raises:
            UnknownNameError: no such level.
        """
        if level not in ENSEMBLE_LEVELS:
            raise UnknownNameError("level", str(level), ENSEMBLE_LEVELS)
        return [
            self._row(base, str(base.get(level, level)))
            for base in self.base.to_rows(level)  # type: ignore[arg-type]
        ]

    def to_frame(self, level: str = "overall") -> pandas.DataFrame:
        """Return ``to_rows(level)`` as a pandas data frame.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas  # noqa: PLC0415 - an extra, imported where used
        except ImportError:
            raise MissingExtraError("to_frame", "frames") from None
        return pandas.DataFrame(self.to_rows(level))

    def _row(self, base: Row, name: str) -> Row:
        month, series = self.base.place(base["month"]), self._place(name)
        known = base["score"] is not None
        marks = dict(
            zip(
                (f"q{share:g}" for share in self.shares),
                self._marks[series][:, month].tolist(),
                strict=True,
            )
        )
        row = {
            "mean": float(self.tally.mean[series, month]),
            "deviation": float(self.tally.deviation[series, month]),
            **marks,
        }
        if name == "overall":
            row["alarm"] = float(self.alarm_probability[month])
            row["first_alarm"] = float(self.tally.first[month] / self.draws)
            bands = self.base.framework.header.bands
            shares = self.band_probability[month].tolist()
            row |= {f"band {band.label}": p for band, p in zip(bands, shares, strict=True)}
        head: Row = {"month": base["month"], "of": name, "score": base["score"]}
        return head | {
            key: value if known and not np.isnan(value) else None for key, value in row.items()
        }

    @cached_property
    def _marks(self) -> list[Floats]:
        shares = np.array(self.shares)
        return [self.tally.quantiles(shares, place) for place in range(len(self.series))]

    def _place(self, of: str) -> int:
        if of not in self.series:
            raise UnknownNameError("score of an ensemble", str(of), self.series)
        return self.series.index(of)

    def __repr__(self) -> str:
        first = max(self.first_alarm, key=lambda month: self.first_alarm[month])
        share = self.first_alarm[first]
        peak = int(np.argmax(self.mean()))
        low, high = self.quantiles([min(self.shares), max(self.shares)])[:, peak]
        heard = f", known to {self.base.audience}" if self.base.audience else ""
        when = f"in {first}" if first else "never"
        return (
            f"Ensemble({self.base.case.id!r} under {self.base.framework.id!r}, "
            f"{self.base.knowledge}{heard}: {self.draws:,} draws of {', '.join(self.vary)}; "
            f"peak {self.months[peak]} {self.mean()[peak]:.2f} "
            f"[{low:.2f}-{high:.2f}], first alarm most often {when} ({share:.0%}), "
            f"seed {self.seed})\n"
            f"  The spread of judgements about what is on record, not a probability of atrocities; "
            f"coverage {self.base.coverage[peak]:.0%} at the peak.\n"
            f"  {self.base.framework.header.caveat}\n  {self.base.case.header.caveat}"
        )


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """Some draws of one case, wherever they are made."""

    variation: Variation
    policy: AlarmOption
    lowers: Floats
    generator: Generator
    draws: int


def run_ensemble(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    vary: Iterable[str] = KINDS,
    uncertainty: Mapping[str, str] | None = None,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    method: Method | Mapping[str, str] | None = None,
    policy: str | AlarmOption | None = None,
    workers: int | None = None,
    client: Client | None = None,
    progress: bool | None = None,
) -> Ensemble:
    """Score a case under many draws of what may be wrong.

    Each draw settles, by the framework's ``uncertainty.toml`` and its branches::

        truth       each claim true or not, with the probability of its grade; claims of one
                    source err together (Gaussian copula)
        severity    each row of evidence as coded, or one step lower or higher
        dates       each date on a day of its interval, every one equally likely
        half_lives  each nature's half-life times a factor, its logarithm uniform
        weights     Gamma(concentration * weight), so Dirichlet over any factor or crime
        branches    grade mapping, persistence, both aggregations and the weight set, by belief

    and is scored as ``assess`` would score it. What is not on record is in no draw.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``; it must have an ``uncertainty.toml``.
        seed: of the one generator that everything is drawn from; 0 is a seed.
        draws: how many, 1 or more.
        vary: kinds that are drawn, from the list above; the others are held where ``assess``
            holds them, a date at its middle day.
        uncertainty: options chosen otherwise, such as ``{"weight_spread": "any"}``.
        knowledge, audience: as in ``assess``.
        method: options that are held; the other branches are drawn. A ``Method`` holds all.
        policy: alarm policy; None for the method's.
        workers: threads; None for as many as there are cores. The numbers are the same.
        client: a Dask client to run on instead; the numbers are the same to the bit.
        progress: whether to show a bar; None for one on a terminal if the work is long.

    Returns:
        An ``Ensemble``; its memory does not grow with ``draws``.

    Raises:
        RequestError: no draws, no seed, nothing varies, or nothing was known.
        UnknownNameError: no such kind, question, option, branch or policy.
        DataError: the framework has no ``uncertainty.toml``.

    Example:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> ensemble = atrisk.run_ensemble(case, framework, draws=200, seed=7)
        >>> low, high = ensemble.quantiles([0.05, 0.95])
        >>> bool((low <= high).all()), ensemble.alarm_probability.shape
        (True, (48,))

    References:
        Saltelli and others (2008), Global Sensitivity Analysis, chapter 1, for the practice.
    """
    check_count("draws", draws)
    check_seed(seed)
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    base = assess(case, framework, knowledge=knowledge, audience=audience, method=method)
    watch = choose_policy(framework, base.method, policy)
    variation = vary_around(
        base, knowledge=knowledge, method=method, uncertainty=uncertainty, vary=vary
    )
    lowers = np.array([band.lower for band in framework.header.bands])
    tasks = list(_split(variation, watch, lowers, seed, draws))
    results = run_tasks(_draw_task, tasks, workers=workers, client=client)
    label = f"{case.id}: {draws:,} draws"
    tally = reduce(add, show_progress(results, len(tasks), label, show=progress))
    kinds = tuple(kind for kind in KINDS if kind in variation.vary)
    shares = read_uncertainty(framework.folder).quantiles
    return Ensemble(base, watch, variation.uncertainty, kinds, draws, seed, shares, tally)


def check_count(name: str, value: object, least: int = 1) -> None:
    """Refuse a number of draws that asks for nothing.

    Raises:
        RequestError: it is not a whole number of at least ``least``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RequestError(
            f"{name}={value!r} asks for nothing; give a whole number, {least} or more"
        )


def check_seed(seed: object) -> None:
    """Refuse anything that is no seed.

    Raises:
        RequestError: it is not a whole number of at least 0.
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise RequestError(f"seed={seed!r} is no seed; give a whole number, 0 or more, such as 7")


def _split(
    variation: Variation, policy: AlarmOption, lowers: Floats, seed: int, draws: int
) -> Iterator[_Task]:
    """Yield tasks whose size does not depend on the workers, each with its own stream."""
    sizes = [min(TASK, draws - done) for done in range(0, draws, TASK)]
    streams = np.random.default_rng(seed).spawn(len(sizes))
    for generator, size in zip(streams, sizes, strict=True):
        yield _Task(variation, policy, lowers, generator, size)


def _draw_task(task: _Task) -> Tally:
    drawn = task.variation.sample(task.generator, task.draws)
    model = task.variation.model
    block = max(1, CELLS // model.rows)
    blocks = [
        propagate(model, drawn.part(first, first + block)) for first in range(0, task.draws, block)
    ]
    overall = np.concatenate([block.overall for block in blocks], axis=-1)
    crimes = np.concatenate([block.crimes for block in blocks], axis=-1)
    factors = np.concatenate([block.factors for block in blocks], axis=-1)
    alarm = watch_draws(
        overall,
        on=task.policy.on,
        off=task.policy.off,
        needed=task.policy.months_needed,
        watched=task.policy.months_watched,
        cool_down=task.policy.cool_down_months,
    )
    series = np.concatenate([overall[None], crimes, factors])
    return count_draws(series, overall, alarm, task.lowers)

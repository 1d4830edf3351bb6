"""Spells: the stretches of days on which a warning waited, and what their warnings say together.

Warnings that wait for one answer are not independent, so an interval comes from drawing whole
spells again, not warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from atrisk.base.output import tell_count, tell_half
from atrisk.base.rows import Row
from atrisk.gap.matching import Lag
from atrisk.gap.waiting import NOT_REACHED

RESAMPLES = 10_000  # how finely an interval is drawn


@dataclass(eq=False, slots=True)
class Spell:
    """A stretch of days on which at least one warning waited.

    Attributes:
        begin, end: as in ``date.toordinal``; infinite for one that had not ended.
        last: the lag that ended it, or that still waits.
        lags: of the warnings in it, in time; those given while its answer stood belong to it.
    """

    begin: float
    end: float
    last: Lag
    lags: list[Lag] = field(default_factory=list)

    @property
    def days(self) -> float:
        """How long it was, up to the end of the record."""
        return self.last.heard.middle + self.last.days - self.begin

    def takes(self, lag: Lag) -> bool:
        """Tell whether a later lag belongs to it: it overlaps, or what ended it still stood."""
        by, ended = lag.response, self.last.response
        stood = lag.days == 0 and by is not None and ended is not None and by.id == ended.id
        return lag.heard.middle < self.end or stood

    def add(self, lag: Lag, end: float) -> None:
        """Take a lag in; one that waited beyond its end, and not after it, moves the end."""
        self.lags.append(lag)
        if lag.heard.middle < self.end < end:
            self.end, self.last = end, lag

    def to_row(self) -> Row:
        """Return when it began and ended, how long it was, and what ended it."""
        by = self.last.response
        return {
            "begin": self.lags[0].heard.text,
            "end": None if self.last.censored else self.last.answered_on,
            "days": self.days,
            "warnings": len(self.lags),
            "ended_by": by.id if by else None,
            "subjects": "; ".join(lag.subject for lag in self.lags),
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """The interval of a median by drawing spells again.

    Attributes:
        spells: how many there were.
        known: whether they are enough; with few, one spell drawn every time fills a tail.
        low, high: in days; None where it is not reached, or not known.
    """

    spells: int
    known: bool
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """The interval in words, or why there is none."""
        if not self.known:
            verb = "is" if self.spells == 1 else "are"
            return f"no interval, because {tell_count(self.spells, 'spell')} {verb} too few"
        low, high = (NOT_REACHED if v is None else tell_half(v) for v in (self.low, self.high))
        return f"{low} to {high} days, from drawing the {self.spells} spells again"


def find_spells(lags: Iterable[Lag]) -> list[Spell]:
    """Return the spells of some warnings' lags, in time.

    A spell begins with the first warning that waits and ends when none does: no day is counted
    twice. A warning does not lapse, so one that nothing answers makes a spell that has no end. A
    new one begins with the next warning, not on the day on which protection falls away.
    """
    spells: list[Spell] = []
    for lag in sorted(lags, key=lambda one: (one.heard.middle, one.subject)):
        end = inf if lag.censored else lag.heard.middle + lag.days
        if not spells or not spells[-1].takes(lag):
            spells.append(Spell(lag.heard.middle, end, lag))
        spells[-1].add(lag, end)
    return spells


def resample_median(
    spells: Sequence[Spell], confidence: float, *, seed: int, resamples: int = RESAMPLES
) -> Interval:
    """Return the interval of the median wait by drawing whole spells again, with replacement.

    There is none where the chance of drawing one and the same spell every time, ``n ** -n`` of n
    spells, is above the tail of the interval: its end would be that spell's own.

    References:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    from atrisk.kernel.survival import resample

    count = len(spells)
    if count**-count > (1 - confidence) / 2:
        return Interval(count, False, None, None)
    lags = [(lag, place) for place, spell in enumerate(spells) for lag in spell.lags]
    medians = resample(
        np.array([lag.days for lag, _ in lags]),
        np.array([lag.censored for lag, _ in lags]),
        np.array([place for _, place in lags]),
        resamples=resamples,
        generator=np.random.default_rng(seed),
    )
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = np.quantile(medians, ends, method="inverted_cdf")
    return Interval(count, True, *(None if np.isinf(v) else float(v) for v in (low, high)))


def list_spells(spells: Iterable[Spell]) -> Iterator[Row]:
    """Yield a row for each spell."""
    return (spell.to_row() for spell in spells)

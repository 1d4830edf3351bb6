"""Propagation: many draws of what may be wrong, through the whole method at once. NumPy only.

Each draw is scored by the same rules as an assessment: what a draw settles (which claims are true,
how severe, when, for how long) replaces the expectation over it, and nothing else changes. Arrays
have the draws last, so that each step runs along memory, and are in single precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.rules import Rule, ShrunkenMean
from atrisk.kernel.sampling import Draws

Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
CELLS = 120_000  # months x draws that go through the method side by side (docs/performance.md)
SELDOM = 16  # a row before the first costs this much less
CACHED = 16_384  # cells that are joined at a time, so that what is on the way stays in the cache


@dataclass(frozen=True, slots=True)
class Telling:
    """One item on one indicator: which, of which nature, and the first row that may count it.

    Its unit is what has a severity: an item may have several. Its source is a number.
    """

    item: int
    nature: int
    first: int
    unit: int
    source: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """An indicator with its claims, each of them one telling or more, that known first the first.

    ``absent`` are searches that found nothing, which only an estimate counts.
    """

    indicator: int
    aggravating: tuple[tuple[Telling, ...], ...]
    mitigating: tuple[tuple[Telling, ...], ...]
    absent: tuple[tuple[Telling, ...], ...] = ()

    @property
    def claims(self) -> tuple[tuple[Telling, ...], ...]:
        """Every claim on it."""
        return (*self.aggravating, *self.mitigating, *self.absent)

    @property
    def first(self) -> int:
        """The first row in which anything bears on it."""
        return min(telling.first for claim in self.claims for telling in claim)


@dataclass(frozen=True, slots=True)
class Part:
    """A factor's owners, or a crime's factors: their places, and how many members there are."""

    places: tuple[int, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """What no draw changes.

    Attributes:
        rows, top: months that are scored, and the highest severity.
        owners: indicators that something bears on, factor by factor.
        factors: owners of each factor, and its indicators.
        crimes: factors of each crime.
        factor_rules, crime_rules: options of aggregation.
        unit_item: item of each unit.
        apart: of each crime, which of its factors are its own; with the share that they count
            together; None where all count alike.
        factor_scales, crime_scales: intercept and slope of each option, which bring its scores to
            one scale; none where all are on one.
    """

    rows: int
    top: int
    owners: tuple[Owner, ...]
    factors: tuple[Part, ...]
    crimes: tuple[Part, ...]
    factor_rules: tuple[Rule, ...]
    crime_rules: tuple[Rule, ...]
    unit_item: Integers
    apart: tuple[tuple[NDArray[np.bool_], ...], float] | None = None
    factor_scales: tuple[tuple[float, float], ...] = ()
    crime_scales: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """Scores of each draw: factors and crimes first, then months, then draws."""

    factors: Singles
    crimes: Singles
    overall: Singles


def propagate(
    model: Model,
    draws: Draws,
    beside: Singles | None = None,
    touched: Sequence[int] | None = None,
) -> Scored:
    """Score every month of every draw.

    Args:
        model: what no draw changes.
        draws: what each draw settles.
        beside: factors of draws that differ from these in some factors only.
        touched: places of those factors, which alone are measured; None for all.

    Returns:
        Factors, crimes and the overall score, equal to those of an assessment in which each item
        has the draw's truth, severity and dates, to single precision.
    """
    shape = (len(model.factors), model.rows, draws.truth.shape[1])
    factors = np.zeros(shape, dtype=np.float32) if beside is None else beside.copy()
    places = range(len(factors)) if touched is None else touched
    factors[list(places)] = 0  # nothing bears on some
    measure = _estimate if _estimates(model) else _count_up
    measure(model, draws, places, factors)
    for place in places:
        _rescale(factors[place], draws.factor_rule, model.factor_scales)
    crimes = np.zeros((len(model.crimes), *factors.shape[1:]), dtype=np.float32)
    for place, (part, out) in enumerate(zip(model.crimes, crimes, strict=True)):
        counts = _count(draws.factor_weights, part.places, part)
        if model.apart is not None:
            counts = _set_apart(counts, model.apart[0][place], model.apart[1])
        values = [factors[place] for place in part.places]
        _join(model.crime_rules, draws.crime_rule, values, counts, part, out=out)
    _rescale(crimes, draws.crime_rule, model.crime_scales)
    return Scored(factors, crimes, crimes.max(axis=0))


def propagate_blocks(
    model: Model,
    draws: Draws,
    beside: Singles | None = None,
    touched: Sequence[int] | None = None,
) -> Iterator[Scored]:
    """Score the draws some at a time, so that memory does not grow with them.

    Blocks are of one size, or the last one would cost as much for a few draws; where something
    ended long before the first month they are smaller, for the table of what it lapsed by.
    """
    count = draws.truth.shape[1]
    rows = max(model.rows, draws.oldest // SELDOM)
    block = -(-count // max(1, round(count * rows / CELLS)))
    for one in range(0, count, block):
        some = slice(one, one + block)
        known = None if beside is None else beside[..., some]
        yield propagate(model, draws.part(some.start, some.stop), known, touched)


def _rescale(scores: Singles, chosen: Integers, scales: Sequence[tuple[float, float]]) -> None:
    """Bring the scores of each draw to one scale, in place: ``intercept + slope * score``."""
    if any(scale != (0.0, 1.0) for scale in scales):
        intercept, slope = np.array(scales, dtype=np.float32).T
        scores *= slope[chosen]
        scores += intercept[chosen]
        np.clip(scores, 0, 1, out=scores)


def _estimates(model: Model) -> bool:
    return any(rule.estimates for rule in model.factor_rules)


def _count_up(model: Model, draws: Draws, places: Sequence[int], factors: Singles) -> None:
    """Join intensities into some factors, in place; factors x rows x draws."""
    told = _Told(model, draws)
    rooms = [np.empty_like(told.room) for _ in range(2)]
    for part, out in ((model.factors[place], factors[place]) for place in places):
        owners = [model.owners[place] for place in part.places]
        counts = _count(draws.indicator_weights, [owner.indicator for owner in owners], part)
        values = _measure(told, owners, rooms)
        _join(model.factor_rules, draws.factor_rule, values, counts, part, out=out)


def _estimate(model: Model, draws: Draws, places: Sequence[int], factors: Singles) -> None:
    """Estimate some factors from readings, in place; factors x rows x draws."""
    told = _Told(model, draws)
    for part, out in ((model.factors[place], factors[place]) for place in places):
        owners = [model.owners[place] for place in part.places]
        counts = _count(draws.indicator_weights, [owner.indicator for owner in owners], part)
        heard: dict[int, Singles] = {}  # by source: readings, their weights, what they tell
        for owner, count in zip(owners, counts, strict=True):
            told.read(owner, count, heard)
        _join_heard(model.factor_rules, draws.factor_rule, list(heard.values()), out)


def _join_heard(
    rules: Sequence[Rule], chosen: Integers, heard: Sequence[Singles], out: Singles
) -> None:
    """Join what each source was heard to tell under each draw's own rule, into ``out``."""
    for option in np.unique(chosen):
        which, rule = _as_slice(chosen == option), rules[option]
        assert isinstance(rule, ShrunkenMean)  # noqa: S101 - options of one family all estimate
        mine = [told[:, :, which] for told in heard]
        out[:, which] = rule.join_heard(mine, out[:, which].shape)


def _set_apart(counts: Singles, own: NDArray[np.bool_], share: float) -> Singles:
    """Give a crime's own factors a share of the weight together, and the common ones the rest."""
    if not (counts[own].any() and counts[~own].any()):
        return counts  # one of the two is all that counts
    parts = np.where(
        own[:, None],
        counts / counts[own].sum(axis=0) * np.float32(share),
        counts / counts[~own].sum(axis=0) * np.float32(1 - share),
    )
    return np.asarray(parts * np.float32(len(counts)))


def _measure(told: _Told, owners: Sequence[Owner], rooms: Sequence[Singles]) -> list[Singles]:
    """Return the intensities of some indicators, each rows x draws."""
    intensities = []
    for owner in owners:
        intensity, first = np.zeros(rooms[0].shape[1:], dtype=np.float32), owner.first
        worst = told.escape(owner.aggravating, rooms[0], first)
        np.subtract(1, worst, out=worst)
        if owner.mitigating:
            worst *= told.escape(owner.mitigating, rooms[1], first)
        np.add.reduce(worst, axis=0, out=intensity[first:])
        intensity /= len(rooms[0])
        intensities.append(intensity)
    return intensities


class _Told:
    """What each telling says in each draw.

    A condition that ended in row ``e`` lapses by row ``t`` with the probability
    ``1 - 2 ** (-max(0, t - e) / half-life)``, which depends on ``t - e`` alone: one table serves
    every item, each reading its own stretch of it.
    """

    def __init__(self, model: Model, draws: Draws) -> None:
        self.rows, self.began, self.ended = model.rows, draws.began, draws.ended
        self.steps = np.arange(1, model.top + 1, dtype=np.int8)[:, None, None]
        same = len(model.unit_item) == len(draws.truth)
        self.truth = draws.truth if same else draws.truth[model.unit_item]
        self.severity = draws.severity
        self.levels = draws.severity.max(axis=1).tolist()
        # Of two that are 0 or anything, the larger is the probability of either.
        self.certain = bool(((draws.truth == 0) | (draws.truth == 1)).all())
        lags = np.arange(-model.rows, model.rows + draws.oldest)
        lags = np.maximum(lags, 0).astype(np.float32)
        rates = np.float32(np.log(2)) / draws.half_life
        self.lapsed = -np.expm1(-lags[:, None] * rates[:, None, :])
        self.room = np.empty((model.top, model.rows, draws.truth.shape[1]), dtype=np.float32)
        self.calm = np.empty_like(self.room) if _estimates(model) else self.room

    def escape(self, claims: Sequence[tuple[Telling, ...]], room: Singles, first: int) -> Singles:
        """Return the probability that no claim holds, by level, row from ``first`` on and draw."""
        none = room[:, first:]
        none.fill(1)
        for claim in claims:
            if len(claim) == 1:
                missed = self._miss(claim[0])
                none[: len(missed), claim[0].first - first :] *= missed
            else:
                none *= self._miss_all(claim, np.ones_like(none), first)
        return none

    def read(self, owner: Owner, count: Singles, heard: dict[int, Singles]) -> None:
        """Add an indicator's claims to what each source was heard to tell of its factor."""
        calm = self.escape(owner.mitigating, self.calm, 0) if owner.mitigating else None
        for claim in owner.aggravating:
            held, first = self._hold(claim)
            value = held if calm is None else held * calm[: len(held), first:]
            self._hear(claim, held[0], value.sum(axis=0) / len(self.room), count, heard)
        for claim in owner.mitigating:
            self._hear(claim, self._hold(claim)[0][0], None, count, heard)
        for claim in owner.absent:
            self._hear(claim, self._be_true(claim[0], claim[0].first), None, count, heard)

    def _hold(self, claim: tuple[Telling, ...]) -> tuple[Singles, int]:
        """Return the probability that a claim holds, and the first row that may count it.

        By level up to its highest, row from that one on (or one row for all) and draw.
        """
        first = min(telling.first for telling in claim)
        if len(claim) == 1:
            missed = self._miss(claim[0])
            return np.subtract(1, missed, out=missed), first
        levels = max(self.levels[telling.unit] for telling in claim)
        shape = (max(1, levels), self.room.shape[1] - first, self.room.shape[2])
        missed = self._miss_all(claim, np.ones(shape, dtype=np.float32), first)
        return np.subtract(1, missed, out=missed), first

    def _be_true(self, telling: Telling, first: int) -> Singles:
        """Return the probability that a telling is true and current, whatever its severity."""
        held = np.zeros((self.room.shape[1] - first, self.room.shape[2]), dtype=np.float32)
        held[telling.first - first :] = self.truth[telling.unit] * (1 - self._lapse(telling))
        return held

    def _hear(
        self,
        claim: tuple[Telling, ...],
        weight: Singles,
        value: Singles | None,
        count: Singles,
        heard: dict[int, Singles],
    ) -> None:
        """Add a claim to what the source that tells it best was heard to tell."""
        first, sources = min(t.first for t in claim), [telling.source for telling in claim]
        several = len(set(sources)) > 1
        if several:
            best = np.argmax([self._be_true(telling, first) for telling in claim], axis=0)
        for place, source in enumerate(sources if several else sources[:1]):
            if source not in heard:
                heard[source] = np.zeros((3, *self.room.shape[1:]), dtype=np.float32)
            told = heard[source][:, first:]
            mine = weight * (best == place) if several else weight
            told[0] += mine
            told[1] += mine * count
            if value is not None:
                told[2] += value * (best == place) * count if several else value * count

    def _miss_all(self, claim: tuple[Telling, ...], best: Singles, first: int) -> Singles:
        """Return the same of the best of a claim's tellings, by level."""
        for telling in claim:
            missed = self._miss(telling)
            part = best[: len(missed), telling.first - first :]
            np.minimum(part, missed, out=part)
        return best

    def _miss(self, telling: Telling) -> Singles:
        """Return the probability that a telling does not hold, up to the highest level it has."""
        unit, levels = telling.unit, self.levels[telling.unit]
        reached = (self.severity[unit] >= self.steps[:levels]) * self.truth[unit]
        lapsed = self._lapse(telling)
        room = self.room[:levels, : len(lapsed)]
        if self.certain:
            return np.maximum(np.subtract(1, reached, out=reached), lapsed, out=room)
        held = np.multiply(reached, 1 - lapsed, out=room)
        return np.subtract(1, held, out=held)

    def _lapse(self, telling: Telling) -> Singles:
        """Return the rows of a telling's lapse; one row where it holds in all of them."""
        ended, began = self.ended[telling.item], self.began[telling.item]
        table, first = self.lapsed[telling.nature], telling.first
        if isinstance(ended, int):
            lag = self.rows - ended
            lapsed = table[:1] if lag <= 0 else table[lag + first : lag + self.rows]
        else:
            # What ends beyond the last row holds in all of them, as on the last.
            lags = np.arange(first, self.rows)[:, None] + self.rows - np.minimum(ended, self.rows)
            lapsed = np.take_along_axis(table, lags, axis=0)
        if began is None:
            return lapsed
        before = np.arange(first, self.rows)[:, None] < began
        return np.maximum(lapsed, before.astype(np.float32))


def _count(weights: Singles, places: Sequence[int], part: Part) -> Singles:
    """Return weights over the mean weight of all members of a part."""
    return np.asarray(weights[list(places)] / weights[list(part.members)].mean(axis=0))


def _join(
    rules: Sequence[Rule],
    chosen: Integers,
    values: Sequence[Singles],
    counts: Singles,
    part: Part,
    *,
    out: Singles,
) -> None:
    """Join values under each draw's own rule and weights, into ``out``."""
    if not values:
        return  # nothing bears on it in any draw
    for option in np.unique(chosen):
        which = _as_slice(chosen == option)
        mine = counts[:, which]
        step = max(1, CACHED // mine.shape[1])
        for first in range(0, len(out), step):
            rows = slice(first, first + step)
            out[rows, which] = rules[option].join_draws(
                [value[rows, which] for value in values], mine, len(part.members)
            )


def _as_slice(mask: NDArray[np.bool_]) -> slice | NDArray[np.bool_]:
    """Return a slice where the chosen stand side by side, which copies nothing."""
    places = np.flatnonzero(mask)
    first, last = int(places[0]), int(places[-1]) + 1
    return slice(first, last) if last - first == len(places) else mask

"""Propagation: many draws of what may be wrong, through the whole method at once. NumPy only.

Each draw is scored by the same rules as an assessment: what a draw settles (which claims are true,
how severe, when, for how long) replaces the expectation over it, and nothing else changes. Arrays
have the draws last, so that each step runs along memory, and are in single precision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.rules import Rule, ShrunkenMean
from atrisk.kernel.sampling import Draws
from atrisk.kernel.told import Heard, Owner, Told, limit_owners

Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
CELLS = 120_000  # months x draws that go through the method side by side (docs/performance.md)
SELDOM = 16  # a row before the first costs this much less
CACHED = 16_384  # cells that are joined at a time, so that what is on the way stays in the cache


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
    """Scores of each draw: factors and crimes first, then months, then draws.

    ``heard`` is what they rest on, if it was asked for and the method estimates.
    """

    factors: Singles
    crimes: Singles
    overall: Singles
    heard: Heard | None


@dataclass(frozen=True, eq=False, slots=True)
class Beside:
    """Draws that were scored, from which others differ in part.

    Attributes:
        draws: what each settles.
        factors, heard: as in ``Scored``.
        touched: places of the factors in which the others may differ.
        changed: items in whose truth alone they differ; None where it may be anything.
    """

    draws: Draws
    factors: Singles
    heard: Heard | None
    touched: tuple[int, ...]
    changed: frozenset[int] | None = None

    def part(self, some: slice) -> Beside:
        """Return some of the draws, in order."""
        draws = self.draws.part(some.start, some.stop)
        heard = self.heard.part(some) if self.heard else None
        return replace(self, draws=draws, factors=self.factors[..., some], heard=heard)


def propagate(
    model: Model, draws: Draws, beside: Beside | None = None, *, keep: bool = False
) -> Scored:
    """Score every month of every draw.

    Args:
        model: what no draw changes.
        draws: what each draw settles.
        beside: draws that differ from these in part, so that only that part is measured.
        keep: whether what was heard is kept, for draws that will differ in part.

    Returns:
        Factors, crimes and the overall score, equal to those of an assessment in which each item
        has the draw's truth, severity and dates, to single precision.
    """
    shape = (len(model.factors), model.rows, draws.truth.shape[1])
    factors = np.zeros(shape, dtype=np.float32) if beside is None else beside.factors.copy()
    places = range(len(factors)) if beside is None else beside.touched
    factors[list(places)] = 0  # nothing bears on some
    heard = None
    if any(rule.estimates for rule in model.factor_rules):
        heard = _estimate(model, draws, places, factors, beside=beside, keep=keep)
    else:
        _count_up(model, draws, places, factors)
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
    return Scored(factors, crimes, crimes.max(axis=0), heard if keep else None)


def propagate_blocks(
    model: Model, draws: Draws, beside: Beside | None = None, *, keep: bool = False
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
        known = None if beside is None else beside.part(some)
        yield propagate(model, draws.part(some.start, some.stop), known, keep=keep)


def _rescale(scores: Singles, chosen: Integers, scales: Sequence[tuple[float, float]]) -> None:
    """Bring the scores of each draw to one scale, in place: ``intercept + slope * score``."""
    if any(scale != (0.0, 1.0) for scale in scales):
        intercept, slope = np.array(scales, dtype=np.float32).T
        scores *= slope[chosen]
        scores += intercept[chosen]
        np.clip(scores, 0, 1, out=scores)


def _count_up(model: Model, draws: Draws, places: Sequence[int], factors: Singles) -> None:
    """Join intensities into some factors, in place; factors x rows x draws."""
    told = Told(draws, model.unit_item, model.rows, model.top, estimates=False)
    rooms = [np.empty_like(told.room) for _ in range(2)]
    for part, out in ((model.factors[place], factors[place]) for place in places):
        owners = [model.owners[place] for place in part.places]
        counts = _count(draws.indicator_weights, [owner.indicator for owner in owners], part)
        values = _measure(told, owners, rooms)
        _join(model.factor_rules, draws.factor_rule, values, counts, part, out=out)


def _estimate(
    model: Model,
    draws: Draws,
    places: Sequence[int],
    factors: Singles,
    *,
    beside: Beside | None,
    keep: bool,
) -> Heard:
    """Estimate some factors from readings, in place; return what was heard, if it is kept."""
    estimator, known = _Estimator(model, draws), None
    if beside is not None and beside.heard is not None and beside.changed is not None:
        before = _Estimator(model, beside.draws, beside.heard.calm)
        known = _Known(beside.heard, beside.changed, before)
    kept = Heard.of(len(places) if keep else 1, factors)
    for number, place in enumerate(places):
        sums = kept.sums[number if keep else 0]
        if known is not None:
            known.change(estimator, place, out=sums)
        else:
            estimator.assume(sums)
            heard = estimator.hear(place, estimator.owners(place))
            estimator.join(heard, sums)
            if keep:
                kept.weighed.update(estimator.weigh(place, estimator.owners(place), heard))
        np.divide(sums[1], sums[0], out=factors[place])
    kept.calm.update((owner, estimator.calm(owner).copy()) for owner in kept.weighed)
    return kept


@dataclass(frozen=True, eq=False, slots=True)
class _Known:
    """What was heard in draws that others differ from in the truth of some items."""

    heard: Heard
    changed: frozenset[int]
    before: _Estimator

    def change(self, now: _Estimator, place: int, out: Singles) -> None:
        """Put into ``out`` what is heard of a factor now.

        What the sources of these items told before is taken away, and what they tell now added;
        what others tell of an indicator changes by how much more, or less, mitigates it.
        """
        some, sources, calmer = limit_owners(now.owners(place), self.changed)
        old, new = (one.hear(place, some, sources) for one in (self.before, now))
        gone = np.zeros_like(out)
        self.before.join(old, gone)
        np.subtract(self.heard.sums[place], gone, out=out)
        now.join(new, out)
        mine = self.before.weigh(place, {owner: some[owner] for owner in calmer}, old)
        for owner in calmer:
            change = now.calm(owner) - self.before.calm(owner)
            change *= self.heard.weighed[owner] - mine[owner]
            out[1] += change.sum(axis=0) / len(change)


class _Estimator:
    """Estimates factors from what is heard in some draws, each under its own rule."""

    def __init__(
        self, model: Model, draws: Draws, calm: Mapping[int, Singles] | None = None
    ) -> None:
        self.model, self.weights, self.known = model, draws.indicator_weights, calm or {}
        self.told = Told(draws, model.unit_item, model.rows, model.top, estimates=True)
        self.options = [
            (_as_slice(draws.factor_rule == option), _as_estimate(model.factor_rules[option]))
            for option in np.unique(draws.factor_rule)
        ]

    def owners(self, place: int) -> dict[int, Owner]:
        """Return the owners of a factor, by place."""
        return {owner: self.model.owners[owner] for owner in self.model.factors[place].places}

    def assume(self, sums: Singles) -> None:
        """Begin with what is assumed of a factor: how much it is worth, and tells."""
        for which, rule in self.options:
            start = np.array([rule.readings, rule.readings * rule.prior], dtype=np.float32)
            sums[:, :, which] = start[:, None, None]

    def hear(
        self, place: int, owners: Mapping[int, Owner], sources: Collection[int] | None = None
    ) -> dict[int, Singles]:
        """Return readings, their weights and what they tell, by source; of all, or of some."""
        heard: dict[int, Singles] = {}
        for owner, count in self._count(place, owners):
            is_calmed = owners[owner].aggravating and self.model.owners[owner].mitigating
            calm = self.calm(owner) if is_calmed else None
            self.told.read(owners[owner], calm, count, heard)
        return {one: told for one, told in heard.items() if sources is None or one in sources}

    def join(self, heard: Mapping[int, Singles], sums: Singles) -> None:
        """Add what sources were heard to tell to the sums of a factor."""
        for which, rule in self.options:
            mine = [one[:, :, which] for one in heard.values()]
            sums[:, :, which] = rule.hear(mine, sums[:, :, which])

    def weigh(
        self, place: int, owners: Mapping[int, Owner], heard: Mapping[int, Singles]
    ) -> dict[int, Singles]:
        """Return what claims tell by level where anything mitigates them, as if nothing did."""
        effects = {source: np.empty_like(told[0]) for source, told in heard.items()}
        for which, rule in self.options:
            for source, effect in effects.items():
                effect[:, which] = rule.discount(heard[source][0][:, which])
        return {
            owner: self.told.weigh(owners[owner], count, effects)
            for owner, count in self._count(place, owners)
            if self.model.owners[owner].mitigating
        }

    def calm(self, owner: int) -> Singles:
        """Return the probability that nothing mitigates an indicator, by level; until the next."""
        if owner in self.known:
            return self.known[owner]
        return self.told.escape(self.model.owners[owner].mitigating, self.told.calm, 0)

    def _count(self, place: int, owners: Mapping[int, Owner]) -> Iterator[tuple[int, Singles]]:
        """Yield owners' places, each with its weight over the mean of the factor's indicators."""
        indicators = [owner.indicator for owner in owners.values()]
        counts = _count(self.weights, indicators, self.model.factors[place])
        return zip(owners, counts, strict=True)


def _as_estimate(rule: Rule) -> ShrunkenMean:
    assert isinstance(rule, ShrunkenMean)  # noqa: S101 - options of one family all estimate
    return rule


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


def _measure(told: Told, owners: Sequence[Owner], rooms: Sequence[Singles]) -> list[Singles]:
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

"""Told: what each telling says in each draw, and what of it hangs on some items. NumPy only.

Arrays have the draws last, so that each step runs along memory, and are in single precision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.sampling import Draws

Singles = NDArray[np.float32]
Integers = NDArray[np.int64]


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


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What was heard of each factor, by a method that estimates.

    Attributes:
        sums: how much was read of each factor, and what it tells; factors x 2 x months x draws.
        weighed: what the claims on each owner tell by level where anything mitigates them, as if
            nothing did; levels x months x draws, by place of the owner.
        calm: probability that nothing does, likewise.
    """

    sums: Singles
    weighed: dict[int, Singles]
    calm: dict[int, Singles]

    @classmethod
    def of(cls, count: int, factors: Singles) -> Heard:
        """Return room for some factors."""
        return cls(np.empty((count, 2, *factors.shape[1:]), dtype=np.float32), {}, {})

    @classmethod
    def join(cls, parts: Sequence[Heard]) -> Heard:
        """Return what was heard in the draws of all parts, in order."""
        weighed, calm = (
            {one: np.concatenate([told[one] for told in kind], axis=-1) for one in kind[0]}
            for kind in ([part.weighed for part in parts], [part.calm for part in parts])
        )
        return cls(np.concatenate([part.sums for part in parts], axis=-1), weighed, calm)

    def part(self, some: slice) -> Heard:
        """Return some of the draws."""
        weighed, calm = (
            {owner: told[..., some] for owner, told in kind.items()}
            for kind in (self.weighed, self.calm)
        )
        return Heard(self.sums[..., some], weighed, calm)


class Told:
    """What each telling says in each draw.

    A condition that ended in row ``e`` lapses by row ``t`` with the probability
    ``1 - 2 ** (-max(0, t - e) / half-life)``, which depends on ``t - e`` alone: one table serves
    every item, each reading its own stretch of it.
    """

    def __init__(
        self, draws: Draws, unit_item: Integers, rows: int, top: int, *, estimates: bool
    ) -> None:
        self.rows, self.began, self.ended = rows, draws.began, draws.ended
        self.steps = np.arange(1, top + 1, dtype=np.int8)[:, None, None]
        same = len(unit_item) == len(draws.truth)
        self.truth = draws.truth if same else draws.truth[unit_item]
        self.severity = draws.severity
        self.levels = draws.severity.max(axis=1).tolist()
        # Of two that are 0 or anything, the larger is the probability of either.
        self.certain = bool(((draws.truth == 0) | (draws.truth == 1)).all())
        lags = np.arange(-rows, rows + draws.oldest)
        lags = np.maximum(lags, 0).astype(np.float32)
        rates = np.float32(np.log(2)) / draws.half_life
        self.lapsed = -np.expm1(-lags[:, None] * rates[:, None, :])
        self.room = np.empty((top, rows, draws.truth.shape[1]), dtype=np.float32)
        self.calm = np.empty_like(self.room) if estimates else self.room

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

    def read(
        self, owner: Owner, calm: Singles | None, count: Singles, heard: dict[int, Singles]
    ) -> None:
        """Add an indicator's claims to what each source was heard to tell of its factor.

        Args:
            owner: the claims.
            calm: probability that nothing mitigates the indicator, by level; None if nothing could.
            count: weight of the indicator, by draw.
            heard: readings, their weights and what they tell, by source.
        """
        for claim in owner.aggravating:
            held, first = self._hold(claim)
            value = held if calm is None else held * calm[: len(held), first:]
            self._hear(claim, held[0], value.sum(axis=0) / len(self.room), count, heard)
        for claim in owner.mitigating:
            self._hear(claim, self._hold(claim)[0][0], None, count, heard)
        for claim in owner.absent:
            self._hear(claim, self._be_true(claim[0], claim[0].first), None, count, heard)

    def weigh(self, owner: Owner, count: Singles, effects: Mapping[int, Singles]) -> Singles:
        """Return what an indicator's claims tell by level, were nothing to mitigate them.

        Args:
            owner: the claims.
            count: weight of the indicator, by draw.
            effects: how much each source's claims count; of others nothing is told.
        """
        weighed = np.zeros_like(self.room)
        for claim in owner.aggravating:
            held, first = self._hold(claim)
            for source, share in self._share(claim, first):
                if source in effects:
                    told = effects[source][first:] * count
                    weighed[: len(held), first:] += held * (told if share is None else told * share)
        return weighed

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
        first = min(telling.first for telling in claim)
        for source, share in self._share(claim, first):
            if source not in heard:
                heard[source] = np.zeros((3, *self.room.shape[1:]), dtype=np.float32)
            told = heard[source][:, first:]
            mine = weight if share is None else weight * share
            told[0] += mine
            told[1] += mine * count
            if value is not None:
                told[2] += (value if share is None else value * share) * count

    def _share(
        self, claim: tuple[Telling, ...], first: int
    ) -> Iterator[tuple[int, NDArray[np.bool_] | None]]:
        """Yield the sources of a claim, and where each tells it best; None of the only one."""
        if len({telling.source for telling in claim}) == 1:
            yield claim[0].source, None
            return
        best = np.argmax([self._be_true(telling, first) for telling in claim], axis=0)
        for place, telling in enumerate(claim):
            yield telling.source, best == place

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


def limit_owners(
    owners: Mapping[int, Owner], changed: Collection[int]
) -> tuple[dict[int, Owner], set[int], list[int]]:
    """Return what must be heard again where the truth of some items changes, and whose it is.

    A source counts by all that it tells, so of each source that tells a claim which changes, every
    claim is heard again.

    Args:
        owners: of a factor, by place.
        changed: the items.

    Returns:
        The owners with these claims alone, the sources, and the owners of which something that
        mitigates them changes.
    """
    moved = {
        place: [claim for claim in owner.claims if any(one.item in changed for one in claim)]
        for place, owner in owners.items()
    }
    sources = {one.source for claims in moved.values() for claim in claims for one in claim}
    calmer = [place for place, owner in owners.items() if set(owner.mitigating) & set(moved[place])]
    return {place: _limit(owner, sources) for place, owner in owners.items()}, sources, calmer


def _limit(owner: Owner, sources: Collection[int]) -> Owner:
    """Return an owner with the claims of some sources alone."""
    kinds = (owner.aggravating, owner.mitigating, owner.absent)
    mine = [tuple(one for one in kind if any(t.source in sources for t in one)) for kind in kinds]
    return Owner(owner.indicator, *mine)

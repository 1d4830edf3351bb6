"""Sample: the months of many cases side by side, each with what came after it.

A month is in it if it has a score and what came in the months ahead is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.verification.tracks import Track

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
SCORE = "score"
NOTHING, LAST, AVERAGE, PAST, COVERAGE = (
    "nothing", "last month's deaths", "moving average of deaths", "all deaths so far", "coverage",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sample:
    """Months as rows.

    Attributes:
        predictors: what was had in each month, by name: the score and its baselines.
        hit: whether the outcome came within the horizon.
        ahead: mean of ``log(1 + count)`` over the horizon.
        country, case, month: of each row.
        spell: number of the stretch of months of one case that are alike in ``hit``.
        rivals: position of rivals' figures by system and kind; NaN where there is none.
    """

    predictors: Mapping[str, Floats]
    hit: Bools
    ahead: Floats
    country: tuple[str, ...]
    case: tuple[str, ...]
    month: tuple[str, ...]
    spell: Integers
    rivals: Mapping[tuple[str, str], Floats]

    def __len__(self) -> int:
        return len(self.hit)

    def take(self, rows: Bools) -> Sample:
        """Return some of the rows."""
        kept = np.flatnonzero(rows)
        return Sample(
            {name: values[kept] for name, values in self.predictors.items()},
            self.hit[kept],
            self.ahead[kept],
            tuple(self.country[row] for row in kept),
            tuple(self.case[row] for row in kept),
            tuple(self.month[row] for row in kept),
            self.spell[kept],
            {key: values[kept] for key, values in self.rivals.items()},
        )

    def draw(self, generator: Generator) -> Integers:
        """Draw countries again, and of each its spells, both with replacement; return rows."""
        drawn: list[Integers] = []
        spells = self._spells
        for place in generator.integers(len(spells), size=len(spells)):
            mine = spells[place]
            drawn += [mine[one] for one in generator.integers(len(mine), size=len(mine))]
        return np.concatenate(drawn)

    @property
    def _spells(self) -> list[list[Integers]]:
        """Rows of each spell, by country."""
        by: dict[str, dict[int, list[int]]] = {}
        for row, (country, spell) in enumerate(zip(self.country, self.spell, strict=True)):
            by.setdefault(country, {}).setdefault(int(spell), []).append(row)
        return [[np.array(rows) for rows in spells.values()] for spells in by.values()]


def build_levels(
    tracks: Iterable[Track], truths: Mapping[str, Floats], at: float, horizon: int, average: int
) -> Sample:
    """Return months with what was had in each, and what came within the horizon.

    Args:
        tracks: of the cases.
        truths: what was counted by month, by case; a case that is not among them is left out.
        at: from what count on a month is a hit.
        horizon: months ahead; 0 asks about the month itself.
        average: months of the moving average.
    """

    def tell(track: Track, counts: Floats) -> Told:
        logs = np.log1p(counts)
        had = {
            SCORE: track.score,
            NOTHING: np.zeros(len(counts)),
            LAST: logs,
            AVERAGE: _average(logs, average),
            PAST: _average(logs, len(logs)),
            COVERAGE: track.coverage,
        }
        return had, look_ahead(counts >= at, horizon) > 0, look_ahead(logs, horizon)

    return _build(tracks, truths, tell)


def build_changes(
    tracks: Iterable[Track], truths: Mapping[str, Floats], horizon: int, average: int
) -> Sample:
    """Return the same of changes over as many months as the horizon has; ``ahead`` is one too.

    A hit is a month after which more is counted, by the mean of ``log(1 + count)``, over the
    horizon than over as many months before.
    """
    step = max(1, horizon)

    def tell(track: Track, counts: Floats) -> Told:
        logs = np.log1p(counts)
        had = {
            SCORE: _change(track.score, step),
            NOTHING: np.zeros(len(counts)),
            LAST: _change(logs, 1),
            AVERAGE: _change(_average(logs, average), step),
            COVERAGE: _change(track.coverage, step),
        }
        ahead = look_ahead(logs, step) - _average(logs, step)
        return had, ahead > 0, ahead

    return _build(tracks, truths, tell)


Told = tuple[dict[str, Floats], Bools, Floats]  # what was had, whether it came, what came
Part = tuple[Track, Told, Integers]  # a case, and its rows


def _build(
    tracks: Iterable[Track],
    truths: Mapping[str, Floats],
    tell: Callable[[Track, Floats], Told],
) -> Sample:
    parts = [
        _keep_known(track, tell(track, truths[track.case]))
        for track in tracks
        if track.case in truths
    ]
    names = list(parts[0][1][0]) if parts else [SCORE]
    systems = sorted({key for track, *_ in parts for key in track.rivals})
    return Sample(
        {name: _join(had[name] for _, (had, _, _), _ in parts) for name in names},
        _join(hit for _, (_, hit, _), _ in parts).astype(np.bool_),
        _join(ahead for _, (_, _, ahead), _ in parts),
        tuple(track.country for track, _, rows in parts for _ in rows),
        tuple(track.case for track, _, rows in parts for _ in rows),
        tuple(track.months[row] for track, _, rows in parts for row in rows),
        np.array(list(_number_spells(parts)), dtype=np.int64),
        {key: _join(_take_rival(track, key)[rows] for track, _, rows in parts) for key in systems},
    )


def _keep_known(track: Track, told: Told) -> Part:
    """Return the rows of a case with all predictors and with what came ahead."""
    had, hit, ahead = told
    known = ~np.isnan(ahead) & np.all([~np.isnan(values) for values in had.values()], axis=0)
    rows = np.flatnonzero(known)
    return track, ({name: v[rows] for name, v in had.items()}, hit[rows], ahead[rows]), rows


def _join(parts: Iterable[NDArray[Any]]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def _take_rival(track: Track, key: tuple[str, str]) -> Floats:
    return track.rivals.get(key, np.full(len(track.months), np.nan))


def look_ahead(counts: NDArray[np.generic], horizon: int) -> Floats:
    """Return the mean of the months ahead; NaN where one of them is unknown or beyond the record.

    Examples:
        >>> look_ahead(np.array([0.0, 3.0, 0.0, 6.0]), 2).tolist()
        [1.5, 3.0, nan, nan]
        >>> look_ahead(np.array([0.0, 3.0]), 0).tolist()
        [0.0, 3.0]
    """
    values = counts.astype(np.float64)
    if not horizon:
        return values
    found = np.full(len(values), np.nan)
    for at in range(len(values) - horizon):
        found[at] = values[at + 1 : at + 1 + horizon].mean()
    return found


def _average(values: Floats, months: int) -> Floats:
    """Return the mean of the last months up to each, of those that there are and are known."""
    found = np.full(len(values), np.nan)
    for at in range(len(values)):
        window = values[max(0, at - months + 1) : at + 1]
        known = window[~np.isnan(window)]
        if len(known) and not np.isnan(values[at]):
            found[at] = known.mean()
    return found


def _change(values: Floats, months: int) -> Floats:
    found = np.full(len(values), np.nan)
    found[months:] = values[months:] - values[:-months]
    return found


def _number_spells(parts: Iterable[Part]) -> Iterator[int]:
    number = -1
    for _, (_, hit, _), rows in parts:
        for place, row in enumerate(rows):
            new = place == 0 or hit[place] != hit[place - 1] or row != rows[place - 1] + 1
            number += int(new)
            yield number

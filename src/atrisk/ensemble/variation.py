"""Variation: what of a case and its method may be otherwise, ready to be drawn many times.

A ``Variation`` holds everything that draws need as plain arrays, so that it can be sent to another
process. What is not varied is held where an assessment holds it: a claim at its probability, a
severity as coded, a date at its middle day, a weight at its set's, a branch at its choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.frameworks.branches import SCORING
from atrisk.frameworks.uncertainty import Uncertainty
from atrisk.kernel import sampling
from atrisk.kernel.propagation import Model
from atrisk.kernel.sampling import Draws
from atrisk.scoring.tellings import Spans

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
Kind = Literal["truth", "severity", "dates", "half_lives", "weights", "branches"]
KINDS: tuple[Kind, ...] = ("truth", "severity", "dates", "half_lives", "weights", "branches")
NATURES = ("structural", "dynamic", "trigger")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, eq=False, slots=True)
class Inputs:
    """What is drawn, each input independent of the others; the last axis is the draws.

    Attributes:
        standing: how badly each claim stands, standard normal; claims x draws; None if certain
            probabilities are used instead.
        severity, began, ended: as in ``Draws``.
        half_lives: factor of each nature's half-life; natures x draws.
        indicator_weights, factor_weights: relative; with the weight set that they lie around.
        option: of grade, persistence and the two aggregations, by draw.
    """

    standing: Singles | None
    severity: NDArray[np.int8]
    began: tuple[Integers | None, ...]
    ended: tuple[Integers | int, ...]
    half_lives: Singles
    indicator_weights: Singles
    factor_weights: Singles
    option: Mapping[str, Integers]

    def order(self, places: Integers) -> Self:
        """Return the draws in another order."""
        return type(self)(
            standing=None if self.standing is None else self.standing[:, places],
            severity=self.severity[:, places],
            began=tuple(rows if rows is None else rows[places] for rows in self.began),
            ended=tuple(rows if isinstance(rows, int) else rows[places] for rows in self.ended),
            half_lives=self.half_lives[:, places],
            indicator_weights=self.indicator_weights[:, places],
            factor_weights=self.factor_weights[:, places],
            option={branch: drawn[places] for branch, drawn in self.option.items()},
        )


@dataclass(frozen=True, eq=False, slots=True)
class Variation:
    """What may be drawn.

    Attributes:
        model: what no draw changes.
        probability: of each item by grade option; options x items.
        claim, block: claim of each item; source of each claim.
        severity: as coded, by unit: an item has one for each severity that it is told with.
        spans: dates of the items.
        first: first row that may count each item.
        half_lives: in months; options of persistence x natures.
        indicator_weights, factor_weights: with mean 1; options of weights x indicators, factors.
        beliefs: in each option of the branches in ``SCORING``.
        uncertainty: how far things may be off.
        vary: kinds that are drawn.
    """

    model: Model
    probability: Floats
    claim: Integers
    block: Integers
    severity: Integers
    spans: Spans
    first: Integers
    half_lives: Floats
    indicator_weights: Floats
    factor_weights: Floats
    beliefs: Mapping[str, Floats]
    uncertainty: Uncertainty
    vary: frozenset[str]

    def sample(self, generator: Generator, draws: int, *, in_order: bool = True) -> Draws:
        """Draw everything that varies, ready to be scored.

        Args:
            generator: of the draws.
            draws: how many, 1 or more.
            in_order: whether equal options of a branch may stand side by side.
        """
        return self.settle(self.draw_inputs(generator, draws, in_order=in_order))

    def draw_inputs(self, generator: Generator, draws: int, *, in_order: bool = False) -> Inputs:
        """Draw each input by itself, so that one can be taken from another draw."""
        option = self._sample_options(generator, draws, in_order)
        began, ended = self._sample_dates(generator, draws)
        return Inputs(
            standing=self._sample_standing(generator, draws),
            severity=self._sample_severity(generator, draws),
            began=began,
            ended=ended,
            half_lives=self._sample_half_lives(generator, draws),
            indicator_weights=self._sample_weights(
                generator, self.indicator_weights[option["weights"]].T
            ),
            factor_weights=self._sample_weights(
                generator, self.factor_weights[option["weights"]].T
            ),
            option={branch: option[branch] for branch in SCORING if branch != "weights"},
        )

    def settle(self, inputs: Inputs) -> Draws:
        """Return what some inputs mean together: which items are true, how long they last."""
        grade, option = inputs.option["grade"], inputs.option
        if inputs.standing is None:
            truth = self.probability.T[:, grade].astype(np.float32)
        else:
            truth = sampling.judge_truth(
                inputs.standing, self.probability, grade, self.claim
            ).astype(np.float32)
        return Draws(
            truth=truth,
            severity=inputs.severity,
            began=inputs.began,
            ended=inputs.ended,
            half_life=self.half_lives[option["persistence"]].T.astype(np.float32)
            * inputs.half_lives,
            indicator_weights=inputs.indicator_weights,
            factor_weights=inputs.factor_weights,
            factor_rule=option["factor_aggregation"],
            crime_rule=option["crime_aggregation"],
        )

    def _sample_options(
        self, generator: Generator, draws: int, in_order: bool
    ) -> dict[str, Integers]:
        drawn = {
            branch: sampling.draw_options(generator, belief, draws)
            for branch, belief in self.beliefs.items()
        }
        if in_order:  # the two rules that join: the costly one in whole stretches
            order = np.lexsort((drawn["crime_aggregation"], drawn["factor_aggregation"]))
            for branch in ("factor_aggregation", "crime_aggregation"):
                drawn[branch] = drawn[branch][order]
        return drawn

    def _sample_standing(self, generator: Generator, draws: int) -> Singles | None:
        if "truth" not in self.vary:
            return None
        correlation = self.uncertainty.source_correlation.correlation
        return sampling.draw_standing(generator, self.block, correlation, draws)

    def _sample_severity(self, generator: Generator, draws: int) -> NDArray[np.int8]:
        error = self.uncertainty.severity_error
        varied = "severity" in self.vary
        return sampling.draw_severity(
            generator,
            self.severity,
            draws,
            lower=error.lower * varied,
            higher=error.higher * varied,
            top=self.model.top,
        )

    def _sample_dates(
        self, generator: Generator, draws: int
    ) -> tuple[tuple[Integers | None, ...], tuple[Integers | int, ...]]:
        spans = self.spans
        starts, ends = self._narrow(spans.began), self._narrow(spans.ended)
        rows, months = spans.rows(starts), self._months(starts)
        last = np.where(spans.events[:, None], months, self._months(ends))
        begun: list[Integers | None] = [None] * len(rows)
        over: list[Integers | int] = last[:, 1].tolist()
        late = rows[:, 1] > self.first
        for item in np.flatnonzero(late | (spans.events & (months[:, 0] < months[:, 1]))):
            days = sampling.draw_days(generator, starts[item, :1], starts[item, 1:], draws)[0]
            begun[item] = spans.rows(days) if late[item] else None
            if spans.events[item]:
                over[item] = self._months(days)
        for item in np.flatnonzero(~spans.events & (last[:, 0] < last[:, 1])):
            days = sampling.draw_days(generator, ends[item, :1], ends[item, 1:], draws)[0]
            over[item] = self._months(days)
        return tuple(begun), tuple(over)

    def _months(self, days: Integers) -> Integers:
        """Return the row of the month that holds a day; it may lie before or after all rows."""
        return _count_months(days) - _count_months(self.spans.cuts[:1])

    def _narrow(self, days: Integers) -> Integers:
        if "dates" in self.vary:
            return days
        return np.repeat(days.sum(axis=1, keepdims=True) // 2, 2, axis=1)

    def _sample_half_lives(self, generator: Generator, draws: int) -> Singles:
        spread = self.uncertainty.half_life_spread.factor if "half_lives" in self.vary else 1.0
        return sampling.draw_factors(generator, spread, (len(NATURES), draws)).astype(np.float32)

    def _sample_weights(self, generator: Generator, centre: Floats) -> Singles:
        spread = self.uncertainty.weight_spread.concentration
        return sampling.draw_weights(
            generator, centre, spread if "weights" in self.vary else np.inf
        )


def _count_months(days: Integers) -> Integers:
    """Return the months since 1970 of day numbers."""
    return (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

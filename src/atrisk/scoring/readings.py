"""Readings: claims as readings of how grave a factor is, of which more make it surer, not higher.

Used by methods whose factor rule estimates; those that count take intensities as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.kernel.estimate import vary_estimate, weigh_sources
from atrisk.kernel.rules import ShrunkenMean
from atrisk.kernel.severity import escape, exceed, find_largest
from atrisk.scoring.tellings import Spans, Tellings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
CELLS = 120_000  # tellings x months that are measured side by side


@dataclass(frozen=True, eq=False, repr=False)
class Readings:
    """What claims tell of each indicator, and how much they count.

    Attributes:
        rule: the estimate.
        owner, factor: indicator and factor of each group of tellings.
        weight: probability that a group is current and true; groups x months.
        value: its severity over the top, less what mitigates it, given that; groups x months.
        effect: how much it counts beside others of its source; groups x months.
        told, read: sums of ``effect * weight * value`` and of ``effect * weight``; months x
            indicators.
    """

    rule: ShrunkenMean
    owner: Integers
    factor: Integers
    weight: Floats
    value: Floats
    effect: Floats
    told: Floats
    read: Floats

    def vary(self, factor: int, counts: Floats, estimate: Floats) -> Floats:
        """Return the variance of a factor's estimate by month.

        Args:
            factor: its place.
            counts: weight over the mean weight of each indicator of the framework.
            estimate: of the factor, by month.
        """
        mine = self.factor == factor
        return vary_estimate(
            self.effect[mine] * counts[self.owner[mine]][:, None],
            self.weight[mine],
            self.value[mine],
            estimate,
            readings=self.rule.readings,
            spread=self.rule.spread,
        )


def measure_readings(
    tellings: Tellings, spans: Spans, probability: Floats, framework: Framework, method: Method
) -> Readings | None:
    """Return readings, if the method estimates; None if it counts.

    Args:
        tellings: of the case.
        spans: when each item became known.
        probability: that each telling is true, known and current; tellings x months.
        framework: whose indicators.
        method: whose factor rule.
    """
    rule = method.factor_aggregation.arithmetic
    if not isinstance(rule, ShrunkenMean):
        return None
    top, count = framework.top_severity, len(framework.indicators)
    weight = find_largest(probability, tellings.starts)
    told = np.empty_like(weight)
    for some in split_columns(*probability.shape):
        told[:, some] = _tell(tellings, probability[:, some], top, count)
    factors = {code: place for place, code in enumerate(framework.factors)}
    owner = tellings.owner
    factor = np.array([factors[one.factor] for one in framework.indicators.values()])[owner]
    source = _find_sources(tellings, spans, probability, weight)
    effect = weigh_sources(weight, factor, source, rule.dependence)
    return Readings(
        rule=rule,
        owner=owner,
        factor=factor,
        weight=weight,
        value=np.divide(told, weight, out=np.zeros_like(told), where=weight > 0),
        effect=effect,
        told=_add_up(effect * told, owner, count),
        read=_add_up(effect * weight, owner, count),
    )


def drop_indicators(
    readings: Readings,
    groups: Integers,
    tellings: Tellings,
    spans: Spans,
    probability: Floats,
    *,
    gone: Integers,
) -> Readings:
    """Return readings without some indicators: what else their factors' sources tell counts anew.

    Args:
        readings: of all indicators.
        groups: places of the groups that are left.
        tellings: those that are left, in order.
        spans: when each item became known.
        probability: of each of them, tellings x months.
        gone: places of the indicators.
    """
    factor, owner = readings.factor[groups], readings.owner[groups]
    weight, value = readings.weight[groups], readings.value[groups]
    moved = np.isin(factor, readings.factor[np.isin(readings.owner, gone)])
    effect = readings.effect[groups]
    told, read = readings.told.copy(), readings.read.copy()
    told[:, gone] = read[:, gone] = 0.0
    if moved.any():
        places = np.flatnonzero(moved[tellings.group])
        some, mine = tellings.select(places), weight[moved]
        source = _find_sources(some, spans, probability[places], mine)
        effect[moved] = weigh_sources(mine, factor[moved], source, readings.rule.dependence)
        columns, count = np.unique(owner[moved]), told.shape[1]
        counted = effect[moved] * mine
        told[:, columns] = _add_up(counted * value[moved], owner[moved], count)[:, columns]
        read[:, columns] = _add_up(counted, owner[moved], count)[:, columns]
    return Readings(readings.rule, owner, factor, weight, value, effect, told, read)


def split_columns(rows: int, columns: int) -> list[slice]:
    """Return slices of columns that are measured at a time, so that memory does not grow with them.

    Examples:
        >>> split_columns(CELLS, 2)
        [slice(0, 1, None), slice(1, 2, None)]
    """
    step = max(1, CELLS // max(1, rows))
    return [slice(first, min(first + step, columns)) for first in range(0, columns, step)]


def _tell(tellings: Tellings, probability: Floats, top: int, count: int) -> Floats:
    """Return what each group tells, less what mitigates it, in some months: groups x months."""
    reached = exceed(probability, tellings.severity, tellings.starts, top)
    lowers, owner = tellings.mitigating, tellings.owner
    calm = escape(
        reached[:, lowers], owner[lowers], count
    )  # P(M < k), levels x indicators x months
    reached *= calm[:, owner]
    return np.where(lowers[:, None], 0.0, np.mean(reached, axis=0))


def _find_sources(
    tellings: Tellings, spans: Spans, probability: Floats, weight: Floats
) -> Integers:
    """Return the source that tells each group best in each month; of equals, that known first."""
    sources = tellings.source[tellings.item]
    order = np.lexsort((np.arange(len(tellings.item)), spans.learnt[tellings.item]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    best = probability == weight[tellings.group]
    place = np.where(best, rank[:, None], len(rank))
    first = np.minimum.reduceat(place, tellings.starts, axis=0)
    return np.asarray(sources[order[first]])


def _add_up(values: Floats, owner: Integers, count: int) -> Floats:
    """Return sums by owner, months x owners, the same whatever stands beside them."""
    months = values.shape[1]
    cells = owner[:, None] * months + np.arange(months)
    total = np.bincount(cells.ravel(), weights=values.ravel(), minlength=count * months)
    return np.asarray(total.reshape(count, months).T)

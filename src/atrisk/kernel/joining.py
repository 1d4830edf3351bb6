"""Joining: the aggregation rules for many draws at once, each under weights of its own. NumPy only.

The same rules as in ``aggregation``, in single precision and with the draws last, so that each step
runs along memory: there are ``n`` values of shape ``(t, d)`` each and counts of shape ``(n, d)``,
with ``t`` months and ``d`` draws. A count is a weight over the mean weight of all ``members`` that
the aggregate has; members that are zero throughout may be left out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atrisk.kernel.aggregation import Aggregation, CountingOr, Maximum, NoisyOr

Floats = NDArray[np.float32]
_HIGH = int(sys.byteorder == "little")  # which half of an integer comes first in its order


def join_draws(rule: Aggregation, values: Sequence[Floats], counts: Floats, members: int) -> Floats:
    """Aggregate values along the first axis.

    Args:
        rule: which aggregation.
        values: in [0, 1], ``n`` of shape ``(t, d)``.
        counts: weight over the mean weight of all members, shape ``(n, d)``.
        members: how many there are, those that were left out included.

    Returns:
        Shape ``(t, d)``; equal to ``rule.join`` of each draw to single precision.

    Examples:
        >>> values = [np.array([[0.5]], dtype=np.float32), np.array([[1.0]], dtype=np.float32)]
        >>> join_draws(CountingOr(0.5), values, np.ones((2, 1), dtype=np.float32), 2).tolist()
        [[0.625]]
    """
    if not len(values):
        raise ValueError("there is nothing to join")
    if isinstance(rule, CountingOr):
        return _count(values, counts, rule.strength)
    if isinstance(rule, NoisyOr):
        return _miss(values, counts, rule.strength)
    if isinstance(rule, Maximum):
        weighted = [v * (count > 0) for v, count in zip(values, counts, strict=True)]
        return np.asarray(np.max(weighted, axis=0))
    return _average(values, counts / np.float32(members), rule.exponent)


def _count(values: Sequence[Floats], counts: Floats, strength: float) -> Floats:
    ordered, counted = _sort_descending(values, counts)
    joined = np.zeros_like(ordered[0])
    reached = np.zeros_like(joined)
    before = np.ones_like(joined)
    for value, count in zip(ordered, counted, strict=True):
        reached += count
        left = np.exp(reached * np.float32(np.log1p(-strength)))
        before -= left
        before *= value
        joined += before
        before = left
    return joined


def _miss(values: Sequence[Floats], counts: Floats, strength: float) -> Floats:
    missed = np.ones_like(values[0])
    for value, count in zip(values, counts, strict=True):
        missed *= 1 - value * (1 - np.exp(count * np.float32(np.log1p(-strength))))
    return 1 - missed


def _average(values: Sequence[Floats], shares: Floats, exponent: float) -> Floats:
    total = np.zeros_like(values[0])
    for value, share in zip(values, shares, strict=True):
        total += _raise(value, exponent) * share
    return total if exponent == 1 else total ** np.float32(1 / exponent)


def _raise(value: Floats, exponent: float) -> Floats:
    """Return a power; whole ones by multiplying, which is an order of magnitude faster."""
    if not float(exponent).is_integer():
        return value ** np.float32(exponent)
    raised = value
    for _ in range(int(exponent) - 1):
        raised = raised * value
    return raised


def _sort_descending(values: Sequence[Floats], counts: Floats) -> tuple[list[Floats], list[Floats]]:
    """Sort along the first axis, counts with their values, by a network of exchanges.

    Numbers that are not negative sort like their bits, so a value and its count travel as the two
    halves of one integer. ``argsort`` and two ``take_along_axis`` take six times as long
    here: they sort each of the many short columns by itself.
    """
    pairs = [_pair(value, count) for value, count in zip(values, counts, strict=True)]
    for i, j in _network(len(pairs)):
        pairs[i], pairs[j] = np.maximum(pairs[i], pairs[j]), np.minimum(pairs[i], pairs[j])
    halves = [pair.view(np.float32) for pair in pairs]
    return [half[:, _HIGH::2] for half in halves], [half[:, 1 - _HIGH :: 2] for half in halves]


def _pair(value: Floats, count: Floats) -> NDArray[np.int64]:
    halves = np.empty((*value.shape, 2), dtype=np.float32)
    halves[..., _HIGH] = value
    halves[..., 1 - _HIGH] = count
    return halves.view(np.int64)[..., 0]


@lru_cache(maxsize=64)
def _network(size: int) -> tuple[tuple[int, int], ...]:
    """Return the exchanges of Batcher's merge exchange, which sorts any ``size`` values.

    References:
        Knuth (1998), The Art of Computer Programming 3, section 5.2.2, algorithm M.
    """
    exchanges: list[tuple[int, int]] = []
    top = step = 1 << max(0, (size - 1).bit_length() - 1)
    while step > 0:
        q, r, d = top, 0, step
        while d > 0:
            exchanges += [(i, i + d) for i in range(size - d) if i & step == r]
            q, r, d = q // 2, step, q - step
        step //= 2
    return tuple(exchanges)

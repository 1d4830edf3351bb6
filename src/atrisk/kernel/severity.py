"""Severity: the exact expected severity of the worst condition in force. NumPy only.

Claims are independent. A claim's tellings are grouped, and a group holds severity ``k`` with the
probability of its best telling of severity ``k`` or more; so echoes never add up, and a better
grade or a higher severity never lowers anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def exceed(probability: Floats, severity: Integers, starts: Integers, top: int) -> Floats:
    """Give the probability that each group's claim holds at each severity or more.

    ``P[k, g] = max over tellings of g with severity >= k of p``.

    Args:
        probability: of each telling, shape ``(n, t)``, tellings of a group side by side.
        severity: of each telling, shape ``(n,)``, 0 to ``top``.
        starts: first telling of each group, shape ``(g,)``.
        top: highest severity.

    Returns:
        Shape ``(top, g, t)``; level ``k`` is at ``k - 1``.

    Examples:
        One claim told twice, at severity 1 with 0.75 and at severity 2 with 0.5:

        >>> exceed(np.array([[0.75], [0.5]]), np.array([1, 2]), np.array([0]), top=2).tolist()
        [[[0.75]], [[0.5]]]
    """
    levels = np.arange(1, top + 1)
    reached = np.where((severity >= levels[:, None])[:, :, None], probability[None], 0.0)
    return np.maximum.reduceat(reached, starts, axis=1)


def escape(probability: Floats, owner: Integers, owners: int) -> Floats:
    """Give the probability that none of an owner's independent claims holds.

    ``Q[o] = product over g of o of (1 - P[g])``; an owner without claims escapes for sure.

    Args:
        probability: shape ``(..., g, t)``.
        owner: owner of each ``g``, ascending, shape ``(g,)``.
        owners: how many owners there are.

    Returns:
        Shape ``(..., owners, t)``.

    Examples:
        >>> escape(np.array([[0.5], [0.5]]), np.array([1, 1]), owners=2).tolist()
        [[1.0], [0.25]]
    """
    result = np.ones((*probability.shape[:-2], owners, probability.shape[-1]))
    if owner.size:
        present, starts = np.unique(owner, return_index=True)
        result[..., present, :] = np.multiply.reduceat(1.0 - probability, starts, axis=-2)
    return result


def expect_worst(no_aggravating: Floats, no_mitigating: Floats) -> Floats:
    """Give the expected excess of the worst aggravating over the worst mitigating severity.

    ``x = E[max(0, A - M)] / K = (1 / K) * sum over k of P(A >= k) * P(M < k)``, which is exact
    because ``max(0, A - M)`` counts the levels ``k`` with ``M < k <= A``.

    Args:
        no_aggravating: ``P(A < k)``, shape ``(K, ...)``.
        no_mitigating: ``P(M < k)``, same shape.

    Returns:
        Intensity in [0, 1], without the first axis.

    Examples:
        Severity 2 of 4 for sure, nothing mitigating: 2 / 4.

        >>> no_aggravating = np.array([[0.0], [0.0], [1.0], [1.0]])
        >>> expect_worst(no_aggravating, np.ones((4, 1))).tolist()
        [0.5]
    """
    return np.mean((1.0 - no_aggravating) * no_mitigating, axis=0)

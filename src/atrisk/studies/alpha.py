"""Reliability: how far several coders agree beyond chance, some codes missing. NumPy only."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval"]


def measure_alpha(ratings: Floats, metric: Metric) -> float | None:
    """Give Krippendorff's alpha: 1 for perfect agreement, 0 for chance, below 0 for less.

    ``alpha = 1 - D_o / D_e``, with ``o_ck`` the coincidences of the values ``c`` and ``k`` within
    units (each unit's ``m`` codes count ``1 / (m - 1)``), ``n_c`` their margins, ``n`` their sum:

        D_o = sum o_ck d_ck / n        D_e = sum n_c n_k d_ck / (n (n - 1))

    The distance ``d_ck`` is 0 or 1 (nominal), ``(c - k) ** 2`` (interval), or the square of the
    codes that lie between the two, half of both counted (ordinal). Units with fewer than two codes
    say nothing and are left out.

    Args:
        ratings: coders x units; NaN where a coder did not code a unit.
        metric: of the values.

    Returns:
        Alpha; None where it is undefined: fewer than two codes in every unit, or one value only.

    References:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania;
        Hayes and Krippendorff (2007), Communication Methods and Measures 1:77-89.

    Examples:
        >>> measure_alpha(np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), "nominal")
        1.0
    """
    pairable = (~np.isnan(ratings)).sum(axis=0) >= 2
    codes = ratings[:, pairable]
    values = np.unique(codes[~np.isnan(codes)])
    if len(values) < 2:
        return None
    counts = (codes[None] == values[:, None, None]).sum(axis=1).astype(np.float64)
    shares = counts / (counts.sum(axis=0) - 1)
    coincidences = shares @ counts.T - np.diag(shares.sum(axis=1))
    margins = coincidences.sum(axis=1)
    total = margins.sum()
    distances = _measure_distances(values, margins, metric)
    observed = (coincidences * distances).sum() / total
    expected = (np.outer(margins, margins) * distances).sum() / (total * (total - 1))
    return float(1 - observed / expected)


def _measure_distances(values: Floats, margins: Floats, metric: Metric) -> Floats:
    if metric == "nominal":
        return 1 - np.eye(len(values))
    # The place of a value among all codes: those below it, and half of its own.
    scale = values if metric == "interval" else np.cumsum(margins) - margins / 2
    return np.subtract.outer(scale, scale) ** 2

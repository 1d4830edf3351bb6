"""Removal: a score without some rows is that of a record that never held them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.studies.removal import Removal, join_sets
from scoring.test_estimate import ESTIMATE
from shipped import small, un
from toys import THREE_FACTOR, cases

METHODS: list[Any] = [None, ESTIMATE]


def mark(items: set[int]) -> int:
    """Return a set of items as the library takes it."""
    return join_sets(1 << item for item in items)


def measure_difference(
    case: atrisk.Case, framework: atrisk.Framework, method: Any, gone: set[int]
) -> float:
    """Return how far a score without rows is from that of a record without them."""
    now = atrisk.assess(case, framework, method=method)
    items = now.intensity.tellings.items
    ids = {items[place].id for place in gone}
    rest = tuple(row for row in case.evidence if row.id not in ids)
    (scores,) = Removal(now).score([mark(gone)], slice(None))
    try:
        less = atrisk.assess(replace(case, evidence=rest), framework, method=method)
    except atrisk.RequestError:
        return 0.0  # nothing is left to assess
    return float(np.abs(scores - less.overall).max())


@pytest.mark.parametrize("method", METHODS, ids=["count", "estimate"])
@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_a_score_without_rows_is_that_of_a_record_without_them(
    method: Any, case: atrisk.Case, data: Any
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(case.evidence) - 1)))
    assert measure_difference(case, THREE_FACTOR, method, gone) <= 1e-12


@pytest.mark.parametrize("method", ["v1", "estimate"])
def test_so_it_is_in_a_shipped_case_and_whatever_was_asked_before(method: str) -> None:
    now = atrisk.assess(small(), un(), method=method)
    removal = Removal(now)
    sets = [set(range(n)) for n in (0, 1, 5, 20)]
    together = removal.score([mark(gone) for gone in sets], slice(2, 12))
    for gone, scores in zip(sets, together, strict=True):
        assert np.array_equal(Removal(now).score([mark(gone)], slice(2, 12))[0], scores)
        assert measure_difference(small(), un(), method, gone) <= 1e-12
    assert np.abs(together[0] - now.overall[2:]).max() <= 1e-12


def test_a_factor_that_kept_a_removed_row_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure_difference(small(), un(), "estimate", {0, 3, 7}) <= 1e-12
    monkeypatch.setattr(
        "atrisk.studies.removal._Part.find_gone",
        lambda part, _: np.zeros(len(part.tellings.item), dtype=bool),
    )
    assert measure_difference(small(), un(), "estimate", {0, 3, 7}) > 1e-3

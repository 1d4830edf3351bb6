"""Onsets and alarms by hand: what was warned of, how long before, and what came to nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atrisk.frameworks.outcomes import OutcomeRules, read_outcome_rules
from atrisk.verification.onsets import (
    count_alarms,
    find_onsets,
    is_dated,
    list_onsets,
    sum_up,
)
from atrisk.verification.tracks import Spans
from followed import NAN, track, truths
from shipped import un

AT = 25.0


def rules(**changed: int) -> OutcomeRules:
    settled = {"quiet": 2, "reach": 3, "horizon": 2} | changed
    return read_outcome_rules(un()).model_copy(update=settled)


def places(*counts: float, quiet: int = 2) -> list[tuple[int, int]]:
    return [(one.place, one.quiet) for one in find_onsets(np.array(counts), AT, quiet)]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((30, 30, 0, 0), []),  # more of the same, or begun: nobody can tell in the first month
        ((0, 30, 40, 0), [(1, 1)]),
        ((0, 0, 25), [(2, 2)]),  # as many as count do count
        ((0, 24, 0), []),
        ((0, 30, 0, 30), [(1, 1)]),  # one quiet month of two
        ((0, 30, 0, 0, 30), [(1, 1), (4, 2)]),
        ((30, 0, 0, 30), [(3, 2)]),
        ((), []),
        ((NAN, NAN, 30), []),  # nothing is on record before it
        ((NAN, 0, 30), [(2, 1)]),
        ((30, NAN, 0, 30), [(3, 1)]),
        ((30, NAN, NAN, 30), []),
        ((0, NAN, 30), [(2, 1)]),
    ],
)
def test_an_onset_follows_quiet_months_that_are_on_record(
    counts: tuple[float, ...], found: list[tuple[int, int]]
) -> None:
    assert places(*counts) == found


@given(st.lists(st.sampled_from([0.0, 30.0, NAN]), max_size=15), st.integers(1, 5))
def test_no_onset_is_found_without_a_quiet_month_that_is_known(
    counts: list[float], quiet: int
) -> None:
    for place, calm in places(*counts, quiet=quiet):
        before = counts[max(0, place - quiet) : place]
        assert counts[place] == 30
        assert 30 not in before
        assert 0 in before
        assert calm >= before.count(0.0)


def warn(counts: list[float], spans: Spans, **changed: Any) -> list[dict[str, Any]]:
    dated = bool(changed.pop("dated", False))
    one = track(counts, spans=spans)
    return list(list_onsets([one], truths(one), AT, rules(**changed), dated=dated))


QUIET = [0.0, 0, 0, 0, 0, 0, 30, 30]  # the onset is in month 6


@pytest.mark.parametrize(
    ("spans", "first", "warned"),
    [
        ((), None, False),
        (((4, None),), 4, True),  # on when it came
        (((4, 7),), 4, True),
        (((2, 4),), 2, True),  # over in month 4, so on in month 3: within three months
        (((1, 3),), None, False),  # last on in month 2, four months before
        (((6, None),), 6, False),  # with it is not before it
        (((7, None),), None, False),
        (((0, None),), 0, True),
        (((1, 2), (5, 6)), 5, True),  # of two the later
        (((2, 5), (6, None)), 2, True),  # one that ended in time, and one that began with it
    ],
)
def test_an_alarm_warns_of_an_onset_that_it_came_before(
    spans: Spans, first: int | None, warned: bool
) -> None:
    (row,) = warn(QUIET, spans)
    assert (row["onset"], row["quiet_months"], row["warned"]) == ("2020-07", 6, warned)
    assert row["alarm"] == (None if first is None else f"2020-{first + 1:02}")
    assert row["lead"] == (None if first is None else 6 - first)
    assert row["from_start"] == (first == 0)


def test_how_far_an_alarm_reaches_is_the_framework_s_to_say() -> None:
    assert not warn(QUIET, ((2, 4),), reach=2)[0]["warned"]
    assert warn(QUIET, ((1, 3),), reach=4)[0]["warned"]


def test_a_dated_list_has_an_onset_wherever_it_dates_one_and_no_quiet_months() -> None:
    found = warn([1000, NAN, NAN, 1000], ((2, None),), dated=True)
    assert [(row["onset"], row["warned"]) for row in found] == [
        ("2020-01", False),
        ("2020-04", True),
    ]


@pytest.mark.parametrize(
    ("counts", "dated"),
    [
        ([NAN, 30, NAN], True),
        ([0, 30, NAN], False),
        ([30, 30, 30], False),  # counted month by month, and grave in all
        ([NAN, NAN], True),
    ],
)
def test_a_list_that_tells_neither_calm_nor_every_month_dates_onsets(
    counts: list[float], dated: bool
) -> None:
    assert is_dated(truths(track(counts)), AT) is dated


@pytest.mark.parametrize(
    ("counts", "span", "judged", "false"),
    [
        ([0, 0, 0, 0, 0, 0], (1, 3), 1, 1),
        ([0, 0, 30, 0, 0, 0], (1, 3), 1, 0),  # it came while the alarm was on
        ([0, 0, 0, 0, 30, 0], (1, 3), 1, 0),  # and within two months after it
        ([0, 0, 0, 0, 0, 30], (1, 3), 1, 1),  # and after that
        ([30, 0, 0, 0, 0, 0], (1, 3), 1, 1),  # before it is too late
        ([0, 0, 0, 0, 0, 0], (3, 5), 0, 0),  # the record ends before two months are over
        ([0, 0, 0, 0, 0, 0], (2, 4), 1, 1),
        ([0, 0, 0, 0, 0, 0], (3, None), 0, 0),  # still on: nobody knows
        ([0, 0, 0, 0, 30, 0], (3, None), 1, 0),  # still on, and it came
        ([0, 0, NAN, 0, 0, 0], (1, 3), 0, 0),  # nobody counted
        ([0, 0, NAN, 30, 0, 0], (1, 3), 1, 0),
    ],
)
def test_an_alarm_is_false_if_nothing_came_and_that_is_known(
    counts: list[float], span: tuple[int, int | None], judged: int, false: int
) -> None:
    one = track(counts, spans=(span,))
    (row,) = count_alarms([one], truths(one), AT, 2)
    assert (row["alarms"], row["judged"], row["false"]) == (1, judged, false)
    known = 6 - sum(np.isnan(counts))
    assert row["months"] == known
    assert row["false_a_year"] == pytest.approx(false * 12 / known)
    assert row["share_of_months"] == pytest.approx(((span[1] or 6) - span[0]) / 6)


def test_how_long_is_waited_is_what_is_asked_for() -> None:
    one = track([0, 0, 0, 0, 0, 30], spans=((1, 3),))
    false = [next(iter(count_alarms([one], truths(one), AT, n)))["false"] for n in (0, 2, 3)]
    assert false == [1, 1, 0]


def test_where_onsets_are_dated_and_nobody_counted_no_alarm_is_judged() -> None:
    one = track([NAN, NAN, 1000, NAN], spans=((0, 1),))
    (row,) = count_alarms([one], truths(one), AT, 1, dated=True)
    assert (row["months"], row["judged"], row["false"], row["false_a_year"]) == (0, 0, 0, None)


def test_cases_are_summed_up_by_tier_with_exact_intervals() -> None:
    tracks = [
        track(QUIET, case="one", spans=((4, None),)),
        track(QUIET, case="two", country="MLI", spans=((1, 2), (6, None))),
        track([0.0] * 8, case="three", country="SEN", spans=((1, 3),)),
    ]
    told = truths(*tracks)
    onsets = list_onsets(tracks, told, AT, rules())
    (row,) = sum_up(onsets, count_alarms(tracks, told, AT, 2), 0.9)
    assert (row["onsets"], row["warned"], row["missed"], row["median_lead"]) == (2, 1, 1, 2.0)
    assert (row["alarms"], row["false"]) == (4, 2)
    assert row["false_a_year"] == pytest.approx(2 * 12 / 24)
    assert row["warned_share_low"] == pytest.approx(1 - 0.95**0.5)  # of one in two

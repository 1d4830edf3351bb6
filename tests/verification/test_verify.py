"""The whole of it on cases by hand: what is asked for reaches every table, and faults are told."""

from __future__ import annotations

from typing import Any

import pytest

import atrisk
from atrisk.frameworks.outcomes import read_outcome_rules
from atrisk.verification.verify import Verification, verify_tracks
from followed import LIST, NAN, months, track
from shipped import car, un

CALM = [0.0] * 12
LATE = [0.0] * 8 + [30.0, 0.0, 0.0, 0.0]


def verified(*tracks: Any, **asked: Any) -> Verification:
    settled: dict[str, Any] = {"draws": 20}
    return verify_tracks(tracks, read_outcome_rules(un()), **(settled | asked))


def two() -> tuple[Any, Any]:
    rising = [0.1] * 6 + [0.5] * 6
    return (
        track(LATE, rising, case="one", country="CAF", spans=((4, 6),)),
        track(CALM, [0.2] * 12, case="two", country="MLI", spans=((1, 3),)),
    )


def test_the_horizon_that_is_asked_for_reaches_every_table() -> None:
    short, long = verified(*two(), horizon=1), verified(*two(), horizon=4)
    assert [found.to_rows("levels")[0]["hits"] for found in (short, long)] == [1, 4]
    assert [found.to_rows("levels")[0]["months"] for found in (short, long)] == [22, 16]
    # the alarm that was last on in month 6 is false within a month, and not within four
    assert [found.to_rows("alarms")[0]["false"] for found in (short, long)] == [2, 1]
    assert verified(*two()).horizon == read_outcome_rules(un()).horizon
    assert "within 1 month)" in repr(short)


def test_a_case_that_is_named_twice_is_refused() -> None:
    one, _ = two()
    with pytest.raises(atrisk.RequestError, match="one is named twice"):
        verified(one, one)
    with pytest.raises(atrisk.RequestError, match="car-2012-2015 is named twice"):
        atrisk.verify([car(), car()], un(), draws=20)


@pytest.mark.parametrize(
    ("tracks", "words"),
    [
        ([], "there is no case to verify"),
        ([track([NAN] * 9)], "ask for alarms or onsets"),
        ([track([0.0, 0.0])], "no month has both a score and 3 months of outcomes after it"),
        ([track(CALM)], "the outcome followed none of the months that can be judged"),
        ([track([30.0] * 9)], "the outcome followed every month that can be judged"),
        ([track([NAN, NAN, 30.0, NAN])], "ask for alarms or onsets"),
    ],
)
def test_why_nothing_can_be_told_apart_is_said(tracks: list[Any], words: str) -> None:
    with pytest.raises(atrisk.RequestError, match=words):
        verified(*tracks).to_rows()


def test_a_list_that_nobody_keeps_is_told_with_what_to_type() -> None:
    with pytest.raises(atrisk.RequestError, match="atrisk import events FILE --case CASE"):
        verified(*two(), outcome="mass-killing")
    with pytest.raises(atrisk.UnknownNameError, match="Known: civilians-25"):
        verified(*two(), outcome="massacre")


def test_words_name_baselines_that_do_better() -> None:
    score = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]
    deaths = [0.0, 1, 2, 3, 4, 5, 6, 40, 50, 60]
    told = verified(track(deaths, score), horizon=1).describe()
    assert told.startswith(f"By {LIST}: 9 of 10 months can be judged")
    assert "The score ranks such a month above another 0% of the time" in told
    assert "Better than the score: last month's deaths (100%)" in told
    assert told.count("coverage (50%)") == 1


def test_months_are_told_with_what_was_had_and_whether_it_came() -> None:
    rows = verified(*two(), horizon=1).to_rows("months")
    mine = [row for row in rows if row["case"] == "one"]
    assert [row["month"] for row in mine] == list(months(11))
    assert [row["came"] for row in mine] == [False] * 7 + [True] + [False] * 3
    assert {row["told"] for row in mine} == {None}  # the other country has one kind of month
    with pytest.raises(atrisk.RequestError, match="learnt on other countries"):
        verified(*two(), horizon=1).to_rows("reliability")


def test_an_onset_is_told_with_the_alarm_that_warned_of_it() -> None:
    (row,) = verified(*two()).to_rows("onsets")
    assert (row["case"], row["onset"], row["quiet_months"]) == ("one", "2020-09", 8)
    assert (row["warned"], row["alarm"], row["lead"]) == (True, "2020-05", 4)

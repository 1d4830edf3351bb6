"""Counts and the table of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atrisk.base.dates import Month
from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.events.counts import FIGURES, Cell, Count, EventTable

MAY, JULY = Month.parse("2024-05"), Month.parse("2024-07")
TABLE = EventTable(
    layout="events",
    file="made.csv",
    sha256="0" * 64,
    rows=6,
    counts={
        Cell("MLI", MAY, "battle", "state"): Count(2, 5.0, 4.0, 9.0, 1.0),
        Cell("MLI", MAY, "one-sided", "non-state"): Count(1, 3.0, 3.0, 3.0, 3.0),
        Cell("MLI", JULY, "battle", "state"): Count(1, 2.0),
        Cell("NER", JULY, "riot", "unknown"): Count(1, 1.0, 1.0, 1.0, 0.0),
    },
    unplaced=1,
    skipped=2,
)


def test_counts_add_up_figure_by_figure() -> None:
    total = Count(1, 2.0, 1.0, 4.0, 0.0) + Count(2, 3.0, 2.0, 8.0, 3.0)
    assert total == Count(1 + 2, 2.0 + 3.0, 1.0 + 2.0, 4.0 + 8.0, 0.0 + 3.0)


def test_a_sum_is_told_only_if_each_of_its_parts_is() -> None:
    assert Count(1, 2.0, 1.0) + Count(1, 1.0) == Count(2, 3.0)


def test_a_table_tells_its_countries_and_its_months() -> None:
    assert TABLE.countries() == ("MLI", "NER")
    assert (TABLE.first, TABLE.last) == (MAY, JULY)


def test_a_series_has_every_month_of_the_table_and_nothing_where_no_row_says_otherwise() -> None:
    assert TABLE.series("Mali") == {MAY: 5.0 + 3.0, MAY.next(): 0.0, JULY: 2.0}
    assert TABLE.series("FRA", what="events") == {MAY: 0, MAY.next(): 0, JULY: 0}


def test_a_series_adds_up_only_the_kinds_and_actors_that_are_asked_for() -> None:
    assert TABLE.series("MLI", ["battle"])[MAY] == 5.0
    assert TABLE.series("MLI", actors=["non-state"])[MAY] == 3.0
    assert TABLE.series("MLI", "one-sided", "non-state")[MAY] == 3.0
    assert TABLE.series("MLI", what="events")[MAY] == 2 + 1


def test_a_month_is_left_out_of_a_series_if_some_row_does_not_tell_the_figure() -> None:
    assert TABLE.series("MLI", what="civilians") == {MAY: 1.0 + 3.0, MAY.next(): 0.0}


def test_a_series_of_what_no_row_tells_is_refused() -> None:
    bare = replace(TABLE, counts={Cell("MLI", MAY, "battle", "state"): Count(2, 5.0)})
    with pytest.raises(RequestError, match=r"'events' does not tell 'civilians'"):
        bare.series("MLI", what="civilians")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"country": "Atlantis"}, "no country is called 'Atlantis'"),
        ({"country": "MLI", "kinds": ["war"]}, "no kind is called 'war'"),
        ({"country": "MLI", "actors": "states"}, "no actor is called 'states'"),
        ({"country": "MLI", "what": "injured"}, "no figure is called 'injured'"),
    ],
)
def test_what_is_not_there_is_named(asked: dict[str, str], word: str) -> None:
    with pytest.raises(UnknownNameError, match=word):
        TABLE.series(**asked)


def test_a_table_says_in_one_line_what_it_is_and_below_what_it_lacks() -> None:
    assert repr(TABLE).splitlines() == [
        "EventTable('made.csv' as events: events 5, countries 2, 2024-05 to 2024-07)",
        "  events that lie in no one month: 1",
        "  faulty rows that were left out: 2",
    ]


def test_rows_hold_the_columns_of_the_layout_counts() -> None:
    first = TABLE.to_rows()[0]
    assert list(first) == ["country", "month", "kind", "actor", *FIGURES]
    assert list(first.values()) == ["MLI", "2024-05", "battle", "state", 2, 5.0, 4.0, 9.0, 1.0]
    assert "<table>" in TABLE._repr_html_()

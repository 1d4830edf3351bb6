"""What the text of a cell says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atrisk.base.dates import Month
from atrisk.events import values
from atrisk.events.values import CellError

MAY = Month.parse("2024-05")


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-16", " 2024-05-16 ", "2024-05-16 00:00:00.000", "2024-05-16T12:30:00Z",
        "16 May 2024", "16-May-2024", "16 may 2024", "1 May 2024", "16/05/2024", "31/5/2024",
    ],
)  # fmt: skip
def test_a_date_is_read_as_publishers_write_it(text: str) -> None:
    assert values.read_acled_month(text) == MAY


@pytest.mark.parametrize(
    "text",
    [
        "", "2024-13-01", "2024-02-30", "2024-05-16x", "2024-05-16 at noon", "05/16/2024",
        "16 Mai 2024", "16 Ma 2024", "0024-05-16", "16/05/24", "2024/05/16", "２０２４-05-16",
        "yesterday",
    ],
)  # fmt: skip
def test_what_is_no_date_is_a_fault(text: str) -> None:
    with pytest.raises(CellError, match="not a date"):
        values.read_acled_month(text)


def test_the_month_of_ucdp_is_that_of_the_end_unless_it_is_not_known() -> None:
    for precision in ("1", "2", "3", "4", ""):
        assert values.read_ucdp_month("2024-05-16", precision) == MAY
    assert values.read_ucdp_month("2024-12-31", "5") is None
    for precision in ("0", "6", "x"):
        with pytest.raises(CellError, match="no precision"):
            values.read_ucdp_month("2024-05-16", precision)


@pytest.mark.parametrize(
    ("cells", "month"),
    [
        (("2024-05-16", "", "", "", ""), MAY),
        (("2024-05", "", "", "", ""), MAY),
        (("2024", "", "", "", ""), None),
        (("", "May", "2024", "", ""), MAY),
        (("", "5", "2024", "", ""), MAY),
        (("", "", "", "2024-05-01", "2024-05-31"), MAY),
        (("", "", "", "2024-01-01", "2024-12-31"), None),
        (("", "", "", "", "2024-05-31"), MAY),
        (("", "", "", "2024-05-01", ""), MAY),
    ],
)
def test_a_row_with_hashtags_tells_its_month_in_several_ways(
    cells: tuple[str, ...], month: Month | None
) -> None:
    assert values.read_tagged_month(*cells) == month


@pytest.mark.parametrize(
    "cells",
    [
        ("", "", "", "", ""), ("", "13", "2024", "", ""), ("", "Mai", "2024", "", ""),
        ("", "May", "24", "", ""), ("", "", "", "2024-05-40", ""), ("x", "", "", "", ""),
    ],
)  # fmt: skip
def test_a_row_with_hashtags_and_no_month_is_a_fault(cells: tuple[str, ...]) -> None:
    with pytest.raises(CellError):
        values.read_tagged_month(*cells)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2024-05-16", MAY), ("2024-05", MAY), ("2024-05-16/2024-05-20", MAY), ("2024", None),
        ("2024-05-30/2024-06-01", None),
    ],
)  # fmt: skip
def test_an_imprecise_date_lies_in_a_month_or_in_none(text: str, month: Month | None) -> None:
    assert values.read_own_month(text) == month


@pytest.mark.parametrize("text", ["", "..", "../2024", "2024-05/..", "May 2024"])
def test_a_date_that_is_open_or_none_is_a_fault(text: str) -> None:
    with pytest.raises(CellError):
        values.read_own_month(text)


@pytest.mark.parametrize(
    ("text", "deaths"), [("0", 0), ("12", 12), (" 7 ", 7), ("2.5", 2.5), ("1e+05", 100_000)]
)
def test_a_count_is_a_number_of_zero_or_more(text: str, deaths: float) -> None:
    assert values.read_event(text, "", "", "").deaths == deaths


@pytest.mark.parametrize(
    "text",
    [
        "", "-1", "-0.5", "nan", "inf", "Infinity", "NA", "1,000", "1_000", "１２", "1e999", "1e-3",
        "9" * 5000, "10000000001", "0x10", "+3", "=1+1",
    ],
)  # fmt: skip
def test_what_is_no_count_is_a_fault(text: str) -> None:
    with pytest.raises(CellError):
        values.read_event(text, "", "", "")


def test_an_empty_estimate_is_not_told_and_is_not_zero() -> None:
    told = values.read_event("3", "", "4", "")
    assert (told.low, told.high, told.civilians) == (None, 4.0, None)


def test_a_number_of_events_is_whole() -> None:
    assert values.read_total("3", "", "", "", "2").events == 2
    for text in ("2.5", "", "-2"):
        with pytest.raises(CellError) as caught:
            values.read_total("3", "", "", "", text)
        assert caught.value.question == "events"


def test_under_hashtags_an_empty_cell_is_not_told_and_not_zero() -> None:
    assert values.read_tagged_event("", "", "", "").deaths is None
    assert values.read_tagged_total("", "", "", "", "4").events == 4


def test_a_time_in_seconds_tells_its_day_in_utc() -> None:
    assert values.read_stamp("1716163199") == date(2024, 5, 19)
    assert values.read_stamp("1716163200") == date(2024, 5, 20)
    assert values.read_stamp("") is None
    for text in ("-1", "soon", "99999999999", "1.5", "９"):
        with pytest.raises(CellError, match="no time"):
            values.read_stamp(text)


def test_a_country_is_told_by_the_first_cell_that_is_known() -> None:
    assert values.read_country("466", "Niger") == "MLI"
    assert values.read_country("0", "Kosovo") == "XKX"
    assert values.read_numbered_country("432", "") == "MLI"
    assert values.read_numbered_country("9999", "Mali") == "MLI"
    for read in (values.read_country, values.read_numbered_country):
        with pytest.raises(CellError, match="'Atlantis' is no country"):
            read("", "Atlantis")


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for read, cells in [
        (values.read_country, 2), (values.read_numbered_country, 2), (values.read_ucdp_month, 2),
        (values.read_acled_month, 1), (values.read_tagged_month, 5), (values.read_own_month, 1),
        (values.read_plain_month, 1), (values.read_stamp, 1), (values.read_changed, 1),
        (values.read_event, 4), (values.read_total, 5), (values.read_tagged_total, 5),
    ]:  # fmt: skip
        told = _try(read, [text] * cells)
        assert told != "", read  # a refusal says why
        assert _try(read, [text] * cells) == told


def _try(read: Any, cells: list[str]) -> object:
    try:
        return read(*cells)
    except CellError as error:
        return str(error)

"""Months and imprecise dates."""

from __future__ import annotations

from datetime import date

import pytest

from atrisk.base.dates import ImpreciseDate, Month, list_months


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2013-12-05", date(2013, 12, 5), date(2013, 12, 5)),
        ("2013-09/2013-11", date(2013, 9, 1), date(2013, 11, 30)),
        ("2013/2013-02", date(2013, 1, 1), date(2013, 2, 28)),
        ("../2011", None, date(2011, 12, 31)),
        ("2015-01/..", date(2015, 1, 1), None),
        ("..", None, None),
        ("2013-12~", date(2013, 12, 1), date(2013, 12, 31)),
        ("2013-12-05?", date(2013, 12, 5), date(2013, 12, 5)),
        ("2012~/2013-03%", date(2012, 1, 1), date(2013, 3, 31)),
        ("201X", date(2010, 1, 1), date(2019, 12, 31)),
        ("19XX", date(1900, 1, 1), date(1999, 12, 31)),
        ("2013-XX", date(2013, 1, 1), date(2013, 12, 31)),
        ("2013-12-XX", date(2013, 12, 1), date(2013, 12, 31)),
    ],
)
def test_a_date_spans_every_day_that_it_may_mean(
    text: str, earliest: date | None, latest: date | None
) -> None:
    when = ImpreciseDate.parse(text)
    assert (when.earliest, when.latest, str(when)) == (earliest, latest, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "2013-13-02",
        "2013-02-30",
        "2013-9",
        "5 Dec 2013",
        "2013/2012",
        "../..",
        "0000",
        "٢٠١٣",
    ],
)
def test_what_is_no_date_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected 2013, 2013-12|write the earlier date first"):
        ImpreciseDate.parse(text)


@pytest.mark.parametrize(
    "text", ["2013", "2013-00", "2013-13", "2013-1", "2013-09-01", "٢٠١٣-09", ""]
)
def test_what_is_no_month_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="expected YYYY-MM, such as 2013-09"):
        Month.parse(text)


def test_months_count_over_the_turn_of_the_year() -> None:
    months = list_months(Month.parse("2012-11"), Month.parse("2013-02"))
    assert [str(month) for month in months] == ["2012-11", "2012-12", "2013-01", "2013-02"]
    assert months[-1].index - months[0].index == 3
    assert (months[1].first_day, months[1].last_day) == (date(2012, 12, 1), date(2012, 12, 31))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("2013-00", "leave out what is not known, as in 2013"),
        ("2013-12-00", "leave out what is not known, as in 2013-12"),
        ("2013-00-00", "leave out what is not known, as in 2013"),
        ("2013-00-05", "leave out what is not known, as in 2013"),
        ("2013-21", "write them, as 2013-03/2013-05"),
        ("2013-Q4", "2013-10/2013-12"),
        ("2013-09/", "'2013-09/..'"),
        ("/2013", "'../2013'"),
        ("2013-XX-05", "knows a part and not the one before it"),
        ("201X-12", "knows a part and not the one before it"),
        ("000X", "expected 2013"),
    ],
)
def test_what_is_nearly_a_date_is_refused_with_what_to_write(text: str, instead: str) -> None:
    with pytest.raises(ValueError, match=f"is not a date; |{instead}") as told:
        ImpreciseDate.parse(text)
    assert instead in str(told.value)

"""What a text says of time: read, or quoted with a question mark, and never cut short."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.base.dates import ImpreciseDate
from atrisk.documents.dates import name_dates
from atrisk.documents.months import MONTHS, SHORT


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 5 December 2013", ("2013-12-05",)),
        ("on December 5, 2013", ("2013-12-05",)),
        ("5th December 2013", ("2013-12-05",)),
        ("the 5–6 December 2013 violence", ("2013-12-05/2013-12-06",)),
        ("in December 2013 and in 2014", ("2013-12", "2014")),
        ("On Oct. 15, a ceasefire; Sept. 2021", ("Oct. 15 (year?)", "2021-09")),
        ("2013-12-05 and 2013-12", ("2013-12-05", "2013-12")),
        ("killed in March 2013.95 In April", ("2013-03",)),
        ("2,013 people, resolution 12127, 20135 tents", ()),
        ("they may 2 or 3 times march", ()),
        ("the 5th of December 2013", ("2013-12-05",)),
        ("March 5th, 2013", ("2013-03-05",)),
        ("31 February 2013", ("31 February 2013 (?)",)),
        ("May 45, 2013", ("May 45, 2013 (?)",)),
        ("2013-13-45", ("2013-13-45 (?)",)),
        ("10-5 March 2013", ("10-5 March 2013 (?)",)),
        ("2012-13 fighting", ("2012-13 (?)",)),
        ("in 2013, in 2013", ("2013",)),
    ],
)
def test_dates_are_written_as_a_case_writes_them(text: str, dates: tuple[str, ...]) -> None:
    assert name_dates(text) == dates


@given(st.dates(min_value=date(1900, 1, 1)).filter(lambda d: d.year < 2100))
def test_every_full_date_that_is_found_can_be_read_by_a_case(day: object) -> None:
    (found,) = name_dates(f"on {day:%-d %B %Y} they came")
    assert ImpreciseDate.parse(found).earliest == day


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 5 Dec 2013", "2013-12-05"),
        ("Nov 2013", "2013-11"),
        ("28-29 Nov 2013", "2013-11-28/2013-11-29"),
        ("5 DECEMBER 2013", "2013-12-05"),
        ("28/29 November 2013", "2013-11-28/2013-11-29"),
        ("5 and 6 December 2013", "2013-12-05 2013-12-06"),
        ("5, 6 and 8 December 2013", "2013-12-05 2013-12-06 2013-12-08"),
        ("December 5th-7th, 2013", "2013-12-05/2013-12-07"),
        ("2013-12-05T10:30Z", "2013-12-05"),
        ("2013-12-05 10:30:12.5+01:00", "2013-12-05"),
        ("2013-12-05/08", "2013-12-05/2013-12-08"),
        ("2013-12-05 to 2013-12-08", "2013-12-05/2013-12-08"),
        ("05-Dec-2013", "2013-12-05"),
        ("2013 December 5", "2013-12-05"),
        ("2013/12/05", "2013-12-05"),
        ("in the night of 5 to 6 December 2013", "2013-12-05/2013-12-06"),
        ("between 5 and 6 December 2013", "2013-12-05/2013-12-06"),
        ("from the 5th to the 8th of December 2013", "2013-12-05/2013-12-08"),
        ("from 28 November to 2 December 2013", "2013-11-28/2013-12-02"),
        ("28 Nov 2013 – 3 Jan 2014", "2013-11-28/2014-01-03"),
        ("28 December to 3 January 2014", "2013-12-28/2014-01-03"),
        ("5 December and 8 December 2013", "2013-12-05 2013-12-08"),
        ("November–December 2013", "2013-11/2013-12"),
        ("between November 2013 and January 2014", "2013-11/2014-01"),
        ("in 2012-2013", "2012/2013"),
        ("in the 1990s", "199X"),
        ("Tuesday, 5 December 2013", "2013-12-05"),
        ("resolution S/2013/457", ""),
        ("le 1er décembre 2013", "2013-12-01"),
        ("du 5 au 8 décembre 2013", "2013-12-05/2013-12-08"),
        ("dans la nuit du 5 au 6 déc. 2013", "2013-12-05/2013-12-06"),
        ("entre le 5 et le 8 décembre 2013", "2013-12-05/2013-12-08"),
        ("DU 28 FEVRIER AU 2 MARS 2013", "2013-02-28/2013-03-02"),
        ("5 de diciembre de 2013", "2013-12-05"),
        ("del 5 al 8 de diciembre de 2013", "2013-12-05/2013-12-08"),
        ("los días 5 y 6 de diciembre de 2013", "2013-12-05 2013-12-06"),
        ("1º de dezembro de 2013", "2013-12-01"),
        ("de 5 a 8 de dezembro de 2013", "2013-12-05/2013-12-08"),
        ("março de 2013", "2013-03"),
        ("في ٥ ديسمبر ٢٠١٣", "2013-12-05"),
        ("بين ٥ و٨ ديسمبر ٢٠١٣", "2013-12-05/2013-12-08"),
        ("٥ كانون الأول/ديسمبر ٢٠١٣", "2013-12-05"),
        ("من ۵ إلى ۸ كانون الثاني 2014", "2014-01-05/2014-01-08"),
        ("5. Dezember 2013", "2013-12-05"),
        ("5 мая 2013 года", "2013-05-05"),
        ("2013年12月5日", "2013-12-05"),
    ],
)
def test_dates_are_read_as_reports_write_them(text: str, dates: str) -> None:
    assert name_dates(text) == tuple(dates.split())
    assert all(ImpreciseDate.parse(one) for one in dates.split())


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("05/12/2013", ["05/12/2013 (?)"]),
        ("5.12.2013", ["5.12.2013 (?)"]),
        ("12/2013", ["12/2013 (?)"]),
        ("5 tawpsin 2013", ["5 tawpsin 2013 (?)"]),
        ("5-Dec-13", ["5-Dec-13 (?)"]),
        ("summer 2013", ["summer 2013 (?)"]),
        ("2013-W49", ["2013-W49 (?)"]),
        ("2013-00-05", ["2013-00-05 (?)"]),
        ("in 2013/14", ["2013/14 (?)"]),
        ("the 5 décembre", ["5 décembre (year?)"]),
        ("5-7 December, then 3 weeks ago", ["5-7 December (year?)", "3 weeks ago (?)"]),
        ("il y a trois jours, mardi", ["il y a trois jours (?)", "mardi (?)"]),
    ],
)
def test_what_cannot_be_dated_is_quoted(text: str, dates: list[str]) -> None:
    assert list(name_dates(text)) == dates


def test_numeric_dates_are_read_once_their_order_is_declared() -> None:
    text = "05/12/2013, 25.12.2013, 5-8/12/2013, 12/2013"
    day_first = ("2013-12-05", "2013-12-25", "2013-12-05/2013-12-08", "2013-12")
    assert name_dates(text, order="day-month") == day_first
    month_first = ("2013-05-12", "25.12.2013 (?)", "5-8/12/2013 (?)", "2013-12")
    assert name_dates(text, order="month-day") == month_first
    with pytest.raises(atrisk.RequestError, match="write day-month or month-day"):
        name_dates(text, order="year-month")  # type: ignore[arg-type] # is what is tested


def test_relative_dates_are_told_from_the_day_of_publication_and_marked() -> None:
    text = "yesterday, on Tuesday, last week, three days ago; 5 December, 12 January; ontem"
    assert name_dates(text, published="2014-01-10") == (
        "2014-01-09 (inferred: yesterday)",
        "2014-01-07 (inferred: Tuesday)",
        "2013-12-30/2014-01-05 (inferred: last week)",
        "2014-01-07 (inferred: three days ago)",
        "2013-12-05 (inferred: 5 December)",
        "2013-01-12 (inferred: 12 January)",
        "2014-01-09 (inferred: ontem)",
    )
    assert name_dates("yesterday", published="2014-01") == ("yesterday (?)",)
    with pytest.raises(atrisk.RequestError, match="published: 'soon' is not a date"):
        name_dates(text, published="soon")


DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "၀၁၂၃၄၅၆၇၈၉"]
SHAPES = ["{d} {m} {y}", "{d} de {m} de {y}", "{d}-{m}-{y}", "{m} {d}, {y}", "{d}. {m} {y}"]


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(sorted({*MONTHS, *SHORT})),
    st.sampled_from(DIGITS),
    st.sampled_from(SHAPES),
    st.sampled_from([str.lower, str.upper, str.title]),
)
def test_a_day_is_read_in_every_language_or_quoted(
    day: date, month: str, digits: str, shape: str, case: object
) -> None:
    """Whatever the language, letters, digits and order: never another day, and never its year."""
    number = MONTHS.get(month) or SHORT[month]
    shown = shape.format(d=day.day, m=str(case(month)), y=day.year)  # type: ignore[operator] # a function
    found = name_dates(f"x {shown.translate(str.maketrans(DIGITS[0], digits))}.")
    right = f"{day.year}-{number:02d}-{day.day:02d}"
    try:
        ImpreciseDate.parse(right)
    except ValueError:
        assert len(found) == 1
        assert found[0].endswith("(?)")
    else:
        assert found == (right,)

"""Months, and dates that say how precisely they are known (EDTF levels 0 and 1).

A month is the unit of a score; an imprecise date is the unit of evidence. ``2013-09`` is not the
first of September: it is any day of that month, and whoever uses it must say what they do about it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from atrisk.base.errors import shorten

LONGEST = 1200  # months, a hundred years: of a case, and of the doubt about one date
# X stands for a digit that is not known, from the right; ?, ~ and % for uncertain and approximate.
_DATE = re.compile(r"(\d{4}|\d{3}X|\d\dXX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?[?~%]?", re.ASCII)
_ACCEPTED = "expected 2013, 2013-12, 2013-12-02, or an interval such as 2013-09/2013-11"
_SEASON = re.compile(r"(\d{4})-(2[1-9]|3\d|4[01])", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, ordered in time.

    Examples:
        >>> Month.parse("2013-12").next()
        Month('2014-01')
    """

    index: int  # months since the year 0, so that differences are lengths

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``"2013-09"``.

        Raises:
            ValueError: ``text`` is not a year and a month.
        """
        if not re.fullmatch(r"[1-9]\d{3}-(0[1-9]|1[0-2])", text, re.ASCII):
            raise ValueError(f"{shorten(text)} is not a month; expected YYYY-MM, such as 2013-09")
        return cls(int(text[:4]) * 12 + int(text[5:]) - 1)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that holds ``day``."""
        return cls(day.year * 12 + day.month - 1)

    def next(self) -> Month:
        """Return the month after this one."""
        return Month(self.index + 1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.index // 12, self.index % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        year, month = self.index // 12, self.index % 12 + 1
        return date(year, month, calendar.monthrange(year, month)[1])

    def __str__(self) -> str:
        return f"{self.index // 12:04d}-{self.index % 12 + 1:02d}"

    def __repr__(self) -> str:
        return f"Month('{self}')"


def list_months(first: Month, last: Month) -> tuple[Month, ...]:
    """Return every month from ``first`` to ``last``, both included.

    Examples:
        >>> [str(month) for month in list_months(Month.parse("2012-12"), Month.parse("2013-01"))]
        ['2012-12', '2013-01']
    """
    return tuple(Month(index) for index in range(first.index, last.index + 1))


def tell_no_month(text: str) -> str:
    """Return what is wrong with a text that is no month; nothing of one that is.

    Examples:
        >>> tell_no_month("2013-13"), tell_no_month("2013-09")
        ('is not a month: write its year and number, such as 2013-09', '')
    """
    try:
        Month.parse(str(text))
    except ValueError:
        return "is not a month: write its year and number, such as 2013-09"
    return ""


@dataclass(frozen=True, slots=True)
class ImpreciseDate:
    """A date known to the year, the month, the day, or to lie between two dates.

    Attributes:
        text: as written.
        earliest: first day on which it may lie; None for an open start (``../2012``).
        latest: last day on which it may lie; None for an open end (``2013/..`` or ``..``).

    References:
        Extended Date/Time Format, level 0 (ISO 8601-2:2019); of level 1 open intervals, uncertain
        and approximate dates (``2013-12?``, ``2013-12~``, which mean the same days as without the
        mark), and digits that are not known (``201X``, ``2013-XX``). Seasons are refused: their
        months depend on where one is.
    """

    text: str
    earliest: date | None = field(compare=False)
    latest: date | None = field(compare=False)

    @classmethod
    @lru_cache(maxsize=4096)  # a case repeats its dates; they are immutable
    def parse(cls, text: str) -> ImpreciseDate:
        """Read an EDTF date or interval.

        Raises:
            ValueError: it is neither, or the interval ends before it begins or is wider than a
                hundred years.

        Examples:
            >>> when = ImpreciseDate.parse("2013-09")
            >>> str(when.earliest), str(when.latest)
            ('2013-09-01', '2013-09-30')
        """
        first, slash, last = text.partition("/")
        if text == "..":
            return cls(text, None, None)
        if not slash:
            return cls(text, *_bounds(text, text))
        earliest = None if first == ".." else _bounds(first, text)[0]
        latest = None if last == ".." else _bounds(last, text)[1]
        if earliest is None and latest is None:
            raise ValueError(f"{shorten(text)} says nothing; {_ACCEPTED}")
        if earliest and latest and latest < earliest:
            raise ValueError(f"{shorten(text)} ends before it begins; write the earlier date first")
        if earliest and latest and Month.of(latest).index - Month.of(earliest).index > LONGEST:
            raise ValueError(f"{shorten(text)} is wider than a hundred years; {_ACCEPTED}")
        return cls(text, earliest, latest)

    @property
    def is_ongoing(self) -> bool:
        """Whether this is ``..``: still going on."""
        return self.earliest is None and self.latest is None

    def cut(self, day: date) -> ImpreciseDate:
        """Return the same date, of which no day after one is written.

        Examples:
            >>> when = ImpreciseDate.parse("2013-09/2013-11").cut(date(2013, 10, 15))
            >>> when.text, str(when.latest)
            ('2013-09-01/..', '2013-11-30')
        """
        if self.latest is None or self.latest <= day:
            return self
        text = f"{self.earliest}/.." if self.earliest else ".."
        return ImpreciseDate(text, self.earliest, self.latest)

    @property
    def is_cut(self) -> bool:
        """Whether it may lie on a later day than is written."""
        return self.latest is not None and self.text.endswith("..")

    def __str__(self) -> str:
        return self.text


def _bounds(text: str, whole: str) -> tuple[date, date]:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{shorten(whole)} is not a date; {_advise(text, whole)}")
    year, month, day = match.groups()
    if "X" in year or month == "XX" or day == "XX":
        return _bounds_unknown(year, month, day, whole)
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError(f"{shorten(whole)} is not a date; {_advise(text, whole)}") from None
    if day:
        return first, first
    return first, Month.of(first if month else date(first.year, 12, 1)).last_day


def _bounds_unknown(year: str, month: str | None, day: str | None, whole: str) -> tuple[date, date]:
    """Return the bounds of a date some of whose digits are not known; what follows these is not."""
    if ("X" in year and month not in (None, "XX")) or (month == "XX" and day not in (None, "XX")):
        raise ValueError(f"{shorten(whole)} knows a part and not the one before it; {_ACCEPTED}")
    if "X" not in year and month and month != "XX":
        return _bounds(f"{year}-{month}", whole)
    return _bounds(year.replace("X", "0"), whole)[0], _bounds(year.replace("X", "9"), whole)[1]


def _advise(text: str, whole: str) -> str:
    """Say what to write instead of what is no date; for some, exactly what."""
    season, quarter = _SEASON.fullmatch(text), _QUARTER.fullmatch(text)
    if season:
        return f"a season is other months elsewhere: write them, as {season[1]}-03/{season[1]}-05"
    if quarter:
        last = int(quarter[2]) * 3
        return f"write the quarter's months, {quarter[1]}-{last - 2:02d}/{quarter[1]}-{last:02d}"
    if not text and whole.endswith("/"):
        return f"write {shorten(whole + '..')} for what has not ended, or the last day it may be"
    if not text and whole.startswith("/"):
        return f"write {shorten('..' + whole)} for what began at some time before"
    if re.fullmatch(r"\d{4}(?:-\d\d)?-00|\d{4}-00-\d\d", text, re.ASCII):
        known = text[: text.index("-00")]
        return f"no month or day is 00: leave out what is not known, as in {known}"
    return _ACCEPTED


def bounds(when: ImpreciseDate) -> tuple[date, date]:
    """Return the first and the last day that a date may mean; an open side is the other one.

    Examples:
        >>> [str(day) for day in bounds(ImpreciseDate.parse("../2013-03-24"))]
        ['2013-03-24', '2013-03-24']
    """
    earliest, latest = when.earliest or when.latest, when.latest or when.earliest
    assert earliest is not None  # noqa: S101 - '..' is refused where a date is asked for
    assert latest is not None  # noqa: S101 - likewise
    return earliest, latest


@dataclass(frozen=True, slots=True)
class Span:
    """A day known to lie between two days, counted as in ``date.toordinal``.

    ``is_cut`` is whether it may lie on a later day than is written.
    """

    first: int
    last: int
    is_cut: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, when: ImpreciseDate | date) -> Span:
        """Return the span of a date."""
        if isinstance(when, date):
            return cls(when.toordinal(), when.toordinal())
        first, last = bounds(when)
        return cls(first.toordinal(), last.toordinal(), when.is_cut)

    def follow(self, other: Span) -> Span:
        """Return the day by which both have come."""
        first, last = max(self.first, other.first), max(self.last, other.last)
        return Span(first, last, self.is_cut or other.is_cut)

    @property
    def middle(self) -> float:
        """The day half-way."""
        return (self.first + self.last) / 2

    @property
    def text(self) -> str:
        """The day as it is written, or the two days that it lies between."""
        first, last = date.fromordinal(self.first), date.fromordinal(self.last)
        if self.is_cut:
            return f"{first}/.."
        return str(first) if first == last else f"{first}/{last}"

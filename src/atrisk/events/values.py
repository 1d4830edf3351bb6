"""Values: what the text of a cell says: a country, a month, a number of people, a day.

A month is None where the date is a good one but too imprecise to lie in one month.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from atrisk.base.countries import find_country, find_country_by_gw
from atrisk.base.dates import ImpreciseDate, Month
from atrisk.base.errors import shorten
from atrisk.events.counts import Count

LARGEST = 10_000_000_000  # of any count: more than there are people
LONGEST_NUMBER = 40  # characters
HELD = 4096  # answers that are remembered of each question, so that memory does not grow
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE]\+?\d+)?", re.ASCII)
_CLOCK = re.compile(r"[ T]\d{2}:[\d:.]+Z?", re.ASCII)
_DAY = re.compile(r"([1-9]\d{3})-(\d{2})-(\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]+)[ -]([1-9]\d{3})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/([1-9]\d{3})", re.ASCII)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


class CellError(ValueError):
    """What is wrong with a cell.

    Attributes:
        question: what the cell was asked for, which tells its column.
    """

    def __init__(self, question: str, message: str) -> None:
        self.question = question
        super().__init__(message)


@lru_cache(maxsize=HELD)
def read_country(*texts: str) -> str:
    """Return the ISO 3166-1 alpha-3 code that the first of some cells with a known country tells.

    Raises:
        CellError: none does.
    """
    found = next(filter(None, map(find_country, texts)), None)
    return found or _refuse_country(*texts)


@lru_cache(maxsize=HELD)
def read_numbered_country(number: str, name: str) -> str:
    """Return the ISO 3166-1 alpha-3 code behind a Gleditsch-Ward number, or else a name.

    Raises:
        CellError: neither is known.
    """
    return find_country_by_gw(number) or find_country(name) or _refuse_country(name, number)


def _refuse_country(*texts: str) -> str:
    shown = next(filter(None, texts), "")
    accepted = "an ISO 3166 code or an English name"
    raise CellError("country", f"{shorten(shown)} is no country that is known; expected {accepted}")


@lru_cache(maxsize=HELD)
def read_ucdp_month(end: str, precision: str) -> Month | None:
    """Return the month in which an event of UCDP ended, or None if no month is known.

    Args:
        end: ``date_end``, with or without a time of day.
        precision: ``date_prec``, 1 to 4, or 5 for a month that is not known.

    Raises:
        CellError: no date, or no such precision.
    """
    month = Month.of(read_day("date", end))
    if precision.strip() not in ("", "1", "2", "3", "4", "5"):
        raise CellError("precision", f"{shorten(precision)} is no precision; expected 1 to 5")
    return None if precision.strip() == "5" else month


@lru_cache(maxsize=HELD)
def read_acled_month(text: str) -> Month:
    """Return the month of a date of ACLED: ``2024-05-16``, ``16 May 2024`` or ``16/05/2024``.

    Raises:
        CellError: it is none of these.
    """
    slashed = _SLASHED.fullmatch(text.strip())
    if not slashed:
        return Month.of(read_day("date", text))
    day, month, year = map(int, slashed.groups())
    return Month.of(_make_day("date", text, year, month, day))


@lru_cache(maxsize=HELD)
def read_tagged_month(text: str, month: str, year: str, start: str, end: str) -> Month | None:
    """Return the month of a row with hashtags.

    Args:
        text: a day, a month or a year.
        month: its name or number, if that stands in a column of its own.
        year: likewise.
        start: first day of what the row is about.
        end: its last day.

    Returns:
        What month and year say if both are there, or else the date, or else start and end.

    Raises:
        CellError: no date is there, or it is none.
    """
    if month.strip() and year.strip():
        return _join_month(month, year)
    if text.strip():
        return _read_any(text)
    last = Month.of(read_day("end", end)) if end.strip() else None
    first = Month.of(read_day("start", start)) if start.strip() else None
    if not (first or last):
        raise CellError("date", "the cell is empty; expected a date such as 2024-05-16")
    return (last or first) if first is None or last is None or first == last else None


def _join_month(month: str, year: str) -> Month:
    names = [name for name in _MONTHS if month.strip().casefold() in (name, name[:3])]
    number = str(_MONTHS.index(names[0]) + 1) if names else month.strip()
    try:
        return Month.parse(f"{year.strip()}-{number.zfill(2)}")
    except ValueError:
        found = f"{shorten(month)} of {shorten(year)} is no month"
        raise CellError("month", f"{found}; expected one such as May of 2024") from None


def _read_any(text: str) -> Month | None:
    try:
        return Month.of(read_day("date", text))
    except CellError:
        return read_own_month(text)


@lru_cache(maxsize=HELD)
def read_own_month(text: str) -> Month | None:
    """Return the month that holds all of an imprecise date, or None if no month does.

    Raises:
        CellError: no date of ``ImpreciseDate``, or one without an end or a start.

    Examples:
        >>> read_own_month("2024-05-16/2024-05-20"), read_own_month("2024")
        (Month('2024-05'), None)
    """
    try:
        when = ImpreciseDate.parse(text.strip())
    except ValueError as error:
        raise CellError("date", str(error)) from None
    if when.earliest is None or when.latest is None:
        raise CellError("date", f"{shorten(text)} has no end or no start; an event has both")
    first, last = Month.of(when.earliest), Month.of(when.latest)
    return first if first == last else None


@lru_cache(maxsize=HELD)
def read_plain_month(text: str) -> Month:
    """Return the month that is written as ``2024-05``.

    Raises:
        CellError: it is none.
    """
    try:
        return Month.parse(text.strip())
    except ValueError as error:
        raise CellError("date", str(error)) from None


def read_day(question: str, text: str) -> date:
    """Return the day that is written as ``2024-05-16``, with a time or not, or ``16 May 2024``.

    Raises:
        CellError: it is none; of the question that is given.
    """
    plain = text.strip()
    written = _DAY.match(plain)
    if written and (written.end() == len(plain) or _CLOCK.fullmatch(plain, written.end())):
        year, month, day = map(int, written.groups())
        return _make_day(question, text, year, month, day)
    named = _NAMED.fullmatch(plain)
    names = [name[:3] for name in _MONTHS]
    if named and named[2][:3].casefold() in names:
        month = names.index(named[2][:3].casefold()) + 1
        if _MONTHS[month - 1].startswith(named[2].casefold()):
            return _make_day(question, text, int(named[3]), month, int(named[1]))
    raise _refuse_day(question, text)


def _make_day(question: str, text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _refuse_day(question, text) from None


def _refuse_day(question: str, text: str) -> CellError:
    return CellError(question, f"{shorten(text)} is not a date; expected one such as 2024-05-16")


def read_stamp(text: str) -> date | None:
    """Return the day, in UTC, of a time in seconds since 1970; None of an empty cell.

    Raises:
        CellError: it is no such time.
    """
    plain = text.strip()
    if not plain:
        return None
    seconds = int(plain) if _is_short_number(plain) and plain.isdecimal() else LARGEST + 1
    if seconds > LARGEST:
        accepted = "seconds since 1970, such as 1715850000"
        raise CellError("changed", f"{shorten(text)} is no time; expected {accepted}")
    return datetime.fromtimestamp(seconds, UTC).date()


@lru_cache(maxsize=HELD)
def read_changed(text: str) -> date | None:
    """Return the day on which a row was changed; None of an empty cell.

    Raises:
        CellError: it is no day.
    """
    return read_day("changed", text) if text.strip() else None


@lru_cache(maxsize=HELD)
def read_event(deaths: str, low: str, high: str, civilians: str) -> Count:
    """Return the count of a row that is one event.

    Raises:
        CellError: a cell is no count, or that of deaths is empty.
    """
    return _read_count(1, deaths, low, high, civilians)


@lru_cache(maxsize=HELD)
def read_total(deaths: str, low: str, high: str, civilians: str, events: str) -> Count:
    """Return the count of a row that sums up events; deaths in an empty cell are not told.

    Raises:
        CellError: a cell is no count, or that of events is empty or no whole number.
    """
    return _read_count(_read_events(events), deaths, low, high, civilians, needed=False)


@lru_cache(maxsize=HELD)
def read_tagged_event(deaths: str, low: str, high: str, civilians: str) -> Count:
    """Return the count of a row with hashtags that is one event; an empty cell is not told.

    Raises:
        CellError: a cell is no count.
    """
    return _read_count(1, deaths, low, high, civilians, needed=False)


@lru_cache(maxsize=HELD)
def read_tagged_total(deaths: str, low: str, high: str, civilians: str, events: str) -> Count:
    """Return the count of a row with hashtags that sums up events; an empty cell is not told.

    Raises:
        CellError: a cell is no count, or that of events is empty or no whole number.
    """
    return read_total(deaths, low, high, civilians, events)


def _read_events(text: str) -> int:
    number = _need_number("events", text)
    if not number.is_integer():
        raise CellError("events", f"{shorten(text)} is not a whole number of events")
    return int(number)


def _read_count(
    events: int, deaths: str, low: str, high: str, civilians: str, *, needed: bool = True
) -> Count:
    return Count(
        events,
        _need_number("deaths", deaths) if needed else _read_number("deaths", deaths),
        _read_number("low", low),
        _read_number("high", high),
        _read_number("civilians", civilians),
    )


def _need_number(question: str, text: str) -> float:
    number = _read_number(question, text)
    if number is None:
        raise CellError(question, "the cell is empty; expected a count, 0 or more")
    return number


def _read_number(question: str, text: str) -> float | None:
    plain = text.strip()
    if not plain:
        return None
    number = float(plain) if _is_short_number(plain) else LARGEST + 1
    if number > LARGEST:
        accepted = f"0 or more, up to {LARGEST:,}, such as 12"
        raise CellError(question, f"{shorten(text)} is not a count; expected {accepted}")
    return number


def _is_short_number(text: str) -> bool:
    return len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None

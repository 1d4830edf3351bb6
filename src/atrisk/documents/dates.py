"""Dates: what a text says of time, written as a case writes it, or in its own words and a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, get_args

from atrisk.base.dates import ImpreciseDate, Month
from atrisk.base.errors import RequestError
from atrisk.documents.folding import flatten
from atrisk.documents.months import COUNTS, NEAR, SPANS, UNITS, WEEKDAYS
from atrisk.documents.terms import AND, TO, Day, Term, find_terms

Order = Literal["day-month", "month-day"]
_COUNT = rf"(?:\d\d?|{'|'.join(COUNTS)})\s+(?:{'|'.join(UNITS)})"
_AGO = re.compile(
    rf"\b(?P<count>{_COUNT})\s+(?:ago|earlier|atras)\b|\b(?:il y a|hace|ha)\s+(?P<since>{_COUNT})\b"
)
_NEAR = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted({*NEAR, *SPANS, *WEEKDAYS}, key=len, reverse=True)) + r")(?!\w)"
)


def name_dates(
    text: str, *, order: Order | None = None, published: str | date | None = None
) -> tuple[str, ...]:
    """Return the dates that a text names, in its order, each once.

    English, French, Spanish, Portuguese and Arabic are read, and the months of ten more languages.
    A date is written as in a case file, such as ``2013``, ``2013-12``, ``2013-12-05`` or
    ``2013-12-05/2013-12-06``. What would be a guess is left in the text's words: a day without a
    year, ``5 December (year?)``, what no calendar has, ``31 February 2013 (?)``, a numeric date
    whose order nobody declared, ``05/12/2013 (?)``, and a day told from another, ``yesterday (?)``.

    Args:
        text: in any of these languages.
        order: of the numeric dates in it; None leaves them in their words.
        published: the day on which it was published, from which ``yesterday`` and ``5 December``
            are told: the last such day, marked as inferred.

    Raises:
        RequestError: there is no such order, or ``published`` is not a day.

    Examples:
        >>> name_dates("From 5-6 December 2013 until March 2014; on 25 March, 2,013 people fled.")
        ('2013-12-05/2013-12-06', '2014-03', '25 March (year?)')
        >>> name_dates("Hier, le 5 mars", published="2014-03-06")
        ('2014-03-05 (inferred: Hier)', '2014-03-05 (inferred: 5 mars)')
    """
    if order is not None and order not in get_args(Order):
        raise RequestError(f"{order!r} is not an order of dates; write day-month or month-day")
    day = _read_day(published)
    text = " ".join(text.split())
    terms = _join(list(find_terms(text)), flatten(text))
    found = [(term.start, _write(term, text, order, day)) for term in terms]
    found += _find_near(text, terms, day)
    written = (one for _, some in sorted(found, key=lambda pair: pair[0]) for one in some)
    return tuple(dict.fromkeys(written))


def _read_day(published: str | date | None) -> date | None:
    """Return the day of publication; None if it is not known to the day."""
    if not published or isinstance(published, date):
        return published or None
    try:
        when = ImpreciseDate.parse(published)
    except ValueError as error:
        raise RequestError(f"published: {error}") from None
    return when.earliest if when.earliest == when.latest else None


def _join(terms: list[Term], plain: str) -> list[Term]:
    """Make one range of two terms that a word joins, and lend the first the year of the second."""
    joined: list[Term] = []
    for term in reversed(terms):
        after = joined[-1] if joined else None
        between = plain[term.end : after.start] if after else ""
        if after and re.fullmatch(rf"\s*(?:{TO}|{AND})\s*(?:(?:the|le|el|o)\s+)?", between):
            before = plain[max(0, term.start - 20) : term.start]
            joined[-1:] = _join_two(term, after, between, before)
        else:
            joined.append(term)
    return joined[::-1]


def _join_two(first: Term, last: Term, between: str, before: str) -> list[Term]:
    is_range = bool(re.match(rf"\s*{TO}", between)) or bool(
        re.search(r"\b(?:between|entre|zwischen)\s+(?:the|le|el|o)?\s*$|\bبين\s+$", before)
    )
    if first.written and last.written and is_range:
        return [Term(first.start, last.end, written=f"{first.written}/{last.written}")]
    if not first.points or not last.points or last.points[0][0] is None:
        return [last, first]
    if first.points[-1][0] is None:
        year = last.points[0][0]
        turns = is_range and (first.points[-1][1] or 0) > (last.points[0][1] or 0)
        lent = tuple((year - turns, month, day) for _, month, day in first.points)
        first = replace(first, points=lent)
    single = len(first.points) == len(last.points) == 1
    if is_range and single and _is_alike(first.points[0], last.points[0]):
        return [Term(first.start, last.end, first.points + last.points, is_range=True)]
    return [last, first]


def _is_alike(first: Day, last: Day) -> bool:
    return [part is None for part in first] == [part is None for part in last]


def _write(term: Term, text: str, order: Order | None, published: date | None) -> list[str]:
    words = " ".join(text[term.start : term.end].split())
    if term.numbers:
        term = _order(term, order)
    if term.points and term.points[-1][0] is None:
        return _infer(term, words, published)
    written = [term.written] if term.written else [_spell(point) for point in term.points]
    if term.is_range:
        written = ["/".join(written)]
    if not written or not all(_is_date(one) for one in written):
        return [f"{words} (?)"]
    return written


def _infer(term: Term, words: str, published: date | None) -> list[str]:
    """Write days without a year: those of the last year in which they were before publication."""
    if published:
        for year in (published.year, published.year - 1):
            points = tuple((year, month, day) for _, month, day in term.points)
            written = [_spell(point) for point in points]
            if all(_is_date(one) for one in written) and written[-1] <= str(published):
                shown = ["/".join(written)] if term.is_range else written
                return [f"{one} (inferred: {words})" for one in shown]
    return [f"{words} (year?)"]


def _spell(point: Day) -> str:
    year, month, day = point
    return f"{year}" + "".join(f"-{part:02d}" for part in (month, day) if part is not None)


def _is_date(written: str) -> bool:
    with suppress(ValueError):
        ImpreciseDate.parse(written)
        return True
    return False


def _order(term: Term, order: Order | None) -> Term:
    """Return a numeric date with its numbers in their places; as it is if nobody knows these."""
    first, second, year = term.numbers
    if not order or not year:
        return term
    if not first:
        return replace(term, points=((int(year), int(second), None),))
    days, month = (first, second) if order == "day-month" else (second, first)
    if "-" in month:
        return term
    points = tuple((int(year), int(month), int(day)) for day in days.split("-"))
    return replace(term, points=points, is_range=len(points) == 2)


def _find_near(
    text: str, terms: list[Term], published: date | None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the days that are told from the day of publication, where no date stands beside."""
    plain = flatten(text)
    for pattern in (_NEAR, _AGO):
        for found in pattern.finditer(plain):
            start, end = found.span()
            beside = re.match(r"[\s,]*(?:(?:the|le|el|o|dia)\s+)?", plain[end:])
            close = end + (beside.end() if beside else 0)
            is_weekday = found.group() in WEEKDAYS
            if any(term.start <= start < term.end for term in terms) or (
                is_weekday and any(term.start in range(end, close + 1) for term in terms)
            ):
                continue
            words = " ".join(text[start:end].split())
            when = published and _tell(found, published)
            yield start, [f"{when} (inferred: {words})" if when else f"{words} (?)"]


def _tell(found: re.Match[str], published: date) -> str:
    """Write the day, month or year that words mean on the day of publication."""
    words = found.group()
    if words in NEAR:
        return str(published - timedelta(days=NEAR[words]))
    if words in WEEKDAYS:
        return str(published - timedelta(days=(published.weekday() - WEEKDAYS[words]) % 7))
    if words in SPANS:
        return _tell_span(SPANS[words], published)
    number, unit = (found.group("count") or found.group("since")).split()
    days = (int(number) if number.isdigit() else COUNTS[number]) * UNITS[unit]
    return str(published - timedelta(days=days))


def _tell_span(unit: str, published: date) -> str:
    if unit == "year":
        return str(published.year - 1)
    if unit == "month":
        return str(Month(Month.of(published).index - 1))
    monday = published - timedelta(days=published.weekday() + 7)
    return f"{monday}/{monday + timedelta(days=6)}"

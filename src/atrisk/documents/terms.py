"""Terms: the stretches of a text that name days, months or years, as numbers still to be judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from atrisk.documents.folding import flatten
from atrisk.documents.months import BEFORE, MONTHS, NEVER, SEASONS, SHORT, WORDS

Day = tuple[int | None, int | None, int | None]  # year, month and day, as far as they are named


@dataclass(frozen=True, slots=True)
class Term:
    """What a stretch of a text names.

    Attributes:
        start, end: where it stands.
        points: the days, months or years that it names; none if it cannot be dated.
        is_range: whether two points are the ends of one stretch of time.
        written: what is a date already, as a case writes it.
        numbers: of a numeric date: its numbers, whose order somebody has to declare.
    """

    start: int
    end: int
    points: tuple[Day, ...] = ()
    is_range: bool = False
    written: str = ""
    numbers: tuple[str, ...] = ()


# A month's name stands as one of these in the text that is searched, as long as it was.
_SURE, _OTHER, _UNSURE, _NEVER, _SEASON = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_WORD = re.compile(r"(?:كانون|تشرين) (?:الاول|الثاني)|[^\W\d_]+")
TO = r"(?:-|/|(?:to|till|until|through|thru|au|a|al|ao|as|ate|hasta|bis|الى|حتى)\b)"
AND = r"(?:(?:,\s?)?\b(?:and|et|y|e|und|ou|or)\b|&|\bو|,)"
_THE = r"(?:(?:the|le|la|el|os?|dias?)\s+){0,2}"
_JOIN = rf"\s*(?:{TO}|{AND})\s*{_THE}"
_YEAR = r"(?:19|20)\d\d(?!\d|,\d)"
_DAY = r"(?<![\d.,])\d\d?(?:st|nd|rd|th|er|[°ºªo])?(?![\w°])"
_DAYS = rf"{_DAY}(?:{_JOIN}{_DAY}){{0,9}}"
_OF = r"(?:of\s+|de[ls]?\s+|d'|do\s+|من\s+|شهر\s+){0,3}"
_SOME = rf"(?<![{_SURE}-{_NEVER}])[{_SURE}-{_NEVER}]++\.?"
_ENGLISH = rf"(?<!{_SURE}){_SURE}++\.?"
_MONTHS = rf"{_SOME}(?:{_JOIN}{_SOME}){{0,9}}"
_AFTER = rf"[\s.,-]*{_OF}(?:(?:عام|سنة|لعام|year)\s+)?(?P<year>{_YEAR})"
_CLOCK = r"[t ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:\s?z|[+-]\d\d(?::?\d\d)?)?(?![\w:])"

_Reader = Callable[[re.Match[str], "_Text"], Term | None]
_KINDS: dict[str, tuple[str, _Reader]] = {}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is searched: flattened, and with its months marked."""

    plain: str
    marked: str


def _reads(name: str, pattern: str) -> Callable[[_Reader], _Reader]:
    def keep(reader: _Reader) -> _Reader:
        _KINDS[name] = pattern, reader
        return reader

    return keep


def find_terms(text: str) -> Iterator[Term]:
    """Yield what a text names, in its order; its white space is folded already."""
    if not re.search(r"\d", text):  # nothing without a number names a time
        return
    plain = flatten(text)
    searched = _Text(plain, _mark(plain, text))
    whole, kinds = _compile()
    place = 0
    while found := whole.search(searched.marked, place):
        assert found.lastgroup  # noqa: S101 - every alternative is a group
        pattern, reader = kinds[found.lastgroup]
        inner = pattern.match(searched.marked, found.start())
        term = reader(inner, searched) if inner else None
        if term:
            yield term
        place = term.end if term else found.start() + 1


@cache
def _compile() -> tuple[re.Pattern[str], dict[str, tuple[re.Pattern[str], _Reader]]]:
    kinds = {name: (re.compile(pattern), reader) for name, (pattern, reader) in _KINDS.items()}
    plain = {
        name: re.sub(r"\?P<(?!by_)\w+>", "?:", pattern) for name, (pattern, _) in _KINDS.items()
    }
    return re.compile("|".join(f"(?P<{name}>{part})" for name, part in plain.items())), kinds


def _mark(plain: str, text: str) -> str:
    """Return a flattened text with every name of a month or season as marks of its length."""

    def mark(found: re.Match[str]) -> str:
        word, start = found.group(), found.start()
        if word.startswith("و") and word[1:] in MONTHS:
            word, start = word[1:], start + 1
        sort = _sort(word, text[start], plain[found.end() : found.end() + 1])
        return "و" * (start - found.start()) + sort * len(word) if sort else found.group()

    return _WORD.sub(mark, plain)


def _sort(word: str, first: str, after: str) -> str:
    if word in SEASONS:
        return _SEASON
    if word not in MONTHS and word not in SHORT:
        return ""
    if word in NEVER:
        return _NEVER
    is_sure = first.isupper() or (word in SHORT and after == ".")
    if (word in SHORT or word in WORDS) and not is_sure:
        return _UNSURE
    return _SURE if word in BEFORE else _OTHER


def _list_months(part: str, start: int, text: _Text) -> list[int]:
    found = (text.plain[m.start() : m.end()] for m in _find_months(part, start, text))
    return [MONTHS.get(name) or SHORT[name] for name in found]


def _find_months(part: str, start: int, text: _Text) -> Iterator[re.Match[str]]:
    return re.compile(rf"[{_SURE}-{_NEVER}]+").finditer(text.marked, start, start + len(part))


def _is_range(part: str, before: str = "") -> bool:
    """Tell whether what stands between numbers or months makes a range of them."""
    between = re.search(r"(?:between|entre|zwischen|بين)\s+(?:the|le|el|os dias|o)?\s*$", before)
    joined = re.sub(rf"[\d{_SURE}-{_NEVER}]+(?:st|nd|rd|th|er|[°ºªo](?!\w))?\.?", " ", part)
    return bool(between) or bool(re.search(rf"(?:^|\s){TO}", joined))


def _read_days(found: re.Match[str], text: _Text) -> Term | None:
    """Read days of one month, with or without its year; months with a stroke are one or two."""
    part, given = found.groupdict(), found.group("year")
    sorts = set(found.group("month"))
    if (_NEVER in sorts or _UNSURE in sorts) and not given:
        return None
    months = _list_months(found.group("month"), found.start("month"), text)
    days = [int(n) for n in re.findall(r"\d+", part["days"])]
    year = int(given) if given else None
    before = text.marked[max(0, found.start() - 20) : found.start()]
    is_range = len(days) == 2 and _is_range(part["days"], before)
    if len(set(months)) > 1 or (len(days) > 2 and _is_range(part["days"])):
        return Term(found.start(), found.end())
    points = tuple((year, months[0], day) for day in days)
    return Term(found.start(), found.end(), points, is_range)


def _written(found: re.Match[str], *parts: str | None) -> Term:
    text = "-".join(f"{int(part):02d}" for part in parts if part)
    return Term(found.start(), found.end(), written=text)


@_reads(
    "iso",
    r"(?<![\w-])(?<!\D/)(?P<date>(?P<month>(?:19|20)\d\d-\d\d)(?:-\d\d)?)"
    rf"(?:(?<=-\d\d-\d\d){_CLOCK}|(?<=-\d\d-\d\d)/(?P<to>\d\d)(?!\d))?(?![\w-])",
)
def _read_iso(found: re.Match[str], _: _Text) -> Term:
    date, month, to = found.group("date", "month", "to")
    return Term(found.start(), found.end(), written=f"{date}/{month}-{to}" if to else date)


@_reads("week", r"(?<![\w/-])(?:19|20)\d\d-?w\d\d(?:-\d)?\b")
def _read_week(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end())


@_reads(
    "stroke",
    r"(?<![\w/.-])(?P<y>(?:19|20)\d\d)(?P<by_stroke>[/.])(?P<m>\d\d?)(?P=by_stroke)(?P<d>\d\d?)(?![\w/])",
)
def _read_stroke(found: re.Match[str], _: _Text) -> Term:
    return _written(found, *found.group("y", "m", "d"))


@_reads(
    "east",
    r"(?P<y>(?:19|20)\d\d)\s*[年년](?:\s*(?P<m>\d\d?)\s*[月월](?:\s*(?P<d>\d\d?)\s*[日일号])?)?",
)
def _read_east(found: re.Match[str], _: _Text) -> Term:
    return _written(found, *found.group("y", "m", "d"))


@_reads(
    "numeric",
    r"(?<![\w/.,-])(?P<a>\d\d?(?:\s?-\s?\d\d?(?=[/.]))?)(?P<by_mark>[/.-])(?P<b>\d\d?)(?:(?P=by_mark)(?P<c>(?:19|20)\d\d)(?!\d)"
    r"|/(?P<s>\d\d)(?![\w/]))",
)
def _read_numeric(found: re.Match[str], _: _Text) -> Term | None:
    if found.group("s") and found.group("by_mark") != "/":
        return None
    numbers = (found.group("a"), found.group("b"), found.group("c") or "")
    return Term(found.start(), found.end(), numbers=numbers)


@_reads("numericmonth", rf"(?<![\w/.,-])(?P<m>\d\d?)[/.](?P<year>{_YEAR})(?![\w/])")
def _read_numeric_month(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end(), numbers=("", *found.group("m", "year")))


@_reads(
    "days",
    rf"(?P<days>{_DAYS})\s*[.-]?\s*{_OF}"
    rf"(?P<month>{_MONTHS})(?:{_AFTER}|(?P<two>[-/ ]'?\d\d(?![\w:,])))?",
)
def _read_day_month(found: re.Match[str], text: _Text) -> Term | None:
    if not found.group("two"):
        return _read_days(found, text)
    is_last = not re.match(r"\s*[^\W\d_]", text.marked[found.end() :])
    if found.group("two")[0] in "-/" or "'" in found.group("two") or is_last:
        return Term(found.start(), found.end())  # the century is not said
    return _cut_short(_read_days(found, text), found.start("two"))


def _cut_short(term: Term | None, end: int) -> Term | None:
    return term and Term(term.start, end, term.points, term.is_range)


@_reads("before", rf"(?P<month>{_ENGLISH})\s*(?:the\s+)?(?P<days>{_DAYS})(?:{_AFTER})?")
def _read_month_day(found: re.Match[str], text: _Text) -> Term | None:
    return _read_days(found, text)


@_reads("dated", rf"(?P<month>{_SOME})\s*(?P<days>{_DAYS}){_AFTER}")
def _read_dated(found: re.Match[str], text: _Text) -> Term | None:
    return _read_days(found, text)


@_reads(
    "first",
    rf"(?<![\d,./-])(?P<year>{_YEAR})[\s.,-]*(?P<month>{_SOME})[\s.,-]*(?P<days>{_DAY})(?!\s*:)",
)
def _read_year_first(found: re.Match[str], text: _Text) -> Term | None:
    return _read_days(found, text)


@_reads("month", rf"(?P<month>{_MONTHS}){_AFTER}")
def _read_month(found: re.Match[str], text: _Text) -> Term | None:
    part = found.group("month")
    if _NEVER in part:
        return None
    months = list(dict.fromkeys(_list_months(part, found.start(), text)))
    before = text.marked[max(0, found.start() - 20) : found.start()]
    points = tuple((int(found.group("year")), month, None) for month in months)
    return Term(found.start(), found.end(), points, len(months) == 2 and _is_range(part, before))


@_reads(
    "decade",
    r"(?<![\d,./-])(?P<tens>(?:19|20)\d)0'?s\b"
    r"|\b(?:annees|anos|decada de)\s+"
    r"(?P<more>(?:19|20)\d)0\b",
)
def _read_decade(found: re.Match[str], _: _Text) -> Term:
    tens = found.group("tens") or found.group("more")
    return Term(found.start(), found.end(), written=f"{tens}X")


@_reads("season", rf"{_SEASON}+(?:\s+(?:of|de|del|do))?\s+{_YEAR}")
def _read_season(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end())


@_reads(
    "unknown",
    rf"(?<![\d.,/-])\d\d?(?:\.|er|[°º])?\s+(?:d[aei]\s+)?[^\W\d_]{{3,}}\.?\s+(?:de[l]?\s+)?{_YEAR}",
)
def _read_unknown(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end())


@_reads("split", rf"(?<![\d,./-]){_YEAR}[/-]\d\d(?!\d|[\w/-])")
def _read_split(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end())


# Not the year of a document's symbol, as S/2013/457.
@_reads("year", rf"(?<![\d,.])(?<![^\W\d]/)(?P<year>{_YEAR})(?!/(?!{_YEAR})\d)")
def _read_year(found: re.Match[str], _: _Text) -> Term:
    return Term(found.start(), found.end(), ((int(found.group("year")), None, None),))

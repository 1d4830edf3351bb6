"""Countries: the ISO 3166 code behind a code, a name or a number as event data write it.

The names stand in ``countries.csv`` beside this file: a row a country, ``gw`` and ``others`` being
lists separated by ``;``. A state that is no more stands with the one that publishers continue it
as: the Soviet Union with Russia, Yugoslavia with Serbia, North and South Yemen with Yemen.

Codes that ISO has withdrawn stand in ``former.csv``: from when to when each was one, and the codes
of today, that of the state that publishers continue it as first.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pkgutil import get_data

from atrisk.base.errors import LONGEST_NAME

CODE = 3  # letters
_WORD = re.compile(r"[^\W_]+")
_WRITTEN_OUT = {"st": "saint", "is": "islands", "rep": "republic", "dem": "democratic"}


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its code.

    Attributes:
        code: ISO 3166-1 alpha-3, or, of a state that is no more, what it was.
        name: for people.
        first: year or month from which a withdrawn code was one; empty for a code of today.
        last: year or month in which it was withdrawn; empty for a code of today.
        now: the codes that took its place; none for a code of today.
    """

    code: str
    name: str
    first: str = ""
    last: str = ""
    now: tuple[str, ...] = ()

    def covers(self, first: str, last: str) -> bool:
        """Tell whether all months from one to another lie in the time of its code.

        Examples:
            >>> read_code("YUG").covers("1998-01", "1999-06")
            True
            >>> read_code("ZAR").covers("1996-01", "1998-06"), read_code("CAF").covers("1", "9999")
            (False, True)
        """
        return self.first <= first and (not self.last or last <= f"{self.last}-12"[:7])


def find_country(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of a country, or None if it is not known.

    Case, accents, apostrophes and a leading "the" do not matter. A name with another in brackets
    is known if both are names of one country.

    Args:
        text: an ISO 3166-1 code (alpha-2, alpha-3 or numeric), an English short name, or an
            everyday or former name.

    Returns:
        The code; Kosovo is ``XKX``, which ISO leaves to its users.

    References:
        ISO 3166-1; names as UCDP, ACLED and the United Nations write them.

    Examples:
        >>> find_country("DR Congo (Zaire)"), find_country("cote d’ivoire"), find_country("854")
        ('COD', 'CIV', 'BFA')
        >>> find_country("Atlantis") is None
        True
    """
    known = _read_names()
    name, opening, rest = text.partition("(")
    found = known.get(_fold(text))
    if found or not opening:
        return found
    first, second = known.get(_fold(name)), known.get(_fold(rest))
    return first if first == second else None


def read_code(code: str) -> Country | None:
    """Return the country with exactly this alpha-3 code, of today or withdrawn, or None.

    References:
        ISO 3166-1; ISO 3166-3 for the codes that were withdrawn since 1974, and when.

    Examples:
        >>> read_code("CAF").name, read_code("YUG").last, read_code("QQQ") is None
        ('Central African Republic', '2003-07', True)
    """
    return _read_codes().get(code)


def suggest_codes(text: str) -> tuple[str, ...]:
    """Return the codes that a text may stand for, the likeliest first; none if none is near.

    Examples:
        >>> suggest_codes("Burma"), suggest_codes("Korea"), suggest_codes("QQQ")
        (('MMR',), ('KOR', 'PRK'), ())
    """
    from difflib import get_close_matches

    known, found = _read_names(), find_country(text)
    name = _fold(text)[:LONGEST_NAME]
    part = [code for one, code in known.items() if len(name) > CODE and f" {name} " in f" {one} "]
    near = (
        []
        if found or part
        else get_close_matches(name.upper(), list(_read_codes()), n=8, cutoff=0.5)
    )
    names = [] if found or part else get_close_matches(name, list(known), n=4, cutoff=0.7)
    alike = [known[one] for one in names]
    return tuple(dict.fromkeys([*([found] if found else []), *part, *near, *alike]))


def find_country_by_gw(number: str | int) -> str | None:
    """Return the ISO 3166-1 alpha-3 code behind a Gleditsch-Ward number, or None.

    Args:
        number: as UCDP's ``country_id`` holds it.

    References:
        Gleditsch and Ward (1999), A revised list of independent states since the Congress of
        Vienna, International Interactions 25(4), https://doi.org/10.1080/03050629908434958

    Examples:
        >>> find_country_by_gw(490), find_country_by_gw("678"), find_country_by_gw(1)
        ('COD', 'YEM', None)
    """
    return _read_numbers().get(str(number).strip())


def _fold(text: str) -> str:
    """Return a name as it is compared: words of plain lower-case letters and digits."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = [_WRITTEN_OUT.get(word, word) for word in _WORD.findall(letters)]
    if words[:1] == ["the"]:
        words = words[1:]
    name = " ".join(words)
    return name.lstrip("0") if name.isdecimal() else name


@cache
def _read_rows(name: str) -> tuple[dict[str, str], ...]:
    text = (get_data("atrisk.base", f"{name}.csv") or b"").decode()
    return tuple(csv.DictReader(text.split("\n")))


@cache
def _read_names() -> dict[str, str]:
    """Return the code of today by every folded name and code, withdrawn codes among them."""
    found: dict[str, str] = {}
    for row in _read_rows("countries"):
        names = [row["alpha3"], row["alpha2"], row["numeric"], row["name"]]
        for name in [*names, *row["others"].split(";")]:
            if name:
                found[_fold(name)] = row["alpha3"]
    for row in _read_rows("former"):
        for name in (row["alpha3"], row["alpha4"]):
            found.setdefault(_fold(name), row["now"].partition(";")[0])
    return found


@cache
def _read_codes() -> dict[str, Country]:
    """Return countries by code, those of today first."""
    found = {row["alpha3"]: Country(row["alpha3"], row["name"]) for row in _read_rows("countries")}
    for row in _read_rows("former"):
        now = tuple(row["now"].split(";"))
        found[row["alpha3"]] = Country(row["alpha3"], row["name"], row["first"], row["last"], now)
    return found


@cache
def _read_numbers() -> dict[str, str]:
    rows = [row for row in _read_rows("countries") if row["gw"]]
    return {number: row["alpha3"] for row in rows for number in row["gw"].split(";")}

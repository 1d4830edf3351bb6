"""Countries: the ISO 3166 code behind a code, a name or a number as event data write it.

The names stand in ``countries.csv`` beside this file: a row a country, ``gw`` and ``others`` being
lists separated by ``;``. A state that is no more stands with the one that publishers continue it
as: the Soviet Union with Russia, Yugoslavia with Serbia, North and South Yemen with Yemen.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+")
_WRITTEN_OUT = {"st": "saint", "is": "islands", "rep": "republic", "dem": "democratic"}


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
def _read_rows() -> tuple[dict[str, str], ...]:
    text = files("atrisk.base").joinpath("countries.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.split("\n")))


@cache
def _read_names() -> dict[str, str]:
    """Return the code by every folded name and code."""
    found: dict[str, str] = {}
    for row in _read_rows():
        names = [row["alpha3"], row["alpha2"], row["numeric"], row["name"]]
        for name in [*names, *row["others"].split(";")]:
            if name:
                found[_fold(name)] = row["alpha3"]
    return found


@cache
def _read_numbers() -> dict[str, str]:
    rows = [row for row in _read_rows() if row["gw"]]
    return {number: row["alpha3"] for row in rows for number in row["gw"].split(";")}

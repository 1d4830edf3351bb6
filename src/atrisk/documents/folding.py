"""Folding: one spelling of a text for what a reader sees as one, and what a search forgives."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def flatten(text: str) -> str:
    """Return a text of the same length, small, without accents, with digits and dashes as ASCII.

    Character for character, so that what is found there is cut from the text itself.

    Examples:
        >>> flatten("le 1er D\N{LATIN CAPITAL LETTER E WITH ACUTE}cembre")
        'le 1er decembre'
    """
    return text.translate({ord(mark): _flatten(mark) for mark in set(text)})


@lru_cache(maxsize=65536)
def _flatten(mark: str) -> str:
    if mark.isdecimal():
        return str(unicodedata.decimal(mark))
    if unicodedata.category(mark) == "Pd":
        return "-"
    if mark.isspace():
        return " "
    if mark == "\N{RIGHT SINGLE QUOTATION MARK}":
        return "'"
    return unicodedata.normalize("NFD", mark)[0].lower()[0]

"""Folding: one spelling of a text for what a reader sees as one, and what a search forgives."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from atrisk.base.marks import is_shown, replace_unfit

# Nobody sees these: soft hyphens, spaces without width, marks of direction and of joining words.
_UNSEEN = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF),
        *range(0x202A, 0x202D), *range(0x2066, 0x206A),
    ]
)  # fmt: skip
# What is drawn as one character and read as several, or as another: ligatures, the forms of Arabic
# letters, radicals for characters of their own.
_DRAWN = [
    *(0x132, 0x133, 0x149, *range(0x1C4, 0x1CD), *range(0x1F1, 0x1F4)),
    *range(0x2E80, 0x2FD6), *range(0xFB00, 0xFB50), *range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD),
]  # fmt: skip
ENDS = ".!?:;”\"'…»؟۔।။。！？；："  # marks that end a sentence
_HYPHENS = {0x2010: "-", 0x2011: "-"}
_JOINERS = "\u200c\u200d"
# Without effect on what is searched: joiners, the line that lengthens a word, variants of glyphs.
_LOOSE = dict.fromkeys([0x640, 0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_WIDE = {mark: chr(mark - 0xFEE0) for mark in range(0xFF01, 0xFF5F)}
_NOTE = re.compile(r"(?<=[^\s\d¹²³⁰⁴-⁹])[¹²³⁰⁴-⁹]+")
_OVERRIDES = "\u202d\u202e"
# A hyphen, soft or not, at which the end of a line broke a word.
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_])")


def fold(text: str) -> str:
    r"""Return a text as a reader sees it, in one spelling.

    White space is folded: a line break is the page's, not the sentence's. Canonically equivalent
    characters become the same ones (Unicode's form C), ligatures and forms of letters the letters,
    and what nobody sees goes: soft hyphens, spaces without width, marks of direction, joiners where
    no script needs them. What no text holds, as a control character that a PDF was damaged by, is
    replaced by U+FFFD.

    References:
        Unicode Standard, 3.7 (canonical equivalence), and Annex 15.

    Examples:
        >>> fold("two   of\ufb01ces")
        'two offices'
    """
    if not text.isascii():
        text = re.sub("\u00ad\\s*\\n\\s*", "", text)
        text = unicodedata.normalize("NFC", text.translate(_table()))
        if not is_shown(text):
            text = _drop_joiners(text)
    return replace_unfit(" ".join(text.split()))


def list_forms(text: str) -> tuple[str, ...]:
    """Return a text in each spelling in which words are looked for in it, the read one first.

    A hyphen at a line's end may be the page's or the word's, so there are up to four: as it
    stands, with the word made whole, with its hyphen alone, and with the break kept.
    """
    forms = (text, *(_BROKEN.sub(by, text) for by in ("", "-", "- ")))
    return tuple(dict.fromkeys(loosen(form) for form in forms))


def loosen(text: str) -> str:
    r"""Return a text as it is searched: folded, without joiners, note numbers and width of letters.

    Examples:
        >>> loosen("the village\u00b9\u00b2 and")
        'the village and'
    """
    text = fold(text)
    return text if text.isascii() else _NOTE.sub("", text.translate(_LOOSE | _WIDE))


def count_in(forms: tuple[str, ...], words: str) -> int:
    """Return how often words stand in a text, in the spelling in which they do so most often."""
    anchor = loosen(words)
    return max(form.count(anchor) for form in forms)


def is_turned(text: str) -> bool:
    """Tell whether a part of a text is shown in another order than it is written."""
    return any(mark in text for mark in _OVERRIDES)


@lru_cache(maxsize=1)
def _table() -> dict[int, str | None]:
    drawn = {mark: unicodedata.normalize("NFKC", chr(mark)).strip() for mark in _DRAWN}
    return {**drawn, **_UNSEEN, **_HYPHENS}


def _drop_joiners(text: str) -> str:
    """Return a text without the joiners that no script needs where they stand."""
    return "".join(
        mark
        for place, mark in enumerate(text)
        if mark not in _JOINERS or is_shown(text[max(0, place - 1) : place + 2])
    )


def flatten(text: str) -> str:
    r"""Return a text of the same length, small, without accents, with digits and dashes as ASCII.

    Character for character, so that what is found there is cut from the text itself.

    Examples:
        >>> flatten("le 1er D\u00e9cembre")
        'le 1er decembre'
    """
    return text.translate({ord(mark): _flatten(mark) for mark in set(text)})


@lru_cache(maxsize=65536)
def _flatten(mark: str) -> str:
    if mark.isdecimal():
        return str(unicodedata.decimal(mark))
    sort = unicodedata.category(mark)
    if sort in ("Pd", "Co"):
        return "-" if sort == "Pd" else "?"
    if mark.isspace():
        return " "
    if mark == "\N{RIGHT SINGLE QUOTATION MARK}":
        return "'"
    return unicodedata.normalize("NFD", mark)[0].lower()[0]

"""Marks: the characters that a reader does not see or that steer a terminal, made visible.

One place decides what may be printed and what may stand in a file; everything that goes out, to a
terminal or to a file for machines, goes through it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

# Default_Ignorable_Code_Point (Unicode 16), beyond what its category tells: the combining grapheme
# joiner, fillers of Hangul, vowels of Khmer that nobody sees, and variation selectors.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Format characters that are seen: signs of Arabic, Syriac and Kaithi that stand over numbers.
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
# Controls, format characters, halves of pairs, private ones, unassigned ones, ends of lines.
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
# Scripts whose letters have other forms when they are joined, by the names of their characters.
_JOINING = {
    "ADLAM", "ARABIC", "BALINESE", "BENGALI", "CHAKMA", "DEVANAGARI", "GUJARATI", "GURMUKHI",
    "HANIFI", "JAVANESE", "KANNADA", "KHMER", "LAO", "MALAYALAM", "MANDAIC", "MEETEI", "MONGOLIAN",
    "MYANMAR", "NKO", "ORIYA", "SINHALA", "SYRIAC", "TAMIL", "TELUGU", "TIBETAN",
}  # fmt: skip
# Scripts that write no space between words: of South-East Asia and Tibet, of China and Japan.
UNSPACED = (
    r"[\u0e00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf"
    r"\u3005-\u3007\u3031-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf"
    r"\ua980-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f]"
)
FEWEST, MOST = 6, 48  # characters of an anchor in one of these, where words cannot be counted
_LETTERS = re.compile(r"[^\W\d_]")
LOST = "\N{REPLACEMENT CHARACTER}"  # stands for what was no text
_VIRAMA = 9  # combining class of the mark that takes a vowel away

# What no file of text holds: controls but the tab and ends of lines, what Unicode keeps for no
# character (U+FFFE and its like), halves of pairs, and two that end a line for some programs only.
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 65536))
    + "]"
)


def show(text: str, *, lines: bool = False) -> str:
    r"""Return a text in which every character can be seen, and none steers a terminal.

    Made visible as ``\x9b``, ``\u202e`` or ``\U000e0001`` are controls (C0, DEL, C1), format
    characters (bidirectional controls, zero-width ones, tags), everything else that Unicode calls
    default-ignorable (fillers, variation selectors), separators of lines and paragraphs, halves of
    pairs, and what is private or not assigned. Spaces of any width stay.

    Joiners that a script needs stay too: ZWNJ and ZWJ between two letters or marks of Arabic, of
    the scripts of India and of others whose letters join, and ZWJ after the sign that takes a vowel
    away (virama). Anywhere else, as between Latin letters or in an emoji, they are made visible.

    Args:
        text: from wherever.
        lines: whether a line feed ends a line, and stays; if not, it is made visible.

    Returns:
        The same text if nothing in it is hidden; what was shown once is not changed again.

    References:
        Unicode Standard Annex 44, Default_Ignorable_Code_Point; RFC 5892, appendix A, for joiners.

    Examples:
        >>> show("red \x1b[31m, back\u202ewards")
        'red \\x1b[31m, back\\u202ewards'
    """
    return escape_hidden(text, escape, lines=lines)


def escape_hidden(text: str, write: Callable[[str], str], *, lines: bool = True) -> str:
    """Return a text with each character that ``show`` makes visible written another way."""
    if text.isascii() and text.isprintable():
        return text
    hidden = {mark for mark in set(text) if _is_hidden(mark)} - ({"\n"} if lines else set())
    if not hidden:
        return text
    return "".join(
        write(mark) if mark in hidden and not _joins(text, place) else mark
        for place, mark in enumerate(text)
    )


def is_shown(text: str) -> bool:
    """Tell whether every character of a text can be seen.

    Examples:
        >>> is_shown("three plain words"), is_shown("soft\u00adhyphen")
        (True, False)
    """
    return show(text) == text


def escape(mark: str) -> str:
    r"""Return a character as it is written in a text of Python: ``\x9b``, ``\u202e``."""
    return mark.encode("unicode_escape").decode("ascii")


def replace_unfit(text: str) -> str:
    r"""Return a text with what no file of text holds replaced by U+FFFD, which is seen.

    Examples:
        >>> replace_unfit("an end\ufffe") == "an end\ufffd"
        True
    """
    return UNFIT.sub(LOST, text)


def is_unspaced(text: str) -> bool:
    """Tell whether most letters of a text are of scripts that write no space between words.

    Examples:
        >>> is_unspaced("three plain words"), is_unspaced("\u4e09\u4e2a\u5b57")
        (False, True)
    """
    if text.isascii() or not any("\u0e00" <= mark < "\u1b80" or mark >= "\u2e80" for mark in text):
        return False  # as most texts are
    found = sum(1 for mark in _find_unspaced().findall(text) if mark.isalpha())
    return 2 * found > len(_LETTERS.findall(text))


@cache
def _find_unspaced() -> re.Pattern[str]:
    """Return what finds letters of these scripts: few texts hold one, and making it takes long."""
    return re.compile(f"{UNSPACED}|[\U0001b000-\U0001b16f\U00020000-\U0003ffff]")


def count_characters(text: str) -> int:
    """Return how many characters a reader sees: without spaces, and a mark is part of its letter.

    Examples:
        >>> count_characters("two w\u0061\u0301ys")
        7
    """
    return sum(
        1 for mark in text if not mark.isspace() and unicodedata.category(mark)[0] not in "MC"
    )


@lru_cache(maxsize=4096)
def _is_hidden(mark: str) -> bool:
    hidden = unicodedata.category(mark) in _HIDDEN and not _SEEN.match(mark)
    return hidden or bool(_IGNORABLE.match(mark))


def _joins(text: str, place: int) -> bool:
    """Tell whether a character is a joiner where its script needs one."""
    if text[place] not in _JOINERS or not _is_joined(text[place - 1 : place]):
        return False
    after_virama = text[place] == "\u200d" and unicodedata.combining(text[place - 1]) == _VIRAMA
    return after_virama or _is_joined(text[place + 1 : place + 2])


@lru_cache(maxsize=4096)
def _is_joined(mark: str) -> bool:
    """Tell whether a character is a letter or a mark of a script whose letters join."""
    if not mark or unicodedata.category(mark)[0] not in "LM" or _is_hidden(mark):
        return False
    return unicodedata.name(mark, "").partition(" ")[0] in _JOINING

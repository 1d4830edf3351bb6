"""Characters that a reader does not see, told from Unicode and not from the library."""

from __future__ import annotations

import sys
import unicodedata

import hypothesis.strategies as st

# Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt), in ranges.
IGNORABLE = {
    chr(point)
    for first, last in [
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ]
    for point in range(first, last + 1)
}  # fmt: skip
CONTROLS = {chr(point) for point in [*range(0x20), *range(0x7F, 0xA0)]}
BREAKS = {"\u2028", "\u2029"}
NEVER = {chr(p) for p in range(0xFFFE, sys.maxunicode, 0x10000)} | {"\uffff", "\ufdd0"}
SURROGATES = {chr(point) for point in range(0xD800, 0xE000)}
HIDDEN = frozenset(CONTROLS | BREAKS | IGNORABLE | NEVER | SURROGATES)
# What a table may hold although nobody sees it: directions, joiners, fillers, tags, selectors.
KEPT = sorted(mark for mark in IGNORABLE if unicodedata.category(mark) != "Cn")
JOINERS = {"\u200c", "\u200d"}

hidden = st.sampled_from(sorted(HIDDEN))
kept = st.lists(st.sampled_from(KEPT), min_size=1, max_size=4).map("".join)
texts = st.text(st.one_of(hidden, st.characters(exclude_categories=["Cs"])), max_size=12)


def find_raw(text: str, *, allowed: str = "\n") -> list[str]:
    """Return the hidden characters of a text that stand in it as they are.

    A joiner between two letters that are not of ASCII may be there for its script.
    """
    return [
        f"{mark!r} after {text[max(0, place - 20) : place]!r}"
        for place, mark in enumerate(text)
        if mark in HIDDEN
        and mark not in allowed
        and not (mark in JOINERS and not text[place - 1 : place + 2].replace(mark, "").isascii())
    ]

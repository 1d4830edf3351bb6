"""Words: numbers as a sentence says them, one row or two rows, half a day or two days."""

from __future__ import annotations


def tell_count(number: int, noun: str, nouns: str = "") -> str:
    """Return a number of things in words.

    Args:
        number: how many.
        noun: what one of them is called.
        nouns: what several are called; by default the noun with an s.

    Examples:
        >>> tell_count(1, "row"), tell_count(2, "row"), tell_count(0, "country", "countries")
        ('1 row', '2 rows', '0 countries')
        >>> tell_count(1200, "row of evidence", "rows of evidence")
        '1,200 rows of evidence'
    """
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def tell_days(days: float) -> str:
    """Return a number of days in words, to the half day: dates known to the day give no more.

    Examples:
        >>> tell_days(1), tell_days(339.5), tell_days(0.5), tell_days(0)
        ('1 day', '339½ days', '½ day', '0 days')
    """
    number = tell_half(days)
    return f"{number} day" if number in ("1", "½") else f"{number} days"


def tell_half(number: float) -> str:
    """Return a number to the nearest half.

    Examples:
        >>> tell_half(12.5), tell_half(12.0), tell_half(0.5), tell_half(1234)
        ('12½', '12', '½', '1,234')
    """
    whole, half = divmod(round(number * 2), 2)
    return f"{whole:,}" * (whole > 0 or not half) + "½" * half

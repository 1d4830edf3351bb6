"""What can go wrong, as one tree.

::

    AtriskError                 catch this to catch everything below
    ├── UnknownNameError        a name that is not there (also a LookupError)
    ├── DataError               a file that cannot be trusted (also a ValueError)
    ├── RequestError            a call that asks for nothing, or the impossible (also a ValueError)
    └── MissingExtraError       an optional package is not installed (also an ImportError)

Every error keeps its parts as attributes, and its message says where, what was found, what is
accepted and what to type next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AtriskError(Exception):
    """Anything that atrisk itself refuses."""


class UnknownNameError(AtriskError, LookupError):
    """A name that is not known.

    Attributes:
        kind: what was looked for, such as ``"case"``.
        name: what was asked for.
        known: the names that exist, in order.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(
            f"no {kind} is called {shorten(name)}.{did_you_mean(name, self.known)}\n"
            f"Known: {', '.join(self.known) or 'none'}." + (f"\n{hint}" if hint else "")
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one file: where it is, and what to do about it."""

    file: str
    message: str
    line: int | None = None
    column: str | None = None
    row: str = ""

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line is not None else []
        where += [self.column] if self.column else []
        named = f"row {self.row}"
        row = f" ({named})" if self.row and named not in self.message else ""
        return (", ".join(where) + ": " if where else "") + self.message + row


class DataError(AtriskError, ValueError):
    """One or more files that cannot be trusted, with every fault that was found in them.

    Attributes:
        problems: every fault, in the order of the files' lines.
        file: the first file with a fault.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        self.file = self.problems[0].file
        super().__init__("\n".join(_describe(self.problems)))


class RequestError(AtriskError, ValueError):
    """A call that asks for nothing, or for something that cannot be computed."""


class MissingExtraError(AtriskError, ImportError):
    """An optional package is needed here and is not installed.

    Attributes:
        extra: the extra to install.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{purpose} needs the extra '{extra}'. Install it with: pip install 'atrisk[{extra}]', "
            f"or in a copy of the repository: pip install '.[{extra}]'"
        )


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string.

    Examples:
        >>> did_you_mean("car-2012", ["car-2012-2015", "toy"])
        " Did you mean 'car-2012-2015'?"
    """
    import difflib

    near = difflib.get_close_matches(str(name)[:100], list(known), n=1, cutoff=cutoff)
    return f" Did you mean {near[0]!r}?" if near else ""


def shorten(value: object, limit: int = 60) -> str:
    """Quote a value for a message, cut to ``limit`` characters, control characters escaped.

    Examples:
        >>> shorten("x" * 100, limit=5)
        "'xxxxx…' (100 characters)"
    """
    text = str(value)
    if len(text) <= limit:
        return repr(text)
    return f"{text[:limit] + '…'!r} ({len(text):,} characters)"


def require(value: object, kind: type, how: str) -> None:
    """Refuse a value of another type, and say how to get the right one.

    Raises:
        RequestError: ``value`` is not a ``kind``.

    Examples:
        >>> require("7", str, "as text")
    """
    if not isinstance(value, kind):
        raise RequestError(
            f"expected a {kind.__name__}, found {shorten(value)} ({type(value).__name__}); {how}"
        )


def check_count(name: str, value: object, least: int = 1) -> None:
    """Refuse a number of draws that asks for nothing.

    Raises:
        RequestError: it is not a whole number of at least ``least``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RequestError(
            f"{name}={value!r} asks for nothing; give a whole number, {least} or more"
        )


def check_seed(seed: object) -> None:
    """Refuse anything that is no seed.

    Raises:
        RequestError: it is not a whole number of at least 0.
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise RequestError(f"seed={seed!r} is no seed; give a whole number, 0 or more, such as 7")


def _describe(problems: tuple[Problem, ...]) -> list[str]:
    lines: list[str] = []
    for file in dict.fromkeys(problem.file for problem in problems):
        mine = [problem for problem in problems if problem.file == file]
        lines.append(f"{file} has {len(mine)} problem{'s' if len(mine) > 1 else ''}:")
        lines += [f"  {problem}" for problem in mine]
    return lines

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

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from atrisk.base.marks import show

LISTED = 100  # faults, or names, that are told one by one; the others are counted
LONGEST_MESSAGE = 2_000  # characters that are told of one fault
LONGEST_ERROR = LISTED * LONGEST_MESSAGE
LONGEST_NAME = 100  # characters by which names are compared
MOST_KNOWN = 10_000  # names among which the nearest is looked for
_COMPARED = 100  # names that are compared letter by letter


class AtriskError(Exception):
    """Anything that atrisk itself refuses; its message is bounded, and hides no character."""

    def __init__(self, message: str = "") -> None:
        super().__init__(show(cut(message, LONGEST_ERROR), lines=True))


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
            f"Known: {list_names(self.known) or 'none'}." + (f"\n{hint}" if hint else "")
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one file: where it is, and what to do about it.

    Attributes:
        more: of the last one of a file with more than a hundred: how many it stands for.
    """

    file: str
    message: str
    line: int | None = None
    column: str | None = None
    row: str = ""
    more: int = 0

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line is not None else []
        where += [cut(show(self.column), LONGEST_NAME)] if self.column else []
        named = f"row {self.row}"
        is_told = not self.row or named in self.message
        row = "" if is_told else f" ({cut(show(named), LONGEST_NAME)})"
        told = show(cut(self.message, LONGEST_MESSAGE), lines=True)
        return (", ".join(where) + ": " if where else "") + told + row


class DataError(AtriskError, ValueError):
    """One or more files that cannot be trusted, with every fault that was found in them.

    Attributes:
        problems: every fault, in the order of the files' lines; of a file with more than a hundred
            the first hundred, and a last one that says how many ``more`` there are.
        file: the first file with a fault.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(Faults(problems))
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


def check_extra(purpose: str, extra: str, *modules: str) -> None:
    """Refuse work that needs an optional package before it is begun.

    Raises:
        MissingExtraError: one of the modules is not installed.
    """
    if any(find_spec(name) is None for name in modules):
        raise MissingExtraError(purpose, extra)


class Faults:
    """The first hundred faults of each file, and how many more it has.

    What is held does not grow with the number of faults. A file with no more than a hundred keeps
    their order; of one with more they are the first by line.
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._kept: dict[str, list[Problem]] = {}
        self._more: Counter[str] = Counter()
        self.extend(problems)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._kept)

    def has_enough(self, file: str) -> bool:
        """Tell whether a file has so many faults that the next are only counted."""
        return len(self._kept.get(file, ())) >= LISTED

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take in several faults."""
        for problem in problems:
            self.append(problem)

    def append(self, problem: Problem) -> None:
        """Take in one fault, or one that stands for several."""
        mine = self._kept.setdefault(problem.file, [])
        if problem.more:
            self._more[problem.file] += problem.more
        else:
            mine.append(problem)
        if len(mine) > 2 * LISTED:
            self._cut(problem.file, mine)

    def _cut(self, file: str, mine: list[Problem]) -> None:
        if len(mine) > LISTED:
            mine.sort(key=lambda problem: problem.line or 0)
            self._more[file] += len(mine) - LISTED
            del mine[LISTED:]

    def __iter__(self) -> Iterator[Problem]:
        """Yield the faults that are kept, and last one for each file that has more."""
        for file, mine in self._kept.items():
            self._cut(file, mine)
            yield from mine
        for file, count in self._more.items():
            yield Problem(file, f"and {count:,} more faults", more=count)


class Speller:
    """Finds the known name that a misspelt one is nearest to.

    It is asked for each fault of a file, and each fault could name another: so only the first
    hundred questions are answered, those whose faults are told, and of many known names only those
    with the most pairs of letters in common are compared letter by letter.
    """

    def __init__(self, known: Iterable[str], cutoff: float = 0.7) -> None:
        self.cutoff, self._asked = cutoff, 0
        short = [name for name in known if len(name) <= LONGEST_NAME]
        self._known = short if len(short) <= MOST_KNOWN else []
        self._pairs: list[set[str]] = []

    def hint(self, name: str) -> str:
        """Return ``" Did you mean 'x'?"``, or nothing if no name is near enough."""
        import difflib

        self._asked += 1
        if self._asked > LISTED:
            return ""
        name = str(name)[:LONGEST_NAME]
        near = difflib.get_close_matches(name, self._choose(name), n=1, cutoff=self.cutoff)
        return f" Did you mean {show(repr(near[0]))}?" if near else ""

    def _choose(self, name: str) -> list[str]:
        if len(self._known) <= _COMPARED:
            return self._known
        self._pairs = self._pairs or [_pair(known) for known in self._known]
        mine = _pair(name)
        common = [len(mine & pairs) for pairs in self._pairs]
        order = sorted(range(len(common)), key=lambda place: -common[place])
        return [self._known[place] for place in sorted(order[:_COMPARED])]


def _pair(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)}


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string.

    Examples:
        >>> did_you_mean("car-2012", ["car-2012-2015", "toy"])
        " Did you mean 'car-2012-2015'?"
    """
    return Speller(known, cutoff).hint(name)


def list_names(names: Iterable[str]) -> str:
    """Return names with commas between them: the first hundred, and how many more there are.

    Examples:
        >>> list_names(["toy", "car-2012-2015"])
        'toy, car-2012-2015'
    """
    told = [cut(show(str(name)), LONGEST_NAME) for name in names]
    more = len(told) - LISTED
    return ", ".join(told[:LISTED]) + (f" and {more:,} more" if more > 0 else "")


def cut(text: str, limit: int) -> str:
    """Return a text cut to ``limit`` characters, with its length if it was longer.

    Examples:
        >>> cut("x" * 100, 5)
        'xxxxx… (100 characters)'
    """
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def shorten(value: object, limit: int = 60) -> str:
    """Quote a value for a message, cut to ``limit`` characters, all of them made visible.

    Examples:
        >>> shorten("x" * 100, limit=5)
        "'xxxxx…' (100 characters)"
    """
    text = str(value)
    if len(text) <= limit:
        return show(repr(text))
    return f"{show(repr(text[:limit] + '…'))} ({len(text):,} characters)"


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


SEED_BITS = 128  # as NumPy draws them itself
MANY = 100_000  # draws that are all held, or each made from a whole record


def check_count(name: str, value: object, least: int = 1, most: int = MANY) -> None:
    """Refuse a number of draws that asks for nothing, or for more than anybody waits for.

    Raises:
        RequestError: it is not a whole number from ``least`` to ``most``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RequestError(
            f"{name}={tell_number(value)} is too few; give a whole number, {least} or more"
        )
    if value > most:
        raise RequestError(
            f"{name}={tell_number(value)} is too many; give a whole number, {least:,} to {most:,}"
        )


def check_seed(seed: object) -> None:
    """Refuse anything that is no seed.

    Raises:
        RequestError: it is not a whole number of at least 0, of 128 bits.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << SEED_BITS:
        raise RequestError(
            f"seed={tell_number(seed)} is not a seed; give a whole number, 0 or more, such as 7"
        )


def tell_number(value: object) -> str:
    """Return a value as it was typed, however many digits it has."""
    if isinstance(value, int) and value.bit_length() > SEED_BITS:
        return f"a number of {value.bit_length():,} bits"
    return repr(value) if isinstance(value, int | float) else shorten(value)


def _describe(problems: tuple[Problem, ...]) -> list[str]:
    """Return a heading for each file and its faults, a hundred in all; the others are counted."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    lines: list[str] = []
    left = LISTED
    for file, mine in by_file.items():
        count = sum(problem.more or 1 for problem in mine)
        told = [problem for problem in mine if not problem.more][:left]
        left -= len(told)
        where = cut(show(file), LONGEST_NAME)
        lines.append(f"{where} has {count:,} problem{'s' if count > 1 else ''}:")
        lines += [f"  {problem}" for problem in told]
        if count > len(told):
            more = f"{count - len(told):,} more faults are not listed; mend these and read again"
            lines.append(f"  … and {more}")
    return lines

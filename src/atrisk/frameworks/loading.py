"""Loading: a framework from its folder, with every fault of its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from atrisk.base.errors import DataError, Problem, UnknownNameError, did_you_mean, shorten
from atrisk.base.folders import Folder, list_bundled, open_folder
from atrisk.base.tables import Table, check_header, read_table, read_toml
from atrisk.frameworks.branches import (
    EVERYTHING_ELSE,
    LEVEL_STAGES,
    UNKNOWN_SHARE,
    GradeRow,
    ResponseLevelRow,
    WeightRow,
)
from atrisk.frameworks.framework import HEADER, Framework, Indicator, RiskFactor
from atrisk.frameworks.header import FrameworkHeader
from atrisk.frameworks.method import WeightSet

# What a framework never takes from the one that it is based on.
OWN_KEYS = ("id", "based_on", "title", "source", "licence", "caveat")


@dataclass(frozen=True, eq=False, slots=True)
class _Files:
    """The files of a framework as they were read, faults and all."""

    label: str
    header: FrameworkHeader
    factors: Table[RiskFactor]
    indicators: Table[Indicator]
    weights: Mapping[str, Table[WeightRow]]
    grades: Mapping[str, Table[GradeRow]]
    levels: Mapping[str, Table[ResponseLevelRow]]

    @classmethod
    def read(cls, folder: Folder, content: dict[str, Any]) -> Self:
        header = check_header(content, folder.label(HEADER), FrameworkHeader)
        branches: Any = header.branches  # a model that is made
        return cls(
            folder.label(HEADER),
            header,
            read_table(folder, "factors.csv", RiskFactor, key="code"),
            read_table(folder, "indicators.csv", Indicator, key="code"),
            {
                option.id: read_table(folder, f"weights/{option.id}.csv", WeightRow, key="code")
                for option in branches.weights.options
            },
            {
                option.id: read_table(folder, option.table, GradeRow, key="grade")
                for option in branches.grade.options
            },
            {
                option.id: read_table(folder, option.table, ResponseLevelRow, key="cell")
                for option in branches.response_level.options
            },
        )

    @property
    def codes(self) -> list[str]:
        return [*self.factors.lines, *self.indicators.lines]

    def check(self) -> Iterator[Problem]:
        yield from self.factors.problems
        yield from self.indicators.problems
        yield from self._check_members()
        for grades in self.grades.values():
            yield from _check_grades(grades)
        for levels in self.levels.values():
            yield from _check_levels(levels)
        for weights in self.weights.values():
            yield from _check_weights(weights, self.codes)
            yield from _check_some_weight(weights, self._list_sharers())

    def _check_members(self) -> Iterator[Problem]:
        for item in self.indicators.records:
            if item.factor not in self.factors.lines or item.code.partition(".")[0] != item.factor:
                message = f"indicator {item.code} does not belong to a factor {item.factor}"
                yield self.indicators.problem(item.code, "factor", message)
        full = {item.factor for item in self.indicators.records}
        for code in self.factors.lines:
            if code not in full and not self.indicators.problems:
                message = f"factor {shorten(code)} has no indicator; add one to indicators.csv"
                yield self.factors.problem(code, "code", message)
        for key, what, codes in self._list_named():
            for code in codes:
                if code not in self.factors.lines:
                    message = f"factor {shorten(code)} of {what} is not in factors.csv"
                    yield Problem(self.label, message, None, key)

    def _list_named(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield where factors are named by their codes, by what, and which."""
        for crime in self.header.crimes:
            yield "crimes", crime.code, crime.factors
        branches: Any = self.header.branches  # a model that is made
        for one in branches.trigger.options:
            yield "branches.trigger", one.id, (one.trigger_factor, *one.ground_factors)

    def _list_sharers(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what shares its weight among some codes, and which."""
        for factor in self.factors.lines:
            mine = [item.code for item in self.indicators.records if item.factor == factor]
            yield f"indicator of factor {factor}", mine
        for crime in self.header.crimes:
            yield f"factor of {crime.code}", list(crime.factors)


def load_framework(which: str | Path) -> Framework:
    """Load a bundled framework by id, or one's own from a folder.

    Args:
        which: a bundled id such as ``"un-foa-2014"``, or a ``Path`` to a folder with
            ``framework.toml``, ``factors.csv``, ``indicators.csv``, ``weights/`` and grade tables.
            One that is ``based_on`` a bundled framework takes from it what it lacks.

    Raises:
        UnknownNameError: no bundled framework has that id.
        DataError: its files have faults; all of them are listed.

    Examples:
        >>> load_framework("un-foa-2014").factors["9"].scope
        'genocide'
    """
    folder, content = _lay_over(open_folder(which, "framework", HEADER))
    files = _Files.read(folder, content)
    problems = list(files.check())
    if problems:
        raise DataError(problems)
    return Framework(
        files.header,
        {factor.code: factor for factor in files.factors.records},
        {indicator.code: indicator for indicator in files.indicators.records},
        {name: _weight_set(name, table, files.codes) for name, table in files.weights.items()},
        {name: {row.grade: row for row in table.records} for name, table in files.grades.items()},
        {name: {row.cell: row for row in table.records} for name, table in files.levels.items()},
        folder,
    )


def _lay_over(folder: Folder, above: tuple[str, ...] = ()) -> tuple[Folder, dict[str, Any]]:
    """Return a framework's folder over that of the one that it is based on, and its header."""
    own = read_toml(folder, HEADER)
    base = own.get("based_on", "")
    if not base:
        return folder, own
    file = folder.label(HEADER)
    trail = (*above, folder.name)
    if not isinstance(base, str) or base in trail:
        message = f"{shorten(base)} is based on this one in turn; a framework stands on another"
        raise DataError([Problem(file, message, None, "based_on")])
    try:
        under, taken = _lay_over(open_folder(base, "framework", HEADER), trail)
    except UnknownNameError as error:
        message = str(error).partition("\n")[0] + " It must be a bundled framework"
        raise DataError([Problem(file, message, None, "based_on")]) from None
    return folder.over(under), _fill_up(own, taken)


def _fill_up(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return the header of a framework, with what is absent as its base has it.

    A key of its own replaces the base's whole; of the branches, each does by itself. A set of the
    base is taken over if its options are still there.
    """
    branches = own.get("branches", {})
    if isinstance(branches, dict):
        told = own.get("bands", ())  # that say themselves from where on they are used
        taken = {**base["branches"]}
        if isinstance(told, list) and any(isinstance(o, dict) and "lower" in o for o in told):
            del taken["bands"]
        branches = {**taken, **branches}
    shared = {key: part for key, part in base.items() if key not in OWN_KEYS}
    fitting = [one for one in base.get("sets", ()) if _fits(one, branches)]
    return {**shared, "sets": fitting, **own, "branches": branches}


def _fits(one: dict[str, Any], branches: dict[str, Any]) -> bool:
    """Tell whether the branches have every option that a set of the base names."""
    return all(
        option in [found.get("id") for found in branches.get(name, {}).get("options", ())]
        for name, option in one["choices"].items()
    )


def list_frameworks() -> tuple[str, ...]:
    """Return the ids of the bundled frameworks.

    Examples:
        >>> "un-foa-2014" in list_frameworks()
        True
    """
    return list_bundled("frameworks", HEADER)


def _weight_set(name: str, table: Table[WeightRow], codes: list[str]) -> WeightSet:
    rows = {row.code: row for row in table.records}
    return WeightSet(
        name,
        {code: rows[code if code in rows else EVERYTHING_ELSE].weight for code in codes},
        {code: row.rationale for code, row in rows.items()},
    )


# F and 6 cannot be judged, so they are neither better nor worse than another.
_NEXT_WORSE = [
    *((f"{letter}{digit}", f"{letter}{digit + 1}") for letter in "ABCDE" for digit in range(1, 5)),
    *(
        (a + str(digit), b + str(digit))
        for a, b in zip("ABCD", "BCDE", strict=True)
        for digit in range(1, 6)
    ),
]


def _check_grades(table: Table[GradeRow]) -> Iterator[Problem]:
    yield from table.problems
    for grade in (f"{letter}{digit}" for letter in "ABCDEF" for digit in range(1, 7)):
        if grade not in table.lines:
            yield Problem(table.file, f"grade {grade} has no row", None, "grade")
    rows = {row.grade: row.probability for row in table.records}
    for grade, worse in _NEXT_WORSE:
        if rows.get(worse, 0.0) > rows.get(grade, 1.0):
            message = f"{worse} is more probable than {grade}, which is the better grade"
            yield table.problem(worse, "probability", message)


def _check_levels(table: Table[ResponseLevelRow]) -> Iterator[Problem]:
    yield from table.problems
    if UNKNOWN_SHARE not in table.lines:
        message = f"the line {UNKNOWN_SHARE!r} is missing: what a strength counts that nobody told"
        yield Problem(table.file, message, None, "cell")
    for cell in table.lines:
        if cell != UNKNOWN_SHARE and cell.rpartition(" ")[2] not in LEVEL_STAGES:
            near = did_you_mean(cell.rpartition(" ")[2], LEVEL_STAGES)
            message = f"{shorten(cell)} has no level.{near} Stages: {', '.join(LEVEL_STAGES)}"
            yield table.problem(cell, "cell", message)


def _check_some_weight(
    table: Table[WeightRow], sharers: Iterator[tuple[str, list[str]]]
) -> Iterator[Problem]:
    """Yield what has no weight at all to share out."""
    weights = {row.code: row.weight for row in table.records}
    for what, codes in sharers:
        mine = [weights.get(code, weights.get(EVERYTHING_ELSE)) for code in codes]
        if mine and not any(mine) and None not in mine:
            message = f"no {what} has a weight; give one of {', '.join(codes)} more than 0"
            yield Problem(table.file, message, None, "weight")


def _check_weights(table: Table[WeightRow], known: list[str]) -> Iterator[Problem]:
    yield from table.problems
    for code in table.lines:
        if code not in known and code != EVERYTHING_ELSE:
            message = f"{shorten(code)} is no factor or indicator.{did_you_mean(code, known)}"
            yield table.problem(code, "code", message)
    missing = [code for code in known if code not in table.lines]
    if missing and EVERYTHING_ELSE not in table.lines:
        message = f"no weight for {missing[0]}; add a line, or '*' for every code not listed"
        yield Problem(table.file, message, None, "code")

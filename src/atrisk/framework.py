"""Frameworks: what to look for, the scales to judge it on, and the judgements of the method.

A framework is a folder of data: ``framework.toml``, two tables of factors and indicators, weight
sets and grade tables. Nothing here scores anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from atrisk.errors import (
    DataError,
    Problem,
    RequestError,
    UnknownNameError,
    did_you_mean,
    require,
    shorten,
)
from atrisk.method import (
    EVERYTHING_ELSE,
    Branch,
    Branches,
    GradeRow,
    Method,
    Option,
    ResponseLevelRow,
    Share,
    WeightRow,
    WeightSet,
)
from atrisk.resources import Folder, list_bundled, open_folder
from atrisk.tables import Header, Identifier, Record, Table, Text, read_header, read_table

HEADER = "framework.toml"
Code = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="a code such as 7 or 7.14")]
Nature = Literal["structural", "dynamic", "trigger"]
Reliability = Annotated[Literal["A", "B", "C", "D", "E", "F"], Field(description="A to F")]
Credibility = Annotated[int, Field(ge=1, le=6, description="a whole number from 1 to 6")]


class RiskFactor(Record):
    """One risk factor of a framework."""

    code: Code
    title: Text
    scope: Text
    gloss: Text


class Indicator(Record):
    """One indicator of a risk factor."""

    factor: Code
    code: Code
    label: Text
    gloss: Text
    nature: Annotated[Nature, Field(description="structural, dynamic or trigger")]
    verified: Annotated[
        Literal["yes", "recalled"], Field(description="yes, or recalled (number and order doubted)")
    ]


class Crime(Header):
    """A crime and the factors that bear on it, in the framework's order."""

    code: Identifier
    label: Text
    factors: tuple[Code, ...]
    rationale: Text


class SeverityLevel(Header):
    """One step of the severity scale."""

    value: Annotated[int, Field(ge=0)]
    label: Text
    meaning: Text


class Band(Header):
    """A named stretch of the score, from ``lower`` up to the next band."""

    value: Annotated[int, Field(ge=0)]
    label: Text
    lower: Share
    rationale: Text


class FrameworkHeader(Header):
    """The content of ``framework.toml``."""

    id: Identifier
    title: Text
    source: Text
    licence: Text
    caveat: Text
    least_coverage: Share
    confidence_level: Share
    severity: tuple[SeverityLevel, ...]
    bands: tuple[Band, ...]
    crimes: tuple[Crime, ...]
    branches: Branches

    @model_validator(mode="after")
    def _scales_are_sound(self) -> Self:
        if [level.value for level in self.severity] != list(range(len(self.severity))):
            raise ValueError("severity: the levels must count up from 0, one by one")
        lowers = [band.lower for band in self.bands]
        if not lowers or lowers[0] != 0 or lowers != sorted(set(lowers)):
            raise ValueError("bands: the first must begin at 0 and each next one higher")
        return self


@dataclass(frozen=True, eq=False)
class Framework:
    """A framework: factors, indicators, scales, and the judgements of the method.

    Attributes:
        header: everything in ``framework.toml``.
        factors: risk factors by code, in order.
        indicators: indicators by code, in order.
        weight_sets: weight sets by id.
        grades: grade tables by the id of their option.
        response_levels: response level tables by the id of their option.
        folder: where it was read from.
    """

    header: FrameworkHeader
    factors: Mapping[str, RiskFactor]
    indicators: Mapping[str, Indicator]
    weight_sets: Mapping[str, WeightSet]
    grades: Mapping[str, Mapping[str, GradeRow]]
    response_levels: Mapping[str, Mapping[str, ResponseLevelRow]]
    folder: Folder

    @property
    def id(self) -> str:
        """The framework's id."""
        return self.header.id

    @property
    def crimes(self) -> tuple[Crime, ...]:
        """The crimes that it assesses."""
        return self.header.crimes

    @cached_property
    def members(self) -> Mapping[str, tuple[int, ...]]:
        """Positions of each factor's indicators among ``indicators``."""
        positions = {code: place for place, code in enumerate(self.indicators)}
        return {
            factor: tuple(positions[i.code] for i in self.indicators.values() if i.factor == factor)
            for factor in self.factors
        }

    @property
    def top_severity(self) -> int:
        """The highest level of the severity scale."""
        return self.header.severity[-1].value

    def band(self, score: float) -> Band:
        """Return the band that a score falls in; a boundary belongs to the upper band."""
        return [band for band in self.header.bands if score >= band.lower][-1]

    def choose(self, choices: Mapping[str, str] | None = None) -> Method:
        """Return a method: the defaults, with some branches chosen otherwise.

        Raises:
            UnknownNameError: no such branch, or no such option of it.

        Examples:
            >>> load_framework("un-foa-2014").choose({"weights": "equal"}).choices["weights"]
            'equal'
        """
        names = tuple(Branches.model_fields)
        for name in choices or {}:
            if name not in names:
                raise UnknownNameError("method branch", name, names)
        taken = {name: self._option(name, (choices or {}).get(name)) for name in names}
        ids = {name: option.id for name, option in taken.items()}
        settled = taken | {
            "grade": self.grades[ids["grade"]],
            "weights": self.weight_sets[ids["weights"]],
            "response_level": self.response_levels[ids["response_level"]],
        }
        return Method(choices=ids, **settled)  # type: ignore[arg-type]

    def settle(
        self, method: Method | Mapping[str, str] | None, weights: str | WeightSet | None
    ) -> Method:
        """Return a method from a method or some choices, and a weight set or its id.

        Raises:
            UnknownNameError: no such branch, option or weight set.
            RequestError: weights are given twice, or one's own lack a code.
        """
        if method is not None and not isinstance(method, Method):
            require(method, Mapping, "write options by branch, such as {'persistence': 'long'}")
        chosen = method if isinstance(method, Method) else self.choose(method)
        if weights is None:
            return chosen
        if isinstance(method, Mapping) and "weights" in method:
            raise RequestError("weights are given twice; give weights or method['weights']")
        if isinstance(weights, str):
            return self.choose({**chosen.choices, "weights": weights})
        missing = [c for c in (*self.factors, *self.indicators) if c not in weights.weights]
        if missing:
            raise RequestError(f"the weight set {weights.id!r} has no weight for {missing[0]}")
        return chosen.with_weights(weights)

    def _option(self, branch: str, choice: str | None) -> Option:
        found: Branch = getattr(self.header.branches, branch)
        options = {option.id: option for option in found.options}
        wanted = choice or found.default
        if wanted not in options:
            raise UnknownNameError(f"option of the branch '{branch}'", wanted, options)
        return options[wanted]

    def __repr__(self) -> str:
        return (
            f"Framework({self.id!r}: {len(self.factors)} factors, "
            f"{len(self.indicators)} indicators)"
        )


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
    def read(cls, folder: Folder) -> Self:
        header = read_header(folder, HEADER, FrameworkHeader)
        branches = header.branches
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
            yield from levels.problems
        for weights in self.weights.values():
            yield from _check_weights(weights, self.codes)

    def _check_members(self) -> Iterator[Problem]:
        for item in self.indicators.records:
            if item.factor not in self.factors.lines or item.code.partition(".")[0] != item.factor:
                message = f"indicator {item.code} does not belong to a factor {item.factor}"
                yield self.indicators.problem(item.code, "factor", message)
        for crime in self.header.crimes:
            for code in crime.factors:
                if code not in self.factors.lines:
                    message = f"factor {shorten(code)} of {crime.code} is not in factors.csv"
                    yield Problem(self.label, message, None, "crimes")


def load_framework(which: str | Path) -> Framework:
    """Load a bundled framework by id, or one's own from a folder.

    Args:
        which: a bundled id such as ``"un-foa-2014"``, or a ``Path`` to a folder with
            ``framework.toml``, ``factors.csv``, ``indicators.csv``, ``weights/`` and grade tables.

    Raises:
        UnknownNameError: no bundled framework has that id.
        DataError: its files have faults; all of them are listed.

    Examples:
        >>> load_framework("un-foa-2014").factors["9"].scope
        'genocide'
    """
    folder = open_folder(which, "framework", HEADER)
    files = _Files.read(folder)
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


def list_frameworks() -> tuple[str, ...]:
    """Return the ids of the bundled frameworks.

    Examples:
        >>> "un-foa-2014" in list_frameworks()
        True
    """
    return list_bundled("frameworks", HEADER)


def describe_unknown_indicator(framework: Framework, code: str) -> str:
    """Say what to type instead of an indicator code that does not exist.

    Examples:
        >>> describe_unknown_indicator(load_framework("un-foa-2014"), "7.15")
        "indicator '7.15' does not exist; the last of factor 7 is 7.14 (More inflammatory rhetoric,
        propaganda or hate speech)"
    """
    factor = code.partition(".")[0]
    siblings = [i for i in framework.indicators.values() if i.factor == factor]
    if siblings:
        hint = f"; the last of factor {factor} is {siblings[-1].code} ({siblings[-1].label})"
    else:
        hint = f"; its factors are {', '.join(framework.factors)}"
    return f"indicator {shorten(code)} does not exist{hint}"


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

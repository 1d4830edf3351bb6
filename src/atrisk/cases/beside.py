"""Beside a case: what is kept with it and never scored.

Readers' judgements of the months, outcomes from elsewhere, what rival systems said, and the
look-ups that found its texts. They are read only when asked for, by functions of their own, so that
no score can rest on them.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from atrisk.base.cells import (
    DateCell,
    Identifier,
    Items,
    MonthCell,
    OptionalDate,
    Record,
    Text,
)
from atrisk.base.errors import DataError, Problem, RequestError, require
from atrisk.base.folders import Folder
from atrisk.base.tables import Table, read_table
from atrisk.cases.case import Case
from atrisk.cases.checks import IS_FOLDER, SCENARIOS
from atrisk.cases.edits import check_changes
from atrisk.cases.ledger import LARGEST, Strength
from atrisk.cases.scenario import list_scenarios, load_scenario
from atrisk.cases.secrecy import conceal

R = TypeVar("R", bound=Record)


class Judgement(Record):
    """What one reader held of one month, before reading on: a level from 0 none to 4 extreme."""

    reader: Identifier
    month: MonthCell
    level: Annotated[int, Field(ge=0, le=4, description="a whole number from 0 to 4")]
    target: Text
    note: str = ""


class OutcomeFigure(Record):
    """What somebody else counted or dated: deaths of a month, an onset; with its vintage."""

    month: MonthCell
    measure: Identifier
    value: Strength
    low: Strength
    high: Strength
    source: Text
    vintage: DateCell


def _read_empty(cell: object) -> object:
    return None if cell == "" else cell


Number = Annotated[
    Annotated[float, Field(ge=-LARGEST, le=LARGEST)] | None,
    BeforeValidator(_read_empty),
    Field(description="a number, or nothing"),
]
Place = Annotated[
    Annotated[int, Field(ge=1)] | None,
    BeforeValidator(_read_empty),
    Field(description="a whole number from 1, or nothing"),
]


class RivalFigure(Record):
    """What another system said of some months: issued at the time, or computed later (backcast).

    ``value`` is on the system's own ``scale``, which says what it means; ``rank`` is among so many
    ``ranked`` countries, 1 the one at most risk. ``least`` and ``most`` are the ends of the scale.
    It is known from the day on which it was issued.
    """

    system: Identifier
    issued: DateCell
    kind: Annotated[Literal["issued", "backcast"], Field(description="issued or backcast")]
    start: MonthCell
    end: MonthCell
    value: Number
    rank: Place
    ranked: Place
    scale: Text
    source: Text
    note: str = ""
    least: Number = None
    most: Number = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.rank is None:
            raise ValueError("neither a value nor a rank is given; give one of them")
        if self.rank is not None and self.ranked is not None and self.rank > self.ranked:
            raise ValueError(f"rank {self.rank} is beyond the {self.ranked} that were ranked")
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}; swap them")
        if self.least is not None and self.most is not None:
            if self.least >= self.most:
                raise ValueError(f"least {self.least:g} is not below most {self.most:g}")
            if self.value is not None and not self.least <= self.value <= self.most:
                raise ValueError(f"{self.value:g} is not from {self.least:g} to {self.most:g}")
        return self

    @property
    def position(self) -> float | None:
        """Where it lies from 0, no risk, to 1, the most: by its rank, or else by its scale's ends.

        ``1 - (rank - 1) / (ranked - 1)`` or ``(value - least) / (most - least)``; None if neither
        is known.
        """
        if self.rank is not None and self.ranked is not None and self.ranked > 1:
            return 1 - (self.rank - 1) / (self.ranked - 1)
        if self.value is None or self.least is None or self.most is None:
            return None
        return (self.value - self.least) / (self.most - self.least)


class Lookup(Record):
    """One query that was asked to find texts, with what came of it."""

    number: Identifier
    on: DateCell
    corpus: Text
    query: Text
    results: Annotated[int, Field(ge=0, description="a whole number, 0 or more")]
    used: Items
    reader: str = ""
    read: OptionalDate = None


BESIDE: dict[str, tuple[type[Record], tuple[str, ...]]] = {
    "judgements": (Judgement, ("reader", "month", "target")),
    "outcomes": (OutcomeFigure, ("month", "measure", "source")),
    "rivals": (RivalFigure, ("system", "issued", "start")),
    "lookups": (Lookup, ("number",)),
}
Name = Literal["judgements", "outcomes", "rivals", "lookups"]


def load_judgements(case: Case) -> tuple[Judgement, ...]:
    """Return readers' judgements of a case's months; none if its folder has no such file.

    Raises:
        DataError: the file has faults; all of them are listed.
        RequestError: the case was not read from a folder.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> sorted({one.reader for one in load_judgements(load_case("car-2020-2021"))})
        ['reader-1', 'reader-2']
    """
    return _load(case, "judgements", Judgement)


def load_outcomes(case: Case) -> tuple[OutcomeFigure, ...]:
    """Return outcomes that stand beside a case, never in it; none if there is no such file.

    Raises:
        DataError: the file has faults; all of them are listed.
        RequestError: the case was not read from a folder.
    """
    return _load(case, "outcomes", OutcomeFigure)


def load_rivals(case: Case) -> tuple[RivalFigure, ...]:
    """Return what rival systems said of a case's months; none if there is no such file.

    Raises:
        DataError: the file has faults; all of them are listed.
        RequestError: the case was not read from a folder.

    Examples:
        CrisisWatch of the month before and of the month of the coup:

        >>> from atrisk.cases.loading import load_case
        >>> rivals = load_rivals(load_case("car-2012-2015"))
        >>> sorted({one.system for one in rivals})
        ['crisiswatch', 'ewp-statistical', 'r2p-monitor']
    """
    return _load(case, "rivals", RivalFigure)


def load_lookups(case: Case) -> tuple[Lookup, ...]:
    """Return the look-ups that found a case's texts; none if there is no such file.

    Raises:
        DataError: the file has faults; all of them are listed.
        RequestError: the case was not read from a folder.
    """
    return _load(case, "lookups", Lookup)


def check_beside(case: Case) -> list[Problem]:
    """Return every fault of the files beside a case."""
    if case.folder is None:
        return []
    return [fault for name in BESIDE for fault in _read(case, case.folder, name)[1]]


def check_scenarios(case: Case) -> list[Problem]:
    """Return every fault of the scenarios that a case ships with, alone and beside its rows."""
    faults: list[Problem] = []
    for name in list_scenarios(case):
        try:
            changes = load_scenario(name, case).changes
        except DataError as error:
            faults += error.problems
            continue
        file = case.folder.label(f"{SCENARIOS}/{name}.toml") if case.folder else name
        told = check_changes(case, changes, case.framework)
        faults += [Problem(file, text, None, f"changes.{key}".rstrip(".")) for key, text in told]
    return faults


def _load(case: Case, name: Name, model: type[R]) -> tuple[R, ...]:
    require(case, Case, "load it with load_case('car-2012-2015')")
    if case.folder is None:
        raise RequestError(f"{case.id} was made in memory, so nothing stands beside it")
    table, problems = _read(case, case.folder, name)
    if problems:
        raise DataError(problems)
    return tuple(record for record in table.records if isinstance(record, model))


def _read(case: Case, folder: Folder, name: str) -> tuple[Table[Record], list[Problem]]:
    """Return one file beside a case, and its faults."""
    file = f"{name}.csv"
    if file in folder.folders():
        return Table(folder.label(file)), [Problem(folder.label(file), IS_FOLDER)]
    if not folder.has(file):
        return Table(folder.label(file)), []
    model, key = BESIDE[name]
    table: Table[Record] = read_table(folder, file, model, None)
    faults = [*table.problems, *_check(case, table, key)]
    return table, conceal(faults, (table,), case.secrets)


def _check(case: Case, table: Table[Record], key: tuple[str, ...]) -> list[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    faults = []
    months = {str(month) for month in case.months}
    for line, row in table.rows:
        names = tuple(row[column] for column in key)
        if seen.setdefault(names, line) != line:
            message = f"{', '.join(names)} stands on line {seen[names]} already; keep one"
            faults.append(Problem(table.file, message, line, key[0]))
        if "month" in row and row["month"] not in months:
            message = f"{row['month']!r} is no month of the case"
            faults.append(Problem(table.file, message, line, "month"))
        if "system" in row and not (row["start"] <= max(months) and min(months) <= row["end"]):
            message = f"{row['start']} to {row['end']} touches no month of the case"
            faults.append(Problem(table.file, message, line, "start"))
        targets = ("overall", *(case.framework.crimes if case.framework else ()))
        if "target" in row and row["target"] not in targets:
            message = f"{row['target']!r} is not accepted; expected {', '.join(targets)}"
            faults.append(Problem(table.file, message, line, "target"))
        for name in filter(None, row.get("used", "").split(";")):
            if name.strip() not in case.source_by_id:
                message = f"{name!r} is not in sources.csv"
                faults.append(Problem(table.file, message, line, "used"))
    return faults

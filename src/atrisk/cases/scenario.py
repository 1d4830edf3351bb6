"""Scenarios: what a what-if may change of a case and its method, and the files that hold them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeGuard

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from atrisk.base.cells import Header, Identifier, Text
from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError, require
from atrisk.base.folders import Folder, is_hidden
from atrisk.base.tables import check_header, read_header
from atrisk.cases.case import Case
from atrisk.cases.checks import SCENARIOS
from atrisk.cases.evidence import Credibility, Reliability
from atrisk.cases.ledger import Amount, Stage
from atrisk.frameworks.limits import Times

Names = tuple[Identifier, ...]
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


def _check_rows(rows: object) -> object:
    if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(  # not quoted: of which source it is, nobody can say
            "hypothetical rows are tables of cells; begin each with a line such as "
            "[[changes.evidence]]"
        )
    return rows


Rows = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_check_rows), Field(repr=False)]
Audiences = tuple[Literal["public", "council", "internal"], ...]


class Drop(Header):
    """What is taken to be unknown: everything of a source or an audience, or single rows."""

    sources: Names = ()
    audiences: Audiences = ()
    evidence: Names = ()
    warnings: Names = ()


class Publish(Header):
    """What is taken to have been public from the day on which anybody knew it."""

    audiences: tuple[Literal["council", "internal"], ...] = ()
    evidence: Names = ()
    warnings: Names = ()


class Regrade(Header):
    """Another grade of a source's reliability, or of the credibility of rows of evidence."""

    source: Identifier | None = None
    evidence: Names = ()
    reliability: Reliability | None = None
    credibility: Credibility | None = None

    @model_validator(mode="after")
    def _says_what_and_how(self) -> Self:
        if (self.source is None) == (not self.evidence):
            raise ValueError("name either a source or evidence")
        if (self.reliability is None) == (self.source is not None):
            raise ValueError("a source has a reliability (A to F)")
        if (self.credibility is None) == bool(self.evidence):
            raise ValueError("evidence has a credibility (1 to 6)")
        return self


class ResponseChange(Header):
    """Another history of one response.

    ``stage`` and ``on`` shift all its dates so that that stage is on that date; ``dates`` sets
    single ones; ``cancel`` takes it away. ``delivered`` is what stood from the day on which it was
    deployed, and replaces the rows of ``deliveries.csv`` about its strength.
    """

    id: Identifier
    cancel: bool = False
    stage: Stage | None = None
    on: str | None = None
    dates: dict[Stage, str] = Field(default_factory=dict)
    promised: Amount | None = None
    delivered: Amount | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        other = (self.stage, self.dates, self.promised, self.delivered)
        if (self.stage is None) != (self.on is None):
            raise ValueError("stage and on belong together")
        if self.cancel == any(part not in (None, {}) for part in other):
            raise ValueError("cancel the response, or say what changes, not both")
        return self


class Changes(Header):
    """Everything that one scenario changes."""

    drop: Drop = Drop()
    publish: Publish = Publish()
    regrade: tuple[Regrade, ...] = ()
    response: tuple[ResponseChange, ...] = ()
    evidence: Rows = ()
    responses: Rows = ()
    deliveries: Rows = ()
    method: dict[str, Text] = Field(default_factory=dict)
    half_lives: Times | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return self == Changes()


class ScenarioHeader(Header):
    """The content of a scenario's file."""

    title: Text
    question: Text
    rationale: Text
    changes: Changes


@dataclass(frozen=True, eq=False)
class Scenario:
    """A what-if: its question, the reason for it, and what it changes.

    Attributes:
        id: the name of its file, or what tables call it.
        title: for people; the id if there is none.
        changes: ``Changes``, or a mapping of the same keys as a scenario's file has.

    Raises:
        DataError: the changes have faults; all of them are listed.
        RequestError: it changes nothing.

    Examples:
        >>> Scenario("unheard", changes={"drop": {"audiences": ["council"]}})
        Scenario(id='unheard', title='unheard')
    """

    id: str
    title: str = ""
    question: str = field(default="", repr=False)
    rationale: str = field(default="", repr=False)
    changes: Changes = field(default_factory=Changes, repr=False)

    def __post_init__(self) -> None:
        changes: object = self.changes
        if isinstance(changes, Mapping):
            changes = check_header(dict(changes), f"scenario {self.id!r}", Changes)
        require(changes, Changes, "write changes such as {'drop': {'sources': ['a-source']}}")
        object.__setattr__(self, "changes", changes)
        object.__setattr__(self, "title", self.title or self.id)
        if self.changes.is_empty:
            raise RequestError(f"the scenario {self.id!r} changes nothing; say what it changes")


def list_scenarios(case: Case) -> tuple[str, ...]:
    """Return the ids of the scenarios that a case ships with.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> len(list_scenarios(load_case("car-2012-2015"))) >= 6
        True
    """
    if case.crossed_from:  # they name rows and options of the framework it was coded to
        return ()
    names = case.folder.names(SCENARIOS) if case.folder else []
    return tuple(
        name.removesuffix(".toml")
        for name in names
        if name.endswith(".toml") and not is_hidden(name)
    )


def load_scenario(which: str | Path, case: Case) -> Scenario:
    """Load a scenario that a case ships with by its id, or one's own from a file.

    Raises:
        UnknownNameError: the case has no such scenario.
        RequestError: the path is no file, or the scenario changes nothing.
        DataError: the file has faults; all of them are listed.
    """
    if isinstance(which, Path):
        if not which.is_file():
            raise RequestError(f"{str(which)!r} is not a file; a scenario is a .toml file")
        folder, name = Folder(which.parent, which.parent.name or "."), which.name
    else:
        known = list_scenarios(case)
        if which not in known:
            hint = "To run your own, pass a path: Path('my-scenario.toml')."
            raise UnknownNameError("scenario", str(which), known, hint)
        assert case.folder is not None  # noqa: S101 - it has scenarios
        folder, name = case.folder, f"{SCENARIOS}/{which}.toml"
    header = read_header(folder, name, ScenarioHeader)
    if header.changes.is_empty:
        message = "the scenario changes nothing; add a table such as [changes.drop]"
        raise DataError([Problem(folder.label(name), message, None, "changes")])
    stem = Path(name).stem
    return Scenario(stem, header.title, header.question, header.rationale, header.changes)


def list_lost(case: Case, changes: Changes) -> Iterator[tuple[str, UnknownNameError]]:
    """Yield the key and the error of every name that the case, or the scenario, does not have."""
    drop, publish = changes.drop, changes.publish

    def list_known(table: str) -> list[str]:
        """Return the ids of a table's rows, hypothetical ones among them."""
        added = getattr(changes, table, ())
        return [row.label for row in case.tables[table]] + [str(row.get("id", "")) for row in added]

    named: list[tuple[str, str, Iterable[str], str]] = [
        ("drop.sources", "source", drop.sources, "sources"),
        ("drop.evidence", "evidence", drop.evidence, "evidence"),
        ("drop.warnings", "warning", drop.warnings, "warnings"),
        ("publish.evidence", "evidence", publish.evidence, "evidence"),
        ("publish.warnings", "warning", publish.warnings, "warnings"),
        ("response", "response", [one.id for one in changes.response], "responses"),
    ]
    for kind in ("evidence", "responses", "deliveries"):
        rows = getattr(changes, kind)
        named.append((f"{kind}.source", "source", _list_ids(rows, "source"), "sources"))
    moved = _list_ids(changes.deliveries, "response")
    named.append(("deliveries.response", "response", moved, "responses"))
    for one in changes.regrade:
        source = [one.source] if one.source is not None else []
        named.append(("regrade.source", "source", source, "sources"))
        named.append(("regrade.evidence", "evidence", one.evidence, "evidence"))
    for key, kind, names, table in named:
        if wanted := dict.fromkeys(names):
            have = list_known(table)
            lost = wanted.keys() - set(have)
            yield from ((key, UnknownNameError(kind, one, have)) for one in wanted if one in lost)


def _list_ids(rows: Rows, column: str) -> list[str]:
    """Return the ids in a column of hypothetical rows.

    What is none may be words of a secret row: it is refused where the row is read, unquoted.
    """
    return [cell for row in rows if _is_id(cell := row.get(column))]


def _is_id(cell: object) -> TypeGuard[str]:
    try:
        _IDENTIFIER.validate_python(cell)
    except ValidationError:
        return False
    return True

"""Cases: a country over some months, its sources and its evidence, checked as a whole."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from atrisk.base.cells import write_cells
from atrisk.base.dates import Month, list_months
from atrisk.base.errors import DataError, Problem
from atrisk.base.files import write_folder
from atrisk.base.folders import Folder
from atrisk.base.output import tell_count
from atrisk.base.tables import write_table
from atrisk.cases.checks import describe_codes
from atrisk.cases.evidence import Cited, Evidence, Search, Source
from atrisk.cases.ledger import Action, Activation, Delivery, EarlyWarning, Need, Response
from atrisk.cases.secrecy import Guarded, Secrets, find_secrets
from atrisk.cases.tables import (
    HEADER,
    NEEDED,
    TABLES,
    CaseHeader,
    check_records,
    describe_other_framework,
    read_frames,
)
from atrisk.frameworks.framework import Framework


@dataclass(frozen=True, eq=False)
class Case:
    """A case, checked as a whole when it is made, whether from files, frames or by an edit.

    Attributes:
        header: everything in ``case.toml``.
        sources: the documents.
        evidence: the coded facts.
        searches: what was looked for and not found.
        warnings, responses, deliveries: the two ledgers, and strengths that change over time.
        needs: what was said to be needed to protect people.
        actions, activations: what the organisation itself agreed to do early, and what it did.
        framework: the one that its codes were checked against; None if it is not at hand.
        folder: where it was read from; None for one that was made.
        crossed_from: id of the framework that it was coded to, if it was carried over to another.
        layout: columns of each table in the order of its file, by the table's name.

    Raises:
        DataError: rows have faults, alone or beside others; all of them are listed.
    """

    header: CaseHeader
    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]
    searches: tuple[Search, ...] = ()
    warnings: tuple[EarlyWarning, ...] = ()
    responses: tuple[Response, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    needs: tuple[Need, ...] = ()
    actions: tuple[Action, ...] = ()
    activations: tuple[Activation, ...] = ()
    framework: Framework | None = None
    folder: Folder | None = None
    crossed_from: str = ""
    layout: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    checked: InitVar[bool] = False  # by whoever read the files, or took rows away from a case

    def __post_init__(self, checked: bool) -> None:
        for name in TABLES:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if any(source.confidential for source in self.sources):
            for name in TABLES:
                object.__setattr__(self, name, self.secrets.seal(getattr(self, name)))
        if not checked:
            problems = list(check_records(self.header, self.tables, self.framework))
            if problems:
                raise DataError(problems)

    @classmethod
    def from_frames(
        cls,
        header: CaseHeader | Mapping[str, object],
        *,
        framework: Framework | None = None,
        **tables: object,
    ) -> Self:
        """Make a case from data frames, or from rows by column.

        Args:
            header: what ``case.toml`` holds, by key: id, title, country, start, end, framework,
                licence and caveat.
            framework: whose codes the evidence must use; None for the one that the header names, if
                it is bundled.
            tables: ``sources`` and ``evidence``, and any of ``searches``, ``warnings``,
                ``responses``, ``deliveries``, ``needs``, ``actions`` and ``activations``: each a
                pandas data frame, or a list of rows by column. Columns are those of the files
                (docs/data-format.md). A cell may be text, a number, a date or timestamp, a list;
                None, NaN and NaT are empty cells.

        Raises:
            DataError: rows have faults; all of them are listed, the first row of a table being line
                2, as in its file.
            RequestError: a table of another name, or what is no table.

        Examples:
            >>> made = Case.from_frames(
            ...     dict(id="mini", title="A toy", country="CAF", start="2020-01", end="2020-02",
            ...          framework="un-foa-2014", licence="CC-BY-4.0", caveat="A toy."),
            ...     sources=[dict(id="diary", title="A diary", publisher="A witness", kind="diary",
            ...                   published="2020-02", reliability="A", sha256="")],
            ...     evidence=[dict(id="shots", source="diary", locator="p. 1", end="", known="",
            ...                    quote="the first shots fell", start="2020-01-10", claim="",
            ...                    audience="public", indicators="11.1", direction="aggravating",
            ...                    severity=3, credibility=1, actors="", population="", place="",
            ...                    summary="Soldiers shot at villagers.")],
            ... )
            >>> made
            Case('mini': 2020-01 to 2020-02, 1 row of evidence from 1 source)
        """
        return cls(**read_frames(header, framework, tables))

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the case as a folder that ``load_case`` reads as the same case.

        Args:
            path: the folder.
            overwrite: whether the tables of a case that is there are replaced, one by one;
                scenarios, notes and other coders' rows there stay as they are.

        Returns:
            The folder, made whole or not at all.

        Raises:
            RequestError: it exists, or cannot be made.
        """
        return write_folder(Path(path), write_files(self), overwrite=overwrite)

    @property
    def id(self) -> str:
        """The case's id."""
        return self.header.id

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month of the case."""
        return list_months(self.header.start, self.header.end)

    @cached_property
    def source_by_id(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def secrets(self) -> Secrets:
        """How confidential each of its sources is."""
        return find_secrets(self.sources)

    def source_of(self, item: Evidence | Search) -> Source | None:
        """Return the source of an item; None for a search that no source tells of."""
        return self.source_by_id.get(item.source)

    @cached_property
    def in_order(self) -> Self:
        """The same case with the rows of each table by id, so that a file's order decides nothing.

        Whatever is drawn, counted or named goes through it; what shows or writes the record keeps
        the order of the files.
        """
        tables: dict[str, Any] = {
            name: tuple(sorted(rows, key=_identify)) for name, rows in self.tables.items()
        }
        return self if tables == self.tables else replace(self, **tables, checked=True)

    @property
    def items(self) -> tuple[Evidence | Search, ...]:
        """Everything that bears on an indicator: evidence, then searches."""
        return (*self.evidence, *self.searches)

    @property
    def cited(self) -> tuple[Cited, ...]:
        """Every row that has an anchor in a source."""
        return (*self.evidence, *self.warnings, *self.responses, *self.deliveries, *self.needs)

    @property
    def guarded(self) -> tuple[Guarded, ...]:
        """Every row of every table, each as confidential as itself and its source."""
        return tuple(row for rows in self.tables.values() for row in rows)

    @cached_property
    def tables(self) -> Mapping[str, tuple[Guarded, ...]]:
        """Rows of each table, by its name."""
        return {name: getattr(self, name) for name in TABLES}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the records hold, whatever the order of a table's rows.

        It tells what was scored, whether it was read from a folder or edited since.
        """
        import hashlib
        import json

        total = hashlib.sha256(self.header.write().encode())
        for name, rows in ((n, r) for n, r in self.tables.items() if r):
            lines = sorted(json.dumps(write_cells(row), sort_keys=True) for row in rows)
            total.update("\n".join([f"\0{name}", *lines]).encode())
        return total.hexdigest()

    def __repr__(self) -> str:
        ledgers = (
            f", {tell_count(len(self.warnings), 'warning')}, "
            f"{tell_count(len(self.responses), 'response')}, "
            f"{tell_count(len(self.deliveries), 'delivery', 'deliveries')}"
        )
        rows = tell_count(len(self.evidence), "row of evidence", "rows of evidence")
        return (
            f"Case({self.id!r}: {self.header.start} to {self.header.end}, "
            f"{rows} from {tell_count(len(self.sources), 'source')}"
            f"{ledgers if self.warnings or self.responses else ''})"
        )


def _identify(row: Guarded) -> tuple[str, ...]:
    """Return what tells a row from all others of its table: its id, or all its cells."""
    name = getattr(row, "id", None)
    return (name,) if name else tuple(map(str, write_cells(row).values()))


def write_files(case: Case) -> dict[str, str]:
    """Return the texts of a case's files, by name; an empty table that is not needed has none."""
    texts = {HEADER: case.header.write()}
    for name, rows in case.tables.items():
        if rows or name in NEEDED:
            texts[f"{name}.csv"] = write_table(TABLES[name], rows, case.layout.get(name, ()))
    return texts


def check_codes(case: Case, framework: Framework) -> None:
    """Refuse a case coded to another framework, or to codes that this one does not have.

    Raises:
        DataError: naming every row and code.
    """
    if case.header.framework != framework.id:
        message = describe_other_framework(case.header.framework, framework)
        raise DataError([Problem(f"{case.id}/{HEADER}", message, None, "framework")])
    file = f"{case.id}/evidence.csv"
    faults = [fault for item in case.items for fault in describe_codes(item, framework)]
    if faults:
        raise DataError([Problem(file, fault, None, "indicators") for fault in faults])

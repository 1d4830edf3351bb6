"""Crosswalks: evidence coded to one framework, carried over to the indicators of another.

A crosswalk is data: ``crosswalks/<id>.csv`` in the folder of the framework that is crossed to, one
line for each indicator of the one that the case was coded to. What has no counterpart stays behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from atrisk.base.cells import Items, Record, Text
from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError, require, shorten
from atrisk.base.rows import Result, Row
from atrisk.base.tables import Table, read_table
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, GradedCode
from atrisk.frameworks.framework import Framework, describe_unknown_indicator
from atrisk.frameworks.header import Code
from atrisk.frameworks.loading import list_frameworks, load_framework

FOLDER = "crosswalks"


class Counterpart(Record):
    """What one indicator of another framework stands for in this one, and why."""

    code: Code
    counterparts: Items
    rationale: Text


@dataclass(frozen=True, eq=False)
class Crosswalk(Result):
    """From the indicators of one framework to those of another.

    Attributes:
        coded: id of the framework that evidence was coded to.
        framework: the one that it is carried over to.
        rows: by code of the first, in the file's order.
    """

    coded: str
    framework: Framework
    rows: Mapping[str, Counterpart] = field(repr=False)

    def carry(self, item: Evidence) -> Evidence | None:
        """Return evidence under the counterparts of its indicators; None if it has none."""
        gravest: dict[str, int] = {}
        for code in (code for code in item.indicators if code in self.rows):
            for other in self.rows[code].counterparts:
                gravest[other] = max(gravest.get(other, 0), item.severity_of(code))
        found = tuple(
            code if severity == item.severity else GradedCode(code, severity)
            for code, severity in gravest.items()
        )
        return item.model_copy(update={"indicators": found}) if found else None

    def to_rows(self, case: Case | None = None) -> list[Row]:
        """Return a row for each indicator; of a case, with the rows of evidence that bear on it."""
        items = case.evidence if case else ()
        return [
            {
                "from": row.code,
                "to": ";".join(row.counterparts),
                "meaning": "; ".join(
                    self.framework.indicators[code].label for code in row.counterparts
                ),
            }
            | ({"evidence": sum(row.code in i.indicators for i in items)} if case else {})
            | {"rationale": row.rationale}
            for row in self.rows.values()
        ]

    def __repr__(self) -> str:
        carried = sum(bool(row.counterparts) for row in self.rows.values())
        reached = {code for row in self.rows.values() for code in row.counterparts}
        return (
            f"Crosswalk({self.coded!r} to {self.framework.id!r}: {carried} of {len(self.rows)} "
            f"indicators have a counterpart; {len(reached)} of {len(self.framework.indicators)} "
            "are reached)"
        )


def load_crosswalk(framework: Framework, coded: str) -> Crosswalk:
    """Load a framework's crosswalk from another one.

    Args:
        framework: the one to carry evidence over to.
        coded: id of the framework that evidence was coded to, such as ``"un-foa-2014"``.

    Raises:
        UnknownNameError: the framework has no crosswalk from that one.
        DataError: its file has faults; if the other framework is bundled, one of them may be an
            indicator that has no line.

    Examples:
        >>> load_crosswalk(load_framework("ten-stages"), "un-foa-2014")
        Crosswalk('un-foa-2014' to 'ten-stages': 58 of 141 indicators have a counterpart; 25 of 27
        are reached)
    """
    require(framework, Framework, "load it with load_framework('ten-stages')")
    name = f"{FOLDER}/{coded}.csv"
    known = [file.removesuffix(".csv") for file in framework.folder.names(FOLDER)]
    if coded not in known:
        hint = f"A crosswalk is a file: {framework.folder.label(name)}"
        raise UnknownNameError(f"crosswalk to {framework.id}", coded, known, hint)
    table = read_table(framework.folder, name, Counterpart, key="code")
    problems = [*table.problems, *_check(table, framework, coded)]
    if problems:
        raise DataError(problems)
    return Crosswalk(coded, framework, {row.code: row for row in table.records})


def cross_case(case: Case, framework: Framework) -> Case:
    """Carry a case over to another framework by its crosswalk.

    Each row of evidence keeps its dates, grade and severity and takes the counterparts of its
    indicators; a row that has none is left out, and so are all searches, because not to find one
    indicator does not mean that its counterpart is absent. The case's caveat then says how many
    rows were carried over. Warnings and responses stay as they are, and so do early actions, but
    for those that wait for a tier that the other framework lacks; scenarios and other coders' rows,
    which name what may have stayed behind, are not carried over.

    Args:
        case: coded to another framework.
        framework: with ``crosswalks/<framework of the case>.csv``.

    Raises:
        RequestError: the case is coded to that framework already, or nothing can be carried over.
        UnknownNameError: the framework has no crosswalk from the case's own.
        DataError: the crosswalk has faults.

    Examples:
        >>> import atrisk
        >>> stages = atrisk.load_framework("ten-stages")
        >>> case = cross_case(atrisk.load_case("car-2012-2015"), stages)
        >>> assessment = atrisk.assess(case, stages)
        >>> len(assessment.factor_codes), list(assessment.crimes)
        (10, ['genocide'])
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(framework, Framework, "load it with load_framework('ten-stages')")
    coded = case.header.framework
    if coded == framework.id:
        raise RequestError(f"{case.id} is coded to {coded} already; assess it as it is")
    crosswalk = load_crosswalk(framework, coded)
    carried = tuple(filter(None, (crosswalk.carry(item) for item in case.evidence)))
    if not carried:
        raise RequestError(
            f"no evidence of {case.id} has a counterpart in {framework.id}; code it anew"
        )
    note = (
        f"Coded to {coded} and carried over to {framework.id}: {len(carried)} of "
        f"{len(case.evidence)} rows have a counterpart, with the severity they had there."
    )
    actions = tuple(one for one in case.actions if one.tier in framework.tiers)
    kept = {one.id for one in actions}
    if lost := len(case.actions) - len(actions):
        note += f" {lost} of {len(case.actions)} early actions wait for a tier that it lacks."
    header = case.header.model_copy(
        update={"framework": framework.id, "caveat": f"{case.header.caveat} {note}"}
    )
    return replace(
        case,
        header=header,
        evidence=carried,
        searches=(),
        actions=actions,
        activations=tuple(one for one in case.activations if one.action in kept),
        framework=framework,
        crossed_from=coded,
    )


def _check(table: Table[Counterpart], framework: Framework, coded: str) -> Iterator[Problem]:
    for row in table.records:
        for code in row.counterparts:
            if code not in framework.indicators:
                message = describe_unknown_indicator(framework, code)
                yield table.problem(row.code, "counterparts", message)
    if coded not in list_frameworks() or not table.lines:
        return
    known = load_framework(coded).indicators
    for code in table.lines:
        if code not in known:
            yield table.problem(code, "code", f"{shorten(code)} is no indicator of {coded}")
    for code in known:
        if code not in table.lines:
            message = f"{code} of {coded} has no line; add it, without counterparts if it has none"
            yield Problem(table.file, message, None, "code")

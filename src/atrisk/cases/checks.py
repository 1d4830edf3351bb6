"""Checks across the rows and files of a case, on the cells as they were written.

They read raw cells, so that a row with another fault is checked all the same and an author sees
every fault of a file at once. What cannot be parsed is told where it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from atrisk.base.cells import LIST_LIMIT, WITHHELD
from atrisk.base.dates import LONGEST, ImpreciseDate
from atrisk.base.errors import Problem, Speller, did_you_mean, shorten
from atrisk.base.folders import Folder, is_hidden
from atrisk.base.tables import Table
from atrisk.cases.evidence import Evidence, Search, Source, describe_anchor
from atrisk.cases.ledger import (
    STAGES,
    STEPS,
    Action,
    Activation,
    Delivery,
    EarlyWarning,
    Need,
    Response,
)
from atrisk.frameworks.framework import Framework, describe_unknown_indicator

Row = dict[str, str]
CASE_FILES = (
    "case.toml", "sources.csv", "evidence.csv", "searches.csv", "warnings.csv", "responses.csv",
    "deliveries.csv", "needs.csv", "actions.csv", "activations.csv",
    "judgements.csv", "outcomes.csv", "rivals.csv", "lookups.csv",
    "adjudication.csv",
)  # fmt: skip
READ_WITH_IT = CASE_FILES[:10]  # by whoever loads a case
OWN_WORDS = ("factions.csv", "sanctions.csv", "transactions.csv")  # near actions.csv, and no slip
IS_FOLDER = "this is a folder; a case reads a file of this name"
TOLD = 20  # faults of one cell that are told one by one
DIRECTIONS = ("aggravating", "mitigating")
SCENARIOS = "scenarios"  # the folder of a case's what-ifs
READ = (".csv", ".toml")  # how what is read ends
OTHERS = (".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods")  # how other programs save a table
FAR = LONGEST // 12  # years from a case's months; a date beyond them is a slip of the hand
LEDGERS = ("warnings", "responses", "deliveries", "needs")
DATED = {
    "sources": ("published",),
    "warnings": ("date",),
    "responses": STAGES,
    "deliveries": ("date",),
    "needs": ("date",),
    "actions": ("agreed",),
    "activations": ("triggered", *STEPS),
}
CODER_FILE = r"evidence\.([a-z0-9][a-z0-9_-]*)\.csv"  # another coder's rows
AnyTable = (
    Table[Source] | Table[Evidence] | Table[Search]
    | Table[EarlyWarning] | Table[Response] | Table[Delivery] | Table[Need]
    | Table[Action] | Table[Activation]
)  # fmt: skip


def check_evidence(
    table: Table[Evidence] | Table[Search], sources: Table[Source], framework: Framework | None
) -> Iterator[Problem]:
    """Yield the faults of evidence, or of searches, that show only beside other cells and files."""
    published = {row["id"]: _date(row, "published") for _, row in sources.rows}
    yield from _check_references(table, "source", sources)
    for line, row in table.rows:
        if framework:
            yield from _check_indicators(table.file, line, row, framework)
            yield from _check_severities(table.file, line, row, framework)
        if not row["source"] and not row["known"]:
            message = "a search without a source needs the day up to which was read"
            yield Problem(table.file, message, line, "known")
        for column, message in _check_dates(row, published.get(row["source"])):
            yield Problem(table.file, message, line, column)
    yield from _check_claims(table)


def check_needs(needs: AnyTable, sources: Table[Source]) -> Iterator[Problem]:
    """Yield the faults of needs that show only beside other cells and files."""
    yield from _check_references(needs, "source", sources)
    yield from _check_closed(needs)


def check_quotes(table: AnyTable, sources: Table[Source]) -> Iterator[Problem]:
    """Yield anchors that are missing, or that stand where the source may not be quoted."""
    silent = {row["id"] for _, row in sources.rows if row.get("quotable") == "no"}
    quotable = set(sources.lines) - silent
    for line, row in table.rows:
        if row["source"] in silent and row["quote"]:
            message = "its source is not quotable; leave the cell empty, the locator says where"
            yield Problem(table.file, message, line, "quote")
        if row["source"] in quotable and not row["quote"]:
            hint = "; or write quotable = no for its source"
            yield Problem(table.file, describe_anchor(0) + hint, line, "quote")


def _check_closed(table: AnyTable, column: str = "date") -> Iterator[Problem]:
    for line, row in table.rows:
        if ".." in row[column]:
            message = f"{row[column]!r} is open; write an interval with two ends, as 2013/2014"
            yield Problem(table.file, message, line, column)


def check_actions(actions: Table[Action], framework: Framework | None) -> Iterator[Problem]:
    """Yield the faults of actions that show only beside other cells and the framework's tiers."""
    tiers = framework.tiers if framework else ()
    for line, row in actions.rows:
        if tiers and row["tier"] and row["tier"] not in tiers:
            near = did_you_mean(row["tier"], tiers)
            message = f"{shorten(row['tier'])} is no tier.{near} Expected {', '.join(tiers)}"
            yield Problem(actions.file, message, line, "tier")
        if bool(row["money"]) != bool(row["currency"]):
            has, lacks = ("money", "currency") if row["money"] else ("currency", "money")
            message = f"{has} is given and {lacks} is not; write both, as 50000 and EUR, or neither"
            yield Problem(actions.file, message, line, lacks)
        if row["phase"] == "activation" and not row["stop_rule"]:
            message = "an activation needs a stop rule: when is it called off, and by whom?"
            yield Problem(actions.file, message, line, "stop_rule")
        if ".." in row.get("agreed", ""):
            message = f"{row['agreed']!r} is open; leave it empty if it was agreed before the case"
            yield Problem(actions.file, message, line, "agreed")


def check_activations(activations: Table[Activation], actions: Table[Action]) -> Iterator[Problem]:
    """Yield the faults of activations that show only beside other cells and their actions."""
    yield from _check_references(activations, "action", actions)
    yield from _check_closed(activations, "triggered")
    for line, row in activations.rows:
        for column, message in _check_steps(row):
            yield Problem(activations.file, message, line, column)


def _check_steps(row: Row) -> Iterator[tuple[str, str]]:
    """Yield column and message for each fault of the steps of an activation."""
    if row["completed"] and row["stopped"]:
        yield "stopped", "it is completed and stopped, and an action ends once; keep one of the two"
    dates = {name: _date(row, name) for name in ("triggered", *STEPS)}
    reached = {name: when for name, when in dates.items() if when}
    for name, when in reached.items():
        if when.is_ongoing and name != "triggered":
            yield name, "'..' says nothing about a step; leave it empty if it was not reached"
    ordered = [(name, when) for name, when in reached.items() if not when.is_ongoing]
    for (name, when), (later, then) in pairwise(ordered):
        if _before(then.latest or then.earliest, when.earliest or when.latest):
            yield later, f"{then} is before {name} ({when}); steps follow one another"


def check_ledgers(
    warnings: Table[EarlyWarning],
    responses: Table[Response],
    deliveries: Table[Delivery],
    sources: Table[Source],
) -> Iterator[Problem]:
    """Yield the faults of the ledgers that show only beside other cells and files."""
    yield from _check_references(warnings, "source", sources)
    yield from _check_references(responses, "source", sources)
    yield from _check_references(deliveries, "source", sources)
    yield from _check_references(responses, "answers", warnings)
    yield from _check_references(deliveries, "response", responses)
    yield from _check_closed(warnings)
    yield from _check_closed(deliveries)
    yield from _check_twins(deliveries)
    given = {row["id"]: _date(row, "date") for _, row in warnings.rows}
    for line, row in responses.rows:
        reached = [when for stage in STAGES if (when := _date(row, stage))]
        last = max((when.latest for when in reached if when.latest), default=None)
        for name in split_items(row["answers"]):
            warned = given.get(name)
            if _before(last, warned.earliest if warned else None):
                message = f"{name!r} was given on {warned}, after all that this response did"
                yield Problem(responses.file, message, line, "answers")
    for line, row in responses.rows:
        for column, message in check_stages(row):
            yield Problem(responses.file, message, line, column)


def check_times(tables: Mapping[str, Table[Any]], first: date, last: date) -> Iterator[Problem]:
    """Yield dates a century from the case, and what ledgers date after their source came out."""
    published = {row["id"]: _date(row, "published") for _, row in tables["sources"].rows}
    early, late = _move(first, -FAR), _move(last, FAR)
    for name, columns in DATED.items():
        for line, row in tables[name].rows:
            dates = {column: when for column in columns if (when := _date(row, column))}
            for column, when in dates.items():
                if _before(when.latest, early) or _before(late, when.earliest):
                    message = f"{row[column]!r} is over {FAR} years from the case's months"
                    yield Problem(tables[name].file, f"{message}; correct it", line, column)
            out = published.get(row["source"]) if name in LEDGERS else None
            if dates and out:
                yield from _check_told(tables[name].file, line, dates, out)


def _check_told(
    file: str, line: int, dates: Mapping[str, ImpreciseDate], out: ImpreciseDate
) -> Iterator[Problem]:
    """Yield the first date of a row of a ledger, if it is after the source that tells of it."""
    column, when = min(dates.items(), key=lambda one: one[1].earliest or date.min)
    if _before(out.latest, when.earliest):
        message = f"{when} is after its source was published ({out}), so it cannot report it"
        yield Problem(file, f"{message}; correct one of the two", line, column)


def _move(day: date, years: int) -> date:
    """Return the first day of a day's month some years off, within the calendar."""
    return date(min(max(day.year + years, date.min.year), date.max.year), day.month, 1)


def check_names(folder: Folder) -> Iterator[Problem]:
    """Yield what a folder calls nearly as a case calls what it reads, and so is not read."""
    names = [name for name in folder.names() if not is_hidden(name)]
    for name in names:
        read = name in (*CASE_FILES, *OWN_WORDS) or re.fullmatch(CODER_FILE, name)
        hint = ""
        if not read and name.lower().endswith(READ):
            hint = did_you_mean(name.lower(), CASE_FILES, cutoff=0.8)
        elif name.lower().endswith(OTHERS):
            stem = name.lower().partition(".")[0]
            same = [file for file in CASE_FILES if file.partition(".")[0] == stem]
            # Beside the file that is read it is a copy.
            hint = f" Did you mean {same[0]!r}?" if same and same[0] not in names else ""
        if hint:
            yield Problem(folder.label(name), f"no file of this name is read.{hint}")
    for name in folder.folders():
        if name in READ_WITH_IT:
            yield Problem(folder.label(name), IS_FOLDER)
        elif name != SCENARIOS and (hint := did_you_mean(name.lower(), [SCENARIOS], cutoff=0.8)):
            yield Problem(folder.label(name), f"no folder of this name is read.{hint}")
    for name in folder.names(SCENARIOS):
        if ".toml" in name.lower() and not name.endswith(".toml") and not is_hidden(name):
            message = "no file of this name is read; a scenario's name ends in .toml"
            yield Problem(folder.label(f"{SCENARIOS}/{name}"), message)


def describe_codes(item: Evidence | Search, framework: Framework) -> list[str]:
    """Say which of an item's indicators a framework does not have."""
    unknown = [code for code in item.indicators if code not in framework.indicators]
    shown = [WITHHELD if item.confidential else code for code in unknown]
    faults = [describe_unknown_indicator(framework, code) for code in shown]
    told = {item.severity_of(code) for code in item.indicators}
    faults += [_describe_severity(framework, one) for one in told if one > framework.top_severity]
    return [f"row {item.id}: {fault}" for fault in faults]


def _describe_severity(framework: Framework, severity: int) -> str:
    last = framework.header.severity[-1]
    return (
        f"severity {severity} is beyond the scale of {framework.id}, which ends with {last.value} "
        f"({last.label})"
    )


def _check_references(table: AnyTable, column: str, target: AnyTable) -> Iterator[Problem]:
    """Yield the names in a column that no row of the other table has; a lost table is told once."""
    if target.problems and not target.lines:
        return
    speller = Speller(target.lines)
    for line, row in table.rows:
        lost = [name for name in split_items(row[column]) if name not in target.lines]
        for name in lost[:TOLD]:
            near = speller.hint(name)
            message = f"{shorten(name)} is not in {target.file.rpartition('/')[2]}.{near}"
            yield Problem(table.file, message, line, column)
        yield from _count_more(table.file, line, len(lost) - TOLD)


def _count_more(file: str, line: int, more: int) -> Iterator[Problem]:
    """Yield what stands for the faults of one cell beyond those that are told."""
    if more > 0:
        yield Problem(file, f"and {more:,} more in this cell", line, more=more)


def split_items(cell: str) -> list[str]:
    """Return the items of a cell that lists some; none if it has more than a cell may list."""
    if cell.count(";") >= LIST_LIMIT:  # its reader says so
        return []
    return [item for part in cell.split(";") if (item := part.strip())]


def _check_indicators(file: str, line: int, row: Row, framework: Framework) -> Iterator[Problem]:
    codes = [item.partition("=")[0].strip() for item in split_items(row["indicators"])]
    if not any(codes) and row["indicators"].count(";") < LIST_LIMIT:
        yield Problem(file, "no indicator; name at least one, such as 7.14", line, "indicators")
    unknown = [code for code in codes if code and code not in framework.indicators]
    yield from _count_more(file, line, len(unknown) - TOLD)
    for code in unknown[:TOLD]:
        message = describe_unknown_indicator(framework, code)
        if "," in code:
            message += "; separate several codes with ';'"
        yield Problem(file, message, line, "indicators")


def _check_severities(file: str, line: int, row: Row, framework: Framework) -> Iterator[Problem]:
    cells = [("severity", row.get("severity", ""))]
    cells += [("indicators", code.partition("=")[2]) for code in row["indicators"].split(";")]
    for column, cell in cells:
        told = int(cell) if cell.strip() in ("1", "2", "3", "4") else 0  # others are told elsewhere
        if told > framework.top_severity:
            yield Problem(file, _describe_severity(framework, told), line, column)


def _check_dates(row: Row, published: ImpreciseDate | None) -> Iterator[tuple[str, str]]:
    start, end, known = (_date(row, column) for column in ("start", "end", "known"))
    if start and start.is_ongoing:
        yield "start", "'..' says nothing about the start; write its latest day, as ../2011"
    begins = start.earliest if start else None
    if begins and _before(end.latest if end else None, begins):
        yield "end", f"{row['end']!r} is before the start {start}; swap them"
    if known and known.latest is None:
        yield "known", f"{row['known']!r} has no last day; leave the cell empty if it is unknown"
    announced = row.get("announced") == "yes"
    if begins and not announced and _before(known.latest if known else None, begins):
        yield "known", f"{known} is before the thing began ({start}); nobody knew it then"
    out = published.latest if published else None
    if begins and not announced and _before(out, begins):
        hint = "; write announced = yes for what was announced for later"
        yield "start", f"{start} is after its source was published ({published}){hint}"
    if known and known.earliest and _before(out, known.earliest):
        yield (
            "known",
            (
                f"{known} is after its source was published ({published}); "
                "known is the first date on record"
            ),
        )


def _check_claims(table: Table[Evidence] | Table[Search]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for line, row in table.rows:
        claim, direction = row.get("claim"), row.get("direction")
        if direction not in DIRECTIONS:
            continue  # it is told where it stands, and may be anything
        other = first.setdefault(claim, row) if claim else row
        if other.get("direction") != direction:
            message = (
                f"claim {claim!r} is {other.get('direction')} in {other['id']}; "
                "one fact has one direction, so use two claims"
            )
            yield Problem(table.file, message, line, "claim")


def _check_twins(table: Table[Delivery]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in table.rows:
        key = (row["response"], row["date"], row["unit"].casefold())
        if seen.setdefault(key, line) != line:
            message = f"the same response, date and unit stand on line {seen[key]}; keep one"
            yield Problem(table.file, message, line, "date")


def check_stages(row: Row) -> Iterator[tuple[str, str]]:
    """Yield column and message for each fault of a response's stages and strengths."""
    reached = {name: when for name in STAGES if (when := _date(row, name))}
    if not any(row.get(name) for name in STAGES):
        yield "proposed", "no stage was reached; give the date of at least one, such as decided"
    for name, when in reached.items():
        if when.is_ongoing:
            yield name, "'..' says nothing about a stage; leave it empty if it was not reached"
    # Money may come before or after the troops, so it stands outside the order.
    ordered = [(n, w) for n, w in reached.items() if not w.is_ongoing and n != "funded"]
    for (name, when), (later, then) in pairwise(ordered):
        if _before(then.latest or then.earliest, when.earliest or when.latest):
            yield later, f"{then} is before {name} ({when}); stages follow one another"
    if row.get("baseline") and 0 < _number(row, "promised") <= _number(row, "baseline"):
        yield "baseline", f"{row['baseline']} is no less than what was promised ({row['promised']})"
    for stage in filter(None, row.get("inferred", "").split(";")):
        if not row.get(stage.strip()):
            yield "inferred", f"{stage.strip()!r} is marked as inferred and has no date"


def _number(row: Row, column: str) -> float:
    try:
        return float(row.get(column) or 0)
    except ValueError:
        return 0.0


def _before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other


def _date(row: Mapping[str, str], column: str) -> ImpreciseDate | None:
    try:
        return ImpreciseDate.parse(row[column]) if row.get(column) else None
    except ValueError:
        return None

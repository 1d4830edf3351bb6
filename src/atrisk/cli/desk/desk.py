"""Desk: what the coding page asks and does, as plain calls that take and give JSON.

Nothing is computed here: every answer is one of the library's own functions.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from atrisk.base.errors import AtriskError, DataError, RequestError, UnknownNameError
from atrisk.base.files import write_bytes
from atrisk.base.rows import Row
from atrisk.cases.checks import CODER_FILE
from atrisk.cases.columns import list_columns
from atrisk.cases.ledger import ABOUT
from atrisk.cases.secrecy import read_secrets
from atrisk.cases.tables import TABLES
from atrisk.cli.desk.effects import measure_coverage, measure_curve, measure_effect
from atrisk.cli.desk.offers import Shelf
from atrisk.cli.desk.saving import ChangedMeanwhileError, Step, Tables, name_row
from atrisk.cli.desk.settling import list_differences, settle_passage
from atrisk.coding.listing import add_sources
from atrisk.documents.collection import Collection
from atrisk.documents.dates import name_dates

CODED = ("evidence", "searches", "warnings", "responses", "deliveries", "needs", "sources")
CITING = ("evidence", "warnings", "responses", "needs")  # tables whose rows have anchors
SETTLING = ("source", "locator", "kept", "by", "reason")  # that whoever settles types
LONGEST_DATE = 100  # characters of a date as somebody types it
LONGEST_DRAFT = 100_000  # bytes of the row being typed
Asked = Mapping[str, Any]


@dataclass(eq=False)
class Desk:
    """A case, its documents, and the row that is being typed.

    Attributes:
        tables: of the case.
        shelf: its documents.
        today: the day on which rows are coded.
    """

    tables: Tables
    shelf: Shelf
    today: Callable[[], date] = field(default=date.today)
    _turn: Lock = field(default_factory=Lock, repr=False)

    @property
    def calls(self) -> dict[str, Callable[[Asked], Row]]:
        """What the page may ask, by name."""
        return {
            "start": self.start,
            "document": self.show_document,
            "date": lambda asked: {"dates": list(name_dates(str(asked["text"])[:LONGEST_DATE]))},
            "find": lambda asked: {"indicators": self.shelf.find(str(asked["words"]))},
            "drafts": lambda asked: {"passages": self.shelf.draft(int(asked["number"]))},
            "rows": self.list_rows,
            "offer": self.offer,
            "check": self.check,
            "save": self.save,
            "remove": self.remove,
            "undo": self.undo,
            "draft": self.keep_draft,
            "list": self.list_source,
            "read": self.mark_read,
            "differences": lambda _: list_differences(self.tables),
            "settle": self.settle,
            "coverage": lambda _: measure_coverage(self.tables),
            "reading": lambda _: measure_curve(self.tables),
        }

    def answer(self, name: str, asked: Asked) -> Row:
        """Answer one call; a fault of the input is an answer too, under ``error``.

        Raises:
            UnknownNameError: there is no such call.
        """
        if name not in self.calls:
            raise UnknownNameError("call", name, self.calls)
        try:
            with self._turn:  # one at a time, whoever asks
                return self.calls[name](asked)
        except ChangedMeanwhileError as error:
            return {"error": str(error), "now": error.now}
        except DataError as error:
            return {"error": "the row has faults", "problems": _tell(error)}
        except (AtriskError, KeyError, ValueError) as error:
            return {"error": str(error)}

    def start(self, _: Asked) -> Row:
        """Return what the page needs once: case, framework, columns, documents and draft."""
        framework, tables = self.tables.framework, self.tables
        return {
            "case": self.shelf.case.header.title,
            "about": list(ABOUT),
            "coder": tables.coder,
            "coders": [] if tables.coder else self._list_coders(),
            "documents": self.shelf.list_documents(
                tables.list_rows("sources"), read_secrets(tables.read("sources")), self._group()
            ),
            "skipped": [list(one) for one in self.shelf.collection.skipped],
            "indicators": [
                {"code": i.code, "label": i.label, "gloss": i.gloss, "factor": i.factor}
                for i in framework.indicators.values()
            ],
            "factors": {code: one.title for code, one in framework.factors.items()},
            "severity": [
                {
                    "value": str(one.value),
                    "label": one.label,
                    "meaning": one.meaning,
                    "mitigating": one.mitigating,
                }
                for one in framework.header.severity
                if one.value
            ],
            "columns": {name: [_describe(c) for c in list_columns(name)] for name in CODED},
            "draft": self._read_draft(),
            "undo": bool(tables.steps),
            "hidden": sum(self.list_rows({"table": name})["hidden"] for name in CODED),
        }

    def _group(self) -> dict[str, list[Row]]:
        """Return the rows that cite each source."""
        found = defaultdict(list)
        for table in CITING:
            for row in self.tables.list_rows(table):
                found[row.get("source", "")].append(row)
        return found

    def _list_coders(self) -> list[str]:
        """Return the names of the coders whose rows lie beside the case's own."""
        names = (path.name for path in self.tables.folder.glob("evidence.*.csv"))
        return sorted(match[1] for name in names if (match := re.fullmatch(CODER_FILE, name)))

    def show_document(self, asked: Asked) -> Row:
        """Return a document's passages, each with the rows that cite it."""
        number = int(asked["number"])
        found = self.shelf.open(number)
        sources = {row["id"] for row in self.tables.list_rows("sources")
                   if row.get("sha256", "").lower() == found.sha256}  # fmt: skip
        rows = [
            row | {"table": table}
            for table in CITING
            for row in self.tables.list_shown(table)
            if row.get("source") in sources
        ]
        return self.shelf.show(number, rows)

    def list_rows(self, asked: Asked) -> Row:
        """Return the rows of a table as they lie there now, and how many are confidential."""
        table = _table(asked)
        shown = list(self.tables.list_shown(table))
        return {"rows": shown, "hidden": len(list(self.tables.list_rows(table))) - len(shown)}

    def offer(self, asked: Asked) -> Row:
        """Return what a stretch of a document may become, with a free id."""
        number, table = int(asked["number"]), _table(asked)
        digest = self.shelf.open(number).sha256
        sources = {one.sha256: one for one in self.tables.read("sources").records if one.sha256}
        source = sources.get(digest)
        if source is None:
            raise RequestError(
                "first list this document as a source and complete its row: press List as a "
                "source, or Edit the source, below its title"
            )
        now = None
        with suppress(DataError):  # of rows with faults nothing is offered
            now = self.tables.load()
        found = self.shelf.offer(number, int(asked["passage"]), str(asked["text"]), source, now)
        taken = {name_row(table, row)[0] for row in self.tables.list_rows(table)}
        count = 1
        while f"{source.id}-{table[0]}{count:03}" in taken:
            count += 1
        signed = {"coded_on": self.today().isoformat(), "coded_by": self.tables.coder}
        columns = self.tables.read(table).columns  # a new one would change every line
        made = {name: cell for name, cell in signed.items() if name in columns or not columns}
        return found | made | {"id": f"{source.id}-{table[0]}{count:03}", "table": table}

    def list_source(self, asked: Asked) -> Row:
        """Write a document into ``sources.csv`` with what it tells of itself; return the row."""
        number = int(asked["number"])
        one = Collection((self.shelf.open(number),), (self.shelf.collection.languages[number],))
        added = add_sources(self.tables.folder, one)
        if not added.rows:
            raise RequestError("this document is listed already")
        name = added.rows[0]["id"]
        row = next(row for row in self.tables.list_rows("sources") if row["id"] == name)
        return {"row": row, "dates": self.shelf.name_dates(number)}

    def mark_read(self, asked: Asked) -> Row:
        """Write into a document's row of ``sources.csv`` how much of it was read."""
        digest = self.shelf.open(int(asked["number"])).sha256
        rows = self.tables.list_shown("sources")
        was = next((row for row in rows if row.get("sha256", "").lower() == digest), None)
        if was is None:
            raise RequestError(
                "this document is no source of the case yet; press List as a source below its title"
            )
        step = self.tables.save("sources", was | {"extent": str(asked["extent"])}, was)
        return _describe_step(step)

    def settle(self, asked: Asked) -> Row:
        """Write what was settled of a passage on which coders differ, today."""
        cells = {name: str(asked.get(name, "")).strip() for name in SETTLING}
        decision = cells | {"on": self.today().isoformat()}
        return settle_passage(self.tables, decision, asked.get("was") or {})

    def check(self, asked: Asked) -> Row:
        """Return the faults of a row as it is typed; without one, what it would move."""
        table, cells = _table(asked), _cells(asked)
        faults = self.tables.check(table, cells)
        if faults:
            return {"problems": _tell(DataError(faults)), "effect": None}
        return {
            "problems": [],
            "effect": measure_effect(self.tables, table, cells, asked.get("was")),
        }

    def save(self, asked: Asked) -> Row:
        """Write a row, and forget the draft; a row that tells the same fact gets its claim."""
        table, cells, same = _table(asked), _cells(asked), asked.get("same")
        other = next(
            (row for row in self.tables.list_shown(table) if same and row["id"] == same), None
        )
        step = self.tables.save(table, cells, asked.get("was"))
        self._drop_draft()
        if other and not other.get("claim") and cells.get("claim"):
            self.tables.save(table, other | {"claim": cells["claim"]}, other)
        return _describe_step(step)

    def remove(self, asked: Asked) -> Row:
        """Take a row out."""
        return _describe_step(self.tables.remove(_table(asked), asked["was"]))

    def undo(self, _: Asked) -> Row:
        """Take the last save back."""
        return _describe_step(self.tables.undo())

    def keep_draft(self, asked: Asked) -> Row:
        """Keep the row that is being typed, so that a crash loses nothing of it."""
        text = json.dumps({name: asked.get(name) for name in ("table", "cells", "was", "number")})
        if len(text) > LONGEST_DRAFT:
            raise RequestError("the row is too long to be kept as a draft")
        write_bytes(self._draft, text.encode())
        return {"kept": True}

    @property
    def _draft(self) -> Any:
        own = f"-{self.tables.coder}" if self.tables.coder else ""
        return self.tables.folder / f".atrisk-draft{own}.json"

    def _read_draft(self) -> Any:
        with suppress(OSError, ValueError):
            return json.loads(self._draft.read_bytes())
        return None

    def _drop_draft(self) -> None:
        with suppress(OSError):
            self._draft.unlink()


def _table(asked: Asked) -> str:
    name = str(asked.get("table", ""))
    if name not in CODED:
        raise UnknownNameError("table", name, CODED)
    return name


def _cells(asked: Asked) -> dict[str, str]:
    """Return the cells of a row, which are text, of columns that its table has."""
    given, columns = asked.get("cells") or {}, TABLES[_table(asked)].model_fields
    blank = {name: "" for name, field in columns.items() if field.is_required()}
    return blank | {name: str(cell).strip() for name, cell in given.items() if name in columns}


def _describe(column: Any) -> Row:
    return {
        "name": column.name,
        "kind": column.kind,
        "accepted": column.accepted,
        "filled": column.filled,
        "values": list(column.values),
    }


def _describe_step(step: Step) -> Row:
    return {"table": step.table, "before": step.before, "after": step.after}


def _tell(error: DataError) -> list[Row]:
    return [{"column": one.column or "", "message": one.message} for one in error.problems]

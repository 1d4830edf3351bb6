"""A case with a canary in every cell that holds text, at every level of secrecy.

A canary is a word that stands nowhere else. Each says in which table, column and level it stands,
so that a test can tell from a canary in an output which lock did not hold.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from atrisk.cases.columns import list_columns
from atrisk.cases.tables import TABLES

# By level: the source of a row, and what stands in its own cell. ``twin`` is a source without a
# flag, whose document is that of a confidential one.
LEVELS = {
    "open": ("diary", ""),
    "row": ("diary", "yes"),
    "source": ("secret", ""),
    "twin": ("twin", ""),
    "strictrow": ("diary", "strict"),
    "strict": ("sealed", ""),
}
FLAGS = {"diary": "", "secret": "yes", "twin": "", "sealed": "strict"}
STRICT = ("strictrow", "strict")
# What a row that is confidential still shows, as docs/data-format.md and SECURITY.md say.
SHOWN = {
    "title", "publisher", "kind", "url", "locator", "actors", "population", "place", "issuer",
    "addressee", "actor", "measure", "unit", "by", "coded_by", "verified_by",
}  # fmt: skip
OPEN = ("unit", "claim", "derived", "language", "extent", "pillar")  # text that is no words
_CANARY = re.compile(r"ZQ[A-Z]+")


@dataclass(frozen=True)
class Canary:
    """Where a canary stands."""

    table: str
    column: str
    level: str

    @property
    def word(self) -> str:
        """The canary."""
        return f"ZQ{self.table}X{self.column}X{self.level}".upper().replace("_", "")

    @property
    def may_be_seen(self) -> bool:
        """Whether what stands there is promised to nobody."""
        named = self.column in SHOWN and self.level not in STRICT
        return self.level == "open" or named


class Canaries:
    """All canaries of a case, and which of them are in a text."""

    def __init__(self) -> None:
        self.placed: dict[str, Canary] = {}

    def place(self, table: str, column: str, level: str) -> str:
        """Return a canary for a cell."""
        canary = Canary(table, column, level)
        self.placed[canary.word] = canary
        return canary.word

    def find(self, text: str) -> list[Canary]:
        """Return the canaries in a text, also in what it holds as base64."""
        packed = re.findall(r"base64,([A-Za-z0-9+/=]+)", text)
        whole = text + "".join(base64.b64decode(part).decode(errors="replace") for part in packed)
        return [self.placed[word] for word in sorted(set(_CANARY.findall(whole)) & {*self.placed})]

    def find_leaks(self, text: str) -> list[Canary]:
        """Return the canaries in a text that should have been kept back."""
        return [canary for canary in self.find(text) if not canary.may_be_seen]


def list_texts(table: str) -> list[str]:
    """Return the columns of a table that hold people's words, or names."""
    return [
        column.name
        for column in list_columns(table)
        if column.kind == "text"
        and not column.values
        and (column.pattern is None or column.name == "quote")
        and column.name not in (*OPEN, "source", "sha256")
    ]


def read_all(folder: Path) -> str:
    """Return all text of what was written into a folder, whatever it is packed in."""
    return "\n".join(text for file in sorted(folder.rglob("*")) for text in _read(file))


def _read(file: Path) -> Iterator[str]:
    if not file.is_file():
        return
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(n).decode(errors="replace") for n in archive.namelist())
    else:
        yield file.read_bytes().decode(errors="replace")


HEADER = """id = "mini"
title = "A toy country, four months"
country = "CAF"
start = "2020-01"
end = "2020-04"
framework = "un-foa-2014"
licence = "CC-BY-4.0"
caveat = "A toy."
"""
_NEEDED: dict[str, dict[str, str]] = {
    "evidence": {
        "start": "2020-02-10", "known": "2020-02-10", "audience": "public", "severity": "4",
        "indicators": "8.1;11.1;7.1;6.1", "direction": "aggravating", "credibility": "1",
    },
    "searches": {
        "start": "2020-03", "known": "2020-03", "audience": "public", "indicators": "9.1",
    },
    "warnings": {
        "date": "2020-02-12", "audience": "public", "about": "conflict", "specificity": "general",
    },
    "responses": {
        "instrument": "peacekeeping", "decided": "2020-03-01", "deployed": "2020-03-10",
        "promised": "100", "delivered": "50", "unit": "troops", "protects_civilians": "yes",
        "effect": "protective",
    },
    "deliveries": {"date": "2020-03-20", "promised": "100", "delivered": "60", "unit": "troops"},
    "needs": {"date": "2020-02-20", "needed": "50", "unit": "troops"},
    "actions": {
        "phase": "activation", "tier": "alarm", "within_days": "10", "money": "900",
        "currency": "EUR",
    },
    "activations": {"decided": "2020-02-25", "started": "2020-03-01", "spent": "70"},
}  # fmt: skip


def write_rows(canaries: Canaries, table: str, name: str = "") -> list[dict[str, str]]:
    """Return a row of a table at each level, a canary in each of its cells that holds text."""
    place = name or table
    rows = []
    for number, (level, (source, flag)) in enumerate(LEVELS.items()):
        row = dict.fromkeys((column.name for column in list_columns(table)), "")
        row |= _NEEDED[table] | {"source": source, "confidential": flag, "id": f"{table}-{level}"}
        words = [*list_texts(table), "remark"]  # a column of the author's own is one too
        row |= {column: f"{canaries.place(place, column, level)} of it" for column in words}
        if "quote" in row:  # two spaces, since a coder may copy a line's end
            row["quote"] = f"{row['quote'].split()[0]}  told us of"
        # The more confidential the earlier, since what comes first is told in words.
        days = {
            "evidence": "start", "warnings": "date", "needs": "date", "responses": "decided",
            "activations": "triggered",
        }  # fmt: skip
        if table in days:
            row[days[table]] = f"2020-02-{20 - number}"
        row |= {"known": row["start"]} if table == "evidence" else {}
        row |= {"severity": str(1 + number % 4)} if name else {}
        row |= {"answers": f"warnings-{level}"} if table == "responses" else {}
        row |= {"action": f"actions-{level}"} if table == "activations" else {}
        if table == "deliveries":
            del row["id"]
            row["response"] = f"responses-{level}"
        rows.append(row)
    return rows


def write_sources(canaries: Canaries, digests: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the sources, two of which are one document."""
    levels = {"diary": "open", "secret": "source", "twin": "twin", "sealed": "strict"}
    rows = []
    for name, level in levels.items():
        row = dict.fromkeys((column.name for column in list_columns("sources")), "")
        words = [*list_texts("sources"), "remark"]
        row |= {column: f"{canaries.place('sources', column, level)} of it" for column in words}
        row |= {"id": name, "published": "2020-06", "reliability": "A", "quotable": "yes"}
        rows.append(row | {"sha256": digests.get(name, ""), "confidential": FLAGS[name]})
    return rows


def write_csv(rows: list[dict[str, str]]) -> str:
    """Return rows as the text of a file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_case(folder: Path, canaries: Canaries) -> Path:
    """Write the case, its documents beside it, and everything that may stand in its folder."""
    case = folder / "case"
    (case / "scenarios").mkdir(parents=True)
    tables = {name: write_rows(canaries, name) for name in TABLES if name != "sources"}
    plain = tables["evidence"][0]
    tables["evidence"] += [
        plain | {"id": f"plain-{n}", "quote": f"plain words number {n}", "locator": f"p. {n}"}
        for n in (1, 2)
    ]
    coders = {name: write_rows(canaries, "evidence", name) for name in ("bob", "ana")}
    quoted = [row for rows in (*tables.values(), *coders.values()) for row in rows]
    digests = write_documents(folder / "documents", quoted)
    files = {name: write_csv(rows) for name, rows in tables.items()}
    files |= {"sources": write_csv(write_sources(canaries, digests))}
    files |= {f"evidence.{name}": write_csv(rows) for name, rows in coders.items()}
    files |= {"adjudication": write_csv(_settle(canaries, tables["evidence"]))}
    files |= _write_beside(canaries)
    for name, text in files.items():
        (case / f"{name}.csv").write_text(text, encoding="utf-8")
    (case / "case.toml").write_text(HEADER, encoding="utf-8")
    for name, text in _write_scenarios(canaries).items():
        (case / "scenarios" / f"{name}.toml").write_text(text, encoding="utf-8")
    return case


def write_documents(folder: Path, rows: list[dict[str, str]]) -> dict[str, str]:
    """Write the documents that rows quote, open anchors between confidential ones."""
    folder.mkdir()
    digests: dict[str, str] = {}
    documents = {"diary": ("diary",), "secret": ("secret", "twin"), "sealed": ("sealed",)}
    for name, sources in documents.items():
        mine = [row for row in rows if row["source"] in sources and row.get("quote")]
        mine += [row for row in mine if row.get("id", "").startswith("needs")]  # stand twice
        quotes = (" ".join(row["quote"].split()) for row in mine)
        told = "".join(f"{quote}.\n\n" for quote in quotes)  # near enough to be one's context
        text = f"A Heading Of It\n\nOn 12 February 2020 they came.\n\n{told}"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        digests |= dict.fromkeys(sources, hashlib.sha256(text.encode()).hexdigest())
    return digests


def write_workbooks(folder: Path, canaries: Canaries) -> tuple[Path, Path]:
    """Write the case as it was before anything in it was confidential, as two edited workbooks.

    In the first, words were typed into rows that are confidential by now, and two rows were added;
    in the second, one of the dates is none.
    """
    import shutil

    import openpyxl

    from atrisk.cases.loading import load_case
    from atrisk.exchange.workbook import export_workbook

    open_case = Path(shutil.copytree(folder / "case", folder / "open"))
    for file in (open_case / f"{table}.csv" for table in TABLES):
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
        file.write_text(write_csv([row | {"confidential": ""} for row in rows]), encoding="utf-8")
    export_workbook(load_case(open_case), folder / "edited.xlsx")
    book = openpyxl.load_workbook(folder / "edited.xlsx")
    sheet = book["evidence"]
    columns = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    for place, level in enumerate(LEVELS, start=2):
        word = canaries.place("workbook", "summary", level)
        sheet.cell(place, columns["summary"]).value = f"{word} was typed"
    for level in ("source", "strict"):
        row = [cell.value for cell in sheet[8]]  # a plain one
        row[0], row[columns["source"] - 1] = f"added-{level}", LEVELS[level][0]
        row[columns["summary"] - 1] = f"{canaries.place('added', 'summary', level)} was added"
        row[columns["locator"] - 1] = f"{canaries.place('added', 'locator', level)} p. 3"
        sheet.append(row)
    book.save(folder / "edited.xlsx")
    sheet.cell(3, columns["start"]).value = f"{canaries.place('workbook', 'start', 'row')} came"
    book.save(folder / "faulty.xlsx")
    return folder / "edited.xlsx", folder / "faulty.xlsx"


def _settle(canaries: Canaries, evidence: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return a decision on each row, of which the row alone says how confidential it is."""
    return [
        {
            "source": row["source"],
            "locator": row["locator"],
            "kept": row["id"],
            "by": canaries.place("adjudication", "by", level),
            "on": "2020-07",
            "reason": f"{canaries.place('adjudication', 'reason', level)} said so",
        }
        for row, level in zip(evidence, LEVELS, strict=False)
    ]


def _write_beside(canaries: Canaries) -> dict[str, str]:
    months = [f"2020-0{month}" for month in range(1, 5)]
    return {
        "outcomes": "month,measure,value,low,high,source,vintage\n"
        + "".join(
            f"{month},one-sided-deaths,{n % 2 * 40},,,counts,2021\n"
            for n, month in enumerate(months)
        ),
        "judgements": "reader,month,level,target,note\n"
        + "".join(
            f"reader-{r},{month},{n},overall,{canaries.place('judgements', 'note', 'row')}\n"
            for r in (1, 2)
            for n, month in enumerate(months)
        ),
        "rivals": "system,issued,kind,start,end,value,rank,ranked,scale,source,note\n"
        + "".join(
            f"other,{month}-01,issued,{month},{month},{n},{n + 1},9,a scale,a paper,\n"
            for n, month in enumerate(months)
        ),
        "lookups": "number,on,corpus,query,results,used\n"
        f"one,2020-07,web,{canaries.place('lookups', 'query', 'source')} informant,3,secret\n",
    }


def _write_scenarios(canaries: Canaries) -> dict[str, str]:
    head = 'title = "{0}"\nquestion = "q"\nrationale = "r"\n'
    row = {
        "id": "made-up", "source": "secret", "start": "2020-02", "known": "2020-02",
        "audience": "public", "indicators": "8.1", "direction": "aggravating", "severity": 4,
        "credibility": 1, "summary": f"{canaries.place('made', 'summary', 'source')} told.",
        "actors": "who",
    }  # fmt: skip
    cells = "".join(f'{key} = "{cell}"\n' for key, cell in row.items())
    return {
        "drop": head.format("drop") + '[changes.drop]\nevidence = ["evidence-row"]\n',
        "add": head.format("add") + f"[[changes.evidence]]\n{cells}",
    }

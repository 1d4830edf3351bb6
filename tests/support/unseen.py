"""A case with canaries in every cell of what a day or an audience did not have.

There is a row of every table that became known after ``DAY``, one for the Security Council and one
that nobody outside was told, each with a canary in every cell: words, names, ids, numbers and
dates. Beside them stand rows of which only a part was had: an end, a stage, a delivery or a
document that came later. A canary says what it is of.
"""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from atrisk.cases.columns import list_columns
from atrisk.cases.tables import TABLES
from canaries import list_texts, write_csv

DAY = "2020-04-30"
LATE, COUNCIL, INTERNAL = "late", "coun", "inte"
KINDS = (LATE, COUNCIL, INTERNAL)
# What each way of looking must not show.
VIEWS = {
    "a day": (["--knowledge", DAY], (LATE,)),
    "the public": (["--audience", "public"], (COUNCIL, INTERNAL)),
    "the Council": (["--audience", "council"], (INTERNAL,)),
    "the public of a day": (["--knowledge", DAY, "--audience", "public"], KINDS),
}
NO_AUDIENCE = ("responses", "deliveries", "needs", "actions", "activations")
_WORD = re.compile(r"zq[a-z]+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])(7\d{4})(?:\.0)?(?![\d.])")
_DATE = re.compile(r"20(?:19|20|21)-\d\d-\d\d")
ALL_CODES = ";".join(f"{factor}.1" for factor in range(1, 15))
HEADER = """id = "mini"
title = "A toy country, eight months"
country = "CAF"
start = "2020-01"
end = "2020-08"
framework = "un-foa-2014"
licence = "CC-BY-4.0"
caveat = "A toy."
"""


@dataclass
class Unseen:
    """The canaries that were placed, by what stands in the text: their kind and their cell."""

    placed: dict[str, tuple[str, str]] = field(default_factory=dict)
    _days: Counter[str] = field(default_factory=Counter)

    def word(self, kind: str, cell: str) -> str:
        """Return a word for a cell, such as ``"evidence summary"``."""
        return self._place(f"zq{kind}x{re.sub('[^a-z]', '', cell)}", kind, cell)

    def number(self, kind: str, cell: str) -> str:
        """Return a number that stands nowhere else."""
        return self._place(str(70_000 + 7 * len(self.placed) + 1), kind, cell)

    def day(self, kind: str, cell: str, month: str = "2020-06") -> str:
        """Return a day of a month that stands nowhere else."""
        self._days[month] += 1
        return self._place(f"{month}-{self._days[month] + 1:02}", kind, cell)

    def _place(self, text: str, kind: str, cell: str) -> str:
        self.placed[text] = (kind, cell)
        return text

    def find(self, text: str, kinds: Iterable[str]) -> set[str]:
        """Return the cells of some kinds of which something stands in a text."""
        packed = re.findall(r"base64,([A-Za-z0-9+/=]+)", text)
        whole = text + "".join(base64.b64decode(part).decode(errors="replace") for part in packed)
        plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", whole)
        told = {word.lower() for word in _WORD.findall(whole)}
        told |= {text for text in self.placed if text.isalpha() and text in whole}
        told |= {*_DATE.findall(whole), *_NUMBER.findall(whole), *_NUMBER.findall(plain)}
        found = [self.placed[text] for text in told if text in self.placed]
        return {cell for kind, cell in found if kind in kinds}


def write_unseen(folder: Path, unseen: Unseen, kinds: Iterable[str] = KINDS) -> Path:
    """Write the case with everything that may stand in its folder, and what is hidden of kinds."""
    hidden = tuple(kinds)
    (folder / "scenarios").mkdir(parents=True)
    partly = _list_partly(unseen)
    tables = {name: [*_plain(name), *partly.get(name, [])] for name in TABLES}
    for kind in hidden:
        for name in TABLES:
            tables[name] += _hidden(name, kind, unseen)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(write_csv(rows), encoding="utf-8")
    for name, text in (_beside(unseen, hidden) | _scenarios(unseen, hidden)).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "case.toml").write_text(HEADER, encoding="utf-8")
    return folder


def _row(table: str, **cells: str) -> dict[str, str]:
    names = [column.name for column in list_columns(table)]
    assert set(cells) <= set(names), (table, set(cells) - set(names))
    return dict.fromkeys(names, "") | cells


_OPEN = {"source": "diary", "locator": "p. 1", "summary": "It was seen."}
_FACT = {
    "end": "..", "audience": "public", "indicators": ALL_CODES, "direction": "aggravating",
    "severity": "4", "credibility": "1",
}  # fmt: skip
_ACT = {
    "actor": "UN", "instrument": "peacekeeping", "measure": "A mission", "unit": "troops",
    "protects_civilians": "yes", "effect": "protective",
}  # fmt: skip
_PLAN = {
    "phase": "activation", "tier": "alarm", "actor": "Logistics", "action": "Send the stocks",
    "within_days": "20", "money": "900", "currency": "EUR", "mandate": "a signature",
    "stop_rule": "Nobody is left.",
}  # fmt: skip
_SAID = {"audience": "public", "about": "conflict", "specificity": "general"}


def _plain(table: str) -> list[dict[str, str]]:
    """Return rows that everybody had by the day."""
    anchor = {"quote": "the first shots fell"}
    rows: dict[str, list[dict[str, str]]] = {
        "sources": [
            {"id": name, "title": f"The {name}", "publisher": "A witness", "kind": "diary",
             "published": "2020-03-31", "reliability": "A", "quotable": "yes"}
            for name in ("diary", "letter")
        ],
        "evidence": [
            _OPEN | _FACT | anchor
            | {"id": f"plain-{n}", "source": ("diary", "letter")[n % 2], "claim": f"fact-{n}",
               "start": f"2020-0{n % 3 + 1}-05", "known": f"2020-0{n % 3 + 1}-06"}
            for n in range(8)
        ],
        "searches": [
            _OPEN | {"id": "looked", "start": "2020-02", "known": "2020-02", "audience": "public",
                     "indicators": "9.2"}
        ],
        "warnings": [
            _OPEN | _SAID | anchor
            | {"id": f"warned-{n}", "date": f"2020-02-{10 + n}", "issuer": "A witness",
               "addressee": "the Council"}
            for n in range(3)
        ],
        "responses": [
            _OPEN | _ACT | anchor
            | {"id": "came", "decided": "2020-03-01", "deployed": "2020-03-10", "promised": "90",
               "answers": "warned-0"}
        ],
        "deliveries": [
            {"response": "came", "date": "2020-03-20", "promised": "90", "delivered": "60",
             "unit": "troops", "source": "diary", "locator": "p. 6"} | anchor
        ],
        "needs": [
            _OPEN | anchor | {"id": "needed", "date": "2020-02-20", "issuer": "UN", "needed": "50",
                              "unit": "troops"}
        ],
        "actions": [
            _PLAN | {"id": "stocks"}, _PLAN | {"id": "watch", "tier": "watch", "agreed": "2019"},
            _PLAN | {"id": "end", "phase": "stop"},
        ],
        "activations": [
            {"id": "sent", "action": "stocks", "triggered": "2020-02-20", "decided": "2020-02-25",
             "completed": "2020-03-05", "spent": "850", "note": "All sent."}
        ],
    }  # fmt: skip
    return [_row(table, **row) for row in rows[table]]


def _list_partly(unseen: Unseen) -> dict[str, list[dict[str, str]]]:
    """Return rows of which a day had only a part: the rest is of later days and documents."""

    def day(cell: str, month: str = "2020-06") -> str:
        return unseen.day(LATE, f"partly {cell}", month)

    def number(cell: str) -> str:
        return unseen.number(LATE, f"partly {cell}")

    def word(cell: str) -> str:
        return unseen.word(LATE, f"partly {cell}")

    def say(table: str, *cells: str) -> dict[str, str]:
        words = {cell: f"{word(f'{table} {cell}')} told us of" for cell in cells}
        return words | {"source": word("sources id"), "locator": word(f"{table} locator")}

    fact = (
        _OPEN | _FACT | {"start": "2020-02-02", "known": "2020-02-03", "quote": "it went on then"}
    )
    act = _OPEN | _ACT | {"quote": "then the mission came"}
    rows: dict[str, list[dict[str, str]]] = {
        "sources": [  # of the second, evidence of the day tells the id and no more
            {"id": name, "published": day(f"sources {of} published", "2020-12"),
             "reliability": "A", "quotable": "yes"}
            | {cell: word(f"sources {of} {cell}") for cell in ("title", "publisher", "kind", "url")}
            for name, of in ((word("sources id"), "own"), ("late-paper", "cited"))
        ],
        "evidence": [
            fact | {"id": "goes-on", "end": day("evidence end", "2020-07")},
            fact | {"id": "may-go-on", "end": f"2020-03/{day('evidence end', '2020-07')}"},
            fact | say("evidence", "quote") | {"id": "told-later", "source": "late-paper"},
        ],
        "warnings": [
            _SAID | say("warnings", "quote")
            | {"id": "heard-then", "date": "2020-02-25", "issuer": "An envoy",
               "addressee": "the Council", "summary": "Warned."},
        ],
        "responses": [
            act | {"id": "grew", "decided": "2020-03-02", "deployed": "2020-03-12",
                   "full_strength": day("responses full_strength"),
                   "ended": day("responses ended", "2020-07"), "promised": "80",
                   "delivered": number("responses delivered")},
            act | say("responses", "quote", "summary")
            | {"id": "proposed", "proposed": "2020-03-02", "decided": day("responses decided"),
               "deployed": day("responses deployed", "2020-07"),
               "promised": number("responses promised")},
            act | {"id": "wide", "instrument": "military",
                   "decided": f"2020-03-01/{day('responses decided')}"},
        ],
        "deliveries": [
            {"response": "grew", "date": "2020-03-21", "delivered": "40", "unit": "troops",
             "source": "diary", "locator": "p. 6", "quote": "then some more came"},
            say("deliveries", "quote")
            | {"response": "came", "unit": "troops", "date": day("deliveries date"),
               "promised": number("deliveries promised"),
               "delivered": number("deliveries delivered")},
        ],
        "needs": [
            say("needs", "quote", "summary")
            | {"id": "asked", "date": "2020-03-01", "issuer": "UN", "needed": "55",
               "unit": "troops"},
        ],
        "actions": [
            _PLAN | {"id": "agreed-then", "agreed": f"2020-01-20/{day('actions agreed')}"},
        ],
        "activations": [
            {"id": "goes-on", "action": "watch", "triggered": "2020-02-21",
             "decided": "2020-02-26", "started": day("activations started"),
             "completed": day("activations completed", "2020-07"),
             "spent": number("activations spent"), "note": word("activations note")},
            {"id": "may-be", "action": "watch",
             "triggered": f"2020-02-22/{day('activations triggered')}",
             "decided": f"2020-03-01/{day('activations decided', '2020-07')}"},
        ],
    }  # fmt: skip
    return {table: [_row(table, **row) for row in mine] for table, mine in rows.items()}


def _hidden(table: str, kind: str, unseen: Unseen) -> list[dict[str, str]]:
    """Return a row that the day, the public or the Council did not have, all of it canaries."""
    late = kind == LATE
    audience = {LATE: "public", COUNCIL: "council", INTERNAL: "internal"}[kind]
    if not late and table in NO_AUDIENCE:
        return []

    def name(of: str) -> str:
        return unseen.word(kind, f"{of} id")

    def day(cell: str) -> str:
        return unseen.day(kind, f"{table} {cell}") if late else "2020-02-11"

    row = _row(table, **_row(table)) | {"source": name("sources"), "id": name(table)}
    row |= {column: unseen.word(kind, f"{table} {column}") for column in list_texts(table)}
    if "quote" in row:
        row["quote"] = f"{row['quote']} told us of"
    own = KINDS.index(kind)
    more: dict[str, Callable[[], dict[str, str]]] = {
        "sources": lambda: {
            "published": unseen.day(kind, "sources published", "2021-11"), "reliability": "A",
            "quotable": "yes",
        },
        "evidence": lambda: _FACT | {
            "start": "2020-02-11", "known": day("known"), "audience": audience,
            "claim": unseen.word(kind, "evidence claim"), "indicators": f"{ALL_CODES};8.{2 + own}",
        },
        "searches": lambda: {
            "start": "2020-02", "known": day("known"), "audience": audience,
            "indicators": f"9.{3 + own}",
        },
        "warnings": lambda: _SAID | {"date": day("date"), "audience": audience},
        "responses": lambda: _ACT | {
            "decided": day("decided"),
            "deployed": unseen.day(kind, "responses deployed", "2020-07"),
            "promised": unseen.number(kind, "responses promised"),
            "delivered": unseen.number(kind, "responses delivered"),
            "answers": name("warnings"), "instrument": "observers",
            "actor": row["actor"], "measure": row["measure"],
        },
        "deliveries": lambda: {
            "response": name("responses"), "unit": "troops",
            "date": unseen.day(kind, "deliveries date", "2020-07"),
            "promised": unseen.number(kind, "deliveries promised"),
            "delivered": unseen.number(kind, "deliveries delivered"),
        },
        "needs": lambda: {
            "date": day("date"), "needed": unseen.number(kind, "needs needed"), "unit": "troops",
        },
        "actions": lambda: _PLAN | {
            "money": unseen.number(kind, "actions money"), "agreed": day("agreed"),
        } | {column: row[column] for column in list_texts("actions")},
        "activations": lambda: {
            "action": name("actions"), "triggered": day("triggered"),
            "decided": unseen.day(kind, "activations decided", "2020-07"),
            "spent": unseen.number(kind, "activations spent"),
        },
    }  # fmt: skip
    row |= more[table]()
    known = {column.name for column in list_columns(table)}
    return [{column: cell for column, cell in row.items() if column in known}]


def _beside(unseen: Unseen, kinds: Iterable[str]) -> dict[str, str]:
    months = [f"2020-0{month}" for month in range(1, 9)]
    had = list(enumerate(months[:4]))
    heads = {
        "outcomes": "month,measure,value,low,high,source,vintage",
        "rivals": "system,issued,kind,start,end,value,rank,ranked,scale,source,note",
        "judgements": "reader,month,level,target,note",
    }
    rows = {
        "outcomes": [f"{m},one-sided-deaths,{n % 2 * 40},,,counts,2020-04-15" for n, m in had],
        "rivals": [f"other,{m}-01,issued,{m},{m},{n},{n + 1},9,a scale,a paper," for n, m in had],
        "judgements": [f"reader-{r},{m},{n % 4 + 1},overall," for r in (1, 2) for n, m in had],
    }
    if LATE in kinds:
        value, by = unseen.number(LATE, "outcomes value"), unseen.word(LATE, "outcomes source")
        rows["outcomes"] += [f"{m},one-sided-deaths,{value},,,{by},2020-06-20" for m in months]
        system, scale, source = (
            unseen.word(LATE, f"rivals {cell}") for cell in ("system", "scale", "source")
        )
        when = unseen.day(LATE, "rivals issued")
        rows["rivals"] += [f"{system},{when},backcast,2020-01,2020-01,3,2,9,{scale},{source},"]
    return {f"{name}.csv": "\n".join([heads[name], *mine, ""]) for name, mine in rows.items()}


def _scenarios(unseen: Unseen, kinds: Iterable[str]) -> dict[str, str]:
    """Return what-ifs on what was had, and on nothing that was had, whose words are canaries."""
    act = "[[changes.response]]\n"
    made = {
        "heard": ("", "[changes.drop]\nevidence = ['plain-1', '{late}']\n"),
        "lasting": ("", "[changes.method]\npersistence = 'long'\n"),
        "drop-late": (LATE, "[changes.drop]\nevidence = ['{late}']\n"),
        "drop-source": (LATE, "[changes.drop]\nsources = ['{latesource}']\n"),
        "moved": (LATE, f"{act}id = '{{lateact}}'\nstage = 'deployed'\non = '2020-03-05'\n"),
        "longer": (LATE, f"{act}id = 'grew'\ndates = {{{{ ended = '{{day}}' }}}}\n"),
        "graded": (LATE, "[[changes.regrade]]\nsource = '{latesource}'\nreliability = 'E'\n"),
        "told-council": (COUNCIL, "[changes.publish]\naudiences = ['council']\n"),
        "told-row": (INTERNAL, "[changes.publish]\nevidence = ['{inte}']\n"),
    }  # fmt: skip
    cells = {
        "late": unseen.word(LATE, "evidence id"), "inte": unseen.word(INTERNAL, "evidence id"),
        "latesource": unseen.word(LATE, "sources id"), "lateact": unseen.word(LATE, "responses id"),
        "day": unseen.day(LATE, "scenarios ended", "2020-08"),
    }  # fmt: skip
    texts = {}
    for name, (kind, changes) in made.items():
        if kind and kind not in kinds:
            continue
        there = changes if kinds else changes.replace(", '{late}'", "")  # no such row
        words = {
            cell: unseen.word(kind, f"scenarios {cell} {name}") if kind else "what if"
            for cell in ("title", "question", "rationale")
        }
        file = unseen.word(kind, f"scenarios id {name}") if kind else name
        head = "".join(f'{cell} = "{text}"\n' for cell, text in words.items())
        texts[f"scenarios/{file}.toml"] = head + there.format(**cells)
    return texts


def write_panel(folder: Path, unseen: Unseen, kinds: Iterable[str]) -> None:
    """Write events of a candidate edition, some of which a day in April 2024 did not have."""
    header = (Path(__file__).parents[1] / "data" / "events" / "GEDEvent_v24_0_5.csv").read_text(
        encoding="utf-8"
    )
    names, pattern = list(csv.reader(io.StringIO(header)))[:2]
    rows: list[dict[str, str]] = []
    for month, country, code, killed in [
        *((m, "Mali", "432", 30 * (m % 3)) for m in range(1, 5)),
        *[(6, "Chad", "483", 90), (4, "Mali", "432", int(unseen.number(LATE, "events deaths")))]
        * (LATE in kinds),
    ]:
        cells = dict(zip(names, pattern, strict=True))
        cells |= {name: "" for name in cells if name.startswith("deaths")}
        cells |= {
            "id": str(len(rows)), "type_of_violence": "3", "country": country, "country_id": code,
            "date_start": f"2024-0{month}-02 00:00:00.000", "code_status": "Clear",
            "date_end": f"2024-0{month}-02 00:00:00.000", "best": str(killed), "low": str(killed),
            "high": str(killed), "deaths_civilians": str(killed), "year": "2024",
            "date_prec": "1",
        }  # fmt: skip
        rows.append({name: cells[name] for name in names})
    (folder / "GEDEvent_v24_0_6.csv").write_text(write_csv(rows), encoding="utf-8")
    for name in ("TCD", "Chad"):
        unseen.placed[name] = (LATE, "events country")

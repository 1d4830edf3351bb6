"""Cases as they are at the beginning: tables that are empty, columns nobody has filled in.

Every case is made from a seed, out of rows that are right, so that nothing in it is a fault.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

from atrisk.base.folders import data_root
from atrisk.cases.evidence import AUDIENCES

CASE = "car-2020-2021"
OPTIONAL = ("searches", "warnings", "responses", "deliveries", "needs", "actions", "activations")
# Tables that the bundled case does not have.
MADE = {
    "actions": """id,phase,tier,actor,action,within_days,money,currency,mandate,stop_rule,agreed
stocks,readiness,watch,Logistics,Order stocks,10,900,EUR,a signature,,2019
visits,activation,alarm,Protection,Visit,0,,,,Nobody is left,
home,stop,watch,Protection,Come home,5,,,,,
""",
    "activations": """id,action,triggered,decided,started,completed,stopped,spent,note
one,stocks,2020-12-20,2020-12-28,,2021-02,,850,All sent
two,visits,2021-01,,,,,,
three,home,2021-06-01,2021-06-02,2021-06-03,,2021-07,,
""",
}
BLANK = {
    "sources": ("sha256",),
    "evidence": ("end", "claim", "actors", "population", "place"),
    "warnings": ("asked",),
    "activations": ("decided", "started", "completed", "stopped", "spent", "note"),
    "responses": ("answers", "promised", "delivered", "unit", "baseline"),
}
Rows = list[dict[str, str]]


def read_rows(table: str) -> Rows:
    """Return the rows of a table of the bundled case; none if it has no such table."""
    if table in MADE:
        return list(csv.DictReader(io.StringIO(MADE[table])))
    file = data_root("cases") / CASE / f"{table}.csv"
    if not file.is_file():
        return []
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def make_case(chance: Random, folder: Path) -> Path:
    """Write a case whose tables hold few rows, or none, and whose cells are often empty."""
    folder.mkdir()
    header = (data_root("cases") / CASE / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(header, encoding="utf-8")
    kept = {"sources": read_rows("sources"), "evidence": _pick(chance, read_rows("evidence"), 1)}
    for table in OPTIONAL:
        kept[table] = _pick(chance, read_rows(table), 0)
    left = {row["id"] for row in kept["warnings"]}
    for row in kept["responses"]:
        row["answers"] = ";".join(name for name in row["answers"].split(";") if name in left)
    planned = {row["id"] for row in kept["actions"]}
    kept["activations"] = [row for row in kept["activations"] if row["action"] in planned]
    for table, found in kept.items():
        empty = [column for column in BLANK.get(table, ()) if chance.random() < 0.3]
        rows = [row | dict.fromkeys(row.keys() & set(empty), "") for row in found]
        if rows or table in ("sources", "evidence") or chance.random() < 0.5:
            _write(folder / f"{table}.csv", rows, read_rows(table))
    scenarios = [text for text in _list_scenarios(chance, kept) if chance.random() < 0.7]
    if scenarios:
        (folder / "scenarios").mkdir()
    for place, text in enumerate(scenarios):
        told = f'title = "Of {place}"\nquestion = "q"\nrationale = "r"\n{text}\n'
        (folder / "scenarios" / f"s{place}.toml").write_text(told, encoding="utf-8")
    return folder


def _pick(chance: Random, rows: Rows, least: int) -> Rows:
    share = chance.choice((0.0, 0.1, 0.5, 1.0))
    kept = [row for row in rows if chance.random() < share]
    return kept or rows[:least]


def _write(file: Path, rows: Rows, like: Rows) -> None:
    if not like:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, list(like[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8")


def _list_scenarios(chance: Random, kept: dict[str, Rows]) -> list[str]:
    """Return what-ifs of every kind that the rows allow."""
    names = {table: [row["id"] for row in kept[table]] for table in ("warnings", "responses")}
    evidence = [row["id"] for row in kept["evidence"]]
    told = []
    if names["warnings"]:
        told.append(f"[changes.drop]\nwarnings = {names['warnings']}")
    if names["responses"]:
        cancelled = (f"[[changes.response]]\nid = {n!r}\ncancel = true" for n in names["responses"])
        told.append("\n".join(cancelled))
        one = chance.choice(names["responses"])
        told.append(f"[[changes.response]]\nid = {one!r}\ndates = {{ noticed = '2019-01-10' }}")
    if len(evidence) > 1:
        told.append(f"[changes.drop]\nevidence = {evidence[1:]}")
    told.append(
        "[[changes.responses]]\nid = 'hoped'\nactor = 'UN'\ninstrument = 'peacekeeping'\n"
        f"measure = 'A force'\ndecided = '2021-01-10'\ndeployed = '2021-02-01'\n"
        "summary = 'A force came.'\nprotects_civilians = 'yes'\neffect = 'protective'\n"
        f"source = {kept['sources'][0]['id']!r}"
    )
    told.append("[changes]\nhalf_lives = 0.5")
    audience = chance.choice(AUDIENCES)
    heard = any(row["audience"] == audience for row in kept["warnings"])
    if heard and any(row["audience"] != audience for row in kept["evidence"]):
        told.append(f"[changes.drop]\naudiences = [{audience!r}]")
    return told

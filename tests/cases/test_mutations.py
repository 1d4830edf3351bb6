"""Valid case files, damaged in 200 seeded ways: refused with a place, or without any effect."""

from __future__ import annotations

import csv
import io
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import atrisk
from shipped import un
from toys import ROOT

SHIPPED = ROOT / "cases" / "car-2020-2021"
TABLES = ("sources", "evidence", "warnings", "responses")
BASE = atrisk.assess(atrisk.load_case("car-2020-2021"), un())
Rows = list[list[str]]
Damage = Callable[[Rows, random.Random], Rows | str]


def write(rows: Rows, **given: str) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **given).writerows(rows)  # type: ignore[arg-type] # on purpose
    return text.getvalue()


def pick(rows: Rows, dice: random.Random) -> int:
    return dice.randrange(1, len(rows))


def change(column: str, value: str) -> Damage:
    """Put a value that cannot be right into a column of a row; tables without it lose a cell."""

    def damage(rows: Rows, dice: random.Random) -> Rows:
        place = pick(rows, dice)
        if column in rows[0]:
            rows[place][rows[0].index(column)] = value
        else:
            del rows[place][-1]
        return rows

    return damage


def lose_column(rows: Rows, dice: random.Random) -> Rows:
    column = dice.randrange(7)  # among the columns that every table must have
    return [row[:column] + row[column + 1 :] for row in rows]


def double_column(rows: Rows, dice: random.Random) -> Rows:
    column = dice.randrange(len(rows[0]))
    return [[*row, row[column]] for row in rows]


def lose_cell(rows: Rows, dice: random.Random) -> Rows:
    del rows[pick(rows, dice)][dice.randrange(4)]
    return rows


def add_cell(rows: Rows, dice: random.Random) -> Rows:
    rows[pick(rows, dice)].append("one too many")
    return rows


def repeat_row(rows: Rows, dice: random.Random) -> Rows:
    return [*rows, list(rows[pick(rows, dice)])]


def run_formula(rows: Rows, dice: random.Random) -> Rows:
    rows[pick(rows, dice)][-1] = "=HYPERLINK(1)"
    return rows


def slip_in_control(rows: Rows, dice: random.Random) -> Rows:
    rows[pick(rows, dice)][-1] += "\x07"
    return rows


def lose_all_rows(rows: Rows, dice: random.Random) -> Rows:
    return rows[:1]


def use_semicolons(rows: Rows, dice: random.Random) -> str:
    return write(rows, delimiter=";")


def break_quotes(rows: Rows, dice: random.Random) -> str:
    lines = write(rows).split("\n")
    place = pick(rows, dice)
    lines[place] = f'"{lines[place]}'
    return "\n".join(lines)


def misspell_header(rows: Rows, dice: random.Random) -> Rows:
    rows[0][dice.randrange(4)] += "s"
    return rows


def lengthen(rows: Rows, dice: random.Random) -> Rows:
    rows[pick(rows, dice)][-1] = "x" * 40_000
    return rows


HARMFUL: dict[str, Damage] = {
    "id": change("id", "Two Words"),
    "source": change("source", "nobody"),
    "start": change("start", "soon"),
    "date": change("date", "2021-13"),
    "audience": change("audience", "everybody"),
    "indicators": change("indicators", "1.99"),
    "direction": change("direction", "worse"),
    "severity": change("severity", "5"),
    "credibility": change("credibility", "two"),
    "reliability": change("reliability", "Z"),
    "effect": change("effect", "good"),
    "decided": change("decided", "2021-02-30"),
    "quote": change("quote", "two words"),
    "lose_column": lose_column,
    "double_column": double_column,
    "lose_cell": lose_cell,
    "add_cell": add_cell,
    "repeat_row": repeat_row,
    "run_formula": run_formula,
    "slip_in_control": slip_in_control,
    "break_quotes": break_quotes,
    "misspell_header": misspell_header,
    "lengthen": lengthen,
}


FATAL: dict[str, Damage] = {"lose_all_rows": lose_all_rows}


def shuffle_rows(rows: Rows, dice: random.Random) -> Rows:
    return [rows[0], *dice.sample(rows[1:], len(rows) - 1)]


def shuffle_columns(rows: Rows, dice: random.Random) -> Rows:
    order = dice.sample(range(len(rows[0])), len(rows[0]))
    return [[row[place] for place in order] for row in rows]


def pad_cells(rows: Rows, dice: random.Random) -> Rows:
    return [rows[0], *([f" {cell} " if cell else cell for cell in row] for row in rows[1:])]


def add_a_column_of_one_s_own(rows: Rows, dice: random.Random) -> Rows:
    return [[*rows[0], "remarks_of_mine"], *([*row, "x"] for row in rows[1:])]


def add_empty_rows(rows: Rows, dice: random.Random) -> Rows:
    return [*rows, [""] * len(rows[0]), []]


def use_windows_lines(rows: Rows, dice: random.Random) -> str:
    return write(rows).replace("\n", "\r\n")


def add_byte_order_mark(rows: Rows, dice: random.Random) -> str:
    return "\ufeff" + write(rows)


HARMLESS: dict[str, Damage] = {
    "use_semicolons": use_semicolons,
    "shuffle_rows": shuffle_rows,
    "shuffle_columns": shuffle_columns,
    "pad_cells": pad_cells,
    "add_a_column_of_one_s_own": add_a_column_of_one_s_own,
    "add_empty_rows": add_empty_rows,
    "use_windows_lines": use_windows_lines,
    "add_byte_order_mark": add_byte_order_mark,
}
NEEDED = ("sources", "evidence")  # a case without rows in them says nothing
MUTATIONS = [("lose_all_rows", table, 0) for table in NEEDED] + [
    (name, table, seed)
    for kinds, seeds in ((HARMFUL, range(2)), (HARMLESS, range(1)))
    for name in kinds
    for table in TABLES
    for seed in seeds
]


def damage_case(folder: Path, name: str, table: str, seed: int) -> None:
    shutil.copytree(SHIPPED, folder)
    file = folder / f"{table}.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    damaged = (HARMFUL | HARMLESS | FATAL)[name](rows, random.Random(f"{name}-{table}-{seed}"))
    text = damaged if isinstance(damaged, str) else write(damaged)
    file.write_bytes(text.encode("utf-8"))


def test_there_are_two_hundred_ways() -> None:
    assert len(MUTATIONS) >= 200
    assert len(set(MUTATIONS)) == len(MUTATIONS)


@pytest.mark.parametrize(("name", "table", "seed"), MUTATIONS)
def test_damage_is_refused_with_a_place_or_has_no_effect(
    name: str, table: str, seed: int, tmp_path: Path
) -> None:
    damage_case(tmp_path / "case", name, table, seed)
    if name not in HARMLESS:
        with pytest.raises(atrisk.DataError) as refused:
            atrisk.load_case(tmp_path / "case")
        problems = [p for p in refused.value.problems if p.file == f"case/{table}.csv"]
        assert problems
        assert all(problem.line or problem.column for problem in problems)
        return
    case = atrisk.load_case(tmp_path / "case")
    now = atrisk.assess(case, un())
    for part in ("indicators", "factors", "overall", "low", "high", "coverage"):
        assert np.array_equal(getattr(now, part), getattr(BASE, part)), part
    assert {w.id for w in case.warnings} == {w.id for w in BASE.case.warnings}
    assert {r.id for r in case.responses} == {r.id for r in BASE.case.responses}

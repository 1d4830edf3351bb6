"""Rows as text, CSV and JSON: all that is hidden is shown, and no formula runs."""

from __future__ import annotations

import csv
import io
import json
import tomllib

import hypothesis.strategies as st
from hypothesis import given

from atrisk.base.output import FORMULA, arm, disarm, quote_toml, render, write_csv, write_json
from hidden import find_raw, texts

cells = st.one_of(texts, st.text(st.sampled_from([*FORMULA, "'", ";", " ", "a", ","]), max_size=10))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4), cells.filter(bool))
def test_no_cell_and_no_header_comes_out_raw(rows: list[tuple[str, str]], name: str) -> None:
    made = [{name: one, f"{name}2": other} for one, other in rows]
    for output in ("table", "csv", "json"):
        assert not find_raw(render(made, output)), output


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4))
def test_json_keeps_every_character_and_csv_every_cell(rows: list[tuple[str, str]]) -> None:
    made = [{"one": one, "other": other} for one, other in rows]
    # Two halves of a pair beside each other are the one character that they are halves of.
    whole = [{name: join(cell) for name, cell in row.items()} for row in made]
    assert json.loads(write_json(made)) == whole
    read = list(csv.reader(io.StringIO(write_csv(["one", "other"], rows), newline="")))
    assert len(read) == len(rows) + 1


def join(cell: str) -> str:
    """Join halves of a surrogate pair that stand side by side, as JSON does."""
    return cell.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def runs(cell: str) -> bool:
    """Tell whether a spreadsheet runs a cell, or what it takes for one after a ';'."""
    return any(part[:1] and part[0] in FORMULA for part in cell.split(";"))


@given(cells)
def test_a_disarmed_cell_does_not_run_and_is_read_back_as_it_was(cell: str) -> None:
    assert not runs(disarm(cell))
    assert arm(disarm(cell)) == cell
    assert disarm(cell).replace("'", "") == cell.replace("'", "")


@given(cells)
def test_no_cell_of_a_table_for_a_spreadsheet_runs(cell: str) -> None:
    (_, (read,)) = csv.reader(io.StringIO(write_csv(["told"], [[f"x{cell}"]]), newline=""))
    assert not runs(read)
    (_, *rows) = csv.reader(io.StringIO(write_csv(["told", "n"], [[cell, -1.5]]), newline=""))
    assert not runs(rows[0][0])
    assert rows[0][1] == "-1.5"


@given(texts.filter(lambda text: not any("\ud800" <= mark <= "\udfff" for mark in text)))
def test_a_string_of_toml_is_read_back_and_hides_nothing(text: str) -> None:
    line = f"key = {quote_toml(text)}"
    assert tomllib.loads(line) == {"key": text}
    assert not find_raw(line, allowed="")

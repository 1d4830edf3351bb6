"""Tables and headers: only a line feed ends a line, faults are bounded, nothing hangs."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pydantic import Field

from atrisk.base.cells import Header, Items, Record, Text
from atrisk.base.delimiters import LIMIT_LINES
from atrisk.base.errors import LISTED, LONGEST_MESSAGE, DataError, Problem
from atrisk.base.folders import Folder
from atrisk.base.output import FORMULA, disarm
from atrisk.base.tables import (
    Table,
    check_header,
    read_header,
    read_rows,
    read_table,
    split_lines,
    write_table,
)
from hidden import CONTROLS, NEVER, SURROGATES, find_raw, kept, texts

ENDS = ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r"]


class Row(Record):
    """A row of the tests."""

    id: Text
    told: str
    listed: Items = ()


class Head(Header):
    """A header of the tests."""

    id: Text
    told: str | list[str] = ""
    count: Annotated[int, Field(ge=0)] = 0


def read(folder: Path, text: str | bytes, name: str = "rows.csv") -> Table[Row]:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    return read_table(Folder(folder, "here"), name, Row)


def head(folder: Path, text: str) -> Head:
    (folder / "head.toml").write_text(text, encoding="utf-8", newline="")
    return read_header(Folder(folder, "here"), "head.toml", Head)


@given(
    cells=st.lists(st.text(st.sampled_from([*ENDS, "a", " ", '"', ","]), max_size=6), max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_no_row_is_hidden_in_a_line_and_lines_are_counted_as_every_tool_counts_them(
    cells: list[str], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(["id", "told"])
    writer.writerows([f"row-{place}", f"x{cell}x"] for place, cell in enumerate(cells))
    table = read(folder, text.getvalue())
    for line, row in table.rows:
        assert row == {"id": f"row-{line - 2}", "told": f"x{cells[line - 2]}x"}
    ended = {2 + place for place, cell in enumerate(cells) if set(cell) & set(ENDS)}
    assert {problem.line for problem in table.problems} == (ended if cells else {2})
    # A row that may not be read is kept beside its fault, which must know whose words it has.
    assert len(table.records) == len(cells) - len(ended)


@pytest.mark.parametrize("mark", ENDS[:-1])
def test_a_row_after_another_end_of_a_line_is_not_read(mark: str, tmp_path: Path) -> None:
    table = read(tmp_path, f"id,told\none,two{mark}hidden,row\nlast,row\n")
    assert [record.id for record in table.records] == ["last"]
    assert [problem.line for problem in table.problems] == [2]


def test_a_lone_carriage_return_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, "id,told\rone,two\r")
    assert "end each line with a line feed" in str(table.problems[0])


def test_only_line_feeds_end_lines() -> None:
    assert split_lines("a\r\nb\nc\rd") == ["a", "b", "c\rd"]
    for mark in ENDS:
        assert split_lines(f"a{mark}b") == [f"a{mark}b"]


cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=12),
    st.text(st.sampled_from([*"=+-@＝'; ,\"a"]), max_size=10),
    kept.map("a{}b".format),
).map(str.strip)


@given(told=st.lists(cells, max_size=4), listed=st.lists(cells.filter(bool), unique=True))
def test_what_is_written_is_read_back_and_no_cell_runs_on_the_way(
    told: list[str], listed: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain = tuple(item for item in listed if ";" not in item)
    rows = [Row(id=f"row-{n}", told=cell, listed=plain) for n, cell in enumerate(told)]
    text = write_table(Row, rows)
    for line in csv.reader(io.StringIO(text, newline="")):
        for cell in line:
            assert not any(part[:1] and part[0] in FORMULA for part in cell.split(";"))
    table = read(tmp_path_factory.mktemp("rows"), text)
    if rows:
        assert table.problems == ()
    assert [dict(record) for record in table.records] == [dict(row) for row in rows]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(1)", "a;=1", ";@x", "＝1", " =1", "\t=1"])
def test_a_cell_that_runs_is_refused_and_its_mend_is_told(cell: str, tmp_path: Path) -> None:
    table = read(tmp_path, f'id,told\none,"{cell}"\n')
    (problem,) = table.problems
    assert "would run as a formula" in problem.message
    assert "put an apostrophe (') before it" in problem.message
    mended = read(tmp_path, f'id,told\none,"{disarm(cell.strip())}"\n')
    assert mended.records[0].told == cell.strip()


def test_a_column_that_runs_or_hides_a_control_is_refused(tmp_path: Path) -> None:
    for name in ("=cmd", "a\x1b[2J"):
        (problem,) = read(tmp_path, f'id,told,"{name}"\none,two,three\n').problems
        assert (problem.line, problem.column) == (1, None)


@given(texts)
def test_a_fault_shows_whatever_it_tells_of(text: str) -> None:
    faults = [Problem(text, text, 1, text, text), Problem("file", text * 1000, 1)]
    assert not find_raw(str(DataError(faults)))
    assert len(str(faults[1])) < 11 * LONGEST_MESSAGE
    assert not find_raw(repr(Row(id="a", told=text)))
    assert not find_raw(str(Row(id="a", told=text)))


@pytest.mark.parametrize("mark", sorted((CONTROLS | NEVER) - {"\t"} | {"\u2028", "\u2029"}))
def test_what_is_no_text_is_refused_in_cells_and_headers(mark: str, tmp_path: Path) -> None:
    table = read(tmp_path, f'id,told\none,"a{mark}b"\n')
    assert table.records == ()
    assert table.problems
    written = "".join(f"\\U{ord(one):08x}" for one in mark)
    if mark not in "\n\r":
        with pytest.raises(DataError, match=r"told: .* holds a control character"):
            head(tmp_path, f'id = "a"\ntold = "a{written}b"\n')


@pytest.mark.parametrize("mark", sorted(SURROGATES)[::97])
def test_half_of_a_pair_is_refused_in_memory(mark: str) -> None:
    (problem,) = read_rows("rows", [{"id": "a", "told": f"x{mark}"}], Row).problems
    assert "holds a control character" in problem.message
    with pytest.raises(DataError, match="holds a control character"):
        check_header({"id": "a", "told": [f"x{mark}"]}, "head", Head)


HOSTILE: Mapping[str, tuple[str, str]] = {
    "deep-list": (f"told = {'[' * 100_000}{']' * 100_000}", "too deep in one another"),
    "deep-list-that-parses": (f"told = {'[' * 40}{']' * 40}", "more than 32 deep"),
    "deep-table": (f"told = {'{a=' * 100_000}1{'}' * 100_000}", "too deep in one another"),
    "deep-key": (f"{'.'.join('a' * 100_000)} = 1", "line 2: a key has more than 32 parts"),
    "deep-quoted-key": (" . ".join([r'"\""'] * 50_000) + " = 1", "more than 32 parts"),
    "long-number": (f"count = {'9' * 5000}", "a number has too many digits"),
    "long-hexadecimal": (f"count = 0x{'f' * 100_000}", "count: the number has 400,000 bits"),
    "surrogate": ('told = "\\ud800"', "not valid TOML"),
    "many-keys": ("\n".join(f"k{n} = 1" for n in range(50_000)), "head.toml has 50,000 problems"),
    "many-tables": ("[[told]]\n" * 100_000, "head.toml has"),
    "large": (f'told = "{"x" * 2**20}"', "larger than 1 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_is_a_located_error_in_no_time(name: str, tmp_path: Path) -> None:
    text, words = HOSTILE[name]
    began = time.process_time()
    with pytest.raises(DataError) as caught:
        head(tmp_path, f'id = "a"\n{text}\n')
    assert words in str(caught.value)
    assert caught.value.file == "here/head.toml"
    assert len(str(caught.value)) < LISTED * LONGEST_MESSAGE
    assert time.process_time() - began < 10


def test_a_table_has_no_more_lines_and_cells_than_are_read(tmp_path: Path) -> None:
    for text, words in (
        ("id,told\n" + "\n" * LIMIT_LINES, "100,001 lines; at most 100,000 are read"),
        ("id,told\n" + "x\n" * 1_000_000, "1,000,001 lines; at most 100,000 are read"),
        ("id,told" + ",a" * 1000 + "\n" * 5000, "5,010,000 cells (1,002 columns)"),
    ):
        (problem,) = read(tmp_path, text).problems
        assert words in problem.message


def test_of_many_faults_the_first_hundred_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    for row in ("x", "=1,=1", ",told", "a,b,;"):
        text = "id,told,listed\n" + f"{row}\n" * 50_000
        error = DataError(read(tmp_path, text).problems)
        lines = str(error).splitlines()
        assert len(lines) == LISTED + 2
        assert lines[-1].endswith(" more faults are not listed; mend these and read again")
        assert error.problems[0].line == 2
        assert len(error.problems) == LISTED + 1
        assert sum(problem.more or 1 for problem in error.problems) >= 50_000


def test_a_list_of_many_items_is_refused_in_no_time(tmp_path: Path) -> None:
    long = ";".join(f"{n:x}" for n in range(6500))
    text = "id,told,listed\n" + "".join(f"row-{n},t,{long}\n" for n in range(100))
    began = time.process_time()
    problems = read(tmp_path, text).problems
    assert "it lists 6,500 items; at most 1,000" in problems[0].message
    assert time.process_time() - began < 5

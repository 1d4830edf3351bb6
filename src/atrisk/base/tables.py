"""Read CSV tables and TOML headers into frozen records, and collect every fault on the way.

A table is RFC 4180, UTF-8, with one record a line, so that an error cites a line and a diff shows
a record; a line ends with a line feed, alone or after a carriage return, and with nothing else.
Nothing here knows what the columns mean: the record's own types say what is accepted.
"""

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, get_args

from pydantic import (
    ValidationError,
)

from atrisk.base.cells import (
    DEEPEST,
    Header,
    Record,
    find_danger,
    find_unfit,
    has_curly,
    may_be_marked,
    tell_cell,
    translate,
    write_cell,
    write_cells,
)
from atrisk.base.delimiters import (
    LIMIT_LINES,
    is_tagged,
    may_be_thousands,
    read_decimal,
    split_records,
)
from atrisk.base.errors import DataError, Faults, Problem, Speller, shorten
from atrisk.base.folders import Folder
from atrisk.base.output import arm, disarm

LIMIT_CELLS = 3_000_000  # of a table: its lines times its columns
# A key of TOML with more parts than tables may stand in one another.
_KEY = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"""(?<![\w"'.-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{DEEPEST},}}""")


R = TypeVar("R", bound=Record)
H = TypeVar("H", bound=Header)


@dataclass(frozen=True, eq=False, slots=True)
class Table(Generic[R]):
    """The rows of one file that could be read, and the faults of those that could not.

    Attributes:
        file: how errors call it.
        records: the valid rows, in the file's order.
        lines: line number by id, of faulty rows too.
        problems: every fault of the file.
        rows: the cells of every row that could be split, faulty or not, with its line.
    """

    file: str
    records: tuple[R, ...] = field(default=(), repr=False)
    lines: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    rows: tuple[tuple[int, dict[str, str]], ...] = field(default=(), repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file, in its own order; none if no row could be split."""
        return tuple(self.rows[0][1]) if self.rows else ()

    def problem(self, record_id: str, column: str, message: str) -> Problem:
        """Return a fault located at the row with that id."""
        return Problem(self.file, message, self.lines.get(record_id), column)


def read_table(
    folder: Folder,
    name: str,
    model: type[R],
    key: str | None = "id",
    *,
    may_be_empty: bool = False,
    how: str = "",
) -> Table[R]:
    """Read one CSV file of ``folder`` as records of ``model``.

    Args:
        folder: where the file is.
        name: its name.
        model: the record; its required fields are the required columns, and all of its
            cells arrive as text.
        key: the column whose values must be unique; None if no column is.
        may_be_empty: whether a header without a row is a table.
        how: how a first row is added, told where there is none.

    Returns:
        The valid rows and every fault; a table that holds no row at all is one, unless it may be
        empty.
    """
    file = folder.label(name)
    try:
        lines = split_lines(folder.read(name))
        _check_size(file, lines)
        has_points = folder.find_delimiter(name) != ";"  # for decimals
    except DataError as error:
        return Table(file, problems=error.problems)
    problems = Faults()
    rows = split_records(lines, file, problems)
    table = _read_records(file, rows, model, key, problems, has_points=has_points)
    if table.records or table.problems or may_be_empty:
        return table
    empty = Problem(file, f"the table has a header and no row; add at least one{how}", 2)
    return replace(table, problems=(empty,))


def read_rows(
    file: str, rows: Iterable[Mapping[str, object]], model: type[R], key: str | None = "id"
) -> Table[R]:
    """Read rows that are in memory as ``read_table`` reads those of a file.

    Args:
        file: how errors call them; the first row is on line 2, as in a file with a header.
        rows: by column. A cell may be text, a number, a date or timestamp, a list of items, or
            whatever stands for nothing (None, NaN, NaT); a column that a row lacks is empty.
        model: as in ``read_table``.
        key: as in ``read_table``.
    """
    cells = [{str(name): tell_cell(cell) for name, cell in row.items()} for row in rows]
    columns = list(dict.fromkeys(name for row in cells for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in cells)]
    return _read_records(file, iter(enumerate(lines, start=1)), model, key, Faults())


def _read_records(
    file: str,
    rows: Iterator[tuple[int, list[str]]],
    model: type[R],
    key: str | None,
    problems: Faults,
    *,
    has_points: bool = True,
) -> Table[R]:
    at, header = next(rows, (1, []))
    columns = _read_columns(header, file, at, model, problems)
    numbers = [name for name, found in model.model_fields.items() if _is_number(found.annotation)]
    records: list[R] = []
    seen: dict[str, int] = {}
    split: list[tuple[int, dict[str, str]]] = []
    for line, parts in rows if columns else ():
        cells = _unwrap(parts, columns)
        if not seen and is_tagged(cells):
            message = "a row of HXL hashtags; take it out: columns are known by their names here"
            problems.append(Problem(file, message, line))
            continue
        is_marked = may_be_marked(cells)
        row = _read_cells(columns, cells, file, line, problems, is_marked=is_marked)
        if row is None:
            continue
        problems.extend(_read_numbers(row, numbers, file, line, has_points=has_points))
        split.append((line, row))
        if is_marked and (dangers := _find_dangers(columns, cells, file, line)):
            problems.extend(dangers)
            continue
        identity = row.get(key, "") if key else f"line {line}"
        if identity in seen:
            found = f"{shorten(identity)} is already on line {seen[identity]}"
            problems.append(Problem(file, f"{found}; give each row its own", line, key or ""))
        seen.setdefault(identity, line)
        try:
            records.append(model.model_validate(row))
        except ValidationError as error:
            if problems.has_enough(file):
                problems.append(Problem(file, "", line, more=error.error_count()))
                continue
            problems.extend(
                Problem(file, message, line, column)
                for column, message in translate(error, model, row)
            )
    return Table(file, tuple(records), seen, tuple(problems), tuple(split))


def _read_numbers(
    row: dict[str, str], numbers: list[str], file: str, line: int, *, has_points: bool
) -> Iterator[Problem]:
    """Put points for decimal commas; yield what may be thousands where commas are decimal."""
    for name in numbers:
        cell = row.get(name, "")
        if not has_points and may_be_thousands(cell):
            message = f"{shorten(cell)} may be thousands or a fraction; write it without points"
            yield Problem(file, message, line, name)
        if "," in cell:
            row[name] = read_decimal(cell)


def write_table(model: type[Record], records: Iterable[Record], layout: Iterable[str] = ()) -> str:
    """Return records as the text of the CSV file that they are read from.

    Args:
        model: of the records.
        records: in order.
        layout: columns that come first, in this order; columns that the model does not require are
            written if they are among them or some record holds something in them.

    Returns:
        The text; a cell that would run as a formula is disarmed by an apostrophe, which reading it
        takes away again.
    """
    rows = [write_cells(record) for record in records]
    blank = {
        name: write_cell(found.default)
        for name, found in model.model_fields.items()
        if not found.is_required()
    }
    used = dict.fromkeys(
        name for row in rows for name, cell in row.items() if cell != blank.get(name, "")
    )
    needed = [name for name in model.model_fields if name not in blank or name in used]
    columns = list(dict.fromkeys([*layout, *needed, *used]))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: disarm(row.get(name, "")) for name in columns} for row in rows)
    return text.getvalue()


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a text; only a line feed, or a carriage return and one, ends a line.

    Examples:
        >>> split_lines("one\r\ntwo\u2028still two\n")
        ['one', 'two\u2028still two']
    """
    lines = text.removesuffix("\n").split("\n") if text else []
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines


def read_header(folder: Folder, name: str, model: type[H]) -> H:
    """Read one TOML file of ``folder``.

    Raises:
        DataError: every fault of the file, with the path of the key.
    """
    return check_header(read_toml(folder, name), folder.label(name), model)


def read_toml(folder: Folder, name: str) -> dict[str, Any]:
    """Read one TOML file of ``folder`` as it is written.

    Raises:
        DataError: it is missing or no TOML, or a key has more than 32 parts, or tables and lists
            stand deeper than that in one another.
    """
    text, file = folder.read(name), folder.label(name)
    may_be_deep = any(line.count(".") >= DEEPEST for line in text.split("\n"))
    if may_be_deep and (deep := _DEEP_KEY.search(text)):
        line = text.count("\n", 0, deep.start()) + 1
        raise DataError([Problem(file, f"a key has more than {DEEPEST} parts; shorten it", line)])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError([Problem(file, f"not valid TOML: {error}")]) from None
    except RecursionError:
        message = f"tables or lists stand too deep in one another; at most {DEEPEST} deep"
        raise DataError([Problem(file, message)]) from None
    except ValueError:  # of a number with thousands of digits
        raise DataError([Problem(file, "a number has too many digits; shorten it")]) from None


def check_header(content: dict[str, Any], file: str, model: type[H]) -> H:
    """Return what a TOML file holds as a header.

    Raises:
        DataError: every fault of it, with the path of the key.
    """
    unfit = [Problem(file, message, None, key) for key, message in find_unfit(content)]
    if unfit:
        raise DataError(unfit)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise DataError(
            [Problem(file, message, None, key) for key, message in translate(error, model, None)]
        ) from None


def _check_size(file: str, lines: list[str]) -> None:
    """Refuse a table of more lines, or more cells, than are read in a few seconds."""
    width = next((line.count(",") + 1 for line in lines if line.strip()), 1)
    for size, limit, what in (
        (len(lines), LIMIT_LINES, "lines"),
        (len(lines) * width, LIMIT_CELLS, f"cells ({width:,} columns)"),
    ):
        if size > limit:
            message = f"the table has {size:,} {what}; at most {limit:,} are read: split it"
            raise DataError([Problem(file, message)])


def _is_number(hint: object) -> bool:
    return hint is float or any(map(_is_number, get_args(hint)))


def _unwrap(cells: list[str], columns: list[str]) -> list[str]:
    """Return the cells of a row that a spreadsheet took for one cell, and so put in quotes."""
    if len(cells) != 1 or len(columns) == 1 or "," not in cells[0]:
        return cells
    try:
        inner = [cell.strip(" \t") for cell in next(csv.reader([cells[0]], strict=True))]
    except csv.Error:
        return cells
    return inner if len(inner) == len(columns) else cells


def _read_columns(
    header: list[str], file: str, at: int, model: type[Record], problems: Faults
) -> list[str]:
    """Return the header's columns, or none if rows cannot be read under it."""
    fields = model.model_fields
    required = [name for name, found in fields.items() if found.is_required()]
    if not header:
        problems.append(
            Problem(file, f"the file is empty; its first line must be: {','.join(fields)}", at)
        )
        return []
    unsafe = [fault for name in header if (fault := find_danger(name, name))]
    problems.extend(Problem(file, fault, at) for fault in unsafe)
    names = Counter(name.strip() for name in header)
    missing = [name for name in required if name not in names]
    fault = f"the column is missing; the first line must hold: {', '.join(required)}"
    fault += "; it has curly quotes: type straight ones" if has_curly(header) else ""
    problems.extend(Problem(file, fault, at, name) for name in missing)
    twice = sorted(name for name, count in names.items() if count > 1)
    twice = [name for name in twice if name in fields or not missing]  # else it is no header
    problems.extend(Problem(file, "the column occurs twice; keep one", at, n) for n in twice)
    speller = Speller([name for name in fields if name not in names], cutoff=0.8)
    for name in names:
        hint = "" if name in fields else speller.hint(name.lower())
        if hint:
            problems.append(Problem(file, f"unknown column.{hint}", at, name))
    return [] if missing or twice or unsafe else list(names)


def _read_cells(
    columns: list[str],
    cells: list[str],
    file: str,
    line: int,
    problems: Faults,
    *,
    is_marked: bool,
) -> dict[str, str] | None:
    """Return the row by column, or None if there are more cells than columns, or fewer."""
    if len(cells) != len(columns):
        curly = (
            "; curly quotes do not hold a cell together: type straight ones"
            if has_curly([cell[:1] for cell in cells])
            else '; put a cell that holds a comma in straight quotes (")'
            * (len(cells) > len(columns))
        )
        message = f"{len(cells)} cells where the header has {len(columns)}{curly}"
        problems.append(Problem(file, message, line))
        return None
    armed = (arm(cell).strip() for cell in cells) if is_marked else cells
    return dict(zip(columns, map(str.strip, armed), strict=True))


def _find_dangers(columns: list[str], cells: list[str], file: str, line: int) -> list[Problem]:
    return [
        Problem(file, fault, line, column)
        for column, cell in zip(columns, cells, strict=True)
        if (fault := find_danger(cell, cell))
    ]

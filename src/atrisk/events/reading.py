"""Reading: a file of event data, whole and in one pass, into counts by country and month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

from atrisk.base.dates import Month
from atrisk.base.delimiters import is_tagged
from atrisk.base.errors import (
    DataError,
    Faults,
    Problem,
    RequestError,
    UnknownNameError,
    require,
    shorten,
)
from atrisk.base.marks import show
from atrisk.events.counts import Cell, Count, EventTable
from atrisk.events.layouts import (
    LAYOUTS,
    Layout,
    Way,
    fold_column,
    names_draft,
    recognise,
)
from atrisk.events.lines import Lines, split_rows
from atrisk.events.values import CellError

STEP = 50_000  # rows between two calls of ``progress``
LIMIT_SUMS = 1_000_000  # of a country, a month, a kind and an actor
TAGS_WITHIN = 25  # rows in which the hashtags of a table must stand, as HXL has it
_SHOWN = 300  # characters of a header that is not known

Rows = Iterator[tuple[int, list[str]]]


def read_events(
    file: Path,
    layout: str | None = None,
    *,
    skip_bad: bool = False,
    progress: Callable[[int], object] | None = None,
) -> EventTable:
    r"""Read a file of event data and count it by country, month, kind and actor.

    The file is delimited text in UTF-8, with commas, semicolons or tabs. It is read in one pass
    and never held whole; the order of its rows changes nothing.

    Args:
        file: where it is.
        layout: id of its layout, one of ``LAYOUTS``; None to tell it from the header. A file of
            UCDP is ``ucdp-candidate`` if it is named as a candidate release or some row of it is
            not marked as clear, and ``ucdp-ged`` otherwise.
        skip_bad: whether faulty rows are left out and counted, instead of refused.
        progress: called with the number of rows read so far, every 50,000 rows.

    Returns:
        The counts, with what was left out of them.

    Raises:
        RequestError: there is no such file, or it cannot be read.
        UnknownNameError: no layout has that id.
        DataError: the header is of no layout; or there is no row; or rows are faulty, all told
            together with line and column, the first hundred one by one; or the file is not text,
            or its quotes are broken, beyond which nothing can be read; or no row can be counted.

    References:
        The publishers' columns and codes, and what they become here: ``docs/data-format.md``.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     made = Path(folder) / "made.csv"
        ...     text = "date,country,kind,actor,deaths\n2024-05-16,Mali,battle,state,3\n"
        ...     _ = made.write_text(text, encoding="utf-8")
        ...     table = read_events(made)
        >>> table.countries(), table.series("MLI")
        (('MLI',), {Month('2024-05'): 3.0})
    """
    require(file, Path, "wrap it: Path('events.csv')")
    if layout is not None and layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    if not file.is_file():
        raise RequestError(
            f"{str(file)!r} is not a file; give a table of events such as events.csv"
        )
    name = show(file.name)
    try:
        with file.open("rb") as stream:
            lines = Lines(stream, name)
            rows = split_rows(lines)
            heading, rows = _find_heading(name, rows, layout)
            tally = _Tally(name, heading, skip_bad=skip_bad)
            tally.read(rows, progress)
    except OSError as error:
        raise RequestError(f"{str(file)!r} cannot be read: {error.strerror or error}") from None
    return tally.close(lines.sha256, may_be_draft=layout is None)


@dataclass(frozen=True)
class _Heading:
    """The layout of a file, the places of its columns by question, and their names."""

    layout: Layout
    places: dict[str, int]
    names: list[str]


def _find_heading(file: str, rows: Rows, asked: str | None) -> tuple[_Heading, Rows]:
    """Return the heading and the rows below it."""
    line, header = next(rows, (1, []))
    if not header:
        message = "the file is empty; its first line must be a header"
        raise DataError([Problem(file, message, 1)])
    layout = LAYOUTS[asked] if asked else recognise(header)
    if layout is None and is_tagged(header):
        layout = LAYOUTS["hxl"]
    if layout is None or (asked == "hxl" and not is_tagged(header)):
        begun = list(islice(rows, TAGS_WITHIN - 1))
        tagged = [at for at, (_, cells) in enumerate(begun) if is_tagged(cells)]
        if not tagged:
            raise DataError([Problem(file, _tell_unknown(header, asked), line)])
        line, header = begun[tagged[0]]
        layout, rows = LAYOUTS["hxl"], chain(begun[tagged[0] + 1 :], rows)
    heading = _Heading(layout, layout.find(header), [fold_column(name) for name in header])
    _check_columns(file, line, heading, header)
    below = next(rows, None)
    if below and not is_tagged(below[1]):  # hashtags under the publisher's own header say no more
        rows = chain([below], rows)
    return heading, rows


def _check_columns(file: str, line: int, heading: _Heading, header: list[str]) -> None:
    """Refuse a header that lacks a column which the layout needs, or has one twice."""
    missing = ", ".join(heading.layout.list_missing(header))
    if missing:
        found = shorten(",".join(header), _SHOWN)
        message = (
            f"the layout {heading.layout.name} needs these columns too: {missing}; found {found}"
        )
        raise DataError([Problem(file, message, line)])
    used = [heading.names[at] for at in heading.places.values()]
    twice = [name for name in used if heading.names.count(name) > 1]
    if twice:
        message = "the column occurs twice; keep one"
        raise DataError([Problem(file, message, line, name) for name in twice])


def _tell_unknown(header: list[str], asked: str | None) -> str:
    found = shorten(",".join(header), _SHOWN)
    if asked:
        return f"no row of hashtags is among the first {TAGS_WITHIN}; the first row is {found}"
    known = "".join(f"\n    {layout.describe()}" for layout in LAYOUTS.values())
    return (
        f"the header is of no layout that is known; found {found}; known are, with columns:{known}"
    )


class _Tally:
    """What was counted of a file so far, and what was wrong with it."""

    def __init__(self, file: str, heading: _Heading, *, skip_bad: bool) -> None:
        self.file, self.heading, self.skip_bad = file, heading, skip_bad
        layout, places = heading.layout, heading.places
        self.width, self.status = len(heading.names), places.get("status")
        count = layout.total if "events" in places else layout.count
        ways: list[Way[Any]] = [layout.country, layout.month, layout.sort, count, layout.changed]
        # a cell that is added to every row stands for the columns that the file has not
        self.ways = [([places.get(q, self.width) for q in way.questions], way.read) for way in ways]
        self.rows = self.skipped = self.unplaced = 0
        self.problems = Faults()
        self.sums: dict[tuple[str, Month, str, str], Count] = {}
        self.latest: date | None = None
        self.uncleared = False

    def read(self, rows: Rows, progress: Callable[[int], object] | None) -> None:
        """Count every row; what ends the file early is told with what was wrong before it."""
        try:
            for line, cells in rows:
                self._add(line, cells)
                if progress and self.rows % STEP == 0:
                    progress(self.rows)
        except DataError as error:
            raise DataError([*self.problems, *error.problems]) from None

    def _add(self, line: int, cells: list[str]) -> None:
        self.rows += 1
        answers = self._answer(line, cells)
        if answers is None:
            self.skipped += 1
            return
        country, month, (kind, actor), count, changed = answers
        if changed and (self.latest is None or changed > self.latest):
            self.latest = changed
        if self.status is not None and cells[self.status].strip().casefold() not in ("", "clear"):
            self.uncleared = True
        if month is None:
            self.unplaced += count.events
            return
        key = (country, month, kind, actor)
        before = self.sums.get(key)
        if before is None and len(self.sums) >= LIMIT_SUMS:
            message = f"it has more than {LIMIT_SUMS:,} sums of a month; cut it into its years"
            raise DataError([Problem(self.file, message, line)])
        self.sums[key] = count if before is None else before + count

    def _answer(self, line: int, cells: list[str]) -> list[Any] | None:
        """Return country, month, sort, count and day of change; None if one of them is faulty."""
        if len(cells) != self.width:
            message = f"{len(cells)} cells where the header has {self.width}"
            self.problems.append(Problem(self.file, message, line))
            return None
        cells.append("")
        answers: list[Any] = []
        for places, read in self.ways:
            try:
                answers.append(read(*[cells[place] for place in places]))
            except CellError as fault:
                column = self._name_column(fault.question)
                self.problems.append(Problem(self.file, str(fault), line, column))
        return answers if len(answers) == len(self.ways) else None

    def _name_column(self, question: str) -> str:
        at = self.heading.places.get(question)
        return self.heading.layout.columns[question][0] if at is None else self.heading.names[at]

    def close(self, sha256: str, *, may_be_draft: bool) -> EventTable:
        """Return what was counted.

        Raises:
            DataError: rows are faulty and not to be skipped, or nothing was counted.
        """
        if self.problems and not self.skip_bad:
            raise DataError(self.problems)
        if not self.rows:
            message = "the file has a header and no row; give one with events in it"
            raise DataError([Problem(self.file, message, 2)])
        if not self.sums:
            left = f"{self.skipped:,} are faulty and {self.unplaced:,} events lie in no one month"
            nothing = Problem(self.file, f"none of {self.rows:,} rows can be counted: {left}")
            raise DataError([nothing, *self.problems])
        layout = self.heading.layout
        draft = layout.draft if may_be_draft else ""
        is_draft = bool(draft) and (self.uncleared or names_draft(self.file))
        counts = {Cell(*key): count for key, count in sorted(self.sums.items())}
        return EventTable(
            layout=draft if is_draft else layout.name,
            file=self.file,
            sha256=sha256,
            rows=self.rows,
            counts=counts,
            unplaced=self.unplaced,
            skipped=self.skipped,
            latest=self.latest,
        )

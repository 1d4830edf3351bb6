"""Results: what all of them can do, in a notebook and as a data frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from atrisk.base.errors import MissingExtraError, UnknownNameError
from atrisk.base.marks import show

if TYPE_CHECKING:
    import pandas


Row = dict[str, Any]
SHOWN = 12  # rows that a notebook shows of a table


class Result:
    """A result that prints, shows itself in a notebook, and becomes a data frame.

    A subclass has ``to_rows``, and a ``repr`` that says in one line what it is, with its caveats on
    the lines below.

    Attributes:
        about: the attribute whose caveats are its own.
    """

    about: ClassVar[str] = ""

    def __init_subclass__(cls, **named: Any) -> None:
        """Show what is hidden in all that a result says in words, whoever writes it."""
        super().__init_subclass__(**named)
        for name in ("__repr__", "describe"):
            if name in vars(cls):
                setattr(cls, name, _tell_shown(vars(cls)[name]))

    def to_frame(self, *level: Any, **asked: Any) -> pandas.DataFrame:
        """Return ``to_rows`` as a tidy pandas data frame: a row a record, a column a cell.

        Args:
            level: as ``to_rows`` takes it; nothing for its default.
            asked: the same by name.

        Raises:
            MissingExtraError: pandas is not installed.
            UnknownNameError: no such level.
        """
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("to_frame", "frames") from None
        return pandas.DataFrame(self._list_rows(*level, **asked))

    def _list_rows(self, *level: Any, **asked: Any) -> list[Row]:
        rows: list[Row] = getattr(self, "to_rows")(*level, **asked)  # noqa: B009 - of a subclass
        return rows

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before quoting it."""
        told: tuple[str, ...] = getattr(self, self.about).caveats if self.about else ()
        return told

    def _tell(self, line: str, *notes: str) -> str:
        """Return what ``repr`` says: one line, then notes and caveats on lines of their own."""
        return "\n  ".join([line, *notes, *self.caveats])

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first rows, then the caveats; all text escaped."""
        from html import escape

        title, *caveats = repr(self).split("\n")
        rows = self._list_rows()
        more = len(rows) - SHOWN
        rest = (
            f"<p>… and {more} more rows; <code>.to_frame()</code> has all.</p>" if more > 0 else ""
        )
        told = "".join(f"<br>{escape(line.strip())}" for line in caveats)
        return f"<p><b>{escape(title)}</b>{told}</p>{_write_table(rows[:SHOWN])}{rest}"


def _tell_shown(tell: Callable[..., str]) -> Callable[..., str]:
    @wraps(tell)
    def told(*given: Any, **named: Any) -> str:
        return show(tell(*given, **named), lines=True)

    return told


class LevelResult(Result):
    """A result of several tables, each asked for by its level.

    Attributes:
        tables: level by level, the method that yields its rows; the first is the default.
    """

    tables: ClassVar[Mapping[str, str]] = {}

    def to_rows(self, level: str | None = None) -> list[Row]:
        """Return rows for a table.

        Args:
            level: one of ``tables``; None for the first.

        Raises:
            UnknownNameError: no such level.
        """
        name = next(iter(self.tables)) if level is None else level
        if name not in self.tables:
            raise UnknownNameError("level", str(level), self.tables)
        return [dict(row) for row in getattr(self, self.tables[name])()]


def _write_table(rows: list[dict[str, Any]]) -> str:
    from html import escape

    if not rows:
        return "<p>No row.</p>"
    head = "".join(f"<th>{escape(show(str(name)))}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_write_cell(cell))}</td>" for cell in row.values()) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _write_cell(value: object) -> str:
    """Return a cell as a reader wants it: a dash where nothing is known, which is not zero."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else show(str(value))

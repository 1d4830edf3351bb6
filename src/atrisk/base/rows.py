"""Results: what all of them can do, in a notebook and as a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atrisk.base.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas


SHOWN = 12  # rows that a notebook shows of a table


class Result:
    """A result that prints, shows itself in a notebook, and becomes a data frame.

    A subclass has ``to_rows``, and a ``repr`` that says in one line what it is, with its caveats
    on the lines below.
    """

    def to_frame(self, *level: str) -> pandas.DataFrame:
        """Return ``to_rows(level)`` as a tidy pandas data frame: a row a record, a column a cell.

        Args:
            level: as ``to_rows`` takes it; nothing for its default.

        Raises:
            MissingExtraError: pandas is not installed.
            UnknownNameError: no such level.
        """
        try:
            import pandas  # noqa: PLC0415 - an extra, imported where used
        except ImportError:
            raise MissingExtraError("to_frame", "frames") from None
        return pandas.DataFrame(self._list_rows(*level))

    def _list_rows(self, *level: str) -> list[dict[str, Any]]:
        return list(self.to_rows(*level))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first rows, then the caveats; all text escaped."""
        from html import escape  # noqa: PLC0415 - only a notebook asks

        title, *caveats = repr(self).splitlines()
        rows = self._list_rows()
        more = len(rows) - SHOWN
        rest = (
            f"<p>… and {more} more rows; <code>.to_frame()</code> has all.</p>" if more > 0 else ""
        )
        told = "".join(f"<br>{escape(line.strip())}" for line in caveats)
        return f"<p><b>{escape(title)}</b>{told}</p>{_write_table(rows[:SHOWN])}{rest}"


def _write_table(rows: list[dict[str, Any]]) -> str:
    from html import escape  # noqa: PLC0415 - only a notebook asks

    if not rows:
        return "<p>No row.</p>"
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_write_cell(cell))}</td>" for cell in row.values()) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _write_cell(value: object) -> str:
    """Return a cell as a reader wants it: a dash where nothing is known, which is not zero."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


Row = dict[str, Any]

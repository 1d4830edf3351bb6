"""Figure: one picture of a case with its title, what it does not show, and its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError
from atrisk.base.rows import Row

if TYPE_CHECKING:
    from atrisk.report.figures.canvas import Canvas


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure.

    Attributes:
        id: its name, which is its file's.
        title: what it shows.
        caption: how to read it, and what it does not show.
        rows: its table; None where it has none.
        missing: why there is no figure; empty if there is one.
    """

    id: str
    title: str
    caption: str
    rows: tuple[Row, ...] = field(repr=False)
    missing: str = ""
    _plot: Callable[[bool], Canvas] | None = field(default=None, repr=False)

    def plot(self, *, linked: bool = False) -> Canvas:
        """Return the picture, to change or to save.

        Args:
            linked: give points and cells links into a report.

        Raises:
            RequestError: the case has no data for it.
            MissingExtraError: the extra ``report`` is not installed.
        """
        if self._plot is None:
            raise RequestError(f"there is no figure {self.id!r}: {self.missing}")
        return self._plot(linked)

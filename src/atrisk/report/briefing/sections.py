"""Sections: a brief as headings and the sentences below them, whatever file it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

from atrisk.base.rows import Result, Row
from atrisk.report.changes import MonthChange
from atrisk.scoring.assessment import Assessment


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Attributes:
        name: what the section is, in any language, such as ``reading``.
        heading: in the brief's language.
        lines: sentences, and items of a list, in order; an item begins with ``•``.
        has_picture: whether the chart stands in it.
    """

    name: str
    heading: str
    lines: tuple[str, ...] = field(repr=False)
    has_picture: bool = False


@dataclass(frozen=True, eq=False)
class Briefing(Result):
    """What a director reads of one month of a case, on two pages.

    Attributes:
        change: the month beside the one before; None in the first month of a case.
        assessment: of the case as the last day of the month had it.
        title: of the case, and the month.
        language: of the sentences.
        sections: in order.
    """

    about = "assessment"

    change: MonthChange | None = field(repr=False)
    assessment: Assessment = field(repr=False)
    title: str
    language: str
    sections: tuple[Section, ...] = field(repr=False)

    def to_rows(self) -> list[Row]:
        """Return a row for each sentence."""
        return [
            {"section": section.name, "heading": section.heading, "text": line}
            for section in self.sections
            for line in section.lines
        ]

    def __repr__(self) -> str:
        words = sum(len(row["text"].split()) for row in self.to_rows())
        return self._tell(f"Briefing({self.title!r}, {self.language}, {words} words)")

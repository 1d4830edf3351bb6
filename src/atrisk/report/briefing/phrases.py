"""Phrases: numbers, months, countries and confidence as a brief's language writes them."""

from __future__ import annotations

from dataclasses import dataclass

from atrisk.base.countries import read_code
from atrisk.frameworks.header import Confidence
from atrisk.report.briefing.template import Template
from atrisk.report.changes import MonthChange
from atrisk.scoring.assessment import Assessment


@dataclass(frozen=True, eq=False)
class Phrases:
    """The words of a language, and the month that they are of.

    Attributes:
        words: the template.
        change: the month beside the one before.
    """

    words: Template
    change: MonthChange

    @property
    def now(self) -> Assessment:
        """The case as the last day of the month had it."""
        return self.change.assessment

    @property
    def place(self) -> int:
        """The row of the month."""
        return self.now.place(self.change.month)

    def say(self, name: str, **values: object) -> str:
        """Return a sentence, filled."""
        return self.words.fill(name, **values)

    def two(self, value: float | None) -> str:
        """Return a score with two decimals; nothing where there is none."""
        return "" if value is None else self.words.write_number(f"{value:.2f}")

    def signed(self, value: float) -> str:
        """Return a change with its sign and three decimals."""
        return self.words.write_number(f"{value:+.3f}")

    def share(self, value: float) -> str:
        """Return a share of 1 in hundredths."""
        return f"{100 * value:.0f}{self.words.word('percent')}"

    def name_country(self) -> str:
        """Return what the country is called; the case's title where it lies in none."""
        header = self.now.case.header
        found = read_code(header.country)
        own = self.words.words.get(f"country {header.country}")
        return own or (found.name if found else header.title)

    def name_month(self, month: str) -> str:
        """Return a month in words, and its year."""
        year, _, number = month.partition("-")
        return f"{self.words.word(f'month{number}')} {year}"

    def name_confidence(self, confidence: Confidence | None) -> str:
        """Return the word for how sure a reading is."""
        label = confidence.label if confidence else ""
        return self.words.words.get(f"confidence {label}", label)


def find_confidence(assessment: Assessment, place: int) -> Confidence | None:
    """Return the first word for confidence that a month's interval and coverage allow."""
    width = assessment.high[place] - assessment.low[place]
    covered = assessment.coverage[place]
    fitting = (
        one
        for one in assessment.framework.header.confidence
        if width <= one.widest and covered >= one.least_coverage
    )
    return next(fitting, None)

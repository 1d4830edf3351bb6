"""Phrases: numbers, months, countries and confidence as a brief's language writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from atrisk.base.countries import read_code
from atrisk.frameworks.header import Confidence
from atrisk.frameworks.loading import list_frameworks, load_framework
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

    def find_plain(self, kind: str, branch: str, option: str) -> str:
        """Return plain words for an option; nothing where it is not as it ships, or there are none.

        They say what the option's numbers are, so they are of the numbers that ship alone.
        """
        name = f"{kind} {option}" if kind == branch else f"{kind} {branch} {option}"
        plain, mine = self.words.words.get(name, ""), self.now.framework
        if not plain or mine.id not in list_frameworks():
            return ""
        sides = (
            one.branches[branch].pick(option, branch) for one in (mine, load_framework(mine.id))
        )
        own, shipped = sides
        return plain if own == shipped else ""

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


def drop_codes(indicators: Iterable[str]) -> str:
    """Return indicators by their labels alone."""
    return "; ".join(one.partition(" ")[2] for one in indicators)


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

"""Event rules: what counted events say of indicators, as a framework says it.

The content of ``event_rules.toml``; it is read only when events become evidence.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from atrisk.base.cells import Header, Identifier, Text
from atrisk.base.errors import DataError, Problem, did_you_mean, shorten
from atrisk.base.tables import read_header
from atrisk.frameworks.framework import Framework

FILE = "event_rules.toml"
Kind = Literal["battle", "one-sided", "remote", "riot", "protest", "other"]
Actor = Literal["state", "non-state", "unknown"]

Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        max_length=40,  # ids of rows go on with month and day of issue
        description="at most 40 characters: lower-case letters, digits, '-' and '_'",
    ),
]


class Step(Header):
    """From how many on a count is of a severity."""

    at: Annotated[float, Field(gt=0, allow_inf_nan=False, description="a number above 0")]
    severity: Annotated[int, Field(ge=1, le=4, description="1, 2, 3 or 4")]


class EventRule(Header):
    """Which counts of a month bear on which indicators, and how gravely.

    Attributes:
        count: what is counted: ``"events"``, ``"deaths"`` or ``"civilians"`` among them.
        kinds, actors: of the events that count; no actors means all.
        steps: the severity from each count on, both rising.
    """

    id: Name
    indicators: Annotated[tuple[Text, ...], Field(min_length=1)]
    count: Literal["events", "deaths", "civilians"]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    actors: tuple[Actor, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    rationale: Text

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        pairs = [(step.at, step.severity) for step in self.steps]
        for (at, severity), (after, graver) in pairwise(pairs):
            if after <= at or graver <= severity:
                raise ValueError(
                    f"rule {self.id}: steps must rise; {after:g} is severity {graver} after "
                    f"{at:g}, which is {severity}"
                )
        return self

    def grade(self, count: float) -> int:
        """Return the severity of a count; 0 below the lowest step."""
        return max((step.severity for step in self.steps if count >= step.at), default=0)


class Release(Header):
    """When a publisher puts out what it counted: days after a period is over."""

    layout: Identifier
    period: Literal["week", "month", "year"]
    days: Annotated[int, Field(ge=0, le=3660, description="a whole number of days, 0 or more")]
    rationale: Text


class EventRules(Header):
    """Everything in ``event_rules.toml``.

    Attributes:
        reliability, credibility: of an event table as a source, and of a count in it.
        months_before: how many months before a case begins become rows, since they still tell.
    """

    caveat: Text
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Annotated[int, Field(ge=1, le=6, description="a whole number from 1 to 6")]
    months_before: Annotated[int, Field(ge=0, le=1200, description="a whole number, 0 or more")]
    rules: Annotated[tuple[EventRule, ...], Field(min_length=1)]
    releases: tuple[Release, ...] = ()

    def find_release(self, layout: str) -> Release | None:
        """Return the calendar of a layout's publisher; None if nothing is said of it."""
        return next((one for one in self.releases if one.layout == layout), None)


def read_event_rules(framework: Framework) -> EventRules:
    """Read the rules of a framework.

    Raises:
        DataError: it has none of its own indicators, or they have faults; all of them are listed.

    Examples:
        Thirty civilians who were killed in a month, and three:

        >>> from atrisk.frameworks.loading import load_framework
        >>> found = read_event_rules(load_framework("un-foa-2014"))
        >>> killed = next(rule for rule in found.rules if rule.id == "civilians-killed")
        >>> killed.grade(30), killed.grade(3)
        (3, 1)
    """
    folder = framework.folder
    label = f"{folder.name}/{FILE}"
    found: EventRules | None = read_header(folder, FILE, EventRules) if folder.has(FILE) else None
    own = FILE in folder.names()
    faults = list(_check(found, label, framework)) if found else []
    if found is None or (faults and not own):
        message = (
            "the file is missing, so nobody has said what counted events mean for these "
            "indicators; write one like that of un-foa-2014 (docs/data-format.md)"
        )
        raise DataError([Problem(label, message)])
    if faults:
        raise DataError(faults)
    return found


def _check(found: EventRules, label: str, framework: Framework) -> Iterator[Problem]:
    ids, codes = [rule.id for rule in found.rules], list(framework.indicators)
    for rule in found.rules:
        if ids.count(rule.id) > 1:
            yield Problem(label, f"two rules are called {rule.id}; each needs an id of its own")
        gravest = rule.steps[-1].severity
        if gravest > framework.top_severity:
            message = f"rule {rule.id}: severity {gravest} is beyond the scale of {framework.id}"
            yield Problem(label, f"{message}, which ends with {framework.top_severity}")
        for code in rule.indicators:
            if code not in codes:
                message = f"rule {rule.id}: {shorten(code)} is no indicator."
                yield Problem(label, message + did_you_mean(code, codes))

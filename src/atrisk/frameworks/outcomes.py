"""Outcomes: what scores are held against, as a framework says it.

The content of ``outcomes.toml``; it is read only when something is verified.
"""

from typing import Annotated

from pydantic import Field

from atrisk.base.cells import Header, Identifier, Text
from atrisk.base.errors import DataError, Problem, UnknownNameError
from atrisk.base.tables import read_header
from atrisk.frameworks.framework import Framework

FILE = "outcomes.toml"
Months = Annotated[int, Field(ge=1, le=120, description="a whole number of months, 1 or more")]


class OutcomeRule(Header):
    """From what count on a month is one that should have been warned of."""

    id: Identifier
    measure: Identifier
    at: Annotated[float, Field(gt=0, allow_inf_nan=False, description="a number above 0")]
    label: Text
    rationale: Text


class OutcomeRules(Header):
    """Everything in ``outcomes.toml``.

    Attributes:
        horizon: months after a month that are ahead of it.
        average: months of the moving average that a score is held against.
        quiet: months below that make the next one above an onset.
        reach: months before an onset within which an alarm warns of it.
        bins: parts into which months are sorted to compare told probabilities with shares.
        draws, level: of intervals: how often cases are drawn, and how much one holds.
    """

    caveat: Text
    horizon: Months
    average: Months
    quiet: Months
    reach: Months
    bins: Annotated[int, Field(ge=2, le=100, description="a whole number from 2 to 100")]
    draws: Annotated[int, Field(ge=20, le=100_000, description="a whole number from 20")]
    level: Annotated[float, Field(gt=0, lt=1, description="a number between 0 and 1")]
    outcomes: Annotated[tuple[OutcomeRule, ...], Field(min_length=1)]

    def pick(self, wanted: str | None) -> OutcomeRule:
        """Return an outcome by its id, or the first.

        Raises:
            UnknownNameError: there is none of that id.
        """
        known = {one.id: one for one in self.outcomes}
        name = wanted or self.outcomes[0].id
        if name not in known:
            raise UnknownNameError("outcome", name, known)
        return known[name]


def read_outcome_rules(framework: Framework) -> OutcomeRules:
    """Read what a framework's scores are held against.

    Raises:
        DataError: the file is missing or has faults; all of them are listed.

    Examples:
        >>> from atrisk.frameworks.loading import load_framework
        >>> rules = read_outcome_rules(load_framework("un-foa-2014"))
        >>> rules.pick("civilians-100").at
        100.0
    """
    folder = framework.folder
    if not folder.has(FILE):
        message = "the file is missing, so nothing is known to hold scores against; copy that of "
        raise DataError([Problem(folder.label(FILE), message + "un-foa-2014")])
    found: OutcomeRules = read_header(folder, FILE, OutcomeRules)
    ids = [one.id for one in found.outcomes]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice:
        message = f"two outcomes are called {twice}; each needs an id of its own"
        raise DataError([Problem(folder.label(FILE), message, None, "outcomes")])
    return found

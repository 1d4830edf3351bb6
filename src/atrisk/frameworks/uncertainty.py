"""Uncertainty: how far the record and the method's numbers may be off, as a framework says it.

The content of ``uncertainty.toml``: questions with options, as in the method, but about the spread
of a judgement rather than about the judgement itself. It is read only when something draws from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, create_model, model_validator

from atrisk.base.cells import Header
from atrisk.base.errors import DataError, Problem, UnknownNameError
from atrisk.base.folders import Folder
from atrisk.base.tables import read_header
from atrisk.frameworks.branches import branch_of
from atrisk.frameworks.limits import Concentration, Inside, Share, Spread, Times, WeightBound
from atrisk.frameworks.options import Option

FILE = "uncertainty.toml"


class CorrelationOption(Option):
    """How much the claims of one source err together."""

    correlation: Annotated[float, Field(ge=0, lt=1, description="a number from 0 up to 1")]


class SeverityOption(Option):
    """How often a severity is one step off."""

    lower: Share
    higher: Share

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.lower + self.higher > 1:
            raise ValueError("lower and higher together must not exceed 1")
        return self


class WeightSpreadOption(Option):
    """How tightly drawn weights lie around those of the set."""

    concentration: Concentration


class HalfLifeSpreadOption(Option):
    """By which factor a half-life may be off."""

    factor: Spread


class WeightBoundsOption(Option):
    """By which factor a weight may be off and still be admissible."""

    factor: WeightBound


class SpreadHeader(Header):
    """What ``uncertainty.toml`` holds beside its questions."""

    quantiles: Annotated[tuple[Share, ...], Field(min_length=1)]
    confidence_level: Inside
    half_life_factors: Annotated[tuple[Times, ...], Field(min_length=1)]


# What an option of each question holds.
QUESTIONS: dict[str, type[Option]] = {
    "source_correlation": CorrelationOption,
    "severity_error": SeverityOption,
    "weight_spread": WeightSpreadOption,
    "weight_bounds": WeightBoundsOption,
    "half_life_spread": HalfLifeSpreadOption,
}
UncertaintyHeader = create_model(
    "UncertaintyHeader",
    __base__=SpreadHeader,
    **{name: (branch_of(kind), ...) for name, kind in QUESTIONS.items()},  # type: ignore[call-overload] # fields that are made
)
BRANCHES = tuple(name for name in QUESTIONS if name != "weight_bounds")  # what draws need


@dataclass(frozen=True, eq=False, slots=True)
class Uncertainty:
    """One option for each question about spread.

    Attributes:
        choices: id of the chosen option by question.
    """

    choices: Mapping[str, str]
    source_correlation: CorrelationOption
    severity_error: SeverityOption
    weight_spread: WeightSpreadOption
    half_life_spread: HalfLifeSpreadOption


def read_uncertainty(folder: Folder) -> Any:
    """Read the spreads of a framework.

    Raises:
        DataError: the file is missing or has faults; all of them are listed.
    """
    if not folder.has(FILE):
        message = (
            "the file is missing, and nothing can be drawn without it; copy that of un-foa-2014"
        )
        raise DataError([Problem(folder.label(FILE), message)])
    return read_header(folder, FILE, UncertaintyHeader)


def choose_uncertainty(header: Any, choices: Mapping[str, str] | None = None) -> Uncertainty:
    """Return the defaults, with some questions settled otherwise.

    Raises:
        UnknownNameError: no such question, or no such option of it.
    """
    wanted = choices or {}
    for name in wanted:
        if name not in BRANCHES:
            raise UnknownNameError("question of uncertainty", name, BRANCHES)
    taken = {
        name: getattr(header, name).pick(wanted.get(name), f"option of '{name}'")
        for name in BRANCHES
    }
    return Uncertainty(choices={name: option.id for name, option in taken.items()}, **taken)

"""Uncertainty: how far the record and the method's numbers may be off, as a framework says it.

The content of ``uncertainty.toml``: questions with options, as in the method, but about the spread
of a judgement rather than about the judgement itself. It is read only when something draws from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from atrisk.base.errors import DataError, Problem, UnknownNameError
from atrisk.base.folders import Folder
from atrisk.base.tables import Header, read_header
from atrisk.frameworks.branches import Branch, Option, Positive, Share

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

    concentration: Annotated[float, Field(gt=0, description="a number above 0 (inf is allowed)")]


class HalfLifeSpreadOption(Option):
    """By which factor a half-life may be off."""

    factor: Annotated[float, Field(ge=1, lt=float("inf"), description="a number, 1 or more")]


class CorrelationBranch(Branch):
    """What errs together."""

    options: tuple[CorrelationOption, ...]


class SeverityBranch(Branch):
    """How severe it was."""

    options: tuple[SeverityOption, ...]


class WeightSpreadBranch(Branch):
    """How far weights may be off."""

    options: tuple[WeightSpreadOption, ...]


class HalfLifeSpreadBranch(Branch):
    """How far half-lives may be off."""

    options: tuple[HalfLifeSpreadOption, ...]


class WeightBoundsOption(Option):
    """By which factor a weight may be off and still be admissible."""

    factor: Annotated[float, Field(ge=1, description="a number, 1 or more (inf is allowed)")]


class WeightBoundsBranch(Branch):
    """Which weights are admissible."""

    options: tuple[WeightBoundsOption, ...]


class UncertaintyHeader(Header):
    """The content of ``uncertainty.toml``."""

    quantiles: Annotated[tuple[Share, ...], Field(min_length=1)]
    confidence_level: Annotated[float, Field(gt=0, lt=1, description="a number between 0 and 1")]
    half_life_factors: Annotated[tuple[Positive, ...], Field(min_length=1)]
    source_correlation: CorrelationBranch
    severity_error: SeverityBranch
    weight_spread: WeightSpreadBranch
    weight_bounds: WeightBoundsBranch
    half_life_spread: HalfLifeSpreadBranch


BRANCHES = ("source_correlation", "severity_error", "weight_spread", "half_life_spread")


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


def read_uncertainty(folder: Folder) -> UncertaintyHeader:
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


def choose_uncertainty(
    header: UncertaintyHeader, choices: Mapping[str, str] | None = None
) -> Uncertainty:
    """Return the defaults, with some questions settled otherwise.

    Raises:
        UnknownNameError: no such question, or no such option of it.
    """
    for name in choices or {}:
        if name not in BRANCHES:
            raise UnknownNameError("question of uncertainty", name, BRANCHES)
    taken = {name: _choose(header, name, (choices or {}).get(name)) for name in BRANCHES}
    ids = {name: option.id for name, option in taken.items()}
    return Uncertainty(choices=ids, **taken)  # type: ignore[arg-type]


def _choose(header: UncertaintyHeader, branch: str, choice: str | None) -> Option:
    found: Branch = getattr(header, branch)
    options = {option.id: option for option in found.options}
    wanted = choice or found.default
    if wanted not in options:
        raise UnknownNameError(f"option of '{branch}'", wanted, options)
    return options[wanted]

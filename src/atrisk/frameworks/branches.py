"""Methods: the judgements that a framework leaves open, and one choice for each.

A judgement is a *branch*: a question, the options that a reasonable person may choose, a weight
and a rationale for each, and the default. A ``Method`` takes one option of every branch.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from atrisk.base.tables import Header, Identifier, Record, Text

EVERYTHING_ELSE = "*"  # in a weight file: every code that has no line of its own

Share = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
Positive = Annotated[float, Field(gt=0, description="a number above 0 (inf is allowed)")]


class Option(Header):
    """One way to settle a branch: its share of belief and the reason for it."""

    id: Identifier
    weight: Annotated[float, Field(gt=0, le=1, description="a share of belief above 0, up to 1")]
    rationale: Text


class GradeOption(Option):
    """A table from (reliability, credibility) to the probability that a claim is true."""

    table: Text


class PersistenceOption(Option):
    """Half-lives in months, by the nature of the indicator."""

    structural: Positive
    dynamic: Positive
    trigger: Positive


class NotAssessedOption(Option):
    """The highest intensity that an indicator nobody looked at may have."""

    upper: Share


class SurgeOption(Option):
    """When a month's rise stands out from the changes before it."""

    months: Annotated[int, Field(ge=2)]
    deviations: Annotated[float, Field(gt=0)]
    least: Share


class TriggerOption(Option):
    """When a trigger falls on ground that is already dangerous."""

    trigger_factor: Text
    ground_factors: tuple[str, ...]
    trigger_at: Share
    ground_at: Share


class ResponseLevelOption(Option):
    """A table from (instrument, stage) to the level of response that it stands for."""

    table: Text


class RuleOption(Option):
    """What counts as an answer to a warning, and at which stage."""

    label: Text
    stage: Literal["proposed", "decided", "deployed", "full_strength"]
    documented: bool
    effects: tuple[str, ...]
    instruments: tuple[str, ...] = ()
    protects_civilians: bool = False
    share: Share = 0.0


_PARAMETER = {"counting_or": "strength", "noisy_or": "strength", "power_mean": "exponent"}


class AggregationOption(Option):
    """A rule that joins several values into one."""

    rule: Literal["counting_or", "noisy_or", "power_mean", "maximum"]
    strength: Annotated[float, Field(gt=0, lt=1)] | None = None
    exponent: Annotated[float, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _has_its_parameter(self) -> Self:
        needed = _PARAMETER.get(self.rule)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"the rule {self.rule} needs the key '{needed}'")
        return self


class WeightsOption(Option):
    """A weight set: ``weights/<id>.csv``, and where its judgement comes from."""

    label: Text
    source: Text


class AlarmOption(Option):
    """When a score raises an alarm, and when it lowers it again."""

    on: Share
    off: Share
    months_needed: Annotated[int, Field(ge=1)]
    months_watched: Annotated[int, Field(ge=1)]
    cool_down_months: Annotated[int, Field(ge=0)]

    @property
    def arguments(self) -> dict[str, Any]:
        """What the kernel's alarm functions take."""
        return {
            "on": self.on,
            "off": self.off,
            "needed": self.months_needed,
            "watched": self.months_watched,
            "cool_down": self.cool_down_months,
        }


class Branch(Header):
    """A judgement: the question, its options, and the one taken by default."""

    question: Text
    default: Identifier
    options: tuple[Option, ...]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        ids = [option.id for option in self.options]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two options share an id: {', '.join(ids)}")
        if self.default not in ids:
            raise ValueError(f"the default {self.default!r} is not among: {', '.join(ids)}")
        total = sum(option.weight for option in self.options)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the options' weights sum to {total:g}; they must sum to 1")
        return self


# One class for each kind of option: a generic model says it shorter, and its parameters cost each
# run a thirtieth more (docs/performance.md).
class GradeBranch(Branch):
    """What a grade is worth."""

    options: tuple[GradeOption, ...]


class PersistenceBranch(Branch):
    """How long a condition lasts."""

    options: tuple[PersistenceOption, ...]


class NotAssessedBranch(Branch):
    """What nobody looked at."""

    options: tuple[NotAssessedOption, ...]


class AggregationBranch(Branch):
    """How values join."""

    options: tuple[AggregationOption, ...]


class WeightsBranch(Branch):
    """How much each counts."""

    options: tuple[WeightsOption, ...]


class AlarmBranch(Branch):
    """When to raise an alarm."""

    options: tuple[AlarmOption, ...]


class SurgeBranch(Branch):
    """What stands out."""

    options: tuple[SurgeOption, ...]


class TriggerBranch(Branch):
    """What sets it off."""

    options: tuple[TriggerOption, ...]


class ResponseLevelBranch(Branch):
    """How much each response counts."""

    options: tuple[ResponseLevelOption, ...]


class RuleBranch(Branch):
    """What answers a warning."""

    options: tuple[RuleOption, ...]


class Branches(Header):
    """Every judgement of the method."""

    grade: GradeBranch
    persistence: PersistenceBranch
    not_assessed: NotAssessedBranch
    factor_aggregation: AggregationBranch
    crime_aggregation: AggregationBranch
    weights: WeightsBranch
    alarm: AlarmBranch
    surge: SurgeBranch
    trigger: TriggerBranch
    response_level: ResponseLevelBranch
    rule: RuleBranch


class GradeRow(Record):
    """One cell of a grade table: the probability and how far it may be off."""

    grade: Annotated[str, Field(pattern=r"^[A-F][1-6]$", description="a grade such as B2")]
    low: Share
    probability: Share
    high: Share

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if not self.low <= self.probability <= self.high:
            raise ValueError("low, probability and high must not fall")
        return self


class WeightRow(Record):
    """One line of a weight file."""

    code: Annotated[
        str, Field(pattern=r"^([0-9]+(\.[0-9]+)?|\*)$", description="a factor, an indicator, or *")
    ]
    weight: Annotated[float, Field(ge=0, lt=float("inf"), description="a number, 0 or more")]
    rationale: Text


class ResponseLevelRow(Record):
    """One line of a response level table."""

    cell: Annotated[
        str, Field(pattern=r"^[a-z]+ [a-z_]+$", description="an instrument and a stage")
    ]
    level: Share
    rationale: Text


@dataclass(frozen=True, eq=False, slots=True)
class WeightSet:
    """Relative weights of factors and indicators; only ratios matter.

    Attributes:
        id: its name in the framework.
        weights: weight by code of a factor or an indicator.
        rationales: why, by the code of the line (``*`` is every code without one).
    """

    id: str
    weights: Mapping[str, float]
    rationales: Mapping[str, str]


def digest_parts(*parts: object) -> str:
    """Return the SHA-256 over the content of records, options and mappings of them."""
    text = json.dumps([_plain(part) for part in parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(part: object) -> object:
    if isinstance(part, BaseModel):
        return part.model_dump()
    if isinstance(part, Mapping):
        return {str(key): _plain(value) for key, value in part.items()}
    if is_dataclass(part):
        return {one.name: _plain(getattr(part, one.name)) for one in fields(part)}
    return part


@dataclass(frozen=True, eq=False, slots=True)
class Method:
    """One choice for every branch of a framework.

    Attributes:
        choices: id of the chosen option by branch.
    """

    choices: Mapping[str, str]
    grade: Mapping[str, GradeRow]
    persistence: PersistenceOption
    not_assessed: NotAssessedOption
    factor_aggregation: AggregationOption
    crime_aggregation: AggregationOption
    weights: WeightSet
    alarm: AlarmOption
    surge: SurgeOption
    trigger: TriggerOption
    response_level: Mapping[str, ResponseLevelRow]
    rule: RuleOption

    @property
    def digest(self) -> str:
        """SHA-256 over what was chosen: two options of one's own may share an id."""
        return digest_parts(self)

    def with_weights(self, weights: WeightSet) -> Self:
        """Return the same method under a weight set of one's own."""
        choices = {**self.choices, "weights": weights.id}
        return replace(self, choices=choices, weights=weights)

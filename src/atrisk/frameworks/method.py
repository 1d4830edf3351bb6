"""Methods: one choice for every branch of a framework, and sets of weights."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from atrisk.base.cells import digest_parts
from atrisk.frameworks.branches import GradeRow, ResponseLevelRow
from atrisk.frameworks.options import (
    AggregationOption,
    AlarmOption,
    BandsOption,
    NotAssessedOption,
    PersistenceOption,
    RuleOption,
    SurgeOption,
    TriggerOption,
)


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
    bands: BandsOption
    alarm: AlarmOption
    surge: SurgeOption
    trigger: TriggerOption
    response_level: Mapping[str, ResponseLevelRow]
    rule: RuleOption

    @property
    def digest(self) -> str:
        """SHA-256 over what was chosen: two options of one's own may share an id."""
        return digest_parts(self)

    @property
    def estimates(self) -> bool:
        """Whether it estimates from readings, in any of its branches, instead of counting."""
        return (
            self.factor_aggregation.arithmetic.estimates
            or self.crime_aggregation.specific_share is not None
            or self.persistence.fades_from == "known"
        )

    def with_weights(self, weights: WeightSet) -> Self:
        """Return the same method under a weight set of one's own."""
        choices = {**self.choices, "weights": weights.id}
        return replace(self, choices=choices, weights=weights)

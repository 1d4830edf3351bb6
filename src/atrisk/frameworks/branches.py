"""Branches: the judgements that a framework leaves open, and the tables that options stand for.

A judgement is a *branch*: a question, the options that a reasonable person may choose, a weight
and a rationale for each, and the default.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, create_model, model_validator

from atrisk.base.cells import Header, Identifier, Record, Text
from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.frameworks.limits import Share, Weight
from atrisk.frameworks.options import (
    AggregationOption,
    AlarmOption,
    BandsOption,
    GradeOption,
    NotAssessedOption,
    Option,
    PersistenceOption,
    ResponseLevelOption,
    RuleOption,
    SurgeOption,
    TriggerOption,
    WeightsOption,
)

EVERYTHING_ELSE = "*"  # in a weight file: every code that has no line of its own
UNKNOWN_SHARE = "unknown share"  # of a response level table: a strength that is not on record
LEVEL_STAGES = ("proposed", "decided", "deployed")  # that have a level


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
        for family in dict.fromkeys(option.family for option in self.options):
            total = sum(one.weight for one in self.options if one.family == family)
            if abs(total - 1) > 1e-9:
                of = f" of the family {family!r}" if family else ""
                raise ValueError(f"the options' weights{of} sum to {total:g}; they must sum to 1")
        return self

    def list_alternatives(self, chosen: str) -> tuple[Option, ...]:
        """Return the options of a chosen one's family that anybody believes in.

        Args:
            chosen: id of the option; one of somebody's own is of the default's family.
        """
        families = {option.id: option.family for option in self.options}
        family = families.get(chosen, families[self.default])
        return tuple(one for one in self.options if one.family == family and one.weight > 0)

    def follow(self, family: str) -> str:
        """Return the id of the default, or of the first option of a family that it is not of."""
        options = {option.id: option for option in self.options}
        if options[self.default].family in ("", family):
            return self.default
        return next((one.id for one in self.options if one.family == family), self.default)

    def pick(self, wanted: str | None, what: str) -> Any:
        """Return an option by its id, or the default.

        Raises:
            UnknownNameError: it has no such option; ``what`` is what such an option is called.
        """
        options = {option.id: option for option in self.options}
        name = wanted or self.default
        if name not in options:
            raise UnknownNameError(what, name, options)
        return options[name]


def branch_of(kind: type[Option]) -> type[Branch]:
    """Return the branch whose options are of one kind, made once and found here by its name."""
    # Made, not written: a generic model says it shorter, and its parameters cost each run a
    # thirtieth more (docs/performance.md). A worker unpickles a class by its name.
    name = kind.__name__.replace("Option", "Branch")
    if name not in globals():
        options: Any = tuple[kind, ...]  # type: ignore[valid-type] # a type that is made
        made = create_model(name, __base__=Branch, __module__=__name__, options=(options, ...))
        globals()[name] = made
    return globals()[name]


# What an option of each branch holds: the judgements of the method, in order.
OPTIONS: dict[str, type[Option]] = {
    "grade": GradeOption,
    "persistence": PersistenceOption,
    "not_assessed": NotAssessedOption,
    "factor_aggregation": AggregationOption,
    "crime_aggregation": AggregationOption,
    "weights": WeightsOption,
    "bands": BandsOption,
    "alarm": AlarmOption,
    "surge": SurgeOption,
    "trigger": TriggerOption,
    "response_level": ResponseLevelOption,
    "rule": RuleOption,
}
SCORING = ("grade", "persistence", "factor_aggregation", "crime_aggregation", "weights")
Branches = create_model(
    "Branches",
    __base__=Header,
    __module__=__name__,
    **{name: (branch_of(kind), ...) for name, kind in OPTIONS.items()},  # type: ignore[call-overload] # fields that are made
)


# Branches that are on the scale of the rule that joins factors; of the last two nothing else can
# be meant, so to choose another scale's by name is refused.
SCALED = ("persistence", "crime_aggregation", "trigger", "bands", "alarm")
WORDS = SCALED[3:]


def follow_family(
    branches: Mapping[str, Branch], family: str, wanted: Mapping[str, Any], named: Iterable[str]
) -> dict[str, Any]:
    """Return choices with those that nobody named brought to a family.

    Args:
        branches: of the framework.
        family: of the rule that joins factors.
        wanted: by branch the id of an option, or one of one's own; None where nothing is said.
        named: branches that were named, and not by a set.

    Raises:
        RequestError: bands or an alarm of another family were named.
    """
    told, found = set(named), dict(wanted)
    for name, branch in branches.items():
        families = {one.id: one.family for one in branch.options}
        chosen = found[name] if isinstance(found[name], str) else ""
        off = families.get(chosen, "") not in ("", family)
        if off and name in told and name in WORDS:
            others = [one for one, own in families.items() if own in ("", family)]
            raise RequestError(
                f"{chosen!r} is for methods that {families[chosen]}, and this method is "
                f"of the family {family!r}; leave {name} out, or take {' or '.join(others)}"
            )
        if found[name] is None or (off and name in SCALED and name not in told):
            found[name] = branch.follow(family)
    return found


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
    weight: Weight
    rationale: Text


class ResponseLevelRow(Record):
    """One line of a response level table."""

    cell: Annotated[
        str, Field(pattern=r"^[a-z]+ [a-z_]+$", description="an instrument and a stage")
    ]
    level: Share
    rationale: Text

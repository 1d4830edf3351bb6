"""Options: one way to settle each judgement of the method, with its share of belief and reason."""

from dataclasses import fields
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from atrisk.base.cells import Header, Identifier, Text
from atrisk.base.dates import LONGEST
from atrisk.base.errors import did_you_mean, shorten
from atrisk.frameworks.limits import (
    THOUSAND,
    HalfLife,
    Months,
    Pause,
    Share,
    Times,
    is_number,
)
from atrisk.kernel.rules import RULES, Rule


class Option(Header):
    """One way to settle a branch: its share of belief and the reason for it.

    Options of one ``family`` are alternatives of one another, and their shares sum to 1: methods
    that count and methods that estimate have scales of their own. What is not settled follows the
    family of ``factor_aggregation``, and an ensemble never draws from two.
    """

    id: Identifier
    family: Literal["", "count", "estimate"] = ""
    # 0: to be had by its name, and believed by nobody, so that no ensemble takes it
    weight: Annotated[float, Field(ge=0, le=1, description="a share of belief from 0 to 1")]
    rationale: Text


class GradeOption(Option):
    """A table from (reliability, credibility) to the probability that a claim is true."""

    table: Text


class PersistenceOption(Option):
    """Half-lives in months, by the nature of the indicator, and from when a condition fades.

    ``fades_from`` is ``end``, the end that is told, or ``known``, the day on which it was last
    known to hold, if that is earlier.
    """

    structural: HalfLife
    dynamic: HalfLife
    trigger: HalfLife
    fades_from: Literal["end", "known"] = "end"


class NotAssessedOption(Option):
    """The highest intensity that an indicator nobody looked at may have."""

    upper: Share


class SurgeOption(Option):
    """When a month's rise stands out from the changes before it."""

    months: Annotated[
        int, Field(ge=2, le=LONGEST, description=f"a whole number of months, 2 to {LONGEST:,}")
    ]
    deviations: Annotated[
        float, Field(gt=0, le=THOUSAND, description="a number above 0 and up to 1,000")
    ]
    least: Share


class TriggerOption(Option):
    """When a trigger falls on ground that is already dangerous."""

    trigger_factor: Text
    ground_factors: Annotated[tuple[str, ...], Field(min_length=1, description="one code or more")]
    trigger_at: Share
    ground_at: Share


class ResponseLevelOption(Option):
    """A table from (instrument, stage) to the level of response that it stands for."""

    table: Text


STRENGTH_STAGES = ("deployed", "full_strength")  # before these nothing stands that has a strength
SHARES = {0.5: "half", 1.0: "all"}


class RuleOption(Option):
    """What counts as an answer to a warning, and at which stage.

    ``share`` is the strength that must stand: ``of`` the promise of each response, or of the need
    on record, to which all that stands in one of ``units`` counts together. Where no need is on
    record, and nobody asked for this rule by its name, the rule ``otherwise`` stands in for it.
    """

    label: Text
    stage: Literal[
        "noticed", "accepted", "proposed", "decided", "funded", "deployed", "full_strength"
    ]
    documented: bool
    effects: tuple[str, ...]
    instruments: tuple[str, ...] = ()
    protects_civilians: bool = False
    share: Share = 0.0
    of: Literal["promise", "need"] = "promise"
    units: tuple[Text, ...] = ()
    otherwise: str = ""

    @model_validator(mode="after")
    def _can_measure_a_need(self) -> Self:
        if self.of == "need" and (not self.units or not self.share or self.documented):
            raise ValueError(
                "a rule of the need takes units, a share above 0, and documented = false"
            )
        return self

    def asks_strength(self, stage: str) -> bool:
        """Tell whether it asks for a strength at a stage: before deployment nothing has one."""
        return self.share > 0 and stage in STRENGTH_STAGES

    def describe_strength(self, stage: str) -> str:
        """Return the strength that it asks for at a stage, in words."""
        if not self.asks_strength(stage):
            return "none"
        return f"{SHARES.get(self.share, f'{self.share:.0%}')} of the {self.of}"

    def describe_at(self, stage: str) -> str:
        """Return its label at its own stage; at another one, what of it is kept and dropped."""
        if stage == self.stage:
            return self.label
        kept = f"with {self.describe_strength(stage)}" if self.asks_strength(stage) else ""
        dropped = f"without its share of strength ({self.describe_strength(self.stage)})"
        told = kept or (dropped if self.asks_strength(self.stage) else "")
        return f"{self.id} at the stage {stage}{', ' if told else ''}{told}"


class AggregationOption(Option):
    """A rule that joins several values into one, with the rule's own parameters beside its name.

    ``arithmetic`` is the rule itself. ``scale`` is what brings its scores to the scale of the
    family's first option, intercept and slope, before an ensemble or a tree mixes them.
    """

    model_config = ConfigDict(extra="allow")

    rule: Annotated[str, Field(description=", ".join(RULES))]
    specific_share: Share | None = None  # of a crime: what its own factors count together
    scale: Annotated[
        tuple[Annotated[float, Field(ge=-1, le=1)], Times],
        Field(description="an intercept from -1 to 1, and a slope from 0.001 to 1,000"),
    ] = (0.0, 1.0)

    _own: Rule | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _can_be_computed(self) -> Self:
        _ = self.arithmetic
        return self

    @classmethod
    def of(cls, rule: Rule) -> "AggregationOption":
        """Return the option that stands for a rule of one's own, which is in no framework."""
        name = f"own-{type(rule).__name__.lower()}"
        option = cls.model_construct(id=name, weight=1.0, rationale="own", rule=repr(rule))
        option._own = rule
        return option

    @property
    def scale_family(self) -> str:
        """The family whose scale its scores are on: told, or by whether the rule estimates."""
        return self.family or ("estimate" if self.arithmetic.estimates else "count")

    def bring(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring its scores to the scale of its family: intercept and slope, within [0, 1]."""
        if self.scale == (0.0, 1.0):
            return scores
        return np.clip(self.scale[0] + self.scale[1] * scores, 0.0, 1.0)

    @property
    def arithmetic(self) -> Rule:
        """The rule of the kernel that it names, or one's own."""
        return self._own or self._build()

    def _build(self) -> Rule:
        kind = RULES.get(self.rule)
        if kind is None:
            near = did_you_mean(self.rule, RULES)
            raise ValueError(f"no rule is called {self.rule!r}.{near} Known: {', '.join(RULES)}")
        needed = [one.name for one in fields(kind)]  # type: ignore[arg-type] # all are dataclasses
        given = self.model_extra or {}
        for name in needed:
            if not is_number(given.get(name)):
                found = f", not {shorten(given[name])}" if name in given else ""
                raise ValueError(f"the rule {self.rule} needs the key '{name}', a number{found}")
        stray = [name for name in given if name not in needed]
        if stray:
            takes = " and ".join(f"'{name}'" for name in needed) or "no key of its own"
            raise ValueError(f"the rule {self.rule} takes {takes}, not '{stray[0]}'")
        return kind(**given)


class BandsOption(Option):
    """From which score on each band's word is used, under methods of one scale."""

    lowers: tuple[Share, ...]

    @model_validator(mode="after")
    def _rise_from_zero(self) -> Self:
        if not self.lowers or self.lowers[0] != 0 or list(self.lowers) != sorted(set(self.lowers)):
            raise ValueError("bands: the first must begin at 0 and each next one higher")
        return self


class WeightsOption(Option):
    """A weight set: ``weights/<id>.csv``, and where its judgement comes from."""

    label: Text
    source: Text


ALARM = "alarm"  # what the alarm itself may be called, whatever it is called among its tiers


class Watch(Header):
    """When a score is watched for: thresholds, ``k`` of ``n`` months, and the way out."""

    on: Share
    off: Share
    months_needed: Months
    months_watched: Months
    cool_down_months: Pause

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        if self.off > self.on or self.months_needed > self.months_watched:
            raise ValueError(
                f"{getattr(self, 'id', 'it')!r} cannot work: it needs off <= on and months_needed "
                f"<= months_watched; found {self.off:g}, {self.on:g}, {self.months_needed}, "
                f"{self.months_watched}"
            )
        return self

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


class AlarmTier(Watch):
    """A tier of alarm below or above the alarm itself, such as a watch or an emergency."""

    id: Identifier
    rationale: Text


class AlarmOption(Option, Watch):
    """When a score raises an alarm, and when it lowers it again.

    ``tier`` is what the alarm is called among its ``tiers``. With ``rises_on`` ``news`` a month
    that came to ``on`` only because something was learnt of the past does not count. ``warns_of``
    is the level of severity, as readers judge a month, that it is to warn of; the highest if None.
    """

    tier: Identifier = ALARM
    rises_on: Literal["score", "news"] = "score"
    tiers: tuple[AlarmTier, ...] = ()
    warns_of: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _tiers_are_told_apart(self) -> Self:
        names = [self.tier, *(one.id for one in self.tiers)]
        if len(set(names)) < len(names):
            raise ValueError(f"two tiers share a name: {', '.join(names)}")
        return self

    @property
    def watches(self) -> dict[str, Watch]:
        """Every tier by its name, the lowest threshold first."""
        named: dict[str, Watch] = {self.tier: self, **{one.id: one for one in self.tiers}}
        return dict(sorted(named.items(), key=lambda pair: pair[1].on))

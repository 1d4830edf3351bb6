"""The ledgers: who warned whom, what was promised, decided and delivered, and own early actions.

What others did stands in the two ledgers of warnings and responses, each row with its source; what
the organisation itself agreed to do early, and did, stands in its actions and activations.
"""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from atrisk.base.cells import DateCell, Identifier, Items, OptionalDate, Text
from atrisk.base.dates import ImpreciseDate
from atrisk.base.errors import did_you_mean, shorten
from atrisk.cases.evidence import Anchor, AudienceCell, Cited, Flag
from atrisk.cases.secrecy import WORDS, Guarded, Secrecy, SecrecyCell

Stage = Literal[
    "noticed", "accepted", "proposed", "decided", "funded", "deployed", "full_strength", "ended"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
Effect = Literal["protective", "neutral", "harmful"]
Instrument = Literal[
    "diplomatic", "legal", "economic", "peacekeeping", "military", "humanitarian",
    "accountability", "policing", "observers", "suspension", "judicial", "evacuation",
]  # fmt: skip
ABOUT = (
    "genocide", "crimes_against_humanity", "war_crimes", "grave_abuses", "conflict",
    "protection_capacity", "humanitarian",
)  # fmt: skip


def _read_number(cell: object) -> object:
    return None if cell == "" else cell


def _check_stages(items: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [item for item in items if item not in STAGES]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no stage; expected {', '.join(STAGES)}")
    return items


def _check_about(items: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [item for item in items if item not in ABOUT]
    if wrong:
        near = did_you_mean(wrong[0], ABOUT)
        raise ValueError(f"{shorten(wrong[0])} is not accepted.{near} Expected {', '.join(ABOUT)}")
    return items


LARGEST = 1_000_000_000_000_000  # of any strength or sum: more than all the world's money
Amount = Annotated[
    float, Field(ge=0, le=LARGEST, description=f"a number, 0 or more, up to {LARGEST:,}")
]
Strength = Annotated[
    Amount | None,
    BeforeValidator(_read_number),
    Field(description="a number, 0 or more, or nothing"),
]


class EarlyWarning(Cited):
    """One warning by one issuer: to whom, about what, how specific, and what it asked for."""

    id: Identifier
    date: DateCell
    issuer: Text
    addressee: Text
    audience: AudienceCell
    about: Annotated[Items, AfterValidator(_check_about), Field(description=", ".join(ABOUT))]
    specificity: Annotated[
        Literal["general", "specific", "imminent"],
        Field(description="general, specific or imminent"),
    ]
    asked: str
    source: Identifier
    locator: Text
    quote: Anchor
    summary: Text
    confidential: SecrecyCell = Secrecy.NO
    coded_by: str = ""
    coded_on: OptionalDate = None


class Response(Cited):
    """One response, protective, neutral or harmful, with the stages that it reached.

    Two stages are of those who were warned: ``noticed``, they showed that they had heard, and
    ``accepted``, they said that they see it so.
    ``inferred`` lists the stages whose dates the source does not give as such, ``answers`` the
    warnings that it is documented to answer. ``baseline`` is the strength that was there before:
    what was promised is the rest.
    """

    id: Identifier
    actor: Text
    instrument: Annotated[Instrument, Field(description=", ".join(get_args(Instrument)))]
    measure: Text
    proposed: OptionalDate
    decided: OptionalDate
    funded: OptionalDate
    deployed: OptionalDate
    full_strength: OptionalDate
    ended: OptionalDate
    promised: Strength
    delivered: Strength
    unit: str
    protects_civilians: Flag
    effect: Annotated[Effect, Field(description="protective, neutral or harmful")]
    answers: Items
    source: Identifier
    locator: Text
    quote: Anchor
    summary: Text
    confidential: SecrecyCell = Secrecy.NO
    inferred: Annotated[Items, AfterValidator(_check_stages)] = ()
    noticed: OptionalDate = None
    accepted: OptionalDate = None
    baseline: Strength = None
    pillar: Annotated[
        Literal["", "1", "2", "3"],
        Field(description="1 the State itself, 2 assistance, 3 decisive response; or nothing"),
    ] = ""
    coded_by: str = ""
    coded_on: OptionalDate = None

    def owns(self, delivery: "Delivery") -> bool:
        """Tell whether a delivery is one of this response's own strength."""
        same = delivery.unit.casefold() == self.unit.casefold()
        return same and delivery.response == self.id

    def share(self, promised: float, delivered: float) -> float:
        """Return the share of a promise that was delivered, above what was there before, 0 to 1."""
        before = self.baseline or 0.0
        if promised <= before:
            return 1.0
        return min(1.0, max(0.0, (delivered - before) / (promised - before)))

    def stage(self, name: Stage) -> ImpreciseDate | None:
        """Return the date of a stage, or None where it was never reached."""
        when: ImpreciseDate | None = getattr(self, name)
        return when


class Need(Cited):
    """What was said to be needed to protect people: how much, by whom and when."""

    id: Identifier
    date: DateCell
    issuer: Text
    needed: Strength
    unit: str
    source: Identifier
    locator: Text
    quote: Anchor
    summary: Text
    confidential: SecrecyCell = Secrecy.NO
    coded_by: str = ""
    coded_on: OptionalDate = None


class Delivery(Cited):
    """What of a response was promised and delivered on a date."""

    response: Identifier
    date: DateCell
    promised: Strength
    delivered: Strength
    unit: str
    source: Identifier
    locator: Text
    quote: Anchor
    confidential: SecrecyCell = Secrecy.NO

    @property
    def label(self) -> str:
        """The response and the date."""
        return f"{self.response} {self.date}"


Phase = Literal["readiness", "activation", "stop"]
Step = Literal["decided", "started", "completed", "stopped"]
STEPS: tuple[Step, ...] = get_args(Step)


class Action(Guarded):
    """One early action of the organisation's own protocol: what, by whom, by when, at what cost.

    ``readiness`` and ``activation`` are due when the tier comes on, ``stop`` when it is over, each
    ``within_days`` after that. An action that was ``agreed`` later than a trigger is not due by it.
    """

    words: ClassVar[frozenset[str]] = WORDS | {"action", "mandate", "stop_rule"}

    id: Identifier
    phase: Annotated[Phase, Field(description=", ".join(get_args(Phase)))]
    tier: Identifier
    actor: Text
    action: Text
    within_days: Annotated[int, Field(ge=0, description="a whole number of days, 0 or more")]
    money: Strength
    currency: Annotated[
        str,
        Field(pattern=r"^([A-Z]{3})?$", description="an ISO 4217 code such as EUR, or nothing"),
    ]
    mandate: str
    stop_rule: str
    confidential: SecrecyCell = Secrecy.NO
    agreed: OptionalDate = None
    coded_by: str = ""
    coded_on: OptionalDate = None


class Activation(Guarded):
    """What was done of an early action, and when: from the trigger, as seen then, to its end."""

    words: ClassVar[frozenset[str]] = WORDS | {"note"}

    id: Identifier
    action: Identifier
    triggered: DateCell
    decided: OptionalDate
    started: OptionalDate
    completed: OptionalDate
    stopped: OptionalDate
    spent: Strength
    note: str
    confidential: SecrecyCell = Secrecy.NO
    coded_by: str = ""
    coded_on: OptionalDate = None

    def step(self, name: Step) -> ImpreciseDate | None:
        """Return the date of a step, or None where it was not reached."""
        when: ImpreciseDate | None = getattr(self, name)
        return when

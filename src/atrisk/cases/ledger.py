"""The two ledgers: who warned whom, and what was promised, decided, deployed and delivered."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from atrisk.base.cells import DateCell, Identifier, Items, OptionalDate, Text
from atrisk.base.dates import ImpreciseDate
from atrisk.cases.evidence import Anchor, AudienceCell, Cited, Flag

Stage = Literal["proposed", "decided", "funded", "deployed", "full_strength", "ended"]
STAGES: tuple[Stage, ...] = (
    "proposed", "decided", "funded", "deployed", "full_strength", "ended",
)  # fmt: skip
Effect = Literal["protective", "neutral", "harmful"]
Instrument = Literal[
    "diplomatic", "legal", "economic", "peacekeeping", "military", "humanitarian", "accountability"
]
_INSTRUMENTS = "diplomatic, legal, economic, peacekeeping, military, humanitarian, accountability"


def _read_number(cell: object) -> object:
    return None if cell == "" else cell


def _check_stages(items: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [item for item in items if item not in STAGES]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no stage; expected {', '.join(STAGES)}")
    return items


Strength = Annotated[
    Annotated[float, Field(ge=0, allow_inf_nan=False)] | None,
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
    about: Items
    specificity: Annotated[
        Literal["general", "specific", "imminent"],
        Field(description="general, specific or imminent"),
    ]
    asked: str
    source: Identifier
    locator: Text
    quote: Anchor
    summary: Text
    confidential: Flag = False


class Response(Cited):
    """One response, protective, neutral or harmful, with the stages that it reached.

    ``inferred`` lists the stages whose dates the source does not give as such, ``answers`` the
    warnings that it is documented to answer. ``baseline`` is the strength that was there before:
    what was promised is the rest.
    """

    id: Identifier
    actor: Text
    instrument: Annotated[Instrument, Field(description=_INSTRUMENTS)]
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
    confidential: Flag = False
    inferred: Annotated[Items, AfterValidator(_check_stages)] = ()
    baseline: Strength = None

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
    confidential: Flag = False

    @property
    def label(self) -> str:
        """The response and the date."""
        return f"{self.response} {self.date}"

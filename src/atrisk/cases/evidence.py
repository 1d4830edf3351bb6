"""Evidence: what a source says, when it held, who knew it from when, and how far to trust it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from atrisk.base.cells import (
    WITHHELD,
    DateCell,
    Identifier,
    Items,
    OngoingDate,
    OptionalDate,
    Record,
    Text,
)
from atrisk.base.dates import ImpreciseDate
from atrisk.base.errors import shorten

Reliability = Annotated[Literal["A", "B", "C", "D", "E", "F"], Field(description="A to F")]
Credibility = Annotated[int, Field(ge=1, le=6, description="a whole number from 1 to 6")]
Audience = Literal["public", "council", "internal"]
AUDIENCES: tuple[Audience, ...] = ("public", "council", "internal")


def _read_flag(cell: object) -> object:
    return {"": False, "no": False, "yes": True}.get(cell, cell) if isinstance(cell, str) else cell


Flag = Annotated[bool, BeforeValidator(_read_flag), Field(description="yes or no")]
AudienceCell = Annotated[Audience, Field(description="public, council or internal")]
Severity = Annotated[int, Field(ge=1, le=4, description="1 low, 2 moderate, 3 high or 4 extreme")]


def _check_digest(cell: object) -> object:
    text = str(cell)
    if text and (len(text) != 64 or set(text) - set("0123456789abcdef")):
        raise ValueError(
            f"{shorten(text)} is not accepted; expected 64 hexadecimal digits, or nothing"
        )
    return cell


def _check_anchor(cell: object) -> object:
    words = len(str(cell).split())
    if not 3 <= words <= 8:
        raise ValueError(
            f"an anchor of {words} word{'s' * (words != 1)}; copy three to eight words in a row"
        )
    return cell


Anchor = Annotated[
    str,
    BeforeValidator(_check_anchor),
    Field(description="three to eight words in a row, as in the document"),
]
Digest = Annotated[
    str,
    BeforeValidator(_check_digest),
    Field(description="64 hexadecimal digits of the document's SHA-256, or nothing"),
]


class Source(Record):
    """A document and how reliable it is held to be (Admiralty A-F; F cannot be judged)."""

    id: Identifier
    title: Text
    publisher: Text
    published: DateCell
    kind: Text
    reliability: Reliability
    sha256: Digest
    confidential: Flag = False


class Cited(Record):
    """A row with its anchor in a source.

    ``repr`` shows no text of the source, so that a confidential excerpt cannot leak into a log;
    ``shown_quote`` and ``shown_summary`` are what outputs may print.
    """

    if TYPE_CHECKING:  # each table declares them in the order of its columns
        source: str
        locator: str
        quote: str
        confidential: bool

    @property
    def label(self) -> str:
        """What errors and tables call the row."""
        return str(getattr(self, "id", self.locator))

    @property
    def shown_quote(self) -> str:
        """The anchor, unless it is confidential."""
        return WITHHELD if self.confidential else self.quote

    @property
    def shown_summary(self) -> str:
        """The summary, unless it is confidential."""
        return WITHHELD if self.confidential else str(getattr(self, "summary", ""))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label!r})"

    __str__ = __repr__


class Evidence(Cited):
    """One fact that one source tells, coded to the indicators that it bears on."""

    id: Identifier
    source: Identifier
    locator: Text
    quote: Anchor
    start: DateCell
    end: OngoingDate
    known: OptionalDate
    audience: AudienceCell
    indicators: Items
    direction: Annotated[
        Literal["aggravating", "mitigating"], Field(description="aggravating or mitigating")
    ]
    severity: Severity
    credibility: Credibility
    claim: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9][a-z0-9_-]*)?$",
            max_length=64,
            description="lower-case letters, digits, '-' and '_', or nothing",
        ),
    ]
    actors: str
    population: str
    place: str
    summary: Text
    confidential: Flag = False

    @property
    def claim_key(self) -> tuple[str, str]:
        """What it counts as one fact with: its claim, or itself."""
        return ("claim", self.claim) if self.claim else ("evidence", self.id)

    @property
    def is_mitigating(self) -> bool:
        """Whether it lowers what its indicators say."""
        return self.direction == "mitigating"


class Search(Record):
    """A search that found nothing: the indicators were looked at, and were not there.

    It tells of severity 0, aggravates nothing and is a claim of its own; its credibility never
    counts, and it needs one all the same.
    """

    severity: ClassVar[int] = 0
    credibility: ClassVar[int] = 1
    is_mitigating: ClassVar[bool] = False

    id: Identifier
    source: Identifier
    locator: Text
    start: DateCell
    end: OngoingDate
    known: OptionalDate
    audience: AudienceCell
    indicators: Items
    summary: Text

    @property
    def claim_key(self) -> tuple[str, str]:
        """What it counts as one fact with: itself."""
        return ("search", self.id)


def knowledge_day(
    item: Evidence | Search, source: Source, audience: Audience | None = None
) -> date:
    """Return the day from which an audience knows an item.

    That is the last day on which it may have been put on record, so that imprecision never lets
    a month see what came after it. An item that another audience knew is known from the day
    on which its source was published; nobody knows it later than that.

    Args:
        item: the evidence, or the search.
        source: its source.
        audience: who asks; ``public`` knows what is public, ``council`` and ``internal`` know
            that and their own; None knows whatever anybody knew.
    """
    published = source.published.latest or date.max
    shared = audience is None or item.audience in ("public", audience)
    recorded = item.known.latest if item.known and shared else None
    return min(recorded or published, published)


def began(item: Evidence | Search, source: Source) -> tuple[date, date]:
    """Return the first and the last day on which what it describes may have begun.

    What was on record by some day had begun by then; an open start counts as begun by its end.
    """
    latest = min(_latest(item.start), knowledge_day(item, source))
    return min(item.start.earliest or latest, latest), latest


def ended(item: Evidence | Search, source: Source) -> tuple[date, date] | None:
    """Return the first and the last day on which it may have ended; None while it goes on."""
    if item.end is None:
        return began(item, source)
    if item.end.latest is None:
        return None
    return item.end.earliest or item.end.latest, item.end.latest


def _latest(when: ImpreciseDate) -> date:
    return when.latest or when.earliest or date.max

"""Evidence: what a source says, when it held, who knew it from when, and how far to trust it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field

from atrisk.base.cells import (
    DateCell,
    Identifier,
    Items,
    OngoingDate,
    OptionalDate,
    Text,
    find_twice,
)
from atrisk.base.dates import ImpreciseDate
from atrisk.base.errors import shorten
from atrisk.base.marks import FEWEST, MOST, count_characters, is_unspaced
from atrisk.cases.secrecy import UNSEEN, Guarded, Secrecy, SecrecyCell

Reliability = Annotated[Literal["A", "B", "C", "D", "E", "F"], Field(description="A to F")]
Credibility = Annotated[int, Field(ge=1, le=6, description="a whole number from 1 to 6")]
Audience = Literal["public", "council", "internal"]
AUDIENCES: tuple[Audience, ...] = ("public", "council", "internal")


def _read_flag(cell: object) -> object:
    return {"": False, "no": False, "yes": True}.get(cell, cell) if isinstance(cell, str) else cell


Flag = Annotated[bool, BeforeValidator(_read_flag), Field(description="yes or no")]
UnlessNo = Annotated[
    bool,
    BeforeValidator(lambda cell: True if cell == "" else _read_flag(cell)),
    Field(description="yes or no; nothing is yes"),
]
AudienceCell = Annotated[Audience, Field(description="public, council or internal")]
Severity = Annotated[int, Field(ge=1, le=4, description="1 low, 2 moderate, 3 high or 4 extreme")]


def _check_digest(cell: object) -> object:
    text = str(cell)
    if text and (len(text) != 64 or set(text) - set("0123456789abcdefABCDEF")):
        raise ValueError(
            f"{shorten(text)} is not accepted; expected 64 hexadecimal digits, or nothing"
        )
    return text.lower()  # PowerShell prints capitals


def _check_anchor(cell: object) -> object:
    text = str(cell)
    if not text.strip():  # whether it may be empty is its source's to say
        return cell
    if is_unspaced(text):
        characters = count_characters(text)
        if not FEWEST <= characters <= MOST:
            raise ValueError(
                f"an anchor of {characters} characters; its script writes no spaces between words, "
                f"so copy {FEWEST} to {MOST} characters in a row"
            )
    elif not 3 <= len(text.split()) <= 8:
        raise ValueError(describe_anchor(len(text.split())))
    return cell


def describe_anchor(words: int) -> str:
    """Say what is wrong with an anchor of so many words.

    Examples:
        >>> describe_anchor(1)
        'an anchor of 1 word; copy three to eight words in a row'
    """
    return f"an anchor of {words} word{'s' * (words != 1)}; copy three to eight words in a row"


class GradedCode(str):
    """A code of an indicator with a severity of its own, written ``11.1=4``."""

    severity: int

    def __new__(cls, code: str, severity: int) -> Self:
        """Return the code, which is text like any other, with its severity beside it."""
        made = super().__new__(cls, code)
        made.severity = severity
        return made

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override] # of this class
        return str(self), self.severity

    @property
    def cell(self) -> str:
        """What stands in a file."""
        return f"{self}={self.severity}"


def _grade_codes(items: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(_read_code(item) for item in items)
    twice = find_twice(codes)
    if twice:
        raise ValueError(f"{str(twice)!r} is listed twice; keep one")
    return codes


def _read_code(item: str) -> str:
    code, equals, severity = item.partition("=")
    if not equals:
        return item
    if severity.strip() not in ("1", "2", "3", "4"):
        raise ValueError(f"{shorten(item)} has no severity from 1 to 4; write it as 11.1=4")
    return GradedCode(code.strip(), int(severity))


Anchor = Annotated[
    str,
    BeforeValidator(_check_anchor),
    Field(description="three to eight words in a row, as in the document"),
]
Codes = Annotated[
    Items,
    AfterValidator(_grade_codes),
    Field(description="items separated by ';', each with its own severity if need be (11.1=4)"),
]
Digest = Annotated[
    str,
    BeforeValidator(_check_digest),
    Field(description="64 hexadecimal digits of the document's SHA-256, or nothing"),
]


class Source(Guarded):
    """A document and how reliable it is held to be (Admiralty A-F; F cannot be judged).

    What is not ``quotable`` (an interview, a cable, imagery, a text whose words may not be shown)
    is cited by locators alone. ``written`` is when those for whom it was meant had it, if it was
    made public later.
    """

    id: Identifier
    title: Text
    publisher: Text
    published: DateCell
    kind: Text
    reliability: Reliability
    sha256: Digest
    confidential: SecrecyCell = Secrecy.NO
    url: str = ""
    retrieved: OptionalDate = None
    language: Annotated[
        str, Field(pattern=r"^([a-z]{2,3})?$", description="an ISO 639 code such as fr, or nothing")
    ] = ""
    quotable: UnlessNo = True
    written: OptionalDate = None
    extent: Annotated[
        Literal["", "whole", "part", "excerpt"],
        Field(description="whole, part or excerpt: how much of it was read; or nothing"),
    ] = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Its own id: it is as confidential as any source that shares its document."""
        return (self.id,)


class Cited(Guarded):
    """A row with its anchor in a source.

    ``repr`` shows no text of the source, so that a confidential excerpt cannot leak into a log;
    ``shown``, ``shown_quote`` and ``shown_summary`` are what outputs may print.
    """

    if TYPE_CHECKING:  # each table declares them in the order of its columns
        source: str
        locator: str
        quote: str

    @property
    def shown_quote(self) -> str:
        """The anchor, unless it is confidential."""
        return self.shown("quote")

    @property
    def shown_summary(self) -> str:
        """The summary, unless it is confidential."""
        return self.shown("summary")

    @property
    def shown_place(self) -> str:
        """Where the anchor stands: the source and, unless it is confidential, the locator.

        Of a document that was not out neither is told.
        """
        return UNSEEN if "locator" in self.unseen else f"{self.source}, {self.shown('locator')}"


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
    indicators: Codes
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
    confidential: SecrecyCell = Secrecy.NO
    announced: Flag = False
    coded_by: str = ""
    verified_by: str = ""
    coded_on: OptionalDate = None
    derived: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9][a-z0-9_-]*)?$",
            description="id of the rule that made the row from counted events, or nothing",
        ),
    ] = ""

    def severity_of(self, code: str) -> int:
        """Return the severity on one of its indicators: the code's own, or the row's."""
        own = (getattr(one, "severity", None) for one in self.indicators if one == code)
        return next(own, None) or self.severity

    @property
    def claim_key(self) -> tuple[str, str]:
        """What it counts as one fact with: its claim, or itself."""
        return ("claim", self.claim) if self.claim else ("evidence", self.id)

    @property
    def is_mitigating(self) -> bool:
        """Whether it lowers what its indicators say."""
        return self.direction == "mitigating"


class Search(Guarded):
    """A search that found nothing: the indicators were looked at, and were not there.

    It tells of severity 0, aggravates nothing and is a claim of its own; its credibility never
    counts, and it needs one all the same.
    """

    severity: ClassVar[int] = 0
    credibility: ClassVar[int] = 1
    is_mitigating: ClassVar[bool] = False

    id: Identifier
    source: Annotated[
        str, Field(pattern=r"^([a-z0-9][a-z0-9_-]*)?$", description="id of a source, or nothing")
    ]
    locator: str
    start: DateCell
    end: OngoingDate
    known: OptionalDate
    audience: AudienceCell
    indicators: Items
    summary: Text
    coded_by: str = ""
    coded_on: OptionalDate = None
    confidential: SecrecyCell = Secrecy.NO

    def severity_of(self, _: str) -> int:
        """Return 0: it was looked for, and was not there."""
        return self.severity

    @property
    def claim_key(self) -> tuple[str, str]:
        """What it counts as one fact with: itself."""
        return ("search", self.id)


def knowledge_day(
    item: Evidence | Search, source: Source | None, audience: Audience | None = None
) -> date:
    """Return the day from which an audience knows an item.

    That is the last day on which it may have been put on record, so that imprecision never lets
    a month see what came after it. An item that another audience knew is known from the day
    on which its source was published; nobody knows it later than that. Those for whom a source
    was written before it was published know from that day what they alone knew.

    Args:
        item: the evidence, or the search.
        source: its source; None for a search that no source tells of.
        audience: who asks; ``public`` knows what is public, ``council`` and ``internal`` know
            that and their own; None knows whatever anybody knew.
    """
    published = source.published.latest or date.max if source else date.max
    shared = audience is None or item.audience in ("public", audience)
    recorded = item.known
    if recorded is None and source is not None and item.audience != "public":
        recorded = source.written
    day = recorded.latest if recorded and shared else None
    return min(day or published, published)


def began(item: Evidence | Search, source: Source | None) -> tuple[date, date]:
    """Return the first and the last day on which what it describes may have begun.

    What was on record by some day had begun by then, unless it was announced for later; an open
    start counts as begun by its end.
    """
    latest = _latest(item.start)
    if not getattr(item, "announced", False):
        latest = min(latest, knowledge_day(item, source))
    return min(item.start.earliest or latest, latest), latest


def ended(item: Evidence | Search, source: Source | None) -> tuple[date, date] | None:
    """Return the first and the last day on which it may have ended; None while it goes on."""
    if item.end is None:
        return began(item, source)
    if item.end.latest is None:
        return None
    return item.end.earliest or item.end.latest, item.end.latest


def _latest(when: ImpreciseDate) -> date:
    return when.latest or when.earliest or date.max

"""Layouts: which column of a publisher's file says what, and how its cells are read.

A layout is a table of data. What it asks of a row are questions of ours, such as ``deaths``; under
each stand the names that the publisher has given the column, the best first. Names are compared
without regard to case; of a hashtag the order of the attributes, and those for a vocabulary
(``+v_…``) or a language (``+i_…``), do not matter either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from atrisk.base.dates import Month
from atrisk.events import codes, values
from atrisk.events.counts import Count

T = TypeVar("T")
_VERSION = re.compile(r"v\d+[._](?:0[._]\d+|\d+[._]\d+[._]\d+)(?!\d)", re.IGNORECASE)
FIGURES = ("deaths", "low", "high", "civilians")


@dataclass(frozen=True)
class Way(Generic[T]):
    """How one thing is read: from the cells that answer some questions, in their order."""

    questions: tuple[str, ...]
    read: Callable[..., T]


@dataclass(frozen=True)
class Layout:
    """The layout of a publisher's file.

    Attributes:
        name: its id.
        title: what it is, for people.
        columns: names of the column, by question.
        needed: questions that its header must answer; of those in one group, one.
        country: where it was.
        month: when, None for a date that lies in no one month.
        sort: of which kind it was, and who acted.
        count: how much it was.
        changed: when the row was changed last, if a column says so.
        total: how much it was, if a column says how many events the row sums up.
        draft: the layout that it is instead if some row is not cleared, and empty if none is.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]
    country: Way[str]
    month: Way[Month | None]
    sort: Way[codes.Sort]
    count: Way[Count]
    changed: Way[date | None] = Way(("changed",), values.read_changed)
    total: Way[Count] = Way((*FIGURES, "events"), values.read_total)
    draft: str = ""

    def find(self, header: Sequence[str]) -> dict[str, int]:
        """Return the place of each question's column in a header, of those that it has."""
        places = {fold_column(name): at for at, name in reversed(list(enumerate(header)))}
        found = {
            question: next((places[n] for n in map(fold_column, names) if n in places), None)
            for question, names in self.columns.items()
        }
        return {question: at for question, at in found.items() if at is not None}

    def list_missing(self, header: Sequence[str]) -> list[str]:
        """Return what a header lacks to be of this layout, as columns to write."""
        found = self.find(header)
        return [
            " or ".join(self.columns[question][0] for question in group)
            for group in self.needed
            if not any(question in found for question in group)
        ]

    def describe(self) -> str:
        """Return its name and the columns that it needs."""
        return f"{self.name} ({', '.join(self.list_missing(()))})"


def fold_column(name: str) -> str:
    """Return a column's name as it is compared.

    Examples:
        >>> fold_column(" EVENT_DATE "), fold_column("#country +v_iso3 +code")
        ('event_date', '#country+code')
    """
    plain = name.strip().casefold()
    if not plain.startswith("#"):
        return plain
    tag, *attributes = (part.strip() for part in plain.split("+"))
    kept = sorted(one for one in attributes if not one.startswith(("v_", "i_")))
    return "+".join([tag, *kept])


def recognise(header: Sequence[str]) -> Layout | None:
    """Return the layout of a header, or None; a draft is told from what it drafts by its rows."""
    drafts = {layout.draft for layout in LAYOUTS.values()}
    fitting = (one for one in LAYOUTS.values() if not one.list_missing(header))
    return next((one for one in fitting if one.name not in drafts), None)


def names_draft(file: str) -> bool:
    """Tell whether a file is named as UCDP names its candidate releases.

    Examples:
        >>> names_draft("GEDEvent_v24_0_6.csv"), names_draft("GEDEvent_v24_1.csv")
        (True, False)
    """
    return _VERSION.search(file) is not None


_GED = Layout(
    name="ucdp-ged",
    title="UCDP Georeferenced Event Dataset",
    columns={
        "number": ("country_id",),
        "country": ("country",),
        "date": ("date_end",),
        "precision": ("date_prec",),
        "kind": ("type_of_violence",),
        "actor": ("side_a",),
        "deaths": ("best", "best_est"),
        "low": ("low", "low_est"),
        "high": ("high", "high_est"),
        "civilians": ("deaths_civilians",),
        "status": ("code_status",),
    },
    needed=(("kind",), ("actor",), ("country", "number"), ("date",), ("deaths",)),
    country=Way(("number", "country"), values.read_numbered_country),
    month=Way(("date", "precision"), values.read_ucdp_month),
    sort=Way(("kind", "actor"), codes.tell_ucdp),
    count=Way(FIGURES, values.read_event),
    draft="ucdp-candidate",
)
_CANDIDATE = replace(_GED, name="ucdp-candidate", title="UCDP Candidate Events Dataset", draft="")
_ACLED = Layout(
    name="acled",
    title="ACLED export",
    columns={
        "code": ("iso", "iso3"),
        "country": ("country",),
        "date": ("event_date",),
        "kind": ("event_type",),
        "actor": ("inter1",),
        "name": ("actor1",),
        "targeting": ("civilian_targeting",),
        "deaths": ("fatalities",),
        "changed": ("timestamp",),
    },
    needed=(("date",), ("kind",), ("actor",), ("country", "code"), ("deaths",)),
    country=Way(("code", "country"), values.read_country),
    month=Way(("date",), values.read_acled_month),
    sort=Way(("kind", "actor", "name", "targeting"), codes.tell_acled),
    count=Way(FIGURES, values.read_event),
    changed=Way(("changed",), values.read_stamp),
)
_HXL = Layout(
    name="hxl",
    title="table with HXL hashtags",
    columns={
        "code": ("#country+code", "#country+code+iso3", "#country+code+iso2"),
        "country": ("#country+name", "#country"),
        "date": ("#date+occurred", "#date+event", "#date"),
        "month": ("#date+month",),
        "year": ("#date+year",),
        "start": ("#date+start",),
        "end": ("#date+end",),
        "kind": ("#event+type", "#event+type+name", "#event"),
        "actor": ("#actor+type", "#actor", "#actor+name", "#group+type", "#group+name+first"),
        "deaths": ("#affected+killed", "#affected+killed+num", "#fatality+num"),
        "events": ("#indicator+event+num", "#event+num", "#event+count"),
        "changed": ("#date+updated", "#meta+updated"),
    },
    needed=(("code", "country"), ("date", "year", "start", "end"), ("deaths", "events")),
    country=Way(("code", "country"), values.read_country),
    month=Way(("date", "month", "year", "start", "end"), values.read_tagged_month),
    sort=Way(("kind", "actor"), codes.tell_tagged),
    count=Way(FIGURES, values.read_tagged_event),
    total=Way((*FIGURES, "events"), values.read_tagged_total),
)
_OWN = {name: (name,) for name in ("country", "kind", "actor", *FIGURES)}
_EVENTS = Layout(
    name="events",
    title="one event a row, in our words",
    columns={"date": ("date",), **_OWN},
    needed=(("date",), ("country",), ("kind",), ("actor",), ("deaths",)),
    country=Way(("country",), values.read_country),
    month=Way(("date",), values.read_own_month),
    sort=Way(("kind", "actor"), codes.tell_own),
    count=Way(FIGURES, values.read_event),
)
_COUNTS = Layout(
    name="counts",
    title="one country-month a row, in our words",
    columns={"date": ("month",), "events": ("events",), **_OWN},
    needed=(("country",), ("date",), ("kind",), ("actor",), ("events",), ("deaths",)),
    country=Way(("country",), values.read_country),
    month=Way(("date",), values.read_plain_month),
    sort=Way(("kind", "actor"), codes.tell_own),
    count=Way(FIGURES, values.read_event),
)
LAYOUTS: dict[str, Layout] = {
    layout.name: layout for layout in (_GED, _CANDIDATE, _ACLED, _HXL, _EVENTS, _COUNTS)
}

"""Changes: what is new since an earlier month, how the score moved, and by which facts.

Nothing here is known later than the month itself: the case is seen as its last day had it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import ImpreciseDate, Month, bounds
from atrisk.base.errors import RequestError, require, shorten
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience, Evidence, Search, began, knowledge_day
from atrisk.cases.ledger import STAGES, STEPS
from atrisk.cases.secrecy import Guarded
from atrisk.frameworks.framework import Framework
from atrisk.report.wording import TIER, describe_month, round_score
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.comparison import compare_scores
from atrisk.scoring.explanation import ASSUMED
from atrisk.scoring.flags import find_spans, in_alarm
from atrisk.scoring.run import assess
from atrisk.scoring.seen import see_case
from atrisk.scoring.view import View, read_outlook

Floats = NDArray[np.float64]
LATEST, LAST = "latest", "last"  # the last month of a case, and the month before another
PARTS = ("change", "news", "revision", "before", "after")
LOOKED_FOR = 3  # indicators that a gap names


@dataclass(frozen=True, eq=False)
class MonthChange(LevelResult):
    """What changed from one month to a later one of a case.

    ``to_rows`` gives ``"score"``, how the score, its band, interval and tiers moved; ``"facts"``,
    by which evidence, exactly; ``"record"``, what is new on record; and ``"gaps"``, the factors
    that nobody looked at, and by how much each could move the score.

    Attributes:
        assessment: of the case as the last day of ``month`` had it.
        month, since: what is compared, as ``2013-12``.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "score": "_list_scores",
        "facts": "_list_facts",
        "record": "_list_record",
        "gaps": "_list_gaps",
    }
    about = "assessment"

    assessment: Assessment = field(repr=False)
    month: str
    since: str

    @property
    def case(self) -> Case:
        """The case as the last day of the month had it."""
        return self.assessment.case

    @cached_property
    def days(self) -> tuple[date, date]:
        """The last days of both months; what is new was known after the first."""
        return Month.parse(self.since).last_day, Month.parse(self.month).last_day

    @cached_property
    def facts(self) -> tuple[Row, ...]:
        """The rows of ``"facts"``."""
        now = self.assessment
        try:
            rows = compare_scores((now, self.since), (now, self.month))
        except RequestError:  # nothing bears on either score
            return ()
        moved = (row for row in merge_facts(rows) if any(row[part] for part in PARTS))
        return tuple(row | {"what": self._tell_fact(row)} for row in moved)

    def _tell_fact(self, row: Row) -> str:
        """Return in a word why a fact moved the score."""
        if row["evidence"] == ASSUMED:
            return "assumed"
        if row["evidence"] in self._new:
            return self._new[row["evidence"]]
        return "faded" if row["change"] < 0 else "weighs more"

    @cached_property
    def _new(self) -> dict[str, str]:
        """What is new of the evidence: by its id, whether it happened since or was learnt."""
        return {row["id"]: row["what"] for row in self._list_new_evidence()}

    def _is_new(self, day: date | None) -> bool:
        since, until = self.days
        return day is not None and since < day <= until

    def _list_record(self) -> Iterator[Row]:
        yield from self._list_new_sources()
        yield from self._list_new_evidence()
        case = self.case
        for kind, what, rows in (
            ("warning", "given", case.warnings),
            ("need", "stated", case.needs),
            ("delivery", "counted", case.deliveries),
        ):
            for row in rows:
                if self._is_new(bounds(row.date)[1]):
                    yield _tell_row(kind, what, row, row.date)
        for response in case.responses:
            for stage in STAGES:
                when = response.stage(stage)
                if when and self._is_new(bounds(when)[1]):
                    yield _tell_row("response", stage.replace("_", " "), response, when)
        yield from self._list_new_steps()

    def _list_new_steps(self) -> Iterator[Row]:
        """Yield what was done of early actions, each with what it is and who does it."""
        planned = {action.id: action for action in self.case.actions}
        for one in self.case.activations:
            action = planned[one.action]
            told = {"who": action.shown("actor"), "summary": action.shown("action")}
            for step in ("triggered", *STEPS):
                when: ImpreciseDate | None = getattr(one, step)
                if when and self._is_new(bounds(when)[1]):
                    yield _tell_row("action", step, one, when) | told

    def _list_new_sources(self) -> Iterator[Row]:
        for source in self.case.sources:
            if self._is_new(source.published.latest):
                yield _tell_row("source", "published", source, source.published)

    def _list_new_evidence(self) -> Iterator[Row]:
        case, audience = self.case, self.assessment.audience
        items: Iterable[Evidence | Search] = (*case.evidence, *case.searches)
        for item in items:
            source = case.source_by_id.get(item.source)
            if not self._is_new(knowledge_day(item, source, audience)):
                continue
            kind = "evidence" if isinstance(item, Evidence) else "search"
            what = "looked for" if kind == "search" else self._tell_news(item)
            yield _tell_row(kind, what, item, item.start)

    def _tell_news(self, item: Evidence | Search) -> str:
        """Return whether a fact happened since the earlier month, or was learnt of before it."""
        if getattr(item, "announced", False):
            return "announced"
        first, _ = began(item, self.case.source_by_id.get(item.source))
        is_event = item.start.earliest is not None  # what began at any time before is no event
        return "happened" if is_event and first > self.days[0] else "learnt"

    def _list_scores(self) -> Iterator[Row]:
        now = self.assessment
        places = [now.place(month) for month in (self.since, self.month)]
        news, revision = (sum(row[part] for row in self.facts) for part in ("news", "revision"))
        series: dict[str, Floats] = {
            "score": now.on_record, "interval, low": now.low, "interval, high": now.high,
            "coverage": now.coverage,
        }  # fmt: skip
        for name, values in series.items():
            before, after = (_show(values[place]) for place in places)
            moved = (
                None if None in (before, after) else float(values[places[1]] - values[places[0]])
            )
            split = {"news": news, "revision": revision} if name == "score" else {}
            yield tell_score(name, before, after, moved) | split
        yield tell_score("band", now.bands[places[0]], now.bands[places[1]])
        crimes = now.framework.crimes
        named = [code and crimes[code].label for code in map(now.named_crimes.__getitem__, places)]
        yield tell_score("worst crime", named[0], named[1])
        for name, on in self._find_tiers().items():
            states = ["on" if on[place] else "off" for place in places]
            yield tell_score(f"{TIER}{name}", states[0], states[1])

    def _find_tiers(self) -> dict[str, tuple[bool, ...]]:
        """Return in which months each tier is on."""
        now, policy = self.assessment, self.assessment.method.alarm
        months = len(now.months)
        tiers = {name: find_spans(now, policy, watch) for name, watch in policy.watches.items()}
        return {name: in_alarm(spans, months) for name, spans in tiers.items()}

    def _list_facts(self) -> Iterator[Row]:
        yield from self.facts

    def _list_gaps(self) -> Iterator[Row]:
        now = self.assessment
        place = now.place(self.month)
        rows: list[Row] = []
        for column, (code, factor) in enumerate(now.framework.factors.items()):
            if now.by_factor.coverage[place, column] > 0:
                continue
            low, high = (self._suppose(place, column, value) for value in (0, 1))
            rows.append(
                {
                    "factor": code,
                    "title": factor.title,
                    "if_none": low,
                    "if_worst": high,
                    "could_move": high - low,
                    "look_for": "; ".join(self.name_heaviest(code)),
                }
            )
        yield from sorted(rows, key=lambda row: -row["could_move"])

    def _suppose(self, place: int, column: int, value: float) -> float:
        """Return the overall score of a month, had a factor this score."""
        now = self.assessment
        factors = now.factors[[place]].copy()
        factors[0, column] = value
        return max(float(now.hierarchy.join_crime(code, factors)[0]) for code in now.crimes)

    def name_heaviest(self, factor: str) -> Iterator[str]:
        """Yield the indicators of a factor that weigh most, with their labels."""
        hierarchy, indicators = self.assessment.hierarchy, self.assessment.framework.indicators
        codes = [list(indicators)[place] for place in hierarchy.members[factor]]
        order = np.argsort(-hierarchy.indicator_weights[factor], kind="stable")[:LOOKED_FOR]
        yield from (f"{codes[place]} {indicators[codes[place]].label}" for place in order)

    def describe(self) -> str:
        """Return one paragraph, to paste: how the score moved, by what, what is new and unknown."""
        head = f"{self.case.header.title}, {self.month}"
        return describe_month(head, self.since, {name: self.to_rows(name) for name in self.tables})

    def __repr__(self) -> str:
        score = self.to_rows("score")[0]
        return self._tell(
            f"MonthChange({self.case.id!r}, {self.since} to {self.month}: "
            f"{round_score(score['before'])} to {round_score(score['after'])}, "
            f"{len(self.to_rows('record'))} new on record)"
        )


def compare_months(
    case: Case,
    framework: Framework,
    month: str = LATEST,
    since: str = LAST,
    **view: Unpack[View],
) -> MonthChange:
    """Compare a month of a case with an earlier one, on what was known by the last day of each.

    The change of the score is split exactly over the evidence, and each part into news, what
    happened since, and revision, what was learnt about the earlier month (``compare_scores``).

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        month: such as ``2013-12``; ``latest`` is the last month of the case.
        since: an earlier month; ``last`` is the one before.
        view: ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        The change; what was known after the month's last day is nowhere in it.

    Raises:
        RequestError: a month is none of the case's, or the second is not before the first.
        TypeError: another choice of a view, such as ``knowledge``, which the months settle.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> change = compare_months(case, atrisk.load_framework("un-foa-2014"), "2013-12")
        >>> rows = change.to_rows("facts")
        >>> score = change.to_rows("score")[0]
        >>> abs(sum(row["change"] for row in rows) - score["change"]) < 1e-12
        True
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    if "knowledge" in view:
        raise TypeError("'knowledge' is no argument here: each month is seen from its last day")
    at = find_month(case, month)
    names = [str(one) for one in case.months]
    if since == LAST and at == 0:
        raise RequestError(
            f"{names[0]} is the first month of {case.id}, so nothing is before it; name a later one"
        )
    before = at - 1 if since == LAST else find_month(case, since)
    if before >= at:
        raise RequestError(f"{names[before]} is not before {names[at]}; name an earlier month")
    cut = cut_case(case, case.months[at], view.get("audience"))
    return MonthChange(assess(cut, framework, **view), names[at], names[before])


def cut_case(case: Case, month: Month, audience: Audience | None) -> Case:
    """Return a case as the last day of a month had it, with no month after it."""
    seen = see_case(case, read_outlook(case, month.last_day), audience)
    return replace(seen, header=seen.header.model_copy(update={"end": month}), checked=True)


def find_month(case: Case, month: str) -> int:
    """Return the place of a month among a case's, or of the latest.

    Raises:
        RequestError: it is none of them.
    """
    names = [str(one) for one in case.months]
    if month == LATEST:
        return len(names) - 1
    if month not in names:
        raise RequestError(
            f"{shorten(month)} is no month of {case.id}: {names[0]} to {names[-1]}, written like "
            f"2013-09; or {LATEST}, and {LAST} for the month before"
        )
    return names.index(month)


def _tell_row(kind: str, what: str, row: Guarded, when: ImpreciseDate) -> Row:
    """Return a row of a table as one of the record."""
    source = "" if kind == "source" else str(getattr(row, "source", ""))
    words = row.shown("summary") or row.shown("title") or row.shown("measure")
    who = row.shown("issuer") or row.shown("actor") or row.shown("publisher")
    return {
        "what": what,
        "kind": kind,
        "id": row.label,
        "date": when.text,
        "place": row.shown("place"),
        "who": who,
        "summary": words,
        "source": source,
    }


def tell_score(name: str, before: object, after: object, change: float | None = None) -> Row:
    """Return a row of what is measured of two months, or of two copies."""
    return {
        "measure": name, "before": before, "after": after, "change": change, "news": None,
        "revision": None,
    }  # fmt: skip


def _show(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def merge_facts(rows: Iterable[Row]) -> list[Row]:
    """Return rows of ``compare_scores``, those of one fact added up, the largest change first."""
    found: dict[str, Row] = {}
    for row in rows:
        name = row["factor"] if row["evidence"] == ASSUMED else row["evidence"]
        kept = found.setdefault(name, _begin_fact(row))
        kept["indicators"] = "; ".join(filter(None, (kept["indicators"], row["indicator"])))
        for part in PARTS:
            kept[part] = None if row[part] is None else kept[part] + row[part]
    return sorted(found.values(), key=lambda row: -abs(row["change"]))


def _begin_fact(row: Row) -> Row:
    told = ("summary", "start", "end", "source", "locator", "quote")
    what = {"evidence": row["evidence"], "what": "", "indicators": ""}
    return what | dict.fromkeys(PARTS, 0.0) | {name: row[name] for name in told}

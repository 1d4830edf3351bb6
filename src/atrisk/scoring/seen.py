"""Seen: the case as a day and an audience had it, from which everything that is shown is made.

What is looked at from a day, or as an audience, is reduced here, once, before it is scored: no
listing can then hold what was not had. A date in a ledger is past once the last day that it may
mean is; a row of evidence is had from the day on which it was known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from atrisk.base.dates import ImpreciseDate, bounds
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience, Cited, Evidence, Search, Source, knowledge_day
from atrisk.cases.ledger import STAGES, STEPS, Action, Activation, EarlyWarning, Response
from atrisk.cases.secrecy import Guarded
from atrisk.scoring.view import CONTEMPORANEOUS, RETROSPECTIVE, Outlook

G = TypeVar("G", bound=Guarded)
ANCHOR = frozenset({"quote", "locator"})  # what a document alone tells
TOLD = ANCHOR | {"summary"}  # and what was told with it, of a row that no day vouches for
NAMED = frozenset({"title", "publisher", "kind", "url"})
_OPEN = ImpreciseDate.parse("..")
_ARRIVED = {"funded", "deployed", "full_strength"}


def is_limited(outlook: Outlook, audience: Audience | None) -> bool:
    """Tell whether a view keeps anything back: it looks from a day, or as an audience."""
    return audience is not None or outlook.label not in (CONTEMPORANEOUS, RETROSPECTIVE)


def describe_limit(outlook: Outlook, audience: Audience | None) -> str:
    """Say from where a view looks, such as ``"by 2013-06-30 to the audience 'public'"``."""
    by = "" if outlook.days[-1] == date.max else f" by {outlook.days[-1]}"
    return f"{by}{f' to the audience {audience!r}' if audience else ''}".strip()


def see_case(case: Case, outlook: Outlook, audience: Audience | None) -> Case:
    """Return the case as the last day of an outlook and an audience had it.

    Rows that were not known are gone, and so are sources that were not out and that no other row
    cites. What ended later still goes on; a response has the stages, deliveries and answers of that
    day; a document that was not out has neither title, publisher nor date, and no anchor is shown
    of it. A case that nothing limits is returned as it is. Seen again alike it stays as it is.

    Args:
        case: any, also one that was seen already.
        outlook: whose last day of knowledge counts.
        audience: who looks; None for anybody. Responses, deliveries and needs have no audience:
            what was done was seen by all. Nor have early actions: they are the organisation's own.

    Examples:
        >>> import atrisk
        >>> from atrisk.scoring.view import read_outlook
        >>> case = atrisk.load_case("car-2012-2015")
        >>> then = see_case(case, read_outlook(case, "2013-06-30"), None)
        >>> len(then.evidence) < len(case.evidence), then.months == case.months
        (True, True)
    """
    if not is_limited(outlook, audience):
        return case
    return _Look(case, outlook.days[-1], audience).reduce()


@dataclass(frozen=True, eq=False, slots=True)
class _Look:
    """One look at a case, from a day, as an audience."""

    case: Case
    day: date
    audience: Audience | None

    def reduce(self) -> Case:
        case = self.case
        warnings = _keep(map(self._see_warning, case.warnings))
        given = {one.id: bounds(one.date)[0] for one in warnings}
        responses = _keep(self._see_response(one, given) for one in case.responses)
        done = {one.id for one in responses}
        actions = _keep(see_action(one, self.day) for one in case.actions)
        rows: dict[str, Any] = {
            "evidence": _keep(map(self._see_evidence, case.evidence)),
            "searches": _keep(one if self._knows(one) else None for one in case.searches),
            "warnings": warnings,
            "responses": responses,
            "deliveries": _keep(
                self._see_dated(one, ANCHOR) for one in case.deliveries if one.response in done
            ),
            "needs": _keep(self._see_dated(one, TOLD) for one in case.needs),
            "actions": actions,
            "activations": _keep(
                see_activation(one, self.day)
                for one in case.activations
                if one.action in {action.id for action in actions}
            ),
        }
        cited = {name for table in rows.values() for row in table for name in row.sources}
        rows["sources"] = _keep(self._see_source(one, cited) for one in case.sources)
        if all(_is_same(getattr(case, name), table) for name, table in rows.items()):
            return case
        return replace(case, **rows, checked=True)

    def _is_past(self, when: ImpreciseDate) -> bool:
        return _is_past(when, self.day)

    def _is_out(self, source: Source) -> bool:
        return (source.published.latest or date.max) <= self.day

    def _knows(self, item: Evidence | Search) -> bool:
        """Tell whether an item is known; what never comes out is known to its own audience only."""
        learnt = knowledge_day(item, self.case.source_of(item), self.audience)
        return learnt <= self.day and (learnt < date.max or self._shares(item.audience))

    def _shares(self, audience: str) -> bool:
        return self.audience is None or audience in ("public", self.audience)

    def _see_evidence(self, item: Evidence) -> Evidence | None:
        if not self._knows(item):
            return None
        changed: dict[str, object] = {}
        if item.end and item.end.latest and item.end.latest > self.day:
            changed["end"] = item.end.cut(self.day) if self._is_past(item.end) else _OPEN
        latest = item.start.latest
        if latest and latest > self.day and not item.announced:  # it had begun, since it was known
            text = f"{item.start.earliest or '..'}/{self.day}"
            changed["start"] = ImpreciseDate(text, item.start.earliest, latest)
        if item.known and (item.known.latest or date.max) > self.day:
            changed["known"] = None  # it is known from its source, which is out
        return self._withhold(_change(item, changed), ANCHOR)

    def _see_warning(self, warning: EarlyWarning) -> EarlyWarning | None:
        out = self.case.source_by_id[warning.source].published.latest
        heard = self._shares(warning.audience) or (out is not None and out <= self.day)
        return self._see_dated(warning, ANCHOR) if heard else None

    def _see_response(self, response: Response, given: Mapping[str, date]) -> Response | None:
        """Return a response with what it had reached, as far as that was seen; None if nothing."""
        reached = {name: when for name in STAGES if (when := response.stage(name))}
        later = [name for name, when in reached.items() if not self._is_past(when)]
        if len(later) == len(reached):
            return None
        kept = {name: when.cut(self.day) for name, when in reached.items() if name not in later}
        last = max(bounds(when)[1] for when in kept.values())
        told_apart = any(response.owns(one) for one in self.case.deliveries)
        in_the_end = told_apart or not kept.keys() & _ARRIVED
        changed: dict[str, object] = dict(dict.fromkeys(later))
        changed |= kept.items()
        changed |= {
            "delivered": None if in_the_end else response.delivered,
            "answers": tuple(n for n in response.answers if n in given and given[n] <= last),
            "inferred": tuple(name for name in response.inferred if name in kept),
        }
        return self._withhold(_change(response, changed), TOLD)

    def _see_dated(self, row: Any, words: frozenset[str]) -> Any:
        """Return a warning, a delivery or a need; None if it was later."""
        if not self._is_past(row.date):
            return None
        return self._withhold(_change(row, {"date": row.date.cut(self.day)}), words)

    def _withhold(self, row: Any, words: frozenset[str]) -> Any:
        """Return a row, without the words of a document that whoever looks did not have."""
        source = self.case.source_by_id[row.source]
        return row if self._is_out(source) or self._was_given(source, row) else row.unsee(words)

    def _was_given(self, source: Source, row: Cited) -> bool:
        """Tell whether those whom a row was for had its document before it came out."""
        written, own = source.written, getattr(row, "audience", "public")
        had = written is not None and (written.latest or date.max) <= self.day
        return had and own != "public" and self._shares(own)

    def _see_source(self, source: Source, cited: set[str]) -> Source | None:
        if self._is_out(source):
            return source
        if source.id not in cited:
            return None
        if source.unseen:
            return source
        next_day = self.day + timedelta(days=1)
        published = ImpreciseDate.parse(f"{next_day}/..")
        return _change(source, {"published": published}).unsee(NAMED)


def see_action(action: Action, day: date) -> Action | None:
    """Return an early action as a day had it; None if it was agreed later."""
    if action.agreed is None:
        return action
    return (
        _change(action, {"agreed": action.agreed.cut(day)})
        if _is_past(action.agreed, day)
        else None
    )


def see_activation(row: Activation, day: date) -> Activation | None:
    """Return what a day had of an activation: its steps by then; None if it was triggered later.

    The sum and the note, which have no date, are of its last step.

    Args:
        row: of ``activations.csv``.
        day: the last one that is seen.
    """
    if not _is_past(row.triggered, day):
        return None
    reached = {name: when for name in STEPS if (when := row.step(name))}
    kept = {name: when.cut(day) for name, when in reached.items() if _is_past(when, day)}
    changed: dict[str, object] = {"triggered": row.triggered.cut(day)}
    changed |= {name: kept.get(name) for name in reached}
    if any(bounds(when)[1] > day for when in (row.triggered, *reached.values())):
        return _change(row, changed | {"spent": None}).unsee(frozenset({"note"}))
    return _change(row, changed)


def _is_past(when: ImpreciseDate, day: date) -> bool:
    return bounds(when)[0] <= day


def _change(row: G, changed: Mapping[str, object]) -> G:
    same = all(getattr(row, name) == cell for name, cell in changed.items())
    return row if same else row.model_copy(update=changed)


def _keep(rows: Iterable[G | None]) -> tuple[G, ...]:
    return tuple(row for row in rows if row is not None)


def _is_same(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    return len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))

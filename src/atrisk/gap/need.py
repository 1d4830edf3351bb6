"""Need: what stands in force of those who protect, beside the strength said to be needed.

On a day, of the responses that fit a rule and are in force, each counts with the strength last on
record by then; of one actor and instrument the strongest alone, because a later row tells the
whole force. It is adequate where

    sum of the strengths on record >= share * need on record

and never before a need was on record, since nobody can say then how much was enough.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import ceil

from atrisk.base.dates import Span
from atrisk.base.errors import RequestError
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.ledger import EarlyWarning, Need, Response, Stage
from atrisk.frameworks.options import RuleOption
from atrisk.gap.matching import Lag, fits, group_deliveries, reach
from atrisk.scoring.assessment import Assessment

Dated = tuple[tuple[Span, float], ...]
Strengths = tuple[tuple["Force", float], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Force:
    """A response that may protect: when it was there, and its strength by the day on record."""

    response: Response
    reached: Span
    over: Span | None
    strengths: Dated

    @property
    def key(self) -> tuple[str, str]:
        """What is one force, whatever the number of its rows."""
        return self.response.actor.casefold(), self.response.instrument

    @property
    def spans(self) -> list[Span]:
        """The dates on which something of it changes."""
        return [self.reached, *([self.over] if self.over else []), *(s for s, _ in self.strengths)]

    def is_there(self, day: float) -> bool:
        """Tell whether it was in force on a day."""
        return self.reached.middle <= day and not (self.over and self.over.middle <= day)

    def strength(self, day: float) -> float | None:
        """Return the strength last on record by a day; None if there is none."""
        past = [one for one in self.strengths if one[0].middle <= day]
        return max(past, key=lambda one: one[0].middle)[1] if past else None

    def bound(self, day: float) -> tuple[float, float]:
        """Return the least and the most that may have stood, whatever days the dates mean."""
        possible, sure = _list_possible(self.strengths, day)
        may = self.reached.first <= day and not (self.over and self.over.last <= day)
        must = self.reached.last <= day and not (self.over and self.over.first <= day)
        return (
            min(possible) if possible and sure and must else 0.0,
            max(possible) if possible and may else 0.0,
        )


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """A stretch of days on which neither the strength nor the need changes.

    Attributes:
        begin, end: its first day and the one after its last, as in ``date.toordinal``; ``end`` is
            None for one that lasts.
        need: the need on record; None if there was none yet.
        standing: the forces that count, each with its strength.
        unknown: the forces in force whose strength is not on record.
        adequate: whether the strength is at least the share of the need.
        since: the dates that its begin may mean.
        brought_by: the response that brought it over the bar; None where it is not adequate.
    """

    begin: float
    end: float | None
    need: Need | None
    standing: Strengths
    unknown: tuple[Force, ...]
    adequate: bool
    since: Span
    brought_by: Response | None

    @property
    def strength(self) -> float:
        """The strength on record."""
        return sum(number for _, number in self.standing)

    @property
    def verdict(self) -> str:
        """Whether it was enough, in words; where that is not known they say so."""
        if self.need is None:
            return "cannot be judged: no need of strength on record"
        if self.adequate:
            return "adequate"
        if self.unknown:
            return "not known to be adequate: a strength is not on record"
        return "not adequate"


@dataclass(frozen=True, eq=False)
class Standing:
    """What stood beside the need, step by step, under a rule."""

    share: float
    forces: tuple[Force, ...]
    needs: tuple[Need, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every stretch of days from the first force or need on."""
        return tuple(self._walk())

    @property
    def first_need(self) -> Need | None:
        """The first need on record; None if there was none by the last day that is seen."""
        return min(self.needs, key=lambda need: Span.of(need.date).middle, default=None)

    def on(self, day: float) -> Step | None:
        """Return the step that a day lies in; None before the first."""
        return next((step for step in reversed(self.steps) if step.begin <= day), None)

    def find(self, day: float) -> Step | None:
        """Return the first adequate step that lasts beyond a day."""
        return next((s for s in self.steps if s.adequate and (s.end is None or s.end > day)), None)

    def find_bound(self, day: int, *, sure: bool) -> int | None:
        """Return the first day from one on with enough: surely, or perhaps; None if there is none.

        It holds whatever the dates may mean.
        """
        enough = self._enough_surely if sure else self._enough_perhaps
        at = bisect_right(self._edges, day)  # nothing changes between two edges
        if at and enough[at - 1]:
            return day
        return next((self._edges[later] for later in range(at, len(enough)) if enough[later]), None)

    def name_forces(self, day: int) -> list[str]:
        """Return the ids of what stands on a day on which it is adequate."""
        step = self.on(day)
        return [force.response.id for force, _ in step.standing] if step and step.adequate else []

    @property
    def answers(self) -> dict[str, Span]:
        """When each response that brought the strength over the bar did so first, by its id."""
        found: dict[str, Span] = {}
        for step in self.steps:
            if step.brought_by:
                found.setdefault(step.brought_by.id, step.since)
        return found

    @cached_property
    def _needed(self) -> Dated:
        return tuple((Span.of(need.date), need.needed or 0.0) for need in self.needs)

    @cached_property
    def _spans(self) -> list[Span]:
        own = [span for force in self.forces for span in force.spans]
        return sorted([*own, *(span for span, _ in self._needed)], key=lambda span: span.middle)

    @cached_property
    def _edges(self) -> list[int]:
        return sorted({day for span in self._spans for day in (span.first, span.last)})

    @cached_property
    def _enough_surely(self) -> tuple[bool, ...]:
        return tuple(self._sweep(sure=True))

    @cached_property
    def _enough_perhaps(self) -> tuple[bool, ...]:
        return tuple(self._sweep(sure=False))

    def _sweep(self, *, sure: bool) -> Iterator[bool]:
        """Yield for each edge whether enough stands from it on: surely, or perhaps.

        Of each force's rows the strongest counts; a row is looked at on its own edges alone.
        """
        changing: dict[int, set[int]] = defaultdict(set)
        rows: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for place, force in enumerate(self.forces):
            rows[force.key][place] = 0.0
            for span in force.spans:
                changing[span.first].add(place)
                changing[span.last].add(place)
        strongest = dict.fromkeys(rows, 0.0)
        for day in self._edges:
            for place in changing.get(day, ()):
                force = self.forces[place]
                rows[force.key][place] = force.bound(day)[0 if sure else 1]
                strongest[force.key] = max(rows[force.key].values())
            needed, told = _list_possible(self._needed, day)
            bar = (max(needed) if sure else min(needed)) if needed else 0.0
            is_judged = bool(needed) and (told or not sure)
            yield is_judged and sum(strongest.values()) >= self.share * bar

    def _walk(self) -> Iterator[Step]:
        days: list[float | None] = [*sorted({span.middle for span in self._spans}), None]
        last: Step | None = None
        for begin, end in pairwise(days):
            assert begin is not None  # noqa: S101 - only the last one is
            last = self._look(begin, end, last)
            yield last

    def _look(self, day: float, end: float | None, last: Step | None) -> Step:
        there = [force for force in self.forces if force.is_there(day)]
        known = [(force, number) for force in there if (number := force.strength(day)) is not None]
        standing = _keep_strongest(known)
        past = [need for need in self.needs if Span.of(need.date).middle <= day]
        need = max(past, key=lambda n: (Span.of(n.date).middle, n.needed or 0.0), default=None)
        enough = sum(number for _, number in standing)
        adequate = need is not None and enough >= self.share * (need.needed or 0.0)
        if adequate and last and last.adequate:
            since, by = last.since, last.brought_by
        else:
            since, by = self._find_bringer(day, standing, last)
        unknown = tuple(force for force in there if force.strength(day) is None)
        by = by if adequate else None
        return Step(day, end, need, standing, unknown, adequate, since, by)

    def _find_bringer(
        self, day: float, standing: Strengths, last: Step | None
    ) -> tuple[Span, Response | None]:
        """Return the dates of what changed on a day, and the force that grew most on it."""
        before = {force.key: number for force, number in last.standing} if last else {}
        grown = [
            (number - before.get(f.key, 0.0), number, f.response.id, f) for f, number in standing
        ]
        most = max(grown, default=None, key=lambda one: one[:3])
        own = most[3].spans if most and most[0] > 0 else self._spans
        since = next(span for span in (*own, *self._spans) if span.middle == day)
        return since, most[3].response if most else None


def list_needs(case: Case, rule: RuleOption) -> tuple[Need, ...]:
    """Return the needs of strength: those with a number, in a unit that the rule counts."""
    units = {unit.casefold() for unit in rule.units}
    return tuple(
        need for need in case.in_order.needs if need.needed and need.unit.casefold() in units
    )


def can_judge(case: Case, rule: RuleOption, stage: Stage, until: date) -> bool:
    """Tell whether a rule finds on record by a day what it asks for at a stage."""
    by_then = (n for n in list_needs(case, rule) if Span.of(n.date).first <= until.toordinal())
    return rule.of != "need" or not rule.asks_strength(stage) or any(True for _ in by_then)


def choose_rule(
    case: Case, assessment: Assessment, rule: str | RuleOption | None = None
) -> RuleOption:
    """Return a rule by its id, one's own, or the method's, or what stands in for the method's."""
    rules, own = assessment.framework.branches["rule"], assessment.method.rule
    if rule is None and own.otherwise and not can_judge(case, own, own.stage, assessment.until):
        rule = own.otherwise
    chosen: RuleOption = rules.pick(rule, "matching rule") if isinstance(rule, str) else rule or own
    return chosen


def measure_standing(case: Case, rule: RuleOption, stage: Stage, until: date) -> Standing:
    """Return what stood beside the need under a rule, by the last day that is seen.

    Raises:
        RequestError: no need of strength is on record.
    """
    last = until.toordinal()
    seen = tuple(n for n in list_needs(case, rule) if Span.of(n.date).first <= last)
    if not seen:
        raise RequestError(
            f"{case.id} has no need of strength on record by {until}, so the rule {rule.id!r} "
            "cannot be judged; add a row to needs.csv with a number and one of the units "
            f"{', '.join(rule.units)}, or choose a rule that asks for the promise or for none"
        )
    return Standing(rule.share, tuple(_list_forces(case, rule, stage, last)), seen)


def _list_forces(case: Case, rule: RuleOption, stage: Stage, last: int) -> Iterator[Force]:
    units = {unit.casefold() for unit in rule.units}
    deliveries = group_deliveries(case)
    for response in case.in_order.responses:
        reached = reach(response, stage)
        if reached is None or reached.first > last or not fits(response, rule):
            continue
        own = deliveries.get(response.id, ())
        told: Dated = ()
        if response.unit.casefold() in units:
            told = tuple((Span.of(d.date), d.delivered) for d in own if d.delivered is not None)
            if not own and response.delivered is not None:
                told = ((reached, response.delivered),)
        over = Span.of(response.ended) if response.ended else None
        yield Force(response, reached, over, told)


def _list_possible(dated: Dated, day: float) -> tuple[list[float], bool]:
    """Return the numbers that may be the last on record by a day, and whether one surely is."""
    begun = [(span, number) for span, number in dated if span.first <= day]
    told = max((span.first for span, _ in begun if span.last <= day), default=None)
    return [n for span, n in begun if told is None or span.last >= told], told is not None


def _keep_strongest(known: Iterable[tuple[Force, float]]) -> Strengths:
    best: dict[tuple[str, str], tuple[Force, float]] = {}
    for force, number in known:
        if force.key not in best or number > best[force.key][1]:
            best[force.key] = (force, number)
    return tuple(best.values())


def measure_need_lag(
    subject: EarlyWarning | str, when: Span, standing: Standing, until: date
) -> Lag:
    """Return the lag from a warning, or an alarm, to the first day with enough on or after it.

    With the warning on a day in ``[c, d]``:

        days = first day from middle(warning) on with enough, less middle(warning)
        low  = first day from c on with perhaps enough, less d, and no less than 0
        high = first day from d on with surely enough, less c, or none by the end

    The strength that stands already when the warning is heard answers it on that day.
    """
    end = until.toordinal()
    found = standing.find(when.middle)
    step = found if found and max(found.begin, when.middle) <= end else None
    may = standing.find_bound(when.first, sure=False)
    must = standing.find_bound(when.last, sure=True)
    waited = max(0.0, end - when.middle)
    warning = subject if isinstance(subject, EarlyWarning) else None
    stood = step is not None and step.begin <= when.middle
    return Lag(
        kind="warning" if warning else "alarm",
        subject=warning.id if warning else str(subject),
        warning=warning,
        heard=when,
        response=step.brought_by if step else None,
        days=max(0.0, step.begin - when.middle) if step else waited,
        low=max(0, min(end, end if may is None else may) - when.last),
        high=must - when.first if must and must <= end else None,
        censored=step is None,
        answered_on="" if step is None else (when if stood else step.since).text,
    )


def list_steps(standing: Standing, until: date) -> Iterator[Row]:
    """Yield a row for each stretch of days: what stood, what was needed, and what that says."""
    last = until.toordinal()
    for step in standing.steps:
        if step.begin > last:
            return
        need = step.need
        yield {
            "begin": step.since.text if step.since.middle == step.begin else _write_day(step.begin),
            "end": None if step.end is None or step.end > last else _write_day(step.end),
            "strength": step.strength,
            "needed": need.needed if need else None,
            "share_of_need": step.strength / need.needed if need and need.needed else None,
            "adequate": step.adequate if need else None,
            "verdict": step.verdict,
            "standing": "; ".join(f"{f.response.id} {n:g}" for f, n in step.standing),
            "unknown": "; ".join(force.response.id for force in step.unknown),
            "need": need.id if need else "",
            "need_quote": need.shown_quote if need else "",
            "need_locator": need.shown_place if need else "",
        }


def _write_day(day: float) -> str:
    return str(date.fromordinal(ceil(day)))

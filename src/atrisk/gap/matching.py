"""Matching: which response answers a warning under a rule, and after how many days.

Dates are intervals. The lag is taken between their middles; its bounds hold whatever days the
dates may mean, and include that no answer came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import Span
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.ledger import STAGES, Delivery, EarlyWarning, Response, Stage
from atrisk.frameworks.options import RuleOption

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
RULE_STAGES: tuple[Stage, ...] = tuple(stage for stage in STAGES if stage != "ended")
# From each stage on, the dates that show that it was reached at the latest. What stands has been
# paid for; that something was paid for shows no decision, since money may come before or after it.
_SHOWN_BY: dict[Stage, tuple[Stage, ...]] = {
    "noticed": ("noticed", "accepted", "proposed", "decided", "deployed", "full_strength"),
    "accepted": ("accepted", "proposed", "decided", "deployed", "full_strength"),
    "proposed": ("proposed", "decided", "deployed", "full_strength"),
    "decided": ("decided", "deployed", "full_strength"),
    "funded": ("funded", "deployed", "full_strength"),
    "deployed": ("deployed", "full_strength"),
    "full_strength": ("full_strength",),
}


@dataclass(frozen=True, eq=False, slots=True)
class Lag:
    """How long one warning, or one alarm, waited; or one early action, from its trigger.

    Attributes:
        kind: ``"warning"`` or ``"alarm"``; of an action ``"decision"`` or ``"completion"``.
        subject: id of the warning, or the month of the alarm's onset; of an action its id and the
            month of its trigger.
        warning: the warning; None for an alarm and an action.
        heard: when it was heard, from which day on it waits.
        response: what answered it; None if nothing did by the end of the case.
        days: between the middles of the dates, up to the answer or to the end of the case.
        low, high: bounds in days that hold whatever the dates mean; ``high`` is None where it may
            be that no answer came.
        censored: whether it was still waiting when the case ended (right-censored).
        answered_on: the date of the answer as written; empty if there is none.
    """

    kind: str
    subject: str
    warning: EarlyWarning | None
    heard: Span
    response: Response | None
    days: float
    low: float
    high: float | None
    censored: bool
    answered_on: str

    def to_row(self, rule: RuleOption, stage: Stage) -> Row:
        """Return the lag with its warning, response, rule, stage and both anchors."""
        warning, response = self.warning, self.response
        return {
            "kind": self.kind,
            "subject": self.subject,
            "date": str(warning.date) if warning else self.subject,
            "heard": self.heard.text,
            "issuer": warning.shown("issuer") if warning else "alarm",
            "audience": warning.audience if warning else "",
            "specificity": warning.specificity if warning else "",
            "rule": rule.id,
            "stage": stage,
            "strength": rule.describe_strength(stage),
            "response": response.id if response else None,
            "pillar": response.pillar if response else "",
            "answered_on": self.answered_on,
            "days": self.days,
            "low": self.low,
            "high": self.high,
            "censored": self.censored,
            "warning_quote": warning.shown_quote if warning else "",
            "warning_locator": warning.shown_place if warning else "",
            "response_quote": response.shown_quote if response else "",
            "response_locator": response.shown_place if response else "",
        }


def find_answers(case: Case, rule: RuleOption, stage: Stage) -> dict[str, Span]:
    """Return when each response meets a rule at a stage, by id; those that never do are left out.

    A stage counts as reached on its own date or, without one, on that of a later stage. A share
    of the promised strength counts from the first delivery that reaches it.
    """
    found = {}
    told = group_deliveries(case)
    for response in case.in_order.responses:
        span = reach(response, stage) if fits(response, rule) else None
        if span and rule.asks_strength(stage):
            span = _later(span, _reach_share(response, told.get(response.id, ()), rule.share))
        if span:
            found[response.id] = span
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """The responses that meet a rule, by id, with the days on which each did so.

    Attributes:
        responses: in the order of their ids.
        spans: when each met the rule.
        first, last, middle: the same as arrays.
        by_actor: places of the responses of each actor, whose own act a warning may be.
        by_warning: places of the responses of which a source says that they answer a warning.
    """

    responses: tuple[Response, ...]
    spans: tuple[Span, ...]
    first: Integers
    last: Integers
    middle: Floats
    by_actor: Mapping[str, tuple[int, ...]]
    by_warning: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, case: Case, answers: Mapping[str, Span]) -> Answers:
        """Return the answers of a case, by what ``find_answers`` found."""
        responses = tuple(one for one in case.in_order.responses if one.id in answers)
        spans = tuple(answers[one.id] for one in responses)
        by_actor: dict[str, list[int]] = defaultdict(list)
        by_warning: dict[str, list[int]] = defaultdict(list)
        for place, response in enumerate(responses):
            for name in _list_actors(response):
                by_actor[name].append(place)
            for warning in response.answers:
                by_warning[warning].append(place)
        return cls(
            responses,
            spans,
            np.array([span.first for span in spans], dtype=np.int64),
            np.array([span.last for span in spans], dtype=np.int64),
            np.array([span.middle for span in spans], dtype=np.float64),
            {name: tuple(places) for name, places in by_actor.items()},
            {name: tuple(places) for name, places in by_warning.items()},
        )

    def admit(self, warning: EarlyWarning | None, *, documented: bool) -> NDArray[np.bool_]:
        """Tell of each whether a source links the two, where asked, and they are not one act."""
        linked = self.by_warning.get(warning.id, ()) if warning else ()
        may = np.full(len(self.spans), not documented)
        if warning and not documented:
            for place in self.by_actor.get(warning.issuer.casefold(), ()):
                may[place] = not is_own_act(warning, self.responses[place])
        may[list(linked)] = True
        return may


def measure_lag(
    answers: Answers,
    subject: EarlyWarning | str,
    when: Span,
    *,
    documented: bool,
    until: date,
) -> Lag:
    """Return the lag from one warning, or from an alarm in a month, to its first answer.

    With the warning on a day in ``[c, d]`` and response r meeting the rule on one in ``[a, b]``:

        days = min over r with middle(r) >= middle(warning) of the difference of the middles
        low  = min over r with b >= c of max(0, a - d)
        high = min over r with d <= a and b <= until of b - c, or none

    The third takes only responses that are certainly not earlier, so that for any days that the
    dates may mean the lag lies between ``low`` and ``high``. An answer on the day itself counts. A
    documented answer is after its warning because a source says so, as far as the dates allow it.
    A warning's own act is no answer to it (``is_own_act``).
    """
    warning, end = subject if isinstance(subject, EarlyWarning) else None, until.toordinal()
    mine = answers.admit(warning, documented=documented)
    begins, ends, middles = answers.first, answers.last, answers.middle
    # The record ends with what is seen: what came later, or may have, is not known to have come.
    comes = (when.middle <= middles) | (documented & (when.first <= ends))
    after = np.flatnonzero(mine & (middles <= end) & comes)
    # Of equals the first by id.
    place = int(after[_find_first(middles[after])]) if len(after) else None
    first = None if place is None else answers.responses[place]
    span = None if place is None else answers.spans[place]
    lows = np.maximum(0, begins[mine & (ends >= when.first)] - when.last)
    highs = ends[mine & (when.last <= begins) & (ends <= end)] - when.first
    waited = max(0.0, end - when.middle)
    return Lag(
        kind="warning" if warning else "alarm",
        subject=warning.id if warning else str(subject),
        warning=warning,
        heard=when,
        response=first,
        days=max(0.0, span.middle - when.middle) if span else waited,
        low=min([*lows.tolist(), max(0, end - when.last)]),
        high=int(highs.min()) if len(highs) else None,
        censored=first is None,
        answered_on=span.text if span else "",
    )


def _find_first(middles: Floats) -> int:
    return int(np.argmin(middles))


def is_own_act(warning: EarlyWarning, response: Response) -> bool:
    """Tell whether a response is the very act of warning, by the same actor.

    It is if the issuer is among its actors, and the two stand in one place of one source or the
    first stage that it reached has the warning's date. An actor's other acts may answer it.
    """
    if warning.issuer.casefold() not in _list_actors(response):
        return False
    one_place = (warning.source, warning.locator) == (response.source, response.locator)
    stages = (response.stage(name) for name in RULE_STAGES)
    first = min((Span.of(when) for when in stages if when), default=None, key=_by_middle)
    return one_place or first == Span.of(warning.date)


def _list_actors(response: Response) -> set[str]:
    return {name.strip().casefold() for name in response.actor.split(";")}


def _by_middle(span: Span) -> float:
    return span.middle


def fits(response: Response, rule: RuleOption) -> bool:
    """Tell whether a response is of the kind that a rule counts."""
    return (
        response.effect in rule.effects
        and (not rule.instruments or response.instrument in rule.instruments)
        and (response.protects_civilians or not rule.protects_civilians)
    )


def reach(response: Response, stage: Stage) -> Span | None:
    """Return when a response reached a stage, at the latest; None if it never did."""
    dates = (response.stage(name) for name in _SHOWN_BY[stage])
    return next((Span.of(when) for when in dates if when), None)


def group_deliveries(case: Case) -> dict[str, tuple[Delivery, ...]]:
    """Return the deliveries of each response's own strength, by its id, in one pass over all."""
    found: dict[str, list[Delivery]] = defaultdict(list)
    by_id = {response.id: response for response in case.in_order.responses}
    for delivery in case.in_order.deliveries:
        response = by_id.get(delivery.response)
        if response and response.owns(delivery):
            found[response.id].append(delivery)
    return {name: tuple(mine) for name, mine in found.items()}


def _reach_share(response: Response, own: Sequence[Delivery], share: float) -> Span | None:
    reached = [
        Span.of(d.date)
        for d in own
        if (promised := d.promised or response.promised)
        and d.delivered is not None
        and response.share(promised, d.delivered) >= share
    ]
    if reached:
        return min(reached, key=lambda span: span.middle)
    if own or not response.promised or response.delivered is None:
        return None  # what was delivered is not on record, so the share is not known to be met
    met = response.share(response.promised, response.delivered) >= share
    return reach(response, "deployed") if met else None


def _later(one: Span, other: Span | None) -> Span | None:
    return one.follow(other) if other else None

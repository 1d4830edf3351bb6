"""Matching: which response answers a warning under a rule, and after how many days.

Dates are intervals. The lag is taken between their middles; its bounds hold whatever days the
dates may mean, and include that no answer came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from atrisk.base.dates import Span
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.ledger import STAGES, Delivery, EarlyWarning, Response, Stage
from atrisk.frameworks.options import RuleOption

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
    for response in case.in_order.responses:
        span = reach(response, stage) if fits(response, rule) else None
        if span and rule.asks_strength(stage):
            span = _later(span, _reach_share(response, case.in_order.deliveries, rule.share))
        if span:
            found[response.id] = span
    return found


def measure_lag(
    case: Case,
    subject: EarlyWarning | str,
    when: Span,
    answers: dict[str, Span],
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
    warning = subject if isinstance(subject, EarlyWarning) else None
    by_id = {response.id: response for response in case.responses}
    mine = {
        name: span
        for name, span in answers.items()
        if _may_answer(warning, by_id[name], documented=documented)
    }
    end = until.toordinal()
    # The record ends with what is seen: what came later, or may have, is not known to have come.
    after = {
        name: span
        for name, span in mine.items()
        if span.middle <= end
        and (when.middle <= span.middle or (documented and when.first <= span.last))
    }
    first = min(after, key=lambda name: (after[name].middle, name), default=None)
    lows = [max(0, span.first - when.last) for span in mine.values() if span.last >= when.first]
    sure = [span for span in mine.values() if when.last <= span.first and span.last <= end]
    highs = [span.last - when.first for span in sure]
    waited = max(0.0, end - when.middle)
    return Lag(
        kind="warning" if warning else "alarm",
        subject=warning.id if warning else str(subject),
        warning=warning,
        heard=when,
        response=by_id[first] if first else None,
        days=max(0.0, after[first].middle - when.middle) if first else waited,
        low=min([*lows, max(0, end - when.last)]),
        high=min(highs, default=None),
        censored=first is None,
        answered_on=after[first].text if first else "",
    )


def _may_answer(warning: EarlyWarning | None, response: Response, *, documented: bool) -> bool:
    """Tell whether a source links the two, where that is asked, and they are not one act."""
    linked = warning is not None and warning.id in response.answers
    if documented or linked or warning is None:
        return linked or not documented
    return not is_own_act(warning, response)


def is_own_act(warning: EarlyWarning, response: Response) -> bool:
    """Tell whether a response is the very act of warning, by the same actor.

    It is if the issuer is among its actors, and the two stand in one place of one source or the
    first stage that it reached has the warning's date. An actor's other acts may answer it.
    """
    actors = {name.strip().casefold() for name in response.actor.split(";")}
    if warning.issuer.casefold() not in actors:
        return False
    one_place = (warning.source, warning.locator) == (response.source, response.locator)
    stages = (response.stage(name) for name in RULE_STAGES)
    first = min((Span.of(when) for when in stages if when), default=None, key=_by_middle)
    return one_place or first == Span.of(warning.date)


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


def _reach_share(response: Response, deliveries: Iterable[Delivery], share: float) -> Span | None:
    own = [d for d in deliveries if response.owns(d)]
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

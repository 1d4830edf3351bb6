"""Actions: what an organisation agreed to do early, what of it is due, and its own lag.

A tier of an alarm that comes on makes the actions due that were agreed for it, and one that is over
those that end them. What was done, and when, is the organisation's own log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, get_args

from atrisk.base.errors import RequestError, require
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.ledger import Phase
from atrisk.frameworks.options import ALARM, AlarmOption
from atrisk.gap.due import OPEN, Due, Status, by_time, list_triggers, match_actions
from atrisk.gap.matching import Lag
from atrisk.gap.waiting import describe_median, estimate_waiting
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy
from atrisk.scoring.seen import see_activation

if TYPE_CHECKING:
    from atrisk.kernel.survival import Curve

PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True, eq=False)
class Actions(LevelResult):
    """What an organisation agreed to do early, what of it is due, and its own lag.

    ``to_rows`` gives ``"actions"``, a row for each trigger and action, with how far it is and how
    long it took; or ``"lag"``, by phase and of all, how many were decided and completed, and after
    how many days.

    Attributes:
        assessment: whose tiers are the triggers.
        policy: the alarm policy.
        due: what came due, in time, and what was done without a trigger.
    """

    tables: ClassVar[Mapping[str, str]] = {"actions": "_tell_actions", "lag": "_tell_lags"}
    about = "assessment"

    assessment: Assessment = field(repr=False)
    policy: AlarmOption = field(repr=False)
    due: tuple[Due, ...] = field(repr=False)

    @property
    def open(self) -> tuple[Due, ...]:
        """What somebody has still to see to, by when it is due."""
        found = [one for one in self.due if one.status in OPEN]
        return tuple(sorted(found, key=lambda one: (one.due_by or 0, one.action.id)))

    def _tell_actions(self) -> Iterator[Row]:
        return (one.to_row() for one in self.due)

    def _tell_lags(self) -> Iterator[Row]:
        came = [one for one in self.due if one.trigger]
        for phase in PHASES:
            mine = [one for one in came if one.action.phase == phase]
            yield from (self._summarise(phase, mine) for _ in mine[:1])
        yield self._summarise("all", came)

    def _summarise(self, phase: str, due: list[Due]) -> Row:
        row: Row = {"phase": phase, "due": len(due)}
        for name, lags in _list_lags(due).items():
            curve = self._estimate(lags)
            row[name] = sum(not lag.censored for lag in lags)
            for what in ("median", "median_low", "median_high"):
                row[f"{name}_{what}"] = getattr(curve, what) if curve else None
        return row

    def _estimate(self, lags: list[Lag]) -> Curve | None:
        confidence = self.assessment.framework.header.confidence_level
        return estimate_waiting(lags, confidence) if lags else None

    def describe(self) -> str:
        """Return what is due, a line for each action that somebody has still to see to."""
        if not self.open:
            return f"No early action is due on {self.assessment.until}."
        return "\n".join(one.describe() for one in self.open)

    def describe_lag(self) -> str:
        """Return in one sentence how long the organisation itself took, as far as it is known."""
        due = [one for one in self.due if one.trigger]
        if not due:
            return "The organisation's own lag: no early action came due."
        told = [self._tell_lag(name, lags) for name, lags in _list_lags(due).items()]
        came = f"{len(due)} early action{'s' * (len(due) != 1)} that came due"
        return (
            f"The organisation's own lag, from the trigger on: of {came} {' and '.join(told)} by "
            f"{self.assessment.until}."
        )

    def _tell_lag(self, name: str, lags: list[Lag]) -> str:
        """Return how many were decided, or completed, and after how many days."""
        curve, count = self._estimate(lags), sum(not lag.censored for lag in lags)
        if not count or curve is None:
            return f"none was {name}"
        return f"{count} {'was' if count == 1 else 'were'} {name}, median {describe_median(curve)},"

    def __repr__(self) -> str:
        seen = self.assessment
        counts = Counter(one.status for one in self.due)
        told = ", ".join(f"{counts[name]} {name}" for name in get_args(Status) if counts[name])
        return self._tell(
            f"Actions({seen.case.id!r} under policy {self.policy.id!r}, {seen.knowledge}, on "
            f"{seen.until}: {told or 'none came due'})",
            self.describe_lag(),
            *self._tell_missing(),
        )

    def _tell_missing(self) -> Iterator[str]:
        """Yield what can never come due, since the policy has no such tier."""
        known = {ALARM, *self.policy.watches}
        lost = sorted({one.tier for one in self.assessment.case.actions if one.tier not in known})
        if lost:
            yield f"the policy has no tier {', '.join(lost)}, so actions for it never come due"


def measure_actions(assessment: Assessment, policy: str | AlarmOption | None = None) -> Actions:
    """Say which early actions are due, which were done and when, and how long that took.

    An action of the phase readiness or activation is due by each month in which its tier comes on,
    one of the phase stop by each in which its tier is over, where it had been agreed by then:

        due by = last day of that month + within_days

    An activation belongs to the last trigger of its action whose month had begun by then. Of the
    assessment's day nothing later is seen, and a step counts from the last day that its date may
    mean. The lag runs from the trigger's day to the decision, and to completion, as that of a
    warning to its answer: what is open is right-censored on the last day that is seen, what was
    stopped on that day.

    Args:
        assessment: from ``assess``, of a case with early actions (``actions.csv``).
        policy: as in ``raise_flags``; its tiers are the triggers.

    Returns:
        What came due, be it open, done, stopped or lapsed (its tier was over before anybody
        decided); and what was done without a trigger.

    Raises:
        UnknownNameError: the framework has no such policy.
        RequestError: the case has no early action, or none that was agreed by the day.

    References:
        Phases and wording follow the Early Action Protocols of the Red Cross and Red Crescent
        (Forecast-based Financing Practitioners Manual) and OCHA's Anticipatory Action Toolkit.

    Examples:
        >>> import atrisk
        >>> from atrisk.cases.ledger import Action
        >>> from dataclasses import replace
        >>> plan = Action(id="stocks", phase="readiness", tier="alarm", actor="Logistics",
        ...               action="Order stocks", within_days=10, money=None, currency="",
        ...               mandate="", stop_rule="")
        >>> case = replace(atrisk.load_case("car-2012-2015"), actions=(plan,))
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"), knowledge="2013-02-03")
        >>> row = measure_actions(now).to_rows()[0]
        >>> row["month"], row["due_by"], row["status"]
        ('2013-01', '2013-02-10', 'due')
    """
    require(assessment, Assessment, "make it with assess(case, framework)")
    chosen = choose_policy(assessment.framework, assessment.method, policy)
    case, seen = assessment.case.in_order, assessment.until
    if not case.actions:
        raise RequestError(
            f"{case.id} has no early action that was agreed by {seen}; add rows to actions.csv "
            "(docs/data-format.md)"
        )
    triggers = list_triggers(assessment, chosen)
    record = [row for one in case.activations if (row := see_activation(one, seen)) is not None]
    due = [
        one
        for action in case.actions
        for one in match_actions(
            action, triggers, [r for r in record if r.action == action.id], seen
        )
    ]
    return Actions(assessment, chosen, tuple(sorted(due, key=by_time)))


def _list_lags(due: Iterable[Due]) -> dict[str, list[Lag]]:
    both = [(one.to_decision, one.to_completion) for one in due]
    return {
        "decided": [lag for lag, _ in both if lag],
        "completed": [lag for _, lag in both if lag],
    }

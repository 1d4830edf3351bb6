"""Due: what a tier that came on, or is over, makes due of what was agreed, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from atrisk.base.dates import Month, Span
from atrisk.base.rows import Row
from atrisk.cases.ledger import STEPS, Action, Activation, Phase
from atrisk.frameworks.options import ALARM, AlarmOption
from atrisk.gap.matching import Lag
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans

Status = Literal[
    "overdue", "under way late", "due", "under way", "done", "done late", "stopped", "lapsed",
    "no trigger",
]  # fmt: skip
OPEN: tuple[Status, ...] = get_args(Status)[:4]  # what somebody has still to see to
ENDS: Phase = "stop"  # what is due when a tier is over, and not when it comes on


@dataclass(frozen=True, eq=False, slots=True)
class Trigger:
    """A month in which a tier came on, or was over.

    Attributes:
        tier: its name in the policy.
        names: what actions may call it.
        is_end: whether the tier was over, and did not come on.
        month: the first in which it is so.
        day: the last day of it that is seen: a month is scored with what was known by then.
        over: the month in which it is so no longer; None if that was not seen.
        until: first day of the month of the next trigger of its kind; None if there is none.
    """

    tier: str
    names: frozenset[str]
    is_end: bool
    month: str
    day: date
    over: str | None
    until: date | None

    def takes(self, day: int) -> bool:
        """Tell whether what was triggered on a day was so by this: not before, nor by the next."""
        first = Month.parse(self.month).first_day.toordinal()
        return first <= day and (self.until is None or day < self.until.toordinal())

    def makes_due(self, action: Action) -> bool:
        """Tell whether an action, agreed by then, is due by it."""
        agreed = action.agreed is None or Span.of(action.agreed).last <= self.day.toordinal()
        return agreed and action.tier in self.names and (action.phase == ENDS) == self.is_end


@dataclass(frozen=True, eq=False, slots=True)
class Due:
    """One action that one trigger made due, with what was done of it by the last day that is seen.

    Attributes:
        trigger: None for what was done without one.
        action: what was agreed.
        record: what was logged of it, as that day had it.
        seen: the last day, counted as in ``date.toordinal``, like all days here.
    """

    trigger: Trigger | None
    action: Action
    record: tuple[Activation, ...]
    seen: int

    @property
    def due_by(self) -> int | None:
        """The trigger's day and ``within_days`` after it."""
        if self.trigger is None:
            return None
        return min(self.trigger.day.toordinal() + self.action.within_days, date.max.toordinal())

    @property
    def status(self) -> Status:
        """How far it is; a step counts from the last day that its date may mean."""
        if self.trigger is None or self.due_by is None:
            return "no trigger"
        completed, is_late = self.completed, self.seen > self.due_by
        if completed and completed.last <= self.seen:
            return "done" if completed.last <= self.due_by else "done late"
        if self._is_past(self.stopped):
            return "stopped"
        if self._is_past(self.decided):
            return "under way late" if is_late else "under way"
        if self.trigger.over:
            return "lapsed"
        return "overdue" if is_late else "due"

    @property
    def decided(self) -> Span | None:
        """When it was decided, at the latest: what is done of it shows that it was."""
        return min((s for row in self.record if (s := _reach(row))), key=_by_last, default=None)

    @property
    def completed(self) -> Span | None:
        """When the last of what was logged was completed; None while some of it goes on."""
        return self._end("completed") if self._has_ended else None

    @property
    def stopped(self) -> Span | None:
        """When all of it was stopped; None where some of it was completed, or goes on."""
        ended = self._has_ended and self.completed is None
        return self._end("stopped") if ended else None

    @property
    def _has_ended(self) -> bool:
        return bool(self.record) and all(one.completed or one.stopped for one in self.record)

    def _end(self, step: Literal["completed", "stopped"]) -> Span | None:
        dates = (Span.of(when) for row in self.record if (when := row.step(step)))
        return max(dates, key=_by_last, default=None)

    def _is_past(self, span: Span | None) -> bool:
        return span is not None and span.last <= self.seen

    @property
    def to_decision(self) -> Lag | None:
        """How long the decision took from the trigger; None without one."""
        return self._wait("decision", self.decided, self.seen)

    @property
    def to_completion(self) -> Lag | None:
        """How long completion took from the trigger; what was stopped waited until then."""
        stopped = self.stopped
        end = stopped.last if stopped and self._is_past(stopped) else self.seen
        return self._wait("completion", self.completed, end)

    def _wait(self, kind: str, when: Span | None, end: int) -> Lag | None:
        if self.trigger is None:
            return None
        begin = Span.of(self.trigger.day)
        waited = max(0.0, end - begin.middle)
        came = when if when and when.last <= end else None
        lows = [float(max(0, when.first - begin.last))] if when else []
        return Lag(
            kind=kind,
            subject=f"{self.action.id} {self.trigger.month}",
            warning=None,
            heard=begin,
            response=None,
            days=max(0.0, came.middle - begin.middle) if came else waited,
            low=min([*lows, waited]),
            high=max(0, came.last - begin.first) if came else None,
            censored=came is None,
            answered_on=came.text if came else "",
        )

    def to_row(self) -> Row:
        """Return what is due by when, what was done, and how long it took."""
        action, trigger, due_by = self.action, self.trigger, self.due_by
        texts = {name: action.shown(name) for name in ("actor", "action", "mandate", "stop_rule")}
        sums = [one.spent for one in self.record if one.spent is not None]
        return {
            "month": trigger.month if trigger else None,
            "tier": trigger.tier if trigger else action.tier,
            "phase": action.phase,
            "action": action.id,
            "status": self.status,
            "due_by": None if due_by is None else str(date.fromordinal(due_by)),
            "actor": texts["actor"],
            "what": texts["action"],
            "money": action.money,
            "currency": action.currency,
            "mandate": texts["mandate"],
            "stop_rule": texts["stop_rule"],
            "over": trigger.over if trigger else None,
            **{name: self._list_dates(name) for name in ("triggered", *STEPS)},
            "spent": sum(sums) if sums else None,
            "note": "; ".join(filter(None, (one.shown("note") for one in self.record))),
            **_tell_wait("decision", self.to_decision),
            **_tell_wait("completion", self.to_completion),
        }

    def _list_dates(self, column: str) -> str:
        return "; ".join(filter(None, (one.shown(column) for one in self.record)))

    def describe(self) -> str:
        """Return it in one line: by when, what, by what trigger, who, and what it takes."""
        row = self.to_row()
        verb = {"due": "Due by", "overdue": "Overdue since", "under way": "Under way, due by"}
        told = [
            f"{verb.get(self.status, 'Under way late, due by')} {row['due_by']}: "
            f"{row['what'].rstrip('.')} ({row['phase']}, {row['action']})",
            f"{row['tier']} {self._tell_trigger()}",
            f"who: {row['actor']}",
        ]
        if row["money"] is not None:
            money = f"{row['money']:,.2f}".removesuffix(".00")
            told.append(f"money: {money} {row['currency']}")
        if row["mandate"]:
            told.append(f"mandate: {row['mandate'].rstrip('.')}")
        if row["over"] and row["stop_rule"]:
            told.append(f"stop rule: {row['stop_rule'].rstrip('.')}")
        return "; ".join(told) + "."

    def _tell_trigger(self) -> str:
        trigger = self.trigger
        assert trigger is not None  # noqa: S101 - only what is open is told, and that has one
        if trigger.is_end:
            return f"over since {trigger.month}"
        return f"on since {trigger.month}" + (
            f" and over since {trigger.over}" * bool(trigger.over)
        )


def list_triggers(assessment: Assessment, policy: AlarmOption) -> list[Trigger]:
    """Return the months in which each tier of a policy came on, and those in which it was over."""
    months, found = assessment.months, []
    for tier, watch in policy.watches.items():
        spans = find_spans(assessment, policy, watch)
        begins, ends = [begin for begin, _ in spans], [end for _, end in spans]
        after = [*begins[1:], None][: len(spans)]
        names = frozenset({tier, *([ALARM] if watch is policy else [])})
        kinds = ((False, begins, ends), (True, ends, after))
        for is_end, places, overs in kinds:
            for number, (place, over) in enumerate(zip(places, overs, strict=True)):
                if place is None:
                    continue
                later = next((one for one in places[number + 1 :] if one is not None), None)
                found.append(
                    Trigger(
                        tier=tier,
                        names=names,
                        is_end=is_end,
                        month=months[place],
                        day=min(Month.parse(months[place]).last_day, assessment.until),
                        over=None if over is None else months[over],
                        until=None if later is None else Month.parse(months[later]).first_day,
                    )
                )
    return found


def match_actions(
    action: Action, triggers: Iterable[Trigger], record: list[Activation], seen: date
) -> Iterator[Due]:
    """Yield what each trigger makes due of an action, and what was done of it without one."""
    end = seen.toordinal()
    mine = [one for one in triggers if one.makes_due(action)]
    own: dict[int, list[Activation]] = {}
    for row in record:
        day = min(Span.of(row.triggered).last, end)
        place = next((n for n, one in enumerate(mine) if one.takes(day)), len(mine))
        own.setdefault(place, []).append(row)
    for place, trigger in enumerate(mine):
        yield Due(trigger, action, tuple(own.get(place, ())), end)
    yield from (Due(None, action, (row,), end) for row in own.get(len(mine), ()))


def _reach(row: Activation) -> Span | None:
    """Return when an activation was decided, at the latest; None if nothing of it was done."""
    return min(
        (Span.of(when) for name in STEPS if (when := row.step(name))), key=_by_last, default=None
    )


def _tell_wait(name: str, lag: Lag | None) -> Row:
    columns = ("days", "low", "high", "censored")
    return {f"{name}_{column}": getattr(lag, column) if lag else None for column in columns}


def _by_last(span: Span) -> int:
    return span.last


def by_time(due: Due) -> tuple[int, int, str]:
    """Return what actions that came due are put in order by: their trigger, and by when."""
    day = due.trigger.day.toordinal() if due.trigger else Span.of(due.record[0].triggered).last
    return min(day, due.seen), due.due_by or 0, due.action.id

"""Flags: alarms, surges and triggers, each with what raised it.

On contemporaneous knowledge a flag uses only what was known by its month: an alarm is raised in
the month in which it could have been raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from atrisk.base.errors import RequestError, require
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.frameworks.options import AlarmOption, Watch
from atrisk.kernel.alarms import find_alarms, find_surges
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.comparison import compare_with_last
from atrisk.scoring.news import Changes, find_revised, split_changes

_PARTS = {"surge": "news", "revision": "revision"}  # what of a change raises a flag of a kind
_POINTS = ("surge", "revision", "trigger")  # kinds of a month, which do not last
_TOO_LITTLE = (
    "; coverage is too low to name a band: it may be the record that changed, not the risk"
)


@dataclass(frozen=True, eq=False, slots=True)
class Flag:
    """One flag.

    Attributes:
        kind: ``"alarm"``, the name of another tier, ``"surge"``, ``"revision"`` or ``"trigger"``.
        onset: the month in which it is raised.
        end: the month in which an alarm is over; None for one that is not, and for the others.
        peak, peak_month: highest score while it lasts, and when.
        level: band of the score at the onset.
        factors: the factors of the worst crime at the onset, the largest part first.
        evidence: what raised the worst crime's score in that month, as ``compare_scores`` tells it;
            in the first month of a case, as ``Assessment.explain`` does.
        reason: in words.
    """

    kind: str
    onset: str
    end: str | None
    peak: float
    peak_month: str
    level: str | None
    factors: tuple[str, ...]
    evidence: tuple[Row, ...] = field(repr=False)
    reason: str


@dataclass(frozen=True, eq=False)
class Flags(Result):
    """The flags of an assessment under a policy.

    Attributes:
        assessment: what was flagged.
        policy: the alarm policy.
        alarms, surges, revisions, triggers: in time; each may be empty, which is an answer.
        tiers: flags of the other tiers of the policy, such as a watch and an emergency, by name.
    """

    about = "assessment"

    assessment: Assessment = field(repr=False)
    policy: AlarmOption = field(repr=False)
    alarms: tuple[Flag, ...]
    surges: tuple[Flag, ...]
    revisions: tuple[Flag, ...]
    triggers: tuple[Flag, ...]
    tiers: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict)

    def in_alarm(self) -> tuple[bool, ...]:
        """Tell for each month of the assessment whether an alarm is on."""
        months = self.assessment.months
        return in_alarm(find_spans(self.assessment, self.policy), len(months))

    def to_rows(self) -> list[Row]:
        """Return one row for each flag, in time, ready for a table."""
        kinds = (self.alarms, *self.tiers.values(), self.surges, self.revisions, self.triggers)
        flags = sorted((flag for kind in kinds for flag in kind), key=lambda flag: flag.onset)
        return [
            {
                "onset": flag.onset,
                "flag": flag.kind,
                "end": flag.end,
                "level": flag.level,
                "peak": flag.peak,
                "peak_month": flag.peak_month,
                "factors": "; ".join(flag.factors[:3]),
                "evidence": "; ".join(dict.fromkeys(row["evidence"] for row in flag.evidence[:5])),
                "reason": flag.reason,
            }
            for flag in flags
        ]

    def __repr__(self) -> str:
        first = f", first in {self.alarms[0].onset}" if self.alarms else ""
        seen = self.assessment
        heard = f", known to {seen.audience}" if seen.audience else ""
        tiers = "".join(f", {len(found)} {name}" for name, found in self.tiers.items())
        return self._tell(
            f"Flags({seen.case.id!r} under policy {self.policy.id!r}, "
            f"{seen.knowledge}{heard}: {tell_count(len(self.alarms), 'alarm')}{first}{tiers}, "
            f"{tell_count(len(self.surges), 'surge')}, "
            f"{tell_count(len(self.revisions), 'revision')}, "
            f"{tell_count(len(self.triggers), 'trigger')})",
            *(() if self.alarms else ("That no alarm was raised is no sign of safety.",)),
        )


def raise_flags(assessment: Assessment, policy: str | AlarmOption | None = None) -> Flags:
    """Raise alarms, surges, revisions and triggers on an assessment.

    An alarm is on from the month in which ``k`` of the last ``n`` overall scores reach the policy's
    ``on`` until the first month below its ``off``. A surge is a month in which what happened since
    the month before (``split_changes``: news) stands out from the months before; a revision is one
    in which what was learnt about the month before moved its score by as much as a surge needs at
    least. A trigger is a month in which the triggering factor reaches
    its threshold while the ground factors are on average above theirs; only the first month of a
    run is flagged.

    Args:
        assessment: from ``assess``.
        policy: id of an alarm policy of the framework, or one of your own; None for the method's.

    Returns:
        The flags; an empty tuple says that the policy raised none.

    Raises:
        UnknownNameError: the framework has no such policy.
        RequestError: a policy that can never raise an alarm.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> [alarm.onset for alarm in raise_flags(now, "vignette-strict").alarms][0] <= "2013-12"
        True
    """
    require(assessment, Assessment, "make it with assess(case, framework)")
    chosen = choose_policy(assessment.framework, assessment.method, policy)
    spans = find_spans(assessment, chosen)
    surge, changes = assessment.method.surge, split_changes(assessment)
    rises = find_surges(
        np.cumsum(changes.news), months=surge.months, deviations=surge.deviations, least=surge.least
    )
    revised = np.flatnonzero(np.abs(changes.revision) >= surge.least).tolist()
    return Flags(
        assessment,
        chosen,
        tuple(_flag(assessment, "alarm", *span, _tell_watch(chosen)) for span in spans),
        tuple(_flag(assessment, "surge", m, m + 1, _tell_rise(changes, m)) for m in rises),
        tuple(_flag(assessment, "revision", m, m + 1, _tell_revision(changes, m)) for m in revised),
        _find_triggers(assessment),
        {
            tier.id: tuple(
                _flag(assessment, tier.id, *span, _tell_watch(tier))
                for span in find_spans(assessment, chosen, tier)
            )
            for tier in chosen.tiers
        },
    )


def _tell_watch(watch: Watch) -> str:
    often = (
        "the month"
        if watch.months_watched == 1
        else f"{watch.months_needed} of {watch.months_watched} months"
    )
    return f"overall score of {watch.on:g} or more in {often}"


def find_spans(
    assessment: Assessment, policy: AlarmOption | None = None, tier: Watch | None = None
) -> list[tuple[int, int | None]]:
    """Return the first month of each alarm and the month of its end, by place, unexplained.

    Args:
        assessment: of the months.
        policy: None for the method's.
        tier: of the policy; None for its alarm.
    """
    chosen = policy or assessment.method.alarm
    watch = tier or chosen
    revised = (
        find_revised(assessment, watch.on, watch.months_watched)
        if chosen.rises_on == "news"
        else None
    )
    return find_alarms(assessment.overall, **watch.arguments, passed_over=revised)


def find_tiers(assessment: Assessment, policy: AlarmOption | None = None) -> tuple[str, ...]:
    """Return the highest tier that is on in each month; an empty text where none is."""
    chosen, months = policy or assessment.method.alarm, len(assessment.months)
    found = [""] * months
    for name, watch in chosen.watches.items():
        for place, on in enumerate(in_alarm(find_spans(assessment, chosen, watch), months)):
            found[place] = name if on else found[place]
    return tuple(found)


def in_alarm(spans: list[tuple[int, int | None]], months: int) -> tuple[bool, ...]:
    """Tell for each month whether one of the alarms is on."""
    return tuple(
        any(first <= place and (end is None or place < end) for first, end in spans)
        for place in range(months)
    )


def summarise_alarm(assessment: Assessment) -> Row:
    """Return first alarm, months in alarm, peak, and the mean of the months on record."""
    spans, months = find_spans(assessment), assessment.months
    peak = int(np.argmax(assessment.overall))
    on_record = assessment.overall[assessment.coverage > 0]
    return {
        "first_alarm": months[spans[0][0]] if spans else None,
        "months_in_alarm": sum(in_alarm(spans, len(months))),
        "peak_month": months[peak],
        "peak": float(assessment.overall[peak]),
        "mean_score": float(on_record.mean()) if on_record.size else None,
    }


def choose_policy(
    framework: Framework, method: Method, policy: str | AlarmOption | None
) -> AlarmOption:
    """Return a policy by its id, one's own, or the method's.

    Raises:
        UnknownNameError: the framework has no such policy.
        RequestError: it can never raise an alarm, or is of another scale than the method.
    """
    chosen = method.alarm
    if isinstance(policy, AlarmOption):
        chosen = policy
    elif policy is not None:
        chosen = framework.branches["alarm"].pick(policy, "alarm policy")
        _check_scale(framework, method, chosen)
    if chosen.off > chosen.on or chosen.months_needed > chosen.months_watched:
        raise RequestError(
            f"the policy {chosen.id!r} cannot work: it needs off <= on and months_needed <= "
            f"months_watched; found {chosen.off:g}, {chosen.on:g}, {chosen.months_needed}, "
            f"{chosen.months_watched}"
        )
    return chosen


def _check_scale(framework: Framework, method: Method, policy: AlarmOption) -> None:
    """Refuse thresholds of another scale: an estimate is never as high as a count may be."""
    family = method.factor_aggregation.scale_family
    if policy.family not in ("", family):
        options = framework.branches["alarm"].options
        others = [one.id for one in options if one.family in ("", family)]
        raise RequestError(
            f"the policy {policy.id!r} is for methods that {policy.family}, and this one is of the "
            f"family {family!r}; take {' or '.join(others)}"
        )


def _flag(assessment: Assessment, kind: str, begin: int, end: int | None, reason: str) -> Flag:
    months, last = assessment.months, len(assessment.months) if end is None else end
    peak = begin + int(np.argmax(assessment.overall[begin:last]))
    return Flag(
        kind=kind,
        onset=months[begin],
        end=months[end] if kind not in _POINTS and end is not None else None,
        peak=float(assessment.overall[peak]),
        peak_month=months[peak],
        level=assessment.bands[begin],
        factors=assessment.driving_factors(months[begin]),
        evidence=tuple(_raise_by(assessment, begin, _PARTS.get(kind, "change"))),
        reason=f"{reason}{'' if assessment.bands[begin] else _TOO_LITTLE}",
    )


def _raise_by(assessment: Assessment, month: int, part: str) -> list[Row]:
    """Return what raised the worst crime's score in a month, the largest first.

    A surge rests on news and a revision on what was learnt, in either direction.
    """
    now, crime = assessment.months[month], assessment.worst_crimes[month]
    if month == 0:
        return [row for row in assessment.explain(now) if row["contribution"] > 0]
    rows = compare_with_last(assessment, month, crime)
    if part == "revision":
        return sorted((row for row in rows if row[part]), key=lambda row: -abs(row[part]))
    return sorted((row for row in rows if row[part] > 0), key=lambda row: -row[part])


def _tell_rise(changes: Changes, month: int) -> str:
    return f"a rise of {changes.news[month]:.2f} through what happened within the month"


def _tell_revision(changes: Changes, month: int) -> str:
    return (
        f"what was learnt about the month before moves it by {changes.revision[month]:+.2f}: that "
        "is about the past and the sources, not about this month"
    )


def _find_triggers(assessment: Assessment) -> tuple[Flag, ...]:
    policy, codes = assessment.method.trigger, assessment.factor_codes
    ground = assessment.factors[:, [codes.index(code) for code in policy.ground_factors]]
    sharp = assessment.factors[:, codes.index(policy.trigger_factor)] >= policy.trigger_at
    both = sharp & (ground.mean(axis=1) >= policy.ground_at)
    begins = np.flatnonzero(both & ~np.concatenate([[False], both[:-1]]))
    names = ", ".join(policy.ground_factors)
    column = codes.index(policy.trigger_factor)
    title = assessment.framework.factors[policy.trigger_factor].title
    return tuple(
        _flag(
            assessment,
            "trigger",
            int(m),
            int(m) + 1,
            f"factor {policy.trigger_factor}, {title}, at {assessment.factors[m, column]:.3f} "
            f"(needed: {policy.trigger_at:g}), while factors {names} are at "
            f"{policy.ground_at:g} or more on average",
        )
        for m in begins
    )

"""The gap: how long warnings waited, how much response stood beside the risk, month by month.

A lag is not a cause and a response is not its effect: the ledgers say what came after what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from atrisk.assessment import Assessment
from atrisk.case import Case
from atrisk.dates import Month
from atrisk.errors import RequestError, UnknownNameError, require
from atrisk.explanation import Row
from atrisk.flags import raise_flags
from atrisk.ledger import Response, Stage
from atrisk.matching import Lag, Span, find_answers, measure_lag
from atrisk.method import RuleOption
from atrisk.response_level import is_over, list_promises, measure_level

if TYPE_CHECKING:
    from atrisk.kernel.survival import Curve

Floats = NDArray[np.float64]
GapLevel = Literal["lags", "monthly", "promises", "survival"]
LEVELS: tuple[GapLevel, ...] = ("lags", "monthly", "promises", "survival")
GROUPS = ("issuer", "audience", "specificity")
RULE_STAGES: tuple[Stage, ...] = ("proposed", "decided", "deployed", "full_strength")


@dataclass(frozen=True, eq=False)
class Gap:
    """The gap between warnings and responses under one rule and stage.

    Attributes:
        rule, stage: what counts as an answer, and when.
        lags: one for each warning, in time, and one for each alarm.
        monthly: risk, response level and gap by month.
        promises: promised against delivered strength by operation and month.
        survival: Kaplan-Meier curve of the warnings' lags.
    """

    case: Case = field(repr=False)
    assessment: Assessment = field(repr=False)
    rule: RuleOption
    stage: Stage
    lags: tuple[Lag, ...] = field(repr=False)
    monthly: tuple[Row, ...] = field(repr=False)
    promises: tuple[Row, ...] = field(repr=False)
    survival: Curve = field(repr=False)

    def to_rows(self, level: GapLevel = "lags") -> list[Row]:
        """Return rows for a table: ``"lags"``, ``"monthly"``, ``"promises"`` or ``"survival"``.

        Raises:
            UnknownNameError: no such level.
        """
        if level == "lags":
            return [lag.to_row(self.rule, self.stage) for lag in self.lags]
        if level == "monthly":
            return [dict(row) for row in self.monthly]
        if level == "promises":
            return [dict(row) for row in self.promises]
        if level == "survival":
            return self._survival_rows()
        raise UnknownNameError("level", str(level), LEVELS)

    def compare_groups(self, by: str) -> list[Row]:
        """Compare how long warnings waited by issuer, audience or specificity.

        Each group is tested against all others by log-rank.

        Returns:
            One row for each group: how many warnings, how many answered, the median lag in days
            with its interval (None where it is not reached), and the p-value; None where the
            group is everybody, or nobody in it or outside it was answered.

        Raises:
            UnknownNameError: there is no such group.
        """
        from atrisk.kernel.survival import compare  # noqa: PLC0415 - loads scipy.stats

        if by not in GROUPS:
            raise UnknownNameError("group", by, GROUPS)
        warned = [lag for lag in self.lags if lag.warning]
        names = sorted({getattr(lag.warning, by) for lag in warned})
        rows = []
        for name in names:
            inside = [lag for lag in warned if getattr(lag.warning, by) == name]
            outside = [lag for lag in warned if getattr(lag.warning, by) != name]
            can_test = outside and any(not lag.censored for lag in warned)
            p = compare(_split(inside), _split(outside)) if can_test else None
            rows.append({by: name} | _summarise(inside, self._confidence) | {"log_rank_p": p})
        return rows

    def describe(self) -> str:
        """Return in one paragraph the first warning, the first response and the first adequate one.

        Every sentence names the rule that it depends on.
        """
        warned = [lag for lag in self.lags if lag.warning]
        first = warned[0]
        assert first.warning is not None  # noqa: S101 - kept by the filter above
        opening = (
            f"The first warning on record is that of {first.warning.issuer} to "
            f"{first.warning.addressee} on {first.warning.date} ({first.warning.audience}, "
            f"{first.warning.specificity})."
        )
        rules = self.assessment.framework.header.branches.rule.options
        sentences = [
            _tell(measure_gap(self.case, self.assessment, rule=rule.id), first.subject)
            for rule in rules
            if rule.id != self.rule.id
        ]
        return " ".join([opening, _tell(self, first.subject), *sentences])

    @property
    def _confidence(self) -> float:
        return self.assessment.framework.header.confidence_level

    def _survival_rows(self) -> list[Row]:
        curve = self.survival
        columns = zip(curve.times, curve.waiting, curve.low, curve.high, strict=True)
        return [
            {"days": float(t), "waiting": float(w), "low": _number(low), "high": _number(high)}
            for t, w, low, high in columns
        ]

    def __repr__(self) -> str:
        warned = [lag for lag in self.lags if lag.warning]
        answered = sum(not lag.censored for lag in warned)
        factors = self.assessment.by_factor.coverage[0] == 0
        unseen = f"{int(factors.sum())} of {factors.size} factors are not assessed"
        return (
            f"Gap({self.case.id!r} under {self.assessment.framework.id!r}: {len(warned)} warnings, "
            f"{answered} answered, median lag {_median(self.survival)})\n"
            f"  rule: {self.rule.label}, stage {self.stage}; {unseen} in "
            f"{self.assessment.months[0]}; a lag is not a cause"
        )


def measure_gap(
    case: Case,
    assessment: Assessment,
    rule: str | RuleOption | None = None,
    stage: Stage | None = None,
) -> Gap:
    """Measure how long warnings and alarms waited, and what stood beside the risk.

    The lag of a warning runs to the first response that meets the rule at the stage and is not
    before it. A warning without one by the end of the case is right-censored there, never
    dropped; the share that still waits is the Kaplan-Meier estimate. For each month, with ``l`` the
    level of the strongest response in force of an instrument, from the framework's table, times
    the share of its promised strength that was delivered::

        response = (1 - prod over protective of (1 - l)) * prod over harmful of (1 - l)
        gap      = max(0, overall risk - response)

    Args:
        case: whose ledgers.
        assessment: of that case; its alarms, under its own policy, wait like warnings.
        rule: id of a rule of the framework, or one of your own; None for the method's.
        stage: ``"proposed"``, ``"decided"``, ``"deployed"`` or ``"full_strength"``; None for the
            rule's own.

    Returns:
        A ``Gap``.

    Raises:
        RequestError: the case has no warnings or no responses.
        UnknownNameError: no such rule or stage.

    References:
        Kaplan and Meier (1958), Journal of the American Statistical Association 53:457-481.

    Example:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> generous = measure_gap(case, now, rule="any-protective")
        >>> generous.survival.median <= measure_gap(case, now, rule="adequate").survival.median
        True
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(assessment, Assessment, "make it with assess(case, framework)")
    if not case.warnings or not case.responses:
        missing = "warnings.csv" if not case.warnings else "responses.csv"
        raise RequestError(f"{case.id} has no {missing}, so there is no gap to measure; add rows")
    chosen = _choose_rule(assessment, rule)
    at = stage or chosen.stage
    if at not in RULE_STAGES:
        raise UnknownNameError("stage", str(at), RULE_STAGES)
    answers = find_answers(case, chosen, at)
    lags = _measure_lags(case, assessment, answers, chosen.documented)
    return Gap(
        case,
        assessment,
        chosen,
        at,
        lags,
        tuple(_measure_months(case, assessment, answers)),
        tuple(list_promises(case, assessment)),
        _estimate(
            [lag for lag in lags if lag.warning], assessment.framework.header.confidence_level
        ),
    )


def compare_rules(case: Case, assessment: Assessment) -> list[Row]:
    """Measure the gap under every rule of the framework.

    Returns:
        One row for each rule: warnings, answered, median lag in days with its interval (None where
        it is not reached), and the first response that meets the rule after the first warning.

    Raises:
        RequestError: the case has no warnings or no responses.

    Example:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> len(compare_rules(case, now)) >= 3
        True
    """
    rows = []
    for option in assessment.framework.header.branches.rule.options:
        gap = measure_gap(case, assessment, rule=option)
        warned = [lag for lag in gap.lags if lag.warning]
        summary = _summarise(warned, assessment.framework.header.confidence_level)
        first = warned[0]
        head: Row = {"rule": option.id, "stage": gap.stage}
        rows.append(
            head
            | summary
            | {
                "first_answer": first.response.id if first.response else None,
                "answered_on": first.answered_on,
                "days_after_first_warning": None if first.censored else first.days,
            }
        )
    return rows


def _choose_rule(assessment: Assessment, rule: str | RuleOption | None) -> RuleOption:
    if rule is None or isinstance(rule, RuleOption):
        return rule or assessment.method.rule
    options = {o.id: o for o in assessment.framework.header.branches.rule.options}
    if rule not in options:
        raise UnknownNameError("matching rule", str(rule), options)
    return options[rule]


def _measure_lags(
    case: Case, assessment: Assessment, answers: dict[str, Span], documented: bool
) -> tuple[Lag, ...]:
    warned = sorted(case.warnings, key=lambda w: (Span.of(w.date).middle, w.id))
    lags = [measure_lag(case, w, Span.of(w.date), answers, documented) for w in warned]
    for alarm in raise_flags(assessment).alarms:
        when = Span.of(Month.parse(alarm.onset).last_day)
        lags.append(measure_lag(case, alarm.onset, when, answers, documented))
    return tuple(lags)


def _measure_months(case: Case, assessment: Assessment, answers: dict[str, Span]) -> Iterable[Row]:
    alarm, waiting = raise_flags(assessment).in_alarm(), 0
    for place, month in enumerate(assessment.months):
        day = Month.parse(month).last_day.toordinal()
        held = _holding(case.responses, answers, day)
        waiting += alarm[place] and not held
        low, level, high = measure_level(case, assessment, day)
        risk = float(assessment.overall[place])
        yield {
            "month": month,
            "risk": risk,
            "response": level,
            "response_low": low,
            "response_high": high,
            "gap": max(0.0, risk - level),
            "in_alarm": alarm[place],
            "answers_in_force": "; ".join(held),
            "months_in_alarm_without_answer": waiting,
        }


def _holding(responses: Iterable[Response], answers: dict[str, Span], day: int) -> list[str]:
    """Return the responses that meet the rule by a day and have not ended by it."""
    return [
        r.id for r in responses
        if r.id in answers and answers[r.id].middle <= day and not is_over(r, day)
    ]  # fmt: skip


def _split(lags: list[Lag]) -> tuple[Floats, Floats]:
    answered = np.array([lag.days for lag in lags if not lag.censored])
    return answered, np.array([lag.days for lag in lags if lag.censored])


def _estimate(lags: list[Lag], confidence: float) -> Curve:
    from atrisk.kernel.survival import estimate  # noqa: PLC0415 - loads scipy.stats

    return estimate(*_split(lags), confidence)


def _summarise(lags: list[Lag], confidence: float) -> Row:
    curve = _estimate(lags, confidence)
    return {
        "warnings": len(lags),
        "answered": sum(not lag.censored for lag in lags),
        "median_days": curve.median,
        "median_low": curve.median_low,
        "median_high": curve.median_high,
    }


def _tell(gap: Gap, subject: str) -> str:
    lag = next(lag for lag in gap.lags if lag.subject == subject)
    rule = f"Under the rule '{gap.rule.label}'"
    if lag.response is None:
        end = gap.case.header.end.last_day
        return f"{rule} nothing answered it by {end}; {_tell_median(gap)}"
    bounds = f"{lag.low:.0f} to {'no answer' if lag.high is None else f'{lag.high:.0f}'}"
    return (
        f"{rule} the first answer was {lag.response.measure} ({lag.response.actor}), "
        f"{lag.answered_on}, {lag.days:.0f} days later [{bounds}]; {_tell_median(gap)}"
    )


def _tell_median(gap: Gap) -> str:
    warned = [lag for lag in gap.lags if lag.warning]
    answered = sum(not lag.censored for lag in warned)
    return (
        f"{answered} of {len(warned)} warnings were answered, median lag {_median(gap.survival)}."
    )


def _median(curve: Curve) -> str:
    middle, low, high = (
        "not reached" if value is None else f"{value:.0f}"
        for value in (curve.median, curve.median_low, curve.median_high)
    )
    return (
        f"{middle} [{low}, {high}] days"
        if curve.median is not None
        else f"not reached [{low}, {high}]"
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

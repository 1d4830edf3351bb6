"""The gap: how long warnings waited, how much response stood beside the risk, month by month.

A lag is not a cause and a response is not its effect: the ledgers say what came after what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from atrisk.base.dates import Month, Span, bounds
from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import AUDIENCES
from atrisk.cases.ledger import (
    EarlyWarning,
    Response,
    Stage,
)
from atrisk.frameworks.options import RuleOption
from atrisk.gap.matching import RULE_STAGES, Lag, find_answers, measure_lag
from atrisk.gap.response_level import is_over, list_promises, measure_level, strength_on
from atrisk.gap.waiting import (
    describe_median,
    estimate_waiting,
    list_waiting,
    split_lags,
    summarise_waiting,
)
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans, in_alarm

if TYPE_CHECKING:
    from atrisk.kernel.survival import Curve


GROUPS = ("issuer", "audience", "specificity")  # what of a warning its waiting is compared by


@dataclass(frozen=True, eq=False)
class Gap(LevelResult):
    """The gap between warnings and responses under one rule and stage.

    ``to_rows`` gives ``"lags"``, ``"monthly"``, ``"promises"`` or ``"survival"``.

    Attributes:
        rule, stage: what counts as an answer, and when.
        lags: one for each warning, in time, and one for each alarm.
        survival: Kaplan-Meier curve of the warnings' lags.
        answers: when each response meets the rule, by its id.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "lags": "_tell_lags",
        "monthly": "_tell_months",
        "promises": "_tell_promises",
        "survival": "_tell_survival",
    }

    case: Case = field(repr=False)
    assessment: Assessment = field(repr=False)
    rule: RuleOption
    stage: Stage
    lags: tuple[Lag, ...] = field(repr=False)
    survival: Curve = field(repr=False)
    answers: Mapping[str, Span] = field(repr=False)

    @cached_property
    def monthly(self) -> tuple[Row, ...]:
        """Risk, response level and gap by month."""
        share = self.rule.share
        return tuple(_measure_months(self.case, self.assessment, self.answers, share))

    @cached_property
    def promises(self) -> tuple[Row, ...]:
        """Promised against delivered strength by operation and month."""
        return tuple(list_promises(self.case, self.assessment))

    @property
    def warned(self) -> list[Lag]:
        """The lags of the warnings, in time."""
        return [lag for lag in self.lags if lag.warning]

    @property
    def answered(self) -> int:
        """How many of the warnings were answered by the end of the record."""
        return sum(not lag.censored for lag in self.warned)

    def _tell_lags(self) -> Iterator[Row]:
        return (lag.to_row(self.rule, self.stage) for lag in self.lags)

    def _tell_months(self) -> tuple[Row, ...]:
        return self.monthly

    def _tell_promises(self) -> tuple[Row, ...]:
        return self.promises

    def _tell_survival(self) -> list[Row]:
        return list_waiting(self.survival)

    def compare_groups(self, by: str) -> list[Row]:
        """Compare how long warnings waited by issuer, audience or specificity.

        Each group is tested against all others by log-rank.

        Returns:
            One row for each group: how many warnings, how many answered, the median lag in days
            with its interval (None where it is not reached), and the p-value; None where the
            group or its complement has fewer than two, or nothing was answered.

        Raises:
            UnknownNameError: there is no such group.
        """
        from atrisk.kernel.survival import compare

        if by not in GROUPS:
            raise UnknownNameError("group", by, GROUPS)
        warned = self.warned
        names = sorted({getattr(lag.warning, by) for lag in warned})
        rows = []
        for name in names:
            inside = [lag for lag in warned if getattr(lag.warning, by) == name]
            outside = [lag for lag in warned if getattr(lag.warning, by) != name]
            # One warning is no group: its test would say what day it was.
            groups = len(inside) > 1 and len(outside) > 1
            can_test = groups and any(not lag.censored for lag in warned)
            p = compare(split_lags(inside), split_lags(outside)) if can_test else None
            rows.append(
                {by: name}
                | summarise_waiting(inside, self.assessment.framework.header.confidence_level)
                | {"log_rank_p": p}
            )
        return rows

    def describe(self) -> str:
        """Return in one paragraph the first warning, the first response and the first adequate one.

        Every sentence names the rule that it depends on.
        """
        first = self.warned[0]
        assert first.warning is not None  # noqa: S101 - kept by the filter above
        opening = (
            f"The first warning on record is that of {first.warning.issuer} to "
            f"{first.warning.addressee} on {first.warning.date} ({first.warning.audience}, "
            f"{first.warning.specificity})."
        )
        rules = self.assessment.framework.rules
        sentences = [
            _tell(measure_gap(self.case, self.assessment, rule.id, self._own_stage), first.subject)
            for rule in rules
            if rule.id != self.rule.id
        ]
        return " ".join([opening, _tell(self, first.subject), *sentences])

    @property
    def _own_stage(self) -> Stage | None:
        """The stage that was asked for, or None if it is the rule's own."""
        return self.stage if self.stage != self.rule.stage else None

    def __repr__(self) -> str:
        factors = self.assessment.by_factor.coverage[0] == 0
        heard = f", heard by {self.assessment.audience}" if self.assessment.audience else ""
        unseen = f"{int(factors.sum())} of {factors.size} factors are not assessed"
        return (
            f"Gap({self.case.id!r} under {self.assessment.framework.id!r}: "
            f"{len(self.warned)} warnings, {self.answered} answered by {self.assessment.until}, "
            f"median lag {describe_median(self.survival)}; {self.assessment.knowledge}{heard})\n"
            f"  rule: {self.rule.label}, stage {self.stage}; {unseen} in "
            f"{self.assessment.months[0]}; a lag is not a cause\n  {self.case.header.caveat}"
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
    the share of its promised strength that was delivered:

        response = (1 - prod over protective of (1 - l)) * prod over harmful of (1 - l)
        gap      = max(0, overall risk - response)

    Args:
        case: whose ledgers.
        assessment: of that case; its alarms, under its own policy, wait like warnings. The record
            ends with the last day that it sees, and an audience hears its own warnings and the
            public ones, and the others once their source is out.
        rule: id of a rule of the framework, or one of your own; None for the method's.
        stage: ``"proposed"``, ``"decided"``, ``"deployed"`` or ``"full_strength"``; None for the
            rule's own.

    Returns:
        A ``Gap``.

    Raises:
        RequestError: no warning was given and heard by the day that is seen, or the assessment is
            of another case.
        UnknownNameError: no such rule or stage.

    References:
        Kaplan and Meier (1958), Journal of the American Statistical Association 53:457-481.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> generous = measure_gap(case, now, rule="any-protective")
        >>> generous.survival.median <= measure_gap(case, now, rule="adequate").survival.median
        True
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    require(assessment, Assessment, "make it with assess(case, framework)")
    _check_same(case, assessment.case)
    warned = _hear(case, assessment)
    chosen = _choose_rule(assessment, rule)
    at = stage or chosen.stage
    if at not in RULE_STAGES:
        raise UnknownNameError("stage", str(at), RULE_STAGES)
    answers = find_answers(case, chosen, at)
    lags = _measure_lags(warned, assessment, answers, chosen.documented)
    return Gap(
        case,
        assessment,
        chosen,
        at,
        lags,
        estimate_waiting(
            [lag for lag in lags if lag.warning], assessment.framework.header.confidence_level
        ),
        answers,
    )


def compare_rules(case: Case, assessment: Assessment, stage: Stage | None = None) -> list[Row]:
    """Measure the gap under every rule of the framework, at each rule's own stage or at one.

    Returns:
        One row for each rule: warnings, answered, median lag in days with its interval (None where
        it is not reached), and the first response that meets the rule after the first warning.

    Raises:
        RequestError: as ``measure_gap``.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> len(compare_rules(case, now)) >= 3
        True
    """
    rows = []
    for option in assessment.framework.rules:
        gap = measure_gap(case, assessment, rule=option, stage=stage)
        summary = summarise_waiting(gap.warned, assessment.framework.header.confidence_level)
        first = gap.warned[0]
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


def _check_same(case: Case, other: Case) -> None:
    """Refuse another record's assessment: its scores would stand beside foreign ledgers."""
    if other is not case and other.digest != case.digest:
        what = f"another record of {case.id}" if other.id == case.id else f"{other.id}, not of"
        more = "" if other.id == case.id else f" {case.id}"
        raise RequestError(f"the assessment is of {what}{more}; assess this {case.id} first")


def _choose_rule(assessment: Assessment, rule: str | RuleOption | None) -> RuleOption:
    if rule is None or isinstance(rule, RuleOption):
        return rule or assessment.method.rule
    chosen: RuleOption = assessment.framework.branches["rule"].pick(rule, "matching rule")
    return chosen


def _hear(case: Case, assessment: Assessment) -> list[EarlyWarning]:
    """Return the warnings that were given, and heard by the audience, by the day that is seen."""
    until, audience = assessment.until, assessment.audience
    shared = ("public", audience) if audience else AUDIENCES
    heard = [
        warning
        for warning in case.warnings
        if bounds(warning.date)[0] <= until
        and (warning.audience in shared or _is_out(case, warning, until))
    ]
    if not heard:
        raise RequestError(
            f"{case.id} has no warning by {until}"
            + (f" that the audience {audience!r} heard" if audience else "")
            + ", so there is no gap to measure; add rows to warnings.csv or choose a later day"
        )
    return sorted(heard, key=lambda w: (Span.of(w.date).middle, w.id))


def _is_out(case: Case, warning: EarlyWarning, until: date) -> bool:
    published = case.source_by_id[warning.source].published.latest
    return published is not None and published <= until


def _measure_lags(
    warned: list[EarlyWarning],
    assessment: Assessment,
    answers: dict[str, Span],
    documented: bool,
) -> tuple[Lag, ...]:
    months = assessment.months
    subjects: list[tuple[EarlyWarning | str, Span]] = [(w, Span.of(w.date)) for w in warned]
    subjects += [
        (months[alarm], Span.of(min(Month.parse(months[alarm]).last_day, assessment.until)))
        for alarm, _ in find_spans(assessment)
    ]
    return tuple(
        measure_lag(
            assessment.case, subject, when, answers, documented=documented, until=assessment.until
        )
        for subject, when in subjects
    )


def _measure_months(
    case: Case, assessment: Assessment, answers: Mapping[str, Span], share: float
) -> Iterable[Row]:
    alarm = in_alarm(find_spans(assessment), len(assessment.months))
    waiting = 0
    for place, month in enumerate(assessment.months):
        day = min(Month.parse(month).last_day, assessment.until).toordinal()
        held = [r.id for r in case.responses if _holds(case, r, answers, share, day)]
        waiting += alarm[place] and not held
        level = measure_level(case, assessment, day)
        covered = float(assessment.coverage[place])
        risk = float(assessment.overall[place]) if covered > 0 else None
        yield {
            "month": month,
            "risk": risk,
            "risk_low": float(assessment.low[place]),
            "risk_high": float(assessment.high[place]),
            "coverage": covered,
            "response": level.point,
            "response_low": level.low,
            "response_high": level.high,
            "response_rests_on": "; ".join(f"{name} {part:.4f}" for name, part in level.rests_on),
            "gap": None if risk is None else max(0.0, risk - level.point),
            "in_alarm": alarm[place],
            "answers_in_force": "; ".join(held),
            "months_in_alarm_without_answer": waiting,
        }


def _holds(
    case: Case, response: Response, answers: Mapping[str, Span], share: float, day: int
) -> bool:
    """Tell whether a response meets the rule on a day: reached, not over, still strong."""
    span = answers.get(response.id)
    if span is None or span.middle > day or is_over(response, day):
        return False
    strength = strength_on(response, case.deliveries, day)
    if share == 0 or strength is None:
        return True
    return response.share(strength.promised, strength.delivered) >= share


def _tell(gap: Gap, subject: str) -> str:
    lag = next(lag for lag in gap.lags if lag.subject == subject)
    dropped = (
        ", without its share" if gap.rule.share and gap.stage in ("proposed", "decided") else ""
    )
    at = f" at the stage {gap.stage}{dropped}," if gap._own_stage else ""
    rule = f"Under the rule '{gap.rule.label}'{at}"
    if lag.response is None:
        return f"{rule} nothing answered it by {gap.assessment.until}; {_tell_median(gap)}"
    bounds = f"{lag.low:g} to {'no answer' if lag.high is None else f'{lag.high:g}'}"
    return (
        f"{rule} the first answer was {lag.response.measure} ({lag.response.actor}), "
        f"{lag.answered_on}, {lag.days:g} days later [{bounds}]; {_tell_median(gap)}"
    )


def _tell_median(gap: Gap) -> str:
    median = describe_median(gap.survival)
    return f"{gap.answered} of {len(gap.warned)} warnings were answered, median lag {median}."

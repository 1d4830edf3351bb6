"""The gap: how long warnings waited, how much response stood beside the risk, month by month.

A lag is not a cause and a response is not its effect: the ledgers say what came after what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from atrisk.base.dates import Span
from atrisk.base.errors import UnknownNameError, check_seed, require
from atrisk.base.output import tell_count, tell_days
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.ledger import EarlyWarning, Stage
from atrisk.frameworks.options import RuleOption
from atrisk.gap.actions import Actions, measure_actions
from atrisk.gap.answers import describe_answer
from atrisk.gap.hearing import find_seen, list_alarms, list_heard
from atrisk.gap.matching import RULE_STAGES, Answers, Lag, find_answers, measure_lag
from atrisk.gap.months import list_holding, measure_months
from atrisk.gap.need import (
    Standing,
    can_judge,
    choose_rule,
    list_steps,
    measure_need_lag,
    measure_standing,
)
from atrisk.gap.response_level import list_courses, list_promises
from atrisk.gap.spells import Interval, Spell, find_spells, list_spells, resample_median
from atrisk.gap.waiting import (
    compare_groups,
    describe_median,
    estimate_waiting,
    list_waiting,
    summarise_waiting,
)
from atrisk.scoring.assessment import Assessment

if TYPE_CHECKING:
    from atrisk.kernel.survival import Curve


NO_NEED = "no need of strength is on record"
COMPARED = (
    "warnings", "answered", "median_days", "median_low", "median_high", "spells", "spells_low",
    "spells_high", "first_answer", "answered_on", "days_after_first_warning",
)  # fmt: skip
GROUPS = ("issuer", "audience", "specificity")  # what of a warning its waiting is compared by


@dataclass(frozen=True, eq=False)
class Gap(LevelResult):
    """The gap between warnings and responses under one rule and stage.

    ``to_rows`` gives ``"lags"``, ``"spells"``, ``"monthly"``, ``"promises"``, ``"survival"``; under
    a rule of the need ``"strength"``: what stood beside the need, by stretch of days; and of a case
    with early actions ``"own_lag"``: how long the organisation itself took.

    Attributes:
        rule, stage: what counts as an answer, and when.
        lags: one for each warning, in time, and one for each alarm.
        survival: Kaplan-Meier curve of the warnings' lags.
        answers: when each response meets the rule, by its id.
        standing: what stood beside the need; None under a rule that does not ask for it.
        seed: of the interval by spells.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "lags": "_tell_lags",
        "spells": "_tell_spells",
        "monthly": "_tell_months",
        "promises": "_tell_promises",
        "survival": "_tell_survival",
        "strength": "_tell_strength",
        "own_lag": "_tell_own_lag",
    }

    case: Case = field(repr=False)
    assessment: Assessment = field(repr=False)
    rule: RuleOption
    stage: Stage
    lags: tuple[Lag, ...] = field(repr=False)
    survival: Curve = field(repr=False)
    answers: Mapping[str, Span] = field(repr=False)
    standing: Standing | None = field(repr=False)
    seed: int = field(repr=False)

    @cached_property
    def monthly(self) -> tuple[Row, ...]:
        """Risk, response level and gap by month."""
        share = self.rule.share if self.rule.asks_strength(self.stage) else 0.0
        courses, standing = list_courses(self.case), self.standing
        hold = partial(list_holding, courses, self.answers, share)
        return tuple(
            measure_months(courses, self.assessment, standing.name_forces if standing else hold)
        )

    @cached_property
    def promises(self) -> tuple[Row, ...]:
        """Promised against delivered strength by operation and month."""
        return tuple(list_promises(self.case, self.assessment))

    @cached_property
    def spells(self) -> tuple[Spell, ...]:
        """The stretches of days on which a warning waited, in time."""
        return tuple(find_spells(self.warned))

    @cached_property
    def interval(self) -> Interval:
        """The interval of the median wait by drawing spells, not warnings, again."""
        confidence = self.assessment.framework.header.confidence_level
        return resample_median(self.spells, confidence, seed=self.seed)

    @cached_property
    def actions(self) -> Actions | None:
        """The organisation's own early actions and its lag; None if none had been agreed."""
        return measure_actions(self.assessment) if self.assessment.case.actions else None

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

    def _tell_spells(self) -> Iterator[Row]:
        return list_spells(self.spells)

    def _tell_strength(self) -> Iterator[Row]:
        return list_steps(self.standing, self.assessment.until) if self.standing else iter(())

    def _tell_own_lag(self) -> list[Row]:
        return self.actions.to_rows("lag") if self.actions else []

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
        if by not in GROUPS:
            raise UnknownNameError("group", by, GROUPS)
        return compare_groups(self.warned, by, self.assessment.framework.header.confidence_level)

    def describe(self) -> str:
        """Return the first warning, then what answered it and how long all waited, rule by rule.

        One thought a line; what is said under a rule is indented below its name. Of a case with
        early actions the organisation's own lag comes last.
        """
        first = self.warned[0]
        assert first.warning is not None  # noqa: S101 - kept by the filter above
        audience = self.assessment.audience
        late = first.heard != Span.of(first.warning.date)
        opening = (
            f"The first warning {'that the audience heard' if audience else 'on record'} is "
            f"that of {first.warning.shown('issuer')} to {first.warning.shown('addressee')} on "
            f"{first.warning.date} ({first.warning.audience}, {first.warning.specificity})"
            f"{f', heard on {first.heard.text}' if late else ''}."
        )
        others = [rule for rule in self.assessment.framework.rules if rule.id != self.rule.id]
        told = [self._tell_other(rule, first.subject) for rule in others]
        own = [self.actions.describe_lag()] if self.actions else []
        return "\n\n".join([opening, _tell(self, first.subject), *told, *own])

    def _tell_other(self, rule: RuleOption, subject: str) -> str:
        stage = self._own_stage
        if not can_judge(self.case, rule, stage or rule.stage, self.assessment.until):
            return f"Under the rule '{rule.label}':\n  cannot be judged: {NO_NEED}"
        other = _measure(self.case, self.assessment, rule.id, stage, seed=self.seed)
        return _tell(other, subject)

    @property
    def _own_stage(self) -> Stage | None:
        """The stage that was asked for, or None if it is the rule's own."""
        return self.stage if self.stage != self.rule.stage else None

    def __repr__(self) -> str:
        factors = self.assessment.by_factor.coverage[0] == 0
        heard = f", heard by {self.assessment.audience}" if self.assessment.audience else ""
        own = "" if self._own_stage else f", stage {self.stage}"
        unseen = f"{int(factors.sum())} of {factors.size} factors are not assessed"
        counted = tell_count(len(self.warned), "warning")
        return (
            f"Gap({self.case.id!r} under {self.assessment.framework.id!r}: "
            f"{counted}, {self.answered} answered by {self.assessment.until}, "
            f"median lag {describe_median(self.survival)}; {self.assessment.knowledge}{heard})\n"
            f"  Rule: {self.rule.describe_at(self.stage)}{own}.\n"
            "  It tells how long a warning waited, not why: a lag is not a cause. "
            f"{unseen} in {self.assessment.months[0]}.\n"
            f"  The interval treats warnings as independent, which makes it too narrow; by spells "
            f"of waiting: {self.interval.text}.{self._tell_before()}{self._tell_stand_in()}\n"
            f"  {self.case.header.caveat}"
        )

    def _tell_stand_in(self) -> str:
        """Say that a rule stands in for the method's, which cannot be judged."""
        own, until = self.assessment.method.rule, self.assessment.until
        if own.otherwise != self.rule.id or can_judge(self.case, own, own.stage, until):
            return ""
        return (
            f"\n  {NO_NEED.capitalize()}, so {self.rule.id} stands in for {own.id}: an answer here "
            "means that a promise was kept, not that it was enough."
        )

    def _tell_before(self) -> str:
        """Say from when on a strength can be judged: before that it is unknown, not nothing."""
        if self.standing is None:
            return ""
        first = self.standing.first_need
        return (
            "\n  Before a need was on record"
            + (f" ({first.date}, {first.shown('issuer')})" if first else "")
            + " nobody can say what was enough: it counts as not adequate, although that is not "
            "known."
        )


def measure_gap(
    case: Case,
    assessment: Assessment,
    rule: str | RuleOption | None = None,
    stage: Stage | None = None,
    *,
    seed: int = 0,
) -> Gap:
    """Measure how long warnings and alarms waited, and what stood beside the risk.

    The lag of a warning runs to the first response that meets the rule at the stage and is not
    before it. A warning without one by the end of the case is right-censored there, never
    dropped; the share that still waits is the Kaplan-Meier estimate. Under a rule of the need it
    runs to the first day on or after it on which enough of all that protects is in force. The lag
    begins when the warning is heard. For each month, with ``l`` the level of the strongest
    response in force of an instrument, from the framework's table, times the share of its promised
    strength that was delivered:

        response = (1 - prod over protective of (1 - l)) * prod over harmful of (1 - l)
        gap      = max(0, overall risk - response)

    Args:
        case: whose ledgers, of which counts what the assessment's day and audience had.
        assessment: of that case; its alarms, under its own policy, wait like warnings. The record
            ends with the last day that it sees, and an audience hears its own warnings and the
            public ones, and the others once their source is out.
        rule: id of a rule of the framework, or one of your own; None for the method's, or for what
            stands in for it where it asks for a need and none is on record.
        stage: ``"noticed"``, ``"accepted"``, ``"proposed"``, ``"decided"``, ``"funded"``,
            ``"deployed"`` or ``"full_strength"``; None for the rule's own. Before
            ``"deployed"`` no strength is asked for.
        seed: of the interval by spells; 0 is a seed.

    Returns:
        A ``Gap``.

    Raises:
        RequestError: no warning was given and heard by the day that is seen, the assessment is
            of another case, or the rule asks for a need and none of strength is on record.
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
    case = find_seen(case, assessment)
    return _measure(case, assessment, rule, stage, seed=seed, beside=list_alarms(assessment))


def _measure(
    case: Case,
    assessment: Assessment,
    rule: str | RuleOption | None,
    stage: Stage | None,
    *,
    seed: int,
    beside: Sequence[tuple[str, Span]] = (),
) -> Gap:
    """Measure the gap of the warnings, and of what waits beside them, each with its beginning."""
    check_seed(seed)
    warned = list_heard(case, assessment)
    chosen = choose_rule(case, assessment, rule)
    at = stage or chosen.stage
    if at not in RULE_STAGES:
        raise UnknownNameError("stage", str(at), RULE_STAGES)
    until, standing = assessment.until, None
    if chosen.of == "need" and chosen.asks_strength(at):
        standing = measure_standing(case, chosen, at, until)
        answers = standing.answers
    else:
        answers = find_answers(case, chosen, at)
    subjects: list[tuple[EarlyWarning | str, Span]] = [*warned, *beside]
    known = Answers.of(case, answers)
    lags = tuple(
        measure_need_lag(one, when, standing, until)
        if standing
        else measure_lag(known, one, when, documented=chosen.documented, until=until)
        for one, when in subjects
    )
    confidence = assessment.framework.header.confidence_level
    survival = estimate_waiting([lag for lag in lags if lag.warning], confidence)
    return Gap(case, assessment, chosen, at, lags, survival, answers, standing, seed)


def compare_rules(
    case: Case, assessment: Assessment, stage: Stage | None = None, *, seed: int = 0
) -> list[Row]:
    """Measure the gap under every rule of the framework, at each rule's own stage or at one.

    Returns:
        One row for each rule: the strength that it asks for, warnings, answered, median lag in
        days with its interval (None where it is not reached), how many spells and the interval by
        them, the first response that meets the rule after the first warning, and a note where
        the rule cannot be judged.

    Raises:
        RequestError: no warning was given and heard by the day that is seen, or the assessment is
            of another case.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> len(compare_rules(case, now)) >= 3
        True
    """
    rows: list[Row] = []
    case = find_seen(case, assessment)
    for option in assessment.framework.rules:
        at = stage or option.stage
        row: Row = {"rule": option.id, "stage": at, "strength": option.describe_strength(at)}
        row |= dict.fromkeys(COMPARED) | {"note": NO_NEED}
        if can_judge(case, option, at, assessment.until):
            gap = _measure(case, assessment, option, stage, seed=seed)
            row |= _summarise(gap) | {"note": ""}
        rows.append(row)
    return rows


def _summarise(gap: Gap) -> Row:
    summary = summarise_waiting(gap.warned, gap.assessment.framework.header.confidence_level)
    first = gap.warned[0]
    values = (
        *summary.values(),
        len(gap.spells),
        gap.interval.low,
        gap.interval.high,
        first.response.id if first.response else None,
        first.answered_on,
        None if first.censored else first.days,
    )
    return dict(zip(COMPARED, values, strict=True))


def _tell(gap: Gap, subject: str) -> str:
    lag = next(lag for lag in gap.lags if lag.subject == subject)
    waited = tell_count(len(gap.spells), "spell of waiting", "spells of waiting")
    return (
        f"Under the rule '{gap.rule.describe_at(gap.stage)}':\n"
        f"  {describe_answer(lag, gap.assessment.until)}\n"
        f"  {gap.answered} of {tell_count(len(gap.warned), 'warning')} answered, median lag "
        f"{describe_median(gap.survival)}\n"
        f"  {waited}, {tell_days(sum(spell.days for spell in gap.spells))} in all"
    )

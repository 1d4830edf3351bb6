"""Brief: everything about one case that an analyst is asked for, computed once.

Figures draw it, the report prints it; neither computes anything of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from math import ceil
from typing import TypeVar, Unpack

from atrisk.base.errors import RequestError, check_count, check_seed
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Evidence, Source, knowledge_day
from atrisk.cases.ledger import STAGES, EarlyWarning, Response
from atrisk.cases.scenario import Scenario, list_scenarios
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.run import MOST, run_ensemble
from atrisk.ensemble.runner import Runner
from atrisk.frameworks.branches import SCORING
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.outcomes import FILE as OUTCOMES
from atrisk.frameworks.outcomes import read_outcome_rules
from atrisk.gap.actions import Actions, measure_actions
from atrisk.gap.gap import NO_NEED, Gap, measure_gap
from atrisk.gap.need import choose_rule
from atrisk.report.events import Event, list_events
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import Flags, find_spans, raise_flags
from atrisk.scoring.news import Changes, split_changes
from atrisk.scoring.run import assess
from atrisk.scoring.seen import is_limited
from atrisk.scoring.view import RETROSPECTIVE, View, check_view, find_held
from atrisk.studies.flips import Flip, WeightFlip, flip_evidence, flip_weights
from atrisk.studies.methods import MethodTree, explore_methods
from atrisk.studies.reading import EqualEffort, Reading, compare_cases, measure_reading
from atrisk.studies.scenarios import Outcome, run_beside
from atrisk.verification.tracks import follow_case
from atrisk.verification.verify import Verification, verify_tracks

T = TypeVar("T")

NO_OUTCOMES = "the framework names no outcomes"
DRAWS = 1000
STEPS, REPEATS = 4, 5  # of the reading curve; `atrisk reading` draws it finer


@dataclass(frozen=True, eq=False)
class Brief:
    """A case, assessed and measured in every way that a report shows.

    Attributes:
        assessment: on the knowledge that was asked for.
        retrospective: the same with everything that is known now; None from a day, which had none
            of it.
        flags: alarms, surges and triggers.
        actions: the early actions that came due; None if none was agreed.
        spans: first and one past the last place of each alarm; None for one that goes on.
        gaps: warnings and responses under every rule, by its id; empty if nobody had warned.
            A rule that asks for a need is not among them where none is on record.
        ensemble: draws of what may be wrong; None without an ``uncertainty.toml``.
        outcome: scenarios beside the base; None if the case has none.
        tree: every way to settle the judgements that move a score; None if all are settled.
        flips: the least that moves the first alarm; empty if there is none.
        reading: the score from parts of the record; None if it has too few rows to be parted.
        beside: the case beside others, at equal effort; None if no other was named.
        verification: alarms before what came; None if nobody counted what came, or not by then.
        seed: of whatever was drawn.
    """

    assessment: Assessment
    retrospective: Assessment | None = field(repr=False)
    flags: Flags = field(repr=False)
    actions: Actions | None = field(repr=False)
    spans: tuple[tuple[int, int | None], ...] = field(repr=False)
    gaps: Mapping[str, Gap] = field(repr=False)
    ensemble: Ensemble | None = field(repr=False)
    outcome: Outcome | None = field(repr=False)
    tree: MethodTree | None = field(repr=False)
    flips: tuple[Flip | WeightFlip, ...] = field(repr=False)
    reading: Reading | None = field(repr=False)
    beside: EqualEffort | None = field(repr=False)
    verification: Verification | None = field(repr=False)
    seed: int

    @property
    def case(self) -> Case:
        """The case."""
        return self.assessment.case

    @property
    def framework(self) -> Framework:
        """The framework that it is scored under."""
        return self.assessment.framework

    @property
    def months(self) -> tuple[str, ...]:
        """Every month that was assessed."""
        return self.assessment.months

    @property
    def gap(self) -> Gap | None:
        """Warnings and responses under the method's own rule; None if it cannot be judged."""
        return self.gaps.get(choose_rule(self.case, self.assessment).id)

    @property
    def missing_gap(self) -> str:
        """Why there is no gap under the method's own rule; empty if there is one."""
        return "" if self.gap else NO_NEED if self.gaps else "no warning is on record"

    @property
    def missing_verification(self) -> str:
        """Why nothing is said of what came; empty if something is."""
        if self.verification:
            return ""
        named = self.framework.folder.has(OUTCOMES)
        return "no outcome stands beside the case by that day" if named else NO_OUTCOMES

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The rules that ask for what is not on record."""
        rules = self.framework.rules if self.gaps else ()
        return tuple(rule.id for rule in rules if rule.id not in self.gaps)

    @cached_property
    def changes(self) -> Changes:
        """Each month's change of the score, what happened apart from what was learnt."""
        return split_changes(self.assessment)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What raised the score most, in time."""
        return list_events(self.assessment, self.changes)

    @cached_property
    def scenario_rows(self) -> tuple[Row, ...]:
        """A row for the case as it is and for each scenario; none if it has none."""
        return tuple(self.outcome.to_rows("summary")) if self.outcome else ()

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The what-ifs that were run."""
        results = self.outcome.results if self.outcome else ()
        return tuple(one.scenario for one in results if one.scenario)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The rows that were known to the audience by the last day that is seen."""
        now, sources = self.assessment, self.case.source_by_id
        return tuple(
            item
            for item in self.case.evidence
            if knowledge_day(item, sources[item.source], now.audience) <= now.until
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that were out by then, or that the evidence shown is from."""
        shown, until = {item.source for item in self.evidence}, self.assessment.until
        return tuple(
            source
            for source in self.case.sources
            if source.id in shown or (source.published.earliest or date.max) <= until
        )

    @property
    def warnings(self) -> tuple[EarlyWarning, ...]:
        """The warnings that the audience had heard by then."""
        lags = next((gap.lags for gap in self.gaps.values()), ())
        return tuple(lag.warning for lag in lags if lag.warning)

    @property
    def responses(self) -> tuple[Response, ...]:
        """The responses that had reached a stage by then, without the stages they reached later."""
        seen = (_cut_stages(response, self.assessment.until) for response in self.case.responses)
        return tuple(response for response in seen if response is not None)


def prepare_brief(
    case: Case,
    framework: Framework,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    beside: Iterable[Case] = (),
    **view: Unpack[View],
) -> Brief:
    """Compute everything that a report shows of a case.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        seed: of the ensemble; 0 is a seed.
        draws: of the ensemble; enough that its outermost quantiles are told apart, such as 20 for
            those at 5 and 95 %.
        beside: other cases, to compare this one with at equal effort.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        A ``Brief``. What the case has no data for (warnings, scenarios, uncertainty) is None.

    Raises:
        RequestError: nothing was known by then, no seed, or too few draws.
        DataError: the case is coded to another framework.
        UnknownNameError: no such audience, branch or option.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2020-2021")
        >>> brief = atrisk.prepare_brief(case, atrisk.load_framework("un-foa-2014"), draws=50)
        >>> brief.gap is not None, brief.outcome is None, len(brief.months)
        (True, True, 12)
    """
    check_view(view)
    _check_draws(framework, seed, draws)
    now, others = assess(case, framework, **view), tuple(beside)
    hindsight = View(**{**view, "knowledge": RETROSPECTIVE})
    from_day = is_limited(now.outlook, None)
    return Brief(
        assessment=now,
        retrospective=None if from_day else assess(case, framework, **hindsight),
        flags=raise_flags(now),
        actions=_try(partial(measure_actions, now)),
        spans=tuple(find_spans(now)),
        gaps=_measure_gaps(now.case, now),
        ensemble=_draw(now, seed, draws),
        tree=_explore(now),
        flips=_flip(now),
        reading=_try(partial(_read, now, seed)),
        outcome=_run_scenarios(now, case),
        beside=compare_cases((case, *others), framework, seed=seed, **view) if others else None,
        verification=_try(partial(_look_back, now)),
        seed=seed,
    )


def _run_scenarios(now: Assessment, case: Case) -> Outcome | None:
    """Return scenarios beside the base; None where there is none, or none that was on record."""
    outcome = run_beside(now, case) if list_scenarios(case) else None
    return outcome if outcome and outcome.results else None


def _check_draws(framework: Framework, seed: int, draws: int) -> None:
    """Refuse draws of which the outermost quantiles cannot be told apart, before any work."""
    check_seed(seed)
    if framework.can_draw:
        spread = framework.uncertainty.quantiles
        least = ceil(round(1 / min(spread[0], 1 - spread[-1]), 6))
        check_count("draws", draws, least=least, most=MOST)


def _draw(now: Assessment, seed: int, draws: int) -> Ensemble | None:
    if not now.framework.can_draw:
        return None
    quiet = Runner(progress=False)
    return run_ensemble(now.case, now.framework, seed=seed, draws=draws, runner=quiet, **now.view)


def _read(now: Assessment, seed: int) -> Reading:
    """Return a reading curve that is coarse, since each of its points is a score of the case."""
    return measure_reading(
        now.case, now.framework, steps=STEPS, repeats=REPEATS, seed=seed, **now.view
    )


def _look_back(now: Assessment) -> Verification:
    """Return how the case's alarms stood before what came."""
    if not now.framework.folder.has(OUTCOMES):
        raise RequestError(NO_OUTCOMES)
    rules = read_outcome_rules(now.framework)
    return verify_tracks([follow_case(now, rules.horizon)], rules)


def _explore(now: Assessment) -> MethodTree | None:
    held = find_held(now.framework, now.view)
    branches = [name for name in SCORING if name not in held]
    if not branches:
        return None
    quiet = Runner(progress=False)
    return explore_methods(now.case, now.framework, branches=branches, runner=quiet, **now.view)


def _cut_stages(response: Response, until: date) -> Response | None:
    """Return a response as it stood on a day; None if it had reached no stage."""
    reached = {name: when for name in STAGES if (when := getattr(response, name))}
    later = [name for name, when in reached.items() if (when.earliest or until) > until]
    if len(later) == len(reached):
        return None
    return response.model_copy(update=dict.fromkeys(later)) if later else response


def _try(measure: Callable[[], T]) -> T | None:
    """Return a measure, or None where the case has nothing to measure."""
    try:
        return measure()
    except RequestError:
        return None


def _measure_gaps(case: Case, now: Assessment) -> dict[str, Gap]:
    rules = now.framework.rules
    found = {rule.id: _try(partial(measure_gap, case, now, rule)) for rule in rules}
    return {name: gap for name, gap in found.items() if gap is not None}


def _flip(now: Assessment) -> tuple[Flip | WeightFlip, ...]:
    found = (_try(lambda: flip_evidence(now, "later")), _try(lambda: flip_weights(now)))
    return tuple(flip for flip in found if flip is not None)

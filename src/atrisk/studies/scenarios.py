"""Scenarios: declared what-ifs about the record and the method, compared with the base.

A scenario asks what the same method would say of another record: without a source, with a closed
warning made public, with a response on another date. It says nothing of what would have happened
in the country: no response in it prevents anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar, Unpack

import numpy as np

from atrisk.base.errors import DataError, Problem, RequestError, UnknownNameError, require
from atrisk.base.output import tell_count
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.checks import SCENARIOS
from atrisk.cases.edits import change_case, change_method, change_seen, check_left
from atrisk.cases.evidence import Audience
from atrisk.cases.scenario import Scenario, list_scenarios, load_scenario
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.options import RuleOption
from atrisk.gap.gap import Gap, compare_rules, measure_gap
from atrisk.gap.hearing import list_heard
from atrisk.gap.waiting import summarise_waiting
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.comparison import compare_scores
from atrisk.scoring.flags import choose_policy, find_spans, in_alarm, summarise_alarm
from atrisk.scoring.run import assess
from atrisk.scoring.seen import describe_limit, is_limited, see_case
from atrisk.scoring.view import Outlook, View, check_view

R = TypeVar("R")
CAVEAT = (
    "What-ifs on the coded record under this method: not what would have happened in the country."
)
DATES = ("first_alarm", "peak_month", "first_answer")  # of the summary; all else are numbers


@dataclass(frozen=True, eq=False)
class ScenarioResult:
    """What the method says of one record.

    Attributes:
        scenario: None for the base.
        assessment: of the case as it would be.
        gap: lags and months under the rule; None where no warning is left to answer.
        measured: what is compared: alarm, peak, months in alarm, gap and lags.
    """

    scenario: Scenario | None
    assessment: Assessment = field(repr=False)
    gap: Gap | None = field(repr=False)
    measured: Row = field(repr=False)

    @property
    def id(self) -> str:
        """The scenario's id, or ``"base"``."""
        return self.scenario.id if self.scenario else "base"


@dataclass(frozen=True, eq=False)
class Outcome(LevelResult):
    """Scenarios beside their base.

    ``to_rows`` gives, the base first, ``"summary"``: one row each, with the change from the base;
    ``"rules"``: lags of each under every matching rule; ``"months"``: each month's score, alarm,
    response and gap beside the base's.

    Attributes:
        base: the case as it is.
        results: one for each scenario.
        left_out: how many of the case's scenarios change nothing that was on record by the day that
            it is looked from, or to the audience.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "summary": "_tell_summary",
        "rules": "_tell_rules",
        "months": "_tell_months",
    }

    base: ScenarioResult = field(repr=False)
    results: tuple[ScenarioResult, ...]
    left_out: int = field(default=0, repr=False)

    def _tell_summary(self) -> Iterator[Row]:
        for one in (self.base, *self.results):
            yield {"scenario": one.id} | _compare(self.base.measured, one.measured)

    def _tell_rules(self) -> Iterator[Row]:
        for one in (self.base, *self.results):
            for row in compare_rules(one.gap.case, one.assessment) if one.gap else ():
                yield {"scenario": one.id} | row

    def _tell_months(self) -> Iterator[Row]:
        return (row for one in self.results for row in self._compare_months(one))

    def explain(
        self, scenario: str, month: str, *, factor: str | None = None, crime: str | None = None
    ) -> list[Row]:
        """Split the difference between a scenario's score and the base's over the evidence.

        Returns:
            As ``compare_scores``: the changes sum to the difference to 1e-12.

        Raises:
            UnknownNameError: no such scenario was run.
            RequestError: the month was not assessed, or nothing bears on either score.
        """
        found = {result.id: result for result in self.results}
        if scenario not in found:
            raise UnknownNameError("scenario", scenario, found)
        sides = (self.base.assessment, month), (found[scenario].assessment, month)
        return compare_scores(*sides, factor=factor, crime=crime)

    def _compare_months(self, one: ScenarioResult) -> Iterator[Row]:
        sides = [_list_months(result) for result in (self.base, one)]
        for month, after in sides[1].items():
            before = sides[0].get(month, {})
            row: Row = {"scenario": one.id, "month": month}
            for name, value in after.items():
                row |= {f"base_{name}": before.get(name), name: value}
            yield row

    def __repr__(self) -> str:
        before, base = self.base.measured, self.base.assessment
        first = before["first_alarm"] or "never"
        measured = {one.id: one.measured for one in self.results}
        moved = [
            f"{name} ({now['first_alarm'] or 'never'})"
            for name, now in measured.items()
            if now["first_alarm"] != before["first_alarm"]
        ]
        shown = f"changed by {', '.join(moved)}" if moved else "changed by none"
        alike = [name for name, now in measured.items() if now == before]
        shown += f"; no figure of the summary differs under {', '.join(alike)}" if alike else ""
        return self._tell(
            f"Outcome({base.case.id!r} under {base.framework.id!r}, {base.knowledge}: "
            f"{tell_count(len(self.results), 'scenario')}; first alarm {first}, {shown})",
            *([tell_left_out(self.left_out, base)] if self.left_out else []),
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a what-if is not, and what a reader must know of the base."""
        return (CAVEAT, *self.base.assessment.caveats)


def run_scenarios(
    case: Case,
    framework: Framework,
    scenarios: Iterable[str | Path | Scenario] | str | Path | None = None,
    *,
    rule: str | RuleOption | None = None,
    **view: Unpack[View],
) -> Outcome:
    """Run what-ifs and compare each with the case as it is.

    Args:
        case: what is scored.
        framework: what it is scored under.
        scenarios: ids of those that the case ships with, paths of files, or scenarios of one's own;
            None for all that it ships with. From a day, or as an audience, they change what was
            seen, and one that changes nothing of that is left out; a ``Scenario`` changes the whole
            record, since whoever holds both has it, before it is looked at.
        rule: matching rule of the gap; None for the method's.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``, for base and
            scenarios alike.

    Returns:
        An ``Outcome``: first alarm, peak, months in alarm, gap and lags, each beside the base's.

    Raises:
        RequestError: there is no scenario, or one changes nothing.
        UnknownNameError: a scenario, source, row, response, branch or option that does not exist.
        DataError: a file has faults, or changes nothing that was seen.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> outcome = run_scenarios(case, framework, ["council-listens-in-may"])
        >>> [row["scenario"] for row in outcome.to_rows()]
        ['base', 'council-listens-in-may']
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    check_view(view)
    return run_beside(assess(case, framework, **view), case, scenarios, rule)


def run_beside(
    base: Assessment,
    case: Case,
    scenarios: Iterable[str | Path | Scenario] | str | Path | None = None,
    rule: str | RuleOption | None = None,
) -> Outcome:
    """Return what ``run_scenarios`` does, beside an assessment of the whole case."""
    chosen, left_out = choose_scenarios(case, scenarios, base.outlook, base.audience)
    framework, as_is = base.framework, _measure(None, base, rule)

    def run(scenario: Scenario, other: Case) -> ScenarioResult:
        _name_fault(scenario, partial(check_left, other))
        settled = change_method(framework, base.method, scenario.changes)
        choose_policy(framework, settled, None)
        changed = View(**{**base.view, "method": settled, "weights": None})
        assessment = _name_fault(scenario, partial(assess, other, framework, **changed))
        result = _measure(scenario, assessment, rule)
        assessment.forget()  # what its scores rest on is most of it, and seldom asked for
        return result

    return Outcome(as_is, tuple(run(*one) for one in chosen), left_out)


def tell_left_out(count: int, base: Assessment) -> str:
    """Say that scenarios are left out, and why, without a word of them."""
    verb, change = ("is", "it changes") if count == 1 else ("are", "they change")
    told = f"{tell_count(count, 'scenario')} {verb}"
    limit = describe_limit(base.outlook, base.audience)
    return f"{told} left out: nothing that {change} was on record {limit}."


def choose_scenarios(
    case: Case,
    scenarios: Iterable[str | Path | Scenario] | str | Path | None,
    outlook: Outlook,
    audience: Audience | None,
) -> tuple[list[tuple[Scenario, Case]], int]:
    """Return the scenarios that are asked for, each with the case as it would be.

    Args:
        case: the whole.
        scenarios: as in ``run_scenarios``.
        outlook: from when it is looked at.
        audience: who looks.

    Returns:
        Them, and how many of the case's own were left out since they change nothing that was seen.

    Raises:
        RequestError: there is none, one changes nothing, or two share an id.
        UnknownNameError: the case has no such scenario.
        DataError: a file has faults, or changes nothing that was seen.
    """
    if isinstance(scenarios, str | Path | Scenario):
        scenarios = [scenarios]
    wanted = None if scenarios is None else list(scenarios)
    _check_names(case, wanted or (), outlook, audience)
    own = [one for one in wanted or () if isinstance(one, Scenario)]
    see = partial(see_case, outlook=outlook, audience=audience)
    chosen, unseen = [], []
    for one in list_wanted(case, wanted):
        if one in own:
            chosen.append((one, change_case(case, one.changes)))
        elif found := change_seen(case, one.changes, see):
            other, changes = found
            chosen.append((replace(one, changes=changes), other))
        else:
            unseen.append(one)
    if wanted is not None and unseen:
        raise _tell_unseen(case, unseen[0], outlook, audience)
    return chosen, len(unseen)


def list_seen(
    case: Case,
    scenarios: Iterable[str | Path] | None,
    outlook: Outlook,
    audience: Audience | None,
) -> list[Scenario]:
    """Return the scenarios that are asked for, without those that change nothing that was seen.

    Raises:
        RequestError: there is none, one changes nothing, or two share an id.
        UnknownNameError: the case has no such scenario.
        DataError: a file has faults, or changes nothing that was seen.
    """
    if not is_limited(outlook, audience):
        return list_wanted(case, scenarios)
    return [one for one, _ in choose_scenarios(case, scenarios, outlook, audience)[0]]


def _check_names(
    case: Case, wanted: Iterable[object], outlook: Outlook, audience: Audience | None
) -> None:
    """Refuse a name that no scenario has; the names of others are told as far as they are seen."""
    names = list_scenarios(case)
    lost = [one for one in wanted if isinstance(one, str) and one not in names]
    if lost and is_limited(outlook, audience):
        known = choose_scenarios(case, None, outlook, audience)[0] if names else []
        raise UnknownNameError("scenario", lost[0], [one.id for one, _ in known])


def _tell_unseen(
    case: Case, scenario: Scenario, outlook: Outlook, audience: Audience | None
) -> DataError:
    file = f"{case.id}/{SCENARIOS}/{scenario.id}.toml"
    message = (
        f"nothing that the scenario changes was on record {describe_limit(outlook, audience)}; "
        "choose a later day or another audience"
    )
    return DataError([Problem(file, message, None, "changes")])


def _name_fault(scenario: Scenario, run: Callable[[], R]) -> R:
    """Run something of a scenario; a refusal says whose it is."""
    try:
        return run()
    except RequestError as error:
        raise RequestError(f"the scenario {scenario.id!r}: {error}") from None


def list_wanted(
    case: Case, scenarios: Iterable[str | Path | Scenario] | str | Path | None
) -> list[Scenario]:
    """Return the scenarios that are asked for, loaded and checked; None for all of the case.

    Raises:
        RequestError: there is none, one changes nothing, or two share an id.
    """
    wanted = list_scenarios(case) if scenarios is None else scenarios
    listed = [wanted] if isinstance(wanted, str | Path | Scenario) else list(wanted)
    if not listed and case.crossed_from:
        raise RequestError(
            f"the scenarios of {case.id} are written for {case.crossed_from}, and are not carried "
            f"over to {case.header.framework}; pass some that are written for it"
        )
    if not listed:
        raise RequestError(
            f"there is no scenario to run for {case.id}; add files to its folder 'scenarios', or "
            "pass some"
        )
    chosen = [one if isinstance(one, Scenario) else load_scenario(one, case) for one in listed]
    ids = [one.id for one in chosen]
    if len(set(ids)) < len(ids):
        raise RequestError(f"two scenarios share an id in {', '.join(ids)}; give each its own")
    return chosen


def _measure(
    scenario: Scenario | None, assessment: Assessment, rule: str | RuleOption | None
) -> ScenarioResult:
    try:
        list_heard(assessment.case, assessment)
    except RequestError:  # nobody had warned, or nobody who is asked had heard it
        gap = None
    else:
        gap = measure_gap(assessment.case, assessment, rule)
    measured = summarise_alarm(assessment) | _measure_gap(gap)
    return ScenarioResult(scenario, assessment, gap, measured)


def _measure_gap(gap: Gap | None) -> Row:
    names = ("warnings", "answered", "median_lag_days", "first_answer", "first_answer_lag_days")
    if gap is None:
        return dict.fromkeys((*names, "months_in_alarm_without_answer", "mean_gap"))
    summary = summarise_waiting(gap.warned, gap.assessment.framework.header.confidence_level)
    first = gap.warned[0]
    gaps = [row["gap"] for row in gap.monthly if row["gap"] is not None]
    return {
        "warnings": summary["warnings"],
        "answered": summary["answered"],
        "median_lag_days": summary["median_days"],
        "first_answer": first.answered_on or None,
        "first_answer_lag_days": None if first.censored else first.days,
        "months_in_alarm_without_answer": gap.monthly[-1]["months_in_alarm_without_answer"],
        "mean_gap": float(np.mean(gaps)) if gaps else None,
    }


def _compare(base: Row, row: Row) -> Row:
    """Return a row with the change of each number from the base; None where one side has none."""
    compared: Row = {}
    for name, value in row.items():
        compared[name] = value
        if name not in DATES:
            sides = value, base[name]
            compared[f"{name}_change"] = None if None in sides else value - base[name]
    return compared


def _list_months(result: ScenarioResult) -> dict[str, Row]:
    now = result.assessment
    alarm = in_alarm(find_spans(now), len(now.months))
    rows = {
        month: {
            "score": float(now.overall[place]) if now.coverage[place] > 0 else None,
            "in_alarm": alarm[place],
            **dict.fromkeys(("response", "gap")),
        }
        for place, month in enumerate(now.months)
    }
    for row in result.gap.monthly if result.gap else ():
        rows[row["month"]] |= {"response": row["response"], "gap": row["gap"]}
    return rows

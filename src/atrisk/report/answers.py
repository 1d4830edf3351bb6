"""Answers: what a reader asks of a case, in words, from what was computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np

from atrisk.base.dates import ImpreciseDate
from atrisk.base.marks import show
from atrisk.base.output import tell_count, tell_days
from atrisk.base.rows import Row
from atrisk.cases.ledger import EarlyWarning
from atrisk.gap.gap import NO_NEED
from atrisk.gap.matching import Lag
from atrisk.report.brief import Brief
from atrisk.scoring.assessment import Assessment
from atrisk.studies.flips import Flip

DRIVERS = 3
NAMED = 12  # warnings that are named one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer, and where on a report's page its figure stands."""

    question: str
    text: str
    figure: str


def tell_headline(brief: Brief) -> str:
    """Say how grave the last month is, what moved the score, by which factors, on what knowledge.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> brief = atrisk.prepare_brief(case, atrisk.load_framework("un-foa-2014"), draws=20)
        >>> tell_headline(brief)[:62]
        'In 2015-12 the risk score of Central African Republic, 2012-20'
    """
    return " ".join(list_headline(brief))


def list_headline(brief: Brief) -> tuple[str, ...]:
    """Return the sentences of ``tell_headline``, a paragraph for each thought."""
    told = (_tell_level(brief), _tell_events(brief), _tell_drivers(brief), _tell_knowledge(brief))
    return tuple(show(one) for one in told if one)


def _tell_level(brief: Brief) -> str:
    now = brief.assessment
    band = now.bands[-1]
    named = band or "no band is named, since too little is covered"
    return (
        f"In {now.months[-1]} the risk score of {brief.case.header.title} is "
        f"{now.overall[-1]:.2f} of 1: {named}. {_tell_bounds(now)} {now.low[-1]:.2f} to "
        f"{now.high[-1]:.2f}. {_tell_change(now)}"
    )


def _tell_bounds(now: Assessment) -> str:
    readings = now.intensity.readings
    if readings is None:
        return "From everything unknown at none to everything unknown at its worst it would be"
    return (
        f"The {readings.rule.level:.0%} interval, which holds doubt about what was not read, the "
        "truth of claims and the coder, is"
    )


def _tell_change(now: Assessment) -> str:
    if len(now.months) == 1:
        return "It is the only month."
    if isnan(now.on_record[-2]):
        return f"Nothing is on record before {now.months[-1]}."
    moved = round(now.overall[-1], 2) - round(now.overall[-2], 2)
    how = f"rose by {moved:.2f}" if moved > 0 else f"fell by {-moved:.2f}"
    said = how if round(moved, 2) else "did not change by a hundredth"
    peak = int(now.overall.argmax())
    band = f", {now.bands[peak]}" if now.bands[peak] else ""
    return (
        f"It {said} since {now.months[-2]} and was highest in {now.months[peak]}, at "
        f"{now.overall[peak]:.2f}{band}."
    )


def _tell_events(brief: Brief) -> str:
    """Name the events that moved the score most, in time."""
    most = sorted(brief.events, key=lambda event: -event.news)[:DRIVERS]
    if not most:
        return ""
    told = "; ".join(
        f"{event.month}, {event.text.rstrip('.')} ({event.when})"
        for event in sorted(most, key=lambda event: event.place)
    )
    return f"It rose most with what happened in these months: {told}."


def _tell_drivers(brief: Brief) -> str:
    now, titles = brief.assessment, brief.framework.factors
    codes = now.driving_factors(now.months[-1])[:DRIVERS]
    drivers = "; ".join(f"{code} {titles[code].title}" for code in codes)
    return f"The risk factors with the largest part in it now: {drivers}." if codes else ""


def _tell_knowledge(brief: Brief) -> str:
    now = brief.assessment
    kinds = {
        "contemporaneous": "Each month is scored with what was known by its last day",
        "retrospective": "Each month is scored with all that is known now",
    }
    how = kinds.get(now.knowledge, f"All months are scored with what was known {now.knowledge}")
    heard = f", to the audience “{now.audience}”" if now.audience else ""
    dated = sum(item.known is None for item in brief.evidence)
    caution = (
        f" {dated} of {len(brief.evidence)} rows of evidence are dated by the publication of their "
        "source alone: a rise in such a month is the record's, and need not be the country's."
    )
    covered = f"{now.coverage[-1]:.0%} of the indicators are covered"
    return f"{how}{heard}; {covered}.{caution if dated else ''}"


def list_answers(brief: Brief) -> tuple[Answer, ...]:
    """Answer what a reader asks of every case, each from one figure."""
    return tuple(
        Answer(question, show(text), figure)
        for question, text, figure in (
            ("When was the first alarm, on what was then known?", _tell_alarm(brief), "risk"),
            ("Who had warned by then?", _tell_warnings(brief), "timeline"),
            ("Was the response adequate, and how late?", _tell_response(brief), "waiting"),
            (
                "Which judgement of the method moves the score most?",
                _tell_judgement(brief),
                "judgements",
            ),
            ("What would move the first alarm?", " ".join(_tell_flips(brief)), "scenarios"),
            ("What is known now that was not known then?", _tell_hindsight(brief), "hindsight"),
            ("Has this score warned before?", _tell_outcomes(brief), "outcomes"),
        )
    )


def _tell_alarm(brief: Brief) -> str:
    policy = brief.flags.policy
    if not brief.flags.alarms:
        return f"None was raised, under the policy “{policy.id}”."
    first = brief.flags.alarms[0]
    over = f"it ended in {first.end}" if first.end else f"it was still on in {brief.months[-1]}"
    drawn = ""
    if brief.ensemble is not None:
        share = brief.ensemble.alarm_probability[brief.months.index(first.onset)]
        drawn = f" In that month {share:.0%} of the draws are in alarm."
    return (
        f"In {first.onset}; {over}. An alarm under the policy “{policy.id}” needs a score of "
        f"{policy.on:g} or more in {policy.months_needed} of {policy.months_watched} months and "
        f"ends below {policy.off:g}.{drawn}"
    )


def _tell_warnings(brief: Brief) -> str:
    warnings = sorted(brief.warnings, key=_given)
    if not warnings:
        return "No warning is on record by then."
    if not brief.flags.alarms:
        return f"There was no alarm; {len(warnings)} warnings are on record in all."
    onset = brief.flags.alarms[0].onset
    before = [warning for warning in warnings if _given(warning).isoformat()[:7] <= onset]
    if not before:
        return (
            f"Nobody, as far as the record tells; the first of {len(warnings)} warnings came on "
            f"{warnings[0].date}."
        )
    named = "; ".join(
        f"{w.shown('issuer')} to {w.shown('addressee')}, {w.date} ({w.audience})"
        for w in before[:NAMED]
    )
    rest = f"; and {len(before) - NAMED} more" if len(before) > NAMED else ""
    return (
        f"{len(before)} of {len(warnings)} warnings on record had been given by the end of "
        f"{onset}: {named}{rest}. A warning counts from the last day that its date may mean; some "
        "are known only from what was written later."
    )


def _given(warning: EarlyWarning) -> date:
    when: ImpreciseDate = warning.date
    return when.latest or when.earliest or date.max


def _tell_response(brief: Brief) -> str:
    if not brief.gaps:
        return "No warning is on record, so none waited for a response."
    if brief.gap is None:
        return f"The method's own rule for an answer cannot be judged: {brief.missing_gap}."
    gap = brief.gap
    alarms = [lag for lag in gap.lags if not lag.warning]
    said = f"Under the rule “{gap.rule.label}” the first warning {_tell_lag(brief, gap.warned[0])}."
    if alarms:
        said += f" The first alarm {_tell_lag(brief, alarms[0])}."
    answered = {rule: one.answered for rule, one in brief.gaps.items()}
    others = [count for rule, count in answered.items() if rule != gap.rule.id]
    elsewhere = f", under others {min(others)} to {max(others)}" if others else ""
    unjudged = "".join(
        f" The rule “{name}” cannot be judged: {NO_NEED}." for name in brief.unjudged
    )
    return (
        f"{said} Under this rule {answered[gap.rule.id]} of {len(gap.warned)} warnings are answered"
        f"{elsewhere}. A rule looks at mandate, dates and numbers. It does not tell whether "
        f"anybody was protected, nor whether the response came because of the warning.{unjudged}"
    )


def _tell_lag(brief: Brief, lag: Lag) -> str:
    given = lag.warning.date if lag.warning else lag.subject
    if lag.response is None:
        return f"({given}) had no answer by the end of {brief.months[-1]}"
    return (
        f"({given}) was answered {tell_days(lag.days)} later, {lag.answered_on}, by "
        f"{lag.response.shown('measure')} ({lag.response.shown('actor')})"
    )


def _tell_judgement(brief: Brief) -> str:
    if brief.tree is None:
        return "Every judgement was settled by whoever asked for this report."
    rows = brief.tree.to_rows("branches")
    spans = {}
    for name in brief.tree.branches:
        means = [row["mean_score"] for row in rows if row["branch"] == name]
        spans[name] = (max(means) - min(means), min(means), max(means))
    most = max(spans, key=lambda name: spans[name][0])
    question = brief.framework.branches[most].question
    several = f"the {len(spans)} judgements" if len(spans) > 1 else "1 judgement"
    _, low, high = spans[most]
    share = float(brief.tree.weights[brief.tree.alarm.any(axis=1)].sum())
    first = sorted(month for month in brief.tree.first_alarm if month is not None)
    when = f", the first in {first[0]} to {first[-1]}" if first else ""
    return (
        f"Of {several} that make up a score, this one: “{question}” From one of its options to "
        f"another the mean monthly score goes from {low:.2f} to {high:.2f}. Of the "
        f"{len(brief.tree.leaves)} methods that the options make, {share:.0%} by weight raise an "
        f"alarm{when}. What counts as an alarm, what counts as an answer and the coding itself are "
        "judgements too; they are not among these."
    )


def _tell_flips(brief: Brief) -> Iterator[str]:
    if not brief.flips:
        yield "No alarm was raised, so none could move."
    for flip in brief.flips:
        row = flip.to_row()
        then = f"in {row['then']}" if row["then"] else "never"
        if isinstance(flip, Flip):
            yield _tell_rows(brief, flip, then)
        elif flip.change is not None:
            yield f"No weight need change by more than {flip.change:.0%} for it to come {then}."
    moved = _list_movers(brief)
    if moved:
        yield f"Scenarios that move it: {', '.join(moved)}."


def _tell_rows(brief: Brief, flip: Flip, then: str) -> str:
    if not flip.is_possible:
        return "No set of rows that was tried moves it."
    told = {item.id: item.shown_summary for item in brief.evidence}
    rows = "; ".join(f"{name} ({told[name]})" for name in flip.evidence[:NAMED])
    rest = f" and {len(flip.evidence) - NAMED} more" if len(flip.evidence) > NAMED else ""
    proof = "" if flip.is_minimal else f" (at least {flip.least} rows are needed)"
    return f"Without {rows}{rest}{proof} it would come {then}."


def _list_movers(brief: Brief) -> list[str]:
    if not brief.scenario_rows:
        return []
    base, *rows = brief.scenario_rows
    return [
        f"{row['scenario']} ({row['first_alarm'] or 'none'})"
        for row in rows
        if row["first_alarm"] != base["first_alarm"]
    ]


def _tell_outcomes(brief: Brief) -> str:
    found = brief.verification
    if found is None:
        return f"Nobody can say: {brief.missing_verification}."
    rows = found.to_rows("onsets")
    if not rows:
        return (
            f"There was nothing to warn of: by what was counted since, {found.outcome.label} was "
            "not reached anew in these months."
        )
    told = []
    for onset in dict.fromkeys(row["onset"] for row in rows):
        mine = [row for row in rows if row["onset"] == onset]
        tiers = "; ".join(f"{row['tier']} {_tell_lead(row)}" for row in mine)
        told.append(f"in {onset}: {tiers}.")
    return (
        f"By what was counted since, {found.outcome.label} was reached anew {' '.join(told)} One "
        "case gives no rate, and whoever coded it may have known what came."
    )


def _tell_lead(row: Row) -> str:
    if row["lead"] is None:
        return "was not on"
    if not row["lead"]:
        return "came on in that month"
    begun = ", since the case begins" if row["from_start"] else ""
    return f"had been on for {tell_count(row['lead'], 'month')}{begun}"


def _tell_hindsight(brief: Brief) -> str:
    now = brief.assessment
    if brief.retrospective is None:
        return "Not shown on the record of a day, which had none of what was learnt later."
    later = brief.retrospective.on_record[: len(brief.months)]
    added = later - now.on_record
    if np.isnan(added).all():
        return "No month has something on record both then and now."
    place = int(np.nanargmax(abs(added)))
    unknown = int((np.isnan(now.on_record) & ~np.isnan(later)).sum())
    only = (
        f" In {tell_count(unknown, 'month')} only hindsight has anything on record."
        if unknown
        else ""
    )
    return (
        f"With all that is known now the score is on average {np.nanmean(added):+.2f} different; "
        f"most in {brief.months[place]}, where it is {later[place]:.2f} instead of "
        f"{now.overall[place]:.2f}.{only}"
    )

"""Hearing: who heard which warning, and from which day on it waits."""

from __future__ import annotations

from datetime import date

from atrisk.base.dates import Month, Span, bounds
from atrisk.base.errors import RequestError
from atrisk.cases.case import Case
from atrisk.cases.evidence import AUDIENCES
from atrisk.cases.ledger import EarlyWarning
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans
from atrisk.scoring.seen import see_case

Heard = tuple[EarlyWarning, Span]


def find_seen(case: Case, assessment: Assessment) -> Case:
    """Return the case as the assessment saw it.

    Raises:
        RequestError: it is of another record: its scores would stand beside foreign ledgers.
    """
    other = assessment.case
    if other is case:
        return case
    if see_case(case, assessment.outlook, assessment.audience).digest != other.digest:
        what = f"another record of {case.id}" if other.id == case.id else f"{other.id}, not of"
        more = "" if other.id == case.id else f" {case.id}"
        raise RequestError(f"the assessment is of {what}{more}; assess this {case.id} first")
    return other


def list_heard(case: Case, assessment: Assessment) -> list[Heard]:
    """Return the warnings heard by the day that is seen, each with when, in time.

    Without an audience a warning is heard when it is given. An audience hears its own warnings
    and the public ones when they are given, and the others when their source is published.

    Raises:
        RequestError: there is none.
    """
    until, audience = assessment.until, assessment.audience
    shared = ("public", audience) if audience else AUDIENCES
    heard = [
        (warning, Span.of(warning.date) if warning.audience in shared else _come_out(case, warning))
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
    return sorted(heard, key=lambda one: (one[1].middle, one[0].id))


def list_alarms(assessment: Assessment) -> list[tuple[str, Span]]:
    """Return the month of each alarm, and when it began to wait."""
    months = assessment.months
    return [
        (months[alarm], Span.of(min(Month.parse(months[alarm]).last_day, assessment.until)))
        for alarm, _ in find_spans(assessment)
    ]


def _come_out(case: Case, warning: EarlyWarning) -> Span:
    """Return when a warning's source came out, which is no earlier than the warning."""
    given = Span.of(warning.date)
    out = Span.of(case.source_by_id[warning.source].published)
    return given.follow(out)


def _is_out(case: Case, warning: EarlyWarning, until: date) -> bool:
    published = case.source_by_id[warning.source].published.latest
    return published is not None and published <= until

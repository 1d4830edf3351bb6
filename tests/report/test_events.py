"""Events: what raised the score most, of its own month, and never of a later day."""

from __future__ import annotations

import numpy as np
import pytest

import atrisk
from atrisk.cases.evidence import knowledge_day
from atrisk.cases.loading import list_cases
from atrisk.report.events import MOST, list_events
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.news import split_changes
from shipped import car, un
from toys import THREE_FACTOR, case_of, evidence


def find(now: Assessment) -> dict[str, str]:
    return {event.month: event.evidence for event in list_events(now, split_changes(now))}


def test_the_months_in_which_the_country_fell_apart_are_named() -> None:
    events = list_events(now := atrisk.assess(car(), un()), split_changes(now))
    told = {event.month: event.text for event in events}
    assert "Séléka" in told["2012-12"]
    assert told["2013-03"] == "Séléka looters hit UN offices and stores."
    assert "anti-balaka attacked the Séléka in Bangui" in told["2013-12"]
    assert [event.place for event in events] == sorted(event.place for event in events)


@pytest.mark.parametrize("name", list_cases())
def test_each_event_happened_then_and_was_known_then(name: str) -> None:
    now = atrisk.assess(atrisk.load_case(name), un())
    changes = split_changes(now)
    events = list_events(now, changes)
    rows = {item.id: item for item in now.case.evidence}
    assert len(events) <= MOST
    for event in events:
        item = rows[event.evidence]
        assert item.start.earliest is not None
        begun = f"{item.start.earliest:%Y-%m}"
        assert begun in now.months[event.place - 1 : event.place + 1]
        known = knowledge_day(item, now.case.source_by_id[item.source])
        assert f"{known:%Y-%m}" <= event.month
        assert round(event.part, 2) > 0
        assert event.news == changes.news[event.place]
    told = {event.place for event in events}
    least = min((changes.news[place] for place in told), default=np.inf)
    others = [p for p in np.flatnonzero(changes.news > least).tolist() if p not in told]
    if len(events) < MOST:  # the rest have no event of their own
        for place in others:
            assert not any(
                (day := item.start.earliest)
                and f"{day:%Y-%m}" in now.months[place - 1 : place + 1]
                and round(_find_news(now, place, item.id), 2) > 0
                for item in now.case.evidence
            )


def _find_news(now: Assessment, place: int, evidence: str) -> float:
    before, month = now.months[place - 1 : place + 1]
    rows = atrisk.compare_scores((now, before), (now, month))
    return sum(row["news"] for row in rows if row["evidence"] == evidence)


def test_of_a_condition_and_an_event_the_event_is_told() -> None:
    rows = (
        evidence("base", start="2020-01", end="..", known="2020-01", severity="1"),
        evidence("old", start="../2019", end="..", known="2020-03", severity="4"),
        evidence("hit", start="2020-03", end="..", known="2020-03", severity="4", indicators="1.1"),
    )
    assert find(atrisk.assess(case_of(*rows), THREE_FACTOR)).get("2020-03") == "hit"


def test_a_score_that_never_rises_has_no_event() -> None:
    still = case_of(evidence("base", start="2020-01", end="..", known="2020-01"))
    assert find(atrisk.assess(still, THREE_FACTOR)) == {}
    one = atrisk.assess(still, THREE_FACTOR, knowledge="2020-01-31")
    assert find(one) == {}

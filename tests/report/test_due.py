"""What is due stands in the brief and on the page, as the case's own log has it by then."""

from __future__ import annotations

from dataclasses import replace

import pytest

import atrisk
from atrisk.report.brief import prepare_brief
from atrisk.report.briefing.content import prepare_briefing
from atrisk.report.briefing.ledgers import DUE
from atrisk.report.briefing.template import list_languages
from gap.test_actions import action, done
from report.test_briefing import say
from shipped import bare, car, un

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
from atrisk.report.page import render_report

STOCKS = action(tier="alarm", action="Move relief stocks forward", within_days="10")
LISTS = action(
    "lists", tier="watch", phase="readiness", action="Check the lists", money="", currency="",
    mandate="", actor="Protection unit",
)  # fmt: skip
LOG = done("2013-01-21", decided="2013-02-04", completed="2013-03-08")


def with_actions(*rows: atrisk.Action) -> atrisk.Case:
    return replace(bare(), actions=rows, activations=(LOG,))


def test_a_brief_says_what_is_due_by_whom_and_when() -> None:
    told = say(prepare_briefing(with_actions(STOCKS, LISTS), un(), "2013-02"), "due")
    first, second = told.splitlines()
    assert first == "• Check the lists: Protection unit, by 2012-02-10 (readiness; overdue)."
    assert second == (
        "• Move relief stocks forward: Logistics, by 2013-02-10 (activation; under way, late; "
        "50,000 EUR; the director signs)."
    )


def test_what_was_done_is_no_longer_due_and_its_day_is_not_seen_before() -> None:
    case = with_actions(STOCKS)
    assert "2013-03" not in say(prepare_briefing(case, un(), "2013-02"), "due")
    assert say(prepare_briefing(case, un(), "2013-03"), "due") == "No early action is due."


@pytest.mark.parametrize("language", list_languages())
def test_of_many_the_first_are_named_and_the_others_counted(language: str) -> None:
    many = tuple(action(f"a{n}", tier="alarm") for n in range(DUE + 3))
    case = replace(bare(), actions=many)
    lines = say(prepare_briefing(case, un(), "2013-03", language=language), "due").splitlines()
    assert len(lines) == DUE + 1
    assert "3" in lines[-1]


def test_a_case_without_a_protocol_says_nothing_of_it() -> None:
    sections = [one.name for one in prepare_briefing(bare(), un(), "2013-03").sections]
    assert "due" not in sections
    page = render_report(prepare_brief(bare(), un(), draws=20), annex=False)
    assert 'id="due"' not in page
    assert not car().actions


def test_the_page_has_what_is_due_and_the_lag() -> None:
    brief = prepare_brief(with_actions(STOCKS, LISTS), un(), draws=20, knowledge="2013-03-31")
    assert brief.actions is not None
    page = render_report(brief, annex=False)
    section = page[page.index('id="due"') : page.index('id="scale"')]
    assert "Overdue since 2012-02-10: Check the lists" in section
    assert "Move relief stocks forward" in section
    assert "done late" in section
    assert 'href="#due"' in page
    secret = replace(bare(), actions=(action(tier="alarm", action="Canary", confidential="yes"),))
    hidden = render_report(prepare_brief(secret, un(), draws=20), annex=False)
    assert "Canary" not in hidden
    assert "(confidential)" in hidden

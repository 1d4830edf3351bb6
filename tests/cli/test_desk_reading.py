"""Reading on the coding page: selecting by keys and by touch, drafts, claims, marks, settling."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desks import HEADER, Served, make_desk

pytest.importorskip("playwright.sync_api")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("axe_playwright_python")
from cli.test_desk_browser import CHROMIUM, PHONE, WIDE, Coder, axe, browser, keep

__all__ = ["browser"]  # a fixture
pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
OTHER = (
    "ana-1,letter,passage 1,burned the market of Aba,2020-02-03,,,public,1.1,aggravating,2,2,,,,"
    "Aba,A market was burned.\n"
)
NIGHT = "Men\u202e of Aba came by night, and the killing began."
OWN = OTHER.replace("ana-1", "own-1").replace("aggravating,2,", "aggravating,4,")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    case, documents = make_desk(tmp_path, NIGHT)
    (case / "evidence.csv").write_text(HEADER + OWN, encoding="utf-8")
    (case / "evidence.ana.csv").write_text(HEADER + OTHER, encoding="utf-8")
    with Served(case, documents) as desk:
        yield desk


def open_letter(coder: Coder) -> Any:
    coder.page.locator("#documents button", has_text="A letter").first.click()
    coder.page.locator(".passage .draft").first.wait_for()
    return coder.page


def test_words_are_selected_by_keys_alone(browser: Any, served: Served) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    page.locator('.passage[data-number="2"]').focus()
    page.keyboard.press("k")
    page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    chosen = page.evaluate("getSelection().toString().trim()")
    assert chosen in "On 5 February 2020 the army closed the road to Bede"
    assert len(chosen.split()) == 4
    assert page.locator("#undo").is_disabled()  # nothing was saved yet
    page.keyboard.press("e")
    page.locator("#f-summary").wait_for()
    assert chosen.startswith(page.locator("#f-quote").input_value()[:4])
    assert page.locator("#form blockquote").inner_text().strip() == chosen
    for _ in range(60):  # never beyond the passage
        page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    for _ in range(60):
        page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("getSelection().toString()").strip().endswith("every house there.")


def test_a_selection_is_kept_when_a_finger_presses_the_button(browser: Any, served: Served) -> None:
    page = open_letter(Coder(browser, served, **PHONE))
    page.locator('.passage[data-number="5"] > p').first.evaluate(
        """place => {
            const range = document.createRange();
            range.setStart(place.firstChild, 20);
            range.setEnd(place.firstChild, 60);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
    )
    page.locator('#acts [data-table="evidence"]').tap()
    page.locator("#f-summary").wait_for()
    assert page.locator("#f-locator").input_value() == "passage 5"
    assert (
        page.locator("#f-quote").input_value()
        in page.locator('.passage[data-number="5"] > p').first.inner_text()
    )


def test_a_draft_opens_the_row_with_its_indicator_and_letters_choose(
    browser: Any, served: Served
) -> None:
    coder = Coder(browser, served, **WIDE)
    page = open_letter(coder)
    assert page.locator('.passage[data-number="1"] .draft').count() == 0  # something is coded there
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.dataset.number") == "2"
    draft = page.locator(".passage .draft button").first
    code = draft.inner_text().split()[0]
    draft.click()
    page.locator("#f-summary").wait_for()
    assert page.locator("#f-indicators").input_value() == code
    for name, key, value in (("direction", "m", "mitigating"), ("severity", "3", "3"),
                             ("credibility", "6", "6"), ("audience", "c", "council")):  # fmt: skip
        page.locator(f'input[name="{name}"]').first.focus()
        page.keyboard.press(key)
        assert page.locator(f'input[name="{name}"]:checked').input_value() == value
    framework = served.desk.tables.framework.header.severity
    meanings = {one.mitigating or one.meaning for one in framework if one.value}
    assert all(words in page.locator("#form").inner_text() for words in meanings)
    more = "2.1" if code == "1.1" else "1.1"
    page.locator("input[type=search]").fill(more)
    page.keyboard.press("Enter")
    told = f"{code};{more}"
    same = "told => document.getElementById('f-indicators').value === told"
    page.wait_for_function(same, arg=told)
    page.locator("#chosen", has_text=code).wait_for()


def test_the_same_fact_is_offered_in_its_own_words(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    page = open_letter(coder)
    page.locator('.passage[data-number="1"] small').click()
    page.keyboard.press("e")
    offered = page.locator("button", has_text="Same fact as own-1")
    offered.wait_for()
    assert "A market was burned." in page.locator("#form").inner_text()
    offered.click()
    page.locator("#f-summary").fill("Two traders were shot.")
    page.locator("#f-indicators").fill("1.1")
    for name, value in (("direction", "aggravating"), ("severity", "2"), ("credibility", "2"),
                        ("audience", "public")):  # fmt: skip
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-e001")
    claims = [row["claim"] for row in served.desk.tables.list_rows("evidence")]
    assert claims == ["own-1", "own-1"]


def test_what_nobody_sees_is_shown_and_still_selected_as_it_is(
    browser: Any, served: Served
) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    mark = page.locator(".hidden-mark")
    assert mark.get_attribute("data-shown") == "\\u202e"
    assert mark.evaluate("one => getComputedStyle(one, '::before').content") == json.dumps(
        "\\u202e"
    )
    text = page.locator(".passage > p", has=mark).first
    assert text.evaluate("one => one.textContent") == NIGHT


def test_how_much_was_read_is_saved_where_one_reads(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    page = open_letter(coder)
    page.locator("#extent").select_option("part")
    coder.wait("saved how much was read")
    page.locator("#documents small", has_text="read in part, 1 of 13 passages coded").wait_for()
    after = served.desk.tables.steps[-1].after
    assert after is not None
    assert after["extent"] == "part"


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_two_coders_are_settled_side_by_side(browser: Any, served: Served, size: str) -> None:
    coder = Coder(browser, served, **(WIDE if size == "wide" else PHONE))
    page = coder.page
    page.locator("#settle").click()
    card = page.locator(".card")
    card.wait_for()
    assert card.locator(".differs").all_inner_texts() == ["4", "2"]
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep(page, f"desk-settle-{size}")
    card.locator("button", has_text="Take over").click()
    page.locator("#f-summary").wait_for()
    assert page.locator("#f-id").input_value() == "ana-1"
    page.keyboard.press("Control+Enter")
    coder.wait("saved ana-1")
    page.locator(".card").locator("[type=submit]").click()
    page.locator(".card .problem", has_text="by").wait_for()
    page.locator("[aria-label='settled by']").fill("mk")
    page.locator("[aria-label=reason]").fill("One place.")
    page.locator("input[name=kept][value=ana-1]").check()
    page.locator(".card [type=submit]").click()
    coder.wait("settled letter")
    record = (served.desk.tables.folder / "adjudication.csv").read_text(encoding="utf-8")
    assert record.splitlines()[1].startswith("letter,passage 1,ana-1,mk,")
    page.locator("#documents button", has_text="A letter").first.click()
    page.locator(".passage").first.wait_for()
    assert page.locator("#settling").is_hidden()
    assert coder.said == []


def fill_evidence(page: Any, *, audience: bool = True) -> None:
    page.locator("#f-summary").fill("Wells were spoiled.")
    page.locator("#f-indicators").fill("3.1")
    chosen = [("direction", "aggravating"), ("severity", "2"), ("credibility", "2")]
    for name, value in chosen + [("audience", "public")] * audience:
        page.locator(f'input[name="{name}"][value="{value}"]').check()


def test_a_save_that_fails_says_so_and_goes_to_the_first_fault(
    browser: Any, served: Served
) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    fill_evidence(page, audience=False)
    page.locator("#effect", has_text="complete: audience").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("#form-problem", has_text="Not saved: look at audience").wait_for()
    assert page.evaluate("document.activeElement.name") == "audience"


def test_while_a_row_is_open_no_letter_undoes_or_codes(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    page = open_letter(coder)
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    fill_evidence(page)
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-e001")
    page.keyboard.press("e")
    page.locator("#f-summary").fill("Half a sentence")
    page.locator("#row-title").click()
    for key in "uwjf":
        page.keyboard.press(key)
    assert page.locator("#f-summary").input_value() == "Half a sentence"
    assert len(served.desk.tables.steps) == 1


def test_what_was_typed_into_a_row_that_was_closed_comes_back(browser: Any, served: Served) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    page.locator("#f-summary").fill("Half a sentence")
    page.keyboard.press("Escape")
    page.locator("#restore").click()
    assert page.locator("#f-summary").input_value() == "Half a sentence"
    assert page.locator("#f-locator").input_value() == "passage 7"


def test_an_indicator_is_found_by_words_or_browsed(browser: Any, served: Served) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    page.locator("input[type=search]").fill("was there fighting or hungers")  # by stems, not all
    page.locator("#form li button", has_text="1.2 Fighting").wait_for()
    page.locator("#form li button", has_text="3.1 Hunger").wait_for()
    page.locator("input[type=search]").fill("zzz")
    page.locator("#form li", has_text="No indicator is like these words").wait_for()
    page.locator("summary", has_text="Browse all indicators").click()
    page.locator("summary", has_text="2 ").click()
    page.locator("#form details button", has_text="2.2 Spark").click()
    assert page.locator("#f-indicators").input_value() == "2.2"


def test_confidential_rows_are_counted_and_the_curve_grows_with_the_rows(
    browser: Any, served: Served
) -> None:
    folder = served.desk.tables.folder
    sources = (folder / "sources.csv").read_text(encoding="utf-8").splitlines()
    told = [f"{sources[0]},confidential", f"{sources[1]},", f"{sources[2]},yes", ""]
    (folder / "sources.csv").write_text("\n".join(told), encoding="utf-8")
    row = next(iter(served.desk.tables.list_rows("evidence")))
    for number in range(3):
        served.desk.answer("save", {"table": "evidence", "cells": row | {"id": f"n-{number}"}})
    coder = Coder(browser, served, **WIDE)
    page = open_letter(coder)
    page.locator("#kept-out", has_text="1 confidential row is kept out of this page").wait_for()
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    fill_evidence(page)
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-e001")
    page.locator("#tell-curve").click()
    page.locator("#curve", has_text="indicators that have evidence already").wait_for()
    before = page.locator("#curve").inner_text()
    page.locator('.passage[data-number="8"] small').click()
    page.keyboard.press("e")
    fill_evidence(page)
    page.locator("#f-indicators").fill("2.1")
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-e002")
    assert page.locator("#curve").inner_text() != before


def test_a_date_in_words_is_written_as_the_tables_have_it(browser: Any, served: Served) -> None:
    page = open_letter(Coder(browser, served, **WIDE))
    page.locator('.passage[data-number="7"] small').click()
    page.keyboard.press("e")
    for typed, told in (("12 April 2020", "2020-04-12"), ("avril 2020", "2020-04"),
                        ("2020-05-01", "2020-05-01"), ("some day", "some day")):  # fmt: skip
        page.locator("#f-known").fill(typed)
        page.locator("#f-end").focus()
        same = "told => document.getElementById('f-known').value === told"
        page.wait_for_function(same, arg=told)
        assert page.locator("#f-known").input_value() == told
    page.locator("#f-known-said", has_text="is not a date").wait_for()


def test_the_dates_of_an_opening_are_offered_as_its_publication(
    browser: Any, served: Served
) -> None:
    page = Coder(browser, served, **WIDE).page
    page.locator("button.source", has_text="List as a source").first.click()
    page.locator("#row-title", has_text="New source").wait_for()
    assert page.locator("#f-published-list option").first.get_attribute("value") == "2020-02-03"
    assert page.locator("#form-problem").inner_text() == ""  # nothing was tried yet
    assert page.locator("#passages .passage").count() > 0  # the document is open beside it

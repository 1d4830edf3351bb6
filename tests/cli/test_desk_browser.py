"""The coding page in a real browser: by keyboard alone, by mouse, on a phone, audited.

Set ATRISK_PICTURES to a folder to keep the photographs and look at them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import atrisk
from desks import FACTS, FRAMEWORK, Served, make_desk

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
from cli.test_desk_server import HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
WIDE: dict[str, Any] = {"viewport": {"width": 1300, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    case, documents = make_desk(tmp_path, HOSTILE)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "before"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *words], cwd=case, check=True)
    with Served(case, documents) as desk:
        yield desk


class Coder:
    """Somebody at the page, and what the page asked for and complained of."""

    def __init__(self, browser: Any, served: Served, **how: Any) -> None:
        self.page = browser.new_context(**how).new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(served.door.address)
        self.page.locator("#documents button").first.wait_for()

    def wait(self, words: str) -> None:
        self.page.locator("#said", has_text=words).wait_for()

    def tab_to(self, name: str) -> None:
        """Press Tab until a field has the focus."""
        for _ in range(40):
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"no Tab leads to {name}")

    def type_into(self, name: str, text: str) -> None:
        self.tab_to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose a radio button by Tab, Space and arrows."""
        self.tab_to(name)
        self.page.keyboard.press("Space")
        for _ in range(9):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"no arrow leads to {name} {value}")


def keep(page: Any, name: str) -> None:
    folder = os.environ.get("ATRISK_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def code_by_keyboard(coder: Coder, number: int) -> None:
    coder.page.keyboard.press("e")
    coder.page.locator("#f-summary").wait_for()
    coder.page.keyboard.type(f"A fact of passage {number}, in own words.")
    coder.type_into("indicators", "1.1")
    coder.choose("direction", "aggravating")
    coder.choose("severity", str(1 + number % 4))
    coder.choose("credibility", "2")
    coder.tab_to("start")
    if not coder.page.evaluate("document.activeElement.value"):  # no one date is told
        coder.page.keyboard.type("2020-02")
    coder.choose("audience", "public")
    coder.page.keyboard.press("Control+Enter")
    coder.wait(f"saved letter-e{number:03}")


def code_by_mouse(coder: Coder, number: int) -> None:
    """Select the last words of a passage with the mouse, and fill the form with it."""
    page = coder.page
    text = page.locator(f'.passage[data-number="{number}"] p')
    text.evaluate(
        """element => {
            const range = document.createRange();
            const last = [...element.childNodes].at(-1);
            range.setStart(last, Math.max(0, last.length - 40));
            range.setEnd(last, last.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
    )
    page.locator("#acts button", has_text="Evidence").click()
    page.locator("#f-summary").fill(f"Another fact of passage {number}.")
    if not page.locator("#f-start").input_value():
        page.locator("#f-start").fill("2020-02")
    page.locator("input[type=search]").fill("2.1" if number % 2 else "1.1")
    page.locator("#form li button").first.click()
    for name, value in (("direction", "aggravating"), ("severity", "2"), ("credibility", "3"),
                        ("audience", "public")):  # fmt: skip
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    page.locator("#form button[type=submit]").click()
    coder.wait(f"saved letter-e{number + 10:03}")


def test_ten_by_keyboard_ten_by_mouse_a_warning_a_response_an_edit_and_an_undo(
    browser: Any, served: Served
) -> None:
    coder = Coder(browser, served, **WIDE)
    page = coder.page
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('#documents') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".passage").first.wait_for()
    for number in range(1, 11):
        code_by_keyboard(coder, number)
        page.keyboard.press("j")
    keep(page, "desk-coded")
    for number in range(1, 11):
        code_by_mouse(coder, number)
    code_others(coder)
    mark = page.locator("mark", has_text=" ").first
    mark.click()
    page.locator("#row-title", has_text="Change letter-e").wait_for()
    keep(page, "desk-change")
    page.locator('input[name="severity"][value="4"]').check()
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-e")
    edited = served.desk.tables.steps[-1]
    page.locator("#undo").click()
    coder.wait("took back the last save: letter-e")
    assert edited.before in list(served.desk.tables.list_rows("evidence"))
    check_files(served.desk.tables.folder)
    assert coder.said == []
    own = f"http://127.0.0.1:{served.door.port}/"
    assert all(url.startswith((own, "data:")) for url in coder.asked)


def code_others(coder: Coder) -> None:
    """Code a warning and a response, each from its passage."""
    page = coder.page
    page.evaluate("getSelection().removeAllRanges()")
    page.locator('.passage[data-number="11"]').click()
    page.keyboard.press("w")
    page.locator("#row-title", has_text="New warning").wait_for()
    page.locator("#f-summary").fill("A bishop warned of a massacre.")
    for name, text in (("issuer", "A bishop"), ("addressee", "The ministry"),
                       ("date", "2020-02-25")):  # fmt: skip
        page.locator(f"#f-{name}").fill(text)
    page.locator('input[name="about"][value="conflict"]').check()
    page.locator('input[name="audience"][value="public"]').check()
    page.locator('input[name="specificity"][value="imminent"]').check()
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-w001")
    page.locator('.passage[data-number="12"]').click()
    page.keyboard.press("r")
    page.locator("#row-title", has_text="New response").wait_for()
    page.locator("#f-summary").fill("Forty officers were sent.")
    page.locator("#f-actor").fill("The ministry")
    page.locator("#f-measure").fill("Police to the town")
    page.locator("#f-instrument").select_option("policing")
    page.locator("#f-deployed").fill("2020-02-28")
    page.locator('input[name="effect"][value="protective"]').check()
    page.locator('input[name="protects_civilians"][value="yes"]').check()
    page.keyboard.press("Control+Enter")
    coder.wait("saved letter-r001")


def check_files(case: Path) -> None:
    """The files are as ``validate`` wants them, and git shows lines that came and no others."""
    loaded = atrisk.load_case(case, atrisk.load_framework(FRAMEWORK))
    assert len(loaded.evidence) == 1 + 20
    assert [one.id for one in loaded.warnings] == ["letter-w001"]
    assert [one.id for one in loaded.responses] == ["letter-r001"]
    texts = " ".join(FACTS)
    assert all(one.quote in texts for one in loaded.evidence[1:])
    done = subprocess.run(
        ["git", "diff", "--numstat"], cwd=case, capture_output=True, text=True, check=True
    )
    assert done.stdout == "20\t0\tevidence.csv\n"
    left = subprocess.run(
        ["git", "status", "--short"], cwd=case, capture_output=True, text=True, check=True
    )
    assert sorted(left.stdout.splitlines()) == [
        " M evidence.csv", "?? responses.csv", "?? warnings.csv"
    ]  # fmt: skip


def test_faults_stand_by_their_fields_and_nothing_is_written(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    page = coder.page
    page.locator("#documents button").first.click()
    page.locator(".passage").first.wait_for()
    page.keyboard.press("e")
    page.locator("#f-summary").fill("A fact.")
    page.locator("#f-indicators").fill("99.9")
    page.locator("#f-indicators-said", has_text="does not exist").wait_for()
    assert page.locator("#f-indicators").get_attribute("aria-invalid") == "true"
    assert page.locator("#f-severity-said").inner_text() == ""  # not tried yet
    page.keyboard.press("Control+Enter")
    page.locator("#f-severity-said", has_text="the cell is empty").wait_for()
    keep(page, "desk-faults")
    assert len(list(served.desk.tables.list_rows("evidence"))) == 1
    page.keyboard.press("Escape")
    assert page.locator("#form input").count() == 0


def test_what_would_move_is_told_before_it_is_saved(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    page = coder.page
    page.locator("#documents button").first.click()
    page.locator(".passage").first.wait_for()
    page.keyboard.press("e")
    page.locator("#f-summary").fill("A fact.")
    page.locator("#f-indicators").fill("1.1")
    for name, value in (("direction", "aggravating"), ("severity", "4"), ("credibility", "1"),
                        ("audience", "public")):  # fmt: skip
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    page.locator("#effect li", has_text="2020-03").first.wait_for()
    told = page.locator("#effect").inner_text()
    assert "It counts from 2020-03-01" in told  # when the letter came out
    assert "2020-02:" not in told
    keep(page, "desk-effect")


def test_the_row_being_typed_is_there_after_a_crash(browser: Any, served: Served) -> None:
    first = Coder(browser, served, **WIDE)
    first.page.locator("#documents button").first.click()
    first.page.locator(".passage").first.wait_for()
    first.page.keyboard.press("e")
    first.page.locator("#f-summary").fill("Half a sentence")
    first.page.wait_for_timeout(600)
    first.page.reload()
    first.wait("the row that was being typed is back")
    assert first.page.locator("#f-summary").input_value() == "Half a sentence"


def test_text_of_a_document_stays_text(browser: Any, served: Served) -> None:
    coder = Coder(browser, served, **WIDE)
    coder.page.locator("#documents button").first.click()
    coder.page.locator(".passage").first.wait_for()
    assert HOSTILE in coder.page.locator("#passages").inner_text()
    assert coder.page.evaluate("window.broken") is None
    assert coder.page.locator("#passages img, #passages script").count() == 0
    assert coder.said == []


@pytest.mark.parametrize("size", ["wide", "dark", "phone"])
def test_an_audit_finds_nothing_serious_and_it_fits(
    browser: Any, served: Served, size: str
) -> None:
    how = {"wide": WIDE, "dark": WIDE | {"color_scheme": "dark"}, "phone": PHONE}[size]
    coder = Coder(browser, served, **how)
    page = coder.page
    page.locator("#documents button").first.click()
    page.locator(".passage").first.wait_for()
    page.locator("#acts button").first.click()
    page.locator("#f-summary").wait_for()
    page.evaluate("document.querySelector('#help').open = true")
    found = axe.Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep(page, f"desk-{size}")

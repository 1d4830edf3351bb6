"""The page in a real browser: offline, by touch and keyboard, dark, small, printed, unscripted.

Set ATRISK_PICTURES to a folder to keep the photographs and look at them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.report.brief import prepare_brief
from atrisk.report.page import render_report
from report.test_report import HOSTILE, hostile_case
from toys import THREE_FACTOR

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytest.importorskip("matplotlib")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CELL = "c-2013-12-11"
SIZES: dict[str, Any] = {
    "light": {"viewport": {"width": 1200, "height": 900}},
    "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
    "phone-dark": {
        "viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark",
    },
}  # fmt: skip
PAPER = 12  # pages, which the page without its annex stays under


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def car(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case, framework = atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")
    return atrisk.write_report(tmp_path_factory.mktemp("page") / "car.html", case, framework)


class Watched:
    """A page with everything that it asked for and complained of."""

    def __init__(self, browser: Any, file: Path, **how: Any) -> None:
        self.page = browser.new_context(**how).new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(file.as_uri())

    def is_open(self) -> bool:
        return bool(self.page.evaluate("document.getElementById('panel').open"))


def keep(page: Any, name: str) -> None:
    folder = os.environ.get("ATRISK_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_from_disk_asks_for_nothing_and_fits(browser: Any, car: Path, size: str) -> None:
    watched = Watched(browser, car, **SIZES[size])
    page = watched.page
    assert [url for url in watched.asked if not url.startswith("data:")] == [car.as_uri()]
    assert watched.said == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = "[...document.querySelectorAll('.picture')].filter(p => p.scrollWidth > p.clientWidth)"
    assert page.evaluate(f"{cut}.length") == 0
    keep(page, f"{size}-top")
    for plate in ("risk", "movement", "factors", "timeline", "gap", "need", "flags", "scale"):
        page.evaluate(f"document.getElementById('{plate}').scrollIntoView()")
        keep(page, f"{size}-{plate}")


def test_dark_is_dark_and_light_is_light(browser: Any, car: Path) -> None:
    shades = {}
    for size in ("light", "dark"):
        page = Watched(browser, car, **SIZES[size]).page
        ask = "e => getComputedStyle(e).{}.match(/\\d+/g).slice(0, 3).map(Number)"
        paper = page.eval_on_selector("body", ask.format("backgroundColor"))
        ink = page.eval_on_selector("svg text", ask.format("fill"))
        shades[size] = sum(paper), sum(ink)
    (light_paper, light_ink), (dark_paper, dark_ink) = shades["light"], shades["dark"]
    assert light_paper - light_ink > 400  # of three channels of 255 each
    assert dark_ink - dark_paper > 400


def test_the_letters_of_a_picture_can_be_read_on_a_phone(browser: Any, car: Path) -> None:
    page = Watched(browser, car, **SIZES["phone"]).page
    heights = page.evaluate(
        "[...document.querySelectorAll('#risk svg text')].map(t => t.getBoundingClientRect())"
        ".map(box => Math.min(box.height, box.width))"
    )
    assert min(heights) >= 5  # pixels of the shorter side: of a digit its width


def test_a_tap_on_a_cell_opens_its_evidence(browser: Any, car: Path) -> None:
    watched = Watched(browser, car, **SIZES["narrow"])
    page = watched.page
    cell = page.locator(f'svg a[*|href="#{CELL}"]').first
    cell.scroll_into_view_if_needed()
    cell.tap()
    assert watched.is_open()
    told = page.locator("#panel-body").inner_text()
    rows = atrisk.assess(
        atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")
    ).explain("2013-12", factor="11")
    for row in rows[:5]:
        assert row["evidence"] in told
        assert row["summary"] in told
        assert row["quote"] in told
        assert f"{row['contribution']:+.3f}" in told
    keep(page, "phone-panel")
    page.locator("#panel button").tap()
    assert not watched.is_open()


def test_a_click_on_a_point_opens_its_month_and_leads_on_to_a_row(browser: Any, car: Path) -> None:
    watched = Watched(browser, car, **SIZES["light"])
    watched.page.locator('#risk svg a[*|href="#m-2013-12"]').first.click(force=True)
    assert watched.is_open()
    link = watched.page.locator('#panel-body a[href^="#e-"]').first
    name = link.inner_text()
    link.click()
    assert name in watched.page.locator("#panel-body").inner_text()
    keep(watched.page, "light-panel")
    assert watched.said == []


def test_the_keyboard_alone_reaches_the_evidence(browser: Any, car: Path) -> None:
    watched = Watched(browser, car, **SIZES["light"])
    page = watched.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#factors summary").focus()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.hash || '').startsWith('#c-')"):
            break
    else:
        pytest.fail("no cell of the table takes the focus")
    page.keyboard.press("Enter")
    assert watched.is_open()
    assert page.evaluate("document.getElementById('panel').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert not watched.is_open()
    assert page.evaluate("document.activeElement.hash.startsWith('#c-')")


def test_without_scripts_the_same_link_leads_to_the_annex(browser: Any, car: Path) -> None:
    page = Watched(browser, car, **SIZES["light"], java_script_enabled=False).page
    page.locator(f'#factors svg a[*|href="#{CELL}"]').first.click(force=True)
    page.wait_for_url(f"**#{CELL}")
    page.wait_for_timeout(1000)
    box = page.locator(f"#{CELL}").bounding_box()
    assert box
    assert 0 <= box["y"] < SIZES["light"]["viewport"]["height"]


def test_on_paper_nothing_is_cut_off(browser: Any, car: Path, tmp_path: Path) -> None:
    page = Watched(browser, car, viewport={"width": 794, "height": 1123}).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('.picture')]"
        ".filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert wide == 0
    assert not page.locator(".month").first.is_visible()
    assert page.locator(".print").first.is_visible()
    keep(page, "print")
    pypdf = pytest.importorskip("pypdf")
    page.pdf(path=str(tmp_path / "car.pdf"), format="A4")
    pages = pypdf.PdfReader(tmp_path / "car.pdf").pages
    assert len(pages) < PAPER
    assert "Who had warned by then" in "".join(one.extract_text() for one in pages[:3])


def audit(page: Any) -> list[tuple[str, str, str]]:
    """Return what an audit finds that is serious."""
    return [
        (one["id"], one["impact"], one["nodes"][0]["html"][:200])
        for one in axe.Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return a board and the pages beside it."""
    cases = [atrisk.load_case(name) for name in ("car-2020-2021", "sen-2011-2012")]
    framework = atrisk.load_framework("un-foa-2014")
    folder = tmp_path_factory.mktemp("desk")
    return atrisk.write_board(folder / "board.html", cases, framework, draws=50)


@pytest.mark.parametrize("size", ["light", "dark", "phone", "phone-dark"])
def test_an_accessibility_audit_finds_nothing_serious(
    browser: Any, car: Path, desk: tuple[Path, ...], size: str
) -> None:
    """The audit of the large page takes a quarter of a minute: once, the others of a small one."""
    page = Watched(browser, car if size == "light" else desk[1], **SIZES[size]).page
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    if size == "dark":
        page.locator("#factors tbody a").first.click()
    assert audit(page) == []


@pytest.mark.parametrize("size", ["light", "dark", "phone", "phone-dark"])
def test_the_board_is_accessible_and_fits(browser: Any, desk: tuple[Path, ...], size: str) -> None:
    watched = Watched(browser, desk[0], **SIZES[size])
    assert audit(watched.page) == []
    assert watched.said == []
    assert watched.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep(watched.page, f"board-{size}")


def test_the_board_sorts_by_mouse_and_keyboard_and_opens_a_case(
    browser: Any, desk: tuple[Path, ...]
) -> None:
    page = Watched(browser, desk[0], **SIZES["light"]).page
    titles = page.locator("#board tbody th")
    before = titles.all_inner_texts()
    page.get_by_role("button", name="score", exact=True).click()
    scores = [float(text) for text in page.locator("#board td:nth-child(3)").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    page.get_by_role("button", name="score", exact=True).focus()
    page.keyboard.press("Enter")
    scores = [float(text) for text in page.locator("#board td:nth-child(3)").all_inner_texts()]
    assert scores == sorted(scores)
    assert page.locator("#board th[aria-sort]").count() == 1
    assert sorted(titles.all_inner_texts()) == sorted(before)
    name = titles.first.inner_text()
    titles.first.locator("a").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == name


def test_strangers_text_stays_text_in_the_browser(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(
        render_report(prepare_brief(hostile_case(), THREE_FACTOR, draws=20)), encoding="utf-8"
    )
    watched = Watched(browser, file, **SIZES["light"])
    page = watched.page
    assert HOSTILE in page.locator("h1").inner_text()
    page.locator('svg a[*|href^="#c-"]').first.click(force=True)
    assert watched.is_open()
    assert HOSTILE in page.locator("#panel-body").inner_text()
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert watched.said == []

"""The walk through docs/coding-page.md: its steps in a browser, and the pictures that it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import atrisk
from atrisk.cli.main import main
from toys import ROOT

PAGE = ROOT / "docs" / "coding-page.md"
PICTURES = ROOT / "docs" / "pictures"
WIDE: Any = {"width": 1280, "height": 860}
ROWS = (
    # words to select, indicator to search for, severity, summary
    ("burned the market of Aba", "11.1", "2", "Armed men burned a market."),
    ("called the people of the hills vermin", "hate", "3", "A radio incited against hill people."),
    ("that nobody would be punished", "impunity", "2", "The governor promised impunity."),
)  # fmt: skip


def read_letter() -> str:
    """Return the document that the page tells its reader to save."""
    (text,) = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(text)


def list_commands() -> list[str]:
    """Return the commands of the page."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def prepare(folder: Path) -> tuple[Path, Path]:
    """Return the case and the documents of the first step."""
    case, documents = folder / "my-case", folder / "documents"
    words = list_commands()[0].split()[1:]
    assert main([str(case) if word == "my-case" else word for word in words]) == 0
    documents.mkdir()
    (documents / "letter.txt").write_text(read_letter(), encoding="utf-8")
    return case, documents


@contextmanager
def serve(case: Path, documents: Path, like: tuple[str, ...] = ()) -> Iterator[str]:
    """Serve the page of a case while a block runs; give its address."""
    from desks import Served

    with Served(case, documents, framework=None, like=like) as served:
        yield served.door.address


def walk(page: Any, address: str, keep: Callable[[str], None]) -> None:
    """Follow steps 2 to 5, and keep a picture where the page shows one."""
    page.goto(address)
    page.locator("#documents button").first.wait_for()
    keep("coding-1-open")
    page.locator("button.source").click()
    page.locator("#f-publisher").fill("Justice and Peace Committee of Bede")
    page.locator("#f-published").fill("2020-03-02")
    page.locator("#f-kind").fill("letter")
    page.locator("#f-reliability").select_option("B")
    page.wait_for_timeout(400)
    keep("coding-2-source")
    page.keyboard.press("Control+Enter")
    page.locator("#said", has_text="saved letter").wait_for()
    page.locator("#documents button").first.click()
    page.locator(".passage .draft").first.wait_for()
    keep("coding-3-text")
    for number, (words, search, severity, summary) in enumerate(ROWS):
        select(page, words)
        page.keyboard.press("e")
        page.locator("#f-summary").fill(summary)
        page.locator("input[type=search]").fill(search)
        page.keyboard.press("Enter")
        for name, value in (("direction", "aggravating"), ("severity", severity),
                            ("credibility", "2"), ("audience", "public")):  # fmt: skip
            page.locator(f'input[name="{name}"][value="{value}"]').check()
        page.locator("#effect h3").wait_for()
        if number == 0:
            keep("coding-4-row")
        page.keyboard.press("Control+Enter")
        page.locator("#said", has_text=f"saved letter-e{number + 1:03}").wait_for()
    code_ledgers(page)
    page.locator("#extent").select_option("whole")
    page.locator("#documents small", has_text=", read,").wait_for()
    keep("coding-5-coded")


def code_ledgers(page: Any) -> None:
    """Code the bishop's warning and the police, each from its whole passage."""
    page.locator(".passage", has_text="The bishop warned").click()
    page.keyboard.press("w")
    fill(
        page,
        summary="The bishop warned of a massacre.",
        issuer="Bishop of Bede",
        addressee="Ministry of the interior",
        date="2020-02-25",
    )
    page.locator('input[name="about"][value="crimes_against_humanity"]').check()
    page.locator('input[name="specificity"][value="imminent"]').check()
    page.locator('input[name="audience"][value="internal"]').check()
    page.keyboard.press("Control+Enter")
    page.locator("#said", has_text="saved letter-w001").wait_for()
    page.locator(".passage", has_text="forty police officers").click()
    page.keyboard.press("r")
    fill(
        page,
        summary="Forty police officers were sent to Aba.",
        actor="Ministry of the interior",
        measure="Police to Aba",
        deployed="2020-02-28",
        promised="40",
        delivered="40",
        unit="police officers",
    )
    page.locator("#f-instrument").select_option("policing")
    page.locator('input[name="effect"][value="protective"]').check()
    page.locator('input[name="protects_civilians"][value="yes"]').check()
    page.keyboard.press("Control+Enter")
    page.locator("#said", has_text="saved letter-r001").wait_for()


def fill(page: Any, **cells: str) -> None:
    for name, text in cells.items():
        page.locator(f"#f-{name}").fill(text)


def select(page: Any, words: str) -> None:
    """Select words of the text, as a mouse does."""
    page.evaluate(
        """words => {
            const place = [...document.querySelectorAll('.passage > p:not(.draft)')]
                .find(one => one.textContent.includes(words));
            const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                return;
            }
        }""",
        words,
    )


def write_second_coder(case: Path) -> None:
    """Write Ana's rows: the case's own, one of them judged otherwise and one not coded."""
    head, *rows = (case / "evidence.csv").read_text(encoding="utf-8").splitlines()
    first = rows[0].replace(",2,2,", ",3,2,").replace("letter-e001", "ana-001")
    second = rows[1].replace("letter-e002", "ana-002")
    (case / "evidence.ana.csv").write_text("\n".join([head, first, second, ""]), encoding="utf-8")


def settle(page: Any, address: str, keep: Callable[[str], None]) -> None:
    """Follow step 7: keep the first coder's severity of the first passage and write why."""
    page.goto(address)
    page.locator("#settle").click()
    card = page.locator(".card").first
    card.wait_for()
    card.locator("input[value=letter-e001]").check()
    card.locator("[aria-label='settled by']").fill("mk")
    card.locator("[aria-label=reason]").fill("One market and two deaths: confined to one place.")
    keep("coding-6-settle")
    card.locator("button[type=submit]").click()
    page.locator("#said", has_text="settled letter").wait_for()


def check_case(case: Path) -> None:
    """The case holds what the walk coded, and is assessed."""
    loaded = atrisk.load_case(case)
    assert len(loaded.evidence) == len(ROWS)
    assert [one.id for one in loaded.warnings] == ["letter-w001"]
    assert [one.id for one in loaded.responses] == ["letter-r001"]
    assert loaded.sources[0].extent == "whole"
    assert atrisk.assess(loaded, atrisk.load_framework("un-foa-2014")).overall.max() > 0

"""The brief: every number is that of another result, nothing secret or later is in it, it opens."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.report.briefing.content import prepare_briefing
from atrisk.report.briefing.phrases import find_confidence
from atrisk.report.briefing.template import list_languages, load_template
from atrisk.report.briefing.writers import WRITERS, write_briefing
from ledgers import case_with, need, response, warning
from shipped import car, now, un
from toys import ROOT, THREE_FACTOR, case_of, evidence

SECTIONS = [
    "reading", "changes", "factors", "chart", "warnings", "watch", "assumptions", "unknown",
    "coding",
]  # fmt: skip
HOSTILE = '<script>x</script>&amp; *bold* [a](b) {score} "q"'


def say(brief: atrisk.Briefing, section: str = "") -> str:
    rows = [row for row in brief.to_rows() if section in ("", row["section"])]
    return "\n".join(row["text"] for row in rows)


@pytest.fixture(scope="module")
def december() -> atrisk.Briefing:
    return prepare_briefing(car(), un(), "2013-12")


def test_the_numbers_are_those_of_the_assessment(december: atrisk.Briefing) -> None:
    whole = now()
    place, before = whole.place("2013-12"), whole.place("2013-11")
    told = say(december, "reading")
    for value in (
        whole.overall[place], whole.overall[before], whole.low[place], whole.high[place],
    ):  # fmt: skip
        assert f"{value:.2f}" in told
    assert f"{whole.coverage[place]:.0%}" in told
    assert "extreme and rising" in told
    drivers = [un().factors[code].title for code in whole.driving_factors("2013-12")[:5]]
    factors = [row["text"] for row in december.to_rows() if row["section"] == "factors"]
    assert [text.startswith(f"• {d}. ") for text, d in zip(factors, drivers, strict=True)] == [
        True
    ] * 5


def test_every_section_is_there_and_in_order(december: atrisk.Briefing) -> None:
    assert [section.name for section in december.sections] == SECTIONS
    assert all(section.lines for section in december.sections)
    assert not re.search(r"\{\w+\}", say(december))  # no blank is left open
    assert "  " not in say(december)


def test_it_names_the_events_of_the_month(december: atrisk.Briefing) -> None:
    told = say(december, "changes")
    assert "The anti-balaka attacked the Séléka in Bangui" in told
    assert "2013-12-05, Bangui" in told
    change = atrisk.compare_months(car(), un(), "2013-12")
    first = next(row for row in change.to_rows("facts") if row["change"] > 0)
    assert f"{first['change']:+.3f}" in told


@pytest.mark.parametrize(
    ("low", "high", "covered", "word"),
    [(0.3, 0.4, 0.6, "high"), (0.3, 0.4, 0.4, "moderate"), (0.2, 0.4, 0.9, "moderate"),
     (0.1, 0.5, 0.9, "low"), (0.3, 0.4, 0.1, "low")],
)  # fmt: skip
def test_confidence_is_the_first_word_that_fits(
    low: float, high: float, covered: float, word: str
) -> None:
    class Made:
        framework = un()
        low: np.ndarray
        high: np.ndarray
        coverage: np.ndarray

    made = Made()
    made.low, made.high, made.coverage = np.array([low]), np.array([high]), np.array([covered])
    found = find_confidence(made, 0)  # type: ignore[arg-type] # what is read of one
    assert found is not None
    assert found.label == word


def test_a_framework_without_words_for_confidence_names_none() -> None:
    told = say(prepare_briefing(case_of(evidence("a")), THREE_FACTOR, "2020-03"), "reading")
    assert "because the interval" not in told


def test_warnings_without_an_answer_and_the_need_are_told() -> None:
    case = case_with(
        warning("one", "2020-01-11", summary="It may come."),
        warning("two", "2020-02-11", issuer="a village", summary="It comes."),
        response("r", deployed="2020-03-05", promised="9", delivered="3"), need("20", "2020-01-15"),
    )  # fmt: skip
    told = say(prepare_briefing(case, THREE_FACTOR, "2020-03"), "warnings")
    assert "Warnings on record: 2. Without an answer: 2. An answer is:" in told
    assert "a village to the council, 2020-02-11: It comes." in told
    assert "20" in told


def test_what_a_case_lacks_is_said() -> None:
    told = prepare_briefing(case_of(evidence("a", indicators="1.1")), THREE_FACTOR, "2020-03")
    assert say(told, "warnings") == "No warning is on record."
    assert "Nobody looked at 2 of 3 factors" in say(told, "unknown")
    assert "Nothing is new on record" in say(told, "changes")
    assert "nothing is on record. Depending on what is found" in say(told, "watch")


@pytest.mark.parametrize("language", list_languages())
def test_every_language_has_every_sentence_and_blank(language: str) -> None:
    english, other = load_template("en"), load_template(language)
    assert other.sentences.keys() == english.sentences.keys()
    assert english.words.keys() <= other.words.keys()
    for name, text in other.sentences.items():
        assert set(re.findall(r"\{\w+\}", text)) <= set(
            re.findall(r"\{\w+\}", english.sentences[name])
        )
    told = prepare_briefing(car(), un(), "2013-03", language=language)
    assert told.language == language
    assert not re.search(r"\{\w+\}", say(told))


def test_french_writes_numbers_and_months_as_french_does() -> None:
    told = say(prepare_briefing(car(), un(), "2013-03", language="fr"), "reading")
    assert "mars 2013" in told
    assert "0,37" in told
    assert "République centrafricaine" in told


def test_a_template_of_one_s_own_replaces_sentences(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[reading]\nsentence = "{case}: {band}!"\n[words]\nextreme = "very grave"\n', "utf-8"
    )
    brief = prepare_briefing(car(), un(), "2013-12", template=own)
    assert brief.sections[0].lines[0] == "Central African Republic: very grave!"
    own.write_text('[reading]\nsentense = "x"\nscore = "{sum}"\n[odd]\na = 1\n', "utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        prepare_briefing(car(), un(), "2013-12", template=own)
    for words in (
        "no sentence is called reading.sentense. Did you mean 'reading.sentence'?",
        "reading.score has no blank {sum}; it has {before}, {high}, {level}, {low}, {score}",
        "no sentence is called odd.a",
    ):
        assert words in str(caught.value)


def test_the_order_of_rows_changes_no_word() -> None:
    turned: dict[str, Any] = {name: rows[::-1] for name, rows in car().tables.items()}
    other = replace(car(), **turned, checked=True)
    for month in ("2013-12", "2014-06"):
        one, turned_one = (prepare_briefing(case, un(), month) for case in (car(), other))
        assert say(one) == say(turned_one)
        sides = (atrisk.compare_months(one, un(), month).describe() for one in (car(), other))
        assert len(set(sides)) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_the_latest_need_is_told_wherever_it_stands(turn: int) -> None:
    needs = [need("20", "2020-01-15"), need("40", "2020-02-15")][::turn]
    case = case_with(warning("one", "2020-01-11"), *needs)
    told = say(prepare_briefing(case, THREE_FACTOR, "2020-03"), "warnings")
    assert "Said to be needed: 40 guards" in told


def test_plain_words_are_of_the_numbers_that_ship() -> None:
    """What en.toml and fr.toml say of options in words must be what the options say in numbers."""
    pick = {name: branch.pick for name, branch in un().branches.items()}
    estimate = pick["factor_aggregation"]("estimate", "x")
    assert (estimate.prior, 1 / estimate.dependence) == (0.2, 2)
    assert pick["persistence"]("monthly-reports", "x").dynamic == 2
    assert pick["rule"]("to-need", "x").share == pick["rule"]("adequate", "x").share == 0.5
    assert pick["crime_aggregation"]("halves", "x").specific_share == 0.5


def test_another_method_s_numbers_are_not_told_in_the_words_of_what_ships(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "frameworks" / "un-foa-2014", tmp_path / "un-foa-2014")
    path = folder / "framework.toml"
    text = path.read_text(encoding="utf-8")
    plain = load_template("en").words["assume persistence monthly-reports"]
    assert plain in say(prepare_briefing(car(), un(), "2013-12"), "assumptions")
    at = text.index('id = "monthly-reports"')
    path.write_text(text[:at] + text[at:].replace("dynamic = 2", "dynamic = 5", 1), "utf-8")
    other = atrisk.load_framework(folder)
    assert plain not in say(prepare_briefing(car(), other, "2013-12"), "assumptions")


def hostile() -> atrisk.Briefing:
    rows = (
        evidence("a", start="2020-03-01", known="2020-03-02", summary=HOSTILE, place=HOSTILE),
        evidence("b", start="2020-03-02", known="2020-03-02", summary="never to be shown",
                 confidential="yes", indicators="2.1"),
        evidence("c", start="2020-01-02", known="2020-01-02", indicators="2.2"),
    )  # fmt: skip
    return prepare_briefing(case_of(*rows), THREE_FACTOR, "2020-03")


@pytest.mark.parametrize("ending", WRITERS)
def test_text_of_a_case_stays_text_and_secrets_stay_out(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for extra in {".docx": ["docx"], ".pdf": ["reportlab", "pypdfium2"]}.get(ending, []):
        pytest.importorskip(extra)
    content = write_briefing(tmp_path / f"a{ending}", hostile()).read_bytes()
    text = read_text(content, ending)
    assert "never to be shown" not in text
    assert "(confidential)" in text
    if ending == ".html":
        assert "<script>" not in text
        assert "&lt;script&gt;x" in text
        assert "http" not in text.replace("http-equiv", "")
    elif ending == ".md":
        assert r"\<script\>" in text
        assert r"\*bold\*" in text
    else:
        assert "<script>x</script>" in text.replace("\n", "").replace("&lt;", "<").replace(
            "&gt;", ">"
        )
    again = write_briefing(tmp_path / f"b{ending}", hostile()).read_bytes()
    assert read_text(again, ending) == text
    assert ending == ".docx" or again == content


def read_text(content: bytes, ending: str) -> str:
    if ending == ".docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read("word/document.xml").decode()
    if ending == ".pdf":
        import pypdfium2

        pages = pypdfium2.PdfDocument(content)
        return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    return content.decode()


@pytest.mark.parametrize("month", ["2013-12", "2015-12"])
def test_it_is_two_pages_long(month: str, tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    pytest.importorskip("matplotlib")
    out = write_briefing(tmp_path / "a.pdf", prepare_briefing(car(), un(), month))
    assert len(pdfium.PdfDocument(out)) <= 2


def test_styles_and_a_logo_of_one_s_own_are_taken(
    tmp_path: Path, december: atrisk.Briefing
) -> None:
    docx = pytest.importorskip("docx")
    pytest.importorskip("matplotlib")
    styled = docx.Document()
    styled.styles["Heading 2"].font.name = "Courier New"
    styled.sections[0].header.paragraphs[0].text = "Head of the desk"
    styled.add_paragraph("old words")
    styled.save(tmp_path / "styles.docx")
    logo = tmp_path / "logo.png"
    write_dot(logo)
    out = write_briefing(tmp_path / "a.docx", december, styles=tmp_path / "styles.docx", logo=logo)
    made = docx.Document(out)
    assert made.styles["Heading 2"].font.name == "Courier New"
    assert made.sections[0].header.paragraphs[0].text == "Head of the desk"
    assert "old words" not in "".join(one.text for one in made.paragraphs)
    assert len(made.inline_shapes) == 2  # the logo and the chart
    page = write_briefing(tmp_path / "a.html", december, logo=logo).read_text(encoding="utf-8")
    assert page.count("<img") == 2


def write_dot(file: Path) -> None:
    from matplotlib import image

    image.imsave(file, np.zeros((4, 4, 3)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--out", "a.txt"], "does not end in .docx, .html, .md, .pdf"),
        (["--out", "a.md", "--styles", "s.docx"], "styles are for .docx"),
        (["--out", "a.docx", "--styles", "WORDS"], "this is no Word document"),
        (["--out", "a.html", "--logo", "WORDS"], "no PNG and no JPEG"),
        (["--out", "a.html", "--logo", "nowhere.png"], "cannot be read"),
        (["--out", "a.md", "--template", "nowhere.toml"], "missing"),
        (["--out", "a.md", "--month", "2011-01"], "is no month of"),
    ],
)
def test_what_cannot_be_written_is_told(
    given: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for extra in ("docx", "matplotlib"):
        pytest.importorskip(extra)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("words")
    typed = [str(tmp_path / "words.txt") if one == "WORDS" else one for one in given]
    assert main(["brief", "car-2020-2021", *typed]) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.glob("a.*"))


def test_styles_that_unpack_to_more_than_is_read_are_refused(
    tmp_path: Path, december: atrisk.Briefing
) -> None:
    for extra in ("docx", "matplotlib"):
        pytest.importorskip(extra)
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(65 * 1024**2))
    with pytest.raises(atrisk.DataError, match="unpacks to more than 64 MiB"):
        write_briefing(tmp_path / "b.docx", december, styles=tmp_path / "a.docx")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024**2))
    with pytest.raises(atrisk.DataError, match="larger than 4 MiB"):
        write_briefing(tmp_path / "b.html", december, logo=tmp_path / "logo.png")


@pytest.mark.client
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_document(tmp_path: Path, december: atrisk.Briefing) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    for extra in ("docx", "matplotlib"):
        pytest.importorskip(extra)
    file = write_briefing(tmp_path / "a.docx", december)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=300)
    if not (tmp_path / "a.pdf").is_file():
        pytest.skip("its Writer is not here")
    pages = pdfium.PdfDocument(tmp_path / "a.pdf")
    told = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert len(pages) <= 2
    assert "extreme and rising" in " ".join(told.split())

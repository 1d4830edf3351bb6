"""Each format that analysts get, read as a person sees it."""

from __future__ import annotations

import shutil
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

import atrisk
from atrisk.documents.formats.readers import READERS
from atrisk.documents.passages import Document, read_document
from written import paragraph, write_docx, write_odt

pytest.importorskip("defusedxml")
pytest.importorskip("striprtf")
FIRST = "Armed men entered the village of Ngaya on 5 December 2013 and burnt every house."
OTHER = "Nobody from the capital came to help the people who had fled into the bush."


def read(folder: Path, name: str, data: bytes | str) -> Document:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return read_document(folder / name)


def list_texts(document: Document) -> list[tuple[str, str]]:
    return [(passage.heading, passage.text) for passage in document.passages]


def test_there_is_one_table_of_readers() -> None:
    assert set(READERS) >= {".txt", ".html", ".pdf", ".docx", ".odt", ".rtf", ".eml"}


def test_a_word_document_is_its_paragraphs(tmp_path: Path) -> None:
    body = paragraph("The attack", "H9") + paragraph(FIRST) + (
        "<w:p><w:r><w:t>Nobody from the cap</w:t></w:r><w:r><w:t>ital came to help </w:t></w:r>"
        "<w:del><w:r><w:delText>us</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>elsewhere </w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>the people </w:t></w:r></w:ins>"
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>never </w:t></w:r><w:r><w:t>who had</w:t><w:br/>'
        "<w:t>fled into</w:t><w:tab/><w:t>the bush.</w:t><w:footnoteReference/></w:r></w:p>"
    )  # fmt: skip
    notes = "<w:footnote>" + paragraph("The first note says where it was told.") + "</w:footnote>"
    document = read(tmp_path, "a.docx", write_docx(body, notes=notes))
    assert list_texts(document) == [
        ("The attack", FIRST),
        ("The attack", OTHER),
        ("The attack", "The first note says where it was told."),
    ]
    assert "Running head" not in document.text


def test_short_cells_of_a_row_are_one_line_and_long_ones_paragraphs(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        inner = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells)
        return f"<w:tr>{inner}</w:tr>"

    table = f"<w:tbl>{row('5 December 2013', 'Ngaya', '12 killed')}{row(FIRST, OTHER)}</w:tbl>"
    document = read(tmp_path, "a.docx", write_docx(table))
    texts = [text for _, text in list_texts(document)]
    assert texts == ["5 December 2013 Ngaya 12 killed", FIRST, OTHER]


def test_an_opendocument_text_is_its_paragraphs(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:p>what was deleted</text:p></text:tracked-changes>"
        f"<text:h>The attack</text:h><text:p>{FIRST}</text:p>"
        "<text:p>Nobody<text:s/>from <text:span>the capital</text:span> came to help the people"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>The first note says where.</text:p></text:note-body></text:note>"
        " who had<text:line-break/>fled into<text:tab/>the bush.</text:p>"
    )
    assert list_texts(read(tmp_path, "a.odt", write_odt(body))) == [
        ("The attack", FIRST),
        ("The attack", OTHER),
        ("The attack", "The first note says where."),
    ]


def test_a_rich_text_is_its_lines(tmp_path: Path) -> None:
    begin = r"{\rtf1\ansi{\fonttbl\f0 Arial;}{\header Running head}\f0 "
    text = r"La S\'e9l\u233?ka \b a br\'fbl\'e9 trois \'e9glises.\par "
    text = begin + text + FIRST + r"\par}"
    document = read(tmp_path, "a.rtf", text)
    assert [t for _, t in list_texts(document)] == ["La Séléka a brûlé trois églises.", FIRST]


def make_message(html: bool) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "desk@example.org", "Flash update"
    message["Date"] = "Fri, 06 Dec 2013 08:30:00 +0100"
    message.set_content(f"{FIRST} Yesterday they came back.\n\n{OTHER}\n")
    if html:
        page = f"<p>{FIRST} Yesterday they came back.</p><p>{OTHER}</p>"
        message.set_content(page, subtype="html", charset="iso-8859-1", cte="quoted-printable")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="map.pdf")
    return message.as_bytes()


@pytest.mark.parametrize("html", [False, True])
def test_a_message_is_its_text_with_its_subject_and_day(tmp_path: Path, html: bool) -> None:
    document = read(tmp_path, "a.eml", make_message(html))
    assert list_texts(document) == [
        ("Flash update", f"{FIRST} Yesterday they came back."),
        ("Flash update", OTHER),
    ]
    assert (document.title, document.published) == ("Flash update", "2013-12-06")
    dates = document.to_rows()[0]["dates"]
    assert dates == "2013-12-05; 2013-12-05 (inferred: Yesterday)"
    assert "attachments are not read: map.pdf" in repr(document)
    assert "map.pdf" not in document.text


FURNITURE = """<header><p>The Daily Toyland, all the news of the land</p></header>
<nav><a href=x>Home page of ours</a></nav><div class="cookie-banner">We use cookies here.</div>
<aside><p>Most read today on this site</p></aside><footer>All rights reserved by us.</footer>
<form><p>Sign up for our letter</p></form><div role="complementary">Other things to read</div>
<div style="display: none">A hidden word of the editor</div><p hidden>Another hidden one here</p>"""
DAYS = [
    '<meta property="article:published_time" content="2013-12-06T08:30:00+01:00">',
    '<meta name="DC.date.issued" content="2013-12-06">',
    '<meta itemprop="datePublished" content="20131206">',
    '<meta name="pubdate" content="6 December 2013">',
    '<script type="application/ld+json">{"@type": "A", "datePublished": "2013-12-06"}</script>',
    '<time itemprop="datePublished" datetime="2013-12-06">',
]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("article", [True, False])
def test_a_web_page_is_its_text_and_its_day_without_furniture(
    tmp_path: Path, day: str, article: bool
) -> None:
    text = f"<h1>The attack</h1><p>{FIRST}<sup><a href='#n1'>[1]</a></sup></p>"
    text += f"<p>{OTHER} On the 5<sup>th</sup>.</p>"
    if article:
        seen = f"<p>{FIRST} It was seen by many people.</p>"
        text = f"<article><header>{text}</header>{seen}</article><p>Beside it</p>"
    head = f"<head><title>The attack | Daily</title>{day}</head>"
    page = f"<html>{head}<body>{FURNITURE}{text}{FURNITURE}</body></html>"
    document = read(tmp_path, "a.html", page)
    right = [("The attack", FIRST), ("The attack", f"{OTHER} On the 5th.")]
    right += [("The attack", f"{FIRST} It was seen by many people.")] if article else []
    assert list_texts(document) == right
    assert (document.published, document.title) == ("2013-12-06", "The attack | Daily")


def test_a_numeric_day_of_a_page_is_not_guessed(tmp_path: Path) -> None:
    page = f'<meta name="date" content="05/12/2013"><p>{FIRST}</p>'
    assert read(tmp_path, "a.html", page).published == ""


def test_what_is_declared_of_dates_holds_for_all_passages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("They came on 05/12/2013 and left two days ago by night.")
    document = read_document(tmp_path / "a.txt", order="day-month", published="2013-12-10")
    assert document.to_rows()[0]["dates"] == "2013-12-05; 2013-12-08 (inferred: two days ago)"
    with pytest.raises(atrisk.RequestError, match="published: 'soon' is not a date"):
        read_document(tmp_path / "a.txt", published="soon")


def test_other_ends_of_lines_are_ends_of_lines(tmp_path: Path) -> None:
    for text in (f"{FIRST}\r\r{OTHER}", f"{FIRST}\u2029{OTHER}", f"{FIRST}\r\n\r\n{OTHER}"):
        assert [t for _, t in list_texts(read(tmp_path, "a.txt", text))] == [FIRST, OTHER]


PAGE = f"""<html><meta charset=utf-8><h1>Situation report of the north</h1>
<p>{FIRST}</p><p>{OTHER}</p>
<p>Le 1er décembre 2013, la Séléka a brûlé trois églises près de la rivière.</p></html>"""


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
@pytest.mark.parametrize("kind", ["docx", "odt", "rtf", "pdf"])
def test_what_libreoffice_writes_is_read_alike(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    wanted = [text for _, text in list_texts(read_document(tmp_path / "a.html"))]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = [
        "--headless",
        "--infilter=HTML (StarWriter)",
        "--convert-to",
        kind,
        "--outdir",
        "out",
    ]
    command = ["soffice", profile, *convert, "a.html"]
    subprocess.run(command, check=False, capture_output=True, timeout=120, cwd=tmp_path)
    if not (tmp_path / "out").exists():
        pytest.skip("its Writer is not here")
    document = read_document(tmp_path / "out" / f"a.{kind}")
    assert [text for _, text in list_texts(document)][-3:] == wanted
    assert "Situation report of the north" in document.text

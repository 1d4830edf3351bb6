"""Documents cut into passages: texts, pages and PDFs, and what cannot be read."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atrisk
from atrisk.cli.main import main
from atrisk.coding.anchors import check_anchors
from atrisk.documents.folding import fold
from atrisk.documents.passages import LONGEST, Document, Passage, read_document
from drawn import draw_pdf
from toys import DOCUMENTS, HEADER, SOURCES, evidence

pypdf = pytest.importorskip("pypdf")

PARAGRAPH = "Armed men entered the village of Ngaya on 5 December 2013 and burnt every house."
OTHER = "Nobody from the capital came to help the people who had fled into the bush."


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def make_pdf(pages: list[list[str]]) -> bytes:
    """Return a small PDF whose pages hold these lines."""
    return draw_pdf([[(50, 700 - 14 * n, 12, x) for n, x in enumerate(page)] for page in pages])


def test_a_text_is_cut_at_blank_lines_indents_and_form_feeds(tmp_path: Path) -> None:
    text = f"The attack\n\n{PARAGRAPH}\n  {OTHER}\n\f{PARAGRAPH} Again.\n"
    document = read_document(write(tmp_path, "a.txt", text))
    assert [(p.page, p.heading, p.text) for p in document.passages] == [
        (1, "The attack", PARAGRAPH),
        (1, "The attack", OTHER),
        (2, "The attack", f"{PARAGRAPH} Again."),
    ]
    assert document.passages[2].locator == "The attack, p. 2, passage 3"


def test_a_web_page_is_its_blocks_and_nothing_of_its_scripts(tmp_path: Path) -> None:
    page = f"""<html><head><title>t</title></head><body><nav><p>Menu of this site here.</p></nav>
    <h2>The attack</h2><p>{PARAGRAPH}</p><script>alert("never the script of a page")</script>
    <ul><li><p>{OTHER}</p></li></ul></body></html>"""
    document = read_document(write(tmp_path, "a.html", page))
    assert [(p.heading, p.text) for p in document.passages] == [
        ("The attack", PARAGRAPH),
        ("The attack", OTHER),
    ]


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<div>One here.</div><p>Two here.</p>bare text", ["One here.", "Two here.", "bare text"]),
        ("<p>One here.<p>Two here.<p>Three here.", ["One here.", "Two here.", "Three here."]),
        ("<ul><li>Before<ul><li>inner</li></ul>after</li></ul>", ["Before", "inner", "after"]),
        ("<table><tr><td>3</td><td>killed</td></tr><tr><td>4</td></tr></table>", ["3 killed", "4"]),
        ("<p>Bo<b>l</b>d <i>words</i>.</p>", ["Bold words."]),
        ("<!-- hidden --><p>Seen &amp; told<br>on.</p>", ["Seen & told on."]),
        ("no markup at all", ["no markup at all"]),
        ("<li>5 December 2013: attack on Bangui</li>", ["5 December 2013: attack on Bangui"]),
    ],
)
def test_every_visible_text_of_a_web_page_is_read(
    tmp_path: Path, page: str, texts: list[str]
) -> None:
    document = read_document(write(tmp_path, "a.html", page))
    assert [passage.text for passage in document.passages] == texts


def test_no_line_of_a_text_is_lost_as_a_heading(tmp_path: Path) -> None:
    text = "Chronology\n\nThe north\n\n5 December 2013: attack on Bangui\n\n6 December: more\n"
    document = read_document(write(tmp_path, "a.txt", text))
    assert [(p.heading, p.text) for p in document.passages] == [
        ("", "Chronology"),
        ("The north", "5 December 2013: attack on Bangui"),
        ("The north", "6 December: more"),
    ]
    for word in ("hello", "他们烧毁了村庄。没有人来。"):
        assert read_document(write(tmp_path, "b.txt", word)).passages[0].text == word


def test_pages_without_text_are_counted(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "a.pdf", make_pdf([[PARAGRAPH], [], []])))
    assert document.empty_pages == (2, 3)
    assert "2 pages without text (the first is 2)" in repr(document)


@given(st.lists(st.sampled_from(["a", "ab", "b", "cab"]), min_size=3, max_size=30))
def test_an_anchor_is_found_as_a_plain_search_would(words: list[str]) -> None:
    """The quick way, by inner words, says what counting in the whole text says."""
    text = " ".join(words)
    document = Document("made", (Passage(1, None, "", text),), text)
    anchor = document.find_anchor(text)
    assert not anchor or text.count(anchor) == 1
    runs = [words[n : n + 8] for n in range(len(words) - 2)]
    unique = [" ".join(run) for run in runs if text.count(" ".join(run)) == 1]
    assert anchor == (unique[0] if unique else "")


def test_a_run_within_longer_words_counts_too() -> None:
    """`b w w…` stands in `cb w w…` as well, which counting whole words would not see."""
    text = " ".join(["b", *["w"] * 7, "cb", *["w"] * 7])
    document = Document("made", (Passage(1, None, "", text),), text)
    assert document.find_anchor(text) == "w w w w w w w cb"


def test_a_repetitive_text_is_no_longer_work_than_another(tmp_path: Path) -> None:
    """Equal paragraphs by the thousand would be searched for each other, were they searched."""
    text = f"{PARAGRAPH}\n\n" * 20_000
    document = read_document(write(tmp_path, "a.txt", text))
    assert {row["anchor"] for row in document.to_rows()} == {""}


def test_a_terminal_is_not_steered_by_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("bm25s")
    path = write(tmp_path, "a.txt", f"{PARAGRAPH} \x1b[31mred\x07 \u202eback words are here.")
    assert main(["passages", str(path)]) == 0
    told = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


def test_a_pdf_keeps_its_pages(tmp_path: Path) -> None:
    pdf = make_pdf([[PARAGRAPH], [OTHER[:40], OTHER[41:]]])
    document = read_document(write(tmp_path, "a.PDF", pdf))
    assert [(p.page, p.text) for p in document.passages] == [(1, PARAGRAPH), (2, OTHER)]
    assert repr(document) == "Document('a.PDF': 2 passages on 2 pages, 30 words)"


@given(st.lists(st.sampled_from([PARAGRAPH, OTHER, "Why?", "He said “no”."]), min_size=1))
def test_cutting_a_text_loses_and_changes_no_word(parts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = PARAGRAPH + " " + " ".join(parts)
        document = read_document(write(Path(folder), "a.txt", text))
    assert " ".join(passage.text for passage in document.passages) == text
    longest = max(len(part.split()) for part in [PARAGRAPH, OTHER])
    assert all(len(p.text.split()) <= LONGEST + longest for p in document.passages)
    if len(text.split()) > LONGEST:
        assert len(document.passages) > 1


def test_an_anchor_stands_in_the_whole_document_once(tmp_path: Path) -> None:
    twice = f"{PARAGRAPH}\n\n{PARAGRAPH} Then they left.\n\nOne two.\n"
    document = read_document(write(tmp_path, "a.txt", twice))
    first, second, last = document.passages
    assert last.text == "One two."
    assert document.find_anchor(last.text) == ""
    assert document.find_anchor(first.text) == ""
    anchor = document.find_anchor(second.text)
    assert fold(twice).count(anchor) == 1
    assert 3 <= len(anchor.split()) <= 8


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.doc", b"PK", r"accepted are \.txt, \.md, \.html, \.htm, \.pdf, \.docx, \.odt, \.rtf"),
        ("a.docx", b"PK", "it is damaged"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0 old",
            "encrypted, or an old .doc; save a copy of it as a .docx",
        ),
        ("a.odt", b"", "it is damaged"),
        ("a.rtf", b"{rtf1 x}", "does not begin as an .rtf does"),
        ("a.rtf", b"{\\rtf1" + b"{" * 300, "nested more than 256 deep"),
        ("a.eml", b"nothing of a letter", "has no From, Subject or Date"),
        ("a.txt", b"caf\xe9 is open", r"not UTF-8 \(byte 3\)"),
        ("a.txt", b" \n\n ", "no text was found in 'a.txt'"),
        ("a.pdf", make_pdf([[]]), "run text recognition"),
        ("a.pdf", make_pdf([[PARAGRAPH]]).replace(b"/Kids [4 0 R]", b"/Kids 17      "), "PDF"),
        ("a.pdf", b"not a pdf at all", "cannot be read as a PDF"),
        ("a.pdf", b"", "cannot be read as a PDF"),
        ("a.html", b"<p></p>", "no text was found"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(atrisk.RequestError, match=told):
        read_document(write(tmp_path, name, content))


def test_a_missing_a_large_and_an_encrypted_document_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(atrisk.RequestError, match="is not a file"):
        read_document(tmp_path / "none.txt")
    plain = write(tmp_path, "plain.pdf", make_pdf([[PARAGRAPH]]))
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(plain))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(atrisk.RequestError, match="is encrypted"):
        read_document(tmp_path / "locked.pdf")
    monkeypatch.setattr("atrisk.documents.formats.readers.LARGEST_BYTES", 10)
    with pytest.raises(atrisk.RequestError, match="larger than 64 MiB"):
        read_document(plain)


@pytest.mark.parametrize("name", ["a.pdf", "a.html", "a.txt"])
def test_anchors_are_checked_in_pages_and_pdfs_too(tmp_path: Path, name: str) -> None:
    content = {
        "a.pdf": make_pdf([[OTHER], [PARAGRAPH]]),
        "a.html": f"<p>{OTHER}</p><p>{PARAGRAPH}</p>".encode(),
        "a.txt": f"{OTHER}\n{PARAGRAPH}".encode(),
    }[name]
    write(tmp_path, name, content)
    digest = hashlib.sha256(content).hexdigest()
    source = SOURCES[0].model_copy(update={"sha256": digest})
    rows = (
        evidence("there", quote="entered the village of Ngaya"),
        evidence("gone", quote="left the village of Ngaya"),
    )
    checks = check_anchors(atrisk.Case(HEADER, (source,), rows), tmp_path)
    assert [check.reason for check in checks] == ["", "not found"]


def test_a_pdf_called_a_text_is_told_rather_than_traced(tmp_path: Path) -> None:
    content = make_pdf([[OTHER]]) + b"\xff\xfe"
    write(tmp_path, "a.dat", content)
    source = SOURCES[0].model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    with pytest.raises(atrisk.RequestError, match=r"is not UTF-8 text; give it the ending \.pdf"):
        check_anchors(atrisk.Case(HEADER, (source,), (evidence(),)), tmp_path)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the case documents are not here")
def test_the_real_documents_are_cut_so_that_each_anchor_lies_in_one_passage() -> None:
    case = atrisk.load_case("car-2012-2015")
    (file,) = DOCUMENTS.glob("001_*.txt")
    document = read_document(file)
    anchors = [fold(item.quote) for item in case.evidence if item.source == "gcr2p-2015"]
    inside = [sum(anchor in p.text for p in document.passages) for anchor in anchors]
    assert len(anchors) > 300
    assert set(inside) == {1}


def test_the_command_prints_passages_to_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("bm25s")
    path = write(tmp_path, "a.txt", f"{PARAGRAPH}\n\n{OTHER}")
    assert main(["passages", str(path), "--like", "car-2012-2015", "--top", "2"]) == 0
    told = capsys.readouterr().out
    assert "passage 1   dates: 2013-12-05" in told
    assert told.count("  ? ") == 4
    assert "Read each passage" in told
    assert main(["passages", str(path), "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith(
        "passage,page,heading,anchor,dates,text,indicators,labels"
    )
    assert sorted(tmp_path.iterdir()) == [path]  # it writes nothing

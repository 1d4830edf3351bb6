"""Folders of documents: each is read or told, with its language, and none stops others."""

from __future__ import annotations

from pathlib import Path

import pytest

import atrisk
from atrisk.documents.collection import LIMIT_FILES, read_documents, tell_language
from atrisk.documents.passages import read_document
from drawn import draw_pdf
from written import paragraph, write_docx

pytest.importorskip("py3langid")

TEXTS = {
    "en": "On 5 December armed men attacked the market, and many people fled to the airport.",
    "fr": "Le 5 décembre des hommes armés ont attaqué le marché, et beaucoup de gens ont fui.",
    "es": "El 5 de diciembre hombres armados atacaron el mercado y mucha gente huyó de la ciudad.",
    "ar": "هاجم رجال مسلحون السوق في الخامس من ديسمبر وفر كثير من الناس إلى المطار.",
    "pt": "No dia 5 de dezembro homens armados atacaram o mercado e muitas pessoas fugiram.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_is_told(language: str) -> None:
    assert tell_language(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "2013", "Bangui 12 13 14", "* * *"])
def test_too_little_is_in_no_language(text: str) -> None:
    assert tell_language(text) == ""


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_every_file_is_read_or_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "pile", **TEXTS)
    deep = write(folder / "deep", again=TEXTS["en"], other="Another text that says more than four.")
    (folder / "broken.pdf").write_bytes(b"no PDF")
    (folder / "table.xlsx").write_bytes(b"PK")
    (folder / ".hidden.txt").write_text("nothing", encoding="utf-8")
    (deep / "~$lock.docx").write_bytes(b"x")
    heard: list[tuple[int, int]] = []
    found = read_documents(folder, progress=lambda done, of: heard.append((done, of)), workers=3)
    names = {one.name for one in found.documents}
    assert names == {*(f"{name}.txt" for name in TEXTS), "deep/other.txt"}
    told = dict(found.skipped)
    assert told.keys() == {"broken.pdf", "table.xlsx", "deep/again.txt"}
    assert told["deep/again.txt"] == "it is the same file as en.txt"
    assert told["broken.pdf"].startswith("cannot be read as a PDF")
    assert "accepted are .txt" in told["table.xlsx"]
    assert heard == [(n, 9) for n in range(1, 10)]
    assert f"Collection({len(names)} documents" in repr(found)
    by_name = dict(zip((d.name for d in found.documents), found.languages, strict=True))
    assert {by_name[f"{one}.txt"] for one in ("fr", "es", "ar", "pt")} == {"fr", "es", "ar", "pt"}
    rows = found.to_rows()
    assert len(rows) == 9
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert "not read: broken.pdf" in repr(found)


def test_a_mixed_pile_is_read_in_every_format_and_language(tmp_path: Path) -> None:
    for extra in ("defusedxml", "pypdfium2"):
        pytest.importorskip(extra)
    for language, text in TEXTS.items():
        said = f"{text} {language.upper()}."
        made = {
            "docx": write_docx(paragraph(said)),
            "html": f"<p>{said}</p>".encode(),
            "eml": f"From: a@example.org\nSubject: x\nContent-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\n\n{said}\n".encode(),
            "pdf": b"" if language == "ar" else draw_pdf([[(50, 700, 9, said)]]),
        }
        for ending, content in made.items():
            (tmp_path / f"{language}.{ending}").write_bytes(content)
    found = read_documents(tmp_path)
    assert [name for name, _ in found.skipped] == ["ar.pdf"]  # of no bytes
    assert len(found.documents) == 19
    for one, language in zip(found.documents, found.languages, strict=True):
        stem = one.name.partition(".")[0]
        assert language == stem, one.name
        assert one.count(f"{TEXTS[stem]} {stem.upper()}") == 1, one.name


def test_each_document_is_what_is_read_of_it_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "pile", **TEXTS)
    for one in read_documents(folder).documents:
        alone = read_document(folder / one.name)
        assert (one.passages, one.text, one.sha256) == (alone.passages, alone.text, alone.sha256)


def test_what_came_out_first_comes_first_and_what_nobody_dated_last(tmp_path: Path) -> None:
    folder = tmp_path / "pile"
    folder.mkdir()
    page = '<head><meta property="article:published_time" content="{}"></head><p>{}</p>'
    for name, day in (("a", "2014-02-01"), ("b", "2013-12-05")):
        text = page.format(day, TEXTS["en"] + name)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    write(folder, c=TEXTS["fr"])
    assert [d.name for d in read_documents(folder).documents] == ["b.html", "a.html", "c.txt"]


def test_files_and_folders_may_be_named_together(tmp_path: Path) -> None:
    one = write(tmp_path / "one", a=TEXTS["en"])
    other = write(tmp_path / "two", b=TEXTS["fr"], c=TEXTS["es"])
    found = read_documents(one, other / "b.txt")
    assert {d.name for d in found.documents} == {"a.txt", "b.txt"}


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder, other = write(tmp_path / "pile", a=TEXTS["en"]), write(tmp_path / "far", b=TEXTS["fr"])
    (folder / "link").symlink_to(other, target_is_directory=True)
    (folder / "round").symlink_to(folder, target_is_directory=True)
    assert [d.name for d in read_documents(folder).documents] == ["a.txt"]


def test_nothing_is_never_a_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(atrisk.RequestError, match="is not there"):
        read_documents(tmp_path / "nowhere")
    with pytest.raises(atrisk.RequestError, match="holds no file"):
        read_documents(tmp_path)
    (tmp_path / "a.pdf").write_bytes(b"x")
    with pytest.raises(atrisk.RequestError, match=r"no document could be read\n  a.pdf: cannot"):
        read_documents(tmp_path)
    with pytest.raises(atrisk.RequestError, match="workers=0 is too few"):
        read_documents(tmp_path, workers=0)
    monkeypatch.setattr("atrisk.documents.collection.LIMIT_FILES", 2)
    write(tmp_path, b="one two three four", c="two three four five", d="three four five six")
    assert LIMIT_FILES > 2
    with pytest.raises(atrisk.RequestError, match="more than 2"):
        read_documents(tmp_path)

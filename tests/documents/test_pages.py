"""PDFs as they are drawn: what is read is the text, in its order, and nothing of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from atrisk.documents.folding import fold
from atrisk.documents.passages import read_document
from drawn import Drawn, break_lines, draw_lines, draw_pdf

pypdf = pytest.importorskip("pypdf")
pytest.importorskip("pypdfium2")

TELLS = """armed fighters entered the northern village before dawn and burnt several houses while
frightened families fled towards the neighbouring river where government soldiers had set up
a position overlooking the market and nobody from the capital came to protect the population"""
WORDS = TELLS.split()


def make_text(chance: Random, sentences: int) -> str:
    """Return sentences, no two alike."""
    made = []
    for number in range(sentences):
        words = [chance.choice(WORDS) for _ in range(chance.randint(9, 22))]
        words.insert(5, f"number{chr(97 + number // 26)}{chr(97 + number % 26)}")
        made.append(" ".join(words).capitalize() + ".")
    return " ".join(made)


def read(tmp_path: Path, pages: list[list[Drawn]]) -> str:
    (tmp_path / "a.pdf").write_bytes(draw_pdf(pages))
    return read_document(tmp_path / "a.pdf").text


def cut(lines: list[str], count: int) -> list[list[str]]:
    return [lines[n : n + count] for n in range(0, len(lines), count)]


HEADS: list[Callable[[int], list[Drawn]]] = [
    lambda n: [(50, 770, 8, "Toyland: situation report to the Council")],
    lambda n: [(50, 770, 8, f"Toyland {2013 + n % 2}"), (500, 770, 8, f"{n}")],
    lambda n: [(300, 30, 9, f"{n}")],
    lambda n: [(300, 30, 9, f"- {n + 3} -")],
    lambda n: [(50 if n % 2 else 400, 30, 9, f"Page {n} of 5")],
    lambda n: [
        (50, 770, 8, "HUMAN RIGHTS" if n % 2 else "The north"),
        (50, 30, 8, f"{n} | Report"),
    ],
    lambda n: [(50, 780, 8, "A/HRC/24/59"), (50, 40, 7, "GE.13-16999"), (540, 40, 9, str(n))],
]


@pytest.mark.parametrize("seed", range(30))
def test_a_page_s_own_words_and_its_lines_are_no_part_of_the_text(
    tmp_path: Path, seed: int
) -> None:
    """Heads, page numbers, one column or two, drawn by column or by row, words broken anywhere."""
    chance = Random(seed)
    text = make_text(chance, 40)
    columns = chance.choice([1, 2])
    lines = break_lines(text, 80 if columns == 1 else 36, chance)
    count = chance.choice([12, 20, 30])
    pages: list[list[Drawn]] = []
    for number, page in enumerate(cut(lines, columns * count), start=1):
        parts = cut(page, count) if columns == 2 else [page]
        drawn = [draw_lines(part, 50 + 260 * n, 720) for n, part in enumerate(parts)]
        together = [piece for part in drawn for piece in part]
        if chance.random() < 0.5:  # row by row
            together.sort(key=lambda piece: (-piece[1], piece[0]))
        pages.append([*HEADS[seed % len(HEADS)](number), *together])
    assert len(pages) > 1
    assert read(tmp_path, pages) == text


def test_a_table_is_read_by_its_rows(tmp_path: Path) -> None:
    rows = [("Bangui", "12", "killed"), ("Bossangoa", "3", "wounded"), ("Bouar", "41", "missing"),
            ("Birao", "7", "killed")]  # fmt: skip
    page: list[Drawn] = [
        (50 + 150 * x, 700 - 14 * y, 10, cell)
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    ]
    assert " ".join(" ".join(row) for row in rows) in read(tmp_path, [page])


def test_a_title_over_two_columns_comes_first(tmp_path: Path) -> None:
    chance = Random(1)
    left, right = make_text(chance, 6), make_text(chance, 7)
    page: list[Drawn] = [(50, 760, 18, "The violence in the north and what was done about it then")]
    page += draw_lines(break_lines(left, 36), 50, 700) + draw_lines(
        break_lines(right, 36), 310, 700
    )
    (tmp_path / "a.pdf").write_bytes(draw_pdf([page]))
    document = read_document(tmp_path / "a.pdf")
    assert document.passages[0].heading.startswith("The violence in the north")
    assert document.text.endswith(f"{left} {right}")


def test_the_mark_of_a_note_is_no_part_of_its_word(tmp_path: Path) -> None:
    page: list[Drawn] = [
        (50, 700, 10, "They fled the village"), (148, 704, 6, "12"),
        (156, 700, 10, " and hid by the river"),
        (50, 688, 10, "in 2013"), (84, 692, 6, "3"), (90, 688, 10, " on 40 km"),
        (134, 692, 6, "2"),
        (140, 688, 10, " of land."),
    ]  # fmt: skip
    told = read(tmp_path, [page])
    assert told == "They fled the village and hid by the river in 2013 on 40 km2 of land."


def test_paragraphs_are_told_by_their_gaps_and_indents(tmp_path: Path) -> None:
    chance = Random(2)
    texts = [make_text(chance, 3) for _ in range(4)]
    page: list[Drawn] = []
    top = 740.0
    for number, text in enumerate(texts):
        lines = break_lines(text, 80)
        drawn = draw_lines(lines, 50, top)
        if number % 2:  # an indent, no gap
            drawn[0] = (70, *drawn[0][1:])
        page += drawn
        top = drawn[-1][1] - (12 if not number % 2 else 26)
    (tmp_path / "a.pdf").write_bytes(draw_pdf([page]))
    assert [p.text for p in read_document(tmp_path / "a.pdf").passages] == texts


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize("password", ["", "secret"])
def test_a_pdf_that_anybody_may_open_is_read_however_it_is_encrypted(
    tmp_path: Path, algorithm: str, password: str
) -> None:
    pytest.importorskip("cryptography")
    import atrisk

    (tmp_path / "plain.pdf").write_bytes(draw_pdf([[(50, 700, 10, "Armed men came by night.")]]))
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(tmp_path / "plain.pdf"))
    writer.encrypt(password, "owner", algorithm=algorithm, permissions_flag=0)
    writer.write(tmp_path / "a.pdf")
    if password:
        with pytest.raises(atrisk.RequestError, match="is encrypted; save a copy without"):
            read_document(tmp_path / "a.pdf")
    else:
        assert read_document(tmp_path / "a.pdf").text == fold("Armed men came by night.")


def test_a_scan_is_recognised_and_its_locator_says_so(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("PIL")
    pdfium = pytest.importorskip("pypdfium2")
    lines = ["Armed men entered the village before dawn", "and burnt every house near the river."]
    pages = [
        draw_lines(["The first page holds text of its own."], 50, 700),
        draw_lines(lines, 50, 700, 14),
    ]
    (tmp_path / "text.pdf").write_bytes(draw_pdf(pages))
    drawn = pdfium.PdfDocument(tmp_path / "text.pdf")
    picture = drawn[1].render(scale=2).to_pil().convert("L")
    picture.save(tmp_path / "picture.pdf", resolution=144)
    made = pdfium.PdfDocument.new()
    made.import_pages(drawn, [0])
    made.import_pages(pdfium.PdfDocument(tmp_path / "picture.pdf"))
    made.save(tmp_path / "a.pdf")
    document = read_document(tmp_path / "a.pdf")
    assert [(p.locator, p.text) for p in document.passages] == [
        ("p. 1, passage 1", "The first page holds text of its own."),
        ("p. 2 (OCR), passage 2", " ".join(lines)),
    ]

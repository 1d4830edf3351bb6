"""REFI-QDA projects as the tools really write them: names, cases, line ends, PDFs, moved words."""

from __future__ import annotations

import random
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

import atrisk
from atrisk.exchange.drafts import import_highlights
from atrisk.exchange.highlights import read_highlights
from atrisk.exchange.projects import LIMIT_ELEMENTS
from shipped import un
from toys import HEADER, SOURCES, evidence

pytest.importorskip("defusedxml")
WORDS = "armed men entered the village"
LINES = [
    "Background of the report",
    "In the north, armed men entered the village at night.",
    "They burnt every house there.",
    "People fled to the bush 😀 and waited.",
]
TEXT = "\n".join(LINES) + "\n"
SPAN = (TEXT.index(WORDS), TEXT.index(WORDS) + len(WORDS))
CODE, PART = "00000001-0000-4000-8000-00000000000A", "00000002-0000-4000-8000-00000000000B"


def select(start: int, end: int, name: str = "", code: str = CODE) -> str:
    return (
        f'<PlainTextSelection guid="s" name={quoteattr(name)} startPosition="{start}" '
        f'endPosition="{end}"><Coding guid="c"><CodeRef targetGUID="{code}"/></Coding>'
        "</PlainTextSelection>"
    )


def text_source(inside: str, path: str = f"internal://{PART}.txt") -> str:
    return f'<TextSource guid="t" name="report" plainTextPath="{path}">{inside}</TextSource>'


def pdf_source(inside: str) -> str:
    return (
        '<PDFSource guid="p" name="report.pdf" path="internal://x.pdf"><Representation guid="r" '
        f'name="of the report" plainTextPath="internal://{PART}.txt">{inside}</Representation>'
        "</PDFSource>"
    )


def write_xml(sources: str, *, origin: str = "test", namespace: str = "1.0") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Project xmlns="urn:QDA-XML:project:{namespace}" name="toy" origin="{origin}"><CodeBook>'
        f'<Codes><Code guid="g" name="Signs" isCodable="false"><Code guid="{CODE}" name="11.1 '
        'Patterns of violence" isCodable="true"><Description>What it is</Description></Code></Code>'
        f"</Codes></CodeBook><Sources>{sources}</Sources></Project>"
    )


def pack(
    folder: Path,
    xml: str | bytes,
    text: str | bytes = TEXT,
    *,
    name: str = "project.qde",
    part: str = f"sources/{PART}.txt",
    **more: str,
) -> Path:
    path = folder / "p.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
        archive.writestr(part, text)
        for other, content in more.items():
            archive.writestr(other, content)
    return path


def one(file: Path) -> str:
    (found,) = read_highlights(file).found
    assert found.tags == ("11.1 Patterns of violence",)
    return found.text


@pytest.mark.parametrize(
    "name",
    ["Northern report.qde", "project.qde", "PROJECT.QDE", "a folder/project.qde", "Projet é.qde"],
)
def test_a_list_named_after_its_project_is_found(name: str, tmp_path: Path) -> None:
    part = f"{name.rpartition('/')[0]}/sources/{PART}.txt".lstrip("/")
    assert one(pack(tmp_path, write_xml(text_source(select(*SPAN))), name=name, part=part)) == WORDS


def test_of_several_lists_the_standard_s_own_is_read_and_others_are_told(tmp_path: Path) -> None:
    xml = write_xml(text_source(select(*SPAN)))
    assert one(pack(tmp_path, xml, **{"old.qde": "<x/>"})) == WORDS
    with pytest.raises(atrisk.DataError, match="several projects"):
        read_highlights(pack(tmp_path, xml, name="a.qde", **{"b.qde": xml}))
    with pytest.raises(atrisk.DataError, match=r"holds no project\.qde"):
        read_highlights(pack(tmp_path, xml, name="a.xml"))


@pytest.mark.parametrize(
    "xml",
    [
        b"\xef\xbb\xbf" + write_xml(text_source(select(*SPAN))).encode(),
        write_xml(text_source(select(*SPAN))).replace('"utf-8"', '"utf-16"').encode("utf-16"),
        write_xml(text_source(select(*SPAN)), namespace="1.5"),
        write_xml(text_source(select(*SPAN))).replace("xmlns=", "xmlns:q=").replace("<", "<q:")
        .replace("<q:/", "</q:").replace("<q:?", "<?"),
        write_xml(text_source(select(*SPAN))).replace("startPosition", "StartPosition"),
        write_xml(text_source(select(*SPAN, code=CODE.lower()))),
        write_xml(text_source(select(*SPAN, code="{" + CODE + "}"))),
        write_xml(text_source(select(*SPAN), f"internal://{PART.lower()}.TXT")),
    ],
    ids=["mark", "utf-16", "namespace", "prefix", "attribute", "guid", "braces", "path"],
)  # fmt: skip
def test_marks_namespaces_and_the_case_of_names_do_not_matter(
    xml: str | bytes, tmp_path: Path
) -> None:
    assert one(pack(tmp_path, xml)) == WORDS


def test_a_text_s_name_may_be_written_as_an_address(tmp_path: Path) -> None:
    xml = write_xml(text_source(select(*SPAN), "internal://le%20rapport.txt"))
    assert one(pack(tmp_path, xml, part="Sources/le rapport.txt")) == WORDS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_mark_before_a_text_is_no_character_of_it(encoding: str, tmp_path: Path) -> None:
    file = pack(tmp_path, write_xml(text_source(select(*SPAN))), TEXT.encode(encoding))
    assert one(file) == WORDS


def test_a_pdf_that_was_coded_is_read_from_its_text(tmp_path: Path) -> None:
    file = pack(tmp_path, write_xml(pdf_source(select(*SPAN)) + '<PictureSource name="x"/>'))
    read = read_highlights(file)
    assert [(found.document, found.text) for found in read.found] == [("report.pdf", WORDS)]
    assert read.unread == ("1 PictureSource: no text that can be quoted",)


@pytest.mark.parametrize("path", ["relative:///texts/report.txt", "absolute:///c:/report.txt"])
def test_a_text_beside_the_project_is_told_with_what_to_do(path: str, tmp_path: Path) -> None:
    with pytest.raises(atrisk.DataError, match="export it with its documents inside"):
        read_highlights(pack(tmp_path, write_xml(text_source(select(*SPAN), path))))


@pytest.mark.parametrize(
    ("path", "is_read"),
    [("relative:///texts/le%20rapport.txt", True), ("relative://le rapport.txt", True),
     ("relative:///../le rapport.txt", True), ("absolute:///le rapport.txt", False),
     ("relative:///other.txt", False), ("relative:///..", False), ("relative:///", False)],
)  # fmt: skip
def test_a_text_beside_the_project_is_read_from_the_documents_and_nowhere_else(
    path: str, is_read: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "le rapport.txt").write_text(TEXT, encoding="utf-8", newline="")
    (tmp_path / "other.txt").write_text(TEXT, encoding="utf-8", newline="")
    file = pack(tmp_path, write_xml(text_source(select(*SPAN), path)))
    if is_read:
        assert [found.text for found in read_highlights(file, folder).found] == [WORDS]
    with pytest.raises(atrisk.DataError, match="name the folder that holds it"):
        read_highlights(file, None if is_read else folder)


# --- How positions count -------------------------------------------------------------------------


def count_as(text: str, way: str, at: int) -> int:
    """Return how a tool counts up to a place of the text with plain line ends."""
    before = text[:at]
    more = before.count("\n") if way == "both" else 0
    return len(before.encode("utf-16-le")) // 2 if way == "units" else at + more


@pytest.mark.parametrize(
    "origin", ["ATLAS.ti 23", "MAXQDA 2022", "NVivo 14", "QualCoder-3.5", "f4"]
)
@pytest.mark.parametrize("way", ["once", "both"])
def test_line_ends_count_as_the_words_of_a_selection_say(
    way: str, origin: str, tmp_path: Path
) -> None:
    start, end = (count_as(TEXT, way, at) for at in SPAN)
    xml = write_xml(text_source(select(start, end, WORDS)), origin=origin)
    read = read_highlights(pack(tmp_path, xml, TEXT.replace("\n", "\r\n")))
    assert [found.text for found in read.found] == [WORDS]
    assert not read.unread


def test_without_words_the_bounds_of_words_say_it_and_a_doubt_is_told(tmp_path: Path) -> None:
    for way in ("once", "both"):
        start, end = (count_as(TEXT, way, at) for at in SPAN)
        file = pack(
            tmp_path, write_xml(text_source(select(start, end))), TEXT.replace("\n", "\r\n")
        )
        read = read_highlights(file)
        assert [found.text for found in read.found] == [WORDS]
        assert "its lines end as on Windows" in read.unread[0]


def test_positions_may_count_halves_of_pairs_where_the_words_say_so(tmp_path: Path) -> None:
    at = TEXT.index("and waited")
    for way in ("once", "units"):
        start, end = (count_as(TEXT, way, place) for place in (at, at + 10))
        file = pack(tmp_path, write_xml(text_source(select(start, end, "and waited"))))
        assert one(file) == "and waited"


def test_words_other_than_a_selection_says_are_never_taken_in_silence(tmp_path: Path) -> None:
    start, end = SPAN[0] + 3, SPAN[1] + 3
    moved = read_highlights(pack(tmp_path, write_xml(text_source(select(start, end, WORDS)))))
    assert [found.text for found in moved.found] == [WORDS]
    assert "those that it says were taken" in moved.unread[0]
    assert WORDS not in "".join(moved.unread)  # they may be confidential
    other = write_xml(text_source(select(start, end, "soldiers left the town")))
    told = read_highlights(pack(tmp_path, other))
    assert "its place holds other words than it says; compare them" in told.unread[0]


@pytest.mark.parametrize("name", ["", "1:3", "1:3 armed men entered…", "armed  men\nentered ..."])
def test_a_name_that_is_a_number_or_cut_is_no_doubt(name: str, tmp_path: Path) -> None:
    read = read_highlights(pack(tmp_path, write_xml(text_source(select(*SPAN, name)))))
    assert ([found.text for found in read.found], read.unread) == ([WORDS], ())


def test_any_selection_of_any_text_is_its_own_words_or_told(tmp_path: Path) -> None:
    """Made texts with line ends and pairs, counted in each way, with and without names."""
    draw = random.Random(16)
    for _ in range(150):
        words = draw.choices(["armed", "men", "é", "😀", "الليل", "village", "\n", "\n\n"], k=60)
        text = " ".join(words)
        at = sorted(draw.sample(range(len(text)), 2))
        wanted, way = text[at[0] : at[1]], draw.choice(["once", "both", "units"])
        start, end = (count_as(text, way, place) for place in at)
        stored = text.replace("\n", "\r\n") if way == "both" or draw.random() < 0.5 else text
        xml = write_xml(text_source(select(start, end, wanted)))
        read = read_highlights(pack(tmp_path, xml, stored.encode()))
        same = " ".join(read.found[0].text.split()) == " ".join(wanted.split())
        assert same or read.unread or not wanted.strip()


def test_a_draft_of_a_project_is_anchored_in_its_document(tmp_path: Path) -> None:
    text = "".join(f"Line {n} of the front matter.\n" for n in range(1, 41)) + TEXT
    start = text.index(WORDS)
    xml = write_xml(text_source(select(start, start + len(WORDS), WORDS)), origin="ATLAS.ti 23")
    file = pack(tmp_path, xml, text.replace("\n", "\r\n"))
    header = HEADER.model_copy(update={"framework": un().id})
    case = atrisk.Case(header, SOURCES[:1], (evidence(indicators="11.1"),), framework=un())
    draft = import_highlights(file, case, un())
    assert [(row["indicators"], row["quote"]) for row in draft.rows] == [("11.1", WORDS)]


def test_a_code_in_a_group_leads_to_its_indicator_and_says_so(tmp_path: Path) -> None:
    header = HEADER.model_copy(update={"framework": un().id})
    case = atrisk.Case(header, SOURCES[:1], (evidence(indicators="11.1"),), framework=un())
    inner = f'<Code guid="{CODE}" name="at night" isCodable="true">'
    xml = write_xml(text_source(select(*SPAN))).replace('name="Signs"', 'name="11.1 Patterns"')
    start = xml.index(f'<Code guid="{CODE}"')
    below = xml[:start] + inner + xml[xml.index(">", start) + 1 :]
    draft = import_highlights(pack(tmp_path, below), case, un())
    assert [(row["indicators"], row["quote"]) for row in draft.rows] == [("11.1", WORDS)]
    assert "is in the group of 11.1, which was taken" in draft.unread[0]
    twice = below.replace("</CodeBook>", '<Code guid="x" name="at night"/></CodeBook>')
    with pytest.raises(atrisk.RequestError, match="is no indicator"):
        import_highlights(pack(tmp_path, twice), case, un())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Signs/11.1 Patterns", "11.1"), ("Signs::11.1 Patterns", "11.1"),
        ("Signs \\ 11.1 Patterns", "11.1"), ("Signs > 11.1", "11.1"), ("11.1 and/or 8.1", "11.1"),
        ("8.1 Sudden > at night", "8.1"), ("8.1 Sudden\\11.1 Patterns", "8.1"),
    ],
)  # fmt: skip
def test_groups_before_a_code_are_passed_over(name: str, code: str, tmp_path: Path) -> None:
    header = HEADER.model_copy(update={"framework": un().id})
    case = atrisk.Case(header, SOURCES[:1], (evidence(indicators="11.1"),), framework=un())
    xml = write_xml(text_source(select(*SPAN))).replace("11.1 Patterns of violence", escape(name))
    draft = import_highlights(pack(tmp_path, xml), case, un())
    assert [row["indicators"] for row in draft.rows] == [code]


def test_many_selections_with_long_names_take_no_time(tmp_path: Path) -> None:
    text = ("a b c d e f g h\r\n" * 400_000)[:6_000_000]
    many = "".join(select(n, n + 900, "x y z " * 50) for n in range(4_900))
    file = pack(tmp_path, write_xml(text_source(many)), text)
    began = time.process_time()
    assert len(read_highlights(file).found) == 4_900
    assert time.process_time() - began < 10
    assert LIMIT_ELEMENTS == 200_000

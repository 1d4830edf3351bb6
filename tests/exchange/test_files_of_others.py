"""Files of other tools on their way to drafts: read as meant, or named for what they are."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cases.secrecy import Secrecy
from atrisk.cli.main import main
from atrisk.coding.drafting import Draft
from atrisk.exchange.annotations import LIMIT_JSON, export_annotations
from atrisk.exchange.drafts import import_highlights
from atrisk.exchange.formats import find_reader
from atrisk.exchange.highlights import read_highlights
from shipped import un
from toys import HEADER, SOURCES, evidence

DOCUMENTS = {
    "Report, 2015 (final).txt": "In the north armed men entered the village at night, and burnt.\n",
    "Briefing.txt": "Later a ceasefire was signed là-bas by both parties.\n",
}
ROWS = [
    ("1", "Report, 2015 (final).txt", "11.1 Patterns", "armed men entered the village at night"),
    ("1", "Report, 2015 (final).txt", "8.1 Sudden", "armed men entered the village at night"),
    ("2", "Briefing.txt", "6.8 Ceasefire", "a ceasefire was signed là-bas"),
]
FOUND = [
    ("r1", "11.1;8.1", "armed men entered the village at night"),
    ("b1", "6.8", "a ceasefire was signed là-bas"),
]


def case_of_documents(**cells: Any) -> atrisk.Case:
    """Return a case whose sources are called otherwise than their files."""
    names = {"r1": "A report on the north", "b1": "Briefing of the Council"}
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in DOCUMENTS.values()]
    sources = tuple(
        SOURCES[0].model_copy(update={"id": name, "title": title, "sha256": digest} | cells)
        for (name, title), digest in zip(names.items(), digests, strict=True)
    )
    row = evidence(source="r1", quote="armed men entered the village", indicators="11.1")
    header = HEADER.model_copy(update={"framework": un().id})
    return atrisk.Case(header, sources, (row,), framework=un())


def write_documents(folder: Path, rename: Any = str) -> Path:
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / rename(name)).write_text(text, encoding="utf-8", newline="")
    (folder / "._Briefing.txt").write_bytes(b"\x00\x05")
    return folder


def write_table(
    file: Path,
    rows: Sequence[tuple[str, ...]],
    *,
    mark: str = ",",
    encoding: str = "utf-8",
    sep: str = "",
) -> Path:
    out = io.StringIO()
    out.write(sep)
    head = ("id", "document", "tag", "content")
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows([head, *rows])
    file.write_bytes(out.getvalue().encode(encoding))
    return file


def list_rows(draft: Draft) -> list[tuple[str, str, str]]:
    return [(row["source"], row["indicators"], row["quote"]) for row in draft.rows]


@pytest.mark.parametrize(
    "rename",
    [str, lambda name: unicodedata.normalize("NFD", name), str.upper],
    ids=["as-they-are", "decomposed", "capitals"],
)
def test_documents_map_the_names_that_taguette_gives_to_their_sources(
    rename: Any, tmp_path: Path
) -> None:
    folder = write_documents(tmp_path / "documents")
    rows = [(number, rename(name), tag, words) for number, name, tag, words in ROWS]
    file = write_table(tmp_path / "all_tags.csv", rows)
    draft = import_highlights(file, case_of_documents(), un(), documents=folder)
    assert (list_rows(draft), draft.unread) == (FOUND, ())
    with pytest.raises(atrisk.RequestError, match="is no source"):
        import_highlights(file, case_of_documents(), un())


@pytest.mark.parametrize("ending", [".csv", ".txt", ".tsv"])
@pytest.mark.parametrize("sep", ["", "sep="])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1256"])
def test_taguette_s_table_saved_again_by_excel_is_read(
    encoding: str, mark: str, sep: str, ending: str, tmp_path: Path
) -> None:
    sep = f"{sep}{mark}\r\n" if sep else ""
    name = f"all_tags{ending}"
    file = write_table(tmp_path / name, ROWS, mark=mark, encoding=encoding, sep=sep)
    folder = write_documents(tmp_path / "documents")
    draft = import_highlights(file, case_of_documents(), un(), documents=folder)
    assert list_rows(draft) == FOUND
    assert find_reader(file).makes == "draft"


def test_a_table_in_an_encoding_that_cannot_be_told_says_how_to_save_it(tmp_path: Path) -> None:
    rows = [("1", "r1", "11.1 x", "zajęli łódź w nocy i spalili")]
    file = write_table(tmp_path / "t.csv", rows, encoding="cp1250")
    with pytest.raises(atrisk.DataError, match="save the file as 'CSV UTF-8'") as refused:
        read_highlights(file)
    assert "codec" not in str(refused.value)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("1.1 {longer}", "has the label of 1.10: a spreadsheet cut its zero"),
        (
            "1,1 {own}",
            "has a comma for its point, which a spreadsheet put there; write 1.1 or 1.10",
        ),
        ("1,10", "has a comma for its point, which a spreadsheet put there; write 1.10"),
    ],
)
def test_a_code_that_a_spreadsheet_changed_is_told_and_never_taken(
    tag: str, words: str, tmp_path: Path
) -> None:
    known = un().indicators
    tag = tag.format(longer=known["1.10"].label, own=known["1.1"].label)
    rows = [("1", "r1", tag, "one two three four"), ("2", "r1", "1.1", "five six seven")]
    draft = import_highlights(
        write_table(tmp_path / "t.csv", rows), case_of_documents(), un(), source="r1"
    )
    assert list_rows(draft) == [("r1", "1.1", "five six seven")]
    assert words in draft.unread[0]


@pytest.mark.parametrize("tag", ["1.1", "1.1 {own}", "1.10", "1.10 {longer}"])
def test_a_whole_code_is_taken_and_a_bare_one_of_a_spreadsheet_is_asked_back(
    tag: str, tmp_path: Path
) -> None:
    known = un().indicators
    tag = tag.format(longer=known["1.10"].label, own=known["1.1"].label)
    rows = [("1", "r1", tag, "one two three four")]
    for mark in ",;":
        file = write_table(tmp_path / f"{ord(mark)}.csv", rows, mark=mark)
        draft = import_highlights(file, case_of_documents(), un(), source="r1")
        assert draft.rows[0]["indicators"] == tag.split()[0]
        asked = "it writes 1.10 as 1.1: look which is meant" in "".join(draft.unread)
        assert asked == (tag == "1.1" and mark == ";")


@pytest.mark.parametrize("columns", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_taguette_s_workbook_is_read_and_its_faults_are_told_by_cell(
    columns: list[int], tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("id", "document", "tag", "content"), *ROWS]:
        book.active.append([row[at] for at in columns])
    file = tmp_path / "all_tags.xlsx"
    book.save(file)
    folder = write_documents(tmp_path / "documents")
    draft = import_highlights(file, case_of_documents(), un(), documents=folder)
    assert list_rows(draft) == FOUND
    assert find_reader(file).makes == "draft"
    book.active["C3"] = 1.1
    book.save(file)
    with pytest.raises(
        atrisk.DataError, match=r"Sheet has 1 problem:\n  row 3, C3: '1\.1' is a fl"
    ):
        read_highlights(file)


# --- What a table is -----------------------------------------------------------------------------

ACLED = (
    "event_date,event_type,inter1,actor1,country,iso,fatalities\n05 December 2013,x,y,z,C,140,1\n"
)
GED = "type_of_violence,side_a,country,date_end,best\n3,Militia,C,2013-12-05,12\n"
HXL = "Country,Date,Killed\n#country+name,#date+occurred,#affected+killed\nC,2013-12-05,12\n"
OTHERS = {
    "acled": (ACLED, "atrisk import events"),
    "acled-semicolons": (ACLED.replace(",", ";"), "atrisk import events"),
    "ged": (GED, "atrisk import events"),
    "hxl": (HXL, "atrisk import events"),
    "hxl-alone": (HXL.partition("\n")[2], "atrisk import events"),
    "counts": ("country,month,kind,actor,events,deaths\n", "atrisk import events"),
    "sources": ("id,title,publisher,published,kind,reliability,sha256\n", "atrisk validate"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_table_of_events_or_of_a_case_is_named_with_what_to_type(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, words = OTHERS[name]
    file = tmp_path / f"{name} file.csv"
    file.write_text(text, encoding="utf-8")
    case = str(case_of_documents().save(tmp_path / "case"))
    out = str(tmp_path / "draft.csv")
    assert main(["import", str(file), "--case", case, "--out", out]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Taguette writes" not in told
    if "events" in words:
        assert f"atrisk import events '{file}' --case" in told


# --- Annotations ---------------------------------------------------------------------------------


def annotate(*, body: Any = None, **parts: Any) -> dict[str, Any]:
    selector = [
        {"type": "RangeSelector", "startContainer": "/p[1]"},
        {"type": "TextQuoteSelector", "exact": "armed men entered the village", "prefix": "the"},
    ]
    target = {"source": "https://example.org/report", "selector": selector}
    plain = {"tags": ["11.1 Patterns"], "uri": "https://example.org/report", "target": [target]}
    return plain | parts | ({"body": body} if body else {})


WORDS = "armed men entered the village"
TAGGED = {"type": "TextualBody", "purpose": "tagging", "value": "11.1 Patterns"}
SHAPES = {
    "hypothesis": {"export_date": "2026-01-01", "annotations": [annotate()]},
    "hypothesis-search": {"total": 1, "rows": [annotate()]},
    "page": {"type": "AnnotationPage", "items": [annotate(tags=[], body=[TAGGED])]},
    "collection": {"first": {"items": [annotate(tags=[], body=TAGGED)]}},
    "list": [annotate()],
    "one": annotate(),
    "refined": annotate(
        target={
            "source": {"id": "http://example.org/report/#page=2"},
            "selector": {"type": "FragmentSelector", "refinedBy": {"exact": WORDS}},
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_annotations_of_any_shape_become_drafts_of_the_source_with_their_address(
    shape: str, tmp_path: Path
) -> None:
    file = tmp_path / "annotations.json"
    file.write_text(json.dumps(SHAPES[shape]), encoding="utf-8-sig")
    case = case_of_documents(url="https://example.org/report")
    other = case.sources[1].model_copy(update={"url": "https://example.org/other"})
    case = replace(case, sources=(case.sources[0], other))
    draft = import_highlights(file, case, un())
    assert list_rows(draft) == [("r1", "11.1", "armed men entered the village")]
    assert find_reader(file).makes == "draft"


def test_our_own_annotations_come_back_as_drafts(tmp_path: Path) -> None:
    case = case_of_documents()
    rows = (
        *case.evidence,
        evidence("two", source="b1", quote="a ceasefire was signed", indicators="6.8;11.1"),
    )
    case = replace(case, evidence=rows)
    file = export_annotations(case, un(), tmp_path / "evidence.jsonld")
    draft = import_highlights(file, case, un())
    assert list_rows(draft) == [
        ("r1", "11.1", "armed men entered the village"),
        ("b1", "6.8;11.1", "a ceasefire was signed"),
    ]
    judged = {"severity", "credibility", "summary", "known", "start", "direction"}
    assert not [row for row in draft.rows if any(row.get(name) for name in judged)]


def test_what_an_annotation_does_not_quote_is_told(tmp_path: Path) -> None:
    file = tmp_path / "annotations.json"
    page = annotate(target=[{"source": "https://example.org/report"}])
    file.write_text(json.dumps([page, annotate(), "x", 3]), encoding="utf-8")
    read = read_highlights(file)
    assert len(read.found) == 1
    assert "1 annotations: they quote no text" in read.unread[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON in UTF-8"),
        ("[" * 200_000, "not JSON in UTF-8"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON in UTF-8"),
        ("{}", "holds no annotations"),
        ("[" + "{}," * 2_000_000 + "{}]", "holds no tagged highlight"),
        ("[" + " " * LIMIT_JSON + "]", "at most 8,388,608 are read"),
        (json.dumps([annotate()] * 5_001), "more than 5,000 highlights"),
        (json.dumps({"annotations": {"target": []}}), "holds no annotations"),
    ],
    ids=["cut", "deep", "digits", "empty", "many", "large", "highlights", "odd"],
)
def test_hostile_annotations_are_a_plain_error_in_no_time(
    text: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "annotations.json"
    file.write_text(text, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(atrisk.DataError, match=words):
        read_highlights(file)
    assert time.process_time() - began < 10


def test_of_a_confidential_source_no_annotated_word_is_taken_or_told(tmp_path: Path) -> None:
    case = case_of_documents(url="https://example.org/report")
    secret = case.sources[0].model_copy(update={"confidential": Secrecy.YES})
    sources = (secret, case.sources[1].model_copy(update={"url": ""}))
    file = tmp_path / "annotations.json"
    file.write_text(json.dumps([annotate()]), encoding="utf-8")
    draft = import_highlights(file, replace(case, sources=sources), un())
    assert list_rows(draft) == [("r1", "11.1", "")]
    assert "armed men" not in "".join(draft.unread)

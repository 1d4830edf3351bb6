"""Sources: documents are listed with what they tell of themselves, and no other byte moves."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.coding.listing import add_sources, fill_digests
from atrisk.documents.collection import Collection, read_documents
from atrisk.documents.passages import Document, Passage
from toys import HERE

pytest.importorskip("py3langid")
MINI = HERE / "cases" / "mini"
HEAD = "id,title,publisher,published,kind,reliability,sha256"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return shutil.copytree(MINI, tmp_path / "case")


def pile(folder: Path, **texts: str) -> Collection:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return read_documents(folder)


PAGE = (
    "<html><head><title>Men came</title>"
    '<meta property="article:published_time" content="2020-02-03"></head>'
    "<p>On that day armed men came to the market of the town.</p></html>"
)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(case: Path) -> list[dict[str, str]]:
    with (case / "sources.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_document_is_listed_and_no_other_byte_moves(case: Path, tmp_path: Path) -> None:
    before = (case / "sources.csv").read_bytes()
    others = {p.name: p.read_bytes() for p in case.iterdir() if p.name != "sources.csv"}
    found = pile(tmp_path / "d", **{"Été à Ngoé__html": PAGE, "شيء__txt": "هذا نص قصير عن الحرب."})
    added = add_sources(case, found)
    assert (case / "sources.csv").read_bytes().startswith(before)
    page, arabic = read(case)[-2:]
    assert page["id"] == "ete-a-ngoe"
    assert (page["title"], page["published"]) == ("Men came", "2020-02-03")
    assert page["sha256"] == digest(tmp_path / "d" / "Été à Ngoé.html")
    assert arabic["id"] == f"source-{arabic['sha256'][:8]}"
    assert (page["reliability"], page["kind"], page["publisher"]) == ("", "", "")
    assert "complete kind, published, publisher, reliability" in repr(added)
    assert others == {p.name: p.read_bytes() for p in case.iterdir() if p.name != "sources.csv"}
    with pytest.raises(atrisk.DataError, match="reliability: the cell is empty"):
        atrisk.load_case(case)


def test_what_is_listed_is_left_out_and_told(case: Path, tmp_path: Path) -> None:
    found = pile(tmp_path / "d", a__txt="one two three four", b__txt="two three four five")
    add_sources(case, found)
    before = (case / "sources.csv").read_bytes()
    assert "every document is listed" in repr(add_sources(case, found))
    assert (case / "sources.csv").read_bytes() == before
    more = pile(tmp_path / "d", c__txt="three four five six")
    added = add_sources(case, more)
    assert [row["id"] for row in added.rows] == ["c"]
    assert dict(added.skipped) == {"a.txt": "it is listed as a", "b.txt": "it is listed as b"}


def test_two_files_of_one_name_have_two_ids(case: Path, tmp_path: Path) -> None:
    pile(tmp_path / "d", a__txt="one two three four")
    (tmp_path / "d" / "deep").mkdir()
    found = pile(tmp_path / "d" / "deep", a__txt="two three four five")
    added = add_sources(case, read_documents(tmp_path / "d"))
    assert sorted(row["id"] for row in added.rows) == ["a", "a-2"]
    assert found.documents


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_lines_end_as_the_file_s_do(
    case: Path, tmp_path: Path, end: bytes, *, is_ended: bool
) -> None:
    path = case / "sources.csv"
    body = path.read_bytes().replace(b"\n", end)
    path.write_bytes(body if is_ended else body.removesuffix(end))
    add_sources(case, pile(tmp_path / "d", a__txt="one two three four"))
    written = path.read_bytes()
    assert written.startswith(body)
    assert written.endswith(end)
    assert written.count(b"\n") == written.count(end) == body.count(end) + 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEAD}\na,b,c,2020,d,A,\n".replace(",", ";").encode(), "no line can be added"),
        (b"id,title\na,b\n", "its header lacks kind, published"),
        (f"{HEAD}\na,\xe9,c,2020,d,A,\n".encode("cp1252"), "UTF-8"),
    ],
)
def test_a_table_to_which_no_line_can_be_added_stays(
    case: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    (case / "sources.csv").write_bytes(content)
    with pytest.raises(atrisk.DataError, match=words):
        add_sources(case, pile(tmp_path / "d", a__txt="one two three four"))
    assert (case / "sources.csv").read_bytes() == content


def test_a_title_runs_no_formula(case: Path) -> None:
    odd = Document("=a.txt", (Passage(1, None, "", "one two"),), "one two", sha256="0" * 64,
                   title='=HYPERLINK("x")')  # fmt: skip
    add_sources(case, Collection((odd,), ("en",)))
    assert read(case)[-1]["title"].startswith("'=")


# Digests


def anchored(case: Path) -> tuple[str, str]:
    """Return the first source of a case, and a text that holds all its anchors."""
    loaded = atrisk.load_case(case, atrisk.load_framework(HERE / "frameworks" / "three-factor"))
    name = loaded.cited[0].source
    return name, ". ".join(f"{i.quote}" for i in loaded.cited if i.source == name)


def blank(case: Path, source: str, digest: str = "") -> None:
    path = case / "sources.csv"
    rows = read(case)
    for row in rows:
        if row["id"] == source:
            row["sha256"] = digest
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_digest_is_filled_from_the_one_document_with_all_anchors(
    case: Path, tmp_path: Path
) -> None:
    source, text = anchored(case)
    blank(case, source)
    before = (case / "sources.csv").read_text(encoding="utf-8").splitlines()
    found = pile(tmp_path / "d", a__txt=text, b__txt="nothing of it stands here")
    digests = fill_digests(case, found)
    row = next(r for r in digests.to_rows() if r["source"] == source)
    assert (row["document"], row["what"]) == ("a.txt", "filled")
    after = (case / "sources.csv").read_text(encoding="utf-8").splitlines()
    changed = [(b, a) for b, a in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1].replace(row["sha256"], "") == changed[0][0]
    assert row["sha256"] == digest(tmp_path / "d" / "a.txt")


def test_two_documents_that_hold_the_anchors_fill_nothing(case: Path, tmp_path: Path) -> None:
    source, text = anchored(case)
    blank(case, source)
    before = (case / "sources.csv").read_bytes()
    found = pile(tmp_path / "d", a__txt=text, b__txt=f"{text} and more")
    row = next(r for r in fill_digests(case, found).to_rows() if r["source"] == source)
    assert row["what"].startswith("a.txt, b.txt have its ")
    assert (case / "sources.csv").read_bytes() == before


def test_a_document_that_changed_is_told_and_its_digest_stays(case: Path, tmp_path: Path) -> None:
    source, text = anchored(case)
    blank(case, source, "0" * 64)
    before = (case / "sources.csv").read_bytes()
    found = pile(tmp_path / "d", a__txt=text)
    row = next(r for r in fill_digests(case, found).to_rows() if r["source"] == source)
    assert row["document"] == "a.txt"
    assert row["what"].startswith("it changed since it was coded: ")
    assert (case / "sources.csv").read_bytes() == before


def test_the_commands_say_what_to_do_next(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pile(tmp_path / "d", a__txt="one two three four")
    assert main(["sources", "add", str(tmp_path / "d"), "--case", "car-2012-2015"]) == 2
    assert "name a folder of yours, such as ./car-2012-2015" in capsys.readouterr().err
    assert main(["sources", "add", str(tmp_path / "d" / "a.txt"), "--case", str(case)]) == 0
    told = capsys.readouterr().out
    assert "Added(1 source " in told
    assert f"atrisk validate {case} says what is missing" in told

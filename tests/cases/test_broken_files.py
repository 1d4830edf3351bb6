"""Broken files, one mistake each: every error says where, what, what is accepted, what to do."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

import atrisk
from atrisk.cases.tables import TABLES
from toys import HERE, THREE_FACTOR

BASES = {"case": HERE / "cases" / "mini", "framework": HERE / "frameworks" / "three-factor"}
BROKEN = sorted((HERE / "broken").glob("*.toml"))


def load(folder: Path, base: str) -> object:
    if base == "case":
        return atrisk.load_case(folder, THREE_FACTOR)
    return atrisk.load_framework(folder)


def copy(base: str, to: Path) -> Path:
    return Path(shutil.copytree(BASES[base], to / BASES[base].name))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_one_mistake_is_told_with_its_place_and_its_mend(path: Path, tmp_path: Path) -> None:
    mistake = tomllib.loads(path.read_text(encoding="utf-8"))
    folder = copy(mistake["base"], tmp_path)
    file = folder / mistake["file"]
    text = file.read_text(encoding="utf-8")
    assert text.count(mistake["find"]) == 1, "the mistake must be one"
    file.write_text(text.replace(mistake["find"], mistake["replace"]), encoding="utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        load(folder, mistake["base"])
    for words in mistake["words"]:
        assert words in str(caught.value)
    assert all(problem.file.startswith(folder.name) for problem in caught.value.problems)


def test_the_files_that_the_mistakes_start_from_are_sound() -> None:
    for base, folder in BASES.items():
        assert load(folder, base)
    assert len(BROKEN) >= 89


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    for name, find, replace in [
        ("evidence.csv", "public,2.1,aggravating,4", "secret,2.9,worse,9"),
        ("evidence.csv", "blows,letter", "blows,leter"),
        ("sources.csv", "letter,B,", "letter,X,"),
        ("case.toml", "CAF", "caf"),
    ]:
        file = folder / name
        file.write_text(
            file.read_text(encoding="utf-8").replace(find, replace, 1), encoding="utf-8"
        )
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder, THREE_FACTOR)
    places = [(p.file, p.line, p.column) for p in caught.value.problems]
    assert places == [
        ("mini/case.toml", None, "country"),
        ("mini/evidence.csv", 2, "audience"),
        ("mini/evidence.csv", 2, "direction"),
        ("mini/evidence.csv", 2, "severity"),
        ("mini/evidence.csv", 2, "indicators"),
        ("mini/evidence.csv", 3, "source"),
        ("mini/sources.csv", 3, "reliability"),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1: the file is empty; its first line must be: id,source,locator,quote"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"id,source\nall\x92\n", "line 2: byte 0x92 is not UTF-8, and may be one letter or"),
        ("id,source\n".encode("utf-16") + b"x", "this is broken UTF-16; save the file as 'CSV UTF"),
        (b"PK\x03\x04\xff", "this is a spreadsheet file, not text; save it as 'CSV UTF-8'"),
    ],
    ids=["empty", "only-a-mark", "code-page", "utf-16", "workbook"],
)
def test_a_file_that_is_no_table_is_told_apart(data: bytes, words: str, tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    (folder / "evidence.csv").write_bytes(data)
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder, THREE_FACTOR)
    assert words in str(caught.value)


def test_a_table_with_a_header_alone_is_a_fault(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "evidence.csv"
    file.write_text(file.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="a header and no row; add at least one"):
        atrisk.load_case(folder, THREE_FACTOR)


@pytest.mark.parametrize("name", ["warnings", "responses", "searches", "needs"])
def test_a_ledger_with_a_header_alone_holds_nothing(name: str, tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    for answering in ("responses", "deliveries"):  # what they name would be gone
        (folder / f"{answering}.csv").unlink(missing_ok=True)
    header = ",".join(TABLES[name].model_fields)
    (folder / f"{name}.csv").write_text(f"{header}\n", encoding="utf-8")
    assert getattr(atrisk.load_case(folder, THREE_FACTOR), name) == ()


def test_a_cell_of_a_megabyte_is_refused_with_its_line_and_not_printed(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "evidence.csv"
    text = file.read_text(encoding="utf-8").replace("The same quarrel.", "x" * 2**20)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder, THREE_FACTOR)
    assert "line 5: the line holds 1,048," in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "evidence.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert len(atrisk.load_case(folder, THREE_FACTOR).evidence) == 5


def test_a_spreadsheet_s_empty_last_rows_are_no_records(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    with (folder / "evidence.csv").open("a", encoding="utf-8") as file:
        file.write("," * 16 + "\n")
    assert len(atrisk.load_case(folder, THREE_FACTOR).evidence) == 5


def test_a_file_that_is_nearly_named_like_one_that_is_read_is_told(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    (folder / "deliveries.csv").rename(folder / "Deliveries.csv")
    with pytest.raises(atrisk.DataError, match=r"Did you mean 'deliveries\.csv'"):
        atrisk.load_case(folder, THREE_FACTOR)


def test_a_lost_table_is_told_once_and_not_for_every_row(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    (folder / "sources.csv").unlink()
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder, THREE_FACTOR)
    assert [str(problem) for problem in caught.value.problems] == ["the file is missing"]


def test_a_fault_of_the_header_hides_no_fault_of_the_rows(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    header = folder / "case.toml"
    text = header.read_text(encoding="utf-8").replace("CAF", "caf")
    header.write_text(text.replace("three-factor", "un-foa-2014"), encoding="utf-8")
    rows = folder / "evidence.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("2.1,", "11.99,"), encoding="utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder)
    assert {problem.column for problem in caught.value.problems} == {"country", "indicators"}


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    secret = tmp_path / "secret.csv"
    (folder / "sources.csv").rename(secret)
    (folder / "sources.csv").symlink_to(secret)
    with pytest.raises(atrisk.DataError, match="the path leaves the folder"):
        atrisk.load_case(folder, THREE_FACTOR)


def test_columns_beyond_the_contract_are_kept(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "sources.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    added = [f"{lines[0]},shelf", *(f"{line},B7" for line in lines[1:])]
    file.write_text("\n".join(added), encoding="utf-8")
    sources = atrisk.load_case(folder, THREE_FACTOR).sources
    assert [source.model_extra for source in sources] == [{"shelf": "B7"}] * 2


@pytest.mark.parametrize("name", ["../three-factor", "/etc", "car-2012", ""])
def test_a_name_is_never_read_as_a_path(name: str) -> None:
    with pytest.raises(atrisk.UnknownNameError, match="To load your own, pass a path"):
        atrisk.load_case(name)


def test_a_folder_that_is_not_there_or_not_a_case_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(atrisk.RequestError, match=r"is not a folder; a case is a folder with"):
        atrisk.load_case(tmp_path / "nowhere")
    with pytest.raises(
        atrisk.DataError, match=r"case\.toml: the file is missing|the file is missing"
    ):
        atrisk.load_case(tmp_path)


def test_a_confidential_row_is_shown_nowhere(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "sources.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join([f"{lines[0]},confidential", f"{lines[1]},yes", f"{lines[2]},no"]),
        encoding="utf-8",
    )
    case = atrisk.load_case(folder, THREE_FACTOR)
    assessment = atrisk.assess(case, THREE_FACTOR)
    shown = repr(case) + repr(case.evidence) + repr(assessment)
    shown += str([assessment.explain(month) for month in assessment.months])
    assert "the first shots fell" not in shown
    assert "Soldiers shot at villagers" not in shown
    assert "(confidential)" in shown
    assert "they came with sticks" in shown  # the other source is open


def test_a_fault_in_a_confidential_row_does_not_print_it(tmp_path: Path) -> None:
    folder = copy("case", tmp_path)
    file = folder / "evidence.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = [f"{lines[0]},confidential", *(f"{line},yes" for line in lines[1:])]
    text = "\n".join(lines).replace("p. 2,they", "=SECRET(),they").replace(",4,1,", ",4,secret,")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(folder, THREE_FACTOR)
    assert len(caught.value.problems) == 2
    assert "secret" not in str(caught.value).lower()

"""An update from a workbook: what both sides changed, merged in place or refused as a whole."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import atrisk
from atrisk.cases.loading import read_case
from atrisk.coding.schemas import compare_package
from toys import ROOT, THREE_FACTOR

openpyxl = pytest.importorskip("openpyxl")
from atrisk.exchange.workbook import import_workbook, update_case
from edited import (
    MINI,
    Edit,
    add,
    copy_mini,
    drop,
    edit,
    export,
    list_told,
    put,
    read_all,
    replace_in,
    update,
)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return copy_mini(tmp_path)


@pytest.mark.parametrize("name", atrisk.list_cases())
def test_a_shipped_case_that_came_back_unchanged_is_left_to_the_byte(
    name: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(ROOT / "cases" / name, tmp_path / "mine"))
    before = read_all(folder)
    result = update_case(export(folder, framework=None), folder)
    assert (result.changes, result.files, result.is_written) == ((), (), False)
    assert read_all(folder) == before


def test_each_kind_of_change_is_told_and_written_and_nothing_else(mine: Path) -> None:
    before = read_all(mine)

    def change(book: Any) -> None:
        put("evidence", "blows", "severity", "3")(book)
        put("evidence", "elder", "summary", "An elder, at last, made them talk.")(book)
        drop("evidence", "feud-again")(book)
        add("sources", id="radio", title="A broadcast", publisher="A station", published="2020-05",
            kind="radio", reliability="C")(book)  # fmt: skip
        put("deliveries", "guards", "delivered", "4")(book)
        book["case"]["A2"] = 'title = "A toy country, edited"'

    file = export(mine, change)
    dry = update(mine, file, is_dry_run=True)
    assert read_all(mine) == before
    result = update(mine, file)
    assert list_told(result) == [
        ("case", "", "changed", "title", "A toy country, four months", "A toy country, edited"),
        ("sources", "radio", "added", "None", "None",
         "A broadcast; A station; 2020-05; radio; C"),
        ("evidence", "blows", "changed", "severity", "2", "3"),
        ("evidence", "feud-again", "removed", "None",
         "letter; p. 4; the quarrel of the clans; ../2019; ..; public; 1.1; aggravating; …",
         "None"),
        ("evidence", "elder", "changed", "summary", "An elder brought the clans to talk.",
         "An elder, at last, made them talk."),
        ("deliveries", "guards 2020-03-10", "changed", "delivered", "3", "4"),
    ]  # fmt: skip
    assert list_told(dry) == list_told(result)
    assert dry.files == result.files
    assert (dry.is_written, result.is_written) == (False, True)
    after = read_all(mine)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"case.toml", "sources.csv", "evidence.csv", "deliveries.csv",
                       "datapackage.json"}  # fmt: skip
    assert set(before) == set(after)
    for name, lines in {"case.toml": 1, "sources.csv": 1, "evidence.csv": 2}.items():
        old, new = before[name].splitlines(), after[name].splitlines()
        assert len([line for line in new if line not in old]) == lines, name
    case = atrisk.load_case(mine, THREE_FACTOR)
    assert not list(compare_package(case))
    assert json.loads(after["datapackage.json"])["contributors"] == ["us"]
    assert result.case.digest == case.digest
    assert update(mine, file).changes == ()


def test_what_only_the_case_changed_is_kept_and_what_both_changed_alike_is_no_conflict(
    mine: Path,
) -> None:
    file = export(mine, put("evidence", "blows", "place", "South"))
    replace_in(mine / "evidence.csv", 'North,"Soldiers beat', 'South,"Soldiers beat')
    replace_in(mine / "evidence.csv", "Soldiers shot at villagers.", "They shot.")
    result = update(mine, file)
    assert list_told(result) == [("evidence", "shots", "kept", "summary", "None", "None")]
    assert result.files == ()
    assert "They shot." in (mine / "evidence.csv").read_text(encoding="utf-8")


def test_what_both_changed_is_refused_with_every_place_and_shown_by_a_dry_run(mine: Path) -> None:
    def change(book: Any) -> None:
        put("evidence", "blows", "severity", "3")(book)
        put("evidence", "elder", "place", "South")(book)
        put("sources", "diary", "kind", "notebook")(book)
        drop("warnings", "plea")(book)
        book["case"]["A2"] = 'title = "One"'

    file = export(mine, change)
    replace_in(mine / "evidence.csv", "aggravating,2,2,,soldiers", "aggravating,4,2,,soldiers")
    replace_in(mine / "case.toml", "A toy country, four months", "Another")
    replace_in(mine / "warnings.csv", "The teacher wrote", "A teacher wrote")
    lines = (mine / "evidence.csv").read_text(encoding="utf-8").splitlines()
    (mine / "evidence.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    before = read_all(mine)
    with pytest.raises(atrisk.DataError) as refused:
        update(mine, file)
    told = str(refused.value)
    for words in (
        "case.xlsx, case has 1 problem:\n  title: it was changed here and in case.toml since",
        "row 3, K3, severity: it was changed here and in line 3 of evidence.csv since the export, "
        "not alike (severity); make both alike",
        "row 6: it was changed here and removed from evidence.csv since the export",
        "mine/warnings.csv has 1 problem:\n  line 3: it was changed here and removed from case.x",
        "(row blows)",
    ):
        assert words in told, told
    assert read_all(mine) == before
    shown = [row[:4] for row in list_told(update(mine, file, is_dry_run=True))]
    assert ("evidence", "blows", "conflict", "severity") in shown
    assert ("sources", "diary", "changed", "kind") in shown
    assert read_all(mine) == before


# --- Random edits on both sides, against a merge of dictionaries ---------------------------------

ROWS = ("shots", "blows", "feud", "feud-again", "elder")
NEW = ("new-1", "new-2")
SEVERITIES = st.sampled_from(["1", "2", "3", "4"])
SIDES = st.tuples(
    st.dictionaries(st.sampled_from(ROWS), st.none() | SEVERITIES, max_size=4),
    st.dictionaries(st.sampled_from(NEW), SEVERITIES),
    st.none() | st.sampled_from(["One", "Two"]),
)
Side = tuple[dict[str, str | None], dict[str, str], str | None]
Rows = dict[str, str]
FIXED = "fixed"  # a row that nobody edits, since a case has at least one


def apply(rows: Rows, side: Side) -> Rows:
    """Return what a side makes of the severities by id, and of the title."""
    edits, added, title = side
    made = {name: edits.get(name, cell) for name, cell in rows.items()}
    made |= {**added, **({"title": title} if title else {})}
    return {name: cell for name, cell in made.items() if cell is not None}


def merge(was: Rows, mine: Rows, theirs: Rows) -> tuple[Rows, set[str]]:
    """Merge three dictionaries; return the result and the names that both changed, not alike."""
    made, conflicts = {}, set()
    for name in {**was, **mine, **theirs}:
        before, one, other = was.get(name), mine.get(name), theirs.get(name)
        if one != other and before not in (one, other):
            conflicts.add(name)
        cell = other if one == before else one
        if cell is not None:
            made[name] = cell
    return made, conflicts


def read_rows(folder: Path) -> Rows:
    with (folder / "evidence.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row["severity"] for row in csv.DictReader(file)}
    return rows | {"title": atrisk.load_case(folder, THREE_FACTOR).header.title}


def write_side(folder: Path, rows: Rows) -> None:
    """Write what the case's own side holds, in the order that it has."""
    file = folder / "evidence.csv"
    with file.open(encoding="utf-8") as stream:
        old = list(csv.DictReader(stream))
    known = {row["id"]: row for row in old}
    fixed = known[FIXED]
    made = [
        known.get(name, fixed | {"id": name}) | {"severity": cell}
        for name, cell in rows.items()
        if name != "title"
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(fixed), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    file.write_text(text.getvalue(), encoding="utf-8")
    title = atrisk.load_case(folder, THREE_FACTOR).header.title
    replace_in(folder / "case.toml", f'"{title}"', f'"{rows["title"]}"')


def type_side(rows: Rows) -> Edit:
    def change(book: Any) -> None:
        sheet = book["evidence"]
        header = [cell.value for cell in sheet[1]]
        for place in range(sheet.max_row, 1, -1):
            name = sheet.cell(place, 1).value
            if name not in rows:
                sheet.delete_rows(place)
            else:
                sheet.cell(place, header.index("severity") + 1).value = rows[name]
        known = {sheet.cell(place, 1).value for place in range(2, sheet.max_row + 1)}
        fixed = next(r for r in sheet.iter_rows(min_row=2, values_only=True) if r[0] == FIXED)
        for name in [one for one in rows if one not in known and one != "title"]:
            cells = dict(zip(header, fixed, strict=True)) | {"id": name, "severity": rows[name]}
            sheet.append(list(cells.values()))
        book["case"]["A2"] = f'title = "{rows["title"]}"'

    return change


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SIDES, SIDES)
def test_random_edits_on_both_sides_end_as_a_merge_of_dictionaries(
    tmp_path_factory: pytest.TempPathFactory, ours: Side, others: Side
) -> None:
    folder = Path(shutil.copytree(MINI, tmp_path_factory.mktemp("merge") / "mine"))
    with (folder / "evidence.csv").open("a", encoding="utf-8") as file:
        file.write("fixed,diary,p. 9,an axe by the door,2020-02,,2020-02,public,2.2,aggravating,"
                   "2,1,,,,,An axe stood there.\n")  # fmt: skip
    was = read_rows(folder)
    theirs, mine = apply(was, others), apply(was, ours)
    book = export(folder, type_side(theirs))
    write_side(folder, mine)
    assert read_rows(folder) == mine
    merged, conflicts = merge(was, mine, theirs)
    before = read_all(folder)
    dry = update(folder, book, is_dry_run=True)
    assert {one.label or "title" for one in dry.conflicts} == conflicts
    if conflicts:
        with pytest.raises(atrisk.DataError) as refused:
            update(folder, book)
        told = {one.row or "title" for one in refused.value.problems}
        assert told == conflicts
        assert read_all(folder) == before
    else:
        result = update(folder, book)
        assert read_rows(folder) == merged
        assert result.is_written == (merged != mine)
        assert update(folder, book).files == ()


# --- In place ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "encoding", "end"),
    [(",", "utf-8", "\r\n"), (";", "cp1252", "\r\n"), (";", "utf-8-sig", "\n"),
     ("\t", "utf-16", "\r\n"), (",", "utf-16-be", "\n")],
)  # fmt: skip
def test_a_table_keeps_its_marks_its_encoding_and_its_ends_of_lines(
    mark: str, encoding: str, end: str, mine: Path
) -> None:
    def save(name: str) -> None:
        rows = list(csv.reader((MINI / name).read_text(encoding="utf-8").splitlines()))
        text = io.StringIO()
        csv.writer(text, delimiter=mark, lineterminator=end).writerows(rows)
        whole = text.getvalue().replace("villagers", "villageois àgés") + end
        if mark == ";":
            whole = whole.replace(";10;", ";10,5;")
        bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
        (mine / name).write_bytes(bom + whole.encode(encoding))

    for name in ("evidence.csv", "deliveries.csv", "sources.csv"):
        save(name)
    before = read_all(mine)

    def change(book: Any) -> None:
        put("evidence", "blows", "severity", "3")(book)
        put("deliveries", "guards", "delivered", "2.125")(book)
        add("sources", id="radio", title="Un poste; été", publisher="p", published="2020-05",
            kind="radio", reliability="C")(book)  # fmt: skip

    update(mine, export(mine, change))
    after = read_all(mine)
    for name, lines in {"evidence.csv": 1, "deliveries.csv": 1, "sources.csv": 1}.items():
        read = "utf-16" if encoding.startswith("utf-16") else encoding
        assert after[name][:3] == before[name][:3]
        old, new = (one[name].decode(read).split("\n") for one in (before, after))
        assert len([line for line in new if line not in old]) == lines, new
        assert all(line.endswith("\r") for line in new if line) == (end == "\r\n")
    assert (b"2,1250" in after["deliveries.csv"]) == (mark == ";")
    case = atrisk.load_case(mine, THREE_FACTOR)
    assert (case.evidence[1].severity, case.deliveries[0].delivered) == (3, 2.125)
    assert case.sources[-1].title == "Un poste; été"
    assert "villageois àgés" in case.evidence[0].population


def test_what_a_code_page_lacks_is_refused_without_quoting_it(mine: Path) -> None:
    text = (
        (mine / "evidence.csv").read_text(encoding="utf-8").replace("villagers", "villageois âgés")
    )
    (mine / "evidence.csv").write_bytes(text.encode("cp1252"))
    before = read_all(mine)
    file = export(mine, put("evidence", "blows", "place", "မြန်မာ"))
    with pytest.raises(atrisk.RequestError, match="saved in Windows-1252, which lacks") as refused:
        update(mine, file)
    assert "မြ" not in str(refused.value)
    assert read_all(mine) == before


def test_columns_and_comments_of_the_author_s_own_stay_and_a_new_column_comes_last(
    mine: Path,
) -> None:
    rows = list(csv.reader((mine / "evidence.csv").read_text(encoding="utf-8").splitlines()))
    rows = [["remark", *row] if not n else [f"mine {n}", *row] for n, row in enumerate(rows)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (mine / "evidence.csv").write_text(text.getvalue(), encoding="utf-8")
    header = "# why\n" + (mine / "case.toml").read_text(encoding="utf-8")
    header = header.replace('end = "2020-04"', "end   = '2020-04'  # so far")
    (mine / "case.toml").write_text(header, encoding="utf-8")

    def change(book: Any) -> None:
        sheet = book["evidence"]
        sheet["B1"].value, last = "id", sheet.max_column + 1
        sheet.cell(1, last).value = "announced"
        sheet.cell(3, last).value = "yes"
        sheet.cell(3, [c.value for c in sheet[1]].index("known") + 1).value = "2020-03"
        book["case"]["A5"] = 'end = "2020-05"'

    update(mine, export(mine, change))
    made = (mine / "evidence.csv").read_text(encoding="utf-8").splitlines()
    old = text.getvalue().splitlines()
    assert made[0] == f"{old[0]},announced"
    assert [line for n, line in enumerate(made) if line == f"{old[n]},"] == made[1:2] + made[3:]
    assert made[2].startswith("mine 2,blows,")
    assert made[2].endswith(",yes")
    assert (mine / "case.toml").read_text(encoding="utf-8") == header.replace(
        "'2020-04'", '"2020-05"'
    )


def test_a_header_that_only_a_person_can_change_is_told(mine: Path) -> None:
    replace_in(mine / "case.toml", '"A toy country, four months"', '"""A toy country"""')
    before = read_all(mine)
    file = export(mine, lambda book: book["case"].__setitem__("A2", 'title = "x"'))
    with pytest.raises(atrisk.RequestError, match=r"type there: title = \"x\""):
        update(mine, file)
    assert read_all(mine) == before


def test_an_empty_table_has_a_sheet_to_begin_it_and_is_none_until_then(mine: Path) -> None:
    file, back = export(mine), mine.with_name("back")
    header = [cell.value for cell in openpyxl.load_workbook(file)["needs"][1]]
    assert header[:3] == ["id", "date", "issuer"]
    assert import_workbook(file, back, THREE_FACTOR).needs == ()
    assert not (back / "needs.csv").exists()
    row = {
        "id": "n1", "date": "2020-02", "issuer": "the elder", "needed": "20", "unit": "guards",
        "source": "diary", "locator": "p. 5", "quote": "send us twenty men", "summary": "Twenty.",
    }  # fmt: skip
    edit(file, add("needs", **row))
    result = update(mine, file)
    assert result.files == ("needs.csv", "datapackage.json")
    text = (mine / "needs.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == ",".join(row)
    package = json.loads((mine / "datapackage.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in package["resources"]] == [
        "sources", "evidence", "searches", "warnings", "responses", "deliveries", "needs",
    ]  # fmt: skip


def test_a_header_alone_in_a_workbook_of_before_is_a_table_without_rows(mine: Path) -> None:
    def change(book: Any) -> None:
        book.remove(book["exported"])

    import_workbook(export(mine, change), mine.with_name("back"), THREE_FACTOR)
    assert (mine.with_name("back") / "needs.csv").exists()


def test_a_package_that_was_false_is_not_made_true(mine: Path) -> None:
    file = export(mine, put("sources", "diary", "kind", "notebook"))
    replace_in(mine / "datapackage.json", '"rows": 2', '"rows": 3')
    update(mine, file)
    case = atrisk.load_case(mine, THREE_FACTOR)
    assert "sources.csv" in dict(compare_package(case))
    (mine / "datapackage.json").write_text("no JSON", encoding="utf-8")
    edit(file, put("sources", "diary", "kind", "book"))
    replace_in(mine / "sources.csv", "notebook", "diary")
    assert update(mine, file).files == ("sources.csv",)


# --- Refused -------------------------------------------------------------------------------------


def test_faults_of_what_would_be_are_told_where_their_rows_are_and_nothing_is_written(
    mine: Path,
) -> None:
    def change(book: Any) -> None:
        drop("warnings", "cry")(book)
        put("evidence", "elder", "indicators", "9.9")(book)
        drop("evidence", "shots")(book)
        book["deliveries"]["B3"] = "2020-03-10"

    file = export(mine, change)
    replace_in(mine / "responses.csv", "ten guards were promised", "ten guards are promised")
    before = read_all(mine)
    with pytest.raises(atrisk.DataError) as refused:
        update(mine, file)
    told = str(refused.value)
    for words in (
        "case.xlsx, evidence has 1 problem:\n  row 5, I5, indicators: indicator '9.9' does not",
        "mine/responses.csv has 1 problem:\n  line 2, answers: 'cry' is not in warnings.csv",
        "case.xlsx, deliveries has 1 problem:\n  row 3, B3, date: the same response, date and unit "
        "stand on line 2 of deliveries.csv; keep one",
    ):
        assert words in told, told
    assert read_all(mine) == before


def test_where_the_case_became_confidential_no_fault_quotes_the_workbook(mine: Path) -> None:
    """A row that is confidential by now may stand in the workbook under another name."""
    with (mine / "evidence.csv").open(encoding="utf-8") as stream:
        row = next(csv.DictReader(stream))
    file = export(mine, add("evidence", **row | {"id": "moved", "indicators": "Jean told us"}))
    with pytest.raises(atrisk.DataError, match="Jean told us"):
        update(mine, file)
    lines = (mine / "evidence.csv").read_text(encoding="utf-8").splitlines()
    flags = ["confidential", "yes", *[""] * (len(lines) - 2)]
    made = [f"{line},{flag}" for line, flag in zip(lines, flags, strict=True)]
    (mine / "evidence.csv").write_text("\n".join(made) + "\n", encoding="utf-8")
    with pytest.raises(
        atrisk.DataError, match=r"row 7, I7, indicators: .*\(confidential\)"
    ) as told:
        update(mine, file)
    assert "Jean" not in str(told.value)


def test_a_fault_of_the_workbook_itself_is_told_by_row_and_cell(mine: Path) -> None:
    file = export(mine, put("evidence", "elder", "severity", "9"))
    with pytest.raises(atrisk.DataError, match="row 6, K6, severity: '9' is not accepted"):
        update(mine, file)
    file = export(mine, lambda book: book["case"].__setitem__("A4", 'start = "soon"'))
    with pytest.raises(atrisk.DataError, match=r"case\.xlsx, case has 1 problem:\n  start: 'soon'"):
        update(mine, file)


def forget(book: Any) -> None:
    book.remove(book["exported"])


def outdate(book: Any) -> None:
    book["exported"]["B1"] = "0"


def smudge(book: Any) -> None:
    book["exported"]["B3"] = book["exported"]["B3"].value[:-1] + "x"


@pytest.mark.parametrize("change", [forget, outdate, smudge])
def test_a_workbook_that_forgot_what_it_was_made_from_is_refused_unless_it_is_alike(
    change: Edit, mine: Path
) -> None:
    file = export(mine, change)
    assert update(mine, file).changes == ()
    edit(file, put("evidence", "blows", "severity", "3"))
    before = read_all(mine)
    with pytest.raises(atrisk.RequestError, match=r"does not say what it was made from.*--out"):
        update(mine, file)
    assert read_all(mine) == before


def test_a_sheet_that_is_gone_removes_no_row_and_its_header_alone_all(mine: Path) -> None:
    before = read_all(mine)
    file = export(mine, lambda book: book.remove(book["searches"]))
    with pytest.raises(atrisk.DataError, match="the sheet 'searches' is gone; to remove its rows"):
        update(mine, file)
    assert read_all(mine) == before
    update(mine, export(mine, lambda book: book["searches"].delete_rows(2, 9)))
    header = before["searches.csv"].splitlines(keepends=True)[0]
    assert (mine / "searches.csv").read_bytes() == header


def test_a_workbook_of_another_case_and_a_bundled_case_are_refused(mine: Path) -> None:
    file = export(mine)
    replace_in(mine / "case.toml", 'id = "mini"', 'id = "other"')
    with pytest.raises(atrisk.RequestError, match="was made from another case"):
        update(mine, file)
    with pytest.raises(atrisk.RequestError, match="names a bundled case, which is not written"):
        update_case(file, "car-2020-2021")  # type: ignore[arg-type] # on purpose
    with pytest.raises(atrisk.RequestError, match="is not a file"):
        update(mine, mine / "none.xlsx")


def test_a_case_may_get_another_id_in_the_workbook(mine: Path) -> None:
    update(mine, export(mine, lambda book: book["case"].__setitem__("A1", 'id = "better"')))
    assert atrisk.load_case(mine, THREE_FACTOR).id == "better"


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_write_that_fails_leaves_all_files_as_they_were(
    fails_at: int, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(book: Any) -> None:
        put("evidence", "blows", "severity", "3")(book)
        put("sources", "diary", "kind", "notebook")(book)

    file, before, put_back = export(mine, change), read_all(mine), Path.replace
    calls: list[Path] = []

    def fail(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        return put_back(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(atrisk.RequestError, match="No space left"):
        update(mine, file)
    monkeypatch.undo()
    assert read_all(mine) == before
    assert update(mine, file).is_written


def test_what_somebody_wrote_meanwhile_is_not_written_over(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = export(mine, put("evidence", "blows", "severity", "3"))

    def and_write(*given: Any) -> Any:
        replace_in(mine / "warnings.csv", "The elder called", "An elder called")
        return read_case(*given)

    monkeypatch.setattr("atrisk.exchange.copies.updating.read_case", and_write)
    with pytest.raises(atrisk.RequestError, match=r"warnings\.csv' was changed just now"):
        update(mine, file)
    assert (mine / "evidence.csv").read_bytes() == (MINI / "evidence.csv").read_bytes()

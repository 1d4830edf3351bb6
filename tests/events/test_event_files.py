"""Files of event data: what is read of good ones, and what is said of bad ones."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atrisk.base.dates import Month
from atrisk.base.errors import LISTED, AtriskError, DataError, RequestError, UnknownNameError
from atrisk.events import reading
from atrisk.events.counts import ACTORS, KINDS, Cell, Count, EventTable
from atrisk.events.reading import read_events
from toys import HERE

DATA = HERE / "events"
HEADER = "date,country,kind,actor,deaths,low,high,civilians"
GOOD = "2024-05-16,Mali,battle,state,5,3,8,0"


def made(folder: Path, *lines: str, name: str = "made.csv") -> Path:
    return written(folder, ("\n".join(lines) + "\n").encode(), name)


def written(folder: Path, data: bytes, name: str = "made.csv") -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def told(table: EventTable) -> dict[str, tuple[float | None, ...]]:
    return {
        f"{cell.country} {cell.month} {cell.kind} {cell.actor}": (
            count.events, count.deaths, count.low, count.high, count.civilians,
        )
        for cell, count in table.counts.items()
    }  # fmt: skip


def lines_of(error: DataError) -> list[tuple[int | None, str | None]]:
    return [(problem.line, problem.column) for problem in error.problems]


def test_a_file_of_ucdp_is_counted_by_the_month_in_which_events_ended() -> None:
    table = read_events(DATA / "GEDEvent_v24_1.csv")
    assert (table.layout, table.rows, table.unplaced, table.latest) == ("ucdp-ged", 6, 1, None)
    assert told(table) == {
        "COD 2023-02 battle state": (1, 7, 5, 9, 1),
        "COD 2023-02 battle non-state": (1, 4, 3, 4, 0),
        "YEM 2023-03 one-sided state": (1, 11, 2, 20, 11),
        "YEM 2023-03 one-sided non-state": (1 + 1, 3 + 2, 3 + 2, 3 + 2, 3 + 2),
    }


def test_a_candidate_file_of_ucdp_is_told_by_its_name_or_by_what_is_not_cleared(
    tmp_path: Path,
) -> None:
    candidate = DATA / "GEDEvent_v24_0_5.csv"
    assert read_events(candidate).layout == "ucdp-candidate"
    renamed = written(tmp_path, candidate.read_bytes())
    assert read_events(renamed).layout == "ucdp-candidate"
    doubtful = candidate.read_bytes().replace(b"Clear", b"Check deaths")
    assert read_events(written(tmp_path, doubtful)).layout == "ucdp-candidate"
    cleared = candidate.read_bytes().replace(b"Check dyad", b"Clear")
    assert read_events(written(tmp_path, cleared)).layout == "ucdp-ged"
    assert read_events(written(tmp_path, cleared, candidate.name)).layout == "ucdp-candidate"


def test_the_caller_s_word_on_the_layout_stands() -> None:
    assert read_events(DATA / "GEDEvent_v24_0_5.csv", "ucdp-ged").layout == "ucdp-ged"
    assert read_events(DATA / "GEDEvent_v24_1.csv", "ucdp-candidate").layout == "ucdp-candidate"


def test_an_export_of_acled_is_counted_with_the_day_of_its_last_change() -> None:
    table = read_events(DATA / "acled.csv")
    assert (table.layout, table.rows, table.latest) == ("acled", 7, date(2024, 6, 5))
    assert told(table) == {
        "MLI 2024-05 battle state": (1, 5, None, None, None),
        "MLI 2024-05 one-sided non-state": (1 + 1, 4 + 2, None, None, None),
        "MLI 2024-05 remote state": (1, 3, None, None, None),
        "MLI 2024-06 protest non-state": (1, 0, None, None, None),
        "NER 2024-06 riot non-state": (1, 1, None, None, None),
        "NER 2024-06 other unknown": (1, 0, None, None, None),
    }


def test_an_export_of_acled_with_semicolons_and_numbers_for_actors_is_read() -> None:
    table = read_events(DATA / "acled-semicolon.csv")
    assert told(table) == {
        "MLI 2024-05 battle state": (1, 5, None, None, None),
        "XKX 2024-05 one-sided unknown": (1, 1, None, None, None),
    }


def test_an_export_of_acled_from_before_2018_is_read() -> None:
    table = read_events(DATA / "acled-before-2018.csv")
    assert (table.layout, table.latest) == ("acled", None)
    assert told(table) == {
        "DZA 2001-04 one-sided state": (1, 1, None, None, None),
        "DZA 2001-04 protest non-state": (1, 0, None, None, None),
        "DZA 2001-04 riot non-state": (1, 2, None, None, None),
        "DZA 2001-05 battle non-state": (1, 6, None, None, None),
        "DZA 2001-05 other non-state": (1, 0, None, None, None),
    }


def test_a_table_with_hashtags_is_read_in_periods_in_months_and_by_event() -> None:
    periods = read_events(DATA / "hxl-periods.csv")
    assert (periods.layout, periods.rows, periods.unplaced) == ("hxl", 5, 7)
    assert told(periods) == {
        "MLI 2024-01 one-sided unknown": (4 + 2, 9 + 1, None, None, None),
        "MLI 2024-02 protest unknown": (3, None, None, None, None),
        "NER 2024-01 other unknown": (5, 12, None, None, None),
    }
    months = read_events(DATA / "hxl-months.csv")
    assert told(months) == {
        "MLI 2024-01 other unknown": (6, 10, None, None, None),
        "MLI 2024-02 other unknown": (0, 0, None, None, None),
        "BFA 2024-02 other unknown": (3, 4, None, None, None),
    }
    events = read_events(DATA / "hxl-events.csv")
    assert (events.unplaced, events.latest) == (1, date(2024, 6, 4))
    assert told(events) == {
        "MLI 2024-05 battle state": (1, 5, None, None, None),
        "MLI 2024-05 one-sided unknown": (1, 4, None, None, None),
        "MLI 2024-05 riot non-state": (1, None, None, None, None),
    }


def test_hashtags_below_a_publisher_s_own_header_are_passed_over(tmp_path: Path) -> None:
    header, *rows = (DATA / "acled-semicolon.csv").read_text(encoding="utf-8").splitlines()
    tags = ["#event+code", "#date+occurred", *[""] * (header.count(";") - 1)]
    file = made(tmp_path, header, ";".join(tags), *rows)
    assert told(read_events(file)) == told(read_events(DATA / "acled-semicolon.csv"))


def test_our_own_layouts_are_read() -> None:
    events = read_events(DATA / "events.csv")
    assert (events.layout, events.rows, events.unplaced) == ("events", 5, 1)
    assert told(events) == {
        "MLI 2024-05 battle state": (1, 5, 3, 8, 0),
        "MLI 2024-05 one-sided non-state": (1 + 1, 4 + 2, None, 4 + 3, 4 + 2),
        "CIV 2024-06 protest unknown": (1, 0, None, None, None),
    }
    counts = read_events(DATA / "counts.csv")
    assert counts.layout == "counts"
    assert counts.counts[Cell("NER", Month.parse("2024-06"), "remote", "unknown")] == Count(1, 2.5)


@pytest.mark.parametrize("file", sorted(DATA.glob("*.csv")), ids=lambda file: file.stem)
def test_the_rows_of_a_table_are_a_file_of_counts(file: Path, tmp_path: Path) -> None:
    table = read_events(file)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table.to_rows()[0]))
    writer.writeheader()
    writer.writerows(table.to_rows())
    again = read_events(written(tmp_path, text.getvalue().encode()))
    assert again.layout == "counts"
    assert again.counts == table.counts


@pytest.mark.parametrize("file", sorted(DATA.glob("*.csv")), ids=lambda file: file.stem)
def test_a_table_holds_the_digest_of_the_very_bytes(file: Path) -> None:
    table = read_events(file)
    assert table.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert table.file == file.name


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(seed: int, tmp_path: Path) -> None:
    for file in sorted(DATA.glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            delimiter = {"acled-semicolon": ";", "counts": "\t"}.get(file.stem, ",")
            rows = list(csv.reader(stream, delimiter=delimiter))
        above = 3 if file.stem == "hxl-months" else 2 if file.stem == "hxl-periods" else 1
        below = rows[above:]
        random.Random(seed).shuffle(below)
        text = io.StringIO()
        csv.writer(text).writerows([*rows[:above], *below])
        whole = read_events(file)
        mixed = read_events(written(tmp_path, text.getvalue().encode(), file.name))
        assert list(mixed.counts.items()) == list(whole.counts.items())
        for name in ("layout", "rows", "unplaced", "skipped", "latest"):
            assert getattr(mixed, name) == getattr(whole, name)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["2024-01-05", "2024-02", "2024", "2024-02-28"]),
        st.sampled_from(["Mali", "NER", "DR Congo (Zaire)"]),
        st.sampled_from(KINDS),
        st.sampled_from(ACTORS),
        st.integers(0, 1000).map(str),
        st.sampled_from(["", "3"]),
        st.sampled_from(["", "7"]),
        st.just(""),
    ),
    min_size=2,
    max_size=30,
)


def _read_text(folder: Path, rows: list[tuple[str, ...]]) -> EventTable | None:
    """Return the table of some rows; None if none of them lies in a month."""
    file = made(folder, HEADER, *map(",".join, rows))
    if all(row[0] == "2024" for row in rows):
        with pytest.raises(DataError, match=r"can be counted|no row"):
            read_events(file)
        return None
    return read_events(file)


@given(ROWS, st.data())
def test_the_counts_of_a_split_file_add_up_to_those_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("split")
    cut = data.draw(st.integers(0, len(rows)))
    whole = _read_text(folder, rows)
    parts = [part for part in (_read_text(folder, r) for r in (rows[:cut], rows[cut:])) if part]
    added: dict[Cell, Count] = {}
    for part in parts:
        for cell, count in part.counts.items():
            added[cell] = added[cell] + count if cell in added else count
    assert added == (dict(whole.counts) if whole else {})


@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["bare", "bom"])
def test_delimiters_line_ends_and_a_byte_order_mark_change_nothing(
    mark: str, end: bytes, start: bytes, tmp_path: Path
) -> None:
    lines = [line.replace(",", mark).encode() for line in (HEADER, GOOD)]
    table = read_events(written(tmp_path, start + end.join(lines)))
    assert told(table) == {"MLI 2024-05 battle state": (1, 5, 3, 8, 0)}


def test_blank_lines_and_empty_rows_are_no_rows(tmp_path: Path) -> None:
    table = read_events(made(tmp_path, "", HEADER, "", GOOD, ",,,,,,,", ""))
    assert table.rows == 1


def test_columns_may_stand_in_any_order_beside_others(tmp_path: Path) -> None:
    file = made(tmp_path, "note,deaths,actor,Kind, COUNTRY ,date", "x,5,state,riot,MLI,2024-05")
    assert told(read_events(file)) == {"MLI 2024-05 riot state": (1, 5, None, None, None)}


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("2024-13-16,Mali,battle,state,5,3,8,0", "date", "'2024-13-16' is not a date"),
        ("2024-05-16,Atlantis,battle,state,5,3,8,0", "country", "'Atlantis' is no country"),
        ("2024-05-16,Mali,war,state,5,3,8,0", "kind", "'war' is no kind; expected battle"),
        ("2024-05-16,Mali,battle,army,5,3,8,0", "actor", "'army' is no actor; expected state"),
        ("2024-05-16,Mali,battle,state,-5,3,8,0", "deaths", "'-5' is not a count"),
        ("2024-05-16,Mali,battle,state,five,3,8,0", "deaths", "'five' is not a count"),
        ("2024-05-16,Mali,battle,state,,3,8,0", "deaths", "the cell is empty"),
        ("2024-05-16,Mali,battle,state,5,nan,8,0", "low", "'nan' is not a count"),
        ("2024-05-16,Mali,battle,state,5,3,inf,0", "high", "'inf' is not a count"),
        ("2024-05-16,Mali,battle,state,5,3,8,1e999", "civilians", "'1e999' is not a count"),
        ("2024-05-16,Mali,battle,state,5", None, "5 cells where the header has 8"),
        (f"{GOOD},one more", None, "9 cells where the header has 8"),
    ],
)
def test_each_fault_is_told_with_its_line_and_column(
    row: str, column: str | None, word: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        read_events(made(tmp_path, HEADER, GOOD, row))
    assert lines_of(caught.value) == [(3, column)]
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [
        ("GEDEvent_v24_1.csv", b",Clear,2,", b",Clear,4,", "type_of_violence"),
        ("GEDEvent_v24_1.csv", b"2023-02-02 00", b"2023-02-32 00", "date_end"),
        ("GEDEvent_v24_1.csv", b",490,,1,2,", b",490,,1,9,", "date_prec"),
        ("acled.csv", b",Battles,", b",Wars,", "event_type"),
        ("acled.csv", b",State forces,", b",Armies,", "inter1"),
        ("acled.csv", b"2024-05-16,", b"5/16/2024,", "event_date"),
        ("acled.csv", b"1717545600", b"yesterday", "timestamp"),
        ("hxl-months.csv", b"feb,", b"fev,", "#date+month"),
        ("hxl-periods.csv", b"civilian_targeting,4", b"civilians,4", "#event+type"),
        (
            "hxl-periods.csv",
            b"civilian_targeting,4",
            b"civilian_targeting,4.5",
            "#indicator+event+num",
        ),
        ("counts.csv", b"2024-06", b"2024-6", "month"),
    ],
)
def test_a_fault_names_the_publisher_s_own_column(
    file: str, old: bytes, new: bytes, column: str, tmp_path: Path
) -> None:
    data = (DATA / file).read_bytes()
    assert old in data
    with pytest.raises(DataError) as caught:
        read_events(written(tmp_path, data.replace(old, new, 1), file))
    assert [problem.column for problem in caught.value.problems] == [column]


def test_all_faults_of_all_rows_are_told_together(tmp_path: Path) -> None:
    row = "2024-99,Atlantis,war,army,-1,-1,-1,-1"
    with pytest.raises(DataError) as caught:
        read_events(made(tmp_path, HEADER, row, GOOD, row))
    columns = ["country", "date", "kind", "deaths"]
    assert lines_of(caught.value) == [(line, column) for line in (2, 4) for column in columns]


def test_beyond_a_hundred_faults_are_counted(tmp_path: Path) -> None:
    bad = GOOD.replace("battle", "war")
    with pytest.raises(DataError) as caught:
        read_events(made(tmp_path, HEADER, *[bad] * 1234))
    assert len(caught.value.problems) == LISTED + 1
    assert str(caught.value).endswith("1,134 more faults are not listed; mend these and read again")


def test_lines_are_physical_even_if_cells_hold_line_feeds(tmp_path: Path) -> None:
    lines = ['note,"date",country,kind,actor,deaths', '"two', 'lines",2024-05,MLI,riot,state,1']
    other = ['"form\x0cfeed\x85and\u2028separator\r",2024-05,MLI,riot,state,1']
    file = made(tmp_path, *lines, *other, "", "x,2024-05,MLI,war,state,1")
    with pytest.raises(DataError) as caught:
        read_events(file)
    assert lines_of(caught.value) == [(6, "kind")]
    with pytest.raises(DataError) as caught:
        read_events(made(tmp_path, lines[0], lines[1], lines[2].replace("riot", "war")))
    assert lines_of(caught.value) == [(2, "kind")]


def test_faulty_rows_are_left_out_and_counted_if_asked(tmp_path: Path) -> None:
    file = made(tmp_path, HEADER, GOOD, GOOD.replace("battle", "war"), "x,y", GOOD)
    table = read_events(file, skip_bad=True)
    assert (table.rows, table.skipped) == (4, 2)
    assert told(table) == {"MLI 2024-05 battle state": (2, 10, 6, 16, 0)}


def test_a_file_of_which_nothing_can_be_counted_is_refused(tmp_path: Path) -> None:
    yearly, faulty = GOOD.replace("2024-05-16", "2024"), GOOD.replace("battle", "war")
    with pytest.raises(DataError, match="1 are faulty and 1 events lie in no one month") as caught:
        read_events(made(tmp_path, HEADER, yearly, faulty), skip_bad=True)
    assert lines_of(caught.value) == [(None, None), (3, "kind")]


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([], "the file is empty"),
        (["", "", ""], "the file is empty"),
        ([HEADER], "the file has a header and no row"),
        ([HEADER, "", ",,,,,,,"], "the file has a header and no row"),
        (["#date,#country+code,#affected+killed"], "the file has a header and no row"),
    ],
)
def test_a_file_without_rows_is_refused(lines: list[str], word: str, tmp_path: Path) -> None:
    for skip_bad in (False, True):
        with pytest.raises(DataError, match=word):
            read_events(made(tmp_path, *lines), skip_bad=skip_bad)
    with pytest.raises(DataError, match="the file is empty"):
        read_events(written(tmp_path, b""))


def test_an_unknown_header_is_shown_beside_the_layouts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no layout that is known; found 'when,where'") as caught:
        read_events(made(tmp_path, "when,where", "2024,Mali"))
    for word in (
        "ucdp-ged (type_of_violence",
        "acled (event_date",
        "hxl (#country+code or ",
        "counts",
    ):
        assert word in str(caught.value)


@pytest.mark.parametrize("asked", [None, "acled", "hxl"])
def test_terminal_control_characters_of_a_header_are_shown_escaped(
    asked: str | None, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        read_events(made(tmp_path, "\x1b[2Jwhen,wh\u202eere,\x07", "2024,Mali,x"), asked)
    assert "'\\x1b[2Jwhen,wh\\u202eere,\\x07'" in str(caught.value)
    assert str(caught.value).replace("\n", "").isprintable()


def test_terminal_control_characters_of_cells_and_file_names_are_shown_escaped(
    tmp_path: Path,
) -> None:
    file = made(tmp_path, HEADER, "\x1b[2J,\x1b[2J,\x1b[2J,\x1b[2J,\x1b[2J,,,", name="\x1b[2J.csv")
    with pytest.raises(DataError) as caught:
        read_events(file)
    assert str(caught.value).replace("\n", "").isprintable()


def test_a_header_that_lacks_what_the_asked_layout_needs_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs these columns too: event_date, event_type, inter1"):
        read_events(made(tmp_path, HEADER, GOOD), "acled")
    with pytest.raises(DataError, match="no row of hashtags is among the first 25"):
        read_events(made(tmp_path, HEADER, GOOD), "hxl")
    with pytest.raises(DataError, match="needs these columns too: #date"):
        read_events(made(tmp_path, "#country+code,#affected+killed", "MLI,4"))


def test_a_column_that_stands_twice_is_refused_if_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="occurs twice") as caught:
        read_events(made(tmp_path, f"{HEADER},Deaths", f"{GOOD},9"))
    assert lines_of(caught.value) == [(1, "deaths")]
    assert read_events(made(tmp_path, f"{HEADER},x,x", f"{GOOD},,")).rows == 1


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"\xe9", 3, "byte 0xe9 is not UTF-8"),
        (b"\0", 3, "a NUL byte"),
        (b'"' + b"x" * 200_000 + b'"', 3, "field larger than field limit"),
        (b'"never closed', 3, "unexpected end of data"),
        (b'"closed" too early', 3, "cannot be split"),
        (b"alone\rin a cell", 3, "new-line character seen in unquoted field"),
        (b"x" * (11 * 1024 * 1024), 3, "more than 10,485,760 bytes"),
    ],
    ids=["latin-1", "nul", "long cell", "open quote", "stray quote", "return", "long line"],
)
@pytest.mark.parametrize("skip_bad", [False, True])
def test_what_cannot_be_split_ends_the_reading(
    data: bytes, line: int, word: str, skip_bad: bool, tmp_path: Path
) -> None:
    csv.field_size_limit(131_072)  # Python's own, which another package may have moved
    bad = GOOD.replace("battle", "war").encode()
    file = written(tmp_path, b"\n".join([HEADER.encode(), bad, data, GOOD.encode()]))
    with pytest.raises(DataError) as caught:
        read_events(file, skip_bad=skip_bad)
    assert lines_of(caught.value) == [(2, "kind"), (line, None)]
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (gzip.compress(b"x", mtime=0), "a packed file or a spreadsheet"),
        (b"PK\x03\x04", "a packed file or a spreadsheet"),
        ("date".encode("utf-16"), "this is UTF-16"),
        (bytes(range(256)), "a NUL byte"),
        (b"date\rcountry\r", "new-line character"),
        (b'"', "unexpected end of data"),
    ],
)
def test_what_is_no_table_of_text_is_refused_at_its_start(
    data: bytes, word: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=word):
        read_events(written(tmp_path, data))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_our_own_errors(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for head in (b"", HEADER.encode() + b"\n", b"#date,#country,#affected+killed\n"):
        with pytest.raises(AtriskError):
            read_events(written(folder, head + data))


def test_a_file_that_is_not_there_and_a_layout_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is not a file"):
        read_events(tmp_path)
    with pytest.raises(RequestError, match="is not a file"):
        read_events(tmp_path / "absent.csv")
    with pytest.raises(RequestError, match="Path"):
        read_events("made.csv")  # type: ignore[arg-type] # what is refused
    with pytest.raises(UnknownNameError, match="Did you mean 'acled'"):
        read_events(made(tmp_path, HEADER, GOOD), "aclad")


def test_progress_is_told_every_so_many_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "STEP", 2)
    seen: list[int] = []
    read_events(made(tmp_path, HEADER, *[GOOD] * 5), progress=seen.append)
    assert seen == [2, 4]

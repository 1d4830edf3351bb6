"""The board: the latest month of each case, as each case's own assessment and page have it."""

from __future__ import annotations

import base64
import csv
import dataclasses
import re
from pathlib import Path

import pytest

import atrisk
from atrisk.cli.main import main
from shipped import small, un
from toys import THREE_FACTOR, case_of, evidence

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
from atrisk.report.board import Board, prepare_board, render_board
from report.test_report import HOSTILE, Page

NAMES = ("car-2020-2021", "sen-2011-2012", "mmr-2016-2017")


@pytest.fixture(scope="module")
def board() -> Board:
    return prepare_board([atrisk.load_case(name) for name in NAMES], un(), repeats=3)


@pytest.fixture(scope="module")
def page(board: Board) -> str:
    return render_board(board, {name: f"b-{name}.html" for name in NAMES})


def test_each_row_is_the_latest_month_of_its_case(board: Board) -> None:
    rows = board.to_rows()
    assert [row["case"] for row in rows] == list(NAMES)
    for row in rows:
        now = atrisk.assess(atrisk.load_case(row["case"]), un())
        last = now.to_rows()[-1]
        for name in ("month", "band", "score", "low", "high", "coverage"):
            assert row[name] == last[name]
        assert row["change"] == now.overall[-1] - now.overall[-2]
        moved = round(row["change"], 2)
        assert row["direction"] == ("rising" if moved > 0 else "falling" if moved < 0 else "steady")
        tracks = {name: watch.on for name, watch in now.method.alarm.watches.items()}
        assert row["tier"] is None or row["score"] >= 0.9 * tracks[row["tier"]]
        assert (row["tier"] is None) == (row["since"] is None)
    grave = rows[-1]
    assert (grave["tier"], grave["since"]) == ("emergency", "2016-07")


def test_the_latest_month_at_equal_effort_is_that_of_the_parts(board: Board) -> None:
    for row in board.to_rows():
        parts = board.equal.scores[row["case"]][:, -1]
        assert row["at_equal_effort"] == parts.mean()
        assert row["deviation"] == parts.std()
    least = min(board.to_rows(), key=lambda row: row["rows_a_month"])
    assert least["at_equal_effort"] == pytest.approx(least["score"], abs=1e-12)


def test_a_month_without_a_record_gives_no_direction() -> None:
    rows = (evidence("a", start="2020-06", end="..", known="2020-06"),)
    late = case_of(*rows)
    header = late.header.model_copy(update={"id": "other"})
    other = dataclasses.replace(late, header=header, checked=True)
    board = prepare_board([late, other], THREE_FACTOR, repeats=1)
    for row in board.to_rows():
        assert row["score"] is not None
        assert (row["change"], row["direction"]) == (None, None)
    text = render_board(board, {late.id: "a.html", "other": "b.html"})
    assert 'data-value="-9">–</td>' in text
    with pytest.raises(atrisk.RequestError, match="nothing in"):
        prepare_board([late, other], THREE_FACTOR, knowledge="2020-01-31")


def test_the_page_of_a_board_shows_and_saves_the_same_rows(board: Board, page: str) -> None:
    found = Page(page)
    assert all(link.startswith("data:") for link in found.loads)
    for name in NAMES:
        assert f"b-{name}.html" in found.links
    (saved,) = re.findall(r"data:text/csv;base64,([^\"]+)", page)
    rows = list(csv.DictReader(base64.b64decode(saved).decode().splitlines()))
    assert [row["case"] for row in rows] == list(NAMES)
    for row, told in zip(rows, board.to_rows(), strict=True):
        assert float(row["score"]) == told["score"]
        assert f">{told['score']:.2f}</td>" in page


def test_strangers_titles_stay_text(board: Board) -> None:
    case = small()
    header = case.header.model_copy(update={"title": HOSTILE})
    named = dataclasses.replace(case, header=header, checked=True)
    text = render_board(
        prepare_board([named, atrisk.load_case("sen-2011-2012")], un(), repeats=1),
        {case.id: 'x" onclick="alert(1)', "sen-2011-2012": "b.html"},
    )
    assert "window.broken = 1</script>" not in text
    assert 'onclick="' not in text
    assert Page(text).tags.count("script") == 1


def test_the_command_writes_the_board_and_a_page_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "desk" / "board.html"
    asked = ["report", *NAMES[:2], "--draws", "20", "--no-annex"]
    assert main([*asked, "--out", str(out)]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert files == [out, *(out.with_name(f"board-{name}.html") for name in NAMES[:2])]
    assert sorted(files) == sorted(out.parent.iterdir())
    found = Page(out.read_text(encoding="utf-8"))
    assert {file.name for file in files[1:]} <= set(found.links)
    case = atrisk.load_case(NAMES[0])
    own = atrisk.write_report(tmp_path / "own.html", case, un(), draws=20, annex=False)
    assert own.read_bytes() == files[1].read_bytes()
    assert main([*asked, "--beside", NAMES[2], "--out", str(out)]) == 2
    assert "a board puts its cases beside one another already" in capsys.readouterr().err
    assert main([*asked, "--out", str(tmp_path / "board.pdf")]) == 2
    assert "does not end in .html" in capsys.readouterr().err
    assert main(["report", NAMES[0], NAMES[0], "--out", str(out)]) == 2
    assert "two of the cases have one id" in capsys.readouterr().err


def test_the_table_of_a_meeting_comes_without_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", *NAMES[:2], "--show", "latest", "--repeats", "3", "--format", "csv"]
    assert main(asked) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    cases = [atrisk.load_case(name) for name in NAMES[:2]]
    for row, told in zip(rows, prepare_board(cases, un(), repeats=3).to_rows(), strict=True):
        assert {
            name: str(value) if value is not None else "" for name, value in told.items()
        } == row

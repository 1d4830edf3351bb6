"""Commands on events and outcomes: what they print and write, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.verification.verify import Verification
from followed import COUNTS, copy_case
from shipped import un

ESCAPE = "\x1b[31m"
DAY = ["--published", "2021-06-01"]
SOME = ["bdi-2014-2016", "bfa-2018-2019", "mmr-2016-2017"]
HIND = [*DAY, "--knowledge", "retrospective"]
LINES = (
    "CAF,2021-01,one-sided,state,6,30",
    "CAF,2020-12,battle,state,1,40",
    *(f"MLI,2020-{m:02},one-sided,non-state,{m},{40 if m == 5 else 3}" for m in range(1, 13)),
    *(f"BFA,2020-{m:02},one-sided,non-state,{m},{30 if m == 9 else 2}" for m in range(1, 13)),
    "SEN,2020-03,other,unknown,1,0",
)


@pytest.fixture
def table(tmp_path: Path) -> str:
    file = tmp_path / "made.csv"
    file.write_text("\n".join([COUNTS, *LINES, ""]), encoding="utf-8")
    return str(file)


@pytest.fixture
def case(tmp_path: Path) -> str:
    return str(copy_case(tmp_path))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("atrisk: ")
    return err


def read(text: str, form: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))
    )
    return rows


def test_events_become_rows_of_a_folder(
    case: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "import", "events", table, "--case", case, *DAY)
    assert (status, err) == (0, "")
    assert "civilians-killed: 1 month\n" in out
    assert "4 rows of evidence from events-counts-2021-06-01, and outcomes.csv" in out
    assert f"atrisk events {case}" in out
    back = atrisk.load_case(Path(case), un())
    assert len([row for row in back.evidence if row.derived]) == 4
    status, out, _ = run(capsys, "events", case)
    assert status == 0
    assert f"4 of {len(back.evidence)} rows come from counted events" in " ".join(out.split())


def test_events_become_rows_of_a_copy(
    tmp_path: Path, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "copy")
    told = refused(capsys, "import", "events", table, "--case", "car-2020-2021", *DAY)
    assert "is no folder of yours" in told
    assert "--out ./car-2020-2021" in told
    given = ["import", "events", table, "--case", "car-2020-2021", "--out", out, *DAY]
    assert run(capsys, *given)[0] == 0
    assert atrisk.load_case(Path(out)).sources[-1].id == "events-counts-2021-06-01"
    assert "exists; choose another folder" in refused(capsys, *given)


def test_where_civilians_are_not_counted_no_outcomes_are_told_of(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    battles = tmp_path / "battles.csv"
    battles.write_text(f"{COUNTS}\nCAF,2020-12,battle,state,1,40\n", encoding="utf-8")
    _, out, _ = run(capsys, "import", "events", str(battles), "--case", case, *DAY)
    assert "1 row of evidence from" in out
    assert "outcomes.csv" not in out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["import", "events", "TABLE", "--case", "CASE"], "--published 2021-06-01"),
        (["import", "events", "TABLE", "--case", "CASE", "--published", "2021-6-1"],
         "--published '2021-6-1' is not a day; write it like 2021-06-01"),
        (["import", "events", "TABLE", "--case", "CASE", "--published", "soon"], "'soon'"),
        (["import", "events", "TABLE", "--case", "CASE", "--published", "2020-12-31"],
         "counts 2021-01, so it cannot be from 2020-12-31"),
        (["import", "events", "TABLE", "--case", "CASE", *DAY, "--calendar"],
         "no calendar of releases is known for 'counts'"),
        (["import", "events", "TABLE", "--case", "CASE", *DAY, "--as", "acled"], "acled needs"),
        (["import", "events", "TABLE", "--case", "CASE", *DAY, "--as", "acledd"],
         "no layout is called 'acledd'. Did you mean 'acled'?"),
        (["import", "events", "TABLE", *DAY], "--case ./my-case"),
        (["import", "events", "NOWHERE", "--case", "CASE", *DAY], "is not a file"),
        (["import", "events", "TABLE", "--case", "CASE", *DAY, "--source", "x"],
         "--source is for highlights"),
        (["import", "events", "TABLE", "--case", "CASE", *DAY, "--documents", "."],
         "--documents is for highlights"),
        (["import", "TABLE", *DAY], "--published is for events; type: atrisk import events"),
        (["import", "TABLE", "--as", "counts"], "--as is for events"),
        (["import", "TABLE", "--calendar"], "--calendar is for events"),
        (["import", "TABLE", "--skip-bad"], "--skip-bad is for events"),
        (["import", "TABLE"], "--out ./my-case"),
        (["import", "event", "TABLE"], "one file at a time"),
        (["events", "car-2020-2021"], "atrisk import events FILE --case CASE"),
        (["panel", "TABLE"], "--published 2021-06-01"),
        (["panel", "TABLE", *DAY], "--knowledge retrospective"),
        (["panel", "TABLE", *HIND, "--country", "GMB"], "Known: BFA, CAF, MLI, SEN"),
        (["panel", "TABLE", *HIND, "--workers", "0"], "0 is not a number of workers"),
        (["panel", "TABLE", *HIND, "--show", "rivals"], "no rival speaks of these months"),
        (["panel", "TABLE", *HIND, "--show", "levels", "--draws", "0"], "draws=0"),
        (["verify", "car-2020-2021", "--horizon", "-1"], "horizon=-1"),
        (["verify", "car-2020-2021", "--outcome", "civilians"], "Known: civilians-25"),
        (["verify", "car-2020-2021", "--seed", "-1"], "seed=-1"),
        (["verify", "car-2020-2021", "car-2020-2021"], "is named twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_what_to_type(
    given: list[str], words: str, case: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stand = {"TABLE": table, "CASE": case, "NOWHERE": f"{table}.gone"}
    before = {path: path.read_bytes() for path in Path(case).iterdir() if path.is_file()}
    assert words in refused(capsys, *(stand.get(one, one) for one in given))
    assert before == {path: path.read_bytes() for path in Path(case).iterdir() if path.is_file()}


@pytest.mark.parametrize("show", list(Verification.tables))
def test_verify_shows_the_same_in_every_form(show: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["verify", *SOME, "--show", show, "--draws", "20", "--seed", "4"]
    (_, as_csv, _), (_, as_json, _) = (
        run(capsys, *given, "--format", form) for form in ("csv", "json")
    )
    table, tree = read(as_csv, "csv"), read(as_json, "json")
    assert table
    for row, other in zip(table, tree, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in other.items()}
    status, out, err = run(capsys, *given)
    assert (status, err) == (0, "")
    body, _, told = out.partition("\n\n")
    assert len(body.splitlines()) == len(table) + 2
    meanings, _, told = told.partition("\n\n")
    assert ": " in meanings.splitlines()[0]
    assert told.startswith(
        f"Verification({len(SOME)} cases; 25 civilians killed in a month, within 3 months)"
    )
    assert "A score is not a forecast" in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_figure_stands_in_one_cell_with_its_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "verify", "--show", "reliability", "--draws", "20")
    assert out.splitlines()[0].split() == ["months", "told", "came"]
    assert out.splitlines()[2].count("[") == 2


def test_verify_takes_what_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["verify", "car-2012-2015", "sen-2011-2012", "--draws", "20"]
    _, plain, _ = run(capsys, *given)
    for more in (
        ["--horizon", "6"], ["--outcome", "civilians-100"], ["--seed", "9"], ["--method", "v1"],
        ["--knowledge", "retrospective"], ["--audience", "public"],
    ):  # fmt: skip
        status, other, _ = run(capsys, *given, *more)
        assert (status, other != plain) == (0, True), more
    assert run(capsys, *given)[1] == plain


def test_where_nothing_can_be_told_apart_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nothing to tell apart; add cases of the other kind" in refused(
        capsys, "verify", "sen-2011-2012", "--draws", "20"
    )
    assert run(capsys, "verify", "sen-2011-2012", "--show", "alarms")[0] == 0
    told = refused(capsys, "verify", "--outcome", "mass-killing", "--draws", "20")
    assert "ask for alarms or onsets" in told


@pytest.mark.parametrize("show", ["scores", "levels", "changes", "onsets", "alarms", "months"])
def test_a_panel_shows_the_same_in_every_form(
    show: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["panel", table, *HIND, "--show", show, "--draws", "20", "--workers", "1"]
    (status, as_csv, err), (_, as_json, _) = (
        run(capsys, *given, "--format", form) for form in ("csv", "json")
    )
    assert (status, err) == (0, "")
    rows, tree = read(as_csv, "csv"), read(as_json, "json")
    assert rows
    for row, other in zip(rows, tree, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in other.items()}
    status, out, _ = run(capsys, *given)
    assert status == 0
    assert ("Panel('made.csv'" if show == "scores" else "By made.csv") in " ".join(out.split())


def test_a_panel_of_some_countries(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["panel", table, *HIND, "--country", "mali", "--country", "BFA", "--format", "csv"]
    rows = read(run(capsys, *given)[1], "csv")
    assert {row["country"] for row in rows} == {"MLI", "BFA"}


def test_marks_that_steer_a_terminal_are_shown_escaped(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, header, cell = (tmp_path / name for name in (f"a{ESCAPE}.csv", "h.csv", "c.csv"))
    file.write_text("\n".join([COUNTS, *LINES, ""]), encoding="utf-8")
    header.write_text(f"coun{ESCAPE}try,month\nCAF,2020\n", encoding="utf-8")
    cell.write_text(f"{COUNTS}\nCAF{ESCAPE},2020-12,battle,state,1,40\n", encoding="utf-8")
    out = str(tmp_path / f"o{ESCAPE}ut")
    shown = [
        run(capsys, "import", str(file)),
        run(capsys, "import", str(file), "--skip-bad"),
        run(capsys, "import", "events", str(file)),
        run(capsys, "import", "events", str(file), "--case", case, "--source", "x"),
        run(capsys, "import", "events", str(file), "--case", case, "--published", ESCAPE),
        run(capsys, "import", "events", str(file), "--case", case, *DAY),
        run(capsys, "import", "events", str(file), "--case", case, "--out", out, *DAY),
        run(capsys, "import", "events", str(header), "--case", case, *DAY),
        run(capsys, "import", "events", str(cell), "--case", case, *DAY),
        run(capsys, "panel", str(file), *HIND),
        run(capsys, "panel", str(file), *HIND, "--show", "levels", "--draws", "20"),
        run(capsys, "panel", str(file), *HIND, "--country", ESCAPE),
        run(capsys, "verify", case, "--outcome", ESCAPE),
        run(capsys, "events", case),
    ]
    assert [status for status, *_ in shown] == [2, 2, 2, 2, 2, 0, 0, 2, 2, 0, 0, 2, 2, 0]
    for _, printed, told in shown:
        assert "\x1b" not in printed + told
    escaped = [r"\x1b[31m" in printed + told for _, printed, told in shown[:-1]]
    assert escaped == [True, True, True, True, True, True, True, True, True, True, True, True, True]

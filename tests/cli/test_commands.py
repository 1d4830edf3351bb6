"""The command: what it prints, what it refuses, and how it leaves."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.__main__ import THREADS
from atrisk.base.output import render
from atrisk.cli.main import COMMANDS, build_parser, main
from atrisk.cli.options import GROUPS
from atrisk.cli.output import find_drivers, tabulate_months
from toys import DOCUMENTS, HERE, THREE_FACTOR, case_of, evidence

CAR = "car-2012-2015"
MINI = str(HERE / "cases" / "mini")
TOY = ["--framework", str(HERE / "frameworks" / "three-factor")]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_monthly_table_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "assess", CAR)
    lines = out.splitlines()
    assert status == 0
    assert lines[0].split("  ")[0] == "month"
    assert len([line for line in lines if line.startswith("201")]) == 48
    _, _, caveats = " ".join(out.split()).partition(
        "Not a probability of genocide and not a forecast"
    )
    assert "one of them written in 2015" in caveats
    assert max(len(line) for line in lines) <= 140


def test_a_month_without_evidence_is_shown_as_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "assess", MINI, *TOY, "--level", "indicator", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    spark = next(row for row in rows if row["indicator"] == "2.2")
    assert (spark["score"], spark["band"], spark["high"]) == ("", "", "1.0")
    _, table, _ = run(capsys, "assess", MINI, *TOY, "--level", "indicator")
    assert "–" in next(line for line in table.splitlines() if "2.2" in line)


@pytest.mark.parametrize("level", ["overall", "crime", "factor", "indicator"])
def test_csv_and_json_hold_the_same_rows(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, as_csv, _ = run(capsys, "assess", CAR, "--level", level, "--format", "csv")
    _, as_json, _ = run(capsys, "assess", CAR, "--level", level, "--format", "json")
    table, tree = list(csv.DictReader(io.StringIO(as_csv))), json.loads(as_json)
    assert len(table) == len(tree) == 48 * {"overall": 1, "crime": 3, "factor": 14}.get(level, 141)
    for row, other in zip(table, tree, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in other.items()}


def test_choices_reach_the_assessment(capsys: pytest.CaptureFixture[str]) -> None:
    _, plain, _ = run(capsys, "assess", CAR, "--format", "csv")
    for choice in (
        ["--knowledge", "retrospective"],
        ["--audience", "public"],
        ["--weights", "literature"],
        ["--method", "persistence=long"],
    ):
        _, other, _ = run(capsys, "assess", CAR, "--format", "csv", *choice)
        assert other != plain, choice
    _, drawn, _ = run(capsys, "assess", CAR, "--format", "csv", "--knowledge", "2013-06-30")
    last, same = (
        list(csv.DictReader(io.StringIO(text)))[place] for text, place in ((drawn, -1), (plain, 17))
    )
    assert last.pop("knowledge") == "as of 2013-06-30"
    assert same.pop("knowledge") == "contemporaneous"
    assert last == same


def test_an_explanation_goes_down_to_the_anchors(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "explain", CAR, "2013-09", "--factor", "11", "--format", "json")
    rows = json.loads(out)
    assert status == 0
    told = [row for row in rows if row["evidence"] != "assumed"]
    assert len(told) >= 2
    assert all(row["quote"] and row["locator"] for row in told)
    now = atrisk.assess(atrisk.load_case(CAR), atrisk.load_framework("un-foa-2014"))
    score = now.factors[now.place("2013-09"), now.factor_codes.index("11")]
    assert sum(row["contribution"] for row in rows) == pytest.approx(score, abs=1e-12)


def test_a_change_since_a_month_or_from_another_knowledge_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, "explain", CAR, "2013-12", "--since", "2013-11")
    assert "sum of changes +" in out
    _, out, _ = run(
        capsys,
        "explain",
        CAR,
        "2013-09",
        "--knowledge",
        "retrospective",
        "--than",
        "contemporaneous",
    )
    assert "sum of changes +" in out


def test_cases_frameworks_and_validate_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert CAR in run(capsys, "cases")[1]
    assert "un-foa-2014" in run(capsys, "frameworks")[1]
    for what, words in {
        "choices": "reporting-cycles",
        "factors": "Weakness of State structures",
        "indicators": "recalled",
        "severity": "isolated form",
    }.items():
        assert words in run(capsys, "frameworks", "un-foa-2014", "--show", what)[1]
    assert "): no faults\n" in run(capsys, "validate", CAR)[1]
    assert (
        "2 warnings, 2 responses, 2 deliveries): no faults"
        in run(capsys, "validate", MINI, *TOY)[1]
    )


def test_flags_and_the_gap_answer_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert "alarm" in run(capsys, "flags", CAR)[1]
    assert json.loads(
        run(capsys, "flags", CAR, "--policy", "vignette-strict", "--format", "json")[1]
    )
    told = run(capsys, "gap", CAR)[1]
    assert "The first warning on record" in told
    assert "a lag is not a cause" in told
    for shown in ("lags", "monthly", "promises", "survival", "rules", "issuer", "audience"):
        status, out, _ = run(capsys, "gap", CAR, "--show", shown, "--format", "csv")
        assert status == 0
        assert len(list(csv.DictReader(io.StringIO(out)))) >= 3, shown
    _, out, _ = run(capsys, "gap", CAR, "--rule", "any-protective", "--stage", "deployed")
    assert "'any-protective at the stage deployed'" in out
    for shown in ("spells", "strength"):
        need = ("gap", CAR, "--rule", "to-need", "--show", shown, "--format", "csv")
        assert len(list(csv.DictReader(io.StringIO(run(capsys, *need)[1])))) >= 2, shown
    status, _, told = run(capsys, "gap", CAR, "--rule", "adequate", "--show", "strength")
    assert status != 0
    assert "sets no strength beside a need; add --rule to-need" in told
    heard = run(capsys, "gap", CAR, "--audience", "public", "--format", "csv")[1]
    assert heard != run(capsys, "gap", CAR, "--format", "csv")[1]
    drawn = [run(capsys, "gap", CAR, "--seed", seed, "--show", "rules")[1] for seed in ("0", "0")]
    assert drawn[0] == drawn[1]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not beside the project")
def test_anchors_are_counted_and_orphans_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "anchors", CAR, "--documents", str(DOCUMENTS))
    count = len(atrisk.load_case(CAR).cited)
    assert (status, out) == (0, f"{count} anchors, {count} found exactly once\n")
    for path in DOCUMENTS.glob("001*"):
        shutil.copy(path, tmp_path)
    status, out, _ = run(capsys, "anchors", CAR, "--documents", str(tmp_path))
    assert status == 1
    assert "no document with the sha256 of au-ssr-2014" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assess", "car-2012"], "Did you mean 'car-2012-2015'?"),
        (["assess", "./nowhere"], "is not a folder"),
        (
            ["assess", CAR, "--knowledge", "soon"],
            "expected contemporaneous, retrospective or a day",
        ),
        (["assess", CAR, "--knowledge", "2011-05-01"], "is before car-2012-2015 begins (2012-01)"),
        (["assess", CAR, "--weights", "heavy"], "Known: equal, rank-order, literature, proximate."),
        (["assess", CAR, "--method", "long"], "method set (or BRANCH=OPTION) is called"),
        (["assess", CAR, "--method", "persistence="], "is not BRANCH=OPTION"),
        (["codebook", "un-foa-2014", f"{'x' * 300}.qdc"], "choose another path"),
        (["codebook", "un-foa-2014", "/proc/x.qdc"], "cannot be written"),
        (["report", CAR, "--draws", "20", "--out", f"{'x' * 300}.html"], "cannot be written"),
        (["export", CAR, "x.xlsx", "--documents", "."], "--documents is for .jsonld"),
        (["import", "x.xlsx", "--case", CAR, "--out", "y"], "is not a file"),
        (["passages", "x.txt", "--like", CAR, "--recall", CAR], "leave out --like"),
        (["passages", "x.txt", "--like", CAR, "--like", CAR], "names a case twice"),
        (["passages", "x.txt"], "is not a file"),
        (["assess", CAR, "--method", "speed=long"], "no method branch is called 'speed'"),
        (["assess", CAR, "--framework", "un"], "Known: ten-stages, un-foa-2014."),
        (["assess", MINI], "no framework is called 'three-factor'"),
        (
            ["explain", CAR, "2016-01"],
            "was not assessed; the months are 2012-01 to 2015-12 (contemporaneous)",
        ),
        (
            ["explain", CAR, "Sept 2013"],
            "is not a month: write its year and number, such as 2013-09",
        ),
        (["explain", CAR, "2013-09", "--factor", "15"], "no factor is called '15'."),
        (["explain", CAR, "2013-09", "--crime", "theft"], "no crime is called 'theft'."),
        (["explain", CAR, "2013-09", "--factor", "1", "--crime", "genocide"], "not both"),
        (["explain", CAR, "2012-01", "--factor", "12"], "it is not assessed, which is not zero"),
        (["anchors", CAR, "--documents", "nowhere"], "is not a folder"),
        (["gap", CAR, "--rule", "quick"], "no matching rule is called 'quick'"),
        (
            ["flags", CAR, "--policy", "loud"],
            "Known: standard, sensitive, strict, vignette-alert, vignette-sensitive,",
        ),
        (["assess", CAR, "--weights", "equal", "--method", "weights=equal"], "given twice"),
    ],
)
def test_what_cannot_be_used_is_told_and_ends_with_two(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_a_broken_case_ends_with_two_as_a_process_and_writes_nothing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINI, tmp_path / "broken"))
    file = folder / "evidence.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2.1,", "9.9,"), encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "atrisk", "assess", str(folder), *TOY],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 2, indicators: indicator '9.9' does not exist" in done.stderr
    assert "line 3, indicators" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_reader_that_has_seen_enough_causes_no_traceback() -> None:
    done = subprocess.run(
        f"{sys.executable} -m atrisk assess {CAR} --level indicator | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("month")
    assert done.stderr == ""


def test_wrong_words_end_with_two_and_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["assess"], ["guess", CAR], ["assess", CAR, "--format", "pdf"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        assert "usage: atrisk" in capsys.readouterr().err


def test_every_command_has_a_summary_and_help() -> None:
    text = build_parser().format_help()
    for command in COMMANDS.values():
        assert f"  {command.name:<12} {command.summary}" in text
    for heading in GROUPS.values():
        assert f"\n{heading}:" in text
    assert "not a forecast" in text


def test_text_from_a_case_is_disarmed_for_spreadsheets_and_terminals() -> None:
    rows = [{"text": "=1+1"}, {"text": "plain"}, {"text": "\x1b[31mred"}]
    assert render(rows[:2], "csv").splitlines() == ["text", "'=1+1", "plain"]
    assert "\x1b" not in render(rows, "table")


def test_a_frame_holds_the_same_rows_and_its_absence_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assessment = atrisk.assess(atrisk.load_case(CAR), atrisk.load_framework("un-foa-2014"))
    frame = assessment.to_frame("factor")
    assert list(frame.columns) == list(assessment.to_rows("factor")[0])
    assert len(frame) == 48 * 14
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(atrisk.MissingExtraError, match=r"pip install 'atrisk\[frames\]'"):
        assessment.to_frame()


@pytest.mark.parametrize(
    "call",
    [
        lambda case, framework: atrisk.assess(case, "un-foa-2014"),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.assess("car-2012-2015", framework),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.assess(case, framework, knowledge=None),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.assess(case, framework, method=3),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.assess(case, framework).explain(2013),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.load_case(CAR, "un-foa-2014"),  # type: ignore[arg-type] # on purpose
        lambda case, framework: atrisk.measure_gap(case, case),
    ],
)
def test_a_wrong_kind_of_argument_is_told_and_no_traceback_of_ours(call: Any) -> None:
    with pytest.raises(
        atrisk.AtriskError, match=r"expected|is not a month|is not a kind of knowledge"
    ):
        call(atrisk.load_case(CAR), atrisk.load_framework("un-foa-2014"))


def test_a_narrow_terminal_is_no_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "atrisk", "explain", CAR, "2013-12", "--top", "3"],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u201c" in done.stdout


def test_a_score_that_covers_too_little_has_no_band() -> None:
    row = evidence(indicators="2.2", severity=1)
    assessment = atrisk.assess(case_of(row), THREE_FACTOR)
    framework = assessment.framework.header.least_coverage
    for place, band in enumerate(assessment.bands):
        assert (band is None) == (assessment.coverage[place] < framework)
    assert None in assessment.bands
    assert "–" in render(tabulate_months(assessment, find_drivers(assessment)), "table")


def test_nothing_to_show_is_an_error_unless_it_is_an_answer() -> None:
    with pytest.raises(atrisk.RequestError, match="nothing to show"):
        render([], "table")
    assert render([], "json", may_be_empty=True) == "[]"


def test_a_score_that_nobody_assessed_is_never_printed_as_zero(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["explain", "car-2012-2015", "2013-09", "--factor", "12", "--since", "2012-01"]
    assert main(arguments) == 0
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.startswith("before  2012-01")
    assert first.endswith("not assessed, which is not zero")
    assert "[" in second


# Tells what a child process would inherit when NumPy is first looked for, and goes.
WATCH = """
import os, subprocess, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            show = "import os; print(*(os.environ.get(name, '-') for name in %r))"
            os._exit(subprocess.run([sys.executable, "-c", show], check=True).returncode)
sys.meta_path.insert(0, Watch())
"""


@pytest.mark.parametrize(
    ("run", "given", "inherited"),
    [
        ("import atrisk.__main__ as door; door.start()", {}, "1 1 1 1 1"),
        ("import atrisk.__main__ as door; door.start()", {"OMP_NUM_THREADS": "3"}, "3 - - - -"),
        ("import atrisk.__main__ as door; door.start()", {"BLIS_NUM_THREADS": "2"}, "- - - 2 -"),
        ("import atrisk; atrisk.list_cases(); atrisk.assess", {}, "- - - - -"),
        ("import atrisk; atrisk.assess", {"OPENBLAS_NUM_THREADS": "4"}, "- 4 - - -"),
    ],
)
def test_the_command_takes_one_thread_a_product_unless_told_and_an_import_changes_nothing(
    run: str, given: dict[str, str], inherited: str
) -> None:
    own = {name: text for name, text in os.environ.items() if name not in THREADS}
    code = WATCH % (THREADS,) + run
    done = subprocess.run(
        [sys.executable, "-c", code], env=own | given, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == inherited


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("reportlab", ["brief", CAR, "--out", "brief.pdf"], "brief"),
        ("docx", ["brief", CAR, "--out", "brief.docx"], "brief"),
        ("matplotlib", ["brief", CAR, "--out", "brief.html"], "report"),
        ("matplotlib", ["figures", CAR, "--out", "figures"], "report"),
        ("jinja2", ["report", CAR, "--out", "car.html"], "report"),
    ],
)
def test_a_missing_extra_is_told_before_anything_is_read(
    module: str,
    words: list[str],
    extra: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    for room in ("month", "present"):
        monkeypatch.setattr(f"atrisk.cli.commands.{room}.load", lambda _: pytest.fail("was read"))
    monkeypatch.setattr("atrisk.cli.commands.present.load_all", lambda *_: pytest.fail("was read"))
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert f"needs the extra '{extra}'" in err


def test_the_thresholds_of_bands_and_alarms_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    framework = atrisk.load_framework("un-foa-2014")
    _, out, _ = run(capsys, "frameworks", framework.id, "--show", "bands", "--format", "json")
    lowers = framework.choose().bands.lowers
    assert [row["from_score"] for row in json.loads(out)] == list(lowers)
    _, out, _ = run(capsys, "frameworks", framework.id, "--show", "alarms", "--format", "json")
    assert [row["tier"] for row in json.loads(out)] == ["watch", "alert", "emergency"]
    for command in ("assess", "flags"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        told = " ".join(capsys.readouterr().out.split())
        assert "--show bands" in told
        for band, lower in zip(framework.header.bands, lowers, strict=True):
            assert f"{band.label} from {lower:g}" in told
        assert f"emergency from {framework.choose().alarm.watches['emergency'].on:g} in" in told

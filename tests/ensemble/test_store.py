"""Store: a folder of ensembles is what each case gives alone, whatever stopped a run on its way."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.base.output import render
from atrisk.cli.main import main
from atrisk.ensemble.run import run_ensemble
from atrisk.ensemble.runner import Runner
from atrisk.ensemble.store import RUN, store_ensembles
from shipped import un
from toys import THREE_FACTOR, case_of, evidence


def make_cases(count: int = 4) -> list[atrisk.Case]:
    return [
        replace(
            one := case_of(evidence("a"), evidence("b", indicators="1.1", severity=1 + n % 4)),
            header=one.header.model_copy(update={"id": f"land-{n}"}),
        )
        for n in range(count)
    ]


def read(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def store(folder: Path, cases: Any = None, **given: Any) -> tuple[Path, ...]:
    chosen: dict[str, Any] = {"seed": 7, "draws": 60} | given
    return store_ensembles(folder, make_cases() if cases is None else cases, THREE_FACTOR, **chosen)


def test_each_file_is_the_case_s_own_ensemble(tmp_path: Path) -> None:
    files = store(tmp_path / "out", level="factor", vary=iter(["truth", "dates"]))
    for case, file in zip(make_cases(), files, strict=True):
        alone = run_ensemble(case, THREE_FACTOR, seed=7, draws=60, vary=["truth", "dates"])
        rows = [{"case": case.id} | row for row in alone.to_rows("factor")]
        assert file.read_text(encoding="utf-8") == render(rows, "csv") + "\n"
        assert file.name == f"{case.id}-{case.digest[:12]}.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            assert {row["case"] for row in csv.DictReader(lines)} == {case.id}
    made = json.loads((tmp_path / "out" / RUN).read_text(encoding="utf-8"))
    assert made["seed"] == 7
    assert made["vary"] == ["dates", "truth"]


def test_a_run_that_stopped_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    def stop() -> Iterator[atrisk.Case]:
        yield from make_cases()[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(tmp_path / "a", stop(), runner=Runner(workers=1))
    begun = {name: (tmp_path / "a" / name).stat().st_mtime_ns for name in read(tmp_path / "a")}
    assert 1 < len(begun) < 5
    store(tmp_path / "a")
    store(tmp_path / "b")
    assert read(tmp_path / "a") == read(tmp_path / "b")
    for name, when in begun.items():
        assert (tmp_path / "a" / name).stat().st_mtime_ns == when
    assert store(tmp_path / "a") == tuple(sorted((tmp_path / "a").glob("land-*.csv")))


def test_a_record_that_changed_is_run_again_and_its_old_file_goes(tmp_path: Path) -> None:
    cases = make_cases(2)
    old = store(tmp_path, cases)
    other = replace(cases[1], header=cases[1].header.model_copy(update={"id": "land-1-open"}))
    store(tmp_path, [other])
    more = replace(cases[1], evidence=(*cases[1].evidence, evidence("c", severity=1)))
    new = store(tmp_path, [cases[0], more])
    assert new[0] == old[0]
    assert not old[1].exists()
    assert new[1].exists()
    assert len(list(tmp_path.glob("land-1-open-*.csv"))) == 1


def test_another_run_and_other_things_are_not_written_over(tmp_path: Path) -> None:
    store(tmp_path / "a")
    before = read(tmp_path / "a")
    for given, named in (
        ({"seed": 8}, "with seed = "),
        ({"draws": 61}, "with draws = "),
        ({"vary": ["truth"]}, "with vary = "),
        ({"knowledge": "retrospective"}, "with knowledge = "),
        ({"method": {"persistence": "never"}}, "with method_sha256 = "),
    ):
        with pytest.raises(atrisk.RequestError, match=named):
            store(tmp_path / "a", **given)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="holds other things"):
        store(tmp_path / "b")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / RUN).write_text("[", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="not what a run writes"):
        store(tmp_path / "c")
    assert read(tmp_path / "a") == before


def test_what_cannot_be_run_leaves_nothing(tmp_path: Path) -> None:
    twice = [make_cases(1)[0]] * 2
    for cases, given, error, told in (
        ([], {}, atrisk.RequestError, "no case to draw"),
        (None, {"draws": 0}, atrisk.RequestError, "draws"),
        (None, {"level": "month"}, atrisk.UnknownNameError, "level"),
        (None, {"policy": "nope"}, atrisk.UnknownNameError, "policy"),
        (None, {"knowlege": "2020"}, TypeError, "knowlege"),
    ):
        with pytest.raises(error, match=told):
            store(tmp_path / "a", cases, **given)
        assert not (tmp_path / "a").exists()
    with pytest.raises(atrisk.RequestError, match="two cases are called land-0"):
        store(tmp_path / "b", twice)


SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from ensemble.test_store import make_cases, store
from atrisk.ensemble.runner import Runner
store(Path(sys.argv[1]), make_cases(40), draws=2000, runner=Runner(workers=1))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed as on POSIX")
def test_a_process_that_is_killed_leaves_whole_files_and_loses_no_more(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    out = tmp_path / "killed"
    typed = [sys.executable, "-c", SCRIPT, str(out), str(tests), str(tests / "support")]
    with subprocess.Popen(typed) as run:
        until = time.monotonic() + 60
        while len(list(out.glob("land-*.csv"))) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(run.pid, signal.SIGKILL)
    begun = read(out)
    store(tmp_path / "whole", make_cases(40), draws=2000)
    whole = read(tmp_path / "whole")
    written = {name for name in begun if name.endswith(".csv")}
    assert 3 <= len(written) < 40
    assert all(begun[name] == whole[name] for name in written)
    store(out, make_cases(40), draws=2000)
    assert {n: b for n, b in read(out).items() if not n.startswith(".")} == whole


def test_a_worker_that_is_killed_loses_no_case(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, distributed.Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
        done = tmp_path / "cluster"

        def kill() -> None:
            while len(list(done.glob("land-*.csv"))) < 2:
                time.sleep(0.01)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        files = store(done, make_cases(30), draws=2000, runner=Runner(client=client))
        killer.join()
        pids = set(client.run(os.getpid).values())
    assert victim not in pids
    assert len(files) == 30
    store(tmp_path / "here", make_cases(30), draws=2000)
    assert read(done) == read(tmp_path / "here")


def test_the_command_writes_what_the_function_does_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["car-2020-2021", "gmb-2016-2017"]
    typed = ["--draws", "20", "--seed", "7", "--level", "crime", "--format", "csv"]
    into = ["--into", str(tmp_path / "typed")]
    assert main(["ensemble", names[0], *typed, *into]) == 0
    begun = read(tmp_path / "typed")
    capsys.readouterr()
    assert main(["ensemble", *names, *typed, *into]) == 0
    told = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    cases = [atrisk.load_case(name) for name in names]
    files = store_ensembles(tmp_path / "own", cases, un(), seed=7, draws=20, level="crime")
    assert [Path(row["file"]).name for row in told] == [file.name for file in files]
    assert [row["case"] for row in told] == names
    assert read(tmp_path / "typed") == read(tmp_path / "own")
    assert begun.items() <= read(tmp_path / "typed").items()


def test_several_cases_ask_for_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ensemble", "car-2020-2021", "gmb-2016-2017", "--draws", "20"]) == 2
    assert "add --into FOLDER" in capsys.readouterr().err

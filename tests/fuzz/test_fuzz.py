"""Files that were damaged on the way: refused with a place, harmless, told, or legal; never silent.

Five hundred of each run; twenty thousand by the marker ``slow`` and the variable ``FUZZ``, which
takes minutes: ``FUZZ=20000 python -m pytest tests/fuzz -m slow``.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from fuzz.damage import Damage, list_damages, list_toml_damages
from toys import HERE

CASE, FRAMEWORK = HERE / "cases" / "mini", HERE / "frameworks" / "three-factor"
SECONDS = 10  # in which every file is read or refused
SCENARIO = """title = "Nobody quarrels"
question = "What if?"
rationale = "A test."
[changes.drop]
evidence = ["feud"]
"""
ENDS = {"refused", "harmless", "told", "legal"}  # of a damage that does no harm
Outcome = tuple[str, str]  # class, and what was said


class SlowError(Exception):
    """A file took longer than it may."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    def give_up(_: int, __: FrameType | None) -> None:
        raise SlowError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Bench:
    """A case and a framework that can be damaged, and what they say when they are whole."""

    def __init__(self, room: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.room, self.capsys = room, capsys
        self.restore()
        self.package()
        self.whole, self.said = self.score(), self.validate()[1]

    def restore(self) -> None:
        shutil.rmtree(self.room, ignore_errors=True)
        shutil.copytree(CASE, self.room / "mini")
        shutil.copytree(FRAMEWORK, self.room / "three-factor")
        (self.room / "mini" / "scenarios").mkdir()
        (self.room / "mini" / "scenarios" / "quiet.toml").write_text(SCENARIO, encoding="utf-8")
        if hasattr(self, "kept"):
            (self.room / "mini" / "datapackage.json").write_text(self.kept, encoding="utf-8")

    def package(self) -> None:
        """Put a data package beside the case, as its author would on handing it on."""
        assert self.run("schema", str(self.room / "mini"))[0] == 0
        self.kept = self.printed[0]
        (self.room / "mini" / "datapackage.json").write_text(self.kept, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str]:
        framework = [] if words[0] == "schema" else ["--framework", str(self.room / "three-factor")]
        self.capsys.readouterr()
        status = main([*words, *framework])
        self.printed = self.capsys.readouterr()
        return status, self.printed.out + self.printed.err

    def validate(self) -> tuple[int, str]:
        """Return the status, and what is said beyond the line that sums the case up."""
        status, said = self.run("validate", str(self.room / "mini"))
        return status, "\n".join(said.split("\n")[1:]) if status == 0 else said

    def score(self) -> tuple[np.ndarray, ...]:
        framework = atrisk.load_framework(self.room / "three-factor")
        case = atrisk.load_case(self.room / "mini", framework)
        now = atrisk.assess(case, framework)
        gap = atrisk.measure_gap(case, now) if case.warnings else None
        changed = atrisk.run_scenarios(case, framework).to_rows("summary")
        lags = np.array([lag.days for lag in gap.lags]) if gap else np.zeros(0)
        runs = np.array([row["mean_score"] for row in changed], dtype=float)
        factors = now.factors[:, np.argsort(now.factor_codes)]  # a file's order decides no score
        return now.overall, now.low, now.high, factors, lags, runs

    def judge(self, damage: Damage) -> Outcome:
        """Return what became of the damage."""
        try:
            with within(SECONDS):
                scores = self.score()
        except atrisk.AtriskError as error:
            return "refused", str(error)
        except Exception as error:
            return "crash", repr(error)
        for numbers in scores:
            assert np.isfinite(numbers).all(), (damage.name, numbers)
        same = all(
            one.shape == other.shape and np.array_equal(one, other)
            for one, other in zip(scores, self.whole, strict=True)
        )
        if same:
            return "harmless", ""
        if damage.legal:
            return "legal", ""
        status, said = self.validate()
        return ("told" if status or said != self.said else "silent"), said


def play(bench: Bench, seed: int) -> tuple[Damage, Path, Outcome] | None:
    dice = random.Random(seed)
    folder = bench.room / dice.choice(("mini", "mini", "three-factor"))
    files = sorted(path for path in folder.rglob("*.*") if path.suffix in (".csv", ".toml"))
    file = dice.choice(files)
    damage = dice.choice(list_toml_damages() if file.suffix == ".toml" else list_damages())
    try:
        if not damage.apply(file, dice):
            return None
        return damage, file.relative_to(bench.room), bench.judge(damage)
    finally:
        bench.restore()


def fuzz(bench: Bench, count: int, start: int) -> Counter[str]:
    classes: Counter[str] = Counter()
    crashed, silent, nowhere = [], [], []
    for seed in range(start, start + count):
        found = play(bench, seed)
        if found is None:
            continue
        damage, file, (outcome, said) = found
        classes[outcome] += 1
        if outcome == "crash":
            crashed.append((seed, damage.name, str(file), said))
        if outcome == "silent":
            silent.append((seed, damage.name, str(file)))
        # What refers to a row that is lost is told where it does so.
        names = [file.name, file.stem, *([".csv", ".toml"] if damage.name == "row lost" else [])]
        if outcome == "refused" and not any(part in said for part in names):
            nowhere.append((seed, damage.name, str(file), said[:200]))
    assert not crashed, crashed[:10]
    assert not silent, silent[:10]
    assert not nowhere, nowhere[:10]
    return classes


def test_damaged_files_are_refused_told_or_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classes = fuzz(Bench(tmp_path / "room", capsys), 500, start=0)
    assert set(classes) <= ENDS
    assert classes["refused"] > classes["legal"] > 0
    assert classes["harmless"] > 0


@pytest.mark.slow
@pytest.mark.skipif("FUZZ" not in os.environ, reason="FUZZ says how many; 20000 take minutes")
def test_many_more_damaged_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    classes = fuzz(Bench(tmp_path / "room", capsys), int(os.environ["FUZZ"]), start=1_000_000)
    assert set(classes) <= ENDS
    with capsys.disabled():
        print(dict(classes))  # noqa: T201 - what was asked for


def test_a_silent_change_would_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path / "room", capsys)
    file = bench.room / "mini" / "evidence.csv"
    graver = Damage("graver", legal=False, apply=lambda path, _: True)
    file.write_text(file.read_text(encoding="utf-8").replace(",aggravating,2,", ",aggravating,3,"))
    assert bench.judge(graver)[0] in ("silent", "told")

"""How commands grow with a case: 1, 5 and 25 times the Central African Republic's rows and ledgers.

    python benchmarks/growth.py [--times 1 5 25] [--limit 600] [COMMAND ...]

Each command is a process of its own, one at a time. Printed are the processor's time and the peak
of memory, as Linux counts them, and the exponent p of ``time ~ rows^p``, fitted to the logarithms.
Copies have ids, sources and claims of their own, and the months of the first.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import atrisk

MONTH = "2013-12"
SHIPPED = Path(__file__).parents[1] / "cases" / "car-2012-2015"
COMMANDS = {
    "assess": "assess CASE",
    "validate": "validate CASE",
    "explain": f"explain CASE {MONTH}",
    "explain --since": f"explain CASE {MONTH} --since 2013-11",
    "changes": f"changes CASE --month {MONTH}",
    "flags": "flags CASE",
    "flags --backtest": "flags CASE --backtest",
    "gap": "gap CASE",
    "gap monthly": "gap CASE --show monthly",
    "ensemble": "ensemble CASE --draws 2500 --seed 0",
    "weights": "weights CASE",
    "methods": "methods CASE",
    "scenarios": "scenarios CASE",
    "sensitivity": "sensitivity CASE --seed 0",
    "sensitivity leave_out": "sensitivity CASE --seed 0 --show leave_out",
    "sensitivity flips": "sensitivity CASE --seed 0 --show flips",
    "reading": "reading CASE --seed 0",
    "compare": "compare CASE car-2020-2021",
    "brief": f"brief CASE --month {MONTH} --out OUT.md",
    "export": "export CASE OUT.xlsx",
    "report": "report CASE --out OUT.html",
    "report --no-annex": "report CASE --out OUT.html --no-annex",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took: seconds of the processor, MiB at the peak, bytes, or why not."""

    seconds: float
    memory: float
    written: int
    failed: str = ""


def grow(times: int, folder: Path) -> Path:
    """Write the case with so many copies of every row; copies count as told by other sources."""
    case = atrisk.load_case("car-2012-2015")
    tables: dict[str, list[Any]] = {name: [] for name in case.tables}
    for copy in range(times):
        mark = f"-x{copy}" if copy else ""
        for name, rows in case.tables.items():
            tables[name] += [_rename(row, mark) for row in rows]
    copied: dict[str, Any] = {name: tuple(rows) for name, rows in tables.items()}
    grown = replace(case, **copied, checked=True)
    out = folder / f"car-{times}"
    grown.save(out)
    (out / "scenarios").mkdir(exist_ok=True)
    for file in [*SHIPPED.glob("scenarios/*.toml"), SHIPPED / "judgements.csv"]:
        (out / file.relative_to(SHIPPED)).write_bytes(file.read_bytes())
    return out


def _rename(row: object, mark: str) -> object:
    """Return a row of which every name ends in a mark."""
    changed = {}
    for name in ("id", "source", "claim", "response", "action"):
        cell = getattr(row, name, "")
        if isinstance(cell, str) and cell and (name != "action" or "-" in cell):
            changed[name] = f"{cell}{mark}"
    answers = getattr(row, "answers", ())
    if answers:
        changed["answers"] = tuple(f"{one}{mark}" for one in answers)
    return row.model_copy(update=changed)  # type: ignore[attr-defined] # of pydantic


def run(words: str, case: Path, out: Path, limit: float) -> Run:
    """Run a command; give what Linux says that it took."""
    typed = words.replace("CASE", str(case)).replace("OUT", str(out)).split()
    before = os.times()
    began = time.monotonic()
    code = (
        "import gc, re, resource, sys\n"
        "from atrisk.__main__ import GARBAGE\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)\n"
        "from atrisk.cli.main import main\n"
        "gc.set_threshold(GARBAGE)\n"  # as the command does
        "status = main(sys.argv[2:])\n"
        "told = open('/proc/self/status').read()\n"  # whose peak begins with the program
        "print(re.search(r'VmHWM:\\s+(\\d+)', told)[1], file=sys.stderr)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(int(limit)), *typed],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    after = os.times()
    spent = sum(after[2:4]) - sum(before[2:4])
    written = sum(file.stat().st_size for file in out.parent.glob(f"{out.name}.*"))
    told = done.stderr.split()
    if done.returncode:
        why = f"over {limit:g} s" if time.monotonic() - began > limit / 2 else done.stderr.strip()
        return Run(spent, math.nan, written, why[-200:] or f"ended by {done.returncode}")
    return Run(spent, int(told[-1]) / 1024, written)


def fit(sizes: Iterable[int], spent: Iterable[float]) -> float:
    """Return p of ``spent ~ size^p``, by least squares of logarithms."""
    known = [(size, one) for size, one in zip(sizes, spent, strict=False) if one > 0]
    if len(known) < 2:
        return math.nan
    return float(np.polyfit(*np.log(np.array(known).T), 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=", ".join(COMMANDS))
    parser.add_argument("--times", type=int, nargs="+", default=[1, 5, 25])
    parser.add_argument("--limit", type=float, default=600, help="seconds a command may take")
    given = parser.parse_args()
    chosen = {name: COMMANDS[name] for name in given.commands} or COMMANDS
    with tempfile.TemporaryDirectory() as folder:
        cases = {times: grow(times, Path(folder)) for times in given.times}
        rows = [times * len(atrisk.load_case("car-2012-2015").evidence) for times in cases]
        sizes = " / ".join(f"{one:,}" for one in rows)
        head = f"| command, {sizes} rows | seconds | p | MiB |\n| --- | --- | --- | --- |\n"
        sys.stdout.write(head)
        for name, words in chosen.items():
            found: list[Run] = []
            for times, case in cases.items():
                found.append(run(words, case, Path(folder) / f"out-{times}", given.limit))
                if found[-1].failed:
                    break
            seconds = " / ".join(one.failed or f"{one.seconds:.2f}" for one in found)
            memory = " / ".join("–" if one.failed else f"{one.memory:.0f}" for one in found)
            fitted = fit(rows, [0 if one.failed else one.seconds for one in found])
            sys.stdout.write(f"| {name} | {seconds} | {fitted:.2f} | {memory} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

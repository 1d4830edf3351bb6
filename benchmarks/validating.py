"""Validating many rows, beside frictionless on the same tables: python benchmarks/validating.py

A case of 50,000 rows is written with its data package. Each validator is a process of its own, in
turn. frictionless checks the cells and keys that the package describes; loading a case checks those
and dates, codes, claims and references, and keeps the case; ``atrisk validate`` tries every
scenario besides, digests the tables and looks for what deserves a second look. Printed are the
processor's time and the peak of memory, as Linux counts them, medians of three rounds, and their
ratios to frictionless.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from growth import grow

import atrisk
from atrisk.base.output import write_json
from atrisk.coding.schemas import describe_package

ROWS, ROUNDS = 50_000, 3
# As the command: cycles are looked for as seldom.
SELDOM = "import gc; from atrisk.__main__ import GARBAGE; gc.set_threshold(GARBAGE); "
CODES = {
    "frictionless": "import frictionless; "
    "package = frictionless.Package(sys.argv[1] + '/datapackage.json'); "
    "report = package.validate(); "
    "status = 0 if report.valid else 1",
    "load_case": f"{SELDOM}from pathlib import Path; import atrisk; "
    "status = 0 if atrisk.load_case(Path(sys.argv[1])).evidence else 1",
    "atrisk validate": f"{SELDOM}from atrisk.cli.main import main; "
    "status = main(['validate', sys.argv[1]])",
}
TOLD = (
    "told = open('/proc/self/status').read(); "
    "print(re.search(r'VmHWM:\\s+(\\d+)', told)[1], file=sys.stderr); sys.exit(status)"
)


def run(code: str, case: Path) -> tuple[float, float]:
    """Return the seconds of the processor and the MiB at the peak of a process."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", f"import re, sys; {code}; {TOLD}", str(case)],
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    if done.returncode:
        sys.exit(f"{done.stdout[-500:]}{done.stderr[-500:]}")
    return sum(after[2:4]) - sum(before[2:4]), int(done.stderr.split()[-1]) / 1024


def main() -> None:
    once = len(atrisk.load_case("car-2012-2015").evidence)
    with tempfile.TemporaryDirectory() as folder:
        case = grow(-(-ROWS // once), Path(folder))
        loaded = atrisk.load_case(case)
        text = write_json(describe_package(loaded))
        (case / "datapackage.json").write_text(text, encoding="utf-8")
        rows = len(loaded.evidence)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in CODES}
        for _ in range(ROUNDS):
            for name, code in CODES.items():
                found[name].append(run(code, case))
    middle = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)]
        for name, runs in found.items()
    }
    least = middle["frictionless"]
    for name, (seconds, memory) in middle.items():
        ratios = f"{seconds / least[0]:.2f} of the time, {memory / least[1]:.2f} of the memory"
        told = f"{name:16} {rows:,} rows: {seconds:6.2f} s, {memory:6.0f} MiB"
        sys.stdout.write(f"{told}; {ratios}\n")


if __name__ == "__main__":
    main()

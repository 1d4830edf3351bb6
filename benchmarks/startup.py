"""How long one command takes as a whole process, against the imports that it cannot avoid.

Run it with the Python of an environment in which atrisk is installed::

    python benchmarks/startup.py

The two are run in turn, so that a machine that drifts drifts for both; the ratio is taken pair by
pair, and its median is what docs/performance.md quotes. What Python compiles is kept in a folder
that goes with the run, as it is kept beside an installed package: where nothing may be kept
(PYTHONDONTWRITEBYTECODE), an editable checkout compiles itself anew each time, which no user waits
for.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 21
ATRISK = [str(Path(sys.executable).with_name("atrisk")), "assess", "car-2012-2015"]
FLOOR = [sys.executable, "-c", "import numpy, scipy, pydantic"]


def seconds(command: list[str], kept: str) -> float:
    """Return the wall time of one run, with what Python compiles kept in a folder."""
    own = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        command, check=True, capture_output=True, env=own | {"PYTHONPYCACHEPREFIX": kept}
    )
    return time.perf_counter() - start


def count_modules() -> int:
    """Return how many modules of ours the command loads."""
    code = (
        "import sys, io, contextlib; from atrisk.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): main(['assess', 'car-2012-2015'])\n"
        "print(sum(name.startswith('atrisk') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


def main() -> None:
    """Print the medians and the ratio."""
    with tempfile.TemporaryDirectory() as kept:
        for command in (ATRISK, FLOOR):
            seconds(command, kept)  # not counted: fills the caches
        pairs = [(seconds(ATRISK, kept), seconds(FLOOR, kept)) for _ in range(RUNS)]
    ratios = sorted(ours / floor for ours, floor in pairs)
    ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"atrisk assess car-2012-2015    {ours * 1000:6.0f} ms")
    print(f"import numpy, scipy, pydantic  {floor * 1000:6.0f} ms")
    print(f"modules of atrisk loaded       {count_modules():6d}")
    print(f"ratio, pair by pair            {statistics.median(ratios):6.2f}", end=" ")
    print(f"({ratios[0]:.2f} to {ratios[-1]:.2f}, {RUNS} pairs)")


if __name__ == "__main__":
    main()

"""How long a command takes as a whole process, against the imports that it cannot avoid.

Run it with the Python of an environment in which atrisk is installed::

    python benchmarks/startup.py

What counts is the processor's time, of the program and of the system for it, so that others who are
at work on the machine count less. All run in turn with one thread a product, so that a machine that
drifts drifts for all; ratios are taken round by round, and their medians are what
docs/performance.md quotes. What Python compiles is kept in a folder that goes with the run, as it
is kept beside an installed package: where nothing may be kept (PYTHONDONTWRITEBYTECODE), an
editable checkout compiles itself anew each time, which no user waits for.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile

RUNS = 21
START = "from atrisk.__main__ import start; start()"  # as the installed command does
FLOOR = "import numpy, scipy, pydantic"
ONE_MODEL = """
import numpy, pydantic
class Model(pydantic.BaseModel):
    cell: str
Model(cell="")
"""
COMMANDS = {
    FLOOR: ["-c", FLOOR],
    "import numpy, pydantic; one model": ["-c", ONE_MODEL],
    "atrisk assess car-2012-2015": ["-c", START, "assess", "car-2012-2015"],
    "atrisk gap car-2012-2015": ["-c", START, "gap", "car-2012-2015"],
}
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}


def seconds(command: list[str], kept: str) -> float:
    """Return the processor's time of one run, with what Python compiles kept in a folder."""
    own = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = own | SETTINGS | {"PYTHONPYCACHEPREFIX": kept}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, capture_output=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


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
    """Print the medians, and the ratios to the floor."""
    with tempfile.TemporaryDirectory() as kept:
        for command in COMMANDS.values():
            seconds(command, kept)  # not counted: fills the caches
        rounds = [
            {name: seconds(command, kept) for name, command in COMMANDS.items()}
            for _ in range(RUNS)
        ]
    for name in COMMANDS:
        ratios = sorted(one[name] / one[FLOOR] for one in rounds)
        median = statistics.median(one[name] for one in rounds) * 1000
        print(f"{name:34} {median:4.0f} ms  {statistics.median(ratios):5.2f}", end=" ")
        print(f"({ratios[0]:.2f} to {ratios[-1]:.2f}, {RUNS} rounds)")
    print(f"{'modules of atrisk loaded':34} {count_modules():4d}")


if __name__ == "__main__":
    main()

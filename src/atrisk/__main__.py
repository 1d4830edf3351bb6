"""Run ``python -m atrisk`` as the command ``atrisk``."""

import gc
import os
import sys
from pathlib import Path
from typing import NoReturn

GARBAGE = 20_000  # records that are made before cycles among them are looked for
INTERRUPTED = 130  # as a shell has it: 128 and the number of the signal
# What the libraries under NumPy ask for how many threads a product may take.
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip


def start() -> NoReturn:
    """Load the command and run it.

    Products take one thread unless the user says otherwise by any of ``THREADS``: ours are small,
    several commands run threads or processes of their own, which inherit it, and on a busy machine
    the others wait for one another. A program that imports the library keeps what it has. What is
    loaded stays, so that looking through it for what
    could be freed, again and again while it grows, costs a twenty-fifth of a run and frees nothing
    (docs/performance.md).
    """
    try:
        if not any(map(os.environ.get, THREADS)):
            os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is loaded, which reads it
        _fill_streams()
        gc.disable()
        from atrisk.cli.main import run

        gc.freeze()
        gc.set_threshold(GARBAGE)
        gc.enable()
        run()
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)


def _fill_streams() -> None:
    """Lead a closed stream to nowhere, so that no file takes its place."""
    last = 0
    while last <= 2:
        last = os.open(os.devnull, os.O_RDWR)
    os.close(last)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it stays


if __name__ == "__main__":
    start()

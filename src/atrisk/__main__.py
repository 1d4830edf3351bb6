"""Run ``python -m atrisk`` as the command ``atrisk``."""

import gc
import os
from typing import NoReturn

# What the libraries under NumPy ask for how many threads a product may take.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def start() -> NoReturn:
    """Load the command and run it.

    Products take one thread unless the user says otherwise: ours are small, several commands run
    threads of their own, and on a busy machine the others wait for one another. A program that
    imports the library keeps what it has. What is loaded stays, so that looking through it for what
    could be freed, again and again while it grows, costs a twenty-fifth of a run and frees nothing
    (docs/performance.md).
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")
    gc.disable()
    from atrisk.cli.main import run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    start()

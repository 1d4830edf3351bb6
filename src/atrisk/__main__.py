"""Run ``python -m atrisk`` as the command ``atrisk``."""

import gc
from typing import NoReturn


def start() -> NoReturn:
    """Load the command and run it.

    What is loaded stays, so that looking through it for what could be freed, again and again while
    it grows, costs a twenty-fifth of a run and frees nothing (docs/performance.md).
    """
    gc.disable()
    from atrisk.cli.main import run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    start()

"""Run ``python -m atrisk`` as the command ``atrisk``."""

from atrisk.cli import run

run()

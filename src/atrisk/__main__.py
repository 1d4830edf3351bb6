"""Run ``python -m atrisk`` as the command ``atrisk``."""

from atrisk.cli.main import run

run()

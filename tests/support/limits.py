"""Numbers and dates at the edge of what is legal: a case, taken through everything that scores it.

Whatever a file holds, what comes back is a result whose numbers are numbers, or an error of ours.
"""

from __future__ import annotations

import math
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import atrisk
from toys import HERE

FRAMEWORK = HERE / "frameworks" / "three-factor"
CASE = HERE / "cases" / "mini"
# A number of a TOML file, or a cell of a table that is one.
NUMBER = re.compile(r"(?:(?<== )|(?<=,))(?:inf|-?\d+(?:\.\d+)?)(?=[ ,\n}\]])")
HERE_AND_NOW = atrisk.Runner(workers=1)  # a thread of its own cannot be broken off
LONGEST = 10  # seconds that a walk may take; what takes longer hangs


class Beyond:
    """A copy of the small framework and case, whose texts may be changed before it is walked."""

    def __init__(self, room: Path) -> None:
        self.framework, self.case = room / FRAMEWORK.name, room / CASE.name
        shutil.copytree(FRAMEWORK, self.framework)
        shutil.copytree(CASE, self.case)

    def change(self, file: Path, change: Callable[[str], str]) -> None:
        """Rewrite one file."""
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    def walk(self) -> str:
        """Score, explain, flag, draw and wait; return what was refused, or nothing."""
        try:
            with within(LONGEST):
                framework = atrisk.load_framework(self.framework)
                case = atrisk.load_case(self.case, framework)
                for part in look(case, framework):
                    check_numbers(part)
        except atrisk.AtriskError as error:
            return str(error)
        return ""


def look(case: atrisk.Case, framework: atrisk.Framework) -> Iterator[Any]:
    """Yield every result that a case has under a framework."""
    now = atrisk.assess(case, framework)
    yield from (now.overall, now.low, now.high, now.factors, now.coverage, now.to_rows())
    for place, month in enumerate(now.months):
        if now.coverage[place] > 0:
            yield now.explain(month)
    yield atrisk.raise_flags(now).to_rows()
    if case.actions:
        actions = atrisk.measure_actions(now)
        yield from (actions.to_rows(level) for level in actions.tables)
    gap = atrisk.measure_gap(case, now)
    yield from (gap.to_rows(level) for level in gap.tables)
    drawn = atrisk.run_ensemble(case, framework, seed=7, draws=20, runner=HERE_AND_NOW)
    yield from (drawn.quantiles([0.05, 0.95]), drawn.alarm_probability)
    yield from (drawn.to_rows(level) for level in drawn.tables)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Break off what takes longer than it may."""

    def stop(*_: object) -> None:
        raise AssertionError(f"it hangs: more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check_numbers(part: Any) -> None:
    """Refuse anything that is no number, wherever it stands in a result."""
    if isinstance(part, dict):
        for one in part.values():
            check_numbers(one)
    elif isinstance(part, list | tuple):
        for one in part:
            check_numbers(one)
    elif isinstance(part, float):
        assert math.isfinite(part), part
    elif isinstance(part, np.ndarray):
        assert np.isfinite(part).all(), part


def replace_number(text: str, place: int, value: str) -> str:
    """Put a value where the number at a place stands."""
    found = list(NUMBER.finditer(text))
    one = found[place % len(found)]
    return text[: one.start()] + value + text[one.end() :]

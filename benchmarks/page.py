"""How long a report takes after import, part by part, beside matplotlib drawing one empty figure.

Prints medians in seconds and the page's size: python benchmarks/page.py.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

import atrisk
from atrisk.report.annex import list_months
from atrisk.report.figures.style import save_figure
from atrisk.report.page import render_report

RUNS = 7
CASE, FRAMEWORK = atrisk.load_case("car-2012-2015"), atrisk.load_framework("un-foa-2014")


def draw_empty() -> None:
    figure = Figure()
    figure.subplots()
    figure.savefig(io.BytesIO(), format="svg")


def draw_all(brief: atrisk.Brief) -> None:
    for figure in atrisk.list_figures(brief):
        if not figure.missing:
            save_figure(figure.plot(linked=True), io.BytesIO(), "svg", figure.id)


def measure(call: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "car.html"
        begin = time.perf_counter()
        atrisk.write_report(out, CASE, FRAMEWORK)
        first = time.perf_counter() - begin
        size = out.stat().st_size
        brief = atrisk.prepare_brief(CASE, FRAMEWORK)
        parts = {
            "the first page of a process": first,
            "a page": measure(lambda: atrisk.write_report(out, CASE, FRAMEWORK)),
            "of which the brief": measure(lambda: atrisk.prepare_brief(CASE, FRAMEWORK)),
            "of which figures": measure(lambda: draw_all(brief)),
            "of which the annex": measure(lambda: list_months(brief.assessment)),
            "rendering a brief, figures and annex included": measure(lambda: render_report(brief)),
            "floor: matplotlib, one empty figure as SVG": measure(draw_empty),
        }
    for name, seconds in parts.items():
        print(f"{name:50} {seconds:.3f} s")
    print(f"{size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

"""Write what was measured into docs/performance.md, between its two marks.

::

    python -m pytest benchmarks -p no:cacheprovider --benchmark-json=speed.json
    python benchmarks/world.py > world.json; python benchmarks/world.py --dask 2 >> world.json
    python benchmarks/report.py speed.json world.json docs/performance.md
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
TITLES = {
    "weights": "Dirichlet weights: 10,000 draws x 48 months x 14 factors",
    "sobol": "Sobol first and total order with intervals: 14 inputs, 48 outputs, N = 1024",
    "ensemble": "The whole ensemble of `car-2012-2015`, 10,000 draws",
    "alpha": "Krippendorff's alpha: 3 coders, 5,000 units of ordinal codes, a tenth missing",
    "waiting": "Product-limit curve with its limits: 5,000 warnings, a third unanswered",
    "suggestions": "Every fifth coded row as a passage, by its words, against all bundled cases",
    "workbook": "A workbook of 1,955 rows and their ledgers, read as tables of text",
}
NAMES = {
    "test_ours": "ours",
    "test_ours[one thread]": "ours, one thread",
    "test_ours[all cores]": "ours, two cores",
    "test_ours_with_the_linear_part_exact": "ours, the linear part exact",
    "test_peer_bm25s": "bm25s alone, which ours stands on",
    "test_peer_ema_workbench": "EMA Workbench",
    "test_peer_krippendorff": "krippendorff",
    "test_peer_libreoffice": "LibreOffice, its start among it",
    "test_peer_lifelines": "lifelines",
    "test_peer_pymcdm": "pymcdm",
    "test_peer_scikit_criteria": "scikit-criteria",
    "test_peer_salib": "SALib",
    "test_peer_scipy": "SciPy",
}
FLOORS = {
    "weights": "floor: NumPy's own sampling and the bare product",
    "sobol": "floor: one sum of squares for each index",
    "ensemble": "floor: one `np.maximum` pass, chunks of {} draws",
    "alpha": "floor: the codes counted by value",
    "waiting": "floor: the days sorted and counted",
    "workbook": "floor: openpyxl passing over all cells",
}


def tell_group(group: str, runs: list[dict[str, Any]]) -> list[str]:
    """Return the table of one group, with ratios to our call."""
    medians = {run["name"]: run["stats"]["median"] for run in runs}
    ours = min(value for name, value in medians.items() if name.startswith("test_ours"))
    lines = [f"### {TITLES[group]}", "", "| call | median | over ours |", "| --- | --- | --- |"]
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        chunk = name.partition("[")[2].rstrip("]")
        label = FLOORS[group].format(chunk) if "floor" in name else NAMES[name]
        lines.append(f"| {label} | {median * 1000:,.2f} ms | {median / ours:,.2f} |")
    return [*lines, ""]


def tell_growth(groups: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return one table of how time grows."""
    lines = ["### Growth: everything else stands still", ""]
    lines += ["| with | once | twice | four times |", "| --- | --- | --- | --- |"]
    for group, runs in groups.items():
        medians = [run["stats"]["median"] for run in sorted(runs, key=lambda run: run["name"])]
        cells = " | ".join(f"{median / medians[0]:.2f}" for median in medians)
        lines.append(f"| {group.removeprefix('growth with ')} | {cells} |")
    return [*lines, ""]


def tell_world(runs: list[dict[str, Any]]) -> list[str]:
    """Return the table of the synthetic world."""
    first = runs[0]
    size = f"{first['countries']} countries x {first['months']} months x {first['claims']} claims"
    lines = [f"### The synthetic world: {size}, {first['draws']} draws each", ""]
    lines += ["| on | seconds | of these start-up | resident, MiB | each worker, MiB |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for run in runs:
        where = f"Dask, {run['dask']} workers" if run["dask"] else "threads"
        workers = f"{run['workers_resident_mib']:.0f}" if run["dask"] else "–"
        lines.append(
            f"| {where} | {run['seconds']:.1f} | {run['startup_seconds']:.1f} | "
            f"{run['resident_mib']:.0f} | {workers} |"
        )
    return [*lines, ""]


def main(speed: str, world: str, page: str) -> None:
    """Replace what stands between the marks."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in json.loads(Path(speed).read_text(encoding="utf-8"))["benchmarks"]:
        groups[run["group"]].append(run)
    lines = [line for group in TITLES for line in tell_group(group, groups[group])]
    lines += tell_growth({name: runs for name, runs in groups.items() if "growth" in name})
    lines += tell_world([json.loads(line) for line in Path(world).read_text().splitlines()])
    text = Path(page).read_text(encoding="utf-8")
    head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
    Path(page).write_text(head + BEGIN + "\n" + "\n".join(lines) + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

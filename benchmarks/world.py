"""A synthetic world: countries with claims at random, as many and as long as one likes.

Nothing in it is true. It is drawn from a seed, one country at a time, so that a run over all of it
never holds all of it::

    python benchmarks/world.py --countries 200 --months 480 --claims 300 --draws 256

Of a world that is too large for one machine the first countries are run and the rest is told from
them; with ``--out`` each goes to a file as it comes, and ``--kill`` takes a worker away half-way::

    python benchmarks/world.py --countries 1000 --months 600 --claims 3000 --first 40 \\
        --dask 2 --out FOLDER --kill
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

import atrisk
from atrisk.base.dates import Month
from atrisk.cases.tables import CaseHeader

FIRST = Month.parse("1980-01")
LETTERS = "ABCDEF"


def make_country(number: int, months: int, claims: int, framework: atrisk.Framework) -> atrisk.Case:
    """Return one country of the world, the same for the same numbers."""
    generator = np.random.default_rng([number, months, claims])
    last = Month(FIRST.index + months - 1)
    header = CaseHeader.model_validate(
        {
            "id": f"country-{number:03d}",
            "title": f"Country {number}",
            "country": "XXX",
            "start": str(FIRST),
            "end": str(last),
            "framework": framework.id,
            "licence": "CC0-1.0",
            "caveat": "Synthetic: nothing in it is true.",
        }
    )
    sources = tuple(
        atrisk.Source.model_validate(
            {
                "id": f"source-{letter.lower()}",
                "title": "Synthetic",
                "publisher": "nobody",
                "published": str(last.last_day),
                "kind": "synthetic",
                "reliability": letter,
                "sha256": "",
            }
        )
        for letter in LETTERS
    )
    codes = list(framework.indicators)
    rows = tuple(_make_claim(place, generator, months, codes) for place in range(claims))
    return atrisk.Case(header, sources, rows)


def _make_claim(
    place: int, generator: np.random.Generator, months: int, codes: list[str]
) -> atrisk.Evidence:
    began = int(generator.integers(0, months))
    lasts = int(generator.geometric(0.1))
    known = Month(FIRST.index + min(months - 1, began + int(generator.integers(0, 6))))
    ends = ["", "..", str(Month(FIRST.index + began + lasts))]
    named = generator.choice(len(codes), size=int(generator.integers(1, 4)), replace=False)
    return atrisk.Evidence.model_validate(
        {
            "id": f"e{place}",
            "source": f"source-{LETTERS[int(generator.integers(6))].lower()}",
            "locator": "nowhere",
            "quote": "synthetic and not true",
            "start": str(Month(FIRST.index + began)),
            "end": ends[int(generator.choice(3, p=[0.3, 0.05, 0.65]))],
            "known": str(known),
            "audience": "public",
            "indicators": ";".join(codes[int(one)] for one in named),
            "direction": "mitigating" if generator.random() < 0.1 else "aggravating",
            "severity": str(int(generator.integers(1, 5))),
            "credibility": str(int(generator.integers(1, 7))),
            "claim": "",
            "actors": "",
            "population": "",
            "place": "",
            "summary": "synthetic",
        }
    )


def make_world(
    countries: int, months: int, claims: int, framework: atrisk.Framework
) -> Iterator[atrisk.Case]:
    """Yield the countries one by one."""
    for number in range(countries):
        yield make_country(number, months, claims, framework)


def main() -> None:
    """Run the whole world once and print what it took, as JSON."""
    parser = argparse.ArgumentParser()
    for name, default in (("countries", 200), ("months", 480), ("claims", 300), ("draws", 256)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument(
        "--dask", type=int, default=0, help="workers of a local cluster; 0: threads"
    )
    parser.add_argument("--first", type=int, default=0, help="run these alone; 0: all")
    parser.add_argument("--out", default="", help="a new folder for a file of each country")
    parser.add_argument("--kill", action="store_true", help="kill a worker half-way")
    given = parser.parse_args()
    count = given.first or given.countries
    framework = atrisk.load_framework("un-foa-2014")
    world = islice(make_world(given.countries, given.months, given.claims, framework), count)
    begun = time.perf_counter()
    startup = 0.0
    if given.dask:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(
                n_workers=given.dask, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            client.run(_load)  # what a worker loads once
            startup = time.perf_counter() - begun
            if given.kill:
                _kill_half_way(Path(given.out), count // 2, client)
            done = _drain(world, framework, given, client)
    else:
        done = _drain(world, framework, given, None)
    took = time.perf_counter() - begun
    print(
        json.dumps(
            vars(given)
            | {
                "seconds": took,
                "startup_seconds": startup,
                "resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "workers_resident_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                / 1024,
                "done": done,
                "whole_world_hours": (took - startup) / count * given.countries / 3600,
            }
        )
    )


def _load() -> str:
    return atrisk.run_ensemble.__name__


def _drain(
    world: Iterator[atrisk.Case],
    framework: atrisk.Framework,
    given: argparse.Namespace,
    client: object,
) -> dict[str, object]:
    """Run all of it, into files or not, and return what came out."""
    runner = atrisk.Runner(client=client, progress=False)
    if given.out:
        files = atrisk.store_ensembles(
            given.out, world, framework, seed=7, draws=given.draws, runner=runner
        )
        sizes = sum(file.stat().st_size for file in files)
        return {"files": len(files), "mib": sizes / 2**20}
    results = atrisk.run_ensemble_many(world, framework, seed=7, draws=given.draws, runner=runner)
    return {"highest_mean": max(float(ensemble.mean().max()) for ensemble in results)}


def _kill_half_way(out: Path, half: int, client: object) -> None:
    """Kill a worker, in a thread of its own, once half of the files are there."""
    victim = next(iter(client.run(os.getpid).values()))  # type: ignore[attr-defined] # of Dask

    def kill() -> None:
        while len(list(out.glob("country-*.csv"))) < half:
            time.sleep(0.1)
        os.kill(victim, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()


if __name__ == "__main__":
    main()

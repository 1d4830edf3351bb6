"""Drawing: many draws of one case or of many, on threads or on a cluster, the same to the bit.

Each draw settles what is uncertain (which claims are true, how severe they were, when, how long
they last, how much each factor counts, which of the method's options is taken) and is scored as an
assessment would score it. The spread says how far the result hangs on these judgements. It is not
a probability of genocide, and it knows nothing of what no document says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from operator import add
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, check_count, check_seed, require
from atrisk.base.levels import KINDS
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.preparation import vary_around
from atrisk.ensemble.runner import run_tasks, show_progress
from atrisk.ensemble.variation import Variation
from atrisk.frameworks.branches import AlarmOption, Method, WeightSet
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.uncertainty import read_uncertainty
from atrisk.kernel.alarms import watch_draws
from atrisk.kernel.propagation import propagate
from atrisk.kernel.tally import Tally, count_draws
from atrisk.scoring.assessment import Assessment, assess
from atrisk.scoring.flags import choose_policy

if TYPE_CHECKING:
    from datetime import date

    from distributed import Client

Floats = NDArray[np.float64]
TASK = 2500  # draws that one worker does at a time, whatever the number of workers
CELLS = 120_000  # months x draws that go through the method side by side (docs/performance.md)


def run_ensemble(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    vary: Iterable[str] = KINDS,
    uncertainty: Mapping[str, str] | None = None,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    method: Method | Mapping[str, str] | None = None,
    weights: str | WeightSet | None = None,
    policy: str | AlarmOption | None = None,
    workers: int | None = None,
    client: Client | None = None,
    progress: bool | None = None,
) -> Ensemble:
    """Score a case under many draws of what may be wrong.

    Each draw settles, by the framework's ``uncertainty.toml`` and its branches:

        truth       each claim true or not, with the probability of its grade; claims of one
                    source err together (Gaussian copula)
        severity    each row of evidence as coded, or one step lower or higher
        dates       each date on a day of its interval, every one equally likely
        half_lives  each nature's half-life times a factor, its logarithm uniform
        weights     Gamma(concentration * weight), so Dirichlet over any factor or crime
        branches    grade mapping, persistence, both aggregations and the weight set, by belief

    and is scored as ``assess`` would score it. What is not on record is in no draw.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``; it must have an ``uncertainty.toml``.
        seed: of the one generator that everything is drawn from; 0 is a seed.
        draws: how many, 1 or more.
        vary: kinds that are drawn, from the list above; the others are held where ``assess``
            holds them, a date at its middle day.
        uncertainty: options chosen otherwise, such as ``{"weight_spread": "any"}``.
        knowledge: as in ``assess``.
        audience: as in ``assess``.
        method: options that are held; the other branches are drawn. A ``Method`` holds all.
        weights: the weight set, by id or one of your own, around which weights are drawn; None for
            any of the framework's, by belief.
        policy: alarm policy; None for the method's.
        workers: threads; None for as many as there are cores. The numbers are the same.
        client: a Dask client to run on instead; the numbers are the same to the bit.
        progress: whether to show a bar; None for one on a terminal if the work is long.

    Returns:
        An ``Ensemble``; its memory does not grow with ``draws``.

    Raises:
        RequestError: no draws, no seed, nothing varies, or nothing was known.
        UnknownNameError: no such kind, question, option, branch or policy.
        DataError: the framework has no ``uncertainty.toml``.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> ensemble = atrisk.run_ensemble(case, framework, draws=200, seed=7)
        >>> low, high = ensemble.quantiles([0.05, 0.95])
        >>> bool((low <= high).all()), ensemble.alarm_probability.shape
        (True, (48,))

    References:
        Saltelli and others (2008), Global Sensitivity Analysis, chapter 1, for the practice.
    """
    return next(
        run_ensembles(
            [case],
            framework,
            seed=seed,
            draws=draws,
            vary=vary,
            uncertainty=uncertainty,
            knowledge=knowledge,
            audience=audience,
            method=method,
            weights=weights,
            policy=policy,
            workers=workers,
            client=client,
            progress=progress,
        )
    )


def run_ensembles(
    cases: Iterable[Case],
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    vary: Iterable[str] = KINDS,
    uncertainty: Mapping[str, str] | None = None,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    method: Method | Mapping[str, str] | None = None,
    weights: str | WeightSet | None = None,
    policy: str | AlarmOption | None = None,
    workers: int | None = None,
    client: Client | None = None,
    progress: bool | None = None,
) -> Iterator[Ensemble]:
    """Run an ensemble of each of many cases, and yield each as soon as it is done, in order.

    Cases are taken from the iterable only when their turn comes, so neither they nor the results
    need to fit in memory together. Each case has the numbers that ``run_ensemble`` gives it alone.

    Args:
        cases: any number of them, from a list or made one by one.
        framework: as in ``run_ensemble``.
        seed: as in ``run_ensemble``.
        draws: as in ``run_ensemble``.
        vary: as in ``run_ensemble``.
        uncertainty: as in ``run_ensemble``.
        knowledge: as in ``run_ensemble``.
        audience: as in ``run_ensemble``.
        method: as in ``run_ensemble``.
        weights: as in ``run_ensemble``.
        policy: as in ``run_ensemble``.
        workers: as in ``run_ensemble``.
        client: as in ``run_ensemble``.
        progress: as in ``run_ensemble``.

    Raises:
        RequestError: there is no case, and as ``run_ensemble``.

    Examples:
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> cases = (atrisk.load_case(name) for name in atrisk.list_cases())
        >>> [e.draws for e in atrisk.run_ensembles(cases, framework, seed=7, draws=100)][0]
        100
    """
    check_count("draws", draws)
    check_seed(seed)
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    settings = _Settings(
        framework,
        seed,
        draws,
        _listed(vary),
        uncertainty,
        knowledge,
        audience,
        method,
        weights,
        policy,
    )
    return _run(cases, settings, workers, client, progress)


def _listed(vary: Iterable[str]) -> tuple[str, ...]:
    return (vary,) if isinstance(vary, str) else tuple(vary)


@dataclass(frozen=True, eq=False, slots=True)
class _Settings:
    """What all cases of a run share."""

    framework: Framework
    seed: int
    draws: int
    vary: tuple[str, ...]
    uncertainty: Mapping[str, str] | None
    knowledge: str | date
    audience: Audience | None
    method: Method | Mapping[str, str] | None
    weights: str | WeightSet | None
    policy: str | AlarmOption | None


@dataclass(frozen=True, eq=False, slots=True)
class _Plan:
    """One case, before anything is drawn."""

    base: Assessment
    policy: AlarmOption
    variation: Variation


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """Some draws of one case, wherever they are made, each task with a stream of its own.

    A case of one task is planned where it is drawn, so that planning is shared out too; one of many
    tasks is planned once, before them.
    """

    case: Case
    settings: _Settings
    plan: _Plan | None
    generator: Generator
    draws: int


def _run(
    cases: Iterable[Case],
    settings: _Settings,
    workers: int | None,
    client: Client | None,
    progress: bool | None,
) -> Iterator[Ensemble]:
    waiting: deque[tuple[Case, _Plan | None]] = deque()  # in the order of their tasks
    # Sizes do not depend on the workers, so neither do the numbers.
    sizes = [min(TASK, settings.draws - done) for done in range(0, settings.draws, TASK)]

    def list_tasks() -> Iterator[_Task]:
        for case in cases:
            plan = _plan(case, settings) if len(sizes) > 1 else None
            waiting.append((case, plan))
            streams = np.random.default_rng(settings.seed).spawn(len(sizes))
            for generator, size in zip(streams, sizes, strict=True):
                yield _Task(case, settings, plan, generator, size)

    results = run_tasks(_draw_task, list_tasks(), workers=workers, client=client)
    total = len(sizes) * len(cases) if isinstance(cases, Sized) else None
    watched = show_progress(results, total, f"{settings.draws:,} draws a case", show=progress)
    done = 0
    while parts := list(islice(watched, len(sizes))):
        done += 1
        case, plan = waiting.popleft()
        plan = plan or parts[0][0]
        assert plan is not None  # noqa: S101 - made before the tasks, or by the only one
        yield _finish(case, settings, plan, reduce(add, (tally for _, tally in parts)))
    if not done:
        raise RequestError("there is no case to draw; pass one or more")


def _plan(case: Case, settings: _Settings) -> _Plan:
    framework, knowledge, method = settings.framework, settings.knowledge, settings.method
    base = assess(
        case,
        framework,
        knowledge=knowledge,
        audience=settings.audience,
        method=method,
        weights=settings.weights,
    )
    watch = choose_policy(framework, base.method, settings.policy)
    variation = vary_around(
        base,
        knowledge=knowledge,
        method=method,
        uncertainty=settings.uncertainty,
        vary=settings.vary,
        weights=settings.weights,
    )
    return _Plan(base, watch, variation)


def _finish(case: Case, settings: _Settings, plan: _Plan, tally: Tally) -> Ensemble:
    # From a cluster come copies; what was given is what is given back.
    base = replace(plan.base, case=case, framework=settings.framework)
    kinds = tuple(kind for kind in KINDS if kind in plan.variation.vary)
    shares = read_uncertainty(settings.framework.folder).quantiles
    draws, seed = settings.draws, settings.seed
    return Ensemble(
        base, plan.policy, plan.variation.uncertainty, kinds, draws, seed, shares, tally
    )


def _draw_task(task: _Task) -> tuple[_Plan | None, Tally]:
    """Return the plan, if it was made here, and what the draws say."""
    plan = task.plan or _plan(task.case, task.settings)
    drawn = plan.variation.sample(task.generator, task.draws)
    model = plan.variation.model
    # Blocks of one size, or the last one would cost as much for a few draws.
    block = -(-task.draws // max(1, round(task.draws * model.rows / CELLS)))
    blocks = [
        propagate(model, drawn.part(first, first + block)) for first in range(0, task.draws, block)
    ]
    overall = np.concatenate([block.overall for block in blocks], axis=-1)
    crimes = np.concatenate([block.crimes for block in blocks], axis=-1)
    factors = np.concatenate([block.factors for block in blocks], axis=-1)
    alarm = watch_draws(overall, **plan.policy.arguments)
    series = np.concatenate([overall[None], crimes, factors])
    lowers = np.array([band.lower for band in task.settings.framework.header.bands])
    return None if task.plan else plan, count_draws(series, overall, alarm, lowers)

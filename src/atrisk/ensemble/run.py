"""Run: many draws of one case or of many, on threads or on a cluster, the same to the bit.

Each draw settles what is uncertain (which claims are true, how severe they were, when, how long
they last, how much each factor counts, which of the method's options is taken) and is scored as an
assessment would score it. The spread says how far the result hangs on these judgements. It is not
a probability of genocide, and it knows nothing of what no document says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from operator import add
from typing import Unpack

import numpy as np
from numpy.random import Generator

from atrisk.base.errors import RequestError, check_count, check_seed, require
from atrisk.cases.case import Case
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.model import vary_around
from atrisk.ensemble.runner import HERE, Runner
from atrisk.ensemble.tally import Tally, count_draws
from atrisk.ensemble.variation import KINDS, Variation
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.options import AlarmOption
from atrisk.kernel.alarms import watch_draws
from atrisk.kernel.propagation import propagate_blocks
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy
from atrisk.scoring.run import assess
from atrisk.scoring.seen import see_case
from atrisk.scoring.view import View, check_view

TASK = 2500  # draws that one worker does at a time, whatever the number of workers
MOST = 10_000_000  # draws of one case, which take hours


def run_ensemble(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    vary: Iterable[str] = KINDS,
    uncertainty: Mapping[str, str] | None = None,
    policy: str | AlarmOption | None = None,
    runner: Runner = HERE,
    **view: Unpack[View],
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
        policy: alarm policy; None for the method's.
        runner: where it is done; the numbers are the same to the bit.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``. A branch
            that is settled is held, the others are drawn; a ``Method`` holds all. Weights are drawn
            around the set that is given, or around any of the framework's, by belief.

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
    (ensemble,) = run_ensemble_many(
        [case],
        framework,
        seed=seed,
        draws=draws,
        vary=vary,
        uncertainty=uncertainty,
        policy=policy,
        runner=runner,
        **view,
    )
    return ensemble


def run_ensemble_many(
    cases: Iterable[Case],
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    vary: Iterable[str] = KINDS,
    uncertainty: Mapping[str, str] | None = None,
    policy: str | AlarmOption | None = None,
    runner: Runner = HERE,
    **view: Unpack[View],
) -> Iterator[Ensemble]:
    """Run an ensemble of each of many cases, and yield each as soon as it is done, in order.

    Cases are taken from the iterable only when their turn comes, so neither they nor the results
    need to fit in memory together. Each case has the numbers that ``run_ensemble`` gives it alone.

    Args:
        cases: any number of them, from a list or made one by one.
        framework: as in ``run_ensemble``, and so are all that follow.
        seed: of each case's generator.
        draws: of each case, 1 or more.
        vary: kinds that are drawn.
        uncertainty: options chosen otherwise.
        policy: alarm policy; None for the method's.
        runner: where it is done; the numbers are the same to the bit.
        view: ``knowledge``, ``audience``, ``method`` and ``weights``.

    Raises:
        RequestError: there is no case, and as ``run_ensemble``.

    Examples:
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> cases = (atrisk.load_case(name) for name in atrisk.list_cases())
        >>> [e.draws for e in atrisk.run_ensemble_many(cases, framework, seed=7, draws=100)][0]
        100
    """
    check_count("draws", draws, most=MOST)
    check_seed(seed)
    check_view(view)
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    kinds = (vary,) if isinstance(vary, str) else tuple(vary)
    settings = _Settings(framework, seed, draws, kinds, uncertainty, policy, view)
    return _run(cases, settings, runner)


@dataclass(frozen=True, eq=False, slots=True)
class _Settings:
    """What all cases of a run share."""

    framework: Framework
    seed: int
    draws: int
    vary: tuple[str, ...]
    uncertainty: Mapping[str, str] | None
    policy: str | AlarmOption | None
    view: View


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


def _run(cases: Iterable[Case], settings: _Settings, runner: Runner) -> Iterator[Ensemble]:
    # Sizes do not depend on the workers, so neither do the numbers.
    sizes = [min(TASK, settings.draws - done) for done in range(0, settings.draws, TASK)]

    def list_tasks() -> Iterator[_Task]:
        for case in cases:
            plan = _plan(case, settings) if len(sizes) > 1 else None
            streams = np.random.default_rng(settings.seed).spawn(len(sizes))
            for generator, size in zip(streams, sizes, strict=True):
                yield _Task(case, settings, plan, generator, size)

    total = len(sizes) * len(cases) if isinstance(cases, Sized) else None
    label = f"{settings.draws:,} draws a case"
    results = runner.run(_draw_task, list_tasks(), total=total, label=label)
    done = 0
    while parts := list(islice(results, len(sizes))):
        done += 1
        task, (planned, _) = parts[0]
        plan = task.plan or planned
        assert plan is not None  # noqa: S101 - made before the tasks, or by the only one
        yield _finish(task.case, settings, plan, reduce(add, (tally for _, (_, tally) in parts)))
    if not done:
        raise RequestError("there is no case to draw; pass one or more")


def _plan(case: Case, settings: _Settings) -> _Plan:
    base = assess(case, settings.framework, **settings.view)
    watch = choose_policy(settings.framework, base.method, settings.policy)
    variation = vary_around(base, uncertainty=settings.uncertainty, vary=settings.vary)
    return _Plan(base, watch, variation)


def _finish(case: Case, settings: _Settings, plan: _Plan, tally: Tally) -> Ensemble:
    # From a cluster come copies; what was given is what is given back.
    seen = see_case(case, plan.base.outlook, plan.base.audience)
    base = replace(plan.base, case=seen, framework=settings.framework)
    kinds = tuple(kind for kind in KINDS if kind in plan.variation.vary)
    shares = settings.framework.uncertainty.quantiles
    draws, seed = settings.draws, settings.seed
    return Ensemble(
        base, plan.policy, plan.variation.uncertainty, kinds, draws, seed, shares, tally
    )


def _draw_task(task: _Task) -> tuple[_Plan | None, Tally]:
    """Return the plan, if it was made here, and what the draws say."""
    plan = task.plan or _plan(task.case, task.settings)
    drawn = plan.variation.sample(task.generator, task.draws)
    model = plan.variation.model
    scored = propagate_blocks(model, drawn)
    blocks = [(block.overall, block.crimes, block.factors) for block in scored]
    overall, crimes, factors = (np.concatenate(part, axis=-1) for part in zip(*blocks, strict=True))
    alarm = watch_draws(overall, **plan.policy.arguments)
    series = np.concatenate([overall[None], crimes, factors])
    lowers = np.array(plan.base.method.bands.lowers)
    return None if task.plan else plan, count_draws(series, overall, alarm, lowers)

"""Sensitivity: which judgement matters, in which month, and what would flip the alarm.

Sobol indices say what share of the spread of the overall score each input explains; leaving things
out says what hangs on a document or an indicator; flips say how little would move the alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import UnknownNameError, check_count, check_seed, require
from atrisk.base.levels import KINDS, STUDY_LEVELS
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience, Evidence, Search
from atrisk.ensemble.preparation import vary_around
from atrisk.ensemble.runner import run_tasks, show_progress
from atrisk.ensemble.variation import NATURES, Inputs, Variation
from atrisk.frameworks.branches import Method
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.uncertainty import read_uncertainty
from atrisk.kernel.propagation import propagate
from atrisk.kernel.sobol import Indices, estimate_indices
from atrisk.scoring.assessment import Assessment, assess
from atrisk.scoring.flags import find_spans
from atrisk.studies.flips import Flip, WeightFlip, flip_evidence, flip_weights
from atrisk.studies.omission import Omissions

if TYPE_CHECKING:
    from datetime import date

Floats = NDArray[np.float64]
_OPTIONS = ("grade", "persistence", "factor_aggregation", "crime_aggregation")


@dataclass(frozen=True, eq=False)
class Sensitivity(Result):
    """What the result of an assessment hangs on.

    Attributes:
        base: the assessment.
        inputs: what was varied, each as one input: numbers, groups of numbers, categories.
        indices: Sobol indices of the overall score, inputs x months, with intervals.
        draws, seed: sample size of each input, and the seed.
        leave_out: what is left without an indicator, a factor, a source or a publisher.
        flips: the least that changes the first alarm.
        half_lives: what half and twice the half-lives give.
    """

    base: Assessment = field(repr=False)
    inputs: tuple[str, ...]
    indices: Indices = field(repr=False)
    draws: int
    seed: int
    leave_out: tuple[Row, ...] = field(repr=False)
    flips: tuple[Flip | WeightFlip, ...] = field(repr=False)
    half_lives: tuple[Row, ...] = field(repr=False)

    @property
    def months(self) -> tuple[str, ...]:
        """The months, such as ``"2013-09"``."""
        return self.base.months

    @property
    def matters_most(self) -> tuple[str | None, ...]:
        """Input with the largest total index in each month; None where nothing varies."""
        return tuple(
            None if np.isnan(column).all() else self.inputs[int(np.nanargmax(column))]
            for column in self.indices.total.T
        )

    def to_rows(self, level: str = "inputs") -> list[Row]:
        """Return rows for a table.

        Args:
            level: ``"inputs"``: the indices of each input and month; ``"months"``: what matters
                most in each month; ``"leave_out"``, ``"flips"`` or ``"half_lives"``.

        Raises:
            UnknownNameError: no such level.
        """
        if level == "inputs":
            return list(self._tell_inputs())
        if level == "months":
            return list(self._tell_months())
        if level == "leave_out":
            return [dict(row) for row in self.leave_out]
        if level == "flips":
            return [flip.to_row() for flip in self.flips]
        if level == "half_lives":
            return [dict(row) for row in self.half_lives]
        raise UnknownNameError("level", str(level), STUDY_LEVELS)

    def _tell_inputs(self) -> Iterator[Row]:
        found = self.indices
        for place, month in enumerate(self.months):
            for number, name in enumerate(self.inputs):
                parts = {
                    "first": found.first[number, place],
                    "first_error": found.first_error[number, place],
                    "total": found.total[number, place],
                    "total_error": found.total_error[number, place],
                }
                cells = {k: None if np.isnan(v) else float(v) for k, v in parts.items()}
                yield {"month": month, "input": name, **cells}

    def _tell_months(self) -> Iterator[Row]:
        deviations = np.sqrt(np.maximum(self.indices.variance, 0))
        for place, (month, most) in enumerate(zip(self.months, self.matters_most, strict=True)):
            total = self.indices.total[:, place]
            ranked = np.argsort(-np.nan_to_num(total, nan=-1), kind="stable")[:2]
            share = None if most is None else float(total[ranked[0]])
            yield {
                "month": month,
                "score": float(self.base.overall[place]) if self.base.coverage[place] > 0 else None,
                "deviation": None if most is None else float(deviations[place]),
                "matters_most": most,
                "total": share,
                "then": None if most is None else self.inputs[ranked[-1]],
                "then_total": None if most is None else float(total[ranked[-1]]),
            }

    def __repr__(self) -> str:
        named = [name for name in self.matters_most if name]
        often = max(dict.fromkeys(named), key=named.count) if named else "nothing"
        flip = self.flips[0].to_row() if self.flips else None
        moved = (
            f"; the first alarm ({flip['first_alarm']}) rests on {flip['size']} "
            f"row{'s' * (flip['size'] != 1)} of evidence"
            if flip and flip["size"]
            else ""
        )
        return (
            f"Sensitivity({self.base.case.id!r} under {self.base.framework.id!r}, "
            f"{self.base.knowledge}: {len(self.inputs)} inputs, {self.draws:,} draws each; {often} "
            f"matters most in {named.count(often)} of {len(self.months)} months{moved}; "
            f"seed {self.seed})\n"
            "  Shares of the spread that the project's own judgements give, not causes.\n"
            f"  {self.base.framework.header.caveat}\n  {self.base.case.header.caveat}"
        )


def analyse_sensitivity(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = 1024,
    resamples: int = 200,
    budget: int = 20_000,
    uncertainty: Mapping[str, str] | None = None,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    method: Method | Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: bool | None = None,
) -> Sensitivity:
    """Say what an assessment hangs on.

    Sobol indices of first and total order for all months at once, with ``A`` and ``B`` two samples
    as in ``run_ensemble`` and ``AB_i`` the first with input ``i`` from the second:

        S_i = E[f(B) (f(AB_i) - f(A))] / V        T_i = E[(f(A) - f(AB_i)) ** 2] / (2 V)

    Inputs: the truth of each source's claims, severity, dates, the half-life of each nature, the
    weights (with the set that they lie around) as one point on the simplex, and each branch as a
    category. Beside them: leaving out every indicator, source and publisher (what it tells becomes
    unknown) and every factor (it weighs nothing), the smallest flips, and half-lives times 0.5 and
    times 2.

    Args:
        case: what is scored.
        framework: what it is scored under.
        seed: of the one generator that everything is drawn from; 0 is a seed.
        draws: of each sample, 2 or more; the method is run ``(inputs + 2) * draws`` times.
        resamples: of the bootstrap, 2 or more.
        budget: sets of evidence that may be tried for a flip, see ``flip_evidence``.
        uncertainty: as in ``run_ensemble``.
        knowledge: as in ``run_ensemble``.
        audience: as in ``run_ensemble``.
        method: as in ``run_ensemble``.
        workers: threads; None for as many as there are cores. The numbers are the same.
        progress: whether to show a bar; None for one on a terminal if the work is long.

    Returns:
        A ``Sensitivity``.

    Raises:
        RequestError: too few draws or resamples, no seed, or nothing was known.
        UnknownNameError: no such question, option or branch.
        DataError: the framework has no ``uncertainty.toml``.

    References:
        Saltelli and others (2010), Computer Physics Communications 181:259-270; Jansen (1999),
        Computer Physics Communications 117:35-43.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> study = atrisk.analyse_sensitivity(case, framework, seed=7, draws=64, budget=100)
        >>> study.indices.total.shape == (len(study.inputs), 48)
        True
    """
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    check_count("draws", draws, least=2)
    check_count("resamples", resamples, least=2)
    check_seed(seed)
    base = assess(case, framework, knowledge=knowledge, audience=audience, method=method)
    variation = vary_around(
        base, knowledge=knowledge, method=method, uncertainty=uncertainty, vary=KINDS
    )
    names, indices = _estimate(
        case,
        variation,
        seed=seed,
        draws=draws,
        resamples=resamples,
        confidence=read_uncertainty(framework.folder).confidence_level,
        workers=workers,
        progress=progress,
    )
    omissions, label = Omissions(base, knowledge), f"{case.id}: leaving out"
    left = show_progress(omissions.leave_out(), len(omissions.parts), label, show=progress)
    return Sensitivity(
        base,
        names,
        indices,
        draws,
        seed,
        tuple(left),
        tuple(_list_flips(base, budget)),
        tuple(omissions.scale_half_lives()),
    )


def _estimate(
    case: Case,
    variation: Variation,
    *,
    seed: int,
    draws: int,
    resamples: int,
    confidence: float,
    workers: int | None,
    progress: bool | None,
) -> tuple[tuple[str, ...], Indices]:
    generator = np.random.default_rng(seed)
    a, b = (variation.draw_inputs(generator, draws) for _ in range(2))
    swaps = _list_swaps(case, variation)
    tasks: list[Callable[[], Inputs]] = [lambda: a, lambda: b]
    tasks += [lambda swap=swap: swap(a, b) for swap in swaps.values()]  # type: ignore[misc]

    def score(make: Callable[[], Inputs]) -> Floats:
        overall = propagate(variation.model, variation.settle(make())).overall
        return overall.T.astype(np.float64)

    results = run_tasks(score, tasks, workers=workers)
    label = f"{case.id}: {len(tasks) * draws:,} runs"
    first, second, *mixed = show_progress(results, len(tasks), label, show=progress)
    indices = estimate_indices(
        first, second, np.array(mixed), generator, resamples=resamples, confidence=confidence
    )
    return tuple(swaps), indices


Swap = Callable[[Inputs, Inputs], Inputs]


def _list_swaps(case: Case, variation: Variation) -> dict[str, Swap]:
    """Return for each input how to take it, and it alone, from the second sample."""
    swaps: dict[str, Swap] = {}
    # The order in which the variation numbers them.
    items: tuple[Evidence | Search, ...] = (*case.evidence, *case.searches)
    sources = dict.fromkeys(item.source for item in items)
    for number, source in enumerate(sources):
        swaps[f"truth of {source}"] = _swap_truth(variation.block == number)
    swaps["severity"] = lambda a, b: replace(a, severity=b.severity)
    swaps["dates"] = lambda a, b: replace(a, began=b.began, ended=b.ended)
    for place, nature in enumerate(NATURES):
        swaps[f"half-life ({nature})"] = _swap_half_life(place)
    swaps["weights"] = lambda a, b: replace(
        a, indicator_weights=b.indicator_weights, factor_weights=b.factor_weights
    )
    for branch in _OPTIONS:
        swaps[branch.replace("_", " ")] = _swap_option(branch)
    return swaps


def _swap_truth(mine: NDArray[np.bool_]) -> Swap:
    def swap(a: Inputs, b: Inputs) -> Inputs:
        if a.standing is None or b.standing is None:
            return a
        return replace(a, standing=np.where(mine[:, None], b.standing, a.standing))

    return swap


def _swap_half_life(place: int) -> Swap:
    def swap(a: Inputs, b: Inputs) -> Inputs:
        factors = a.half_lives.copy()
        factors[place] = b.half_lives[place]
        return replace(a, half_lives=factors)

    return swap


def _swap_option(branch: str) -> Swap:
    return lambda a, b: replace(a, option={**a.option, branch: b.option[branch]})


def _list_flips(base: Assessment, budget: int) -> Iterator[Flip | WeightFlip]:
    """Yield every flip that can be asked for: none where there is no alarm to lose."""
    if find_spans(base):
        yield flip_evidence(base, "later", budget=budget)
        yield flip_evidence(base, "never", budget=budget)
        if base.method.crime_aggregation.exponent == 1:
            yield flip_weights(base, "later")
            yield flip_weights(base, "never")
    yield flip_evidence(base, "earlier", budget=budget)

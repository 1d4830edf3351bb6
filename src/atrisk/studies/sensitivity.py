"""Sensitivity: which judgement matters, in which month, and what would flip the alarm.

Sobol indices say what share of the spread of the overall score each input explains; leaving things
out says what hangs on a document or an indicator; flips say how little would move the alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import check_count, check_seed, require
from atrisk.base.output import tell_count
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.ensemble.model import vary_around
from atrisk.ensemble.runner import HERE, Runner
from atrisk.ensemble.variation import KINDS, NATURES, Inputs, Variation
from atrisk.frameworks.framework import Framework
from atrisk.kernel.propagation import Beside, Scored, propagate_blocks
from atrisk.kernel.sobol import Indices, estimate_indices
from atrisk.kernel.told import Heard
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans
from atrisk.scoring.run import assess
from atrisk.scoring.view import View, check_view
from atrisk.studies.flips import BUDGET, Flip, WeightFlip, flip_evidence, flip_weights
from atrisk.studies.omission import Omissions

Floats = NDArray[np.float64]
Take = Callable[[Inputs, Inputs], Inputs]
SAMPLE = 1024  # draws that are taken of any case
NUMBERS = 50_000_000  # inputs x draws x months that are held at once
_OPTIONS = ("grade", "persistence", "factor_aggregation", "crime_aggregation")


@dataclass(frozen=True, eq=False, slots=True)
class Swap:
    """How one input is taken from the second sample.

    Attributes:
        take: returns the first sample with this input from the second.
        touched: places of the factors that hang on it, which alone change; None for all.
        changed: items of which it is the truth, and that alone; None of other inputs.
    """

    take: Take
    touched: tuple[int, ...] | None = None
    changed: frozenset[int] | None = None

    def limit(self, known: Beside) -> Beside | None:
        """Return what the first sample with this input from the second differs from, in part."""
        if self.touched is None:
            return None
        return replace(known, touched=self.touched, changed=self.changed)


@dataclass(frozen=True, eq=False, slots=True)
class _Run:
    """What is scored: inputs, and the draws that they differ from in part."""

    make: Callable[[], Inputs]
    beside: Beside | None = None


@dataclass(frozen=True, eq=False)
class Sensitivity(LevelResult):
    """What the result of an assessment hangs on; each part is computed when it is first asked for.

    ``to_rows`` gives ``"inputs"``: the indices of each input and month; ``"months"``: what matters
    most in each month; ``"leave_out"``, ``"flips"`` or ``"half_lives"``.

    Attributes:
        base: the assessment.
        inputs: what was varied, each as one input: numbers, groups of numbers, categories.
        indices: Sobol indices of the overall score, inputs x months, with intervals.
        draws, seed: sample size of each input, and the seed.
        resamples: of the bootstrap.
        budget: sets of evidence that may be tried for a flip.
        leave_out: what is left without an indicator, a factor, a source or a publisher.
        flips: the least that changes the first alarm.
        half_lives: what half and twice the half-lives give.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "inputs": "_tell_inputs",
        "months": "_tell_months",
        "leave_out": "_tell_left",
        "flips": "_tell_flips",
        "half_lives": "_tell_half_lives",
    }
    about = "base"

    base: Assessment = field(repr=False)
    draws: int
    seed: int
    resamples: int = field(repr=False)
    budget: int = field(repr=False)
    variation: Variation = field(repr=False)
    runner: Runner = field(repr=False)

    @cached_property
    def swaps(self) -> Mapping[str, Swap]:
        """For each input how it, and it alone, is taken from the second sample."""
        return _list_swaps(self.base.case, self.variation)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(self.swaps)

    @cached_property
    def indices(self) -> Indices:
        """Sobol indices of the overall score, inputs x months."""
        generator = np.random.default_rng(self.seed)
        a, b = (self.variation.draw_inputs(generator, self.draws) for _ in range(2))
        # Equal options side by side, so that no step copies them; told in the order of the draws.
        order = np.lexsort((a.option["crime_aggregation"], a.option["factor_aggregation"]))
        a, b = a.order(order), b.order(order)
        first, known = self._score_first(a)
        tasks = [_Run(lambda: b)]
        tasks += [_Run(partial(s.take, a, b), s.limit(known)) for s in self.swaps.values()]
        label = f"{self.base.case.id}: {(len(tasks) + 1) * self.draws:,} runs"
        found = self.runner.run(self._find_overall, tasks, total=len(tasks), label=label)
        scores = np.array([first, *(scores for _, scores in found)])[:, np.argsort(order)]
        return estimate_indices(
            scores[0],
            scores[1],
            scores[2:],
            generator,
            resamples=self.resamples,
            confidence=self.base.framework.uncertainty.confidence_level,
        )

    def _score_first(self, inputs: Inputs) -> tuple[Floats, Beside]:
        """Return the overall score of a sample, and what others that differ in part begin with."""
        drawn = self.variation.settle(inputs)
        blocks = list(propagate_blocks(self.variation.model, drawn, keep=True))
        factors = np.concatenate([block.factors for block in blocks], axis=-1)
        parts = [block.heard for block in blocks if block.heard]
        heard = Heard.join(parts) if parts else None
        return _join_overall(blocks), Beside(drawn, factors, heard, touched=())

    def _find_overall(self, run: _Run) -> Floats:
        drawn = self.variation.settle(run.make())
        return _join_overall(propagate_blocks(self.variation.model, drawn, run.beside))

    @cached_property
    def leave_out(self) -> tuple[Row, ...]:
        """What is left without each part, beside the base."""
        omissions, label = Omissions(self.base), f"{self.base.case.id}: leaving out"
        return tuple(self.runner.watch(omissions.leave_out(), len(omissions.parts), label))

    @cached_property
    def flips(self) -> tuple[Flip | WeightFlip, ...]:
        """Every flip that can be asked for."""
        return tuple(_list_flips(self.base, self.budget))

    @cached_property
    def half_lives(self) -> tuple[Row, ...]:
        """What shorter and longer half-lives give, beside the base."""
        return tuple(Omissions(self.base).scale_half_lives())

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

    def _tell_left(self) -> tuple[Row, ...]:
        return self.leave_out

    def _tell_flips(self) -> Iterator[Row]:
        return (flip.to_row() for flip in self.flips)

    def _tell_half_lives(self) -> tuple[Row, ...]:
        return self.half_lives

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
        told = f"{len(self.inputs)} inputs, {self.draws:,} draws each"
        if "indices" in self.__dict__:
            named = [name for name in self.matters_most if name]
            often = max(dict.fromkeys(named), key=named.count) if named else "nothing"
            months = tell_count(len(self.months), "month")
            told += f"; what matters most in {named.count(often)} of {months}: {often}"
        if self.__dict__.get("flips"):
            told += _tell_flip(self.flips[0])
        return self._tell(
            f"Sensitivity({self.base.case.id!r} under {self.base.framework.id!r}, "
            f"{self.base.knowledge}: {told}; seed {self.seed})",
            "These are shares of the spread that the project's own judgements give, not causes.",
        )


def _join_overall(blocks: Iterable[Scored]) -> Floats:
    """Return the overall score in double precision, draws x months."""
    overall = np.concatenate([one.overall for one in blocks], axis=-1)
    return overall.T.astype(np.float64)


def _tell_flip(flip: Flip | WeightFlip) -> str:
    row = flip.to_row()
    if not row["size"]:
        return ""
    rows = tell_count(row["size"], "row of evidence", "rows of evidence")
    if row["first_alarm"] is None:
        return f"; without {rows} there would be an alarm, from {row['then']} on"
    return f"; the first alarm ({row['first_alarm']}) rests on {rows}"


def analyse_sensitivity(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = SAMPLE,
    resamples: int = 200,
    budget: int = 20_000,
    uncertainty: Mapping[str, str] | None = None,
    runner: Runner = HERE,
    **view: Unpack[View],
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
        runner: where it is done; the numbers are the same to the bit.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``run_ensemble``.

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
    check_count("budget", budget, most=BUDGET)
    check_seed(seed)
    check_view(view)
    base = assess(case, framework, **view)
    variation = vary_around(base, uncertainty=uncertainty, vary=KINDS)
    runs = (len(_list_swaps(base.case, variation)) + 2) * len(base.months)
    check_count("draws", draws, least=2, most=max(SAMPLE, NUMBERS // runs))
    return Sensitivity(base, draws, seed, resamples, budget, variation, runner)


def _list_swaps(case: Case, variation: Variation) -> dict[str, Swap]:
    """Return for each input how to take it, and it alone, from the second sample."""
    swaps: dict[str, Swap] = {}
    # The order in which the variation numbers them.
    sources = dict.fromkeys(item.source for item in case.in_order.items)
    bears, block = _list_touched(variation), variation.block[variation.claim]
    for number, source in enumerate(sources):
        take, changed = _swap_truth(variation.block == number), np.flatnonzero(block == number)
        touched = bears.get(number, ())
        swaps[f"truth of {source}"] = Swap(take, touched, frozenset(changed.tolist()))
    swaps["severity"] = Swap(lambda a, b: replace(a, severity=b.severity))
    swaps["dates"] = Swap(lambda a, b: replace(a, began=b.began, ended=b.ended))
    for place, nature in enumerate(NATURES):
        swaps[f"half-life ({nature})"] = Swap(_swap_half_life(place))
    swaps["weights"] = Swap(
        lambda a, b: replace(
            a, indicator_weights=b.indicator_weights, factor_weights=b.factor_weights
        )
    )
    for branch in _OPTIONS:
        joins = () if branch == "crime_aggregation" else None
        swaps[branch.replace("_", " ")] = Swap(_swap_option(branch), joins)
    return swaps


def _list_touched(variation: Variation) -> dict[int, tuple[int, ...]]:
    """Return the places of the factors that the claims of each source bear on."""
    model, touched = variation.model, dict[int, set[int]]()
    for place, part in enumerate(model.factors):
        claims = (claim for owner in part.places for claim in model.owners[owner].claims)
        for telling in (telling for claim in claims for telling in claim):
            source = int(variation.block[variation.claim[telling.item]])
            touched.setdefault(source, set()).add(place)
    return {source: tuple(sorted(places)) for source, places in touched.items()}


def _swap_truth(mine: NDArray[np.bool_]) -> Take:
    def swap(a: Inputs, b: Inputs) -> Inputs:
        if a.standing is None or b.standing is None:
            return a
        return replace(a, standing=np.where(mine[:, None], b.standing, a.standing))

    return swap


def _swap_half_life(place: int) -> Take:
    def swap(a: Inputs, b: Inputs) -> Inputs:
        factors = a.half_lives.copy()
        factors[place] = b.half_lives[place]
        return replace(a, half_lives=factors)

    return swap


def _swap_option(branch: str) -> Take:
    return lambda a, b: replace(a, option={**a.option, branch: b.option[branch]})


def _list_flips(base: Assessment, budget: int) -> Iterator[Flip | WeightFlip]:
    """Yield every flip that can be asked for: none where there is no alarm to lose."""
    if find_spans(base, base.method.alarm.model_copy(update={"rises_on": "score"})):
        yield flip_evidence(base, "later", budget=budget)
        yield flip_evidence(base, "never", budget=budget)
        if base.method.crime_aggregation.arithmetic.is_linear:
            yield flip_weights(base, "later")
            yield flip_weights(base, "never")
    yield flip_evidence(base, "earlier", budget=budget)

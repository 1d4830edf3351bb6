"""The method tree: every judgement of the method settled every way, and each result kept.

A leaf is one option of each branch; its weight is the product of the beliefs in them. What is
asked most is the share of leaves, by weight, that are in alarm in a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, check_count, check_seed
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.ensemble.runner import HERE, Runner
from atrisk.frameworks.branches import SCORING
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.frameworks.options import AggregationOption
from atrisk.kernel.alarms import watch_draws
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy
from atrisk.scoring.intensity import measure_tellings
from atrisk.scoring.readings import measure_readings
from atrisk.scoring.run import assess
from atrisk.scoring.scores import Hierarchy
from atrisk.scoring.view import View, check_view, find_held

Floats = NDArray[np.float64]
TREE_BRANCHES = (*SCORING, "alarm")
Choices = dict[str, str]


@dataclass(frozen=True, eq=False)
class MethodTree(LevelResult):
    """Every leaf of the method's tree, or a sample of them.

    ``to_rows`` gives ``"months"``: share in alarm, least, mean and greatest score; ``"branches"``:
    the same of each option of each branch, over all months; ``"leaves"``: every leaf.

    Attributes:
        base: the assessment under the defaults.
        branches: that were settled every way.
        leaves: option of each branch, by leaf.
        weights: belief in each leaf, summing to one; equal for a sample, which was drawn by belief.
        overall: leaves x months.
        alarm: whether each leaf is in alarm; leaves x months.
        complete: whether these are all leaves.
        seed: of the sample; None for all leaves.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "months": "_tell_months",
        "branches": "_tell_branches",
        "leaves": "_tell_leaves",
    }
    about = "base"

    base: Assessment = field(repr=False)
    branches: tuple[str, ...]
    leaves: tuple[Choices, ...] = field(repr=False)
    weights: Floats = field(repr=False)
    overall: Floats = field(repr=False)
    alarm: NDArray[np.bool_] = field(repr=False)
    complete: bool
    seed: int | None

    @property
    def share_in_alarm(self) -> Floats:
        """Share of the leaves, by weight, in alarm in each month, ``(months,)``."""
        return self.weights @ self.alarm

    @cached_property
    def first_alarm(self) -> tuple[str | None, ...]:
        """Month of the first alarm of each leaf; None for never."""
        months = self.base.months
        return tuple(months[int(leaf.argmax())] if leaf.any() else None for leaf in self.alarm)

    def _tell_months(self) -> Iterator[Row]:
        return (self._tell_month(place) for place in range(len(self.base.months)))

    def _tell_branches(self) -> Iterator[Row]:
        return (row for branch in self.branches for row in self._tell_branch(branch))

    def _tell_leaves(self) -> Iterator[Row]:
        return (self._tell_leaf(place) for place in range(len(self.leaves)))

    def _tell_month(self, place: int) -> Row:
        known = self.base.coverage[place] > 0
        scores = self.overall[:, place]
        row = {
            "score": self.base.overall[place],
            "least": scores.min(),
            "mean": self.weights @ scores,
            "greatest": scores.max(),
            "share_in_alarm": self.share_in_alarm[place],
        }
        return {"month": self.base.months[place]} | {
            name: float(value) if known else None for name, value in row.items()
        }

    def _tell_branch(self, branch: str) -> Iterable[Row]:
        known = self.base.coverage > 0
        for option in dict.fromkeys(leaf[branch] for leaf in self.leaves):
            mine = np.array([leaf[branch] == option for leaf in self.leaves])
            weights = self.weights[mine] / self.weights[mine].sum()
            firsts = sorted(m for m, e in zip(self.first_alarm, mine, strict=True) if e and m)
            yield {
                "branch": branch,
                "option": option,
                "leaves": int(mine.sum()),
                "mean_score": float(weights @ self.overall[mine][:, known].mean(axis=1)),
                "mean_peak": float(weights @ self.overall[mine].max(axis=1)),
                "share_ever_in_alarm": float(weights @ self.alarm[mine].any(axis=1)),
                "earliest_alarm": firsts[0] if firsts else None,
                "latest_first_alarm": firsts[-1] if firsts else None,
                "months_in_alarm": float(weights @ self.alarm[mine].sum(axis=1)),
            }

    def _tell_leaf(self, place: int) -> Row:
        peak = int(np.argmax(self.overall[place]))
        return {
            **self.leaves[place],
            "weight": float(self.weights[place]),
            "first_alarm": self.first_alarm[place],
            "months_in_alarm": int(self.alarm[place].sum()),
            "peak": float(self.overall[place, peak]),
            "peak_month": self.base.months[peak],
        }

    def __repr__(self) -> str:
        shown = f"all {len(self.leaves):,}" if self.complete else f"{len(self.leaves):,} drawn"
        top = int(np.argmax(self.share_in_alarm))
        never = float(self.weights @ ~self.alarm.any(axis=1))
        return self._tell(
            f"MethodTree({self.base.case.id!r} under {self.base.framework.id!r}, "
            f"{self.base.knowledge}: {shown} methods from the options of "
            f"{', '.join(self.branches)}; most of them are in alarm in {self.base.months[top]} "
            f"({self.share_in_alarm[top]:.0%} by weight), {never:.0%} never)",
            "Weights are the project's belief in its own options, not probabilities.",
        )


def explore_methods(
    case: Case,
    framework: Framework,
    *,
    branches: Iterable[str] = TREE_BRANCHES,
    most: int = 10_000,
    seed: int | None = None,
    runner: Runner = HERE,
    **view: Unpack[View],
) -> MethodTree:
    """Score a case under every combination of the method's options, and keep every result.

    Args:
        case: what is scored.
        framework: what it is scored under.
        branches: that are settled every way, from the five that make a score and ``"alarm"``.
        most: leaves that are enumerated; of a larger tree as many are drawn by belief.
        seed: of that sample; needed only then.
        runner: whose ``progress`` says whether to show a bar.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``: what the
            other branches are settled to. A ``Method`` settles them all.

    Returns:
        A ``MethodTree``.

    Raises:
        RequestError: no branch, one that is settled too, or a large tree without a seed.
        UnknownNameError: no such branch or option.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> tree = explore_methods(case, framework, branches=["persistence", "alarm"])
        >>> len(tree.leaves), tree.complete, tree.overall.shape
        (9, True, (9, 48))
    """
    check_count("most", most)
    check_view(view)
    settled = view.get("method")
    held = frozenset() if isinstance(settled, Method) else find_held(framework, view)
    names = _check_branches(branches, held)
    base = assess(case, framework, **view)
    chosen = base.method.choices
    options = [framework.branches[name].list_alternatives(chosen[name]) for name in names]
    size = prod(len(group) for group in options)
    if size <= most:
        picked = list(product(*options))
        weights = np.array([prod(option.weight for option in leaf) for leaf in picked])
        seed = None
    else:
        if seed is None:
            raise RequestError(
                f"the tree has {size:,} leaves, more than most={most:,}; give a seed to draw from "
                "it, a larger most, or fewer branches"
            )
        check_seed(seed)
        generator = np.random.default_rng(seed)
        shares = [[option.weight for option in group] for group in options]
        drawn = [generator.choice(len(p), most, p=p) for p in shares]
        places = zip(*drawn, strict=True)
        picked = [tuple(g[p] for g, p in zip(options, leaf, strict=True)) for leaf in places]
        weights = np.full(most, 1 / most)
    leaves = tuple({n: o.id for n, o in zip(names, leaf, strict=True)} for leaf in picked)
    _check_kinds(options, names)
    scorer = _Scorer(base, names)
    label = f"{case.id}: {len(leaves):,} methods"
    results = runner.watch(map(scorer.score, leaves), len(leaves), label)
    overall, alarm = (np.array(part) for part in zip(*results, strict=True))
    return MethodTree(
        base, names, leaves, weights / weights.sum(), overall, alarm, size <= most, seed
    )


def _check_kinds(options: list[tuple[Any, ...]], names: tuple[str, ...]) -> None:
    """Refuse a tree that mixes rules that count with rules that estimate."""
    if "factor_aggregation" in names:
        rules = options[names.index("factor_aggregation")]
        if len({one.arithmetic.estimates for one in rules}) > 1:
            raise RequestError(
                "the options of factor_aggregation are of different scales, so no tree may mix "
                "them; give each a family, or leave factor_aggregation out of the branches"
            )


def _check_branches(branches: Iterable[str], held: Iterable[str]) -> tuple[str, ...]:
    names = tuple([branches] if isinstance(branches, str) else branches)
    if not names:
        raise RequestError(f"no branch to explore; name some of {', '.join(TREE_BRANCHES)}")
    for name in names:
        if name not in TREE_BRANCHES:
            raise UnknownNameError("branch that changes a score or an alarm", name, TREE_BRANCHES)
        if name in held:
            raise RequestError(f"the branch {name!r} is both explored and settled; drop one")
    if len(set(names)) < len(names):
        raise RequestError(f"a branch is named twice in {', '.join(names)}; name it once")
    return names


class _Scorer:
    """Scores leaves, each step once for all leaves that share it."""

    def __init__(self, base: Assessment, explored: tuple[str, ...]) -> None:
        self.base, self.explored = base, explored
        self.crimes = tuple(base.framework.crimes)
        self.spans = base.intensity.dates.see(base.outlook.cuts)
        # Of each step what the next one asks for, and no more: a large case has many leaves.
        self.found: dict[tuple[str, ...], tuple[Floats, Floats]] = {}
        self.told: dict[tuple[str, ...], tuple[Floats, Floats | None]] = {}
        self.factors: dict[tuple[str, ...], Floats] = {}
        self.by_overall: dict[tuple[str, ...], Floats] = {}

    def score(self, leaf: Choices) -> tuple[Floats, NDArray[np.bool_]]:
        """Return a leaf's overall scores and whether it is in alarm, each ``(months,)``."""
        method = self.base.framework.choose(leaf, self.base.method)
        key = tuple(method.choices[branch] for branch in SCORING)
        if key not in self.by_overall:
            self.by_overall[key] = self._join(method, key)
        overall = self.by_overall[key]
        policy = choose_policy(self.base.framework, method, None)
        alarm = watch_draws(overall[:, None].astype(np.float64), **policy.arguments)
        return overall, alarm[:, 0]

    def _join(self, method: Method, key: tuple[str, ...]) -> Floats:
        hierarchy = Hierarchy(self.base.framework, method)
        grade, persistence, factor_rule, _, weights = key
        first, second = (grade, persistence), (grade, persistence, factor_rule, weights)
        # Of an estimate it is the rule that says how much a claim counts beside its source's.
        read = (*first, factor_rule)
        if read not in self.told:
            self.told[read] = self._tell(method, first)
        if second not in self.factors:
            joined = hierarchy.join_factors(*self.told[read])
            self.factors[second] = self._bring(method, "factor_aggregation", joined)
        crimes = [hierarchy.join_crime(crime, self.factors[second]) for crime in self.crimes]
        return self._bring(method, "crime_aggregation", np.max(crimes, axis=0))

    def _tell(self, method: Method, first: tuple[str, ...]) -> tuple[Floats, Floats | None]:
        """Return intensities; of a method that estimates what is told, and how much is read."""
        base, known = self.base, self.base.intensity
        if first in self.found:
            probability, point = self.found[first]
            readings = measure_readings(
                known.tellings, self.spans, probability, base.framework, method
            )
        else:
            found = measure_tellings(
                known.tellings, known.dates, base.framework, method, base.outlook
            )
            self.found[first] = found.probability, found.point
            readings, point = found.readings, found.point
        return (point, None) if readings is None else (readings.told, readings.read)

    def _bring(self, method: Method, branch: str, scores: Floats) -> Floats:
        """Bring scores to one scale where options are mixed; one that is held stays on its own."""
        option: AggregationOption = getattr(method, branch)
        return option.bring(scores) if branch in self.explored else scores

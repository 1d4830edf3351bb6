"""Flips: the least that must be taken away, or weighed otherwise, for the alarm to change.

Where a method counts, removing aggravating evidence never raises a score and removing mitigating
evidence never lowers one, so a later alarm takes rows of the first kind and an earlier one rows of
the second. Where it estimates, a mild fact holds a score down and a grave one up, so any row may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, pairwise
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, check_count, require
from atrisk.base.rows import Row
from atrisk.frameworks.options import AlarmOption
from atrisk.kernel.alarms import find_alarms
from atrisk.kernel.blocks import find_nearest, score_crime
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy
from atrisk.studies.removal import Removal, join_sets, list_items
from atrisk.studies.weights import centre_weights, list_crimes

Floats = NDArray[np.float64]
Goal = Literal["later", "never", "earlier"]
GOALS: tuple[Goal, ...] = ("later", "never", "earlier")
BUDGET = 10_000_000  # subsets, the most that anybody waits for
MANY, STEPS = 500, 50  # rows that are taken away one by one; of more, in at most so many steps
PARTS = 4  # of a lot of rows, given back each by itself
_BATCH = 512  # subsets that are scored side by side


@dataclass(frozen=True, eq=False)
class Flip:
    """The smallest set of evidence whose removal changes the first alarm, as far as is known.

    Attributes:
        goal: ``"later"``, ``"never"`` or ``"earlier"``.
        evidence: ids of the rows; empty if removing all candidates does not do it, or, of an
            earlier alarm of an estimate, if taking them away one by one does not.
        least: no smaller set does it: all of them were tried up to this size less one.
        before, after: month of the first alarm by the scores alone; None for never.
    """

    assessment: Assessment = field(repr=False)
    goal: Goal
    evidence: tuple[str, ...]
    least: int
    before: str | None
    after: str | None

    @property
    def is_possible(self) -> bool:
        """Whether any set of evidence does it."""
        return bool(self.evidence)

    @property
    def is_minimal(self) -> bool:
        """Whether it is proven that no smaller set does it."""
        return self.is_possible and len(self.evidence) == self.least

    @property
    def is_exhaustive(self) -> bool:
        """Whether finding none proves that there is none: not for an estimate's earlier alarm."""
        return not (self.assessment.method.estimates and self.goal == "earlier")

    def _tell_none(self) -> str:
        return "no set of rows does it" if self.is_exhaustive else "no set was found that does it"

    def to_row(self) -> Row:
        """Return the flip as cells."""
        size = len(self.evidence) if self.is_possible else None
        return {
            "goal": self.goal,
            "what": "evidence",
            "size": size,
            "at_least": self.least,
            "proven": self.is_minimal if self.is_possible else self.is_exhaustive,
            "first_alarm": self.before,
            "then": self.after if self.is_possible else self.before,
            "rows": "; ".join(self.evidence) or self._tell_none(),
        }


@dataclass(frozen=True, eq=False)
class WeightFlip:
    """The smallest change of the factors' weights that changes the first alarm.

    Attributes:
        goal: ``"later"`` or ``"never"``.
        change: the largest change that any weight must make, relative to itself; None if no change
            from nothing to twice does it.
        weights: the weights by factor, relative to those of the set.
        before, after: month of the first alarm by the scores alone; None for never.
    """

    assessment: Assessment = field(repr=False)
    goal: Goal
    change: float | None
    weights: dict[str, float]
    before: str | None
    after: str | None

    def to_row(self) -> Row:
        """Return the flip as cells."""
        possible = self.change is not None
        moved = {code: w for code, w in self.weights.items() if abs(w - 1) > 1e-9}
        return {
            "goal": self.goal,
            "what": "weights",
            "size": self.change,
            "at_least": self.change,
            "proven": True,
            "first_alarm": self.before,
            "then": self.after if possible else self.before,
            "rows": "; ".join(f"{code} x{weight:.2f}" for code, weight in moved.items())
            if possible
            else "no change up to twice, or to nothing, does it",
        }


def flip_evidence(
    assessment: Assessment,
    goal: Goal = "later",
    *,
    policy: str | AlarmOption | None = None,
    budget: int = 20_000,
) -> Flip:
    """Find the smallest set of rows of evidence whose removal changes the first alarm.

    Sizes are tried in turn, every set of each, as long as the budget allows: what is found then is
    minimal. Beyond it rows are taken away one by one, each the one that lowers the decisive score
    most, and given back if they turn out not to be needed; ``least`` says what is proven. More than
    500 rows that may matter are put into 500 lots, of which a fiftieth goes at a time.

    Args:
        assessment: from ``assess``.
        goal: ``"later"``: the first alarm comes later or never; ``"never"``: no alarm at all;
            ``"earlier"``: one comes earlier, or at all. All of it is by the scores alone, before
            and after: what was learnt when is not asked (``rises_on``).
        policy: alarm policy; None for the method's.
        budget: sets that may be tried, 1 or more.

    Returns:
        A ``Flip``; one without evidence says that no set does it.

    Raises:
        RequestError: there is no alarm that could go, or no budget.
        UnknownNameError: no such goal or policy.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> flip = flip_evidence(now, "later", budget=500)
        >>> flip.is_possible, flip.before
        (True, '2013-01')
    """
    require(assessment, Assessment, "make it with assess(case, framework)")
    if goal not in GOALS:
        raise UnknownNameError("goal", str(goal), GOALS)
    check_count("budget", budget, most=BUDGET)
    watch = choose_policy(assessment.framework, assessment.method, policy)
    spans = _find(assessment.overall, watch)
    if not spans and goal != "earlier":
        raise RequestError(
            f"{assessment.case.id} has no alarm under the policy {watch.id!r} that could go away; "
            "choose another policy or the goal 'earlier'"
        )
    first = spans[0][0] if spans else len(assessment.months)
    search = _Search(assessment, watch, goal, first)
    found, least = search.run(budget)
    months, before = assessment.months, assessment.months[first] if spans else None
    after = before
    if found:
        scores = next(search.score([found], slice(None)))
        alarms = _find(scores[0], watch)
        after = months[alarms[0][0]] if alarms else None
    items = assessment.intensity.tellings.items
    ids = tuple(sorted(items[place].id for place in list_items(found)))
    return Flip(assessment, goal, ids, least, before, after)


class _Search:
    """Scores sets of rows that are taken away, only in the months that decide."""

    def __init__(self, assessment: Assessment, policy: AlarmOption, goal: Goal, first: int) -> None:
        self.assessment, self.policy, self.goal, self.first = assessment, policy, goal, first
        tellings, self.removal = assessment.intensity.tellings, Removal(assessment)
        # Before the first alarm no month of a count can raise one when scores fall, so its window
        # decides; of an estimate any month may.
        begin = max(0, first - policy.months_watched + 1)
        self.months = {
            "later": slice(0 if assessment.method.estimates else begin, first + 1),
            "never": slice(None),
            "earlier": slice(0, first),
        }[goal]
        held = assessment.intensity.probability[:, self.months].any(axis=1)
        lowers = tellings.mitigating[tellings.group] == (goal == "earlier")
        helps = (lowers | assessment.method.estimates) & (tellings.severity > 0)
        items = sorted({int(i) for i in tellings.item[held & helps]})
        # Without all of its rows an estimate is its prior, and no alarm comes earlier of that.
        self.is_monotone = goal != "earlier" or not assessment.method.estimates
        self.rows = [1 << item for item in items]

    def run(self, budget: int) -> tuple[int, int]:
        """Return the set that was found, empty if none does it, and its least possible size."""
        last = self.rows and self.succeeds(next(self.score([join_sets(self.rows)])))[0]
        if not self.rows or (self.is_monotone and not last) or self.months == slice(0, 0):
            return 0, 0
        size, spent = 1, 0
        while (spent := spent + comb(len(self.rows), size)) <= budget:
            found = self.try_all(size)
            if found:
                return found, size
            size += 1
        lots = self.reduce(self.take_away())
        if len(self.rows) > MANY:
            lots = self.reduce(self.divide(lots))
        return join_sets(lots), size

    def try_all(self, size: int) -> int:
        """Return the set of a size that does it with the most to spare, or nothing."""
        best = 0.0, 0
        sets = map(join_sets, combinations(self.rows, size))
        while batch := list(islice(sets, _BATCH)):
            if not (batch := self.sift(batch, best[0])):
                continue
            margins = self.margin(next(self.score(batch)))
            place = int(np.argmax(margins))
            if margins[place] > best[0]:
                best = float(margins[place]), batch[place]
        return best[1]

    def sift(self, sets: list[int], least: float) -> list[int]:
        """Leave out sets that keep an alarm in the window that decides now, which is soon seen."""
        if self.goal == "earlier":
            return sets
        margins = self.margin(next(self.score(sets, self.find_window(self.look(0)[0]))))
        return [one for one, margin in zip(sets, margins.tolist(), strict=True) if margin > least]

    def take_away(self) -> list[int]:
        """Take rows away one by one, each time the one that helps most where it is decided now.

        More than ``MANY`` rows are first put into so many lots, and a fiftieth of the lots goes at
        a time, or the work would grow with the square of the rows.

        Nothing is returned where none helps any more, which only an estimate's earlier alarm does.
        """
        several = MANY // STEPS if len(self.rows) > MANY else 1
        left = self.gather() if len(self.rows) > MANY else self.rows
        taken: list[int] = []
        gone, reached = 0, -np.inf
        while not self.succeeds(self.look(gone))[0]:
            margins = self.rank(gone, left)
            if not self.is_monotone and margins.max() <= reached:
                return []
            reached = margins.max()
            most = np.argsort(-margins, kind="stable")[:several].tolist()
            taken += (best := [left[place] for place in most])
            gone = join_sets(taken)
            left = [one for one in left if one not in best]
        return taken

    def gather(self) -> list[int]:
        """Return lots of rows that bear on the same factors and help alike."""
        helps = -self.rank(0, self.rows)
        order = sorted(zip(map(self.removal.list_parts, self.rows), helps, self.rows, strict=True))
        cuts = np.linspace(0, len(order), MANY + 1).astype(int).tolist()
        return [join_sets(row for *_, row in order[a:b]) for a, b in pairwise(cuts)]

    def look(self, gone: int) -> Floats:
        """Return the scores without a set, in a row of their own."""
        return next(self.score([gone]))

    def rank(self, gone: int, sets: Sequence[int]) -> Floats:
        """Return how much each set helps, taken away beside what is gone, where it is decided."""
        window = self.find_window(self.look(gone)[0]) if self.is_monotone else None
        scored = self.score((gone | one for one in sets), window)
        return np.concatenate([self.prefer(scores) for scores in scored])

    def find_window(self, scores: Floats) -> slice:
        """Return the months, among all, of the window that decides."""
        begin = self.months.start or 0
        ends = range(self.policy.months_needed, len(scores) + 1)
        windows = [slice(max(0, end - self.policy.months_watched), end) for end in ends]
        decisive = [float(_decide(scores[None, one], self.policy)[0]) for one in windows]
        best = windows[int(np.argmax(decisive))]
        return slice(begin + best.start, begin + best.stop)

    def reduce(self, found: list[int]) -> list[int]:
        """Give back everything that is not needed, the first taken last."""
        for one in reversed(found):
            rest = [other for other in found if other != one]
            if rest and self.succeeds(self.look(join_sets(rest)))[0]:
                found = rest
        return found

    def divide(self, lots: list[int]) -> list[int]:
        """Return the parts of lots, each of a quarter of its rows or of one."""
        rows = [[row for row in self.rows if row & lot] for lot in lots]
        parts = [lot[begin::PARTS] for lot in rows for begin in range(min(PARTS, len(lot)))]
        return [join_sets(part) for part in parts]

    def score(self, sets: Iterable[int], months: slice | None = None) -> Iterator[Floats]:
        """Yield the overall scores of some sets at a time, sets x months."""
        waiting = iter(sets)
        while batch := list(islice(waiting, _BATCH)):
            yield self.removal.score(batch, self.months if months is None else months)

    def succeeds(self, scores: Floats) -> NDArray[np.bool_]:
        """Tell which sets reach the goal."""
        wanted = self.goal == "earlier"
        return np.array([bool(_find(row, self.policy)) == wanted for row in scores])

    def prefer(self, scores: Floats) -> Floats:
        """Return what is to be as large as can be when one more row is taken away."""
        # A month alone may have to wait for others to rise, so all of them count beside the margin.
        return self.margin(scores) + (0.0 if self.is_monotone else scores.mean(axis=1))

    def margin(self, scores: Floats) -> Floats:
        """Return how far beyond the goal each set is, 0 or less where it is not reached."""
        decisive = _decide(scores, self.policy)
        if self.goal == "earlier":
            return decisive - self.policy.on + np.finfo(float).tiny * (decisive >= self.policy.on)
        return self.policy.on - decisive


def _decide(scores: Floats, policy: AlarmOption) -> Floats:
    """Return the score that ``on`` must not exceed for an alarm: the best window's k-th highest."""
    best = np.full(len(scores), -np.inf)
    for end in range(scores.shape[1]):
        window = scores[:, max(0, end - policy.months_watched + 1) : end + 1]
        if window.shape[1] >= policy.months_needed:
            ranked = np.sort(window, axis=1)
            best = np.maximum(best, ranked[:, -policy.months_needed])
    return best


def _find(scores: Floats, policy: AlarmOption) -> list[tuple[int, int | None]]:
    return find_alarms(scores, **policy.arguments)


def flip_weights(
    assessment: Assessment, goal: Goal = "later", *, policy: str | AlarmOption | None = None
) -> WeightFlip:
    """Find the smallest change of the factors' weights that moves the first alarm or ends it.

    Minimises the largest change of any weight relative to itself, exactly, by a mixed integer
    linear program.

    Args:
        assessment: from ``assess``, with crimes that are arithmetic means.
        goal: ``"later"`` or ``"never"``.
        policy: alarm policy; None for the method's.

    Raises:
        RequestError: no alarm, or crimes that are not arithmetic means.
        UnknownNameError: no such goal or policy.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
        >>> flip = flip_weights(now, "later")
        >>> 0 < flip.change < 1, flip.before
        (True, '2013-01')
    """
    crimes = list_crimes(assessment)
    if goal not in GOALS[:2]:
        raise UnknownNameError("goal of a change of weights", str(goal), GOALS[:2])
    watch = choose_policy(assessment.framework, assessment.method, policy)
    spans = _find(assessment.overall, watch)
    if not spans:
        raise RequestError(f"{assessment.case.id} has no alarm under the policy {watch.id!r}")
    last = spans[0][0] + 1 if goal == "later" else len(assessment.months)
    centre, parts = centre_weights(assessment), list(crimes.values())
    found = find_nearest(
        assessment.factors[:last],
        parts,
        centre,
        on=watch.on,
        needed=watch.months_needed,
        watched=watch.months_watched,
    )
    before = assessment.months[spans[0][0]]
    if found is None:
        return WeightFlip(assessment, goal, None, {}, before, before)
    weights, change = found
    worst = np.max([score_crime(assessment.factors, weights, crime) for crime in parts], axis=0)
    alarms = _find(worst, watch)
    share = np.divide(weights * centre.sum(), centre, out=np.ones_like(centre), where=centre > 0)
    named = dict(zip(assessment.factor_codes, share.tolist(), strict=True))
    after = assessment.months[alarms[0][0]] if alarms else None
    return WeightFlip(assessment, goal, change, named, before, after)

"""Verify: scores and alarms against what happened, against baselines and against rivals.

Outcomes are read here, after everything has been scored, and no score can rest on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.dates import LONGEST
from atrisk.base.errors import RequestError, check_count, check_seed, require
from atrisk.base.output import tell_count
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.outcomes import OutcomeRule, OutcomeRules, read_outcome_rules
from atrisk.scoring.run import assess
from atrisk.scoring.view import View, check_view
from atrisk.verification.onsets import count_alarms, is_dated, list_onsets, sum_up
from atrisk.verification.sample import SCORE, Sample, build_changes, build_levels
from atrisk.verification.skill import (
    Drawing,
    compare_predictors,
    compare_rivals,
    compare_told,
    tell_probabilities,
)
from atrisk.verification.tracks import Track, follow_case

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Verification(LevelResult):
    """How far scores and alarms of some cases went before what happened.

    ``to_rows`` gives ``"levels"``: the score and its baselines on the same months, by how well they
    tell the months after which the outcome came; ``"changes"``: the same of changes; ``"alarms"``
    and ``"onsets"``: each tier over all cases, and each onset; ``"rivals"``: other systems beside
    the score on the months in which they had spoken; ``"reliability"``: probabilities that were
    learnt on other countries against the share that came; ``"months"``: everything by month.

    Attributes:
        outcome: what counts, and from how many on.
        horizon: months ahead that are asked about.
        cases: ids.
        tracks: of the cases.
        rules: the framework's.
        drawing: of intervals.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "levels": "_tell_levels",
        "changes": "_tell_changes",
        "alarms": "_tell_alarms",
        "onsets": "_tell_onsets",
        "rivals": "_tell_rivals",
        "reliability": "_tell_reliability",
        "months": "_tell_months",
    }

    outcome: OutcomeRule = field(repr=False)
    horizon: int
    tracks: tuple[Track, ...] = field(repr=False)
    rules: OutcomeRules = field(repr=False)
    drawing: Drawing = field(repr=False)

    @property
    def cases(self) -> tuple[str, ...]:
        """Ids of the cases."""
        return tuple(track.case for track in self.tracks)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before quoting it."""
        countries = len({track.country for track in self.tracks})
        few = (
            f"{tell_count(len(self.tracks), 'case')} of "
            f"{tell_count(countries, 'country', 'countries')}: no rate for another country."
        )
        return (few, self.rules.caveat)

    @cached_property
    def truths(self) -> dict[str, dict[str, Floats]]:
        """What each list counted by month, by list and case."""
        found: dict[str, dict[str, Floats]] = {}
        for track in self.tracks:
            for name, counts in track.list_truths(self.outcome).items():
                found.setdefault(name, {})[track.case] = counts
        return found

    @cached_property
    def samples(self) -> dict[str, Sample]:
        """Months with what came ahead of them, by list; of those that count every month."""
        made = {name: self._build(counts) for name, counts in self.truths.items()}
        return {name: sample for name, sample in made.items() if _varies(sample)}

    @property
    def missing(self) -> str:
        """Why no month can be told from another; empty if some can."""
        if self.samples:
            return ""
        if all(is_dated(counts, self.outcome.at) for counts in self.truths.values()):
            return (
                f"of {self.outcome.id} only dates are known and no monthly counts, so only alarms "
                "can be compared with it: ask for alarms or onsets"
            )
        made = [self._build(counts) for counts in self.truths.values()]
        if not any(map(len, made)):
            return (
                "no month has both a score and "
                f"{tell_count(self.horizon, 'month')} of outcomes after it; take a shorter horizon"
            )
        came = all(sample.hit.all() for sample in made)
        return (
            f"the outcome followed {'every month' if came else 'none of the months'} that can be "
            "judged, so there is nothing to tell apart; add cases of the other kind"
        )

    def _need_samples(self) -> dict[str, Sample]:
        if self.missing:
            raise RequestError(self.missing)
        return self.samples

    def _build(self, counts: Mapping[str, Floats]) -> Sample:
        at, average = self.outcome.at, self.rules.average
        return build_levels(self.tracks, counts, at, self.horizon, average)

    def _tell_levels(self) -> Iterator[Row]:
        yield from self.levels

    @cached_property
    def levels(self) -> tuple[Row, ...]:
        """Rows of the score and its baselines, by list.

        Raises:
            RequestError: no month can be told from another (``missing``).
        """
        return tuple(
            {"truth": name, **row}
            for name, sample in self._need_samples().items()
            for row in compare_predictors(sample, self.drawing, brier=True)
        )

    def _tell_changes(self) -> Iterator[Row]:
        for name in self._need_samples():
            counts, average = self.truths[name], self.rules.average
            sample = build_changes(self.tracks, counts, self.horizon, average)
            if _varies(sample):
                for row in compare_predictors(sample, self.drawing, brier=False):
                    yield {"truth": name, **row}

    def _tell_onsets(self) -> Iterator[Row]:
        for name, counts in self.truths.items():
            dated = is_dated(counts, self.outcome.at)
            for row in list_onsets(self.tracks, counts, self.outcome.at, self.rules, dated=dated):
                yield {"truth": name, **row}

    def _tell_alarms(self) -> Iterator[Row]:
        for name, counts in self.truths.items():
            at, dated = self.outcome.at, is_dated(counts, self.outcome.at)
            onsets = list_onsets(self.tracks, counts, at, self.rules, dated=dated)
            alarms = count_alarms(self.tracks, counts, at, self.horizon, dated=dated)
            for row in sum_up(onsets, alarms, self.rules.level):
                yield {"truth": name, **row}

    def _tell_rivals(self) -> Iterator[Row]:
        rows = [
            {"truth": name, **row}
            for name, sample in self._need_samples().items()
            for row in compare_rivals(sample, self.drawing)
        ]
        if not rows:
            raise RequestError(
                f"no rival speaks of these months of {', '.join(self.cases)}; put what was issued "
                "into rivals.csv"
            )
        yield from rows

    def _tell_reliability(self) -> Iterator[Row]:
        for name, sample in self._need_samples().items():
            told = tell_probabilities(sample, sample.predictors[SCORE])
            if told is None:
                raise RequestError(
                    "probabilities are learnt on other countries, of which there are none with "
                    "months of both kinds; add cases"
                )
            for row in compare_told(sample, told, self.rules.bins, self.rules.level):
                yield {"truth": name, **row}

    def _tell_months(self) -> Iterator[Row]:
        for name, sample in self._need_samples().items():
            told = tell_probabilities(sample, sample.predictors[SCORE])
            for row in range(len(sample)):
                yield {
                    "truth": name,
                    "case": sample.case[row],
                    "month": sample.month[row],
                    **{key: float(values[row]) for key, values in sample.predictors.items()},
                    "told": None if told is None else float(told[row]),
                    "came": bool(sample.hit[row]),
                }

    def describe(self) -> str:
        """Return in words what came out, the baselines that do better first."""
        return " ".join(self._list_sentences())

    def _list_sentences(self) -> list[str]:
        if self.missing:
            return [f"{self.missing[0].upper()}{self.missing[1:]}."]
        return list(_describe(self.levels, sum(len(track.months) for track in self.tracks)))

    def __repr__(self) -> str:
        return self._tell(
            f"Verification({tell_count(len(self.tracks), 'case')}; {self.outcome.label}, within "
            f"{tell_count(self.horizon, 'month')})",
            *self._list_sentences(),
        )


def verify(
    cases: Iterable[Case],
    framework: Framework,
    *,
    outcome: str | None = None,
    horizon: int | None = None,
    draws: int | None = None,
    seed: int = 0,
    **view: Unpack[View],
) -> Verification:
    """Hold scores and alarms against what happened, baselines and rivals on the same months.

    A month is a hit if the outcome comes within the ``horizon`` months after it:

        hit(t) = some month from t + 1 to t + horizon has a count at or above the outcome's

    (with a horizon of 0, if the month itself has). Baselines are nothing, the month's own deaths,
    their moving average, all deaths so far, and coverage alone. Deaths were published later than
    the months that they are of, so that these baselines know more than anybody did. Brier scores
    are of probabilities learnt on other countries only. Intervals draw countries, and spells within
    them, again, since months of one spell hang together and cases of one country are one story.

    Args:
        cases: with outcomes beside them (``outcomes.csv``); their rivals (``rivals.csv``) count
            from their day of issue.
        framework: that they are scored under.
        outcome: id of an outcome of the framework's ``outcomes.toml``; None for its first.
        horizon: months ahead; None for the framework's.
        draws: of intervals; None for the framework's.
        seed: of those draws.
        view: as in ``assess``; ``knowledge`` is best left contemporaneous, for with hindsight
            scores know what came.

    Raises:
        RequestError: no case, one of them twice, or none has such an outcome beside it.
        UnknownNameError: no such outcome.
        DataError: files beside a case have faults, or the framework has no outcomes.

    References:
        Goldstone et al. (2010), American Journal of Political Science 54:190-208; Hegre et al.
        (2019), Journal of Peace Research 56:155-174, for how forecasts of violence are judged.

    Examples:
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> names = ("car-open-2012-2015", "mmr-2016-2017", "sen-2011-2012")
        >>> found = atrisk.verify(map(atrisk.load_case, names), framework, draws=20)
        >>> [row["predictor"] for row in found.to_rows("levels")][:3]
        ['score', 'nothing', "last month's deaths"]
    """
    check_view(view)
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    rules = read_outcome_rules(framework)
    ahead = rules.horizon if horizon is None else horizon
    _check_horizon(ahead)
    tracks = [follow_case(assess(case, framework, **view), ahead) for case in cases]
    return verify_tracks(tracks, rules, outcome=outcome, horizon=ahead, draws=draws, seed=seed)


def _check_horizon(ahead: int) -> None:
    check_count("horizon", ahead, least=0, most=LONGEST)


def verify_tracks(
    tracks: Iterable[Track],
    rules: OutcomeRules,
    *,
    outcome: str | None = None,
    horizon: int | None = None,
    draws: int | None = None,
    seed: int = 0,
) -> Verification:
    """Do the same with cases whose scores and outcomes are there already.

    Raises:
        RequestError: there is no case, one is there twice, or none has such an outcome.
        UnknownNameError: no such outcome.
    """
    check_seed(seed)
    chosen = rules.pick(outcome)
    ahead = rules.horizon if horizon is None else horizon
    _check_horizon(ahead)
    if draws is not None:
        check_count("draws", draws, least=1)
    found = Verification(chosen, ahead, tuple(tracks), rules, Drawing.of(rules, draws, seed))
    if not found.tracks:
        raise RequestError("there is no case to verify; name one or more")
    twice = next((name for name in found.cases if found.cases.count(name) > 1), None)
    if twice:
        raise RequestError(
            f"{twice} is named twice, and would count twice; name each case once, or give a copy "
            "an id of its own in its case.toml"
        )
    if not found.truths:
        raise RequestError(
            f"no outcome {chosen.measure!r} stands beside {', '.join(found.cases)}; put it into "
            "outcomes.csv, by hand or with `atrisk import events FILE --case CASE`"
        )
    return found


def _varies(sample: Sample) -> bool:
    """Whether there are months of both kinds."""
    return bool(sample.hit.any() and not sample.hit.all())


def _describe(rows: Iterable[Row], of: int) -> Iterator[str]:
    """Yield sentences on each list: the score's area, and which baselines do better or as well."""
    told = list(rows)
    for name in dict.fromkeys(row["truth"] for row in told):
        mine = {row["predictor"]: row for row in told if row["truth"] == name}
        score = mine.pop(SCORE)
        yield (
            f"By {name}: {score['months']} of {of} months can be judged (the others have no "
            f"score, or what came after is not known), and the outcome followed {score['hits']} of "
            f"them. The score ranks such a month above another {score['auc']:.0%} of the "
            f"time{_bound(score, 'auc')}; chance is 50%."
        )
        others = [one for one in mine if one != "nothing" and mine[one]["advantage"] is not None]
        better = [one for one in others if mine[one]["advantage"] < 0]
        sure = [one for one in better if (mine[one]["advantage_high"] or 0) < 0]
        if better:
            yield (
                f"Better than the score: {_list(mine, better)}; "
                + (f"beyond chance: {', '.join(sure)}." if sure else "none of them beyond chance.")
            )
        worse = [one for one in others if one not in better]
        if worse:
            yield f"Not better than the score: {_list(mine, worse)}."


def _list(rows: Mapping[str, Row], names: Iterable[str]) -> str:
    return ", ".join(f"{name} ({rows[name]['auc']:.0%})" for name in names)


def _bound(row: Row, figure: str) -> str:
    low, high = row[f"{figure}_low"], row[f"{figure}_high"]
    return "" if low is None else f" ({low:.0%} to {high:.0%})"

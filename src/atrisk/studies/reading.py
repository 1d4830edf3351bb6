"""Reading: whether more of it would change the answer, and cases at equal effort.

A reading curve is the score against the share of rows, or of sources, that is kept: the
accumulation curve of ecology, asked of a record instead of a forest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal, Unpack

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from atrisk.base.errors import (
    MANY,
    RequestError,
    UnknownNameError,
    check_count,
    check_seed,
    require,
)
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Search
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess, assess_kept
from atrisk.scoring.view import View, check_view

Floats = NDArray[np.float64]
Unit = Literal["rows", "sources"]
UNITS: tuple[Unit, ...] = ("rows", "sources")


@dataclass(frozen=True, eq=False)
class Reading(LevelResult):
    """A case scored from parts of its record.

    ``to_rows`` gives ``"curve"``: for each share of the record the mean score over the months, its
    standard deviation from one part to another, and how far a month's score is from the whole
    record's on average; ``"months"``: each month's score, from half of the record and from all.

    Attributes:
        base: the whole record.
        unit: what was left out, ``"rows"`` or ``"sources"``.
        shares: of the record that were kept, ascending, the last 1.
        scores: overall scores, shares x repeats x months.
        seed: of what was drawn.
    """

    about = "base"
    tables: ClassVar[Mapping[str, str]] = {"curve": "_tell_curve", "months": "_tell_months"}

    base: Assessment = field(repr=False)
    unit: str
    shares: tuple[float, ...]
    scores: Floats = field(repr=False)
    seed: int

    @cached_property
    def means(self) -> Floats:
        """Mean score over the months, shares x repeats."""
        return np.asarray(self.scores.mean(axis=2))

    @property
    def is_flat(self) -> bool:
        """Whether the second half added less than the least rise that the method counts as one."""
        return abs(self.doubling) < self.base.method.surge.least

    @property
    def doubling(self) -> float:
        """What the second half of the record added to the mean score.

        It is what as much reading again is likely to add at most, while the curve bends down.
        """
        half = self.shares.index(1 / 2)
        return float(self.means[-1].mean() - self.means[half].mean())

    @property
    def sample_coverage(self) -> float:
        """Share of facts on indicators that are on record already, as the next facts would be.

        Good and Turing's ``1 - f1 / n``: of ``n`` facts by indicator, ``f1`` are the only ones on
        theirs.
        """
        claims = {
            (code, item.claim_key) for item in self.base.case.evidence for code in item.indicators
        }
        counts = Counter(code for code, _ in claims)
        alone = sum(count == 1 for count in counts.values())
        return 1 - alone / len(claims)

    def _tell_curve(self) -> Iterator[Row]:
        whole = self.scores[-1, 0]
        for share, scores, means in zip(self.shares, self.scores, self.means, strict=True):
            yield {
                "share": share,
                self.unit: round(share * self._count()),
                "mean_score": float(means.mean()),
                "deviation": float(means.std()),
                "distance": float(np.abs(scores - whole).mean()),
            }

    def _tell_months(self) -> Iterator[Row]:
        half = self.scores[self.shares.index(1 / 2)]
        for place, month in enumerate(self.base.months):
            yield {
                "month": month,
                "half": float(half[:, place].mean()),
                "deviation": float(half[:, place].std()),
                "score": float(self.base.overall[place]),
                "low": float(self.base.low[place]),
                "high": float(self.base.high[place]),
            }

    def _count(self) -> int:
        case = self.base.case
        return len(case.evidence) if self.unit == "rows" else len(case.sources)

    def __repr__(self) -> str:
        told = "has flattened" if self.is_flat else "has not flattened"
        distance = next(row["distance"] for row in self._tell_curve() if row["share"] == 1 / 2)
        return self._tell(
            f"Reading({self.base.case.id!r} by {self.unit}: from half of them a month's score "
            f"differs by {distance:.3f} on average; the curve {told})",
            f"The second half of the record changed the mean score by {self.doubling:+.3f}; as "
            "much reading again is likely to change it less.",
            f"An estimated {self.sample_coverage:.0%} of further facts would fall on indicators "
            "that have evidence already (by the method of Good and Turing).",
        )


def measure_reading(
    case: Case,
    framework: Framework,
    *,
    unit: Unit = "rows",
    steps: int = 8,
    repeats: int = 20,
    seed: int = 0,
    **view: Unpack[View],
) -> Reading:
    """Score a case from random parts of its record, to see whether more reading would change it.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        unit: what is left out, ``"rows"`` of evidence or whole ``"sources"``.
        steps: into how many shares the record is divided; an even number, 2 or more.
        repeats: how many parts of each share are drawn, 1 or more.
        seed: of what is drawn.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        A ``Reading``. A part in which nothing was known in time is drawn again.

    Raises:
        RequestError: the record has fewer units than steps, or no such numbers.
        UnknownNameError: no such unit.

    Examples:
        Leaving half of the rows out lowers a score that counts, and hardly moves an estimate:

        >>> import atrisk
        >>> case = atrisk.load_case("sen-2011-2012")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> count = measure_reading(case, framework, repeats=3, method="v1")
        >>> estimate = measure_reading(case, framework, repeats=3, method="estimate")
        >>> abs(estimate.doubling) < count.doubling
        True

    References:
        Good (1953), Biometrika 40:237-264; Chao and Jost (2012), Ecology 93:2533-2547.
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    check_view(view)
    check_seed(seed)
    check_count("repeats", repeats, most=MANY // 10)
    check_count("steps", steps, least=2)
    if unit not in UNITS:
        raise UnknownNameError("unit of reading", str(unit), UNITS)
    base = assess(case, framework, **view)
    names = _list_units(base.case, unit)
    if steps % 2 or len(names) < steps:
        raise RequestError(
            f"{case.id} has {len(names)} {unit}, which cannot be read in {steps} steps; choose an "
            f"even number of steps up to {len(names)}"
        )
    generator = np.random.default_rng(seed)
    shares = tuple(step / steps for step in range(1, steps + 1))
    scores = np.array(
        [
            [_score_part(base, names, share, unit, generator) for _ in range(repeats)]
            for share in shares
        ]
    )
    return Reading(base, unit, shares, scores, seed)


@dataclass(frozen=True, eq=False)
class EqualEffort(LevelResult):
    """Several cases from as many rows a month each.

    ``to_rows`` gives ``"cases"``: each case's rows a month, mean score and highest month from its
    whole record, and mean score and highest month at equal effort with their standard deviations
    from one part of the record to another.

    Attributes:
        effort: rows a month that were drawn from each case.
        assessments: of the whole records.
        scores: by case, repeats x months, at equal effort.
    """

    tables: ClassVar[Mapping[str, str]] = {"cases": "_tell_cases"}

    effort: float
    assessments: Mapping[str, Assessment] = field(repr=False)
    scores: Mapping[str, Floats] = field(repr=False)

    def _tell_cases(self) -> Iterator[Row]:
        for name, now in self.assessments.items():
            parts = self.scores[name]
            yield {
                "case": name,
                "rows_a_month": len(now.case.evidence) / len(now.months),
                "mean": float(now.overall.mean()),
                "peak": float(now.overall.max()),
                "width": float((now.high - now.low).mean()),
                "mean_at_equal_effort": float(parts.mean()),
                "mean_deviation": float(parts.mean(axis=1).std()),
                "peak_at_equal_effort": float(parts.max(axis=1).mean()),
                "peak_deviation": float(parts.max(axis=1).std()),
            }

    def __repr__(self) -> str:
        return (
            f"EqualEffort({', '.join(self.assessments)}: {self.effort:.2f} rows a month each)\n"
            "  Equal effort is not equal reading: coders of other documents, or with other habits, "
            "still differ. Not a ranking of countries."
        )


def compare_cases(
    cases: Iterable[Case],
    framework: Framework,
    *,
    effort: float | None = None,
    repeats: int = 20,
    seed: int = 0,
    **view: Unpack[View],
) -> EqualEffort:
    """Compare cases at equal effort: from as many rows a month of each, drawn at random.

    Args:
        cases: two or more.
        framework: that all are scored under.
        effort: rows a month; None for that of the case with the fewest.
        repeats: how many parts of each record are drawn, 1 or more.
        seed: of what is drawn.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        An ``EqualEffort``; adding a case moves no other case's own scores.

    Raises:
        RequestError: fewer than two cases, two of one id, or more rows asked for than a case has.

    Examples:
        >>> import atrisk
        >>> cases = [atrisk.load_case(name) for name in ("sen-2011-2012", "mmr-2016-2017")]
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> found = compare_cases(cases, framework, repeats=3, method="estimate")
        >>> calm, grave = found.to_rows()
        >>> calm["mean_at_equal_effort"] < grave["mean_at_equal_effort"]
        True

    References:
        Chao and Jost (2012), Ecology 93:2533-2547, for comparing samples at equal completeness.
    """
    check_view(view)
    check_seed(seed)
    check_count("repeats", repeats, most=MANY // 10)
    given = list(cases)
    found = {case.id: assess(case, framework, **view) for case in given}
    if len(found) < len(given):
        raise RequestError("two of the cases have one id; give each an id of its own")
    if len(found) < 2:
        raise RequestError("one case alone cannot be compared; name two or more")
    efforts = {name: len(now.case.evidence) / len(now.months) for name, now in found.items()}
    wanted = min(efforts.values()) if effort is None else effort
    for name, own in efforts.items():
        if not 0 < wanted <= own:
            raise RequestError(f"{name} has {own:.2f} rows a month, not {wanted:g}; ask for fewer")
    generator = np.random.default_rng(seed)
    scores = {
        name: np.array(
            [
                _score_part(
                    now, _list_units(now.case, "rows"), wanted / efforts[name], "rows", generator
                )
                for _ in range(repeats)
            ]
        )
        for name, now in found.items()
    }
    return EqualEffort(wanted, found, scores)


def _list_units(case: Case, unit: Unit) -> list[str]:
    ordered = case.in_order
    return [one.id for one in (ordered.evidence if unit == "rows" else ordered.sources)]


def _score_part(
    base: Assessment, names: list[str], share: float, unit: Unit, generator: Generator
) -> Floats:
    """Return the overall scores from a random share of the record."""
    if share == 1:
        return base.overall
    count, tellings = max(1, round(share * len(names))), base.intensity.tellings
    while True:
        chosen = set(generator.permutation(names)[:count].tolist())
        kept = np.array(
            [
                isinstance(one, Search) or (one.id if unit == "rows" else one.source) in chosen
                for one in tellings.items
            ]
        )
        part = assess_kept(base, kept[tellings.item])
        if part:  # else nothing of it was known in time
            return part.overall

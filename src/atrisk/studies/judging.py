"""Judging: what readers held of each month, beside one another, apart from every score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.beside import Judgement, load_judgements
from atrisk.cases.case import Case
from atrisk.studies.alpha import measure_alpha

Floats = NDArray[np.float64]
OVERALL = "overall"


@dataclass(frozen=True, eq=False)
class Judging(LevelResult):
    """What readers held of a case's months, and how far they agree.

    ``to_rows`` gives ``"months"``: each month with every reader's level, their median and their
    spread; ``"alpha"``: Krippendorff's ordinal alpha of all readers and of each pair, with how many
    months they share and in how many they are equal.

    Attributes:
        case: that was judged.
        target: ``"overall"`` or a crime.
        judgements: of that target.
    """

    tables: ClassVar[Mapping[str, str]] = {"months": "_tell_months", "alpha": "_tell_alpha"}

    case: Case = field(repr=False)
    target: str
    judgements: tuple[Judgement, ...] = field(repr=False)

    @cached_property
    def readers(self) -> tuple[str, ...]:
        """Names of the readers, sorted."""
        return tuple(sorted({one.reader for one in self.judgements}))

    @cached_property
    def levels(self) -> Floats:
        """Level by reader and month, readers x months, 0 to 4; NaN where a reader gave none."""
        found = np.full((len(self.readers), len(self.case.months)), np.nan)
        for one in self.judgements:
            found[self.readers.index(one.reader), self.case.months.index(one.month)] = one.level
        return found

    @cached_property
    def median(self) -> Floats:
        """Median level by month; NaN where no reader gave one."""
        seen = ~np.isnan(self.levels).all(axis=0)
        found = np.full(len(self.case.months), np.nan)
        found[seen] = np.nanmedian(self.levels[:, seen], axis=0)
        return found

    @property
    def alpha(self) -> float | None:
        """Krippendorff's ordinal alpha of all readers; None where it is undefined."""
        return measure_alpha(self.levels, "ordinal")

    def _tell_months(self) -> Iterator[Row]:
        for place, month in enumerate(self.case.months):
            given = self.levels[:, place]
            known = given[~np.isnan(given)]
            yield {
                "month": str(month),
                **{
                    reader: None if np.isnan(level) else int(level)
                    for reader, level in zip(self.readers, given, strict=True)
                },
                "median": float(np.median(known)) if known.size else None,
                "spread": int(np.ptp(known)) if known.size else None,
            }

    def _tell_alpha(self) -> Iterator[Row]:
        names = self.readers
        groups = [tuple(range(len(names)))]
        groups += list(combinations(range(len(names)), 2)) if len(names) > 2 else []
        for group in groups:
            levels = self.levels[list(group)]
            shared = levels[:, ~np.isnan(levels).any(axis=0)]
            yield {
                "readers": "; ".join(names[place] for place in group),
                "months": shared.shape[1],
                "equal": int((shared == shared[0]).all(axis=0).sum()),
                "alpha": measure_alpha(levels, "ordinal"),
            }

    def __repr__(self) -> str:
        alpha = "undefined" if self.alpha is None else f"{self.alpha:.2f}"
        return (
            f"Judging({self.case.id!r}: {self.target} by {', '.join(self.readers)}; Krippendorff's "
            f"ordinal alpha {alpha})\n"
            "  Levels go from 0 (none) to 4 (extreme). They are compared with the score and do not "
            "enter it. The README of the case says who the readers are."
        )


def compare_judgements(case: Case, target: str = OVERALL) -> Judging:
    """Compare what readers held of a case's months.

    Args:
        case: read from a folder that holds ``judgements.csv``.
        target: ``"overall"`` or a crime of the framework.

    Returns:
        A ``Judging``.

    Raises:
        DataError: the file has faults; all of them are listed.
        RequestError: nobody has judged the case, or it was made in memory.
        UnknownNameError: nobody has judged that target of it.

    References:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    everything = load_judgements(case)
    if not everything:
        raise RequestError(
            f"nobody has judged {case.id}; put readers' levels into judgements.csv "
            "(reader,month,level,target,note), as docs/coding.md says"
        )
    if target not in (targets := sorted({one.target for one in everything})):
        raise UnknownNameError("target", str(target), targets)
    return Judging(case, target, tuple(one for one in everything if one.target == target))

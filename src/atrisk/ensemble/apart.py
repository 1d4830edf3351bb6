"""Apart: doubt about the facts and choices of the method, each drawn alone and side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Unpack

from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.run import run_ensemble
from atrisk.ensemble.runner import HERE, Runner
from atrisk.ensemble.variation import KINDS, Kind
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.view import View

FACTS: tuple[Kind, ...] = ("truth", "severity", "dates")
METHOD: tuple[Kind, ...] = ("half_lives", "weights", "branches")


@dataclass(frozen=True, eq=False)
class Doubt(Result):
    """How far a score hangs on the facts, on the method, and on both.

    ``to_rows`` gives one row a month: the score with its headline interval, and for ``facts``,
    ``method`` and ``both`` the deviation and the outermost of the framework's quantiles; None where
    nothing is on record.

    Attributes:
        base: the assessment.
        parts: an ensemble of each.
        draws, seed: of each of them.
    """

    about = "base"

    base: Assessment = field(repr=False)
    parts: Mapping[str, Ensemble] = field(repr=False)
    draws: int
    seed: int

    def to_rows(self) -> list[Row]:
        """Return one row a month."""
        scores = self.base.to_rows("overall")
        drawn = {name: part.to_rows("overall") for name, part in self.parts.items()}
        low, *_, high = (f"q{share:g}" for share in next(iter(self.parts.values())).shares)
        return [
            {name: row[name] for name in ("month", "score", "low", "high")}
            | {
                f"{name}_{word}": rows[place][key]
                for name, rows in drawn.items()
                for word, key in (("deviation", "deviation"), ("low", low), ("high", high))
            }
            for place, row in enumerate(scores)
        ]

    def __repr__(self) -> str:
        known = self.base.coverage > 0
        means = {name: part.deviation()[known].mean() for name, part in self.parts.items()}
        told = ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
        return self._tell(
            f"Doubt({self.base.subject}: mean deviation by {told}; {self.draws:,} draws each, seed "
            f"{self.seed})",
            f"Facts: {_name(FACTS)} of the evidence. Method: {_name(METHOD)}, with the options of "
            "a branch brought to one scale. What was not read is in the score's own interval (low, "
            "high) and in no draw.",
        )


def _name(kinds: Iterable[str]) -> str:
    return ", ".join(kinds).replace("_", "-")


def split_doubt(
    case: Case,
    framework: Framework,
    *,
    seed: int,
    draws: int = 2_500,
    uncertainty: Mapping[str, str] | None = None,
    runner: Runner = HERE,
    **view: Unpack[View],
) -> Doubt:
    """Draw doubt about the facts and choices of the method apart, and both together.

    Args:
        case: as in ``run_ensemble``, and so are all that follow.
        framework: what it is scored under.
        seed: of each of the three ensembles.
        draws: of each.
        uncertainty: options chosen otherwise.
        runner: where it is done.
        view: ``knowledge``, ``audience``, ``method`` and ``weights``.

    Returns:
        A ``Doubt``.

    Raises:
        RequestError: as ``run_ensemble``, and so for the others.
        UnknownNameError: no such question, option or branch.
        DataError: the framework has no ``uncertainty.toml``.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> doubt = split_doubt(case, atrisk.load_framework("un-foa-2014"), seed=7, draws=200)
        >>> sorted(doubt.parts)
        ['both', 'facts', 'method']
    """
    parts = {
        name: run_ensemble(
            case,
            framework,
            seed=seed,
            draws=draws,
            vary=kinds,
            uncertainty=uncertainty,
            runner=runner,
            **view,
        )
        for name, kinds in (("facts", FACTS), ("method", METHOD), ("both", KINDS))
    }
    return Doubt(parts["both"].base, parts, draws, seed)

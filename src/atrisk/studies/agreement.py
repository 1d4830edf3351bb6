"""Agreement: several coders of one case beside each other, and what they have to settle.

Each coder's rows stand in ``evidence.<coder>.csv`` beside ``evidence.csv``, which holds what was
settled and counts as a coder of its own, ``settled``. Everything else of the case is shared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import combinations
from operator import add
from typing import Any, ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.cells import DateCell, Items, Text
from atrisk.base.errors import (
    DataError,
    Problem,
    RequestError,
    check_count,
    check_seed,
    require,
    shorten,
)
from atrisk.base.output import tell_count
from atrisk.base.rows import LevelResult, Row
from atrisk.base.tables import Table, read_table
from atrisk.cases.case import Case
from atrisk.cases.checks import CODER_FILE, check_evidence
from atrisk.cases.evidence import Evidence, Source
from atrisk.cases.secrecy import Guarded, Secrecy, SecrecyCell, Secrets, conceal
from atrisk.cases.tables import name_rows, sort_problems
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.run import MOST, run_ensemble
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess
from atrisk.scoring.view import View, check_view
from atrisk.studies.alpha import measure_alpha

Floats = NDArray[np.float64]
SETTLED = "settled"
RECORD = "adjudication.csv"
Passage = tuple[str, str]  # source and locator


WHOLE = "*"  # the locator of a decision on every passage of a source


class Adjudication(Guarded):
    """What coders settled of a passage, or of a whole source: rows kept, by whom, when and why.

    It is as confidential as its source and as any row that it is about.
    """

    source: Text
    locator: Text
    kept: Items
    by: Text
    on: DateCell
    reason: Text
    confidential: SecrecyCell = Secrecy.NO

    @property
    def label(self) -> str:
        """The source that it is about."""
        return self.source

    def is_about(self, item: Evidence) -> bool:
        """Tell whether it settles a row."""
        here = item.source == self.source and self.locator in (item.locator, WHOLE)
        return here or item.id in self.kept


@dataclass(frozen=True, eq=False)
class Agreement(LevelResult):
    """What several coders of a case agree on.

    ``to_rows`` gives ``"alpha"``: Krippendorff's alpha of all and of each pair of coders, on bands
    of factor-months (ordinal) and on indicators by source (nominal); ``"factors"``: the first by
    factor; ``"missed"``: passages that others coded and a coder did not; ``"adjudicate"``: passages
    on which coders differ, with what differs and whether it is settled.

    Attributes:
        case: shared by all.
        coders: evidence by coder, ``settled`` among them.
        assessments: of each coder's evidence.
        record: what was settled so far.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "alpha": "_tell_alpha",
        "factors": "_tell_factors",
        "missed": "_tell_missed",
        "adjudicate": "_tell_differences",
    }

    case: Case = field(repr=False)
    coders: Mapping[str, tuple[Evidence, ...]]
    assessments: Mapping[str, Assessment] = field(repr=False)
    record: tuple[Adjudication, ...] = field(repr=False)

    @cached_property
    def bands(self) -> Floats:
        """Band of each factor-month by coder, coders x factor-months; NaN if not assessed."""
        return np.array([_list_bands(one).ravel() for one in self.assessments.values()])

    @cached_property
    def presence(self) -> Floats:
        """Whether each coder found each indicator in each source, coders x pairs."""
        indicators = next(iter(self.assessments.values())).indicator_codes
        pairs = [(source.id, code) for source in self.case.in_order.sources for code in indicators]
        found = [
            {(item.source, code) for item in rows for code in item.indicators}
            for rows in self.coders.values()
        ]
        return np.array([[pair in mine for pair in pairs] for mine in found], dtype=np.float64)

    @cached_property
    def passages(self) -> dict[Passage, dict[str, tuple[Evidence, ...]]]:
        """Rows of each coder by passage, which is a locator of a source."""
        found: dict[Passage, dict[str, tuple[Evidence, ...]]] = {}
        for coder, rows in self.coders.items():
            for item in rows:
                mine = found.setdefault((item.source, item.locator), {})
                mine[coder] = (*mine.get(coder, ()), item)
        return dict(sorted(found.items()))

    def _tell_alpha(self) -> Iterator[Row]:
        names = list(self.coders)
        groups = [tuple(range(len(names)))]
        groups += list(combinations(range(len(names)), 2)) if len(names) > 2 else []
        for group in groups:
            mine = list(group)
            yield {
                "coders": "; ".join(names[place] for place in mine),
                "factor_months": measure_alpha(self.bands[mine], "ordinal"),
                "indicators": measure_alpha(self.presence[mine], "nominal"),
            }

    def _tell_factors(self) -> Iterator[Row]:
        one = next(iter(self.assessments.values()))
        shape = (len(self.coders), len(one.months), len(one.factor_codes))
        for column, code in enumerate(one.factor_codes):
            bands = self.bands.reshape(shape)[:, :, column]
            yield {
                "factor": code,
                "title": one.framework.factors[code].title,
                "months": int((~np.isnan(bands)).all(axis=0).sum()),
                "alpha": measure_alpha(bands, "ordinal"),
            }

    def _tell_missed(self) -> Iterator[Row]:
        for coder in self.coders:
            by_others = [p for p, found in self.passages.items() if set(found) - {coder}]
            missed = [p for p in by_others if coder not in self.passages[p]]
            yield {
                "coder": coder,
                "rows": len(self.coders[coder]),
                "coded_by_others": len(by_others),
                "missed": len(missed),
                "missed_share": len(missed) / len(by_others) if by_others else None,
            }

    def _tell_differences(self) -> Iterator[Row]:
        settled = {(row.source, row.locator): row for row in self.record}
        for passage, found in self.passages.items():
            differs = _compare(found, list(self.coders))
            if differs:
                decision = settled.get(passage) or settled.get((passage[0], WHOLE))
                rows = [item for mine in found.values() for item in mine]
                yield {
                    "source": passage[0],
                    "locator": max(rows, key=lambda item: item.secrecy).shown("locator"),
                    "differs": "; ".join(differs),
                    "rows": "; ".join(
                        f"{coder}: {', '.join(item.id for item in rows)}"
                        for coder, rows in found.items()
                    ),
                    "kept": "; ".join(decision.kept) if decision else "",
                    "by": decision.shown("by") if decision else "",
                    "on": str(decision.on) if decision else "",
                    "reason": decision.shown("reason") if decision else "",
                }

    def __repr__(self) -> str:
        rows = list(self._tell_alpha())
        apart = [row for row in rows if SETTLED not in row["coders"].split("; ")]
        together = apart[0] if apart else rows[0]  # what was settled is no coder of its own
        open_ones = [row for row in self._tell_differences() if not row["by"]]
        shown = {
            name: "undefined" if value is None else f"{value:.2f}"
            for name, value in together.items()
            if name != "coders"
        }
        return (
            f"Agreement({self.case.id!r}: {together['coders']}; Krippendorff's alpha "
            f"{shown['factor_months']} on bands of factor-months, {shown['indicators']} on "
            f"indicators by source; {tell_count(len(open_ones), 'passage')} to settle)\n"
            "  Agreement is not truth: coders who share a training share its errors.\n"
            f"  {self.case.header.caveat}"
        )


def measure_agreement(case: Case, framework: Framework, **view: Unpack[View]) -> Agreement:
    """Compare the coders of a case.

    Args:
        case: read from a folder that holds at least one ``evidence.<coder>.csv``.
        framework: that all of them code to.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        An ``Agreement``.

    Raises:
        RequestError: there is no second coder.
        DataError: a coder's file, or the adjudication record, has faults; all are listed.

    References:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    """
    check_view(view)
    require(case, Case, "load it with load_case(Path('my-case'))")
    coders = {SETTLED: case.evidence, **_read_coders(case, framework)}
    if len(coders) < 2:
        raise RequestError(
            f"{case.id} has one coder; put a second one's rows into evidence.<name>.csv, with the "
            "columns of evidence.csv"
        )
    assessments = {
        coder: assess(replace(case, evidence=rows, checked=True), framework, **view)
        for coder, rows in coders.items()
    }
    return Agreement(case, coders, assessments, _read_record(case, coders))


def run_coders(
    case: Case, framework: Framework, *, seed: int, draws: int = 10_000, **choices: Any
) -> Ensemble:
    """Run an ensemble in which the coder is a branch: each draw takes one coder's rows.

    Every coder, ``settled`` among them, is as likely as any other. Within a coder the draws are
    those of ``run_ensemble``, with the same seed for all, so that coders differ by their rows only.

    Args:
        case: as in ``measure_agreement``.
        framework: as in ``measure_agreement``.
        seed: as in ``run_ensemble``.
        draws: as in ``run_ensemble``.
        choices: further arguments of ``run_ensemble``.

    Returns:
        An ``Ensemble`` around the assessment of what was settled.

    Raises:
        RequestError: there is no second coder, or fewer draws than coders.
    """
    check_seed(seed)
    coders = measure_agreement(case, framework).coders
    check_count("draws", draws, least=len(coders), most=MOST)
    share = np.full(len(coders), 1 / len(coders))
    sizes = np.random.default_rng(seed).multinomial(draws - len(coders), share) + 1
    parts = [
        run_ensemble(
            replace(case, evidence=rows, checked=True),
            framework,
            seed=seed,
            draws=int(size),
            **choices,
        )
        for rows, size in zip(coders.values(), sizes, strict=True)
    ]
    tally = reduce(add, (part.tally for part in parts))
    return replace(parts[0], vary=(*parts[0].vary, "coders"), draws=draws, tally=tally)


def list_coders(case: Case) -> tuple[str, ...]:
    """Return the names of the coders whose rows stand beside those that were settled."""
    if case.crossed_from:
        raise RequestError(
            f"the coders of {case.id} coded to {case.crossed_from}; compare them under it"
        )
    names = case.folder.names() if case.folder else []
    return tuple(match[1] for name in names if (match := re.fullmatch(CODER_FILE, name)))


def check_coders(case: Case, framework: Framework) -> list[Problem]:
    """Return every fault of the coders' files and of the record of what they settled."""
    if case.crossed_from:  # they coded to the other framework
        return []
    try:
        _read_record(case, {SETTLED: case.evidence, **_read_coders(case, framework)})
    except DataError as error:
        return list(error.problems)
    return []


def _read_coders(case: Case, framework: Framework) -> dict[str, tuple[Evidence, ...]]:
    if case.folder is None:
        return {}
    sources = read_table(case.folder, "sources.csv", Source)
    tables = {
        coder: read_table(case.folder, f"evidence.{coder}.csv", Evidence)
        for coder in list_coders(case)
    }
    faults = [
        fault
        for table in tables.values()
        for fault in (*table.problems, *check_evidence(table, sources, framework))
    ]
    if faults:
        listed: dict[str, Table[Any]] = {"sources": sources, **tables}
        raise DataError(sort_problems(name_rows(faults, listed)))
    return {coder: case.secrets.seal(table.records) for coder, table in tables.items()}


def _read_record(
    case: Case, coders: Mapping[str, tuple[Evidence, ...]]
) -> tuple[Adjudication, ...]:
    if case.folder is None or not case.folder.has(RECORD):
        return ()
    table: Table[Adjudication] = read_table(case.folder, RECORD, Adjudication, key=None)
    known = {row.id for rows in coders.values() for row in rows}
    faults = [*table.problems]
    for line, cells in table.rows:
        if cells["source"] not in case.source_by_id:
            message = f"{shorten(cells['source'])} is not in sources.csv"
            faults.append(Problem(table.file, message, line, "source"))
        for name in filter(None, (part.strip() for part in cells["kept"].split(";"))):
            if name not in known:
                message = f"{shorten(name)} is no row of any coder; kept holds ids of rows"
                faults.append(Problem(table.file, message, line, "kept"))
    rows = [item for mine in coders.values() for item in mine]
    if faults:  # a row that cannot be read may be about any other
        most = max(item.secrecy for item in (*rows, *case.sources))
        raise DataError(conceal(faults, (table,), Secrets({}, most)))
    return tuple(
        one.model_copy(update={"confidential": max([one.secrecy, *about])})
        for one in case.secrets.seal(table.records)
        for about in [[item.secrecy for item in rows if one.is_about(item)]]
    )


def _list_bands(assessment: Assessment) -> Floats:
    placed = np.searchsorted(assessment.method.bands.lowers, assessment.factors, side="right") - 1.0
    return np.where(assessment.by_factor.coverage > 0, placed, np.nan)


def _compare(found: Mapping[str, tuple[Evidence, ...]], coders: Iterable[str]) -> list[str]:
    """Say in what the coders of a passage differ: nothing if they do not."""
    missing = [coder for coder in coders if coder not in found]
    if missing:
        return [f"not coded by {', '.join(missing)}"]
    aspects: dict[str, Callable[[tuple[Evidence, ...]], object]] = {
        "indicators": lambda rows: {code for item in rows for code in item.indicators},
        "direction": lambda rows: {item.direction for item in rows},
        "severity": lambda rows: {(c, item.severity) for item in rows for c in item.indicators},
        "credibility": lambda rows: {
            (c, item.credibility) for item in rows for c in item.indicators
        },
        "dates": lambda rows: {(str(item.start), str(item.end or "")) for item in rows},
        "known": lambda rows: {str(item.known or "") for item in rows},
    }
    return [
        name
        for name, read in aspects.items()
        if any(read(rows) != read(next(iter(found.values()))) for rows in found.values())
    ]

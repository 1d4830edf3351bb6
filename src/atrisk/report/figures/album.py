"""Album: every figure of a case with its title, what it does not show, and its table."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.files import make_parent
from atrisk.base.rows import Row
from atrisk.cases.ledger import STAGES
from atrisk.report.brief import Brief
from atrisk.report.figures.judgement import draw_judgements, draw_scenarios
from atrisk.report.figures.response import draw_gap, draw_promises, draw_timeline, draw_waiting
from atrisk.report.figures.risk import (
    draw_coverage,
    draw_crimes,
    draw_heat_map,
    draw_hindsight,
    draw_risk,
)
from atrisk.report.figures.style import save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("svg", "png")


@dataclass(frozen=True, eq=False)
class Plate:
    """One figure.

    Attributes:
        id: its name, which is its file's.
        title: what it shows.
        caption: how to read it, and what it does not show.
        rows: its table; None where it has none.
        missing: why there is no figure; empty if there is one.
    """

    id: str
    title: str
    caption: str
    rows: tuple[Row, ...] = field(repr=False)
    missing: str = ""
    _draw: Callable[[bool], Figure] | None = field(default=None, repr=False)

    def draw(self, *, linked: bool = False) -> Figure:
        """Return the figure.

        Args:
            linked: give points and cells links into a report.

        Raises:
            RequestError: the case has no data for it.
            MissingExtraError: the extra ``report`` is not installed.
        """
        if self._draw is None:
            raise RequestError(f"there is no figure {self.id!r}: {self.missing}")
        return self._draw(linked)


def list_plates(brief: Brief) -> tuple[Plate, ...]:
    """Return every figure of a case, in the order of a report; one without data says why.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2020-2021")
        >>> brief = atrisk.prepare_brief(case, atrisk.load_framework("un-foa-2014"), draws=20)
        >>> [plate.id for plate in list_plates(brief) if plate.missing]
        ['promises', 'scenarios']
    """
    require(brief, Brief, "make it with prepare_brief(case, framework)")
    return (*_list_risk(brief), *_list_answers(brief), *_list_judgements(brief))


def _list_risk(brief: Brief) -> tuple[Plate, ...]:
    now = brief.assessment
    bands = "A band is the severity level that the score is nearest to."
    return (
        Plate(
            "risk", "Risk month by month",
            "The worst crime's score. The grey bounds set what nobody looked at to none and to its "
            "worst and take the record as it is; the blue ones hold most of the draws, which doubt "
            "the record too, so neither holds the other. The score is an expected severity "
            f"of what was on record: not a probability, not a forecast. {bands}",
            tuple(_tell_months(brief)), "",
            lambda linked: draw_risk(now, brief.spans, brief.ensemble, linked=linked),
        ),
        Plate(
            "crimes", "The crimes beside one another",
            "Each crime has the common factors and its own; the overall score is the highest of "
            "them. Their differences are small beside what is unknown: no ground to rank them.",
            tuple(_spread(now.to_rows("crime"), "crime")), "", lambda _: draw_crimes(now),
        ),
        Plate(
            "factors", "Every risk factor in every month",
            "Darker is higher. Hatched is not assessed: nothing on record bears on it, which is "
            "not zero. A pale cell may rest on little evidence; its block tells.",
            tuple(_spread(now.to_rows("factor"), "factor")), "",
            lambda linked: draw_heat_map(now, linked=linked),
        ),
        Plate(
            "coverage", "How much of the framework was looked at",
            "The share of indicators on which evidence is current. It says how much was written "
            "about the country, not how much happened in it.",
            tuple({"month": r["month"], "coverage": r["coverage"]} for r in now.to_rows()), "",
            lambda _: draw_coverage(now),
        ),
        Plate(
            "hindsight", "What hindsight adds",
            "The same method on what was known by each month and on all that is known now. The "
            "space between them rests on what the sources date later, or do not date at all. "
            "Differences are rounded after they are taken.",
            tuple(_tell_hindsight(brief)), "",
            lambda linked: draw_hindsight(now, brief.retrospective, linked=linked),
        ),
    )  # fmt: skip


def _list_answers(brief: Brief) -> tuple[Plate, ...]:
    gap = brief.gap
    nobody = "" if gap else "no warning is on record"
    promises = gap.to_rows("promises") if gap else []
    no_promise = nobody or ("" if promises else "no response on record promised a strength")
    waiting = [{"rule": n} | row for n, g in brief.gaps.items() for row in g.to_rows("survival")]
    monthly = gap.to_rows("monthly") if gap else []
    return (
        Plate(
            "timeline", "Warnings and responses under the risk",
            "Each mark stands at the middle of the dates that the sources give. What no source in "
            "this case tells is not here: a quiet row is not an absence of warnings.",
            tuple(_tell_ledgers(brief)), nobody,
            (lambda _: draw_timeline(
                brief.assessment, brief.warnings, brief.responses, brief.spans
            )) if gap else None,
        ),
        Plate(
            "gap", "Risk beside the response to it",
            "The response level counts what stood in force, by a table of the framework, times the "
            "share delivered. The two scales are judgements laid side by side; their difference "
            "says where to look, not how many lives it cost.",
            tuple(monthly), nobody, (lambda _: draw_gap(gap)) if gap else None,
        ),
        Plate(
            "promises", "Promised and delivered",
            "The share of what was announced, pledged or asked for, above what stood there before, "
            "that was delivered, where a source tells; nothing changes between two reports. It "
            "says nothing of where the delivered strength stood or what it did.",
            tuple(promises), no_promise,
            (lambda _: draw_promises(gap)) if gap and promises else None,
        ),
        Plate(
            "waiting", "How long warnings waited, by rule",
            "Kaplan-Meier estimates. A rule says what counts as an answer; rules that agree share "
            "a line. An answer need not have been given because of the warning.",
            tuple(waiting), nobody, (lambda _: draw_waiting(brief.gaps)) if gap else None,
        ),
    )  # fmt: skip


def _list_judgements(brief: Brief) -> tuple[Plate, ...]:
    outcome, tree = brief.outcome, brief.tree
    return (
        Plate(
            "scenarios", "Scenarios side by side",
            "What the score would be had something been otherwise. A scenario changes what was on "
            "record; it does not say what people would then have done. A line on zero changes no "
            "score: it may still change warnings, answers or alarms, as its table tells.",
            tuple(_tell_scenarios(brief)),
            "" if outcome else _tell_no_scenarios(brief),
            (lambda _: draw_scenarios(outcome)) if outcome else None,
        ),
        Plate(
            "judgements", "Which judgement of the method matters",
            "The mean monthly score under each option of a judgement, over all ways to settle the "
            "others by their weights. Options that nobody thought of are not here.",
            tuple(tree.to_rows("branches")) if tree else (),
            "" if tree else "every judgement was settled",
            (lambda _: draw_judgements(tree)) if tree else None,
        ),
    )  # fmt: skip


def draw_figure(brief: Brief, name: str) -> Figure:
    """Return one figure of a case.

    Args:
        brief: from ``prepare_brief``.
        name: one of the ids of ``list_plates``, such as ``"risk"``.

    Returns:
        A matplotlib figure, to change or to save.

    Raises:
        UnknownNameError: no figure is called so.
        RequestError: the case has no data for it.
        MissingExtraError: the extra ``report`` is not installed.
    """
    plates = {plate.id: plate for plate in list_plates(brief)}
    if name not in plates:
        raise UnknownNameError("figure", name, plates)
    return plates[name].draw()


def write_figures(folder: Path, brief: Brief) -> tuple[Path, ...]:
    """Write every figure of a case as SVG and PNG into a folder.

    Args:
        folder: is made if it is not there; files of the same names are replaced.
        brief: from ``prepare_brief``.

    Returns:
        The files, all or none. Figures for which the case has no data are left out.

    Raises:
        RequestError: the folder cannot be made or written to.
        MissingExtraError: the extra ``report`` is not installed.
    """
    drawn = {}
    for plate in list_plates(brief):
        if plate.missing:
            continue
        figure = plate.draw()
        for kind in KINDS:
            buffer = io.BytesIO()
            save_figure(figure, buffer, kind, plate.id)
            drawn[folder / f"{brief.case.id}-{plate.id}.{kind}"] = buffer.getvalue()
    # Only now that all of them could be drawn, so that no half set is left.
    for file, content in drawn.items():
        make_parent(file)
        try:
            file.write_bytes(content)
        except OSError as error:
            raise RequestError(f"{str(file)!r} cannot be written: {error.strerror}") from None
    return tuple(drawn)


def _tell_months(brief: Brief) -> list[Row]:
    alarms = brief.flags.in_alarm()
    rows = [
        row | {"in_alarm": is_on}
        for row, is_on in zip(brief.assessment.to_rows(), alarms, strict=True)
    ]
    if brief.ensemble is not None:
        _, low, high = brief.ensemble.spread()
        rows = [
            row
            | {
                "draws_low": None if row["score"] is None else float(a),
                "draws_high": None if row["score"] is None else float(b),
            }
            for row, a, b in zip(rows, low, high, strict=True)
        ]
    return rows


def _spread(rows: list[Row], name: str) -> list[Row]:
    """Return a row a month, with a column for each crime or factor; None is not assessed."""
    months: dict[str, Row] = {}
    for row in rows:
        months.setdefault(row["month"], {"month": row["month"]})[row[name]] = row["score"]
    return list(months.values())


def _tell_hindsight(brief: Brief) -> list[Row]:
    later = brief.retrospective.on_record
    return [
        {"month": m, "then": _tell(then), "now": _tell(now), "added": _tell(now - then)}
        for m, then, now in zip(brief.months, brief.assessment.on_record, later, strict=False)
    ]


def _tell(score: float) -> float | None:
    return None if isnan(score) else float(score)


def _tell_no_scenarios(brief: Brief) -> str:
    if brief.case.crossed_from:
        return f"scenarios written for {brief.case.crossed_from} are not carried over"
    return "the case has no scenarios"


def _tell_scenarios(brief: Brief) -> list[Row]:
    results = brief.outcome.results if brief.outcome else ()
    titles = {one.id: one.scenario.title for one in results if one.scenario}
    return [
        {"scenario": row["scenario"], "title": titles.get(row["scenario"], "as it is")} | row
        for row in brief.scenario_rows
    ]


def _tell_ledgers(brief: Brief) -> list[Row]:
    warnings = [
        {
            "kind": "warning", "id": w.id, "date": w.date.text, "who": w.issuer,
            "to_or_with": w.addressee, "heard_by": w.audience, "summary": w.shown_summary,
        }
        for w in brief.warnings
    ]  # fmt: skip
    responses = [
        {
            "kind": "response", "id": r.id,
            "date": "; ".join(f"{s} {when.text}" for s in STAGES if (when := getattr(r, s))),
            "who": r.actor, "to_or_with": r.instrument, "heard_by": None,
            "summary": r.shown_summary,
        }
        for r in brief.responses
    ]  # fmt: skip
    return [*warnings, *responses]

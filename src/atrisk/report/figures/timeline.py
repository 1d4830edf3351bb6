"""Timeline: warnings, forces and other measures under the risk, on one axis of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING

from atrisk.base.dates import ImpreciseDate
from atrisk.base.rows import Row
from atrisk.cases.evidence import AUDIENCES
from atrisk.cases.ledger import STAGES, EarlyWarning, Response, Stage
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    GREEN,
    MUTED,
    RED,
    Spans,
    add_legend,
    mark_alarm,
    mark_months,
    mark_score,
    new_figure,
    styled,
)
from atrisk.scoring.assessment import Assessment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

SHOWN_STAGES: tuple[Stage, ...] = ("decided", "deployed")
SIZES = {"general": 16, "specific": 40, "imminent": 80}  # of a warning's mark, in square points
SMALL, LARGE = 16, 150  # of a response's mark: without a strength, and of the largest force
FORCES, OTHERS = "forces", "statements,\nmeasures"


@styled
def plot_timeline(
    assessment: Assessment,
    warnings: Sequence[EarlyWarning],
    responses: Sequence[Response],
    spans: Spans = (),
) -> Canvas:
    """Draw warnings and responses under the risk curve, on one axis of time.

    A warning stands in the row of who heard it, larger the more specific it was; a response in
    that of its instrument, at the middle of the dates on which it may have been decided and
    deployed. Forces, whose strength is counted in those who protect by being there (the units of
    the framework's rules), are apart from statements and other measures, and larger the larger
    their strength. What lies outside the months of the case is not drawn.

    Returns:
        A matplotlib figure; upper axis: score, 0 to 1; lower axes: no vertical unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    months = assessment.months
    units = {unit for rule in assessment.framework.rules for unit in rule.units}
    groups = {
        FORCES: [one for one in responses if _is_force(one, units)],
        OTHERS: [one for one in responses if not _is_force(one, units)],
    }
    shown = {label: group for label, group in groups.items() if group}
    rows = [len(AUDIENCES), *(len(_list_instruments(group)) for group in shown.values())]
    heights = [3, *(1 + count * 0.35 for count in rows)]
    figure, (risk, warned, *answered) = new_figure(
        3 + sum(heights[1:]) / 1.3, len(heights), height_ratios=heights
    )
    mark_alarm(risk, spans, len(months))
    risk.plot(assessment.on_record, color=BLUE, linewidth=2, label="risk score")
    mark_score(risk, "risk score (0 to 1)", assessment.on_record)
    _mark_warnings(warned, warnings, months)
    for place, (axes, (label, group)) in enumerate(zip(answered, shown.items(), strict=True)):
        _mark_responses(axes, group, months, label, named=place == 0)
    mark_months((answered or [warned])[-1], months)
    add_legend(figure, 2)
    return figure


def _is_force(response: Response, units: set[str]) -> bool:
    """Tell whether a response's strength protects by being there; any does where no unit is named.

    Args:
        response: of a ledger.
        units: that the framework's rules count.
    """
    return response.unit.casefold() in units if units else _find_strength(response) > 0


def _find_strength(response: Response) -> float:
    """Return the largest strength that a response is known to have had; 0 where none is told."""
    return max(response.promised or 0.0, response.delivered or 0.0)


def _list_instruments(responses: Iterable[Response]) -> list[str]:
    return sorted({response.instrument for response in responses})


def _mark_warnings(axes: Axes, warnings: Sequence[EarlyWarning], months: Sequence[str]) -> None:
    for row, audience in enumerate(AUDIENCES):
        placed = [
            (place, SIZES[w.specificity])
            for w in warnings
            if w.audience == audience and (place := _place(w.date, months)) is not None
        ]
        inside = [place for place, _ in placed]
        axes.scatter(
            inside, _spread(inside, row), marker="v", s=[size for _, size in placed], color=RED,
            alpha=0.75, linewidth=0, label="warning, larger if specific" if row == 0 else None,
        )  # fmt: skip
    _name_rows(axes, AUDIENCES, "warnings,\nby who heard")


def _mark_responses(
    axes: Axes, responses: Sequence[Response], months: Sequence[str], label: str, *, named: bool
) -> None:
    """Draw one group of responses, a row for each instrument; the first carries the legend."""
    instruments = _list_instruments(responses)
    largest = max(map(_find_strength, responses)) if label == FORCES else 0.0
    for stage, color, mark in zip(SHOWN_STAGES, (MUTED, GREEN), ("o", "s"), strict=True):
        placed = [
            (place, instruments.index(response.instrument), _size(response, largest))
            for response in responses
            if (when := response.stage(stage)) and (place := _place(when, months)) is not None
        ]
        offset = -0.15 if stage == SHOWN_STAGES[0] else 0.15
        axes.scatter(
            [place for place, _, _ in placed], [row + offset for _, row, _ in placed],
            marker=mark, s=[size for *_, size in placed], color=color, alpha=0.7, linewidth=0,
            label=f"response {stage}" if named else None,
        )  # fmt: skip
    _name_rows(axes, instruments, label)


def _size(response: Response, largest: float) -> float:
    """Return the area of a mark: by the square root, so that a large force hides no small one."""
    share = _find_strength(response) / largest if largest else 0.0
    return SMALL + (LARGE - SMALL) * sqrt(share)


def _name_rows(axes: Axes, names: Sequence[str], label: str) -> None:
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_ylabel(label)


def _place(when: ImpreciseDate, months: Sequence[str]) -> float | None:
    """Return where the middle of a date stands among months; None if it is not among them."""
    ends = [day for day in (when.earliest, when.latest) if day]
    day = date.fromordinal(sum(end.toordinal() for end in ends) // len(ends))
    first = date.fromisoformat(f"{months[0]}-01")
    place = (day.year - first.year) * 12 + day.month - first.month
    return place + (day.day - 1) / 31 if 0 <= place < len(months) else None


def _spread(places: Iterable[float], row: int) -> list[float]:
    """Set marks of one row a little apart, so that those of one day can be counted."""
    seen: dict[int, int] = {}
    spread = []
    for place in places:
        count = seen[round(place)] = seen.get(round(place), -1) + 1
        side = 1 if count % 2 else -1
        spread.append(row + side * ((count + 1) // 2 % 3) / 8)
    return spread


def declare_timeline(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    return Figure(
        "timeline",
        "Warnings and responses under the risk",
        "Each mark stands at the middle of the dates that the sources give. What no source in "
        "this case tells is not here: a quiet row is not an absence of warnings.",
        tuple(_tell_ledgers(brief)),
        "" if brief.gaps else brief.missing_gap,
        (lambda _: plot_timeline(brief.assessment, brief.warnings, brief.responses, brief.spans))
        if brief.gaps
        else None,
    )


def _tell_ledgers(brief: Brief) -> list[Row]:
    warnings = [
        {
            "kind": "warning", "id": w.id, "date": w.date.text, "who": w.shown("issuer"),
            "to_or_with": w.shown("addressee"), "heard_by": w.audience,
            "summary": w.shown_summary,
        }
        for w in brief.warnings
    ]  # fmt: skip
    responses = [
        {
            "kind": "response", "id": r.id,
            "date": "; ".join(f"{s} {when.text}" for s in STAGES if (when := getattr(r, s))),
            "who": r.shown("actor"), "to_or_with": r.instrument, "heard_by": None,
            "summary": r.shown_summary,
        }
        for r in brief.responses
    ]  # fmt: skip
    return [*warnings, *responses]

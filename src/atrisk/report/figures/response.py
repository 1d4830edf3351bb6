"""Figures of warnings and responses: on one timeline, the gap, promises, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from atrisk.base.dates import ImpreciseDate
from atrisk.base.rows import Row
from atrisk.cases.evidence import AUDIENCES
from atrisk.cases.ledger import STAGES, EarlyWarning, Response
from atrisk.gap.gap import NO_NEED, Gap
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.risk import Spans
from atrisk.report.figures.style import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    MARKS,
    MUTED,
    ORANGE,
    RED,
    SERIES,
    SKY,
    add_legend,
    join_equal,
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

SHOWN_STAGES = ("decided", "deployed")


@styled
def plot_timeline(
    assessment: Assessment,
    warnings: Sequence[EarlyWarning],
    responses: Sequence[Response],
    spans: Spans = (),
) -> Canvas:
    """Draw warnings and responses under the risk curve, on one axis of time.

    A warning stands in the row of who heard it; a response in that of its instrument, at the
    middle of the dates on which it may have been decided and deployed. What lies outside the
    months of the case is not drawn.

    Returns:
        A matplotlib figure; upper axis: score, 0 to 1; lower axes: no vertical unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    months = assessment.months
    instruments = sorted({response.instrument for response in responses})
    heights = [3, 1 + len(AUDIENCES) * 0.4, 1 + len(instruments) * 0.4]
    figure, (risk, warned, answered) = new_figure(8, 3, height_ratios=heights)
    mark_alarm(risk, spans, len(months))
    risk.plot(assessment.on_record, color=BLUE, linewidth=2, label="risk score")
    mark_score(risk, "risk score (0 to 1)")
    _mark_warnings(warned, warnings, months)
    _mark_responses(answered, responses, months, instruments)
    mark_months(answered, months)
    add_legend(figure, 4)
    return figure


def _mark_warnings(axes: Axes, warnings: Sequence[EarlyWarning], months: Sequence[str]) -> None:
    for row, audience in enumerate(AUDIENCES):
        places = [_place(w.date, months) for w in warnings if w.audience == audience]
        inside = [place for place in places if place is not None]
        axes.scatter(
            inside, _spread(inside, row), marker="v", s=40, color=RED, alpha=0.75,
            label="warning" if row == 0 else None,
        )  # fmt: skip
    _name_rows(axes, AUDIENCES, "warnings,\nby who heard")


def _mark_responses(
    axes: Axes, responses: Sequence[Response], months: Sequence[str], instruments: Sequence[str]
) -> None:
    for stage, color, mark in zip(SHOWN_STAGES, (MUTED, GREEN), ("o", "s"), strict=True):
        for row, instrument in enumerate(instruments):
            places = [
                _place(when, months)
                for response in responses
                if response.instrument == instrument and (when := getattr(response, stage))
            ]
            inside = [place for place in places if place is not None]
            offset = -0.15 if stage == SHOWN_STAGES[0] else 0.15
            axes.scatter(
                inside, [row + offset] * len(inside), marker=mark, s=28, color=color, alpha=0.8,
                label=f"response {stage}" if row == 0 else None,
            )  # fmt: skip
    _name_rows(axes, instruments, "responses,\nby instrument")


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


@styled
def plot_gap(gap: Gap) -> Canvas:
    """Draw the risk beside the level of response that stood against it.

    Returns:
        A matplotlib figure; vertical axis: score and response level, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(4)
    rows = gap.to_rows("monthly")
    risk, response = (  # None, where nothing is on record, becomes NaN and is not drawn
        np.array([row[name] for row in rows], dtype=np.float64) for name in ("risk", "response")
    )
    places = range(len(rows))
    axes.fill_between(
        places, risk, response, where=list(risk > response), color=ORANGE, alpha=0.35, linewidth=0,
        interpolate=True, label="gap",
    )  # fmt: skip
    axes.fill_between(
        places, [row["response_low"] for row in rows], [row["response_high"] for row in rows],
        color=GREEN, alpha=0.2, linewidth=0, label="response: bounds of its dates",
    )  # fmt: skip
    axes.plot(risk, color=BLUE, linewidth=2, label="risk score")
    axes.plot(response, color=GREEN, linewidth=2, linestyle="--", label="response level")
    mark_score(axes, "score and level (0 to 1)")
    mark_months(axes, [row["month"] for row in rows])
    add_legend(figure, 4)
    return figure


@styled
def plot_promises(gap: Gap) -> Canvas:
    """Draw the share that was delivered of what each response promised.

    Returns:
        A matplotlib figure; vertical axis: per cent of the promised strength.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(4)
    rows, months = gap.to_rows("promises"), list(gap.assessment.months)
    measures = {response.id: response.shown("measure") for response in gap.case.responses}
    names = list(dict.fromkeys((row["response"], row["unit"]) for row in rows))
    for number, (response, unit) in enumerate(names):
        mine = [row for row in rows if (row["response"], row["unit"]) == (response, unit)]
        known = [row for row in mine if row["share"] is not None]
        axes.plot(
            [months.index(row["month"]) for row in known],
            [row["share"] * 100 for row in known],
            color=SERIES[number % len(SERIES)],
            drawstyle="steps-post",
            marker=MARKS[number % len(MARKS)],
            markersize=4,
            label=f"{measures[response]} ({unit}{'' if known else '; delivery unknown'})",
        )
    axes.axhline(100, color=INK, linewidth=0.8, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("delivered of what was promised (%)")
    mark_months(axes, months)
    add_legend(figure, 2)
    return figure


@styled
def plot_waiting(gaps: Mapping[str, Gap]) -> Canvas:
    """Draw the share of warnings still waiting, by days since the warning, under each rule.

    Kaplan-Meier estimates: a warning that nothing answered waits until the end of the case.

    Args:
        gaps: by the rule's id.

    Returns:
        A matplotlib figure; horizontal axis: days; vertical axis: per cent of warnings.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(4)
    axes.grid(visible=True, axis="both")
    curves: dict[str, list[float]] = {}
    for rule, gap in gaps.items():
        rows = gap.to_rows("survival")
        share = [100.0, *(row["waiting"] * 100 for row in rows)]
        curves[rule.replace("-", " ")] = [0.0, *(row["days"] for row in rows), *share]
    for number, (label, curve) in enumerate(join_equal(curves).items()):
        half = len(curve) // 2
        axes.step(
            curve[:half], curve[half:], where="post", color=SERIES[number % len(SERIES)],
            linewidth=2, linestyle=DASHES[number % len(DASHES)], label=label,
        )  # fmt: skip
    axes.axhline(50, color=SKY, linewidth=0.8, label="half of them")
    axes.set_ylim(0, 102)
    axes.set_xlim(left=0)
    axes.set_xlabel("days since the warning")
    axes.set_ylabel("warnings still unanswered (%)")
    add_legend(figure, 3)
    return figure


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


def declare_gap(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    gap = brief.gap
    monthly = gap.to_rows("monthly") if gap else []
    return Figure(
        "gap",
        "Risk beside the response to it",
        "The response level counts what stood in force, by a table of the framework, times the "
        "share delivered. The two scales are judgements laid side by side; their difference "
        "says where to look, not how many lives it cost.",
        tuple(monthly),
        brief.missing_gap,
        (lambda _: plot_gap(gap)) if gap else None,
    )


def declare_promises(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    gap = brief.gap
    promises = gap.to_rows("promises") if gap else []
    missing = (
        brief.missing_gap
        if gap is None
        else ""
        if promises
        else "no response on record promised a strength"
    )
    return Figure(
        "promises",
        "Promised and delivered",
        "The share of what was announced, pledged or asked for, above what stood there before, "
        "that was delivered, where a source tells; nothing changes between two reports. It "
        "says nothing of where the delivered strength stood or what it did.",
        tuple(promises),
        missing,
        (lambda _: plot_promises(gap)) if gap and promises else None,
    )


def declare_waiting(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    waiting = [{"rule": n} | row for n, g in brief.gaps.items() for row in g.to_rows("survival")]
    return Figure(
        "waiting",
        "How long warnings waited, by rule",
        "Kaplan-Meier estimates. A rule says what counts as an answer; rules that agree share "
        "a line. An answer need not have been given because of the warning. Warnings of one spell "
        f"of waiting are not independent{_tell_spells(brief)}.{_tell_unjudged(brief)}",
        tuple(waiting),
        "" if brief.gaps else brief.missing_gap,
        (lambda _: plot_waiting(brief.gaps)) if brief.gaps else None,
    )


def _tell_spells(brief: Brief) -> str:
    """Return how many spells each rule leaves, and the interval that they give."""
    told = "; ".join(f"{name} {gap.interval.text}" for name, gap in brief.gaps.items())
    return f", so intervals come from spells: {told}" if told else ""


def _tell_unjudged(brief: Brief) -> str:
    names = ", ".join(brief.unjudged)
    return f" Not drawn, since {NO_NEED}: {names}." if names else ""


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

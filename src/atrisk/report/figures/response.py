"""Figures of the response: beside the risk, beside the need, as promised, and how late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from atrisk.gap.gap import NO_NEED, Gap
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    MARKS,
    ORANGE,
    RED,
    SERIES,
    SKY,
    add_legend,
    join_equal,
    mark_months,
    mark_score,
    new_figure,
    styled,
)

if TYPE_CHECKING:
    from atrisk.report.figures.canvas import Canvas


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
    mark_score(axes, "score and level (0 to 1)", risk, [row["response_high"] for row in rows])
    mark_months(axes, [row["month"] for row in rows])
    add_legend(figure, 4)
    return figure


@styled
def plot_need(gap: Gap) -> Canvas:
    """Draw the strength that stood beside the strength that was said to be needed.

    Args:
        gap: under a rule of the need.

    Returns:
        A matplotlib figure; vertical axis: strength, in the unit of the need.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(3)
    assert gap.standing is not None  # noqa: S101 - a rule of the need has one
    months, last = gap.assessment.months, len(gap.assessment.months) - 1
    steps = gap.standing.steps
    begins = [_place_day(step.begin, months) for step in steps]
    series = (
        ("needed", RED, "--", [step.need.needed if step.need else None for step in steps]),
        ("standing, on record", GREEN, "-", [step.strength for step in steps]),
    )
    for label, color, dash, values in series:
        drawn = np.array([*values, values[-1]], dtype=np.float64)  # None becomes NaN
        axes.step(
            [*begins, last], drawn, where="post", color=color, linestyle=dash, linewidth=2,
            label=label,
        )  # fmt: skip
    unknown = [place for place, step in zip(begins, steps, strict=True) if step.unknown]
    axes.plot(
        unknown, [0] * len(unknown), linestyle="none", marker="x", color=INK, clip_on=False,
        label="from here a force of unknown strength",
    )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel(gap.standing.needs[0].unit or "strength")
    mark_months(axes, months)
    add_legend(figure, 3)
    return figure


def _place_day(day: float, months: Sequence[str]) -> float:
    """Return where a day stands among months."""
    when = date.fromordinal(int(day))
    first = date.fromisoformat(f"{months[0]}-01")
    return (when.year - first.year) * 12 + when.month - first.month + (when.day - 1) / 31


@styled
def plot_promises(gap: Gap) -> Canvas:
    """Draw the share that was delivered of what each response promised.

    Returns:
        A matplotlib figure; vertical axis: per cent of the promised strength.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    rows, months = gap.to_rows("promises"), list(gap.assessment.months)
    known = [row for row in rows if row["share"] is not None]
    measures = {response.id: response.shown("measure") for response in gap.case.responses}
    names = list(dict.fromkeys((row["response"], row["unit"]) for row in known))
    figure, axes = new_figure(3 + len(names) * 0.25)
    for number, (response, unit) in enumerate(names):
        mine = [row for row in known if (row["response"], row["unit"]) == (response, unit)]
        axes.plot(
            [months.index(row["month"]) for row in mine],
            [row["share"] * 100 for row in mine],
            color=SERIES[number % len(SERIES)],
            drawstyle="steps-post",
            marker=MARKS[number % len(MARKS)],
            markersize=4,
            label=f"{measures[response]} ({unit})",
        )
    axes.axhline(100, color=INK, linewidth=0.8, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("delivered (% of the promise)")
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


def declare_need(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    gap = brief.gap
    steps = gap.to_rows("strength") if gap and "strength" in gap.tables else []
    judged = [row for row in steps if row["needed"] is not None]
    missing = brief.missing_gap or ("" if judged else NO_NEED)
    return Figure(
        "need",
        "What stood beside what was needed",
        "The strength on record of the forces whose task it was to protect civilians, beside the "
        "strength that was said to be needed, from the day on which it was said. A force whose "
        "strength no source gives is not in the line.",
        tuple(steps),
        missing,
        (lambda _: plot_need(gap)) if gap and not missing else None,
    )


def declare_promises(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    gap = brief.gap
    promises = gap.to_rows("promises") if gap else []
    missing = (
        brief.missing_gap
        if gap is None
        else ""
        if any(row["share"] is not None for row in promises)
        else "no source tells how much of a promised strength was delivered"
        if promises
        else "no response on record promised a strength"
    )
    return Figure(
        "promises",
        "Promised and delivered",
        "The share of what was announced, pledged or asked for, above what stood there before, "
        "that was delivered, where a source tells; nothing changes between two reports. It "
        "says nothing of where the delivered strength stood or what it did. Promises of which no "
        "source tells what was delivered are in the table alone.",
        tuple(promises),
        missing,
        (lambda _: plot_promises(gap)) if gap and not missing else None,
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

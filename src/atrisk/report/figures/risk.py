"""Figures of the risk: month by month, what moved it, and what hindsight adds."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from atrisk.base.rows import Row
from atrisk.report.brief import Brief
from atrisk.report.events import Event
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SHORT,
    Spans,
    add_legend,
    link_month,
    mark_alarm,
    mark_months,
    mark_score,
    new_figure,
    styled,
)
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans, find_tiers
from atrisk.scoring.news import Changes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

LABEL = 0.055  # of the axis: how far a label is from the next
RAISED = 9  # points that the number of an event stands above the curve
KEY_WIDTH = 92  # letters of a line that tells an event


@styled
def plot_risk(
    assessment: Assessment,
    spans: Spans = (),
    *,
    highest: tuple[str, Spans] = ("", ()),
    events: Sequence[Event] = (),
    linked: bool = False,
) -> Canvas:
    """Draw the overall score with its interval, its bands, its alarms and what raised it.

    Args:
        assessment: from ``assess``.
        spans: alarms, as places of months, from ``find_spans``.
        highest: name of a tier above the alarm, and its spans.
        events: that raised the score most, numbered in time; they are told below the axes unless
            ``linked``.
        linked: give each month a link into a report, which tells the events itself.

    Returns:
        A matplotlib figure; vertical axis: score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    told = () if linked else events
    figure, axes = new_figure(4 + len(told) * 0.25)
    places = range(len(assessment.months))
    axes.fill_between(
        places, assessment.low, assessment.high, color=GRID, alpha=0.6, linewidth=0,
        label=_name_bounds(assessment),
    )  # fmt: skip
    mark_alarm(axes, spans, len(assessment.months))
    name, worst = highest
    mark_alarm(axes, worst, len(assessment.months), label=name, color=INK, above=True)
    axes.plot(places, assessment.on_record, color=BLUE, linewidth=2, label="score")
    _mark_points(axes, assessment, linked=linked)
    _mark_events(axes, assessment, events)
    _mark_bands(axes, assessment)
    mark_score(axes, "risk score (0 to 1)", assessment.high, assessment.method.bands.lowers)
    mark_months(axes, assessment.months)
    add_legend(figure, 2, _list_key(told))
    return figure


def _mark_points(axes: Axes, assessment: Assessment, *, linked: bool) -> None:
    points = axes.scatter(
        range(len(assessment.months)), assessment.on_record, s=22, color=BLUE, edgecolor=PAPER,
        linewidth=0.8, zorder=3,
    )  # fmt: skip
    if linked:
        points.set_urls([link_month(month) for month in assessment.months])


def _mark_events(axes: Axes, assessment: Assessment, events: Sequence[Event]) -> None:
    """Write the number of each event above its month; those of neighbours at two heights."""
    before, raised = -2, False
    for number, event in enumerate(events, start=1):
        raised = event.place - before < len(assessment.months) / SHORT and not raised
        axes.annotate(
            str(number), (event.place, assessment.overall[event.place]), fontsize=9,
            xytext=(0, RAISED * (1 + raised)), textcoords="offset points", ha="center",
            color=INK, fontweight="bold",
        )  # fmt: skip
        before = event.place


def _list_key(events: Sequence[Event]) -> list[str]:
    """Return what each number stands for, a line for each."""
    return [
        textwrap.shorten(f"{n}  {e.when}  {e.text}", KEY_WIDTH, placeholder=" …")
        for n, e in enumerate(events, start=1)
    ]


def _name_bounds(assessment: Assessment) -> str:
    readings = assessment.intensity.readings
    if readings is None:
        return "from what is unknown at none to at its worst"
    return f"{readings.rule.level:.0%} interval"


def _mark_bands(axes: Axes, assessment: Assessment) -> None:
    """Write the bands' names at the right, where the curve ends."""
    bands, lowers = assessment.framework.header.bands, assessment.method.bands.lowers
    edges = [*lowers, max(float(np.nanmax([0.0, *assessment.high])), lowers[-1])]
    last = -LABEL
    for band, low, high in zip(bands, edges, edges[1:], strict=False):
        axes.axhline(low, color=MUTED, linewidth=0.6, linestyle=":")
        last = max((low + high) / 2, last + LABEL)  # narrow bands would write over one another
        axes.text(
            1.01, last, band.label, transform=axes.get_yaxis_transform(),
            va="center", color=MUTED, fontsize=9,
        )  # fmt: skip


@styled
def plot_movement(assessment: Assessment, changes: Changes) -> Canvas:
    """Draw each month's change of the score: what happened, and what was learnt about before.

    Args:
        assessment: from ``assess``.
        changes: of that assessment, from ``split_changes``.

    Returns:
        A matplotlib figure; vertical axis: change of the score from the month before, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(3)
    places = np.arange(len(assessment.months))
    for shift, values, color, label in (
        (-0.2, changes.news, BLUE, "news: what happened, and what faded"),
        (0.2, changes.revision, ORANGE, "revision: what was learnt about before"),
    ):
        axes.bar(places + shift, values, width=0.4, color=color, label=label)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_ylabel("change of the score")
    mark_months(axes, assessment.months)
    add_legend(figure, 2)
    return figure


@styled
def plot_hindsight(now: Assessment, retrospective: Assessment, *, linked: bool = False) -> Canvas:
    """Draw what was known then beside what is known now.

    Args:
        now: on contemporaneous knowledge.
        retrospective: on all knowledge.
        linked: give each month a link into a report.

    Returns:
        A matplotlib figure; vertical axis: score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(3)
    months = now.months
    later = retrospective.on_record[: len(months)]
    axes.fill_between(
        range(len(months)), now.on_record, later, color=ORANGE, alpha=0.35, linewidth=0,
        label="what hindsight adds or takes away",
    )  # fmt: skip
    axes.plot(later, color=INK, linestyle="--", label="with all that is known now")
    axes.plot(now.on_record, color=BLUE, linewidth=2, label=f"as asked for: {now.knowledge}")
    _mark_points(axes, now, linked=linked)
    mark_score(axes, "risk score (0 to 1)", now.on_record, later)
    mark_months(axes, months)
    add_legend(figure, 3)
    return figure


def _tell_grey(now: Assessment) -> str:
    """Say what the grey bounds and the score are, which depends on whether the method estimates."""
    if now.intensity.readings is None:
        return (
            "The grey range runs from the score with everything that is not on record at none to "
            "that with it at its worst; it takes the record as it is. The score is an expected "
            "severity of what was on record, and a band the severity level that it is nearest to."
        )
    return (
        "The grey interval holds doubt about what was not read, the truth of claims and the "
        "coder. The score estimates how grave the month was from what was read, and the bands are "
        "anchored by textbook situations."
    )


def declare_risk(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "risk",
        "Risk month by month",
        f"The score of the worst crime. {_tell_grey(now)} Numbers mark the events that raised it "
        "most. The score is not a probability and not a forecast.",
        tuple(_tell_months(brief)),
        "",
        lambda linked: plot_risk(
            now, brief.spans, highest=_find_highest(now), events=brief.events, linked=linked
        ),
    )


def declare_movement(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now, changes = brief.assessment, brief.changes
    missing = _tell_still(now, changes)
    return Figure(
        "movement",
        "What happened, and what was learnt later",
        "The change from the month before, in two parts that sum to it: news is what happened or "
        "faded within the month; revision is what became known about the months before. A month "
        "of revision says something of the sources, not of that month.",
        tuple(
            {"month": month, "change": float(news + revision), "news": float(news),
             "revision": float(revision)}
            for month, news, revision in zip(
                now.months, changes.news, changes.revision, strict=True
            )
        ),
        missing,
        None if missing else lambda _: plot_movement(now, changes),
    )  # fmt: skip


def _tell_still(now: Assessment, changes: Changes) -> str:
    if len(now.months) == 1:
        return "there is one month, and none before it"
    moved = changes.news.any() or changes.revision.any()
    return "" if moved else "the score is the same in every month"


def declare_hindsight(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now, later = brief.assessment, brief.retrospective
    return Figure(
        "hindsight",
        "What is known now that was not known then",
        "The same method on what was known by each month and on all that is known now. The "
        "space between them rests on what the sources date later, or do not date at all. "
        "Differences are rounded after they are taken.",
        tuple(_tell_hindsight(later, brief)) if later else (),
        "" if later else "what was learnt later is not shown from a day that had none of it",
        (lambda linked: plot_hindsight(now, later, linked=linked)) if later else None,
    )


def _find_highest(now: Assessment) -> tuple[str, Spans]:
    """Return the tier above the alarm and its spans; nothing where the policy has none."""
    policy = now.method.alarm
    above = [one for one in policy.tiers if one.on > policy.on]
    if not above:
        return "", ()
    highest = max(above, key=lambda one: one.on)
    return highest.id, find_spans(now, policy, highest)


def _tell_months(brief: Brief) -> list[Row]:
    alarms, tiers = brief.flags.in_alarm(), find_tiers(brief.assessment)
    return [
        row | {"in_alarm": is_on, "tier": tier}
        for row, is_on, tier in zip(brief.assessment.to_rows(), alarms, tiers, strict=True)
    ]


def _tell_hindsight(later: Assessment, brief: Brief) -> list[Row]:
    then_and_now = zip(brief.months, brief.assessment.on_record, later.on_record, strict=False)
    return [
        {"month": m, "then": _tell(then), "now": _tell(now), "added": _tell(now - then)}
        for m, then, now in then_and_now
    ]


def _tell(score: float) -> float | None:
    return None if isnan(score) else float(score)

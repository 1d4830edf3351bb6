"""Figures of the risk: month by month, by crime, by factor, and what hindsight adds."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from atrisk.base.rows import Row
from atrisk.ensemble.ensemble import Ensemble
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    DASHES,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    RED,
    SERIES,
    SKY,
    add_legend,
    mark_alarm,
    mark_months,
    mark_score,
    new_figure,
    styled,
)
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans, find_tiers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

LABEL = 0.05  # of the axis: how far a label is from the next
Spans = Sequence[tuple[int, int | None]]


def link_month(month: str) -> str:
    """Return where a page tells a month."""
    return f"#m-{month}"


def link_cell(month: str, factor: str) -> str:
    """Return where a page tells a factor's month."""
    return f"#c-{month}-{factor}"


@styled
def plot_risk(
    assessment: Assessment,
    spans: Spans = (),
    ensemble: Ensemble | None = None,
    *,
    highest: tuple[str, Spans] = ("", ()),
    linked: bool = False,
) -> Canvas:
    """Draw the overall score with its bounds, its bands and its alarms.

    Args:
        assessment: from ``assess``.
        spans: alarms, as places of months, from ``find_spans``.
        ensemble: to show where most of its draws lie.
        highest: name of a tier above the alarm, and its spans.
        linked: give each month a link into a report.

    Returns:
        A matplotlib figure; vertical axis: score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(4)
    places = range(len(assessment.months))
    axes.fill_between(
        places, assessment.low, assessment.high, color=GRID, alpha=0.6, linewidth=0,
        label=_name_bounds(assessment),
    )  # fmt: skip
    if ensemble is not None:
        share, *ends = ensemble.spread()
        low, high = (np.where(assessment.coverage > 0, end, np.nan) for end in ends)
        axes.fill_between(
            places, low, high, color=SKY, alpha=0.4, linewidth=0, label=f"{share:.0%} of the draws"
        )
    mark_alarm(axes, spans, len(assessment.months))
    name, worst = highest
    mark_alarm(axes, worst, len(assessment.months), label=name, color=INK, above=True)
    axes.plot(places, assessment.on_record, color=BLUE, linewidth=2, label="score")
    _mark_points(axes, assessment, linked=linked)
    _mark_bands(axes, assessment)
    mark_score(axes, "risk score (0 to 1)")
    mark_months(axes, assessment.months)
    add_legend(figure, 2)
    return figure


def _mark_points(axes: Axes, assessment: Assessment, *, linked: bool) -> None:
    points = axes.scatter(
        range(len(assessment.months)), assessment.on_record, s=22, color=BLUE, edgecolor=PAPER,
        linewidth=0.8, zorder=3,
    )  # fmt: skip
    if linked:
        points.set_urls([link_month(month) for month in assessment.months])


def _name_bounds(assessment: Assessment) -> str:
    readings = assessment.intensity.readings
    if readings is None:
        return "bounds: what is unknown at none and at its worst"
    return f"{readings.rule.level:.0%} interval: what was not read, truth, the coder"


def _mark_bands(axes: Axes, assessment: Assessment) -> None:
    """Write the bands' names at the right, where the curve ends."""
    bands = assessment.framework.header.bands
    edges = [*assessment.method.bands.lowers, 1.0]
    last = -LABEL
    for band, low, high in zip(bands, edges, edges[1:], strict=False):
        axes.axhline(low, color=MUTED, linewidth=0.6, linestyle=":")
        last = max((low + high) / 2, last + LABEL)  # narrow bands would write over one another
        axes.text(
            1.01, last, band.label, transform=axes.get_yaxis_transform(),
            va="center", color=MUTED, fontsize=9,
        )  # fmt: skip


@styled
def plot_crimes(assessment: Assessment) -> Canvas:
    """Draw the score of each crime.

    Returns:
        A matplotlib figure; vertical axis: score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(3)
    labels = {code: crime.label for code, crime in assessment.framework.crimes.items()}
    for number, (code, found) in enumerate(assessment.by_crime.items()):
        scores = np.where(found.coverage > 0, found.point, np.nan)
        axes.plot(
            scores, color=SERIES[number], linestyle=DASHES[number % len(DASHES)],
            linewidth=2, label=labels[code],
        )  # fmt: skip
    mark_score(axes, "risk score (0 to 1)")
    mark_months(axes, assessment.months)
    add_legend(figure, 3)
    return figure


@styled
def plot_heat_map(assessment: Assessment, *, linked: bool = False) -> Canvas:
    """Draw every factor in every month; what nobody assessed is hatched, not pale.

    Args:
        assessment: from ``assess``.
        linked: give each cell a link into a report.

    Returns:
        A matplotlib figure; colour: score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Patch, Rectangle

    rows = len(assessment.factor_codes)
    figure, axes = new_figure(max(3, round(rows * 0.5)))
    cells, values, urls = [], [], []
    for place, month in enumerate(assessment.months):
        for row, code in enumerate(assessment.factor_codes):
            box = (place - 0.5, row - 0.5)
            if assessment.by_factor.coverage[place, row] > 0:
                cells.append(Rectangle(box, 1, 1))
                values.append(assessment.factors[place, row])
                urls.append(link_cell(month, code))
            else:
                axes.add_patch(
                    Rectangle(box, 1, 1, facecolor="none", edgecolor=GRID, hatch="///", linewidth=0)
                )
    drawn = PatchCollection(cells, cmap="cividis_r", edgecolor=PAPER, linewidth=0.5)
    drawn.set_array(np.array(values))
    drawn.set_clim(0, 1)
    if linked:
        drawn.set_urls(urls)
    axes.add_collection(drawn)
    axes.grid(visible=False)
    axes.set_ylim(rows - 0.5, -0.5)
    titles = assessment.framework.factors
    axes.set_yticks(
        range(rows), [_wrap(f"{c}  {titles[c].title}") for c in assessment.factor_codes], fontsize=8
    )
    axes.set_ylabel("risk factor")
    mark_months(axes, assessment.months)
    figure.colorbar(drawn, ax=axes, label="factor score (0 to 1)", fraction=0.03, pad=0.01)
    unknown = Patch(facecolor="none", edgecolor=MUTED, hatch="///", label="not assessed")
    figure.legend(handles=[unknown], loc="outside lower left")
    return figure


def _wrap(title: str) -> str:
    return textwrap.fill(title, 44, max_lines=3, placeholder=" …")


@styled
def plot_coverage(assessment: Assessment) -> Canvas:
    """Draw the share of indicators on which evidence is current.

    Returns:
        A matplotlib figure; vertical axis: per cent of the framework's indicators.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, axes = new_figure(3)
    axes.bar(range(len(assessment.months)), assessment.coverage * 100, color=SKY, width=0.9)
    least = assessment.framework.header.least_coverage * 100
    axes.axhline(least, color=RED, linestyle="--", label=f"below {least:g} % no band is named")
    axes.set_ylim(0, 100)
    axes.set_ylabel("indicators covered (%)")
    mark_months(axes, assessment.months)
    add_legend(figure)
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
    mark_score(axes, "risk score (0 to 1)")
    mark_months(axes, months)
    add_legend(figure, 3)
    return figure


def _tell_grey(now: Assessment) -> str:
    """Say what the grey bounds and the score are, which depends on whether the method estimates."""
    if now.intensity.readings is None:
        return (
            "The grey bounds set what nobody looked at to none and to its worst and take the "
            "record as it is; the draws doubt the record too, so neither holds the other. The "
            "score is an expected severity of what was on record, and a band the severity level "
            "that it is nearest to."
        )
    return (
        "The grey bounds are an interval that holds doubt about what was not read, the truth of "
        "claims and the coder. The score estimates how grave the month was from what was read, "
        "and a band is anchored by textbook situations."
    )


def declare_risk(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "risk",
        "Risk month by month",
        f"The worst crime's score. {_tell_grey(now)} The blue ones hold most of the draws. The "
        "score is not a probability and not a forecast.",
        tuple(_tell_months(brief)),
        "",
        lambda linked: plot_risk(
            now, brief.spans, brief.ensemble, highest=_find_highest(now), linked=linked
        ),
    )


def declare_crimes(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "crimes",
        "The crimes beside one another",
        "Each crime has the common factors and its own; the overall score is the highest of "
        "them. Their differences are small beside what is unknown: no ground to rank them.",
        tuple(_spread(now.to_rows("crime"), "crime")),
        "",
        lambda _: plot_crimes(now),
    )


def declare_factors(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "factors",
        "Every risk factor in every month",
        "Darker is higher. Hatched is not assessed: nothing on record bears on it, which is "
        "not zero. A pale cell may rest on little evidence; its block tells.",
        tuple(_spread(now.to_rows("factor"), "factor")),
        "",
        lambda linked: plot_heat_map(now, linked=linked),
    )


def declare_coverage(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "coverage",
        "How much of the framework was looked at",
        "The share of indicators on which evidence is current. It says how much was written "
        "about the country, not how much happened in it.",
        tuple({"month": r["month"], "coverage": r["coverage"]} for r in now.to_rows()),
        "",
        lambda _: plot_coverage(now),
    )


def declare_hindsight(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now, later = brief.assessment, brief.retrospective
    return Figure(
        "hindsight",
        "What hindsight adds",
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
    rows = [
        row | {"in_alarm": is_on, "tier": tier}
        for row, is_on, tier in zip(brief.assessment.to_rows(), alarms, tiers, strict=True)
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


def _tell_hindsight(later: Assessment, brief: Brief) -> list[Row]:
    then_and_now = zip(brief.months, brief.assessment.on_record, later.on_record, strict=False)
    return [
        {"month": m, "then": _tell(then), "now": _tell(now), "added": _tell(now - then)}
        for m, then, now in then_and_now
    ]


def _tell(score: float) -> float | None:
    return None if isnan(score) else float(score)

"""Figures of what a score is joined from: crimes, factors, and how much was looked at."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from atrisk.base.rows import Row
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    DASHES,
    GRID,
    MUTED,
    PAPER,
    RED,
    SERIES,
    SKY,
    add_legend,
    link_cell,
    mark_months,
    mark_score,
    new_figure,
    shade_bands,
    styled,
)
from atrisk.scoring.assessment import Assessment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

TITLE_WIDTH, TITLE_LINES = 32, 2  # of a factor's title beside its row, in letters and lines


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
    mark_score(axes, "risk score (0 to 1)", *(one.point for one in assessment.by_crime.values()))
    mark_months(axes, assessment.months)
    add_legend(figure, 3)
    return figure


@styled
def plot_heat_map(assessment: Assessment, *, linked: bool = False) -> Canvas:
    """Draw every factor in every month, in one hue that darkens from band to band.

    What nobody assessed is hatched, not pale.

    Args:
        assessment: from ``assess``.
        linked: give each cell a link into a report.

    Returns:
        A matplotlib figure; colour: band of the factor's score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    from matplotlib.patches import Patch, Rectangle

    rows = len(assessment.factor_codes)
    figure, axes = new_figure(max(3, round(rows * 0.4) + 1))
    known = assessment.by_factor.coverage > 0
    _fill_cells(axes, assessment, known, linked=linked)
    for place, row in zip(*np.nonzero(~known), strict=True):
        box = Rectangle((place - 0.5, row - 0.5), 1, 1, facecolor="none", edgecolor=GRID)
        box.set(hatch="////", linewidth=0)
        axes.add_patch(box)
    axes.grid(visible=False)
    axes.set_ylim(rows - 0.5, -0.5)
    titles = assessment.framework.factors
    axes.set_yticks(
        range(rows), [_wrap(f"{c}  {titles[c].title}") for c in assessment.factor_codes], fontsize=7
    )
    axes.set_ylabel("risk factor")
    mark_months(axes, assessment.months)
    keys = [Patch(facecolor=color, label=label) for label, color in _name_shades(assessment)]
    unknown = Patch(facecolor="none", edgecolor=MUTED, hatch="////", label="not assessed")
    figure.legend(handles=[*keys, unknown], loc="outside lower center", ncols=3)
    return figure


def _name_shades(assessment: Assessment) -> list[tuple[str, str]]:
    """Return each band with where it begins, and its colour."""
    bands, lowers = assessment.framework.header.bands, assessment.method.bands.lowers
    named = [f"{band.label}, from {low:.2f}" for band, low in zip(bands, lowers, strict=False)]
    return list(zip(named, shade_bands(len(named)), strict=True))


def _fill_cells(
    axes: Axes, assessment: Assessment, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    *, linked: bool,
) -> None:  # fmt: skip
    """Draw the cells that have a score, in the colour of its band."""
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Rectangle

    places = list(zip(*np.nonzero(known), strict=True))
    cells = [Rectangle((place - 0.5, row - 0.5), 1, 1) for place, row in places]
    lowers = assessment.method.bands.lowers
    shades = ListedColormap(shade_bands(len(lowers)))
    norm = BoundaryNorm([*lowers, max(1.0, lowers[-1]) + 1], len(lowers))
    drawn = PatchCollection(cells, cmap=shades, norm=norm, edgecolor=PAPER, linewidth=0.5)
    drawn.set_array(assessment.factors[known])
    if linked:
        codes = assessment.factor_codes
        drawn.set_urls([link_cell(assessment.months[p], codes[row]) for p, row in places])
    axes.add_collection(drawn)


def _wrap(title: str) -> str:
    return textwrap.fill(title, TITLE_WIDTH, max_lines=TITLE_LINES, placeholder=" …")


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


def declare_crimes(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    missing = _tell_alike(now)
    return Figure(
        "crimes",
        "The crimes beside one another",
        "Each crime joins the common factors and its own; the overall score is the highest of "
        "them. A crime is named as the worst only where it leads by more than chance.",
        tuple(_spread(now.to_rows("crime"), "crime")),
        missing,
        None if missing else lambda _: plot_crimes(now),
    )


def _tell_alike(now: Assessment) -> str:
    """Return why a curve for each crime would say nothing; empty if it says something."""
    if len(now.crimes) == 1:
        return "the framework assesses one crime, whose score is the overall one"
    if not any(now.named_crimes):
        return (
            "in no month does one crime lead the others by more than chance, so their curves say "
            "what the overall score says"
        )
    return ""


def declare_factors(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    now = brief.assessment
    return Figure(
        "factors",
        "Every risk factor in every month",
        "Darker is graver, in the steps of the bands. Hatched is not assessed: nothing on record "
        "bears on it, which is not zero. A pale cell may rest on little evidence; open it to see.",
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


def _spread(rows: list[Row], name: str) -> list[Row]:
    """Return a row a month, with a column for each crime or factor; None is not assessed."""
    months: dict[str, Row] = {}
    for row in rows:
        months.setdefault(row["month"], {"month": row["month"]})[row[name]] = row["score"]
    return list(months.values())

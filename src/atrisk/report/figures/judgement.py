"""Figures of what else it could be: scenarios side by side, and which judgement matters."""

from __future__ import annotations

import textwrap
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from atrisk.base.rows import Row
from atrisk.cases.scenario import list_scenarios
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    DASHES,
    INK,
    ORANGE,
    SERIES,
    add_legend,
    join_equal,
    mark_months,
    mark_score,
    new_figure,
    styled,
)
from atrisk.studies.methods import MethodTree
from atrisk.studies.reading import Reading
from atrisk.studies.scenarios import Outcome

if TYPE_CHECKING:
    from atrisk.report.figures.canvas import Canvas


TITLE_WIDTH = 80  # letters of a line of the legend


@styled
def plot_scenarios(outcome: Outcome) -> Canvas:
    """Draw how far each scenario moves the score of the case as it is.

    Returns:
        A matplotlib figure; upper axis: score of the case as it is, 0 to 1; lower axis: difference
        of each scenario's score from it; no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure, (above, below) = new_figure(6, 2, height_ratios=[1, 2])
    base = outcome.base.assessment
    above.plot(base.on_record, color=INK, linewidth=2, label="as it is")
    mark_score(above, "score (0 to 1)", base.on_record)
    moved = {}
    for result in outcome.results:
        scores = dict(zip(result.assessment.months, result.assessment.on_record, strict=True))
        title = result.scenario.title if result.scenario else result.id
        moved[textwrap.fill(title, TITLE_WIDTH)] = [
            float(scores.get(m, nan) - base.on_record[p]) for p, m in enumerate(base.months)
        ]
    for number, (label, curve) in enumerate(join_equal(moved, ";\n").items()):
        below.plot(
            curve, color=SERIES[number % len(SERIES)],
            linestyle=DASHES[number % len(DASHES)], linewidth=1.8, label=label,
        )  # fmt: skip
    below.axhline(0, color=INK, linewidth=0.8)
    below.set_ylabel("difference from it")
    mark_months(below, base.months)
    add_legend(figure, 1)
    return figure


@styled
def plot_judgements(tree: MethodTree) -> Canvas:
    """Draw how far each judgement of the method moves the mean score.

    A bar runs over the options of one branch, from the lowest to the highest mean of the monthly
    scores, all other branches settled every way by their weights; a mark is an option.

    Returns:
        A matplotlib figure; horizontal axis: mean monthly score, 0 to 1, no unit.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    rows = tree.to_rows("branches")
    names = list(dict.fromkeys(row["branch"] for row in rows))
    figure, axes = new_figure(1 + max(2, round(len(names) * 0.6)))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    taken = tree.base.method.choices
    for place, name in enumerate(names):
        means = {row["option"]: row["mean_score"] for row in rows if row["branch"] == name}
        low, high = min(means.values()), max(means.values())
        axes.barh(place, high - low, left=low, height=0.35, color=ORANGE, alpha=0.6)
        others = [mean for option, mean in means.items() if option != taken[name]]
        axes.scatter(
            others, [place] * len(others), marker="|", s=120, color=INK,
            label="another option" if place == 0 else None,
        )  # fmt: skip
        axes.scatter(
            means[taken[name]], place, marker="D", s=40, color=BLUE, zorder=3,
            label="the option taken" if place == 0 else None,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    every = [row["mean_score"] for row in rows]
    axes.set_xlim(np.floor(10 * min(every)) / 10, np.ceil(10 * max(every)) / 10)
    axes.set_xlabel("mean monthly score (0 to 1; the axis shows a part)")
    axes.set_ylabel("judgement of the method")
    add_legend(figure, 2)
    return figure


@styled
def plot_reading(reading: Reading) -> Canvas:
    """Draw the mean score from parts of the record, with its spread from part to part.

    Returns:
        A matplotlib figure; horizontal axis: share of the rows that were kept, in percent; vertical
        axis: mean score over the months, 0 to 1, no unit; bars: one standard deviation.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    rows = reading.to_rows("curve")
    figure, axes = new_figure(4)
    axes.errorbar(
        [100 * row["share"] for row in rows],
        [row["mean_score"] for row in rows],
        yerr=[row["deviation"] for row in rows],
        color=BLUE, marker="o", capsize=4, linewidth=1.8,
    )  # fmt: skip
    ends = [row["mean_score"] + row["deviation"] for row in rows]
    mark_score(axes, "mean score over the months", ends)
    axes.set_xlabel(f"share of the {reading.unit} of evidence that is kept (%)")
    axes.set_xlim(0, 105)
    return figure


def declare_reading(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    reading = brief.reading
    told = f"The second half of the rows added {reading.doubling:+.3f}. " if reading else ""
    return Figure(
        "reading",
        "Would more reading change the score?",
        "The mean score over the months from random parts of the record, with its standard "
        f"deviation from part to part. {told}A level curve says that more of the same texts would "
        "change little; it says nothing of texts that nobody has read.",
        tuple(reading.to_rows("curve")) if reading else (),
        "" if reading else "the record has too few rows to be parted",
        (lambda _: plot_reading(reading)) if reading else None,
    )


def declare_scenarios(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    outcome = brief.outcome
    return Figure(
        "scenarios",
        "Scenarios side by side",
        "What the score would be had something been otherwise. A scenario changes what was on "
        "record; it does not say what people would then have done. A line on zero changes no "
        "score: it may still change warnings, answers or alarms, as its table tells.",
        tuple(_tell_scenarios(brief)),
        "" if outcome else _tell_no_scenarios(brief),
        (lambda _: plot_scenarios(outcome)) if outcome else None,
    )


def declare_judgements(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    tree = brief.tree
    return Figure(
        "judgements",
        "Which judgement of the method matters",
        "The mean monthly score under each option of a judgement, over all ways to settle the "
        "others by their weights. Options that nobody thought of are not here.",
        tuple(tree.to_rows("branches")) if tree else (),
        "" if tree else "every judgement was settled",
        (lambda _: plot_judgements(tree)) if tree else None,
    )


def _tell_no_scenarios(brief: Brief) -> str:
    if brief.case.crossed_from:
        return f"scenarios written for {brief.case.crossed_from} are not carried over"
    if list_scenarios(brief.case):
        return "nothing that the scenarios of the case change was on record by then"
    return "the case has no scenarios"


def _tell_scenarios(brief: Brief) -> list[Row]:
    results = brief.outcome.results if brief.outcome else ()
    titles = {one.id: one.scenario.title for one in results if one.scenario}
    return [
        {"scenario": row["scenario"], "title": titles.get(row["scenario"], "as it is")} | row
        for row in brief.scenario_rows
    ]

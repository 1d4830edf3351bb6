"""Figures of what else it could be: scenarios side by side, and which judgement matters."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

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
from atrisk.studies.scenarios import Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def draw_scenarios(outcome: Outcome) -> Figure:
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
    mark_score(above, "score (0 to 1)")
    moved = {}
    for result in outcome.results:
        scores = dict(zip(result.assessment.months, result.assessment.on_record, strict=True))
        moved[result.id] = [
            float(scores.get(m, nan) - base.on_record[p]) for p, m in enumerate(base.months)
        ]
    for number, (label, curve) in enumerate(join_equal(moved).items()):
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
def draw_judgements(tree: MethodTree) -> Figure:
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
    axes.set_xlim(0, 1)
    axes.set_xlabel("mean monthly score (0 to 1)")
    axes.set_ylabel("judgement of the method")
    add_legend(figure, 2)
    return figure

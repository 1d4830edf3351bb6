"""Outcome: the score beside rivals, each from its day of issue, over what was counted since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atrisk.base.rows import Row
from atrisk.report.brief import Brief
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    DASHES,
    GRID,
    INK,
    MARKS,
    MUTED,
    PAPER,
    SERIES,
    add_legend,
    mark_alarm,
    mark_months,
    mark_score,
    new_figure,
    styled,
)
from atrisk.scoring.assessment import Assessment
from atrisk.verification.onsets import is_dated
from atrisk.verification.tracks import Track
from atrisk.verification.verify import Verification

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

Floats = NDArray[np.float64]
KILLED = (0, 1, 10, 100, 1000)  # ticks of a logarithmic scale
TITLE = "Has this score warned before?"


@styled
def plot_outcomes(assessment: Assessment, found: Verification) -> Canvas:
    """Draw the score and what rivals had issued on one axis, over what was counted afterwards.

    Args:
        assessment: from ``assess``.
        found: of that case alone, from ``verify``.

    Returns:
        A matplotlib figure; upper vertical axis: score, or position on a rival's own scale, 0 to 1;
        lower: people, on a logarithmic scale.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    (track,) = found.tracks
    figure, (above, below) = new_figure(5, 2, height_ratios=(3, 1))
    places = range(len(track.months))
    above.fill_between(
        places, assessment.low, assessment.high, color=GRID, alpha=0.6, linewidth=0,
        label="interval of the score",
    )  # fmt: skip
    above.plot(places, track.score, color=BLUE, linewidth=2, label="score")
    mark_alarm(above, track.tiers[assessment.method.alarm.tier], len(track.months))
    _mark_rivals(above, track)
    mark_score(above, "score; place on own scale")
    _mark_counts(below, found)
    mark_months(below, track.months)
    add_legend(figure, 3)
    return figure


def _mark_rivals(axes: Axes, track: Track) -> None:
    """Draw each rival's last figure from its month of issue; a backcast is hollow and pale."""
    own = SERIES[2:]  # the first two are the score's and the alarm's
    for number, ((system, kind), values) in enumerate(track.rivals.items()):
        color = own[number % len(own)]
        later = kind == "backcast"
        axes.plot(
            values, drawstyle="steps-mid", color=color, linewidth=1, alpha=0.4 if later else 0.9,
            linestyle=DASHES[number % len(DASHES)],
        )  # fmt: skip
        axes.plot(
            np.flatnonzero(~np.isnan(values)), values[~np.isnan(values)], linestyle="none",
            marker=MARKS[number % len(MARKS)], markersize=4, color=color,
            markerfacecolor=PAPER if later else color, clip_on=False, zorder=4,
            label=f"{system}{', computed later' if later else ''}",
        )  # fmt: skip


def _mark_counts(axes: Axes, found: Verification) -> None:
    (track,) = found.tracks
    for name, counts in _list_counts(found).items():
        axes.bar(range(len(counts)), np.nan_to_num(counts), color=MUTED, width=0.9)
        axes.set_title(_shorten(name), fontsize=8, color=MUTED)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_yticks(KILLED, [f"{count:,}" for count in KILLED])
    axes.axhline(found.outcome.at, color=INK, linewidth=0.8, linestyle=":")
    axes.set_ylabel("killed")
    for onset in {row["onset"] for row in found.to_rows("onsets")}:
        axes.axvline(track.months.index(onset), color=INK, linewidth=0.8)


def _shorten(name: str) -> str:
    return f"{name.partition('(')[0].partition(',')[0].strip()}; line: onset"


def declare_outcomes(brief: Brief) -> Figure:
    """Declare this figure of a case."""
    found = brief.verification
    return Figure(
        "outcomes",
        TITLE,
        "The score beside what other systems had issued by each month, each from its day of issue "
        "and where it lay on its own scale; hollow marks were computed later. Below, what was "
        "counted afterwards, which enters no score. Places on different scales are not one "
        "measure: look at what rises, and when.",
        tuple(_tell_months(found)) if found else (),
        brief.missing_verification,
        (lambda _: plot_outcomes(brief.assessment, found)) if found else None,
    )


def _tell_months(found: Verification) -> Iterator[Row]:
    (track,) = found.tracks
    counts = {_name(name): values for name, values in _list_counts(found).items()}
    rivals = {" ".join(key): values for key, values in track.rivals.items()}
    for place, month in enumerate(track.months):
        yield {
            "month": month,
            "score": _show(track.score, place),
            **{name: _show(values, place) for name, values in {**counts, **rivals}.items()},
        }


def _name(name: str) -> str:
    return f"killed, by {name.partition('(')[0].strip()}"


def _list_counts(found: Verification) -> Mapping[str, Floats]:
    """Return what was counted month by month, by list."""
    (track,) = found.tracks
    return {
        name: counts[track.case]
        for name, counts in found.truths.items()
        if not is_dated(counts, found.outcome.at)
    }


def _show(values: Floats, place: int) -> float | None:
    return None if np.isnan(values[place]) else float(values[place])

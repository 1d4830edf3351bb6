"""Style: the colours, axes and files that every figure shares.

Series colours are Okabe and Ito's, which people with any colour vision tell apart, and each series
also differs in dash or shape. Ink, muted ink, grid and paper are fixed hexadecimal codes that occur
nowhere else, so that a page can replace them by its own, dark or light.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from atrisk.base.errors import MissingExtraError
from atrisk.base.marks import show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atrisk.report.figures.canvas import Canvas

P = ParamSpec("P")
Spans = Sequence[tuple[int, int | None]]

INK, MUTED, GRID, PAPER = "#1b1b1e", "#5a5a64", "#dadae2", "#fdfdfe"
ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7",
)  # fmt: skip
SERIES = (BLUE, RED, GREEN, PINK, ORANGE, SKY, MUTED)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P", "X")
WIDTH = 6.5  # inches: shown a little larger on a screen, and whole on a phone
LIGHTEST, DARKEST = 0.08, 0.95  # of the hue of the bands
SCREEN_DPI = 150
LABEL_WIDTH, HANDLE = 88, 7  # of a legend, in letters: what one line holds, and what a mark takes
PLACED = 6  # digits of where axes stand, as a share of the figure
SHORT, LABELS = 24, 8  # months that are labelled one by one, and at most how many labels

_RULES: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "legend.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
    "figure.facecolor": PAPER,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": GRID,
    "hatch.color": MUTED,
    "hatch.linewidth": 0.4,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and scaled
    "text.color": INK,
    "text.parse_math": False,  # a case's dollars are dollars
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


def styled(draw: Callable[P, Canvas]) -> Callable[P, Canvas]:
    """Return a drawing that is made in the house style, whatever the reader's own is.

    No window is opened, and no global state of matplotlib is left changed.

    Raises:
        MissingExtraError: when it is called and matplotlib is not installed.
    """

    @wraps(draw)
    def draw_styled(*arguments: P.args, **named: P.kwargs) -> Canvas:
        try:
            import matplotlib as mpl
        except ImportError:
            raise MissingExtraError("a figure", "report") from None
        with mpl.rc_context(_RULES):
            return draw(*arguments, **named)

    return draw_styled


def new_figure(height: float, rows: int = 1, **more: Any) -> tuple[Canvas, Any]:
    """Return a figure and its axes.

    Args:
        height: inches.
        rows: axes below one another, which share their horizontal axis.
        more: for ``Figure.subplots``, such as ``height_ratios``.
    """
    from atrisk.report.figures.canvas import Canvas

    figure = Canvas(figsize=(WIDTH, height))
    return figure, figure.subplots(rows, 1, sharex=True, **more)


def save_figure(figure: Canvas, target: Path | io.BytesIO, kind: str, name: str) -> None:
    """Write a figure as ``svg``, ``png`` or ``pdf``; the same figure gives the same bytes."""
    import matplotlib as mpl

    _show_texts(figure)
    _lay_out(figure)
    dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with mpl.rc_context({**_RULES, "svg.hashsalt": name}):
        figure.savefig(target, format=kind, dpi=SCREEN_DPI, metadata=dates)


def _lay_out(figure: Canvas) -> None:
    """Place the axes once and for all: what the solver leaves in a last digit is not kept."""
    import matplotlib as mpl

    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    with mpl.rc_context({"figure.constrained_layout.use": False, "figure.autolayout": False}):
        figure.set_layout_engine()  # none, so that nothing is drawn twice to be placed
    for axes in figure.axes:
        left, bottom, width, height = (round(part, PLACED) for part in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def _show_texts(figure: Canvas) -> None:
    """Make visible what is hidden in titles, notes and labels; they come from cases."""
    from matplotlib.text import Text
    from matplotlib.ticker import FuncFormatter

    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        labels = axis.get_major_formatter()
        if isinstance(labels, FuncFormatter):  # of labels that were given one by one
            labels.func = partial(_show_label, labels.func)
    for text in figure.findobj(Text):
        text.set_text(show(text.get_text(), lines=True))


def _show_label(label: Callable[..., str], *place: Any) -> str:
    return show(label(*place), lines=True)


def shade_bands(count: int) -> list[str]:
    """Return a colour for each band: one hue, from light to dark."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    steps = (LIGHTEST + (DARKEST - LIGHTEST) * n / max(1, count - 1) for n in range(count))
    return [to_hex(colormaps["Blues"](step)) for step in steps]


def link_month(month: str) -> str:
    """Return where a page tells a month."""
    return f"#m-{month}"


def link_cell(month: str, factor: str) -> str:
    """Return where a page tells a factor's month."""
    return f"#c-{month}-{factor}"


def mark_months(axes: Axes, months: Sequence[str]) -> None:
    """Label a horizontal axis of months: a short one by month, a long one by year and quarter."""
    if len(months) <= SHORT:
        shown = range(0, len(months), -(-len(months) // LABELS))
        axes.set_xticks(list(shown), [months[place] for place in shown])
        axes.set_xlabel("month")
    else:
        years = [place for place, month in enumerate(months) if month.endswith("-01")]
        axes.set_xticks(years, [months[place][:4] for place in years], ha="left")
        quarters = [p for p, month in enumerate(months) if month[5:] in ("04", "07", "10")]
        axes.set_xticks(quarters, minor=True)
        axes.set_xlabel("month (a year's label stands at its January)")
    axes.set_xlim(-1, len(months))


def mark_score(axes: Axes, label: str, *drawn: Any) -> None:
    """Give a vertical axis the scale of a score, from 0.

    Args:
        axes: the axes.
        label: what is drawn.
        drawn: everything that is, so that the axis ends at the tenth above it; at 1 without.
    """
    highest = max((float(np.nanmax([0.0, *values])) for values in drawn), default=1.0)
    axes.set_ylim(0, min(1.0, np.floor(10 * highest + 1) / 10))
    axes.set_ylabel(label)


def join_equal(
    curves: Mapping[str, Sequence[float]], between: str = ", "
) -> dict[str, Sequence[float]]:
    """Return curves by label, those that are the same under one: a line hides no other.

    Args:
        curves: by their labels.
        between: what stands between labels of the same curve.

    Examples:
        >>> join_equal({"a": [1.0], "b": [1.0], "c": [2.0]})
        {'a, b': [1.0], 'c': [2.0]}
    """
    names: dict[tuple[float, ...], list[str]] = {}
    for name, curve in curves.items():
        names.setdefault(tuple(curve), []).append(name)
    return {between.join(same): curves[same[0]] for same in names.values()}


def add_legend(figure: Canvas, columns: int = 3, key: Sequence[str] = ()) -> None:
    """Put the legend of all axes under them, where it hides nothing.

    Args:
        figure: the figure.
        columns: how many there are at most; fewer where labels are long.
        key: lines that stand above it, such as what numbers stand for.
    """
    found = [axes.get_legend_handles_labels() for axes in figure.axes]
    handles = [one for marks, _ in found for one in marks]
    labels = [textwrap.fill(label, LABEL_WIDTH) for _, names in found for label in names]
    longest = max((len(line) for label in labels for line in label.splitlines()), default=1)
    figure.legend(
        handles, labels, loc="outside lower center", alignment="left", title_fontsize=8,
        title="\n".join(key) or None,
        ncols=max(1, min(columns, LABEL_WIDTH // (longest + HANDLE))),
    )  # fmt: skip


def mark_alarm(
    axes: Axes,
    spans: Spans,
    months: int,
    *,
    label: str = "in alarm",
    color: str = RED,
    above: bool = False,
) -> None:
    """Draw months as a bar on the axis, or above that bar; the first carries the legend's entry."""
    for number, (start, end) in enumerate(spans):
        axes.axvspan(
            start - 0.5,
            (months if end is None else end) - 0.5,
            ymin=1 / 25 if above else 0,
            ymax=2 / 25 if above else 1 / 25,
            facecolor=color,
            linewidth=0,
            label=label if number == 0 else None,
        )

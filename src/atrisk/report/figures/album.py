"""Album: every figure of a case, in the order of a report; the modules beside it declare them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import UnknownNameError, require
from atrisk.base.files import make_parent, write_files
from atrisk.report.brief import Brief
from atrisk.report.figures import factors, judgement, outcome, response, risk, timeline
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import save_figure

if TYPE_CHECKING:
    from atrisk.report.figures.canvas import Canvas

KINDS = ("svg", "png")
ORDER: tuple[Callable[[Brief], Figure], ...] = (
    risk.declare_risk,
    risk.declare_movement,
    factors.declare_factors,
    factors.declare_crimes,
    factors.declare_coverage,
    risk.declare_hindsight,
    timeline.declare_timeline,
    response.declare_gap,
    response.declare_need,
    response.declare_promises,
    response.declare_waiting,
    judgement.declare_scenarios,
    judgement.declare_judgements,
    judgement.declare_reading,
    outcome.declare_outcomes,
)


def list_figures(brief: Brief) -> tuple[Figure, ...]:
    """Return every figure of a case, in the order of a report; one without data says why.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2020-2021")
        >>> brief = atrisk.prepare_brief(case, atrisk.load_framework("un-foa-2014"), draws=20)
        >>> [one.id for one in list_figures(brief) if one.missing]
        ['crimes', 'need', 'promises', 'scenarios']
    """
    require(brief, Brief, "make it with prepare_brief(case, framework)")
    return tuple(declare(brief) for declare in ORDER)


def plot_figure(brief: Brief, name: str) -> Canvas:
    """Return one figure of a case.

    Args:
        brief: from ``prepare_brief``.
        name: one of the ids of ``list_figures``, such as ``"risk"``.

    Returns:
        A matplotlib figure, to change or to save.

    Raises:
        UnknownNameError: no figure is called so.
        RequestError: the case has no data for it.
        MissingExtraError: the extra ``report`` is not installed.
    """
    figures = {one.id: one for one in list_figures(brief)}
    if name not in figures:
        raise UnknownNameError("figure", name, figures)
    return figures[name].plot()


def write_figures(folder: Path, brief: Brief) -> tuple[Path, ...]:
    """Write every figure of a case as SVG and PNG into a folder.

    Args:
        folder: is made if it is not there; files of the same names are replaced.
        brief: from ``prepare_brief``.

    Returns:
        The files, all or none. Figures for which the case has no data are left out.

    Raises:
        RequestError: the folder cannot be made or written to.
        MissingExtraError: the extra ``report`` is not installed.
    """
    drawn = {}
    for one in list_figures(brief):
        if one.missing:
            continue
        figure = one.plot()
        for kind in KINDS:
            buffer = io.BytesIO()
            save_figure(figure, buffer, kind, one.id)
            drawn[folder / f"{brief.case.id}-{one.id}.{kind}"] = buffer.getvalue()
    # Only now that all of them could be drawn, so that no half set is left.
    make_parent(folder / "figure")
    write_files(drawn)
    return tuple(drawn)

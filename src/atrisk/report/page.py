"""Page: a brief as one HTML file that asks the network for nothing.

Text of a case reaches the page through the template's escaping or matplotlib's, never around them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from atrisk.base.cells import digest_parts
from atrisk.base.errors import RequestError
from atrisk.base.files import check_place, make_parent, write_text
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.scenario import Scenario
from atrisk.frameworks.framework import Framework
from atrisk.report.annex import list_months
from atrisk.report.answers import list_answers, list_headline
from atrisk.report.brief import DRAWS, Brief, prepare_brief
from atrisk.report.figures.album import list_figures
from atrisk.report.figures.figure import Figure
from atrisk.report.figures.style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    PAPER,
    link_cell,
    link_month,
    save_figure,
)
from atrisk.report.markup import encode_csv, open_template, read_part
from atrisk.report.scales import list_bands, list_flags, list_tiers
from atrisk.scoring.seen import is_limited
from atrisk.scoring.view import View

_LONG = re.compile(r"(\d\.\d\d)\d+")
# The fixed colours of the figures, as the page's own, which know dark from light.
_COLOURS = {
    INK: "var(--ink)", MUTED: "var(--muted)", GRID: "var(--grid)", PAPER: "var(--paper)",
    BLUE: "var(--blue)",
}  # fmt: skip


def write_report(
    out: str | Path,
    case: Case,
    framework: Framework,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    beside: Iterable[Case] = (),
    annex: bool = True,
    **view: Unpack[View],
) -> Path:
    """Write a case as one self-contained HTML page.

    Args:
        out: the file, ending in ``.html``; one that is there is replaced, since a page is made
            from the data and nobody's work.
        case: from ``load_case``.
        framework: from ``load_framework``.
        seed: as in ``prepare_brief``.
        draws: as in ``prepare_brief``.
        beside: as in ``prepare_brief``.
        annex: with every number opened to its evidence, which is most of the file.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        The file. The same input gives the same bytes.

    Raises:
        RequestError: nothing was known by then, or the file cannot be made.
        DataError: the case is coded to another framework.
        MissingExtraError: the extra ``report`` is not installed.

    Examples:
        >>> import atrisk, tempfile
        >>> case = atrisk.load_case("car-2020-2021")
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     page = atrisk.write_report(f"{folder}/car.html", case, framework, draws=20)
        ...     page.read_text(encoding="utf-8")[:15]
        '<!DOCTYPE html>'
    """
    target = Path(out)
    if target.suffix not in (".html", ".htm"):
        raise RequestError(f"{str(out)!r} does not end in .html; name it such as car.html")
    check_place(target)
    brief = prepare_brief(case, framework, seed=seed, draws=draws, beside=beside, **view)
    text = render_report(brief, annex=annex)
    make_parent(target)
    return write_text(target, text)


def render_report(brief: Brief, *, annex: bool = True) -> str:
    """Return the page of a brief.

    Args:
        brief: from ``prepare_brief``.
        annex: as in ``write_report``.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    template = open_template("page.html")
    pages, indicators = list_months(brief.assessment) if annex else ((), {})
    every = list_figures(brief)
    shown = [_Shown(figure, linked=annex) for figure in every if not figure.missing]
    known = brief.framework.indicators.values()
    return template.render(
        brief=brief,
        case=brief.case,
        framework=brief.framework,
        annex=annex,
        headline=list_headline(brief),
        answers=list_answers(brief),
        figures=shown,
        left_out=[figure for figure in every if figure.missing],
        titles={one.figure.id: one.figure.title for one in shown},
        flags=list_flags(brief),
        bands=list_bands(brief.assessment),
        tiers=list_tiers(brief.assessment),
        pages=pages[::-1],
        later=len(brief.case.evidence) - len(brief.evidence),
        sources=brief.sources,
        indicators=indicators,
        recalled=sum(indicator.verified == "recalled" for indicator in known),
        rationale=lambda branch, option: _explain(brief.framework, branch, option),
        link_month=link_month,
        manifest=list_manifest(brief),
        style=read_part("page.css"),
        script=read_part("page.js"),
    )


def _explain(framework: Framework, branch: str, option: str) -> str:
    """Return the question of a branch and why the option was taken; empty for one's own."""
    found = framework.branches[branch]
    reasons = {one.id: one.rationale for one in found.options}
    return f"{found.question} {reasons.get(option, '')}".strip()


def list_manifest(brief: Brief) -> dict[str, str]:
    """Return what a page was made from: versions, choices, seed and digests."""
    now = brief.assessment
    return {
        "atrisk": version("atrisk"),
        "NumPy": np.__version__,
        "case": f"{brief.case.id}, sha256 {brief.case.digest}{_tell_seen(brief)}"
        f"{_tell_crossing(brief)}",
        "framework": f"{brief.framework.id}{_tell_base(brief)}, sha256 {brief.framework.digest}",
        "knowledge": now.knowledge,
        "audience": now.audience or "anybody",
        "method": "; ".join(f"{branch}={option}" for branch, option in now.method.choices.items())
        + f"; sha256 {now.method.digest}",
        "scenarios": "; ".join(map(_tell_scenario, brief.scenarios)) or "none",
        "draws": f"{brief.ensemble.draws:,}" if brief.ensemble else "none",
        "seed": str(brief.seed),
    }


def _tell_seen(brief: Brief) -> str:
    now = brief.assessment
    return ", of the record as it was seen" if is_limited(now.outlook, now.audience) else ""


def _tell_base(brief: Brief) -> str:
    base = brief.framework.header.based_on
    return f", based on {base}" if base else ""


def _tell_crossing(brief: Brief) -> str:
    coded = brief.case.crossed_from
    return f", coded to {coded} and carried over" if coded else ""


def _tell_scenario(scenario: Scenario) -> str:
    return f"{scenario.id}, sha256 {digest_parts(scenario.changes)}"


class _Shown:
    """A figure as the page shows it."""

    def __init__(self, figure: Figure, *, linked: bool) -> None:
        self.figure = figure
        self.columns = tuple(figure.rows[0]) if figure.rows else ()
        # The latest month first, since it is the one that is looked for.
        self.rows = figure.rows[::-1] if self.columns[:1] == ("month",) else figure.rows
        self.csv = encode_csv(figure.rows)
        self.svg = _draw(figure, linked=linked)

    def link(self, column: str, row: Row) -> str:
        """Return where a cell leads: a month to its page, a factor's month to its block."""
        if column == "month":
            return link_month(row["month"])
        if self.figure.id == "factors" and row[column] is not None:
            return link_cell(row["month"], column)
        return ""


def _draw(figure: Figure, *, linked: bool) -> Any:
    from markupsafe import Markup

    buffer = io.BytesIO()
    save_figure(figure.plot(linked=linked), buffer, "svg", figure.id)
    svg = buffer.getvalue().decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    # A hundredth of a point is not seen; the digits beyond it are a third of a picture.
    svg = re.sub(r"<[^>]*>", lambda tag: _LONG.sub(r"\1", tag[0]), svg)
    svg = re.sub(r"\n\s*", "\n", svg)
    # Every picture has the same ids, and nothing asks for them.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    for colour, own in _COLOURS.items():
        svg = svg.replace(colour, own)
    # Pointers may follow the links in a picture; everybody else finds them in its table.
    svg = svg.replace("<a xlink:href", '<a tabindex="-1" xlink:href')
    svg = svg.replace(' target="_blank"', "")
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return Markup(svg)  # noqa: S704 - written by matplotlib, which escapes every text in it

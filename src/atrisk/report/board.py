"""Board: the latest month of several cases beside one another, at equal effort."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Unpack

import numpy as np

from atrisk.base.errors import RequestError
from atrisk.base.files import check_place, make_parent, write_text
from atrisk.base.rows import Result, Row
from atrisk.base.version import __version__
from atrisk.cases.case import Case
from atrisk.frameworks.framework import Framework
from atrisk.report.brief import DRAWS
from atrisk.report.briefing.phrases import find_confidence
from atrisk.report.markup import encode_csv, open_template, read_part
from atrisk.report.page import write_report
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import find_spans, find_tiers
from atrisk.scoring.view import View
from atrisk.studies.reading import EqualEffort, compare_cases

RECENT = 12  # months that the small curve of a case shows
REPEATS = 20  # parts of each record that are drawn
DIGITS = 2  # that a change must reach to have a direction
WIDE, HIGH = 96, 24  # of the small curve, in units of its own


@dataclass(frozen=True, eq=False)
class Board(Result):
    """The latest month of several cases.

    ``to_rows`` gives a row for each case: its latest month with score, band, interval and change
    from the month before; the highest alarm tier that is on and since when; how sure the reading
    is; how much of the framework has evidence; how much was read; and the score of that month at
    equal effort, with its deviation from one part of the record to another.

    Attributes:
        equal: the cases at equal effort.
    """

    equal: EqualEffort = field(repr=False)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Of each case, in the order in which they were given."""
        return tuple(self.equal.assessments.values())

    def to_rows(self) -> list[Row]:
        """Return a row for each case, ready for a table."""
        return [self._tell_case(now) for now in self.assessments]

    def _tell_case(self, now: Assessment) -> Row:
        last = len(now.months) - 1
        parts = self.equal.scores[now.case.id][:, last]
        confidence = find_confidence(now, last)
        tier = find_tiers(now)[last]
        return {
            "case": now.case.id,
            "title": now.case.header.title,
            "month": now.months[last],
            "score": _number(now.on_record[last]),
            "band": now.bands[last],
            "low": float(now.low[last]),
            "high": float(now.high[last]),
            "change": _find_change(now),
            "direction": _name_direction(_find_change(now)),
            "tier": tier or None,
            "since": _find_onset(now, tier),
            "confidence": confidence.label if confidence else None,
            "coverage": float(now.coverage[last]),
            "rows_a_month": len(now.case.evidence) / len(now.months),
            "sources": len(now.case.sources),
            "at_equal_effort": float(parts.mean()),
            "deviation": float(parts.std()),
        }

    def __repr__(self) -> str:
        names = ", ".join(now.case.id for now in self.assessments)
        return (
            f"Board({names}; at equal effort from {self.equal.effort:.2f} rows a month each)\n"
            "  The latest month of each case, which need not be the same month. Coders of other "
            "documents, or with other habits, differ: this is no ranking of countries."
        )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _find_change(now: Assessment) -> float | None:
    """Return the change from the month before; None where one of the two is not on record."""
    scores = now.on_record[-2:]
    return _number(scores[1] - scores[0]) if len(scores) > 1 else None


def _name_direction(change: float | None) -> str | None:
    if change is None:
        return None
    moved = round(change, DIGITS)
    return "rising" if moved > 0 else "falling" if moved < 0 else "steady"


def _find_onset(now: Assessment, tier: str) -> str | None:
    """Return the month since which a tier is on; None where none is."""
    if not tier:
        return None
    policy = now.method.alarm
    spans = find_spans(now, policy, policy.watches[tier])
    return now.months[max(first for first, _ in spans)]


def prepare_board(
    cases: Iterable[Case],
    framework: Framework,
    *,
    effort: float | None = None,
    repeats: int = REPEATS,
    seed: int = 0,
    **view: Unpack[View],
) -> Board:
    """Put the latest month of several cases beside one another, at equal effort.

    Args:
        cases: two or more.
        framework: that all are scored under.
        effort: as in ``compare_cases``.
        repeats: as in ``compare_cases``.
        seed: of what is drawn for equal effort; 0 is a seed.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        A ``Board``, the cases in the order in which they were given.

    Raises:
        RequestError: as for ``compare_cases``.

    Examples:
        >>> import atrisk
        >>> cases = [atrisk.load_case(name) for name in ("sen-2011-2012", "mmr-2016-2017")]
        >>> board = prepare_board(cases, atrisk.load_framework("un-foa-2014"))
        >>> [(row["case"], row["tier"]) for row in board.to_rows()]
        [('sen-2011-2012', None), ('mmr-2016-2017', 'emergency')]
    """
    equal = compare_cases(cases, framework, effort=effort, repeats=repeats, seed=seed, **view)
    return Board(equal)


def write_board(
    out: str | Path,
    cases: Sequence[Case],
    framework: Framework,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    annex: bool = True,
    follow: Callable[[Sequence[Case]], Iterable[Case]] = iter,
    **view: Unpack[View],
) -> tuple[Path, ...]:
    """Write a page with several cases beside one another, and beside it a page of each.

    Args:
        out: the file of the board, ending in ``.html``; a case's page stands beside it as
            ``<out>-<case>.html``. Files that are there are replaced.
        cases: two or more.
        framework: that all are scored under.
        seed: of whatever is drawn.
        draws: as in ``write_report``.
        annex: as in ``write_report``.
        follow: what passes the cases on as their pages are written, to show progress.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        The board's file, and that of each case.

    Raises:
        RequestError: as for ``prepare_board`` and ``write_report``.
        MissingExtraError: the extra ``report`` is not installed.
    """
    target = Path(out)
    if target.suffix not in (".html", ".htm"):
        raise RequestError(f"{str(out)!r} does not end in .html; name it such as board.html")
    check_place(target)
    board = prepare_board(cases, framework, seed=seed, **view)
    pages = {case.id: target.with_name(f"{target.stem}-{case.id}{target.suffix}") for case in cases}
    for page in pages.values():
        check_place(page)
    text = render_board(board, {name: page.name for name, page in pages.items()})
    make_parent(target)
    for case in follow(cases):
        write_report(pages[case.id], case, framework, seed=seed, draws=draws, annex=annex, **view)
    return write_text(target, text), *pages.values()


def render_board(board: Board, pages: dict[str, str]) -> str:
    """Return the page of a board.

    Args:
        board: from ``prepare_board``.
        pages: where each case's own page is, by its id.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    template = open_template("board.html")
    rows = board.to_rows()
    return template.render(
        board=board,
        rows=list(zip(rows, board.assessments, strict=True)),
        pages=pages,
        curve=_draw_curve,
        top=_find_top(board),
        size=(WIDE, HIGH),
        csv=encode_csv(rows),
        manifest=_list_manifest(board),
        framework=board.assessments[0].framework,
        style=read_part("page.css"),
        script=read_part("board.js"),
    )


def _list_manifest(board: Board) -> Row:
    """Return what a board was made from: versions, choices and digests."""
    first = board.assessments[0]
    return {
        "atrisk": __version__,
        "framework": f"{first.framework.id}, sha256 {first.framework.digest}",
        "knowledge": first.knowledge,
        "audience": first.audience or "anybody",
        "method": f"sha256 {first.method.digest}",
        **{now.case.id: f"sha256 {now.case.digest}" for now in board.assessments},
    }


def _find_top(board: Board) -> float:
    """Return the highest score that a small curve shows, so that all are drawn on one scale."""
    recent = (now.on_record[-RECENT:] for now in board.assessments)
    return max(float(np.nanmax([0.0, *scores])) for scores in recent) or 1.0


def _draw_curve(now: Assessment, top: float) -> str:
    """Return the points of the last months' scores, from 0 to the top, for a line of SVG."""
    scores = now.on_record[-RECENT:]
    step = WIDE / max(1, len(scores) - 1)
    return " ".join(
        f"{place * step:.1f},{HIGH * (1 - score / top):.1f}"
        for place, score in enumerate(scores)
        if not np.isnan(score)
    )

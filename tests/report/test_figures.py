"""Figures: each axis has its name, the same data gives the same file, nothing empty is drawn."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.base.dates import Month
from atrisk.cli.main import main
from atrisk.report.brief import Brief
from shipped import briefed, un
from toys import THREE_FACTOR, case_of, evidence

mpl = pytest.importorskip("matplotlib")
from atrisk.report.figures import style

FIGURES = (
    "risk", "crimes", "factors", "coverage", "hindsight", "timeline", "gap", "promises", "waiting",
    "scenarios", "judgements", "reading", "outcomes",
)  # fmt: skip


@pytest.fixture(scope="module")
def brief() -> Brief:
    return briefed()


def test_these_are_the_figures(brief: Brief) -> None:
    assert tuple(figure.id for figure in atrisk.list_figures(brief)) == FIGURES
    assert all(
        figure.title and figure.caption and figure.rows for figure in atrisk.list_figures(brief)
    )


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_says_what_it_measures(brief: Brief, name: str) -> None:
    figure = atrisk.plot_figure(brief, name)
    assert figure.axes
    for axes in figure.axes:
        assert axes.get_ylabel()
    assert any(axes.get_xlabel() for axes in figure.axes)


@pytest.mark.parametrize("name", FIGURES)
def test_no_two_texts_of_an_axis_collide(brief: Brief, name: str) -> None:
    figure = atrisk.plot_figure(brief, name)
    figure.draw_without_rendering()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            boxes = [
                label.get_window_extent()
                for label in axis.get_ticklabels()
                if label.get_visible() and label.get_text()
            ]
            boxes = [box for box in boxes if box.width > 1]
            for one, other in pairwise(boxes):
                assert not one.overlaps(other), f"{name}: labels collide"


@pytest.mark.parametrize("name", FIGURES)
def test_the_curve_is_the_data(brief: Brief, name: str) -> None:
    """What a figure draws is read back from it, where it draws the overall score."""
    figure = atrisk.plot_figure(brief, name)
    score = list(brief.assessment.overall)
    drawn = [list(np.asarray(line.get_ydata())) for axes in figure.axes for line in axes.lines]
    if name in ("risk", "hindsight", "timeline", "gap", "scenarios"):
        assert any(curve == pytest.approx(score) for curve in drawn if len(curve) == len(score))
    elif name == "factors":
        (cells,) = (c for c in figure.axes[0].collections if c.get_array() is not None)
        known = brief.assessment.by_factor.coverage > 0
        assert sorted(np.asarray(cells.get_array())) == pytest.approx(
            sorted(brief.assessment.factors[known])
        )


def test_files_are_written_and_rewritten_to_the_byte(brief: Brief, tmp_path: Path) -> None:
    files = atrisk.write_figures(tmp_path / "one", brief)
    assert len(files) == 2 * len(FIGURES)
    again = atrisk.write_figures(tmp_path / "two", brief)
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]
    for file in files:
        if file.suffix == ".svg":
            assert ET.parse(file).getroot().tag.endswith("svg")
        else:
            assert file.read_bytes().startswith(b"\x89PNG")


def test_a_figure_without_data_says_why() -> None:
    small = atrisk.prepare_brief(atrisk.load_case("car-2020-2021"), un(), draws=20)
    with pytest.raises(atrisk.RequestError, match="the case has no scenarios"):
        atrisk.plot_figure(small, "scenarios")
    with pytest.raises(atrisk.UnknownNameError, match="Did you mean 'risk'"):
        atrisk.plot_figure(small, "risks")


def test_the_reader_s_own_style_is_neither_used_nor_changed(brief: Brief) -> None:
    with mpl.rc_context({"font.size": 31.0, "axes.grid": False}):
        figure = atrisk.plot_figure(brief, "crimes")
        assert mpl.rcParams["font.size"] == 31.0
    assert figure.axes[0].yaxis.label.get_fontsize() == 10


def test_the_page_s_colours_occur_nowhere_else() -> None:
    fixed = {style.INK, style.MUTED, style.GRID, style.PAPER}
    assert len(fixed) == 4
    assert not fixed & {style.BLUE, style.RED, style.GREEN, style.PINK, style.ORANGE, style.SKY}


def test_the_command_names_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", "car-2020-2021", "--out", str(tmp_path), "--draws", "20"]) == 0
    told = capsys.readouterr().out.split()
    assert sorted(Path(name) for name in told) == sorted(tmp_path.iterdir())
    assert len(told) == 2 * 11


@pytest.mark.parametrize(("start", "end"), [("2020-12", "2020-12"), ("2020-03", "2020-09")])
def test_a_short_case_has_its_months_named(start: str, end: str) -> None:
    """No January lies in it, so years would name nothing."""
    made = case_of(evidence(start="2020-03", known="2020-03"))
    header = made.header.model_copy(update={"start": Month.parse(start), "end": Month.parse(end)})
    case = dataclasses.replace(made, header=header)
    small = atrisk.prepare_brief(case, THREE_FACTOR, draws=20)
    (axes,) = atrisk.plot_figure(small, "risk").axes
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[0] == start
    assert len(labels) == min(8, len(small.months))

"""Figures: each axis has its name, the same data gives the same file, nothing empty is drawn."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.base.dates import Month
from atrisk.cli.main import main
from atrisk.report.brief import Brief
from ledgers import case_with, response, warning
from shipped import bare, briefed, car, un
from toys import THREE_FACTOR, case_of, evidence

mpl = pytest.importorskip("matplotlib")
from atrisk.report.figures import style, timeline

FIGURES = (
    "risk", "movement", "factors", "crimes", "coverage", "hindsight", "timeline", "gap", "need",
    "promises", "waiting", "scenarios", "judgements", "reading", "outcomes",
)  # fmt: skip
LEFT_OUT = {"crimes"}  # of the case that is coded in depth: no crime leads the others


@pytest.fixture(scope="module")
def brief() -> Brief:
    return briefed()


@pytest.fixture(scope="module")
def counted() -> Brief:
    """Of the first method, under which one crime leads."""
    return atrisk.prepare_brief(bare(), un(), draws=20, method="v1")


@pytest.fixture
def having(request: pytest.FixtureRequest, name: str) -> Brief:
    """Return a brief that has the figure."""
    found: Brief = request.getfixturevalue("counted" if name in LEFT_OUT else "brief")
    return found


def test_these_are_the_figures(brief: Brief) -> None:
    figures = atrisk.list_figures(brief)
    assert tuple(figure.id for figure in figures) == FIGURES
    assert all(figure.title and figure.caption and figure.rows for figure in figures)
    assert {figure.id for figure in figures if figure.missing} == LEFT_OUT


def test_crimes_are_drawn_only_where_one_leads_the_others(brief: Brief, counted: Brief) -> None:
    assert not any(brief.assessment.named_crimes)
    with pytest.raises(atrisk.RequestError, match="no month does one crime lead"):
        atrisk.plot_figure(brief, "crimes")
    assert any(counted.assessment.named_crimes)
    (axes,) = atrisk.plot_figure(counted, "crimes").axes
    assert len(axes.lines) == len(un().crimes)
    toy = atrisk.prepare_brief(case_of(evidence()), THREE_FACTOR, draws=20)
    one = next(figure for figure in atrisk.list_figures(toy) if figure.id == "crimes")
    assert (one.missing == "") == (len(THREE_FACTOR.crimes) > 1)


def test_what_happened_and_what_was_learnt_sum_to_each_change(brief: Brief) -> None:
    figure = next(one for one in atrisk.list_figures(brief) if one.id == "movement")
    moved = np.diff(brief.assessment.overall, prepend=brief.assessment.overall[0])
    for row, change in zip(figure.rows, moved, strict=True):
        assert row["news"] + row["revision"] == pytest.approx(row["change"], abs=1e-12)
        assert row["change"] == pytest.approx(change, abs=1e-12)
    (axes,) = figure.plot().axes
    bars: Any = axes.patches
    drawn = [bar.get_height() for bar in bars]
    assert drawn == pytest.approx([row["news"] for row in figure.rows]
                                  + [row["revision"] for row in figure.rows])  # fmt: skip


def test_the_events_on_the_curve_are_numbered_and_told(brief: Brief) -> None:
    figure = atrisk.plot_figure(brief, "risk")
    numbers: Any = [text for text in figure.axes[0].texts if text.get_text().isdigit()]
    assert [text.get_text() for text in numbers] == [
        str(n) for n in range(1, len(brief.events) + 1)
    ]
    for text, event in zip(numbers, brief.events, strict=True):
        assert text.xy == (event.place, brief.assessment.overall[event.place])
    (legend,) = figure.legends
    told = legend.get_title().get_text().splitlines()
    assert [line.split()[:2] for line in told] == [
        [str(n), event.when] for n, event in enumerate(brief.events, start=1)
    ]


def test_a_heat_map_darkens_in_the_steps_of_the_bands(brief: Brief) -> None:
    figure = atrisk.plot_figure(brief, "factors")
    found: Any = [c for c in figure.axes[0].collections if c.get_array() is not None]
    (cells,) = found
    bands = brief.assessment.method.bands.lowers
    shades = [cells.norm(low) for low in bands]
    assert shades == list(range(len(bands)))
    light = [sum(cells.cmap(shade)[:3]) for shade in shades]
    assert light == sorted(light, reverse=True)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[-1] == "not assessed"
    for label, low in zip(labels, bands, strict=False):
        assert label.endswith(f"from {low:.2f}")


def test_forces_stand_apart_from_statements_and_larger_ones_are_larger(brief: Brief) -> None:
    figure = atrisk.plot_figure(brief, "timeline")
    _, _, forces, others = figure.axes
    assert (forces.get_ylabel(), others.get_ylabel()) == ("forces", "statements,\nmeasures")
    units = {unit for rule in un().rules for unit in rule.units}
    counted = [one for one in brief.responses if one.unit.casefold() in units]
    assert {label.get_text() for label in forces.get_yticklabels()} == {
        one.instrument for one in counted
    }
    sizes = set(list_sizes(forces))
    assert max(sizes) == timeline.LARGE
    assert len(sizes) > 2
    assert set(list_sizes(others)) == {timeline.SMALL}


def list_sizes(axes: Any) -> list[float]:
    return [size for marks in axes.collections for size in marks.get_sizes()]


def test_where_no_unit_is_named_any_strength_is_a_force() -> None:
    strong, plain = response(promised="10", unit="tents"), response(id="plain")
    assert timeline._is_force(strong, set())
    assert not timeline._is_force(strong, {"troops"})
    assert not timeline._is_force(plain, set())


def test_what_stood_is_drawn_beside_what_was_needed(brief: Brief) -> None:
    figure = atrisk.plot_figure(brief, "need")
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in figure.axes[0].lines}
    assert brief.gap is not None
    rows = brief.gap.to_rows("strength")
    assert list(lines["standing, on record"][:-1]) == [row["strength"] for row in rows]
    needed = [np.nan if row["needed"] is None else row["needed"] for row in rows]
    np.testing.assert_array_equal(lines["needed"][:-1], needed)
    assert figure.axes[0].get_ylabel() == next(n.unit for n in car().needs if n.needed)


def test_promises_of_which_nobody_tells_the_delivery_are_not_drawn_empty() -> None:
    case = case_with(warning(), response(decided="2020-02", promised="100", unit="troops"))
    brief = atrisk.prepare_brief(case, THREE_FACTOR, draws=20)
    figure = next(one for one in atrisk.list_figures(brief) if one.id == "promises")
    assert figure.missing == "no source tells how much of a promised strength was delivered"
    assert figure.rows


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_says_what_it_measures(having: Brief, name: str) -> None:
    figure = atrisk.plot_figure(having, name)
    assert figure.axes
    for axes in figure.axes:
        assert axes.get_ylabel()
    assert any(axes.get_xlabel() for axes in figure.axes)


@pytest.mark.parametrize("name", FIGURES)
def test_no_two_texts_of_an_axis_collide(having: Brief, name: str) -> None:
    figure = atrisk.plot_figure(having, name)
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
def test_the_curve_is_the_data(having: Brief, name: str) -> None:
    """What a figure draws is read back from it, where it draws the overall score."""
    figure = atrisk.plot_figure(having, name)
    brief = having
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
    assert len(files) == 2 * len(set(FIGURES) - LEFT_OUT)
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


def test_the_reader_s_own_style_is_neither_used_nor_changed(counted: Brief) -> None:
    with mpl.rc_context({"font.size": 31.0, "axes.grid": False}):
        figure = atrisk.plot_figure(counted, "crimes")
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

"""What a reviewer broke, each with the case that showed it."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.frameworks.options import AlarmOption
from atrisk.scoring.flags import find_spans
from shipped import car, now, small, un
from toys import ROOT

OPEN = atrisk.load_case("car-open-2012-2015")


def test_a_flip_is_by_the_scores_before_and_after_where_an_alarm_waits_for_news() -> None:
    base = atrisk.assess(OPEN, un())
    by_score = un().choose().alarm.model_copy(update={"rises_on": "score"})
    first = base.months[find_spans(base, by_score)[0][0]]
    assert atrisk.raise_flags(base).alarms[0].onset > first  # news delays it here
    for goal in ("earlier", "later"):
        flip = atrisk.flip_evidence(base, goal, budget=500)
        assert flip.before == first
        rest = tuple(row for row in OPEN.evidence if row.id not in flip.evidence)
        less = atrisk.assess(replace(OPEN, evidence=rest), un())
        assert less.months[find_spans(less, by_score)[0][0]] == flip.after
        assert (flip.after != first) == bool(flip.evidence)


def test_an_option_that_is_held_is_drawn_on_its_own_scale() -> None:
    held = {"factor_aggregation": "estimate-light"}
    drawn = atrisk.run_ensemble(car(), un(), seed=1, draws=400, vary=["truth"], method=held)
    middle = drawn.quantiles([0.5])[0]
    assert np.abs(middle - drawn.base.overall).max() < 0.03
    tree = atrisk.explore_methods(car(), un(), branches=["weights"], method=held)
    equal = next(n for n, leaf in enumerate(tree.leaves) if leaf["weights"] == "equal")
    assert np.abs(tree.overall[equal] - tree.base.overall).max() < 1e-12


def test_a_backtest_without_judged_months_in_view_says_so_and_counts_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "cases" / "car-2012-2015", folder)
    rows = list(
        csv.DictReader((folder / "judgements.csv").read_text(encoding="utf-8").splitlines())
    )
    with (folder / "judgements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["month"] == "2015-12")
    case = atrisk.load_case(folder)
    early = atrisk.backtest_alarms([case], un(), knowledge="2013-06-30").to_rows()
    assert all(row["false_a_year"] is None and row["false"] == 0 for row in early)
    late = atrisk.backtest_alarms([case], un()).to_rows()
    assert all(row["months"] == 1 for row in late)
    assert all(row["false"] <= 1 for row in late)  # what nobody judged is not false


def test_a_false_alarm_is_no_lead() -> None:
    rows = atrisk.backtest_alarms([atrisk.load_case("mwi-2019-2020")], un()).to_rows()
    watch = next(row for row in rows if row["tier"] == "watch")
    assert (watch["false"], watch["missed"], watch["lead"]) == (1, 1, None)


def test_a_need_of_later_is_not_known_before() -> None:
    day = "2013-06-30"
    then = atrisk.assess(car(), un(), knowledge=day)
    without = replace(car(), needs=())
    same = atrisk.assess(without, un(), knowledge=day)
    one, other = atrisk.measure_gap(car(), then), atrisk.measure_gap(without, same)
    assert one.rule.id == other.rule.id == "adequate"
    assert [lag.to_row(one.rule, one.stage) for lag in one.lags] == [
        lag.to_row(other.rule, other.stage) for lag in other.lags
    ]
    with pytest.raises(atrisk.RequestError, match="no need of strength on record by 2013-06-30"):
        atrisk.measure_gap(car(), then, rule="to-need")


@pytest.mark.parametrize("gone", [("9", "10"), tuple("12345678"), ("9", "10", "11", "12")])
def test_weights_of_zero_are_bounded_like_others(gone: tuple[str, ...]) -> None:
    one = atrisk.assess(car(), un(), weights=dict.fromkeys(gone, 0.0))
    bounds = atrisk.bound_weights(one, 1.0)
    assert np.abs(bounds.low - one.overall).max() < 1e-9
    assert np.abs(bounds.high - one.overall).max() < 1e-9


def test_what_is_of_another_scale_is_refused_or_follows() -> None:
    for branch, option in (("alarm", "standard"), ("bands", "nearest-level")):
        with pytest.raises(atrisk.RequestError, match=f"leave {branch} out"):
            un().choose({branch: option})
    chosen = un().choose({"set": "estimate", "factor_aggregation": "maximum"}).choices
    assert (chosen["bands"], chosen["alarm"]) == ("nearest-level", "standard")
    branch = un().header.branches.model_dump()["factor_aggregation"]
    branch["options"][0]["family"] = "bayes"
    with pytest.raises(ValueError, match="'count'"):
        type(un().branches["factor_aggregation"]).model_validate(branch)


def test_tiers_that_cannot_work_are_refused() -> None:
    told = un().choose().alarm.model_dump()
    with pytest.raises(ValueError, match="share a name"):
        AlarmOption.model_validate(told | {"tier": "watch"})
    told["tiers"][0]["off"] = 0.9
    with pytest.raises(ValueError, match="cannot work"):
        AlarmOption.model_validate(told)


def test_what_would_be_ignored_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ensemble", small().id, "--apart", "--vary", "truth"]) == 2
    assert main(["flags", small().id, "--level", "2"]) == 2
    told = capsys.readouterr().err
    assert "drop --vary" in told
    assert "--level is for --backtest" in told


def test_an_explanation_names_no_crime_where_none_leads(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert now().named_crimes[now().place("2012-01")] is None
    assert main(["explain", car().id, "2012-01", "--top", "2"]) == 0
    told = capsys.readouterr().out
    assert "no crime leads clearly" in told
    assert "of which assumed, where little was read: +0.15" in told


def test_an_option_of_one_s_own_that_is_none_is_told_so() -> None:
    with pytest.raises(atrisk.RequestError, match="takes the id of an option"):
        un().choose({"alarm": {"on": 0.3}})

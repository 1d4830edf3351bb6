"""Backtest: leads, false alarms and shares by hand, and over the shipped cases."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.frameworks.options import AlarmOption
from toys import HERE, THREE_FACTOR

UN = atrisk.load_framework("un-foa-2014")


def judged(folder: Path, levels: dict[str, int]) -> atrisk.Case:
    """Return the toy case in a folder of its own, with one reader's levels."""
    atrisk.load_case(HERE / "cases" / "mini", THREE_FACTOR).save(folder)
    with (folder / "judgements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["reader", "month", "level", "target", "note"])
        writer.writerows(["r1", month, level, "overall", ""] for month, level in levels.items())
    return atrisk.load_case(folder, THREE_FACTOR)


def policy(on: float, off: float) -> AlarmOption:
    return AlarmOption(
        id="own", weight=1, rationale="own", on=on, off=off, months_needed=1, months_watched=1,
        cool_down_months=0,
    )  # fmt: skip


def test_a_lead_is_the_months_from_the_alarm_to_the_onset(tmp_path: Path) -> None:
    mini = atrisk.load_case(HERE / "cases" / "mini", THREE_FACTOR)
    now = atrisk.assess(mini, THREE_FACTOR)
    first = next(place for place, score in enumerate(now.overall) if score > 0)
    chosen = policy(float(now.overall[first]), 0.0)
    last = len(now.months) - 1
    levels = {month: 4 if place == last else 1 for place, month in enumerate(now.months)}
    case = judged(tmp_path / "mini", levels)
    row, together = atrisk.backtest_alarms([case], THREE_FACTOR, policy=chosen, level=4).to_rows()
    assert row["first"] == now.months[first]
    assert row["lead"] == last - first == together["lead"]
    assert row["false"] == 0
    assert row["months"] == len(now.months)
    assert row["share_of_months"] == pytest.approx((last - first + 1) / len(now.months))


def test_an_alarm_without_a_grave_month_is_false_and_a_grave_month_without_one_missed(
    tmp_path: Path,
) -> None:
    mini = atrisk.load_case(HERE / "cases" / "mini", THREE_FACTOR)
    now = atrisk.assess(mini, THREE_FACTOR)
    calm = judged(tmp_path / "calm", dict.fromkeys(now.months, 1))
    sure = policy(float(now.overall.max()), 0.0)
    row, _ = atrisk.backtest_alarms([calm], THREE_FACTOR, policy=sure).to_rows()
    assert (row["false"], row["lead"], row["missed"]) == (1, None, 0)
    assert row["false_a_year"] == pytest.approx(12 / len(now.months))
    grave = judged(tmp_path / "grave", dict.fromkeys(now.months, 4))
    row, _ = atrisk.backtest_alarms([grave], THREE_FACTOR, policy=policy(1.0, 1.0)).to_rows()
    assert (row["alarms"], row["missed"], row["lead"]) == (0, 1, None)


def test_levels_of_readers_move_no_score(tmp_path: Path) -> None:
    mini = atrisk.load_case(HERE / "cases" / "mini", THREE_FACTOR)
    months = [str(month) for month in mini.months]
    calm, grave = (
        judged(tmp_path / name, dict.fromkeys(months, level))
        for name, level in (("calm", 0), ("grave", 4))
    )
    one, other = (atrisk.assess(case, THREE_FACTOR) for case in (calm, grave))
    assert (one.overall == other.overall).all()


def test_over_all_shipped_cases_the_alert_is_never_late_and_none_is_false() -> None:
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    rows = atrisk.backtest_alarms(cases, UN, level=4).to_rows()
    alerts = [row for row in rows if row["tier"] == "alert" and row["case"] != "all"]
    assert len(alerts) == len(cases)
    for row in alerts:
        if row["onset"]:
            assert row["lead"] >= -1, row["case"]  # never later than the month after
        assert row["false"] == 0
    watch, alert, emergency = (row for row in rows if row["case"] == "all")
    assert watch["share_of_months"] > alert["share_of_months"] > emergency["share_of_months"]


def test_the_command_looks_back_and_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flags", "--backtest", "sen-2011-2012", "mwi-2019-2020"]) == 0
    assert "Backtest(2 cases" in capsys.readouterr().out
    assert main(["flags"]) == 2
    assert "name one case; found 0" in capsys.readouterr().err
    assert main(["flags", "sen-2011-2012", "--backtest", "--level", "9"]) == 2
    assert "level 9 is not a level; readers give 0 to 4" in capsys.readouterr().err
    with pytest.raises(atrisk.RequestError, match="no case to backtest"):
        atrisk.backtest_alarms([], UN)

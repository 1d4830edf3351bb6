"""Early actions: what may stand in their two tables, which go wherever a case goes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import atrisk
from atrisk.cli.main import main
from atrisk.gap.due import Status
from toys import HERE, ROOT, THREE_FACTOR

ACTION = {
    "id": "stocks", "phase": "activation", "tier": "alarm", "actor": "Logistics",
    "action": "Send the stocks", "within_days": "10", "money": "50000", "currency": "EUR",
    "mandate": "the director signs", "stop_rule": "Nobody is left to protect",
}  # fmt: skip
ACTIVATION = {
    "id": "sent", "action": "stocks", "triggered": "2020-02-20", "decided": "2020-02-25",
    "started": "2020-03-01", "completed": "2020-03", "stopped": "", "spent": "48000.5",
    "note": "All of it",
}  # fmt: skip


def write(folder: Path, action: Mapping[str, str], activation: Mapping[str, str]) -> Path:
    """Write the toy case with one early action and one activation."""
    case = Path(shutil.copytree(HERE / "cases" / "mini", folder / "case"))
    for name, row in (("actions", action), ("activations", activation)):
        text = f"{','.join(row)}\n{','.join(row.values())}\n"
        (case / f"{name}.csv").write_text(text, encoding="utf-8")
    return case


def tell(folder: Path, name: str, **cells: str) -> str:
    """Return what is said of a fault in one of the two tables."""
    rows = {"actions": ACTION, "activations": ACTIVATION}
    rows[name] = rows[name] | cells
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(write(folder, rows["actions"], rows["activations"]), THREE_FACTOR)
    return str(caught.value)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write(tmp_path, ACTION, ACTIVATION)


def test_both_tables_are_read_into_frozen_records(mine: Path) -> None:
    case = atrisk.load_case(mine, THREE_FACTOR)
    (action,), (activation,) = case.actions, case.activations
    assert (action.within_days, action.money, action.agreed) == (10, 50000, None)
    assert (str(activation.step("completed")), activation.step("stopped")) == ("2020-03", None)
    assert (activation.spent, activation.confidential) == (48000.5, 0)
    assert [repr(action), repr(activation)] == ["Action('stocks')", "Activation('sent')"]


FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("actions", {"phase": "redyness"},
     "line 2, phase: 'redyness' is not accepted; expected readiness, activation, stop"),
    ("actions", {"tier": "alram"},
     "line 2, tier: 'alram' is no tier. Did you mean 'alarm'? Expected alarm"),
    ("actions", {"within_days": "2.5"},
     "line 2, within_days: '2.5' is not accepted; expected a whole number of days, 0 or more"),
    ("actions", {"within_days": "soon"}, "expected a whole number of days, 0 or more"),
    ("actions", {"currency": ""},
     "line 2, currency: money is given and currency is not; write both, as 50000 and EUR"),
    ("actions", {"money": ""}, "line 2, money: currency is given and money is not; write both"),
    ("actions", {"currency": "euro"},
     "currency: 'euro' is not accepted; expected an ISO 4217 code such as EUR, or nothing"),
    ("actions", {"money": "some"}, "line 2, money: 'some' is not accepted"),
    ("actions", {"actor": ""}, "line 2, actor: the cell is empty; expected some text"),
    ("actions", {"stop_rule": ""}, "line 2, stop_rule: an activation needs a stop rule"),
    ("actions", {"agreed": "../2020"}, "line 2, agreed: '../2020' is open; leave it empty if"),
    ("activations", {"action": "stoks"},
     "line 2, action: 'stoks' is not in actions.csv. Did you mean 'stocks'?"),
    ("activations", {"started": "2020-02-20"},
     "line 2, started: 2020-02-20 is before decided (2020-02-25); steps follow one another"),
    ("activations", {"decided": "2020-02-19"},
     "line 2, decided: 2020-02-19 is before triggered (2020-02-20); steps follow one another"),
    ("activations", {"stopped": "2020-04"},
     "line 2, stopped: it is completed and stopped, and an action ends once; keep one of the two"),
    ("activations", {"triggered": "2020-02-20/.."}, "line 2, triggered: '2020-02-20/..' is open"),
    ("activations", {"triggered": ""}, "line 2, triggered:"),
    ("activations", {"decided": ".."},
     "line 2, decided: '..' says nothing about a step; leave it empty if it was not reached"),
    ("activations", {"decided": "tomorrow"}, "line 2, decided: 'tomorrow' is not a date"),
    ("activations", {"decided": "1020-02-25"}, "years from the case's months"),
    ("activations", {"spent": "much"}, "line 2, spent: 'much' is not accepted"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "words"), FAULTS)
def test_a_fault_is_told_with_its_place_and_its_mend(
    name: str, cells: dict[str, str], words: str, tmp_path: Path
) -> None:
    assert words in tell(tmp_path, name, **cells)


def test_an_id_that_stands_twice_is_told(mine: Path) -> None:
    for name, row in (("actions", ACTION), ("activations", ACTIVATION)):
        file = mine / f"{name}.csv"
        file.write_text(file.read_text() + ",".join(row.values()) + "\n", encoding="utf-8")
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.load_case(mine, THREE_FACTOR)
    assert "actions.csv" in str(caught.value)
    assert str(caught.value).count("line 3, id:") == 2


def test_an_action_of_readiness_or_of_stopping_needs_no_stop_rule(tmp_path: Path) -> None:
    for phase in ("readiness", "stop"):
        action = ACTION | {"phase": phase, "stop_rule": "", "money": "", "currency": ""}
        folder = write(tmp_path / phase, action, ACTIVATION)
        assert atrisk.load_case(folder, THREE_FACTOR).actions[0].phase == phase


def test_any_tier_of_the_framework_is_taken(tmp_path: Path) -> None:
    un = atrisk.load_framework("un-foa-2014")
    assert un.tiers == ("alarm", "watch", "alert", "emergency")
    case = atrisk.load_case("car-2020-2021")
    for tier in un.tiers:
        made = replace(case, actions=(atrisk.Action.model_validate(ACTION | {"tier": tier}),))
        assert made.actions[0].tier == tier
    with pytest.raises(atrisk.DataError, match=r"'wacht' is no tier. Did you mean 'watch'\?"):
        replace(case, actions=(atrisk.Action.model_validate(ACTION | {"tier": "wacht"}),))


def test_a_confidential_action_is_told_of_in_no_fault(tmp_path: Path) -> None:
    told = tell(tmp_path, "actions", stop_rule="", action="Fetch Jean", confidential="yes")
    assert "stop_rule: an activation needs a stop rule" in told
    told = tell(tmp_path / "2", "actions", currency="Jean himself", confidential="yes")
    assert "Jean" not in told


def test_both_go_round_as_a_folder_and_as_frames(mine: Path, tmp_path: Path) -> None:
    case = atrisk.load_case(mine, THREE_FACTOR)
    again = atrisk.load_case(case.save(tmp_path / "saved"), THREE_FACTOR)
    assert (again.digest, again.actions, again.activations) == (
        case.digest, case.actions, case.activations,
    )  # fmt: skip
    assert (tmp_path / "saved" / "actions.csv").read_text() == (mine / "actions.csv").read_text()
    made = atrisk.Case.from_frames(
        case.header, framework=THREE_FACTOR, sources=case.sources, evidence=case.evidence,
        actions=[ACTION | {"within_days": 10, "money": 50000.0}], activations=case.activations,
    )  # fmt: skip
    assert made.actions == case.actions
    assert replace(case, actions=(), activations=()).digest != case.digest


def test_both_go_round_as_a_workbook(mine: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from atrisk.exchange import export_workbook, import_workbook, update_case

    case = atrisk.load_case(mine, THREE_FACTOR)
    file = export_workbook(case, tmp_path / "case.xlsx")
    back = import_workbook(file, tmp_path / "back", THREE_FACTOR)
    assert (back.actions, back.activations) == (case.actions, case.activations)
    book = openpyxl.load_workbook(file)
    offers = {
        one.promptTitle: one.formula1 for one in book["activations"].data_validations.dataValidation
    }
    assert offers["action"] == "actions!$A$2:$A$102"  # the ids of actions, and room for more
    column = [cell.value for cell in book["activations"][1]].index("note") + 1
    book["activations"].cell(2, column).value = "Half of it"
    book.save(file)
    update = update_case(file, mine, THREE_FACTOR)
    assert [row["after"] for row in update.to_rows()] == ["Half of it"]
    assert atrisk.load_case(mine, THREE_FACTOR).activations[0].note == "Half of it"


def test_the_data_package_describes_both_and_what_names_what(mine: Path) -> None:
    package = atrisk.describe_package(atrisk.load_case(mine, THREE_FACTOR))
    told = {one["name"]: one["schema"] for one in package["resources"]}
    assert told["activations"]["foreignKeys"] == [
        {"fields": "action", "reference": {"resource": "actions", "fields": "id"}}
    ]
    fields = {one["name"]: one for one in told["actions"]["fields"]}
    assert fields["phase"]["constraints"]["enum"] == ["readiness", "activation", "stop"]
    assert fields["within_days"] == {
        "name": "within_days", "type": "integer",
        "description": "a whole number of days, 0 or more",
        "constraints": {"required": True, "minimum": 0},
    }  # fmt: skip
    assert atrisk.describe_schema("actions")["properties"]["within_days"]["pattern"] == "^([0-9]+)$"


def test_what_waits_for_a_tier_that_another_framework_lacks_stays_behind(tmp_path: Path) -> None:
    case = atrisk.load_case("car-2012-2015")
    plans = [ACTION | {"id": tier, "tier": tier} for tier in ("watch", "alarm")]
    log = [ACTIVATION | {"id": plan["id"], "action": plan["id"]} for plan in plans]
    case = replace(
        case,
        actions=tuple(map(atrisk.Action.model_validate, plans)),
        activations=tuple(map(atrisk.Activation.model_validate, log)),
    )
    stages = atrisk.load_framework("ten-stages")
    crossed = atrisk.cross_case(case, stages)
    assert [one.id for one in crossed.actions] == ["watch", "alarm"]
    stages = replace(stages)  # a copy, whose tiers are others
    stages.__dict__["tiers"] = ("alarm",)
    crossed = atrisk.cross_case(case, stages)
    assert [[one.id for one in rows] for rows in (crossed.actions, crossed.activations)] == [
        ["alarm"], ["alarm"],
    ]  # fmt: skip
    assert crossed.header.caveat.endswith("1 of 2 early actions wait for a tier that it lacks.")


COMMANDS = [
    (["flags"], "No early action is due on 2020-04-30."),
    (["flags", "--show", "actions"], "Actions('mini' under policy 'half'"),
    (["gap"], "The organisation's own lag"),
    (["gap", "--show", "own_lag"], "decided_median"),
]


@pytest.mark.parametrize(("words", "told"), COMMANDS)
def test_the_commands_tell_of_early_actions_where_there_are_some(
    words: list[str], told: str, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = ["--framework", str(HERE / "frameworks" / "three-factor")]
    assert main([words[0], str(mine), *words[1:], *toy]) == 0
    assert told in " ".join(capsys.readouterr().out.split())
    assert main([words[0], str(HERE / "cases" / "mini"), *words[1:], *toy]) == (
        2 if "--show" in words else 0
    )
    printed = capsys.readouterr()
    assert "early action" not in printed.out.lower()
    if "--show" in words:
        assert "has no early action that was agreed by 2020-04-30; add rows to" in printed.err


@pytest.mark.parametrize("words", [["flags", "--show", "actions"], ["gap", "--show", "own_lag"]])
def test_as_json_every_row_says_what_it_was_computed_from_and_nothing_else_is_printed(
    words: list[str], mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = ["--framework", str(HERE / "frameworks" / "three-factor"), "--format", "json"]
    assert main([words[0], str(mine), *words[1:], *toy]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(row["case"] == "mini" for row in rows)


def test_what_was_done_of_an_early_action_is_new_on_record(mine: Path) -> None:
    case = atrisk.load_case(mine, THREE_FACTOR)
    change = atrisk.compare_months(case, THREE_FACTOR, "2020-03", "2020-02")
    rows = [row for row in change.to_rows("record") if row["kind"] == "action"]
    assert [(row["id"], row["what"], row["date"]) for row in rows] == [
        ("sent", "started", "2020-03-01"), ("sent", "completed", "2020-03"),
    ]  # fmt: skip
    assert {(row["who"], row["summary"]) for row in rows} == {("Logistics", "Send the stocks")}
    assert "2 steps of early actions" in change.describe()
    change = atrisk.compare_months(case, THREE_FACTOR, "2020-02", "2020-01")
    assert [row["what"] for row in change.to_rows("record") if row["kind"] == "action"] == [
        "triggered", "decided",
    ]  # fmt: skip


def test_the_flags_of_a_case_say_what_is_due_by_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = Path(shutil.copytree(ROOT / "cases" / "car-2012-2015", tmp_path / "mine"))
    text = f"{','.join(ACTION)}\n{','.join(ACTION.values())}\n"
    (mine / "actions.csv").write_text(text, encoding="utf-8")
    told = (
        "Due by 2013-02-10: Send the stocks (activation, stocks); alert on since 2013-01; who: "
        "Logistics; money: 50,000 EUR; mandate: the director signs."
    )
    # The alarm is raised in January: its last day and 10 days.
    assert main(["flags", str(mine), "--knowledge", "2013-02-10"]) == 0
    assert told in " ".join(capsys.readouterr().out.split())
    assert main(["flags", str(mine), "--knowledge", "2013-02-11"]) == 0
    assert told.replace("Due by", "Overdue since") in " ".join(capsys.readouterr().out.split())
    assert main(["flags", str(mine), "--knowledge", "2013-02-10", "--format", "json"]) == 0
    assert "stocks" not in capsys.readouterr().out  # the flags alone
    assert main(["flags", str(mine), "--knowledge", "2012-12-31", "--show", "actions"]) == 0
    assert "No early action is due on 2012-12-31." in capsys.readouterr().out
    assert main(["flags", str(mine), "--backtest", "--show", "actions"]) == 2
    assert "drop --backtest" in capsys.readouterr().err


def test_the_worked_example_of_the_documentation_is_what_the_command_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "month.md").read_text(encoding="utf-8").partition("## Early action")[2]
    mine = atrisk.load_case("car-2012-2015").save(tmp_path / "my-case")
    for name, text in re.findall(r"cat > my-case/(\S+) <<'END'\n(.*?)END\n", page, re.DOTALL):
        (mine / name).write_text(text, encoding="utf-8")
    (typed,) = re.findall(r"^atrisk (flags .*)$", page, re.MULTILINE)
    assert main([word.replace("my-case", str(mine)) for word in typed.split()]) == 0
    shown = re.search(r"```text\n(Overdue.*?)```", page, re.DOTALL)
    assert shown
    assert capsys.readouterr().out.endswith(f"\n\n{shown[1]}")
    statuses = re.findall(r"^\| (`.*) \|.*\|$", page.partition("| status |")[2], re.MULTILINE)
    told = {name for cell in statuses for name in re.findall("`(.+?)`", cell.partition("|")[0])}
    assert set(get_args(Status)) <= told

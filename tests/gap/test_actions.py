"""Early actions: what is due by when, how far it is, and the organisation's own lag, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import atrisk
from atrisk import Action, Activation, AlarmOption, Case
from atrisk.base.dates import ImpreciseDate
from atrisk.cases.ledger import STEPS
from atrisk.frameworks.options import AlarmTier
from atrisk.gap import actions as measured
from atrisk.gap.due import Status
from ledgers import warning
from toys import THREE_FACTOR, case_of, evidence

# The scores of the six months are 0, 1/4, 1/8, 1/16, 1/4 and 0.1328125. So the alarm, called alert,
# is on in February and in May, and its watch from February to March and from May on.
FACTS = (evidence(known="2020-02-10"), evidence("again", start="2020-05", known="2020-05"))
POLICY = AlarmOption(
    id="own", weight=1, rationale="r", tier="alert", on=0.25, off=0.25, months_needed=1,
    months_watched=1, cool_down_months=0,
    tiers=(
        AlarmTier(id="watch", on=0.125, off=0.1, months_needed=1, months_watched=1,
                  cool_down_months=0, rationale="r"),
    ),
)  # fmt: skip


def action(name: str = "stocks", **cells: Any) -> Action:
    row = {
        "id": name, "phase": "activation", "tier": "alert", "actor": "Logistics",
        "action": "Send the stocks.", "within_days": "10", "money": "50000", "currency": "EUR",
        "mandate": "the director signs", "stop_rule": "Nobody is left to protect.",
    }  # fmt: skip
    return Action.model_validate(row | cells)


def done(triggered: str = "2020-02-20", name: str = "a", of: str = "stocks", **cells: str) -> Any:
    row = {"id": name, "action": of, "triggered": triggered, "spent": "", "note": ""}
    return Activation.model_validate(row | dict.fromkeys(STEPS, "") | cells)


def case_with(*rows: Any) -> Case:
    actions = tuple(row for row in rows if isinstance(row, Action))
    log = tuple(row for row in rows if isinstance(row, Activation))
    return replace(case_of(*FACTS), actions=actions, activations=log)


def measure(*rows: Any, day: str = "2020-06-30", policy: Any = POLICY) -> atrisk.Actions:
    now = atrisk.assess(case_with(*rows), THREE_FACTOR, knowledge=day)
    return atrisk.measure_actions(now, policy)


def find(*rows: Any, day: str = "2020-06-30") -> dict[str, Any]:
    """Return the first row."""
    return measure(*rows, day=day).to_rows()[0]


def test_an_action_is_due_so_many_days_after_the_month_in_which_its_tier_came_on() -> None:
    row = find(action(tier="watch"), day="2020-03-05")
    # The last day of February, 2020-02-29, and 10 days.
    assert (row["month"], row["due_by"], row["status"]) == ("2020-02", "2020-03-10", "due")
    assert (row["money"], row["currency"], row["tier"]) == (50000, "EUR", "watch")


def test_each_tier_that_comes_on_and_each_that_is_over_is_a_trigger_of_its_own() -> None:
    def months(**cells: str) -> list[tuple[str, str | None]]:
        return [(row["month"], row["over"]) for row in measure(action(**cells)).to_rows()]

    assert months() == [("2020-02", "2020-03"), ("2020-05", "2020-06")]
    assert months(tier="alarm") == months()  # whatever it is called
    assert months(tier="watch") == [("2020-02", "2020-04"), ("2020-05", None)]
    assert months(tier="watch", phase="readiness") == months(tier="watch")
    assert months(phase="stop") == [("2020-03", "2020-05"), ("2020-06", None)]
    assert months(tier="watch", phase="stop") == [("2020-04", "2020-05")]
    assert months(tier="emergency") == []


def test_a_trigger_is_seen_on_the_last_day_that_is_seen_of_its_month() -> None:
    assert find(action(), day="2020-02-25")["due_by"] == "2020-03-06"  # 25 February and 10 days
    assert find(action(), day="2020-02-29")["due_by"] == "2020-03-10"


STATES: list[tuple[str, dict[str, str], Status]] = [
    ("2020-03-10", {}, "lapsed"),  # in March the alert is over
    ("2020-02-29", {}, "due"),
    ("2020-03-05", {"decided": "2020-03-01"}, "under way"),
    ("2020-03-10", {"started": "2020-03-09"}, "under way"),
    ("2020-03-11", {"decided": "2020-03-01"}, "under way late"),
    ("2020-03-10", {"completed": "2020-03-10"}, "done"),
    ("2020-04-10", {"completed": "2020-03-11"}, "done late"),
    ("2020-03-09", {"decided": "2020-03-01", "completed": "2020-03-10"}, "under way"),
    ("2020-03-20", {"decided": "2020-03-01", "stopped": "2020-03-05"}, "stopped"),
    ("2020-03-04", {"decided": "2020-03-01", "stopped": "2020-03-05"}, "under way"),
]


@pytest.mark.parametrize(("day", "steps", "status"), STATES)
def test_how_far_an_action_is(day: str, steps: dict[str, str], status: Status) -> None:
    log = [done(**steps)] if steps else []
    assert find(action(), *log, day=day)["status"] == status


def test_an_action_is_overdue_while_its_tier_is_on_and_nobody_decided() -> None:
    early = action(tier="watch", within_days="5")
    assert find(early, day="2020-03-05")["status"] == "due"  # 29 February and 5 days
    assert find(early, day="2020-03-06")["status"] == "overdue"
    assert find(early, day="2020-04-01")["status"] == "lapsed"


@pytest.mark.parametrize(
    ("when", "day", "status"),
    [
        ("2020-03", "2020-03-09", "under way"),  # it may not have been completed by then
        ("2020-03", "2020-03-31", "done late"),  # the last day that it may mean is after the 10th
        ("2020-03-01/2020-03-10", "2020-03-31", "done"),
        ("2020-03-01/2020-03-10", "2020-03-09", "under way"),
    ],
)
def test_an_imprecise_date_counts_from_the_last_day_that_it_may_mean(
    when: str, day: str, status: Status
) -> None:
    row = find(action(), done(decided="2020-02-28", completed=when), day=day)
    assert row["status"] == status
    if status == "under way":
        assert (row["completed"], row["completion_high"]) == ("2020-03-01/..", None)
        assert row["completion_censored"]


def test_a_decision_that_may_be_later_is_none_yet() -> None:
    row = find(action(tier="watch"), done(decided="2020-03"), day="2020-03-08")
    assert (row["status"], row["decision_censored"], row["decided"]) == (
        "due",
        True,
        "2020-03-01/..",
    )
    # From 29 February: 1 day if it was on the 1st, 8 so far.
    assert (row["decision_low"], row["decision_days"], row["decision_high"]) == (1, 8, None)


def test_a_lag_runs_from_the_trigger_to_the_decision_and_to_completion() -> None:
    row = find(action(), done(decided="2020-03-03", completed="2020-03-09/2020-03-11"))
    assert [row[f"decision_{part}"] for part in ("days", "low", "high")] == [3, 3, 3]
    # 29 February to the 10th, half-way, and to the 9th and the 11th.
    assert [row[f"completion_{part}"] for part in ("days", "low", "high")] == [10, 9, 11]
    before = find(action(), done(decided="2020-02-21"))
    assert before["decision_days"] == 0  # within the month of the trigger, which ends on the 29th
    assert before["completion_days"] == 1 + 31 + 30 + 31 + 30 - 1  # to 30 June, still open
    assert before["completion_censored"]


def test_what_was_done_shows_that_it_was_decided_and_what_was_stopped_waits_until_then() -> None:
    row = find(action(), done(started="2020-03-02", stopped="2020-03-08"))
    assert (row["decision_days"], row["decision_censored"]) == (2, False)
    assert (row["completion_days"], row["completion_censored"]) == (8, True)


def test_an_activation_belongs_to_the_last_trigger_whose_month_had_begun() -> None:
    log = [done("2020-02-01", "a", decided="2020-02-01"), done("2020-04", "b", decided="2020-04"),
           done("2020-05-01", "c", decided="2020-05-02"), done("2020-01-31", "d")]  # fmt: skip
    rows = measure(action(), *log).to_rows()
    assert [(row["month"], row["triggered"], row["status"]) for row in rows] == [
        (None, "2020-01-31", "no trigger"),
        ("2020-02", "2020-02-01; 2020-04", "under way late"),
        ("2020-05", "2020-05-01", "under way late"),
    ]
    assert {rows[0][f"decision_{part}"] for part in ("days", "low", "high", "censored")} == {None}


def test_of_an_action_logged_in_parts_the_last_completes_it() -> None:
    log = [done(name="a", decided="2020-03-01", completed="2020-03-05", spent="100"),
           done(name="b", decided="2020-03-02", started="2020-03-04", spent="20.5")]  # fmt: skip
    row = find(action(), *log)
    assert (row["status"], row["decision_days"], row["spent"]) == ("under way late", 1, 120.5)
    log[1] = done(name="b", completed="2020-03-20")
    assert (find(action(), *log)["status"], find(action(), *log)["completion_days"]) == (
        "done late", 20,
    )  # fmt: skip
    log[1] = done(name="b", stopped="2020-03-20")
    assert find(action(), *log)["status"] == "done"


def test_an_action_is_not_due_by_what_was_before_it_was_agreed() -> None:
    rows = measure(action(agreed="2020-03"), done(completed="2020-03-01")).to_rows()
    assert [(row["month"], row["status"]) for row in rows] == [
        (None, "no trigger"), ("2020-05", "lapsed"),
    ]  # fmt: skip
    with pytest.raises(
        atrisk.RequestError, match=r"agreed by 2020-02-20; add rows to actions\.csv"
    ):
        measure(action(agreed="2020-03"), day="2020-02-20")
    (row,) = measure(action(tier="watch", agreed="2020-02-29"), day="2020-02-29").to_rows()
    assert row["status"] == "due"


def test_a_deadline_beyond_the_calendar_is_its_last_day() -> None:
    assert find(action(within_days="9" * 30), day="2020-02-29")["due_by"] == "9999-12-31"


def test_the_order_of_the_files_decides_nothing() -> None:
    rows = [
        action(), action("cash"), done(name="a", decided="2020-03-02", note="one"),
        done(name="b", decided="2020-03-01", note="two"), done("2020-05-20", "c", of="cash"),
    ]  # fmt: skip
    one, other = measure(*rows), measure(*reversed(rows))
    assert one.to_rows() == other.to_rows()
    assert one.describe() == other.describe()


def test_a_case_without_early_actions_is_refused_in_words() -> None:
    with pytest.raises(atrisk.RequestError, match=r"made has no early action .* actions\.csv"):
        measure()


def test_a_tier_that_the_policy_lacks_is_told() -> None:
    found = measure(action(tier="emergency"))
    assert "the policy has no tier emergency, so actions for it never come due" in repr(found)
    assert "has no tier" not in repr(measure(action(tier="alarm"), action("b", tier="watch")))


def test_the_own_lag_is_the_median_with_the_open_ones_counted() -> None:
    # Two triggers, after 3 and after 1 days; completed once, after 10, and open for 30 days.
    found = measure(
        action(),
        done("2020-02-20", "a", decided="2020-03-03", completed="2020-03-10"),
        done("2020-05-20", "b", decided="2020-06-01"),
    )
    (activation, every) = found.to_rows("lag")
    assert (activation["phase"], every["phase"]) == ("activation", "all")
    # Kaplan-Meier: half are decided after 1 day, half completed after 10.
    assert (every["due"], every["decided"], every["decided_median"]) == (2, 2, 1)
    assert (every["completed"], every["completed_median"]) == (1, 10)
    assert found.describe_lag() == (
        "The organisation's own lag, from the trigger on: of 2 early actions that came due 2 were "
        "decided, median 1 day [1 to not reached], and 1 was completed, median 10 days "
        "[10 to not reached], by 2020-06-30."
    )
    nobody = measure(action()).describe_lag()
    assert nobody.endswith("that came due none was decided and none was completed by 2020-06-30.")


def test_nothing_that_came_due_has_no_lag() -> None:
    found = measure(action(tier="emergency"))
    assert found.describe_lag() == "The organisation's own lag: no early action came due."
    assert found.to_rows("lag")[0]["decided_median"] is None
    assert found.describe() == "No early action is due on 2020-06-30."


def test_what_is_due_is_told_in_a_line_each_the_earliest_first() -> None:
    found = measure(
        action(tier="watch"),
        action("cash", tier="watch", phase="readiness", within_days="3", money="", currency="",
               mandate=""),
        done("2020-02-21", of="cash", decided="2020-02-22"),
        day="2020-03-05",
    )  # fmt: skip
    assert found.describe().split("\n") == [
        "Under way late, due by 2020-03-03: Send the stocks (readiness, cash); watch on since "
        "2020-02; who: Logistics.",
        "Due by 2020-03-10: Send the stocks (activation, stocks); watch on since 2020-02; who: "
        "Logistics; money: 50,000 EUR; mandate: the director signs.",
    ]
    assert repr(found).startswith(
        "Actions('made' under policy 'own', as of 2020-03-05, on 2020-03-05: 1 under way late, "
        "1 due)"
    )


def test_of_what_goes_on_although_its_tier_is_over_the_stop_rule_is_told() -> None:
    told = measure(action(), done(decided="2020-03-01"), day="2020-03-09").describe()
    assert "alert on since 2020-02 and over since 2020-03" in told
    assert told.endswith("stop rule: Nobody is left to protect.")


def test_confidential_words_are_kept_back_row_by_row() -> None:
    found = measure(
        action(confidential="yes"), done(note="Jean knew", confidential="yes"), day="2020-02-29"
    )
    (row,) = found.to_rows()
    assert [row[name] for name in ("what", "mandate", "stop_rule", "note")] == [
        "(confidential)"
    ] * 4
    assert row["actor"] == "Logistics"
    assert "Send" not in found.describe() + repr(found)
    (row,) = measure(action(confidential="strict"), day="2020-02-29").to_rows()
    assert row["actor"] == "(confidential)"


def test_the_gap_counts_the_own_lag_too() -> None:
    policy = {"alarm": "half"}  # on at 1/2, which the toy never reaches
    case = replace(case_with(action(tier="alarm")), warnings=(warning(),))
    gap = atrisk.measure_gap(case, atrisk.assess(case, THREE_FACTOR, method=policy), rule="any")
    assert gap.describe().endswith("The organisation's own lag: no early action came due.")
    assert [row["due"] for row in gap.to_rows("own_lag")] == [0]
    none = replace(case, actions=())
    gap = atrisk.measure_gap(none, atrisk.assess(none, THREE_FACTOR), rule="any")
    assert "own lag" not in gap.describe()
    assert gap.to_rows("own_lag") == []


# Nothing later than the day that is seen.


def test_what_was_done_after_the_last_month_is_not_seen_either() -> None:
    log = done(triggered="2020-05-20", decided="2020-06-10", completed="2020-07-02", spent="77")
    for knowledge in ("contemporaneous", "retrospective", "2020-06-30"):
        now = atrisk.assess(case_with(action(), log), THREE_FACTOR, knowledge=knowledge)
        row = atrisk.measure_actions(now, POLICY).to_rows()[1]
        assert (row["status"], row["completed"], row["spent"]) == ("under way late", "", None)
    late = done(triggered="2020-07-01", completed="2020-07-02")
    now = atrisk.assess(case_with(action(), late), THREE_FACTOR)
    assert atrisk.measure_actions(now, POLICY).to_rows()[1]["triggered"] == ""


def test_the_sum_and_the_note_are_of_the_last_step() -> None:
    log = done(decided="2020-03-01", completed="2020-03-10", spent="77", note="All sent.")
    then, after = (find(action(), log, day=f"2020-03-{day}") for day in ("09", "10"))
    assert (then["spent"], then["note"]) == (None, "(not out by then)")
    assert (after["spent"], after["note"]) == (77, "All sent.")


FIRST = date(2020, 1, 15)
offsets = st.integers(0, 200)
widths = st.sampled_from([0, 0, 3, 20])


def _write(begin: int, width: int) -> str:
    first, last = FIRST + timedelta(begin), FIRST + timedelta(begin + width)
    return str(first) if width == 0 else f"{first}/{last}"


@st.composite
def activations(draw: st.DrawFn, name: str) -> Activation:
    """Draw a log in order, each step some days after the one before, some left out."""
    at = draw(offsets)
    cells = {"triggered": _write(at, draw(widths))}
    last = draw(st.sampled_from(["completed", "stopped"]))
    for step in ("decided", "started", last):
        at += draw(st.integers(0, 40))
        cells[step] = _write(at, draw(widths)) if draw(st.booleans()) else ""
    return done(cells.pop("triggered"), name, **cells)


def _cut(row: Activation, day: date) -> Activation | None:
    """Return what stands in the log on a day; what may be later is any day after it."""

    def later(when: str) -> str:
        first, _, last = when.partition("/")
        return f"{first}/2020-12-31" if last and last > str(day) else when

    if str(row.triggered)[:10] > str(day):
        return None
    cells = {name: str(row.step(name) or "") for name in STEPS}
    kept = {name: later(text) if text[:10] <= str(day) else "" for name, text in cells.items()}
    return done(later(str(row.triggered)), row.id, **kept)


def check_nothing_later_is_seen(log: list[Activation], at: int, phase: str, tier: str) -> None:
    """What was logged after a day, or may have been, changes nothing that is told on it."""
    day = FIRST + timedelta(at)
    plan = action(phase=phase, tier=tier)
    had = [one for row in log if (one := _cut(row, day))]
    then, whole = (measure(plan, *rows, day=str(day)) for rows in (had, log))
    for level in ("actions", "lag"):
        assert then.to_rows(level) == whole.to_rows(level)
    assert repr(then) == repr(whole)


SEARCH = given(
    log=st.tuples(activations("a"), activations("b")).map(list),
    at=st.integers(26, 166),
    phase=st.sampled_from(["activation", "stop"]),
    tier=st.sampled_from(["watch", "alert"]),
)


@SEARCH
def test_nothing_that_was_logged_later_is_seen_as_of_a_day(
    log: list[Activation], at: int, phase: str, tier: str
) -> None:
    check_nothing_later_is_seen(log, at, phase, tier)


@pytest.mark.slow  # it searches until it finds the fault
@pytest.mark.parametrize("broken", ["a record", "a date"])
def test_the_search_finds_a_log_that_is_seen_too_early(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from properties import is_caught

    if broken == "a record":
        monkeypatch.setattr(measured, "see_activation", lambda row, day: row)
        monkeypatch.setattr("atrisk.scoring.seen.see_activation", lambda row, day: row)
    else:
        monkeypatch.setattr(ImpreciseDate, "cut", lambda self, day: self)
    assert is_caught(test_nothing_that_was_logged_later_is_seen_as_of_a_day)

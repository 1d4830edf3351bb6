"""The month: parts sum to the change, nothing known later is in it, and its events are named."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

import atrisk
from atrisk.cases.evidence import knowledge_day
from atrisk.cli.main import main
from atrisk.report.changes import compare_months
from ledgers import case_with, delivery, need, response, warning
from shipped import car, now, small, un
from toys import THREE_FACTOR, case_of, cases, evidence

YEAR = [f"2013-{month:02}" for month in range(1, 13)]
# What the README of the case names of a month of 2013, as a word of the rows that tell of it.
EVENTS = {
    "2013-01": ["Libreville"],
    "2013-03": ["seized the capital", "looted Bangui"],
    "2013-09": ["Bossangoa"],
    "2013-12": ["anti-balaka attacked"],
}


@pytest.mark.parametrize("month", YEAR)
def test_the_parts_of_a_month_sum_to_its_change(month: str) -> None:
    change = compare_months(car(), un(), month)
    score = change.to_rows("score")[0]
    whole = now()
    before, after = (whole.overall[whole.place(one)] for one in (change.since, month))
    assert score["before"] == pytest.approx(before, abs=1e-12)
    assert score["after"] == pytest.approx(after, abs=1e-12)
    rows = change.to_rows("facts")
    for part in ("change", "news", "revision"):
        assert sum(row[part] for row in rows) == pytest.approx(score[part], abs=1e-12)
    assert score["news"] + score["revision"] == pytest.approx(score["change"], abs=1e-12)
    assert all(r["after"] - r["before"] == pytest.approx(r["change"], abs=1e-12) for r in rows)


@pytest.mark.parametrize("month", EVENTS)
def test_a_month_names_its_events(month: str) -> None:
    told = " ".join(row["summary"] for row in compare_months(car(), un(), month).to_rows("record"))
    for event in EVENTS[month]:
        assert event in told


@settings(max_examples=25)
@given(cases(min_rows=2))
def test_what_is_known_later_changes_nothing_of_a_month(case: atrisk.Case) -> None:
    month = case.months[3]
    known = tuple(
        item for item in case.evidence
        if knowledge_day(item, case.source_by_id[item.source]) <= month.last_day
    )  # fmt: skip
    if not known:
        return
    one, other = (
        compare_months(each, THREE_FACTOR, str(month))
        for each in (case, replace(case, evidence=known))
    )
    for level in one.tables:
        assert one.to_rows(level) == other.to_rows(level)
    assert one.describe() == other.describe()


def test_what_is_new_is_told_apart() -> None:
    rows = [
        evidence("old", start="2020-01-05", known="2020-01-06"),
        evidence("happened", start="2020-03-05", known="2020-03-06", indicators="1.2"),
        evidence("learnt", start="2020-01-20", known="2020-03-10", indicators="2.1"),
        evidence("for-years", start="../2020-03-01", known="2020-03-10", indicators="2.2"),
        evidence("later", start="2020-04-02", known="2020-04-03"),
        evidence("announced", start="2020-05", known="2020-03-02", announced="yes"),
    ]
    change = compare_months(case_of(*rows), THREE_FACTOR, "2020-03")
    new = {row["id"]: row["what"] for row in change.to_rows("record") if row["kind"] == "evidence"}
    assert new == {
        "happened": "happened", "learnt": "learnt", "for-years": "learnt", "announced": "announced",
    }  # fmt: skip
    facts = {row["evidence"]: row for row in change.to_rows("facts")}
    assert facts["happened"]["what"] == "happened"
    assert facts["happened"]["revision"] == 0
    assert facts["learnt"]["revision"] != 0
    assert facts["old"]["what"] == "faded"


def test_the_ledgers_of_a_month_are_on_record() -> None:
    case = case_with(
        warning("early", "2020-01-11"), warning("now", "2020-03-11"), warning("late", "2020-04-01"),
        response("r", decided="2020-02-01", deployed="2020-03-05", promised="9", delivered="3"),
        delivery("2020-03-20", "9", "5"), need("20", "2020-03-01"),
    )  # fmt: skip
    rows = compare_months(case, THREE_FACTOR, "2020-03").to_rows("record")
    told = {(row["kind"], row["what"]) for row in rows}
    assert told == {
        ("warning", "given"), ("response", "deployed"), ("delivery", "counted"), ("need", "stated"),
    }  # fmt: skip
    assert [row["id"] for row in rows if row["kind"] == "warning"] == ["now"]


def test_a_factor_that_nobody_looked_at_could_move_the_score() -> None:
    change = compare_months(case_of(evidence("a", indicators="1.1")), THREE_FACTOR, "2020-03")
    gaps = change.to_rows("gaps")
    assert {row["factor"] for row in gaps} == {"2", "3"}
    after = change.to_rows("score")[0]["after"]
    for row in gaps:
        assert row["if_none"] <= after <= row["if_worst"]
        assert row["could_move"] == pytest.approx(row["if_worst"] - row["if_none"])
        assert row["look_for"]
    assert [row["could_move"] for row in gaps] == sorted(
        (row["could_move"] for row in gaps), reverse=True
    )
    assert "2 factors have nothing on record" in change.describe()


def test_a_month_without_a_record_is_no_number() -> None:
    change = compare_months(
        case_of(evidence("a", start="2020-03-05", known="2020-03-05")), THREE_FACTOR, "2020-03"
    )
    score = change.to_rows("score")[0]
    assert (score["before"], score["change"]) == (None, None)
    assert "cannot be compared" in change.describe()
    assert "raised most" not in change.describe()
    with pytest.raises(atrisk.RequestError, match="no evidence"):
        compare_months(change.case, THREE_FACTOR, "2020-02")


def test_a_secret_fact_is_told_without_its_words() -> None:
    rows = [
        evidence("a", start="2020-01-05", known="2020-01-06"),
        evidence("b", start="2020-03-05", known="2020-03-06", confidential="strict",
                 summary="never to be shown", place="a hidden place", quote="hidden words here"),
    ]  # fmt: skip
    change = compare_months(case_of(*rows), THREE_FACTOR, "2020-03")
    told = change.describe() + repr(change) + "".join(str(change.to_rows(t)) for t in change.tables)
    assert "b" in {row["id"] for row in change.to_rows("record")}
    for secret in ("never to be shown", "a hidden place", "hidden words"):
        assert secret not in told


def test_latest_and_last_are_the_last_two_months() -> None:
    change = compare_months(small(), un())
    months = [str(month) for month in small().months]
    assert (change.month, change.since) == (months[-1], months[-2])
    assert compare_months(small(), un(), months[-1], months[-2]).describe() == change.describe()


@pytest.mark.parametrize(
    ("month", "since", "words"),
    [
        ("2013-13", "last", "is no month of car-2012-2015: 2012-01 to 2015-12"),
        ("2012-01", "last", "nothing is before it; name a later one"),
        ("2013-01", "2013-01", "is not before 2013-01"),
        ("2013-01", "2013-05", "is not before 2013-01"),
        ("2013-01", "soon", "'soon' is no month"),
    ],
)
def test_what_cannot_be_compared_is_refused(month: str, since: str, words: str) -> None:
    with pytest.raises(atrisk.RequestError, match=words):
        compare_months(car(), un(), month, since)
    with pytest.raises(TypeError, match="'knowledge' is no argument"):
        compare_months(car(), un(), knowledge="retrospective")


def test_an_audience_hears_only_its_own() -> None:
    heard = {
        audience: {
            (month, row["id"])
            for month in YEAR
            for row in compare_months(car(), un(), month, audience=audience).to_rows("record")
        }
        for audience in ("public", "internal")
    }
    hidden = {item.id for item in car().evidence if item.audience != "public"}
    assert hidden & {name for _, name in heard["internal"]}
    assert heard["public"] != heard["internal"]


def test_the_command_prints_a_paragraph_a_table_and_rows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["changes", "car-2012-2015", "--month", "2013-12"]
    assert main([*asked, "--show", "facts", "--top", "3"]) == 0
    out = capsys.readouterr().out
    assert "the score rose from 0.37 in 2013-11 to 0.41" in " ".join(out.split())
    assert "more rows: --top 0" in out
    assert main([*asked, "--show", "record", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["month"] for row in rows} == {"2013-12"}
    assert main([*asked, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["measure"] == "score"

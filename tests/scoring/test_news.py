"""News and revision: what happened, and what was learnt about before, sum to every change."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import atrisk
from atrisk import Case
from atrisk.scoring.news import look_again, split_changes
from scoring.test_estimate import ESTIMATE
from toys import THREE_FACTOR, case_of, cases, evidence

UN = atrisk.load_framework("un-foa-2014")
METHODS: list[Any] = [None, ESTIMATE]


def check_parts(case: Case, method: Any) -> None:
    """Each part is what its definition says, by assessing the case as of the later day."""
    now = atrisk.assess(case, THREE_FACTOR, method=method)
    changes = split_changes(now)
    assert changes.news[0] == changes.revision[0] == 0
    for place, cut in enumerate(now.outlook.cuts):
        if place == 0 or not now.intensity.known[:, place].any():
            continue
        then = atrisk.assess(case, THREE_FACTOR, method=method, knowledge=cut)
        here, there = now.overall[place], now.overall[place - 1]
        assert abs(changes.news[place] - (here - then.overall[place - 1])) <= 1e-12
        assert abs(changes.revision[place] - (then.overall[place - 1] - there)) <= 1e-12
        assert abs(changes.news[place] + changes.revision[place] - (here - there)) <= 1e-12


@pytest.mark.parametrize("method", METHODS, ids=["default", "estimate"])
@given(cases())
def test_a_change_is_news_and_revision_and_nothing_else(method: Any, case: Case) -> None:
    check_parts(case, method)


def test_parts_seen_from_the_wrong_day_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(evidence("a", known="2020-02-10"), evidence("b", known="2020-05-10", end=".."))
    check_parts(case, None)
    real = atrisk.scoring.news.assess_outlook  # type: ignore[attr-defined] # of the module
    monkeypatch.setattr(
        "atrisk.scoring.news.assess_outlook",
        lambda now, outlook: real(now, _from_its_own_day(outlook)),
    )
    with pytest.raises(AssertionError):
        check_parts(case, None)


def _from_its_own_day(outlook: Any) -> Any:
    from dataclasses import replace

    return replace(outlook, days=outlook.cuts)


@pytest.mark.parametrize("method", METHODS, ids=["default", "estimate"])
@given(cases())
def test_both_parts_open_to_the_evidence(method: Any, case: Case) -> None:
    now = atrisk.assess(case, THREE_FACTOR, method=method)
    changes = split_changes(now)
    for first, last in pairwise(now.months):
        if not (now.contribute(first, None, None) or now.contribute(last, None, None)):
            continue  # nothing bears on either, and compare_scores says so
        rows = atrisk.compare_scores((now, first), (now, last))
        for name, whole in (("news", changes.news), ("revision", changes.revision)):
            assert abs(sum(row[name] for row in rows) - whole[now.place(last)]) <= 1e-12
        assert all(abs(r["news"] + r["revision"] - r["change"]) <= 1e-12 for r in rows)


def test_with_hindsight_nothing_is_revised() -> None:
    case = atrisk.load_case("car-2020-2021")
    for knowledge in ("retrospective", "2021-10-31"):
        now = atrisk.assess(case, UN, knowledge=knowledge)
        assert np.abs(split_changes(now).revision).max() <= 1e-12


def test_a_paper_about_the_past_is_a_revision_and_no_surge() -> None:
    now = atrisk.assess(atrisk.load_case("car-2012-2015"), UN)
    flags = atrisk.raise_flags(now)
    assert "2015-09" in [flag.onset for flag in flags.revisions]
    assert "2015-09" not in [flag.onset for flag in flags.surges]
    assert "2013-03" in [flag.onset for flag in flags.surges]  # the coup


def test_two_methods_have_no_parts() -> None:
    case = atrisk.load_case("car-2020-2021")
    one, other = atrisk.assess(case, UN), atrisk.assess(case, UN, method="estimate")
    rows = atrisk.compare_scores((one, "2021-01"), (other, "2021-01"))
    assert {(row["news"], row["revision"]) for row in rows} == {(None, None)}
    assert look_again(one, "2021-02", "2021-01") is None


def test_the_command_tells_both_parts(capsys: pytest.CaptureFixture[str]) -> None:
    from atrisk.cli.main import main

    assert main(["explain", "car-2012-2015", "2015-09", "--since", "2015-08", "--top", "1"]) == 0
    assert "from what was learnt about the earlier month" in capsys.readouterr().out
    words = ["explain", "car-2012-2015", "2013-12", "--method", "estimate", "--top", "0"]
    assert main(words) == 0
    assert "as far as little was read of it" in capsys.readouterr().out


def test_a_revision_rests_on_what_was_learnt_and_a_surge_on_what_happened() -> None:
    flags = atrisk.raise_flags(atrisk.assess(atrisk.load_case("car-2012-2015"), UN))
    (paper,) = [flag for flag in flags.revisions if flag.onset == "2015-09"]
    assert paper.evidence
    assert all(row["revision"] for row in paper.evidence)
    for flag in flags.surges:
        assert flag.evidence
        assert all(row["news"] > 0 for row in flag.evidence)

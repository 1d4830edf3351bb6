"""Limits of numbers: whatever a framework holds, a score is a number, or the framework is refused.

Seen to fail before there were limits: an exponent of 1e9 hung, half-lives and concentrations of
1e308 and of 1e-320 overflowed in single precision, a pause of 1e30 months was no machine number.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.frameworks.event_rules import read_event_rules
from atrisk.kernel.rules import PowerMean
from limits import Beyond, replace_number
from toys import MINI, THREE_FACTOR, case_of, evidence

VALUES = (
    "0", "1", "2", "-1", "0.5", "-0.0", "1e-320", "1e-12", "1e9", "1e21", "1e308", "-1e308", "inf",
    "-inf", "nan", "1000000000", "1000000000000000000000000000000", "3", "0.999999999999", "400",
    "true", "[]", '"1"',
)  # fmt: skip
FILES = (
    "framework.toml",
    "uncertainty.toml",
    "weights/first.csv",
    "grades/halves.csv",
    "response_levels/halves.csv",
)
ESTIMATE = (
    '{ id = "read", rule = "shrunken_mean", prior = 0.2, readings = 3.0, dependence = 0.5, '
    'spread = 0.25, common = 0.125, coder = 0.025, level = 0.9, weight = 1.0, rationale = "r" },'
)
Change = tuple[str, int, str]
changes = st.lists(
    st.tuples(st.sampled_from(FILES), st.integers(0, 200), st.sampled_from(VALUES)),
    min_size=1,
    max_size=3,
)


def walk(made: list[Change], *, estimate: bool = False) -> str:
    with tempfile.TemporaryDirectory() as room:
        beyond = Beyond(Path(room))
        if estimate:
            beyond.change(beyond.framework / "framework.toml", _estimate)
        for name, place, value in made:
            beyond.change(
                beyond.framework / name, partial(replace_number, place=place, value=value)
            )
        return beyond.walk()


def is_located(told: str) -> bool:
    """Tell whether nothing was refused, or the refusal names the file of a framework."""
    return not told or "three-factor/" in told


def _estimate(text: str) -> str:
    """Let the factors be estimated from readings, instead of counted."""
    head, _, rest = text.partition('    { id = "counting"')
    options, _, tail = rest.partition("]\n")
    assert '"worst"' in options
    head = head.replace('default = "counting"', 'default = "read"')
    return f"{head}    {ESTIMATE}\n]\n{tail}"


@given(changes)
@settings(max_examples=120)
def test_a_framework_of_any_numbers_scores_or_is_refused(made: list[Change]) -> None:
    assert is_located(walk(made))


@given(changes)
@settings(max_examples=60)
def test_one_that_estimates_does_too(made: list[Change]) -> None:
    assert is_located(walk(made, estimate=True))


def test_what_the_search_changes_is_sound_as_it_is() -> None:
    assert walk([]) == ""
    assert walk([], estimate=True) == ""
    assert "structural: 1e+308 is not accepted" in walk([("framework.toml", 14, "1e308")])


@pytest.mark.parametrize("exponent", [2, 3, 9, 33.5, 100])
def test_a_steep_mean_of_draws_is_that_of_an_assessment(exponent: float) -> None:
    """Seen to fail: with 400 all small values underflowed, and the draws scored 0."""
    rule, values = PowerMean(exponent), np.array([0.01, 0.5, 0.003, 0.0])
    for scale in (1.0, 0.01):
        exact = rule.join(scale * values, np.array([1.0, 0.0, 2.0, 1.0]))
        drawn = rule.join_draws(
            [np.full((1, 1), scale * value, dtype=np.float32) for value in values],
            np.array([[1.0], [0.0], [2.0], [1.0]], dtype=np.float32),
            4,
        )
        assert drawn.item() == pytest.approx(exact.item(), rel=1e-4)


def test_what_never_fades_is_a_number_in_every_answer() -> None:
    """``inf`` is accepted where it has a meaning, and no answer holds it but as a word."""
    endless = {"persistence": "never"}
    spread = {"weight_spread": "none"}
    drawn = atrisk.run_ensemble(
        MINI, THREE_FACTOR, seed=7, draws=20, method=endless, uncertainty=spread
    )
    study = atrisk.analyse_sensitivity(
        MINI, THREE_FACTOR, seed=7, draws=4, budget=10, uncertainty=spread, method=endless
    )
    assert np.isfinite(drawn.quantiles([0.5])).all()
    assert study.base.method.persistence.structural == float("inf")


SHORT = """severity = [
    { value = 0, label = "none", meaning = "not there" },
    { value = 1, label = "low", meaning = "a sign" },
    { value = 2, label = "moderate", meaning = "recurring" },
]
"""


def _shorten(text: str) -> str:
    head, _, rest = text.partition("severity = [")
    return head + SHORT + rest.partition("]\n")[2]


def test_evidence_graver_than_the_scale_is_told_with_its_row(tmp_path: Path) -> None:
    """Seen to fail: severity 4 on a scale of 0 to 2 scored as if it were 2."""
    beyond = Beyond(tmp_path)
    beyond.change(beyond.framework / "framework.toml", _shorten)
    framework = atrisk.load_framework(beyond.framework)
    with pytest.raises(atrisk.DataError) as refused:
        atrisk.load_case(beyond.case, framework)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (2, "severity")
    assert "severity 4 is beyond the scale of three-factor, which ends with 2 (moderate)" in str(
        problem
    )
    with pytest.raises(atrisk.DataError, match="row made: severity 3 is beyond the scale"):
        atrisk.assess(case_of(evidence(severity="1", indicators="2.1=3")), framework)


def test_event_rules_graver_than_the_scale_are_told(tmp_path: Path) -> None:
    beyond = Beyond(tmp_path)
    beyond.change(beyond.framework / "framework.toml", _shorten)
    text = (
        'caveat = "c"\nreliability = "B"\ncredibility = 2\nmonths_before = 3\n[[rules]]\n'
        'id = "killed"\nindicators = ["2.1"]\ncount = "deaths"\nkinds = ["battle"]\n'
        'steps = [{ at = 1, severity = 3 }]\nrationale = "r"\n'
    )
    (beyond.framework / "event_rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(atrisk.DataError, match="rule killed: severity 3 is beyond the scale"):
        read_event_rules(atrisk.load_framework(beyond.framework))


@pytest.mark.parametrize("weight", [1e308, float("inf"), float("nan"), -1.0, 1e-320, True])
def test_weights_of_ones_own_have_the_same_limits(weight: Any) -> None:
    with pytest.raises(atrisk.RequestError, match="the weight of 1 is"):
        atrisk.assess(MINI, THREE_FACTOR, weights={"1": weight})

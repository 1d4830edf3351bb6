"""Ensembles: each draw is an assessment, and many draws are what the framework says they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import atrisk
from atrisk.base.cells import write_cells
from atrisk.base.dates import ImpreciseDate, Month
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.model import vary_around
from atrisk.ensemble.run import run_ensemble
from atrisk.ensemble.tally import count_draws
from atrisk.ensemble.variation import KINDS, Variation
from atrisk.frameworks.branches import GradeRow
from atrisk.kernel.alarms import find_alarms, watch_draws
from atrisk.kernel.propagation import propagate
from atrisk.kernel.sampling import Draws
from atrisk.scoring.view import read_outlook
from scoring.test_estimate import ESTIMATE
from shipped import car, small, un
from toys import MINI, THREE_FACTOR, case_of, cases, evidence


def vary(
    case: atrisk.Case,
    framework: atrisk.Framework,
    kinds: tuple[str, ...] = KINDS,
    knowledge: str = "contemporaneous",
    uncertainty: dict[str, str] | None = None,
    method: Any = None,
) -> Variation:
    base = atrisk.assess(case, framework, knowledge=knowledge, method=method)
    return vary_around(base, uncertainty=uncertainty, vary=kinds)


def assess_draw(
    case: atrisk.Case,
    framework: atrisk.Framework,
    drawn: Draws,
    place: int,
    knowledge: str,
    settled: Any = None,
) -> atrisk.Assessment | None:
    """Score what one draw settles with the library's own pipeline, one case at a time."""
    variation = vary(case, framework, knowledge=knowledge, method=settled)
    first = read_outlook(case, knowledge).months[0].index
    # The same order as ``gather``: evidence first, as in the file.
    rows = []
    tellings = atrisk.assess(case, framework, knowledge=knowledge).intensity.tellings
    codes = list(framework.indicators)
    units: dict[int, list[tuple[str, int]]] = {}
    for found, code, unit in zip(tellings.item, tellings.indicator, tellings.unit, strict=True):
        units.setdefault(int(found), []).append((codes[code], int(unit)))
    for item, row in enumerate(case.evidence):
        if not drawn.truth[item, place]:
            continue
        update: dict[str, Any] = {"severity": int(drawn.severity[item, place])}
        began, ended = drawn.began[item], drawn.ended[item]
        when = ended if row.end is None else began
        if isinstance(when, np.ndarray):
            update["start"] = ImpreciseDate.parse(str(Month(first + int(when[place]))))
        if row.end is not None and isinstance(ended, np.ndarray):
            update["end"] = ImpreciseDate.parse(str(Month(first + int(ended[place]))))
        each = ";".join(f"{code}={drawn.severity[unit, place]}" for code, unit in units[item])
        own = atrisk.Evidence.model_validate(write_cells(row) | {"indicators": each})
        rows.append(row.model_copy(update=update | {"indicators": own.indicators}))
    if not rows:
        return None
    searches = [
        search
        for n, search in enumerate(case.searches, len(case.evidence))
        if drawn.truth[n, place]
    ]
    chosen = framework.choose(settled)

    def pick(branch: str, option: int) -> Any:
        varied = len(variation.beliefs[branch]) > 1
        alternatives = framework.branches[branch].list_alternatives(chosen.choices[branch])
        return alternatives[option] if varied else getattr(chosen, branch)

    natures = dict(
        zip(("structural", "dynamic", "trigger"), drawn.half_life[:, place], strict=True)
    )
    method = replace(
        chosen,
        grade={
            f"{a}{b}": GradeRow(grade=f"{a}{b}", low=1, probability=1, high=1)
            for a in "ABCDEF"
            for b in range(1, 7)
        },
        persistence=chosen.persistence.model_copy(
            update={name: float(value) for name, value in natures.items()}
        ),
        factor_aggregation=pick("factor_aggregation", drawn.factor_rule[place]),
        crime_aggregation=pick("crime_aggregation", drawn.crime_rule[place]),
    )
    weights = dict(
        zip(framework.indicators, drawn.indicator_weights[:, place].tolist(), strict=True)
    )
    weights |= zip(framework.factors, drawn.factor_weights[:, place].tolist(), strict=True)
    assert variation.model.rows == len(case.months)
    try:
        return atrisk.assess(
            replace(case, evidence=tuple(rows), searches=tuple(searches) if settled else ()),
            framework,
            knowledge=knowledge,
            method=method.with_weights(atrisk.WeightSet("drawn", weights, {})),
        )
    except atrisk.RequestError:  # nothing that is true in this draw was known
        return None


def check_draws(
    case: atrisk.Case,
    framework: atrisk.Framework,
    draws: int,
    seed: int,
    knowledge: str,
    method: Any = None,
) -> None:
    case = case.in_order  # as draws number its rows
    variation = vary(case, framework, knowledge=knowledge, method=method)
    drawn = variation.sample(np.random.default_rng(seed), draws)
    scored = propagate(variation.model, drawn)
    for place in range(draws):
        one = assess_draw(case, framework, drawn, place, knowledge, method)
        if one is None:
            if method is None:
                assert not scored.overall[:, place].any()
            continue
        factors, crimes = bring_to_one_scale(one)
        assert np.abs(scored.factors[:, :, place].T - factors).max() < 1e-5
        assert np.abs(scored.overall[:, place] - np.max(crimes, axis=0)).max() < 1e-5
        for known, crime in zip(crimes, scored.crimes, strict=True):
            assert np.abs(crime[:, place] - known).max() < 1e-5


def bring_to_one_scale(one: atrisk.Assessment) -> tuple[Any, list[Any]]:
    """Return factors and crimes as a draw that mixes options scores them."""
    factors = one.method.factor_aggregation.bring(one.factors)
    crimes = [one.hierarchy.join_crime(code, factors) for code in one.crimes]
    return factors, [one.method.crime_aggregation.bring(crime) for crime in crimes]


@pytest.mark.parametrize("knowledge", ["contemporaneous", "retrospective"])
def test_each_draw_of_the_shipped_case_is_an_assessment(knowledge: str) -> None:
    check_draws(car(), un(), draws=12, seed=5, knowledge=knowledge)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 2**32), st.sampled_from(["contemporaneous", "retrospective"]))
def test_each_draw_of_any_case_is_an_assessment(
    case: atrisk.Case, seed: int, knowledge: str
) -> None:
    check_draws(case, THREE_FACTOR, draws=4, seed=seed, knowledge=knowledge)


@pytest.mark.parametrize("name", ["car-2012-2015", "sen-2011-2012"])
def test_each_draw_of_an_estimate_is_an_assessment(name: str) -> None:
    check_draws(atrisk.load_case(name), un(), 8, 5, "contemporaneous", "estimate")


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 2**32), st.sampled_from(["contemporaneous", "retrospective"]))
def test_each_draw_of_an_estimate_of_any_case_is_an_assessment(
    case: atrisk.Case, seed: int, knowledge: str
) -> None:
    check_draws(case, THREE_FACTOR, 4, seed, knowledge, ESTIMATE)


def test_a_draw_that_saw_the_future_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(evidence("a", known="2020-04"), evidence("b", indicators="1.1", known="2020-05"))
    check_draws(case, THREE_FACTOR, 4, 1, "contemporaneous")
    monkeypatch.setattr(
        "atrisk.ensemble.model._find_first", lambda spans, _: np.zeros(len(spans.learnt), np.int64)
    )
    with pytest.raises(AssertionError):
        check_draws(case, THREE_FACTOR, 4, 1, "contemporaneous")


def test_a_later_telling_never_changes_whom_a_claim_errs_with() -> None:
    told = evidence("first", source="source-c", credibility=3, claim="one", known="2020-02")
    other = evidence("other", source="source-c", indicators="1.1", known="2020-02")
    late = evidence("late", source="source-a", claim="one", known="2020-05")  # better graded
    for rows in ((told, other), (told, other, late)):
        variation = vary(case_of(*rows), THREE_FACTOR)
        blocks = dict(zip(variation.claim.tolist(), variation.block[variation.claim], strict=True))
        assert len(set(blocks.values())) == 1, "the later telling moved the claim to its source"


def run(draws: int = 300, seed: int = 7, **given: Any) -> Ensemble:
    return run_ensemble(MINI, THREE_FACTOR, draws=draws, seed=seed, **given)


def same(one: Ensemble, other: Ensemble) -> bool:
    names = ("bins", "total", "squares", "bands", "alarm", "first")
    return all(np.array_equal(getattr(one.tally, n), getattr(other.tally, n)) for n in names)


def test_the_numbers_are_the_same_on_any_number_of_workers() -> None:
    many = [run(draws=3000, runner=atrisk.Runner(workers=workers)) for workers in (1, 2, 5)]
    assert same(many[0], many[1])
    assert same(many[0], many[2])


def test_a_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    assert same(run(seed=0), run(seed=0))
    assert not same(run(seed=0), run(seed=1))


def test_with_only_truth_drawn_and_means_the_draws_converge_to_the_assessment() -> None:
    """Indicator scores are multilinear in independent claims, so with means all the way up and no
    correlation the mean over draws is the assessment's own score."""
    means = {"factor_aggregation": "mean", "crime_aggregation": "mean"}
    claims = [
        evidence(f"e{n}", indicators=c, severity=s, credibility=k, source=f"source-{x}")
        for n, (c, s, k, x) in enumerate(
            [("1.1", 4, 2, "b"), ("1.1", 2, 1, "c"), ("2.1", 3, 3, "b"), ("3.1", 4, 4, "d")]
        )
    ]
    case = case_of(*claims)
    ensemble = run_ensemble(
        case,
        THREE_FACTOR,
        draws=40_000,
        seed=3,
        vary=["truth"],
        uncertainty={"source_correlation": "none"},
        method=means,
    )
    error = 4 * ensemble.deviation("1") / np.sqrt(ensemble.draws)
    base = atrisk.assess(case, THREE_FACTOR, method=means)
    assert base.factors[-1, 0] > 0
    assert (np.abs(ensemble.mean("1") - base.factors[:, 0]) <= error + 1e-6).all()
    for code, scores in base.crimes.items():
        spread = 4 * ensemble.deviation(code) / np.sqrt(ensemble.draws)
        assert (np.abs(ensemble.mean(code) - scores) <= spread + 1e-6).all()


def test_claims_of_one_source_err_together_and_more_so_when_told_to() -> None:
    rows = [
        evidence(f"e{n}", indicators=c, credibility=3)
        for n, c in enumerate(["1.1", "1.2", "2.1", "2.2"])
    ]
    spread = {}
    for choice in ("none", "some"):
        variation = vary(
            case_of(*rows), THREE_FACTOR, ("truth",), uncertainty={"source_correlation": choice}
        )
        truth = variation.sample(np.random.default_rng(1), 20_000).truth
        spread[choice] = float(np.asarray(np.corrcoef(truth[:4]))[0, 1])
        assert np.abs(truth[:4].mean(axis=1) - variation.probability[0, :4]).max() < 0.02
    assert abs(spread["none"]) < 0.03
    assert spread["some"] > 0.2


def test_weights_are_drawn_around_a_set_of_one_s_own_while_other_branches_vary() -> None:
    codes = [*THREE_FACTOR.factors, *THREE_FACTOR.indicators]
    lopsided = dict.fromkeys(codes, 1.0) | {"1": 0.0}
    own = atrisk.WeightSet("own", lopsided, {})
    found = run(draws=2000, weights=own, vary=["weights", "branches"])
    assert found.base.method.weights is own
    # Of the two factors of an attack only the second counts.
    means = {"crime_aggregation": "mean"}
    attack = run(draws=2000, weights=own, vary=["weights"], method=means)
    assert np.abs(attack.mean("attack") - attack.mean("2")).max() < 1e-5
    assert run(draws=50, weights="equal").base.method.choices["weights"] == "equal"
    with pytest.raises(atrisk.RequestError, match="given twice"):
        run(draws=5, weights="equal", method={"weights": "equal"})


def test_what_is_not_varied_stays_as_the_assessment_has_it() -> None:
    held = run(draws=5, vary=["weights"], uncertainty={"weight_spread": "none"})
    base = held.base.overall
    assert held.deviation().max() < 1e-6
    assert np.abs(held.mean() - base).max() < 0.05  # dates at their middle day


def test_the_parts_of_an_ensemble_agree_with_its_draws() -> None:
    ensemble = run(draws=500)
    assert ensemble.band_probability.shape == (len(ensemble.months), 3)
    assert abs(sum(ensemble.first_alarm.values()) - 1) < 1e-12
    low, middle, high = ensemble.quantiles([0.05, 0.5, 0.95])
    assert (low <= middle).all()
    assert (middle <= high).all()
    began = np.cumsum(ensemble.tally.first[:-1]) / ensemble.draws
    assert (ensemble.alarm_probability <= began + 1e-12).all()


def test_standard_errors_are_how_far_other_draws_lie_off() -> None:
    runs = [run_ensemble(small(), un(), draws=400, seed=seed) for seed in range(40)]
    last = len(runs[0].months) - 1
    ways: list[tuple[Callable[[Ensemble], Any], Callable[[Ensemble], Any]]] = [
        (Ensemble.mean, Ensemble.mean_error),
        (lambda one: one.quantiles([0.5]), lambda one: one.quantile_errors([0.5])),
        (lambda one: one.quantiles([0.95]), lambda one: one.quantile_errors([0.95])),
        (lambda one: one.alarm_probability, lambda one: one.alarm_error),
    ]
    for tell, tell_error in ways:
        seen = np.std([tell(one) for one in runs], axis=0, ddof=1)
        said = np.mean([tell_error(one) for one in runs], axis=0)
        assert 0.7 < np.sqrt(np.mean(seen**2)) / np.sqrt(np.mean(said**2)) < 1.4
    row = runs[0].to_rows()[last]
    assert row["mean_error"] == runs[0].mean_error()[last]
    assert row["alarm_error"] == runs[0].alarm_error[last]
    assert row["q0.95_error"] == runs[0].quantile_errors()[-1, last]
    assert runs[0].alarm_error.min() > 0


def test_quantiles_are_exact_to_half_a_bin() -> None:
    scores = np.random.default_rng(2).random((3, 4, 997), dtype=np.float32)
    alarm = np.zeros((4, 997), dtype=bool)
    tally = count_draws(scores, scores[0], alarm, np.array([0.0, 0.5]))
    shares = np.array([0.0, 0.05, 0.5, 0.95, 1.0])
    expected = np.quantile(scores[1], shares, axis=1, method="inverted_cdf")
    assert np.abs(tally.quantiles(shares, 1) - expected).max() <= 0.5 / 1024 + 1e-6
    assert tally.bands.sum(axis=1).tolist() == [997] * 4


def test_unknown_is_not_zero_in_an_ensemble() -> None:
    case = case_of(evidence("late", known="2020-04"))
    rows = run_ensemble(case, THREE_FACTOR, draws=50, seed=1).to_rows()
    silent = [row for row in rows if row["month"] < "2020-04"]
    assert silent
    assert all(
        row["mean"] is None and row["alarm"] is None and row["band none"] is None for row in silent
    )
    assert rows[-1]["mean"] > 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 1, width=32), min_size=5, max_size=5), min_size=1, max_size=14),
    st.lists(st.floats(0, 10, width=32), min_size=14, max_size=14),
    st.sampled_from(THREE_FACTOR.branches["factor_aggregation"].options),
)
def test_rules_over_draws_are_the_rules_of_one(
    values: list[list[float]], weights: list[float], option: Any
) -> None:
    rule, many = option.arithmetic, np.array(values, dtype=np.float32)
    weight = np.array([1.0, *weights[1:]][: len(many)])
    counts = np.repeat((weight / weight.mean())[:, None], 5, axis=1).astype(np.float32)
    joined = rule.join_draws([value[None] for value in many], counts, len(many))
    assert np.abs(joined[0] - rule.join(many.T.astype(float), weight)).max() < 2e-6


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0.25, 0.5, 0.625, 0.75]), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_alarms_over_draws_are_the_alarms_of_one(
    scores: list[float], needed: int, more: int, cool_down: int
) -> None:
    policy = {
        "on": 0.625,
        "off": 0.5,
        "needed": needed,
        "watched": needed + more,
        "cool_down": cool_down,
    }
    series = np.array(scores)
    alarm = watch_draws(series[:, None].astype(np.float32), **policy)[:, 0]  # type: ignore[arg-type] # on purpose
    expected = np.zeros(len(series), dtype=bool)
    for first, end in find_alarms(series, **policy):  # type: ignore[arg-type] # on purpose
        expected[first:end] = True
    assert alarm.tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"draws": 0}, "is too few"),
        ({"draws": -3}, "1 or more"),
        ({"draws": 2.5}, "whole number"),
        ({"seed": -1}, "is not a seed"),
        ({"seed": None}, "is not a seed"),
        ({"seed": True}, "is not a seed"),
        ({"vary": []}, "nothing is to vary"),
        ({"vary": ["wieghts"]}, "Did you mean 'weights'"),
        ({"uncertainty": {"weight_spred": "any"}}, "Did you mean 'weight_spread'"),
        ({"uncertainty": {"weight_spread": "huge"}}, "Known: none, any"),
        ({"method": {"grade": "nothing"}}, "no option of the branch 'grade'"),
        ({"policy": "nope"}, "no alarm policy"),
        ({"runner": atrisk.Runner(workers=0)}, "is not a number of workers"),
        ({"audience": "press"}, "no audience"),
        ({"knowledge": "2019-01"}, "before"),
    ],
)
def test_an_ensemble_of_nothing_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        run_ensemble(MINI, THREE_FACTOR, **({"draws": 5, "seed": 1} | given))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda e: e.quantiles([]), "no quantiles"),
        (lambda e: e.quantiles([1.5]), "from 0 to 1"),
        (lambda e: e.quantiles(of="99"), "no score of an ensemble"),
        (lambda e: e.to_rows("indicator"), "no level"),
    ],
)
def test_a_question_that_an_ensemble_cannot_answer_is_refused(ask: Any, words: str) -> None:
    with pytest.raises(atrisk.AtriskError, match=words):
        ask(run(draws=5))


def test_a_framework_without_spreads_says_what_to_add(tmp_path: Any) -> None:
    import shutil

    folder = tmp_path / "bare"
    shutil.copytree(str(THREE_FACTOR.folder._root), folder)
    (folder / "uncertainty.toml").unlink()
    with pytest.raises(atrisk.DataError, match="copy that of un-foa-2014"):
        run_ensemble(MINI, atrisk.load_framework(folder), draws=5, seed=1)

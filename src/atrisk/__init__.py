"""Early-warning risk assessment from document evidence.

    >>> import atrisk
    >>> case = atrisk.load_case("car-2012-2015")
    >>> framework = atrisk.load_framework("un-foa-2014")
    >>> assessment = atrisk.assess(case, framework)
    >>> assessment.months[0], assessment.months[-1]
    ('2012-01', '2015-12')

A score is the expected severity of what was on record by then, from 0 to 1. It is not a
probability of genocide, not a forecast, and not a statement about causes.
"""

import typing as _typing
from importlib import import_module as _import_module

from atrisk.assessment import Assessment, assess
from atrisk.case import Case, list_cases, load_case
from atrisk.comparison import compare_scores
from atrisk.errors import (
    AtriskError,
    DataError,
    MissingExtraError,
    Problem,
    RequestError,
    UnknownNameError,
)
from atrisk.evidence import Evidence, Source
from atrisk.framework import Framework
from atrisk.ledger import Delivery, EarlyWarning, Response
from atrisk.loading import list_frameworks, load_framework
from atrisk.method import (
    AggregationOption,
    AlarmOption,
    Method,
    NotAssessedOption,
    PersistenceOption,
    RuleOption,
    SurgeOption,
    TriggerOption,
    WeightSet,
)

if _typing.TYPE_CHECKING:
    from atrisk import exchange as exchange
    from atrisk.agreement import Agreement, draw_coders, measure_agreement
    from atrisk.anchors import check_anchors
    from atrisk.brief import Brief, prepare_brief
    from atrisk.crosswalk import Crosswalk, cross_case, load_crosswalk
    from atrisk.documents import Document, read_document
    from atrisk.drawing import run_ensemble, run_ensembles
    from atrisk.ensemble import Ensemble
    from atrisk.figures.album import Plate, draw_figure, list_plates, write_figures
    from atrisk.flags import Flag, Flags, raise_flags
    from atrisk.flips import Flip, WeightFlip, flip_evidence, flip_weights
    from atrisk.gap import Gap, compare_rules, measure_gap
    from atrisk.lints import Lint, list_lints
    from atrisk.matching import Lag
    from atrisk.recall import Recall, measure_recall
    from atrisk.report.page import write_report
    from atrisk.scale import assess_many
    from atrisk.scenarios import Outcome, Scenario, list_scenarios, load_scenario, run_scenarios
    from atrisk.schemas import describe_package, describe_schema
    from atrisk.sensitivity import Sensitivity, analyse_sensitivity
    from atrisk.suggestions import Suggestions, suggest_indicators
    from atrisk.template import create_case
    from atrisk.tree import MethodTree, explore_methods
    from atrisk.weighting import (
        WeightBounds,
        WeightDraws,
        bound_weights,
        describe_weights,
        draw_weights,
    )

__all__ = [
    "AggregationOption",
    "Agreement",
    "AlarmOption",
    "Assessment",
    "AtriskError",
    "Brief",
    "Case",
    "Crosswalk",
    "DataError",
    "Delivery",
    "Document",
    "EarlyWarning",
    "Ensemble",
    "Evidence",
    "Flag",
    "Flags",
    "Flip",
    "Framework",
    "Gap",
    "Lag",
    "Lint",
    "Method",
    "MethodTree",
    "MissingExtraError",
    "NotAssessedOption",
    "Outcome",
    "PersistenceOption",
    "Plate",
    "Problem",
    "Recall",
    "RequestError",
    "Response",
    "RuleOption",
    "Scenario",
    "Sensitivity",
    "Source",
    "Suggestions",
    "SurgeOption",
    "TriggerOption",
    "UnknownNameError",
    "WeightBounds",
    "WeightDraws",
    "WeightFlip",
    "WeightSet",
    "analyse_sensitivity",
    "assess",
    "assess_many",
    "bound_weights",
    "check_anchors",
    "compare_rules",
    "compare_scores",
    "create_case",
    "cross_case",
    "describe_package",
    "describe_schema",
    "describe_weights",
    "draw_coders",
    "draw_figure",
    "draw_weights",
    "explore_methods",
    "flip_evidence",
    "flip_weights",
    "list_cases",
    "list_frameworks",
    "list_lints",
    "list_plates",
    "list_scenarios",
    "load_case",
    "load_crosswalk",
    "load_framework",
    "load_scenario",
    "measure_agreement",
    "measure_gap",
    "measure_recall",
    "prepare_brief",
    "raise_flags",
    "read_document",
    "run_ensemble",
    "run_ensembles",
    "run_scenarios",
    "suggest_indicators",
    "write_figures",
    "write_report",
]

__version__ = "0.1.0"

# Loaded when first asked for: a run that only scores needs none of them (docs/performance.md).
_LATER = {
    "Agreement": "atrisk.agreement",
    "draw_coders": "atrisk.agreement",
    "measure_agreement": "atrisk.agreement",
    "check_anchors": "atrisk.anchors",
    "Brief": "atrisk.brief",
    "prepare_brief": "atrisk.brief",
    "Crosswalk": "atrisk.crosswalk",
    "cross_case": "atrisk.crosswalk",
    "load_crosswalk": "atrisk.crosswalk",
    "Document": "atrisk.documents",
    "read_document": "atrisk.documents",
    "run_ensemble": "atrisk.drawing",
    "run_ensembles": "atrisk.drawing",
    "Ensemble": "atrisk.ensemble",
    "Plate": "atrisk.figures.album",
    "draw_figure": "atrisk.figures.album",
    "list_plates": "atrisk.figures.album",
    "write_figures": "atrisk.figures.album",
    "Flag": "atrisk.flags",
    "Flags": "atrisk.flags",
    "raise_flags": "atrisk.flags",
    "Flip": "atrisk.flips",
    "WeightFlip": "atrisk.flips",
    "flip_evidence": "atrisk.flips",
    "flip_weights": "atrisk.flips",
    "Gap": "atrisk.gap",
    "compare_rules": "atrisk.gap",
    "measure_gap": "atrisk.gap",
    "Lint": "atrisk.lints",
    "list_lints": "atrisk.lints",
    "Lag": "atrisk.matching",
    "Recall": "atrisk.recall",
    "measure_recall": "atrisk.recall",
    "write_report": "atrisk.report.page",
    "assess_many": "atrisk.scale",
    "Outcome": "atrisk.scenarios",
    "Scenario": "atrisk.scenarios",
    "list_scenarios": "atrisk.scenarios",
    "load_scenario": "atrisk.scenarios",
    "run_scenarios": "atrisk.scenarios",
    "describe_package": "atrisk.schemas",
    "describe_schema": "atrisk.schemas",
    "Sensitivity": "atrisk.sensitivity",
    "analyse_sensitivity": "atrisk.sensitivity",
    "Suggestions": "atrisk.suggestions",
    "suggest_indicators": "atrisk.suggestions",
    "create_case": "atrisk.template",
    "MethodTree": "atrisk.tree",
    "explore_methods": "atrisk.tree",
    "WeightBounds": "atrisk.weighting",
    "WeightDraws": "atrisk.weighting",
    "bound_weights": "atrisk.weighting",
    "describe_weights": "atrisk.weighting",
    "draw_weights": "atrisk.weighting",
}


def __getattr__(name: str) -> object:
    if name == "exchange":  # a namespace of its own, loaded when first asked for
        return _import_module("atrisk.exchange")
    if name not in _LATER:
        raise AttributeError(f"module 'atrisk' has no attribute {name!r}")
    value = getattr(_import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

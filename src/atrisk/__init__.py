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

from atrisk.base.errors import (
    AtriskError,
    DataError,
    MissingExtraError,
    Problem,
    RequestError,
    UnknownNameError,
)
from atrisk.base.version import __version__ as __version__
from atrisk.cases.case import Case, list_cases, load_case
from atrisk.cases.evidence import Evidence, Source
from atrisk.cases.ledger import Delivery, EarlyWarning, Response
from atrisk.frameworks.branches import (
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
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework
from atrisk.scoring.assessment import Assessment, assess
from atrisk.scoring.comparison import compare_scores

if _typing.TYPE_CHECKING:
    from atrisk import exchange as exchange
    from atrisk.cases.crosswalk import Crosswalk, cross_case, load_crosswalk
    from atrisk.cases.scenario import Scenario, list_scenarios, load_scenario
    from atrisk.coding.anchors import check_anchors
    from atrisk.coding.documents import Document, read_document
    from atrisk.coding.lints import Lint, list_lints
    from atrisk.coding.recall import Recall, measure_recall
    from atrisk.coding.schemas import describe_package, describe_schema
    from atrisk.coding.suggestions import Suggestions, suggest_indicators
    from atrisk.coding.template import create_case
    from atrisk.ensemble.draws import run_ensemble, run_ensembles
    from atrisk.ensemble.ensemble import Ensemble
    from atrisk.ensemble.many import assess_many
    from atrisk.gap.gap import Gap, compare_rules, measure_gap
    from atrisk.gap.matching import Lag
    from atrisk.report.brief import Brief, prepare_brief
    from atrisk.report.figures.album import Plate, draw_figure, list_plates, write_figures
    from atrisk.report.page import write_report
    from atrisk.scoring.flags import Flag, Flags, raise_flags
    from atrisk.studies.agreement import Agreement, draw_coders, measure_agreement
    from atrisk.studies.flips import Flip, WeightFlip, flip_evidence, flip_weights
    from atrisk.studies.methods import MethodTree, explore_methods
    from atrisk.studies.scenarios import Outcome, run_scenarios
    from atrisk.studies.sensitivity import Sensitivity, analyse_sensitivity
    from atrisk.studies.weights import (
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

# Loaded when first asked for: a run that only scores needs none of them (docs/performance.md).
_LATER = {
    "Agreement": "atrisk.studies.agreement",
    "draw_coders": "atrisk.studies.agreement",
    "measure_agreement": "atrisk.studies.agreement",
    "check_anchors": "atrisk.coding.anchors",
    "Brief": "atrisk.report.brief",
    "prepare_brief": "atrisk.report.brief",
    "Crosswalk": "atrisk.cases.crosswalk",
    "cross_case": "atrisk.cases.crosswalk",
    "load_crosswalk": "atrisk.cases.crosswalk",
    "Document": "atrisk.coding.documents",
    "read_document": "atrisk.coding.documents",
    "run_ensemble": "atrisk.ensemble.draws",
    "run_ensembles": "atrisk.ensemble.draws",
    "Ensemble": "atrisk.ensemble.ensemble",
    "Plate": "atrisk.report.figures.album",
    "draw_figure": "atrisk.report.figures.album",
    "list_plates": "atrisk.report.figures.album",
    "write_figures": "atrisk.report.figures.album",
    "Flag": "atrisk.scoring.flags",
    "Flags": "atrisk.scoring.flags",
    "raise_flags": "atrisk.scoring.flags",
    "Flip": "atrisk.studies.flips",
    "WeightFlip": "atrisk.studies.flips",
    "flip_evidence": "atrisk.studies.flips",
    "flip_weights": "atrisk.studies.flips",
    "Gap": "atrisk.gap.gap",
    "compare_rules": "atrisk.gap.gap",
    "measure_gap": "atrisk.gap.gap",
    "Lint": "atrisk.coding.lints",
    "list_lints": "atrisk.coding.lints",
    "Lag": "atrisk.gap.matching",
    "Recall": "atrisk.coding.recall",
    "measure_recall": "atrisk.coding.recall",
    "write_report": "atrisk.report.page",
    "assess_many": "atrisk.ensemble.many",
    "Outcome": "atrisk.studies.scenarios",
    "Scenario": "atrisk.studies.scenarios",
    "list_scenarios": "atrisk.studies.scenarios",
    "load_scenario": "atrisk.studies.scenarios",
    "run_scenarios": "atrisk.studies.scenarios",
    "describe_package": "atrisk.coding.schemas",
    "describe_schema": "atrisk.coding.schemas",
    "Sensitivity": "atrisk.studies.sensitivity",
    "analyse_sensitivity": "atrisk.studies.sensitivity",
    "Suggestions": "atrisk.coding.suggestions",
    "suggest_indicators": "atrisk.coding.suggestions",
    "create_case": "atrisk.coding.template",
    "MethodTree": "atrisk.studies.methods",
    "explore_methods": "atrisk.studies.methods",
    "WeightBounds": "atrisk.studies.weights",
    "WeightDraws": "atrisk.studies.weights",
    "bound_weights": "atrisk.studies.weights",
    "describe_weights": "atrisk.studies.weights",
    "draw_weights": "atrisk.studies.weights",
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

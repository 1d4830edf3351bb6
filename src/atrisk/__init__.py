"""Early-warning risk assessment from document evidence.

    >>> import atrisk
    >>> case = atrisk.load_case("car-2012-2015")
    >>> framework = atrisk.load_framework("un-foa-2014")
    >>> assessment = atrisk.assess(case, framework)
    >>> assessment.months[0], assessment.months[-1]
    ('2012-01', '2015-12')

A score is how grave the situation was, as far as the record by then tells, 0 to 1. It is not a
probability of genocide, not a forecast, and not a statement about causes.
"""

import typing as _typing
from importlib import import_module as _import_module

from atrisk.base.version import __version__ as __version__

# Every public name by its room: loaded when first asked for, since a run that only scores needs few
# of them (docs/performance.md). docs/api.md and the block below are held against it by a test.
_ROOMS = {
    "base.errors": "AtriskError DataError MissingExtraError Problem RequestError UnknownNameError",
    "kernel.rules": "Rule",
    "frameworks.framework": "Framework",
    "frameworks.loading": "list_frameworks load_framework",
    "frameworks.method": "Method WeightSet",
    "frameworks.options": "AggregationOption AlarmOption NotAssessedOption PersistenceOption "
    "RuleOption SurgeOption TriggerOption",
    "cases.evidence": "Evidence Search Source",
    "cases.ledger": "Action Activation Delivery EarlyWarning Need Response",
    "cases.case": "Case",
    "cases.loading": "list_cases load_case",
    "cases.beside": "Judgement Lookup OutcomeFigure RivalFigure load_judgements load_lookups "
    "load_outcomes load_rivals",
    "cases.scenario": "Changes Scenario list_scenarios load_scenario",
    "cases.crosswalk": "Crosswalk cross_case load_crosswalk",
    "events.counts": "EventTable",
    "events.reading": "read_events",
    "events.derive": "add_events split_events",
    "scoring.view": "View",
    "scoring.assessment": "Assessment",
    "scoring.run": "Rescored assess rescore",
    "scoring.news": "split_changes",
    "scoring.comparison": "compare_scores",
    "scoring.flags": "Flag Flags raise_flags",
    "gap.matching": "Lag",
    "gap.gap": "Gap compare_rules measure_gap",
    "gap.actions": "Actions measure_actions",
    "ensemble.runner": "Runner",
    "ensemble.ensemble": "Ensemble",
    "ensemble.run": "run_ensemble run_ensemble_many",
    "ensemble.store": "store_ensembles",
    "ensemble.apart": "Doubt split_doubt",
    "ensemble.many": "assess_many",
    "studies.methods": "MethodTree explore_methods",
    "studies.weights": "WeightBounds WeightDraws bound_weights describe_weights sample_weights",
    "studies.scenarios": "Outcome run_scenarios",
    "studies.flips": "Flip WeightFlip flip_evidence flip_weights",
    "studies.sensitivity": "Sensitivity analyse_sensitivity",
    "studies.agreement": "Agreement measure_agreement run_coders",
    "studies.reading": "EqualEffort Reading compare_cases measure_reading",
    "studies.backtest": "Backtest backtest_alarms",
    "studies.judging": "Judging compare_judgements",
    "verification.verify": "Verification verify",
    "verification.with_events": "EventShare compare_events",
    "verification.panel": "Panel score_panel",
    "documents.dates": "name_dates",
    "documents.passages": "Document read_document",
    "documents.collection": "Collection read_documents",
    "coding.template": "create_case",
    "coding.blind": "export_blind merge_coding",
    "coding.schemas": "describe_package describe_schema",
    "coding.lints": "Lint list_lints",
    "coding.suggestions": "Suggester Suggestions suggest_indicators",
    "coding.listing": "Added Digests add_sources fill_digests",
    "coding.drafting": "Draft draft_evidence",
    "coding.recall": "Recall measure_recall",
    "coding.anchors": "check_anchors",
    "report.changes": "MonthChange compare_months",
    "report.briefing.sections": "Briefing",
    "report.briefing.content": "prepare_briefing",
    "report.briefing.writers": "write_briefing",
    "report.copies": "CopyChange compare_copies load_copy",
    "report.brief": "Brief prepare_brief",
    "report.figures.album": "list_figures plot_figure write_figures",
    "report.figures.figure": "Figure",
    "report.page": "write_report",
    "report.board": "Board prepare_board write_board",
}
_PLACES = {name: room for room, names in _ROOMS.items() for name in names.split()}
__all__ = sorted(_PLACES)  # noqa: PLE0605 - from the one list

if _typing.TYPE_CHECKING:
    from atrisk import exchange as exchange
    from atrisk.base.errors import AtriskError as AtriskError
    from atrisk.base.errors import DataError as DataError
    from atrisk.base.errors import MissingExtraError as MissingExtraError
    from atrisk.base.errors import Problem as Problem
    from atrisk.base.errors import RequestError as RequestError
    from atrisk.base.errors import UnknownNameError as UnknownNameError
    from atrisk.cases.beside import Judgement as Judgement
    from atrisk.cases.beside import Lookup as Lookup
    from atrisk.cases.beside import OutcomeFigure as OutcomeFigure
    from atrisk.cases.beside import RivalFigure as RivalFigure
    from atrisk.cases.beside import load_judgements as load_judgements
    from atrisk.cases.beside import load_lookups as load_lookups
    from atrisk.cases.beside import load_outcomes as load_outcomes
    from atrisk.cases.beside import load_rivals as load_rivals
    from atrisk.cases.case import Case as Case
    from atrisk.cases.crosswalk import Crosswalk as Crosswalk
    from atrisk.cases.crosswalk import cross_case as cross_case
    from atrisk.cases.crosswalk import load_crosswalk as load_crosswalk
    from atrisk.cases.evidence import Evidence as Evidence
    from atrisk.cases.evidence import Search as Search
    from atrisk.cases.evidence import Source as Source
    from atrisk.cases.ledger import Action as Action
    from atrisk.cases.ledger import Activation as Activation
    from atrisk.cases.ledger import Delivery as Delivery
    from atrisk.cases.ledger import EarlyWarning as EarlyWarning
    from atrisk.cases.ledger import Need as Need
    from atrisk.cases.ledger import Response as Response
    from atrisk.cases.loading import list_cases as list_cases
    from atrisk.cases.loading import load_case as load_case
    from atrisk.cases.scenario import Changes as Changes
    from atrisk.cases.scenario import Scenario as Scenario
    from atrisk.cases.scenario import list_scenarios as list_scenarios
    from atrisk.cases.scenario import load_scenario as load_scenario
    from atrisk.coding.anchors import check_anchors as check_anchors
    from atrisk.coding.blind import export_blind as export_blind
    from atrisk.coding.blind import merge_coding as merge_coding
    from atrisk.coding.drafting import Draft as Draft
    from atrisk.coding.drafting import draft_evidence as draft_evidence
    from atrisk.coding.lints import Lint as Lint
    from atrisk.coding.lints import list_lints as list_lints
    from atrisk.coding.listing import Added as Added
    from atrisk.coding.listing import Digests as Digests
    from atrisk.coding.listing import add_sources as add_sources
    from atrisk.coding.listing import fill_digests as fill_digests
    from atrisk.coding.recall import Recall as Recall
    from atrisk.coding.recall import measure_recall as measure_recall
    from atrisk.coding.schemas import describe_package as describe_package
    from atrisk.coding.schemas import describe_schema as describe_schema
    from atrisk.coding.suggestions import Suggester as Suggester
    from atrisk.coding.suggestions import Suggestions as Suggestions
    from atrisk.coding.suggestions import suggest_indicators as suggest_indicators
    from atrisk.coding.template import create_case as create_case
    from atrisk.documents.collection import Collection as Collection
    from atrisk.documents.collection import read_documents as read_documents
    from atrisk.documents.dates import name_dates as name_dates
    from atrisk.documents.passages import Document as Document
    from atrisk.documents.passages import read_document as read_document
    from atrisk.ensemble.apart import Doubt as Doubt
    from atrisk.ensemble.apart import split_doubt as split_doubt
    from atrisk.ensemble.ensemble import Ensemble as Ensemble
    from atrisk.ensemble.many import assess_many as assess_many
    from atrisk.ensemble.run import run_ensemble as run_ensemble
    from atrisk.ensemble.run import run_ensemble_many as run_ensemble_many
    from atrisk.ensemble.runner import Runner as Runner
    from atrisk.ensemble.store import store_ensembles as store_ensembles
    from atrisk.events.counts import EventTable as EventTable
    from atrisk.events.derive import add_events as add_events
    from atrisk.events.derive import split_events as split_events
    from atrisk.events.reading import read_events as read_events
    from atrisk.frameworks.framework import Framework as Framework
    from atrisk.frameworks.loading import list_frameworks as list_frameworks
    from atrisk.frameworks.loading import load_framework as load_framework
    from atrisk.frameworks.method import Method as Method
    from atrisk.frameworks.method import WeightSet as WeightSet
    from atrisk.frameworks.options import AggregationOption as AggregationOption
    from atrisk.frameworks.options import AlarmOption as AlarmOption
    from atrisk.frameworks.options import NotAssessedOption as NotAssessedOption
    from atrisk.frameworks.options import PersistenceOption as PersistenceOption
    from atrisk.frameworks.options import RuleOption as RuleOption
    from atrisk.frameworks.options import SurgeOption as SurgeOption
    from atrisk.frameworks.options import TriggerOption as TriggerOption
    from atrisk.gap.actions import Actions as Actions
    from atrisk.gap.actions import measure_actions as measure_actions
    from atrisk.gap.gap import Gap as Gap
    from atrisk.gap.gap import compare_rules as compare_rules
    from atrisk.gap.gap import measure_gap as measure_gap
    from atrisk.gap.matching import Lag as Lag
    from atrisk.kernel.rules import Rule as Rule
    from atrisk.report.board import Board as Board
    from atrisk.report.board import prepare_board as prepare_board
    from atrisk.report.board import write_board as write_board
    from atrisk.report.brief import Brief as Brief
    from atrisk.report.brief import prepare_brief as prepare_brief
    from atrisk.report.briefing.content import prepare_briefing as prepare_briefing
    from atrisk.report.briefing.sections import Briefing as Briefing
    from atrisk.report.briefing.writers import write_briefing as write_briefing
    from atrisk.report.changes import MonthChange as MonthChange
    from atrisk.report.changes import compare_months as compare_months
    from atrisk.report.copies import CopyChange as CopyChange
    from atrisk.report.copies import compare_copies as compare_copies
    from atrisk.report.copies import load_copy as load_copy
    from atrisk.report.figures.album import list_figures as list_figures
    from atrisk.report.figures.album import plot_figure as plot_figure
    from atrisk.report.figures.album import write_figures as write_figures
    from atrisk.report.figures.figure import Figure as Figure
    from atrisk.report.page import write_report as write_report
    from atrisk.scoring.assessment import Assessment as Assessment
    from atrisk.scoring.comparison import compare_scores as compare_scores
    from atrisk.scoring.flags import Flag as Flag
    from atrisk.scoring.flags import Flags as Flags
    from atrisk.scoring.flags import raise_flags as raise_flags
    from atrisk.scoring.news import split_changes as split_changes
    from atrisk.scoring.run import Rescored as Rescored
    from atrisk.scoring.run import assess as assess
    from atrisk.scoring.run import rescore as rescore
    from atrisk.scoring.view import View as View
    from atrisk.studies.agreement import Agreement as Agreement
    from atrisk.studies.agreement import measure_agreement as measure_agreement
    from atrisk.studies.agreement import run_coders as run_coders
    from atrisk.studies.backtest import Backtest as Backtest
    from atrisk.studies.backtest import backtest_alarms as backtest_alarms
    from atrisk.studies.flips import Flip as Flip
    from atrisk.studies.flips import WeightFlip as WeightFlip
    from atrisk.studies.flips import flip_evidence as flip_evidence
    from atrisk.studies.flips import flip_weights as flip_weights
    from atrisk.studies.judging import Judging as Judging
    from atrisk.studies.judging import compare_judgements as compare_judgements
    from atrisk.studies.methods import MethodTree as MethodTree
    from atrisk.studies.methods import explore_methods as explore_methods
    from atrisk.studies.reading import EqualEffort as EqualEffort
    from atrisk.studies.reading import Reading as Reading
    from atrisk.studies.reading import compare_cases as compare_cases
    from atrisk.studies.reading import measure_reading as measure_reading
    from atrisk.studies.scenarios import Outcome as Outcome
    from atrisk.studies.scenarios import run_scenarios as run_scenarios
    from atrisk.studies.sensitivity import Sensitivity as Sensitivity
    from atrisk.studies.sensitivity import analyse_sensitivity as analyse_sensitivity
    from atrisk.studies.weights import WeightBounds as WeightBounds
    from atrisk.studies.weights import WeightDraws as WeightDraws
    from atrisk.studies.weights import bound_weights as bound_weights
    from atrisk.studies.weights import describe_weights as describe_weights
    from atrisk.studies.weights import sample_weights as sample_weights
    from atrisk.verification.panel import Panel as Panel
    from atrisk.verification.panel import score_panel as score_panel
    from atrisk.verification.verify import Verification as Verification
    from atrisk.verification.verify import verify as verify
    from atrisk.verification.with_events import EventShare as EventShare
    from atrisk.verification.with_events import compare_events as compare_events


def __getattr__(name: str) -> object:
    if name == "exchange":  # a namespace of its own
        return _import_module("atrisk.exchange")
    if name not in _PLACES:
        raise AttributeError(f"module 'atrisk' has no attribute {name!r}")
    value = getattr(_import_module(f"atrisk.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "exchange"})

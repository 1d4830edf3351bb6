"""Frameworks: what to look for, the scales to judge it on, and the judgements of the method.

A framework is a folder of data: ``framework.toml``, two tables of factors and indicators, weight
sets and grade tables. Nothing here scores anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from atrisk.base.cells import Record, Text, digest_parts
from atrisk.base.errors import RequestError, UnknownNameError, require, shorten
from atrisk.base.folders import Folder
from atrisk.base.output import tell_count
from atrisk.frameworks.branches import (
    OPTIONS,
    Branch,
    GradeRow,
    ResponseLevelRow,
    follow_family,
)
from atrisk.frameworks.header import Band, Code, Crime, FrameworkHeader
from atrisk.frameworks.limits import MOST, is_weight
from atrisk.frameworks.method import Method, WeightSet
from atrisk.frameworks.options import ALARM, AggregationOption, AlarmOption, RuleOption
from atrisk.kernel.rules import Rule

HEADER = "framework.toml"
UNCERTAINTY = "uncertainty.toml"
SET = "set"  # what names a set among choices by branch
SCALE = "factor_aggregation"  # the branch whose family the others follow
Nature = Literal["structural", "dynamic", "trigger"]


class RiskFactor(Record):
    """One risk factor of a framework."""

    code: Code
    title: Text
    scope: Text
    gloss: Text


class Indicator(Record):
    """One indicator of a risk factor."""

    factor: Code
    code: Code
    label: Text
    gloss: Text
    nature: Annotated[Nature, Field(description="structural, dynamic or trigger")]
    verified: Annotated[
        Literal["yes", "recalled"], Field(description="yes, or recalled (number and order doubted)")
    ]


@dataclass(frozen=True, eq=False)
class Framework:
    """A framework: factors, indicators, scales, and the judgements of the method.

    Attributes:
        header: everything in ``framework.toml``.
        factors: risk factors by code, in order.
        indicators: indicators by code, in order.
        weight_sets: weight sets by id.
        grades: grade tables by the id of their option.
        response_levels: response level tables by the id of their option.
        folder: where it was read from.
    """

    header: FrameworkHeader
    factors: Mapping[str, RiskFactor]
    indicators: Mapping[str, Indicator]
    weight_sets: Mapping[str, WeightSet]
    grades: Mapping[str, Mapping[str, GradeRow]]
    response_levels: Mapping[str, Mapping[str, ResponseLevelRow]]
    folder: Folder

    @property
    def id(self) -> str:
        """The framework's id."""
        return self.header.id

    @cached_property
    def crimes(self) -> Mapping[str, Crime]:
        """The crimes that it assesses, by code, in order."""
        return {crime.code: crime for crime in self.header.crimes}

    @cached_property
    def branches(self) -> Mapping[str, Branch]:
        """Every judgement of the method, by name."""
        return {name: getattr(self.header.branches, name) for name in OPTIONS}

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """What an early action may wait for: the alarm, and every tier of an alarm policy."""
        policies = [one for one in self.branches["alarm"].options if isinstance(one, AlarmOption)]
        named = (name for policy in policies for name in policy.watches)
        return tuple(dict.fromkeys([ALARM, *named]))

    @property
    def rules(self) -> tuple[RuleOption, ...]:
        """What may count as an answer to a warning."""
        options: Any = self.branches["rule"].options
        return tuple(options)

    @cached_property
    def uncertainty(self) -> Any:
        """How far things may be off: the content of ``uncertainty.toml``, read when asked for.

        Raises:
            DataError: the file is missing or has faults.
        """
        from atrisk.frameworks.uncertainty import read_uncertainty  # few runs draw

        return read_uncertainty(self.folder)

    @property
    def can_draw(self) -> bool:
        """Whether it says how far things may be off."""
        return self.folder.has(UNCERTAINTY)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the framework holds, wherever it was read from."""
        tables = (
            self.factors,
            self.indicators,
            self.weight_sets,
            self.grades,
            self.response_levels,
        )
        return digest_parts(self.header, *tables, self.uncertainty if self.can_draw else None)

    @cached_property
    def members(self) -> Mapping[str, tuple[int, ...]]:
        """Positions of each factor's indicators among ``indicators``."""
        positions = {code: place for place, code in enumerate(self.indicators)}
        return {
            factor: tuple(positions[i.code] for i in self.indicators.values() if i.factor == factor)
            for factor in self.factors
        }

    def columns(self, codes: Iterable[str]) -> list[int]:
        """Return the places of some factors among ``factors``."""
        places = {code: place for place, code in enumerate(self.factors)}
        return [places[code] for code in codes]

    @property
    def top_severity(self) -> int:
        """The highest level of the severity scale."""
        return self.header.severity[-1].value

    def band(self, score: float, method: Method) -> Band:
        """Return the band that a method's score falls in; a boundary belongs to the upper band."""
        reached = sum(score >= lower for lower in method.bands.lowers)
        return self.header.bands[reached - 1]

    def spell_out(self, choices: str | Mapping[str, Any] | None) -> dict[str, Any]:
        """Return choices by branch; those of a set, if one is named, under what is said besides.

        Args:
            choices: id of a set, or by branch the id of an option or one of your own; ``"set"``
                beside branches names a set too.

        Raises:
            UnknownNameError: no such set or branch.
        """
        given = {SET: choices} if isinstance(choices, str) else dict(choices or {})
        wanted = given.pop(SET, None)
        sets = {one.id: one.choices for one in self.header.sets}
        if wanted is not None and wanted not in sets:
            raise UnknownNameError("method set (or BRANCH=OPTION)", str(wanted), sets)
        for name in given:
            if name not in OPTIONS:
                raise UnknownNameError("method branch", name, (SET, *OPTIONS))
        return {**(sets[wanted] if wanted is not None else {}), **given}

    def choose(
        self, choices: str | Mapping[str, Any] | None = None, around: Method | None = None
    ) -> Method:
        """Return a method: the defaults, or another one, with some branches chosen otherwise.

        Args:
            choices: id of a set, or by branch the id of an option or one of your own.
            around: the method whose other branches stay as they are; None for the defaults, of the
                family of ``factor_aggregation``, so that bands and alarms are of its scale.

        Raises:
            UnknownNameError: no such set or branch, or no such option of it.
            RequestError: an option of your own that is of another branch.

        Examples:
            >>> from atrisk.frameworks.loading import load_framework
            >>> load_framework("un-foa-2014").choose({"weights": "equal"}).choices["weights"]
            'equal'
        """
        told = self.spell_out(choices)
        wanted = told if around else dict.fromkeys(OPTIONS) | told
        own = wanted.get("weights")
        if isinstance(own, WeightSet | Mapping):
            base = around.weights if around else self._settle("weights", None)[1]
            wanted["weights"] = self._weigh(own, base)
        if not around:
            family = self._settle(SCALE, wanted[SCALE])[1].scale_family
            named = choices if isinstance(choices, Mapping) else ()
            wanted = follow_family(self.branches, family, wanted, named)
        settled = {name: self._settle(name, one) for name, one in wanted.items()}
        ids = {name: one for name, (one, _) in settled.items()}
        parts = {name: part for name, (_, part) in settled.items()}
        if around:
            return replace(around, choices={**around.choices, **ids}, **parts)
        return Method(choices=ids, **parts)

    def settle(
        self,
        method: Method | str | Mapping[str, Any] | None,
        weights: str | WeightSet | Mapping[str, float] | None = None,
    ) -> Method:
        """Return a method from a method or some choices, and weights.

        Args:
            method: a ``Method``, the id of a set, or options by branch.
            weights: id of a weight set, one of your own, or weights by code, which replace those
                of the method's set.

        Raises:
            UnknownNameError: no such branch, option, weight set, factor or indicator.
            RequestError: weights are given twice, or one's own lack a code or are no weights.
        """
        if method is not None and not isinstance(method, Method | str):
            require(method, Mapping, "write options by branch, such as {'persistence': 'long'}")
        chosen = method if isinstance(method, Method) else self.choose(method)
        if weights is None:
            return chosen
        if isinstance(method, Mapping) and "weights" in method:
            raise RequestError("weights are given twice; give weights or method['weights']")
        return self.choose({"weights": weights}, chosen)

    def _weigh(self, weights: WeightSet | Mapping[str, float], base: WeightSet) -> WeightSet:
        """Return weights of one's own, checked; those by code replace those of another set."""
        codes = (*self.factors, *self.indicators)
        given = weights.weights if isinstance(weights, WeightSet) else weights
        for code, weight in given.items():
            if code not in codes:
                raise UnknownNameError("factor or indicator", str(code), codes)
            if not is_weight(weight):
                raise RequestError(
                    f"the weight of {code} is {weight!r}; give a number, 0 or more, up to {MOST:,}"
                )
        missing = [code for code in codes if code not in given]
        if isinstance(weights, WeightSet):
            if missing:
                raise RequestError(f"the weight set {weights.id!r} has no weight for {missing[0]}")
            return weights
        told = base.id + " with " + ", ".join(f"{code}={one:g}" for code, one in given.items())
        return WeightSet(told, {**base.weights, **given}, base.rationales)

    def _settle(self, branch: str, choice: object) -> tuple[str, Any]:
        """Return the id of an option and what it stands for: itself, or its table."""
        tables = self.tables.get(branch)
        kind = WeightSet if branch == "weights" else None if tables else OPTIONS[branch]
        if isinstance(choice, Rule) and kind is AggregationOption:
            choice = AggregationOption.of(choice)
        if kind is not None and isinstance(choice, kind):
            return str(choice.id), choice
        if choice is not None and not isinstance(choice, str):
            own = f", or a {kind.__name__} of your own" if kind else ""
            raise RequestError(
                f"the branch {branch!r} takes the id of an option{own}; "
                f"found {shorten(choice)} ({type(choice).__name__})"
            )
        option = self.branches[branch].pick(choice, f"option of the branch '{branch}'")
        return option.id, tables[option.id] if tables else option

    @property
    def tables(self) -> Mapping[str, Mapping[str, Any]]:
        """Branches whose options stand for a table, each with its tables."""
        return {
            "grade": self.grades,
            "weights": self.weight_sets,
            "response_level": self.response_levels,
        }

    def __repr__(self) -> str:
        return (
            f"Framework({self.id!r}: {tell_count(len(self.factors), 'factor')}, "
            f"{tell_count(len(self.indicators), 'indicator')})"
        )


def describe_unknown_indicator(framework: Framework, code: str) -> str:
    """Say what to type instead of an indicator code that does not exist.

    Examples:
        >>> from atrisk.frameworks.loading import load_framework
        >>> describe_unknown_indicator(load_framework("un-foa-2014"), "7.15")
        "indicator '7.15' does not exist; the last of factor 7 is 7.14 (More inflammatory rhetoric,
        propaganda or hate speech)"
    """
    factor = code.partition(".")[0]
    siblings = [i for i in framework.indicators.values() if i.factor == factor]
    hint = f"; its factors are {', '.join(framework.factors)}"
    if siblings:
        hint = f"; the last of factor {factor} is {siblings[-1].code} ({siblings[-1].label})"
    whole, comma, part = code.partition(",")
    meant = [one for one in (f"{whole}.{part}", f"{whole}.{part}0") if one in framework.indicators]
    if comma and meant:
        hint = f"; a spreadsheet put a comma for its point: write {' or '.join(meant)}"
    return f"indicator {shorten(code)} does not exist{hint}"

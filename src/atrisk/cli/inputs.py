"""Inputs: what a command line asks for, read and answered alike by every command."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, UnknownNameError, shorten
from atrisk.cases.case import Case
from atrisk.cases.loading import list_cases, load_case, name_framework
from atrisk.frameworks.framework import SET, Framework
from atrisk.frameworks.loading import list_frameworks, load_framework
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess
from atrisk.scoring.view import View

if TYPE_CHECKING:
    from atrisk.ensemble.runner import Runner

ALL = "all"  # what stands for every bundled case of a framework
METHOD = "--method persistence=long"  # an example of what may be typed, beside a set such as v1
UNCERTAINTY = "--uncertainty weight_spread=any"  # the same


def load(given: argparse.Namespace) -> tuple[Case, Framework]:
    """Return the case that is asked for and the framework to score it under."""
    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    name = read_name(given.case, list_cases())
    if wanted and name_framework(name) not in (None, wanted.id):
        from atrisk.cases.crosswalk import cross_case

        return cross_case(load_case(name), wanted), wanted
    case = load_case(name, wanted)
    return case, wanted or case.framework or load_framework(case.header.framework)


def load_all(given: argparse.Namespace, names: Iterable[str]) -> tuple[list[Case], Framework]:
    """Return several cases, and the framework that they are scored under."""
    loaded = [load(argparse.Namespace(**{**vars(given), "case": name})) for name in names]
    return [case for case, _ in loaded], loaded[0][1]


def load_coded(names: Sequence[str], framework: Framework) -> list[Case]:
    """Return the cases whose coded rows are learnt from; ``all`` is every bundled one."""
    if list(names) != [ALL]:
        return [load_case(read_name(name, list_cases())) for name in names]
    coded = [load_case(name) for name in list_cases()]
    return [case for case in coded if case.header.framework == framework.id]


def assess_given(given: argparse.Namespace, knowledge: str) -> Assessment:
    """Assess the case that is asked for, with the choices that were made."""
    case, framework = load(given)
    return assess(case, framework, **View(**{**read_view(given), "knowledge": knowledge}))


def read_view(given: argparse.Namespace) -> View:
    """Return the four choices that a case is looked at with."""
    return View(
        knowledge=given.knowledge,
        audience=given.audience,
        method=read_method(given.method),
        weights=given.weights,
    )


def read_runner(given: argparse.Namespace) -> Runner:
    """Return where work is done."""
    from atrisk.ensemble.runner import Runner

    return Runner(workers=given.workers)


def read_method(texts: Iterable[str]) -> dict[str, str]:
    """Read options by branch, and a set that is named without a branch.

    Raises:
        RequestError: one is not of the form of the example.
    """
    named = [f"{SET}={text}" if text and "=" not in text else text for text in texts]
    return read_choices(named, METHOD)


def read_uncertainty(given: argparse.Namespace) -> dict[str, str]:
    """Read how far inputs may be off."""
    return read_choices(given.uncertainty, UNCERTAINTY)


def read_choices(texts: Iterable[str], example: str) -> dict[str, str]:
    """Read options by branch.

    Raises:
        RequestError: one is not of the form of the example.
    """
    choices = {}
    for text in texts:
        branch, equals, option = text.partition("=")
        if not (equals and branch and option):
            raise RequestError(f"{text!r} is not BRANCH=OPTION; try: {example}")
        choices[branch] = option
    return choices


def read_own(text: str) -> Path:
    """Return the folder of a case of one's own, into which something may be written.

    Raises:
        RequestError: it is bundled.
        UnknownNameError: there is no such folder.
    """
    name = read_name(text, list_cases())
    if isinstance(name, Path):
        return name
    if name in list_cases():
        raise RequestError(
            f"{name} is bundled and is not written to, nor has it an older copy; name a folder of "
            f"yours, such as ./{name}"
        )
    raise UnknownNameError("folder", name, (), f"Write the path of one: ./{shorten(name)[1:-1]}")


def read_name(text: str, bundled: tuple[str, ...]) -> str | Path:
    """Read an id or a path: a bundled id first, a path if it looks like one or is there."""
    looks_like_path = any(mark in text for mark in "/\\.") or Path(text).is_dir()
    return Path(text) if text not in bundled and looks_like_path else text

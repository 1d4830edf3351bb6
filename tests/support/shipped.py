"""What ships, loaded and scored when a test first asks for it, and once a session.

A broken case fails the tests that use it, and not the collection of all others.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import atrisk


@cache
def car() -> atrisk.Case:
    """Return the case that is coded in depth."""
    return atrisk.load_case("car-2012-2015")


@cache
def bare() -> atrisk.Case:
    """Return the same without the scenarios beside it, which take half the time of a page."""
    return replace(car(), folder=None, checked=True)


@cache
def small() -> atrisk.Case:
    """Return the smallest case that ships."""
    return atrisk.load_case("car-2020-2021")


@cache
def un() -> atrisk.Framework:
    """Return the UN Framework."""
    return atrisk.load_framework("un-foa-2014")


@cache
def stages() -> atrisk.Framework:
    """Return the framework that is based on another."""
    return atrisk.load_framework("ten-stages")


@cache
def now() -> atrisk.Assessment:
    """Return the case as it could be assessed at the time."""
    return atrisk.assess(car(), un())


@cache
def counted() -> atrisk.Assessment:
    """Return the same under the method of the first version, which counts."""
    return atrisk.assess(car(), un(), method="v1")


@cache
def hindsight() -> atrisk.Assessment:
    """Return the case with everything that is known."""
    return atrisk.assess(car(), un(), knowledge="retrospective")


@cache
def what_ifs() -> atrisk.Outcome:
    """Return the scenarios that the case ships with."""
    return atrisk.run_scenarios(car(), un())


@cache
def briefed() -> atrisk.Brief:
    """Return what the page and the figures of the case show."""
    return atrisk.prepare_brief(car(), un(), draws=100)

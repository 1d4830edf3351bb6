"""Ledgers of one's own: rows with a few cells said, and the gap that they leave."""

from __future__ import annotations

from typing import Any

import atrisk
from atrisk import Case, Delivery, EarlyWarning, Need, Response
from atrisk.cases.ledger import STAGES
from toys import HEADER, SOURCES, THREE_FACTOR, evidence


def warning(name: str = "w", when: str = "2020-01-11", **cells: str) -> EarlyWarning:
    row = {
        "id": name, "date": when, "issuer": "a neighbour", "addressee": "the council",
        "audience": "public", "about": "conflict", "specificity": "specific", "asked": "",
        "source": "source-a", "locator": "p. 1", "quote": "three plain words", "summary": "s",
    }  # fmt: skip
    return EarlyWarning.model_validate(row | cells)


def response(name: str = "r", **cells: str) -> Response:
    row = dict.fromkeys(STAGES, "") | {
        "id": name, "actor": "the council", "instrument": "peacekeeping", "measure": "guards",
        "promised": "", "delivered": "", "unit": "guards", "protects_civilians": "yes",
        "effect": "protective", "answers": "", "source": "source-a", "locator": "p. 2",
        "quote": "three plain words", "summary": "s",
    }  # fmt: skip
    return Response.model_validate(row | cells)


def delivery(when: str, promised: str, delivered: str, name: str = "r") -> Delivery:
    row = {
        "response": name, "date": when, "promised": promised, "delivered": delivered,
        "unit": "guards", "source": "source-a", "locator": "p. 3", "quote": "three plain words",
    }  # fmt: skip
    return Delivery.model_validate(row)


def need(needed: str, when: str = "2020-01-05", unit: str = "guards", name: str = "") -> Need:
    row = {
        "id": name or f"n-{when}-{needed}", "date": when, "issuer": "the secretary",
        "needed": needed, "unit": unit, "source": "source-a", "locator": "p. 4",
        "quote": "three plain words", "summary": "s",
    }  # fmt: skip
    return Need.model_validate(row)


def case_with(*rows: Any) -> Case:
    kinds: list[Any] = [
        tuple(r for r in rows if isinstance(r, kind))
        for kind in (EarlyWarning, Response, Delivery, Need)
    ]
    warned, answered, delivered, needed = kinds
    return Case(HEADER, SOURCES, (evidence(),), (), warned, answered, delivered, needs=needed)


def measure(*rows: Any, rule: str = "any", stage: Any = None) -> atrisk.Gap:
    case = case_with(*rows)
    return atrisk.measure_gap(case, atrisk.assess(case, THREE_FACTOR), rule=rule, stage=stage)


def lag(gap: atrisk.Gap, name: str = "w") -> atrisk.Lag:
    return next(lag for lag in gap.lags if lag.subject == name)

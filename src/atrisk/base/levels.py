"""Levels: what results can be asked for, by name; here, so that a parser need load nothing else."""

from __future__ import annotations

from typing import Literal

Kind = Literal["truth", "severity", "dates", "half_lives", "weights", "branches"]
KINDS: tuple[Kind, ...] = ("truth", "severity", "dates", "half_lives", "weights", "branches")
ENSEMBLE_LEVELS = ("overall", "crime", "factor")
TREE_LEVELS = ("months", "branches", "leaves")
OUTCOME_LEVELS = ("summary", "rules", "months")
AGREEMENT_LEVELS = ("alpha", "factors", "missed", "adjudicate")
STUDY_LEVELS = ("inputs", "months", "leave_out", "flips", "half_lives")

"""Limits: how large or small a number of a framework may be, so that every command survives it.

They lie far beyond what anybody means, so none of them is a judgement: they tell a slip of the pen
where it is, and keep single precision from overflowing. ``inf`` is a number where it has a meaning.
"""

from collections.abc import Callable
from math import inf
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from atrisk.base.dates import LONGEST  # of what is watched, and of a pause

SLOWEST = 120_000  # months from the year 1 to the year 9999: what fades later does not fade
MOST = 1_000_000_000
THOUSAND, MILLION = 1000, 1_000_000


def _up_to(most: float, accepted: str, *, endless: bool = False) -> Callable[[float], float]:
    def check(value: float) -> float:
        if value <= most or (endless and value == inf):
            return value
        raise ValueError(f"{value:g} is not accepted; expected {accepted}")

    return check


def _nothing_or(least: float, accepted: str) -> Callable[[float], float]:
    def check(value: float) -> float:
        if value == 0 or value >= least:
            return value
        raise ValueError(f"{value:g} is not accepted; expected {accepted}")

    return check


Share = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
Inside = Annotated[float, Field(gt=0, lt=1, description="a number between 0 and 1")]
Months = Annotated[
    int, Field(ge=1, le=LONGEST, description=f"a whole number of months, 1 to {LONGEST:,}")
]
Pause = Annotated[
    int, Field(ge=0, le=LONGEST, description=f"a whole number of months, 0 to {LONGEST:,}")
]
_FADING = f"a number of months from 0.001 to {SLOWEST:,}, or inf for what never fades"
HalfLife = Annotated[
    float,
    Field(ge=1 / THOUSAND, description=_FADING),
    AfterValidator(_up_to(SLOWEST, _FADING, endless=True)),
]
Times = Annotated[
    float, Field(ge=1 / THOUSAND, le=THOUSAND, description="a factor from 0.001 to 1,000")
]
Spread = Annotated[float, Field(ge=1, le=THOUSAND, description="a number from 1 to 1,000")]
_BOUND = "a number from 1 to 1,000,000, or inf for any weight"
WeightBound = Annotated[
    float, Field(ge=1, description=_BOUND), AfterValidator(_up_to(MILLION, _BOUND, endless=True))
]
_TIGHT = "a number from 0.001 to 1,000,000, or inf for the weights themselves"
Concentration = Annotated[
    float,
    Field(ge=1 / THOUSAND, description=_TIGHT),
    AfterValidator(_up_to(MILLION, _TIGHT, endless=True)),
]
_RELATIVE = f"0, or a number from 0.000000001 to {MOST:,}; only ratios matter"
Weight = Annotated[
    float,
    Field(ge=0, le=MOST, description=_RELATIVE),
    AfterValidator(_nothing_or(1e-9, _RELATIVE)),
]


def is_number(value: Any) -> bool:
    """Tell whether a value is a number that a rule may reckon with.

    Examples:
        >>> is_number(3), is_number(0.5), is_number(True), is_number(inf), is_number("3")
        (True, True, False, False, False)
    """
    told = isinstance(value, int | float) and not isinstance(value, bool)
    return bool(told and -MOST <= value <= MOST)


def is_weight(value: Any) -> bool:
    """Tell whether a value may be a relative weight.

    Examples:
        >>> is_weight(3), is_weight(0), is_weight(-1), is_weight(inf), is_weight(1e-320)
        (True, True, False, False, False)
    """
    return bool(is_number(value) and (value == 0 or value >= 1e-9))

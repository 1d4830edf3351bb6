"""Backtest: how alarms would have done on cases whose months were judged by readers.

Readers' levels stand beside a case and enter no score; they are read here to look back with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from atrisk.base.errors import RequestError, require
from atrisk.base.output import tell_count
from atrisk.base.rows import Result, Row
from atrisk.cases.case import Case
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.options import AlarmOption
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.flags import choose_policy, find_spans, in_alarm
from atrisk.scoring.run import assess
from atrisk.scoring.view import View, check_view
from atrisk.studies.judging import compare_judgements

Floats = NDArray[np.float64]
MONTHS = 12  # of a year


@dataclass(frozen=True, eq=False)
class Backtest(Result):
    """How each tier of an alarm did on each case.

    ``to_rows`` gives one row for each case and tier, and one for all cases together (``lead`` is
    then the median of those that there are): ``first``, the first alarm; ``onset``, the first month
    that readers held to be at the level or above; ``lead``, the months from the first alarm that
    holds such a month to the onset (below 0: it came later; None: there is none, and the onset was
    ``missed``), at least so many where it is on ``from_start`` of the case; ``false`` alarms, with
    judged months and none of them at the level, the same a year, and the share of judged ``months``
    that are on.

    Attributes:
        policy: the alarm.
        level, label: of the readers, that counts as an onset, and its word.
        cases: ids, in order.
        rows: as ``to_rows`` gives them.
    """

    policy: AlarmOption = field(repr=False)
    level: int
    label: str
    cases: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)

    def to_rows(self) -> list[Row]:
        """Return one row for each case and tier, and for all cases together."""
        return list(self.rows)

    def __repr__(self) -> str:
        return (
            f"Backtest({tell_count(len(self.cases), 'case')} under policy {self.policy.id!r}; "
            f"onset: first month that readers judged to be {self.label} or worse)\n"
            "  So few cases, judged by readers who may know what followed, show what the alarm did "
            "in them; they give no rate for another country."
        )


def backtest_alarms(
    cases: Iterable[Case],
    framework: Framework,
    *,
    policy: str | AlarmOption | None = None,
    level: int | None = None,
    **view: Unpack[View],
) -> Backtest:
    """Look back at what an alarm and its tiers would have said, month by month.

    With ``u`` the first month whose median level of readers is ``level`` or above, and ``t`` the
    first month of the first alarm that holds a month at it:

        lead = u - t        false a year = 12 * (alarms without such a month) / months judged

    Args:
        cases: that readers have judged (``judgements.csv``).
        framework: that they are scored under.
        policy: alarm policy; None for the method's.
        level: of the readers that counts as an onset; None for what the policy is to warn of.
        view: as in ``assess``.

    Raises:
        RequestError: no case, or nobody has judged one.
        UnknownNameError: no such policy.

    Examples:
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> cases = [atrisk.load_case(name) for name in ("mwi-2019-2020", "car-2012-2015")]
        >>> found = backtest_alarms(cases, framework)
        >>> sorted({row["case"] for row in found.to_rows()})
        ['all', 'car-2012-2015', 'mwi-2019-2020']
    """
    check_view(view)
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    scored = [(assess(case, framework, **view), compare_judgements(case).median) for case in cases]
    if not scored:
        raise RequestError("there is no case to backtest; name one or more")
    chosen = choose_policy(framework, scored[0][0].method, policy)
    own = framework.top_severity if chosen.warns_of is None else chosen.warns_of
    at = own if level is None else level
    levels = {one.value: one.label for one in framework.header.severity}
    if at not in levels:
        raise RequestError(
            f"level {at} is not a level; readers give {min(levels)} to {max(levels)}"
        )
    rows = [
        _look_back(now, median, chosen, name, at)
        for now, median in scored
        for name in chosen.watches
    ]
    together = [_put_together(rows, name) for name in chosen.watches]
    ids = tuple(now.case.id for now, _ in scored)
    return Backtest(chosen, at, levels[at], ids, (*rows, *together))


def _look_back(now: Assessment, median: Floats, policy: AlarmOption, tier: str, level: int) -> Row:
    """Return how one tier did on one case."""
    spans = find_spans(now, policy, policy.watches[tier])
    levels = median[: len(now.months)]
    judged, grave = ~np.isnan(levels), np.nan_to_num(levels, nan=-1.0) >= level
    onset = int(grave.argmax()) if grave.any() else None
    right = [first for first, last in spans if grave[first:last].any()]
    false = sum(judged[first:last].any() and not grave[first:last].any() for first, last in spans)
    on, months = np.array(in_alarm(spans, len(now.months))), int(judged.sum())
    return {
        "case": now.case.id,
        "tier": tier,
        "first": now.months[spans[0][0]] if spans else None,
        "onset": None if onset is None else now.months[onset],
        "lead": None if onset is None or not right else onset - right[0],
        "from_start": bool(right and right[0] == 0),
        "alarms": len(spans),
        "false": false,
        "false_a_year": false * MONTHS / months if months else None,
        "share_of_months": float(on[judged].mean()) if months else None,
        "missed": int(onset is not None and not right),
        "months": months,
    }


def _put_together(rows: Iterable[Row], tier: str) -> Row:
    """Return the same of all cases: leads by their median, months by their sum."""
    mine = [row for row in rows if row["tier"] == tier]
    leads = [row["lead"] for row in mine if row["lead"] is not None]
    months, false = sum(row["months"] for row in mine), sum(row["false"] for row in mine)
    on = sum(row["share_of_months"] * row["months"] for row in mine if row["months"])
    return {
        "case": "all",
        "tier": tier,
        "first": None,
        "onset": None,
        "lead": float(np.median(leads)) if leads else None,
        "from_start": None,
        "alarms": sum(row["alarms"] for row in mine),
        "false": false,
        "false_a_year": false * MONTHS / months if months else None,
        "share_of_months": on / months if months else None,
        "missed": sum(row["missed"] for row in mine),
        "months": months,
    }

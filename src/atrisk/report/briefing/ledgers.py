"""Ledgers: what a brief says of warnings, of the response, and of what is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from atrisk.base.dates import bounds
from atrisk.base.errors import RequestError
from atrisk.cases.ledger import EarlyWarning
from atrisk.gap.actions import Actions, measure_actions
from atrisk.gap.gap import Gap, measure_gap
from atrisk.report.briefing.phrases import Phrases

NAMED, DUE = 2, 4  # warnings and early actions that are told one by one


class Ledgers(Phrases):
    """Fills the sentences on what was warned of, what was done and what is due."""

    @cached_property
    def gap(self) -> Gap | None:
        """Warnings and responses under the method's own rule; None if nobody has warned."""
        with suppress(RequestError):
            return measure_gap(self.now.case, self.now)
        return None

    @cached_property
    def actions(self) -> Actions | None:
        """The early actions that came due; None if none was agreed."""
        with suppress(RequestError):
            return measure_actions(self.now)
        return None

    def tell_warnings(self) -> Iterator[str]:
        """Yield how many warnings wait, the latest of them, and what stands beside the need."""
        gap = self.gap
        if gap is None:
            yield self.say("warnings.nothing")
            return
        open_ones = [lag.warning for lag in gap.warned if lag.warning and lag.response is None]
        yield self.say(
            "warnings.counts", warnings=len(gap.warned), unanswered=len(open_ones),
            rule=self.find_plain("rule", "rule", gap.rule.id) or gap.rule.label,
        )  # fmt: skip
        latest = open_ones or [lag.warning for lag in gap.warned if lag.warning]
        yield self.say("warnings.unanswered" if open_ones else "warnings.all")
        yield from (f"• {self._tell_warning(one)}" for one in latest[-NAMED:])
        answered = [lag for lag in gap.warned if lag.response]
        if answered and not open_ones:
            lag = max(answered, key=lambda one: str(one.answered_on))
            assert lag.response is not None  # noqa: S101 - one that is answered has one
            cells = {name: lag.response.shown(name) for name in ("measure", "actor")}
            yield self.say("warnings.answered", date=lag.answered_on, **cells)
        yield from self._tell_need(gap)

    def _tell_warning(self, warning: EarlyWarning) -> str:
        cells = {name: warning.shown(name) for name in ("issuer", "addressee", "date", "summary")}
        return self.say("warnings.latest", **cells)

    def _tell_need(self, gap: Gap) -> Iterator[str]:
        needs = [one for one in self.now.case.needs if one.needed is not None]
        if not needs:
            return
        need = max(needs, key=lambda one: (bounds(one.date)[1], one.id))
        cells = {name: need.shown(name) for name in ("needed", "unit", "issuer", "date")}
        yield self.say("warnings.need", **cells)
        rows = gap.to_rows("strength") if "strength" in gap.tables else []
        judged = [row for row in rows if row["needed"] is not None]
        if judged:
            row = judged[-1]
            yield self.say(
                "warnings.standing", verdict=row["verdict"], strength=f"{row['strength'] or 0:g}"
            )

    def tell_due(self) -> Iterator[str]:
        """Yield what of the early actions somebody has still to see to, the earliest first."""
        if self.actions is None:
            return
        due = self.actions.open
        yield "" if due else self.say("due.nothing")
        for one in due[:DUE]:
            row = one.to_row()
            money = f"{row['money']:,.0f} {row['currency']}" if row["money"] is not None else ""
            needs = "; ".join(filter(None, (money, row["mandate"].rstrip("."))))
            yield "• " + self.say(
                "due.action", what=row["what"].rstrip("."), actor=row["actor"], by=row["due_by"],
                status=self.words.word(row["status"]), phase=self.words.word(row["phase"]),
                needs=f"; {needs}" if needs else "",
            )  # fmt: skip
        if len(due) > DUE:
            yield self.say("due.more", count=len(due) - DUE)

"""Content: what a brief of one month says, as sections of sentences, filled from data.

Every number is one that another result holds; nothing is computed here but counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Unpack

from atrisk.base.errors import RequestError
from atrisk.base.marks import show
from atrisk.base.rows import Row
from atrisk.base.version import __version__
from atrisk.cases.case import Case
from atrisk.cases.scenario import list_scenarios
from atrisk.frameworks.framework import Framework
from atrisk.report.briefing.ledgers import NAMED, Ledgers
from atrisk.report.briefing.phrases import drop_codes, find_confidence
from atrisk.report.briefing.sections import Briefing, Section
from atrisk.report.briefing.template import DEFAULT, load_template
from atrisk.report.changes import LAST, LATEST, compare_months
from atrisk.report.wording import TIER
from atrisk.scoring.comparison import compare_scores
from atrisk.scoring.explanation import ASSUMED
from atrisk.scoring.flags import find_spans
from atrisk.scoring.view import View
from atrisk.studies.scenarios import run_scenarios

FACTORS, FACTS, WATCHED = 5, 3, 3  # of each that a director has time for
ASSUMPTIONS = ("persistence", "grade", "factor_aggregation", "crime_aggregation")
DIGITS = 12  # of a digest


def prepare_briefing(
    case: Case,
    framework: Framework,
    month: str = LATEST,
    *,
    language: str = DEFAULT,
    template: Path | None = None,
    **view: Unpack[View],
) -> Briefing:
    """Say in two pages what a month of a case was held to be, why, how surely, and what is unknown.

    Args:
        case: from ``load_case``.
        framework: from ``load_framework``.
        month: such as ``2013-12``; ``latest`` is the last one of the case.
        language: of the sentences: ``en``, ``fr``, or another that ``list_languages`` names.
        template: a ``.toml`` file with sentences of one's own in their places.
        view: ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        The brief; what was known after the month's last day is nowhere in it, and no confidential
        word.

    Raises:
        RequestError: the month is none of the case's but its first, or nothing was known by then.
        UnknownNameError: there is no such language.
        DataError: the template holds what no brief says.

    Examples:
        >>> import atrisk
        >>> case = atrisk.load_case("car-2012-2015")
        >>> brief = prepare_briefing(case, atrisk.load_framework("un-foa-2014"), "2013-12")
        >>> print(brief.sections[0].lines[0])
        In December 2013 the risk of atrocity crimes in Central African Republic is extreme and \
rising. Confidence in this reading: moderate.
    """
    words = load_template(language, template)
    change = compare_months(case, framework, month, LAST, **view)
    return _Writer(words, change, case, view).write()


@dataclass(frozen=True, eq=False)
class _Writer(Ledgers):
    """Fills the sentences of one brief.

    Attributes:
        whole: the case with what was known later, of which only scenarios are taken.
        view: as it was asked for.
    """

    whole: Case
    view: View

    @cached_property
    def scores(self) -> dict[str, Row]:
        return {row["measure"]: row for row in self.change.to_rows("score")}

    @cached_property
    def places(self) -> dict[str, str]:
        return {row.id: row.shown("place") for row in self.now.case.evidence}

    def write(self) -> Briefing:
        sections = {
            "reading": self._tell_reading(),
            "changes": self._tell_changes(),
            "factors": self._tell_factors(),
            "chart": iter([self.say("chart.caption")]),
            "warnings": self.tell_warnings(),
            "due": self.tell_due(),
            "watch": self._tell_watch(),
            "assumptions": self._tell_assumptions(),
            "unknown": self._tell_unknown(),
            "coding": self._tell_coding(),
        }
        told = [
            Section(
                name,
                self.say(f"{name}.heading", since=self.name_month(self.change.since)),
                tuple(show(line) for line in lines if line),
                has_picture=name == "chart",
            )
            for name, lines in sections.items()
        ]
        month = self.name_month(self.change.month)
        title = self.say("reading.title", case=self.name_country(), month=month)
        kept = tuple(section for section in told if section.lines)
        return Briefing(self.change, self.now, show(title), self.words.language, kept)

    def _tell_reading(self) -> Iterator[str]:
        now, place = self.now, self.place
        score, band = self.scores["score"], now.bands[place]
        confidence = find_confidence(now, place)
        told = {
            "case": self.name_country(), "month": self.name_month(self.change.month),
            "band": self.words.word(band), "direction": self.words.word(self._name_direction()),
            "confidence": self.name_confidence(confidence),
        }  # fmt: skip
        yield self.say("reading.sentence" if band else "reading.unnamed", **told)
        if score["after"] is not None:
            readings = now.intensity.readings
            yield self.say(
                "reading.first" if score["before"] is None else "reading.score",
                score=self.two(score["after"]), before=self.two(score["before"]),
                since=self.name_month(self.change.since), low=self.two(now.low[place]),
                high=self.two(now.high[place]),
                level=self.share(readings.rule.level) if readings else "0-1",
            )  # fmt: skip
        if band:
            lower = {"from": self.two(self._find_threshold())}
            yield self.say("reading.threshold", band=told["band"], **lower)
        if confidence:
            yield self.say(
                "reading.confidence", confidence=told["confidence"], rationale=confidence.rationale,
                width=self.two(round(now.high[place], 2) - round(now.low[place], 2)),
                coverage=self.share(now.coverage[place]),
            )  # fmt: skip
        yield self._tell_crime()
        yield from self._tell_tiers()

    def _find_threshold(self) -> float:
        """Return the score from which on the month's word is used."""
        score, lowers = self.now.overall[self.place], self.now.method.bands.lowers
        return max((lower for lower in lowers if lower <= score), default=lowers[0])

    def _tell_crime(self) -> str:
        crimes, named = self.now.framework.crimes, self.now.named_crimes[self.place]
        if named is None:
            return self.say("reading.crimes") if len(crimes) > 1 else ""
        return self.say("reading.crime", crime=crimes[named].label)

    def _name_direction(self) -> str:
        score = self.scores["score"]
        if None in (score["before"], score["after"]):
            return "steady"
        moved = round(score["after"], 2) - round(score["before"], 2)
        return "rising" if moved > 0 else "falling" if moved < 0 else "steady"

    def _tell_tiers(self) -> Iterator[str]:
        policy = self.now.method.alarm
        on = [name.removeprefix(TIER) for name, row in self.scores.items()
              if name.startswith(TIER) and row["after"] == "on"]  # fmt: skip
        if not on:
            yield self.say("reading.calm")
            return
        spans = find_spans(self.now, policy, policy.watches[on[-1]])
        onset = max(first for first, _ in spans if first <= self.place)
        yield self.say(
            "reading.tier", tier=self.words.word(on[-1]),
            onset=self.name_month(self.now.months[onset]),
            tiers=", ".join(map(self.words.word, policy.watches)),
        )  # fmt: skip

    def _tell_changes(self) -> Iterator[str]:
        score = self.scores["score"]
        if score["change"] is not None:
            moved = {part: self.signed(score[part]) for part in ("news", "revision")}
            yield self.say("changes.moved", **moved)
        for name, sign in (("raised", 1), ("lowered", -1)):
            facts = [
                row for row in self.change.facts
                if row["evidence"] != ASSUMED and float(f"{sign * row['change']:.3f}") > 0
            ][:FACTS]  # fmt: skip
            if facts:
                yield self.say(f"changes.{name}", since=self.name_month(self.change.since))
            yield from (f"• {self._tell_fact(row)}" for row in facts)
        record = self.change.to_rows("record")
        kinds = [row["kind"] for row in record]
        yield self.say(
            "changes.record" if record else "changes.nothing",
            sources=kinds.count("source"), evidence=kinds.count("evidence"),
            warnings=kinds.count("warning"), responses=kinds.count("response"),
            deliveries=kinds.count("delivery"),
        )  # fmt: skip

    def _tell_fact(self, row: Row) -> str:
        place = self.places.get(row["evidence"], "")
        return self.say(
            "changes.fact", summary=row["summary"].rstrip("."), when=row["start"],
            place=f", {place}" if place else "", what=self.words.word(row["what"]),
            change=self.signed(row["change"]),
        )  # fmt: skip

    def _tell_factors(self) -> Iterator[str]:
        told = {row["evidence"] for row in self.change.facts[:FACTS]}  # named above
        for code in self.now.driving_factors(self.change.month)[:FACTORS]:
            rows = self.now.explain(self.change.month, factor=code)
            facts = {r["evidence"]: r for r in rows if r["evidence"] != ASSUMED}
            raising = [name for name, r in facts.items() if r["contribution"] > 0]
            # What was not said yet comes first, so that no event is told of every factor.
            chosen = sorted(raising, key=lambda name: name in told)[:NAMED]
            told |= set(chosen)
            line = self.say(
                "factors.factor", title=self.now.framework.factors[code].title,
                facts=" ".join(self._tell_cause(facts[name]) for name in chosen),
            )  # fmt: skip
            against = next((r for r in facts.values() if r["contribution"] < 0), None)
            if against:
                cause = self._tell_cause(against)
                line = self.say("factors.mitigated", factor=line, fact=cause)
            yield f"• {line}"

    def _tell_cause(self, row: Row) -> str:
        return self.say("factors.fact", summary=row["summary"].rstrip("."), when=row["start"])

    def _tell_watch(self) -> Iterator[str]:
        yield self._tell_renewal()
        gaps = self.change.to_rows("gaps")[:WATCHED]
        for row in gaps:
            yield "• " + self.say(
                "watch.gap", title=row["title"], low=self.two(row["if_none"]),
                high=self.two(row["if_worst"]),
                look_for=drop_codes(row["look_for"].split("; ")),
            )  # fmt: skip
        if not gaps:
            yield f"• {self._tell_weakest()}"
        yield from self._tell_scenarios()

    def _tell_renewal(self) -> str:
        """Say which signs the reading rests on most, which must be seen again to last."""
        known, persistence = self.now.framework.indicators, self.now.method.persistence
        rows = self.now.explain(self.change.month)
        codes = dict.fromkeys(row["indicator"] for row in rows if row["contribution"] > 0)
        named = [
            f"{known[code].label} ({getattr(persistence, known[code].nature):g})"
            for code in codes
            if code in known
        ]
        return "• " + self.say("watch.renewed", indicators="; ".join(named[:WATCHED]))

    def _tell_weakest(self) -> str:
        """Say which factor is looked at least, where every one has a record."""
        now, codes = self.now, self.now.factor_codes
        column = int(now.by_factor.coverage[self.place].argmin())
        return self.say(
            "watch.weak", title=now.framework.factors[codes[column]].title,
            coverage=self.share(now.by_factor.coverage[self.place, column]),
            look_for=drop_codes(self.change.name_heaviest(codes[column])),
        )  # fmt: skip

    def _tell_scenarios(self) -> Iterator[str]:
        """Say of the scenarios that move the month most what tells them apart."""
        if not list_scenarios(self.whole):
            return
        day = self.change.days[1]
        view = View(**{**self.view, "knowledge": day})
        try:
            outcome = run_scenarios(self.whole, self.now.framework, **view)
        except RequestError:  # none of them was on record by then
            return
        base, month = outcome.base.assessment, self.change.month
        moved = []
        for one in outcome.results:
            if one.scenario is None or month not in one.assessment.months:
                continue
            after = one.assessment.overall[one.assessment.place(month)]
            moved.append((abs(after - base.overall[base.place(month)]), one, after))
        moved.sort(key=lambda one: -one[0])
        if moved and round(moved[0][0], 2) == 0:
            yield "• " + self.say("watch.still", count=len(moved))
        for change, one, after in moved[:NAMED]:
            if round(change, 2) == 0 or one.scenario is None:
                continue
            rows = compare_scores((base, month), (one.assessment, month))
            apart = next((r for r in rows if r["evidence"] != ASSUMED), None)
            yield "• " + self.say(
                "watch.scenario", title=one.scenario.title, score=self.two(after),
                base=self.two(base.overall[base.place(month)]),
                indicator=apart["label"] if apart else "",
            )  # fmt: skip

    def _tell_assumptions(self) -> Iterator[str]:
        method, branches = self.now.method, self.now.framework.branches
        for name in ASSUMPTIONS:
            branch = branches[name]
            option = branch.pick(method.choices[name], name)
            plain = self.find_plain("assume", name, option.id)
            first = f"{option.rationale.partition('. ')[0].rstrip('.')}."
            told = self.say("assumptions.assumption", question=branch.question, rationale=first)
            yield f"• {plain or told}"

    def _tell_unknown(self) -> Iterator[str]:
        now = self.now
        yield self.say("unknown.coverage", uncovered=self.share(1 - now.coverage[self.place]))
        gaps = self.change.to_rows("gaps")
        if gaps:
            yield self.say(
                "unknown.factors", count=len(gaps), all=len(now.framework.factors),
                titles="; ".join(row["title"] for row in gaps),
            )  # fmt: skip
        rows = now.case.evidence
        dated = sum(row.known is None for row in rows)
        if dated:
            yield self.say("unknown.dated", dated=dated, rows=len(rows))
        yield self.say("unknown.caveat", caveat=now.case.header.caveat)

    def _tell_coding(self) -> Iterator[str]:
        case, rows = self.now.case, self.now.case.evidence
        yield self.say(
            "coding.rows", rows=len(rows), sources=len(case.sources),
            framework=self.now.framework.header.title,
        )  # fmt: skip
        coders = sorted({row.shown("coded_by") for row in rows} - {""})
        checked = sum(bool(row.verified_by) for row in rows)
        if coders:
            yield self.say(
                "coding.coders", coders=", ".join(coders), checked=checked, rows=len(rows)
            )
        else:
            yield self.say("coding.unsigned")
        yield self.say(
            "coding.made", version=__version__, case=f"{case.id} ({case.header.title})",
            until=self.change.days[1], digest=case.digest[:DIGITS],
        )  # fmt: skip
        yield self.say("coding.open", case=case.id, month=self.change.month)

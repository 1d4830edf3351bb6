"""Scales: the bands and alarm tiers that a page reads a score by, and what raised each flag."""

from __future__ import annotations

from dataclasses import dataclass

from atrisk.base.rows import Row
from atrisk.report.brief import Brief
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.explanation import ASSUMED
from atrisk.scoring.flags import find_spans, in_alarm

CAUSES = 3  # rows that a flag names


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A flag as a page tells it.

    Attributes:
        kind, onset, end, level, reason: as in ``Flag``.
        lasts: whether its kind is one that goes on.
        raised_by: the rows that raised it most, each with its summary, and whether it eases the
            risk, so that it raised the score by weighing less than it did.
    """

    kind: str
    onset: str
    end: str | None
    level: str | None
    reason: str
    lasts: bool
    raised_by: tuple[Row, ...]


def list_flags(brief: Brief) -> tuple[ShownFlag, ...]:
    """Return every flag of a brief, the latest first, with the events that raised it."""
    told = {item.id: item for item in brief.evidence}
    flags = brief.flags
    lasting = (flags.alarms, *flags.tiers.values())
    every = [(flag, True) for kind in lasting for flag in kind]
    every += [(f, False) for kind in (flags.surges, flags.revisions, flags.triggers) for f in kind]
    return tuple(
        ShownFlag(
            flag.kind,
            flag.onset,
            flag.end,
            flag.level,
            flag.reason,
            lasts,
            tuple(
                {
                    "evidence": name,
                    "summary": told[name].shown_summary,
                    "eases": told[name].direction == "mitigating",
                }
                for name in list(dict.fromkeys(row["evidence"] for row in flag.evidence))
                if name != ASSUMED and name in told
            )[:CAUSES],
        )
        for flag, lasts in sorted(every, key=lambda one: one[0].onset, reverse=True)
    )


def list_bands(assessment: Assessment) -> list[Row]:
    """Return each band: from which score on it is used, up to which, and in how many months."""
    bands, lowers = assessment.framework.header.bands, assessment.method.bands.lowers
    return [
        {
            "band": band.label,
            "from": f"{low:g}",
            "to": f"below {above:g}" if above is not None else "1",
            "months": sum(name == band.label for name in assessment.bands),
        }
        for band, low, above in zip(bands, lowers, [*lowers[1:], None], strict=False)
    ]


def list_tiers(assessment: Assessment) -> list[Row]:
    """Return each tier of the alarm policy: when it is on and over, and in how many months."""
    policy, months = assessment.method.alarm, len(assessment.months)
    reasons = {policy.tier: policy.rationale} | {one.id: one.rationale for one in policy.tiers}
    return [
        {
            "tier": name,
            "on from": f"{watch.on:g}",
            "in months": f"{watch.months_needed} of {watch.months_watched}",
            "over below": f"{watch.off:g}",
            "months on": sum(in_alarm(find_spans(assessment, policy, watch), months)),
            "rationale": reasons[name],
        }
        for name, watch in policy.watches.items()
    ]

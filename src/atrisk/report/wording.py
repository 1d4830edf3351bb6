"""Wording: what changed in a month as one paragraph, for people to paste."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from atrisk.base.rows import Row
from atrisk.scoring.explanation import ASSUMED

TIER = "tier "  # what the measure of a tier begins with
TOLD = 3  # facts that are named for a direction
_MANY = {
    "evidence": "rows of evidence", "search": "searches", "delivery": "deliveries",
    "response": "steps of responses", "action": "steps of early actions",
}  # fmt: skip
_ONE = {"response": "step of a response", "action": "step of an early action"}


def describe_month(head: str, since: str, tables: Mapping[str, list[Row]]) -> str:
    """Return how the score moved, by what, what is new on record, and what nobody looked at.

    Args:
        head: what the paragraph begins with: whose month it is.
        since: the earlier month.
        tables: of the change, by their levels.
    """
    scores = {row["measure"]: row for row in tables["score"]}
    told = [
        f"{head}: {_tell_score(since, scores)}",
        *(_tell_facts(since, tables["facts"]) if scores["score"]["change"] is not None else ()),
        _tell_tiers(scores),
        _count_record(tables["record"]),
        _tell_gaps(tables["gaps"]),
    ]
    return " ".join(filter(None, told))


def round_score(value: object) -> str:
    """Return a score as it is told; what was not assessed is no number."""
    return f"{value:.2f}" if isinstance(value, float) else "nothing on record"


def _tell_score(since: str, scores: Mapping[str, Row]) -> str:
    score, band = scores["score"], scores["band"]
    if score["change"] is None:
        return (
            f"the score went from {round_score(score['before'])} in {since} to "
            f"{round_score(score['after'])}, so the two cannot be compared."
        )
    return (
        f"the score {_tell_direction(score['change'])} from {score['before']:.2f} in "
        f"{since} to {score['after']:.2f}{_tell_band(band)}, with an interval from "
        f"{scores['interval, low']['after']:.2f} to {scores['interval, high']['after']:.2f}. "
        f"What happened and what faded since moved it by {score['news']:+.3f}, what was learnt "
        f"about before by {score['revision']:+.3f}."
    )


def _tell_direction(change: float) -> str:
    if round(change, 2) == 0:
        return "hardly moved,"
    return "rose" if change > 0 else "fell"


def _tell_band(band: Row) -> str:
    before, after = (band[side] or "no band" for side in ("before", "after"))
    if before != after:
        return f" (from {before} to {after})"
    return f" (still {after})" if band["after"] else ""


def _tell_facts(since: str, facts: list[Row]) -> Iterator[str]:
    """Yield what raised the score most, and what weighs less than it did."""
    for told, sign in (("It was raised most by", 1), (f"Weighs less than in {since}", -1)):
        moved = [row for row in facts if sign * row["change"] > 0 and _is_told(row)]
        if moved:
            yield f"{told}: {'; '.join(map(_tell_fact, moved[:TOLD]))}."


def _is_told(row: Row) -> bool:
    """Tell whether a fact moved the score by as much as is printed of it."""
    return row["evidence"] != ASSUMED and float(f"{row['change']:.3f}") != 0


def _tell_fact(row: Row) -> str:
    when = ", ".join(filter(None, (row["start"], row["what"], f"{row['change']:+.3f}")))
    return f"{row['summary'].rstrip('.')} ({when})"


def _tell_tiers(scores: Mapping[str, Row]) -> str:
    tiers = {
        name.removeprefix(TIER): (row["before"], row["after"])
        for name, row in scores.items()
        if name.startswith(TIER)
    }
    turned = [f"{name} is {on} now" for name, (was, on) in tiers.items() if was != on]
    kept = {on: [name for name, both in tiers.items() if both == (on, on)] for on in ("on", "off")}
    still = [f"{', '.join(names)} still {on}" for on, names in kept.items() if names]
    return f"Tiers: {'; '.join([*turned, *still])}."


def _count_record(rows: list[Row]) -> str:
    if not rows:
        return "Nothing is new on record."
    counts = Counter(row["kind"] for row in rows)
    told = (
        f"{count} {'row of evidence' if (count, kind) == (1, 'evidence') else _name(kind, count)}"
        for kind, count in counts.items()
    )
    return f"New on record: {', '.join(told)}."


def _name(kind: str, count: int) -> str:
    return _ONE.get(kind, kind) if count == 1 else _MANY.get(kind, f"{kind}s")


def _tell_gaps(gaps: list[Row]) -> str:
    if not gaps:
        return "Every factor has something on record."
    widest, count = gaps[0], len(gaps)
    return (
        f"{count} {'factor has' if count == 1 else 'factors have'} nothing on record; the one that "
        f"could move the score most is {widest['factor']} ({widest['title']}): with it the score "
        f"would stand between {widest['if_none']:.2f} and {widest['if_worst']:.2f}."
    )

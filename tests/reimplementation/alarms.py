"""Bands, named crimes, news, revisions and alarms of the set `estimate` (docs/method.md), written from its page alone.

describe(case_folder, framework_folder) -> dict with
    months    ["2011-06", ...]
    bands     [the band's label, or None where too little is covered]
    named     [the worst crime where it is named, else None]
    news      [None, then S(t|t) - S(t-1|t)]
    revision  [None, then S(t-1|t) - S(t-1|t-1)]
    tiers     {"watch": [(first month, last month, or None if it still runs at the end), ...], ...}

S(t|k) is the overall score of month t on what was known by the end of month k. Contemporaneous knowledge, no
audience. Where the page leaves a choice, the function that makes it says which one.
"""

# mypy: ignore-errors
# ruff: noqa
# Kept as it was written, like estimate.py.

import math
from pathlib import Path

from reimplementation.estimate import (
    crime_shares,
    level_quantile,
    month_end,
    month_name,
    read_case,
    read_framework,
    score_month,
    spread_of,
)


# ---- bands -------------------------------------------------------------------------------------------


def coverage(framework, tellings, month):
    """Mean over all indicators of a = 1 - product over claims of (1 - persistence).

    The method v1, "Unknown is not zero"; the overall's coverage is over all indicators ("Crime, overall, bands").
    The page defines it in its v1 half only; here the persistence is that of section 3, "Memory". Of a claim
    that is told more than once the telling that fades least counts; grades and weights play no part.
    """
    assessed = []
    for i in framework["indicators"]:
        half_life, claims = framework["half_lives"][i["nature"]], {}
        for told in tellings.get(i["code"], []):
            if told.known <= month_end(month):
                current = told.persistence(month, half_life)
                claims[told.claim] = max(current, claims.get(told.claim, 0.0))
        assessed.append(1.0 - math.prod(1.0 - current for current in claims.values()))
    return math.fsum(assessed) / len(assessed)


def band(framework, value, covered):
    """Section 3, "Words", a band from its lower bound on; "Unknown is not zero": none below `least_coverage`."""
    if covered < framework["least_coverage"]:
        return None
    return [label for lower, label in framework["bands"] if value >= lower][-1]


# ---- the worst crime -----------------------------------------------------------------------------------


def named_crime(framework, factors, level, crimes):
    """Section 3, "Which crime is worst": the worst if it leads each other one by more than chance."""
    worst = max(crimes, key=lambda c: crimes[c][0])
    mine, z = crime_shares(framework, worst), level_quantile(framework["rule"])
    for other in crimes:
        if other == worst:
            continue
        theirs = crime_shares(framework, other)
        shares = {f: mine.get(f, 0.0) - theirs.get(f, 0.0) for f in framework["factors"]}
        lead = crimes[worst][0] - crimes[other][0]
        if not lead > z * math.sqrt(spread_of(shares, factors, level)):
            return None
    return worst


# ---- alarms ------------------------------------------------------------------------------------------


def only_learnt(scores, t, on, watched):
    """Whether month t came to `on` only because something was learnt of the past (section 3, "Alarms").

    `scores(t, k)` is S(t|k). The months watched before t are the rest of its window, two of an alarm that
    watches three months; of one that watches one month the month before, and never those before the case.
    """
    if t == 0 or scores(t - 1, t - 1) >= on:
        return False
    before = range(max(0, t - max(1, watched - 1)), t)
    return all(scores(u, t) >= on for u in before)


def alarms(scores, count, tier):
    """[(first, last)] of one tier, by place (section 3, "Alarms").

    It rises in a month that counts, with `months_needed` of the last `months_watched` months counting; a month
    within an earlier alarm may be among them. It is over in the first month below `off`, so that the month
    before that is its last.
    """
    watched, on = tier["months_watched"], tier["on"]
    assert tier["cool_down_months"] == 0  # what a longer one would mean the page does not say
    counts, found, first = [], [], None
    for t in range(count):
        now = scores(t, t)
        counts.append(now >= on and not only_learnt(scores, t, on, watched))
        if first is not None:
            if now < tier["off"]:
                found.append((first, t - 1))
                first = None
        elif counts[t] and sum(counts[max(0, t - watched + 1) :]) >= tier["months_needed"]:
            first = t
    return found if first is None else [*found, (first, None)]


def all_tiers(framework):
    """{id: tier}, the alarm itself among them; each of them rises on news only (section 3, "Alarms")."""
    alarm = framework["alarm"]
    assert alarm["rises_on"] == "news"
    tiers = {alarm["tier"]: alarm, **{tier["id"]: tier for tier in alarm["tiers"]}}
    return dict(sorted(tiers.items(), key=lambda item: item[1]["on"]))


# ---- the whole case ----------------------------------------------------------------------------------


def describe(case_folder: Path, framework_folder: Path) -> dict:
    """All of the above for one case; differences are between overall scores, whichever crime is the worst."""
    framework = read_framework(Path(framework_folder))
    months, tellings = read_case(Path(case_folder), framework["grades"])
    names, places, done = [month_name(month) for month in months], range(len(months)), {}

    def row(t, k):
        """Month t of the series as of the last day of month k (section 1)."""
        if (t, k) not in done:
            done[t, k] = score_month(framework, tellings, months[t], month_end(months[k]))
        return done[t, k]

    def scores(t, k):
        """S(t|k): the overall, which is the worst crime of that very row."""
        return max(value for value, _, _ in row(t, k)[2].values())

    covered = [coverage(framework, tellings, month) for month in months]
    return {
        "months": names,
        "bands": [band(framework, scores(t, t), covered[t]) for t in places],
        "named": [named_crime(framework, *row(t, t)) for t in places],
        "news": [None] + [scores(t, t) - scores(t - 1, t) for t in places[1:]],
        "revision": [None] + [scores(t - 1, t) - scores(t - 1, t - 1) for t in places[1:]],
        "tiers": {
            name: [
                (names[a], None if b is None else names[b])
                for a, b in alarms(scores, len(months), tier)
            ]
            for name, tier in all_tiers(framework).items()
        },
    }

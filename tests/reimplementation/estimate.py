"""The set `estimate` (docs/method.md), written again from its documentation alone.

score(case_folder, framework_folder) -> dict with
    months    ["2011-06", ...]
    factors   {code: [a score for each month]}
    crimes    {code: [...]}
    overall, low, high   [...]

Contemporaneous knowledge, no audience. Plain Python, by somebody who had not seen the library's source; what the page
did not say then was found by experiment, and the page says it now. Bands, the crime that is named, news and alarms are
in alarms.py.
"""

# mypy: ignore-errors
# ruff: noqa
# Kept as it was written, apart from the library and its habits.

import calendar
import csv
import datetime
import math
import statistics
import tomllib
from pathlib import Path

K_LEVELS = 4  # top of the severity scale


# ---- dates -----------------------------------------------------------------------------------------


def day_range(text):
    """First and last day that an EDTF date of level 0 may mean."""
    parts = [int(x) for x in text.split("-")]
    if len(parts) == 1:
        return datetime.date(parts[0], 1, 1), datetime.date(parts[0], 12, 31)
    if len(parts) == 2:
        return datetime.date(parts[0], parts[1], 1), last_of_month(parts[0], parts[1])
    day = datetime.date(*parts)
    return day, day


def last_of_month(year, month):
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def interval(text):
    """First and last day of `text`; an open beginning (`../2011`) counts as its last day."""
    if "/" not in text:
        return day_range(text)
    first, last = text.split("/")
    last = day_range(last)[1]
    return (last if first == ".." else day_range(first)[0]), last


def number(day):
    """Months are counted by one running number."""
    return day.year * 12 + day.month - 1


def spread(first, last):
    """[(month, probability)]: every day from first to last is equally likely."""
    total = (last - first).days + 1
    result = []
    day = first
    while day <= last:
        stop = min(last, last_of_month(day.year, day.month))
        result.append((number(day), ((stop - day).days + 1) / total))
        day = stop + datetime.timedelta(days=1)
    return result


# ---- what a row says, month by month ------------------------------------------------------------------


class Telling:
    """One row of evidence, or one search, on one indicator."""

    def __init__(
        self, row_id, source, known, start, end, announced, severity, grade, claim, direction
    ):
        self.row_id, self.source, self.known = row_id, source, known
        self.severity, self.grade, self.claim, self.direction = severity, grade, claim, direction
        first, last = interval(start)
        if not announced:  # what was on record had begun
            last = min(last, known)
            first = min(first, last)
        self.start = spread(first, last)
        self.point = end == ""
        if self.point:
            return
        # The earlier of the told end and the day of knowledge (for what is announced: the last day on which it
        # may begin, if that is later): days of the told end after that are cut off, and the days that are left
        # are equally likely, independently of the start.
        held = max(known, last)
        self.ends = [(number(held), 1.0)]
        if end != "..":
            first, last = interval(end)
            self.ends = spread(min(first, held), min(last, held))

    def persistence(self, month, half_life):
        if self.point:
            return math.fsum(
                p * 2.0 ** (-(month - m) / half_life) for m, p in self.start if m <= month
            )
        return math.fsum(p for s, p in self.start if s <= month) * math.fsum(
            q * 2.0 ** (-max(0, month - e) / half_life) for e, q in self.ends
        )


# ---- reading -----------------------------------------------------------------------------------------


def read_table(path):
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_case(folder, grades):
    """{indicator: [Telling]}, and the case's months."""
    header = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    first, last = (number(day_range(header[k])[0]) for k in ("start", "end"))
    sources = {row["id"]: row for row in read_table(folder / "sources.csv")}
    tellings = {}

    def add(row, items, severity_of, grade, claim, direction):
        source = sources.get(row["source"])
        known = known_day(row, source)
        for code, severity in items:
            told = Telling(
                row["id"],
                row["source"],
                known,
                row["start"],
                row["end"],
                row.get("announced") == "yes",
                severity_of(severity),
                grade,
                claim,
                direction,
            )
            tellings.setdefault(code, []).append(told)

    for row in read_table(folder / "evidence.csv"):
        items = [(item.split("=") + [row["severity"]])[:2] for item in row["indicators"].split(";")]
        grade = grades[sources[row["source"]]["reliability"] + row["credibility"]]
        claim = ("claim", row["claim"]) if row["claim"] else ("row", row["id"])
        add(row, items, int, grade, claim, row["direction"])
    for row in read_table(folder / "searches.csv"):
        items = [(code, 0) for code in row["indicators"].split(";")]
        # A search is graded as credibility 1 of its source, A if it names none; and each search
        # that names no source is a source of its own.
        grade = grades[(sources[row["source"]]["reliability"] if row["source"] else "A") + "1"]
        if not row["source"]:
            row = {**row, "source": ("search", row["id"])}
        add(row, items, int, grade, ("search", row["id"]), "search")
    return list(range(first, last + 1)), tellings


def known_day(row, source):
    """K of a row: the last day that `known` may mean, never later than publication."""
    if source is None:
        return interval(row["known"])[1]
    published = interval(source["published"])[1]
    if row["known"]:
        return min(interval(row["known"])[1], published)
    # `written` stands for an empty `known`, and only of rows that are not public.
    if source.get("written") and row["audience"] != "public":
        return min(interval(source["written"])[1], published)
    return published


def read_framework(folder):
    data = tomllib.loads((folder / "framework.toml").read_text(encoding="utf-8"))
    choices = next(s for s in data["sets"] if s["id"] == "estimate")["choices"]

    def option(branch):
        return next(o for o in data["branches"][branch]["options"] if o["id"] == choices[branch])

    grades = {
        row["grade"]: float(row["probability"])
        for row in read_table(folder / option("grade")["table"])
    }
    weights = {
        row["code"]: float(row["weight"])
        for row in read_table(folder / "weights" / f"{choices['weights']}.csv")
    }
    indicators = read_table(folder / "indicators.csv")
    factors = read_table(folder / "factors.csv")
    return {
        "grades": grades,
        "half_lives": option("persistence"),
        "rule": option("factor_aggregation"),
        "specific_share": option("crime_aggregation")["specific_share"],
        "weight": lambda code: weights.get(code, weights.get("*")),
        "indicators": indicators,
        "factors": [row["code"] for row in factors],
        "scope": {row["code"]: row["scope"] for row in factors},
        "crimes": {crime["code"]: crime["factors"] for crime in data["crimes"]},
        "bands": list(zip(option("bands")["lowers"], (b["label"] for b in data["bands"]))),
        "least_coverage": data["least_coverage"],
        "alarm": option("alarm"),
    }


# ---- one factor in one month ----------------------------------------------------------------------------


def read_indicator(tellings, month, half_life, last_day):
    """[(w, v, source)] of the claims on one indicator, of what was known by `last_day` (section 1)."""
    claims = {}
    for told in tellings:
        if told.known <= last_day:
            p = told.grade * told.persistence(month, half_life)
            if p > 0.0:
                claims.setdefault((told.claim, told.direction), []).append((p, told))

    def at_least(told, k):
        return max((p for p, t in told if t.severity >= k), default=0.0)

    mitigating = [told for (_, direction), told in claims.items() if direction == "mitigating"]
    spared = [
        math.prod(1.0 - at_least(told, k) for told in mitigating) for k in range(1, K_LEVELS + 1)
    ]
    result = []
    for (_, direction), told in claims.items():
        w = max(p for p, _ in told)
        # Equal up to rounding. Of equals known on the same day, the one with the lesser id.
        best = min(
            (t for p, t in told if math.isclose(p, w, rel_tol=1e-12)),
            key=lambda t: (t.known, t.row_id),
        )
        v = 0.0
        if direction == "aggravating":
            v = (
                math.fsum(at_least(told, k) * spared[k - 1] for k in range(1, K_LEVELS + 1))
                / K_LEVELS
                / w
            )
        result.append((w, v, best.source))
    return result


def score_factor(readings, rule):
    """Score, readings r, own variance, share that is assumed. `readings` holds (o, w, v, source)."""
    n = rule["readings"]
    told = {}
    for _, w, _, source in readings:
        told[source] = told.get(source, 0.0) + w
    parts = []
    for o, w, v, source in readings:
        e = 1.0 / (1.0 + max(0.0, told[source] - 1.0) * rule["dependence"])
        parts.append((o * e * w, w, v))
    r = math.fsum(x for x, _, _ in parts)
    score = (n * rule["prior"] + math.fsum(x * v for x, _, v in parts)) / (n + r)
    doubt = math.fsum(x * (1.0 - w) * (v - score) ** 2 for x, w, v in parts)
    own = rule["spread"] ** 2 / (n + r) + doubt / (n + r) ** 2
    return score, r, own, n / (n + r)


# ---- one month -----------------------------------------------------------------------------------------


def month_end(month):
    return last_of_month(month // 12, month % 12 + 1)


def month_name(month):
    return f"{month // 12:04}-{month % 12 + 1:02}"


def level_quantile(rule):
    """z of section 3, "Interval": the normal quantile of 0.95 for a level of 0.9."""
    return statistics.NormalDist().inv_cdf(0.5 + rule["level"] / 2.0)


def score_factors(framework, tellings, month, last_day):
    """{factor: what `score_factor` says of it} in one month, on what was known by `last_day`."""
    weight = framework["weight"]
    result = {}
    for f in framework["factors"]:
        indicators = [i for i in framework["indicators"] if i["factor"] == f]
        mean = math.fsum(weight(i["code"]) for i in indicators) / len(indicators)
        readings = []
        for i in indicators:
            half_life = framework["half_lives"][i["nature"]]
            told = tellings.get(i["code"], [])
            o = weight(i["code"]) / mean
            readings += [(o, *c) for c in read_indicator(told, month, half_life, last_day)]
        result[f] = score_factor(readings, framework["rule"])
    return result


def crime_shares(framework, crime):
    """{factor: its share in the crime}: half over the common factors, half over its own (section 3)."""
    weight, shares = framework["weight"], {}
    own_share = framework["specific_share"]
    for own, share in ((True, own_share), (False, 1.0 - own_share)):
        members = framework["crimes"][crime]
        group = [f for f in members if (framework["scope"][f] != "common") == own]
        total = math.fsum(weight(f) for f in group)
        shares.update({f: share * weight(f) / total for f in group})
    return shares


def level_variance(factors, rule):
    """V, the variance of the level that factors share (section 3, "Interval")."""
    n, s = rule["readings"], rule["spread"]
    known = math.fsum(n * r / (s**2 * (n + r)) for _, r, _, _ in factors.values())
    return 1.0 / (1.0 / rule["common"] ** 2 + known)


def spread_of(shares, factors, level):
    """Variance of a sum of factors with these shares, without the coder's part (section 3, "Interval")."""
    own = math.fsum(share**2 * factors[f][2] for f, share in shares.items())
    return own + math.fsum(share * factors[f][3] for f, share in shares.items()) ** 2 * level


def score_month(framework, tellings, month, last_day):
    """Factors, V, and {crime: (score, low, high)} of one month on what was known by `last_day`."""
    rule = framework["rule"]
    factors = score_factors(framework, tellings, month, last_day)
    level = level_variance(factors, rule)
    crimes = {}
    for c in framework["crimes"]:
        shares = crime_shares(framework, c)
        value = math.fsum(share * factors[f][0] for f, share in shares.items())
        variance = spread_of(shares, factors, level) + rule["coder"] ** 2
        half = level_quantile(rule) * math.sqrt(variance)
        crimes[c] = (value, max(0.0, value - half), min(1.0, value + half))
    return factors, level, crimes


# ---- the whole case ----------------------------------------------------------------------------------


def score(case_folder: Path, framework_folder: Path) -> dict:
    framework = read_framework(Path(framework_folder))
    months, tellings = read_case(Path(case_folder), framework["grades"])
    rows = [score_month(framework, tellings, month, month_end(month)) for month in months]
    result = {
        "months": [month_name(month) for month in months],
        "factors": {f: [row[0][f][0] for row in rows] for f in framework["factors"]},
    }
    for place, name in enumerate(("crimes", "crime_low", "crime_high")):
        result[name] = {c: [row[2][c][place] for row in rows] for c in framework["crimes"]}
    for place, name in enumerate(("overall", "low", "high")):
        result[name] = [max(x[place] for x in row[2].values()) for row in rows]
    return result

"""Lints: what a valid case may still lack, and what in it deserves a second look.

A fault makes a case unusable and is raised; a lint is a question to its coder, with the place and
what to do. None of them is an error: the answer may be that it is as it should be.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from atrisk.base.countries import read_code
from atrisk.base.dates import Month
from atrisk.base.output import tell_count
from atrisk.base.rows import Row
from atrisk.cases.case import Case
from atrisk.cases.evidence import Cited, Evidence, Search, knowledge_day
from atrisk.cases.ledger import STAGES
from atrisk.cases.tables import TABLES
from atrisk.coding.anchors import list_secret_anchors, shares_words
from atrisk.coding.schemas import PACKAGE, compare_package
from atrisk.coding.template import EXAMPLE
from atrisk.frameworks.framework import Framework

SHORTEST = 6  # letters of a claim's name; of shorter ones too many are near by chance
NAMED = 3  # rows that one remark names
_DIAGONAL = {letter: place for place, letter in enumerate("ABCDE", start=1)}


@dataclass(frozen=True, slots=True)
class Lint:
    """One question to the coder.

    Attributes:
        kind: of the question.
        where: file, and row or factor.
        message: what was seen, and what to do about it.
    """

    kind: str
    where: str
    message: str

    def to_row(self) -> Row:
        """Return the lint as cells."""
        return {"lint": self.kind, "where": self.where, "message": self.message}


def list_lints(case: Case, framework: Framework) -> list[Lint]:
    """Return everything about a case that deserves a second look, the most urgent first.

    Args:
        case: that has been read, so that its files have no faults.
        framework: that it is coded to.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> from atrisk.frameworks.loading import load_framework
        >>> case = load_case("car-2012-2015")
        >>> {lint.kind for lint in list_lints(case, load_framework("un-foa-2014"))} >= {"unseen"}
        True
    """
    checks = (
        _package, _country, _half_secret, _examples, _uncited, _never_counts, _quotes, _claims,
        _stages, _one_source, _diagonal, _early,
    )  # fmt: skip
    found = [lint for check in checks for lint in check(case)]
    return [*found, *_saving(case, framework), *_unseen(case, framework)]


def _package(case: Case) -> Iterator[Lint]:
    """Tables that are not as their data package says."""
    for file, message in compare_package(case):
        mend = f"if you changed it, write the package anew: atrisk schema CASE > CASE/{PACKAGE}"
        yield Lint("package", file, f"{message}; {mend}; if not, get the file again")


def _country(case: Case) -> Iterator[Lint]:
    """A state that was not one by that code in every month of the case."""
    country = read_code(case.header.country)
    if country and not country.covers(str(case.header.start), str(case.header.end)):
        now = " or ".join(country.now)
        message = (
            f"{country.code} was the code of {country.name} from {country.first} to "
            f"{country.last}, and the case goes from {case.header.start} to {case.header.end}; "
            f"write {now} if that is meant"
        )
        yield Lint("country", "case.toml, country", message)


def _saving(case: Case, framework: Framework) -> Iterator[Lint]:
    """Tables that a spreadsheet saved, and codes whose zero it may have cut."""
    for name in TABLES if case.folder else ():
        file = f"{name}.csv"
        how, is_resaved = case.folder.describe_saving(file) if case.folder else ("", False)
        if how:
            message = f"it was read as {how}; save it as 'CSV UTF-8' with commas when you can"
            yield Lint("saving", file, message)
        coded: dict[str, tuple[Evidence | Search, ...]] = {
            "evidence": case.evidence,
            "searches": case.searches,
        }
        items = coded.get(name, ())
        alone = [item for item in items if len(item.indicators) == 1] if is_resaved else []
        cut = [item for item in alone if f"{item.indicators[0]}0" in framework.indicators]
        if cut and not any(item.indicators[0].endswith("0") for item in alone):
            named = ", ".join(item.id for item in cut[:NAMED]) + ", …" * (len(cut) > NAMED)
            code = cut[0].indicators[0]
            message = (
                f"a spreadsheet saved this table, and it writes {code}0 as {code}; look whether "
                f"{len(cut)} rows ({named}) mean the longer code, and give the column the format "
                "'Text'"
            )
            yield Lint("cut-code", file, message)


def _half_secret(case: Case) -> Iterator[Lint]:
    """Words that are confidential in one place and open in another."""
    secret = list_secret_anchors(case)
    for row in (row for row in case.cited if not row.confidential):
        if shares_words(row.quote, filter(None, secret[row.source])):
            message = (
                "its anchor holds words that a confidential row quotes; mark it too, or move it"
            )
            yield Lint("half-confidential", f"{_name_table(case, row)}.csv, {row.label}", message)
    digests = Counter(source.sha256 for source in case.sources if source.sha256)
    for source in case.sources:
        if source.confidential and digests[source.sha256] > 1:
            message = "another source is the same document, so both are confidential; mark both"
            yield Lint("half-confidential", f"sources.csv, {source.id}", message)


def _name_table(case: Case, row: Cited) -> str:
    return next(name for name, rows in case.tables.items() if row in rows)


def _examples(case: Case) -> Iterator[Lint]:
    """Rows of the template that nobody has replaced."""
    tables: dict[str, tuple[Any, ...]] = {
        "sources": case.sources,
        "evidence": case.evidence,
        "searches": case.searches,
        "warnings": case.warnings,
        "responses": case.responses,
        "needs": case.needs,
        "actions": case.actions,
        "activations": case.activations,
    }
    for name, rows in tables.items():
        for row in rows:
            if row.id.startswith(f"{EXAMPLE}-"):
                message = (
                    "an example row of the template; replace it, or delete it or the optional file"
                )
                yield Lint("example", f"{name}.csv, {row.id}", message)
    for delivery in case.deliveries:
        if delivery.response.startswith(f"{EXAMPLE}-"):
            message = (
                "an example row of the template; replace it, or delete it or the optional file"
            )
            yield Lint("example", f"deliveries.csv, {delivery.response}", message)


def _uncited(case: Case) -> Iterator[Lint]:
    cited = {row.source for row in case.cited} | {search.source for search in case.searches}
    for source in case.sources:
        if source.id not in cited:
            message = "no row is coded from this source; code it, or delete it"
            yield Lint("uncited", f"sources.csv, {source.id}", message)


def _never_counts(case: Case) -> Iterator[Lint]:
    last = case.months[-1].last_day
    for item in case.evidence:
        day = knowledge_day(item, case.source_by_id[item.source])
        if day > last:
            message = (
                f"becomes known on {day}, after the case's last month, so no month counts it but "
                "with hindsight; correct 'known', or extend the case"
            )
            yield Lint("never-counts", f"evidence.csv, {item.id}", message)


def _quotes(case: Case) -> Iterator[Lint]:
    first: dict[tuple[str, str], Evidence] = {}
    for row in case.evidence:
        if not row.quote:
            continue
        key = row.source, " ".join(row.quote.split()).casefold()
        other = first.setdefault(key, row)
        # Two facts of one passage may differ in direction; then they are two claims.
        alike = other.claim_key != row.claim_key and other.direction == row.direction
        if other is not row and alike:
            message = f"the same anchor as {other.label}; if it is one fact, give both one claim"
            yield Lint("same-quote", f"evidence.csv, {row.label}", message)


def _claims(case: Case) -> Iterator[Lint]:
    """Claims whose names are one slip of the hand apart: the same fact would count twice."""
    rows: dict[str, list[Evidence]] = {}
    for row in case.evidence:
        if row.claim:
            rows.setdefault(row.claim, []).append(row)
    numbered: dict[tuple[str, ...], list[str]] = {}
    for claim in rows:
        if len(claim) >= SHORTEST:  # a shorter name may be near by chance
            numbered.setdefault(tuple(re.findall(r"\d+", claim)), []).append(claim)
    slips = {pair for alike in numbered.values() for pair in _find_slips(alike)}
    order = {claim: place for place, claim in enumerate(rows)}
    for pair in sorted(slips, key=lambda pair: sorted(order[claim] for claim in pair)):
        first, second = sorted(pair, key=lambda claim: (-len(rows[claim]), claim))
        message = (
            f"its claim {second!r} is nearly {first!r} of {_name_some(rows[first])}; if it is the "
            "same fact, give both one name"
        )
        yield Lint("near-claim", f"evidence.csv, {rows[second][0].label}", message)


def _find_slips(claims: list[str]) -> Iterator[frozenset[str]]:
    """Yield pairs of names that are alike but for one letter of each, and for marks."""
    near: dict[str, list[str]] = {}
    for claim in claims if len(claims) > 1 else ():
        plain = re.sub(r"[\W_]+", "", claim)
        for shorter in {plain[:place] + plain[place + 1 :] for place in range(len(plain) + 1)}:
            near.setdefault(shorter, []).append(claim)
    return (frozenset(pair) for same in near.values() for pair in combinations(same, 2))


def _stages(case: Case) -> Iterator[Lint]:
    """Stages of responses that were announced only."""
    for row in case.responses:
        out = case.source_by_id[row.source].published
        for name in STAGES:
            when = row.stage(name)
            if when and when.earliest and out.latest and when.earliest > out.latest:
                message = (
                    f"{name} {when} is after its source came out ({out}), which can only have "
                    "announced it; cite a source that saw it, or leave the cell empty"
                )
                yield Lint("announced-stage", f"responses.csv, {row.label}", message)


def _one_source(case: Case) -> Iterator[Lint]:
    share = Counter(item.source for item in case.evidence)
    name, most = share.most_common(1)[0]
    if most == len(case.evidence) and len(case.evidence) > 1:
        message = f"all {most} rows are from {name}: if it is wrong, so is every score"
        yield Lint("one-source", "evidence.csv", message)


def _diagonal(case: Case) -> Iterator[Lint]:
    graded = [
        (case.source_by_id[item.source].reliability, item.credibility) for item in case.evidence
    ]
    same = sum(_DIAGONAL.get(letter) == digit for letter, digit in graded)
    if len(graded) > 1 and same == len(graded):
        message = (
            f"all {same} grades have letter and digit of the same rank (A1, B2, ...): judge the "
            f"claim apart from its source, as in {case.evidence[0].id}"
        )
        yield Lint("diagonal", "evidence.csv", message)


def _early(case: Case) -> Iterator[Lint]:
    told = defaultdict(list)
    for item in case.evidence:
        if item.known:
            told[item.source].append(item)
    for source in case.sources:
        out = source.published.latest
        # What was said some days before a text came out is what texts tell.
        early = [
            row
            for row in told[source.id]
            if row.known
            and row.known.latest
            and out
            and Month.of(row.known.latest).index + 1 < Month.of(out).index
        ]
        if early:
            message = (
                f"{tell_count(len(early), 'row')} known before the source was published "
                f"({source.published}): check that it says who knew, and when: {_name_some(early)}"
            )
            yield Lint("known-before", f"sources.csv, {source.id}", message)


def _name_some(rows: list[Evidence]) -> str:
    """Name the first rows, and say how many more there are."""
    named = ", ".join(row.id for row in rows[:NAMED])
    return named + (f" and {len(rows) - NAMED} more" if len(rows) > NAMED else "")


def _unseen(case: Case, framework: Framework) -> Iterator[Lint]:
    items: tuple[Evidence | Search, ...] = (*case.evidence, *case.searches)
    looked = {code for item in items for code in item.indicators}
    for factor, places in framework.members.items():
        codes = [list(framework.indicators)[place] for place in places]
        unseen = [code for code in codes if code not in looked]
        if unseen:
            message = (
                f"{len(unseen)} of {len(codes)} indicators were never looked at "
                f"({', '.join(unseen)}): unknown, not absent; a search that found nothing goes to "
                "searches.csv"
            )
            yield Lint("unseen", f"factor {factor}", message)

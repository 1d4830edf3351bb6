"""The bundled case: its coding, its anchors, and what it scores."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import atrisk
import regenerate.golden
from atrisk.coding.anchors import check_anchors
from shipped import car, hindsight, now, small, un
from toys import DOCUMENTS

PAPER = "gcr2p-2015"

needs_documents = pytest.mark.skipif(
    not DOCUMENTS.is_dir(), reason=f"the documents are not beside the project ({DOCUMENTS.name}/)"
)


def read_paper() -> str:
    digests = {source.id: source.sha256 for source in car().sources}
    import hashlib

    for path in DOCUMENTS.iterdir():
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() == digests[PAPER]:
            return data.decode("utf-8")
    raise AssertionError("the paper is not among the documents")


def test_every_section_of_the_documents_is_coded() -> None:
    assert len(car().evidence) >= 200
    sections = {item.id.partition("-")[0] for item in car().evidence}
    assert sections == {
        "exec", "intro", "hist", "storm", "hate", "un", "mil", "less", "conc", "ssr"
    }  # fmt: skip


def test_mitigating_facts_are_coded_too() -> None:
    assert sum(item.direction == "mitigating" for item in car().evidence) >= 40


def test_no_two_rows_share_an_anchor_or_a_summary() -> None:
    for part in ("quote", "summary"):
        texts = [getattr(item, part) for item in car().evidence]
        assert len(set(texts)) == len(texts)


@needs_documents
def test_every_anchor_stands_in_its_document_exactly_once() -> None:
    orphans = [check.to_row() for check in check_anchors(car(), DOCUMENTS) if not check.is_sound]
    assert orphans == []


@needs_documents
def test_nearly_every_stretch_of_the_paper_carries_an_anchor() -> None:
    text = read_paper()
    begin, end = text.index("A HISTORY OF VIOLENCE"), text.index("Glossary of Abbreviations")
    found = []
    for item in car().evidence:
        if item.source == PAPER:
            match = re.search(r"\s+".join(map(re.escape, item.quote.split())), text)
            assert match
            found.append(match.start())
    stretches = range(begin, end, 600)
    carrying = [any(start <= place < start + 600 for place in found) for start in stretches]
    assert sum(carrying) / len(carrying) >= 0.85


@needs_documents
def test_no_summary_copies_the_documents() -> None:
    # Seven words in a row are copied, shorter runs are names and dates.
    text = " ".join(read_paper().lower().split())
    for item in car().evidence:
        words = item.summary.lower().split()
        for start in range(len(words) - 6):
            assert " ".join(words[start : start + 7]) not in text, item.id


def test_known_dates_are_read_from_the_paper_and_never_after_it() -> None:
    # The Council learnt in closed session on 3 January 2013 what the public read in 2015.
    warning = next(item for item in car().evidence if item.id == "hate-21")
    assert (str(warning.known), warning.audience) == ("2013-01-03", "council")
    public = atrisk.assess(car(), un(), audience="public")
    ids = {row["evidence"] for row in public.explain("2013-01", factor="9")}
    assert "hate-21" not in ids
    assert "hate-21" in {row["evidence"] for row in now().explain("2013-01", factor="9")}


def test_hindsight_sees_more_than_was_known_until_the_paper_came_out() -> None:
    published = now().place("2015-09")
    assert (hindsight().coverage[:published] > now().coverage[:published]).all()
    assert now().overall[published:] == pytest.approx(hindsight().overall[published:], abs=1e-12)


@pytest.mark.parametrize("factor", [None, *now().factor_codes])
def test_every_score_of_the_case_opens_to_its_evidence(factor: str | None) -> None:
    for place, month in enumerate(now().months):
        score = now().overall[place] if factor is None else now().factors[place, int(factor) - 1]
        scores = now().by_overall if factor is None else now().by_factor
        read = scores.coverage[place] if factor is None else scores.coverage[place, int(factor) - 1]
        if read == 0:
            with pytest.raises(atrisk.RequestError, match="not assessed, which is not zero"):
                now().explain(month, factor=factor)
        else:
            rows = now().explain(month, factor=factor)
            assert abs(sum(row["contribution"] for row in rows) - score) < 1e-12
            told = [row for row in rows if row["evidence"] != "assumed"]
            assert told
            assert all(row["quote"] and row["locator"] and row["source"] for row in told)


def test_contemporaneous_rows_are_those_of_the_series_drawn_at_the_time() -> None:
    for place, month in enumerate(now().months):
        drawn = atrisk.assess(car(), un(), knowledge=month)
        assert drawn.months[-1] == month
        assert abs(drawn.overall[-1] - now().overall[place]) < 1e-12
        assert abs(drawn.factors[-1] - now().factors[place]).max() < 1e-12


def test_a_day_within_a_month_sees_the_month_up_to_that_day() -> None:
    eve = atrisk.assess(car(), un(), knowledge="2013-12-04")
    after = atrisk.assess(car(), un(), knowledge="2013-12-06")
    assert eve.months[-1] == after.months[-1] == "2013-12"
    assert after.overall[-1] > eve.overall[-1]


def test_the_course_of_the_crisis_is_the_documents_own() -> None:
    # Coarse facts that the documents state; the curve itself is not a target.
    def at(month: str) -> float:
        return float(now().overall[now().place(month)])

    assert at("2012-06") < at("2012-12") < at("2013-04")
    assert now().months[int(now().overall.argmax())] in ("2013-12", "2014-01")


@pytest.mark.parametrize("method", [None, "v1"])
def test_scores_are_those_on_record(method: str | None) -> None:
    path = regenerate.golden.GOLDEN_V1 if method else regenerate.golden.GOLDEN
    golden = Path(path).read_text(encoding="utf-8")
    then, now = (
        list(csv.reader(text.splitlines())) for text in (golden, regenerate.golden.render(method))
    )
    assert [row[:3] for row in then] == [row[:3] for row in now]
    for old, new in zip(then[1:], now[1:], strict=True):
        assert [bool(cell) for cell in old] == [bool(cell) for cell in new]
        numbers = [[float(cell) for cell in row[3:] if cell] for row in (old, new)]
        assert numbers[0] == pytest.approx(numbers[1], abs=2e-9), old[:3]


def test_lags_and_flags_are_those_on_record() -> None:
    golden = Path(regenerate.golden.GOLDEN_GAP).read_text(encoding="utf-8")
    assert regenerate.golden.render_gap() == golden


@needs_documents
def test_every_anchor_of_the_second_case_stands_in_its_document_once() -> None:
    checks = check_anchors(small(), DOCUMENTS)
    assert len(checks) == len(small().cited)
    assert all(check.is_sound for check in checks)


def test_the_second_case_says_how_little_one_document_shows() -> None:
    now = atrisk.assess(small(), un())
    assert now.bands[:10] == (None,) * 10  # nothing was known but the offensive
    assert now.bands[10] is not None
    assert not any(item.known for item in small().evidence if item.credibility == 2)
    assert small().sources[0].reliability == "F"
    assert not now.by_factor.coverage[:, now.factor_codes.index("10")].any()

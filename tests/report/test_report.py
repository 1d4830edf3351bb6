"""The page: true to the numbers, closed to the network, safe with strangers' text."""

from __future__ import annotations

import base64
import dataclasses
import html
import re
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import atrisk
from atrisk.base.output import tell_days
from atrisk.cases.evidence import knowledge_day
from atrisk.cases.ledger import STAGES
from atrisk.cases.secrecy import Secrecy
from atrisk.cli.main import main
from atrisk.report.annex import list_months
from atrisk.report.answers import list_answers, tell_headline
from atrisk.report.brief import Brief, prepare_brief
from atrisk.report.figures.album import list_figures
from atrisk.scoring.explanation import explain_score
from ledgers import case_with, delivery, need, response, warning
from shipped import bare, briefed, car, un
from toys import HERE, ROOT, SOURCES, THREE_FACTOR, case_of, evidence

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
from atrisk.report.page import list_manifest, render_report

MEGABYTE = 1_000_000


class Page(HTMLParser):
    """Ids, links and loose text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        link = found.get("href") or found.get("xlink:href")
        if link and tag == "a":
            self.links.append(link)
        self.loads += [found[name] for name in ("src", "srcset", "poster", "data") if name in found]
        if link and tag not in ("a", "use"):
            self.loads.append(link)


@pytest.fixture
def brief() -> Brief:
    return briefed()


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(briefed())


def test_the_page_is_small_and_the_same_every_time(page: str, tmp_path: Path) -> None:
    assert len(page.encode()) < 1.5 * MEGABYTE
    again = atrisk.write_report(tmp_path / "car.html", car(), un(), draws=100)
    assert again.read_text(encoding="utf-8") == page
    assert list(tmp_path.iterdir()) == [again]


def test_it_asks_the_network_for_nothing_and_every_link_leads_somewhere(page: str) -> None:
    found = Page(page)
    assert all(link.startswith("data:") for link in found.loads)
    assert len(found.ids) == len(set(found.ids))
    assert len(found.links) > 5000
    for link in set(found.links):
        assert link.startswith("data:text/csv") or link[1:] in found.ids, link
    assert "url(http" not in page
    assert "@import" not in page


def test_every_cell_s_parts_sum_to_its_score(brief: Brief) -> None:
    pages, _ = list_months(brief.assessment)
    assert [one.month for one in pages] == list(brief.months)
    for place, one in enumerate(pages):
        for column, cell in enumerate(one.cells):
            total = sum(part.value for part in cell.parts) + cell.rest
            if brief.assessment.by_factor.coverage[place, column] == 0:
                assert cell.score is None
                assert not cell.parts
            else:
                assert total == pytest.approx(brief.assessment.factors[place, column], abs=1e-12)


def test_the_annex_holds_every_indicator_month_above_zero_and_its_evidence(brief: Brief) -> None:
    _, indicators = list_months(brief.assessment)
    known = {item.id: item for item in car().evidence}
    told = set()
    everything = np.ones(len(un().indicators))
    resting: list[dict[str, set[str]]] = []
    for place in range(len(brief.months)):
        by_code: dict[str, set[str]] = {}
        for row in explain_score(car(), un(), brief.assessment.intensity, place, everything):
            by_code.setdefault(row["indicator"], set()).add(row["evidence"])
        resting.append(by_code)
    for code, stretches in list(indicators.items()):
        for one in stretches:
            first, last = brief.assessment.place(one.first), brief.assessment.place(one.last)
            assert len(one.values) == last - first + 1
            assert one.evidence
            assert all(code in known[name].indicators for name in one.evidence)
            told |= {(code, place) for place in range(first, last + 1)}
            for place in (first, last):
                assert set(one.evidence) == resting[place][code]
    codes = brief.assessment.indicator_codes
    above = {
        (codes[column], place)
        for place, column in zip(*brief.assessment.indicators.nonzero(), strict=True)
    }
    assert told == above


def test_the_page_answers_what_is_asked_first(brief: Brief, page: str) -> None:
    answers = {answer.figure: answer.text for answer in list_answers(brief)}
    gap = brief.gap
    assert gap is not None
    first = gap.to_rows("lags")[0]
    assert answers["risk"].startswith(f"In {brief.flags.alarms[0].onset};")
    late = f"the first warning ({first['date']}) was answered {tell_days(first['days'])} later"
    assert late in answers["waiting"]
    assert "France to UN Security Council, 2013-01-03 (council)" in answers["timeline"]
    by_then = sum((w.date.latest or date.max) <= date(2013, 1, 31) for w in car().warnings)
    assert answers["timeline"].startswith(f"{by_then} of {len(car().warnings)} warnings")
    assert any((w.date.latest or date.max).isoformat()[:7] == "2013-01" for w in car().warnings)
    assert "After how many months without renewal" in answers["judgements"]
    assert answers["scenarios"].startswith("Without hate-18 (")
    assert "it would come in 2013-04" in answers["scenarios"]
    text = tell_headline(brief)
    assert f"{brief.assessment.overall[-1]:.2f} of 1" in text
    assert "On their way from the north-east the Séléka attacked Christians" in text
    for words in ("not a forecast", "not absent", "Not a probability"):
        assert words in page


def test_tables_save_as_the_numbers_that_are_shown(page: str) -> None:
    saved = {
        name: base64.b64decode(data).decode()
        for name, data in re.findall(
            r'download="([^"]+)" href="data:text/csv;base64,([^"]+)"', page
        )
    }
    assert len(saved) == 14
    risk = saved["car-2012-2015-risk.csv"].splitlines()
    assert len(risk) == 1 + 48
    assert risk[0].startswith("month,band,score,low,high,coverage")


def test_nothing_that_became_known_later_is_on_the_page_of_a_day() -> None:
    day = "2013-06-30"
    brief = prepare_brief(bare(), un(), knowledge=day, draws=20)
    page = render_report(brief)
    ids = set(Page(page).ids)
    for item in car().evidence:
        known = knowledge_day(item, car().source_by_id[item.source])
        assert (f"e-{item.id}" in ids) == (known <= date.fromisoformat(day)), item.id
    assert "more rows were not yet known" not in page  # not even how many there are
    late = {w.id for w in car().warnings if (w.date.earliest or date.max) > date(2013, 6, 30)}
    assert late
    assert not late & {w.id for w in brief.warnings}


def test_a_response_shows_no_stage_that_it_reached_after_the_day() -> None:
    brief = prepare_brief(bare(), un(), knowledge="2013-06-30", draws=20)
    whole = {one.id: one for one in car().responses}
    cut = 0
    for one in brief.responses:
        for stage in STAGES:
            when = getattr(one, stage)
            assert when is None or (when.earliest or date.min) <= date(2013, 6, 30)
            cut += when is None and getattr(whole[one.id], stage) is not None
    assert cut
    assert 0 < len(brief.responses) < len(car().responses)


def test_months_without_a_record_are_neither_told_nor_drawn_as_zero() -> None:
    rows = (
        evidence("a", start="2020-03", end="..", known="2020-03"),
        evidence("late", start="2020-01", end="..", known="", indicators="1.1"),
    )
    brief = prepare_brief(case_of(*rows), THREE_FACTOR, draws=20)
    assert list(np.isnan(brief.assessment.on_record)) == [True, True, *[False] * 4]
    assert "In 2 months only hindsight has anything on record" in list_answers(brief)[-2].text
    figures = {figure.id: figure for figure in list_figures(brief)}
    for row in figures["hindsight"].rows[:2]:
        assert (row["then"], row["added"]) == (None, None)
    for row in figures["risk"].rows[:2]:
        assert row["score"] is None
    for name in ("risk", "hindsight"):
        (axes,) = figures[name].plot().axes
        curves = [np.asarray(line.get_ydata()) for line in axes.lines]
        full = [curve for curve in curves if len(curve) == len(brief.months)]
        assert any(np.isnan(curve[:2]).all() for curve in full)
        assert not any((curve[:2] == 0).any() for curve in full)


@pytest.mark.parametrize("rule", ["any-protective", "documented-answer", "adequate"])
def test_the_warning_and_the_alarm_are_told_with_their_own_answers(rule: str) -> None:
    brief = prepare_brief(bare(), un(), method={"rule": rule}, draws=20)
    assert brief.gap is not None
    text = next(a.text for a in list_answers(brief) if a.figure == "waiting")
    for what, kind in (("first warning", "warning"), ("first alarm", "alarm")):
        lag = next(row for row in brief.gap.to_rows("lags") if row["kind"] == kind)
        told = re.findall(rf"{what} \({lag['date']}\) ([^.]*)", text)[0]
        if lag["censored"]:
            assert told.startswith("had no answer by the end of 2015-12")
        else:
            answer = next(r for r in car().responses if r.id == lag["response"])
            assert answer.measure in text.partition(what)[2]


def test_an_audience_s_page_shows_what_it_knew() -> None:
    brief = prepare_brief(bare(), un(), audience="public", knowledge="2013-12-31", draws=20)
    closed = [i for i in car().evidence if i.audience != "public"]
    hidden = [
        i.id for i in closed
        if knowledge_day(i, car().source_by_id[i.source], "public") > date(2013, 12, 31)
    ]  # fmt: skip
    assert hidden
    ids = set(Page(render_report(brief)).ids)
    assert not ids & {f"e-{name}" for name in hidden}


def test_months_are_told_the_latest_first(page: str) -> None:
    told = re.findall(r'<details class="month" id="m-([0-9-]+)"', page)
    assert told == sorted(told, reverse=True)
    assert len(told) == 48
    table = page[page.index('aria-label="Table: Risk month by month"') :]
    assert re.findall(r"#m-([0-9-]+)", table)[:2] == told[:2]


def test_flags_name_what_raised_them(brief: Brief, page: str) -> None:
    section = page[page.index('id="flags"') : page.index('id="scale"')]
    told = {item.id: item.shown_summary for item in brief.evidence}
    for flag in brief.flags.alarms:
        first = next(row["evidence"] for row in flag.evidence if row["evidence"] in told)
        assert html.escape(told[first], quote=False).replace("'", "&#39;") in section


def test_the_page_tells_where_each_band_and_tier_begins(brief: Brief, page: str) -> None:
    section = page[page.index('id="scale"') : page.index('id="words"')]
    for band, low in zip(un().header.bands, brief.assessment.method.bands.lowers, strict=True):
        assert f"<td>{band.label}</td><td>{low:g}</td>" in section
    for name, watch in brief.assessment.method.alarm.watches.items():
        assert f"<td>{name}</td><td>{watch.on:g}</td>" in section


def test_indicators_whose_number_is_recalled_are_marked(page: str) -> None:
    recalled = [one for one in un().indicators.values() if one.verified == "recalled"]
    assert f"{len(recalled)} of {len(un().indicators)} indicators are numbered" in page
    marked = set(re.findall(r'id="i-([^"]+)">[^<]*<small>number recalled', page))
    shown = set(re.findall(r'id="i-([^"]+)"', page))
    assert marked == shown & {one.code for one in recalled}


def test_without_the_annex_nothing_leads_into_it(brief: Brief, page: str) -> None:
    short = render_report(brief, annex=False)
    found = Page(short)
    assert not [one for one in found.links if one[1:] not in found.ids and one[0] == "#"]
    assert not [name for name in found.ids if re.match(r"[mcei]-", name)]
    assert len(short) < len(page) / 1.5
    assert "Annex" not in short


HOSTILE = '<script>window.broken = 1</script><img src=x onerror="window.broken = 1">'


def hostile_case() -> atrisk.Case:
    rows = (
        evidence("plain", summary=HOSTILE, locator=HOSTILE, actors=HOSTILE),
        evidence("secret", quote="never to be shown", summary="a hidden fact", confidential="yes"),
    )
    made = case_of(*rows)
    source = SOURCES[0].model_copy(update={"title": HOSTILE, "publisher": HOSTILE})
    header = made.header.model_copy(
        update={"title": HOSTILE, "caveat": f"{{{{ 7 * 7 }}}}{HOSTILE}"}
    )
    return dataclasses.replace(made, header=header, sources=(source, *SOURCES[1:]))


def test_text_of_a_case_stays_text_and_confidential_text_stays_out() -> None:
    page = render_report(prepare_brief(hostile_case(), THREE_FACTOR, draws=20))
    found = Page(page)
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert "window.broken = 1</script>" not in page
    assert "&lt;script&gt;window.broken" in page
    assert "49" not in re.sub(
        r"\{\{ 7 \* 7 \}\}", "", re.findall(r'class="caveat">.*?</p>', page)[0]
    )
    assert "never to be shown" not in page
    assert "a hidden fact" not in page
    assert "(confidential)" in page


def test_confidential_rows_of_the_ledgers_stay_out_too() -> None:
    secret = {"quote": "never to be shown", "summary": "a hidden fact", "confidential": "yes"}
    spoken = {"decided": "2020-02", "delivered": "50", "promised": "100"}
    case = case_with(
        warning(**secret), response(**spoken, **secret), delivery("2020-03", "100", "50"),
        need("200").model_copy(update=secret | {"confidential": Secrecy.YES}),
    )  # fmt: skip
    page = render_report(prepare_brief(case, THREE_FACTOR, draws=20))
    assert page.count("(confidential)") == 3
    saved = [
        base64.b64decode(one).decode() for one in re.findall(r"text/csv;base64,([^\"]+)", page)
    ]
    for text in (page, *saved):
        assert "never to be shown" not in text
        assert "a hidden fact" not in text


def test_what_a_case_lacks_is_said_and_not_drawn_empty() -> None:
    page = render_report(prepare_brief(case_of(evidence()), THREE_FACTOR, draws=20))
    for reason in ("no warning is on record", "the case has no scenarios"):
        assert f": {reason}.</li>" in page
    assert "No warning is on record, so none waited" in page
    assert 'id="timeline"' not in page


def test_a_settled_judgement_is_not_explored() -> None:
    method = {"factor_aggregation": "maximum", "weights": "equal"}
    brief = prepare_brief(bare(), un(), draws=20, method=method)
    assert brief.tree is not None
    assert not set(method) & set(brief.tree.branches)
    assert brief.assessment.method.choices["factor_aggregation"] == "maximum"


def test_the_manifest_names_data_method_and_seed(brief: Brief, tmp_path: Path) -> None:
    told = list_manifest(brief)
    assert told["seed"] == "0"
    assert "factor_aggregation=estimate" in told["method"]
    copy = tmp_path / "case"
    shutil.copytree(ROOT / "cases" / "car-2012-2015", copy)
    same = list_manifest(prepare_brief(atrisk.load_case(copy), un(), draws=100))
    assert same == told
    scenario = next((copy / "scenarios").glob("*.toml"))
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(f"{text}half_lives = 0.5\n" if text.rstrip().startswith("[changes]")
                        else text + "\n[changes.publish]\naudiences = ['internal']\n"
                        if "[changes.publish]" not in text
                        else text + "\n[changes.drop]\naudiences = ['internal']\n",
                        encoding="utf-8")  # fmt: skip
    other = list_manifest(prepare_brief(atrisk.load_case(copy), un(), draws=100))
    assert {name for name in told if told[name] != other[name]} == {"scenarios"}


def test_too_few_draws_for_the_interval_that_is_shown_are_refused() -> None:
    with pytest.raises(atrisk.RequestError, match="give a whole number, 20 or more"):
        prepare_brief(car(), un(), draws=19)


def test_sources_that_were_not_out_are_not_on_the_page_of_a_day() -> None:
    case = atrisk.load_case("car-2020-2021")
    brief = prepare_brief(case, un(), knowledge="2021-01-31", draws=20)
    assert brief.evidence
    shown = {item.source for item in brief.evidence}
    assert {source.id for source in brief.sources} == shown
    assert "what was known as of 2021-01-31" in tell_headline(brief)


def test_dollars_in_a_unit_are_dollars() -> None:
    unit = "$\\zz$ million"
    told = response(decided="2020-02", promised="100", delivered="20", unit=unit)
    later = delivery("2020-04", "100", "50").model_copy(update={"unit": unit})
    page = render_report(prepare_brief(case_with(warning(), told, later), THREE_FACTOR, draws=20))
    assert unit in page[page.index('id="promises"') :]


def test_the_command_writes_a_page_and_refuses_other_endings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mini = [str(HERE / "cases" / "mini"), "--framework", str(HERE / "frameworks" / "three-factor")]
    out = tmp_path / "deep" / "mini.html"
    asked = ["report", *mini, "--draws", "20"]
    assert main([*asked, "--out", str(out)]) == 0
    assert out.is_file()
    assert main([*asked, "--out", str(tmp_path / "mini.pdf")]) == 2
    assert "does not end in .html" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main([*asked, "--out", str(tmp_path / "file" / "mini.html")]) == 2
    assert "cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["car-2012-2015", "car-2020-2021"])
def test_a_page_under_the_other_framework_works_too(name: str) -> None:
    stages = atrisk.load_framework("ten-stages")
    case = atrisk.cross_case(atrisk.load_case(name), stages)
    page = render_report(prepare_brief(case, stages, draws=20))
    assert "rows have a counterpart" in page
    assert "coded to un-foa-2014 and carried over" in page
    assert case.digest in page
    if name == "car-2012-2015":
        assert "scenarios written for un-foa-2014 are not carried over" in page


def test_a_case_stands_beside_others_at_equal_effort(tmp_path: Path) -> None:
    case, other = (atrisk.load_case(name) for name in ("car-2020-2021", "sen-2011-2012"))
    found = prepare_brief(case, un(), draws=20, beside=[other])
    assert found.beside is not None
    text = render_report(found)
    section = text[text.index('id="beside"') : text.index('id="flags"')]
    told = found.beside.to_rows()
    assert [row["case"] for row in told] == [case.id, other.id]
    for row in told:
        assert f"<td>{row['case']}</td><td>{row['rows_a_month']:.2f}</td>" in section
        assert f"<td>{row['mean_at_equal_effort']:.2f}</td>" in section
    assert 'id="beside"' not in render_report(prepare_brief(case, un(), draws=20))
    out = tmp_path / "car.html"
    asked = ["report", case.id, "--beside", other.id, "--draws", "20", "--out", str(out)]
    assert main(asked) == 0
    assert out.read_text(encoding="utf-8") == text

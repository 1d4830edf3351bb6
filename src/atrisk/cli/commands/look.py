"""Look: the commands that list what is there, score a case, and open a score."""

from __future__ import annotations

import argparse

from atrisk.base.errors import check_count
from atrisk.base.output import Row, render
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import assess_given, read_name
from atrisk.cli.options import FRAMEWORK, Command, add_case, add_choices, add_format
from atrisk.cli.output import (
    describe_columns,
    describe_factors,
    find_drivers,
    print_rows,
    render_explanation,
    say,
    tabulate_months,
    tell_score,
    wrap,
)
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework
from atrisk.scoring.assessment import Assessment

SHOWN = ("choices", "factors", "indicators", "severity", "bands", "alarms")
# What the help of a command fills in when it is asked for: thresholds are data of the framework.
FILLED_IN = "{thresholds}"
THRESHOLDS = (
    f"{FILLED_IN} They are data of the framework: atrisk frameworks un-foa-2014 --show bands, and "
    "--show alarms."
)
TOP = 20


def _add_cases(parser: argparse.ArgumentParser) -> None:
    add_format(parser)


def _show_cases(given: argparse.Namespace) -> int:
    rows: list[Row] = []
    for name in list_cases():
        case = load_case(name)
        months = f"{case.header.start} to {case.header.end}"
        counts = {"evidence": len(case.evidence), "sources": len(case.sources)}
        rows.append({"case": name, "title": case.header.title, "months": months} | counts)
    say(render(rows, given.format))
    return 0


def _add_frameworks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("framework", metavar="ID", nargs="?", help="id or path of a framework")
    parser.add_argument("--show", choices=SHOWN, default="choices", help="table to show")
    add_format(parser)


def _show_frameworks(given: argparse.Namespace) -> int:
    if given.framework is None:
        rows = [_describe_framework(load_framework(name)) for name in list_frameworks()]
    else:
        rows = _open_framework(
            load_framework(read_name(given.framework, list_frameworks())), given.show
        )
    say(render(rows, given.format))
    return 0


def _describe_framework(framework: Framework) -> Row:
    counts = {"factors": len(framework.factors), "indicators": len(framework.indicators)}
    return {"framework": framework.id, "title": framework.header.title} | counts


def _open_framework(framework: Framework, what: str) -> list[Row]:
    if what == "factors":
        return [
            {"factor": f.code, "title": f.title, "scope": f.scope}
            for f in framework.factors.values()
        ]
    if what == "indicators":
        return [
            {"indicator": i.code, "label": i.label, "nature": i.nature, "numbering": i.verified}
            for i in framework.indicators.values()
        ]
    if what == "severity":
        return [level.model_dump() for level in framework.header.severity]
    if what == "bands":
        return _list_bands(framework)
    if what == "alarms":
        return _list_alarms(framework)
    taken = framework.choose().choices
    return [
        {
            "branch": branch,
            "option": option.id,
            "default": "yes" if taken[branch] == option.id else "",
            "weight": option.weight,
            "rationale": option.rationale,
        }
        for branch in taken
        for option in framework.branches[branch].options
    ]


def _list_bands(framework: Framework) -> list[Row]:
    taken = framework.choose().bands
    return [
        {"bands": taken.id, "band": band.label, "from_score": lower}
        for band, lower in zip(framework.header.bands, taken.lowers, strict=True)
    ]


def _list_alarms(framework: Framework) -> list[Row]:
    taken = framework.choose().alarm
    return [
        {
            "policy": taken.id,
            "tier": tier,
            "on_from_score": watch.on,
            "off_below_score": watch.off,
            "months_needed": watch.months_needed,
            "months_watched": watch.months_watched,
        }
        for tier, watch in taken.watches.items()
    ]


def describe_thresholds() -> str:
    """Return from which scores on words and tiers are used, under the default framework."""
    framework = load_framework(FRAMEWORK)
    bands = ", ".join(f"{r['band']} from {r['from_score']:g}" for r in _list_bands(framework))
    tiers = "; ".join(
        f"{r['tier']} from {r['on_from_score']:g} in {r['months_needed']} of "
        f"{r['months_watched']} months, until below {r['off_below_score']:g}"
        for r in _list_alarms(framework)
    )
    return f"Bands of a score under {framework.id}: {bands}. Tiers of the alarm: {tiers}."


def _add_assess(parser: argparse.ArgumentParser) -> None:
    parser.epilog = THRESHOLDS
    add_case(parser)
    parser.add_argument(
        "--level", choices=tuple(Assessment.tables), default="overall", help="level of the scores"
    )
    parser.add_argument("--month", metavar="MONTH", help="show this month only")
    add_choices(parser)
    add_format(parser)


def _assess_case(given: argparse.Namespace) -> int:
    assessment = assess_given(given, given.knowledge)
    if given.month:
        assessment.place(given.month)
    drivers = find_drivers(assessment) if given.format == "table" else []
    if given.level == "overall" and given.format == "table":
        rows = tabulate_months(assessment, drivers)
    else:
        rows = assessment.to_rows(given.level)
    rows = [row for row in rows if given.month in (None, row["month"])]
    is_overall = given.level == "overall"
    titles = describe_factors(assessment, drivers) if is_overall else ""
    told = describe_columns(assessment, given.level), titles, repr(assessment)
    text = "\n\n".join(part for part in told if part)
    return print_rows(given, rows, assessment, {}, text)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument("month", metavar="MONTH", help="month to explain, such as 2013-09")
    parser.add_argument(
        "--factor", metavar="CODE", help="explain the score of one factor, such as 11"
    )
    parser.add_argument(
        "--crime", metavar="CODE", help="explain the score of one crime, such as genocide"
    )
    parser.add_argument(
        "--since", metavar="MONTH", help="explain the change since an earlier month"
    )
    parser.add_argument(
        "--than",
        metavar="KNOWLEDGE",
        help="explain the change from another way of knowing, such as retrospective",
    )
    parser.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=TOP,
        help=f"how many rows to print (default: {TOP}; 0 for all)",
    )
    add_choices(parser)
    add_format(parser)


def _explain_month(given: argparse.Namespace) -> int:
    from atrisk.scoring.comparison import compare_scores

    check_count("--top", given.top, least=0)
    now = assess_given(given, given.knowledge)
    chosen = {"factor": given.factor, "crime": given.crime}
    other: Row = {}
    if given.since or given.than:
        before = assess_given(given, given.than) if given.than else now
        sides = (before, given.since or given.month), (now, given.month)
        rows, part = compare_scores(*sides, **chosen), "change"
        other = {"compared_with": f"{sides[0][1]}, {before.knowledge}"}
        told = "\n".join(
            f"{name:6}  {tell_score(*side, **chosen)}"
            for name, side in zip(("before", "after"), sides, strict=True)
        )
    else:
        rows, part = now.explain(given.month, **chosen), "contribution"
        told = tell_score(now, given.month, **chosen)
    if given.format != "table":
        return print_rows(given, rows, now, {"month": given.month} | other, "")
    say(f"{told}\n\n{render_explanation(rows, part, given.top or None, now.framework)}")
    say(f"\n{wrap(now.framework.header.caveat)}\n{wrap(now.case.header.caveat)}")
    return 0


COMMANDS = (
    Command("cases", "look", "List the bundled cases.", _add_cases, _show_cases),
    Command(
        "frameworks",
        "look",
        "List the bundled frameworks, or one's factors, indicators, severity, bands or choices.",
        _add_frameworks,
        _show_frameworks,
    ),
    Command("assess", "look", "Score a case month by month.", _add_assess, _assess_case),
    Command(
        "explain",
        "look",
        "Show the evidence that a score rests on.",
        _add_explain,
        _explain_month,
    ),
)

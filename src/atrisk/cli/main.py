"""The command ``atrisk``: arguments into the functions of the library, and nothing else.

Exit status: 0 done, 1 a check found faults (``anchors``), 2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from atrisk.base.errors import AtriskError
from atrisk.base.output import Row, render
from atrisk.cases.case import list_cases, load_case
from atrisk.cases.ledger import GROUPS, Stage
from atrisk.cli.arguments import build_parser
from atrisk.cli.inputs import assess_given, load, read_method, read_name, say, tell_provenance
from atrisk.cli.output import describe_factors, render_explanation, tabulate_months, tell_score
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework
from atrisk.scoring.comparison import compare_scores

if TYPE_CHECKING:
    from atrisk.gap.gap import Gap

# What of a lag a table shows; CSV and JSON hold the anchors too.
LAG_COLUMNS = (
    "subject",
    "date",
    "issuer",
    "response",
    "answered_on",
    "days",
    "low",
    "high",
    "censored",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status; faults are told on standard error.

    Examples:
        >>> main(["cases", "--format", "csv"])
        case,title,months,evidence,sources
        car-2012-2015,"Central African Republic, 2012-2015",2012-01 to 2015-12,391,2
        car-2020-2021,"Central African Republic, 2020-2021",2020-12 to 2021-11,47,1
        0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a narrow terminal is no failure
    words = sys.argv[1:] if arguments is None else arguments
    given = build_parser(words).parse_args(words)
    try:
        status = COMMANDS[given.command](given)
        sys.stdout.flush()
    except AtriskError as error:
        print(f"atrisk: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        # Whoever read us, such as `head`, has seen enough; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a path that is too long, a disk that is full
        where = f"{str(error.filename)[:80]!r}: " if error.filename else ""
        print(f"atrisk: {where}{error.strerror or error}; choose another path", file=sys.stderr)  # noqa: T201
        return 2
    return status


def run() -> NoReturn:
    """Run the command as a process of its own, and leave it at once.

    Taking down what was imported object by object costs a seventh of a run (docs/performance.md)
    and frees nothing that the system does not free anyway. Searching all installed packages for
    plugins of pydantic, of which this process uses none, costs another twentieth.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _show_cases(given: argparse.Namespace) -> int:
    rows: list[Row] = []
    for name in list_cases():
        case = load_case(name)
        months = f"{case.header.start} to {case.header.end}"
        counts = {"evidence": len(case.evidence), "sources": len(case.sources)}
        rows.append({"case": name, "title": case.header.title, "months": months} | counts)
    say(render(rows, given.format))
    return 0


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
        for option in getattr(framework.header.branches, branch).options
    ]


def _assess_case(given: argparse.Namespace) -> int:
    assessment = assess_given(given, given.knowledge)
    if given.month:
        assessment.place(given.month)
    if given.level == "overall" and given.format == "table":
        rows = tabulate_months(assessment)
    else:
        rows = assessment.to_rows(given.level)
    rows = [row for row in rows if given.month in (None, row["month"])]
    if given.format != "table":
        rows = [tell_provenance(assessment) | row for row in rows]
    say(render(rows, given.format))
    if given.format == "table":
        say(f"\n{describe_factors(assessment)}\n\n{assessment!r}")
    return 0


def _explain_month(given: argparse.Namespace) -> int:
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
        say(
            render(
                [tell_provenance(now) | {"month": given.month} | other | row for row in rows],
                given.format,
            )
        )
        return 0
    say(f"{told}\n\n{render_explanation(rows, part, given.top or None)}")
    say(f"{now.framework.header.caveat}\n{now.case.header.caveat}")
    return 0


def _show_flags(given: argparse.Namespace) -> int:
    from atrisk.scoring.flags import raise_flags  # noqa: PLC0415 - only two commands need it

    flags = raise_flags(assess_given(given, given.knowledge), given.policy)
    rows = flags.to_rows()
    if given.format != "table":
        rows = [
            tell_provenance(flags.assessment) | {"policy": flags.policy.id} | row for row in rows
        ]
    if rows or given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
    if given.format == "table":
        say(f"\n{flags!r}")
    return 0


def _show_gap(given: argparse.Namespace) -> int:
    from atrisk.gap.gap import compare_rules, measure_gap  # noqa: PLC0415 - only this command needs it

    assessment = assess_given(given, given.knowledge)
    gap = measure_gap(assessment.case, assessment, given.rule, given.stage)
    if given.show == "summary" and given.format == "table":
        say(textwrap.fill(gap.describe(), 100))
        rows = compare_rules(gap.case, assessment, given.stage)
        say(f"\n{render(rows, 'table')}\n\n{gap!r}")
        return 0
    rows = _gap_rows(gap, given.show, given.stage)
    if given.format != "table":
        rows = [tell_provenance(assessment) | row for row in rows]
    elif given.show == "lags":
        rows = [{name: row[name] for name in LAG_COLUMNS} for row in rows]
    say(render(rows, given.format))
    if given.format == "table":
        say(f"\n{gap!r}")
    return 0


def _gap_rows(gap: Gap, what: str, stage: Stage | None) -> list[Row]:
    from atrisk.gap.gap import compare_rules  # noqa: PLC0415 - loaded by now

    if what in ("summary", "rules"):
        return compare_rules(gap.case, gap.assessment, stage)
    if what in GROUPS:
        return gap.compare_groups(what)
    return gap.to_rows(what)  # type: ignore[arg-type]


def _study(given: argparse.Namespace) -> int:
    from atrisk.cli.study import STUDIES  # noqa: PLC0415 - few runs draw anything

    return STUDIES[given.command](given)


def _brief_case(given: argparse.Namespace) -> int:
    case, framework = load(given)
    view = {
        "knowledge": given.knowledge,
        "audience": given.audience,
        "method": read_method(given),
        "seed": given.seed,
        "draws": given.draws,
    }
    if given.command == "report":
        from atrisk.report.page import write_report  # noqa: PLC0415 - an extra

        page = write_report(given.out, case, framework, **view)
        say(f"{page}: {case.header.title}, under {framework.id}, {given.knowledge} knowledge")
        return 0
    from atrisk.report.brief import prepare_brief  # noqa: PLC0415 - an extra
    from atrisk.report.figures.album import write_figures  # noqa: PLC0415

    files = write_figures(given.out, prepare_brief(case, framework, **view))
    say("\n".join(str(file) for file in files))
    return 0


def _author(given: argparse.Namespace) -> int:
    from atrisk.cli.code import AUTHORING  # noqa: PLC0415 - only who writes a case needs it

    return AUTHORING[given.command](given)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "cases": _show_cases,
    "frameworks": _show_frameworks,
    "assess": _assess_case,
    "explain": _explain_month,
    "flags": _show_flags,
    "gap": _show_gap,
    "ensemble": _study,
    "methods": _study,
    "weights": _study,
    "scenarios": _study,
    "sensitivity": _study,
    "report": _brief_case,
    "figures": _brief_case,
    "passages": _author,
    "agreement": _author,
    "codebook": _author,
    "crosswalk": _author,
    "new": _author,
    "schema": _author,
    "export": _author,
    "import": _author,
    "validate": _author,
    "anchors": _author,
}

"""Output: what a score and an explanation look like in a terminal, and how rows are printed."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from atrisk.base.output import Row, render, show, tell_count
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment

_WIDTH = 100


Drivers = list[tuple[tuple[str, ...], tuple[str, ...]]]


def find_drivers(assessment: Assessment, most: int = 3) -> Drivers:
    """Return the factors that drive each month, and those that rise in it, at most some of each.

    They are those with the largest part in the worst crime, and those whose part rose most since
    the month before.
    """
    return [
        (assessment.driving_factors(month)[:most], assessment.rising_factors(month)[:most])
        for month in assessment.months
    ]


def tabulate_months(assessment: Assessment, drivers: Drivers) -> list[Row]:
    """Return one row a month for people to read: band, score, range, crimes, drivers, coverage.

    Args:
        assessment: what to show.
        drivers: of it, from ``find_drivers``.
    """
    rows = []
    bands, by_crime = assessment.bands, assessment.crimes
    labels = {code: crime.label.lower() for code, crime in assessment.framework.crimes.items()}
    for place, (month, (driving, rising)) in enumerate(
        zip(assessment.months, drivers, strict=True)
    ):
        told = assessment.coverage[place] > 0  # nothing on record is no score
        rows.append(
            {
                "month": month,
                "band": bands[place],
                "overall": f"{assessment.overall[place]:.2f}" if told else None,
                "range": f"{assessment.low[place]:.2f}-{assessment.high[place]:.2f}",
                **{
                    label: f"{by_crime[code][place]:.2f}" if told else None
                    for code, label in labels.items()
                },
                "driving factors": ", ".join(driving),
                "rising": ", ".join(rising),
                "coverage": f"{assessment.coverage[place]:.0%}",
            }
        )
    return rows


def describe_factors(assessment: Assessment, drivers: Drivers) -> str:
    """Return the titles of the factors that ``tabulate_months`` names by their codes."""
    return name_factors(assessment, (c for month in drivers for found in month for c in found))


def name_factors(assessment: Assessment, codes: Iterable[str]) -> str:
    """Return the titles of some factors, one a line, in the order of the framework."""
    named = set(codes)
    factors = assessment.framework.factors.items()
    return "\n".join(f"factor {code}: {f.title}" for code, f in factors if code in named)


def describe_columns(assessment: Assessment, level: str = "overall") -> str:
    """Return what the columns of a table of scores mean under the method that was taken."""
    method, bands = assessment.method, assessment.framework.header.bands
    steps = ", ".join(
        f"{band.label} from {lower:g}"
        for band, lower in zip(bands, method.bands.lowers, strict=True)
    )
    least = assessment.framework.header.least_coverage
    readings = assessment.intensity.readings
    bounds = (
        "the score if everything that nobody looked at were absent, and if it were at its worst; "
        "how far the record itself may be wrong is shown by `atrisk ensemble`"
        if readings is None
        else f"{readings.rule.level:.0%} interval: allows for what was not read, for claims that "
        "may be untrue, and for the coder"
    )
    drivers = (
        "driving factors: the factors with the largest part in the worst crime; rising: those "
        "whose part rose most since the month before\n"
    )
    return (
        f"band: {steps}; no band below {least:.0%} coverage. The band goes by the exact score, so "
        "a rounded one may seem to lie on the other side of a threshold\n"
        f"{'range' if level == 'overall' else 'low, high'}: {bounds}\n"
        f"{drivers if level == 'overall' else ''}"
        "coverage: share of the framework's indicators that have current evidence on record"
    )


def wrap(text: str) -> str:
    """Break long lines of a text; what goes on is indented a little further than its line."""
    lines = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        more = f"{indent}  " if indent else ""
        told = textwrap.wrap(line.strip(), _WIDTH, initial_indent=indent, subsequent_indent=more)
        lines += told or [""]
    return "\n".join(lines)


def tell_score(assessment: Assessment, month: str, factor: str | None, crime: str | None) -> str:
    """Return in one line which score an explanation opens: its month, name, band and range."""
    place = assessment.place(month)
    if factor is not None:
        title = assessment.framework.factors[factor].title
        return f"{month}, factor {factor} ({title}): " + _describe_row(
            next(
                r
                for r in assessment.to_rows("factor")
                if (r["month"], r["factor"]) == (month, factor)
            )
        )
    code = crime or assessment.worst_crimes[place]
    label = assessment.framework.crimes[code].label
    named = assessment.named_crimes[place]
    told = "worst crime" if named else "no crime leads clearly, shown for the highest"
    name = label if crime else f"overall ({told}: {label.lower()})"
    if crime:
        rows = assessment.to_rows("crime")
        row = next(r for r in rows if (r["month"], r["crime"]) == (month, code))
    else:  # the figures that every other table shows of it: its bounds are those of all crimes
        row = assessment.to_rows("overall")[place]
    return f"{month}, {name}: {_describe_row(row)}, {assessment.knowledge}"


def _describe_row(row: Row) -> str:
    if row["score"] is None:
        return "not assessed, which is not zero"
    return (
        f"{row['band'] or 'no band'} {row['score']:.4f} [{row['low']:.2f}-{row['high']:.2f}], "
        f"coverage {row['coverage']:.0%}"
    )


def render_explanation(rows: list[Row], part: str, top: int | None, framework: Framework) -> str:
    """Return an explanation to read: each row with its fact, its anchor and where it stands.

    Args:
        rows: of ``Assessment.explain`` or ``compare_scores``.
        part: the column to sum, ``"contribution"`` or ``"change"``.
        top: how many rows to show; None for all.
        framework: whose factors they are of.
    """
    shown = rows if top is None else rows[:top]
    lines = [line for row in shown for line in _describe_part(row, part)]
    total = sum(row[part] for row in rows)
    factors: dict[str, float] = {}
    for row in rows:
        factors[row["factor"]] = factors.get(row["factor"], 0.0) + row[part]
    by_factor = [
        f"{value:+.4f}  factor {code}, {framework.factors[code].title}"
        for code, value in sorted(factors.items(), key=lambda f: -abs(f[1]))
    ]
    rest = len(rows) - len(shown)
    if rest:
        left = total - sum(row[part] for row in shown)
        more = tell_count(rest, "more row")
        lines.append(f"… and {more}, {left:+.4f} together (--top 0 shows all)")
    counted = tell_count(len(rows), "row")
    lines += ["", f"{counted}, sum of {part}s {total:+.4f}{_tell_parts(rows)}"]
    assumed = [row[part] for row in rows if not row["indicator"]]
    if assumed:
        lines += [f"of which assumed, where little was read: {sum(assumed):+.4f}"]
    lines += ["by factor:", *(f"  {told}" for told in by_factor)]
    return "\n".join(lines)


def _tell_parts(rows: list[Row]) -> str:
    """Say how much of a change is news, and how much was learnt about the earlier month."""
    if not rows or rows[0].get("news") is None:
        return ""
    news, revision = (sum(row[name] for row in rows) for name in ("news", "revision"))
    return f": news {news:+.4f}, and {revision:+.4f} from what was learnt about the earlier month"


def _describe_part(row: Row, part: str) -> Iterator[str]:
    if not row["indicator"]:
        yield from textwrap.wrap(
            show(f"{row[part]:+.4f}  {row['summary']}"), _WIDTH, subsequent_indent=" " * 9
        )
        return
    between = f" ({row['before']:.4f} to {row['after']:.4f})" if part == "change" else ""
    yield show(
        f"{row[part]:+.4f}{between}  {row['evidence']}  indicator {row['indicator']} "
        f"({row['label']})"
    )
    told = f"; also told by {row['also_told_by']}" if row["also_told_by"] else ""
    yield show(
        f"         {row['direction']}, severity {row['severity']}, grade {row['grade']}, "
        f"known {row['known']} ({row['audience']}){told}"
    )
    text = show(row["summary"])
    yield from textwrap.wrap(text, _WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9)
    quote = f"“{row['quote']}” " if row["quote"] else ""
    yield show(f"         {quote}{row['source']}, {row['locator']}")


def print_rows(
    given: argparse.Namespace,
    rows: list[Row],
    base: Assessment,
    head: Row,
    text: str,
    *,
    table: str = "",
    may_be_empty: bool = False,
) -> int:
    """Print rows as they are asked for, and return the exit status.

    A table, which may have a name in columns.csv, is followed by what its columns mean and by a
    text; in CSV and JSON each row begins with what it was computed from.
    """
    is_table = given.format == "table"
    if not is_table:
        rows = [tell_provenance(base) | head | row for row in rows]
    if rows or not is_table or not may_be_empty:
        say(render(rows, given.format, may_be_empty=may_be_empty))
    if is_table:
        _say_below(rows, table, text)
    return 0


def print_plain(given: argparse.Namespace, rows: list[Row], table: str, text: str) -> int:
    """Print rows that say themselves what they are of, and return the exit status."""
    if rows or given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
    if given.format == "table":
        _say_below(rows, table, text)
    return 0


def _say_below(rows: list[Row], table: str, text: str) -> None:
    """Print what stands below a table: what its columns mean, if it has a name, and a text."""
    meanings = ""
    if rows and table:
        from atrisk.cli.columns import explain_columns

        meanings = explain_columns(table, rows[0])
    say("\n" + "\n\n".join(wrap(part) for part in (meanings, text) if part))


def tell_provenance(assessment: Assessment) -> Row:
    """Say in each exported row what it was computed from."""
    choices = assessment.method.choices
    return {
        "case": assessment.case.id,
        "framework": assessment.framework.id,
        "knowledge": assessment.knowledge,
        "audience": assessment.audience or "anybody",
        "method": "; ".join(f"{branch}={option}" for branch, option in choices.items()),
    }


def say(text: str) -> None:
    """Print what was asked for; no character of it is hidden, and none steers a terminal."""
    print(show(text, lines=True))


def note(text: str) -> None:
    """Say on standard error what a person should know beside what was asked for, if it is heard."""
    with suppress(OSError, ValueError):  # nobody listens
        print(f"atrisk: {show(text, lines=True)}", file=sys.stderr, flush=True)


@contextmanager
def telling(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give what shows on a terminal how far work has come; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return

    def tell(done: int, total: int) -> None:
        print(f"\r{done:,} of {total:,} {what}", end="", file=sys.stderr, flush=True)

    yield tell
    print(file=sys.stderr)

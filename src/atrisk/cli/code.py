"""Authoring: the commands for those who write a case, from the empty folder to the exchange.

Each loads what it needs, because most of it is an extra or reads documents.
"""

from __future__ import annotations

import argparse
import shlex
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, UnknownNameError
from atrisk.base.output import Row, clean, render
from atrisk.cases.case import list_cases, load_case
from atrisk.cli.inputs import load, read_name, say
from atrisk.cli.options import FRAMEWORK
from atrisk.frameworks.loading import list_frameworks, load_framework

if TYPE_CHECKING:
    from atrisk.cases.case import Case
    from atrisk.coding.documents import Document
    from atrisk.coding.suggestions import Suggestions


def show_passages(given: argparse.Namespace) -> int:
    """Print a document's passages with the dates that they name and the likeliest indicators."""
    from atrisk.coding.documents import read_document  # noqa: PLC0415
    from atrisk.coding.suggestions import suggest_indicators  # noqa: PLC0415

    if given.recall is not None and given.like:
        raise RequestError("--recall learns from the measured case alone; leave out --like")
    if len(set(given.like)) < len(given.like):
        raise RequestError(f"--like names a case twice: {', '.join(given.like)}; name it once")
    document = read_document(given.document)
    framework = load_framework(read_name(given.framework, list_frameworks()))
    if given.recall is not None:
        return _show_recall(given, document, load_case(read_name(given.recall, list_cases())))
    like = [load_case(read_name(name, list_cases())) for name in given.like]
    suggestions = suggest_indicators(document, framework, like=like, top=given.top)
    if given.format != "table":
        say(render(suggestions.to_rows(), given.format))
        return 0
    say("\n\n".join(_describe_passages(suggestions)))
    say(f"\n{suggestions!r}")
    return 0


def _describe_passages(suggestions: Suggestions) -> list[str]:
    told, rows = [], suggestions.to_rows()
    labels = {code: item.label for code, item in suggestions.framework.indicators.items()}
    for passage, row, codes in zip(
        suggestions.document.passages, rows, suggestions.codes, strict=True
    ):
        dates = f"   dates: {row['dates']}" if row["dates"] else ""
        text = clean(passage.text)
        lines = [
            clean(f"{passage.locator}{dates}"),
            *textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    "),
            f"    anchor: {row['anchor'] or 'every run of words is repeated: choose by hand'}",
            *(f"  ? {code} {labels[code]}" for code in codes),
        ]
        told.append("\n".join(lines if codes else [*lines, "  ? no word in common"]))
    return told


def _show_recall(given: argparse.Namespace, document: Document, case: Case) -> int:
    import hashlib  # noqa: PLC0415 - only this needs it

    from atrisk.coding.recall import measure_recall  # noqa: PLC0415

    digest = hashlib.sha256(given.document.read_bytes()).hexdigest()
    source = next((s.id for s in case.sources if s.sha256 == digest), None)
    framework = load_framework(case.header.framework)
    if source is None:
        known = ", ".join(one.id for one in case.sources)
        raise RequestError(
            f"{given.document.name!r} is not a document of {case.id} ({known}): no source there "
            f"has the sha256 {digest}"
        )
    if given.framework not in (FRAMEWORK, framework.id):
        raise RequestError(
            f"{case.id} is coded to {framework.id}, and --recall measures that; leave out "
            f"--framework {given.framework}"
        )
    recall = measure_recall(document, case, source, framework, top=given.top)
    say(render(recall.to_rows(), given.format))
    return 0


def validate_case(given: argparse.Namespace) -> int:
    """Print what a case may still lack; its faults are raised."""
    from atrisk.coding.lints import list_lints  # noqa: PLC0415

    case, framework = load(given)
    rows = [lint.to_row() for lint in list_lints(case, framework)]
    if given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
        return 0
    say(f"{case!r}: no faults")
    if rows:
        say(f"\n{len(rows)} things to look at, none of them an error:\n")
        say("\n".join(f"{row['where']} ({row['lint']}): {row['message']}" for row in rows))
    return 0


def show_crosswalk(given: argparse.Namespace) -> int:
    """Print what the indicators of a case stand for in another framework."""
    from atrisk.cases.crosswalk import cross_case, load_crosswalk  # noqa: PLC0415

    case = load_case(read_name(given.case, list_cases()))
    framework = load_framework(read_name(given.framework, list_frameworks()))
    crossed = cross_case(case, framework)
    crosswalk = load_crosswalk(framework, case.header.framework)
    say(render(crosswalk.to_rows(case), given.format))
    if given.format == "table":
        say(f"\n{crosswalk!r}\n{crossed.header.caveat}")
    return 0


def check_anchors(given: argparse.Namespace) -> int:
    """Print the anchors that are not in their documents exactly once."""
    from atrisk.coding.anchors import check_anchors  # noqa: PLC0415

    given.framework = None
    checks = check_anchors(load(given)[0], given.documents)
    orphans: list[Row] = [check.to_row() for check in checks if not check.is_sound]
    if orphans or given.format != "table":
        say(render(orphans, given.format, may_be_empty=True))
    if given.format == "table":
        say(f"{len(checks)} anchors, {len(checks) - len(orphans)} found exactly once")
    return 1 if orphans else 0


def show_agreement(given: argparse.Namespace) -> int:
    """Print how far coders agree, and what they have to settle."""
    from atrisk.studies.agreement import measure_agreement  # noqa: PLC0415

    agreement = measure_agreement(*load(given))
    rows = agreement.to_rows(given.show)
    if rows or given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
    if given.format == "table":
        say(f"\n{agreement!r}")
    return 0


def create_case(given: argparse.Namespace) -> int:
    """Make the folder of a new case."""
    from atrisk.coding.template import create_case  # noqa: PLC0415

    framework = load_framework(read_name(given.framework, list_frameworks()))
    folder = create_case(
        given.country, start=given.start, end=given.end, framework=framework, out=given.out
    )
    shown = shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")
    say(f"{folder} is ready. Next: atrisk validate {shown}")
    return 0


def show_schema(given: argparse.Namespace) -> int:
    """Print a schema that other tools read."""
    import json  # noqa: PLC0415 - most runs print a table

    from atrisk.coding.schemas import SCHEMAS, describe_package, describe_schema  # noqa: PLC0415

    which = read_name(given.name, list_cases())
    if isinstance(which, str) and which not in (*SCHEMAS, *list_cases()):
        raise UnknownNameError("schema or case", which, (*SCHEMAS, *list_cases()))
    if which in SCHEMAS:
        content = describe_schema(str(which))
    else:
        content = describe_package(load_case(which))
    say(json.dumps(content, indent=1, ensure_ascii=False))
    return 0


def write_codebook(given: argparse.Namespace) -> int:
    """Write a framework as a codebook of a coding tool."""
    from atrisk.exchange.codebook import export_codebook  # noqa: PLC0415

    framework = load_framework(read_name(given.framework, list_frameworks()))
    say(f"{export_codebook(framework, given.file)} holds {framework!r}")
    return 0


def export_case(given: argparse.Namespace) -> int:
    """Write a case as a workbook, or its evidence as annotations."""
    case = load_case(read_name(given.case, list_cases()))
    if given.file.suffix == ".jsonld":
        from atrisk.exchange.annotations import export_annotations  # noqa: PLC0415

        framework = case.framework or load_framework(case.header.framework)
        file = export_annotations(case, framework, given.file, given.documents)
        say(f"{file} holds the evidence of {case!r}, without what is confidential")
        return 0
    if given.documents is not None:
        raise RequestError("--documents is for .jsonld; a workbook holds no text around anchors")
    from atrisk.exchange.workbook import export_workbook  # noqa: PLC0415

    say(f"{export_workbook(case, given.file)} holds {case!r}")
    return 0


def import_file(given: argparse.Namespace) -> int:
    """Make a case folder from a workbook, or draft evidence from highlights."""
    if given.file.suffix.lower() in (".csv", ".qdpx"):
        return _import_draft(given)
    stray = [name for name in ("case", "source", "documents") if getattr(given, name) is not None]
    if stray:
        raise RequestError(f"--{stray[0]} is for highlights (.csv, .qdpx); a workbook is a case")
    from atrisk.exchange.workbook import import_workbook  # noqa: PLC0415

    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    say(f"{given.out} holds {import_workbook(given.file, given.out, wanted)!r}")
    return 0


def _import_draft(given: argparse.Namespace) -> int:
    from atrisk.exchange.drafts import import_highlights  # noqa: PLC0415

    if given.case is None:
        raise RequestError("highlights become evidence of a case; name it: --case ./my-case")
    case, framework = load(given)
    draft = import_highlights(
        given.file, case, framework, documents=given.documents, source=given.source
    )
    file = draft.write(given.out)
    for note in draft.unread:
        say(f"to look at: {note}")
    say(
        f"{file}: {draft!r}. Fill in the empty cells, then add the rows to evidence.csv; "
        "atrisk validate says what is missing."
    )
    return 0


AUTHORING: dict[str, Callable[[argparse.Namespace], int]] = {
    "passages": show_passages,
    "agreement": show_agreement,
    "codebook": write_codebook,
    "crosswalk": show_crosswalk,
    "new": create_case,
    "schema": show_schema,
    "export": export_case,
    "import": import_file,
    "validate": validate_case,
    "anchors": check_anchors,
}

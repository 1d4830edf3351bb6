"""Code: the commands for those who write a case."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

from atrisk.base.errors import DataError, RequestError, UnknownNameError, check_extra
from atrisk.base.output import Row, render, write_json
from atrisk.cases.checks import CODER_FILE
from atrisk.cases.loading import list_cases, load_case
from atrisk.cli.inputs import ALL, load, read_name
from atrisk.cli.options import FRAMEWORK, Command, add_case, add_format, add_framework
from atrisk.cli.output import print_plain, say
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import list_frameworks, load_framework

UNSEEN = "unseen"
_ALL = "--all names them; a search that found nothing goes to searches.csv"


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "country",
        metavar="ISO3",
        help="three-letter code of the country (ISO 3166-1 alpha-3), such as CAF; of a former "
        "state its old code, such as YUG",
    )
    parser.add_argument(
        "--start", metavar="MONTH", required=True, help="first month, such as 2020-12"
    )
    parser.add_argument("--end", metavar="MONTH", required=True, help="last month, such as 2021-11")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="folder to make (default: named after country and years)",
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="leave the example rows out, to code in the browser (atrisk code)",
    )
    parser.add_argument(
        "--framework",
        metavar="ID",
        default=FRAMEWORK,
        help=f"id or path of a framework (default: {FRAMEWORK})",
    )


def _make_case(given: argparse.Namespace) -> int:
    from atrisk.coding.template import create_case

    framework = load_framework(read_name(given.framework, list_frameworks()))
    folder = create_case(
        given.country,
        start=given.start,
        end=given.end,
        framework=framework,
        out=given.out,
        empty=given.empty,
    )
    shown = shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")
    following = f"code {shown} --documents DIR" if given.empty else f"validate {shown}"
    say(f"{folder} is ready. Next: atrisk {following}")
    return 0


def _add_code(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--documents", metavar="DIR", type=Path, required=True, help="folder with the documents"
    )
    parser.add_argument(
        "--coder",
        metavar="NAME",
        default="",
        help="code as NAME, blind to others: rows of evidence go to evidence.NAME.csv",
    )
    parser.add_argument(
        "--like",
        metavar="CASE",
        action="append",
        default=[],
        help=f"suggest from the evidence of a coded case, or of {ALL} bundled cases, too; may be "
        "repeated",
    )
    parser.add_argument(
        "--port", metavar="N", type=int, default=0, help="port to serve on (default: a free one)"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address and open no browser"
    )
    add_framework(parser)


def _code_case(given: argparse.Namespace) -> int:
    check_extra("the coding page", "desk", "starlette", "uvicorn")
    from atrisk.cli.desk.opening import open_desk
    from atrisk.cli.desk.server import Door, open_socket, serve

    folder = read_name(given.case, list_cases())
    if not isinstance(folder, Path):
        raise RequestError(
            f"{folder} ships with atrisk, so its files stay as they are; copy it into a folder of "
            f"your own: python -c \"import atrisk; atrisk.load_case('{folder}').save('my-case')\""
        )
    if given.coder and not re.fullmatch(CODER_FILE, f"evidence.{given.coder}.csv"):
        raise RequestError(
            f"{given.coder!r} is no name of a coder; write lower-case letters, digits, '-' and '_'"
        )
    wanted = given.framework and load_framework(read_name(given.framework, list_frameworks()))
    with open_socket(given.port) as listening:
        desk = open_desk(folder, given.documents, wanted, given.coder, given.like)
        door = Door(listening.getsockname()[1])
        say(f"{door.address}\nThis address works once, on this machine alone. Stop with Ctrl+C.")
        if not given.no_browser:
            import webbrowser

            webbrowser.open(door.address)
        serve(desk, listening, door)
    return 0


def _add_validate(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    add_framework(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="name every indicator that was never looked at, not only how many",
    )
    add_format(parser)


def _validate_case(given: argparse.Namespace) -> int:
    from atrisk.cases.beside import check_beside, check_scenarios
    from atrisk.coding.lints import list_lints
    from atrisk.studies.agreement import check_coders

    case, framework = load(given)
    faults = [*check_beside(case), *check_scenarios(case), *check_coders(case, framework)]
    if faults:
        raise DataError(faults)
    rows = [lint.to_row() for lint in list_lints(case, framework)]
    if given.format != "table":
        say(render(rows, given.format, may_be_empty=True))
        return 0
    say(f"{case!r}: no faults")
    unseen = [row for row in rows if row["lint"] == UNSEEN and not given.all]
    shown = [row for row in rows if row not in unseen]
    if shown:
        number = f"{len(shown)} thing{'s' * (len(shown) != 1)}"
        say(f"\n{number} to look at, no error among them:\n")
        say("\n".join(f"{row['where']} ({row['lint']}): {row['message']}" for row in shown))
    if unseen:
        say(f"\nNever looked at: unknown, not absent ({_ALL})\n")
        say("\n".join(_tell_unseen(row, framework) for row in unseen))
    return 0


def _tell_unseen(row: Row, framework: Framework) -> str:
    """Return in one line how much of a factor nobody looked at."""
    code = row["where"].removeprefix("factor ")
    count = row["message"].partition(" indicators")[0]
    return f"{row['where']}, {framework.factors[code].title}: {count} indicators"


def _add_agreement(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.agreement import Agreement

    add_case(parser)
    add_framework(parser)
    parser.add_argument(
        "--show", choices=tuple(Agreement.tables), default="alpha", help="table to show"
    )
    parser.add_argument(
        "--blind",
        metavar="DIR",
        type=Path,
        help="make a copy of the case without its evidence, for a second coder",
    )
    parser.add_argument(
        "--merge",
        metavar="DIR",
        type=Path,
        help="add the second coder's rows from such a folder to the case",
    )
    parser.add_argument(
        "--coder", metavar="NAME", help="short name of the coder whose rows --merge adds"
    )
    add_format(parser)


def _show_agreement(given: argparse.Namespace) -> int:
    from atrisk.studies.agreement import measure_agreement

    if given.blind or given.merge:
        return _pass_on(given)
    agreement = measure_agreement(*load(given))
    rows, table = agreement.to_rows(given.show), f"agreement {given.show}"
    return print_plain(given, rows, table, repr(agreement))


def _pass_on(given: argparse.Namespace) -> int:
    """Hand a case to a second coder, or take the coder's rows back."""
    from atrisk.coding.blind import export_blind, merge_coding

    if bool(given.blind) == bool(given.merge) or bool(given.merge) != bool(given.coder):
        raise RequestError(
            "give --blind DIR to hand a case to a second coder, or --merge DIR --coder NAME to "
            "take the coder's rows back"
        )
    case, _ = load(given)
    if given.blind:
        folder = export_blind(case, given.blind)
        shown = f"atrisk agreement {given.case} --merge {shlex.quote(str(folder))} --coder NAME"
        say(f"{folder} is ready to be coded. When it is: {shown}")
    else:
        file = merge_coding(case, given.merge, given.coder)
        say(f"{file} is written. Next: atrisk agreement {given.case}")
    return 0


def _add_judgements(parser: argparse.ArgumentParser) -> None:
    from atrisk.studies.judging import Judging

    add_case(parser)
    parser.add_argument(
        "--show", choices=tuple(Judging.tables), default="months", help="table to show"
    )
    parser.add_argument(
        "--target",
        metavar="TARGET",
        default="overall",
        help="what was judged: overall (default), or a crime",
    )
    add_format(parser)


def _show_judgements(given: argparse.Namespace) -> int:
    from atrisk.studies.judging import compare_judgements

    judging = compare_judgements(load_case(read_name(given.case, list_cases())), given.target)
    rows, table = judging.to_rows(given.show), f"judgements {given.show}"
    return print_plain(given, rows, table, repr(judging))


def _add_crosswalk(parser: argparse.ArgumentParser) -> None:
    add_case(parser)
    parser.add_argument(
        "--framework", metavar="ID", required=True, help="id or path of the other framework"
    )
    add_format(parser)


def _show_crosswalk(given: argparse.Namespace) -> int:
    from atrisk.cases.crosswalk import cross_case, load_crosswalk

    case = load_case(read_name(given.case, list_cases()))
    framework = load_framework(read_name(given.framework, list_frameworks()))
    crossed = cross_case(case, framework)
    crosswalk = load_crosswalk(framework, case.header.framework)
    text = f"{crosswalk!r}\n  {crossed.header.caveat}"
    return print_plain(given, crosswalk.to_rows(case), "crosswalk", text)


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="id or path of a case, for its Frictionless data package; or case, framework, "
        "uncertainty, scenario or the name of a table such as evidence, for its JSON Schema",
    )


def _show_schema(given: argparse.Namespace) -> int:
    from atrisk.coding.schemas import SCHEMAS, describe_package, describe_schema

    which = read_name(given.name, list_cases())
    if isinstance(which, str) and which not in (*SCHEMAS, *list_cases()):
        raise UnknownNameError("schema or case", which, (*SCHEMAS, *list_cases()))
    if which in SCHEMAS:
        content = describe_schema(str(which))
    else:
        content = describe_package(load_case(which))
    say(write_json(content))
    return 0


COMMANDS = (
    Command(
        "code", "code", "Code a case in the browser, beside its documents.", _add_code, _code_case
    ),
    Command(
        "new",
        "code",
        "Make the folder of a new case, with one example row in each table.",
        _add_new,
        _make_case,
    ),
    Command(
        "validate",
        "code",
        "Check a case: list each fault with its place and how to mend it, then what to look at.",
        _add_validate,
        _validate_case,
    ),
    Command(
        "agreement",
        "code",
        "Measure how far the coders of a case agree, and list what they have to settle.",
        _add_agreement,
        _show_agreement,
    ),
    Command(
        "judgements",
        "code",
        "Compare readers' own judgements of each month, and how far they agree.",
        _add_judgements,
        _show_judgements,
    ),
    Command(
        "crosswalk",
        "code",
        "Show what a case's indicators stand for in another framework.",
        _add_crosswalk,
        _show_crosswalk,
    ),
    Command(
        "schema",
        "code",
        "Print what other tools read: a case's data package, or the schema of a file.",
        _add_schema,
        _show_schema,
    ),
)

"""Desk: the command that opens the coding page."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from atrisk.base.errors import RequestError, check_extra
from atrisk.cases.checks import CODER_FILE
from atrisk.cases.loading import list_cases
from atrisk.cli.inputs import read_name
from atrisk.cli.options import Command, add_case, add_framework
from atrisk.cli.output import say
from atrisk.frameworks.loading import list_frameworks, load_framework


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
    desk = open_desk(folder, given.documents, wanted, given.coder)
    listening = open_socket(given.port)
    door = Door(listening.getsockname()[1])
    say(f"{door.address}\nThis address works once, on this machine alone. Stop with Ctrl+C.")
    if not given.no_browser:
        import webbrowser

        webbrowser.open(door.address)
    serve(desk, listening, door)
    return 0


COMMANDS = (
    Command(
        "code", "code", "Code a case in the browser, beside its documents.", _add_code, _code_case
    ),
)

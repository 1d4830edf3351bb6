"""Main: the command ``atrisk``, its parser, and how it leaves.

Exit status: 0 done, 1 a check found faults (``anchors``), 2 the input cannot be used, 130
interrupted. Who reads no further, such as ``head``, has seen enough: 0.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from atrisk.base.errors import LONGEST_MESSAGE, AtriskError, RequestError, shorten
from atrisk.base.folders import is_path
from atrisk.base.output import show
from atrisk.base.version import __version__
from atrisk.cli.commands import (
    code,
    documents,
    ensemble,
    exchange,
    look,
    month,
    outcome,
    present,
    reading,
    study,
    warn,
)
from atrisk.cli.options import GROUPS, Command
from atrisk.cli.output import note

INTERRUPTED = 130  # as a shell has it: 128 and the number of the signal
COMMANDS: dict[str, Command] = {
    command.name: command
    for room in (
        look,
        month,
        warn,
        outcome,
        ensemble,
        study,
        reading,
        present,
        code,
        documents,
        exchange,
    )
    for command in room.COMMANDS
}


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints hide no character of what was typed."""

    def format_help(self) -> str:
        if self.epilog and look.FILLED_IN in self.epilog:
            self.epilog = self.epilog.replace(look.FILLED_IN, look.describe_thresholds())
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        super().error(show(message))


def build_parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the command that some words name, or of all commands."""
    parser = _Parser(
        prog="atrisk",
        description="Score the risk of atrocity crimes month by month, from document evidence.\n\n"
        + _list_commands(),
        epilog="A score is how grave the situation was, as far as the record tells: not a\n"
        "probability of genocide, not a forecast, and not a statement about causes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(
        dest="command", title="more", metavar="COMMAND", required=True,
        help="atrisk COMMAND --help says what it takes",
    )  # fmt: skip
    # A run parses one command: the others' arguments cost it a fiftieth (docs/performance.md).
    typed = next((word for word in words if not word.startswith("-")), "")
    wanted = [COMMANDS[typed]] if typed in COMMANDS else COMMANDS.values()
    for command in wanted:
        command.add(commands.add_parser(command.name, description=command.summary))
    return parser


def _list_commands() -> str:
    """Return the commands under their headings."""
    lines = []
    for group, heading in GROUPS.items():
        lines.append(f"{heading}:")
        mine = (command for command in COMMANDS.values() if command.group == group)
        lines += [f"  {command.name:<12} {command.summary}" for command in mine]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status; faults are told on standard error.

    Examples:
        >>> main(["frameworks", "--format", "csv"])
        framework,title,factors,indicators
        ten-stages,Ten Stages of Genocide,10,27
        un-foa-2014,United Nations Framework of Analysis for Atrocity Crimes,14,141
        0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a narrow terminal is no failure
    words = sys.argv[1:] if arguments is None else arguments
    given = build_parser(words).parse_args(words)
    try:
        _check_words(words)
        status = COMMANDS[given.command].run(given)
        if sys.stdout:
            sys.stdout.flush()
    except AtriskError as error:
        return _tell(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _print_nowhere()  # what is left
        return 0
    except OSError as error:  # a path that is too long, a disk that is full
        reason = error.strerror or error
        if not error.filename:
            return _tell(f"what was to be printed cannot be written: {reason}")
        return _tell(f"{shorten(error.filename, 80)}: {reason}; choose another path")
    return status


def _tell(fault: str) -> int:
    """Tell on standard error what was wrong, and return the status of a fault."""
    note(fault)
    return 2


def _tell_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Tell what another package warns of, which may quote a file, with hidden characters shown."""
    note(f"note: {shorten(str(message), LONGEST_MESSAGE)}")


def _print_rest() -> int:
    """Print what is left, and return the status of a command that did nothing but print."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _tell(f"what was to be printed cannot be written: {error.strerror or error}")
    return 0


def _print_nowhere() -> None:
    with suppress(OSError, ValueError):  # not a stream of the system
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check_words(words: Sequence[str]) -> None:
    """Refuse what no file can be called, wherever it is typed.

    Raises:
        RequestError: a word holds a NUL, or half of a pair of characters.
    """
    for word in words:
        if not is_path(word):
            raise RequestError(f"{shorten(word)} cannot be the name of a file; type another")


def run() -> NoReturn:
    """Run the command as a process of its own, and leave it at once.

    Taking down what was imported object by object costs a seventh of a run (docs/performance.md)
    and frees nothing that the system does not free anyway. Searching all installed packages for
    plugins of pydantic, of which this process uses none, costs another twentieth.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    warnings.showwarning = _tell_warning
    status = 2
    try:
        status = main()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except SystemExit as left:  # of the parser, which has said why
        status = left.code if isinstance(left.code, int) else 0
        status = status or _print_rest()
    except OSError:  # nobody reads what is left
        pass
    os._exit(status)

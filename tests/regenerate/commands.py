"""Write docs/commands.md from the parser: python tests/regenerate/commands.py."""

from __future__ import annotations

import argparse
from pathlib import Path

from atrisk.cli.main import COMMANDS, build_parser
from atrisk.cli.options import add_choices

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
HEAD = """# Commands

Written from the command's own parser; `atrisk COMMAND --help` prints the same. Exit status: 0 done,
1 a check found faults, 2 the input cannot be used, 130 interrupted (Ctrl-C). A reader that has seen
enough (`| head`: status 0) and a stream that is closed are no faults, and nothing is said of them.
CASE and FRAMEWORK are ids of bundled ones, or paths such as `./my-case`.
"""


CHOICES = """## Choices of a score

What every command that scores a case takes.
"""
ALSO = "And the [choices of a score](#choices-of-a-score).\n"


def describe_commands() -> str:
    """Return the page: what is shared stands once, before the commands that take it."""
    parser = build_parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    choices = _list_choices()
    parts = [HEAD, CHOICES, _tabulate(choices)]
    for name, command in commands.choices.items():
        parts.append(f"## atrisk {name}\n\n{COMMANDS[name].summary}\n")
        rows = _list_rows(command)
        shared = set(choices) <= set(rows)
        own = [row for row in rows if not (shared and row in choices)]
        parts += [_tabulate(own)] * bool(own) + [ALSO] * shared
    return "\n".join(parts)


def _list_choices() -> list[str]:
    parser = argparse.ArgumentParser()
    add_choices(parser)
    return _list_rows(parser)


def _list_rows(parser: argparse.ArgumentParser) -> list[str]:
    return [_describe(action) for action in parser._actions if action.dest != "help"]


def _tabulate(rows: list[str]) -> str:
    return "| argument | meaning |\n| --- | --- |\n" + "\n".join(rows) + "\n"


def _describe(action: argparse.Action) -> str:
    choices = ",".join(action.choices or ())
    takes = action.metavar or (f"{{{choices}}}" if choices else action.dest.upper())
    name = f"{takes} …" if action.nargs == "*" else str(takes)
    if action.option_strings:
        name = (
            action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {name}"
        )
    text = (action.help or "").replace("%%", "%").rstrip(".")
    told = [f"{text[:1].upper()}{text[1:]}."]
    if choices and action.metavar:
        told.append(f"One of {choices.replace(',', ', ')}.")
    if action.option_strings and action.required:
        told.append("Required.")
    return f"| `{name}` | {' '.join(told)} |"


if __name__ == "__main__":
    PAGE.write_text(describe_commands(), encoding="utf-8")

"""Commands as somebody types them, and everything that they print and write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from atrisk.cli.main import main
from canaries import read_all


def run(
    words: list[str], paths: Mapping[str, Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Run a command and return its status, and everything that it printed and wrote under ``out``.

    A word, or what stands before its first slash, may be a name of ``paths``.
    """
    typed = []
    for word in words:
        head, slash, tail = word.partition("/")
        typed.append(f"{paths[head]}{slash}{tail}" if head in paths else word)
    status = main(typed)
    printed = capsys.readouterr()
    return status, f"{printed.out}{printed.err}{read_all(out)}"

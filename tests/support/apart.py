"""Our code in processes of its own: to be killed, to be crowded, and to be kept within limits."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toys import ROOT

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
GIB = 1024**3

READ = """
import sys
from pathlib import Path
from atrisk import AtriskError, read_document
try:
    read_document(Path(sys.argv[1])).to_rows()
except AtriskError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""  # a program that reads the document it is given


def start(code: str, *arguments: str | Path, **more: object) -> subprocess.Popen[str]:
    """Start Python on some code; what it says comes by its pipes."""
    options: dict[str, object] = {
        "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
        "env": ENV, "text": True,
    }  # fmt: skip
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, **(options | more))  # type: ignore[call-overload] # typed by what it is given


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status, or None if it hung, and what it said."""

    status: int | None
    out: str
    err: str


def run_within(
    command: list[str], *, seconds: float = 10, memory: int = GIB, cwd: Path | None = None
) -> Ended:
    """Run a command within some seconds and bytes of memory."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, env=ENV, cwd=cwd,
            stdin=subprocess.DEVNULL, preexec_fn=_keep(memory), errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ended(None, "", f"no end within {seconds} seconds")
    return Ended(done.returncode, done.stdout, done.stderr)


def _keep(memory: int) -> Callable[[], None]:
    def keep() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return keep

"""Apart: a file of a stranger read in a process of its own, within limits that the system keeps.

What a hostile file makes its reader do cannot be told from the outside. So the formats that are
programs or archives are read apart, with so many seconds of computing and so much memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from atrisk.base.errors import MissingExtraError, RequestError

# One block of a document: its page, whether it is a heading (None: its words decide), and its text.
Block = tuple[int | None, bool | None, str]
Fact = tuple[str, str]  # what a document tells of itself: its title, published (a day), a note
SECONDS = 8  # of computing: some 400 pages of print
PATIENCE = 60  # seconds on the clock, should the machine be busy
MEMORY = 1024**3  # bytes
LIMIT_TEXT = 16_000_000  # characters
CUT = "cut it into its chapters, or save its text as .txt"
PRINT = "open it where it can be seen and save it anew, or save its text as .txt"


class RefusedError(Exception):
    """What is wrong with a file that could be read; the message says it, and what to do."""


def read_apart(
    path: Path,
    reader: str,
    kind: str,
    *,
    needs: tuple[str, ...] = (),
    limits: tuple[int, int] = (SECONDS, MEMORY),
) -> Iterator[Block | Fact]:
    """Yield the blocks of a file, as a reader gives them that runs in a process of its own.

    Args:
        path: of the file.
        reader: such as ``atrisk.documents.formats.pages:extract``, from a path as text to blocks.
        kind: what the file is to be, such as ``a PDF``.
        needs: the packages that must be installed; the extra ``documents`` brings them.
        limits: what it may take, of seconds of computing and of bytes.

    Raises:
        RequestError: it is damaged or encrypted, or cannot be read within the limits.
        MissingExtraError: a package is not installed.
    """
    if not all(find_spec(name) for name in needs):
        raise MissingExtraError(f"reading {kind}", "documents")
    seconds, memory = limits
    start = f"from {__name__} import serve; serve({reader!r}, {seconds}, {memory})"
    # What this process sees, and nothing else that lies where the user happens to be (-P).
    seen = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a line of our own
            [sys.executable, "-P", "-c", start, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": seen},
            timeout=max(PATIENCE, 2 * seconds),
            check=False,
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        answer = f"it cannot be read here ({type(error).__name__}); {CUT}"
    except ValueError:  # it was ended before it could answer
        answer = f"it takes more than {seconds} seconds of computing, or is damaged; {CUT}"
    if isinstance(answer, str):
        raise RequestError(f"{path.name!r} cannot be read as {kind}: {answer}")
    yield from (tuple(found) for found in answer)


def serve(reader: str, seconds: int, memory: int) -> None:
    """Print as JSON the blocks of the file that the command line names, or what is wrong."""
    _limit(seconds, memory)
    module, _, name = reader.partition(":")
    answer: list[Block | Fact] | str
    try:
        answer = list(_keep_short(getattr(import_module(module), name)(sys.argv[1])))
    except RefusedError as refused:
        answer = str(refused)
    except MemoryError:
        answer = f"it takes more than {memory // 1024**2:,} MiB of memory; {CUT}"
    except Exception as error:  # a damaged file makes its reader raise errors of every kind
        answer = f"{type(error).__name__}: {str(error)[:200]}; {PRINT}"
    sys.stdout.write(json.dumps(answer))


def _keep_short(blocks: Iterator[Block | Fact]) -> Iterator[Block | Fact]:
    left = LIMIT_TEXT
    for block in blocks:
        left -= len(block[-1])
        if left < 0:
            raise RefusedError(f"it holds more than {LIMIT_TEXT:,} characters; {CUT}")
        yield block


def _limit(seconds: int, memory: int) -> None:
    """Ask the system to end this process when it takes too much, where a system can be asked."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
    ):
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # a system that keeps no limit of this kind
            resource.setrlimit(kind, (soft, hard))

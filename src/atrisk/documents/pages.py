"""Pages: the text of a PDF, page by page, taken out of it in a process of its own.

A PDF is a program for drawing, and what a hostile one makes its reader do cannot be told from the
outside. So it is read apart, within limits that the system keeps: seconds of computing, and memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from atrisk.base.errors import MissingExtraError, RequestError

SECONDS = 6  # of computing: some 400 pages of print
PATIENCE = 60  # seconds on the clock, should the machine be busy
MEMORY = 1024**3  # bytes
LIMIT_TEXT = 16_000_000  # characters
_START = "from atrisk.documents.pages import serve; serve()"
_CUT = "cut it into its chapters, or save its text as .txt"
_PRINT = "open it in a viewer and print it to a new PDF, or save its text as .txt"


class _RefusedError(Exception):
    """What is wrong with a PDF that could be read; the message says it, and what to do."""


def read_pages(path: Path) -> list[str]:
    """Return the text of each page of a PDF.

    Raises:
        RequestError: it is damaged or encrypted, or cannot be read within the limits.
        MissingExtraError: pypdf is not installed.
    """
    if find_spec("pypdf") is None:
        raise MissingExtraError("reading a PDF", "documents")
    # What this process sees, and nothing else that lies where the user happens to be (-P).
    seen = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a line of our own
            [sys.executable, "-P", "-c", _START, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": seen},
            timeout=PATIENCE,
            check=False,
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        answer = f"it cannot be read here ({type(error).__name__}); {_CUT}"
    except ValueError:  # it was ended before it could answer
        answer = f"it takes more than {SECONDS} seconds of computing; {_CUT}"
    if isinstance(answer, str):
        raise RequestError(f"{path.name!r} cannot be read as a PDF: {answer}")
    return list(answer)


def serve() -> None:
    """Print as JSON the pages of the PDF that the command line names, or what is wrong with it."""
    _limit()
    answer: list[str] | str
    try:
        answer = list(_extract(sys.argv[1]))
    except _RefusedError as refused:
        answer = str(refused)
    except MemoryError:
        answer = f"it takes more than {MEMORY // 1024**2:,} MiB of memory; {_CUT}"
    except Exception as error:  # a damaged file makes pypdf raise errors of every kind
        answer = f"{type(error).__name__}: {str(error)[:200]}; {_PRINT}"
    sys.stdout.write(json.dumps(answer))


def _extract(file: str) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise _RefusedError("it is encrypted; save a copy without a password")
    left = LIMIT_TEXT
    for page in reader.pages:
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            raise _RefusedError(f"it holds more than {LIMIT_TEXT:,} characters; {_CUT}")
        yield text


def _limit() -> None:
    """Ask the system to end this process when it takes too much, where a system can be asked."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # a system that keeps no limit of this kind
            resource.setrlimit(kind, (soft, hard))

"""Run commands as processes that somebody does not listen to, or interrupts: a program of its own.

``python leaving.py MODE SEED`` reads command lines as JSON from standard input and prints how each
ended. Everything is loaded once, and each command runs in a copy of this process and in an empty
folder; what a process loads while it starts is interrupted in ``test_leaving.py``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from atrisk.__main__ import start
from atrisk.cli.main import INTERRUPTED, main

WARM = ["report", "car-2020-2021", "--draws", "20", "--out", "page.html"]


def listen_badly(mode: str) -> None:
    """Make of our streams what those of a process are that is not listened to."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    pipe, end = os.pipe()
    os.close(pipe)
    full = os.open("/dev/full", os.O_WRONLY)
    leads = {"pipe": end, "full": full}
    if mode == "closed":
        os.close(1)
        sys.stdout = None
    else:
        os.dup2(leads.get(mode, nowhere), 1)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8")
    if mode in ("mute", "deaf", "all"):
        os.dup2(end, 2)
    if mode in ("mute", "all"):
        os.close(2)
        sys.stderr = None
    if mode == "all":
        os.close(1)
        os.close(0)
        sys.stdout = sys.stdin = None


def run(words: list[str], mode: str, delay: float | None) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as room, tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until the command begins
        child = os.fork()
        if not child:
            os.chdir(room)
            os.dup2(said.fileno(), 2)
            listen_badly(mode)
            sys.argv = ["atrisk", *words]
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                start()
            except KeyboardInterrupt:  # before its first line
                os._exit(INTERRUPTED)
        if delay is not None:
            time.sleep(delay)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
        _, status = os.waitpid(child, 0)
        took = time.monotonic() - begun
        said.seek(0)
        return {
            "words": words,
            "status": os.waitstatus_to_exitcode(status),
            "said": said.read().decode(errors="replace"),
            "left": sorted(path.name for path in Path(room).iterdir()),
            "seconds": took,
        }


def work() -> None:
    mode, chance = sys.argv[1], random.Random(sys.argv[2])
    with (
        tempfile.TemporaryDirectory() as room,
        contextlib.chdir(room),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        main(WARM)
    ended = []
    for words in json.load(sys.stdin):
        if mode != "interrupt":
            ended.append(run(words, mode, None))
            continue
        plain = run(words, "plain", None)
        ended.append(run(words, "plain", chance.uniform(0, float(str(plain["seconds"])))))
    json.dump(ended, sys.stdout)


if __name__ == "__main__":
    work()

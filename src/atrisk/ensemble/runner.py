"""Runner: the same tasks on threads of this machine or on a Dask cluster, in the same order.

A task is a function of its arguments alone, so whoever runs it, and how often, the numbers are the
same to the bit; a task that a lost worker did not finish is run again.
"""

from __future__ import annotations

import os
import sys
import time
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from atrisk.base.errors import MissingExtraError, RequestError, tell_number

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")
MOST = 1024  # threads; more than any machine has cores
AHEAD = 2  # tasks under way for each worker: one to do and one that waits


@dataclass(frozen=True)
class Runner:
    """Where work is done, and whether somebody watches; the numbers are the same to the bit.

    Attributes:
        workers: threads; None for as many as this process may use.
        client: a Dask client to run on instead.
        progress: whether to show a bar on standard error; None for one on a terminal, if the work
            is long.
    """

    workers: int | None = None
    client: Client | None = None
    progress: bool | None = None

    def run(
        self,
        task: Callable[[T], R],
        inputs: Iterable[T],
        *,
        total: int | None = None,
        label: str = "",
    ) -> Iterator[tuple[T, R]]:
        """Yield each input with its result, in order, as soon as it is there.

        Only a few tasks are under way at a time, so neither inputs nor results pile up. From a
        cluster come copies: the input is the one that was given.

        Args:
            task: a function of its argument alone; on a cluster it must be importable there.
            inputs: one for each task.
            total: how many there are; None if nobody knows.
            label: what is being done.

        Raises:
            RequestError: fewer than one worker or too many, both workers and a client, or a client
                that is closed, has no worker or lost its scheduler.
            MissingExtraError: a client is given and Dask is not installed.
        """
        waiting: deque[T] = deque()

        def remember() -> Iterator[T]:
            for given in inputs:
                waiting.append(given)
                yield given

        results = self._start(task, remember())
        watched = self.watch(results, total, label) if label else results
        return ((waiting.popleft(), result) for result in watched)

    def _start(self, task: Callable[[T], R], inputs: Iterable[T]) -> Iterator[R]:
        if self.client is not None:
            if self.workers is not None:
                raise RequestError(
                    "give workers or a client, not both: a cluster has its own workers"
                )
            return _run_on_cluster(task, inputs, self.client)
        count = _count_cores() if self.workers is None else self.workers
        if not isinstance(count, int) or not 1 <= count <= MOST:
            raise RequestError(
                f"{tell_number(self.workers)} is not a number of workers; give 1 to {MOST:,}"
            )
        return _run_here(task, inputs, count)

    def watch(self, results: Iterable[R], total: int | None, label: str) -> Iterator[R]:
        """Yield results, with a bar on standard error if the work is long and somebody watches."""
        return show_progress(results, total, label, show=self.progress)


HERE = Runner()


def _run_here(task: Callable[[T], R], inputs: Iterable[T], workers: int) -> Iterator[R]:
    if workers == 1:
        yield from map(task, inputs)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from _stream(lambda given: pool.submit(task, given), Future.result, inputs, workers)
    finally:  # who interrupts does not wait for what is under way
        pool.shutdown(wait=False, cancel_futures=True)


def _run_on_cluster(task: Callable[[T], R], inputs: Iterable[T], client: Client) -> Iterator[R]:
    try:
        import distributed  # noqa: F401 - an extra, imported where used
    except ImportError:
        raise MissingExtraError("running on a cluster", "scale") from None
    _check_open(client)
    try:
        workers = sum(client.nthreads().values())  # type: ignore[no-untyped-call] # Dask's
        if not workers:
            raise RequestError("the cluster has no worker; start one, or give no client")
        # Not pure: two tasks with equal arguments are two tasks.
        submit = partial(client.submit, task, pure=False)
        # Straight from the worker: by way of the scheduler every result is copied twice more.
        fetch = partial(client.gather, direct=True)
        yield from _stream(submit, fetch, inputs, workers)
    except (Exception, CancelledError):  # Dask has a dozen for what went away under way
        _check_open(client)
        raise


def _check_open(client: Client) -> None:
    """Refuse a client that is closed, or whose scheduler went away."""
    if client.status != "running":
        raise RequestError(
            f"the Dask client is {client.status}, so nothing can be done on it; connect a new one, "
            "such as distributed.Client(cluster), or give none"
        ) from None


def _stream(
    submit: Callable[[T], Any], fetch: Callable[[Any], Any], inputs: Iterable[T], workers: int
) -> Iterator[Any]:
    waiting = iter(inputs)
    running = deque(submit(given) for given in islice(waiting, AHEAD * workers))
    while running:
        yield fetch(running.popleft())
        running.extend(submit(given) for given in islice(waiting, 1))


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def show_progress(
    results: Iterable[R], total: int | None, label: str, *, show: bool | None = None
) -> Iterator[R]:
    """Yield results, with a bar on standard error if the work is long and somebody watches.

    Args:
        results: what is waited for.
        total: how many there will be; None if nobody knows.
        label: what is being done.
        show: True or False; None for a terminal only, so that a pipe or a log gets nothing.
    """
    watched = sys.stderr.isatty() if show is None else show
    bar = _open_bar(label, total, forced=bool(show)) if watched else None
    if bar is None:
        yield from results
        return
    begun = time.monotonic()
    try:
        for result in results:
            if not bar.live.is_started and time.monotonic() - begun > 1:
                bar.start()
            bar.advance(bar.task_ids[0])
            yield result
    finally:
        bar.stop()


def _open_bar(label: str, total: int | None, *, forced: bool) -> Any:
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        return None  # a bar is a courtesy
    console = Console(stderr=True, force_terminal=True if forced else None)
    bar = Progress(console=console, transient=True)
    bar.add_task(label, total=total)
    return bar

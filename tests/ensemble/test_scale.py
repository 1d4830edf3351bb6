"""Scale: many cases, on threads or on a cluster, are what each of them is alone."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import atrisk
from atrisk.ensemble.many import assess_many
from atrisk.ensemble.run import run_ensemble, run_ensemble_many
from atrisk.ensemble.runner import Runner, show_progress
from toys import MINI, THREE_FACTOR, case_of, evidence

SMALL = case_of(evidence("a"), evidence("b", indicators="1.1", credibility=3))
NAMES = ("bins", "total", "squares", "bands", "alarm", "first")


def same(one: atrisk.Ensemble, other: atrisk.Ensemble) -> bool:
    return all(np.array_equal(getattr(one.tally, n), getattr(other.tally, n)) for n in NAMES)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def test_what_workers_are_sent_can_be_pickled_by_name() -> None:
    framework = atrisk.load_framework("un-foa-2014")
    for sent in (framework, MINI, atrisk.assess(MINI, THREE_FACTOR)):
        again = pickle.loads(pickle.dumps(sent))
        assert type(again) is type(sent)
        assert repr(again) == repr(sent)


def slow_square(number: int) -> tuple[int, int]:
    time.sleep(0.3)
    return number * number, os.getpid()


def test_many_cases_are_each_what_they_are_alone() -> None:
    many = list(run_ensemble_many([MINI, SMALL], THREE_FACTOR, seed=5, draws=1500))
    assert [one.base.case.id for one in many] == [MINI.id, SMALL.id]
    for case, one in zip((MINI, SMALL), many, strict=True):
        assert same(one, run_ensemble(case, THREE_FACTOR, seed=5, draws=1500))
    for case, found in zip((MINI, SMALL), assess_many([MINI, SMALL], THREE_FACTOR), strict=True):
        assert np.array_equal(found.overall, atrisk.assess(case, THREE_FACTOR).overall)


def test_cases_are_taken_only_when_their_turn_comes() -> None:
    taken = []

    def cases() -> Iterator[atrisk.Case]:
        for number in range(50):
            taken.append(number)
            yield SMALL

    results = run_ensemble_many(cases(), THREE_FACTOR, seed=1, draws=10, runner=Runner(workers=2))
    next(results)
    assert len(taken) < 10


def test_a_cluster_gives_the_same_numbers_to_the_bit(client: Any) -> None:
    here = run_ensemble(MINI, THREE_FACTOR, seed=5, draws=4000)
    assert same(
        here, run_ensemble(MINI, THREE_FACTOR, seed=5, draws=4000, runner=Runner(client=client))
    )
    far = list(assess_many([MINI, SMALL], THREE_FACTOR, runner=Runner(client=client)))
    assert far[0].case is MINI
    assert far[0].framework is THREE_FACTOR
    assert np.array_equal(far[0].overall, atrisk.assess(MINI, THREE_FACTOR).overall)
    assert far[1].explain("2020-03")


def test_a_worker_that_is_killed_loses_nothing(client: Any) -> None:
    pids = list(client.run(os.getpid).values())
    kill = threading.Timer(0.8, lambda: os.kill(pids[0], signal.SIGKILL))
    kill.start()
    results = [got for _, got in Runner(client=client).run(slow_square, range(12))]
    kill.join()
    assert [value for value, _ in results] == [number * number for number in range(12)]
    assert pids[0] not in {pid for _, pid in results[-2:]}  # it is gone
    here = run_ensemble(MINI, THREE_FACTOR, seed=2, draws=3000)
    assert same(
        here, run_ensemble(MINI, THREE_FACTOR, seed=2, draws=3000, runner=Runner(client=client))
    )


def test_nothing_to_do_is_refused(client: Any) -> None:
    with pytest.raises(atrisk.RequestError, match="no case to draw"):
        next(run_ensemble_many([], THREE_FACTOR, seed=1, draws=5))
    with pytest.raises(atrisk.RequestError, match="no case to assess"):
        next(assess_many([], THREE_FACTOR))
    with pytest.raises(atrisk.RequestError, match="not both"):
        run_ensemble(MINI, THREE_FACTOR, seed=1, draws=5, runner=Runner(workers=2, client=client))


def test_a_client_that_is_closed_is_refused_before_and_under_way() -> None:
    """Seen to fail: Dask's own errors came out, a different one for each moment."""
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    )
    with cluster:
        closed = distributed.Client(cluster)
        results = assess_many((MINI for _ in range(50)), THREE_FACTOR, runner=Runner(client=closed))
        assert next(results).case is MINI
        closed.close()
        with pytest.raises(atrisk.RequestError, match="the Dask client is closed"):
            list(results)
        with pytest.raises(atrisk.RequestError, match="connect a new one"):
            run_ensemble(MINI, THREE_FACTOR, seed=1, draws=5, runner=Runner(client=closed))


def test_a_fault_in_one_case_reaches_the_caller() -> None:
    with pytest.raises(atrisk.RequestError, match="no evidence"):
        list(assess_many([MINI, case_of()], THREE_FACTOR))
    with pytest.raises(atrisk.RequestError, match="no evidence"):
        list(run_ensemble_many([MINI, case_of()], THREE_FACTOR, seed=1, draws=5))


def test_a_pipe_gets_no_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(show_progress(iter([1, 2]), 2, "work")) == [1, 2]
    assert capsys.readouterr() == ("", "")


def test_long_work_that_is_watched_gets_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich")

    def work() -> Iterator[int]:
        for number in range(3):
            time.sleep(0.6)
            yield number

    assert list(show_progress(work(), 3, "counting", show=True)) == [0, 1, 2]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "counting" in shown.err
    assert list(show_progress(iter([1]), 1, "quick", show=True)) == [1]
    assert capsys.readouterr().err == ""

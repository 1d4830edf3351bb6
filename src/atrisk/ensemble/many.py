"""Scale: many cases scored one after the other, on threads or on a cluster, results streamed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from atrisk.base.errors import RequestError, require
from atrisk.cases.case import Case
from atrisk.cases.evidence import Audience
from atrisk.ensemble.runner import run_tasks
from atrisk.frameworks.branches import Method
from atrisk.frameworks.framework import Framework
from atrisk.scoring.assessment import Assessment, assess

if TYPE_CHECKING:
    from datetime import date

    from distributed import Client


def assess_many(
    cases: Iterable[Case],
    framework: Framework,
    *,
    knowledge: str | date = "contemporaneous",
    audience: Audience | None = None,
    method: Method | Mapping[str, str] | None = None,
    workers: int | None = None,
    client: Client | None = None,
) -> Iterator[Assessment]:
    """Assess many cases, and yield each assessment as soon as it is done, in order.

    Cases are taken from the iterable only when their turn comes. Scores are absolute: each case has
    the numbers that ``assess`` gives it alone, whoever else is in the list.

    Args:
        cases: any number of them, from a list or made one by one.
        framework: as in ``assess``.
        knowledge: as in ``assess``.
        audience: as in ``assess``.
        method: as in ``assess``.
        workers: threads; None for as many as there are cores.
        client: a Dask client to run on instead; the numbers are the same to the bit.

    Raises:
        RequestError: there is no case, and as ``assess``.

    Examples:
        >>> import atrisk
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> cases = (atrisk.load_case(name) for name in atrisk.list_cases())
        >>> "car-2012-2015" in [one.case.id for one in atrisk.assess_many(cases, framework)]
        True
    """
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    chosen = framework.settle(method, None)

    def prepare(case: Case) -> _Task:
        return _Task(case, framework, chosen, knowledge, audience)

    return _assess_all(map(prepare, cases), workers, client)


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    case: Case
    framework: Framework
    method: Method
    knowledge: str | date
    audience: Audience | None


def _assess_all(
    tasks: Iterable[_Task], workers: int | None, client: Client | None
) -> Iterator[Assessment]:
    waiting: deque[_Task] = deque()

    def remember() -> Iterator[_Task]:
        for task in tasks:
            waiting.append(task)
            yield task

    done = 0
    for assessment in run_tasks(_assess_task, remember(), workers=workers, client=client):
        done += 1
        task = waiting.popleft()
        # From a cluster come copies; what was given is what is given back.
        yield replace(assessment, case=task.case, framework=task.framework, method=task.method)
    if not done:
        raise RequestError("there is no case to assess; pass one or more")


def _assess_task(task: _Task) -> Assessment:
    return assess(
        task.case,
        task.framework,
        knowledge=task.knowledge,
        audience=task.audience,
        method=task.method,
    )

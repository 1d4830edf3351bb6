"""Many: cases scored one after the other, on threads or on a cluster, results streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Unpack

from atrisk.base.errors import RequestError, require
from atrisk.cases.case import Case
from atrisk.ensemble.runner import HERE, Runner
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.run import assess
from atrisk.scoring.seen import see_case
from atrisk.scoring.view import View, check_view


def assess_many(
    cases: Iterable[Case], framework: Framework, *, runner: Runner = HERE, **view: Unpack[View]
) -> Iterator[Assessment]:
    """Assess many cases, and yield each assessment as soon as it is done, in order.

    Cases are taken from the iterable only when their turn comes. Scores are absolute: each case has
    the numbers that ``assess`` gives it alone, whoever else is in the list.

    Args:
        cases: any number of them, from a list or made one by one.
        framework: as in ``assess``.
        runner: where it is done; the numbers are the same to the bit.
        view: ``knowledge``, ``audience``, ``method`` and ``weights`` as in ``assess``.

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
    check_view(view)
    method = framework.settle(view.get("method"), view.get("weights"))
    settled = View(**{**view, "method": method, "weights": None})
    return _assess_all((_Task(case, framework, method, settled) for case in cases), view, runner)


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    case: Case
    framework: Framework
    method: Method
    view: View


def _assess_all(tasks: Iterable[_Task], view: View, runner: Runner) -> Iterator[Assessment]:
    done = 0
    for task, assessment in runner.run(_assess_task, tasks):
        done += 1
        # From a cluster come copies; what was given is what is given back.
        yield replace(
            assessment,
            case=see_case(task.case, assessment.outlook, assessment.audience),
            framework=task.framework,
            method=task.method,
            view=assessment.view | view,
        )
    if not done:
        raise RequestError("there is no case to assess; pass one or more")


def _assess_task(task: _Task) -> Assessment:
    return assess(task.case, task.framework, **task.view)

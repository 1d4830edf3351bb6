"""Changes: what a scenario may change of a case and its method, and the case as it then is.

A change names rows by their ids, and each name must exist; a change that would change nothing is
refused, so that a misspelt scenario never returns the base as its result.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from atrisk.base.dates import ImpreciseDate, bounds
from atrisk.base.errors import AtriskError, RequestError, UnknownNameError
from atrisk.cases.case import Case
from atrisk.cases.checks import check_stages
from atrisk.cases.evidence import AUDIENCES, Cited, Evidence, Source
from atrisk.cases.ledger import STAGES, Delivery, EarlyWarning, Response
from atrisk.cases.scenario import (
    Changes,
    Drop,
    Publish,
    Regrade,
    ResponseChange,
    Rows,
    list_lost,
)
from atrisk.cases.secrecy import conceal_cells
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.method import Method

R = TypeVar("R", bound=Cited)
Told = tuple[str, str]  # the key of a scenario's file, and what is wrong there
_ROWS = ("evidence", "responses", "deliveries")  # that a scenario may add
HYPOTHETICAL = "hypothetical"  # the locator of rows that stand in no document


def change_case(case: Case, changes: Changes, *, checked: bool = False) -> Case:
    """Return the case as it would be.

    Args:
        case: to be changed.
        changes: to it.
        checked: whether rows that are added were checked beside the others.

    Raises:
        UnknownNameError: a source, a row or a response that the case does not have.
        RequestError: several of them, a change that changes nothing, or rows that cannot be right.
    """
    lost = list(list_lost(case, changes))
    if len(lost) == 1:
        raise lost[0][1]
    if lost:
        told = "\n".join(f"  {key}: {text}" for key, text in _tell_lost(lost))
        raise RequestError(f"{len(lost)} names of the scenario are not in {case.id}:\n{told}")
    changed = _add(case, changes, checked=checked)
    for regrade in changes.regrade:
        changed = _regrade(changed, regrade)
    changed = _publish(changed, changes.publish)
    for response in changes.response:
        changed = _change_response(changed, response)
    return _drop(changed, changes.drop)


def check_changes(case: Case, changes: Changes, framework: Framework | None) -> list[Told]:
    """Return the key and the message of every fault of a scenario beside its case."""
    told = _tell_lost(list_lost(case, changes))
    if framework:
        told += _try("method", lambda: change_method(framework, framework.choose(), changes))
    if not told:
        told += _try("", lambda: check_left(change_case(case, changes)))
    return told


def _tell_lost(lost: Iterable[tuple[str, UnknownNameError]]) -> list[Told]:
    return [(key, str(error).partition("\n")[0]) for key, error in lost]


def _try(key: str, change: Callable[[], object]) -> list[Told]:
    try:
        change()
    except AtriskError as error:
        return [(key, str(error))]
    return []


def check_left(case: Case) -> None:
    """Refuse what a scenario made of a case, if nothing is left of it.

    Raises:
        RequestError: no evidence is left.
    """
    if not case.evidence:
        raise RequestError("it leaves no evidence, so there is nothing to score; drop less")


def change_method(framework: Framework, method: Method, changes: Changes) -> Method:
    """Return the method as it would be.

    Raises:
        UnknownNameError: no such branch or option.
    """
    changed = framework.choose(changes.method, method)
    if changes.half_lives is None:
        return changed
    old, factor = changed.persistence, changes.half_lives
    scaled = old.model_copy(
        update={
            "id": f"{old.id}-x{factor:g}",
            "structural": old.structural * factor,
            "dynamic": old.dynamic * factor,
            "trigger": old.trigger * factor,
        }
    )
    choices = {**changed.choices, "persistence": scaled.id}
    return replace(changed, persistence=scaled, choices=choices)


def change_seen(
    case: Case, changes: Changes, see: Callable[[Case], Case]
) -> tuple[Case, Changes] | None:
    """Return the case as it was seen and would be, and the changes to it; None if there are none.

    Args:
        case: the whole.
        changes: to it; of those to rows that were not seen nothing is left.
        see: returns what is seen of a case.

    Raises:
        UnknownNameError: a source, a row or a response that the case does not have.
        RequestError: a change that changes nothing, or rows that cannot be right.
    """
    seen = see(case)
    if seen is case:
        return change_case(case, changes), changes
    narrowed = _narrow(changes, case, seen)
    try:
        changed = change_case(seen, narrowed, checked=True)
    except AtriskError:
        if _works(case, changes):
            return None
        raise
    change_case(case, changes)  # rows that are added are checked beside all others
    of_method = bool(changes.method) or changes.half_lives is not None
    return (changed, narrowed) if of_method or see(changed).digest != seen.digest else None


def _works(case: Case, changes: Changes) -> bool:
    try:
        change_case(case, changes)
    except AtriskError:
        return False
    return True


def _narrow(changes: Changes, case: Case, seen: Case) -> Changes:
    """Return changes without those that name what was not seen; names that nobody has stay."""
    gone = {
        name: {one.label for one in rows} - {one.label for one in seen.tables[name]}
        for name, rows in case.tables.items()
    }

    def keep(table: str, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in gone[table])

    def stands(row: Mapping[str, Any]) -> bool:
        told = row.get("source") not in gone["sources"]
        return told and row.get("response") not in gone["responses"]

    drop, publish = changes.drop, changes.publish
    regrades = [
        one if one.source else one.model_copy(update={"evidence": keep("evidence", one.evidence)})
        for one in changes.regrade
        if one.source not in gone["sources"]
    ]
    return changes.model_copy(
        update={
            "drop": drop.model_copy(
                update={
                    "sources": keep("sources", drop.sources),
                    "evidence": keep("evidence", drop.evidence),
                    "warnings": keep("warnings", drop.warnings),
                }
            ),
            "publish": publish.model_copy(
                update={
                    "evidence": keep("evidence", publish.evidence),
                    "warnings": keep("warnings", publish.warnings),
                }
            ),
            "regrade": tuple(one for one in regrades if one.source or one.evidence),
            "response": tuple(r for r in changes.response if r.id not in gone["responses"]),
            **{n: tuple(filter(stands, getattr(changes, n))) for n in _ROWS},
        }
    )


def _add(case: Case, changes: Changes, *, checked: bool) -> Case:
    evidence = _read_rows(case, "evidence", changes.evidence, Evidence)
    responses = _read_rows(case, "response", changes.responses, Response)
    deliveries = _read_rows(case, "delivery", changes.deliveries, Delivery)
    if not (evidence or responses or deliveries):
        return case
    for kind, old, new in (
        ("evidence", case.evidence, evidence),
        ("response", case.responses, responses),
    ):
        taken = {item.label for item in old}
        for item in new:
            if item.label in taken:
                raise RequestError(f"the {kind} {item.label!r} exists; give the new row another id")
            taken.add(item.label)
    return replace(
        case,
        evidence=(*case.evidence, *evidence),
        responses=(*case.responses, *responses),
        deliveries=(*case.deliveries, *deliveries),
        checked=checked,
    )


def _read_rows(case: Case, kind: str, rows: Rows, model: type[R]) -> list[R]:
    """Read hypothetical rows; where a row stands is filled in, since it stands nowhere."""
    read = []
    for row in rows:
        blank = dict.fromkeys(
            (name for name, found in model.model_fields.items() if found.is_required()), ""
        )
        nowhere = {"locator": HYPOTHETICAL, "quote": "hypothetical, in no document"}
        filled = blank | nowhere | {name: str(cell) for name, cell in row.items()}
        try:
            item = model.model_validate(filled)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            column = str(fault["loc"][0]) if fault["loc"] else "the row"
            accepted = model.model_fields[column].description if fault["loc"] else None
            message = (
                f"hypothetical {kind} {row.get('id', '')!r}, {column}: {filled.get(column)!r} is "
                f"not accepted; {'expected ' + accepted if accepted else fault['msg']}"
            )
            secret = case.secrets.judge_cells(filled)
            raise RequestError(conceal_cells(message, filled) if secret else message) from None
        read.append(item)
    return read


def _regrade(case: Case, regrade: Regrade) -> Case:
    if regrade.source is not None:
        sources: list[Source] = [
            source.model_copy(update={"reliability": regrade.reliability})
            if source.id == regrade.source
            else source
            for source in case.sources
        ]
        return _replace_if(case, "regrade", sources=tuple(sources))
    rows = tuple(
        item.model_copy(update={"credibility": regrade.credibility})
        if item.id in regrade.evidence
        else item
        for item in case.evidence
    )
    return _replace_if(case, "regrade", evidence=rows)


def _publish(case: Case, publish: Publish) -> Case:
    if publish == Publish():
        return case
    audiences: set[str] = set(publish.audiences)
    named, warned = set(publish.evidence), set(publish.warnings)
    evidence = tuple(_open(item, audiences, named) for item in case.evidence)
    warnings = tuple(_open(item, audiences, warned) for item in case.warnings)
    return _replace_if(case, "publish", evidence=evidence, warnings=warnings)


def _open(item: Any, audiences: set[str], names: set[str]) -> Any:
    closed = item.audience in audiences or item.id in names
    return item.model_copy(update={"audience": AUDIENCES[0]}) if closed else item


def _change_response(case: Case, change: ResponseChange) -> Case:
    if change.cancel:
        return replace(
            case,
            responses=tuple(item for item in case.responses if item.id != change.id),
            deliveries=tuple(item for item in case.deliveries if item.response != change.id),
            checked=True,
        )
    old = next(item for item in case.responses if item.id == change.id)
    days = _find_shift(old, change)
    new = _rewrite(old, change, days)
    deliveries = tuple(
        item.model_copy(update={"date": _shift(item.date, days)})
        if item.response == old.id
        else item
        for item in case.deliveries
        if change.delivered is None or not old.owns(item)
    )
    responses = tuple(new if item.id == old.id else item for item in case.responses)
    return _replace_if(case, "response", responses=responses, deliveries=deliveries)


def _find_shift(response: Response, change: ResponseChange) -> timedelta:
    if change.stage is None or change.on is None:
        return timedelta(0)
    when = response.stage(change.stage)
    if when is None:
        reached = ", ".join(stage for stage in STAGES if response.stage(stage))
        raise RequestError(
            f"the response {response.id!r} has no date of {change.stage}, so it cannot be moved by "
            f"it; it has {reached}. To add one write dates = {{ {change.stage} = '...' }}"
        )
    return bounds(_read_date(change.on))[0] - bounds(when)[0]


def _rewrite(response: Response, change: ResponseChange, days: timedelta) -> Response:
    """Return the response with its new dates and strengths, checked like one of a file."""
    update: dict[str, Any] = {
        stage: _shift(when, days) for stage in STAGES if (when := response.stage(stage))
    }
    update |= {stage: _read_date(text) if text else None for stage, text in change.dates.items()}
    strengths = {"promised": change.promised, "delivered": change.delivered}
    update |= {name: value for name, value in strengths.items() if value is not None}
    new = response.model_copy(update=update)
    row = {name: "" if value is None else str(value) for name, value in new}
    row["inferred"] = ";".join(new.inferred)
    for column, message in check_stages(row):
        raise RequestError(f"the response {response.id!r} as changed, {column}: {message}")
    return new


def _shift(when: ImpreciseDate, days: timedelta) -> ImpreciseDate:
    if not days:
        return when
    first, last = (str(d + days) if d else ".." for d in (when.earliest, when.latest))
    return ImpreciseDate.parse(first if first == last else f"{first}/{last}")


def _read_date(text: str) -> ImpreciseDate:
    try:
        when = ImpreciseDate.parse(str(text))
        if (when.earliest or when.latest or date.max) == date.max:
            raise ValueError(f"{text!r} says no date; expected one such as 2013-05-31")
    except ValueError as error:
        raise RequestError(str(error)) from None
    return when


def _drop(case: Case, drop: Drop) -> Case:
    if drop == Drop():
        return case

    def stays(item: Any, names: tuple[str, ...] = ()) -> bool:
        hidden = getattr(item, "audience", None) in drop.audiences
        return not (hidden or item.source in drop.sources or getattr(item, "id", "") in names)

    warnings: tuple[EarlyWarning, ...] = tuple(w for w in case.warnings if stays(w, drop.warnings))
    left = {warning.id for warning in warnings}
    return _replace_if(
        case,
        "drop",
        evidence=tuple(item for item in case.evidence if stays(item, drop.evidence)),
        searches=tuple(item for item in case.searches if stays(item)),
        warnings=warnings,
        responses=tuple(
            item
            if left.issuperset(item.answers)
            else item.model_copy(update={"answers": tuple(a for a in item.answers if a in left)})
            for item in case.responses
            if stays(item)
        ),
        deliveries=tuple(item for item in case.deliveries if stays(item)),
        needs=tuple(item for item in case.needs if stays(item)),
    )


def _replace_if(case: Case, what: str, **parts: Any) -> Case:
    """Return the case with other parts; refuse what would leave all of them as they are."""
    if all(_are_same(getattr(case, name), part) for name, part in parts.items()):
        raise RequestError(
            f"'{what}' changes nothing in {case.id}: every row is as before; correct or drop it"
        )
    return replace(case, **parts, checked=True)


def _are_same(old: Sequence[Any], new: Sequence[Any]) -> bool:
    pairs = zip(old, new, strict=False)
    return len(old) == len(new) and all(a is b or dict(a) == dict(b) for a, b in pairs)

"""Store: ensembles of many cases written as they come, a file for each, so that a run can go on.

A case's file is whole or not there, and its name tells the record that it was made from. Whatever
ended a run, the next one with the same choices takes up only what is missing or has changed.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any, Unpack

from atrisk.base.cells import digest_parts
from atrisk.base.errors import RequestError, UnknownNameError, require
from atrisk.base.files import make_parent, write_text
from atrisk.base.output import render, write_json
from atrisk.cases.case import Case
from atrisk.ensemble.ensemble import Ensemble
from atrisk.ensemble.run import run_ensemble_many
from atrisk.ensemble.runner import HERE, Runner
from atrisk.ensemble.variation import KINDS
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.options import AlarmOption
from atrisk.frameworks.uncertainty import choose_uncertainty
from atrisk.scoring.flags import choose_policy
from atrisk.scoring.view import CONTEMPORANEOUS, View, check_view, find_held

RUN = "run.json"
_DIGITS = 12  # of a record's digest in a name, which tell 10,000 versions of a case apart


class Choices(View, total=False):
    """What an ensemble may be asked beside its view, as in ``run_ensemble``."""

    vary: Iterable[str]
    uncertainty: Mapping[str, str] | None
    policy: str | AlarmOption | None


def store_ensembles(
    out: str | Path,
    cases: Iterable[Case],
    framework: Framework,
    *,
    seed: int,
    draws: int = 10_000,
    level: str = "overall",
    runner: Runner = HERE,
    **choices: Unpack[Choices],
) -> tuple[Path, ...]:
    """Run an ensemble of each of many cases, and write each into a folder as soon as it is done.

    The folder gets ``CASE-DIGEST.csv`` for each case, of which a row is a month, with the case's id
    first, and ``run.json`` with what made them. Cases are taken one by one, and neither they nor
    results are kept. Where the folder was written with the same choices, only cases that are not in
    it are run, or whose record has changed since; so a run that was stopped goes on.

    Args:
        out: the folder; made if it is not there.
        cases: any number of them, each with an id of its own.
        framework: as in ``run_ensemble_many``, and so are all that follow but ``level``.
        seed: of each case's generator.
        draws: of each case.
        level: of ``Ensemble.to_rows``: ``"overall"``, ``"crime"`` or ``"factor"``.
        runner: where it is done; the files are the same to the byte.
        choices: ``vary``, ``uncertainty`` and ``policy``, and ``knowledge``, ``audience``,
            ``method`` and ``weights``.

    Returns:
        The file of each case, in their order.

    Raises:
        RequestError: there is no case, two have one id, the folder holds another run or cannot be
            written, and as ``run_ensemble_many``; what was written until then stays.
        UnknownNameError: no such level, kind, question, option, branch or policy.

    Examples:
        >>> import atrisk, tempfile
        >>> framework = atrisk.load_framework("un-foa-2014")
        >>> case = atrisk.load_case("car-2020-2021")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (file,) = store_ensembles(folder, [case], framework, seed=7, draws=50)
        ...     again = store_ensembles(folder, [case], framework, seed=7, draws=50)
        ...     file.name.startswith("car-2020-2021-"), again == (file,)
        (True, True)
    """
    require(framework, Framework, "load it with load_framework('un-foa-2014')")
    if level not in Ensemble.tables:
        raise UnknownNameError("level", str(level), Ensemble.tables)
    kinds = choices.get("vary", KINDS)
    choices["vary"] = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    made = _describe_run(framework, choices) | {"seed": seed, "draws": draws, "level": level}
    folder = _Folder(Path(out), made)
    missing = folder.list_missing(cases)
    first = list(islice(missing, 1))
    if folder.files and not first:
        return tuple(folder.files)  # all are there
    results = run_ensemble_many(
        chain(first, missing),
        framework,
        seed=seed,
        draws=draws,
        runner=runner,
        **choices,
    )
    for ensemble in results:
        folder.put(ensemble.to_rows(level))
    return tuple(folder.files)


def _describe_run(framework: Framework, choices: Choices) -> dict[str, Any]:
    """Return what every file of a folder is made with, but for the case and the draws."""
    named = {name: value for name, value in choices.items() if name in View.__annotations__}
    view = View(**named)  # type: ignore[typeddict-item] # its own names and values
    check_view(view)
    method = framework.settle(view.get("method"), view.get("weights"))
    watch = choose_policy(framework, method, choices.get("policy"))
    drawn = choose_uncertainty(framework.uncertainty, choices.get("uncertainty"))
    return {
        "atrisk": version("atrisk"),
        "framework": framework.id,
        "framework_sha256": framework.digest,
        "knowledge": str(view.get("knowledge", CONTEMPORANEOUS)),
        "audience": view.get("audience"),
        "method_sha256": method.digest,
        "held": sorted(find_held(framework, view)),
        "vary": sorted(choices["vary"]),
        "uncertainty": dict(drawn.choices),
        "policy": watch.id,
        "policy_sha256": digest_parts(watch),
    }


class _Folder:
    """A folder of ensembles.

    Attributes:
        files: of each case that was asked for so far, in order.
        missing: cases that are being run, and the file of each.
    """

    def __init__(self, path: Path, made: Mapping[str, Any]) -> None:
        self.path = path
        self.files: list[Path] = []
        self.missing: deque[tuple[Case, Path]] = deque()
        self.seen: set[str] = set()
        self.made = json.loads(json.dumps(made))  # as it is read again
        self._check()

    def _check(self) -> None:
        """Refuse a folder that holds another run, or what is none."""
        record = self.path / RUN
        if not record.exists():
            if self.path.exists() and any(self.path.iterdir()):
                raise RequestError(
                    f"{str(self.path)!r} holds other things and no {RUN}; choose a new folder"
                )
            return
        found = _read(record)
        for name, value in self.made.items():
            if found.get(name) != value:
                raise RequestError(
                    f"{str(self.path)!r} was written with {name} = {found.get(name)}, and this run "
                    f"has {value}; choose another folder, or delete this one"
                )

    def list_missing(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Yield the cases that have no file yet."""
        for case in cases:
            if case.id in self.seen:
                raise RequestError(f"two cases are called {case.id}; give each an id of its own")
            self.seen.add(case.id)
            file = self.path / f"{case.id}-{case.digest[:_DIGITS]}.csv"
            self.files.append(file)
            if not file.exists():
                self.missing.append((case, file))
                yield case

    def put(self, rows: list[dict[str, Any]]) -> None:
        """Write the rows of the case that was taken first; what an older record of it gave goes."""
        case, file = self.missing.popleft()
        if not (record := self.path / RUN).exists():
            make_parent(record)
            write_text(record, f"{write_json(self.made)}\n")
        text = render([{"case": case.id} | row for row in rows], "csv")
        write_text(file, f"{text}\n")
        mine = re.compile(rf"{re.escape(case.id)}-[0-9a-f]{{{_DIGITS}}}\.csv")
        for other in self.path.iterdir():
            if other != file and mine.fullmatch(other.name):
                other.unlink()


def _read(record: Path) -> dict[str, Any]:
    """Return what a folder was made with.

    Raises:
        RequestError: it is no such record.
    """
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RequestError(f"{str(record)!r} is not what a run writes; choose a new folder")
    return found

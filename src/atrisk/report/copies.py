"""Copies: what was recoded between two copies of a case, and how a month's score moved by it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Unpack

from atrisk.base.cells import WITHHELD, write_cell
from atrisk.base.errors import RequestError, require, shorten
from atrisk.base.output import tell_count
from atrisk.base.rows import LevelResult, Row
from atrisk.cases.case import Case
from atrisk.cases.loading import load_case
from atrisk.cases.secrecy import Guarded
from atrisk.cases.tables import HEADER, TABLES
from atrisk.frameworks.framework import Framework
from atrisk.report.changes import LATEST, cut_case, find_month, merge_facts, tell_score
from atrisk.report.wording import round_score
from atrisk.scoring.assessment import Assessment
from atrisk.scoring.comparison import compare_scores
from atrisk.scoring.run import assess
from atrisk.scoring.view import View

PATIENCE = 30  # seconds for git


@dataclass(frozen=True, eq=False)
class CopyChange(LevelResult):
    """What differs between an older copy of a case and a newer one, and in a month's score.

    ``to_rows`` gives ``"score"``; ``"facts"``, by which evidence it moved, exactly; and
    ``"record"``, each row that was added, removed or recoded, with its cells before and after.

    Attributes:
        before, after: of both copies, as the last day of the month had them.
        month: whose score is compared.
    """

    tables: ClassVar[Mapping[str, str]] = {
        "score": "_list_scores",
        "facts": "_list_facts",
        "record": "_list_record",
    }
    about = "after"

    before: Assessment = field(repr=False)
    after: Assessment = field(repr=False)
    month: str

    def _list_scores(self) -> Iterator[Row]:
        sides = [(one, one.place(self.month)) for one in (self.before, self.after)]
        values = [[float(s[p]) for s in (one.overall, one.low, one.high)] for one, p in sides]
        measures = ("score", "interval, low", "interval, high")
        for name, before, after in zip(measures, *values, strict=True):
            yield tell_score(name, before, after, after - before)
        bands = [one.bands[place] for one, place in sides]
        yield tell_score("band", bands[0], bands[1])

    @cached_property
    def _recoded(self) -> dict[tuple[str, str], tuple[Guarded | None, Guarded | None]]:
        """The rows that differ, before and after, by their table and what they are called."""
        found: dict[tuple[str, str], tuple[Guarded | None, Guarded | None]] = {}
        for table in TABLES:
            old, new = (_name_rows(one.case, table) for one in (self.before, self.after))
            for name in dict.fromkeys([*old, *new]):
                sides = old.get(name), new.get(name)
                if sides[0] != sides[1]:
                    found[table, name] = sides
        return found

    def _list_facts(self) -> Iterator[Row]:
        rows = compare_scores((self.before, self.month), (self.after, self.month))
        for row in merge_facts(rows):
            sides = self._recoded.get(("evidence", row["evidence"]))
            yield row | {"what": _tell_what(sides) if sides else "weighs otherwise"}

    def _list_record(self) -> Iterator[Row]:
        for (table, name), sides in self._recoded.items():
            head = {"what": _tell_what(sides), "table": table, "row": name}
            old, new = sides
            if old is None or new is None:
                told = [one.shown("summary") if one else "" for one in sides]
                yield head | {"column": "", "before": told[0], "after": told[1]}
                continue
            for column in type(new).model_fields:
                if write_cell(getattr(old, column)) != write_cell(getattr(new, column)):
                    yield head | {"column": column} | _show_sides(old, new, column)

    def _count_recoded(self) -> str:
        many = len(self._recoded)
        return f"{tell_count(many, 'row')} {'differs' if many == 1 else 'differ'}"

    def describe(self) -> str:
        """Return one sentence: how the score of the month moved, and how many rows differ."""
        score = self.to_rows("score")[0]
        told = [_tell_what(sides) for sides in self._recoded.values()]
        counts = ", ".join(f"{told.count(what)} {what}" for what in dict.fromkeys(told))
        return (
            f"{self.after.case.header.title}, {self.month}: from the older copy to this one the "
            f"score went from {score['before']:.3f} to {score['after']:.3f} "
            f"({score['change']:+.4f}); rows: "
            f"{counts or 'none differs'}."
        )

    def __repr__(self) -> str:
        score = self.to_rows("score")[0]
        return self._tell(
            f"CopyChange({self.after.case.id!r}, {self.month}: {round_score(score['before'])} to "
            f"{round_score(score['after'])}, {self._count_recoded()})"
        )


def compare_copies(
    before: Case, after: Case, framework: Framework, month: str = LATEST, **view: Unpack[View]
) -> CopyChange:
    """Compare two copies of a case, row by row, and what a month's score is under each.

    Args:
        before: the older copy, as ``load_copy`` returns one of a folder or of a git revision.
        after: the newer one.
        framework: of both.
        month: whose score; ``latest`` is the last of the newer copy.
        view: ``audience``, ``method`` and ``weights`` as in ``assess``.

    Returns:
        The change; what was known after the month's last day is nowhere in it.

    Raises:
        RequestError: the month is not in both.

    Examples:
        >>> import atrisk, dataclasses
        >>> case = atrisk.load_case("car-2020-2021")
        >>> older = dataclasses.replace(case, evidence=case.evidence[1:])
        >>> change = compare_copies(older, case, atrisk.load_framework("un-foa-2014"), "2021-10")
        >>> [(row["what"], row["table"]) for row in change.to_rows("record")]
        [('added', 'evidence')]
    """
    for case in (before, after):
        require(case, Case, "load it with load_case('car-2012-2015')")
    at = after.months[find_month(after, month)]
    audience = view.get("audience")
    older, newer = (
        assess(cut_case(case, case.months[find_month(case, str(at))], audience), framework, **view)
        for case in (before, after)
    )
    return CopyChange(older, newer, str(at))


def _name_rows(case: Case, table: str) -> dict[str, Guarded]:
    rows: dict[str, Guarded] = {}
    for row in case.tables[table]:
        count = sum(name == row.label or name.startswith(f"{row.label} #") for name in rows)
        rows[f"{row.label} #{count + 1}" if count else row.label] = row
    return rows


def _show_sides(old: Guarded, new: Guarded, column: str) -> Row:
    """Return a cell of both copies; what one of them keeps back is shown of neither."""
    shown = {"before": old.shown(column), "after": new.shown(column)}
    return dict.fromkeys(shown, WITHHELD) if WITHHELD in shown.values() else shown


def _tell_what(sides: tuple[Guarded | None, Guarded | None]) -> str:
    if sides[0] is None:
        return "added"
    return "removed" if sides[1] is None else "recoded"


def load_copy(which: str, folder: Path) -> Case:
    """Return an older copy of a case: of another folder, or as git has it in a revision.

    Args:
        which: the path of a folder, or what names a revision, such as ``HEAD~1`` or a tag.
        folder: of the case, within a repository if a revision is named.

    Raises:
        RequestError: there is no such folder, and git knows no such revision or has no case there.
        DataError: the copy has faults.
    """
    if Path(which).is_dir():
        return load_case(Path(which))
    with TemporaryDirectory() as name:
        for file in (HEADER, *(f"{table}.csv" for table in TABLES)):
            content = _show(folder, which, file)
            if content is not None:
                (Path(name) / file).write_bytes(content)
            elif file == HEADER:
                raise RequestError(
                    f"{shorten(which)} is no folder, and git has no {HEADER} of {str(folder)!r} in "
                    "a revision of this name; name a folder, or a commit, a tag or a branch"
                )
        return replace(load_case(Path(name)), folder=None, checked=True)


def _show(folder: Path, revision: str, file: str) -> bytes | None:
    """Return a file of a folder as git has it; None if it has none."""
    if revision.startswith("-") or not revision.isprintable():
        return None
    try:
        done = subprocess.run(  # noqa: S603 - git, and a name that is no option
            ["git", "show", "--no-textconv", "--end-of-options", f"{revision}:./{file}"],  # noqa: S607 - wherever it is
            cwd=folder, capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

"""Opening: a desk on a case's folder and a folder of its documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from atrisk.cli.desk.desk import Desk
from atrisk.cli.desk.offers import Shelf
from atrisk.cli.desk.saving import Tables
from atrisk.cli.inputs import load_coded
from atrisk.coding.drafting import load_for_drafts
from atrisk.coding.suggestions import Suggester
from atrisk.documents.collection import read_documents
from atrisk.frameworks.framework import Framework
from atrisk.frameworks.loading import load_framework


def open_desk(
    folder: Path,
    documents: Path,
    framework: Framework | None = None,
    coder: str = "",
    like: Sequence[str] = (),
) -> Desk:
    """Open a desk.

    Args:
        folder: of the case; it need not have a row of evidence yet.
        documents: the folder with the texts.
        framework: None for the one that the case names.
        coder: whose rows of evidence are written; empty for the case's own. Other coders' rows are
            neither shown nor learnt from.
        like: names of further cases whose coded rows suggestions are learnt from, or all.

    Raises:
        DataError: the case has faults.
        RequestError: there is no such folder, or no document in it can be read.
        MissingExtraError: the extra ``documents`` is not installed.
    """
    case = load_for_drafts(folder)
    own = framework or case.framework or load_framework(case.header.framework)
    if coder:
        case = replace(case, evidence=(), checked=True)
    mine = [case] if case.evidence else []
    others = [one for one in load_coded(like, own) if one.id != case.id]  # coders code blind
    shelf = Shelf(case, read_documents(documents), Suggester(own, (*mine, *others)))
    return Desk(Tables(folder, own, coder), shelf)

"""Blind coding: a case without its coding for a second coder, and the coder's rows back again."""

import re
from pathlib import Path

from atrisk.base.errors import DataError, Problem, RequestError, require
from atrisk.base.files import write_folder
from atrisk.base.folders import Folder, open_folder
from atrisk.base.tables import Table, check_header, read_table, read_toml, write_table
from atrisk.cases.case import Case
from atrisk.cases.checks import CODER_FILE, check_evidence, check_quotes
from atrisk.cases.evidence import Evidence, Source
from atrisk.cases.secrecy import conceal, read_secrets
from atrisk.cases.tables import HEADER, CaseHeader
from atrisk.coding.template import write_columns

RESERVED = ("settled", "draft")  # what was settled, and rows that no coder has looked at
SHARED = ("id", "country", "start", "end", "framework")  # of the header; its words may differ


def export_blind(case: Case, out: str | Path) -> Path:
    """Write what a second coder needs and nothing that tells how the first one coded.

    The folder holds ``case.toml``, ``sources.csv``, an ``evidence.csv`` that is a header alone, in
    the columns of the case's own, and ``columns.md``, which says what a cell may hold; no evidence,
    search, ledger, note, scenario or judgement. The header's caveat is left out too, because it
    speaks of the coding. A strictly confidential source is there by its id, date and digest alone.

    Args:
        case: to be coded again.
        out: the folder to make.

    Returns:
        The folder, made whole or not at all.

    Raises:
        RequestError: it exists, or cannot be made.

    Examples:
        >>> from atrisk.cases.loading import load_case
        >>> out = getfixture("tmp_path") / "blind"
        >>> folder = export_blind(load_case("car-2020-2021"), out)
        >>> sorted(file.name for file in folder.iterdir())
        ['case.toml', 'columns.md', 'evidence.csv', 'sources.csv']
    """
    require(case, Case, "load it with load_case('car-2012-2015')")
    header = case.header.model_copy(update={"caveat": "To be coded again, blind."})
    sources = [source.show_all() for source in case.sources]
    texts = {
        HEADER: header.write(),
        "sources.csv": write_table(Source, sources, case.layout.get("sources", ())),
        "evidence.csv": write_table(Evidence, (), case.layout.get("evidence", ())),
        "columns.md": write_columns(("sources", "evidence")),
    }
    return write_folder(Path(out), texts)


def merge_coding(case: Case, coded: str | Path, coder: str, *, overwrite: bool = False) -> Path:
    """Put a second coder's rows beside a case, as ``evidence.<coder>.csv``.

    Nothing of the case changes: ``measure_agreement`` compares the rows with what is settled. Rows
    that do not say who coded them are signed with the coder's name.

    Args:
        case: read from a folder.
        coded: the folder from ``export_blind``, filled in.
        coder: a name, such as ``"mk"``.
        overwrite: whether rows of that coder that are there already are replaced.

    Returns:
        The file, written whole or not at all.

    Raises:
        DataError: the rows, or the folder's header or sources, have faults or are of another case;
            all of them are listed.
        RequestError: the case was made in memory or is read-only, the name is none, or the coder's
            file exists.
    """
    require(case, Case, "load it with load_case(Path('my-case'))")
    file = _name_file(coder)
    if case.folder is None:
        raise RequestError(f"{case.id} was made in memory; save it with case.save(path) first")
    if case.folder.has(file) and not overwrite:
        raise RequestError(f"{case.folder.label(file)} exists; choose another name of a coder")
    table, faults = _read_coding(case, open_folder(Path(coded), "case", HEADER))
    if faults:
        raise DataError(faults)
    rows = [
        row if row.coded_by else row.model_copy(update={"coded_by": coder}) for row in table.records
    ]
    columns = (*table.columns, *(() if "coded_by" in table.columns else ("coded_by",)))
    return case.folder.write(file, write_table(Evidence, rows, columns))


def _name_file(coder: str) -> str:
    file = f"evidence.{coder}.csv"
    if coder in RESERVED or not re.fullmatch(CODER_FILE, file):
        raise RequestError(
            f"{coder!r} is not a name for a coder; use lower-case letters, digits, '-' and '_', "
            f"such as mk, and neither of {', '.join(RESERVED)}"
        )
    return file


def _read_coding(case: Case, folder: Folder) -> tuple[Table[Evidence], list[Problem]]:
    """Return the rows of a folder that was coded, and everything that is wrong with them."""
    faults = _compare_headers(case, folder)
    sources: Table[Source] = read_table(folder, "sources.csv", Source)
    faults += [*sources.problems, *_compare_sources(case, sources)]
    table: Table[Evidence] = read_table(folder, "evidence.csv", Evidence)
    faults += [*table.problems, *check_evidence(table, sources, case.framework)]
    faults += check_quotes(table, sources)
    told = conceal(faults, (sources, table), read_secrets(sources))
    return table, conceal(told, (sources, table), case.secrets)


def _compare_headers(case: Case, folder: Folder) -> list[Problem]:
    file = folder.label(HEADER)
    header = check_header(read_toml(folder, HEADER), file, CaseHeader)
    return [
        Problem(
            file, f"{getattr(header, key)} is not the case's {getattr(case.header, key)}", None, key
        )
        for key in SHARED
        if getattr(header, key) != getattr(case.header, key)
    ]


def _compare_sources(case: Case, sources: Table[Source]) -> list[Problem]:
    """Say which sources the case does not have, or has with another date or text."""
    faults = []
    for source in sources.records:
        line = sources.lines[source.id]
        known = case.source_by_id.get(source.id)
        if known is None:
            message = f"{source.id!r} is no source of {case.id}; add it to the case first"
            faults.append(Problem(sources.file, message, line, "id"))
        elif (str(known.published), known.sha256) != (str(source.published), source.sha256):
            message = f"{source.id!r} has another date or text in {case.id}; use the case's own row"
            faults.append(Problem(sources.file, message, line, "published"))
    return faults

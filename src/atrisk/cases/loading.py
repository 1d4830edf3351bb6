"""Loading: a case from its folder, with every fault of its files."""

from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, Faults, require
from atrisk.base.folders import Folder, list_bundled, open_folder
from atrisk.base.tables import check_header, read_toml
from atrisk.cases.case import Case
from atrisk.cases.checks import check_names
from atrisk.cases.tables import (
    HEADER,
    TABLES,
    CaseHeader,
    check_all,
    find_framework,
    name_rows,
    read_case_table,
    sort_problems,
)
from atrisk.frameworks.framework import Framework


def load_case(which: str | Path, framework: Framework | None = None) -> Case:
    """Load a bundled case by id, or one's own from a folder.

    Args:
        which: a bundled id such as ``"car-2012-2015"``, or a ``Path`` to a folder with
            ``case.toml``, ``sources.csv``, ``evidence.csv`` and, optionally, ``searches.csv``,
            ``warnings.csv``, ``responses.csv``, ``deliveries.csv``, ``needs.csv``, ``actions.csv``
            and ``activations.csv``.
        framework: whose indicator codes the evidence must use; None for the one that
            ``case.toml`` names, if it is bundled.

    Raises:
        UnknownNameError: no bundled case has that id.
        DataError: its files have faults; all of them are listed.
        RequestError: the path is no folder, or ``framework`` is no framework.

    Examples:
        >>> load_case("car-2012-2015").header.country
        'CAF'
    """
    if framework is not None:
        require(framework, Framework, "load it with load_framework('un-foa-2014')")
    return read_case(open_folder(which, "case", HEADER), framework)


def read_case(folder: Folder, framework: Framework | None = None) -> Case:
    """Return the case in a folder that is open, as ``load_case`` does.

    Raises:
        DataError: its files have faults; all of them are listed.
    """
    content: dict[str, Any] = {}
    header: CaseHeader | None = None
    problems = Faults()
    try:
        content = read_toml(folder, HEADER)
        header = check_header(content, folder.label(HEADER), CaseHeader)
    except DataError as error:
        problems.extend(error.problems)
    framework = framework or find_framework(content)
    tables = {name: read_case_table(folder, name) for name in TABLES}
    problems.extend(check_names(folder))
    problems.extend(check_all(folder.label(HEADER), header, tables, framework))
    found = name_rows(problems, tables)
    if found or header is None:
        raise DataError(sort_problems(found))
    parts: dict[str, Any] = {name: table.records for name, table in tables.items()}
    layout = {name: table.columns for name, table in tables.items() if table.columns}
    return Case(header, **parts, framework=framework, folder=folder, layout=layout, checked=True)


def list_cases() -> tuple[str, ...]:
    """Return the ids of the bundled cases.

    Examples:
        >>> "car-2012-2015" in list_cases()
        True
    """
    return list_bundled("cases", HEADER)


def name_framework(which: str | Path) -> str | None:
    """Return the id of the framework that a case names, even if its files have faults.

    Examples:
        >>> name_framework("car-2012-2015")
        'un-foa-2014'
    """
    try:
        name = read_toml(open_folder(which, "case", HEADER), HEADER).get("framework")
    except DataError:
        return None
    return name if isinstance(name, str) else None

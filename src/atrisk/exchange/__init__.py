"""Exchange: the files of other tools, written and read without loss.

A namespace of its own: ``atrisk.exchange.export_workbook`` and the others below are loaded when
first asked for, because most of them need an extra.

workbook a case as a spreadsheet that goes round; copies what came back of it, row by row; codebook
a framework's codes; highlights what coding tools tagged, as excerpts of documents: tagged their
tables, projects their archives; drafts highlights as rows of evidence to complete; annotations
evidence on the document, and back; archive a zip that is looked through before it is believed;
sheets how far a workbook's cells reach, and what they say; format what one kind of file is; formats
all of them, in one table.
"""

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
    from atrisk.coding.drafting import Draft
    from atrisk.exchange.annotations import export_annotations
    from atrisk.exchange.codebook import export_codebook
    from atrisk.exchange.copies.merging import Update
    from atrisk.exchange.drafts import import_highlights
    from atrisk.exchange.format import Format, Reading
    from atrisk.exchange.formats import find_reader, find_writer, list_formats
    from atrisk.exchange.workbook import export_workbook, import_workbook, update_case

__all__ = [
    "Draft",
    "Format",
    "Reading",
    "Update",
    "export_annotations",
    "export_codebook",
    "export_workbook",
    "find_reader",
    "find_writer",
    "import_highlights",
    "import_workbook",
    "list_formats",
    "update_case",
]

_MODULES = {
    "Draft": "drafts",
    "Format": "format",
    "Reading": "format",
    "Update": "copies.merging",
    "find_reader": "formats",
    "find_writer": "formats",
    "list_formats": "formats",
    "export_annotations": "annotations",
    "export_codebook": "codebook",
    "export_workbook": "workbook",
    "import_highlights": "drafts",
    "import_workbook": "workbook",
    "update_case": "workbook",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'atrisk.exchange' has no attribute {name!r}")
    value = getattr(_import_module(f"atrisk.exchange.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

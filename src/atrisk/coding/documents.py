"""Documents: the names of the room of documents that callers of the coding room know."""

from atrisk.documents.dates import name_dates
from atrisk.documents.passages import LONGEST, Document, Passage, find_run, fold, read_document

__all__ = ["LONGEST", "Document", "Passage", "find_run", "fold", "name_dates", "read_document"]

"""Documents: the names of the room of documents that callers of the coding room know."""

from atrisk.documents.dates import name_dates
from atrisk.documents.folding import fold
from atrisk.documents.passages import LONGEST, Document, Passage, read_document
from atrisk.documents.runs import find_run

__all__ = ["LONGEST", "Document", "Passage", "find_run", "fold", "name_dates", "read_document"]

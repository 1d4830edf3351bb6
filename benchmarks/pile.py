"""How long a pile of documents takes: two hundred, of four formats and four languages, one broken.

    python benchmarks/pile.py

Each holds forty paragraphs of the translated summaries in ``suggestions.csv``, some 900 words.
Prints seconds and the most memory that one process held; the readers run in processes of their own.
"""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import atrisk
from atrisk.coding.suggestions import Suggester

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from drawn import draw_pdf  # noqa: E402 - beside the tests
from written import paragraph, write_docx  # noqa: E402 - beside the tests

DOCUMENTS, PARAGRAPHS = 200, 40
LINE = 14  # points between the lines of a page


def read_texts() -> dict[str, list[str]]:
    """Return texts by language."""
    texts: dict[str, list[str]] = {}
    with (HERE / "suggestions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts.setdefault(row["language"], []).append(row["text"])
    case = atrisk.load_case("bdi-2014-2016")
    texts["en"] = [row.summary for row in case.evidence]
    return texts


def write_pdf(paragraphs: list[str]) -> bytes:
    words = " ".join(paragraphs).split()
    lines = [" ".join(words[n : n + 9]) for n in range(0, len(words), 9)]
    pages = [lines[n : n + 48] for n in range(0, len(lines), 48)]
    return draw_pdf(
        [[(50, 750 - LINE * n, 10, line) for n, line in enumerate(page)] for page in pages]
    )


def write_eml(paragraphs: list[str]) -> bytes:
    head = "From: desk@example.org\nSubject: Report\nDate: Fri, 6 Dec 2013 09:00:00 +0000\n"
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    body = "\n\n".join(paragraphs)
    return f"{head}{kind}\n{body}\n".encode()


WRITERS: dict[str, Callable[[list[str]], bytes]] = {
    ".docx": lambda some: write_docx("".join(map(paragraph, some))),
    ".html": lambda some: "".join(f"<p>{text}</p>" for text in some).encode(),
    ".eml": write_eml,
    ".pdf": write_pdf,
}


def write_pile(folder: Path) -> None:
    """Write the documents; no PDF is in Arabic, since the font of these has Latin letters."""
    texts = {language: cycle(some) for language, some in read_texts().items()}
    endings, languages = cycle(WRITERS), cycle(texts)
    for number in range(DOCUMENTS - 1):
        ending = next(endings)
        language = next(languages) if number % 4 else next(islice(languages, 1, None))
        if (ending, language) == (".pdf", "ar"):
            language = "en"
        made = WRITERS[ending]([f"{number}", *islice(texts[language], PARAGRAPHS)])
        (folder / f"{number:03}-{language}{ending}").write_bytes(made)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nbroken")


def list_sources(found: atrisk.Collection) -> list[atrisk.Source]:
    """Return the documents as sources of a case."""
    told = {"title": "a text", "publisher": "somebody", "published": "2015-12-31", "kind": "text"}
    return [
        atrisk.Source.model_validate(
            {**told, "id": f"pile-{number}", "reliability": "F", "sha256": one.sha256}
        )
        for number, one in enumerate(found.documents)
    ]


def measure(what: str, call: Callable[[], Any]) -> Any:
    """Print how long a call takes, and return what it returns."""
    begin = time.perf_counter()
    found = call()
    print(f"{what}: {time.perf_counter() - begin:.1f} s")
    return found


def list_peaks() -> Iterator[str]:
    kinds = {"this process": resource.RUSAGE_SELF, "a reader": resource.RUSAGE_CHILDREN}
    for who, kind in kinds.items():
        yield f"{who} {resource.getrusage(kind).ru_maxrss // 1024} MiB"


def main() -> None:
    framework, case = atrisk.load_framework("un-foa-2014"), atrisk.load_case("bdi-2014-2016")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pile(folder)
        found = measure("read", lambda: atrisk.read_documents(folder))
        print(repr(found).partition("\n")[0], *found.skipped)
        measure("anchors and dates", lambda: [one.to_rows() for one in found.documents])
        by_words = measure("learn words", lambda: Suggester(framework, [case]))
        measure("suggest by words", lambda: [by_words.suggest(one) for one in found.documents])
        listed = replace(case, sources=(*case.sources, *list_sources(found)), checked=True)
        drafted = measure("draft by words", lambda: atrisk.draft_evidence(found, listed, by_words))
        print(repr(drafted))
    print("at most", ", ".join(list_peaks()))


if __name__ == "__main__":
    main()

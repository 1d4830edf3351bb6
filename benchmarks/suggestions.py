"""How much of what was coded the suggestions would have offered, by language, one country left out.

Each row's summary stands for a passage: it is ranked by what was learnt from the cases of all other
countries. English summaries are the coders' own, of every row; those in French, Spanish and Arabic
are translations of ninety of them by a language model (``suggestions.csv``), since the texts that
were read may not be shipped. A passage of a report is longer and says more than one thing, so this
is how ways compare, not what a coder will see.

    python benchmarks/suggestions.py

``recall at 5`` is the mean over rows of the share of a row's indicators among the first five.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import atrisk
from atrisk.cases.evidence import Evidence
from atrisk.coding import likeness
from atrisk.coding.suggestions import take_best

TRANSLATED = Path(__file__).with_suffix(".csv")
TOP = 5
Row = tuple[str, str, Evidence]  # country, case and the row
Scored = dict[str, NDArray[np.float64]]


def list_rows() -> list[Row]:
    """Return every open row of the shipped cases."""
    cases = [atrisk.load_case(name) for name in atrisk.list_cases()]
    return [
        (case.header.country, case.id, row)
        for case in cases
        for row in case.evidence
        if not row.confidential
    ]


def list_texts(rows: list[Row]) -> Iterator[tuple[str, str, Evidence, str]]:
    """Yield the language, the country, the row and the text of each passage."""
    by_name = {(case, row.id): (country, row) for country, case, row in rows}
    for country, _, row in rows:
        yield "en", country, row, row.summary
    with TRANSLATED.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            country, row = by_name[line["case"], line["row"]]
            yield line["language"], country, row, line["text"]


def remember(encode: Callable[..., NDArray[np.float64]]) -> Callable[..., NDArray[np.float64]]:
    """Return an encoder that reads no text twice."""
    known: dict[str, NDArray[np.float64]] = {}

    def recall(texts: Sequence[str], *_: object) -> NDArray[np.float64]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encode(new), strict=True))
        return np.array([known[text] for text in texts])

    return recall


def measure() -> dict[tuple[str, str], tuple[float, int]]:
    """Return the recall at 5 of each way in each language, and of how many rows."""
    likeness.encode = remember(likeness.encode)
    framework = atrisk.load_framework("un-foa-2014")
    rows = list_rows()
    texts = list(list_texts(rows))
    likeness.encode([text for *_, text in texts])
    found: dict[tuple[str, str], list[float]] = {}
    for country in dict.fromkeys(c for c, _, _ in rows):
        learnt = [row for c, _, row in rows if c != country]
        counts = Counter(code for row in learnt for code in row.indicators)
        frequent = np.array([float(counts[code]) for code in framework.indicators])
        words, meaning = likeness.Words(framework, learnt), likeness.Meaning(framework, learnt)
        for language, _, row, text in (one for one in texts if one[1] == country):
            ways: Scored = {
                "most frequent": frequent,
                "words": words.score(text),
                "meaning": meaning.compare([text], language)[0][0],
            }
            for way, scores in ways.items():
                best = set(take_best(framework, scores, TOP))
                share = len(best & set(row.indicators)) / len(row.indicators)
                found.setdefault((language, way), []).append(share)
        print(country, file=sys.stderr)
    return {key: (float(np.mean(shares)), len(shares)) for key, shares in found.items()}


def describe(found: dict[tuple[str, str], tuple[float, int]]) -> str:
    """Return the table of the documentation."""
    ways = ("most frequent", "words", "meaning")
    lines = [f"| language | rows | {' | '.join(ways)} |", "| --- | --- | --- | --- | --- |"]
    for language in dict.fromkeys(language for language, _ in found):
        shares = [f"{found[language, way][0]:.2f}" for way in ways]
        lines.append(f"| {language} | {found[language, 'words'][1]} | {' | '.join(shares)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(describe(measure()))

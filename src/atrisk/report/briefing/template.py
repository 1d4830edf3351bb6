"""Templates: the sentences of a brief, as data, in a language or in words of one's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, Problem, UnknownNameError, did_you_mean
from atrisk.base.folders import Folder
from atrisk.base.tables import read_toml

WORDS = "words"
DEFAULT = "en"
_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, eq=False)
class Template:
    """The sentences of a brief.

    Attributes:
        language: that they are in, as ISO 639-1 writes it.
        words: what is said for a band, a direction, a confidence, or what happened to a fact.
        sentences: by section and name, such as ``reading.score``; what stands in braces is filled.
    """

    language: str
    words: Mapping[str, str] = field(repr=False)
    sentences: Mapping[str, str] = field(repr=False)

    def fill(self, name: str, **values: object) -> str:
        """Return a sentence with its blanks filled; what is filled in is not read again."""
        return _BLANK.sub(lambda blank: str(values.get(blank[1], "")), self.sentences[name]).strip()

    def write_number(self, number: str) -> str:
        """Return a number with the mark that the language has before its decimals."""
        return number.replace(".", self.word("decimal"))

    def word(self, name: str | None) -> str:
        """Return what is said for a word of the framework; the word itself if nothing else is."""
        return self.words.get(name or "", name or "")


def list_languages() -> tuple[str, ...]:
    """Return the languages in which a brief ships; a file beside the others adds one."""
    here = files("atrisk.report.briefing")
    names = (one.name for one in here.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_template(language: str = DEFAULT, own: Path | None = None) -> Template:
    """Return the sentences of a language, some of them replaced by one's own.

    Args:
        language: one of ``list_languages``.
        own: a ``.toml`` file with some of the same sections and sentences.

    Raises:
        UnknownNameError: no brief ships in that language.
        DataError: the file is no template: it has a sentence, or a blank in one, that is not known.

    Examples:
        >>> load_template("fr").word("rising")
        'en hausse'
    """
    if language not in list_languages():
        raise UnknownNameError("language of a brief", language, list_languages())
    found = _read_shipped(language)
    if own is not None:
        found = _replace(found, own)
    words = {**_flatten(_read_shipped(DEFAULT)), **_flatten(found)}
    kept = {name: text for name, text in words.items() if not name.startswith(f"{WORDS}.")}
    return Template(language, dict(found[WORDS]), kept)


@cache
def _read_shipped(language: str) -> dict[str, Any]:
    text = (files("atrisk.report.briefing") / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _flatten(content: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{section}.{name}": text
        for section, sentences in content.items()
        if isinstance(sentences, dict)
        for name, text in sentences.items()
    }


def _replace(shipped: Mapping[str, Any], own: Path) -> dict[str, Any]:
    """Return the sentences with those of a file in their places."""
    folder = Folder(own.parent, own.parent.name or ".")
    content = read_toml(folder, own.name)
    problems = [Problem(folder.label(own.name), told) for told in _check(content)]
    if problems:
        raise DataError(problems)
    return {
        name: {**part, **content.get(name, {})} if isinstance(part, dict) else part
        for name, part in shipped.items()
    }


def _check(content: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a template of one's own."""
    known = _flatten(_read_shipped(DEFAULT))
    told = []
    for section, sentences in content.items():
        if section == "language":
            continue
        if not isinstance(sentences, dict):
            told.append(f"{section} is no section; write [{section}] and its sentences below it")
            continue
        for name, text in sentences.items():
            full = f"{section}.{name}"
            if section != WORDS and full not in known:
                told.append(f"no sentence is called {full}.{did_you_mean(full, known)}")
            elif not isinstance(text, str):
                told.append(f"{full} is no text; put it in quotes")
            elif section != WORDS:
                accepted = set(_BLANK.findall(known[full]))
                odd = sorted(set(_BLANK.findall(text)) - accepted)
                listed = ", ".join(f"{{{one}}}" for one in sorted(accepted)) or "none"
                told += [f"{full} has no blank {{{one}}}; it has {listed}" for one in odd]
    return told

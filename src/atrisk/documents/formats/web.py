"""Web: the text of a web page and its day, block by block, in one pass and without a tree.

Left out is the furniture: menus, heads and feet of the site, forms, what stands beside the text and
what is hidden. Where a page says which part is its article, that is its text.

What is open is a list of names, so that neither depth nor tags that are never closed cost more than
others; an end tag closes the nearest of its name and what is open within it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser

from atrisk.base.dates import ImpreciseDate
from atrisk.documents.dates import name_dates
from atrisk.documents.formats.apart import Block, Fact

LIMIT_MARKS = 1_000_000  # begins of tags and of character references
LIMIT_OPEN = 16 * 1024 * 1024  # characters of a tag, a comment or a script that has not ended yet
LIMIT_LEFT = 64 * 1024  # of one that never ends
_CHUNK = 1024 * 1024
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "html", "body", "main", "article", "section", "aside", "header", "footer", "div", "address",
    "p", "ul", "ol", "li", "dl", "dd", "dt", "table", "caption", "tr", "blockquote", "pre",
    "figure", "figcaption", "form", "fieldset", "details", "summary", "hr",
}  # fmt: skip
HIDDEN = {"script", "style", "template", "noscript", "head", "title", "svg", "iframe"}
# Furniture, by its tag, its role and the names that sites give it.
ASIDE = {"nav", "aside", "form", "button", "select", "textarea", "dialog", "menu"}
OUTER = {"header", "footer"}  # of the site, unless they stand within the article
ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"}
NAMES = {
    "ad", "ads", "advert", "advertisement", "breadcrumb", "breadcrumbs", "comments", "cookie",
    "cookie-banner", "cookie-consent", "cookie-notice", "menu", "navbar", "navigation",
    "newsletter", "related", "related-articles", "related-posts", "share", "sharing", "sidebar",
    "skip-link", "social", "social-share", "subscribe",
}  # fmt: skip
TEXTS = {"article", "main"}
# How pages name the day on which they were published, the surest first.
DAYS = (
    "article:published_time", "og:published_time", "datepublished", "dcterms.issued",
    "dc.date.issued", "citation_publication_date", "publish-date", "publishdate", "publish_date",
    "pubdate", "parsely-pub-date", "sailthru.date", "dcterms.date", "dc.date", "date",
)  # fmt: skip
APART = {"br", "td", "th"}  # part words without a space of their own
# What holds nothing and is never closed.
EMPTY = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip


_NOTE = re.compile(r"[\s\[(]*(?:\d+|[a-z*†‡§])[\s\])]*|\[.{0,20}\]")
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_LEAST = 200  # characters of an article, below which it is not taken for the page's text


class TooMuchError(Exception):
    """A page holds more of something than is read; the message says of what."""


class Page(HTMLParser):
    """A web page as it is read.

    Attributes:
        blocks: each with whether it is a heading, its text, and whether it is of the article.
        days: how the page says when it was published.
        title: of the page.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[bool, str, bool]] = []
        self.days: dict[str, str] = {}
        self.title = ""
        self._open: list[tuple[str, bool]] = []  # tags, and whether they hide what they hold
        self._names: Counter[str] = Counter()
        self._block: list[tuple[int, str]] = [(0, "")]  # the blocks that are open: number and name
        self._tags = self._hidden = 0
        self._last, self._texts = self._block[0], list[str]()
        self._is_text = False
        self._raised: list[str] | None = None  # what stands in a <sup>
        self._data = ""  # the kind of a script

    def read(self, text: str) -> None:
        """Read a page whole.

        Raises:
            TooMuchError: it holds more tags than are read, or something in it does not end.
            AssertionError, ValueError: it cannot be parsed.
        """
        if text.count("<") + text.count("&") > LIMIT_MARKS:
            raise TooMuchError(f"holds more than {LIMIT_MARKS:,} tags and character references")
        start = 0
        while start < len(text):
            end = text.find(">", start + _CHUNK) + 1 or len(text)
            self.feed(text[start:end])
            start = end
            if len(self.rawdata) > LIMIT_OPEN:
                raise TooMuchError(f"holds something of more than {LIMIT_OPEN:,} characters")
        if len(self.rawdata) > LIMIT_LEFT:
            raise TooMuchError("ends within a tag, a comment or a script")
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self._tags += 1
        given = {name: value or "" for name, value in attrs}
        if tag == "body":  # a head need not be closed
            self.handle_endtag("head")
        if tag in APART:
            self.handle_data(" ")
        self._look(tag, given)
        if tag in EMPTY:
            if tag in BLOCKS:
                self._end_block()
            return
        hides = tag in HIDDEN or self._is_furniture(tag, given)
        self._open.append((tag, hides))
        self._names[tag] += 1
        self._hidden += hides
        if tag in BLOCKS:
            self._block.append((self._tags, tag))
        if tag == "sup":
            self._raised = []

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest tag of a name, and what is open within it."""
        if tag == "sup" and self._raised is not None:
            raised, self._raised = "".join(self._raised), None
            if not _NOTE.fullmatch(raised):  # the mark of a note is no part of its word
                self.handle_data(raised)
        while self._names[tag]:
            closed, hides = self._open.pop()
            self._names[closed] -= 1
            self._hidden -= hides
            if closed in BLOCKS:
                self._block.pop()
            if closed in APART:
                self.handle_data(" ")
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take a text to its block."""
        if self._hidden:
            self._look_within(data)
            return
        if self._raised is not None:
            self._raised.append(data)
            return
        if self._block[-1] != self._last:
            self._end_block()
            self._last = self._block[-1]
        self._is_text = self._names["article"] + self._names["main"] > 0
        self._texts.append(data)

    def _is_furniture(self, tag: str, given: dict[str, str]) -> bool:
        """Tell whether what begins is no part of a page's text."""
        if tag in {"html", "body", *TEXTS}:
            return False
        within = any(self._names[name] for name in TEXTS)
        if tag in ASIDE or (tag in OUTER and not within):
            return True
        if "hidden" in given or given.get("aria-hidden") == "true":
            return True
        style = given.get("style", "").replace(" ", "").lower()
        if "display:none" in style or "visibility:hidden" in style:
            return True
        names = {*given.get("class", "").lower().split(), given.get("id", "").lower()}
        return given.get("role", "").lower() in ROLES or bool(names & NAMES)

    def _look(self, tag: str, given: dict[str, str]) -> None:
        """Look for what a page says of itself."""
        if tag == "meta":
            name = given.get("property") or given.get("name") or given.get("itemprop") or ""
            if name.lower() in DAYS:
                self.days.setdefault(name.lower(), given.get("content", ""))
            if name.lower() == "og:title":
                self.title = given.get("content", "")
        elif tag == "time" and ("pubdate" in given or given.get("itemprop") == "datePublished"):
            self.days.setdefault("pubdate", given.get("datetime", ""))
        elif tag == "script":
            self._data = given.get("type", "").lower()

    def _look_within(self, data: str) -> None:
        """Look for the title, and for the day in data for machines (JSON-LD)."""
        inner = self._open[-1][0] if self._open else ""
        if inner == "title" and not self.title:
            self.title = data
        if inner == "script" and "ld+json" in self._data:
            found = _PUBLISHED.search(data)
            if found:
                self.days.setdefault("datepublished", found.group(1))

    def unknown_decl(self, data: str) -> None:
        """Take the text of a section that is marked as text, and of no other."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def _end_block(self) -> None:
        text = "".join(self._texts)
        if text.strip():
            self.blocks.append((self._last[1] in HEADINGS, text, self._is_text))
        self._texts = []


def read_page(text: str) -> Iterator[Block | Fact]:
    """Yield the blocks of a web page, its title and the day on which it was published.

    Raises:
        TooMuchError: it holds more tags than are read, or something in it does not end.
        AssertionError, ValueError: it cannot be parsed.
    """
    page = Page()
    page.read(text)
    if page.title.strip():
        yield "title", " ".join(page.title.split())
    day = next(filter(None, (_read_day(page.days.get(name, "")) for name in DAYS)), "")
    if day:
        yield "published", day
    article = sum(len(text) for _, text, is_text in page.blocks if is_text)
    for is_heading, block, is_text in page.blocks:
        if is_text or article < _LEAST:
            yield None, is_heading, block


def _read_day(text: str) -> str:
    """Return a day as a case writes it; nothing if it is not written so that all read it alike."""
    if re.fullmatch(r"\d{8}", text.strip(), re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    for found in name_dates(text[:60]):
        with suppress(ValueError):
            return str(ImpreciseDate.parse(found))
    return ""

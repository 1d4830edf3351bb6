"""Web: the visible text of a web page, block by block, in one pass and without a tree.

What is open is a list of names, so that neither depth nor tags that are never closed cost more than
others; an end tag closes the nearest of its name and what is open within it.
"""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

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
HIDDEN = {"script", "style", "template", "noscript", "nav", "head", "title"}
APART = {"br", "td", "th"}  # part words without a space of their own
# What holds nothing and is never closed.
EMPTY = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip


class TooMuchError(Exception):
    """A page holds more of something than is read; the message says of what."""


class Page(HTMLParser):
    """A web page as it is read.

    Attributes:
        blocks: each with whether it is a heading, and its text.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[bool, str]] = []
        self._open: list[str] = []
        self._names: Counter[str] = Counter()
        self._block: list[tuple[int, str]] = [(0, "")]  # the blocks that are open: number and name
        self._tags = self._hidden = 0
        self._last, self._texts = self._block[0], list[str]()

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

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - of the parser
        """Open a tag."""
        self._tags += 1
        if tag == "body":  # a head need not be closed
            self.handle_endtag("head")
        if tag in APART:
            self.handle_data(" ")
        if tag in EMPTY:
            if tag in BLOCKS:
                self._end_block()
            return
        self._open.append(tag)
        self._names[tag] += 1
        self._hidden += tag in HIDDEN
        if tag in BLOCKS:
            self._block.append((self._tags, tag))

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest tag of a name, and what is open within it."""
        while self._names[tag]:
            closed = self._open.pop()
            self._names[closed] -= 1
            self._hidden -= closed in HIDDEN
            if closed in BLOCKS:
                self._block.pop()
            if closed in APART:
                self.handle_data(" ")
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take a text to its block."""
        if self._hidden:
            return
        if self._block[-1] != self._last:
            self._end_block()
            self._last = self._block[-1]
        self._texts.append(data)

    def unknown_decl(self, data: str) -> None:
        """Take the text of a section that is marked as text, and of no other."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def _end_block(self) -> None:
        text = "".join(self._texts)
        if text.strip():
            self.blocks.append((self._last[1] in HEADINGS, text))
        self._texts = []

"""Hostile documents, made from a seed: what strangers may send as .docx, .odt, .rtf or .eml."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hostile import Text, damage, size
from written import paragraph, write_docx, write_odt

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '">]>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "<!DOCTYPE x ["
    + '<!ENTITY e0 "ha">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    + "]>",
)
PLAIN = "Armed men entered the village on that day. "
IN_WORD: tuple[Text, ...] = (
    lambda c: paragraph(PLAIN) * size(c, 1, 2e5),
    lambda c: paragraph(PLAIN * size(c, 1, 1e6)),
    lambda c: f"<w:p><w:r><w:t>{'a' * size(c, 1, 2e8)}</w:t></w:r></w:p>",
    lambda c: "<w:p>" * (n := size(c, 1, 1e5)) + "x" + "</w:p>" * n,
    lambda c: "<w:tbl><w:tr><w:tc>" * (n := size(c, 1, 1e4)) + "</w:tc></w:tr></w:tbl>" * n,
    lambda c: "<w:tr>" + f"<w:tc>{paragraph('x y')}</w:tc>" * size(c, 1, 1e5) + "</w:tr>",
    lambda c: "<w:p><w:r>" + "<w:br/>" * size(c, 1, 1e6) + "</w:r></w:p>",
    lambda c: "<w:r><w:t>a word outside</w:t></w:r></w:tc></w:tr>",
    lambda c: f'<w:p a="{"x" * size(c, 1, 1e7)}"/>',
    lambda c: "<w:p " + " ".join(f'a{n}="b"' for n in range(size(c, 1, 1e5))) + "/>",
    lambda c: "&e8;&a;",
    lambda c: "<w:del>" * size(c, 1, 200) + paragraph(PLAIN),
)
IN_OPEN: tuple[Text, ...] = (
    lambda c: f"<text:p>{PLAIN}</text:p>" * size(c, 1, 2e5),
    lambda c: f"<text:p>{'a' * size(c, 1, 2e8)}</text:p>",
    lambda c: "<text:p>" * (n := size(c, 1, 1e5)) + "x" + "</text:p>" * n,
    lambda c: '<text:p>a<text:s text:c="999999999"/>b</text:p>' * size(c, 1, 100),
    lambda c: "<t:table-row>" * (n := size(c, 1, 200)) + "</t:table-row>" * n,
    lambda c: "<text:note-body><text:p>x</text:p></text:note-body>" * size(c, 1, 1e5),
    lambda c: "&e8;&a;",
)
IN_RTF: tuple[Text, ...] = (
    lambda c: "{" * size(c, 1, 1e6),
    lambda c: "}" * size(c, 1, 1e6),
    lambda c: r"\par " * size(c, 1, 1e6),
    lambda c: "\\" * size(c, 1, 1e6),
    lambda c: r"\'zz\'4" * size(c, 1, 1e5),
    lambda c: r"\u99999999999? \u-1? \uc9999999 " * size(c, 1, 1e4),
    lambda c: r"\bin999999999 " + "x" * size(c, 1, 1e6),
    lambda c: r"{\object " + "0" * size(c, 1, 3e7) + "}",
    lambda c: r"\ansicpg99999 \f99999 {\fonttbl{\f1\fcharset999 x;}}",
    lambda c: PLAIN * size(c, 1, 3e5),
)
MIXED = 'Content-Type: multipart/mixed; boundary="{}"\r\n\r\n'
IN_MAIL: tuple[Text, ...] = (
    lambda c: "X-A: b\r\n" * size(c, 1, 3e5) + "\r\n",
    lambda c: f"X-A: {'b' * size(c, 1, 2e7)}\r\n",
    lambda c: "To: " + "(" * size(c, 1, 1e5) + "\r\n",
    lambda c: "To: " + "a@b.c, " * size(c, 1, 1e5) + "\r\n",
    lambda c: f"Subject: {'=?utf-8?q?=61?= ' * size(c, 1, 1e5)}\r\n",
    lambda c: "Date: the day after never\r\nContent-Type: text/plain; charset=nobody\r\n",
    lambda c: MIXED.format("a") + "--a\r\n\r\nx\r\n" * size(c, 1, 2e5),
    lambda c: "".join(f"{MIXED.format(n)}--{n}\r\n" for n in range(size(c, 1, 2e3))),
    lambda c: "Content-Transfer-Encoding: base64\r\n\r\n" + "QUFB" * size(c, 1, 1e7),
    lambda c: "Content-Type: text/html\r\n\r\n" + "<div>" * size(c, 1, 1e6),
    lambda c: "\r\n" + PLAIN * size(c, 1, 3e5),
    lambda c: "Content-Type: text/plain; " + "a*0=b; " * size(c, 1, 1e5) + "\r\n",
)  # fmt: skip


def _choose(chance: Random, parts: tuple[Text, ...]) -> str:
    return "".join(part(chance) for part in chance.sample(parts, chance.choice([1, 1, 2])))


def make_word(chance: Random) -> bytes:
    """Return a Word document with something wrong."""
    head = chance.choice(ENTITIES) if chance.random() < 0.2 else ""
    return damage(chance, write_docx(paragraph(PLAIN) + _choose(chance, IN_WORD), head=head))


def make_open(chance: Random) -> bytes:
    """Return an OpenDocument text with something wrong."""
    head = chance.choice(ENTITIES) if chance.random() < 0.2 else ""
    body = f"<text:p>{PLAIN}</text:p>" + _choose(chance, IN_OPEN)
    return damage(chance, write_odt(body, head=head))


def make_rich(chance: Random) -> bytes:
    """Return a rich text with something wrong."""
    return damage(chance, (r"{\rtf1\ansi " + PLAIN + _choose(chance, IN_RTF) + "}").encode())


def make_mail(chance: Random) -> bytes:
    """Return a message with something wrong."""
    return damage(chance, ("From: a@b.example\r\n" + _choose(chance, IN_MAIL) + PLAIN).encode())


MAKERS: dict[str, tuple[str, Callable[[Random], bytes]]] = {
    "word": ("file.docx", make_word),
    "open": ("file.odt", make_open),
    "rich": ("file.rtf", make_rich),
    "mail": ("file.eml", make_mail),
}

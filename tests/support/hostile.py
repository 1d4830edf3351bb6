"""Hostile files, made from a seed: what strangers may send in each format that is read.

Each maker takes a ``Random`` and returns bytes. A file is a plain one with one to three
ingredients of random size, and sometimes with its bytes cut or flipped at the end.
"""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

from toys import MINI

Text = Callable[[Random], str]


def size(chance: Random, least: float, most: float) -> int:
    """Return a whole number between two: every order of magnitude, and the higher ones oftener."""
    return int(least * math.pow(most / least, math.sqrt(chance.random())))


def damage(chance: Random, data: bytes) -> bytes:
    """Leave a file as it is, or cut it, flip some bytes, or put others in."""
    kind = chance.randrange(20)
    if kind == 0:
        return data[: chance.randrange(len(data) + 1)]
    if kind == 1:
        found = bytearray(data)
        for _ in range(size(chance, 1, 50)):
            found[chance.randrange(len(found))] = chance.randrange(256)
        return bytes(found)
    if kind == 2:
        place = chance.randrange(len(data) + 1)
        return data[:place] + chance.randbytes(size(chance, 1, 100)) + data[place:]
    return data


# --- Workbooks -----------------------------------------------------------------------------------


@cache
def plain_workbook() -> bytes:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from atrisk.exchange.workbook import export_workbook

    with TemporaryDirectory() as folder:
        return export_workbook(MINI, Path(folder) / "case.xlsx").read_bytes()


Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet3.xml"
ROW = ("<row>", "</row>")
MERGED = '<mergeCell ref="A1:XFD99"/>'
OTHER = '<Override PartName="/x" ContentType="y"/>'
BOOK = "xl/workbook.xml"
RELATED = "xl/_rels/workbook.xml.rels"
ODD_ROWS = ("1e9", "-4", "0", "9" * 20, "2", "３", "7.0")
ODD_PLACES = ("A2", "", "1", "AAAA1", "A0", "a2", "$A$2")
ODD_TARGETS = ("../../../etc/passwd", "file:///etc/passwd", "sheet1.xml", "")
LINK = '<hyperlink ref="A1" location="x"/>'
CELL = '<c t="inlineStr"><is><t>x</t></is></c>'


def _into(parts: Parts, name: str, before: str, text: str) -> None:
    parts[name] = parts[name].replace(before.encode(), (text + before).encode(), 1)


def _rows(text: Text) -> Callable[[Random, Parts], None]:
    return lambda chance, parts: _into(parts, SHEET, "</sheetData>", text(chance))


def _after(text: Text) -> Callable[[Random, Parts], None]:
    def put(chance: Random, parts: Parts) -> None:
        parts[SHEET] = parts[SHEET].replace(
            b"</sheetData>", b"</sheetData>" + text(chance).encode()
        )

    return put


def _style(text: Text, before: str) -> Callable[[Random, Parts], None]:
    return lambda chance, parts: _into(parts, "xl/styles.xml", before, text(chance))


def _cell(value: Text) -> Callable[[Random, Parts], None]:
    def put(chance: Random, parts: Parts) -> None:
        place = f"{chance.choice('ABEIK')}2".encode()
        new = value(chance).encode()
        parts[SHEET] = re.sub(
            b'<c r="' + place + b'"[^>]*>.*?</c>', lambda _: new.replace(b"@", place), parts[SHEET]
        )

    return put


def _swap(name: str, pattern: bytes, new: Text) -> Callable[[Random, Parts], None]:
    def put(chance: Random, parts: Parts) -> None:
        made = new(chance).encode()
        parts[name] = re.sub(pattern, lambda _: made, parts[name], count=1)

    return put


def _entity(chance: Random, parts: Parts) -> None:
    name = chance.choice(sorted(parts))
    inner = chance.choice(
        ['SYSTEM "file:///etc/passwd"', '"' + "a" * 1000 + '"', 'SYSTEM "http://127.0.0.1:9/x"']
    )
    more = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 {inner}>{more}]>'
    parts[name] = head.encode() + re.sub(rb"^<\?xml[^>]*\?>", b"", parts[name]).replace(
        b"</t>", b"&e8;</t>", 1
    )


def _encode(chance: Random, parts: Parts) -> None:
    code = chance.choice(["utf-16", "utf-16-be", "latin-1", "utf-32"])
    head = f'<?xml version="1.0" encoding="{code}"?>'
    text = re.sub(r"^<\?xml[^>]*\?>", "", parts[SHEET].decode())
    parts[SHEET] = (head + text).encode(code)


def _add(name: str, content: Callable[[Random], bytes]) -> Callable[[Random, Parts], None]:
    def put(chance: Random, parts: Parts) -> None:
        parts[name] = content(chance)

    return put


def _many_parts(chance: Random, parts: Parts) -> None:
    for number in range(size(chance, 10, 8_000)):
        parts[f"xl/media/{number}.bin"] = b""


def _shared(chance: Random, parts: Parts) -> None:
    strings = "".join(f"<si><t>{n * 7919}</t></si>" for n in range(size(chance, 10, 900_000)))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'.encode()
    _into(
        parts,
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/>',
    )


IN_WORKBOOKS: tuple[Callable[[Random, Parts], None], ...] = (
    _rows(lambda c: f'<row r="{size(c, 10, 2e6)}"><c r="{_far(c)}" t="b"><v>1</v></c></row>'),
    _rows(lambda c: f'<row r="{c.choice(ODD_ROWS)}">{CELL}</row>'),
    _rows(lambda c: f'<row r="9">{CELL * size(c, 10, 3e5)}</row>'),
    _rows(lambda c: f"<row>{CELL * 300}</row>" * size(c, 1, 900)),
    _rows(lambda c: "".join(f'<row r="{n}"/>' for n in range(10, size(c, 20, 9e5)))),
    _rows(lambda c: "<row><c><v/></c></row>" * size(c, 10, 4e5)),
    _rows(lambda c: CELL.replace("x", "é" * size(c, 10, 2e7)).join(ROW)),
    _rows(lambda c: CELL.replace("<t>x</t>", "<r><t>x</t></r>" * size(c, 9, 2e5)).join(ROW)),
    _rows(lambda c: f'<row {_names(c)}>{CELL}</row>'),
    _rows(lambda c: "<ext>" * (n := size(c, 10, 4e5)) + "</ext>" * n),
    _rows(lambda c: "<!--" + "-" * size(c, 10, 9e6) + "-->"),
    _rows(lambda c: f"<row><![CDATA[{'<' * size(c, 10, 9e6)}]]></row>"),
    _rows(
        lambda c: "".join(
            f'<row r="{n}"><c r="A{n}"><f t="shared" si="0" ref="A1:A9">'
            f"{'A1+B2*SUM(C1:C9)+' * size(c, 1, 500) if n == 10 else ''}</f></c></row>"
            for n in range(10, size(c, 12, 5e4))
        )
    ),
    _rows(lambda c: f'<row><c><f t="array" ref="A1">{"(" * size(c, 1, 1e6)}</f></c></row>'),
    _after(lambda c: f"<mergeCells>{MERGED * size(c, 1, 2e5)}</mergeCells>"),
    _after(
        lambda c: "<dataValidations>"
        + '<dataValidation type="list" sqref="A1:A2"/>' * size(c, 1, 2e5)
        + "</dataValidations>"
    ),
    _after(
        lambda c: '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"/>'
        "</conditionalFormatting>" * size(c, 1, 2e5)
    ),
    _after(lambda c: f"<hyperlinks>{LINK * size(c, 1, 2e5)}</hyperlinks>"),
    _style(lambda c: '<xf numFmtId="14" fontId="9" fillId="0"/>' * size(c, 1, 2e5), "</cellXfs>"),
    _style(lambda c: "<font><sz val='x'/></font>" * size(c, 1, 2e5), "</fonts>"),
    _cell(lambda c: f'<c r="@" t="{c.choice("edbsnz")}"><v>{_odd(c)}</v></c>'),
    _cell(lambda c: f'<c r="@" s="{_odd(c)}"><v>{_odd(c)}</v></c>'),
    _cell(lambda c: f'<c r="{c.choice(ODD_PLACES)}"><v>8</v></c>'),
    _cell(lambda c: CELL.replace("x", c.choice(["&#0;", "&#xFFFE;", "&x;", "=1", "&#9;"]))),
    _swap(SHEET, rb'(?<=<dimension ref=")[^"]*', lambda c: c.choice(["A1:XFD99999", "x", "B9:A1"])),
    _swap(SHEET, rb"<sheetData>", lambda c: f'<sheetData x="{"a" * size(c, 9, 2e7)}">'),
    _swap(SHEET, rb"<worksheet", lambda c: " " * size(c, 9, 3e5) + "<worksheet"),
    _swap(BOOK, b'(?<=name=")evidence', lambda c: c.choice(["sources", "x" * 10**6, ""])),
    _swap(
        BOOK,
        b"</sheets>",
        lambda c: "".join(
            f'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
            f'name="s{n}" sheetId="{n + 50}" r:id="rId1"/>'
            for n in range(size(c, 1, 5e3))
        )
        + "</sheets>",
    ),
    _swap(
        BOOK,
        b"</workbook>",
        lambda c: "<definedNames>"
        + '<definedName name="a">1</definedName>' * size(c, 1, 2e5)
        + "</definedNames></workbook>",
    ),
    _swap(RELATED, rb'(?<=Target=")[^"]*sheet3.xml', lambda c: c.choice(ODD_TARGETS)),
    _swap("[Content_Types].xml", b"</Types>", lambda c: OTHER * size(c, 1, 2e5) + "</Types>"),
    _entity,
    _encode,
    _shared,
    _many_parts,
    _add("xl/media/a.bin", lambda c: b"0" * size(c, 10, 4e8)),
    _add("xl/media/a.xml", lambda c: b"<a>" * size(c, 10, 4e6)),
    _add("../../evil", lambda c: b"x"),
    _add("/etc/evil", lambda c: b"x"),
)  # fmt: skip


def _names(chance: Random) -> str:
    return " ".join(f"a{n}='b'" for n in range(size(chance, 1, 2e5)))


def _far(chance: Random) -> str:
    letters = "".join(chance.choice("ABXFDZ") for _ in range(chance.randint(1, 4)))
    return f"{letters}{size(chance, 1, 2e6)}"


def _odd(chance: Random) -> str:
    return chance.choice(
        [
            "#REF!",
            "NaN",
            "1e999",
            "-1",
            "9" * 5000,
            "99999999",
            "43871",
            "2.5",
            "x",
            "",
            "2020-99-99",
        ]
    )


def make_workbook(chance: Random) -> bytes:
    """Return a workbook with something wrong."""
    with zipfile.ZipFile(io.BytesIO(plain_workbook())) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    for put in chance.sample(IN_WORKBOOKS, chance.choice([1, 1, 1, 2, 3])):
        put(chance, parts)
    return damage(chance, _pack(chance, parts))


def _pack(chance: Random, parts: Parts) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # a part that stands twice is meant
        for name, content in parts.items():
            archive.writestr(name, content, compresslevel=1)
        if chance.random() < 0.05:
            archive.writestr(chance.choice(sorted(parts)), b"<other/>")
    data = bytearray(made.getvalue())
    if chance.random() < 0.1:  # a flag or a method of a part is not what it is
        found = data.find(b"PK\x01\x02")
        data[found + chance.choice([8, 10, 24, 42])] = chance.randrange(256)
    return bytes(data)


# --- Projects of coding tools --------------------------------------------------------------------

PROJECT = "urn:QDA-XML:project:1.0"


def make_project(chance: Random) -> bytes:
    """Return a REFI-QDA project with something wrong."""
    text = "Armed men entered the village on that day. " * size(chance, 1, 2e5)
    pick = chance.choice
    begins = [chance.randrange(len(text)) for _ in range(size(chance, 1, pick([10, 1e3, 1e5])))]
    inner = "".join(
        '<PlainTextSelection startPosition="{}" endPosition="{}"><Coding>{}</Coding>'
        "</PlainTextSelection>".format(
            pick([b, b, 0, "9" * 30, "-1", "²"]),
            pick([b + 40, b + 40, len(text), 10**11]),
            f'<CodeRef targetGUID="g{b % 9}"/>' * pick([1, 1, 2]),
        )
        for b in begins
    )
    if chance.random() < 0.2:
        inner = "<PlainTextSelection>" * (n := size(chance, 2, 1e5)) + inner
        inner += "</PlainTextSelection>" * n
    codes = "".join(
        f'<Code guid="g{n}" name="{pick(["2.1 x", "é" * size(chance, 1, 1e5)])}" isCodable="true">'
        for n in range(size(chance, 1, pick([9, 9, 1e5])))
    )
    codes += "</Code>" * codes.count("<Code ") if "<Code " in codes else ""
    path = pick(["internal://t.txt", "internal://t.txt", "internal://../x", "file:///etc/passwd"])
    named = f'name="diary" plainTextPath="{path}"'
    source = f"<TextSource {named}>{inner}</TextSource>" * (
        size(chance, 1, 3e5 / max(100, len(inner))) if chance.random() < 0.5 else 1
    )
    source += f"<TextSource {named}/>" * (size(chance, 1, 1e5) if chance.random() < 0.2 else 0)
    head = '<!DOCTYPE P [<!ENTITY a "b">]>' if chance.random() < 0.05 else ""
    xml = (
        f'<?xml version="1.0"?>{head}<Project xmlns="{PROJECT}"><CodeBook><Codes>{codes}</Codes>'
        f"</CodeBook><Sources>{source}</Sources></Project>"
    )
    parts = {"project.qde": xml.encode(), "sources/t.txt": text.encode()}
    if chance.random() < 0.1:
        parts["sources/big.bin"] = b"0" * size(chance, 1e6, 4e8)
    return damage(chance, _pack(chance, parts))


# --- Highlights ----------------------------------------------------------------------------------


IN_CELLS: tuple[Text, ...] = (
    lambda c: "Armed men entered the village " * size(c, 1, 4e3),
    lambda c: " ".join(f"w{c.randrange(9)}" for _ in range(size(c, 1, 3e4))),
    lambda c: "x" * size(c, 1, 2e5),
    lambda c: "a\n" * size(c, 1, 6e4),
    lambda c: '"' * size(c, 1, 1e4),
    lambda c: "=1+1",
    lambda c: "\x00\x1b[2J\u202e\ufffe\r",
)


def make_highlights(chance: Random) -> bytes:
    """Return a table of highlights with something wrong."""
    pick, out = chance.choice, io.StringIO()
    texts = [pick(IN_CELLS)(chance) for _ in range(12)]
    count = size(chance, 1, pick([9, 9e3, 2e5]))
    writer = csv.writer(out, lineterminator=pick(["\n", "\n", "\n", "\r\n", "\r"]))
    writer.writerow(["id", "document", "tag", "content"])
    key, tag = pick(["1", "{}"]), pick(["2.1 x", "2.1 x", pick(texts)[:999]])
    for number in range(count):
        text = pick(texts)
        start = chance.randrange(len(text))
        cut = text[start : start + 2 * 10**7 // count]
        writer.writerow([key.format(number), pick(["diary", "diary", cut[:9]]), tag, cut])
    if chance.random() < 0.1:
        out.write(pick([",", '"', '"a\n', "\0", "x,y\n"]) * size(chance, 1, 1e6))
    data = out.getvalue().encode(errors="replace")
    return damage(chance, pick([b"", b"", b"\xef\xbb\xbf"]) + data)


# --- Web pages -----------------------------------------------------------------------------------

UNENDED = ("<!--", "<![CDATA[", "<!doctype ", "<?", "<![if ", "</", "<a ", "<!x ")
IN_PAGES: tuple[Text, ...] = (
    lambda c: "<div>" * (n := size(c, 1, 4e5)) + "deep words are here" + "</div>" * n,
    lambda c: c.choice(["<b>", "<p>", "<td>", "<li>", "<font>"]) * size(c, 1, 9e5) + "never closed",
    lambda c: "<span><div>" * size(c, 1, 3e5) + "a word" + "</span>" * size(c, 1, 3e5),
    lambda c: "<p>x</p>" * size(c, 1, 3e5),
    lambda c: "x<br>" * size(c, 1, 5e5) + "</br></x>" * size(c, 1, 1e5),
    lambda c: "</b>" * size(c, 1, 9e5),
    lambda c: f'<img src="data:{"A" * size(c, 1, 2e7)}">',
    lambda c: f"<p {_names(c)}>words</p>",
    lambda c: c.choice(UNENDED) * size(c, 1, 1e6),
    lambda c: f"<!--{'-' * size(c, 1, 2e7)}-->",
    lambda c: f"<{c.choice(['script', 'style', 'title', 'template'])}>{'</' * size(c, 1, 5e6)}",
    lambda c: f"<script>{'x < y;' * size(c, 1, 1e6)}</script>",
    lambda c: f"<p>&#{'9' * size(c, 1, 1e6)};&#x{'f' * size(c, 1, 1e6)};</p>",
    lambda c: f"<p>{c.choice(['&amp', '&lt;', '&#65;', '&nosuch;', '&']) * size(c, 1, 1e6)}</p>",
    lambda c: "<![foo]><!DOCTYPE [<!ENTITY a 'b'>]><!ELEMENT x>&a;" * size(c, 1, 1e4),
    lambda c: f"<p>{'word ' * size(c, 1, 3e6)}</p>",
    lambda c: f"<p>{'a' * size(c, 1, 2e7)}</p>",
    lambda c: "<a b='>" * size(c, 1, 3e5) + '<a b="' * size(c, 1, 3e5),
    lambda c: f"<a {chr(0) * size(c, 1, 1e5)}>{'<' * size(c, 1, 2e6)}",
    lambda c: f"<p{' ' * size(c, 1, 5e6)}>{' / = ' * size(c, 1, 1e6)}",
    lambda c: "<table><tr>" + "<td>5 December 2013" * size(c, 1, 2e5),
    lambda c: "<p>one two three four five six seven eight.</p>" * size(c, 1, 4e4),
    lambda c: "".join(f"<p>u{n} w w w w w w v{n}.</p>" for n in range(size(c, 1, 4e4))),
    lambda c: f"<p>{'w ' * size(c, 1, 9e5)}</p>",
)  # fmt: skip


def make_page(chance: Random) -> bytes:
    """Return a web page with something wrong."""
    body = "".join(part(chance) for part in chance.sample(IN_PAGES, chance.choice([1, 1, 2])))
    page = f"<html><head><title>t</title></head><body><p>Some plain words first.</p>{body}"
    return damage(chance, page.encode(errors="replace"))


# --- PDFs ----------------------------------------------------------------------------------------


def make_pdf(chance: Random) -> bytes:
    """Return a PDF with something wrong."""
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources 6 0 R >>",
        5: _stream("BT /F1 12 Tf 50 700 Td (Some plain words first.) Tj ET"),
        6: "<< /Font << /F1 3 0 R >> >>",
    }
    for put in chance.sample(IN_PDFS, chance.choice([1, 1, 1, 2])):
        put(chance, objects)
    return damage(chance, _write_pdf(objects))


Objects = dict[int, str]


def _stream(content: str, more: str = "", *, packed: bool = False) -> str:
    if not packed:
        return f"<< /Length {len(content)} {more} >>\nstream\n{content}\nendstream"
    data = zlib.compress(content.encode("latin-1"), 9).decode("latin-1")
    filters = "/Filter /FlateDecode"
    return f"<< /Length {len(data)} {filters} {more} >>\nstream\n{data}\nendstream"


def _write_pdf(objects: Objects) -> bytes:
    out, places = b"%PDF-1.5\n", {}
    made = [out]
    at = len(out)
    for number, body in objects.items():
        places[number] = at
        made.append(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
        at += len(made[-1])
    count = max(objects) + 1
    table = "".join(
        f"{places[n]:010} 00000 n \n" if n in places else "0000000000 65535 f \n"
        for n in range(count)
    )
    end = f"xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    end += f"startxref\n{at}\n%%EOF\n"
    return b"".join([*made, end.encode()])


def _pages(kids: Callable[[Random], str]) -> Callable[[Random, Objects], None]:
    def put(chance: Random, objects: Objects) -> None:
        objects[2] = f"<< /Type /Pages /Kids [{kids(chance)}] /Count 1 >>"

    return put


def _content(content: Text, *, packed: bool = True) -> Callable[[Random, Objects], None]:
    def put(chance: Random, objects: Objects) -> None:
        objects[5] = _stream(content(chance), packed=packed)

    return put


def _deep_pages(chance: Random, objects: Objects) -> None:
    last = size(chance, 2, 3e4)
    for n in range(last):
        kid = 4 if n == last - 1 else 101 + n
        objects[100 + n] = f"<< /Type /Pages /Kids [{kid} 0 R] /Count 1 >>"
    objects[2] = "<< /Type /Pages /Kids [100 0 R] /Count 1 >>"


def _forms(chance: Random, objects: Objects) -> None:
    """Forms that each draw the next one many times."""
    levels, times = chance.randint(2, 9), size(chance, 2, 30)
    for n in range(levels):
        inner = f"/X{n + 1} Do\n" * times if n < levels - 1 else "BT /F1 9 Tf (deep) Tj ET"
        within = f"/XObject << /X{n + 1} {101 + n} 0 R >>" if n < levels - 1 else ""
        more = f"/Resources << /Font << /F1 3 0 R >> {within} >>"
        objects[100 + n] = _stream(inner, f"/Subtype /Form /BBox [0 0 9 9] {more}")
    objects[5] = _stream("/X0 Do\n" * times)
    objects[6] = "<< /Font << /F1 3 0 R >> /XObject << /X0 100 0 R >> >>"


def _own_form(chance: Random, objects: Objects) -> None:
    more = "/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X0 100 0 R >> >>"
    objects[100] = _stream("/X0 Do " * size(chance, 1, 1e5), more)
    objects[5] = _stream("/X0 Do ")
    objects[6] = "<< /XObject << /X0 100 0 R >> >>"


def _fonts(chance: Random, objects: Objects) -> None:
    """Fonts with a table of characters each, on a page or on many."""
    ranges = "".join(
        f"1 beginbfrange\n<{n:04x}> <{chance.choice([n, 65535, n + 9]):04x}> <0041>\nendbfrange\n"
        for n in range(size(chance, 1, 2e4))
    )
    objects[100] = _stream(f"begincmap\n{ranges}endcmap", packed=True)
    objects[101] = "<< /Type /Font /Subtype /Type0 /BaseFont /A /ToUnicode 100 0 R >>"
    named = " ".join(f"/F{n} 101 0 R" for n in range(size(chance, 1, 3e3)))
    objects[6] = f"<< /Font << {named} >> >>"
    objects[2] = f"<< /Type /Pages /Kids [{'4 0 R ' * size(chance, 1, 1e3)}] /Count 1 >>"


def _chain(chance: Random, objects: Objects) -> None:
    data, times = b"BT (x) Tj ET " * size(chance, 1, 1e6), chance.randint(2, 40)
    for _ in range(times):
        data = zlib.compress(data, 9)
    text = data.decode("latin-1")
    objects[5] = (
        f"<< /Length {len(text)} /Filter [{'/FlateDecode ' * times}] >>\nstream\n{text}\nendstream"
    )


def _object_stream(chance: Random, objects: Objects) -> None:
    count = size(chance, 1, 1e5)
    index = " ".join(f"{200 + n} {2 * n}" for n in range(count))
    body = "1 " * count
    more = f"/Type /ObjStm /N {chance.choice([count, 10**9])} /First {len(index) + 1}"
    objects[100] = _stream(f"{index} {body}", more, packed=True)


def _set(number: int, text: Text) -> Callable[[Random, Objects], None]:
    def put(chance: Random, objects: Objects) -> None:
        objects[number] = text(chance)

    return put


TYPE0 = "<< /Type /Font /Subtype /Type0 /DescendantFonts [<< /W [0 9 500] >>] >>"
IN_PDFS: tuple[Callable[[Random, Objects], None], ...] = (
    _pages(lambda c: "2 0 R"),
    _pages(lambda c: "4 0 R 2 0 R " * size(c, 1, 1e4)),
    _pages(lambda c: "4 0 R " * size(c, 10, 2e5)),
    _pages(lambda c: "[" * size(c, 10, 1e6)),
    _pages(lambda c: "<< /Kids " * size(c, 10, 1e5)),
    _deep_pages,
    _forms,
    _forms,
    _own_form,
    _fonts,
    _fonts,
    _chain,
    _object_stream,
    _content(lambda c: "(x) Tj\n" * size(c, 1, 3e6)),
    _content(lambda c: " " * size(c, 1, 3e8)),
    _content(lambda c: "BT /F1 9 Tf " + "(words are here) Tj 0 -9 Td " * size(c, 1, 5e5) + "ET"),
    _content(lambda c: "0 " * size(c, 1, 5e6) + "m"),
    _content(lambda c: "[" * size(c, 1, 1e6) + "(x) Tj"),
    _content(lambda c: "(" * size(c, 1, 1e6) + "(x) Tj"),
    _content(lambda c: "BI /W 9 /H 9 ID " + "x" * size(c, 1, 5e6) + " EI (x) Tj", packed=False),
    _content(lambda c: f"BT /F1 9 Tf [{'(x) -300 ' * size(c, 1, 9e5)}] TJ ET"),
    _content(lambda c: f"BT /F1 9 Tf ({'é' * size(c, 1, 2e7)}) Tj ET"),
    _content(lambda c: f"{'9' * size(c, 1, 1e6)} 0 Td (x) Tj"),
    _content(lambda c: "q " * size(c, 1, 1e6) + "(x) Tj"),
    _set(6, lambda c: "<< /Font 6 0 R /XObject 6 0 R >>"),
    _set(3, lambda c: f"<< /Type /Font /Subtype /Type1 /Widths [{'1 ' * size(c, 1, 1e6)}] >>"),
    _set(3, lambda c: TYPE0.replace("9", str(size(c, 1, 1e9)))),
    _set(1, lambda c: f"<< /Type /Catalog /Pages 2 0 R /X {'<< /A ' * size(c, 1, 1e5)} >>"),
    _set(99, lambda c: "x" * size(c, 1, 3e7)),
)  # fmt: skip


# --- Tables of events ----------------------------------------------------------------------------

IN_EVENTS: tuple[Text, ...] = (
    lambda c: "\n" * size(c, 1, 2e7),
    lambda c: "," * size(c, 1, 9e6),
    lambda c: "x" * size(c, 1, 2e7),
    lambda c: '"' + "x\n" * size(c, 1, 5e6),
    lambda c: '"' * size(c, 1, 1e5),
    lambda c: "\x00\x1b[2J\u202e",
    lambda c: f"{'9' * size(c, 1, 1e5)}-01-01,Mali,battle,state,1,1,1,1",
    lambda c: f"2024-05-16,Mali,battle,state,{'9' * size(c, 1, 1e5)},1,1,1",
    lambda c: f"2024-05-16,{'Ma' * size(c, 1, 5e4)},battle,state,5,3,8,0",
    lambda c: "2024-05-16,Mali,battle,state,5,3,8,0\n" * size(c, 1, 3e5),
    lambda c: "2024-05-16,Atlantis,war,army,x,y,z,w\n" * size(c, 1, 3e5),
    lambda c: "".join(f"{y:04}-05,Mali,battle,state,5,3,8,0\n" for y in range(1, size(c, 2, 9e3))),
    lambda c: "\r" * size(c, 1, 1e6),
    lambda c: ",,,,,,,\n" * size(c, 1, 2e6),
)  # fmt: skip
HEADERS: tuple[Text, ...] = (
    lambda c: "date,country,kind,actor,deaths,low,high,civilians\n",
    lambda c: "date,country,kind,actor,deaths,low,high,civilians\n",
    lambda c: "date,country,kind,actor,deaths,low,high,civilians" + ",x" * size(c, 1, 2e6) + "\n",
    lambda c: ",".join(f"c{n}" for n in range(size(c, 1, 5e5))) + "\n",
    lambda c: "#date,#country+code," + "#affected+killed," * size(c, 1, 2e5) + "\n",
    lambda c: "",
)


def make_events(chance: Random) -> bytes:
    """Return a table of events with something wrong."""
    plain = "2024-05-16,Mali,battle,state,5,3,8,0\n"
    rows = "".join(part(chance) for part in chance.sample(IN_EVENTS, chance.choice([1, 1, 2])))
    above = "\n" * size(chance, 1, 1e7) if chance.random() < 0.1 else ""
    text = above + chance.choice(HEADERS)(chance) + plain + rows + "\n" + plain
    code = chance.choice(["utf-8"] * 8 + ["utf-16"])
    return damage(chance, text.encode(code, errors="replace"))


# --- All -----------------------------------------------------------------------------------------

MAKERS: dict[str, tuple[str, Callable[[Random], bytes]]] = {
    "workbook": ("file.xlsx", make_workbook),
    "project": ("file.qdpx", make_project),
    "highlights": ("file.csv", make_highlights),
    "page": ("file.html", make_page),
    "pdf": ("file.pdf", make_pdf),
    "events": ("file.csv", make_events),
}

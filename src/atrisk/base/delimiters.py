r"""Delimiters: the bytes of a table as lines with commas, whichever program and country saved it.

Spreadsheets separate cells by what their country's list separator is, or by tabs, begin with a line
``sep=;``, and write in UTF-16 or in the code page of their language. That is read where it has one
meaning, and told where it has several.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from atrisk.base.errors import DataError, Faults, Problem

LINE_LIMIT = 32_767  # characters in a record: a spreadsheet cuts even one longer cell
LIMIT_LINES = 100_000  # of a table
AT_ONCE = 1_000  # lines that are split side by side
LIMIT_GUESS = 2 * 1024 * 1024  # bytes whose code page is looked for, word by word
LONGEST_WORD = 100  # letters
MARKS = ",;\t"
SAVE = "save the file as 'CSV UTF-8' (or as UTF-8 text) and try again"
# Code pages of the languages that documents are coded in: Windows' of the West and of Arabic, and
# the old one of the Mac. A text must read as one of them and not as another.
PAGES = {"cp1252": "Windows-1252", "cp1256": "Windows-1256", "mac_roman": "Mac Roman"}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LATIN = frozenset("àâäáãæçèéêëîïíìñôöóõœùûüúÿß")  # of French, German, Spanish, Portuguese, Italian
_ALONE = frozenset("àéèêóúíáôyoeai")  # words of one letter
_MARKS = frozenset("«»“”„‘’–—…€°§·¿¡ªº\xa0")
_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_ARABIC_MARKS = frozenset("،؛؟٪ـ\u200c\u200d\u200e\u200f") | set(map(chr, range(0x64B, 0x653)))
_ASTRAY = re.compile("(?<![\u0620-\u0652])[\u064b-\u0652]")  # a vowel sign on no letter
_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = re.compile(r"(?<=[^\W\d_])[«»“”„‘–—…€°§¿¡ªº](?=[^\W\d_])")  # no word holds one
_SEPARATOR = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)
_TAG = re.compile(r"#\s*[a-z]\w*(?:\s*\+\s*[a-z]\w*)*\s*", re.IGNORECASE)
_DECIMAL = re.compile(r"([+-]?\d+),(\d+)")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


def decode_table(data: bytes, file: str) -> str:
    r"""Return the text of a table: in UTF-8, in UTF-16 with its mark, or in a plain code page.

    Raises:
        DataError: it is packed, or its bytes have no meaning, or several.

    Examples:
        >>> decode_table("id;lieu\n1;Béni\n".encode("cp1252"), "lieux.csv")
        'id;lieu\n1;Béni\n'
    """
    encoding = find_encoding(data)
    if encoding:
        return data.decode(encoding)
    raise DataError([_tell_undecoded(data, file)])


def find_encoding(data: bytes) -> str:
    """Return the name of the encoding of a table's bytes, or nothing if it cannot be told."""
    if data.startswith(_UTF_16):
        return "utf-16" if _decode(data, "utf-16") is not None else ""
    if _decode(data, "utf-8") is not None:
        return "utf-8-sig"
    if data.startswith(b"PK") or len(data) > LIMIT_GUESS:
        return ""
    read = {page: text for page in PAGES if (text := _decode(data, page)) is not None}
    sound = [page for page, text in read.items() if _is_sound(text)]
    return sound[0] if sound and len({read[page] for page in sound}) == 1 else ""


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_sound(text: str) -> bool:
    """Tell whether a text reads as one of a language, whose letters stand together in its words."""
    strange = {mark for mark in set(text) if not mark.isascii() and not mark.isalpha()}
    text = " ".join(set(text.split()))  # each word once
    accepted = _MARKS | _ARABIC_MARKS if _ARABIC.search(text) else _MARKS
    if not strange <= accepted or _INSIDE.search(text) or _ASTRAY.search(text):
        return False
    words = (found.group() for found in _WORD.finditer(text))
    return all(word.isascii() or _is_word(word) for word in words)


def _is_word(word: str) -> bool:
    if len(word) > LONGEST_WORD:
        return False
    if all("\u0600" <= letter <= "\u06ff" for letter in word):
        return True
    foreign = [letter for letter in word if not letter.isascii()]
    if not {letter.lower() for letter in foreign} <= _LATIN:
        return False
    if len(word) == 1:
        return word.lower() in _ALONE
    is_one = word.isupper() or word[1:].islower()
    return len(foreign) < len(word) and is_one


def _tell_undecoded(data: bytes, file: str) -> Problem:
    if data.startswith(b"PK"):
        return Problem(file, "this is a spreadsheet file, not text; save it as 'CSV UTF-8'")
    if data.startswith(_UTF_16):
        return Problem(file, f"this is broken UTF-16; {SAVE}")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return Problem(file, f"{found}, and may be one letter or another; {SAVE}", line)
    return Problem(file, SAVE)


def find_delimiter(text: str) -> str:
    r"""Return the mark that separates the cells of a table, by its first line that is not blank.

    Examples:
        >>> find_delimiter("id,title\n"), find_delimiter("id;title, or name;x\n")
        (',', ';')
    """
    first = next((line for line in io.StringIO(text) if line.strip("\r\n ")), "")
    named = _SEPARATOR.fullmatch(first.strip("\r\n "))
    if named:
        return named[1]
    bare = "".join(first.split('"')[::2])
    return max(MARKS, key=bare.count)


def read_head(head: bytes) -> str:
    """Return the first bytes of a table as text; what cannot be read in them is replaced."""
    page = "utf-16" if head.startswith(_UTF_16) else "utf-8-sig"
    return head.decode(page, errors="replace")


def split_head(head: bytes) -> list[list[str]]:
    r"""Return the cells of a table's first lines by its first bytes; what is cut off is left out.

    Examples:
        >>> split_head(b"sep=;\nid;title\na;b;c")
        [['id', 'title']]
    """
    text = read_head(head)
    mark, lines = find_delimiter(text), text.split("\n")
    found = [line for line in (lines[:-1] or lines) if line.strip()]
    if found and _SEPARATOR.fullmatch(found[0].strip("\r ")):
        found = found[1:]
    try:
        return [next(csv.reader([line.rstrip("\r")], delimiter=mark)) for line in found]
    except csv.Error:
        return []


def write_commas(text: str) -> str:
    r"""Return the text of a table of one record a line with commas between its cells.

    Lines keep their numbers, and one that cannot be split stays as it is; a first line that names
    the separator is emptied.

    Examples:
        >>> write_commas("sep=;\nid;place\na;Bangui, centre\n")
        '\nid,place\na,"Bangui, centre"\n'
    """
    mark = find_delimiter(text)
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip("\r ")), 0)
    if _SEPARATOR.fullmatch(lines[first].strip("\r ")):
        lines[first] = ""
    elif mark == ",":
        return text
    if mark == "," or len(lines) > LIMIT_LINES + 1:  # no more are read
        return "\n".join(lines)
    return "\n".join(_join(line, mark) if line.strip() else line for line in lines)


def _join(line: str, mark: str) -> str:
    plain = line.removesuffix("\r")
    if len(plain) > LINE_LIMIT:
        return line
    try:
        cells = next(csv.reader([plain], delimiter=mark, strict=True))
    except csv.Error:
        return line
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()


def describe_saving(data: bytes) -> str:
    r"""Say how a table was saved, if not with commas in UTF-8; else nothing.

    Examples:
        >>> describe_saving(b"id;title\n"), describe_saving(b"id,title\n")
        ("separated by ';'", '')
    """
    encoding = find_encoding(data)
    text = data.decode(encoding or "utf-8", errors="replace")
    mark = find_delimiter(text)
    told = [{";": "separated by ';'", "\t": "separated by tabs"}[mark]] if mark != "," else []
    if encoding not in ("utf-8-sig", ""):
        told.append(f"in {PAGES.get(encoding, encoding.upper())}")
    return " and ".join(told)


def split_records(lines: list[str], file: str, problems: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield line numbers and cells; a line that cannot be one record is a fault."""
    for first in range(0, len(lines), AT_ONCE):
        some = lines[first : first + AT_ONCE]
        split = _split_at_once(some)
        for place, text in enumerate(some):
            number = first + place + 1
            cells = split[place] if split else _split_line(text, file, number, problems)
            if any(map(str.strip, cells)):  # a spreadsheet's empty last rows are no records
                yield number, cells


def _split_at_once(lines: list[str]) -> list[list[str]] | None:
    """Return the cells of some lines; None where they must be looked at one by one."""
    if max(map(len, lines)) > LINE_LIMIT:
        return None
    try:
        found = [[cell.strip(" \t") for cell in row] for row in csv.reader(lines, strict=True)]
    except csv.Error:
        return None
    return found if len(found) == len(lines) else None  # each record is on a line of its own


def _split_line(text: str, file: str, number: int, problems: Faults) -> list[str]:
    """Return the cells of a line; none if it is empty, or no record, which is a fault."""
    if not text.strip():
        return []
    if len(text) > LINE_LIMIT:
        message = f"the line holds {len(text):,} characters; at most {LINE_LIMIT:,}: shorten it"
        problems.append(Problem(file, message, number))
        return []
    try:
        return [cell.strip(" \t") for cell in next(csv.reader([text], strict=True))]
    except csv.Error as error:
        reason = str(error).partition(" - ")[0]
        message = (
            f"not one CSV record ({reason}); write each record on one line, put a cell "
            'that holds a comma in straight quotes ("), and double a quote inside it ("")'
            + "; end each line with a line feed"
            * ("\r" in text)
        )
        problems.append(Problem(file, message, number))
        return []


def is_tagged(cells: list[str]) -> bool:
    """Tell whether a row is one of HXL hashtags: half of the cells that hold something are.

    Examples:
        >>> is_tagged(["#date+start", "#loc", ""]), is_tagged(["#1 of three", "x", "y"])
        (True, False)
    """
    filled = [cell for cell in cells if cell.strip()]
    tags = sum(_TAG.fullmatch(cell.strip()) is not None for cell in filled)
    return tags > 0 and tags * 2 >= len(filled)


def may_be_thousands(cell: str) -> bool:
    """Tell whether a number with points may be one of thousands, where commas are decimal.

    Examples:
        >>> may_be_thousands("6.000"), may_be_thousands("0.125"), may_be_thousands("6.5")
        (True, False, False)
    """
    return _POINTS.fullmatch(cell) is not None


def read_decimal(cell: str) -> str:
    """Return a number with a point for its decimal comma; one that may be thousands stays.

    Examples:
        >>> read_decimal("2,5"), read_decimal("1,234"), read_decimal("0,125")
        ('2.5', '1,234', '0.125')
    """
    found = _DECIMAL.fullmatch(cell)
    return f"{found[1]}.{found[2]}" if found and not _THOUSANDS.fullmatch(cell) else cell

"""Damage: what can happen to a file between its author and us, drawn from a seed.

A *legal* change is one that an author could have meant (a severity of 3 instead of 4): the score
may move without a word. Anything else must be refused, told, or change nothing.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Rows = list[list[str]]


@dataclass(frozen=True)
class Damage:
    """One way to damage a file.

    Attributes:
        name: what happens.
        legal: whether an author could have meant what comes out.
        apply: takes a file and dice, and leaves the file damaged; returns False if it could not.
    """

    name: str
    legal: bool
    apply: Callable[[Path, random.Random], bool]


ODD = (
    "", " ", "-", "..", "../..", "x" * 40_000, "9" * 400, "-1", "0", "5", "1e309", "nan", "inf",
    "None", "NULL", "#REF!", "=1+1", "+1", "@x", "\u202e2", "\x00", "\x1b[2J", "\u2028x", "\x85",
    "\ufeffx", "\ufffe", "0000-00-00", "2020-13", "2020-02-30", "0020-01-01", "9999-12-31",
    "10000-01",
    "2020-02-10/2019-01-01", "a;b;c", ";;;", "A1", "yes please", "état", "e\u0301tat", "1,5",
)  # fmt: skip
LEGAL = {
    "severity": ("1", "2", "3", "4"),
    "credibility": ("1", "2", "3", "4", "5", "6"),
    "reliability": ("A", "B", "C", "D", "E", "F"),
    "audience": ("public", "council", "internal"),
    "direction": ("aggravating", "mitigating"),
    "end": ("", "..", "2020-03", "2020-04"),
    "known": ("2020-02", "2020-03-05", "2020-04"),
    "indicators": ("1.1", "2.1", "1.1;2.1"),
    "summary": ("Somebody said something.",),
    "promised": ("10", "100"),
    "deployed": ("2020-03", ""),
}


def list_damages() -> tuple[Damage, ...]:
    """Return every way to damage a table or a TOML file."""
    return (
        *(Damage(f"legal {column}", True, _change(column, LEGAL[column])) for column in LEGAL),
        Damage("odd cell", False, _change(None, ODD)),
        Damage("cells swapped", False, _rows(_swap_cells)),
        Damage("cell lost", False, _rows(_lose_cell)),
        Damage("cell added", False, _rows(_add_cell)),
        Damage("row lost", False, _rows(_lose_row)),
        Damage("row twice", False, _rows(_repeat_row)),
        Damage("rows shuffled", False, _rows(_shuffle)),
        Damage("column lost", False, _rows(_lose_column)),
        Damage("column twice", False, _rows(_repeat_column)),
        Damage("header misspelt", False, _rows(_misspell)),
        Damage("row hidden behind a line separator", False, _hide_row),
        Damage("truncated", False, _truncate),
        Damage("byte changed", True, _flip),  # a 3 may become a 2
        Damage("bytes of another encoding", False, _encode),
        Damage("semicolons for commas", False, _delimit),
        Damage("line ends of Windows", False, _end_lines),
        Damage("blank lines", False, _add_blank),
        Damage("renamed", False, _rename),
        Damage("emptied", False, _empty),
    )


def list_toml_damages() -> tuple[Damage, ...]:
    """Return every way to damage a TOML file."""
    return (
        Damage("number made odd", True, _change_number),  # within its bounds it is legal
        Damage("line lost", True, _lose_line),  # an optional key may go
        Damage("line twice", False, _repeat_line),
        Damage("key misspelt", False, _misspell_key),
        Damage("truncated", True, _truncate),  # at the end of an optional table
        Damage("byte changed", True, _flip),
        Damage("deep", False, _deepen),
        Damage("huge", False, _enlarge),
    )


def _read(file: Path) -> Rows:
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))


def _write(file: Path, rows: Rows) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8", errors="surrogatepass")


def _rows(change: Callable[[Rows, random.Random], Rows | None]) -> Callable[..., bool]:
    def apply(file: Path, dice: random.Random) -> bool:
        rows = _read(file)
        changed = change([list(row) for row in rows], dice) if len(rows) > 1 else None
        if changed is None or changed == rows:
            return False
        _write(file, changed)
        return True

    return apply


def _change(column: str | None, values: tuple[str, ...]) -> Callable[..., bool]:
    def change(rows: Rows, dice: random.Random) -> Rows | None:
        if column is not None and column not in rows[0]:
            return None
        place = rows[0].index(column) if column else dice.randrange(len(rows[0]))
        row = dice.randrange(1, len(rows))
        rows[row][place] = dice.choice(values)
        return rows

    return _rows(change)


def _swap_cells(rows: Rows, dice: random.Random) -> Rows:
    row = rows[dice.randrange(1, len(rows))]
    one, other = dice.sample(range(len(row)), 2)
    row[one], row[other] = row[other], row[one]
    return rows


def _lose_cell(rows: Rows, dice: random.Random) -> Rows:
    row = rows[dice.randrange(1, len(rows))]
    del row[dice.randrange(len(row))]
    return rows


def _add_cell(rows: Rows, dice: random.Random) -> Rows:
    row = rows[dice.randrange(1, len(rows))]
    row.insert(dice.randrange(len(row)), "one too many")
    return rows


def _lose_row(rows: Rows, dice: random.Random) -> Rows:
    del rows[dice.randrange(1, len(rows))]
    return rows


def _repeat_row(rows: Rows, dice: random.Random) -> Rows:
    return [*rows, list(dice.choice(rows[1:]))]


def _shuffle(rows: Rows, dice: random.Random) -> Rows:
    body = rows[1:]
    dice.shuffle(body)
    return [rows[0], *body]


def _lose_column(rows: Rows, dice: random.Random) -> Rows:
    place = dice.randrange(len(rows[0]))
    return [row[:place] + row[place + 1 :] for row in rows]


def _repeat_column(rows: Rows, dice: random.Random) -> Rows:
    place = dice.randrange(len(rows[0]))
    return [[*row, row[place]] for row in rows]


def _misspell(rows: Rows, dice: random.Random) -> Rows:
    place = dice.randrange(len(rows[0]))
    name = rows[0][place]
    cut = dice.randrange(len(name))
    rows[0][place] = name[:cut] + name[cut + 1 :] if dice.random() < 1 / 2 else f"{name} "
    return rows


def _hide_row(file: Path, dice: random.Random) -> bool:
    lines = file.read_text(encoding="utf-8").split("\n")
    place = dice.randrange(1, max(2, len(lines) - 1))
    mark = dice.choice(("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"))
    lines[place] += mark + lines[-2].replace("diary", "diary", 1)
    file.write_text("\n".join(lines), encoding="utf-8")
    return True


def _truncate(file: Path, dice: random.Random) -> bool:
    data = file.read_bytes()
    file.write_bytes(data[: dice.randrange(len(data))])
    return True


def _flip(file: Path, dice: random.Random) -> bool:
    data = bytearray(file.read_bytes())
    for _ in range(dice.choice((1, 1, 1, 5))):
        data[dice.randrange(len(data))] = dice.randrange(256)
    file.write_bytes(bytes(data))
    return True


def _encode(file: Path, dice: random.Random) -> bool:
    text = file.read_text(encoding="utf-8").replace("quarrel", "querelle d’été")
    code = dice.choice(("cp1252", "utf-16", "utf-32", "utf-8-sig", "cp037"))
    file.write_bytes(text.encode(code, errors="replace"))
    return True


def _delimit(file: Path, dice: random.Random) -> bool:
    mark = dice.choice((";", "\t", "|"))
    file.write_text(file.read_text(encoding="utf-8").replace(",", mark), encoding="utf-8")
    return True


def _end_lines(file: Path, dice: random.Random) -> bool:
    end = dice.choice((b"\r\n", b"\r"))
    file.write_bytes(file.read_bytes().replace(b"\n", end))
    return True


def _add_blank(file: Path, dice: random.Random) -> bool:
    lines = file.read_text(encoding="utf-8").split("\n")
    lines.insert(dice.randrange(len(lines)), dice.choice(("", "  ", ",,,,")))
    file.write_text("\n".join(lines), encoding="utf-8")
    return True


def _rename(file: Path, dice: random.Random) -> bool:
    near = (f"{file.name}.txt", file.name.upper(), f"{file.stem}.tsv", f"{file.stem[:-1]}.csv",
            f"{file.stem} (1).csv", f" {file.name}")  # fmt: skip
    file.rename(file.with_name(dice.choice(near)))
    return True


def _empty(file: Path, dice: random.Random) -> bool:
    file.write_bytes(dice.choice((b"", b"\n", b"\xef\xbb\xbf", b"\x00" * 64)))
    return True


NUMBERS = ("-1", "0", "1e308", "1e-320", "inf", "nan", "-inf", "999999999999", "0.5", "1", "2.5")


def _change_number(file: Path, dice: random.Random) -> bool:
    lines = file.read_text(encoding="utf-8").split("\n")
    found = [at for at, line in enumerate(lines) if line.partition("= ")[2][:1].isdigit()]
    if not found:
        return False
    place = dice.choice(found)
    lines[place] = f"{lines[place].partition('=')[0]}= {dice.choice(NUMBERS)}"
    file.write_text("\n".join(lines), encoding="utf-8")
    return True


def _lose_line(file: Path, dice: random.Random) -> bool:
    lines = file.read_text(encoding="utf-8").split("\n")
    del lines[dice.randrange(len(lines))]
    file.write_text("\n".join(lines), encoding="utf-8")
    return True


def _repeat_line(file: Path, dice: random.Random) -> bool:
    lines = [one for one in file.read_text(encoding="utf-8").split("\n") if " = " in one]
    if not lines:
        return False
    line = dice.choice(lines)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(line, f"{line}\n{line}", 1), encoding="utf-8")
    return True


def _misspell_key(file: Path, dice: random.Random) -> bool:
    text = file.read_text(encoding="utf-8")
    keys = [line.partition(" = ")[0] for line in text.split("\n") if " = " in line]
    keys = [key for key in keys if key.isidentifier() and len(key) > 1]
    if not keys:
        return False
    key = dice.choice(keys)
    file.write_text(text.replace(f"{key} = ", f"{key[:-1]}q = ", 1), encoding="utf-8")
    return True


def _deepen(file: Path, dice: random.Random) -> bool:
    depth = dice.choice((100, 5_000, 100_000))
    brackets = dice.choice((("[", "]"), ("{a=", "}")))
    middle = "1" if brackets[0] != "[" else ""
    line = f"zz = {brackets[0] * depth}{middle}{brackets[1] * depth}\n"
    file.write_text(line + file.read_text(encoding="utf-8"), encoding="utf-8")
    return True


def _enlarge(file: Path, dice: random.Random) -> bool:
    value = dice.choice(("9" * 5_000, '"' + "x" * 100_000 + '"', "1979-05-27T00:32:00.999999"))
    file.write_text(f"zz = {value}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    return True

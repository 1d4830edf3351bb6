"""PDFs drawn piece by piece: what stands where on a page, in the order in which it is drawn."""

from __future__ import annotations

from random import Random

# A piece: from the left, from the bottom, size, text.
Drawn = tuple[float, float, float, str]


def draw_pdf(pages: list[list[Drawn]]) -> bytes:
    """Return a PDF 1.4 in Helvetica, each piece drawn by itself."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    for number, pieces in enumerate(pages):
        content = "\n".join(
            f"BT /F1 {size} Tf {left} {base} Td ({_escape(text)}) Tj ET"
            for left, base, size, text in pieces
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def draw_lines(lines: list[str], left: float, top: float, size: float = 10) -> list[Drawn]:
    """Return lines under one another."""
    return [(left, top - 1.2 * size * n, size, line) for n, line in enumerate(lines)]


def break_lines(text: str, width: int, chance: Random | None = None) -> list[str]:
    """Return a text in lines of some characters; by chance the last word of one is broken."""
    lines, line, words = list[str](), "", text.split()
    while words:
        word = words.pop(0)
        if len(line) + len(word) < width:
            line = f"{line} {word}".strip()
            continue
        room = width - len(line) - 2
        if (
            chance
            and word.isalpha()
            and word.islower()
            and 3 < room < len(word) - 3
            and chance.random() < 0.8
        ):
            lines.append(f"{line} {word[:room]}-")
            words.insert(0, word[room:])
        else:
            lines.append(line)
            words.insert(0, word)
        line = ""
    return [*lines, line] if line else lines

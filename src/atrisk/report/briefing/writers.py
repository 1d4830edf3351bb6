"""Writers: a brief as a file: Markdown, a web page, a Word document or a PDF, by its ending.

Text of a case is escaped in each; nothing is fetched, and the same brief gives the same words.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from atrisk.base.errors import DataError, MissingExtraError, Problem, RequestError, require
from atrisk.base.files import check_place, make_parent, write_bytes
from atrisk.report.briefing.sections import Briefing
from atrisk.report.figures.risk import plot_risk
from atrisk.report.figures.style import save_figure
from atrisk.scoring.flags import find_spans

ITEM = "• "
LARGEST_LOGO, LARGEST_STYLES, LARGEST_UNPACKED = 4 * 1024**2, 16 * 1024**2, 64 * 1024**2  # bytes
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # when every document says that it was made
# What Markdown would read as marks; at the beginning of a line also a list or a number of one.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
_STYLE = (
    "body{font:15px/1.45 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em;"
    "color:#1a1a1a;background:#fff}h1{font-size:1.5em}h2{font-size:1.1em;margin:1.2em 0 .3em}"
    "p,li{margin:.25em 0}img{max-width:100%}@media print{body{font-size:10pt;margin:0}}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}img{background:#fff}}"
)


def write_briefing(
    out: str | Path, brief: Briefing, *, styles: Path | None = None, logo: Path | None = None
) -> Path:
    """Write a brief as the kind of file that its ending says.

    Args:
        out: ``.docx``, ``.html``, ``.md`` or ``.pdf``; one that is there is replaced.
        brief: from ``prepare_briefing``.
        styles: a ``.docx`` whose styles, margins, heads and feet a Word document takes over.
        logo: a PNG or JPEG that stands above the title of a web page, a Word document or a PDF.

    Returns:
        The file.

    Raises:
        RequestError: another ending, styles for no ``.docx``, or the file cannot be made.
        DataError: the styles or the logo cannot be read as what they are.
        MissingExtraError: the extra ``brief``, or ``report`` for the chart, is not installed.

    Examples:
        >>> import atrisk, tempfile
        >>> case = atrisk.load_case("car-2020-2021")
        >>> brief = atrisk.prepare_briefing(case, atrisk.load_framework("un-foa-2014"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = atrisk.write_briefing(f"{folder}/brief.md", brief)
        ...     file.read_text(encoding="utf-8").splitlines()[0]
        '# Central African Republic: November 2021'
    """
    require(brief, Briefing, "make it with prepare_briefing(case, framework)")
    target = Path(out)
    check_kind(target, styles)
    content = WRITERS[target.suffix.lower()](brief, styles, logo)
    make_parent(target)
    return write_bytes(target, content)


def check_kind(out: Path, styles: Path | None) -> None:
    """Refuse a file that no brief is written as, before any work.

    Raises:
        RequestError: its ending is none of those, styles are for no ``.docx``, or it cannot stand
            there.
    """
    if out.suffix.lower() not in WRITERS:
        raise RequestError(
            f"{str(out)!r} does not end in {', '.join(WRITERS)}; name it such as brief.docx"
        )
    if styles is not None and out.suffix.lower() != ".docx":
        raise RequestError("styles are for .docx; leave them out, or name the file brief.docx")
    check_place(out)


def draw_chart(brief: Briefing) -> bytes:
    """Return the risk month by month as a PNG.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    figure = plot_risk(brief.assessment, find_spans(brief.assessment))
    drawn = io.BytesIO()
    save_figure(figure, drawn, "png", "risk")
    return drawn.getvalue()


def _write_markdown(brief: Briefing, _: Path | None, __: Path | None) -> bytes:
    lines = [f"# {_mark(brief.title)}"]
    for section in brief.sections:
        if section.has_picture:  # a file of text holds none
            continue
        lines += ["", f"## {_mark(section.heading)}", ""]
        for is_item, some in _group(section.lines):
            lines += [f"- {_mark(line)}" if is_item else f"{_mark(line)}\n" for line in some]
            lines += [""] if is_item else []
    return ("\n".join(lines).rstrip() + "\n").encode()


def _mark(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)


def _write_html(brief: Briefing, _: Path | None, logo: Path | None) -> bytes:
    parts = [f'<img src="{_embed(_read_picture(logo))}" alt="" height="48">'] if logo else []
    parts.append(f"<h1>{escape(brief.title)}</h1>")
    for section in brief.sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        if section.has_picture:
            alt = escape(" ".join(section.lines))
            parts.append(f'<img src="{_embed(draw_chart(brief))}" alt="{alt}">')
        for is_item, lines in _group(section.lines):
            tag = "li" if is_item else "p"
            inner = "".join(f"<{tag}>{escape(line)}</{tag}>" for line in lines)
            parts.append(f"<ul>{inner}</ul>" if is_item else inner)
    head = (
        f'<!DOCTYPE html>\n<html lang="{brief.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'unsafe-inline'\">\n<title>{escape(brief.title)}</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    return (head + "\n".join(parts) + "\n</main>\n</body>\n</html>\n").encode()


def _group(lines: tuple[str, ...]) -> list[tuple[bool, list[str]]]:
    """Return sentences and items of lists, each run together."""
    found: list[tuple[bool, list[str]]] = []
    for line in lines:
        is_item = line.startswith(ITEM)
        if not found or found[-1][0] != is_item:
            found.append((is_item, []))
        found[-1][1].append(line.removeprefix(ITEM))
    return found


def _embed(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _read_picture(logo: Path) -> bytes:
    content = _read_whole(logo, LARGEST_LOGO)
    if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise DataError([Problem(logo.name, "this is no PNG and no JPEG; save the logo as one")])
    return content


def _write_word(brief: Briefing, styles: Path | None, logo: Path | None) -> bytes:
    try:
        import docx
        from docx.shared import Mm
    except ImportError:
        raise MissingExtraError("a brief in Word", "brief") from None
    document = _open_word(docx, styles)
    if logo:
        document.add_picture(io.BytesIO(_read_picture(logo)), height=Mm(15))
    document.add_heading(brief.title, level=0 if styles else 1)
    for section in brief.sections:
        document.add_heading(section.heading, level=2)
        if section.has_picture:
            document.add_picture(io.BytesIO(draw_chart(brief)), width=Mm(120))
        for line in section.lines:
            style = "List Bullet" if line.startswith(ITEM) else None
            paragraph = document.add_paragraph(line.removeprefix(ITEM))
            if style in {one.name for one in document.styles}:
                paragraph.style = style
    _date_word(document, brief)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _open_word(docx: Any, styles: Path | None) -> Any:
    """Return an empty document, with the styles of another one."""
    from docx.shared import Mm, Pt

    if styles is None:
        document = docx.Document()
        for part in document.sections:
            part.left_margin = part.right_margin = Mm(20)
            part.top_margin = part.bottom_margin = Mm(15)
            part.page_width, part.page_height = Mm(210), Mm(297)
        document.styles["Normal"].font.name = "Arial"
        document.styles["Normal"].font.size = Pt(9)
        document.styles["Normal"].paragraph_format.space_after = Pt(2)
        document.styles["Heading 2"].paragraph_format.space_before = Pt(6)
        document.styles["Heading 2"].font.size = Pt(11)
        return document
    content = _read_whole(styles, LARGEST_STYLES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_unpacked(styles, sum(part.file_size for part in archive.infolist()))
        document = docx.Document(io.BytesIO(content))
    except DataError:
        raise
    except Exception as error:  # python-docx, zipfile and lxml raise many kinds
        message = f"this is no Word document ({type(error).__name__}); save it as .docx"
        raise DataError([Problem(styles.name, message)]) from None
    body = document.element.body
    for element in [one for one in body if not one.tag.endswith("}sectPr")]:
        body.remove(element)
    return document


def _read_whole(file: Path, most: int) -> bytes:
    """Return a file that is no larger than is read."""
    try:
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise RequestError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    if len(content) > most:
        message = f"the file is larger than {most // 1024**2} MiB, which is the most"
        raise DataError([Problem(file.name, message)])
    return content


def _check_unpacked(file: Path, size: int) -> None:
    if size > LARGEST_UNPACKED:
        most = LARGEST_UNPACKED // 1024**2
        message = f"it unpacks to more than {most} MiB; keep its styles alone"
        raise DataError([Problem(file.name, message)])


def _date_word(document: Any, brief: Briefing) -> None:
    told = document.core_properties
    told.title, told.author, told.language = brief.title, "atrisk", brief.language
    told.created = told.modified = _MADE.replace(tzinfo=None)


def _write_pdf(brief: Briefing, _: Path | None, logo: Path | None) -> bytes:
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.units import mm
        from reportlab.platypus import Image, ListFlowable, Paragraph, SimpleDocTemplate
    except ImportError:
        raise MissingExtraError("a brief as PDF", "brief") from None
    looks, made = _list_looks(), io.BytesIO()
    document = SimpleDocTemplate(
        made, pagesize=A4, title=brief.title, author="atrisk", invariant=True,
        leftMargin=20 * mm, rightMargin=20 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
    )  # fmt: skip
    story: list[Any] = []
    if logo:
        story.append(Image(io.BytesIO(_read_picture(logo)), height=15 * mm, width=15 * mm,
                           kind="proportional"))  # fmt: skip
    story.append(Paragraph(escape(brief.title), looks["title"]))
    for section in brief.sections:
        story.append(Paragraph(escape(section.heading), looks["heading"]))
        if section.has_picture:
            picture = io.BytesIO(draw_chart(brief))
            story.append(Image(picture, width=150 * mm, height=150 * mm, kind="proportional"))
        for is_item, lines in _group(section.lines):
            told = [Paragraph(escape(line), looks["text"]) for line in lines]
            bullets = ListFlowable(told, bulletType="bullet", leftIndent=10, bulletFontSize=7)
            story += [bullets] if is_item else told
    document.build(story)
    return made.getvalue()


def _list_looks() -> dict[str, Any]:
    """Return how a PDF looks, in a font that has the letters of most languages."""
    import matplotlib as mpl
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in (("Brief", "DejaVuSans.ttf"), ("Brief-Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(fonts / file)))
    text = ParagraphStyle("text", fontName="Brief", fontSize=8, leading=10, spaceAfter=2)
    heading = ParagraphStyle("heading", fontName="Brief-Bold", fontSize=10, leading=13,
                             spaceBefore=6, spaceAfter=2, keepWithNext=1)  # fmt: skip
    title = ParagraphStyle("title", fontName="Brief-Bold", fontSize=14, leading=18, spaceAfter=4)
    return {"text": text, "heading": heading, "title": title}


WRITERS: dict[str, Callable[[Briefing, Path | None, Path | None], bytes]] = {
    ".docx": _write_word,
    ".html": _write_html,
    ".md": _write_markdown,
    ".pdf": _write_pdf,
}

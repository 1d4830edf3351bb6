"""Documents of each format that is read, written by hand: small, and with whatever is put in."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def pack(parts: dict[str, str]) -> bytes:
    """Return an archive of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


def write_docx(body: str, *, notes: str = "", head: str = "") -> bytes:
    """Return a Word document with this XML as its body."""
    root = (
        f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"{head}<w:document {root}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f'<w:styles {root}><w:style w:styleId="H9"><w:name w:val="heading 2"/>'
        "</w:style></w:styles>",
        "word/header1.xml": f"<w:hdr {root}><w:p><w:r><w:t>Running head</w:t></w:r></w:p></w:hdr>",
    }
    if notes:
        parts["word/footnotes.xml"] = f"<w:footnotes {root}>{notes}</w:footnotes>"
    return pack(parts)


def write_odt(body: str, *, head: str = "") -> bytes:
    """Return an OpenDocument text with this XML as its body."""
    names = {"o": "office", "text": "text", "t": "table"}
    root = " ".join(f'xmlns:{short}="{OFFICE}:{name}:1.0"' for short, name in names.items())
    inner = f"<o:body><o:text>{body}</o:text></o:body>"
    content = f"{head}<o:document-content {root}>{inner}</o:document-content>"
    return pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of Word."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

"""Qualitative coding tools: the framework out as codes, tagged highlights back as drafts."""

from __future__ import annotations

import csv
import hashlib
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path

import pytest

import atrisk
from atrisk.cases.columns import list_columns
from atrisk.cli.main import main
from atrisk.exchange.codebook import export_codebook
from atrisk.exchange.drafts import import_highlights
from atrisk.exchange.highlights import read_highlights
from shipped import un
from toys import HEADER, SOURCES, THREE_FACTOR, evidence

ElementTree = pytest.importorskip("defusedxml.ElementTree")
TEXT = (
    "Armed men entered the village of Ngaya on 5 December 2013 and burnt every house there.\n\n"
    "Nobody from the capital came to help the people who had fled into the bush.\n\n"
    "Nobody from the capital came; the prefect’s “words” & <threats> were on the radio again.\n"
)
QDA = "{urn:QDA-XML:codebook:1.0}"


def case_of_text(text: str = TEXT) -> atrisk.Case:
    digest = hashlib.sha256(text.encode()).hexdigest()
    source = SOURCES[0].model_copy(update={"id": "report", "title": "A report", "sha256": digest})
    header = HEADER.model_copy(update={"framework": un().id})
    return atrisk.Case(header, (source, SOURCES[1]), (evidence(source="report"),), framework=un())


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# --- The codebook --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", atrisk.list_frameworks())
def test_a_codebook_is_what_the_standard_s_schema_asks_for(name: str, tmp_path: Path) -> None:
    """REFI-QDA 1.5: CodeBook holds Codes; a Code has guid, name, isCodable, Description, Code*."""
    framework = atrisk.load_framework(name)
    root = ElementTree.parse(export_codebook(framework, tmp_path / "c.qdc")).getroot()
    assert root.tag == f"{QDA}CodeBook"
    assert [child.tag for child in root] == [f"{QDA}Codes"]
    factors = list(root[0])
    assert [f.get("isCodable") for f in factors] == ["false"] * len(framework.factors)
    codes = list(root.iter(f"{QDA}Code"))
    assert len(codes) == len(framework.factors) + len(framework.indicators)
    guids = {str(uuid.UUID(code.get("guid"))) for code in codes}
    assert len(guids) == len(codes)
    for code in codes:
        assert code[0].tag == f"{QDA}Description"
        assert all(child.tag == f"{QDA}Code" for child in code[1:])
    named = [code.get("name").split()[0] for f in factors for code in f[1:]]
    assert named == list(framework.indicators)


def test_exporting_again_gives_the_same_codes(tmp_path: Path) -> None:
    one, two = (export_codebook(un(), tmp_path / f"{n}.qdc").read_bytes() for n in (1, 2))
    assert one == two


def test_a_codebook_is_never_overwritten_and_has_one_of_two_endings(tmp_path: Path) -> None:
    export_codebook(un(), tmp_path / "c.csv")
    with pytest.raises(atrisk.RequestError, match="exists"):
        export_codebook(un(), tmp_path / "c.csv")
    with pytest.raises(atrisk.RequestError, match=r"does not end in \.qdc or \.csv"):
        export_codebook(un(), tmp_path / "c.xml")


# --- Highlights into drafts ----------------------------------------------------------------------


def highlights(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    path = folder / "highlights.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "document", "tag", "content"), *rows])
    return path


def test_a_draft_says_where_and_which_indicator_and_judges_nothing(tmp_path: Path) -> None:
    write(tmp_path, "report.txt", TEXT)
    file = highlights(
        tmp_path,
        ("1", "report", "11.1 Patterns of violence", "Armed men entered the village\n of Ngaya on"),
        ("1", "report", "8.1 Sudden deployment", "Armed men entered the village\n of Ngaya on"),
        ("2", "report", "6.9 International community", "Nobody from the capital came to help the"),
    )
    draft = import_highlights(file, case_of_text(), un(), documents=tmp_path)
    assert [dict(row) for row in draft.rows] == [
        {
            "id": "draft-001",
            "source": "report",
            "indicators": "11.1;8.1",
            "quote": "Armed men entered the village of Ngaya on",
            "locator": "passage 1",
        },
        {
            "id": "draft-002",
            "source": "report",
            "indicators": "6.9",
            "quote": "Nobody from the capital came to help the",
            "locator": "passage 2",
        },
    ]
    assert draft.unread == ()
    table = draft.write(tmp_path / "draft.csv").read_text(encoding="utf-8").splitlines()
    assert table[0].split(",") == [column.name for column in list_columns("evidence")]
    with pytest.raises(atrisk.RequestError, match="exists"):
        draft.write(tmp_path / "draft.csv")


def test_an_anchor_is_exact_or_missing(tmp_path: Path) -> None:
    """Nothing is moved to what merely looks like it."""
    write(tmp_path, "report.txt", TEXT)
    file = highlights(
        tmp_path,
        ("1", "report", "6.9 x", "Nobody from the capital came"),  # stands there twice
        ("2", "report", "6.9 x", "Nobody from the city came to help"),  # does not stand there
        ("3", "report", "6.9 x", "burnt every"),  # two words
    )
    draft = import_highlights(file, case_of_text(), un(), documents=tmp_path)
    assert [row.get("quote", "") for row in draft.rows] == ["", "", ""]
    assert [note.count("just once") for note in draft.unread] == [1, 1, 1]


def test_whatever_is_not_understood_is_listed(tmp_path: Path) -> None:
    file = highlights(
        tmp_path,
        ("1", "A report", "interesting", "Armed men entered the village of Ngaya"),
        ("1", "A report", "11.1 Patterns", "Armed men entered the village of Ngaya"),
        ("2", "A report", "99.1 No such", "Armed men entered the village of Ngaya"),
        ("3", "Somebody's diary", "11.1 Patterns", "Armed men entered the village of Ngaya"),
        ("4", "A report", "", "Armed men entered the village of Ngaya"),
    )
    draft = import_highlights(file, case_of_text(), un())
    assert [row["indicators"] for row in draft.rows] == ["11.1"]
    told = "\n".join(draft.unread)
    assert "highlight 1 ('Armed men entered the village of Ngaya'): the tag 'interesting'" in told
    assert "highlight 2" in told
    assert 'its document "Somebody\'s diary" is no source; known: report, source-b' in told
    assert "highlight 4" in told
    assert "were not checked; name --documents DIR" in told


def test_an_anchor_never_begins_like_a_formula(tmp_path: Path) -> None:
    text = "=SUM of all fears was what they called the plan of attack in the north.\n"
    write(tmp_path, "report.txt", text)
    file = highlights(tmp_path, ("1", "report", "11.5 x", text))
    (row,) = import_highlights(file, case_of_text(text), un(), documents=tmp_path).rows
    assert row["quote"] == "of all fears was what they called the"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id,document,tag\n1,a,b\n", "first line must be id,document,tag,content"),
        ("id,document,tag,content\n1,a,b\n", "line 2: 3 cells where the header has 4"),
        ("id,document,tag,content\n", "no tagged highlight"),
        ('id,document,tag,content\n1,a,b,"open\n', "not a table of highlights"),
        ("", "first line must be"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(atrisk.DataError, match=told):
        read_highlights(write(tmp_path, "h.csv", content))


def test_two_highlights_with_one_id_stay_two(tmp_path: Path) -> None:
    file = highlights(
        tmp_path,
        ("1", "report", "11.1 x", "Armed men entered the village"),
        ("1", "source-b", "6.9 x", "Nobody from the capital came"),
    )
    draft = import_highlights(file, case_of_text(), un())
    assert [(r["source"], r["indicators"]) for r in draft.rows] == [
        ("report", "11.1"),
        ("source-b", "6.9"),
    ]


def test_a_draft_carries_no_formula_and_no_control_character(tmp_path: Path) -> None:
    file = highlights(
        tmp_path,
        ("1", "report", "11.1 x", '=HYPERLINK("x") one two three'),
        ("2", "report", "11.1 x", "a\x00b c d e f"),
        ("3", "report", "11.1 x", "+1 -2 =3"),
    )
    draft = import_highlights(file, case_of_text(), un())
    assert [row["quote"] for row in draft.rows] == ["one two three", "c d e f", ""]
    assert "no three plain words in a row" in "".join(draft.unread)


def test_no_row_at_all_is_no_success(tmp_path: Path) -> None:
    file = highlights(tmp_path, ("1", "report", "interesting", "Armed men entered the village"))
    with pytest.raises(
        atrisk.RequestError, match=r"no highlight of 'highlights\.csv' became a row"
    ):
        import_highlights(file, case_of_text(), un())
    with pytest.raises(atrisk.UnknownNameError, match="no source is called 'x'"):
        import_highlights(file, case_of_text(), un(), source="x")
    with pytest.raises(atrisk.RequestError, match="accepted are Taguette's"):
        read_highlights(write(tmp_path, "h.docx", "x"))
    with pytest.raises(atrisk.RequestError, match="is not a file"):
        read_highlights(tmp_path / "none.csv")


# --- REFI-QDA projects ---------------------------------------------------------------------------

GUIDS = [f"0000000{n}-0000-4000-8000-000000000000" for n in range(9)]


def project(selections: str, extra: str = "", source: str = "") -> str:
    source = source or f'plainTextPath="internal://{GUIDS[2]}.txt"'
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="test">
 <CodeBook><Codes>
  <Code guid="{GUIDS[0]}" name="11 Signs of attack" isCodable="false">
   <Code guid="{GUIDS[1]}" name="11.1 Patterns of violence" isCodable="true"/>
  </Code>
 </Codes></CodeBook>
 <Sources>
  <TextSource guid="{GUIDS[3]}" name="report" {source}>{selections}</TextSource>
  {extra}
 </Sources>
</Project>"""


def selection(start: int, end: int, code: str = GUIDS[1]) -> str:
    return (
        f'<PlainTextSelection guid="{GUIDS[4]}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{GUIDS[5]}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def pack(folder: Path, xml: str, **parts: str) -> Path:
    path = folder / "p.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml)
        for name, text in ({f"sources/{GUIDS[2]}.txt": TEXT} | parts).items():
            archive.writestr(name, text)
    return path


def test_a_project_s_selections_become_drafts(tmp_path: Path) -> None:
    start = TEXT.index("burnt")
    file = pack(tmp_path, project(selection(start, start + 24)))
    draft = import_highlights(file, case_of_text(), un())
    assert [(r["indicators"], r["quote"]) for r in draft.rows] == [
        ("11.1", "burnt every house there.")
    ]


def test_positions_count_characters_and_not_bytes(tmp_path: Path) -> None:
    start = TEXT.index("“words”")
    assert len(TEXT[:start].encode()) > start
    (found,) = read_highlights(pack(tmp_path, project(selection(start, start + 7)))).found
    assert (found.text, found.tags) == ("“words”", ("11.1 Patterns of violence",))


def test_text_may_stand_in_the_project_itself(tmp_path: Path) -> None:
    inline = "<PlainTextContent>Armed men came at night.</PlainTextContent>" + selection(0, 14)
    (found,) = read_highlights(pack(tmp_path, project(inline, source="a='b'"))).found
    assert found.text == "Armed men came"


def test_everything_else_of_a_project_is_listed(tmp_path: Path) -> None:
    extra = f'<PDFSource guid="{GUIDS[6]}" name="scan"/><PictureSource guid="{GUIDS[7]}"/>'
    bad = selection(5, 2) + selection(0, 10**6) + selection(0, 14, GUIDS[8])
    file = pack(tmp_path, project(selection(0, 14) + bad, extra))
    read = read_highlights(file)
    assert [found.tags for found in read.found] == [("11.1 Patterns of violence",), ()]
    assert read.unread == (
        "1 PDFSource: no text that can be quoted",
        "1 PictureSource: no text that can be quoted",
        "'report', selection 5 to 2: not inside the text",
        "'report', selection 0 to 1000000: not inside the text",
        "'report', selection 0 to 14: 1 codes that the codebook lacks",
    )


@pytest.mark.parametrize("path", ["internal://../secret.txt", "absolute:///etc/passwd", "x.txt"])
def test_a_text_outside_of_the_project_is_never_read(tmp_path: Path, path: str) -> None:
    write(tmp_path, "secret.txt", TEXT)
    xml = project(selection(0, 14), source=f'plainTextPath="{path}"')
    with pytest.raises(atrisk.DataError, match="its plain text is not in the project"):
        read_highlights(pack(tmp_path, xml))


def test_an_archive_larger_than_is_read_is_refused_however_loosely_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("atrisk.exchange.archive.LIMIT_BYTES", 1000)
    with pytest.raises(atrisk.DataError, match="at most 1,000 are read"):
        read_highlights(pack(tmp_path, project(selection(0, 14)), loose=os.urandom(900).hex()))


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a\\..\\..\\evil", "C:\\evil"])
def test_a_part_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(atrisk.DataError, match="lies outside of the file; refused"):
        read_highlights(pack(tmp_path, project(selection(0, 14)), **{name: "x"}))


def test_entity_bombs_and_outer_entities_are_refused(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(9))
    outer = '<!ENTITY l8 SYSTEM "file:///etc/passwd">'
    for entities in (lol, outer):
        xml = project("&l8;").replace(
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE Project [{entities}]>',
        )
        with pytest.raises(atrisk.DataError, match="defines entities, which are refused"):
            read_highlights(pack(tmp_path, xml))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = pack(tmp_path, project(selection(0, 14)), **{"sources/big.txt": "0" * 300_000_000})
    assert file.stat().st_size < 1_000_000
    with pytest.raises(atrisk.DataError, match="at most 209,715,200 are read"):
        read_highlights(file)


def test_a_project_damaged_in_stranger_ways_is_refused_too(tmp_path: Path) -> None:
    long = project(selection(0, 14)).replace('endPosition="14"', f'endPosition="{"9" * 5000}"')
    with pytest.raises(atrisk.DataError, match="not inside the text"):
        read_highlights(pack(tmp_path, long))
    odd = project(selection(0, 14)).replace('encoding="utf-8"', 'encoding="klingon"')
    with pytest.raises(atrisk.DataError, match=r"project\.qde cannot be read"):
        read_highlights(pack(tmp_path, odd))
    file = pack(tmp_path, project(selection(0, 14)))
    data = bytearray(file.read_bytes())
    data[60:90] = bytes(30)
    file.write_bytes(bytes(data))
    with pytest.raises(atrisk.DataError):
        read_highlights(file)


@pytest.mark.parametrize("xml", ["", "<Project", "not xml", "<a/>"])
def test_a_damaged_project_is_refused(tmp_path: Path, xml: str) -> None:
    with pytest.raises(atrisk.DataError):
        read_highlights(pack(tmp_path, xml))
    with pytest.raises(atrisk.DataError, match="this is no REFI-QDA project"):
        read_highlights(write(tmp_path, "q.qdpx", xml))


def test_the_commands_write_a_codebook_and_a_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["codebook", "un-foa-2014", str(tmp_path / "c.qdc")]) == 0
    file = highlights(tmp_path, ("1", "gcr2p-2015", "11.1 x", "Armed men entered the village"))
    out = tmp_path / "draft.csv"
    asked = ["import", str(file), "--out", str(out)]
    assert main(asked) == 2
    assert "--case ./my-case" in capsys.readouterr().err
    assert main([*asked, "--case", "car-2012-2015"]) == 0
    told = capsys.readouterr().out
    assert "1 row to complete" in told
    assert "to look at: anchors are the first words and were not checked" in told
    assert "Armed men entered the village" in out.read_text(encoding="utf-8")


# --- The real Taguette ---------------------------------------------------------------------------

TAGUETTE = Path(sys.executable).with_name("taguette")


class Client:
    """A browser's part: cookies, forms and the JSON interface of a running Taguette."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str) -> bytes:
        with self.opener.open(self.root + path, timeout=30) as answer:
            return bytes(answer.read())

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> str:
        fields = {"_xsrf": self._token(), **fields}
        if file is None:
            body = urllib.parse.urlencode(fields).encode()
            return self._send(path, body, "application/x-www-form-urlencoded")
        mark = uuid.uuid4().hex
        kind = "text/html" if file[0].endswith(".html") else "text/plain"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="file"; filename="{file[0]}"'
        parts.append(f"--{mark}\r\n{head}\r\nContent-Type: {kind}\r\n\r\n".encode())
        body = b"".join(parts) + file[1] + f"\r\n--{mark}--\r\n".encode()
        return self._send(path, body, f"multipart/form-data; boundary={mark}")

    def post_json(self, path: str, content: object) -> str:
        return self._send(path, json.dumps(content).encode(), "application/json")

    def _send(self, path: str, body: bytes, kind: str) -> str:
        heads = {"Content-Type": kind, "X-XSRFToken": self._token()}
        request = urllib.request.Request(self.root + path, body, heads)
        with self.opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())

    def _token(self) -> str:
        return next((c.value or "" for c in self.cookies if c.name == "_xsrf"), "")


def log_of(folder: Path) -> str:
    return (folder / "taguette.log").read_text()


@pytest.fixture
def taguette(tmp_path: Path) -> Iterator[Client]:
    if not TAGUETTE.exists():
        pytest.skip("Taguette is not installed beside this Python")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = str(tmp_path / "taguette.sqlite3")
    command = [str(TAGUETTE), "--no-browser", "--port", str(port), "--database", database]
    with (tmp_path / "taguette.log").open("w") as log:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        client = Client(port)
        for _ in range(240):  # it prints the link with the token that lets us in
            found = re.search(r"http://localhost:\d+(/\S*token=\S+)", log_of(tmp_path))
            assert process.poll() is None, log_of(tmp_path)
            if found:
                client.get(found[1])
                break
            time.sleep(0.25)
        else:
            pytest.fail(log_of(tmp_path))
        yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def import_codebook_in(client: Client, project_page: str, file: Path) -> None:
    """Upload a codebook and press "import" on the page that asks which tags."""
    page = client.post(f"{project_page}/import_codebook", {}, (file.name, file.read_bytes()))
    asked = re.findall(r'name="(tag\d+-(?:path|description))"[^>]*value="([^"]*)"', page)
    fields = {name: unescape(value) for name, value in asked}
    numbers = {name.partition("-")[0] for name in fields}
    client.post(f"{project_page}/import_codebook", fields | {f"{n}-import": "1" for n in numbers})


@pytest.mark.client
def test_taguette_takes_our_codebook_and_we_take_its_highlights(
    taguette: Client, tmp_path: Path
) -> None:
    page = taguette.get("/project/new").decode()
    assert "Taguette" in page
    taguette.post("/project/new", {"name": "CAR", "description": ""})
    project_page = "/project/" + re.findall(r"/project/(\d+)", taguette.get("/").decode())[0]
    import_codebook_in(taguette, project_page, export_codebook(un(), tmp_path / "tags.csv"))

    # What it exports is what went in: every indicator, under its name.
    back = ElementTree.fromstring(taguette.get(f"{project_page}/export/codebook.qdc"))
    names = {code.get("name").split()[0] for code in back.iter(f"{QDA}Code")}
    assert set(un().indicators) <= names

    # A web page, because for a plain text it calls Calibre.
    html = "".join(f"<p>{escape(part, quote=False)}</p>\n" for part in TEXT.split("\n\n"))
    answer = taguette.post(
        f"/api{project_page}/document/new",
        {"name": "report", "description": "", "text_direction": "LEFT_TO_RIGHT"},
        ("report.html", html.encode()),
    )
    document = json.loads(answer)["created"]
    (tags,) = re.findall(r"var tags = (\{.*\});", taguette.get(project_page).decode())
    ids = {tag["path"].split()[0]: tag["id"] for tag in json.loads(tags).values()}
    contents = json.loads(taguette.get(f"/api{project_page}/document/{document}/contents"))
    shown = re.sub(r"<[^>]*>", "", contents["contents"][0]["contents"])
    for words, codes in (("burnt every house", ["11.1", "10.8"]), ("“words” &", ["7.14"])):
        plain = unescape(shown)
        assert escape(words, quote=False) in shown
        start = len(plain[: plain.index(words)].encode())
        offsets = {"start_offset": start, "end_offset": start + len(words.encode())}
        taguette.post_json(
            f"/api{project_page}/document/{document}/highlight/new",
            offsets | {"tags": [ids[code] for code in codes]},
        )
    file = tmp_path / "highlights.csv"
    file.write_bytes(taguette.get(f"{project_page}/export/highlights/.csv"))
    (tmp_path / "documents").mkdir()
    write(tmp_path / "documents", "report.html", html)
    draft = import_highlights(file, case_of_text(html), un(), documents=tmp_path / "documents")
    assert [(row["indicators"], row.get("quote", "")) for row in draft.rows] == [
        ("10.8;11.1", "burnt every house"),
        ("7.14", ""),
    ]
    assert "no three words of it stand" in draft.unread[0]


@pytest.mark.client
def test_taguette_reads_no_qdc_which_is_why_there_is_a_table(
    taguette: Client, tmp_path: Path
) -> None:
    """The day it does, this fails, and the documentation is to be changed."""
    taguette.get("/project/new")
    taguette.post("/project/new", {"name": "CAR", "description": ""})
    project_page = "/project/" + re.findall(r"/project/(\d+)", taguette.get("/").decode())[0]
    file = export_codebook(THREE_FACTOR, tmp_path / "codes.qdc")
    with pytest.raises(urllib.error.HTTPError) as refused:
        taguette.post(f"{project_page}/import_codebook", {}, (file.name, file.read_bytes()))
    assert refused.value.code == 400
    refused.value.close()

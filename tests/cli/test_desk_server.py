"""The desk's door: one browser, one machine, one page; and what is asked of it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cli.main import main
from desks import FACTS, FRAMEWORK, HEADER, ROW, Served, make_desk

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("pypdfium2")
from atrisk.cli.desk.server import COOKIE, HOST, LARGEST, STATIC
from cli.test_desk_saving import NEW

HOSTILE = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'> was painted."


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(*make_desk(tmp_path, HOSTILE)) as desk:
        yield desk


class Client:
    """Asks a desk as a browser does, or as one should not."""

    def __init__(self, served: Served) -> None:
        self.port, self.cookie = served.door.port, ""
        self.own = f"{HOST}:{self.port}"
        self.headers: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        given = {"Host": self.own} | ({"Cookie": self.cookie} if self.cookie else {}) | headers
        connection.putrequest(method, path, skip_host=True)
        for name, value in given.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        found = connection.getresponse()
        self.headers = {name.lower(): value for name, value in found.getheaders()}
        content = found.read()
        connection.close()
        return found.status, content

    def enter(self, served: Served) -> int:
        status, _ = self.ask("GET", f"/?token={served.door.token}")
        self.cookie = self.headers.get("set-cookie", "").partition(";")[0]
        return status

    def call(self, name: str, body: Any = None, **headers: str) -> Any:
        given = {"Origin": f"http://{self.own}", "Content-Type": "application/json"} | headers
        status, content = self.ask("POST", f"/api/{name}", json.dumps(body or {}).encode(), **given)
        return json.loads(content) if status == 200 else status


@pytest.fixture
def client(served: Served) -> Client:
    made = Client(served)
    assert made.enter(served) == 303
    return made


def test_the_token_opens_the_page_once(served: Served) -> None:
    first, second = Client(served), Client(served)
    token = served.door.token
    assert first.ask("GET", "/")[0] == 403
    assert first.ask("GET", "/?token=guessed")[0] == 403
    assert first.enter(served) == 303
    told = first.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    status, page = first.ask("GET", "/")
    assert status == 200
    assert b"<title>Code a case</title>" in page
    assert second.ask("GET", f"/?token={token}")[0] == 403
    assert second.ask("GET", "/", Cookie=f"{COOKIE}=guessed")[0] == 403


def test_it_listens_on_the_loopback_interface_alone(served: Served) -> None:
    assert served.listening.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    for path in ("/", "/static/desk.js"):
        assert client.ask("GET", path, Host=host)[0] in (400, 403)
    assert client.call("start", Host=host) in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", ""])
def test_a_foreign_origin_is_refused(client: Client, origin: str) -> None:
    assert client.call("start", Origin=origin) == 403
    assert client.ask("GET", "/", Origin=origin)[0] == 403


def test_a_call_without_token_origin_or_json_is_refused(served: Served, client: Client) -> None:
    stranger = Client(served)
    assert stranger.call("start") == 403
    json_only = {"Content-Type": "application/json"}
    assert client.ask("POST", "/api/start", b"{}", **json_only)[0] == 403
    own = {"Origin": f"http://{client.own}"}
    assert client.ask("POST", "/api/start", b"{}", **own)[0] == 400
    for body in (b"[]", b"{", b"\xff"):
        assert client.ask("POST", "/api/start", body, **own, **json_only)[0] == 400
    large = b" " * (LARGEST + 1)
    assert client.ask("POST", "/api/start", large, **own, **json_only)[0] == 400
    assert client.call("open_door") == 400
    assert client.ask("GET", "/api/start")[0] == 405


@pytest.mark.parametrize(
    "path",
    ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/..%2fdesk.py", "/static/desk.html",
     "/static//etc/passwd", "/case/evidence.csv", "/static/"],
)  # fmt: skip
def test_a_path_outside_is_refused(client: Client, path: str) -> None:
    status, content = client.ask("GET", path)
    assert status == 404
    assert b"import" not in content


def test_every_answer_keeps_strangers_out(client: Client) -> None:
    for path in ("/", *(f"/static/{name}" for name in STATIC)):
        assert client.ask("GET", path)[0] == 200
        policy = client.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert client.headers["x-content-type-options"] == "nosniff"
        assert client.headers["cache-control"] == "no-store"
        assert client.headers["content-type"].partition(";")[0] == STATIC.get(
            path.rpartition("/")[2], "text/html"
        )


def test_the_page_begins_with_the_case_and_its_documents(client: Client) -> None:
    start = client.call("start")
    letter, other = start["documents"]
    assert (letter["source"], letter["title"], letter["published"]) == (
        "letter", "A letter", "2020-03-01"
    )  # fmt: skip
    assert other["source"] == ""
    assert [column["name"] for column in start["columns"]["evidence"]][:2] == ["id", "source"]
    shown = client.call("document", {"number": 0})
    assert [one["text"] for one in shown["passages"]] == [*FACTS, HOSTILE]
    assert "error" in client.call("document", {"number": 7})
    assert "error" in client.call("document", {"number": "../x"})


def test_an_offer_has_an_anchor_a_date_and_a_free_id(client: Client) -> None:
    offer = client.call("offer", {"number": 0, "passage": 1, "text": FACTS[0], "table": "evidence"})
    assert offer["quote"] in FACTS[0]
    assert 3 <= len(offer["quote"].split()) <= 8
    assert offer["dates"] == ["2020-02-03"]
    assert (offer["source"], offer["id"]) == ("letter", "letter-e001")
    assert "coded_on" not in offer  # the table has no such column, and a new one changes all lines
    part = {"number": 0, "passage": 1, "text": "the market  of Aba", "table": "warnings"}
    assert client.call("offer", part)["quote"] == "the market of Aba"
    for wrong in ({"text": "not in it"}, {"text": ""}, {"passage": 99}, {"table": "secrets"}):
        assert "error" in client.call("offer", part | wrong)
    unlisted = client.call("offer", part | {"number": 1, "text": "market of Aba"})
    assert "press List as a source" in unlisted["error"]


def test_a_row_is_checked_saved_marked_and_taken_back(client: Client, served: Served) -> None:
    file = served.desk.tables.folder / "evidence.csv"
    told = client.call("check", {"table": "evidence", "cells": NEW | {"severity": "9"}})
    assert [one["column"] for one in told["problems"]] == ["severity"]
    told = client.call("check", {"table": "evidence", "cells": NEW})
    assert told["problems"] == []
    assert told["effect"]["months"]
    assert client.call("save", {"table": "evidence", "cells": NEW})["after"]["id"] == "new-1"
    marks = client.call("document", {"number": 0})["passages"][0]["marks"]
    assert [one["id"] for one in marks] == ["new-1"]
    taken = client.call("save", {"table": "evidence", "cells": NEW})
    assert "give the row another id" in taken["error"]
    assert client.call("undo")["before"]["id"] == "new-1"
    assert file.read_text(encoding="utf-8") == HEADER + ROW


def test_the_row_being_typed_is_kept_until_it_is_saved(served: Served, client: Client) -> None:
    typed = {"table": "evidence", "cells": {"summary": "half a sen"}, "was": None, "number": 0}
    client.call("draft", typed)
    again = Client(served)
    again.cookie = client.cookie
    assert again.call("start")["draft"] == typed
    atrisk.load_case(served.desk.tables.folder, atrisk.load_framework(FRAMEWORK))  # no part of it
    assert "error" in client.call("draft", {"cells": {"summary": "x" * 200_000}})
    client.call("save", {"table": "evidence", "cells": NEW})
    assert client.call("start")["draft"] is None


def test_a_confidential_row_is_marked_and_its_words_are_not_shown(tmp_path: Path) -> None:
    case, documents = make_desk(tmp_path)
    secret = f"{ROW.strip()},yes\n".replace("the oldest of facts", FACTS[2].rsplit(" on ")[0][:22])
    (case / "evidence.csv").write_text(f"{HEADER.strip()},confidential\n{secret}", encoding="utf-8")
    with Served(case, documents) as served:
        client = Client(served)
        client.enter(served)
        for found in (
            client.call("rows", {"table": "evidence"}),
            client.call("document", {"number": 0}),
        ):
            assert "Something that was coded before" not in json.dumps(found)


def test_a_second_coder_sees_nothing_of_the_first(tmp_path: Path) -> None:
    case, documents = make_desk(tmp_path)
    (case / "evidence.csv").write_text(
        HEADER + ROW.replace("elder,p. 9,the oldest of facts", "letter,p. 1,burned the market of"),
        encoding="utf-8",
    )
    with Served(case, documents, "mk") as served:
        client = Client(served)
        client.enter(served)
        assert client.call("start")["coder"] == "mk"
        assert client.call("document", {"number": 0})["passages"][0]["marks"] == []
        assert client.call("rows", {"table": "evidence"})["rows"] == []
        offer = client.call(
            "offer", {"number": 0, "passage": 1, "text": FACTS[0], "table": "evidence"}
        )
        assert offer["echoes"] == []
        assert offer["coded_by"] == "mk"  # the file is new, so it has every column


def test_what_cannot_be_opened_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, documents = make_desk(tmp_path)
    asked = ["code", str(case), "--framework", str(FRAMEWORK), "--no-browser", "--documents"]
    assert main(["code", "car-2012-2015", "--documents", str(documents)]) == 2
    assert "copy it into a folder of your own" in capsys.readouterr().err
    assert main([*asked, str(tmp_path / "nowhere")]) == 2
    assert "is not there" in capsys.readouterr().err
    assert main([*asked, str(documents), "--coder", "../x"]) == 2
    assert "is no name of a coder" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port = taken.getsockname()[1]
        assert main([*asked, str(documents), "--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err
    assert main([*asked, str(documents), "--port", "99999"]) == 2
    assert "from 0 to 65535" in capsys.readouterr().err


def test_a_document_becomes_a_source_and_is_completed(client: Client, served: Served) -> None:
    file = served.desk.tables.folder / "sources.csv"
    before = file.read_text(encoding="utf-8")
    row = client.call("list", {"number": 1})["row"]
    assert file.read_text(encoding="utf-8").startswith(before)
    assert (row["id"], row["publisher"]) == ("other", "")
    assert "listed already" in client.call("list", {"number": 1})["error"]
    part = {"number": 1, "passage": 1, "text": "market of Aba", "table": "evidence"}
    assert "complete its row" in client.call("offer", part)["error"]
    judged = {
        "publisher": "A parish",
        "published": "2020-03-02",
        "kind": "letter",
        "reliability": "C",
    }
    told = client.call("save", {"table": "sources", "cells": row | judged, "was": row})
    assert told["after"]["reliability"] == "C"
    assert client.call("offer", part)["source"] == "other"
    assert client.call("start")["documents"][1]["source"] == "other"


def test_the_reading_curve_is_that_of_the_library(client: Client, served: Served) -> None:
    from atrisk.cli.desk.effects import REPEATS, STEPS

    assert client.call("reading")["why"]  # one row cannot be parted
    for number in range(6):
        cells = NEW | {"id": f"n-{number}", "indicators": f"{1 + number % 3}.1"}
        client.call("save", {"table": "evidence", "cells": cells})
    told = client.call("reading")
    case, framework = served.desk.tables.load(), atrisk.load_framework(FRAMEWORK)
    found = atrisk.measure_reading(case, framework, steps=STEPS, repeats=REPEATS)
    assert told["doubling"] == found.doubling
    assert told["curve"] == found.to_rows("curve")

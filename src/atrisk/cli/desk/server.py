"""Server: the coding page on the loopback interface, for the browser that knows the token."""

from __future__ import annotations

import json
import secrets
import socket
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from atrisk.base.errors import RequestError
from atrisk.cli.desk.desk import Desk

HOST = "127.0.0.1"
LAST_PORT = 65_535
LARGEST = 1_000_000  # bytes of a request
COOKIE = "atrisk-desk"
STATIC = {
    "desk.css": "text/css", "desk.js": "text/javascript", "api.js": "text/javascript",
    "reader.js": "text/javascript", "form.js": "text/javascript",
    "settling.js": "text/javascript", "words.js": "text/javascript",
}  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(eq=False)
class Door:
    """Who may come in: the browser that opened the address with the token, once.

    Attributes:
        port: on which the page is served.
        token: in the address; spent when it was used.
        session: what the browser shows from then on.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        """What the browser opens first."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    def refuse(self, request: Request) -> str:
        """Return why a request is refused; empty if it is not."""
        if not self.is_own(request):
            return "the page is served to this machine alone"
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{HOST}:{self.port}":
            return "a page of another origin asked"
        if request.method == "POST" and origin is None:
            return "nobody says which page asked"
        shown = request.cookies.get(COOKIE, "")
        if not secrets.compare_digest(shown.encode(), self.session.encode()):
            return "open the address that the command printed; it works once"
        return ""

    def is_own(self, request: Request) -> bool:
        """Tell whether a request names this very server, and no name that points to it."""
        return request.headers.get("host") == f"{HOST}:{self.port}"

    def admit(self, token: str) -> bool:
        """Tell whether a token opens the door, which it does once."""
        fits = bool(self.token) and secrets.compare_digest(token.encode(), self.token.encode())
        if fits:
            self.token = ""
        return fits


def make_app(desk: Desk, door: Door) -> Starlette:
    """Return the application that serves a desk."""
    pages = _Pages(desk, door)
    return Starlette(
        routes=[
            Route("/", pages.open_page),
            Route("/static/{name}", pages.show_part),
            Route("/api/{name}", pages.answer_call, methods=["POST"]),
        ]
    )


@dataclass(frozen=True, eq=False)
class _Pages:
    """What is served, each after a look at who asks."""

    desk: Desk
    door: Door

    async def open_page(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if token and self.door.is_own(request) and self.door.admit(token):
            found = RedirectResponse("/", 303, headers=HEADERS)
            found.set_cookie(COOKIE, self.door.session, httponly=True, samesite="strict", path="/")
            return found
        return self._refuse(request) or _send(_read("desk.html"), "text/html")

    async def show_part(self, request: Request) -> Response:
        name = request.path_params["name"]
        refused = self._refuse(request)
        if refused or name not in STATIC:
            return refused or _send(b"there is no such part\n", "text/plain", 404)
        return _send(_read(name), STATIC[name])

    async def answer_call(self, request: Request) -> Response:
        refused = self._refuse(request)
        if refused:
            return refused
        body, name = await _read_body(request), request.path_params["name"]
        if body is None or name not in self.desk.calls:
            return _send(b"this cannot be asked\n", "text/plain", 400)
        found = await run_in_threadpool(self.desk.answer, name, body)
        return _send(json.dumps(found, allow_nan=False).encode(), "application/json")

    def _refuse(self, request: Request) -> Response | None:
        why = self.door.refuse(request)
        return _send(f"{why}\n".encode(), "text/plain", 403) if why else None


def _send(content: bytes, kind: str, status: int = 200) -> Response:
    return Response(content, status, HEADERS, f"{kind}; charset=utf-8")


async def _read_body(request: Request) -> dict[str, Any] | None:
    """Return what was sent, if it is an object of JSON that is not too large."""
    if request.headers.get("content-type") != "application/json":
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _read(name: str) -> bytes:
    return files("atrisk.cli.desk").joinpath("static", name).read_bytes()


def open_socket(port: int) -> socket.socket:
    """Return a socket on the loopback interface; port 0 is any that is free.

    Raises:
        RequestError: the port is taken, or is none.
    """
    if not 0 <= port <= LAST_PORT:
        raise RequestError(f"{port} is no port; name one from 0 to {LAST_PORT}, 0 for a free one")
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.bind((HOST, port))
    except OSError as error:
        found.close()
        raise RequestError(
            f"port {port} cannot be used: {error.strerror}; leave --port out for a free one"
        ) from None
    return found


def serve(desk: Desk, listening: socket.socket, door: Door) -> None:
    """Serve a desk until it is interrupted."""
    config = uvicorn.Config(
        make_app(desk, door), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listening])

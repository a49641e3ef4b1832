"""The services over HTTP: small questions, small answers, few at once."""

from __future__ import annotations

import base64
import binascii
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.pki.refusals import NotReady

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pki.register import Register
    from sandbox.pki.responder import Responder
    from sandbox.pki.timestamps import TimestampAuthority

LARGEST = 4096
"""Bytes of a question; usual ones have about a hundred."""
_AT_ONCE = 16
_HTTP_OK, _UNAVAILABLE = 200, 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What is served."""

    timestamps: TimestampAuthority
    responder: Responder
    register: Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; without a body it is a refusal of HTTP's."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""


class PkiServer(ThreadingHTTPServer):
    """Listens, and holds the services."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, address: tuple[str, int], services: Services) -> None:
        """Bind `address`; port 0 takes a free one.

        Raises:
            OSError: the address is taken or not ours.
        """
        self.services = services
        self.places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Say what happened in one word."""
        _log("connection", f"ended by {type(sys.exception()).__name__}")


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection.

    Before a service sees a question: 1. the path is one of ours; 2. its media type is the
    protocol's; 3. its size is in the limit, before it is read; 4. no more than sixteen are
    answered at the same time, the next one is told to come back.
    """

    server: PkiServer
    protocol_version = "HTTP/1.1"
    timeout = 10
    server_version = "sandbox-pki"
    sys_version = ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a question in the address, or hand out a list."""
        # A body nobody reads would be taken for the next request.
        self.close_connection |= "Content-Length" in self.headers
        path = self.path.partition("?")[0]
        if path == "/health":
            self._send("health", Answer(status=_HTTP_OK, body=b"ok"))
        elif path in {"/crl", "/crl/root"}:
            self._limited("crl", lambda: self._list(root=path.endswith("root")))
        elif path.startswith("/ocsp/"):
            self._limited("ocsp", lambda: self._ocsp(_decoded(path.removeprefix("/ocsp/"))))
        else:
            self._send("other", Answer(status=404))

    def do_POST(self) -> None:
        """Answer a question in the body."""
        routes = {
            "/tsa": ("application/timestamp-query", self._stamp),
            "/ocsp": ("application/ocsp-request", self._ocsp),
        }
        if self.path not in routes:  # 1
            self._refuse(404)
            return
        media_type, answer = routes[self.path]
        length = self.headers.get("Content-Length", "")
        if self.headers.get_content_type() != media_type:  # 2
            self._refuse(415)
        elif not (length.isascii() and length.isdecimal()):
            self._refuse(411)
        elif len(length) > len(str(LARGEST)) or int(length) > LARGEST:  # 3
            self._refuse(413)
        else:
            body = self.rfile.read(int(length))
            self._limited(self.path.strip("/"), lambda: answer(body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - base class
        """Stay silent: the base class would print the path as it was sent."""

    def _stamp(self, body: bytes) -> Answer:
        made = self.server.services.timestamps.answer(body)
        return Answer(status=_HTTP_OK, content_type="application/timestamp-reply", body=made)

    def _ocsp(self, body: bytes) -> Answer:
        made = self.server.services.responder.answer(body)
        return Answer(status=_HTTP_OK, content_type="application/ocsp-response", body=made)

    def _list(self, *, root: bool) -> Answer:
        reading = self.server.services.register.read()
        made = reading.root_crl if root else reading.crl
        return Answer(status=_HTTP_OK, content_type="application/pkix-crl", body=made)

    def _limited(self, name: str, make: Callable[[], Answer]) -> None:
        if not self.server.places.acquire(blocking=False):  # 4
            self._send(name, Answer(status=_UNAVAILABLE))
            return
        try:
            began = time.perf_counter()
            answer = make()
            took = f"{(time.perf_counter() - began) * 1000:.0f} ms"
        except NotReady:
            answer, took = Answer(status=_UNAVAILABLE), "not ready"
        finally:
            self.server.places.release()
        self._send(name, answer, took)

    def _refuse(self, status: int) -> None:
        # What is left of the body was not read, so the connection cannot go on.
        self.close_connection = True
        self._send("other", Answer(status=status))

    def _send(self, name: str, answer: Answer, took: str = "") -> None:
        _log(name, f"{answer.status} {took}")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if answer.status == _UNAVAILABLE:
            self.send_header("Retry-After", "1")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)


def _decoded(text: str) -> bytes:
    """Return the question in an address (RFC 6960, A.1); nothing where it is not base64."""
    try:
        return base64.b64decode(unquote(text)[: 2 * LARGEST], validate=True)[:LARGEST]
    except (binascii.Error, ValueError):
        return b""


def _log(name: str, what: str) -> None:
    at = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
    print(f"{at} {name} {what}", file=sys.stderr, flush=True)

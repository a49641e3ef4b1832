"""Answers HTTP for a department: the same checks in the same order at each of its ports."""

from __future__ import annotations

import hmac
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.departments.office.connections import Connections
from sandbox.departments.office.refusals import Refused
from sandbox.departments.office.reply import Reply, problem
from sandbox.departments.office.routes import Request, Route, Routes

_CODES = {
    408: "REQUEST_TIMEOUT",
    414: "URI_TOO_LONG",
    431: "HEADERS_TOO_LARGE",
    501: "METHOD_NOT_SUPPORTED",
    505: "VERSION_NOT_SUPPORTED",
}


class OfficeServer(ThreadingHTTPServer):
    """Listens, and holds what every request needs."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, address: tuple[str, int], routes: Iterable[Route], token: str) -> None:
        """Bind `address`; port 0 takes a free one.

        Raises:
            OSError: the address is taken or not ours.
            ValueError: the service token is empty.
        """
        if not token:
            msg = "an empty service token would let everybody in"
            raise ValueError(msg)
        self.token = token
        self.routes = Routes(routes)
        self.connections = Connections()
        super().__init__(address, OfficeHandler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - base
        """Answer one connection in a thread of its own."""
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close one connection."""
        super().shutdown_request(request)
        if isinstance(request, socket.socket):
            self.connections.remove(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Say what happened in one word: a traceback's values may be personal."""
        _log("connection", f"ended by {type(sys.exception()).__name__}")


class OfficeHandler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: OfficeServer
    protocol_version = "HTTP/1.1"
    timeout = 15
    server_version = "sandbox-department"
    sys_version = ""
    # Head and body leave as two writes; without this the second waits for the peer's ACK.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer one request."""
        started, name = time.perf_counter(), "other"
        try:
            route, request = self.server.routes.find(self.command, self.path)
            name = route.name
            reply = route.make(self._checked(route, request))
        except Refused as refused:
            # What is left of the body was not read, so the connection cannot go on.
            self.close_connection = True
            reply = problem(refused)
        # Logged first: whoever has the answer finds the line.
        _log(name, f"{reply.status} {(time.perf_counter() - started) * 1000:.0f} ms")
        self._send(reply)

    do_POST = do_GET  # noqa: N815 - the base class looks for these names
    do_PUT = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - base class
        """Stay silent: the base class would print the path as it was sent."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - base class; both repeat what was sent
        """Refuse what is no HTTP, or a method that no route has."""
        self.close_connection = True
        reply = problem(Refused(status=code, code=_CODES.get(code, "BAD_REQUEST")))
        _log("other", f"{reply.status} unread")
        self._send(reply)

    def _checked(self, route: Route, request: Request) -> Request:
        """Let a request in, after the checks in this order.

        1. the path, which led to the route; 2. the service token, compared in constant time;
        3. the media type; 4. the body's size, before it is read. The route owes: 5. the contract.
        """
        if not route.open:
            self._expect_token()  # 2
        if route.most_bytes is None:
            # A body nobody reads would be taken for the next request.
            length = self.headers.get("Content-Length", "0")
            self.close_connection |= length != "0" or "Transfer-Encoding" in self.headers
            return request
        if self.headers.get_content_type() != "application/json":  # 3
            raise Refused(status=415, code="UNSUPPORTED_MEDIA_TYPE")
        return replace(request, body=self.rfile.read(self._body_bytes(route.most_bytes)))  # 4

    def _expect_token(self) -> None:
        sent = self.headers.get_all("Authorization") or []
        expected = f"Bearer {self.server.token}".encode()
        if len(sent) != 1 or not hmac.compare_digest(sent[0].encode("utf-8", "replace"), expected):
            raise Refused(status=401, code="UNAUTHORIZED")

    def _body_bytes(self, most: int) -> int:
        text = self.headers.get("Content-Length", "")
        if not (text.isascii() and text.isdecimal()):
            raise Refused(status=411, code="LENGTH_REQUIRED")
        # Compared by digits first: int() of a very long text is slow, and refused by Python.
        if len(text) > len(str(most)) or int(text) > most:
            raise Refused(status=413, code="BODY_TOO_LARGE")
        return int(text)

    def _send(self, reply: Reply) -> None:
        if reply.payload is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.payload)))
        self.send_header("Cache-Control", "no-store")
        for name, value in reply.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.sent)
        self.close_connection |= reply.halved


def _log(route: str, what: str) -> None:
    # Names of routes, never what was sent: neither path nor body may reach the log.
    at = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
    print(f"{at} {route} {what}", file=sys.stderr, flush=True)

"""A department's server that answers as a test tells it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes import FakeClock

NUMBER = "990101198503171010"
NAME = "张明远"
TOKEN = "a-service-token"


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    missing: int = 0
    """Bytes that are promised and not sent, before the connection ends."""
    never: bool = False
    """Keep the caller waiting until the department closes."""


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Department(ThreadingHTTPServer):
    """Gives its answers in turn; the last one again and again."""

    daemon_threads = True

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clock = clock
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def envelope(self, **changes: Any) -> dict[str, Any]:
        """A good answer about the person of these tests; `changes` overwrite, None removes."""
        members = {
            "contract": "population-person/1.0.0",
            "found": True,
            "record": {"sex": "男", "status": "alive"},
            "record_version": "v7",
            "as_of": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            **changes,
        }
        return {name: value for name, value in members.items() if value is not None}

    def will_answer(self, *answers: Answer | dict[str, Any] | bytes) -> None:
        self.answers = [_answer(given) for given in answers]

    def old(self, age: timedelta) -> str:
        return (self.clock.now() - age).strftime("%Y-%m-%dT%H:%M:%SZ")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is no fault of the test."""


def _answer(given: Answer | dict[str, Any] | bytes) -> Answer:
    if isinstance(given, Answer):
        return given
    return Answer(body=given if isinstance(given, bytes) else json.dumps(given).encode())


class Handler(BaseHTTPRequestHandler):
    server: Department
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append(Received(self.path, dict(self.headers), body))
        waiting = self.server.answers
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if answer.never:
            self.server.closing.wait()
        if answer.hang_up or answer.never:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) + answer.missing))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = answer.missing > 0

    def log_message(self, *_: object) -> None:
        """Stay silent."""

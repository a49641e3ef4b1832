"""A city that tells a hospital what happened, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]


def event(
    sequence: int, appointment: str = "apt_1", number: int = 1, **more: Any
) -> dict[str, Any]:
    """One event of the feed."""
    return {
        "sequence": sequence,
        "id": f"evt_{sequence}",
        "type": "appointment.booked",
        "timestamp": "2026-12-01T00:00:00Z",
        "data": {"appointment": appointment, "sequence": number, "session": "ses_1"},
        **more,
    }


@dataclass
class City:
    """Answers from what the test put there."""

    events: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and Idempotency-Key of each call but the log-ins."""
    answers: list[Answer] = field(default_factory=list)
    """For the writes, one after the other; the last one stays."""
    sent: threading.Event = field(default_factory=threading.Event)
    """A page of events has left."""
    url: str = ""

    def answer(self, method: str, path: str, key: str) -> Answer:
        if path == "/oauth/token":
            return 200, {"access_token": "token"}
        self.asked.append((method, path, key))
        if path.startswith("/v1/partners/events"):
            return 200, self._events(path)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _events(self, path: str) -> dict[str, Any]:
        after = int(parse_qs(urlsplit(path).query).get("after", ["0"])[0])
        items = [one for one in self.events if one["sequence"] > after]
        return {"items": items[: self.page], "next": 0, "more": len(items) > self.page}


@contextmanager
def running_city() -> Iterator[City]:
    city = City()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(city))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    city.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield city
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(city: City) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = self.headers.get("Idempotency-Key", "")
            status, body = city.answer(self.command, self.path, key)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
            if "events" in self.path:
                city.sent.set()

        do_GET: Callable[..., None] = _answer  # noqa: N815 - as the library names it
        do_POST: Callable[..., None] = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    return Handler

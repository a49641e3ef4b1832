"""A merchant's own small server that publishes keys, and can misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(kw_only=True)
class KeyServer:
    """What it answers, and what it was asked."""

    port: int = 0
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    asked: list[Mapping[str, str]] = field(default_factory=list)
    hold: threading.Event | None = None
    """Nothing is answered before it is set."""
    entered: threading.Event = field(default_factory=threading.Event)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/keys"

    def publish(self, *keys: Mapping[str, Any]) -> None:
        self.status, self.body = 200, json.dumps({"keys": list(keys)}).encode()


@contextmanager
def key_server() -> Iterator[KeyServer]:
    told = KeyServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append({"path": self.path, **dict(self.headers)})
            told.entered.set()
            if told.hold is not None:
                told.hold.wait(30)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            try:
                self.wfile.write(told.body)
            except OSError:
                return  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        if told.hold is not None:
            told.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()

"""A population registry on loopback: real HTTP, its people and its faults set by the test."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PHOTO = b"\xff\xd8 a reference photograph"


def record(citizen_number: str, name: str, **changes: Any) -> dict[str, Any]:
    """What the registry holds of a person."""
    born = citizen_number[6:14]
    return {
        "citizen_number": citizen_number,
        "name": name,
        "sex": "男",
        "birth_date": f"{born[:4]}-{born[4:6]}-{born[6:]}",
        "ethnicity": "汉族",
        "household": {
            "address": "云海市文昌区栖霞路 18 号 3 幢 502 室",
            "head_name": name,
            "relation": "户主",
            "registered_on": "1996-04-02",
            "type": "家庭户",
        },
        "status": "alive",
        "photo": base64.b64encode(PHOTO).decode(),
        **changes,
    }


@dataclass
class Registry:
    """Its persons by number; `status` other than 200 is answered to every question."""

    persons: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    as_of: str = "2026-11-23T08:00:00Z"
    """When its records were true."""
    url: str = ""

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        common = {"contract": "population-person/1.0.0", "as_of": self.as_of}
        found = self.persons.get(question["citizen_number"])
        if found is None or found["name"] != question["name"]:
            return {**common, "found": False}
        asked_fields = {name: found[name] for name in question["fields"]}
        return {**common, "found": True, "record": asked_fields, "record_version": "1"}


@contextmanager
def running_registry() -> Iterator[Registry]:
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.dumps(registry.answer(json.loads(self.rfile.read(length)))).encode()
            self.send_response(registry.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

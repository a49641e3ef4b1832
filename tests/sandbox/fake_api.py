"""A small HTTP server that answers as the contract says and remembers what it was asked."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs

SESSION = "vrf_test"
NONCES = (bytes(range(16)), bytes(range(16, 32)))
CODE = "281234567890123457"
LIGHT = {
    "segment_ms": 400,
    "segments": [
        {"pattern": "full", "first": "#ffffff", "second": "#ffffff"},
        {"pattern": "left_right", "first": "#000000", "second": "#00ff00"},
    ],
}
_PART = re.compile(r"(/v1/verifications/\w+/steps/\d+)/parts/(\d+)")


@dataclass(frozen=True)
class Upload:
    """The multipart body of a step or of a part of one, taken apart."""

    entries: list[dict[str, Any]]
    shown_ms: int | None
    jpegs: list[bytes]
    media_types: list[str]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def upload(self) -> Upload:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message: Any = message_from_bytes(head + self.body)
        parts = message.get_payload()
        frames = [part for part in parts if part.get_param("name", header=_DISPOSITION) == "frames"]
        manifest = json.loads(parts[0].get_payload(decode=True))
        return Upload(
            entries=manifest["frames"],
            shown_ms=manifest.get("shown_ms"),
            jpegs=[part.get_payload(decode=True) for part in frames],
            media_types=[part.get_content_type() for part in frames],
        )


_DISPOSITION = "Content-Disposition"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: int, code: str, **more: str) -> Answer:
    return Answer(status, {"status": status, "code": code, "detail": "why", **more})


def step(n: int, kind: str) -> dict[str, Any]:
    nonce = base64.urlsafe_b64encode(NONCES[n]).rstrip(b"=").decode()
    return {
        "n": n,
        "kind": kind,
        "parameters": LIGHT if kind == "light" else {},
        "nonce": nonce,
        "window_ms": 6000,
        "min_frames": 8,
        "max_frames": 60,
        "hold_ms": 800,
    }


_TOKENS = {"access_token": "at", "refresh_token": "rt", "expires_in": 600, "scope": "citizen"}
_CERTIFICATE = {
    "id": "cer_1",
    "type": "household_registration",
    "number": "N1",
    "status": "valid",
    "issued_at": "2026-11-23T00:00:00Z",
    "titles": {"zh": "户籍证明", "en": "Household registration"},
}
_CARD = {"id": "crd_1", "status": "ACTIVE"}
_PURCHASE = {
    "id": "stl_1",
    "at": "t",
    "merchant": "till",
    "status": "SETTLED",
    "total": 500,
    "fund": 200,
    "account": 200,
    "cash": 100,
    "returned": 0,
}
_ACCESS = {"at": "t", "actor": "till", "action": "decode", "purpose": "02121", "fields": ["name"]}
_PASSED = {"id": SESSION, "status": "PASSED", "level": "L1", "code": "c1", "code_expires_at": "t"}


def default_answers(turn: str = "turn_left") -> dict[str, Answer]:
    steps = f"POST /v1/verifications/{SESSION}/steps"
    opened = {"id": SESSION, "status": "CREATED", "step": step(0, "baseline")}
    going_on = {"id": SESSION, "status": "IN_PROGRESS", "step": step(1, turn)}
    shown = {"code": CODE, "expires_at": "t", "refresh_after_s": 60}
    held = {"name": "张*", "citizen_number": "3301**********1234"}
    return {
        "POST /v1/verifications": Answer(201, opened),
        f"{steps}/0": Answer(200, going_on),
        f"{steps}/1": Answer(200, _PASSED),
        "POST /oauth/token": Answer(200, _TOKENS),
        "POST /oauth/revoke": Answer(200),
        "GET /v1/me": Answer(200, {"name": "张*"}),
        "GET /v1/me/accesses": Answer(200, {"items": [_ACCESS], "next": None}),
        "POST /v1/certificates": Answer(201, {**_CERTIFICATE, "check_code": "k", "check_url": "u"}),
        "GET /v1/certificates": Answer(200, {"items": [_CERTIFICATE], "next": None}),
        "GET /v1/certificates/cer_1": Answer(200, _CERTIFICATE),
        "GET /v1/certificates/cer_1/pdf": Answer(200, b"%PDF-1.7"),
        "POST /v1/certificate-checks": Answer(200, {"valid": True, "verdict": {"integrity": "ok"}}),
        "POST /v1/card": Answer(201, _CARD),
        "GET /v1/card": Answer(200, _CARD),
        "GET /v1/card/purchases": Answer(200, {"items": [_PURCHASE], "next": None}),
        "POST /v1/card/codes": Answer(201, {**shown, "qr_svg": "<svg/>", "code128_svg": "<svg/>"}),
        "POST /v1/card/freeze": Answer(200, {**_CARD, "status": "FROZEN"}),
        "POST /v1/card/unfreeze": Answer(200, _CARD),
        "POST /v1/card/report-loss": Answer(200, {**_CARD, "status": "LOST"}),
        "POST /v1/terminal/decode": Answer(
            200, {"holder": held, "presence_token": "p", "expires_at": "t"}
        ),
    }


class FakeApi:
    """Answers by "METHOD /path"; several answers to one call are given in turn."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: dict[str, Answer | list[Answer]] = {**default_answers()}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def asked(self, call: str) -> list[Received]:
        return [got for got in self.received if f"{got.method} {got.path}" == call]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, received: Received) -> Answer:
        self.received.append(received)
        found = self.answers.get(f"{received.method} {received.path}") or self._usual(received)
        return found.pop(0) if isinstance(found, list) else found

    def uploads(self, path: str) -> list[Upload]:
        """Return a step's parts and its end, as they came."""
        return [
            got.upload
            for got in self.received
            if got.path == path or got.path.startswith(path + "/")
        ]

    def _usual(self, received: Received) -> Answer:
        """Take a part in; nothing else is there unless a test says so."""
        part = _PART.fullmatch(received.path)
        if part is None or received.method != "POST":
            return problem(404, "NOT_FOUND")
        frames = sum(len(upload.entries) for upload in self.uploads(part[1]))
        going_on = {"id": SESSION, "status": "IN_PROGRESS", "received": frames}
        return Answer(200, {**going_on, "next_part": int(part[2]) + 1})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                given = api.answer(Received(self.command, self.path, dict(self.headers), body))
                raw = given.body if isinstance(given.body, bytes) else json.dumps(given.body)
                data = raw if isinstance(raw, bytes) else raw.encode()
                self.send_response(given.status)
                for name, value in {**given.headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815 -- http.server's own names

            def log_message(self, *_: object) -> None:
                """Keep the test's output quiet."""

        return Handler

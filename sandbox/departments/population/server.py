"""The registry over HTTP."""

from __future__ import annotations

import hmac
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from sandbox.departments.population.contract import CONTRACT, ContractRefused, Lookup, parse_lookup
from sandbox.departments.population.faults import Failure, Faults

if TYPE_CHECKING:
    from sandbox.departments.population.register import Register

HEALTH_PATH = "/health"
LOOKUP_PATH = "/population/v1/persons/lookup"
_MOST_BODY_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. `payload` None closes the connection without a word."""

    status: int
    payload: bytes | None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class RegistryServer(ThreadingHTTPServer):
    """Listens, and holds what every request needs."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        *,
        address: tuple[str, int],
        register: Register,
        token: str,
        faults: Faults,
    ) -> None:
        """Bind `address`; port 0 takes a free one.

        Raises:
            OSError: the address is taken or not ours.
            ValueError: the service token is empty.
        """
        if not token:
            msg = "an empty service token would let everybody in"
            raise ValueError(msg)
        self.register = register
        self.token = token
        self.faults = faults
        super().__init__(address, RegistryHandler)


class RegistryHandler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: RegistryServer
    protocol_version = "HTTP/1.1"
    timeout = 15
    server_version = "population-registry"
    sys_version = ""
    # Head and body leave as two writes; without this the second waits for the peer's ACK.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer `GET /health`."""
        self._answer(self._health)

    def do_POST(self) -> None:
        """Answer `POST /population/v1/persons/lookup`."""
        self._answer(self._lookup)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - base class
        """Stay silent: the base class would print the path as it was sent."""

    def _answer(self, make: Any) -> None:  # noqa: ANN401 - a bound method of this class
        started = time.perf_counter()
        try:
            reply = make()
        except ContractRefused as refused:
            # What is left of the body was not read, so the connection cannot go on.
            self.close_connection = True
            reply = _problem(refused)
        # Logged first: whoever has the answer finds the line.
        self._log(reply.status, started)
        self._send(reply)

    def _health(self) -> Reply:
        self._expect_path(HEALTH_PATH)
        return _json({"status": "ok", "contract": CONTRACT})

    def _lookup(self) -> Reply:
        """Answer one question, after the checks in this order.

        1. the path; 2. the service token, compared in constant time; 3. the media type; 4. the
        body's size, before it is read; 5. the contract.
        """
        self._expect_path(LOOKUP_PATH)  # 1
        self._expect_token()  # 2
        if self.headers.get_content_type() != "application/json":  # 3
            raise ContractRefused(status=415, code="UNSUPPORTED_MEDIA_TYPE")
        lookup = parse_lookup(self.rfile.read(self._body_bytes()))  # 4, 5
        self.server.faults.wait()
        return _failure(self.server.faults.failure) or self._found(lookup)

    def _found(self, lookup: Lookup) -> Reply:
        as_of = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = self.server.register.find(
            citizen_number=lookup.citizen_number,
            name=lookup.name,
        )
        if entry is None:
            return _json({"contract": CONTRACT, "found": False, "as_of": as_of})
        return _json(
            {
                "contract": CONTRACT,
                "found": True,
                "record": {field: entry.record[field] for field in lookup.fields},
                "record_version": entry.version,
                "as_of": as_of,
            },
        )

    def _expect_path(self, path: str) -> None:
        if self.path != path:
            raise ContractRefused(status=404, code="NOT_FOUND")

    def _expect_token(self) -> None:
        sent = self.headers.get_all("Authorization") or []
        expected = f"Bearer {self.server.token}".encode()
        if len(sent) != 1 or not hmac.compare_digest(sent[0].encode("utf-8", "replace"), expected):
            raise ContractRefused(status=401, code="UNAUTHORIZED")

    def _body_bytes(self) -> int:
        text = self.headers.get("Content-Length", "")
        if not (text.isascii() and text.isdecimal()):
            raise ContractRefused(status=411, code="LENGTH_REQUIRED")
        # Compared by digits first: int() of a very long text is slow, and refused by Python.
        if len(text) > len(str(_MOST_BODY_BYTES)) or int(text) > _MOST_BODY_BYTES:
            raise ContractRefused(status=413, code="BODY_TOO_LARGE")
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
        self.wfile.write(reply.payload)

    def _log(self, status: int, started: float) -> None:
        # Names of routes, never what was sent: neither path nor body may reach the log.
        route = {HEALTH_PATH: "health", LOOKUP_PATH: "lookup"}.get(self.path, "other")
        took = (time.perf_counter() - started) * 1000
        at = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        print(f"{at} {route} {status} {took:.0f} ms", file=sys.stderr, flush=True)


def _failure(failure: Failure) -> Reply | None:
    if failure is Failure.UNAVAILABLE:
        refused = ContractRefused(status=503, code="REGISTRY_UNAVAILABLE")
        return _problem(refused, headers=(("Retry-After", "1"),))
    if failure is Failure.GARBAGE:
        return Reply(status=200, payload=b"<html>maintenance</html>")
    if failure is Failure.HANG_UP:
        return Reply(status=0, payload=None)
    return None


def _json(members: dict[str, Any]) -> Reply:
    payload = json.dumps(members, ensure_ascii=False).encode()
    return Reply(status=200, payload=payload)


def _problem(refused: ContractRefused, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "code": refused.code,
    }
    if refused.pointer is not None:
        members["pointer"] = refused.pointer
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers = (*headers, ("WWW-Authenticate", "Bearer"))
    return Reply(
        status=refused.status,
        payload=json.dumps(members).encode(),
        content_type="application/problem+json",
        headers=headers,
    )

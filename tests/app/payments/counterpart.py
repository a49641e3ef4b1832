"""The sandbox's payment provider beside the application, each at a port of its own."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app.core.errors import DomainError
from app.settlement.payments.ports import CashStatus
from sandbox.departments.office.office import HOST, Ports
from sandbox.departments.veterans.signing import load_or_make
from sandbox.payments.control import DELIVERIES_PATH, FAULTS_PATH, ORDERS_PATH, PAYMENTS_PATH
from sandbox.payments.provider import Provider, Terms
from sandbox.payments.signing import signed_headers
from tests.fakes import FakeClock

TOKEN = "the token of the tests"
PATH = "/v1/payments/notifications"
USUAL: Mapping[str, Any] = {
    "answers": "usual",
    "payer": "usual",
    "webhooks": "usual",
    "delay_ms": 0,
}


@dataclass
class Receiver:
    """A port that is open before the application behind it is there, or without one."""

    app: WSGIApplication | None = None
    url: str = ""

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if self.app is None:
            start("503 Service Unavailable", [])
            return []
        return self.app(environ, start)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = make_server(HOST, 0, receiver, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://{HOST}:{server.server_port}"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Counterpart:
    """The provider, which can be stopped and begun again, and whoever runs the sandbox."""

    data: Path
    notify: str
    clock: FakeClock
    running: Provider = field(init=False)

    def __post_init__(self) -> None:
        self.running = self._begun(Ports(counter=0, control=0))

    def restart(self) -> None:
        ports = Ports(counter=self.running.port, control=self.running.control_port)
        self.running.stop()
        self.running = self._begun(ports)

    def _begun(self, ports: Ports) -> Provider:
        terms = Terms(data=self.data, notify=self.notify + PATH, token=TOKEN)
        return Provider(terms, ports=ports, now=self.clock.now).__enter__()

    def switch(self, **faults: Any) -> None:
        status, _ = self.control("PUT", FAULTS_PATH, {**USUAL, **faults})
        assert status == 200

    def pay(self, order_id: str) -> int:
        status, _ = self.control("POST", PAYMENTS_PATH, {"order_id": order_id})
        return status

    def order(self, order_id: str) -> dict[str, Any]:
        status, found = self.control("GET", f"{ORDERS_PATH}/{order_id}")
        return found if status == 200 else {}

    def deliver(self) -> int:
        """Send what is due; returns how many webhooks still wait."""
        status, found = self.control("POST", DELIVERIES_PATH)
        assert status == 200
        return int(found["waiting"])

    def control(
        self, method: str, path: str, members: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        body = None if members is None else json.dumps(dict(members))
        port = self.running.control_port
        with closing(http.client.HTTPConnection(HOST, port, timeout=20)) as connection:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())

    def sign(self, body: bytes, *, message_id: str = "evt_1", **changes: str) -> dict[str, str]:
        """Headers of a notification by the provider's own key, now; `changes` overwrite some."""
        key = load_or_make(self.data / "signing.pem")
        at = int(self.clock.now().timestamp())
        headers = signed_headers(body, message_id=message_id, at=at, key=key)
        return {**headers, **{name.replace("_", "-"): text for name, text in changes.items()}}


@dataclass
class Settler:
    """Hears events, as the settlement will; refuses as often as it is told to."""

    heard: list[tuple[str, CashStatus]] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)

    def on_event(self, tx: Session, order_id: str, status: CashStatus) -> None:
        assert tx.in_transaction()
        if self.refusals:
            raise self.refusals.pop(0)
        self.heard.append((order_id, status))

    @property
    def states(self) -> list[str]:
        return [status.state.value for _, status in self.heard]

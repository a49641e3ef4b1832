"""A partner's client, what it is called at, and the dispatcher that calls it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.notifications.ports import WebhookEvent
from app.notifications.service.posting import PartnerEvents
from app.outbox.service.dispatching import Dispatcher
from app.wiring.notifications import build_dispatcher
from tests.app.device import Device, public_jwk
from tests.app.world import World

SCOPES = frozenset({"webhooks", "certificates.follow", "events.read"})
LAWYERS = "光明律师事务所"
REVOKED = "certificate.revoked"


def partner(world: World, name: str = LAWYERS, scopes: frozenset[str] = SCOPES) -> Device:
    """A partner's client that has logged in."""
    client, desk = world.phone(), world.onboarding
    if name not in world.merchants:
        world.merchants[name] = desk.add_merchant(name=name)
    client_id = desk.add_terminal(
        merchant_id=world.merchants[name],
        jwks=[dict(public_jwk(client.key))],
        purposes=frozenset({"02121"}),
        scopes=scopes,
    )
    form = world.login_form(client, client_id) | {"scope": " ".join(sorted(scopes))}
    answer = client.form("/oauth/token", form)
    assert answer.status_code == 200, answer.text
    client.token = answer.json["access_token"]
    return client


def posted(
    world: World, *types: str, merchant: str = LAWYERS, about: str = "cer_1", **data: object
) -> None:
    """Something to tell a partner, as a service posts it."""
    events = PartnerEvents(clock=world.clock)
    with world.database.separate() as tx:
        for one in types or (REVOKED,):
            event = WebhookEvent(type=one, data=data)
            events.post(tx, world.merchants[merchant], event, about=about)


def dispatcher(world: World) -> Dispatcher:
    return build_dispatcher(world.shared)


def told(world: World) -> int:
    """Tell everybody who is to be told now; returns how many messages were tried."""
    return dispatcher(world).run(most=100)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call that was received."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)


@dataclass
class Receiver:
    """A partner's server; `statuses` are answered one after the other, then 204."""

    calls: list[Call] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    url: str = ""
    location: str = ""
    retry_after: str = ""

    @property
    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append(
                Call(method=self.command, path=self.path, headers=headers, body=body)
            )
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            if receiver.location:
                self.send_header("Location", receiver.location)
            if receiver.retry_after:
                self.send_header("Retry-After", receiver.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the base class looks for this name

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks?of=us"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The payment provider is a program with a book, and misbehaves when it is told to."""

import base64
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandbox.departments.office.office import HOST

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60
TOKEN = "a-service-token"
ORDER = {"order_id": "ord_1", "amount_fen": 500}
USUAL = {"answers": "usual", "payer": "usual", "webhooks": "usual", "delay_ms": 0}
Answer = tuple[int, dict[str, Any]]


@dataclass
class Merchant:
    """Takes webhooks; `statuses` are answered one after the other, then 200."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    taken = Merchant()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.calls.append(({n.lower(): v for n, v in self.headers.items()}, body))
            self.send_response(taken.statuses.pop(0) if taken.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    taken.url = f"http://{HOST}:{server.server_address[1]}/hooks"
    yield taken
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def program(data: Path, notify: str, *words: str, token: str = TOKEN) -> "Iterator[Ports]":
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "sandbox.payments", f"--data={data}", f"--notify={notify}", *words],
        cwd=ROOT,
        env={"PAYMENTS_TOKEN": token},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Ports(process)
    finally:
        process.kill()
        process.communicate()


class Ports:
    """Both ports of a running provider."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.counter, self.control = self._said(), self._said()

    def _said(self) -> int:
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)\n", self.process.stdout.readline())
        return int(found[1]) if found else 0

    def ask(self, method: str, path: str, members: Any = None) -> Answer:
        return send(self.counter, method, path, members)

    def play(self, method: str, path: str, members: Any = None) -> Answer:
        return send(self.control, method, path, members)

    def pay(self, order_id: str) -> Answer:
        return self.play("POST", "/sandbox/payments", {"order_id": order_id})

    def switch(self, **faults: Any) -> Answer:
        return self.play("PUT", "/sandbox/faults", {**USUAL, **faults})


def send(
    port: int, method: str, path: str, members: Any = None, *, token: str | None = TOKEN
) -> Answer:
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = members if isinstance(members, bytes | None) else json.dumps(members).encode()
    with closing(http.client.HTTPConnection(HOST, port, timeout=20)) as connection:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())


@pytest.fixture
def provider(tmp_path: Path, merchant: Merchant) -> Iterator[Ports]:
    with program(tmp_path, merchant.url, "--port=0") as running:
        yield running


def test_it_serves_until_it_is_asked_to_stop(provider: Ports) -> None:
    assert send(provider.counter, "GET", "/health", token=None) == (200, {"status": "ok"})
    provider.process.send_signal(signal.SIGTERM)
    assert provider.process.wait(SECONDS) == 0


def test_it_says_why_it_cannot_begin(tmp_path: Path, provider: Ports) -> None:
    for words, token, reason in (
        (["--port=0"], "", "an empty service token"),
        ([f"--port={provider.counter}"], TOKEN, "in use"),
        (["--port=99999"], TOKEN, "port must be"),
    ):
        with program(tmp_path, "http://127.0.0.1:9/", *words, token=token) as other:
            _, told = other.process.communicate(timeout=SECONDS)
        assert other.process.returncode == 1
        assert "payment provider cannot start" in told
        assert reason in told
        assert "Traceback" not in told


def test_a_killed_provider_comes_back_with_its_book_key_and_webhooks(
    tmp_path: Path, merchant: Merchant
) -> None:
    with program(tmp_path, merchant.url, "--port=0", "--webhooks=none") as first:
        made = first.ask("POST", "/v1/orders", ORDER)[1]
        first.pay("ord_1")
        keys = first.ask("GET", "/.well-known/jwks.json")
    with program(tmp_path, merchant.url, "--port=0") as again:
        found = again.ask("GET", "/v1/orders/ord_1")[1]
        waiting = again.play("POST", "/sandbox/deliveries")[1]["waiting"]
        assert again.ask("GET", "/.well-known/jwks.json") == keys

    assert (found["state"], found["provider_ref"]) == ("PAID", made["provider_ref"])
    assert waiting == 0
    assert [json.loads(body)["type"] for _, body in merchant.calls] == ["payment.succeeded"]


def test_nobody_gets_in_without_the_token(provider: Ports) -> None:
    for port, path in (
        (provider.counter, "/v1/orders/ord_1"),
        (provider.control, "/sandbox/faults"),
    ):
        for token in (None, "another"):
            assert send(port, "GET", path, token=token)[0] == 401


def test_an_order_is_made_once_and_only_with_its_amount(provider: Ports) -> None:
    first = provider.ask("POST", "/v1/orders", ORDER)

    assert provider.ask("POST", "/v1/orders", ORDER) == first
    assert first[1]["state"] == "PENDING"
    for path in ("/v1/orders", "/v1/closings"):
        status, told = provider.ask("POST", path, {**ORDER, "amount_fen": 501})
        assert (status, told["code"]) == (409, "ORDER_REUSED")
    assert provider.ask("GET", "/v1/orders/ord_2")[0] == 404


def test_what_is_wrong_is_refused_with_its_member(provider: Ports) -> None:
    for body, status, pointer in (
        (b"{", 400, None),
        ([], 422, ""),
        ({"order_id": "ord_1"}, 422, "/amount_fen"),
        ({**ORDER, "order_id": "../x"}, 422, "/order_id"),
        ({**ORDER, "amount_fen": 0}, 422, "/amount_fen"),
        ({**ORDER, "amount_fen": -1}, 422, "/amount_fen"),
        ({**ORDER, "amount_fen": 1.5}, 422, "/amount_fen"),
        ({**ORDER, "amount_fen": True}, 422, "/amount_fen"),
        ({**ORDER, "amount_fen": 10**10}, 422, "/amount_fen"),
        ({**ORDER, "more": 1}, 422, ""),
    ):
        refused, told = provider.ask("POST", "/v1/orders", body)
        assert (refused, told.get("pointer")) == (status, pointer), body


def test_refunds_are_made_once_and_within_the_payment(provider: Ports) -> None:
    provider.ask("POST", "/v1/orders", ORDER)
    refund = {"refund_id": "ref_1", "order_id": "ord_1", "amount_fen": 200}
    assert provider.ask("POST", "/v1/refunds", refund)[1]["code"] == "ORDER_NOT_PAID"
    provider.pay("ord_1")

    first = provider.ask("POST", "/v1/refunds", refund)
    assert provider.ask("POST", "/v1/refunds", refund) == first
    assert provider.ask("GET", "/v1/refunds/ref_1") == first
    codes = [
        provider.ask("POST", "/v1/refunds", {**refund, **changes})[1]["code"]
        for changes in ({"amount_fen": 1}, {"refund_id": "ref_2", "amount_fen": 301})
    ]
    assert codes == ["REFUND_REUSED", "REFUND_TOO_MUCH"]
    assert provider.ask("GET", "/v1/orders/ord_1")[1]["refunded_fen"] == 200


def test_webhooks_are_signed_by_the_published_key_and_sent_until_they_are_taken(
    provider: Ports, merchant: Merchant
) -> None:
    provider.switch(webhooks="none")
    merchant.statuses = [500]
    provider.ask("POST", "/v1/orders", ORDER)
    provider.pay("ord_1")
    provider.switch()
    pause = threading.Event()
    while provider.play("POST", "/sandbox/deliveries")[1]["waiting"]:
        assert not pause.wait(0.05)

    (key,) = send(provider.counter, "GET", "/.well-known/jwks.json", token=None)[1]["keys"]
    point = base64.urlsafe_b64decode(key["x"] + "=")
    for headers, body in merchant.calls:
        scheme, _, text = headers["webhook-signature"].partition(",")
        stamp = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
        assert scheme == "v1a"
        Ed25519PublicKey.from_public_bytes(point).verify(base64.b64decode(text), stamp + body)
    assert len({headers["webhook-id"] for headers, _ in merchant.calls}) == 1
    assert len(merchant.calls) == 2
    told = json.loads(merchant.calls[0][1])
    assert (told["data"]["order_id"], told["data"]["amount_fen"]) == ("ord_1", 500)


def test_faults_are_shown_as_they_were_switched_and_wrong_ones_change_nothing(
    provider: Ports,
) -> None:
    wanted = {**USUAL, "answers": "lost", "delay_ms": 5}
    assert provider.switch(answers="lost", delay_ms=5) == (200, wanted)
    wrongs: list[dict[str, Any]] = [
        {"answers": "tired"},
        {"payer": 1},
        {"webhooks": []},
        {"delay_ms": -1},
    ]
    for wrong in wrongs:
        status, told = provider.switch(**wrong)
        assert (status, told["pointer"]) == (422, f"/{next(iter(wrong))}")
    assert provider.play("GET", "/sandbox/faults") == (200, wanted)


def test_a_silent_provider_ends_when_it_is_told_to(provider: Ports) -> None:
    provider.switch(answers="silent")
    with closing(http.client.HTTPConnection(HOST, provider.counter, timeout=SECONDS)) as line:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        line.request("POST", "/v1/orders", json.dumps(ORDER), headers)
        pause = threading.Event()
        while provider.play("GET", "/sandbox/orders/ord_1")[0] != 200:
            assert not pause.wait(0.02)
        provider.process.send_signal(signal.SIGTERM)
        with pytest.raises(http.client.RemoteDisconnected):
            line.getresponse()
    assert provider.process.wait(SECONDS) == 0

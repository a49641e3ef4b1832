"""The port at which merchants ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.departments.office.faults import misshapen
from sandbox.departments.office.refusals import Refused
from sandbox.departments.office.reply import Reply, json_reply, problem
from sandbox.departments.office.routes import Request, Route
from sandbox.payments.faults import Answers, FaultSwitch
from sandbox.payments.orders import Orders
from sandbox.payments.signing import jwks
from sandbox.payments.wishes import parse_order, parse_refund

HEALTH_PATH = "/health"
JWKS_PATH = "/.well-known/jwks.json"
ORDERS_PATH = "/v1/orders"
CLOSINGS_PATH = "/v1/closings"
REFUNDS_PATH = "/v1/refunds"
_MOST_BYTES = 4096
_SILENT_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_NOTHING = Reply(status=0, payload=None)


class Counter:
    """Makes the answers."""

    def __init__(
        self, orders: Orders, *, key: Ed25519PrivateKey, faults: FaultSwitch, stop: Event
    ) -> None:
        """Take what is asked about.

        Args:
            orders: the provider's.
            key: whose public half is published.
            faults: that are on.
            stop: ends all silence.
        """
        self._orders = orders
        self._jwks = jwks(key)
        self._faults = faults
        self._stop = stop

    def routes(self) -> tuple[Route, ...]:
        """Return what can be asked."""
        orders = self._orders
        return (
            Route(name="health", method="GET", path=HEALTH_PATH, make=_health, open=True),
            Route(name="keys", method="GET", path=JWKS_PATH, make=self._keys, open=True),
            self._write("order", ORDERS_PATH, lambda body: orders.create(parse_order(body))),
            self._write("closing", CLOSINGS_PATH, lambda body: orders.close(parse_order(body))),
            self._write("refund", REFUNDS_PATH, lambda body: orders.refund(parse_refund(body))),
            self._read("order look-up", ORDERS_PATH, orders.find),
            self._read("refund look-up", REFUNDS_PATH, orders.find_refund),
        )

    def _write(self, name: str, path: str, do: Callable[[bytes], dict[str, Any]]) -> Route:
        def answer(request: Request) -> Reply:
            return self._disturbed(lambda: do(request.body))

        return Route(name=name, method="POST", path=path, make=answer, most_bytes=_MOST_BYTES)

    def _read(self, name: str, path: str, find: Callable[[str], dict[str, Any]]) -> Route:
        def answer(request: Request) -> Reply:
            return self._disturbed(lambda: find(request.tail))

        return Route(name=name, method="GET", path=f"{path}/*", make=answer)

    def _disturbed(self, do: Callable[[], dict[str, Any]]) -> Reply:
        """Do what was asked, and answer as the faults will have it."""
        manner = self._faults.current.answers
        if manner is Answers.UNAVAILABLE:
            refused = Refused(status=503, code="PROVIDER_UNAVAILABLE")
            return problem(refused, headers=(("Retry-After", "1"),))
        done = do()
        if manner is Answers.SILENT:
            self._keep_silent()
        if manner in {Answers.SILENT, Answers.LOST}:
            return _NOTHING
        return json_reply(_told(done, manner))

    def _keep_silent(self) -> None:
        until = time.monotonic() + _SILENT_SECONDS
        while self._faults.current.answers is Answers.SILENT and time.monotonic() < until:
            if self._stop.wait(_LOOK_SECONDS):
                return

    def _keys(self, _: Request) -> Reply:
        return json_reply(self._jwks)


def _told(done: Mapping[str, Any], manner: Answers) -> dict[str, Any]:
    if manner is Answers.LYING:
        return {**done, "amount_fen": done["amount_fen"] + 1}
    told: dict[str, Any] = misshapen(done) if manner is Answers.MISSHAPEN else dict(done)
    return told


def _health(_: Request) -> Reply:
    return json_reply({"status": "ok"})

"""Brings webhooks to the merchant, again and again until they are taken."""

from __future__ import annotations

import http.client
import json
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.payments.book import Book
from sandbox.payments.faults import FaultSwitch, Webhooks
from sandbox.payments.notices import Notice, due, settle, waiting
from sandbox.payments.signing import signed_headers

_BATCH = 20
_SECONDS = 10
_LOOK_SECONDS = 0.2
_GOOD = range(200, 300)


class Courier:
    """Delivers to one address, one webhook at a time, in the order of the events."""

    def __init__(
        self,
        book: Book,
        *,
        notify: str,
        key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        faults: FaultSwitch,
    ) -> None:
        """Take the ports.

        Args:
            book: where the notices are.
            notify: http or https address of the merchant.
            key: signs.
            now: the provider's clock.
            faults: that are on.
        """
        self._book = book
        self._notify = urlsplit(notify)
        self._key = key
        self._now = now
        self._faults = faults
        self._delivering = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Deliver what is due until `stop` is set."""
        while not stop.wait(_LOOK_SECONDS):
            self.deliver()

    def deliver(self) -> int:
        """Try what is due once; returns how many still wait."""
        with self._delivering:
            if self._faults.current.webhooks is not Webhooks.NONE:
                with self._book.reading() as connection:
                    found = due(connection, now=self._now(), most=_BATCH)
                for notice in found:
                    self._one(notice)
            with self._book.reading() as connection:
                return waiting(connection)

    def _one(self, notice: Notice) -> None:
        manner = self._faults.current.webhooks
        content = _lied(notice.content) if manner is Webhooks.LYING else notice.content
        body = json.dumps(content).encode()
        key = Ed25519PrivateKey.generate() if manner is Webhooks.FORGED else self._key
        headers = signed_headers(
            body, message_id=notice.id, at=int(self._now().timestamp()), key=key
        )
        statuses = [self._sent(headers, body) for _ in range(1 + (manner is Webhooks.DOUBLE))]
        print(f"webhook {statuses}", file=sys.stderr, flush=True)
        with self._book.writing() as connection:
            settle(connection, notice, delivered=statuses[-1] in _GOOD, now=self._now())

    def _sent(self, headers: Mapping[str, str], body: bytes) -> int:
        """Return the status of the answer; 0 where none came."""
        target = self._notify
        secure = target.scheme == "https"
        make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        with closing(make(target.hostname or "", target.port, timeout=_SECONDS)) as connection:
            try:
                connection.request("POST", target.path or "/", body, dict(headers))
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0


def _lied(content: Mapping[str, object]) -> dict[str, object]:
    data = content["data"]
    told = dict(data) if isinstance(data, dict) else {}
    return {**content, "data": {**told, "amount_fen": told["amount_fen"] + 1}}

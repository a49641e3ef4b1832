"""Terminals as a pharmacy's system runs them: a key, a token, a proof for each request."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.core.access.principals import Terminal
from app.partners.service.onboarding import Onboarding
from bench.card.desk import Desk
from bench.card.holders import PURPOSE
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Body, Http
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions

SCOPES = ("card.decode", "settlement")
_PHARMACY = "平安大药房"
_A_MERCHANT = 4
"""Tills of one pharmacy."""


@dataclass(slots=True, kw_only=True)
class Till:
    """One till, which writes its requests itself: what it spends is not the server's."""

    base_url: str
    client_id: str
    merchant_id: str
    key: DeviceKey
    token: str = field(default="", repr=False)
    _proofs: dict[str, list[str]] = field(default_factory=dict, repr=False)

    @property
    def principal(self) -> Terminal:
        """The till as the services know it."""
        return Terminal(
            terminal_id=self.client_id,
            merchant_id=self.merchant_id,
            merchant_name=_PHARMACY,
            thumbprint=self.key.thumbprint(),
            purposes=frozenset({PURPOSE}),
            scope=frozenset(SCOPES),
        )

    def sign_in(self) -> None:
        """Fetch an access token by the till's key."""
        assertions = ClientAssertions(
            client_id=self.client_id, key=self.key, issuer=self.base_url, clock=time.time
        )
        fields = {"grant_type": "client_credentials", "scope": " ".join(SCOPES)}
        with Http(base_url=self.base_url, prover=self._prover, clock=time.perf_counter) as http:
            reply = http.call("POST", "/oauth/token", body=Body.form(fields | assertions.fields()))
        self.token = str(reply.json()["access_token"])

    def sign(self, path: str, count: int) -> None:
        """Sign so many proofs for requests of the next minute."""
        url, prover = self.base_url + path, self._prover
        made = [prover.proof("POST", url, access_token=self.token) for _ in range(count)]
        self._proofs[path] = made

    def request(self, path: str, body: dict[str, object]) -> bytes:
        """Return a POST with a proof that was signed for it, as it goes over the wire."""
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n"
            f"Host: {urlsplit(self.base_url).netloc}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n"
            f"Authorization: DPoP {self.token}\r\n"
            f"DPoP: {self._proofs[path].pop()}\r\n"
            "Accept-Language: en\r\n\r\n"
        )
        return head.encode() + data

    @property
    def _prover(self) -> Prover:
        return Prover(key=self.key, clock=time.time)


def open_tills(desk: Desk, count: int, *, base_url: str) -> list[Till]:
    """Register so many terminals, as an operator's command does."""
    onboarding = Onboarding(
        database=desk.database, clock=desk.clock, known_purposes=frozenset({PURPOSE})
    )
    merchants = [onboarding.add_merchant(name=_PHARMACY) for _ in range(0, count, _A_MERCHANT)]
    return [_opened(onboarding, merchants[n // _A_MERCHANT], base_url) for n in range(count)]


def _opened(onboarding: Onboarding, merchant_id: str, base_url: str) -> Till:
    key = DeviceKey.generate()
    client_id = onboarding.add_terminal(
        merchant_id=merchant_id,
        jwks=[{**key.public_jwk()}],
        purposes=frozenset({PURPOSE}),
        scopes=frozenset(SCOPES),
    )
    return Till(base_url=base_url, client_id=client_id, merchant_id=merchant_id, key=key)


def sign_in_all(tills: Sequence[Till]) -> None:
    """Fetch a token for each."""
    for till in tills:
        till.sign_in()

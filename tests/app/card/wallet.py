"""A phone's credentials for offline codes, and what a till does with such codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.test import TestResponse

from codes import presentation
from codes.credential import prove
from codes.keys import IssuerKeys, base64url, point_of, read_base64url, signer_of
from codes.presentation import slice_of
from codes.revocations import Revocations
from tests.app.card.steps import PHARMACY, json_of
from tests.app.device import Device, new_key
from tests.app.world import World


@dataclass(kw_only=True)
class Wallet:
    """Keys and credentials on one phone."""

    phone: Device
    keys: list[ec.EllipticCurvePrivateKey] = field(default_factory=list)
    issued: list[bytes] = field(default_factory=list)

    def ask(self, count: int = 3) -> TestResponse:
        """Make keys and ask for their credentials."""
        self.keys = [new_key() for _ in range(count)]
        body = {"keys": [wanted(key, self.phone.thumbprint) for key in self.keys]}
        return self.phone.post("/v1/card/offline-credentials", json=body)

    def fetch(self, count: int = 3) -> Wallet:
        response = self.ask(count)
        assert response.status_code == 201, response.text
        self.issued = [read_base64url(one) for one in json_of(response)["credentials"]]
        return self

    def show(self, at: datetime, *, number: int = 0, purpose: str = PHARMACY) -> str:
        """The code for the minute of `at`, by the credential of this number."""
        return presentation.present(
            self.issued[number],
            signer=signer_of(self.keys[number]),
            slice_number=slice_of(at),
            purpose=purpose,
            nonce=number.to_bytes(8, "big"),
        )


def wanted(key: ec.EllipticCurvePrivateKey, device: str) -> dict[str, str]:
    """One key as it is asked for."""
    point = point_of(key.public_key())
    proof = prove(point, device=device, signer=signer_of(key))
    return {"key": base64url(point), "proof": base64url(proof)}


def sale(code: str, *, sale_id: str = "s-1", fen: int = 12_00) -> dict[str, Any]:
    line = {"item": "阿莫西林胶囊", "quantity": 1, "amount_fen": fen}
    return {"code": code, "sale": {"sale_id": sale_id, "lines": [line]}}


def upload(till: Device, *uploads: dict[str, Any]) -> list[dict[str, Any]]:
    """Bring codes in; returns the outcomes."""
    response = till.post("/v1/terminal/uploads", json={"uploads": list(uploads)})
    assert response.status_code == 200, response.text
    outcomes: list[dict[str, Any]] = json_of(response)["outcomes"]
    return outcomes


def verdict(till: Device, code: str, **changes: Any) -> str:
    (outcome,) = upload(till, sale(code, **changes))
    return str(outcome["verdict"])


def published_keys(world: World) -> IssuerKeys:
    return IssuerKeys.read(json_of(world.client.get("/.well-known/card-keys")))


def published(world: World, known: Revocations | None = None) -> Revocations:
    """What a till knows after it fetched the list to its end."""
    known, keys = known or Revocations(), published_keys(world)
    while True:
        response = world.client.get(f"/.well-known/card-revocations?since={known.upto}")
        assert response.status_code == 200
        known = known.take(response.data, keys)
        if known.complete:
            return known

"""A device with a key: what a phone or a till needs to be believed."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm
from werkzeug.test import TestResponse

from tests.fakes import FakeClock


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")}


@dataclass(kw_only=True)
class Device:
    """Sends requests with proofs of possession. `token` is added once it has one."""

    client: FlaskClient
    clock: FakeClock
    public_url: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    token: str | None = None
    refresh_token: str | None = None

    @property
    def thumbprint(self) -> str:
        jwk = public_jwk(self.key)
        canonical = json.dumps({k: jwk[k] for k in sorted(jwk)}, separators=(",", ":"))
        return base64url(hashlib.sha256(canonical.encode()).digest())

    def proof(self, method: str, path: str, **changes: Any) -> str:
        """A DPoP proof; `changes` overwrite claims, None removes one."""
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": self.public_url + path.split("?", maxsplit=1)[0],
            "iat": int(self.clock.now().timestamp()),
        }
        if self.token is not None:
            claims["ath"] = base64url(hashlib.sha256(self.token.encode()).digest())
        claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
        headers = {"typ": "dpop+jwt", "jwk": public_jwk(self.key)}
        return jwt.encode(claims, self.key, algorithm="ES256", headers=headers)

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        """One request with a proof and, when there is one, the token."""
        sent = {"DPoP": self.proof(method, path)}
        if self.token is not None:
            sent["Authorization"] = f"DPoP {self.token}"
        sent.update(headers or {})
        return self.client.open(path, method=method, headers=sent, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("GET", path, **kwargs)

    def post(
        self, path: str, json: Any = None, *, idempotency_key: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """A write: carries a fresh Idempotency-Key unless one is given."""
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("Idempotency-Key", idempotency_key or secrets.token_hex(8))
        if json is not None:
            kwargs["json"] = json
        return self.send("POST", path, headers=headers, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("DELETE", path, **kwargs)

    def form(self, path: str, fields: Mapping[str, str]) -> TestResponse:
        """A form-encoded write, as OAuth's endpoints take."""
        return self.send("POST", path, data=dict(fields))

"""A call is signed so that a receiver can tell who sent it, to whom, when, and whether again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.jose.jwk import write_public_key
from app.core.keys.kinds import generate_signing, load_signing
from app.core.keys.records import KeyRecord
from app.notifications.service.signing import signed_headers

DOCS = Path(__file__).parents[3] / "docs" / "webhooks.md"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
URL = "https://partner.example/hooks?of=us"
BODY = b'{"type":"webhook.ping"}'


@dataclass
class Key:
    """A P-256 key in memory."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    kid: str = "key-1"

    def sign(self, message: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.utils import (  # noqa: PLC0415
            decode_dss_signature,
        )

        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [{**write_public_key(self.private.public_key()), "kid": self.kid}]}


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The receivers' code that docs/webhooks.md shows."""
    module = ModuleType("example")
    for block in DOCS.read_text(encoding="utf-8").split("```python\n")[1:]:
        source = block.split("```", 1)[0]
        exec(compile(source, str(DOCS), "exec"), module.__dict__)  # noqa: S102 - our own page
    return module


def signed(key: Key, *, body: bytes = BODY) -> dict[str, str]:
    return signed_headers(url=URL, body=body, message_id="msg_1", now=NOW, key=key)


def believed(
    example: ModuleType,
    headers: Mapping[str, str],
    key: Key,
    *,
    body: bytes = BODY,
    url: str = URL,
    seconds: int = 0,
) -> str | None:
    found: str | None = example.verified_id(
        url=url,
        headers=headers,
        body=body,
        jwks=key.jwks,
        now=int(NOW.timestamp()) + seconds,
    )
    return found


def test_the_documented_receiver_believes_us(example: ModuleType) -> None:
    key = Key()
    assert believed(example, signed(key), key) == "msg_1"


def test_the_headers_are_those_of_the_standards() -> None:
    headers = signed(Key())
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert headers["content-digest"] == f"sha-256=:{digest}:"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["signature-input"] == (
        'sig1=("@method" "@target-uri" "content-type" "content-digest" "webhook-id"'
        f' "webhook-timestamp");created={int(NOW.timestamp())};keyid="key-1"'
        ';alg="ecdsa-p256-sha256";tag="zero-run-webhook"'
    )
    assert headers["signature"].startswith("sig1=:")
    assert len(base64.b64decode(headers["signature"][6:-1])) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"url": "https://other.example/hooks?of=us"},
        {"url": URL + "&more=1"},
        {"seconds": 301},
        {"seconds": -301},
    ],
)
def test_whatever_is_changed_is_not_believed(example: ModuleType, change: dict[str, Any]) -> None:
    key = Key()
    assert believed(example, signed(key), key, **change) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", "1795420801"),
        ("content-type", "text/plain"),
        ("content-digest", "sha-256=:AAAA:"),
        ("signature", "sig1=:AAAA:"),
        ("signature", ""),
        ("signature-input", 'sig1=();created=1;keyid="key-1"'),
        ("signature-input", ""),
    ],
)
def test_a_header_that_was_changed_is_not_believed(
    example: ModuleType, name: str, value: str
) -> None:
    key = Key()
    assert believed(example, {**signed(key), name: value}, key) is None


def test_another_key_is_not_believed(example: ModuleType) -> None:
    assert believed(example, signed(Key()), Key()) is None
    assert believed(example, signed(Key(kid="unknown")), Key()) is None


def test_our_rings_keys_sign_as_the_standard_wants(example: ModuleType) -> None:
    kid, material = generate_signing()
    ring_key = load_signing(KeyRecord(kid=kid, material=material, created_at=NOW, active_from=NOW))
    headers = signed_headers(url=URL, body=BODY, message_id="msg_1", now=NOW, key=ring_key)
    jwks = {"keys": [{**write_public_key(ring_key.public), "kid": kid}]}
    now = int(NOW.timestamp())
    found = example.verified_id(url=URL, headers=headers, body=BODY, jwks=jwks, now=now)
    assert found == "msg_1"

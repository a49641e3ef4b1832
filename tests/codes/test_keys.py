"""Keys as they are published, named and proven."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from app.core.jose.thumbprint import thumbprint
from codes.credential import is_proven, prove
from codes.errors import MalformedError
from codes.keys import (
    IssuerKeys,
    alias_of,
    base64url,
    key_id,
    point_of,
    read_base64url,
    read_point,
    signer_of,
    verifies,
)
from tests.codes.steps import fixed_key

KEY = fixed_key(5)
POINT = point_of(KEY.public_key())
JWK: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))


def test_a_published_key_is_found_by_its_id() -> None:
    found = IssuerKeys.read({"keys": [{**JWK, "kid": "any", "use": "sig"}]})
    assert point_of(found.by_id[key_id(KEY.public_key())]) == POINT


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": {}},
        {"keys": ["text"]},
        {"keys": [{**JWK, "crv": "P-384"}]},
        {"keys": [{**JWK, "kty": "RSA"}]},
        {"keys": [{**JWK, "d": "AA"}]},
        {"keys": [{**JWK, "x": "AA"}]},
        {"keys": [{**JWK, "x": JWK["y"]}]},
        {"keys": [{**JWK, "x": "!"}]},
        {"keys": [{"kty": "EC", "crv": "P-256"}]},
    ],
    ids=range(10),
)
def test_what_is_no_set_of_public_keys_is_refused(jwks: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        IssuerKeys.read(jwks)


def test_a_key_is_named_by_the_beginning_of_its_thumbprint() -> None:
    """As its publisher names it in the set (RFC 7638)."""
    assert key_id(KEY.public_key()) == read_base64url(thumbprint(JWK))[:8]


def test_a_point_comes_back() -> None:
    assert point_of(read_point(POINT)) == POINT
    assert len(alias_of(POINT)) == 16


def test_base64url_has_one_spelling() -> None:
    assert read_base64url(base64url(b"\x00\xff")) == b"\x00\xff"
    for text in ("AP9", "AP8=", "A P8", "A"):
        with pytest.raises(MalformedError):
            read_base64url(text)


def test_possession_is_proven_to_one_device_only() -> None:
    proof = prove(POINT, device="phone", signer=signer_of(KEY))
    assert is_proven(POINT, proof, device="phone")
    assert not is_proven(POINT, proof, device="another")
    assert not is_proven(point_of(fixed_key(6).public_key()), proof, device="phone")
    assert not is_proven(POINT, b"short", device="phone")


def test_a_signature_of_nothing_verifies_nothing() -> None:
    assert not verifies(KEY.public_key(), bytes(64), b"")

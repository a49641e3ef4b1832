from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import read_public_key, write_public_key
from app.core.jose.thumbprint import thumbprint
from tests.app.core.jose.builders import ABSENT, Sender, b64, changed


def refusal(jwk: object, algorithm: str = "ES256") -> Reason:
    with pytest.raises(JoseRefused) as caught:
        read_public_key(jwk, algorithm=algorithm)
    return caught.value.reason


def test_a_key_survives_being_written_and_read() -> None:
    public = Sender().private.public_key()
    assert read_public_key(write_public_key(public), algorithm="ES256") == public


@pytest.mark.parametrize(
    "extra", [{"use": "sig"}, {"key_ops": ["verify"]}, {"alg": "ES256"}, {"kid": "any", "x-y": 1}]
)
def test_members_that_fit_are_accepted(extra: dict[str, Any]) -> None:
    jwk = Sender().jwk
    assert write_public_key(read_public_key(jwk | extra, algorithm="ES256")) == jwk


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"use": None},
        {"key_ops": ["sign"]},
        {"key_ops": ["verify", "verify"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "ES384"},
        {"alg": "HS256"},
        {"kty": "RSA"},
        {"kty": ABSENT},
        {"crv": "P-384"},
        {"crv": ["P-256"]},
        {"x": ABSENT},
        {"y": 7},
        {"x": b64(bytes(32)), "y": b64(bytes(32))},
        {"x": b64(b"\xff" * 32)},
        {"x": b64(b"\x01" * 31)},
        {"y": b64(b"\x01" * 33)},
        {"x": "*" * 43},
        {"x": "A"},
        {"x": "é" * 43},
    ],
)
def test_a_key_that_is_not_for_this_is_refused(change: dict[str, Any]) -> None:
    assert refusal(changed(Sender().jwk, change)) is Reason.KEY


def test_a_coordinate_with_stray_bits_is_refused() -> None:
    jwk = Sender().jwk
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    jwk["x"] = jwk["x"][:-1] + alphabet[alphabet.index(jwk["x"][-1]) + 1]
    assert refusal(jwk) is Reason.KEY


def test_a_coordinate_without_its_leading_zeros_is_refused() -> None:
    senders = (Sender() for _ in range(20_000))
    jwk = next(s.jwk for s in senders if s.private.public_key().public_numbers().x < 1 << 248)
    number = read_public_key(jwk, algorithm="ES256").public_numbers().x
    assert refusal(jwk | {"x": b64(number.to_bytes(31, "big"))}) is Reason.KEY


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_member_is_refused(name: str) -> None:
    assert refusal(Sender().jwk | {name: "AA"}) is Reason.PRIVATE_KEY


@pytest.mark.parametrize("bits", [1024, 2048])
def test_an_rsa_key_of_any_size_is_refused(bits: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    assert refusal(RSAAlgorithm.to_jwk(key, as_dict=True)) is Reason.KEY


@pytest.mark.parametrize("algorithm", ["", "none", "HS256", "RS256", "ES384"])
def test_an_algorithm_that_is_not_supported_has_no_keys(algorithm: str) -> None:
    assert refusal(Sender().jwk, algorithm) is Reason.ALGORITHM


# RFC 7638 §3.1, RFC 8037 §A.3 and RFC 9449 §6.1.
RFC7638_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
    "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
    "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
    "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)


@pytest.mark.parametrize(
    ("jwk", "expected"),
    [
        (
            {"kty": "RSA", "n": RFC7638_N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"},
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        ),
        (
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            },
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        ),
        (
            {
                "kty": "EC",
                "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
                "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
                "crv": "P-256",
            },
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        ),
    ],
)
def test_thumbprints_are_those_of_the_standards(jwk: dict[str, str], expected: str) -> None:
    assert thumbprint(jwk) == expected


@pytest.mark.parametrize(
    "jwk",
    [{}, {"kty": "oct", "k": "AA"}, {"kty": "EC", "x": "AA"}, {"kty": "OKP", "crv": "", "x": "AA"}],
)
def test_what_is_no_public_key_has_no_thumbprint(jwk: dict[str, str]) -> None:
    with pytest.raises(JoseRefused) as caught:
        thumbprint(jwk)
    assert caught.value.reason is Reason.KEY

"""Proof of possession as it is seen over HTTP (RFC 9449 §4.3, §5, §7)."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm
from werkzeug.test import TestResponse

from tests.app.device import Device, base64url, new_key, public_jwk
from tests.app.identity.tokens import TOKEN, altered, code_form, new_code, unsigned
from tests.app.world import World
from tests.fakes import FakeClock

ME = "/v1/me"


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()


def me(phone: Device, *proofs: str, scheme: str = "DPoP", name: str = "DPoP") -> TestResponse:
    """GET /v1/me with exactly these proofs."""
    headers = [("Authorization", f"{scheme} {phone.token}"), *((name, proof) for proof in proofs)]
    return phone.client.get(ME, headers=headers)


def proof_of(phone: Device, key: Any, *, alg: str = "ES256", **header: Any) -> str:
    """The proof `phone` would send, with this key and header; None removes a member."""
    claims = jwt.decode(phone.proof("GET", ME), options={"verify_signature": False})
    members = {"typ": "dpop+jwt", "jwk": public_jwk(phone.key), **header}
    kept = {k: v for k, v in members.items() if v is not None}
    return jwt.encode(claims, key, algorithm=alg, headers=kept)


def is_refused_proof(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "INVALID_DPOP_PROOF")
    assert answer.json["error"] == "invalid_dpop_proof"
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge == 'DPoP error="invalid_dpop_proof", algs="ES256"'


def is_refused_token(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "INVALID_TOKEN")
    assert answer.headers["WWW-Authenticate"] == 'DPoP error="invalid_token", algs="ES256"'


def test_names_may_be_written_in_any_case(phone: Device) -> None:
    for name in ("DPoP", "DPOP", "dpop"):
        answer = me(phone, phone.proof("GET", ME), name=name, scheme=name)
        assert answer.status_code == 200


def test_no_proof_is_no_proof(phone: Device) -> None:
    is_refused_proof(me(phone))


def test_two_proofs_are_none_even_if_both_are_good(phone: Device) -> None:
    is_refused_proof(me(phone, phone.proof("GET", ME), phone.proof("GET", ME)))


def test_what_is_no_jws_is_no_proof(phone: Device) -> None:
    for text in ("", "proof", "a.b.c", "..", "é", "x" * 9000):
        is_refused_proof(me(phone, text))


OTHER_CLAIMS: tuple[dict[str, Any], ...] = (
    {"htm": "POST"},
    {"htm": "get"},
    {"htm": None},
    {"htu": None},
    {"htu": "http://127.0.0.1:8000/v1/me/accesses"},
    {"htu": "http://127.0.0.1:8001/v1/me"},
    {"htu": "https://127.0.0.1:8000/v1/me"},
    {"htu": "https://evil.example/v1/me"},
    {"htu": "/v1/me"},
    {"jti": None},
    {"jti": ""},
    {"jti": 7},
    {"jti": "x" * 300},
    {"iat": None},
    {"iat": "1"},
    {"iat": True},
    {"iat": 1},
    {"iat": 9_999_999_999},
)


def test_a_proof_for_another_request_is_refused(phone: Device) -> None:
    for claims in OTHER_CLAIMS:
        is_refused_proof(me(phone, phone.proof("GET", ME, **claims)))


def test_a_proof_from_another_time_is_refused(phone: Device, clock: FakeClock) -> None:
    now = int(clock.now().timestamp())
    for seconds in (-3600, -61, 61, 3600):
        is_refused_proof(me(phone, phone.proof("GET", ME, iat=now + seconds)))


def test_clocks_may_differ_by_a_minute(phone: Device, clock: FakeClock) -> None:
    now = int(clock.now().timestamp())
    for seconds in (-60, 0, 60):
        assert me(phone, phone.proof("GET", ME, iat=now + seconds)).status_code == 200


def test_an_address_may_be_written_in_many_ways(phone: Device) -> None:
    for htu in (
        "http://127.0.0.1:8000/v1/me?x=1",
        "http://127.0.0.1:8000/v1/me#top",
        "HTTP://127.0.0.1:8000/v1/%6De",
        "http://127.0.0.1:8000/v1/./x/../me",
    ):
        assert me(phone, phone.proof("GET", ME, htu=htu)).status_code == 200


def test_the_hosts_name_in_the_request_decides_nothing(phone: Device) -> None:
    elsewhere = phone.proof("GET", ME, htu="http://evil.example/v1/me")
    headers = {"DPoP": elsewhere, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    is_refused_proof(phone.get(ME, headers=headers))


def test_a_proof_counts_once(phone: Device) -> None:
    proof = phone.proof("GET", ME)
    assert me(phone, proof).status_code == 200
    is_refused_proof(me(phone, proof))


def test_the_same_jti_by_another_key_is_another_proof(world: World, phone: Device) -> None:
    other, jti = world.citizen(), secrets.token_urlsafe()
    assert me(phone, phone.proof("GET", ME, jti=jti)).status_code == 200
    assert me(other, other.proof("GET", ME, jti=jti)).status_code == 200


def test_a_proof_for_another_token_does_not_carry_this_one(phone: Device) -> None:
    for ath in (None, "", "x", base64url(b"\0" * 32), 7):
        is_refused_token(me(phone, phone.proof("GET", ME, ath=ath)))


def test_a_stolen_token_is_worthless_with_another_key(world: World, phone: Device) -> None:
    thief = world.phone()
    thief.token = phone.token
    is_refused_token(thief.get(ME))


def test_a_bound_token_is_refused_as_a_bearers(phone: Device) -> None:
    is_refused_token(me(phone, phone.proof("GET", ME), scheme="Bearer"))
    is_refused_token(me(phone, scheme="Bearer"))


def test_a_proof_alone_admits_nobody(phone: Device) -> None:
    is_refused_token(phone.client.get(ME, headers={"DPoP": phone.proof("GET", ME)}))
    for authorization in ("", "DPoP", "DPoP ", "DPoP a b", "Basic dTpw"):
        headers = {"DPoP": phone.proof("GET", ME), "Authorization": authorization}
        is_refused_token(phone.client.get(ME, headers=headers))


def test_two_tokens_are_none(phone: Device) -> None:
    both = [("Authorization", f"DPoP {phone.token}")] * 2
    is_refused_token(phone.client.get(ME, headers=[*both, ("DPoP", phone.proof("GET", ME))]))


def test_the_key_in_the_proof_is_not_believed_unsigned(phone: Device) -> None:
    """What a known issuer did: take the key from the header and check nothing."""
    forged = proof_of(phone, new_key())  # names the phone's key, signed by another
    is_refused_proof(me(phone, forged))
    is_refused_proof(me(phone, unsigned(phone.proof("GET", ME))))
    is_refused_proof(me(phone, altered(phone.proof("GET", ME), jti="another")))


OTHER_HEADERS: tuple[dict[str, Any], ...] = (
    {"typ": None},
    {"typ": "JWT"},
    {"typ": "at+jwt"},
    {"typ": "DPOP+jwt"},
    {"jwk": None},
    {"jwk": "key"},
    {"jwk": {"kty": "oct", "k": "AAAA"}},
    {"jku": "https://evil.example/jwks"},
    {"x5u": "https://evil.example/c.pem"},
    {"crit": ["exp"]},
)


def test_a_header_that_asks_for_trust_is_refused(phone: Device) -> None:
    for header in OTHER_HEADERS:
        is_refused_proof(me(phone, proof_of(phone, phone.key, **header)))


def test_a_private_key_in_the_proof_is_refused(phone: Device) -> None:
    private = ECAlgorithm.to_jwk(phone.key, as_dict=True)
    is_refused_proof(me(phone, proof_of(phone, phone.key, jwk=private)))


def test_only_es256_is_in_use(phone: Device) -> None:
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    p384 = ec.generate_private_key(ec.SECP384R1())
    for proof in (
        proof_of(phone, rsa_key, alg="RS256"),
        proof_of(phone, p384, alg="ES384"),
        proof_of(phone, "a secret both sides would have to know", alg="HS256"),
    ):
        is_refused_proof(me(phone, proof))


def test_at_the_token_endpoint_a_refused_proof_is_a_400(world: World) -> None:
    phone = world.phone()
    form = code_form(new_code(world, phone))
    for headers in ({}, {"DPoP": phone.proof("GET", TOKEN)}, {"DPoP": "nonsense"}):
        answer = phone.client.post(TOKEN, data=form, headers=headers)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_dpop_proof")
        assert "WWW-Authenticate" not in answer.headers
    assert phone.form(TOKEN, form).status_code == 200  # and nothing was spent


def test_no_endpoint_of_oauth_forgets_the_proof(phone: Device) -> None:
    for path in (TOKEN, "/oauth/introspect", "/oauth/revoke"):
        answer = phone.client.post(path, data={"token": phone.token or ""})
        assert answer.json["code"] == "INVALID_DPOP_PROOF"
    assert phone.get(ME).status_code == 200

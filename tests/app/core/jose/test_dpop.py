"""RFC 9449: every check of a proof, in the order of the checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from app.core.jose.dpop import DpopVerifier, Proof, access_token_hash
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.thumbprint import thumbprint
from tests.app.core.jose.builders import ABSENT, NOON, URL, MemoryReplay, Sender, SetClock, b64

ES256 = frozenset({"ES256"})
TOKEN = "an.access.token"


def verifier(moment: datetime = NOON, **changes: Any) -> DpopVerifier:
    settings: dict[str, Any] = {
        "clock": SetClock(moment),
        "replay": MemoryReplay(),
        "algorithms": ES256,
    }
    return DpopVerifier(**(settings | changes))


def check(proof: str, **changes: Any) -> Proof:
    return verifier().check([proof], **({"method": "POST", "url": URL} | changes))


def refusal(headers: str | Sequence[str], *, by: DpopVerifier | None = None, **more: Any) -> Reason:
    sent = [headers] if isinstance(headers, str) else headers
    with pytest.raises(JoseRefused) as caught:
        (by or verifier()).check(sent, **({"method": "POST", "url": URL} | more))
    return caught.value.reason


@pytest.fixture(name="phone")
def a_phone() -> Sender:
    return Sender()


# RFC 9449 §4.1 (figure 2), §5 (figure 7) and §7.1 (figure 13), each checked at its own `iat`.
RFC_HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoU"
    "klDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWc"
    "lUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
RFC_TOKEN_PROOF = (
    f"{RFC_HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmV"
    "yLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUv"
    "wnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
RFC_REFRESH_PROOF = (
    f"{RFC_HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmV"
    "yLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY1Mjk2fQ.pAqut2IRDm_De6PR93SYmGBPXpwrAk90e8cP2hjia"
    "G5QsGSuKDYW7_X620BxqhvYC8ynrrvZLTk41mSRroapUA"
)
RFC_RESOURCE_PROOF = (
    f"{RFC_HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJ"
    "jZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0R"
    "aNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6"
    "pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC_ACCESS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
RFC_JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


@pytest.mark.parametrize(
    ("proof", "iat"), [(RFC_TOKEN_PROOF, 1562262616), (RFC_REFRESH_PROOF, 1562265296)]
)
def test_the_rfcs_token_request_proofs_are_accepted(proof: str, iat: int) -> None:
    moment = datetime.fromtimestamp(iat, UTC)
    accepted = verifier(moment).check(
        [proof], method="POST", url="https://server.example.com/token"
    )
    assert accepted == Proof(thumbprint=RFC_JKT, jti="-BwC3ESc6acc2lTc", issued_at=moment)


def test_the_rfcs_resource_request_proof_is_accepted_with_its_token() -> None:
    moment = datetime.fromtimestamp(1562262618, UTC)
    accepted = verifier(moment).check(
        [RFC_RESOURCE_PROOF],
        method="GET",
        url="https://resource.example.org/protectedresource",
        access_token=RFC_ACCESS_TOKEN,
        expected_thumbprint=RFC_JKT,
    )
    assert accepted == Proof(thumbprint=RFC_JKT, jti="e1j3V_bKic8-LAEB", issued_at=moment)


def test_the_rfcs_resource_proof_is_refused_with_another_token() -> None:
    by = verifier(datetime.fromtimestamp(1562262618, UTC))
    more = {"method": "GET", "url": "https://resource.example.org/protectedresource"}
    reason = refusal(
        RFC_RESOURCE_PROOF, by=by, access_token="other", expected_thumbprint=RFC_JKT, **more
    )
    assert reason is Reason.ACCESS_TOKEN_HASH


def test_a_good_proof_tells_whose_key_it_is(phone: Sender) -> None:
    assert check(phone.proof()) == Proof(
        thumbprint=thumbprint(phone.jwk), jti="proof-1", issued_at=NOON
    )


# 1. one header
@pytest.mark.parametrize("count", [0, 2])
def test_one_header_and_no_other_number(phone: Sender, count: int) -> None:
    assert refusal([phone.proof()] * count) is Reason.HEADER_COUNT


def test_two_headers_joined_by_a_server_are_refused(phone: Sender) -> None:
    assert refusal(f"{phone.proof()}, {phone.proof(jti='2')}") is Reason.MALFORMED


# 2. a compact JWS
@pytest.mark.parametrize("text", ["", "proof", "a.b", "a.b.c.d", "a..c", "é.b.c", "a.b.c\n"])
def test_what_is_no_compact_jws_is_refused(text: str) -> None:
    assert refusal(text) is Reason.MALFORMED


def test_json_serialisation_is_refused(phone: Sender) -> None:
    header, payload, signature = phone.proof().split(".")
    flat = {"protected": header, "payload": payload, "signature": signature}
    assert refusal(json.dumps(flat)) is Reason.MALFORMED


def test_a_proof_may_be_as_long_as_the_limit_and_no_longer(phone: Sender) -> None:
    proof = phone.proof(jti="x" * 256)
    limit = len(proof)
    exact = verifier(max_bytes=limit).check([proof], method="POST", url=URL)
    assert exact.jti == "x" * 256
    assert refusal(proof, by=verifier(max_bytes=limit - 1)) is Reason.TOO_LARGE


def test_an_oversize_proof_is_refused_before_it_is_read(phone: Sender) -> None:
    assert refusal(phone.proof(pad="x" * 8192)) is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "crit", "b64"])
def test_a_header_that_points_elsewhere_or_extends_is_refused(phone: Sender, name: str) -> None:
    assert refusal(phone.proof(header={name: ["b64"]})) is Reason.HEADER_MEMBER


def test_a_repeated_header_member_is_refused(phone: Sender) -> None:
    jwk = json.dumps(phone.jwk)
    header = f'{{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":{jwk}}}'
    assert refusal(phone.jws(header.encode(), {})) is Reason.DUPLICATE_MEMBER


def test_a_member_repeated_inside_the_key_is_refused(phone: Sender) -> None:
    jwk = json.dumps(phone.jwk)[:-1] + ',"crv":"P-256"}'
    header = f'{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}'
    assert refusal(phone.jws(header.encode(), {})) is Reason.DUPLICATE_MEMBER


def test_a_repeated_claim_is_refused(phone: Sender) -> None:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": phone.jwk}
    payload = f'{{"jti":"1","htm":"GET","htm":"POST","htu":"{URL}","iat":0}}'
    assert refusal(phone.jws(header, payload.encode())) is Reason.DUPLICATE_MEMBER


# 3. typ
@pytest.mark.parametrize("typ", [ABSENT, "JWT", "DPOP+JWT", "application/dpop+jwt", "", None, 1])
def test_any_other_type_is_refused(phone: Sender, typ: Any) -> None:
    assert refusal(phone.proof(header={"typ": typ})) is Reason.TYPE


# 4. alg
@pytest.mark.parametrize(
    "alg", [ABSENT, "none", "None", "HS256", "RS256", "PS256", "ES384", "ES256K", "es256", []]
)
def test_any_other_algorithm_is_refused(phone: Sender, alg: Any) -> None:
    assert refusal(phone.proof(header={"alg": alg})) is Reason.ALGORITHM


def test_a_proof_signed_by_an_rsa_key_is_refused() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header = {"typ": "dpop+jwt", "jwk": RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)}
    proof = jwt.encode({"jti": "1"}, key, algorithm="RS256", headers=header)
    assert refusal(proof) is Reason.ALGORITHM


def test_an_unsigned_proof_is_refused(phone: Sender) -> None:
    header, payload, _ = phone.proof(header={"alg": "none"}).split(".")
    assert refusal(f"{header}.{payload}.") is Reason.MALFORMED
    assert refusal(f"{header}.{payload}.AA") is Reason.ALGORITHM


def test_an_empty_list_of_algorithms_refuses_every_proof(phone: Sender) -> None:
    by = verifier(algorithms=frozenset())
    assert refusal(phone.proof(), by=by) is Reason.ALGORITHM


def test_no_setting_allows_a_symmetric_algorithm(phone: Sender) -> None:
    by = verifier(algorithms=frozenset({"HS256", "none"}))
    assert refusal(phone.proof(header={"alg": "HS256"}), by=by) is Reason.ALGORITHM


# 5. jwk
@pytest.mark.parametrize("jwk", [ABSENT, None, "key", [], {}, {"kty": "EC"}])
def test_a_proof_without_a_key_is_refused(phone: Sender, jwk: Any) -> None:
    assert refusal(phone.proof(header={"jwk": jwk})) is Reason.KEY


def test_a_private_key_is_refused(phone: Sender) -> None:
    assert refusal(phone.proof(header={"jwk": phone.private_jwk})) is Reason.PRIVATE_KEY


def test_a_symmetric_key_is_refused(phone: Sender) -> None:
    jwk = {"kty": "oct", "k": b64(b"k" * 32)}
    assert refusal(phone.proof(header={"jwk": jwk})) is Reason.PRIVATE_KEY


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1(), ec.SECP192R1()])
def test_a_key_on_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    sender = Sender(curve)
    for name in ("P-256", "P-384", "secp256k1"):
        jwk = sender.jwk | {"crv": name}
        assert refusal(sender.proof(header={"jwk": jwk})) is Reason.KEY


# 6. signature
def test_a_proof_signed_by_another_key_is_refused(phone: Sender) -> None:
    assert refusal(Sender().proof(header={"jwk": phone.jwk})) is Reason.SIGNATURE


@pytest.mark.parametrize("part", [1, 2])
def test_a_tampered_proof_is_refused(phone: Sender, part: int) -> None:
    parts = phone.proof().split(".")
    parts[part] = ("A" if parts[part][4] != "A" else "B").join((parts[part][:4], parts[part][5:]))
    assert refusal(".".join(parts)) is Reason.SIGNATURE


@pytest.mark.parametrize("raw", [bytes(64), b"\x01" * 63, b"\x01" * 65])
def test_a_made_up_signature_is_refused(phone: Sender, raw: bytes) -> None:
    head = phone.proof().rpartition(".")[0]
    assert refusal(f"{head}.{b64(raw)}") is Reason.SIGNATURE


def test_the_public_key_as_a_secret_signs_nothing(phone: Sender) -> None:
    secret = hashlib.sha256(json.dumps(phone.jwk).encode()).digest()
    headers = {"typ": "dpop+jwt", "jwk": phone.jwk}
    proof = jwt.encode({"jti": "1"}, secret, algorithm="HS256", headers=headers)
    assert refusal(proof) is Reason.ALGORITHM


# 7-11. claims
@pytest.mark.parametrize("name", ["htm", "htu", "iat", "jti"])
def test_each_claim_must_be_there(phone: Sender, name: str) -> None:
    assert refusal(phone.proof(**{name: ABSENT})) is Reason.CLAIM_MISSING


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("htm", 1),
        ("htu", ["x"]),
        ("iat", "0"),
        ("iat", True),
        ("iat", -1),
        ("iat", 10**400),
        ("iat", None),
        ("jti", ""),
        ("jti", {}),
        ("jti", "x" * 257),
    ],
)
def test_each_claim_must_be_of_its_type(phone: Sender, name: str, value: Any) -> None:
    assert refusal(phone.proof(**{name: value})) is Reason.CLAIM_TYPE


@pytest.mark.parametrize("htm", ["GET", "post", "POST "])
def test_a_proof_for_another_method_is_refused(phone: Sender, htm: str) -> None:
    assert refusal(phone.proof(htm=htm)) is Reason.METHOD


@pytest.mark.parametrize(
    "htu",
    [
        f"{URL}?q=1",
        f"{URL}#part",
        "HTTPS://ID.example.org:443/oauth/token",
        "https://id.example.org/x/../oauth/%74oken",
    ],
)
def test_an_address_is_the_same_however_it_is_written(phone: Sender, htu: str) -> None:
    assert check(phone.proof(htu=htu), url=f"{URL}?other=2").jti == "proof-1"


@pytest.mark.parametrize(
    "htu",
    [
        "http://id.example.org/oauth/token",
        "https://id.example.org/oauth/token/",
        "https://id.example.org/oauth/revoke",
        "https://other.example.org/oauth/token",
        "https://id.example.org:8443/oauth/token",
        "https://id.example.org@evil.example/oauth/token",
        "/oauth/token",
        "https://id.example.org/oauth/Token",
    ],
)
def test_a_proof_for_another_address_is_refused(phone: Sender, htu: str) -> None:
    assert refusal(phone.proof(htu=htu)) is Reason.TARGET


@pytest.mark.parametrize("offset", [-60, -1, 0, 0.5, 60])
def test_a_proof_made_within_a_minute_is_fresh(phone: Sender, offset: float) -> None:
    iat = NOON.timestamp() + offset
    assert check(phone.proof(iat=iat)).issued_at == NOON + timedelta(seconds=offset)


@pytest.mark.parametrize("offset", [-3600, -61, 61, 3600])
def test_a_proof_from_outside_the_window_is_refused(phone: Sender, offset: int) -> None:
    assert refusal(phone.proof(iat=int(NOON.timestamp()) + offset)) is Reason.NOT_FRESH


@pytest.mark.parametrize("nonce", ["n-1", "n-2"])
def test_a_demanded_nonce_may_be_any_in_force(phone: Sender, nonce: str) -> None:
    assert check(phone.proof(nonce=nonce), nonces=frozenset({"n-1", "n-2"})).jti == "proof-1"


@pytest.mark.parametrize("nonce", [ABSENT, "old", "", 1, "non-\u4e2d"])
def test_a_demanded_nonce_must_be_there(phone: Sender, nonce: Any) -> None:
    assert refusal(phone.proof(nonce=nonce), nonces=frozenset({"n-1"})) is Reason.NONCE


def test_where_no_nonce_is_in_force_but_one_demanded_all_are_refused(phone: Sender) -> None:
    assert refusal(phone.proof(nonce="n-1"), nonces=frozenset()) is Reason.NONCE


def test_a_proof_counts_once(phone: Sender) -> None:
    by = verifier()
    by.check([phone.proof()], method="POST", url=URL)
    assert refusal(phone.proof(), by=by) is Reason.REPLAYED


def test_nobody_can_use_up_anothers_proof(phone: Sender) -> None:
    by = verifier()
    by.check([phone.proof()], method="POST", url=URL)
    assert by.check([Sender().proof()], method="POST", url=URL).jti == "proof-1"


def test_a_proof_is_remembered_for_as_long_as_it_stays_fresh(phone: Sender) -> None:
    replay = MemoryReplay()
    verifier(replay=replay).check([phone.proof()], method="POST", url=URL)
    assert list(replay.claimed.values()) == [timedelta(seconds=121)]


def test_a_refused_proof_leaves_nothing_behind(phone: Sender) -> None:
    replay = MemoryReplay()
    refusal(phone.proof(htm="GET"), by=verifier(replay=replay))
    assert replay.claimed == {}


# 12. ath
@pytest.mark.parametrize("ath", [ABSENT, access_token_hash("other"), TOKEN, "", 1])
def test_a_proof_for_another_token_is_refused(phone: Sender, ath: Any) -> None:
    reason = refusal(
        phone.proof(ath=ath), access_token=TOKEN, expected_thumbprint=thumbprint(phone.jwk)
    )
    assert reason is Reason.ACCESS_TOKEN_HASH


def test_a_proof_for_this_token_by_its_key_is_accepted(phone: Sender) -> None:
    key = thumbprint(phone.jwk)
    proof = phone.proof(ath=access_token_hash(TOKEN))
    assert check(proof, access_token=TOKEN, expected_thumbprint=key).thumbprint == key


# 13. the expected key
@pytest.mark.parametrize(
    "expected", [thumbprint(Sender().jwk), "", None], ids=["another", "empty", "none"]
)
def test_a_token_of_another_key_or_of_none_is_refused(phone: Sender, expected: str | None) -> None:
    proof = phone.proof(ath=access_token_hash(TOKEN))
    reason = refusal(proof, access_token=TOKEN, expected_thumbprint=expected)
    assert reason is Reason.KEY_BINDING


@pytest.mark.parametrize("expected", [thumbprint(Sender().jwk), ""], ids=["another", "empty"])
def test_a_session_of_another_key_is_refused(phone: Sender, expected: str) -> None:
    assert refusal(phone.proof(), expected_thumbprint=expected) is Reason.KEY_BINDING

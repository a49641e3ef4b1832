import base64
import hashlib

import jwt
import pytest

from sandbox.phone.dpop import Prover
from sandbox.phone.keys import DeviceKey

NOW = 1_790_000_000
URL = "http://127.0.0.1:8000/v1/me"


@pytest.fixture
def prover(key: DeviceKey) -> Prover:
    return Prover(key=key, clock=lambda: NOW + 0.9)


def opened(proof: str) -> dict[str, object]:
    """Verify with PyJWT by the key in the proof's own header, as a server must."""
    public = jwt.PyJWK(jwt.get_unverified_header(proof)["jwk"], "ES256")
    options: dict[str, object] = {"verify_iat": False}
    claims: dict[str, object] = jwt.decode(proof, public, algorithms=["ES256"], options=options)  # type: ignore[arg-type]
    return claims


def test_a_proof_verifies_and_names_the_request(prover: Prover) -> None:
    claims = opened(prover.proof("GET", URL))
    assert (claims["htm"], claims["htu"], claims["iat"]) == ("GET", URL, NOW)
    assert set(claims) == {"jti", "htm", "htu", "iat"}


def test_the_header_is_what_rfc_9449_asks(prover: Prover, key: DeviceKey) -> None:
    header = jwt.get_unverified_header(prover.proof("GET", URL))
    assert header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk()}


def test_the_target_goes_without_query_and_fragment(prover: Prover) -> None:
    assert opened(prover.proof("GET", URL + "?a=1#b"))["htu"] == URL


def test_a_proof_beside_a_token_is_bound_to_it(prover: Prover) -> None:
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"token").digest()).decode().rstrip("=")
    assert opened(prover.proof("GET", URL, access_token="token"))["ath"] == digest


def test_no_two_proofs_share_their_id(prover: Prover) -> None:
    assert len({opened(prover.proof("GET", URL))["jti"] for _ in range(20)}) == 20


def test_another_key_does_not_open_it(prover: Prover) -> None:
    public = DeviceKey.generate().private.public_key()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(prover.proof("GET", URL), public, algorithms=["ES256"])

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import Token, TokenPolicy, sign_token, verify_token
from tests.app.core.jose.builders import ABSENT, ISSUER, NOON, OneKeyRing, Sender, b64

POLICY = TokenPolicy(
    typ="at+jwt",
    algorithms=frozenset({"ES256"}),
    issuer=ISSUER,
    audience=f"{ISSUER}/v1",
    required=frozenset({"sub"}),
)
AT = int(NOON.timestamp())


@pytest.fixture(name="server")
def a_server() -> Sender:
    return Sender()


def verify(text: str, server: Sender, policy: TokenPolicy = POLICY) -> Token:
    return verify_token(text, policy=policy, ring=OneKeyRing(server), now=NOON)


def refusal(text: str, server: Sender, policy: TokenPolicy = POLICY) -> Reason:
    with pytest.raises(JoseRefused) as caught:
        verify(text, server, policy)
    return caught.value.reason


def test_a_token_made_here_is_accepted_here(server: Sender) -> None:
    claims = {"iss": ISSUER, "aud": f"{ISSUER}/v1", "sub": "张", "exp": AT + 600, "iat": AT}
    token = verify(sign_token(claims, typ="at+jwt", key=server), server)
    assert (token.kid, dict(token.claims)) == ("key-1", claims)


def test_a_token_made_here_is_what_another_library_expects(server: Sender) -> None:
    text = sign_token({"exp": 4102444800, "aud": "a"}, typ="at+jwt", key=server)
    read = jwt.decode_complete(text, server.private.public_key(), ["ES256"], audience="a")
    assert read["header"] == {"typ": "at+jwt", "alg": "ES256", "kid": "key-1"}


def test_a_claim_without_json_form_is_not_signed(server: Sender) -> None:
    with pytest.raises(ValueError, match="JSON"):
        sign_token({"exp": float("nan")}, typ="at+jwt", key=server)


def test_the_claims_of_a_token_are_read_only_and_never_shown(server: Sender) -> None:
    token = verify(server.token(), server)
    with pytest.raises(TypeError):
        token.claims["sub"] = "other"
    assert "s-1" not in repr(token)


def test_the_empty_policy_refuses_a_token_that_is_right_in_all_else(server: Sender) -> None:
    assert refusal(server.token(), server, TokenPolicy()) is Reason.TYPE
    text = server.token(header={"typ": ""}, iss="", aud="")
    assert refusal(text, server, TokenPolicy(algorithms=frozenset({"ES256"}))) is Reason.TYPE


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (TokenPolicy(typ="at+jwt"), Reason.ALGORITHM),
        (TokenPolicy(typ="at+jwt", algorithms=frozenset({"ES256"})), Reason.ISSUER),
        (
            TokenPolicy(typ="at+jwt", algorithms=frozenset({"ES256"}), issuer=ISSUER),
            Reason.AUDIENCE,
        ),
    ],
)
def test_each_part_a_policy_leaves_empty_refuses(
    server: Sender, policy: TokenPolicy, reason: Reason
) -> None:
    text = server.token(iss=policy.issuer, aud=policy.audience)
    assert refusal(text, server, policy) is reason


@pytest.mark.parametrize("typ", [ABSENT, "JWT", "AT+JWT", "dpop+jwt", "application/at+jwt"])
def test_a_token_of_another_type_is_refused(server: Sender, typ: Any) -> None:
    assert refusal(server.token(header={"typ": typ}), server) is Reason.TYPE


@pytest.mark.parametrize("alg", [ABSENT, "none", "NONE", "HS256", "RS256", "ES512", 256])
def test_a_token_of_another_algorithm_is_refused(server: Sender, alg: Any) -> None:
    assert refusal(server.token(header={"alg": alg}), server) is Reason.ALGORITHM


@pytest.mark.parametrize("written", ["pem", "der", "jwk"])
def test_a_public_key_is_no_secret_to_sign_with(server: Sender, written: str) -> None:
    public = server.private.public_key()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    secret = {
        "pem": public.public_bytes(serialization.Encoding.PEM, info),
        "der": public.public_bytes(serialization.Encoding.DER, info),
        "jwk": json.dumps(server.jwk).encode(),
    }[written]
    header, payload, _ = server.token(header={"alg": "HS256"}).split(".")
    message = f"{header}.{payload}"
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        message.encode(), secret
    )
    policy = TokenPolicy(typ="at+jwt", algorithms=frozenset({"ES256", "HS256"}))
    assert refusal(f"{message}.{b64(signature)}", server, policy) is Reason.ALGORITHM


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c", "crit", "b64"])
def test_a_key_or_extension_from_the_sender_is_refused(server: Sender, name: str) -> None:
    thief = Sender()
    text = thief.token(header={name: thief.jwk})
    assert refusal(text, server) is Reason.HEADER_MEMBER


@pytest.mark.parametrize("kid", [ABSENT, "", "key-2", 1, None, ["key-1"], "../key-1"])
def test_a_token_must_name_a_key_of_the_ring(server: Sender, kid: Any) -> None:
    assert refusal(server.token(header={"kid": kid}), server) is Reason.KEY_ID


def test_a_token_by_another_key_under_our_id_is_refused(server: Sender) -> None:
    assert refusal(Sender().token(), server) is Reason.SIGNATURE


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP192R1(), ec.SECP256K1()])
def test_a_ring_with_a_key_on_another_curve_accepts_nothing(curve: ec.EllipticCurve) -> None:
    weak = Sender(curve)
    assert refusal(weak.token(), weak) is Reason.KEY


def test_a_tampered_payload_is_refused(server: Sender) -> None:
    header, _, signature = server.token().split(".")
    payload = server.token(sub="s-2").split(".")[1]
    assert refusal(f"{header}.{payload}.{signature}", server) is Reason.SIGNATURE


def test_a_second_spelling_of_the_same_signature_is_refused(server: Sender) -> None:
    text = server.token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes leave four unused bits in the last character.
    other = text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
    assert refusal(other, server) is Reason.SIGNATURE
    assert refusal(f"{text}==", server) is Reason.MALFORMED


def test_the_order_of_the_checks_does_not_read_claims_before_the_signature(server: Sender) -> None:
    header = {"typ": "at+jwt", "alg": "ES256", "kid": "key-1"}
    assert refusal(Sender().jws(header, b"not json"), server) is Reason.SIGNATURE
    assert refusal(server.jws(header, b"not json"), server) is Reason.MALFORMED


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "sub"])
def test_a_required_claim_must_be_there(server: Sender, name: str) -> None:
    assert refusal(server.token(**{name: ABSENT}), server) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("iss", [f"{ISSUER}/", "https://ID.example.org", "", None, [ISSUER]])
def test_a_token_of_another_issuer_is_refused(server: Sender, iss: Any) -> None:
    assert refusal(server.token(iss=iss), server) is Reason.ISSUER


@pytest.mark.parametrize("aud", [ISSUER, "", None, [], [f"{ISSUER}/v1", "other"], {}])
def test_a_token_for_another_audience_or_for_several_is_refused(server: Sender, aud: Any) -> None:
    assert refusal(server.token(aud=aud), server) is Reason.AUDIENCE


def test_a_list_of_one_audience_is_that_audience(server: Sender) -> None:
    assert verify(server.token(aud=[f"{ISSUER}/v1"]), server).kid == "key-1"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": AT}, Reason.EXPIRED),
        ({"exp": AT - 1}, Reason.EXPIRED),
        ({"nbf": AT + 1}, Reason.NOT_YET_VALID),
        ({"iat": AT + 1}, Reason.NOT_YET_VALID),
        ({"exp": "9999999999"}, Reason.CLAIM_TYPE),
        ({"exp": 10**30}, Reason.CLAIM_TYPE),
        ({"nbf": None}, Reason.CLAIM_TYPE),
        ({"iat": False}, Reason.CLAIM_TYPE),
    ],
)
def test_a_token_counts_only_in_its_time(
    server: Sender, claims: dict[str, Any], reason: Reason
) -> None:
    assert refusal(server.token(**claims), server) is reason


@pytest.mark.parametrize("claims", [{"exp": AT - 4}, {"nbf": AT + 5}, {"iat": AT + 5}])
def test_the_policys_leeway_bridges_two_clocks(server: Sender, claims: dict[str, Any]) -> None:
    policy = TokenPolicy(
        typ="at+jwt",
        algorithms=POLICY.algorithms,
        issuer=ISSUER,
        audience=POLICY.audience,
        leeway=timedelta(seconds=5),
    )
    assert verify(server.token(**claims), server, policy).kid == "key-1"
    assert refusal(server.token(exp=AT - 5), server, policy) is Reason.EXPIRED


def test_a_refusal_says_which_check_and_nothing_of_the_token(server: Sender) -> None:
    with pytest.raises(JoseRefused) as caught:
        verify(server.token(sub="secret-subject", iss="x"), server)
    assert str(caught.value) == "issuer"

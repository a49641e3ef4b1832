"""A wallet that does not hold the key, or proves it to somebody else, gets nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from app.credentials.service.nonces import LASTS
from tests.app.credentials.wallet import WalletApp, ready, refusal
from tests.app.device import Device, base64url, new_key, public_jwk
from tests.app.documents.people import members
from tests.app.world import World

INVALID_PROOF, INVALID_NONCE = (400, "invalid_proof"), (400, "invalid_nonce")


def private_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    private = key.private_numbers().private_value.to_bytes(32, "big")
    return {**public_jwk(key), "d": base64url(private)}


def by_secret(wallet: WalletApp, nonce: str) -> str:
    """HS256, the key sent along as an octet sequence."""
    claims = {"aud": wallet.issuer, "iat": wallet.now, "nonce": nonce}
    secret = b"s" * 32
    header = {"typ": "openid4vci-proof+jwt", "jwk": {"kty": "oct", "k": base64url(secret)}}
    return jwt.encode(claims, secret, "HS256", headers=header)


def unsigned(wallet: WalletApp, nonce: str) -> str:
    signed = wallet.proof(nonce)
    header = base64url(b'{"alg":"none","typ":"openid4vci-proof+jwt"}')
    return f"{header}.{signed.split('.')[1]}."


def other_curve(wallet: WalletApp, nonce: str) -> str:
    key = ec.generate_private_key(ec.SECP384R1())
    claims = {"aud": wallet.issuer, "iat": wallet.now, "nonce": nonce}
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    header = {"typ": "openid4vci-proof+jwt", "jwk": jwk}
    return jwt.encode(claims, key, "ES384", headers=header)


BAD: dict[str, Callable[[WalletApp, str], str]] = {
    "another key's signature": lambda w, n: w.proof(n, signed_by=new_key()),
    "another type": lambda w, n: w.proof(n, header={"typ": "JWT"}),
    "a DPoP proof": lambda w, n: w.proof(n, header={"typ": "dpop+jwt"}),
    "no type": lambda w, n: w.proof(n, header={"typ": None}),
    "no signature": unsigned,
    "a shared secret": by_secret,
    "another curve": other_curve,
    "no key": lambda w, n: w.proof(n, header={"jwk": None}),
    "a key by name only": lambda w, n: w.proof(n, header={"jwk": None, "kid": "did:jwk:e30#0"}),
    "a key and a name": lambda w, n: w.proof(n, header={"kid": "did:jwk:e30#0"}),
    "a key and a chain": lambda w, n: w.proof(n, header={"x5c": ["MIIB"]}),
    "a private key": lambda w, n: w.proof(n, header={"jwk": private_jwk(w.key)}),
    "a key by address": lambda w, n: w.proof(n, header={"jku": "https://elsewhere.example"}),
    "a chain by address": lambda w, n: w.proof(n, header={"x5u": "https://elsewhere.example"}),
    "an extension": lambda w, n: w.proof(n, header={"crit": ["exp"], "exp": 1}),
    "another audience": lambda w, n: w.proof(n, aud="https://elsewhere.example"),
    "two audiences": lambda w, n: w.proof(n, aud=[w.issuer, "https://elsewhere.example"]),
    "no audience": lambda w, n: w.proof(n, aud=None),
    "an old proof": lambda w, n: w.proof(n, iat=w.now - 301),
    "a proof from the future": lambda w, n: w.proof(n, iat=w.now + 61),
    "no time": lambda w, n: w.proof(n, iat=None),
    "a time that is none": lambda w, n: w.proof(n, iat="now"),
    "an end that has come": lambda w, n: w.proof(n, exp=w.now),
    "a beginning to come": lambda w, n: w.proof(n, nbf=w.now + 61),
    "a client that is none": lambda w, n: w.proof(n, iss="wallet"),
    "no nonce": lambda w, _: w.proof(None),
    "a nonce that is no text": lambda w, _: w.proof(7),
    "no JWT": lambda _, __: "proof",
    "nothing": lambda _, __: "",
    "too much": lambda w, n: w.proof(n, pad="x" * 9000),
}


def test_a_proof_that_is_wrong_in_any_way_is_refused_and_spends_nothing(
    wallet: WalletApp,
) -> None:
    nonce = wallet.nonce()
    found = {name: refusal(wallet.fetch([make(wallet, nonce)])) for name, make in BAD.items()}
    assert found == dict.fromkeys(BAD, INVALID_PROOF)
    assert wallet.fetch([wallet.proof(nonce)]).status_code == 200


def test_a_nonce_that_is_not_ours_or_over_is_refused(world: World, wallet: WalletApp) -> None:
    ours = wallet.nonce()
    raw = bytearray(base64.urlsafe_b64decode(ours + "=" * (-len(ours) % 4)))
    raw[7] ^= 0xFF  # of its time
    for wrong in ("n-0S6_WzA2Mj", ours[:-2], ours + "AA", base64url(bytes(raw)), "€"):
        assert refusal(wallet.fetch([wallet.proof(wrong)])) == INVALID_NONCE
    world.clock.advance(seconds=LASTS.total_seconds() - 1)
    second = ready_again(wallet, world)
    world.clock.advance(seconds=1)
    assert refusal(second.fetch([second.proof(ours)])) == INVALID_NONCE


def ready_again(wallet: WalletApp, world: World) -> WalletApp:
    """The same wallet; its token lives as long as the nonce and a second more is allowed here."""
    with world.database.separate() as tx:
        tx.connection().exec_driver_sql(
            "UPDATE credential_offers SET token_expires_at = token_expires_at + interval '1 minute'"
        )
    return wallet


def test_a_nonce_counts_once(world: World, zhang: Device, li: Device) -> None:
    first, second = ready(world, zhang), ready(world, li)
    nonce = first.nonce()
    assert first.fetch([first.proof(nonce)]).status_code == 200
    answer = second.fetch([second.proof(nonce)])
    assert refusal(answer) == INVALID_NONCE
    assert members(answer)["code"] == "KEY_PROOF_NONCE_INVALID"
    assert second.fetch([second.proof(second.nonce())]).status_code == 200


def test_a_batch_is_refused_whole(wallet: WalletApp) -> None:
    nonce, other = wallet.nonce(), wallet.nonce()
    keys = [new_key() for _ in range(11)]
    many = [wallet.proof(nonce, key=key) for key in keys]
    assert refusal(wallet.fetch(many)) == INVALID_PROOF
    assert refusal(wallet.fetch([])) == INVALID_PROOF
    assert refusal(wallet.fetch([many[0], many[0]])) == INVALID_PROOF
    assert refusal(wallet.fetch([many[0], wallet.proof(nonce, key=keys[0])])) == INVALID_PROOF
    assert refusal(wallet.fetch([many[0], wallet.proof(other, key=keys[1])])) == INVALID_NONCE
    spoilt = wallet.proof(nonce, key=keys[1], aud="https://elsewhere.example")
    assert refusal(wallet.fetch([many[0], spoilt])) == INVALID_PROOF
    assert wallet.fetch(many[:10]).status_code == 200


def test_a_missing_proof_is_refused(wallet: WalletApp) -> None:
    proof = wallet.proof(wallet.nonce())
    wrong: list[dict[str, Any]] = [
        {},
        {"proofs": {}},
        {"proofs": {"jwt": []}},
        {"proofs": {"jwt": [1]}},
        {"proofs": {"attestation": [proof]}},
        {"proofs": {"jwt": [proof], "attestation": [proof]}},
        {"proof": {"proof_type": "jwt", "jwt": proof}},
    ]
    for more in wrong:
        body = {"credential_configuration_id": "household_registration", **more}
        assert refusal(wallet.send("/openid4vci/credential", body)) == INVALID_PROOF


def test_a_nonce_is_never_kept_by_a_cache(world: World) -> None:
    first, second = (world.client.post("/openid4vci/nonce") for _ in range(2))
    assert first.headers["Cache-Control"] == "no-store"
    assert members(first).keys() == {"c_nonce"}
    assert members(first) != members(second)

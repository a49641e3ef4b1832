"""What wallets and verifiers read before they begin."""

from __future__ import annotations

import base64
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.catalogue import Catalogue
from tests.app.credentials.wallet import (
    ISSUER_PATH,
    WalletApp,
    claims_of,
    credential_of,
    header_of,
)
from tests.app.device import Device
from tests.app.documents.people import issued, members
from tests.app.world import World

SERVER_PATH = "/.well-known/oauth-authorization-server/openid4vci"
KEYS_PATH = "/.well-known/jwt-vc-issuer"
TYPES = Catalogue.load().all()


def read(world: World, path: str) -> dict[str, Any]:
    answer = world.client.get(path.removeprefix(world.settings.public_url))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    return members(answer)


def test_every_type_of_certificate_can_be_had_as_a_credential(world: World) -> None:
    told = read(world, ISSUER_PATH)
    found = told["credential_configurations_supported"]
    assert found.keys() == {kind.code for kind in TYPES}
    for kind in TYPES:
        one = found[kind.code]
        assert one["format"] == "dc+sd-jwt"
        assert one["proof_types_supported"] == {
            "jwt": {"proof_signing_alg_values_supported": ["ES256"]}
        }
        names = {entry["locale"]: entry["name"] for entry in one["credential_metadata"]["display"]}
        assert names == {"zh-CN": kind.titles.zh, "en": kind.titles.en}
        paths = [claim["path"] for claim in one["credential_metadata"]["claims"]]
        stated = [field.name for field in kind.spec.fields if field.disclosure != "never"]
        assert [["facts", name] for name in stated] == [p for p in paths if p[0] == "facts"]


def test_each_type_says_what_it_means_at_its_own_address(world: World) -> None:
    told = read(world, ISSUER_PATH)
    for one in told["credential_configurations_supported"].values():
        meaning = read(world, one["vct"])
        assert meaning["vct"] == one["vct"]
        claims = {tuple(claim["path"]): claim for claim in meaning["claims"]}
        assert claims["provisional",]["sd"] == "never"
        facts = [claim for path, claim in claims.items() if path[0] == "facts"]
        assert {claim["sd"] for claim in facts} == {"always"}
        for claim in facts:
            assert [entry["locale"] for entry in claim["display"]] == ["zh-CN", "en"]
    assert world.client.get("/v1/credential-types/degree").status_code == 404


def test_the_metadata_lead_to_what_is_there(world: World, wallet: WalletApp) -> None:
    told = read(world, ISSUER_PATH)
    assert told["credential_issuer"] == world.settings.public_url
    assert told["batch_credential_issuance"] == {"batch_size": 10}
    [server] = told["authorization_servers"]
    metadata = read(world, SERVER_PATH)
    assert metadata["issuer"] == server
    assert metadata["pre-authorized_grant_anonymous_access_supported"] is True
    path = metadata["token_endpoint"].removeprefix(world.settings.public_url)
    for grant in metadata["grant_types_supported"]:
        answer = world.client.post(path, data={"grant_type": grant})
        assert members(answer)["error"] == "invalid_request"
    for name in ("credential_endpoint", "notification_endpoint"):
        answer = wallet.send(told[name].removeprefix(world.settings.public_url), {})
        assert answer.status_code == 400
    nonce = told["nonce_endpoint"].removeprefix(world.settings.public_url)
    assert world.client.post(nonce).status_code == 200


def test_the_phones_own_metadata_stay_what_they_were(world: World) -> None:
    told = read(world, "/.well-known/oauth-authorization-server")
    assert told["issuer"] == world.settings.public_url
    assert told["token_endpoint"].endswith("/oauth/token")


def test_the_published_keys_verify_credentials_before_and_after_a_rotation(
    world: World, zhang: Device
) -> None:
    certificate_id = issued(zhang)["id"]
    old = credential_of(zhang, certificate_id)
    rotate(world)
    new = credential_of(zhang, certificate_id)
    told = read(world, KEYS_PATH)
    assert told["issuer"] == world.settings.public_url
    keys = {key["kid"]: key for key in told["jwks"]["keys"]}
    kids = [header_of(one)["kid"] for one in (old, new)]
    assert kids[0] != kids[1]
    for credential, kid in zip((old, new), kids, strict=True):
        assert keys[kid].keys() == {"kty", "crv", "x", "y", "kid", "use", "alg", "x5c"}
        signed = credential.split("~", maxsplit=1)[0]
        verified = jwt.decode(
            signed,
            jwt.PyJWK(keys[kid]),
            options={"verify_exp": False, "verify_iat": False},
        )
        assert verified == claims_of(credential)


def test_a_credential_brings_the_chain_of_its_department(world: World, zhang: Device) -> None:
    header = header_of(credential_of(zhang, issued(zhang)["id"]))
    assert header["typ"] == "dc+sd-jwt"
    chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in header["x5c"]]
    pem = world.client.get("/.well-known/certificate-root.pem").data
    root = x509.load_pem_x509_certificate(pem)
    for one, above in zip(chain, [*chain[1:], root], strict=True):
        one.verify_directly_issued_by(above)
    assert isinstance(chain[0].public_key(), ec.EllipticCurvePublicKey)


def rotate(world: World) -> None:
    from app.wiring.documents import rotate_signers  # noqa: PLC0415 - what the command does

    rotate_signers(world.shared)

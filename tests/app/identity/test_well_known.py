"""What others must know to believe our tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import jwt

from app.core.keys.files import FileKeys
from app.core.keys.provider import SigningName
from tests.app.device import Device
from tests.app.identity.tokens import parts_of, refresh
from tests.app.world import World
from tests.fakes import FakeClock

JWKS = "/.well-known/jwks.json"
METADATA = "/.well-known/oauth-authorization-server"


def kids(world: World) -> list[str]:
    return [key["kid"] for key in world.client.get(JWKS).json["keys"]]


def kid_of(token: str | None) -> str:
    return str(parts_of(token or "")[0]["kid"])


def is_believed_by_another_library(world: World, phone: Device) -> bool:
    """Checked as a partner would: with the published keys alone."""
    keys = jwt.PyJWKSet.from_dict(world.client.get(JWKS).get_json())
    claims = jwt.decode(
        phone.token or "",
        keys[kid_of(phone.token)],
        algorithms=["ES256"],
        audience=f"{world.settings.public_url}/v1",
        issuer=world.settings.public_url,
        options={"verify_exp": False, "verify_iat": False},
    )
    return bool(claims["cnf"] == {"jkt": phone.thumbprint})


def test_the_published_keys_verify_our_tokens(world: World) -> None:
    assert is_believed_by_another_library(world, world.citizen())


def test_only_public_keys_are_published(world: World) -> None:
    answer = world.client.get(JWKS)
    elsewhere = {"card"}  # /.well-known/card-keys
    assert len(answer.json["keys"]) == len(set(get_args(SigningName)) - elsewhere)
    for key in answer.json["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["alg"]) == ("EC", "P-256", "ES256")
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_a_new_key_is_published_before_and_the_old_one_after_its_use(
    world: World, clock: FakeClock
) -> None:
    keys = FileKeys(world.settings.keys_path, clock=clock)
    phone = world.citizen()
    old = kid_of(phone.token)

    new = keys.rotate_signing(
        "access-token", publish_ahead=timedelta(minutes=10), overlap=timedelta(hours=1)
    )
    assert {old, new} < set(kids(world))
    assert kid_of(refresh(phone).json["access_token"]) == old  # not used yet

    clock.advance(minutes=10)
    other = world.citizen()
    assert kid_of(other.token) == new
    assert is_believed_by_another_library(world, other)
    assert old in kids(world)  # what it signed still counts

    clock.advance(minutes=60)
    assert old not in kids(world)
    assert new in kids(world)


def test_a_token_by_the_old_key_is_good_until_it_ends(world: World, clock: FakeClock) -> None:
    phone = world.citizen()
    FileKeys(world.settings.keys_path, clock=clock).rotate_signing(
        "access-token", publish_ahead=timedelta(0), overlap=timedelta(hours=1)
    )
    clock.advance(minutes=9)
    assert phone.get("/v1/me").status_code == 200


def test_a_token_by_a_stolen_key_is_refused_at_once(world: World, clock: FakeClock) -> None:
    phone = world.citizen()
    FileKeys(world.settings.keys_path, clock=clock).rotate_signing(
        "access-token", publish_ahead=timedelta(0), overlap=timedelta(0)
    )
    assert phone.get("/v1/me").json["code"] == "INVALID_TOKEN"
    phone.token = refresh(phone).json["access_token"]
    assert phone.get("/v1/me").status_code == 200


def test_the_metadata_lead_to_what_is_there(world: World) -> None:
    answer = world.client.get(METADATA)
    issuer = world.settings.public_url
    assert answer.json["issuer"] == issuer
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        path = answer.json[name].removeprefix(issuer)
        assert world.client.post(path).json["code"] == "INVALID_DPOP_PROOF"
    for name in ("jwks_uri", "service_documentation"):
        assert world.client.get(answer.json[name].removeprefix(issuer)).status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_the_metadata_promise_what_is_in_use(world: World) -> None:
    told = world.client.get(METADATA).json
    phone = world.phone()
    for grant in told["grant_types_supported"]:
        answer = phone.form("/oauth/token", {"grant_type": grant, "client_id": "miniprogram"})
        assert answer.json["error"] == "invalid_request"  # known, and more is needed
    assert told["dpop_signing_alg_values_supported"] == ["ES256"]
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["ES256"]
    assert told["token_endpoint_auth_methods_supported"] == ["none", "private_key_jwt"]
    assert set(told["scopes_supported"]) == {
        "citizen",
        "card.decode",
        "webhooks",
        "events.read",
        "certificates.follow",
    }

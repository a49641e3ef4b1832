"""Which access tokens open which door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.core.access.guards import Guard, citizen
from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.identity.tokens import (
    TOKEN,
    altered,
    resigned,
    signed_with_the_public_key,
    unsigned,
)
from tests.app.world import World
from tests.fakes import FakeClock

ME = "/v1/me"


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()


def is_refused(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "INVALID_TOKEN")
    assert answer.json["error"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"] == 'DPoP error="invalid_token", algs="ES256"'


def with_token(phone: Device, token: str) -> TestResponse:
    phone.token = token
    return phone.get(ME)


def add_door(world: World, path: str, guard: Guard) -> None:
    world.app.add_url_rule(path, path, guard(lambda: Response("inside")))


def test_a_copy_signed_by_our_key_with_nothing_changed_is_good(world: World, phone: Device) -> None:
    """So that the refusals below are for what they change."""
    assert with_token(phone, resigned(world, phone.token or "")).status_code == 200


OTHER_CLAIMS: tuple[dict[str, Any], ...] = (
    {"aud": "https://another.example/v1"},
    {"aud": "http://127.0.0.1:8000"},
    {"aud": ["http://127.0.0.1:8000/v1", "https://another.example"]},
    {"aud": None},
    {"iss": "https://another.example"},
    {"iss": "http://127.0.0.1:8000/"},
    {"iss": None},
    {"exp": 1},
    {"exp": None},
    {"exp": "tomorrow"},
    {"exp": True},
    {"iat": 9_999_999_999},
    {"nbf": 9_999_999_999},
    {"iat": None},
    {"sub": None},
    {"sub": "somebody else"},
    {"sub": 7},
    {"client_id": "another"},
    {"client_id": None},
    {"jti": None},
    {"jti": ""},
    {"sid": "fam_00000000000000000000000000"},
    {"sid": 7},
    {"acr": None},
    {"acr": "face:L9"},
    {"acr": 1},
    {"auth_time": None},
    {"auth_time": True},
    {"auth_time": 10**20},
    {"exp": 10**400},
    {"scope": None},
    {"scope": ["citizen"]},
    {"cnf": None},
    {"cnf": "key"},
    {"cnf": {}},
    {"cnf": {"jkt": ""}},
)


def test_a_token_with_another_claim_is_refused_even_if_we_signed_it(
    world: World, phone: Device
) -> None:
    good = phone.token or ""
    for claims in OTHER_CLAIMS:
        is_refused(with_token(phone, resigned(world, good, **claims)))


OTHER_HEADERS: tuple[dict[str, Any], ...] = (
    {"typ": "JWT"},
    {"typ": "dpop+jwt"},
    {"typ": None},
    {"alg": "none"},
    {"alg": "ES384"},
    {"alg": None},
    {"kid": None},
    {"kid": "another"},
    {"kid": ["a"]},
    {"jwk": {"kty": "EC"}},
    {"jku": "https://evil.example/jwks"},
    {"crit": ["exp"]},
    {"b64": False},
)


def test_a_token_with_another_header_is_refused_even_if_we_signed_it(
    world: World, phone: Device
) -> None:
    good = phone.token or ""
    for header in OTHER_HEADERS:
        is_refused(with_token(phone, resigned(world, good, header=header)))


def test_a_tampered_token_is_refused(phone: Device) -> None:
    token = phone.token or ""
    is_refused(with_token(phone, altered(token, acr="face:L3")))
    is_refused(with_token(phone, token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")))
    is_refused(with_token(phone, token.rpartition(".")[0]))


def test_an_unsigned_token_is_refused(phone: Device) -> None:
    is_refused(with_token(phone, unsigned(phone.token or "")))


def test_our_public_key_is_no_shared_secret(world: World, phone: Device) -> None:
    is_refused(with_token(phone, signed_with_the_public_key(world, phone.token or "")))


def test_a_token_by_another_of_our_rings_is_refused(world: World, phone: Device) -> None:
    ring = world.shared.keys.signing("presence")
    token = resigned(world, phone.token or "", header={"kid": ring.active.kid}, ring="presence")
    is_refused(with_token(phone, token))


def test_a_token_lives_ten_minutes(phone: Device, clock: FakeClock) -> None:
    clock.advance(minutes=9, seconds=59)
    assert phone.get(ME).status_code == 200
    clock.advance(seconds=1)
    is_refused(phone.get(ME))


def test_a_presence_token_is_no_access_token(world: World, phone: Device) -> None:
    till = world.terminal()
    phone.post("/v1/card")
    presence = decode(till, show(phone)).json["presence_token"]
    for device in (till, phone):
        is_refused(with_token(device, presence))
    is_refused(decode(till, "123456789012345678"))


def test_a_sign_out_ends_every_token_of_the_sign_in_at_once(phone: Device) -> None:
    assert phone.form("/oauth/revoke", {"token": phone.token or ""}).status_code == 200
    is_refused(phone.get(ME))


def test_citizens_and_tills_do_not_open_each_others_doors(world: World, phone: Device) -> None:
    till = world.terminal()
    is_refused(till.get(ME))
    is_refused(decode(phone, "123456789012345678"))


def test_a_suspended_terminal_is_out_at_once_and_its_token_good_when_it_returns(
    world: World,
) -> None:
    till = world.phone()
    client_id = world.onboard(till)
    till.token = till.form(TOKEN, world.login_form(till, client_id)).json["access_token"]
    assert decode(till, "123456789012345678").json["code"] == "CODE_NOT_OURS"

    world.onboarding.suspend(client_id)
    is_refused(decode(till, "123456789012345678"))
    login = till.client.post(
        TOKEN,
        data=world.login_form(till, client_id),
        headers={"DPoP": till.proof("POST", TOKEN, ath=None)},
    )
    assert (login.status_code, login.json["error"]) == (401, "invalid_client")

    world.onboarding.resume(client_id)
    assert decode(till, "123456789012345678").json["code"] == "CODE_NOT_OURS"


def test_a_scope_taken_from_a_terminal_is_gone_from_its_tokens(world: World) -> None:
    till = world.terminal()
    with world.database.separate() as tx:
        tx.execute(text("UPDATE terminals SET scopes = '{\"something.else\"}'"))
    answer = decode(till, "123456789012345678")
    assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")


def test_a_token_without_the_scope_is_forbidden(world: World, phone: Device) -> None:
    answer = with_token(phone, resigned(world, phone.token or "", scope="another"))
    assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert answer.headers["WWW-Authenticate"] == 'DPoP error="insufficient_scope", algs="ES256"'


def test_a_door_that_names_no_scope_opens_to_no_token(world: World) -> None:
    add_door(world, "/v1/unnamed", Guard(admits="citizen", scope=None))
    answer = world.citizen().get("/v1/unnamed")
    assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")


def test_a_weaker_face_than_the_door_asks_for_must_be_shown_again(world: World) -> None:
    add_door(world, "/v1/strong", citizen(level="L2"))
    answer = world.citizen().get("/v1/strong")

    assert (answer.status_code, answer.json["code"]) == (401, "INSUFFICIENT_USER_AUTHENTICATION")
    assert answer.json["acr_values"] == "face:L2"
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge == 'DPoP error="insufficient_user_authentication", acr_values="face:L2"'


def test_a_face_seen_too_long_ago_must_be_shown_again(world: World, clock: FakeClock) -> None:
    add_door(world, "/v1/fresh", citizen(max_age=timedelta(minutes=2)))
    number = world.register()
    phone = world.sign_in(world.phone(), number=number)
    clock.advance(minutes=2)
    assert phone.get("/v1/fresh").status_code == 200
    clock.advance(seconds=1)
    answer = phone.get("/v1/fresh")

    assert (answer.status_code, answer.json["code"]) == (401, "INSUFFICIENT_USER_AUTHENTICATION")
    assert answer.json["error"] == "insufficient_user_authentication"
    assert answer.json["max_age"] == 120
    assert "max_age=120" in answer.headers["WWW-Authenticate"]
    assert phone.get(ME).status_code == 200  # the token is as good as ever elsewhere
    phone.token = None
    assert world.sign_in(phone, number=number).get("/v1/fresh").status_code == 200


def test_after_showing_the_face_again_the_same_write_succeeds_under_its_old_key(
    world: World, clock: FakeClock
) -> None:
    number = world.register()
    phone = world.sign_in(world.phone(), number=number)
    clock.advance(minutes=6)
    assert phone.post("/v1/card", idempotency_key="bind-my-card").status_code == 401
    phone.token = None
    world.sign_in(phone, number=number)
    assert phone.post("/v1/card", idempotency_key="bind-my-card").status_code == 201


def test_refreshing_does_not_make_an_old_face_fresh(world: World, clock: FakeClock) -> None:
    phone = world.citizen()
    clock.advance(minutes=6)
    phone.token, used = None, phone.refresh_token
    form = {"grant_type": "refresh_token", "refresh_token": used or "", "client_id": "miniprogram"}
    phone.token = phone.form(TOKEN, form).json["access_token"]
    answer = phone.post("/v1/card")
    assert (answer.status_code, answer.json["code"]) == (401, "INSUFFICIENT_USER_AUTHENTICATION")

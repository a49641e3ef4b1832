"""Asking about a token (RFC 7662) and ending one (RFC 7009)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.app.device import Device
from tests.app.identity.tokens import (
    INVALID_CLIENT,
    INVALID_REQUEST,
    TOKEN,
    altered,
    parts_of,
    refresh,
    refusal,
)
from tests.app.world import World
from tests.fakes import FakeClock

ASK, END = "/oauth/introspect", "/oauth/revoke"
INACTIVE = {"active": False}


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()


def ask(device: Device, token: str | None, **more: str) -> TestResponse:
    """Ask with a proof alone: the endpoint wants no access token."""
    assert token is not None
    headers = {"DPoP": device.proof("POST", ASK, ath=None)}
    return device.client.post(ASK, data={"token": token, **more}, headers=headers)


def as_partner(world: World, till: Device, client_id: str) -> dict[str, str]:
    form = world.login_form(till, client_id)
    return {name: form[name] for name in ("client_assertion", "client_assertion_type")}


def test_a_phone_may_ask_about_its_own_token(phone: Device) -> None:
    claims = parts_of(phone.token or "")[1]
    assert ask(phone, phone.token).json == {
        "active": True,
        "sub": claims["sub"],
        "client_id": "miniprogram",
        "scope": "citizen",
        "acr": "face:L1",
        "auth_time": claims["auth_time"],
        "exp": claims["exp"],
        "token_type": "DPoP",
        "cnf": {"jkt": phone.thumbprint},
        "vrf": claims["vrf"],
    }


def test_a_phone_learns_nothing_of_anothers_token(world: World, phone: Device) -> None:
    answer = ask(world.phone(), phone.token)
    assert (answer.status_code, answer.json) == (200, INACTIVE)


def test_a_partner_may_ask_about_any_token(world: World, phone: Device) -> None:
    till = world.phone()
    client_id = world.onboard(till)
    answer = ask(till, phone.token, **as_partner(world, till, client_id))
    assert answer.json["active"] is True
    assert answer.json["cnf"] == {"jkt": phone.thumbprint}


def test_a_partners_question_carries_no_name_number_or_internal_id(
    world: World, phone: Device
) -> None:
    till = world.phone()
    told = ask(till, phone.token, **as_partner(world, till, world.onboard(till))).text
    for word in ("张", "999999", "prs_", "vrf_", "fam_"):
        assert word not in told


def test_a_false_partner_is_told_so(world: World, phone: Device) -> None:
    till, stranger = world.phone(), world.phone()
    client_id = world.onboard(till)
    by_another_key = as_partner(world, stranger, client_id)
    assert refusal(ask(stranger, phone.token, **by_another_key)) == INVALID_CLIENT

    world.onboarding.suspend(client_id)
    suspended = as_partner(world, till, client_id)
    assert refusal(ask(till, phone.token, **suspended)) == INVALID_CLIENT


def test_an_assertion_of_another_kind_is_not_taken_for_none(world: World, phone: Device) -> None:
    till = world.phone()
    form = as_partner(world, till, world.onboard(till)) | {"client_assertion_type": "another"}
    assert refusal(ask(till, phone.token, **form)) == INVALID_REQUEST


def test_a_terminals_token_is_told_without_a_face(world: World) -> None:
    till = world.terminal()
    told = ask(till, till.token).get_json()
    assert told["active"] is True
    assert told["scope"] == "card.decode"
    assert not {"acr", "auth_time", "vrf"} & told.keys()


def test_what_is_not_good_is_only_inactive(world: World, phone: Device, clock: FakeClock) -> None:
    for token in ("x", "1", altered(phone.token or "", acr="face:L3"), phone.refresh_token):
        assert ask(phone, token).json == INACTIVE
    clock.advance(minutes=10)
    assert ask(phone, phone.token).json == INACTIVE

    till = world.phone()
    client_id = world.onboard(till)
    till.token = till.form(TOKEN, world.login_form(till, client_id)).json["access_token"]
    assert ask(till, till.token).json["active"] is True
    world.onboarding.suspend(client_id)
    assert ask(till, till.token).json == INACTIVE


@pytest.mark.parametrize("path", [ASK, END])
def test_a_question_without_a_token_is_none(phone: Device, path: str) -> None:
    assert refusal(phone.form(path, {"other": "x"})) == INVALID_REQUEST
    assert refusal(phone.form(path, {"token": ""})) == INVALID_REQUEST
    assert refusal(phone.send("POST", path, data={"token": ["a", "b"]})) == INVALID_REQUEST


@pytest.mark.parametrize("which", ["token", "refresh_token"])
def test_either_token_ends_the_sign_in(phone: Device, which: str) -> None:
    answer = phone.form(END, {"token": getattr(phone, which), "token_type_hint": "nonsense"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert ask(phone, phone.token).json == INACTIVE
    assert refresh(phone).json["error"] == "invalid_grant"
    assert phone.form(END, {"token": getattr(phone, which)}).status_code == 200


def test_nobody_else_can_end_it_and_nobody_learns_whether_it_is(
    world: World, phone: Device
) -> None:
    stranger = world.phone()
    for token in (phone.token, phone.refresh_token, "nothing"):
        answer = stranger.form(END, {"token": token or ""})
        assert (answer.status_code, answer.data) == (200, b"")
    assert phone.get("/v1/me").status_code == 200


def test_a_terminals_token_ends_by_itself(world: World) -> None:
    till = world.terminal()
    assert till.form(END, {"token": till.token or ""}).status_code == 200
    assert ask(till, till.token).json["active"] is True

"""A one-time code is exchanged for tokens bound to the phone's key."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

import pytest

from tests.app.device import Device
from tests.app.identity.tokens import (
    INVALID_CLIENT,
    INVALID_GRANT,
    INVALID_REQUEST,
    TOKEN,
    code_form,
    new_code,
    parts_of,
    refresh,
    refusal,
)
from tests.app.world import World
from tests.fakes import FakeClock

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def phone(world: World) -> Device:
    return world.phone()


def test_a_code_becomes_tokens_for_the_key_that_was_proven(world: World, phone: Device) -> None:
    answer = phone.form(TOKEN, code_form(new_code(world, phone)))

    assert answer.status_code == 200
    assert answer.json["token_type"] == "DPoP"
    assert answer.json["expires_in"] == 600
    assert answer.json["scope"] == "citizen"
    assert len(answer.json["refresh_token"]) == 43  # 32 random bytes
    assert answer.headers["Cache-Control"] == "no-store"
    phone.token = answer.json["access_token"]
    assert phone.get("/v1/me").status_code == 200


def test_an_access_token_states_who_how_and_for_whom(
    world: World, phone: Device, clock: FakeClock
) -> None:
    code, verified_at = new_code(world, phone), int(clock.now().timestamp())
    clock.advance(seconds=20)

    header, claims = parts_of(phone.form(TOKEN, code_form(code)).json["access_token"])

    issuer, now = world.settings.public_url, int(clock.now().timestamp())
    assert header["typ"] == "at+jwt"
    assert header["alg"] == "ES256"
    expected = {
        "iss": issuer,
        "aud": f"{issuer}/v1",
        "client_id": "miniprogram",
        "iat": now,
        "exp": now + 600,
        "cnf": {"jkt": phone.thumbprint},
        "acr": "face:L1",
        "amr": ["face", "pop"],
        "auth_time": verified_at,
        "scope": "citizen",
    }
    assert {name: claims[name] for name in expected} == expected
    assert set(claims) == {*expected, "sub", "sid", "jti", "vrf"}


def test_the_subject_is_neither_the_persons_id_nor_their_number(
    world: World, phone: Device
) -> None:
    number = world.register()
    world.sign_in(phone, number=number)
    subject = parts_of(phone.token or "")[1]["sub"]
    again = world.sign_in(world.phone(), number=number)

    assert parts_of(again.token or "")[1]["sub"] == subject
    assert number not in (phone.token or "")
    assert not subject.startswith("prs_")


@pytest.mark.parametrize("as_thief", [False, True])
def test_a_code_presented_twice_ends_what_it_was_exchanged_for(
    world: World, phone: Device, *, as_thief: bool
) -> None:
    code = new_code(world, phone)
    first = phone.form(TOKEN, code_form(code)).json

    second = (world.phone() if as_thief else phone).form(TOKEN, code_form(code))

    assert refusal(second) == INVALID_GRANT
    phone.token = first["access_token"]
    assert phone.get("/v1/me").status_code == 401
    assert refusal(refresh(phone, first["refresh_token"])) == INVALID_GRANT


def test_a_stolen_code_is_worthless_without_the_phones_key(world: World, phone: Device) -> None:
    code = new_code(world, phone)

    assert refusal(world.phone().form(TOKEN, code_form(code))) == INVALID_GRANT
    assert phone.form(TOKEN, code_form(code)).status_code == 200


def test_a_code_is_over_after_a_minute(world: World, phone: Device, clock: FakeClock) -> None:
    code = new_code(world, phone)
    clock.advance(seconds=61)
    assert refusal(phone.form(TOKEN, code_form(code))) == INVALID_GRANT


def test_an_invented_code_is_refused_whatever_it_looks_like(phone: Device) -> None:
    for code in ("123456", "null", "true", "[]", "\x00", "é" * 40, "x" * 5000, token_urlsafe()):
        assert refusal(phone.form(TOKEN, code_form(code))) == INVALID_GRANT


def test_what_a_request_lacks_is_said_in_oauths_words(phone: Device) -> None:
    for missing in ("grant_type", "code", "client_id"):
        form = code_form("a code")
        del form[missing]
        for sent in (form, {**form, missing: ""}):
            answer = phone.form(TOKEN, sent)
            assert refusal(answer) == INVALID_REQUEST
            assert answer.json["error_description"]


def test_an_unknown_grant_is_refused_by_name(phone: Device) -> None:
    for kind in ("password", "authorization_code", "implicit", "1", "null"):
        answer = phone.form(TOKEN, {"grant_type": kind, "client_id": "miniprogram"})
        assert refusal(answer) == (400, "UNSUPPORTED_GRANT_TYPE", "unsupported_grant_type")


def test_an_unknown_application_gets_nothing_and_spends_nothing(
    world: World, phone: Device
) -> None:
    code = new_code(world, phone)
    for client in ("another", "Miniprogram", "1", "x" * 300):
        assert refusal(phone.form(TOKEN, code_form(code, client_id=client))) == INVALID_CLIENT
    assert phone.form(TOKEN, code_form(code)).status_code == 200


def test_a_repeated_parameter_is_refused(world: World, phone: Device) -> None:
    form = code_form(new_code(world, phone))
    for name in ("code", "grant_type", "not_a_parameter"):
        body = {**form, name: [form.get(name, "a"), form.get(name, "b")]}
        assert refusal(phone.send("POST", TOKEN, data=body)) == INVALID_REQUEST
    assert phone.form(TOKEN, form).status_code == 200


def test_an_unknown_parameter_is_ignored(world: World, phone: Device) -> None:
    form = code_form(new_code(world, phone), resource="https://elsewhere.example")
    assert phone.form(TOKEN, form).status_code == 200


def test_parameters_in_the_address_do_not_count(world: World, phone: Device) -> None:
    code = new_code(world, phone)
    query = "&".join(f"{k}={v}" for k, v in code_form(code).items())
    answer = phone.send("POST", f"{TOKEN}?{query}", content_type=FORM)
    assert refusal(answer) == INVALID_REQUEST


@pytest.mark.parametrize("path", [TOKEN, "/oauth/introspect", "/oauth/revoke"])
def test_only_plain_forms_are_read(phone: Device, path: str) -> None:
    fields = {"grant_type": "refresh_token", "token": "x"}
    bodies: tuple[dict[str, Any], ...] = (
        {"json": fields},
        {"data": dict(fields), "content_type": "multipart/form-data"},
        {"data": b"token=x&grant_type=refresh_token", "content_type": "text/plain"},
        {"data": b"token=x&grant_type=refresh_token"},
    )
    for body in bodies:
        answer = phone.send("POST", path, **body)
        assert (answer.status_code, answer.json["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_the_token_endpoint_is_posted_to(phone: Device) -> None:
    answer = phone.get(TOKEN)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_bomb_of_a_form_is_refused_unread(phone: Device) -> None:
    answer = phone.send("POST", TOKEN, data=b"a=&" * 30_000, content_type=FORM)
    assert (answer.status_code, answer.json["code"]) == (413, "TOO_LARGE")


def test_a_refusal_speaks_both_languages(phone: Device) -> None:
    form = {"grant_type": "password"}
    spoken = {
        language: phone.send("POST", TOKEN, data=form, headers={"Accept-Language": language}).json
        for language in ("zh-CN", "en")
    }
    assert spoken["en"]["detail"] == "That kind of grant is not in use here."
    assert spoken["zh-CN"]["detail"] == "不支持此授权方式。"
    assert spoken["en"]["error"] == spoken["zh-CN"]["error"]

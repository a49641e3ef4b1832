"""Refresh tokens rotate; one that turns up twice ends the sign-in."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.identity.models.token import TokenFamily
from tests.app.device import Device
from tests.app.identity.token_races import Request, race
from tests.app.identity.tokens import (
    INVALID_CLIENT,
    INVALID_GRANT,
    INVALID_REQUEST,
    TOKEN,
    code_form,
    new_code,
    parts_of,
    refresh,
    refresh_form,
    refusal,
)
from tests.app.world import World
from tests.fakes import FakeClock


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()


def test_each_refresh_token_is_exchanged_for_the_next(phone: Device) -> None:
    seen = [phone.refresh_token]
    for _ in range(3):
        answer = refresh(phone, seen[-1])
        assert answer.status_code == 200
        seen.append(answer.json["refresh_token"])
        phone.token = answer.json["access_token"]
        assert phone.get("/v1/me").status_code == 200
    assert len(set(seen)) == 4


def test_a_refreshed_token_says_when_the_face_was_seen_not_when_it_was_refreshed(
    phone: Device, clock: FakeClock
) -> None:
    before = parts_of(phone.token or "")[1]
    clock.advance(minutes=9)
    after = parts_of(refresh(phone).json["access_token"])[1]

    assert after["auth_time"] == before["auth_time"]
    assert after["exp"] == before["exp"] + 9 * 60
    kept = ("sub", "sid", "acr", "cnf", "vrf", "scope")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["jti"] != before["jti"]


def test_a_token_used_twice_ends_the_sign_in_for_both_hands(world: World, phone: Device) -> None:
    stolen = phone.refresh_token
    rightful = refresh(phone).json

    assert refusal(refresh(phone, stolen)) == INVALID_GRANT

    assert refusal(refresh(phone, rightful["refresh_token"])) == INVALID_GRANT
    for token in (phone.token, rightful["access_token"]):
        phone.token = token
        refused = phone.get("/v1/me")
        assert (refused.status_code, refused.json["code"]) == (401, "INVALID_TOKEN")
    assert reasons(world) == ["refresh_token_reused"]


def test_a_thief_without_the_key_gives_himself_away(world: World, phone: Device) -> None:
    stolen = phone.refresh_token
    refresh(phone)
    assert refusal(refresh(world.phone(), stolen)) == INVALID_GRANT
    assert reasons(world) == ["refresh_token_reused"]


def test_an_unused_token_is_worthless_with_another_key_and_not_spoilt(
    world: World, phone: Device
) -> None:
    assert refusal(refresh(world.phone(), phone.refresh_token)) == INVALID_GRANT
    assert refresh(phone).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": "another"}, INVALID_CLIENT),
        ({"client_id": ""}, INVALID_REQUEST),
        ({"refresh_token": ""}, INVALID_REQUEST),
        ({"refresh_token": "12345678901234567890"}, INVALID_GRANT),
        ({"refresh_token": "x" * 3000}, INVALID_GRANT),
    ],
)
def test_a_wrong_request_spends_nothing(
    phone: Device, changes: dict[str, str], expected: tuple[int, str, str]
) -> None:
    assert refusal(phone.form(TOKEN, refresh_form(phone.refresh_token, **changes))) == expected
    assert refresh(phone).status_code == 200


def test_a_sign_in_ends_by_itself_however_often_it_is_refreshed(
    phone: Device, clock: FakeClock
) -> None:
    token = phone.refresh_token
    for _ in range(3):
        clock.advance(days=9)
        token = refresh(phone, token).json["refresh_token"]
    clock.advance(days=3)
    assert refusal(refresh(phone, token)) == INVALID_GRANT


def test_one_phone_signing_out_leaves_the_other_signed_in(world: World) -> None:
    number = world.register()
    one = world.sign_in(world.phone(), number=number)
    other = world.sign_in(world.phone(), number=number)
    one.form("/oauth/revoke", {"token": one.refresh_token or ""})
    assert refusal(refresh(one)) == INVALID_GRANT
    assert refresh(other).status_code == 200


def at_once(world: World, phone: Device, form: dict[str, str]) -> list[str]:
    """What eight processes get for the same request at the same moment."""
    request = Request(
        database_url=world.settings.database_url.get_secret_value(),
        keys=world.settings.keys_path,
        now=world.clock.now(),
        form=form,
        thumbprint=phone.thumbprint,
    )
    return race(request, 8)


def test_a_refresh_token_is_exchanged_at_most_once_by_processes_that_race(
    world: World, phone: Device
) -> None:
    outcomes = at_once(world, phone, refresh_form(phone.refresh_token))
    assert outcomes == ["INVALID_GRANT"] * 7 + ["won"]
    assert reasons(world) == ["refresh_token_reused"]  # by the seven that came second


def test_a_code_is_exchanged_at_most_once_by_processes_that_race(world: World) -> None:
    phone = world.phone()
    outcomes = at_once(world, phone, code_form(new_code(world, phone)))
    assert outcomes == ["INVALID_GRANT"] * 7 + ["won"]
    assert reasons(world) == ["code_reused"]


def test_nothing_stored_can_be_used_as_a_token(world: World, phone: Device) -> None:
    with world.database.separate() as tx:
        rows = [*tx.execute(text("SELECT * FROM refresh_tokens")).all()]
        rows += [*tx.execute(text("SELECT * FROM token_families")).all()]
    stored = repr([tuple(bytes(v) if isinstance(v, memoryview) else v for v in r) for r in rows])
    assert len(rows) == 2
    assert (phone.refresh_token or "") not in stored
    assert (phone.token or "") not in stored


def reasons(world: World) -> list[str | None]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(TokenFamily.reason)))

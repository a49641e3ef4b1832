"""Credentials for offline codes: who gets them, and what they give away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update

from app.card.models import CardToken
from app.card.offline_models import OfflineCredential
from app.card.offline_states import CredentialState
from codes import credential
from codes.keys import base64url, point_of
from tests.app.card.steps import accesses, json_of, refusal
from tests.app.card.wallet import Wallet, published_keys, wanted
from tests.app.device import Device, new_key
from tests.app.world import World
from tests.fakes import FakeClock

PATH = "/v1/card/offline-credentials"


def states(world: World) -> list[CredentialState]:
    with world.database.separate() as tx:
        query = select(OfflineCredential.state).order_by(OfflineCredential.id)
        return list(tx.scalars(query))


def test_each_key_gets_a_credential_that_the_published_keys_believe(
    world: World, holder: Device
) -> None:
    wallet = Wallet(phone=holder).fetch(30)
    keys = published_keys(world)
    for key, issued in zip(wallet.keys, wallet.issued, strict=True):
        read = credential.read(issued)
        assert read.reason_against(keys) is None
        assert read.credential.point == point_of(key.public_key())
        assert (read.credential.level, read.credential.cap_fen) == ("L1", 300_00)


def test_a_credential_lives_for_a_day_and_says_nothing_of_when_it_was_asked_for(
    world: World, clock: FakeClock, holder: Device
) -> None:
    first = credential.read(Wallet(phone=holder).fetch(1).issued[0]).credential
    clock.advance(minutes=9)
    other = world.citizen()
    other.post("/v1/card")
    second = credential.read(Wallet(phone=other).fetch(1).issued[0]).credential
    assert (first.not_before, first.expires_at) == (second.not_before, second.expires_at)
    assert first.not_before == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert timedelta(hours=24) <= first.expires_at - clock.now() <= timedelta(hours=30)


def test_a_new_batch_supersedes_the_one_before(world: World, holder: Device) -> None:
    Wallet(phone=holder).fetch(2)
    Wallet(phone=holder).fetch(1)
    old, new = CredentialState.SUPERSEDED, CredentialState.LIVE
    assert sorted(states(world)) == sorted([old, old, new])


def test_a_repeated_request_gets_the_same_credentials(holder: Device) -> None:
    body = {"keys": [wanted(new_key(), holder.thumbprint)]}
    first, second = (holder.post(PATH, json=body, idempotency_key="same-batch") for _ in range(2))
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert refusal(holder.post(PATH, json=body))[1] == "OFFLINE_KEYS_INVALID"


def test_a_key_never_gets_a_second_credential_not_even_for_another_person(
    world: World, holder: Device
) -> None:
    key = new_key()
    assert holder.post(PATH, json={"keys": [wanted(key, holder.thumbprint)]}).status_code == 201
    other = world.citizen()
    other.post("/v1/card")
    again = other.post(PATH, json={"keys": [wanted(key, other.thumbprint)]})
    assert refusal(again)[:2] == (422, "OFFLINE_KEYS_INVALID")
    assert len(states(world)) == 1


def test_nobody_gets_a_credential_for_a_key_of_somebody_else(holder: Device) -> None:
    seen = wanted(new_key(), "the thumbprint of another phone")
    response = holder.post(PATH, json={"keys": [wanted(new_key(), holder.thumbprint), seen]})
    assert refusal(response)[:2] == (422, "OFFLINE_KEYS_INVALID")
    assert json_of(response)["pointer"] == "/keys/1"


def test_a_wrong_key_spoils_the_batch(world: World, holder: Device) -> None:
    one = wanted(new_key(), holder.thumbprint)
    for wrong in (
        one,  # twice
        one | {"key": base64url(b"\x05" * 33)},
        one | {"key": base64url(b"\x02" + b"\xff" * 32)},
        one | {"proof": base64url(bytes(64))},
        one | {"proof": one["proof"][:-1] + "_"},
    ):
        response = holder.post(PATH, json={"keys": [one, wrong]})
        assert refusal(response)[:2] == (422, "OFFLINE_KEYS_INVALID")
    assert states(world) == []


def test_a_body_of_another_form_is_refused(holder: Device) -> None:
    keys: Any
    for keys in ([], [{"key": "A" * 44, "proof": "A" * 86}] * 61, [{}], "keys", None):
        assert refusal(holder.post(PATH, json={"keys": keys}))[:2] == (422, "INVALID_FIELD")


def test_a_frozen_lost_or_missing_card_gets_none(world: World, holder: Device) -> None:
    assert refusal(Wallet(phone=world.citizen()).ask())[:2] == (404, "CARD_NOT_FOUND")
    holder.post("/v1/card/freeze")
    assert refusal(Wallet(phone=holder).ask())[:2] == (409, "CARD_FROZEN")
    holder.post("/v1/card/report-loss")
    assert refusal(Wallet(phone=holder).ask())[:2] == (409, "CARD_LOST")


def test_a_phone_the_card_is_not_on_gets_none(world: World) -> None:
    number = world.register()
    first, second = (world.sign_in(world.phone(), number=number) for _ in range(2))
    first.post("/v1/card")
    assert refusal(Wallet(phone=second).ask())[:2] == (409, "CARD_NOT_ON_DEVICE")


def test_a_face_of_a_month_ago_is_too_old(world: World, clock: FakeClock, holder: Device) -> None:
    with world.database.separate() as tx:
        old = clock.now() - timedelta(days=30, seconds=1)
        tx.execute(update(CardToken).values(verified_at=old))
    assert refusal(Wallet(phone=holder).ask())[:2] == (409, "CARD_FACE_TOO_OLD")


def test_batches_are_limited(holder: Device) -> None:
    for _ in range(6):
        Wallet(phone=holder).fetch(1)
    assert refusal(Wallet(phone=holder).ask())[:2] == (429, "TOO_MANY_REQUESTS")


def test_the_holder_sees_that_credentials_were_issued(holder: Device) -> None:
    Wallet(phone=holder).fetch(3)
    assert len(accesses(holder, "card.offline_credentials_issued")) == 1


def test_the_database_keeps_neither_a_key_nor_a_signed_credential(
    world: World, holder: Device
) -> None:
    wallet = Wallet(phone=holder).fetch(1)
    with world.database.separate() as tx:
        row = tx.execute(text("SELECT offline_credentials::text FROM offline_credentials")).scalar()
    assert point_of(wallet.keys[0].public_key()).hex() not in str(row)


def test_card_keys_are_published_apart_from_the_tokens_keys(world: World) -> None:
    response = world.client.get("/.well-known/card-keys")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    own = {key["kid"] for key in json_of(response)["keys"]}
    tokens = {key["kid"] for key in json_of(world.client.get("/.well-known/jwks.json"))["keys"]}
    assert own
    assert not own & tokens

"""GET /v1/verifications/{id}/receipt: what a person keeps of a verification."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jwt
import pytest

from app.core.jose.base64url import encode
from app.identity.ports import Finding
from app.identity.service.receipts import LASTS, challenge_digest
from app.wiring.models import SEALED
from tests.app.device import Device
from tests.app.identity.desk import NAME, NUMBER, PATH, Desk, begin, play, send
from tests.app.identity.fakes import FakeFaces
from tests.app.identity.tokens import parts_of
from tests.app.world import World


def receipt_of(phone: Device, session_id: str) -> dict[str, Any]:
    answer = phone.get(f"{PATH}/{session_id}/receipt")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told: dict[str, Any] = answer.get_json()
    return told


def claims_of(phone: Device, session_id: str) -> dict[str, Any]:
    return parts_of(receipt_of(phone, session_id)["receipt"])[1]


def head_after(frames: int) -> str:
    """The head of a fake's chain."""
    return encode(hashlib.sha256(b"%d" % frames).digest())


def test_the_receipt_of_a_pass_states_what_was_asked_and_by_what_it_was_judged(
    desk: Desk,
) -> None:
    phone = desk.phone()
    started = int(desk.clock.now().timestamp())
    session_id = begin(phone)
    steps = [phone.get(f"{PATH}/{session_id}").get_json()["step"]]
    desk.clock.advance(seconds=5)
    steps.append(send(phone, session_id, 0).get_json()["step"])
    desk.clock.advance(seconds=5)
    send(phone, session_id, 1)
    desk.clock.advance(seconds=60)

    header, claims = parts_of(receipt_of(phone, session_id)["receipt"])

    issuer = desk.shared.settings.public_url
    kid = desk.shared.keys.signing("receipt").active.kid
    assert header == {"typ": "verification-receipt+jwt", "alg": "ES256", "kid": kid}
    assert claims == {
        "iss": issuer,
        "aud": f"{issuer}/verification-receipts",
        "jti": session_id,
        "iat": started + 10,
        "exp": started + 10 + int(LASTS.total_seconds()),
        "started_at": started,
        "ended_at": started + 10,
        "outcome": "PASSED",
        "level": "L1",
        "purpose": "login",
        "consent": "2026-11",
        "variant": "no_light",
        "steps": ["baseline", "turn_left"],
        "challenge": challenge_digest(steps),
        "frames": {"count": 6, "head": head_after(6)},
        "policy": "fake-1",
        "models": {"eye": "ab" * 32},
    }


def test_a_failure_has_a_receipt_too_with_no_more_than_its_coarse_code(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)

    claims = claims_of(phone, session_id)

    assert (claims["outcome"], claims["retry_code"]) == ("FAILED", "NOT_VERIFIED")
    assert "level" not in claims


def test_a_receipt_of_an_early_end_tells_nothing_of_steps_that_were_not_revealed(
    desk: Desk, faces: FakeFaces
) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    step = phone.get(f"{PATH}/{session_id}").get_json()["step"]
    send(phone, session_id, "0/parts/0")
    faces.checked = Finding(gate="gap", code="REJECTED_PROTOCOL")
    send(phone, session_id, 0)

    claims = claims_of(phone, session_id)

    assert claims["steps"] == ["baseline"]
    assert claims["challenge"] == challenge_digest([step])
    assert claims["frames"] == {"count": 3, "head": head_after(3)}  # what was accepted


def test_a_phone_can_recompute_the_digest_of_what_it_was_told() -> None:
    steps = [{"n": 0, "kind": "light", "parameters": {"segments": [{"first": "#ffffff"}]}}]

    text = '[{"kind":"light","n":0,"parameters":{"segments":[{"first":"#ffffff"}]}}]'

    assert challenge_digest(steps) == encode(hashlib.sha256(text.encode()).digest())


def test_the_digest_is_that_of_the_text_and_the_access_token_names_it(world: World) -> None:
    phone = world.citizen()
    token, phone.token = phone.token or "", None
    with world.database.separate() as tx:
        [[session_id]] = tx.connection().exec_driver_sql("SELECT id FROM verification_sessions")

    told = receipt_of(phone, session_id)

    assert told["digest"] == encode(hashlib.sha256(told["receipt"].encode()).digest())
    assert parts_of(token)[1]["vrf"] == told["digest"]


def test_another_library_verifies_it_with_the_published_keys(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)
    text = receipt_of(phone, session_id)["receipt"]
    keys = desk.app.test_client().get("/.well-known/jwks.json").get_json()["keys"]
    [key] = [key for key in keys if key["kid"] == jwt.get_unverified_header(text)["kid"]]

    claims = jwt.decode(
        text,
        jwt.PyJWK(key),
        algorithms=["ES256"],
        audience=f"{desk.shared.settings.public_url}/verification-receipts",
        options={"verify_iat": False, "verify_exp": False},  # the test's clock stands elsewhere
    )

    assert claims["jti"] == session_id


@pytest.mark.parametrize("outcome", ["PASSED", "NOT_VERIFIED"])
def test_a_receipt_names_nobody(desk: Desk, faces: FakeFaces, outcome: str) -> None:
    faces.outcome = outcome
    phone = desk.phone()
    phone.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    session_id = begin(phone)
    play(phone, session_id)

    told = json.dumps(claims_of(phone, session_id), ensure_ascii=False)

    [(person_hash,)] = desk.rows("SELECT person_hash FROM verification_sessions")
    person_ids = [person_id for (person_id,) in desk.rows("SELECT id FROM persons")]
    hashes = [person_hash.hex(), encode(person_hash)]
    for personal in (NUMBER, NAME, phone.thumbprint, "192.0.2.9", "0.123", *hashes, *person_ids):
        assert personal not in told


def test_there_is_no_receipt_before_the_end(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    send(phone, session_id, 0)

    early = phone.get(f"{PATH}/{session_id}/receipt")

    assert (early.status_code, early.get_json()["code"]) == (409, "VERIFICATION_NOT_ENDED")


def test_a_session_that_was_given_up_has_none(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    desk.clock.advance(seconds=181)
    unswept = phone.get(f"{PATH}/{session_id}/receipt")
    desk.parts.sweeper.sweep()
    swept = phone.get(f"{PATH}/{session_id}/receipt")

    for late in (unswept, swept):
        assert (late.status_code, late.get_json()["code"]) == (410, "VERIFICATION_EXPIRED")


def test_only_the_device_of_the_session_gets_it(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)
    path = f"{PATH}/{session_id}/receipt"

    assert desk.phone().get(path).status_code == 404
    assert desk.app.test_client().get(path).status_code == 401
    assert phone.get(f"{PATH}/vrf_{'a' * 26}/receipt").status_code == 404


def test_it_stays_the_same_as_long_as_the_session_is_known(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)
    first = receipt_of(phone, session_id)
    desk.clock.advance(days=40)
    desk.parts.sweeper.sweep()

    assert receipt_of(phone, session_id) == first


def test_it_is_sealed_at_rest_and_resealed_with_the_rest(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)
    text = receipt_of(phone, session_id)["receipt"]

    assert text not in desk.everything()
    assert ("verification_sessions", "receipt") in {(c.table.name, c.column) for c in SEALED}

"""POST /v1/verification-receipts/checks: anybody may ask whether a receipt is ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as within
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.core.jose.tokens import sign_token
from app.core.keys.files import FileKeys
from app.core.keys.provider import SigningName
from app.identity.service.receipts import LASTS
from tests.app.device import Device, base64url, public_jwk
from tests.app.identity.tokens import altered, parts_of, resigned
from tests.app.world import World

CHECK = "/v1/verification-receipts/checks"
QUESTIONS = ("form", "signature", "contents", "issuer", "period")


@pytest.fixture
def phone(world: World) -> Device:
    return world.citizen()


@pytest.fixture
def receipt(world: World, phone: Device) -> str:
    device = Device(
        client=world.client, clock=world.clock, public_url=phone.public_url, key=phone.key
    )
    with world.database.separate() as tx:
        [[session_id]] = tx.connection().exec_driver_sql("SELECT id FROM verification_sessions")
    return str(device.get(f"/v1/verifications/{session_id}/receipt").json["receipt"])


def check(world: World, receipt: object, **options: Any) -> TestResponse:
    return world.client.post(CHECK, json={"receipt": receipt}, **options)


def refused(world: World, receipt: str) -> tuple[str, str]:
    """Which question failed, and its code; those before it are good, those after not examined."""
    told = check(world, receipt).get_json()
    assert told["valid"] is False
    assert "contents" not in told
    codes = [told["checks"][name]["code"] for name in QUESTIONS]
    at = next(n for n, code in enumerate(codes) if code != "OK")
    assert codes[at + 1 :] == ["NOT_EXAMINED"] * (len(QUESTIONS) - at - 1)
    ok = [told["checks"][name].get("ok") for name in QUESTIONS]
    assert ok == [True] * at + [False] + [None] * (len(QUESTIONS) - at - 1)
    return QUESTIONS[at], codes[at]


def signed(world: World, receipt: str, ring: SigningName = "receipt", **claims: Any) -> str:
    """A copy with claims replaced (None removes one), signed with a ring of ours."""
    header = {"kid": world.shared.keys.signing(ring).active.kid}
    return resigned(world, receipt, header=header, ring=ring, **claims)


def test_a_good_receipt_is_valid_and_its_contents_are_told(world: World, receipt: str) -> None:
    answer = check(world, receipt)

    assert answer.status_code == 200
    assert answer.json == {
        "valid": True,
        "checks": {name: {"ok": True, "code": "OK"} for name in QUESTIONS},
        "contents": parts_of(receipt)[1],
    }


def test_a_key_that_was_rotated_away_still_counts_for_its_receipts(
    world: World, receipt: str
) -> None:
    keys = FileKeys(world.settings.keys_path, clock=world.clock)
    keys.rotate_signing("receipt", publish_ahead=timedelta(0), overlap=LASTS)

    assert check(world, receipt).json["valid"] is True


Forgery = Callable[[World, str], str]
FORGERIES: dict[str, tuple[Forgery, tuple[str, str]]] = {
    "too large": (
        lambda _, r: r + "A" * 8192,
        ("form", "RECEIPT_TOO_LARGE"),
    ),
    "no jws": (lambda *_: "receipt", ("form", "RECEIPT_MALFORMED")),
    "cut": (lambda _, r: r.rpartition(".")[0], ("form", "RECEIPT_MALFORMED")),
    "member twice": (
        lambda _, r: base64url(b'{"typ":"x","typ":"x"}') + r[r.index(".") :],
        ("form", "RECEIPT_DUPLICATE_MEMBER"),
    ),
    "other type": (
        lambda _, r: altered(r, header={"typ": "at+jwt"}),
        ("form", "RECEIPT_TYPE"),
    ),
    "no type": (lambda _, r: altered(r, header={"typ": None}), ("form", "RECEIPT_TYPE")),
    "no algorithm": (
        lambda _, r: altered(r, header={"alg": "none"}),
        ("form", "RECEIPT_ALGORITHM"),
    ),
    "symmetric": (
        lambda _, r: altered(r, header={"alg": "HS256"}),
        ("form", "RECEIPT_ALGORITHM"),
    ),
    "brings a key": (
        lambda w, r: altered(r, header={"jwk": public_jwk(w.phone().key)}),
        ("form", "RECEIPT_HEADER"),
    ),
    "unknown key": (
        lambda _, r: altered(r, header={"kid": "x"}),
        ("signature", "RECEIPT_KEY_UNKNOWN"),
    ),
    "key of access tokens": (
        lambda w, r: signed(w, r, ring="access-token"),
        ("signature", "RECEIPT_KEY_UNKNOWN"),
    ),
    "other level": (
        lambda _, r: altered(r, level="L3"),
        ("signature", "RECEIPT_SIGNATURE_WRONG"),
    ),
    "other outcome": (
        lambda _, r: altered(r, outcome="FAILED"),
        ("signature", "RECEIPT_SIGNATURE_WRONG"),
    ),
    "incomplete": (
        lambda w, r: signed(w, r, challenge=None),
        ("contents", "RECEIPT_INCOMPLETE"),
    ),
    "other issuer": (
        lambda w, r: signed(w, r, iss="https://example.org"),
        ("issuer", "RECEIPT_ISSUER"),
    ),
    "other use": (
        lambda w, r: signed(w, r, aud=w.settings.public_url),
        ("issuer", "RECEIPT_AUDIENCE"),
    ),
}


@pytest.mark.parametrize(("forge", "told"), FORGERIES.values(), ids=FORGERIES.keys())
def test_each_forgery_fails_for_its_own_reason(
    world: World, receipt: str, forge: Forgery, told: tuple[str, str]
) -> None:
    assert refused(world, forge(world, receipt)) == told


def test_an_access_token_is_no_receipt(world: World, phone: Device) -> None:
    assert refused(world, phone.token or "") == ("form", "RECEIPT_TYPE")


def test_a_time_that_is_no_time_is_refused(world: World, receipt: str) -> None:
    told = check(world, signed(world, receipt, exp="soon")).get_json()
    assert told["checks"]["contents"] == {"ok": False, "code": "RECEIPT_CONTENTS_WRONG"}


def test_a_receipt_counts_for_three_years(world: World, receipt: str) -> None:
    world.clock.advance(seconds=LASTS.total_seconds() + 59)
    assert check(world, receipt).json["valid"] is True

    world.clock.advance(seconds=1)
    assert refused(world, receipt) == ("period", "RECEIPT_EXPIRED")


def test_a_receipt_of_the_future_is_refused(world: World, receipt: str) -> None:
    now = int(world.clock.now().timestamp())
    assert check(world, signed(world, receipt, iat=now + 60)).json["valid"] is True
    assert refused(world, signed(world, receipt, iat=now + 61)) == (
        "period",
        "RECEIPT_NOT_YET_VALID",
    )


@pytest.mark.parametrize("receipt", ["", "A" * 40_000, 1, None, ["x"]])
def test_what_is_no_text_of_that_size_is_refused_at_the_door(world: World, receipt: object) -> None:
    answer = check(world, receipt)

    assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD")
    assert answer.json["pointer"] == "/receipt"


def test_a_body_beyond_the_limit_is_not_read(world: World) -> None:
    assert check(world, "A" * 70_000).status_code == 413


@within(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=60), where=st.integers(0, 600), text=st.text(max_size=80))
def test_no_text_breaks_the_check(
    world: World, receipt: str, noise: bytes, where: int, text: str
) -> None:
    spoiled = receipt[:where] + base64.urlsafe_b64encode(noise).decode() + receipt[where + 1 :]
    # A limit of its own is tested below; here every example comes from another address.
    address = {"REMOTE_ADDR": f"192.0.2.{len(noise)}"}
    world.shared.redis.flushall()
    for tried in (spoiled, text or "x"):
        answer = check(world, tried, environ_overrides=address)
        assert answer.status_code == 200 or answer.json["code"] in {"INVALID_FIELD", "BAD_JSON"}
        assert answer.status_code != 200 or answer.json["valid"] is (tried == receipt)


def test_an_address_checks_sixty_receipts_a_minute(world: World, receipt: str) -> None:
    for _ in range(60):
        assert check(world, "x").status_code == 200

    answer = check(world, receipt)

    assert (answer.status_code, answer.json["code"]) == (429, "TOO_MANY_REQUESTS")
    assert check(world, receipt, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).json["valid"]


def test_contents_with_a_member_of_another_type_were_never_signed_here(
    world: World, receipt: str
) -> None:
    """Only our own key could make one; even then nothing but a refusal comes of it."""
    key = world.shared.keys.signing("receipt").active
    claims = {**parts_of(receipt)[1], "steps": "all"}
    odd = sign_token(claims, typ="verification-receipt+jwt", key=key)

    assert refused(world, odd) == ("contents", "RECEIPT_CONTENTS_WRONG")
    assert json.loads(check(world, odd).data)["valid"] is False

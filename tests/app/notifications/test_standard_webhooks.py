"""Calls are signed as Standard Webhooks says, by a secret that is told once and can be replaced."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select
from standardwebhooks import Webhook, WebhookVerificationError

from app.core.clock import SystemClock
from app.core.keys.files import FileKeys
from app.core.resealing import Resealer
from app.notifications.models import WebhookSecret
from app.notifications.service.signing_secrets import MOST, SecretSweep
from app.notifications.service.standard_signing import standard_headers
from app.outbox.models import OutboxMessage
from app.wiring.models import SEALED
from tests.app.device import Device
from tests.app.documents.people import members
from tests.app.notifications.partners import Call, Receiver, partner, posted, told
from tests.app.notifications.test_signing import example  # noqa: F401 - a fixture
from tests.app.notifications.test_webhooks import HOOKS, hook, registered_hook
from tests.app.world import World
from tests.fakes import FakeClock

# Of the tests of the standard's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture
def clock() -> FakeClock:
    """The standard's library reads the machine's clock."""
    return FakeClock(SystemClock().now())


def rotated(client: Device, hook_id: str, **body: int) -> dict[str, Any]:
    answer = client.post(f"{HOOKS}/{hook_id}/secret", body)
    assert answer.status_code == 200, answer.text
    return members(answer)


def believes(secret: str, call: Call) -> bool:
    try:
        Webhook(secret).verify(call.body, dict(call.headers))
    except WebhookVerificationError:
        return False
    return True


def called(receiver: Receiver, world: World) -> Call:
    """A further call."""
    posted(world, about=f"cer_{len(receiver.calls)}")
    told(world)
    return receiver.calls[-1]


def test_the_standards_example_is_signed_alike() -> None:
    headers = standard_headers(
        body=b'{"test": 2432232314}',
        message_id=MESSAGE,
        now=datetime.fromtimestamp(1614265330, UTC),
        secrets=[base64.b64decode(SECRET.removeprefix("whsec_"))],
    )
    assert headers == {"webhook-signature": SIGNATURE}


def test_the_standards_own_library_believes_a_call(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    secret = registered_hook(lawyer, receiver.url)["secret"]
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    call = called(receiver, world)
    assert [believes(secret, one) for one in receiver.calls] == [True, True]  # the ping too
    assert Webhook(secret).verify(call.body, dict(call.headers))["type"] == "certificate.revoked"
    assert "." not in call.headers["webhook-id"] + call.headers["webhook-timestamp"]
    assert call.headers["signature"].startswith("sig1=:")  # and RFC 9421 beside


def test_a_call_that_was_changed_is_not_believed(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    secret = registered_hook(lawyer, receiver.url)["secret"]
    call = called(receiver, world)
    assert believes(secret, call)
    later = str(int(call.headers["webhook-timestamp"]) + 1)
    for name, value in (
        ("webhook-id", "evt_other"),
        ("webhook-timestamp", later),
        ("webhook-signature", "v1," + base64.b64encode(bytes(32)).decode()),
    ):
        assert not believes(secret, replace(call, headers={**call.headers, name: value}))
    assert not believes(secret, replace(call, body=call.body + b" "))


def test_the_documented_receiver_believes_us_and_nobody_else(
    lawyer: Device,
    receiver: Receiver,
    world: World,
    example: Any,  # noqa: F811 - the fixture
) -> None:
    made = registered_hook(lawyer, receiver.url)
    newer = rotated(lawyer, made["id"])["secret"]
    call = called(receiver, world)
    now = int(call.headers["webhook-timestamp"])

    def found(
        secret: str = newer, *, after: int = 0, change: dict[str, str] | None = None
    ) -> str | None:
        told: str | None = example.verified_by_secret(
            secret=secret,
            headers={**call.headers, **(change or {})},
            body=call.body,
            now=now + after,
        )
        return told

    assert found() == found(made["secret"]) == found(after=300) == call.headers["webhook-id"]
    assert found(SECRET) is found(after=301) is found(after=-301) is None
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        for value in ("", "1", "²", "v1,", "v1 v1,AAAA"):
            assert found(change={name: value}) is None
    other = {"secret": newer, "headers": call.headers, "body": call.body + b" ", "now": now}
    assert example.verified_by_secret(**other) is None


def test_each_webhook_has_a_secret_of_its_own(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    one = registered_hook(lawyer, receiver.url)["secret"]
    two = registered_hook(lawyer, receiver.url + "&two=2")["secret"]
    told(world)
    assert one != two
    for secret in (one, two):
        assert sorted(believes(secret, call) for call in receiver.calls) == [False, True]


def test_a_secret_is_told_once(lawyer: Device, receiver: Receiver) -> None:
    answers = [
        lawyer.post(HOOKS, {"url": receiver.url}, idempotency_key="the-same-twice")
        for _ in range(2)
    ]
    assert answers[0].data == answers[1].data  # only to the request that was answered before
    made = members(answers[0])
    assert "secret" not in hook(lawyer)
    resumed = lawyer.post(f"{HOOKS}/{made['id']}/resume")
    assert made["secret"] not in resumed.text + lawyer.get(HOOKS).text


def test_a_secret_is_sealed_where_it_is_kept(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    secret = registered_hook(lawyer, receiver.url)["secret"]
    material = base64.b64decode(secret.removeprefix("whsec_"))
    told(world)
    with world.database.separate() as tx:
        [row] = tx.scalars(select(WebhookSecret)).all()
        waiting = repr(tx.scalars(select(OutboxMessage.payload)).all())
    assert material not in row.secret
    assert secret.removeprefix("whsec_") not in repr(row.secret) + waiting


def test_a_replaced_secret_signs_on_for_the_overlap(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    told(world)
    answer = rotated(lawyer, made["id"], overlap_hours=2)
    assert answer["secret"] != made["secret"]
    ends = datetime.fromisoformat(answer["earlier_until"])
    assert (ends - world.clock.now()).total_seconds() == 7200
    call = called(receiver, world)
    assert call.headers["webhook-signature"].count("v1,") == 2
    assert believes(made["secret"], call)
    assert believes(answer["secret"], call)
    world.clock.advance(minutes=121)
    later = called(receiver, world)
    assert [signed_by(one, later) for one in (made["secret"], answer["secret"])] == [False, True]


def signed_by(secret: str, call: Call) -> bool:
    """Whether a secret signed a call, whenever that was."""
    moment = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.digest(key, moment + call.body, hashlib.sha256)).decode()
    return f"v1,{wanted}" in call.headers["webhook-signature"].split(" ")


def test_a_secret_somebody_else_has_ends_at_once(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    second = rotated(lawyer, made["id"])["secret"]
    third = rotated(lawyer, made["id"], overlap_hours=0)["secret"]
    call = called(receiver, world)
    assert [signed_by(one, call) for one in (made["secret"], second, third)] == [
        False,
        False,
        True,
    ]


def test_a_second_rotation_does_not_prolong_the_first(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    rotated(lawyer, made["id"], overlap_hours=1)
    rotated(lawyer, made["id"], overlap_hours=100)
    world.clock.advance(minutes=61)
    lawyer = partner(world)
    told(world)
    call = called(receiver, world)
    assert not signed_by(made["secret"], call)
    assert call.headers["webhook-signature"].count("v1,") == 2


def test_so_many_secrets_sign_at_once(lawyer: Device, receiver: Receiver) -> None:
    made = registered_hook(lawyer, receiver.url)
    for _ in range(MOST - 1):
        rotated(lawyer, made["id"])
    answer = lawyer.post(f"{HOOKS}/{made['id']}/secret", {})
    assert (answer.status_code, answer.json["code"]) == (409, "WEBHOOK_SECRETS_TOO_MANY")
    assert rotated(lawyer, made["id"], overlap_hours=0)["secret"]
    assert rotated(lawyer, made["id"])["secret"]


def test_a_webhook_of_before_gets_its_first_secret_when_asked(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    with world.database.separate() as tx:
        tx.execute(delete(WebhookSecret))
    call = called(receiver, world)
    assert "webhook-signature" not in call.headers
    assert call.headers["signature"].startswith("sig1=:")
    answer = rotated(lawyer, made["id"])
    assert "earlier_until" not in answer
    assert believes(answer["secret"], called(receiver, world))


def test_a_rotation_of_field_keys_leaves_secrets_as_they_are(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    secret = registered_hook(lawyer, receiver.url)["secret"]
    FileKeys(world.settings.keys_path, clock=world.clock).rotate_secret("fields")
    resealed = Resealer(database=world.database, cipher=world.shared.cipher).reseal(SEALED)
    assert resealed >= 1
    with world.database.separate() as tx:
        [row] = tx.scalars(select(WebhookSecret)).all()
    assert world.shared.cipher.is_current(row.secret)
    assert believes(secret, called(receiver, world))


def test_secrets_that_are_over_are_forgotten(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    rotated(lawyer, made["id"], overlap_hours=0)
    sweep = SecretSweep(database=world.database, clock=world.clock)
    assert (sweep.sweep(), sweep.sweep()) == (1, 0)
    lawyer.delete(f"{HOOKS}/{made['id']}")
    with world.database.separate() as tx:
        assert tx.scalars(select(WebhookSecret)).all() == []


def test_a_bad_rotation_is_refused(lawyer: Device, receiver: Receiver) -> None:
    made = registered_hook(lawyer, receiver.url)
    for body in ({"overlap_hours": -1}, {"overlap_hours": 169}, {"secret": "x"}):
        answer = lawyer.post(f"{HOOKS}/{made['id']}/secret", body)
        assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD")


def test_nobody_replaces_anothers_secret(lawyer: Device, receiver: Receiver, world: World) -> None:
    made = registered_hook(lawyer, receiver.url)
    answer = partner(world, "别家").post(f"{HOOKS}/{made['id']}/secret", {})
    assert (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")
    lawyer.delete(f"{HOOKS}/{made['id']}")
    assert lawyer.post(f"{HOOKS}/{made['id']}/secret", {}).status_code == 404

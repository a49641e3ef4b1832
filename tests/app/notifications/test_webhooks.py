"""Partners register where they are called, follow what they checked, and are called for certain."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.notifications.models import WebhookDelivery, WebhookEndpoint
from app.notifications.service.endpoints import MOST
from app.outbox.models import OutboxMessage
from tests.app.device import Device
from tests.app.documents.people import ZHANG, accesses, issued, members, registered
from tests.app.documents.test_status_lists import move
from tests.app.notifications.partners import Call, Receiver, partner, told
from tests.app.notifications.test_signing import example  # noqa: F401 - a fixture
from tests.app.world import World

HOOKS = "/v1/partners/webhooks"
FOLLOW = "/v1/certificate-checks/subscriptions"


def registered_hook(client: Device, url: str) -> dict[str, Any]:
    answer = client.post(HOOKS, {"url": url})
    assert answer.status_code == 201, answer.text
    return members(answer)


def hook(client: Device) -> dict[str, Any]:
    """The partner's only webhook, as it stands."""
    [found] = members(client.get(HOOKS))["items"]
    return dict(found)


def followed(client: Device, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = client.post(FOLLOW, {"id": made["id"], "code": made["check_code"], **changes})
    assert answer.status_code == 201, answer.text
    return members(answer)


def deliveries(client: Device, hook_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = members(client.get(f"{HOOKS}/{hook_id}/deliveries"))["items"]
    return found


def said(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(call.body)
    return body


def test_a_new_webhook_gets_a_signed_ping(
    lawyer: Device,
    receiver: Receiver,
    world: World,
    example: Any,  # noqa: F811 - the fixture
) -> None:
    made = registered_hook(lawyer, receiver.url)
    assert (made["state"], made["url"]) == ("ACTIVE", receiver.url)
    told(world)
    [call] = receiver.calls
    assert said(call)["type"] == "webhook.ping"
    jwks = members(world.client.get("/.well-known/jwks.json"))
    now = int(world.clock.now().timestamp())
    found = example.verified_id(
        url=receiver.url, headers=call.headers, body=call.body, jwks=jwks, now=now
    )
    assert found == call.headers["webhook-id"]
    [delivery] = deliveries(lawyer, made["id"])
    assert (delivery["outcome"], delivery["status"], delivery["attempt"]) == ("delivered", 204, 1)
    assert delivery["message_id"] == found


def test_a_past_checker_is_told_of_each_change_in_order(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    subscription = followed(lawyer, made)
    assert (subscription["certificate"], subscription["status"]) == (made["number"], "valid")
    move(world, made, "suspended", "UNDER_REVIEW")
    move(world, made, "valid", "REVIEW_ENDED")
    move(world, made, "revoked", "RECORD_CORRECTED")
    told(world)
    events = [said(call) for call in receiver.calls][1:]
    assert [event["type"] for event in events] == [
        "certificate.suspended",
        "certificate.valid",
        "certificate.revoked",
    ]
    assert events[-1]["data"] == {
        "subscription": subscription["id"],
        "certificate": made["number"],
        "status": "revoked",
        "reason": "RECORD_CORRECTED",
        "at": "2026-11-23T08:00:00Z",
    }
    assert len(set(receiver.ids)) == 4


def test_a_newer_version_is_told_to_those_who_follow(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    registered_hook(lawyer, receiver.url)
    followed(lawyer, issued(zhang))
    issued(zhang)
    told(world)
    assert said(receiver.calls[-1])["data"]["reason"] == "NEW_VERSION"


def test_nothing_personal_is_sent_or_waits_to_be(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    followed(lawyer, made)
    move(world, made, "revoked", "FRAUD")
    told(world)
    with world.database.separate() as tx:
        waiting = [repr(one) for one in tx.scalars(select(OutboxMessage.payload))]
    for words in [*waiting, *(call.body.decode() for call in receiver.calls)]:
        assert ZHANG not in words
        assert registered(world, ZHANG)["citizen_number"] not in words


def test_the_holder_sees_who_follows(lawyer: Device, zhang: Device) -> None:
    followed(lawyer, issued(zhang))
    [seen] = [e for e in accesses(zhang) if e["action"] == "certificate.followed"]
    assert (seen["actor_kind"], seen["actor"]) == ("terminal", "光明律师事务所")


def test_following_needs_the_certificate(lawyer: Device, zhang: Device) -> None:
    made = issued(zhang)
    answer = lawyer.post(FOLLOW, {"id": made["id"], "code": "0000-0000-0000-0000"})
    assert (answer.status_code, answer.json["code"]) == (404, "CERTIFICATE_NOT_RECOGNISED")
    answer = lawyer.post(FOLLOW, {"id": "cer_x", "code": made["check_code"]})
    assert answer.json["code"] == "CERTIFICATE_NOT_RECOGNISED"
    assert members(lawyer.get(FOLLOW))["items"] == []


def test_what_has_ended_is_not_followed(lawyer: Device, zhang: Device, world: World) -> None:
    made = issued(zhang)
    move(world, made, "revoked", "FRAUD")
    answer = lawyer.post(FOLLOW, {"id": made["id"], "code": made["check_code"]})
    assert (answer.status_code, answer.json["code"]) == (409, "CERTIFICATE_ENDED")


def test_who_follows_while_it_is_being_revoked_learns_of_it(
    lawyer: Device, zhang: Device, world: World
) -> None:
    made, answers = issued(zhang), []
    body = {"id": made["id"], "code": made["check_code"]}
    following = threading.Thread(target=lambda: answers.append(lawyer.post(FOLLOW, body)))
    with world.database.transaction():
        move(world, made, "revoked", "FRAUD")
        following.start()
        wait_for_a_lock(world)
    following.join()
    assert answers[0].json["code"] == "CERTIFICATE_ENDED"
    assert members(lawyer.get(FOLLOW))["items"] == []


def wait_for_a_lock(world: World) -> None:
    """Until somebody waits for a row of ours."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with world.database.separate() as tx:
            if tx.execute(waiting).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError


def test_a_subscription_ends_by_itself_and_can_be_renewed_or_ended(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    first = followed(lawyer, made, days=1)
    assert first["expires_at"] == "2026-11-24T08:00:00Z"
    again = followed(lawyer, made, days=366)
    assert again["id"] == first["id"]
    assert again["expires_at"] == made["valid_until"]  # never longer than the certificate
    followed(lawyer, made, days=1)
    [listed] = members(lawyer.get(FOLLOW))["items"]
    assert listed["id"] == first["id"]
    assert partner(world, "别家").delete(f"{FOLLOW}/{first['id']}").status_code == 404
    world.clock.advance(days=2)
    with world.database.separate() as tx:
        tx.execute(text("DELETE FROM outbox_messages"))
    move(world, made, "revoked", "FRAUD")
    told(world)
    assert receiver.calls == []


def test_a_subscription_that_was_ended_is_over(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    one = followed(lawyer, made)
    assert lawyer.delete(f"{FOLLOW}/{one['id']}").status_code == 204
    assert lawyer.delete(f"{FOLLOW}/{one['id']}").status_code == 404
    move(world, made, "revoked", "FRAUD")
    told(world)
    assert [said(call)["type"] for call in receiver.calls] == ["webhook.ping"]


def test_a_certificate_is_followed_by_a_bounded_number(
    lawyer: Device, zhang: Device, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.documents.service.following.MOST_OF_CERTIFICATE", 1)
    made = issued(zhang)
    followed(lawyer, made)
    followed(lawyer, made)
    answer = partner(world, "别家").post(FOLLOW, {"id": made["id"], "code": made["check_code"]})
    assert (answer.status_code, answer.json["code"]) == (409, "FOLLOWERS_TOO_MANY")


def test_a_failed_call_is_repeated_with_the_same_id_after_a_pause(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    receiver.statuses = [503, 503]
    made = registered_hook(lawyer, receiver.url)
    assert told(world) == 1
    assert hook(lawyer)["failing_since"] == "2026-11-23T08:00:00Z"
    assert told(world) == 0
    world.clock.advance(seconds=6)
    told(world)
    world.clock.advance(seconds=11)
    told(world)
    assert len(set(receiver.ids)) == 1
    assert receiver.calls[0].body == receiver.calls[2].body
    assert receiver.calls[0].headers["signature"] != receiver.calls[2].headers["signature"]
    log = deliveries(lawyer, made["id"])
    assert [(d["attempt"], d["outcome"], d["status"]) for d in log] == [
        (3, "delivered", 204),
        (2, "failed", 503),
        (1, "failed", 503),
    ]
    assert "failing_since" not in hook(lawyer)


def test_while_a_webhook_pauses_its_other_messages_cost_no_call(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    receiver.statuses = [500]
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    told(world)
    followed(lawyer, made)
    move(world, made, "suspended", "UNDER_REVIEW")
    told(world)
    assert len(receiver.calls) == 1
    world.clock.advance(seconds=6)
    told(world)
    assert len(receiver.calls) == 3


def test_a_busy_receiver_is_left_alone_as_long_as_it_asks_within_an_hour(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    asked = [
        (429, "120", "08:02:00"),
        (503, "999999", "09:00:00"),  # an hour at most
        (503, "Mon, 23 Nov 2026 09:00:00 GMT", "08:00:05"),  # seconds alone are understood
        (503, "-5", "08:00:05"),
        (500, "120", "08:00:05"),  # not busy but broken
    ]
    for n, (status, wait, _) in enumerate(asked):
        receiver.statuses, receiver.retry_after = [status], wait
        registered_hook(lawyer, f"{receiver.url}&n={n}")
        told(world)
    pauses = [one["paused_until"] for one in members(lawyer.get(HOOKS))["items"]]
    assert sorted(pauses) == sorted(f"2026-11-23T{until}Z" for _, _, until in asked)


def test_a_redirect_is_not_followed(lawyer: Device, receiver: Receiver, world: World) -> None:
    receiver.statuses, receiver.location = [302], receiver.url.replace("hooks", "elsewhere")
    made = registered_hook(lawyer, receiver.url)
    told(world)
    [call] = receiver.calls
    assert call.path == "/hooks?of=us"
    assert deliveries(lawyer, made["id"])[0]["failure"] == "redirected"


def test_a_receiver_that_is_away_is_tried_again(lawyer: Device, world: World) -> None:
    made = registered_hook(lawyer, "http://127.0.0.1:9/")
    told(world)
    [delivery] = deliveries(lawyer, made["id"])
    assert (delivery["outcome"], delivery["failure"]) == ("failed", "unreachable")


def test_a_webhook_that_fails_for_days_is_disabled_and_can_be_used_again(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    receiver.statuses = [500] * 200
    made = registered_hook(lawyer, receiver.url)
    for _ in range(40):
        told(world)
        world.clock.advance(seconds=4 * 3600)
    lawyer = partner(world)  # logged in again: days have passed
    assert hook(lawyer)["state"] == "DISABLED"
    calls = len(receiver.calls)
    told(world)
    assert len(receiver.calls) == calls
    receiver.statuses = []
    answer = lawyer.post(f"{HOOKS}/{made['id']}/resume")
    assert (answer.status_code, answer.json["state"]) == (200, "ACTIVE")
    told(world)
    assert len(receiver.calls) == calls + 1


def test_a_webhook_that_says_it_is_gone_is_disabled_at_once(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    receiver.statuses = [410]
    registered_hook(lawyer, receiver.url)
    told(world)
    assert hook(lawyer)["state"] == "DISABLED"


def test_what_is_on_its_way_to_a_removed_webhook_is_dropped(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    assert lawyer.delete(f"{HOOKS}/{made['id']}").status_code == 204
    assert lawyer.delete(f"{HOOKS}/{made['id']}").status_code == 404
    assert lawyer.post(f"{HOOKS}/{made['id']}/resume").status_code == 404
    assert told(world) == 1
    assert receiver.calls == []
    assert members(lawyer.get(HOOKS))["items"] == []
    with world.database.separate() as tx:
        assert tx.scalars(select(WebhookDelivery.outcome)).all() == ["dropped"]
    assert registered_hook(lawyer, receiver.url)["id"] != made["id"]


def test_an_address_that_became_a_private_one_is_called_no_more(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    with world.database.separate() as tx:
        tx.execute(update(WebhookEndpoint).values(url="ftp://127.0.0.1/"))
    told(world)
    assert receiver.calls == []
    assert deliveries(lawyer, made["id"])[0]["failure"] == "address_refused"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "INVALID_FIELD"),
        ({"url": 7}, "INVALID_FIELD"),
        ({"url": "x" * 501}, "INVALID_FIELD"),
        ({"url": "https://a.example/", "secret": "x"}, "INVALID_FIELD"),
        ({"url": "ftp://127.0.0.1/"}, "WEBHOOK_URL_REFUSED"),
    ],
)
def test_a_bad_address_is_refused(lawyer: Device, body: dict[str, Any], code: str) -> None:
    answer = lawyer.post(HOOKS, body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_an_address_is_registered_once_and_there_are_not_many(lawyer: Device) -> None:
    for n in range(MOST):
        registered_hook(lawyer, f"http://127.0.0.1:9/{n}")
    answer = lawyer.post(HOOKS, {"url": "http://127.0.0.1:9/0"})
    assert (answer.status_code, answer.json["code"]) == (409, "WEBHOOK_KNOWN")
    answer = lawyer.post(HOOKS, {"url": "http://127.0.0.1:9/more"})
    assert (answer.status_code, answer.json["code"]) == (409, "WEBHOOKS_TOO_MANY")


def test_a_partner_sees_its_own_webhooks_alone(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made, other = registered_hook(lawyer, receiver.url), partner(world, "别家")
    assert members(other.get(HOOKS))["items"] == []
    for answer in (
        other.get(f"{HOOKS}/{made['id']}/deliveries"),
        other.post(f"{HOOKS}/{made['id']}/resume"),
        other.delete(f"{HOOKS}/{made['id']}"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")


def test_the_scope_is_asked_for(world: World, zhang: Device) -> None:
    till = partner(world, scopes=frozenset({"card.decode"}))
    for answer in (till.get(HOOKS), till.get(FOLLOW)):
        assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert zhang.get(HOOKS).status_code == 401
    assert world.client.get(HOOKS).status_code == 401

"""What a webhook was not told lies there for thirty days, and is sent again when asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.notifications.models import DeadLetter
from app.notifications.service.dead_letters import DeadLetterSweep
from app.notifications.service.delivering import RETRIES
from app.notifications.service.feed import FeedSweep
from app.outbox.models import OutboxMessage
from tests.app.device import Device
from tests.app.documents.people import members
from tests.app.notifications.partners import Receiver, partner, posted, told
from tests.app.notifications.test_webhooks import HOOKS, deliveries, hook, registered_hook, said
from tests.app.world import World


def letters(client: Device, hook_id: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"{HOOKS}/{hook_id}/dead-letters", query_string=query)
    assert answer.status_code == 200, answer.text
    return members(answer)


def lying(client: Device, hook_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = letters(client, hook_id)["items"]
    return found


def replayed(client: Device, hook_id: str, event: str) -> dict[str, Any]:
    answer = client.post(f"{HOOKS}/{hook_id}/dead-letters/{event}/replay")
    assert answer.status_code == 200, answer.text
    return members(answer)


def replayed_time(client: Device, hook_id: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{HOOKS}/{hook_id}/dead-letters/replay", body)
    assert answer.status_code == 200, answer.text
    return members(answer)


def gone(client: Device, receiver: Receiver, world: World) -> str:
    """A webhook that said that it is gone; returns its id."""
    receiver.statuses = [410]
    hook_id: str = registered_hook(client, receiver.url)["id"]
    told(world)
    assert hook(client)["state"] == "DISABLED"
    receiver.calls.clear()
    return hook_id


def resumed(client: Device, hook_id: str, receiver: Receiver, world: World) -> None:
    assert client.post(f"{HOOKS}/{hook_id}/resume").status_code == 200
    told(world)
    receiver.calls.clear()


def test_what_happens_while_a_webhook_is_disabled_is_not_lost(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world, n=1)
    posted(world, about="cer_2", n=2)
    told(world)
    assert receiver.calls == []
    newest, oldest = lying(lawyer, hook_id)
    assert newest["sequence"] == 2
    del oldest["event"]
    assert oldest == {
        "sequence": 1,
        "type": "certificate.revoked",
        "timestamp": "2026-11-23T08:00:00Z",
        "died_at": "2026-11-23T08:00:00Z",
        "reason": "out_of_use",
        "attempts": 0,
    }


def test_a_letter_is_replayed_with_the_id_and_body_of_the_first_time(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    told(world)
    receiver.statuses = [410]
    posted(world, kept="word for word")
    told(world)
    [letter] = lying(lawyer, hook_id)
    assert (letter["reason"], letter["attempts"]) == ("gone", 1)
    first = receiver.calls[-1]
    assert letter["event"] == first.headers["webhook-id"]
    world.clock.advance(minutes=5)
    resumed(lawyer, hook_id, receiver, world)
    assert replayed(lawyer, hook_id, letter["event"])["replayed_at"] == "2026-11-23T08:05:00Z"
    told(world)
    [again] = receiver.calls
    assert (again.headers["webhook-id"], again.body) == (first.headers["webhook-id"], first.body)
    assert again.headers["webhook-timestamp"] != first.headers["webhook-timestamp"]
    assert lying(lawyer, hook_id) == []
    assert deliveries(lawyer, hook_id)[0]["outcome"] == "delivered"


def test_a_letter_is_replayed_once_however_often_it_is_asked(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    [letter] = lying(lawyer, hook_id)
    resumed(lawyer, hook_id, receiver, world)
    first = replayed(lawyer, hook_id, letter["event"])
    world.clock.advance(seconds=1)
    assert replayed(lawyer, hook_id, letter["event"]) == first
    assert replayed_time(lawyer, hook_id) == {"replayed": 0, "more": False}
    told(world)
    assert len(receiver.calls) == 1


def test_a_replay_in_vain_lies_there_again(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    [letter] = lying(lawyer, hook_id)
    resumed(lawyer, hook_id, receiver, world)
    replayed(lawyer, hook_id, letter["event"])
    receiver.statuses = [410]
    told(world)
    [again] = lying(lawyer, hook_id)
    assert (again["event"], again["reason"]) == (letter["event"], "gone")
    resumed(lawyer, hook_id, receiver, world)
    assert replayed_time(lawyer, hook_id)["replayed"] == 1
    told(world)
    assert receiver.ids == [letter["event"]]


def test_what_was_on_its_way_when_a_webhook_failed_for_days_is_kept(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    told(world)
    receiver.statuses = [500] * 200
    posted(world, n=1)
    posted(world, n=2)  # of the same certificate: waits for the first
    posted(world, about="cer_2", n=3)
    for _ in range(40):
        told(world)
        world.clock.advance(seconds=4 * 3600)
    lawyer = partner(world)
    assert hook(lawyer)["state"] == "DISABLED"
    found = lying(lawyer, hook_id)
    assert [letter["sequence"] for letter in found] == [3, 2, 1]
    assert sorted(letter["reason"] for letter in found) == ["failing", "out_of_use", "out_of_use"]
    receiver.statuses = []
    resumed(lawyer, hook_id, receiver, world)
    assert replayed_time(lawyer, hook_id) == {"replayed": 3, "more": False}
    told(world)
    assert sorted(said(call)["data"]["n"] for call in receiver.calls) == [1, 2, 3]
    ofone = [said(c)["data"]["n"] for c in receiver.calls if said(c)["sequence"] < 3]
    assert ofone == [1, 2]


def test_one_call_that_fails_to_the_end_is_the_partners_letter_not_the_operators(
    lawyer: Device, receiver: Receiver, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("app.notifications.service.delivering", "app.wiring.notifications"):
        monkeypatch.setattr(f"{module}.RETRIES", replace(RETRIES, most=3))
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    told(world)
    receiver.statuses = [500, 500, 500]
    posted(world)
    for _ in range(4):
        told(world)
        world.clock.advance(minutes=1)
    assert len(receiver.calls) == 4  # the ping among them
    [letter] = lying(lawyer, hook_id)
    assert (letter["reason"], letter["attempts"]) == ("attempts_used_up", 3)
    assert hook(lawyer)["state"] == "ACTIVE"
    with world.database.separate() as tx:
        dead = select(OutboxMessage.id).where(OutboxMessage.dead_at.is_not(None))
        assert tx.scalars(dead).all() == []


def test_letters_of_a_time_are_replayed_earliest_first_and_so_many_at_once(
    lawyer: Device, receiver: Receiver, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.notifications.service.dead_letters.MOST_AT_ONCE", 2)
    hook_id = gone(lawyer, receiver, world)
    for n in range(6):
        posted(world, n=n)
        told(world)
        world.clock.advance(minutes=1)
    resumed(lawyer, hook_id, receiver, world)
    span = {"since": "2026-11-23T08:01:00Z", "until": "2026-11-23T16:05:00+08:00"}
    assert replayed_time(lawyer, hook_id, **span) == {"replayed": 2, "more": True}
    assert replayed_time(lawyer, hook_id, **span) == {"replayed": 2, "more": False}
    assert replayed_time(lawyer, hook_id, **span) == {"replayed": 0, "more": False}
    told(world)
    assert [said(call)["data"]["n"] for call in receiver.calls] == [1, 2, 3, 4]
    assert [letter["sequence"] for letter in lying(lawyer, hook_id)] == [6, 1]


def test_a_bad_time_is_refused(lawyer: Device, receiver: Receiver) -> None:
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    moment = "2026-11-23T08:00:00"
    for body in (
        {"since": moment},
        {"since": "yesterday"},
        {"since": f"{moment}Z", "until": f"{moment}Z"},
        {"limit": 5},
    ):
        answer = lawyer.post(f"{HOOKS}/{hook_id}/dead-letters/replay", body)
        assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD")


def test_nothing_is_replayed_to_a_disabled_webhook(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    [letter] = lying(lawyer, hook_id)
    for path, body in ((f"{letter['event']}/replay", None), ("replay", {})):
        answer = lawyer.post(f"{HOOKS}/{hook_id}/dead-letters/{path}", body)
        assert (answer.status_code, answer.json["code"]) == (409, "WEBHOOK_DISABLED")
    assert len(lying(lawyer, hook_id)) == 1


def test_pages_of_letters_follow_one_another(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    for n in range(5):
        posted(world, about=f"cer_{n}")
        told(world)
        world.clock.advance(seconds=1)
    first = letters(lawyer, hook_id, limit=3)
    rest = letters(lawyer, hook_id, limit=3, cursor=first["next"])
    found = [letter["sequence"] for letter in first["items"] + rest["items"]]
    assert found == [5, 4, 3, 2, 1]
    assert "next" not in rest


def test_a_ping_is_no_letter_and_a_removed_webhook_has_none(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)  # by its ping
    assert lying(lawyer, hook_id) == []
    other = registered_hook(lawyer, receiver.url + "&two=2")["id"]
    told(world)
    posted(world)
    world.clock.advance(seconds=1)
    lawyer.delete(f"{HOOKS}/{other}")
    told(world)
    assert lawyer.get(f"{HOOKS}/{other}/dead-letters").status_code == 404
    with world.database.separate() as tx:
        assert tx.scalars(select(DeadLetter.endpoint_id)).all() == [hook_id]


def test_a_message_of_the_version_before_is_delivered_and_dropped_as_it_was(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    told(world)
    payload = {"endpoint": hook_id, "type": "certificate.revoked", "data": {"n": 1}}
    old = world.shared.outbox.post("webhook.delivery", key="k", payload=payload)
    told(world)
    assert receiver.ids[-1] == old
    assert said(receiver.calls[-1]) == {
        "type": "certificate.revoked",
        "timestamp": "2026-11-23T08:00:00Z",
        "data": {"n": 1},
    }
    receiver.statuses = [410]
    world.shared.outbox.post("webhook.delivery", key="k", payload=payload)
    told(world)
    assert lying(lawyer, hook_id) == []


def test_letters_are_kept_for_thirty_days(lawyer: Device, receiver: Receiver, world: World) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    sweep = DeadLetterSweep(database=world.database, clock=world.clock)
    world.clock.advance(days=30)
    assert sweep.sweep() == 0
    assert len(lying(partner(world), hook_id)) == 1
    world.clock.advance(seconds=1)
    assert sweep.sweep() == 1


def test_a_letter_ends_with_its_event(lawyer: Device, receiver: Receiver, world: World) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    world.clock.advance(days=91)
    assert FeedSweep(database=world.database, clock=world.clock).sweep() == 1
    assert lying(partner(world), hook_id) == []


def test_a_partner_sees_its_own_letters_alone(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    hook_id = gone(lawyer, receiver, world)
    posted(world)
    told(world)
    [letter] = lying(lawyer, hook_id)
    other, base = partner(world, "别家"), f"{HOOKS}/{hook_id}/dead-letters"
    for answer in (
        other.get(base),
        other.post(f"{base}/{letter['event']}/replay"),
        other.post(f"{base}/replay", {}),
        lawyer.post(f"{HOOKS}/whk_x/dead-letters/replay", {}),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")
    resumed(lawyer, hook_id, receiver, world)
    assert lawyer.post(f"{base}/evt_x/replay").status_code == 404
    till = partner(world, scopes=frozenset({"events.read"}))
    assert till.get(base).json["code"] == "INSUFFICIENT_SCOPE"

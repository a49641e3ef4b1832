"""A webhook is called for what its partner chose, and for nothing its client may not hear."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.notifications.service.event_types import EVENT_SCOPES, chosen, includes
from tests.app.device import Device
from tests.app.notifications.partners import Receiver, partner, posted, told
from tests.app.notifications.test_webhooks import HOOKS, hook, registered_hook, said
from tests.app.world import World

ALL_SCOPES = frozenset({"webhooks", "certificates.follow", "settlement"})


def heard(receiver: Receiver) -> list[str]:
    return [said(call)["type"] for call in receiver.calls if said(call)["type"] != "webhook.ping"]


def test_a_webhook_is_for_all_that_the_clients_scopes_allow(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    made = registered_hook(lawyer, receiver.url)
    assert made["events"] == ["certificate.*"]
    posted(world, *EVENT_SCOPES)
    told(world)
    assert sorted(heard(receiver)) == sorted(e for e in EVENT_SCOPES if e.startswith("cert"))
    pharmacy = partner(world, "药房", scopes=ALL_SCOPES)
    made = registered_hook(pharmacy, receiver.url)
    assert made["events"] == ["certificate.*", "reconciliation.*", "settlement.*"]


def test_a_webhook_is_called_for_what_was_chosen(world: World, receiver: Receiver) -> None:
    client = partner(world, scopes=ALL_SCOPES)
    wanted = ["settlement.*", "certificate.revoked"]
    answer = client.post(HOOKS, {"url": receiver.url, "events": wanted})
    assert (answer.status_code, answer.json["events"]) == (201, sorted(wanted))
    posted(world, *EVENT_SCOPES)
    told(world)
    assert sorted(heard(receiver)) == [
        "certificate.revoked",
        "settlement.refunded",
        "settlement.reversed",
        "settlement.settled",
        "settlement.voided",
    ]


def test_the_choice_can_be_changed(lawyer: Device, receiver: Receiver, world: World) -> None:
    made = registered_hook(lawyer, receiver.url)
    path, headers = f"{HOOKS}/{made['id']}/events", {"Idempotency-Key": "change-it"}
    body: dict[str, Any] = {"events": ["certificate.valid"]}
    answer = lawyer.send("PUT", path, headers=headers, json=body)
    assert (answer.status_code, answer.json["events"]) == (200, ["certificate.valid"])
    posted(world, "certificate.revoked", "certificate.valid")
    told(world)
    assert heard(receiver) == ["certificate.valid"]
    headers = {"Idempotency-Key": "and-back-again"}
    assert lawyer.send("PUT", path, headers=headers, json={}).json["events"] == ["certificate.*"]
    other = partner(world, "别家")
    assert other.send("PUT", path, headers=headers, json=body).status_code == 404


BAD: tuple[tuple[object, int, str], ...] = (
    (["certificate.gone"], 422, "WEBHOOK_EVENT_UNKNOWN"),
    (["*"], 422, "WEBHOOK_EVENT_UNKNOWN"),
    ([".*"], 422, "WEBHOOK_EVENT_UNKNOWN"),
    (["cert.*"], 422, "WEBHOOK_EVENT_UNKNOWN"),
    (["webhook.ping"], 422, "WEBHOOK_EVENT_UNKNOWN"),
    (["certificate.*", "settlement.settled"], 403, "WEBHOOK_EVENT_NOT_ALLOWED"),
    (["settlement.*"], 403, "WEBHOOK_EVENT_NOT_ALLOWED"),
    ([], 422, "INVALID_FIELD"),
    (["certificate.*"] * 21, 422, "INVALID_FIELD"),
    (["x" * 65], 422, "INVALID_FIELD"),
    ("certificate.*", 422, "INVALID_FIELD"),
    ([1], 422, "INVALID_FIELD"),
)


def test_a_bad_choice_is_refused(lawyer: Device) -> None:
    for events, status, code in BAD:
        answer = lawyer.post(HOOKS, {"url": "http://127.0.0.1:9/", "events": events})
        assert (answer.status_code, answer.json["code"]) == (status, code), events
        assert answer.json["pointer"].startswith("/events")
    assert lawyer.get(HOOKS).json["items"] == []


def test_a_client_that_may_hear_nothing_has_no_webhook(world: World, receiver: Receiver) -> None:
    client = partner(world, scopes=frozenset({"webhooks"}))
    answer = client.post(HOOKS, {"url": receiver.url})
    assert (answer.status_code, answer.json["code"]) == (403, "WEBHOOK_EVENT_NOT_ALLOWED")


def test_a_disabled_webhook_has_letters_of_what_it_chose_alone(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    receiver.statuses = [410]
    made = lawyer.post(HOOKS, {"url": receiver.url, "events": ["certificate.valid"]}).json
    told(world)
    assert hook(lawyer)["state"] == "DISABLED"
    posted(world, "certificate.revoked", "certificate.valid")
    told(world)
    [letter] = lawyer.get(f"{HOOKS}/{made['id']}/dead-letters").json["items"]
    assert letter["type"] == "certificate.valid"


WORDS = st.sampled_from([*EVENT_SCOPES, "certificate.*", "settlement.*", "*", "a.b", ""])


@given(
    asked=st.lists(WORDS, max_size=6) | st.none(),
    scopes=st.sets(st.sampled_from(sorted(ALL_SCOPES))),
)
def test_no_choice_leads_beyond_the_scopes(asked: list[str] | None, scopes: set[str]) -> None:
    try:
        found = chosen(asked, scopes=scopes)
    except DomainError as refused:
        assert refused.pointer == "/events"  # noqa: PT017 - either may be
        return
    assert found
    for event, scope in EVENT_SCOPES.items():
        assert scope in scopes or not includes(found, event)

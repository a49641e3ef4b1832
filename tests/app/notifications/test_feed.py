"""A partner reads its feed and misses nothing unseen: numbers have no gap."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.notifications.ports import WebhookEvent
from app.notifications.service.event_types import EVENT_SCOPES
from app.notifications.service.feed import FeedSweep
from app.notifications.service.posting import PartnerEvents
from tests.app.device import Device
from tests.app.documents.people import issued, members
from tests.app.documents.test_status_lists import move
from tests.app.notifications.event_racer import Undone
from tests.app.notifications.partners import LAWYERS, REVOKED, Receiver, partner, posted, told
from tests.app.notifications.test_webhooks import followed, registered_hook, said
from tests.app.world import World

FEED = "/v1/partners/events"
BEYOND = (
    "INSERT INTO partner_events SELECT merchant_id, sequence + 1, id || 'x', type, about, data, at"
    " FROM partner_events WHERE sequence = 2"
)


def read(client: Device, **query: int) -> dict[str, Any]:
    answer = client.get(FEED, query_string=query)
    assert answer.status_code == 200, answer.text
    return members(answer)


def run(world: World, statement: str, **values: Any) -> None:
    with world.database.separate() as tx:
        tx.execute(text(statement), values)


def sweep(world: World) -> int:
    return FeedSweep(database=world.database, clock=world.clock).sweep()


def test_a_change_of_a_followed_certificate_is_in_the_feed_and_in_the_call_alike(
    lawyer: Device, receiver: Receiver, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    registered_hook(lawyer, receiver.url)
    followed(lawyer, made)
    move(world, made, "suspended", "UNDER_REVIEW")
    move(world, made, "revoked", "FRAUD")
    told(world)
    page = read(lawyer)
    assert [item["type"] for item in page["items"]] == [
        "certificate.suspended",
        "certificate.revoked",
    ]
    assert (page["next"], page["more"]) == (2, False)
    for item, call in zip(page["items"], receiver.calls[1:], strict=True):
        assert item["id"] == call.headers["webhook-id"]
        body = said(call)
        assert {name: item[name] for name in body} == body


def test_a_partner_without_webhooks_reads_what_it_would_have_been_told(
    lawyer: Device, zhang: Device, world: World
) -> None:
    made = issued(zhang)
    followed(lawyer, made)
    assert read(lawyer) == {"items": [], "next": 0, "more": False}
    move(world, made, "revoked", "FRAUD")
    told(world)
    [event] = read(lawyer, after=0)["items"]
    assert event["sequence"] == 1
    assert event["data"]["certificate"] == made["number"]


def test_partners_with_and_without_webhooks_are_told_together(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    """Each feed has its own numbers in the order of posting, and only one of them is called."""
    bank = partner(world, "某银行")
    registered_hook(lawyer, receiver.url)
    told(world)
    for n in range(3):
        posted(world, about=f"cer_{n}", n=n)
        posted(world, merchant="某银行", about=f"cer_{n}", n=10 + n)
        world.clock.advance(seconds=1)
    told(world)
    for client, first in ((lawyer, 0), (bank, 10)):
        items = read(client)["items"]
        assert [(one["sequence"], one["data"]["n"]) for one in items] == [
            (n + 1, first + n) for n in range(3)
        ]
        assert [one["timestamp"] for one in items] == sorted({one["timestamp"] for one in items})
    assert [said(call)["sequence"] for call in receiver.calls[1:]] == [1, 2, 3]


def test_pages_follow_one_another(lawyer: Device, world: World) -> None:
    for n in range(7):
        posted(world, about=f"cer_{n}", n=n)
    told(world)
    seen, after, more = [], 0, True
    while more:
        page = read(lawyer, after=after, limit=3)
        seen += [(item["sequence"], item["data"]["n"]) for item in page["items"]]
        after, more = page["next"], page["more"]
    assert seen == [(n + 1, n) for n in range(7)]
    assert read(lawyer, after=7) == {"items": [], "next": 7, "more": False}


def test_each_partner_has_a_feed_of_its_own(lawyer: Device, world: World) -> None:
    other = partner(world, "别家")
    posted(world)
    posted(world, merchant="别家", about="cer_2")
    posted(world, about="cer_3")
    told(world)
    assert [item["sequence"] for item in read(lawyer)["items"]] == [1, 2]
    assert [item["sequence"] for item in read(other)["items"]] == [1]


def test_what_was_not_committed_is_not_told_and_takes_no_number(
    lawyer: Device, world: World
) -> None:
    events, event = PartnerEvents(clock=world.clock), WebhookEvent(type=REVOKED, data={})
    with suppress(Undone), world.database.separate() as tx:
        events.post(tx, world.merchants[LAWYERS], event, about="cer_1")
        raise Undone
    posted(world, about="cer_2", kept=True)
    told(world)
    [only] = read(lawyer)["items"]
    assert (only["sequence"], only["data"]) == (1, {"kept": True})


def test_who_reads_too_late_is_told_what_is_the_oldest(lawyer: Device, world: World) -> None:
    posted(world)
    posted(world, about="cer_2")
    told(world)
    world.clock.advance(days=91)
    posted(world, about="cer_3")
    told(world)
    assert sweep(world) == 2
    lawyer = partner(world)  # logged in again: days have passed
    for after in (0, 1):
        answer = lawyer.get(FEED, query_string={"after": after})
        assert (answer.status_code, answer.json["code"]) == (410, "EVENTS_EXPIRED")
        assert answer.json["oldest"] == 3
    assert read(lawyer, after=2)["items"] == read(lawyer)["items"]
    assert [item["sequence"] for item in read(lawyer)["items"]] == [3]


def test_a_feed_of_which_nothing_is_left_goes_on_where_it_was(lawyer: Device, world: World) -> None:
    posted(world)
    told(world)
    world.clock.advance(days=91)
    assert sweep(world) == 1
    lawyer = partner(world)
    answer = lawyer.get(FEED, query_string={"after": 0})
    assert (answer.json["code"], answer.json["oldest"]) == ("EVENTS_EXPIRED", 2)
    assert read(lawyer) == {"items": [], "next": 1, "more": False}
    posted(world, about="cer_2")
    told(world)
    assert [item["sequence"] for item in read(lawyer, after=1)["items"]] == [2]


def test_what_is_younger_than_ninety_days_is_kept(lawyer: Device, world: World) -> None:
    posted(world)
    told(world)
    world.clock.advance(days=90)
    assert sweep(world) == 0
    assert len(read(partner(world), after=0)["items"]) == 1
    del lawyer


def test_a_sweep_of_many_goes_on_until_all_are_gone(
    lawyer: Device, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.notifications.service.feed._BATCH", 2)
    for n in range(5):
        posted(world, about=f"cer_{n}")
    told(world)
    world.clock.advance(days=91)
    assert sweep(world) == 5
    del lawyer


def test_a_number_from_the_future_is_refused(lawyer: Device, world: World) -> None:
    posted(world)
    told(world)
    answer = lawyer.get(FEED, query_string={"after": 2})
    assert (answer.status_code, answer.json["code"]) == (422, "EVENTS_AHEAD")
    assert answer.json["pointer"] == "/after"


def test_a_bad_question_is_refused(lawyer: Device) -> None:
    for query in ("after=-1", "after=x", f"after={2**63}", "limit=0", "limit=501", "since=1"):
        answer = lawyer.get(f"{FEED}?{query}")
        assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD"), query


def test_the_scope_is_asked_for(world: World) -> None:
    client = partner(world, scopes=frozenset({"webhooks", "certificates.follow"}))
    answer = client.get(FEED)
    assert (answer.status_code, answer.json["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert world.client.get(FEED).status_code == 401


def test_an_event_of_no_known_type_or_of_no_bound_is_our_fault(world: World) -> None:
    partner(world)
    for event, data in (("certificate.gone", {}), (REVOKED, {"x": "x" * 5000})):
        with pytest.raises(ValueError, match=event):
            posted(world, event, **data)


def test_every_type_can_be_told(lawyer: Device, world: World) -> None:
    posted(world, *EVENT_SCOPES)
    told(world)
    assert [item["type"] for item in read(lawyer)["items"]] == list(EVENT_SCOPES)


REFUSED = {
    "UPDATE partner_events SET data = '{}'": "never changes",
    "UPDATE partner_feeds SET last = last + 2": "goes on by one",
    "UPDATE partner_feeds SET last = last - 1": "goes on by one",
    "UPDATE partner_feeds SET last = last + 1, at = at - interval '1 s'": "goes on by one",
    "UPDATE partner_feeds SET last = last + 1": "no gap",
    "DELETE FROM partner_feeds": "never ends",
    "INSERT INTO partner_feeds SELECT 'mer_x', 2, now()": "begins at 1",
    "DELETE FROM partner_events WHERE sequence = 2": "beginning alone",
    BEYOND: "number its feed gave",
}


def test_the_database_itself_keeps_the_feed(lawyer: Device, world: World) -> None:
    posted(world)
    posted(world, about="cer_2")
    told(world)
    before = read(lawyer)
    for statement, why in REFUSED.items():
        with pytest.raises(IntegrityError, match=why):
            run(world, statement)
    assert read(lawyer) == before


def test_the_times_of_a_feed_never_go_back(lawyer: Device, world: World) -> None:
    world.clock.advance(seconds=60)
    posted(world)
    told(world)
    world.clock.advance(seconds=-50)
    posted(world, about="cer_2")
    told(world)
    first, second = read(lawyer)["items"]
    assert first["timestamp"] == second["timestamp"] == "2026-11-23T08:01:00Z"

"""Many processes at once: nobody misses an event, none is replayed twice, one secret is current."""

from __future__ import annotations

from sqlalchemy import select

from app.core.clock import SystemClock
from app.notifications.feed_models import PartnerEvent
from app.notifications.models import WebhookSecret
from app.outbox.models import OutboxMessage
from tests.app.device import Device
from tests.app.notifications.event_racer import KEPT
from tests.app.notifications.partners import LAWYERS, Receiver, partner, posted, told
from tests.app.notifications.test_dead_letters import gone
from tests.app.notifications.test_webhooks import HOOKS, registered_hook
from tests.app.racing import raced
from tests.app.world import World
from tests.conftest import Servers

RACER = "tests.app.notifications.event_racer"
WRITERS, READERS, LETTERS = 3, 2, 40


def test_numbers_have_no_gap_and_readers_see_each_once_in_order(
    world: World, servers: Servers
) -> None:
    partner(world)
    url, merchant, total = servers.database_url, world.merchants[LAWYERS], WRITERS * KEPT
    acts = [("write", url, merchant, f"w{n}") for n in range(WRITERS)]
    acts += [("read", url, merchant, str(total))] * READERS
    found = raced(RACER, acts)
    numbers = list(range(1, total + 1))
    assert found[:WRITERS] == ["done"] * WRITERS
    for seen in found[WRITERS:]:
        assert [int(one) for one in seen.split()] == numbers
    with world.database.separate() as tx:
        rows = tx.scalars(select(PartnerEvent).order_by(PartnerEvent.sequence)).all()
    assert [row.sequence for row in rows] == numbers
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    for n in range(WRITERS):
        own = [row.data["n"] for row in rows if row.about == f"w{n}"]
        assert own == sorted(own)
        assert len(own) == KEPT


def test_each_letter_is_replayed_once_by_whoever_comes_first(
    lawyer: Device, receiver: Receiver, world: World, servers: Servers
) -> None:
    hook_id = gone(lawyer, receiver, world)
    for n in range(LETTERS):
        posted(world, about=f"cer_{n}")
    told(world)
    assert lawyer.post(f"{HOOKS}/{hook_id}/resume").status_code == 200
    act = ("replay", servers.database_url, world.merchants[LAWYERS], hook_id)
    counts = raced(RACER, [act] * 3)
    assert sorted(map(int, counts)) == [0, 0, LETTERS]
    waiting = select(OutboxMessage.payload).where(OutboxMessage.delivered_at.is_(None))
    with world.database.separate() as tx:
        types = [payload["type"] for payload in tx.scalars(waiting)]
    assert types.count("certificate.revoked") == LETTERS


def test_of_secrets_made_at_once_one_is_current_and_all_sign(
    lawyer: Device, receiver: Receiver, world: World, servers: Servers
) -> None:
    hook_id = registered_hook(lawyer, receiver.url)["id"]
    argument = f"{hook_id}:{world.settings.keys_path}"
    act = ("rotate", servers.database_url, world.merchants[LAWYERS], argument)
    made = raced(RACER, [act] * 3)
    assert len({secret for secret in made if secret.startswith("whsec_")}) == 3
    with world.database.separate() as tx:
        rows = tx.scalars(select(WebhookSecret)).all()
    assert len(rows) == 4
    assert [row.expires_at for row in rows].count(None) == 1
    now = SystemClock().now()
    assert all(row.expires_at > now for row in rows if row.expires_at is not None)

"""The line under real processes on a real database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import select

from app.hospital.rush.models import QueueTicket
from tests.app.family.steps import relative
from tests.app.hospital.rush.steps import Desk, join, people
from tests.app.racing import raced
from tests.app.world import World

_CHILD = "tests.app.hospital.rush.queue_child"


def race(world: World, acts: Sequence[Sequence[str]]) -> list[str]:
    settings = world.settings
    common = (
        settings.database_url.get_secret_value(),
        str(settings.keys_path),
        settings.public_url,
        world.clock.now().isoformat(),
    )
    return raced(_CHILD, [(*common, *act) for act in acts])


def test_many_who_ask_at_once_and_twice_have_one_ticket_and_rank_each(
    world: World, desk: Desk
) -> None:
    release, crowd = desk.release(), people(world, 24)
    # Everybody asks in two processes, the one time early, the other late.
    acts = [("join", release, *crowd[n:], *crowd[:n]) for n in (0, 0, 8, 16)]
    told = [outcome.split() for outcome in race(world, acts)]
    by_person: defaultdict[str, set[str]] = defaultdict(set)
    for act, tickets in zip(acts, told, strict=True):
        for person, ticket in zip(act[2:], tickets, strict=True):
            by_person[person].add(ticket)
    assert {len(tickets) for tickets in by_person.values()} == {1}
    ranks = {int(ticket.split(":")[1]) for (ticket,) in by_person.values()}
    assert len(ranks) == 24
    _admitted_in_order(world, release)


def _admitted_in_order(world: World, release: str) -> None:
    query = select(QueueTicket.admits_at).where(QueueTicket.release_id == release)
    with world.database.separate() as tx:
        moments = list(tx.scalars(query.order_by(QueueTicket.rank)))
    gaps = [later - earlier for earlier, later in pairwise(moments) if earlier and later]
    assert len(gaps) == 23
    assert min(gaps).total_seconds() >= 1


def test_a_ticket_used_in_many_processes_at_once_gets_one_place(world: World, desk: Desk) -> None:
    sessions = [desk.clinic.session(days=3 + n, hour=8) for n in range(4)]
    release, person = desk.release(*sessions), relative(world, "甲")
    ticket = join(person, release)["ticket"]
    world.clock.advance(minutes=10)
    who = person.person_id(world)
    outcomes = Counter(race(world, [("hold", one, who, ticket) for one in sessions]))
    assert outcomes == {"held": 1, "QUEUE_TICKET_USED": 3}

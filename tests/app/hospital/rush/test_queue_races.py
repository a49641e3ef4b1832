"""The line under real processes on a real database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from app.hospital.rush.models import QueueTicket, Release
from app.hospital.rush.service.lottery import digest_of
from tests.app.family.steps import relative
from tests.app.hospital.rush.steps import Desk, join, people
from tests.app.racing import raced
from tests.app.world import World

_CHILD = "tests.app.hospital.rush.queue_child"
_NO_ONE: Final[Mapping[str, int]] = MappingProxyType({})


def race(
    world: World, acts: Sequence[Sequence[str]], *, ahead: Mapping[str, int] = _NO_ONE
) -> list[str]:
    """What came of acts at the same moment; `ahead` tells by how many minutes clocks are ahead."""
    settings, now = world.settings, world.clock.now()
    common = (
        settings.database_url.get_secret_value(),
        str(settings.keys_path),
        settings.public_url,
    )
    moments = [(now + timedelta(minutes=ahead.get(act[0], 0))).isoformat() for act in acts]
    return raced(
        _CHILD, [(*common, moment, *act) for moment, act in zip(moments, acts, strict=True)]
    )


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


def test_whoever_is_told_of_a_ticket_is_counted_however_many_close_at_once(
    world: World, desk: Desk
) -> None:
    release, crowd = desk.lottery(), people(world, 24)
    entering = [("enter", release, *crowd[n : n + 8]) for n in (0, 8, 16)]
    # For those who close it is over already; for those who enter it is not.
    outcomes = race(
        world, [("close",), entering[0], *entering[1:], ("close",)], ahead={"close": 10}
    )
    assert sorted((outcomes[0], outcomes[-1])) == ["0", "1"]
    told = sorted(one for outcome in outcomes[1:-1] for one in outcome.split())
    tickets = select(QueueTicket.id).where(QueueTicket.release_id == release)
    with world.database.separate() as tx:
        closed = tx.get_one(Release, release)
        assert sorted(tx.scalars(tickets)) == told
    assert (closed.entries, closed.entries_digest) == (len(told), digest_of(told))

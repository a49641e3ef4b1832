"""Tickets are deleted when nobody can need them any more, and not before."""

from __future__ import annotations

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.ids import new_id
from app.hospital.rush.models import QueueTicket
from app.hospital.rush.policy import CITY
from app.hospital.rush.service.drawing import Drawing
from app.hospital.rush.service.forgetting import TicketForgetting
from app.wiring.hospital.rush import build_ticket_forgetting
from tests.app.family.steps import done, later, refused, relative
from tests.app.hospital.rush.steps import RELEASES, TICKETS, Desk, hold, join, people
from tests.app.world import World

VALUE = "03 08 17 21 25 31 + 12"


def tickets(world: World) -> int:
    with world.database.separate() as tx:
        return int(tx.scalars(text("SELECT count(*) FROM queue_tickets")).one())


def progress(desk: Desk, release: str) -> tuple[int, int]:
    """Tickets that were given out, and used."""
    found = done(desk.world.log_in_again(desk.device).get(f"{RELEASES}/{release}"))
    return found["tickets"], found["used"]


def test_a_line_is_forgotten_ninety_days_after_its_end(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    release, person = desk.release(session), relative(world, "甲")
    ticket = join(person, release)
    join(relative(world, "乙"), release)
    world.clock.advance(minutes=10)
    assert hold(world, person, session, ticket["ticket"])[0]
    sweep = build_ticket_forgetting(world.shared).sweep
    world.clock.advance(minutes=109, days=90)
    assert (sweep(), tickets(world), progress(desk, release)) == (0, 2, (2, 1))
    world.clock.advance(minutes=1)
    assert (sweep(), tickets(world)) == (2, 0)
    assert (sweep(), progress(desk, release)) == (0, (2, 1))
    later(world, person, days=0)
    gone = person.phone.get(f"{TICKETS}/{ticket['id']}")
    assert refused(gone) == (404, "QUEUE_TICKET_UNKNOWN")


def test_a_lottery_can_be_recomputed_for_a_year(world: World, desk: Desk) -> None:
    release = desk.lottery()
    join(relative(world, "甲"), release)
    world.clock.advance(minutes=10)
    shared = world.shared
    drawing = Drawing(database=shared.database, clock=shared.clock, cipher=shared.cipher)
    drawing.close(release)
    drawing.draw(release, VALUE)
    sweep = build_ticket_forgetting(world.shared).sweep
    facts = done(world.client.get(f"/v1/releases/{release}/draw"))
    world.clock.advance(minutes=109, days=366)
    assert sweep() == 0
    assert done(world.client.get(f"/v1/releases/{release}/draw/tickets"))["items"]
    world.clock.advance(minutes=1)
    assert f"{world.clock.now():%Y-%m-%dT%H:%M}" == facts["published_until"][:16]
    assert sweep() == 1
    gone = world.client.get(f"/v1/releases/{release}/draw/tickets")
    assert refused(gone) == (410, "DRAW_TICKETS_GONE")
    assert done(world.client.get(f"/v1/releases/{release}/draw")) == facts


def test_very_many_go_part_by_part(world: World, desk: Desk) -> None:
    release, now = desk.release(), world.clock.now()
    rows = [
        QueueTicket(id=new_id("qtk", now), release_id=release, person_id=one, taken_at=now)
        for one in people(world, 25)
    ]
    with world.database.separate() as tx:
        tx.add_all(rows)
    world.clock.advance(days=91)
    sweep = TicketForgetting(database=world.database, clock=world.clock, policy=CITY, batch=2).sweep
    assert [sweep(), sweep(), sweep()] == [20, 5, 0]


def test_the_database_keeps_tickets_that_are_published(world: World, desk: Desk) -> None:
    join(relative(world, "甲"), desk.lottery())
    with pytest.raises(DBAPIError) as found, world.database.separate() as tx:
        tx.execute(text("DELETE FROM queue_tickets"))
    assert isinstance(found.value.orig, RestrictViolation)

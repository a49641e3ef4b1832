"""Over HTTP a place of a release is taken in one's turn, for oneself or by a mandate."""

from __future__ import annotations

from tests.app.family.steps import accepted, done, refused, relative
from tests.app.hospital.rush.steps import Desk, join, look
from tests.app.hospital.steps import ask
from tests.app.world import World


def test_a_hold_needs_the_turn_and_uses_it_up(world: World, desk: Desk) -> None:
    session, other = desk.clinic.session(fee=0), desk.clinic.session(fee=0, days=4)
    person = relative(world, "甲")
    ticket = join(person, desk.release(session, other))
    assert refused(ask(person, session)) == (403, "QUEUE_TICKET_REQUIRED")
    early = ask(person, session, ticket=ticket["ticket"])
    assert (*refused(early), early.headers["Retry-After"]) == (429, "QUEUE_NOT_ADMITTED", "600")
    world.clock.advance(minutes=10)
    world.sign_in(person.phone, number=person.number, name=person.name)
    assert done(ask(person, session, ticket=ticket["ticket"]), 201)["status"] == "BOOKED"
    again = ask(person, other, ticket=ticket["ticket"])
    assert refused(again) == (409, "QUEUE_TICKET_USED")
    assert look(person, ticket)["status"] == "USED"


def test_who_finds_no_place_keeps_the_turn(world: World, desk: Desk) -> None:
    full, free = desk.clinic.session(fee=0, units=1), desk.clinic.session(fee=0, days=4)
    first, person = relative(world, "甲"), relative(world, "乙")
    release = desk.release(full, free)
    tickets = [join(one, release)["ticket"] for one in (first, person)]
    world.clock.advance(minutes=11)
    for one in (first, person):
        world.sign_in(one.phone, number=one.number, name=one.name)
    done(ask(first, full, ticket=tickets[0]), 201)
    assert refused(ask(person, full, ticket=tickets[1])) == (409, "SESSION_FULL")
    done(ask(person, free, ticket=tickets[1]), 201)


def test_an_agent_stands_in_line_for_somebody(world: World, desk: Desk) -> None:
    elder, agent = relative(world, "张奶奶"), relative(world, "张伟")
    mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
    session = desk.clinic.session(fee=0)
    ticket = join(agent, desk.release(session))["ticket"]
    world.clock.advance(minutes=10)
    for one in (elder, agent):
        world.sign_in(one.phone, number=one.number, name=one.name)
    stolen = ask(elder, session, ticket=ticket)
    assert refused(stolen) == (403, "QUEUE_TICKET_NOT_YOURS")
    made = done(ask(agent, session, ticket=ticket, mandate_id=mandate), 201)
    assert made["mandate_id"] == mandate
